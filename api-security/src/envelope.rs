//! The body of a request or an answer: `{"iv":…,"data":…,"authtag":…}`, GCM within.

use alloc::borrow::Cow;
use alloc::string::String;

use aes::Aes256;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::aes::cipher::consts::U12;
use aes_gcm::{AesGcm, Nonce, Tag};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sm4::Sm4;
use weapp_opendata::Error;
use weapp_opendata::module::{SecretBuffer, Situation};

use crate::keys::{Encryption, SymmetricKey};

/// Bytes of the initialisation vector.
pub(crate) const IV: usize = 12;
/// Bytes of the authentication tag.
const TAG: usize = 16;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    iv: Cow<'a, str>,
    #[serde(borrow)]
    data: Cow<'a, str>,
    #[serde(borrow)]
    authtag: Cow<'a, str>,
}

/// Encrypts in place and writes the body.
pub(crate) fn seal(key: &SymmetricKey<'_>, iv: &[u8; IV], associated: &[u8], plaintext: &mut [u8]) -> Option<String> {
    let nonce = Nonce::from(*iv);
    let secret = key.secret_bytes();
    let buffer = InOutBuf::from(&mut *plaintext);
    let tag: Tag = match key.algorithm() {
        Encryption::Aes256Gcm => {
            AesGcm::<Aes256, U12>::new_from_slice(secret).ok()?.encrypt_inout_detached(&nonce, associated, buffer)
        }
        Encryption::Sm4Gcm => {
            AesGcm::<Sm4, U12>::new_from_slice(secret).ok()?.encrypt_inout_detached(&nonce, associated, buffer)
        }
    }
    .ok()?;
    let mut body = String::with_capacity(plaintext.len().div_ceil(3) * 4 + 80);
    body.push_str(r#"{"iv":""#);
    STANDARD.encode_string(iv, &mut body);
    body.push_str(r#"","data":""#);
    STANDARD.encode_string(plaintext, &mut body);
    body.push_str(r#"","authtag":""#);
    STANDARD.encode_string(tag, &mut body);
    body.push_str(r#""}"#);
    Some(body)
}

/// Decrypts a body. What of it is public is told precisely; whatever fails with the key is one failure.
pub(crate) fn open(
    key: &SymmetricKey<'_>,
    associated: &[u8],
    body: &str,
    plaintext: &mut SecretBuffer,
) -> Result<(), Error> {
    let shape = || Error::api_security(Situation::ApiEnvelope);
    if !body.trim_ascii_start().starts_with('{') {
        // An array would pass for a struct below.
        return Err(shape());
    }
    let envelope: Envelope<'_> = serde_json::from_str(body).map_err(|_| shape())?;
    let (mut iv, mut tag) = ([0; IV + 3], [0; TAG + 3]);
    let iv_len = STANDARD.decode_slice(&*envelope.iv, &mut iv).map_err(|_| shape())?;
    let tag_len = STANDARD.decode_slice(&*envelope.authtag, &mut tag).map_err(|_| shape())?;
    if iv_len != IV || tag_len != TAG {
        return Err(shape());
    }
    let room = plaintext.start(envelope.data.len() / 4 * 3 + 3);
    let len = STANDARD.decode_slice(&*envelope.data, room).map_err(|_| shape())?;
    plaintext.truncate(len);

    let mut nonce = Nonce::<U12>::default();
    nonce.copy_from_slice(&iv[..IV]);
    let mut expected = Tag::default();
    expected.copy_from_slice(&tag[..TAG]);
    let secret = key.secret_bytes();
    let buffer = InOutBuf::from(plaintext.as_mut_slice());
    let opened = match key.algorithm() {
        Encryption::Aes256Gcm => AesGcm::<Aes256, U12>::new_from_slice(secret)
            .is_ok_and(|gcm| gcm.decrypt_inout_detached(&nonce, associated, buffer, &expected).is_ok()),
        Encryption::Sm4Gcm => AesGcm::<Sm4, U12>::new_from_slice(secret)
            .is_ok_and(|gcm| gcm.decrypt_inout_detached(&nonce, associated, buffer, &expected).is_ok()),
    };
    if opened { Ok(()) } else { Err(Error::api_security(Situation::ApiDecryptFailed)) }
}
