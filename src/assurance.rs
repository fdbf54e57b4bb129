//! The primitives as the package uses them, for the conformance suites and the test of constant time. Of no promise to anybody
//! else, and in no build that ships.

use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use subtle::Choice;

use crate::cipher::{self, Padding, gcm};
use crate::json::{self, Kind};
use crate::secret::SecretBuffer;
use crate::session::{Iv, SessionKey};
use crate::{signature, transport};

/// What open data is padded to.
pub const BLOCK: usize = cipher::BLOCK;
/// What pushed messages are padded to.
pub const PUSH_WIDTH: usize = cipher::PUSH_WIDTH;

/// AES-128-CBC of open data, in place, by the cipher that this build has.
pub fn decrypt(key: &[u8; 16], iv: &[u8; 16], data: &mut [u8]) {
    let ciphertext = data.to_vec();
    cipher::decrypt(&SessionKey::of_bytes(*key), &Iv::of_bytes(*iv), &ciphertext, data);
}

/// The same by the cipher of modules with SIMD: in their registers there, elsewhere in those of x86 or in a model of them.
pub fn decrypt_in_registers(key: &[u8; 16], iv: &[u8; 16], data: &mut [u8]) {
    let ciphertext = data.to_vec();
    cipher::decrypt_in_registers(&SessionKey::of_bytes(*key), &Iv::of_bytes(*iv), &ciphertext, data);
}

/// AES-256-CBC of message push, in place; the iv is the first half of the key.
pub fn decrypt_push(key: &[u8; 32], data: &mut [u8]) {
    cipher::decrypt_push(key, data);
}

/// The other direction.
pub fn encrypt_push(key: &[u8; 32], data: &mut [u8]) {
    cipher::encrypt_push(key, data);
}

/// The length without padding, or `None` where the padding is wrong.
#[must_use]
pub fn unpadded_len<const WIDTH: usize>(plaintext: &[u8]) -> Option<usize> {
    cipher::unpadded_len::<WIDTH>(plaintext)
}

/// The same before the verdict: a number that is 0 if the padding is right, and the length that it then has.
#[must_use]
pub fn padding<const WIDTH: usize>(last: &[u8; WIDTH]) -> (u32, u32) {
    let padding = Padding::of(last);
    (padding.wrong, padding.len)
}

/// AES-128-GCM of the channel.
pub fn seal(key: &[u8; 16], nonce: &[u8; 12], associated: &[u8], data: &mut [u8]) -> Option<[u8; 16]> {
    gcm::seal_in_place(key, nonce, associated, data)
}

/// The other direction; `data` stays as it is where the answer is no.
pub fn open(key: &[u8; 16], nonce: &[u8; 12], associated: &[u8], data: &mut [u8], tag: &[u8; 16]) -> bool {
    gcm::open_in_place(key, nonce, associated, data, tag)
}

/// HMAC-SHA256 of the parts, in lower-case hexadecimal.
#[must_use]
pub fn hmac_hex(key: &[u8], parts: &[&[u8]]) -> [u8; 64] {
    signature::hmac_hex(key, parts)
}

/// SHA-1 of the parts, in lower-case hexadecimal.
#[must_use]
pub fn sha1_hex(parts: &[&[u8]]) -> [u8; 40] {
    signature::sha1_hex(parts)
}

/// Whether a `signature` is that of any of the session keys.
#[must_use]
pub fn any_matches(raw_data: &[u8], signature: &[u8], session_keys: &[&[u8]]) -> Choice {
    signature::any_matches(raw_data, signature, session_keys)
}

/// An alphabet of RFC 4648.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Section 4, with padding: keys, ivs, data.
    Standard,
    /// Section 5, without padding: sealed texts.
    UrlSafe,
}

/// The bytes of a text that is canonical in its alphabet.
#[must_use]
pub fn decode_base64(alphabet: Alphabet, text: &[u8]) -> Option<SecretBuffer> {
    let mut bytes = SecretBuffer::default();
    let alphabet = match alphabet {
        Alphabet::Standard => &STANDARD,
        Alphabet::UrlSafe => &URL_SAFE_NO_PAD,
    };
    transport::decode_canonical(alphabet, text, &mut bytes)?;
    Some(bytes)
}

/// Whether a text is JSON, and if so whether it is an object. Bytes that are not UTF-8 are refused before, as they are in `decrypt`.
#[must_use]
pub fn read_json(text: &[u8]) -> Option<bool> {
    let text = core::str::from_utf8(text).ok()?;
    Some(json::scan(text.as_bytes(), &mut |_, _| {})? == Kind::Object)
}
