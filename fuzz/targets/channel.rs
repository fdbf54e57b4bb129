//! The channel: what is sealed opens, as AES-GCM by the book has it; nothing else does.
#![no_main]

use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use arbitrary::Arbitrary;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use weapp_opendata::ErrorCode;
use weapp_opendata::channel::{ChannelKey, open, seal};
use weapp_opendata_fuzz as plain;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    how: u8,
    flip: u16,
    version: u32,
    context: u8,
    key: [u8; 16],
    nonce: [u8; 12],
    data: &'a [u8],
}

const CONTEXTS: [&str; 4] = ["", "POST /orders oExampleOpenid", "回应 /orders", "POST /orders oExampleOpenie"];

fn sealed_by_the_book(input: &Input<'_>, context: &str) -> Vec<u8> {
    let header = [&[1], &input.version.to_be_bytes()[..]].concat();
    let aad = [&header, context.as_bytes()].concat();
    let cipher = Aes128Gcm::new(&input.key.into());
    let sealed = cipher.encrypt(&input.nonce.into(), Payload { msg: input.data, aad: &aad }).unwrap();
    [&header, &input.nonce[..], &sealed].concat()
}

fn opened_by_the_book(input: &Input<'_>, sealed: &[u8], context: &str) -> Vec<u8> {
    let (header, rest) = sealed.split_at(5);
    let (nonce, msg) = rest.split_first_chunk::<12>().unwrap();
    let aad = [header, context.as_bytes()].concat();
    Aes128Gcm::new(&input.key.into()).decrypt(nonce.into(), Payload { msg, aad: &aad }).unwrap()
}

fuzz_target!(|input: Input<'_>| {
    let context = CONTEXTS[usize::from(input.context & 3)];
    let key = |version| ChannelKey::from_base64(&plain::base64(&input.key), version).unwrap();
    let ours = [key(input.version)];
    let bytes = sealed_by_the_book(&input, context);
    let text = URL_SAFE_NO_PAD.encode(&bytes);
    let opened = open(&text, &ours, context);
    match std::str::from_utf8(input.data) {
        Ok(message) => {
            assert_eq!(seal(message, &ours[0], context, input.nonce).unwrap(), text);
            assert_eq!(opened.unwrap().as_str(), message);
        }
        Err(_) => assert_eq!(opened.unwrap_err().code(), ErrorCode::DecryptFailed),
    }

    // A bit changed anywhere, its end cut off, another context, another version of the key.
    let mut changed = bytes.clone();
    let bit = usize::from(input.flip) % (changed.len() * 8);
    changed[bit / 8] ^= 1 << (bit % 8);
    let code = |sealed: &[u8], keys: &[ChannelKey], context: &str| {
        open(&URL_SAFE_NO_PAD.encode(sealed), keys, context).unwrap_err()
    };
    let refused = code(&changed, &ours, context);
    match bit / 8 {
        0 => assert_eq!(refused.code(), ErrorCode::IllegalBuffer),
        1..5 => assert_eq!((refused.code(), refused.reason()), (ErrorCode::DecryptFailed, Some("KEY_VERSION"))),
        _ => assert_eq!((refused.code(), refused.reason()), (ErrorCode::DecryptFailed, None)),
    }
    let cut = usize::from(input.flip) % bytes.len();
    let expected = if cut < 33 { ErrorCode::IllegalBuffer } else { ErrorCode::DecryptFailed };
    assert_eq!(code(&bytes[..cut], &ours, context).code(), expected);
    let other = CONTEXTS[usize::from((input.context & 3) ^ 1)];
    assert_eq!(code(&bytes, &ours, other).code(), ErrorCode::DecryptFailed);
    let others = [key(input.version.wrapping_add(1)), key(!input.version)];
    assert_eq!(code(&bytes, &others, context).reason(), Some("KEY_VERSION"));

    // Any text and any bytes: only what has a right tag opens.
    let mut any = input.data.to_vec();
    if input.how & 1 != 0 && any.len() >= 5 {
        any[..5].copy_from_slice(&bytes[..5]);
    }
    match open(&URL_SAFE_NO_PAD.encode(&any), &ours, context) {
        Ok(message) => assert_eq!(message.as_str().as_bytes(), opened_by_the_book(&input, &any, context)),
        Err(refused) => assert!(matches!(refused.code(), ErrorCode::IllegalBuffer | ErrorCode::DecryptFailed)),
    }
    if let Ok(text) = std::str::from_utf8(input.data) {
        let decoded = URL_SAFE_NO_PAD.decode(text);
        match open(text, &ours, context) {
            Ok(message) => {
                assert_eq!(message.as_str().as_bytes(), opened_by_the_book(&input, &decoded.unwrap(), context))
            }
            Err(refused) => assert_eq!(decoded.is_err(), refused.code() == ErrorCode::IllegalBase64),
        }
    }
});
