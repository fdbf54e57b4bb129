//! NIST's AES Algorithm Validation Suite (AESAVS): known answers, messages of several blocks, Monte Carlo; and SP 800-38A.

use std::collections::BTreeMap;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use weapp_opendata::assurance::{decrypt, decrypt_in_registers, decrypt_push, encrypt_push};

use crate::suite::{Suite, hex};

/// One vector of a response file.
struct Vector {
    /// `DECRYPT 17` and the like.
    id: String,
    key: Vec<u8>,
    iv: [u8; 16],
    plaintext: Vec<u8>,
    ciphertext: Vec<u8>,
}

impl Vector {
    fn encrypts(&self) -> bool {
        self.id.starts_with("ENCRYPT")
    }

    fn key_128(&self) -> [u8; 16] {
        self.key[..].try_into().unwrap()
    }

    fn key_256(&self) -> [u8; 32] {
        self.key[..].try_into().unwrap()
    }
}

/// Reads a response file of NIST's: sections in brackets, then records of `NAME = hexadecimal digits`.
fn response_file(text: &str) -> Vec<Vector> {
    let mut vectors = Vec::new();
    let (mut section, mut record) = ("", BTreeMap::new());
    // A blank line ends a record; the last one may end the file.
    for line in text.lines().chain([""]) {
        if let Some((name, value)) = line.split_once(" = ") {
            assert!(record.insert(name, value).is_none(), "{name} twice");
        } else if let Some(name) = line.strip_prefix('[') {
            section = name.strip_suffix(']').unwrap();
        } else if line.is_empty() && !record.is_empty() {
            let record = std::mem::take(&mut record);
            vectors.push(Vector {
                id: format!("{section} {}", record["COUNT"]),
                key: hex(record["KEY"]),
                iv: hex(record["IV"]).try_into().unwrap(),
                plaintext: hex(record["PLAINTEXT"]),
                ciphertext: hex(record["CIPHERTEXT"]),
            });
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "{line}");
        }
    }
    vectors
}

macro_rules! known_answers {
    ($bits:literal) => {
        [
            ("GFSbox", include_str!(concat!("../vectors/nist/CBCGFSbox", $bits, ".rsp"))),
            ("KeySbox", include_str!(concat!("../vectors/nist/CBCKeySbox", $bits, ".rsp"))),
            ("VarTxt", include_str!(concat!("../vectors/nist/CBCVarTxt", $bits, ".rsp"))),
            ("VarKey", include_str!(concat!("../vectors/nist/CBCVarKey", $bits, ".rsp"))),
            ("MMT", include_str!(concat!("../vectors/nist/CBCMMT", $bits, ".rsp"))),
        ]
        .map(|(name, text)| (name, response_file(text)))
    };
}

/// AES-128-CBC, by key and iv, in place.
type Decrypt = fn(&[u8; 16], &[u8; 16], &mut [u8]);

/// The package encrypts nothing under AES-128-CBC; what NIST encrypted is decrypted.
#[test]
fn aes_128_cbc_known_answers() {
    let mut suite = Suite::new("nist aes-128-cbc known answers and multi-block messages");
    for (file, vectors) in known_answers!("128") {
        for vector in vectors {
            let mut agrees = true;
            for decrypt in [decrypt as Decrypt, decrypt_in_registers] {
                let mut data = vector.ciphertext.clone();
                decrypt(&vector.key_128(), &vector.iv, &mut data);
                agrees &= data == vector.plaintext;
            }
            suite.case(format_args!("{file} {}", vector.id), agrees);
        }
    }
    suite.finish(2 * (7 + 21 + 128 + 128 + 10));
}

/// The iv of message push is the first half of its key. CBC adds the iv to the first block only, so another one is had by adding
/// to that block the sum of both.
fn with_iv_of_push(vector: &Vector, first_block: &[u8]) -> Vec<u8> {
    let mut block = first_block.to_vec();
    for ((byte, iv), ours) in block.iter_mut().zip(&vector.iv).zip(&vector.key) {
        *byte ^= iv ^ ours;
    }
    block
}

fn push_decrypts(vector: &Vector) -> Vec<u8> {
    let mut data = vector.ciphertext.clone();
    decrypt_push(&vector.key_256(), &mut data);
    with_iv_of_push(vector, &data)
}

fn push_encrypts(vector: &Vector) -> Vec<u8> {
    let mut data = with_iv_of_push(vector, &vector.plaintext);
    encrypt_push(&vector.key_256(), &mut data);
    data
}

#[test]
fn aes_256_cbc_known_answers() {
    let mut suite = Suite::new("nist aes-256-cbc known answers and multi-block messages");
    for (file, vectors) in known_answers!("256") {
        for vector in vectors {
            let agrees = push_decrypts(&vector) == vector.plaintext && push_encrypts(&vector) == vector.ciphertext;
            suite.case(format_args!("{file} {}", vector.id), agrees);
        }
    }
    suite.finish(2 * (5 + 16 + 128 + 256 + 10));
}

/// AESAVS, section 6.4.2: a thousand blocks, each made of the ones before. Returns the last two outputs.
fn chain(
    first: &[u8],
    iv: [u8; 16],
    mut step: impl FnMut(&[u8], [u8; 16]) -> Vec<u8>,
    feedback: Feedback,
) -> [Vec<u8>; 2] {
    let (mut input, mut chained) = (first.to_vec(), iv);
    let (mut last, mut second_last) = (Vec::new(), Vec::new());
    for round in 0..1000 {
        let output = step(&input, chained);
        let next = if round == 0 { iv.to_vec() } else { last.clone() };
        chained = match feedback {
            Feedback::Output => output[..].try_into().unwrap(),
            Feedback::Input => input[..].try_into().unwrap(),
        };
        (second_last, last) = (last, output);
        input = next;
    }
    [last, second_last]
}

/// What CBC adds to the next block: its ciphertext, which is the output where it encrypts and the input where it decrypts.
#[derive(Clone, Copy)]
enum Feedback {
    Output,
    Input,
}

/// The key of the next vector: this one, with the last outputs added, the last one to its end.
fn next_key(key: &[u8], [last, second_last]: &[Vec<u8>; 2]) -> Vec<u8> {
    let outputs = [&second_last[..], last].concat();
    key.iter().zip(&outputs[outputs.len() - key.len()..]).map(|(key, output)| key ^ output).collect()
}

/// The file says where each vector starts; that it is where the one before ended is checked as well.
fn continues(vectors: &[Vector], at: usize, outputs: &[Vec<u8>; 2]) -> bool {
    let (vector, next) = (&vectors[at], vectors.get(at + 1));
    next.filter(|next| next.encrypts() == vector.encrypts()).is_none_or(|next| {
        let first = if next.encrypts() { &next.plaintext } else { &next.ciphertext };
        next.key == next_key(&vector.key, outputs) && [&next.iv[..], first] == [&outputs[0][..], &outputs[1]]
    })
}

#[test]
fn aes_128_cbc_monte_carlo() {
    let mut suite = Suite::new("nist aes-128-cbc monte carlo");
    let vectors = response_file(include_str!("../vectors/nist/CBCMCT128.rsp"));
    for (at, vector) in vectors.iter().enumerate() {
        if vector.encrypts() {
            suite.not_applicable("encryption, which open data does not have");
            continue;
        }
        // Under SIMD `decrypt` is in registers. A model of them, which takes a hundred times as long, natively gets every
        // tenth vector; known answers have all gone through it.
        let ciphers: &[Decrypt] =
            if cfg!(target_arch = "wasm32") || at % 10 != 0 { &[decrypt] } else { &[decrypt, decrypt_in_registers] };
        let agrees = ciphers.iter().all(|decrypt| {
            let step = |input: &[u8], iv: [u8; 16]| {
                let mut data = input.to_vec();
                decrypt(&vector.key_128(), &iv, &mut data);
                data
            };
            let outputs = chain(&vector.ciphertext, vector.iv, step, Feedback::Input);
            outputs[0] == vector.plaintext && continues(&vectors, at, &outputs)
        });
        suite.case(&vector.id, agrees);
    }
    suite.finish(200);
}

#[test]
fn aes_256_cbc_monte_carlo() {
    let mut suite = Suite::new("nist aes-256-cbc monte carlo");
    let vectors = response_file(include_str!("../vectors/nist/CBCMCT256.rsp"));
    for (at, vector) in vectors.iter().enumerate() {
        let of = |iv, plaintext: &[u8], ciphertext: &[u8]| Vector {
            id: String::new(),
            key: vector.key.clone(),
            iv,
            plaintext: plaintext.to_vec(),
            ciphertext: ciphertext.to_vec(),
        };
        let (outputs, expected) = if vector.encrypts() {
            let step = |input: &[u8], iv| push_encrypts(&of(iv, input, &[]));
            (chain(&vector.plaintext, vector.iv, step, Feedback::Output), &vector.ciphertext)
        } else {
            let step = |input: &[u8], iv| push_decrypts(&of(iv, &[], input));
            (chain(&vector.ciphertext, vector.iv, step, Feedback::Input), &vector.plaintext)
        };
        suite.case(&vector.id, outputs[0] == *expected && continues(&vectors, at, &outputs));
    }
    suite.finish(200);
}

/// SP 800-38A, appendix F.2.
#[test]
fn sp_800_38a_cbc() {
    let mut suite = Suite::new("nist sp 800-38a cbc");
    for vector in response_file(include_str!("../vectors/nist/sp800-38a-cbc.rsp")) {
        let agrees = match vector.key.len() {
            16 if vector.encrypts() => {
                suite.not_applicable("encryption, which open data does not have");
                continue;
            }
            16 => {
                let mut data = vector.ciphertext.clone();
                decrypt(&vector.key_128(), &vector.iv, &mut data);
                data == vector.plaintext
            }
            32 if vector.encrypts() => push_encrypts(&vector) == vector.ciphertext,
            32 => push_decrypts(&vector) == vector.plaintext,
            _ => {
                suite.not_applicable("192-bit keys");
                continue;
            }
        };
        suite.case(&vector.id, agrees);
    }
    suite.finish(6);
}
