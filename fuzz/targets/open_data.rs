//! Payloads, most of them sealed with the right key: what opens, and how it fails, is what the plain way says.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use weapp_opendata::{
    DecryptPolicy, ErrorCode, ExpectedApp, Payload, Presence, SessionKey, WatermarkPolicy, decrypt, diagnose,
};
use weapp_opendata_fuzz::{self as plain, Stamp};

const NOW: i64 = 1_477_314_187;
const APPS: [&str; 2] = ["wx4f4bc4dec97d474b", "wx0123456789abcdef"];

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    how: u8,
    policy: u8,
    flip: u16,
    key: [u8; 16],
    iv: [u8; 16],
    data: &'a [u8],
}

/// What the plain way comes to: a code, or the text and the position of its key.
fn expected(
    keys: &[[u8; 16]],
    iv: &[u8; 16],
    ciphertext: &[u8],
    policy: &WatermarkPolicy<'_>,
) -> Result<(usize, String), ErrorCode> {
    if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(16) {
        return Err(ErrorCode::IllegalBuffer);
    }
    for (index, key) in keys.iter().enumerate() {
        let Some(text) = plain::decrypt(key, iv, ciphertext).and_then(|bytes| String::from_utf8(bytes).ok()) else {
            continue;
        };
        let code = match plain::stamp(&text) {
            Stamp::NotAnObject => continue,
            Stamp::Absent if policy.presence == Presence::Optional => None,
            Stamp::Absent | Stamp::WrongShape | Stamp::Milliseconds => Some(ErrorCode::WatermarkMissing),
            Stamp::Watermark(appid, timestamp) => {
                let ours = match policy.appid {
                    ExpectedApp::Any => true,
                    ExpectedApp::OneOf(apps) => appid.is_some_and(|appid| apps.contains(&&*appid)),
                };
                if !ours {
                    Some(ErrorCode::AppidMismatch)
                } else if i128::from(timestamp) - i128::from(policy.now) > i128::from(policy.clock_skew) {
                    Some(ErrorCode::WatermarkInFuture)
                } else if policy
                    .max_age
                    .is_some_and(|age| i128::from(policy.now) - i128::from(timestamp) > i128::from(age))
                {
                    Some(ErrorCode::WatermarkExpired)
                } else {
                    None
                }
            }
        };
        return code.map_or(Ok((index, text)), Err);
    }
    Err(ErrorCode::DecryptFailed)
}

fuzz_target!(|input: Input<'_>| -> Corpus {
    let Input { how, policy, flip, key, iv, data } = input;
    let mut ciphertext = match how & 3 {
        // As WeChat does it; any plaintext; any blocks, which seldom end in right padding; any ciphertext.
        0 | 1 => plain::encrypt(&key, &iv, data),
        2 => plain::encrypt_blocks(&key, &iv, &data[..data.len() / 16 * 16]),
        _ => data.to_vec(),
    };
    let bits = ciphertext.len() * 8;
    if how & 4 != 0 && bits != 0 {
        // Someone altered it on its way.
        let bit = usize::from(flip) % bits;
        ciphertext[bit / 8] ^= 1 << (bit % 8);
    }
    let watermark = WatermarkPolicy {
        appid: if policy & 1 == 0 {
            ExpectedApp::OneOf(&APPS[..usize::from(policy >> 1 & 3).min(2)])
        } else {
            ExpectedApp::Any
        },
        max_age: (policy & 8 != 0).then_some(u64::from(flip)),
        clock_skew: if policy & 16 == 0 { 300 } else { u64::MAX },
        now: if policy & 32 == 0 { NOW } else { i64::MIN + i64::from(flip) },
        presence: if policy & 64 == 0 { Presence::Required } else { Presence::Optional },
    };
    let strict = policy & 128 != 0;
    let mut keys = vec![key];
    // Others before it, and after it: one that shares 15 bytes, and none of these may be the same.
    for at in 0..usize::from(how >> 3 & 7) {
        let mut wrong = key;
        wrong[at] ^= 0x80;
        keys.insert(if how & 64 == 0 { 0 } else { keys.len() }, wrong);
    }
    let texts: Vec<String> = keys.iter().map(|key| plain::base64(key)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (encrypted_data, iv_text) = (plain::base64(&ciphertext), plain::base64(&iv));
    let payload = Payload { encrypted_data: &encrypted_data, iv: &iv_text };
    let policy = DecryptPolicy { session_keys: &texts, strict, watermark };

    let found = decrypt(payload, &policy);
    let expected = expected(&keys, &iv, &ciphertext, &watermark);
    match (&found, &expected) {
        (Ok(opened), Ok((index, text))) => {
            assert_eq!((opened.as_str(), opened.session_key_index()), (text.as_str(), *index));
            assert!(opened.repairs().is_empty());
            // Sealed anew it is the same text: of one plaintext there is one ciphertext under one key and iv.
            assert_eq!(plain::encrypt(&keys[*index], &iv, opened.as_str().as_bytes()), ciphertext);
        }
        (Err(found), Err(expected)) => assert_eq!(found.code(), *expected, "{}", found),
        _ => panic!("found {found:?}, expected {expected:?}"),
    }
    let diagnosis = diagnose(payload, &policy).unwrap();
    assert_eq!(diagnosis.ok, found.is_ok());
    assert_eq!(diagnosis.code, found.as_ref().err().map(|error| error.code().as_str()));
    // One text in whatever place it does not belong to.
    let _ = SessionKey::from_base64(&encrypted_data, strict);
    Corpus::Keep
});
