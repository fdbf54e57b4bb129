//! What is watched, and how often memcheck may report it.

use std::hint::black_box;

use weapp_opendata::MessagePush;
use weapp_opendata::assurance::{
    Alphabet, BLOCK, PUSH_WIDTH, any_matches, decode_base64, decrypt, decrypt_in_registers, decrypt_push, encrypt_push,
    hmac_hex, open, padding, read_json, seal, sha1_hex, unpadded_len,
};

use crate::valgrind::{hide, hide_text, reports, reveal};

/// How often memcheck may report one piece of work.
#[derive(Clone, Copy)]
enum Reports {
    /// Not once: nothing depends on a secret.
    None,
    /// At most once for each of so many verdicts: it depends on the compiler whether one is a branch.
    Verdicts(u64),
    /// At least once: a control, or known not to be constant-time.
    Some,
}

/// Runs all of it, and says whether everything was as it must be.
pub(crate) fn all(build: &str) -> bool {
    let mut subjects = Subjects { right: true, watched: 0 };
    controls(&mut subjects);
    ciphers(&mut subjects);
    paddings(&mut subjects);
    gcm(&mut subjects);
    signatures(&mut subjects);
    not_constant_time(&mut subjects);
    let verdict = if subjects.right { "as they must be" } else { "NOT as they must be" };
    println!("constant-time: {build}: {} subjects, {verdict}", subjects.watched);
    subjects.right
}

struct Subjects {
    right: bool,
    watched: u32,
}

impl Subjects {
    fn watch(&mut self, name: &str, expected: Reports, work: impl FnOnce()) {
        let before = reports();
        work();
        let count = reports() - before;
        let right = match expected {
            Reports::None => count == 0,
            Reports::Verdicts(verdicts) => count <= verdicts,
            Reports::Some => count != 0,
        };
        self.right &= right;
        self.watched += 1;
        let note = match expected {
            _ if !right => "WRONG",
            Reports::None => "constant-time",
            Reports::Verdicts(_) => "constant-time but for the verdict",
            Reports::Some => "reported, as it has to be",
        };
        println!("constant-time: {name}: {count} reports: {note}");
    }
}

/// Bytes that nobody may look at.
fn secret<const N: usize>(of: u8) -> [u8; N] {
    let mut bytes = black_box([of; N]);
    hide(&mut bytes);
    bytes
}

fn secrets(len: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..=u8::MAX).cycle().take(len).collect();
    hide(&mut bytes);
    bytes
}

/// What a careless change would bring in.
fn controls(subjects: &mut Subjects) {
    subjects.watch("control, a branch on a secret", Reports::Some, || {
        if secret::<1>(7)[0] == 7 {
            black_box(());
        }
    });
    subjects.watch("control, a table looked up at a secret place", Reports::Some, || {
        let table: [u8; 256] = black_box([7; 256]);
        black_box(table[usize::from(secret::<1>(7)[0])]);
    });
    subjects.watch("control, an ordinary comparison", Reports::Some, || {
        if secret::<32>(7) == black_box([7; 32]) {
            black_box(());
        }
    });
    subjects.watch("control, a secret that was made public", Reports::None, || {
        if reveal(secret::<1>(7))[0] == 7 {
            black_box(());
        }
    });
}

fn ciphers(subjects: &mut Subjects) {
    type Decrypt = fn(&[u8; 16], &[u8; 16], &mut [u8]);
    let in_registers: Option<(&str, Decrypt)> =
        cfg!(target_feature = "ssse3").then_some(("aes-128-cbc in registers", decrypt_in_registers));
    for (name, decrypt) in [("aes-128-cbc", decrypt as Decrypt)].into_iter().chain(in_registers) {
        subjects.watch(&format!("{name}, key, iv and data secret, 1 to 33 blocks"), Reports::None, || {
            for blocks in 1..=33 {
                decrypt(&secret(1), &secret(2), &mut secrets(blocks * BLOCK));
            }
        });
    }
    if in_registers.is_none() {
        subjects.watch("control, aes-128-cbc in a model of registers that looks up in memory", Reports::Some, || {
            decrypt_in_registers(&secret(1), &secret(2), &mut secrets(BLOCK));
        });
    }
    subjects.watch("aes-256-cbc of message push, decryption", Reports::None, || {
        for blocks in 1..=9 {
            decrypt_push(&secret(1), &mut secrets(blocks * PUSH_WIDTH));
        }
    });
    subjects.watch("aes-256-cbc of message push, encryption", Reports::None, || {
        for blocks in 1..=9 {
            encrypt_push(&secret(1), &mut secrets(blocks * PUSH_WIDTH));
        }
    });
}

/// The end of a plaintext, whatever it is: right, wrong in the first byte, in the last, or altogether.
fn endings<const WIDTH: usize>() -> Vec<[u8; WIDTH]> {
    (0..=u8::MAX)
        .flat_map(|pad| {
            let damaged = |at: usize| {
                let mut bytes = [pad; WIDTH];
                bytes[at] ^= 1;
                bytes
            };
            [[pad; WIDTH], damaged(0), damaged(WIDTH - 2)]
        })
        .collect()
}

fn paddings(subjects: &mut Subjects) {
    padding_of::<BLOCK>(subjects);
    padding_of::<PUSH_WIDTH>(subjects);
}

fn padding_of<const WIDTH: usize>(subjects: &mut Subjects) {
    let endings = endings::<WIDTH>();
    subjects.watch(&format!("padding to {WIDTH} bytes, up to the verdict"), Reports::None, || {
        for ending in &endings {
            let mut hidden = black_box(*ending);
            hide(&mut hidden);
            let (wrong, len) = padding(&hidden);
            // The verdict is public, and where it is yes so is the length: it is that of the text that is handed over.
            let right = reveal(wrong) == 0;
            assert_eq!(right.then(|| WIDTH - reveal(len) as usize), unpadded_len::<WIDTH>(ending));
        }
    });
    let verdicts = endings.len() as u64;
    subjects.watch(&format!("padding to {WIDTH} bytes, with the verdict"), Reports::Verdicts(verdicts), || {
        for ending in &endings {
            let mut hidden = black_box(*ending);
            hide(&mut hidden);
            black_box(unpadded_len::<WIDTH>(&hidden));
        }
    });
}

fn gcm(subjects: &mut Subjects) {
    const LENGTHS: [usize; 6] = [0, 1, 16, 17, 160, 1000];
    subjects.watch("aes-128-gcm, sealing", Reports::None, || {
        for len in LENGTHS {
            black_box(seal(&secret(1), &[2; 12], b"context", &mut secrets(len)));
        }
    });
    let opening = |subjects: &mut Subjects, name: &str, damage: u8| {
        subjects.watch(name, Reports::Verdicts(LENGTHS.len() as u64), || {
            for len in LENGTHS {
                // What travels is public; the key is not, nor what comes out.
                let (key, mut data) = ([1; 16], vec![3; len]);
                let mut tag = seal(&key, &[2; 12], b"context", &mut data).unwrap_or_default();
                tag[15] ^= damage;
                let opened = open(&secret(1), &[2; 12], b"context", &mut data, &tag);
                assert_eq!(reveal(opened), damage == 0);
            }
        });
    };
    opening(subjects, "aes-128-gcm, opening", 0);
    opening(subjects, "aes-128-gcm, refusing", 1);
}

fn signatures(subjects: &mut Subjects) {
    subjects.watch("hmac-sha256, key and message secret", Reports::None, || {
        for len in [0, 1, 24, 55, 56, 64, 65, 200] {
            black_box(hmac_hex(&secrets(len), &[&secrets(len), b"&", &secrets(100)]));
        }
    });
    subjects.watch("sha1, all of it secret", Reports::None, || {
        for len in [0, 1, 55, 56, 64, 200] {
            black_box(sha1_hex(&[&secrets(len), &secrets(24)]));
        }
    });
    subjects.watch("comparing a signature under eight session keys", Reports::None, || {
        let keys: Vec<_> = (0..8).map(|_| secrets(24)).collect();
        let keys: Vec<_> = keys.iter().map(Vec::as_slice).collect();
        let mut signature = sha1_hex(&[b"data", &(0..24).collect::<Vec<u8>>()]);
        assert_eq!(reveal(any_matches(b"data", &signature, &keys).unwrap_u8()), 1);
        signature[39] ^= 1;
        assert_eq!(reveal(any_matches(b"data", &signature, &keys).unwrap_u8()), 0);
    });
}

/// SECURITY.md has the same list.
fn not_constant_time(subjects: &mut Subjects) {
    let hidden = |text: &[u8]| {
        let mut text = text.to_vec();
        hide(&mut text);
        text
    };
    subjects.watch("decoding base64", Reports::Some, || {
        black_box(decode_base64(Alphabet::Standard, &hidden(b"tiihtNczf5v6AKRyjwEUhQ==")));
    });
    subjects.watch("decoding base64url", Reports::Some, || {
        black_box(decode_base64(Alphabet::UrlSafe, &hidden(b"tiihtNczf5v6AKRyjwEUhQ")));
    });
    subjects.watch("reading UTF-8 and JSON", Reports::Some, || {
        black_box(read_json(&hidden(br#"{"watermark":{"appid":"wx","timestamp":1}}"#)));
    });
    subjects.watch("sorting token, timestamp and nonce", Reports::Some, || {
        let mut token = black_box(String::from("AAAAA"));
        hide_text(&mut token);
        if let Ok(push) = MessagePush::new(&token, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "wx") {
            black_box(push.verify("", "1713424427", "415670741"));
        }
    });
}
