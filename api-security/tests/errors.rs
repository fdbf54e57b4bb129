//! Every row of this crate's errors: raised, with its exact words.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../../tests/common/rows.rs"]
mod rows;

use rows::{is_chinese, lines};
use serde_json::Value;
use weapp_opendata::internals;
use weapp_opendata_api_security::{
    Answer, Encryption, Endpoint, Error, ErrorCode, Headers, PlatformKey, PlatformKeys, ROWS, SecretBuffer,
    SignatureAlgorithm, SigningKey, Source, SymmetricKey,
};

const NOW: u64 = 1_692_932_963;
const URL: &str = "https://api.weixin.qq.com/wxa/getuserriskrank";
const APPID: &str = "wxba6223c06417af7b";

/// A complete set of headers, whose number is that of no platform key.
const HEADERS: Headers<'_> = Headers {
    appid: Some(APPID),
    timestamp: Some("1692932963"),
    serial: Some("sn"),
    signature: Some("AAAA"),
    deprecated_serial: None,
    deprecated_signature: None,
};

fn answer(headers: &Headers<'_>, body: &str, keys: &PlatformKeys<'_>) -> Error {
    Answer::check(Source { url: URL, appid: APPID, now: NOW }, headers, body, keys).unwrap_err()
}

fn raised() -> Vec<Error> {
    let vectors: Value = serde_json::from_str(include_str!("vectors/api-security.json")).unwrap();
    let public_key = vectors["sm2KeyPair"]["publicKey"].as_str().unwrap();
    let mut keys = PlatformKeys::default();
    keys.add("sn", PlatformKey::of_public_key(public_key).unwrap()).unwrap();
    let none = PlatformKeys::default();
    let add = |keys: &mut PlatformKeys<'_>, sn: &'static str| {
        keys.add(sn, PlatformKey::of_public_key(public_key).unwrap()).unwrap_err()
    };
    let mut full = PlatformKeys::default();
    for sn in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        full.add(sn, PlatformKey::of_public_key(public_key).unwrap()).unwrap();
    }

    let symmetric = SymmetricKey::new("sn", Encryption::Sm4Gcm, "YXBwaWRkdXNlZm9ydGVzdA==").unwrap();
    let endpoint = Endpoint::new(URL, APPID, NOW).unwrap();
    let seal = |params| endpoint.seal(&symmetric, params, &[0; 37]).unwrap_err();
    let open = |body| endpoint.open(&symmetric, body, &mut SecretBuffer::default()).unwrap_err();
    let refused = internals::Row::reason;
    let refused = ROWS.concat().into_iter().find(|row| **row == refused(**row, "REFUSED")).unwrap();

    vec![
        // Only a host can find out.
        Error::of(refused, "asymmetric_key.private_key", "", internals::Actual::Nothing),
        Endpoint::new("ftp://a", APPID, NOW).unwrap_err(),
        Endpoint::new(URL, "a|b", NOW).unwrap_err(),
        SymmetricKey::new("", Encryption::Sm4Gcm, "").unwrap_err(),
        SymmetricKey::new("sn", Encryption::Sm4Gcm, "AAAA").unwrap_err(),
        SymmetricKey::new("sn", Encryption::Aes256Gcm, "AAAA").unwrap_err(),
        SigningKey::new("", SignatureAlgorithm::Sm2WithSm3, "").unwrap_err(),
        SigningKey::new("sn", SignatureAlgorithm::Sm2WithSm3, public_key).unwrap_err(),
        SigningKey::new("sn", SignatureAlgorithm::RsaWithSha256, "").unwrap_err(),
        PlatformKey::of_certificate(public_key).unwrap_err(),
        PlatformKey::of_public_key("").unwrap_err(),
        add(&mut keys, ""),
        add(&mut keys, "sn"),
        add(&mut full, "9"),
        seal("[]"),
        seal(r#"{"a":1,"_appid":2}"#),
        answer(&Headers { appid: None, ..HEADERS }, "", &keys),
        answer(&Headers { timestamp: None, ..HEADERS }, "{}", &keys),
        answer(&Headers { serial: None, ..HEADERS }, r#"{"errcode":0}"#, &keys),
        answer(&Headers { signature: None, ..HEADERS }, r#"[{"errcode":40234}]"#, &keys),
        answer(&Headers { signature: None, ..HEADERS }, r#"{"errcode":40234,"errmsg":"invalid signature"}"#, &keys),
        answer(&Headers { timestamp: Some("01"), ..HEADERS }, "", &keys),
        answer(&Headers { appid: Some("wx"), ..HEADERS }, "", &keys),
        answer(&Headers { timestamp: Some("1692932662"), ..HEADERS }, "", &keys),
        answer(&Headers { timestamp: Some("1692933264"), ..HEADERS }, "", &keys),
        answer(&HEADERS, "", &none),
        answer(&Headers { signature: Some("?"), ..HEADERS }, "", &keys),
        open("{}"),
        open(r#"{"iv":"AAAAAAAAAAAAAAAA","data":"AAAA","authtag":"AAAAAAAAAAAAAAAAAAAAAA=="}"#),
    ]
}

#[test]
fn every_row_is_raised_and_has_its_exact_words() {
    let expected = [
        "INVALID_ARGUMENT  REFUSED | asymmetric_key.private_key: this host's crypto does not take the key",
        "INVALID_ARGUMENT  OUT_OF_RANGE | url: expected the URL that is called, with https://, at most 8192 characters, percent-encoded",
        "INVALID_ARGUMENT  OUT_OF_RANGE | appid: expected the appid of your mini-program: 1 to 128 of A-Z, a-z, 0-9, '_' and '-'",
        "INVALID_ARGUMENT  OUT_OF_RANGE | symmetric_key.sn: expected the key's number in WeChat's console: 1 to 128 printable ASCII characters without '|'",
        "INVALID_ARGUMENT  OUT_OF_RANGE | symmetric_key.key: expected base64 of 16 bytes for SM4_GCM",
        "INVALID_ARGUMENT  OUT_OF_RANGE | symmetric_key.key: expected base64 of 32 bytes for AES256_GCM",
        "INVALID_ARGUMENT  OUT_OF_RANGE | asymmetric_key.sn: expected the key's number in WeChat's console: 1 to 128 printable ASCII characters without '|'",
        "INVALID_ARGUMENT  WRONG_TYPE | asymmetric_key.private_key: expected an SM2 private key in PEM (PKCS#8 or SEC1, not encrypted) for SM2withSM3, found a public key",
        "INVALID_ARGUMENT  WRONG_TYPE | asymmetric_key.private_key: expected an RSA private key of at least 2048 bits in PEM (PKCS#1 or PKCS#8, not encrypted) for RSAwithSHA256, found text that is not PEM",
        "INVALID_ARGUMENT  WRONG_TYPE | platform_certificate.certificate: expected an X.509 certificate in PEM with an RSA key of at least 2048 bits or an SM2 key, found a public key",
        "INVALID_ARGUMENT  WRONG_TYPE | platform_certificate.public_key: expected an RSA key of at least 2048 bits or an SM2 key in PEM (PUBLIC KEY), found text that is not PEM",
        "INVALID_ARGUMENT  OUT_OF_RANGE | platform_certificate.sn: expected the key's number in WeChat's console: 1 to 128 printable ASCII characters without '|'",
        "INVALID_ARGUMENT  OUT_OF_RANGE | platform_certificate.sn: expected a number of its own each",
        "INVALID_ARGUMENT  TOO_MANY | platform_certificate: expected at most 8 certificates, found more",
        "INVALID_ARGUMENT  OUT_OF_RANGE | params: expected an object of at most 1048576 characters of JSON",
        "INVALID_ARGUMENT  RESERVED | params._appid: this name is not for the caller to give",
        "INVALID_ARGUMENT  MISSING | headers.appid: expected a header of WeChat's answer, found nothing",
        "INVALID_ARGUMENT  MISSING | headers.timestamp: expected a header of WeChat's answer, found nothing",
        "INVALID_ARGUMENT  MISSING | headers.serial: expected a header of WeChat's answer, found nothing",
        "INVALID_ARGUMENT  MISSING | headers.signature: expected a header of WeChat's answer, found nothing",
        "WECHAT_ERROR 40234 - | WeChat answered with errcode 40234",
        "INVALID_ARGUMENT  OUT_OF_RANGE | headers.timestamp: expected seconds since 1970 in decimal digits",
        "APPID_MISMATCH  - | Wechatmp-Appid is not the configured appid",
        "WATERMARK_EXPIRED  - | Wechatmp-TimeStamp is more than 300 seconds old",
        "WATERMARK_IN_FUTURE  - | Wechatmp-TimeStamp lies more than 300 seconds in the future",
        "SIGNATURE_MISMATCH  UNKNOWN_SERIAL | neither Wechatmp-Serial nor Wechatmp-Serial-Deprecated names a platform certificate at hand",
        "SIGNATURE_MISMATCH  - | the platform's signature does not match url, appid, timestamp and body",
        "ILLEGAL_BUFFER  WRONG_SHAPE | body: expected WeChat's JSON with iv (12 bytes), data and authtag (16 bytes) in base64",
        "DECRYPT_FAILED  - | the answer does not open with symmetric_key",
    ];
    let raised = raised();
    assert_eq!(lines(&raised), expected);
    rows::check(ROWS, &raised, internals::ROWS);
}

#[test]
fn wechats_refusals_with_a_known_cause_have_a_hint() {
    let refusal = |errcode: i64| {
        let body = format!(r#"{{"errcode":{errcode},"errmsg":"no"}}"#);
        let error = answer(&Headers { signature: None, ..HEADERS }, &body, &PlatformKeys::default());
        assert_eq!(
            (error.code(), error.errcode(), error.errmsg()),
            (ErrorCode::WechatError, Some(errcode), Some("no"))
        );
        error
    };
    // Those of API security, and those that any interface gives.
    for errcode in (40230..=40240).chain([-1, 40001, 42001, 45011]) {
        let (english, chinese) = refusal(errcode).hint().unwrap();
        assert!(english.ends_with('.') && chinese.ends_with('。') && chinese.chars().any(is_chinese), "{errcode}");
    }
    for errcode in [40229, 40241, 1] {
        assert_eq!(refusal(errcode).hint(), None, "{errcode}");
    }
}
