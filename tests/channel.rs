//! The authenticated channel: its format, what opens, and what does not.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::base64;
use proptest::prelude::*;
use serde::Deserialize;
use weapp_opendata::channel::{ChannelKey, MAX_CHANNEL_KEYS, MAX_MESSAGE, open, seal};
use weapp_opendata::{Error, ErrorCode, MAX_TEXT};

/// One text with everything that it was made of; `tests/vectors/README.md` says how.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    id: String,
    encrypt_key: String,
    version: u32,
    random: String,
    context: String,
    message: String,
    sealed: String,
}

impl Vector {
    fn key(&self) -> ChannelKey {
        ChannelKey::from_base64(&self.encrypt_key, self.version).unwrap()
    }

    fn nonce(&self) -> [u8; 12] {
        core::array::from_fn(|at| u8::from_str_radix(&self.random[2 * at..2 * at + 2], 16).unwrap())
    }
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("vectors/channel.json")).unwrap()
}

fn vector(id: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.id == id).unwrap()
}

fn key(byte: u8, version: u32) -> ChannelKey {
    ChannelKey::from_base64(&base64(&[byte; 16]), version).unwrap()
}

/// Code, reason and message.
fn words(error: &Error) -> (ErrorCode, Option<&'static str>, String) {
    (error.code(), error.reason(), error.to_string())
}

const FAILED: (ErrorCode, Option<&str>, &str) =
    (ErrorCode::DecryptFailed, None, "sealed: does not open with the given key and context");

#[test]
fn vectors_of_another_implementation_are_sealed_and_opened() {
    assert_eq!(vectors().len(), 6);
    for vector in vectors() {
        let sealed = seal(&vector.message, &vector.key(), &vector.context, vector.nonce()).unwrap();
        assert_eq!(sealed, vector.sealed, "{}", vector.id);
        let message = open(&vector.sealed, &[vector.key()], &vector.context).unwrap();
        assert_eq!(message.as_str(), vector.message, "{}", vector.id);
    }
}

#[test]
fn the_format_is_what_the_documentation_says() {
    let vector = vector("request");
    let bytes = URL_SAFE_NO_PAD.decode(&vector.sealed).unwrap();
    assert_eq!(bytes.len(), 1 + 4 + 12 + vector.message.len() + 16);
    assert_eq!(bytes[0], 1);
    assert_eq!(bytes[1..5], vector.version.to_be_bytes());
    assert_eq!(bytes[5..17], vector.nonce());
}

/// Each bit of each byte: what stands there decides which refusal it is, and no change of what the tag covers is let through.
#[test]
fn no_bit_can_be_changed() {
    for vector in vectors() {
        let bytes = URL_SAFE_NO_PAD.decode(&vector.sealed).unwrap();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                let error = open(&URL_SAFE_NO_PAD.encode(&bytes), &[vector.key()], &vector.context).unwrap_err();
                let (code, reason, message) = words(&error);
                match at {
                    0 => {
                        assert_eq!((code, reason), (ErrorCode::IllegalBuffer, Some("FORMAT_VERSION")));
                        assert_eq!(
                            message,
                            format!("sealed: expected version 1 of the format, found version {}", bytes[0])
                        );
                    }
                    1..5 => {
                        let version = u32::from_be_bytes(*bytes[1..].first_chunk().unwrap());
                        assert_eq!((code, reason), (ErrorCode::DecryptFailed, Some("KEY_VERSION")));
                        assert_eq!(message, format!("sealed: no key of version {version} was given"));
                        // The same bytes under a key that has that version: the version is authenticated as well.
                        let renamed = ChannelKey::from_base64(&vector.encrypt_key, version).unwrap();
                        let error = open(&URL_SAFE_NO_PAD.encode(&bytes), &[renamed], &vector.context).unwrap_err();
                        assert_eq!(words(&error), (FAILED.0, FAILED.1, FAILED.2.to_owned()));
                    }
                    _ => assert_eq!((code, reason, &*message), FAILED, "{} byte {at} bit {bit}", vector.id),
                }
            }
        }
    }
}

#[test]
fn context_key_and_user_are_part_of_what_is_authenticated() {
    for vector in vectors() {
        let refused = |context: &str| {
            let error = open(&vector.sealed, &[vector.key()], context).unwrap_err();
            assert_eq!(words(&error), (FAILED.0, FAILED.1, FAILED.2.to_owned()), "{context}");
        };
        for (at, character) in vector.context.char_indices() {
            let rest = &vector.context[at + character.len_utf8()..];
            refused(&[&vector.context[..at], rest].concat());
            refused(&[&vector.context[..at], "\u{1}", rest].concat());
        }
        refused(&format!("{}\0", vector.context));
        refused(&format!("{} ", vector.context));
        let other = key(1, vector.version);
        let error = open(&vector.sealed, &[other], &vector.context).unwrap_err();
        assert_eq!(words(&error), (FAILED.0, FAILED.1, FAILED.2.to_owned()));
    }
}

/// One key serves both directions: the context tells them apart.
#[test]
fn a_message_cannot_be_moved_between_directions() {
    let (request, answer) = (vector("request"), vector("answer"));
    for (one, other) in [(&request, &answer), (&answer, &request)] {
        let sealed = seal("x", &one.key(), &one.context, one.nonce()).unwrap();
        assert!(open(&sealed, &[one.key()], &one.context).is_ok());
        assert_eq!(open(&sealed, &[one.key()], &other.context).unwrap_err().code(), ErrorCode::DecryptFailed);
    }
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let vector = vector("request");
    let bytes = URL_SAFE_NO_PAD.decode(&vector.sealed).unwrap();
    for len in 0..bytes.len() {
        let error = open(&URL_SAFE_NO_PAD.encode(&bytes[..len]), &[vector.key()], &vector.context).unwrap_err();
        if len < 33 {
            let message = format!("sealed: expected at least 33 bytes in base64url, found {len} bytes");
            assert_eq!(words(&error), (ErrorCode::IllegalBuffer, Some("WRONG_LENGTH"), message));
        } else {
            assert_eq!(words(&error), (FAILED.0, FAILED.1, FAILED.2.to_owned()), "{len}");
        }
    }
    let longer = [&bytes[..], &[0]].concat();
    let error = open(&URL_SAFE_NO_PAD.encode(longer), &[vector.key()], &vector.context).unwrap_err();
    assert_eq!(error.code(), ErrorCode::DecryptFailed);
    for len in 1..vector.sealed.len() {
        assert!(open(&vector.sealed[..len], &[vector.key()], &vector.context).is_err(), "{len} characters");
    }
}

#[test]
fn what_is_no_base64url_is_refused_as_such() {
    let vector = vector("request");
    let mut texts = vec![
        format!("{}=", vector.sealed),
        format!("{}==", vector.sealed),
        format!(" {}", vector.sealed),
        format!("{}\n", vector.sealed),
        vector.sealed.replacen(['-', '_'], "+", 1),
        vector.sealed.replacen(['-', '_'], "/", 1),
        vector.sealed.replacen(['-', '_'], "%2D", 1),
        "中".repeat(20),
        "A".into(),
        "AB".into(),
        "AAAAA".into(),
    ];
    // The last character with a bit that no encoder writes.
    for len in [33, 34] {
        let mut text = URL_SAFE_NO_PAD.encode(vec![1; len]);
        if len % 3 != 0 {
            text.pop();
            text.push('_');
            texts.push(text);
        }
    }
    for text in texts {
        let error = open(&text, &[vector.key()], &vector.context).unwrap_err();
        let message = "sealed: expected base64url without padding, found something else".to_owned();
        assert_eq!(words(&error), (ErrorCode::IllegalBase64, Some("NOT_BASE64URL"), message), "{text}");
        assert!(error.hint().is_some());
    }
}

#[test]
fn the_key_is_chosen_by_its_version() {
    let numbered = |version: u8| key(version, version.into());
    let keys: Vec<ChannelKey> = (0..8).map(numbered).collect();
    for (version, key) in (0..).zip(&keys) {
        let sealed = seal("x", key, "", [9; 12]).unwrap();
        assert_eq!(open(&sealed, &keys, "").unwrap().as_str(), "x");
        let others: Vec<ChannelKey> = (0..8).filter(|other| *other != version).map(numbered).collect();
        assert_eq!(open(&sealed, &others, "").unwrap_err().reason(), Some("KEY_VERSION"));
        assert_eq!(key.version(), u32::from(version));
    }
    // Of several of one version the first counts.
    let sealed = seal("x", &key(1, 5), "", [9; 12]).unwrap();
    assert!(open(&sealed, &[key(1, 5), key(2, 5)], "").is_ok());
    assert_eq!(open(&sealed, &[key(2, 5), key(1, 5)], "").unwrap_err().code(), ErrorCode::DecryptFailed);
}

#[test]
fn there_is_at_least_one_key_and_not_too_many() {
    let refusal = |count: usize| {
        let keys: Vec<ChannelKey> = (0..count).map(|_| key(1, 1)).collect();
        words(&open("", &keys, "").unwrap_err())
    };
    let none = "keys: expected a channel key or a list of them, found an empty one".to_owned();
    assert_eq!(refusal(0), (ErrorCode::InvalidArgument, Some("EMPTY"), none));
    let many = "keys: expected at most 8 channel keys, found more".to_owned();
    assert_eq!(refusal(MAX_CHANNEL_KEYS + 1), (ErrorCode::InvalidArgument, Some("TOO_MANY"), many));
    assert_eq!(refusal(MAX_CHANNEL_KEYS).1, Some("WRONG_LENGTH"));
}

#[test]
fn a_key_is_canonical_base64_of_16_bytes() {
    assert!(ChannelKey::from_base64("VI6BpyrK9XH4i4AIGe86tg==", 10).is_ok());
    for text in [
        "",
        "VI6BpyrK9XH4i4AIGe86tg",
        "VI6BpyrK9XH4i4AIGe86tg=",
        "VI6BpyrK9XH4i4AIGe86th==",
        " VI6BpyrK9XH4i4AIGe86tg==",
        "VI6BpyrK9XH4i4AIGe86tg==\n",
        "VI6BpyrK9XH4i4AIGe8-tg==",
        "VI6BpyrK9XH4i4AIGe8=",
        "VI6BpyrK9XH4i4AIGe86thE=",
        "VI6BpyrK9XH4i4AIGe86thER",
        "VI6BpyrK9XH4i4AIGe86thERVI6BpyrK9XH4i4AIGe86thER",
        "6003f73ec441c386",
    ] {
        let error = ChannelKey::from_base64(text, 10).unwrap_err();
        let message = "encrypt_key: expected base64 of 16 bytes".to_owned();
        assert_eq!(words(&error), (ErrorCode::InvalidArgument, Some("OUT_OF_RANGE"), message), "{text}");
    }
}

#[test]
fn limits_hold_both_ways() {
    let longest = "x".repeat(MAX_MESSAGE);
    let sealed = seal(&longest, &key(1, 1), "", [1; 12]).unwrap();
    assert_eq!(sealed.len(), MAX_TEXT);
    assert!(open(&sealed, &[key(1, 1)], "").unwrap().as_str() == longest);
    let error = seal(&format!("{longest}x"), &key(1, 1), "", [1; 12]).unwrap_err();
    let message = "message: expected at most 786399 bytes of UTF-8, found a longer text".to_owned();
    assert_eq!(words(&error), (ErrorCode::InvalidArgument, Some("TOO_LONG"), message));
    let error = open(&format!("{sealed}A"), &[key(1, 1)], "").unwrap_err();
    let message = "sealed: expected at most 1048576 characters, found a longer text".to_owned();
    assert_eq!(words(&error), (ErrorCode::IllegalBuffer, Some("TOO_LONG"), message));

    let context = "c".repeat(MAX_TEXT);
    let sealed = seal("x", &key(1, 1), &context, [1; 12]).unwrap();
    assert_eq!(open(&sealed, &[key(1, 1)], &context).unwrap().as_str(), "x");
    let message = "context: expected at most 1048576 bytes of UTF-8, found a longer text".to_owned();
    let refusal = (ErrorCode::InvalidArgument, Some("TOO_LONG"), message);
    let context = format!("{context}c");
    assert_eq!(words(&seal("x", &key(1, 1), &context, [1; 12]).unwrap_err()), refusal);
    assert_eq!(words(&open(&sealed, &[key(1, 1)], &context).unwrap_err()), refusal);
}

/// A holder of the key can seal bytes that are no text: they are refused in the same words as all else.
#[test]
fn what_is_no_utf8_is_refused_as_what_does_not_open() {
    use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
    let mut data = *b"\xff\xfe not UTF-8";
    let header = [1, 0, 0, 0, 7];
    let cipher = aes_gcm::AesGcm::<aes::Aes128, aes_gcm::aead::consts::U12>::new(&[3; 16].into());
    let tag = cipher.encrypt_inout_detached(&[4; 12].into(), &header, (&mut data[..]).into()).unwrap();
    let sealed = URL_SAFE_NO_PAD.encode([&header[..], &[4; 12], &data, &tag].concat());
    let error = open(&sealed, &[key(3, 7)], "").unwrap_err();
    assert_eq!(words(&error), (FAILED.0, FAILED.1, FAILED.2.to_owned()));
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let secret = vector("request");
    assert_eq!(format!("{:?}", secret.key()), "ChannelKey(version 10, [secret])");
    let message = open(&secret.sealed, &[secret.key()], &secret.context).unwrap();
    assert_eq!(format!("{message:?}"), "ChannelMessage(29 bytes)");
    let error = open(&secret.sealed, &[secret.key()], "other").unwrap_err();
    assert_eq!(format!("{error:?}"), "DECRYPT_FAILED: sealed: does not open with the given key and context");
}

proptest! {
    #[test]
    fn what_is_sealed_opens_and_nothing_else_does(
        message in ".{0,200}",
        context in ".{0,40}",
        other in ".{0,40}",
        secret: [u8; 16],
        version: u32,
        nonce: [u8; 12],
    ) {
        let key = || ChannelKey::from_base64(&base64(&secret), version).unwrap();
        let sealed = seal(&message, &key(), &context, nonce).unwrap();
        prop_assert_eq!(sealed.len(), ((33 + message.len()) * 4).div_ceil(3));
        let opened = open(&sealed, &[key()], &context).unwrap();
        prop_assert_eq!(opened.as_str(), &message);
        if other != context {
            prop_assert!(open(&sealed, &[key()], &other).is_err());
        }
    }

    #[test]
    fn any_text_at_all_is_answered(text in ".{0,200}", bytes: Vec<u8>) {
        prop_assert!(open(&text, &[key(1, 1)], "").is_err());
        prop_assert!(open(&URL_SAFE_NO_PAD.encode(bytes), &[key(1, 1)], "").is_err());
    }
}
