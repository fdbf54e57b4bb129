//! Message push: WeChat's published messages both ways, every frame that is wrong, and what each is refused with.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::{Array, BlockModeEncrypt as _, KeyIvInit as _};
use proptest::prelude::*;
use serde::Deserialize;
use weapp_opendata::{Error, ErrorCode, MAX_TEXT, MessagePush, PushMessage};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Vector {
    id: String,
    token: String,
    encoding_aes_key: String,
    appid: String,
    timestamp: String,
    nonce: String,
    signature: String,
    encrypt: String,
    msg_signature: String,
    query_signature: String,
    plaintext: String,
    random: String,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("vectors/message-push.json")).unwrap()
}

impl Vector {
    fn push(&self) -> MessagePush<'_> {
        MessagePush::new(&self.token, &self.encoding_aes_key, &self.appid).unwrap()
    }

    fn open(&self) -> Result<PushMessage, Error> {
        self.push().decrypt(&self.encrypt, &self.msg_signature, &self.timestamp, &self.nonce)
    }
}

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const APPID: &str = "wx0123456789abcdef";

fn push() -> MessagePush<'static> {
    MessagePush::new("token", KEY, APPID).unwrap()
}

/// Opens a plaintext, padding included, that was sealed and signed by someone who has key and token.
fn open_frame(frame: &[u8]) -> Result<PushMessage, Error> {
    let key: [u8; 33] = STANDARD.decode(format!("{KEY}A")).unwrap().try_into().unwrap();
    let key: [u8; 32] = key[..32].try_into().unwrap();
    let iv: [u8; 16] = key[..16].try_into().unwrap();
    let mut data = frame.to_vec();
    let (blocks, rest) = Array::slice_as_chunks_mut(&mut data);
    assert!(rest.is_empty());
    cbc::Encryptor::<Aes256>::new(&Array(key), &Array(iv)).encrypt_blocks(blocks);
    open_signed(&STANDARD.encode(data))
}

/// Signed by way of a reply's signature: the core has no other function that signs.
fn open_signed(encrypt: &str) -> Result<PushMessage, Error> {
    use sha1::{Digest as _, Sha1};
    let mut texts = ["token", "1714112445", "nonce", encrypt];
    texts.sort_unstable();
    let digest = Sha1::digest(texts.concat());
    let signature: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    push().decrypt(encrypt, &signature, "1714112445", "nonce")
}

/// A frame with a length field and a pad of one's own.
fn frame(message: &[u8], len: u32, appid: &[u8], pad: u8, count: usize) -> Vec<u8> {
    [&[7; 16][..], &len.to_be_bytes(), message, appid, &vec![pad; count]].concat()
}

#[test]
fn published_signatures_of_plain_mode() {
    let mut seen = 0;
    for vector in vectors().iter().filter(|vector| !vector.signature.is_empty() || !vector.query_signature.is_empty()) {
        let push = MessagePush::new(&vector.token, KEY, APPID).unwrap();
        let signature = if vector.signature.is_empty() { &vector.query_signature } else { &vector.signature };
        assert!(push.verify(signature, &vector.timestamp, &vector.nonce), "{}", vector.id);
        for at in 0..signature.len() {
            let mut changed = signature.clone().into_bytes();
            changed[at] ^= 1;
            assert!(!push.verify(std::str::from_utf8(&changed).unwrap(), &vector.timestamp, &vector.nonce));
        }
        assert!(!push.verify(signature, &vector.nonce[1..], &vector.timestamp));
        assert!(!push.verify("", &vector.timestamp, &vector.nonce));
        assert!(!push.verify(&signature.to_uppercase(), &vector.timestamp, &vector.nonce));
        seen += 1;
    }
    assert_eq!(seen, 3);
}

#[test]
fn published_messages_open_and_are_made_again_byte_for_byte() {
    let mut seen = 0;
    for vector in vectors().iter().filter(|vector| !vector.encrypt.is_empty()) {
        assert_eq!(vector.open().unwrap().as_str(), vector.plaintext, "{}", vector.id);
        let random = vector.random.as_bytes().try_into().unwrap();
        let reply =
            vector.push().encrypt(&vector.plaintext, vector.timestamp.parse().unwrap(), &vector.nonce, random).unwrap();
        assert_eq!((reply.encrypt, reply.msg_signature), (vector.encrypt.clone(), vector.msg_signature.clone()));
        assert_eq!((reply.timestamp.to_string(), reply.nonce), (vector.timestamp.clone(), vector.nonce.clone()));
        seen += 1;
    }
    assert_eq!(seen, 2);
}

#[test]
fn every_change_of_a_byte_is_found_before_anything_is_decrypted() {
    type Part = fn(&mut Vector) -> &mut String;
    let parts: [Part; 5] =
        [|v| &mut v.encrypt, |v| &mut v.msg_signature, |v| &mut v.timestamp, |v| &mut v.nonce, |v| &mut v.token];
    for part in parts {
        for index in 2..4 {
            let len = part(&mut vectors()[index]).len();
            for at in 0..len {
                for flip in [1, 0x20, 0x40] {
                    let mut vector = vectors().swap_remove(index);
                    let text = part(&mut vector);
                    let mut bytes = text.clone().into_bytes();
                    bytes[at] ^= flip;
                    *text = String::from_utf8(bytes).unwrap();
                    assert_eq!(vector.open().unwrap_err().code(), ErrorCode::SignatureMismatch, "{at}");
                }
            }
        }
    }
}

#[test]
fn a_wrong_key_is_one_failure_and_another_app_is_another() {
    for index in 2..4 {
        let vector = vectors().swap_remove(index);
        for key in ["B".repeat(43), format!("{}E", "A".repeat(42)), format!("B{}", "A".repeat(42))] {
            let error = Vector { encoding_aes_key: key, ..vectors().swap_remove(index) }.open().unwrap_err();
            assert_eq!(error.code(), ErrorCode::DecryptFailed);
            assert_eq!(error.to_string(), "the Encrypt text does not open with the given encodingAESKey");
        }
        for at in 0..vector.appid.len() {
            let mut appid = vector.appid.clone().into_bytes();
            appid[at] ^= 1;
            let appid = String::from_utf8(appid).unwrap();
            let error = Vector { appid, ..vectors().swap_remove(index) }.open().unwrap_err();
            assert_eq!(error.code(), ErrorCode::AppidMismatch);
        }
    }
}

/// 43 random characters: two bits of the last one belong to no byte.
#[test]
fn trailing_bits_of_the_key_mean_nothing() {
    for last in ["A", "B", "C", "D"] {
        let key = format!("{}{last}", "A".repeat(42));
        let vector = Vector { encoding_aes_key: key, ..vectors().swap_remove(2) };
        assert_eq!(vector.open().unwrap().as_str(), vector.plaintext);
    }
}

#[test]
fn settings_are_checked_before_they_are_used() {
    let long = "A".repeat(44);
    for (token, key, appid, message) in [
        ("", KEY, APPID, "token: expected a token, found an empty one"),
        ("t", KEY, "", "appid: expected an appid, found an empty one"),
        ("t", "", APPID, "encoding_aes_key: expected 43 letters and digits, found 0 bytes"),
        ("t", &KEY[1..], APPID, "encoding_aes_key: expected 43 letters and digits, found 42 bytes"),
        ("t", &long, APPID, "encoding_aes_key: expected 43 letters and digits, found 44 bytes"),
        (
            "t",
            "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF=",
            APPID,
            "encoding_aes_key: a character outside the base64 alphabet",
        ),
        (
            "t",
            "abcdefghijklmnopqrstuvwxyz_123456789ABCDEFG",
            APPID,
            "encoding_aes_key: a character outside the base64 alphabet",
        ),
    ] {
        let error = MessagePush::new(token, key, appid).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(format!("{:?}", push()), "MessagePush([secret])");
}

/// Every pad from 1 to 32, as long as it is there in full; none beyond, and none with one byte wrong.
#[test]
fn every_pad_is_taken_and_every_damaged_one_refused() {
    for pad in 0..=255_u8 {
        let inside = usize::from(pad).clamp(1, 32);
        let message = vec![b'x'; 96 - 20 - APPID.len() - inside];
        let len = u32::try_from(message.len()).unwrap();
        let whole = frame(&message, len, APPID.as_bytes(), pad, inside);
        let opened = open_frame(&whole);
        if (1..=32).contains(&pad) {
            assert_eq!(opened.unwrap().as_str().as_bytes(), message);
            for at in whole.len() - inside..whole.len() {
                let mut damaged = whole.clone();
                damaged[at] ^= 0x80;
                assert_eq!(open_frame(&damaged).unwrap_err().code(), ErrorCode::DecryptFailed, "pad {pad}, byte {at}");
            }
        } else {
            assert_eq!(opened.unwrap_err().code(), ErrorCode::DecryptFailed, "pad {pad}");
        }
    }
}

#[test]
fn every_length_field_but_the_right_one_is_refused() {
    let message = b"{\"a\":1}";
    let right = u32::try_from(message.len()).unwrap();
    let pad = 64 - 20 - message.len() - APPID.len();
    let of = |len| frame(message, len, APPID.as_bytes(), u8::try_from(pad).unwrap(), pad);
    assert_eq!(open_frame(&of(right)).unwrap().as_str().as_bytes(), message);
    for bit in 0..32 {
        let error = open_frame(&of(right ^ 1 << bit)).unwrap_err();
        // Within the content, message and appid are cut elsewhere: whole, but another app's. Beyond it, nothing is whole.
        let within = (right ^ 1 << bit) as usize <= message.len() + APPID.len();
        let code = if within { ErrorCode::AppidMismatch } else { ErrorCode::DecryptFailed };
        assert_eq!(error.code(), code, "bit {bit}");
    }
    for len in [u32::MAX, 1 << 31, right + 1, 0] {
        assert!(open_frame(&of(len)).is_err());
    }
}

#[test]
fn all_that_is_wrong_with_a_plaintext_is_one_failure() {
    let failures = [
        // Padding alone; less than a head.
        [32; 32].to_vec(),
        [&[7; 31][..], &[1]].concat(),
        [&[7; 13][..], &[19; 19]].concat(),
        // No UTF-8.
        frame(b"\xff\xfe", 2, APPID.as_bytes(), 24, 24),
        frame(b"\xe4\xb8", 2, APPID.as_bytes(), 24, 24),
    ]
    .map(|frame| open_frame(&frame).unwrap_err());
    for error in &failures {
        assert_eq!(error, &failures[0]);
        assert_eq!((error.code(), error.reason()), (ErrorCode::DecryptFailed, None));
    }
    // What is no UTF-8 is not whole, whomever it is for.
    assert_eq!(open_frame(&frame(b"\xff\xfe", 2, b"wx", 8, 8)).unwrap_err(), failures[0]);
}

#[test]
fn a_text_that_can_be_no_ciphertext_is_told_apart_once_it_is_signed() {
    for (encrypt, code, message) in [
        ("", ErrorCode::IllegalBuffer, "encrypt: expected base64 of a multiple of 32 bytes, found an empty text"),
        ("AAAA", ErrorCode::IllegalBuffer, "encrypt: expected base64 of a multiple of 32 bytes, found 3 bytes"),
        (
            &STANDARD.encode([0; 48]),
            ErrorCode::IllegalBuffer,
            "encrypt: expected base64 of a multiple of 32 bytes, found 48 bytes",
        ),
        ("!", ErrorCode::IllegalBase64, "encrypt: a character outside the base64 alphabet"),
        ("AAA A", ErrorCode::IllegalBase64, "encrypt: spaces stand where '+' was lost on the way"),
    ] {
        let error = open_signed(encrypt).unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(error.to_string(), message);
        let unsigned = push().decrypt(encrypt, "", "", "").unwrap_err();
        assert_eq!(unsigned.code(), ErrorCode::SignatureMismatch);
    }
}

#[test]
fn replies_have_limits() {
    let push = push();
    for (timestamp, nonce, message) in [
        (1, "", "nonce: expected a nonce, found an empty one"),
        (-1, "1", "timestamp: expected seconds since 1970"),
        (1_700_000_000_000, "1", "timestamp: expected seconds since 1970, found what can only be milliseconds"),
    ] {
        assert_eq!(push.encrypt("x", timestamp, nonce, &[0; 16]).unwrap_err().to_string(), message);
    }
    // The longest reply makes an Encrypt text of MAX_TEXT, which opens again.
    let most = MAX_TEXT / 4 * 3 - 1 - 20 - APPID.len();
    let reply = push.encrypt(&"x".repeat(most), 1, "1", &[0; 16]).unwrap();
    assert_eq!(reply.encrypt.len(), MAX_TEXT);
    let opened = push.decrypt(&reply.encrypt, &reply.msg_signature, "1", "1").unwrap();
    assert_eq!(opened.as_str().len(), most);
    let error = push.encrypt(&"x".repeat(most + 1), 1, "1", &[0; 16]).unwrap_err();
    assert_eq!(error.reason(), Some("TOO_LONG"));
    assert_eq!(format!("{opened:?}"), format!("PushMessage({most} bytes)"));
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens(message in ".{0,200}", nonce in ".{1,20}", random: [u8; 16], timestamp in 0..99_999_999_999_i64) {
        let reply = push().encrypt(&message, timestamp, &nonce, &random).unwrap();
        let opened = push().decrypt(&reply.encrypt, &reply.msg_signature, &timestamp.to_string(), &nonce).unwrap();
        prop_assert_eq!(opened.as_str(), message);
    }
}
