//! Signatures under session_key and appKey: published vectors, keys that are none, and every damage.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use weapp_opendata::{ErrorCode, sign_payment, sign_with_session_key, verify_signature};

fn vector(id: &str) -> Value {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("vectors/signatures.json")).unwrap();
    vectors.into_iter().find(|vector| vector["id"] == id).unwrap()
}

fn text<'v>(vector: &'v Value, field: &str) -> &'v str {
    vector[field].as_str().unwrap()
}

const OTHER_KEYS: [&str; 7] = [
    "AAAAAAAAAAAAAAAAAAAAAA==",
    "AQAAAAAAAAAAAAAAAAAAAA==",
    "AgAAAAAAAAAAAAAAAAAAAA==",
    "AwAAAAAAAAAAAAAAAAAAAA==",
    "BAAAAAAAAAAAAAAAAAAAAA==",
    "BQAAAAAAAAAAAAAAAAAAAA==",
    "BgAAAAAAAAAAAAAAAAAAAA==",
];

#[test]
fn a_key_that_is_given_twice_matches_as_one_does() {
    let official = vector("sig-official");
    let (raw_data, signature, key) =
        (text(&official, "rawData"), text(&official, "signature"), text(&official, "sessionKey"));
    assert!(verify_signature(raw_data, signature, &[key, key]).unwrap());
    assert!(verify_signature(raw_data, signature, &[key, OTHER_KEYS[0], key]).unwrap());
}

#[test]
fn published_signatures() {
    let official = vector("sig-official");
    let (raw_data, signature, key) =
        (text(&official, "rawData"), text(&official, "signature"), text(&official, "sessionKey"));
    assert!(verify_signature(raw_data, signature, &[key]).unwrap());

    let session = vector("hmac-session-doc");
    let signed = sign_with_session_key(text(&session, "key"), text(&session, "data")).unwrap();
    assert_eq!(signed, text(&session, "expected"));

    let payment = vector("vpay-pay_sig");
    let (uri, sign_data) = text(&payment, "data").split_once('&').unwrap();
    assert_eq!(sign_payment(text(&payment, "key"), uri, sign_data).unwrap(), text(&payment, "expected"));
}

#[test]
fn every_change_of_a_byte_is_a_mismatch() {
    let official = vector("sig-official");
    let (raw_data, signature, key) =
        (text(&official, "rawData"), text(&official, "signature"), text(&official, "sessionKey"));
    for at in 0..signature.len() {
        for other in ["0", "f", "F", " ", "g"] {
            if signature[at..=at] != *other {
                let changed = format!("{}{other}{}", &signature[..at], &signature[at + 1..]);
                assert!(!verify_signature(raw_data, &changed, &[key]).unwrap(), "{changed}");
            }
        }
    }
    for at in 0..raw_data.len() {
        let mut changed = raw_data.as_bytes().to_vec();
        changed[at] ^= 1;
        assert!(!verify_signature(std::str::from_utf8(&changed).unwrap(), signature, &[key]).unwrap());
    }
    for shape in ["", "75", &signature[1..], &format!("{signature}0"), &signature.to_uppercase(), "中文"] {
        assert!(!verify_signature(raw_data, shape, &[key]).unwrap(), "{shape}");
    }
}

#[test]
fn the_key_may_stand_anywhere_in_the_list() {
    let official = vector("sig-official");
    let (raw_data, signature) = (text(&official, "rawData"), text(&official, "signature"));
    assert!(!verify_signature(raw_data, signature, &OTHER_KEYS).unwrap());
    for at in 0..=OTHER_KEYS.len() {
        let mut keys = OTHER_KEYS.to_vec();
        keys.insert(at, text(&official, "sessionKey"));
        assert!(verify_signature(raw_data, signature, &keys).unwrap(), "at {at}");
    }
    for keys in [&[][..], &["AAAAAAAAAAAAAAAAAAAAAA=="; 9]] {
        assert_eq!(verify_signature(raw_data, signature, keys).unwrap_err().code(), ErrorCode::InvalidArgument);
    }
}

/// The text is the key: what decrypting puts right would sign with something else.
#[test]
fn a_text_that_is_no_session_key_is_refused_and_never_repaired() {
    for (key, reason) in [
        ("", "EMPTY"),
        ("tiihtNczf5v6AKRyjwEUhQ", "MISSING_PADDING"),
        ("tiihtNczf5v6AKRyjwEUhQ==\n", "WHITESPACE"),
        ("tiihtNczf5v6 KRyjwEUhQ==", "LOST_PLUS"),
        ("tiihtNczf5v6%2BKRyjwEUhQ%3D%3D", "PERCENT_ENCODING"),
        ("tiihtNczf5v6_KRyjwEUhQ==", "URL_SAFE_ALPHABET"),
        ("AAAA", "WRONG_LENGTH"),
        ("0123456789abcdef0123456789abcdef", "HEXADECIMAL"),
    ] {
        for error in [
            sign_with_session_key(key, "").unwrap_err(),
            verify_signature("", "", &[key]).unwrap_err(),
            verify_signature("", "", &["AAAAAAAAAAAAAAAAAAAAAA==", key]).unwrap_err(),
        ] {
            assert_eq!((error.code(), error.reason()), (ErrorCode::IllegalSessionKey, Some(reason)), "{key:?}");
        }
    }
}

#[test]
fn a_payment_needs_key_and_uri() {
    for (key, uri, message) in [
        ("", "/x", "app_key: expected the appKey of virtual payment, found an empty one"),
        ("k", "", "uri: expected a uri, found an empty one"),
    ] {
        assert_eq!(sign_payment(key, uri, "{}").unwrap_err().to_string(), message);
    }
    assert_eq!(sign_payment("k", "u", "").unwrap().len(), 64);
}

/// RFC 2104: a key of more than 64 bytes is hashed first, shorter ones are padded; the JavaScript tests compare the digits.
#[test]
fn keys_of_any_length_sign() {
    let signed: Vec<String> = [1, 63, 64, 65, 200].map(|len| sign_payment(&"k".repeat(len), "u", "d").unwrap()).into();
    for (index, one) in signed.iter().enumerate() {
        assert!(!signed[..index].contains(one));
    }
}
