//! Message push: what is sealed opens, and a hostile envelope with a right signature is refused for what is wrong with it.
#![no_main]

use aes::Aes256;
use arbitrary::Arbitrary;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use libfuzzer_sys::fuzz_target;
use sha1::{Digest as _, Sha1};
use weapp_opendata::{ErrorCode, MessagePush};
use weapp_opendata_fuzz as plain;

const APPID: &str = "wx4f4bc4dec97d474b";

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    how: u8,
    flip: u16,
    pad: u8,
    length: i8,
    key: [u8; 32],
    random: [u8; 16],
    timestamp: u32,
    nonce: u32,
    data: &'a [u8],
}

fn signature(texts: &[&str]) -> String {
    let mut texts = texts.to_vec();
    texts.sort_unstable();
    Sha1::digest(texts.concat()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cipher(key: &[u8; 32], blocks: &[u8]) -> Vec<u8> {
    let iv: &[u8; 16] = key.first_chunk().unwrap();
    cbc::Encryptor::<Aes256>::new(key.into(), iv.into()).encrypt_padded_vec::<NoPadding>(blocks)
}

/// The envelope opened the plain way.
fn expected(key: &[u8; 32], encrypt: &[u8]) -> Result<String, ErrorCode> {
    // White space by itself is no text, percent-encoded or not.
    let mut layers = Some(encrypt.to_vec());
    for _ in 0..3 {
        layers = layers.and_then(|text| plain::undo_percent(&text));
    }
    if layers.is_some_and(|text| text.iter().all(|byte| b" \t\r\n".contains(byte))) {
        return Err(ErrorCode::IllegalBuffer);
    }
    let ciphertext = plain::from_base64(encrypt).ok_or(ErrorCode::IllegalBase64)?;
    if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(32) {
        return Err(ErrorCode::IllegalBuffer);
    }
    let iv: &[u8; 16] = key.first_chunk().unwrap();
    let opened =
        cbc::Decryptor::<Aes256>::new(key.into(), iv.into()).decrypt_padded_vec::<NoPadding>(&ciphertext).unwrap();
    let pad = usize::from(*opened.last().unwrap());
    let whole = (1..=32).contains(&pad) && opened[opened.len() - pad..].iter().all(|byte| usize::from(*byte) == pad);
    let content = &opened[..opened.len() - if whole { pad } else { 0 }];
    let parts = content.get(16..20).and_then(|length| {
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        let message = std::str::from_utf8(content.get(20..20_usize.checked_add(length)?)?).ok()?;
        Some((message.to_owned(), &content[20 + length..]))
    });
    match parts {
        Some((message, appid)) if whole && appid == APPID.as_bytes() => Ok(message),
        Some(_) if whole => Err(ErrorCode::AppidMismatch),
        _ => Err(ErrorCode::DecryptFailed),
    }
}

fuzz_target!(|input: Input<'_>| {
    let Input { how, flip, pad, length, key, random, timestamp, nonce, data } = input;
    // The 43 characters carry two bits more than the 32 bytes; these stay zero.
    let text = plain::base64(&key);
    let push = MessagePush::new("AAAAA", &text[..43], APPID).unwrap();
    let (stamp, nonce) = (timestamp.to_string(), nonce.to_string());

    if how & 1 == 0
        && let Ok(message) = std::str::from_utf8(data)
    {
        let sealed = push.encrypt(message, timestamp.into(), &nonce, &random).unwrap();
        assert_eq!(sealed.msg_signature, signature(&["AAAAA", &stamp, &nonce, &sealed.encrypt]));
        assert_eq!(expected(&key, sealed.encrypt.as_bytes()).as_deref(), Ok(message));
        let opened = push.decrypt(&sealed.encrypt, &sealed.msg_signature, &stamp, &nonce).unwrap();
        assert_eq!(opened.as_str(), message);
        // Any change without the token is seen before anything is decrypted.
        let mut changed = sealed.encrypt.into_bytes();
        let at = usize::from(flip) % changed.len();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let refused = push.decrypt(&changed, &sealed.msg_signature, &stamp, &nonce).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::SignatureMismatch);
    }

    // Whatever someone with the token could send: blocks of any kind, a frame whose length is wrong, any text.
    let encrypt = match how >> 1 & 3 {
        0 => plain::base64(&cipher(&key, &data[..data.len() / 32 * 32])),
        1 => String::from_utf8_lossy(data).into_owned(),
        _ => {
            let claimed = i64::try_from(data.len()).unwrap() + i64::from(length);
            // Ours, another, and ours with more or less to it.
            let appid = ["wx0123456789abcdef", "", "wx4f4bc4dec97d474bx", "wx4f4bc4dec97d474"];
            let appid = if how & 8 == 0 { APPID } else { appid[usize::from(how >> 6)] };
            let mut frame = [&random, &(claimed as u32).to_be_bytes()[..], data, appid.as_bytes()].concat();
            let missing = 32 - frame.len() % 32;
            frame.resize(frame.len() + missing, if how & 16 == 0 { missing as u8 } else { pad });
            let bit = usize::from(flip) % (frame.len() * 8);
            if how & 32 != 0 {
                frame[bit / 8] ^= 1 << (bit % 8);
            }
            plain::base64(&cipher(&key, &frame))
        }
    };
    let right = signature(&["AAAAA", &stamp, &nonce, &encrypt]);
    let found = push.decrypt(&encrypt, &right, &stamp, &nonce);
    match (&found, expected(&key, encrypt.as_bytes())) {
        (Ok(message), Ok(expected)) => assert_eq!(message.as_str(), expected),
        (Err(error), Err(code)) => assert_eq!(error.code(), code, "{}", error),
        (_, expected) => panic!("found {found:?}, expected {expected:?}"),
    }
    assert_eq!(push.decrypt(&encrypt, "", &stamp, &nonce).unwrap_err().code(), ErrorCode::SignatureMismatch);
    assert!(push.verify(&signature(&["AAAAA", &stamp, &nonce]), &stamp, &nonce));
    // A text that is empty adds nothing to what is signed.
    assert_eq!(push.verify(&right, &stamp, &nonce), encrypt.is_empty());
});
