//! Oracles that more than one target asks: each thing done a second time, the plain way.

use std::collections::BTreeMap;
use std::fmt;

use aes::Aes128;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use serde::de::{Deserialize, Deserializer, IgnoredAny, Visitor};
use serde_json::value::RawValue;

/// Base64 without padding.
pub const UNPADDED: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Canonical base64.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of canonical base64, and of nothing else.
pub fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// One layer of percent-encoding undone; `None` for a broken sequence.
pub fn undo_percent(text: &[u8]) -> Option<Vec<u8>> {
    let mut pieces = text.split(|byte| *byte == b'%');
    let mut out = pieces.next()?.to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_first_chunk::<2>()?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        out.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        out.extend(rest);
    }
    Some(out)
}

/// AES-128-CBC with PKCS#7.
pub fn encrypt(key: &[u8; 16], iv: &[u8; 16], plaintext: &[u8]) -> Vec<u8> {
    cbc::Encryptor::<Aes128>::new(key.into(), iv.into()).encrypt_padded_vec::<Pkcs7>(plaintext)
}

/// The same of whole blocks, whatever their padding.
pub fn encrypt_blocks(key: &[u8; 16], iv: &[u8; 16], blocks: &[u8]) -> Vec<u8> {
    cbc::Encryptor::<Aes128>::new(key.into(), iv.into()).encrypt_padded_vec::<NoPadding>(blocks)
}

/// The other way; `None` for wrong padding.
pub fn decrypt(key: &[u8; 16], iv: &[u8; 16], ciphertext: &[u8]) -> Option<Vec<u8>> {
    cbc::Decryptor::<Aes128>::new(key.into(), iv.into()).decrypt_padded_vec::<Pkcs7>(ciphertext).ok()
}

/// A key of an object: its text, or, where half of a surrogate pair is in it, what serde_json makes of that in bytes.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Vec<u8>);

impl Key {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Key;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Key, E> {
                Ok(Key(bytes.to_vec()))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key, E> {
                Ok(Key(text.as_bytes().to_vec()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// Is it JSON? serde_json passes over it without a limit of depth.
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// The fields of a JSON object; of those with one key, the last.
pub fn fields(text: &str) -> Option<BTreeMap<Key, &RawValue>> {
    // As bytes, keys are read without a look at control characters.
    if is_json(text) { serde_json::from_str(text).ok() } else { None }
}

/// What stands under `name`, as JSON.
pub fn field<'a>(fields: &BTreeMap<Key, &'a RawValue>, name: &str) -> Option<&'a str> {
    fields.get(&Key(name.as_bytes().to_vec())).map(|value| value.get())
}

/// A JSON number of 15 digits at most, without fraction and exponent.
pub fn integer(json: &str) -> Option<i64> {
    let number: i64 = json.parse().ok()?;
    (number.to_string() == json && number.unsigned_abs() < 1_000_000_000_000_000).then_some(number)
}

/// What a watermark may say.
#[derive(Clone, Debug, PartialEq)]
pub enum Stamp {
    NotAnObject,
    Absent,
    WrongShape,
    Milliseconds,
    /// The appid, unless it is no Unicode.
    Watermark(Option<String>, i64),
}

/// The watermark of a text, read with serde_json.
pub fn stamp(text: &str) -> Stamp {
    let Some(outer) = fields(text) else { return Stamp::NotAnObject };
    let Some(value) = field(&outer, "watermark") else { return Stamp::Absent };
    let Some(inner) = fields(value) else { return Stamp::WrongShape };
    let appid = field(&inner, "appid").filter(|value| value.starts_with('"'));
    let time = field(&inner, "timestamp").and_then(integer).filter(|time| *time >= 0);
    match (appid, time) {
        (Some(_), Some(100_000_000_000..)) => Stamp::Milliseconds,
        (Some(appid), Some(time)) => Stamp::Watermark(serde_json::from_str(appid).ok(), time),
        _ => Stamp::WrongShape,
    }
}
