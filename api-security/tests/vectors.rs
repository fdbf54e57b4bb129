//! WeChat's published samples and the published vectors of what they are made of.
#![allow(clippy::unwrap_used, missing_docs)]

use aes::Aes256;
use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use aes_gcm::aes::cipher::BlockCipherEncrypt as _;
use aes_gcm::aes::cipher::consts::U12;
use aes_gcm::{AesGcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sm2::dsa::signature::Verifier as _;
use sm2::dsa::{Signature, VerifyingKey};
use sm2::pkcs8::EncodePublicKey as _;
use sm3::Digest as _;
use sm4::Sm4;
use weapp_opendata::internals::SecretBuffer;
use weapp_opendata_api_security::{
    Answer, Encryption, Endpoint, ErrorCode, Headers, PlatformKey, PlatformKeys, SignatureAlgorithm, SigningKey,
    Source, SymmetricKey,
};

fn file(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn wechat() -> Value {
    file(include_str!("vectors/api-security.json"))
}

fn primitives() -> Value {
    file(include_str!("vectors/primitives.json"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn hex(value: &Value, name: &str) -> Vec<u8> {
    let digits = text(value, name);
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn symmetric<'a>(entry: &'a Value, sn: &str) -> SymmetricKey<'a> {
    let algorithm = Encryption::of_name(text(entry, "algorithm")).unwrap();
    SymmetricKey::new(text(entry, sn), algorithm, text(entry, "key")).unwrap()
}

#[test]
fn requests_open_to_their_plaintext() {
    let wechat = wechat();
    for request in wechat["requests"].as_array().unwrap() {
        let key = symmetric(request, "sn");
        let timestamp = request["timestamp"].as_u64().unwrap();
        let endpoint = Endpoint::new(text(&wechat, "url"), text(&wechat, "appid"), timestamp).unwrap();
        assert_eq!(endpoint.associated_data(key.sn()), text(request, "associatedData"));
        let mut plaintext = SecretBuffer::default();
        endpoint.open(&key, text(request, "body"), &mut plaintext).unwrap();
        assert_eq!(plaintext.as_slice(), text(request, "plaintext").as_bytes());
    }
}

#[test]
fn the_aes_request_is_made_again_byte_by_byte() {
    let wechat = wechat();
    let request = &wechat["requests"][0];
    let key = symmetric(request, "sn");
    let endpoint = Endpoint::new(text(&wechat, "url"), text(&wechat, "appid"), 1_635_927_954).unwrap();
    let iv = STANDARD.decode(text(request, "iv")).unwrap().try_into().unwrap();
    let body = endpoint.seal_with(&key, text(request, "params"), text(request, "nonce"), &iv).unwrap();
    assert_eq!(body, text(request, "body"));
    assert_eq!(body.len(), 324);
    let signed = endpoint.signed_text(&body);
    assert!(
        signed.starts_with("https://api.weixin.qq.com/wxa/getuserriskrank\nwxba6223c06417af7b\n1635927954\n{\"iv\"")
    );
}

#[test]
fn answers_are_checked_and_opened() {
    let wechat = wechat();
    let url = format!("{}?access_token=ACCESS_TOKEN", text(&wechat, "url"));
    for answer in wechat["answers"].as_array().unwrap() {
        let name = text(answer, "id");
        let header = |name: &str| answer["headers"][name].as_str();
        let headers = Headers {
            appid: header("Wechatmp-Appid"),
            timestamp: header("Wechatmp-TimeStamp"),
            serial: header("Wechatmp-Serial"),
            signature: header("Wechatmp-Signature"),
            deprecated_serial: header("Wechatmp-Serial-Deprecated"),
            deprecated_signature: header("Wechatmp-Signature-Deprecated"),
        };
        let now = headers.timestamp.unwrap().parse::<u64>().unwrap() + 300;
        let platform = &answer["platform"];
        let key = PlatformKey::of_certificate(text(platform, "certificate")).unwrap();
        let is_rsa = matches!(key, PlatformKey::Rsa(_));
        let mut keys = PlatformKeys::default();
        keys.add(text(platform, "sn"), key).unwrap();
        let source = Source { url: &url, appid: text(&wechat, "appid"), now };
        let body = text(answer, "body");
        let checked = Answer::check(source, &headers, body, &keys).unwrap();
        assert!(!checked.is_deprecated);
        let (sn, key) = keys.get(checked.key).unwrap();
        let signed = checked.endpoint.signed_text(body);
        assert_eq!(
            key.verify(sn, signed.as_bytes(), &checked.signature),
            if is_rsa { None } else { Some(true) },
            "{name}"
        );
        if !is_rsa {
            assert_eq!(key.verify("another", signed.as_bytes(), &checked.signature), Some(false));
            let of_pem = PlatformKey::of_public_key(text(platform, "publicKey")).unwrap();
            assert_eq!(of_pem.verify(sn, signed.as_bytes(), &checked.signature), Some(true));
        }
        let symmetric = symmetric(answer, "symmetricSn");
        let mut plaintext = SecretBuffer::default();
        checked.endpoint.open(&symmetric, body, &mut plaintext).unwrap();
        let mut opened: Value = serde_json::from_slice(plaintext.as_slice()).unwrap();
        let fields = opened.as_object_mut().unwrap();
        assert!(fields.remove("_n").is_some());
        assert_eq!(fields.remove("_appid").unwrap(), wechat["appid"]);
        assert_eq!(fields.remove("_timestamp").unwrap().to_string(), headers.timestamp.unwrap());
        assert_eq!(&opened, &answer["params"], "{name}");

        let error = |source, headers: &Headers<'_>| Answer::check(source, headers, body, &keys).unwrap_err().code();
        assert_eq!(error(Source { now: now + 1, ..source }, &headers), ErrorCode::WatermarkExpired);
        assert!(Answer::check(Source { now: now - 600, ..source }, &headers, body, &keys).is_ok());
        assert_eq!(error(Source { now: now - 601, ..source }, &headers), ErrorCode::WatermarkInFuture);
        assert_eq!(error(source, &Headers { serial: Some("x"), ..headers }), ErrorCode::SignatureMismatch);
    }
}

#[test]
fn the_published_sm2_private_key_signs_under_its_public_key() {
    let wechat = wechat();
    let pair = &wechat["sm2KeyPair"];
    let sn = text(pair, "sn");
    let key = SigningKey::new(sn, SignatureAlgorithm::Sm2WithSm3, text(pair, "privateKey")).unwrap();
    let SigningKey::Sm2(signer) = &key else { unreachable!() };
    let public_key = PlatformKey::of_public_key(text(pair, "publicKey")).unwrap();
    let message = b"a message";
    let signature = STANDARD.decode(signer.sign(sn, message).unwrap()).unwrap();
    assert_eq!(public_key.verify(sn, message, &signature), Some(true));
    assert_eq!(public_key.verify("x", message, &signature), Some(false));
    assert_eq!(public_key.verify(sn, b"another message", &signature), Some(false));
    // The nonce depends on the message.
    assert_eq!(signer.sign(sn, message), signer.sign(sn, message));
    assert_ne!(signer.sign(sn, message), signer.sign(sn, b"another message"));
    assert_eq!(format!("{key:?}"), "Sm2(Sm2Signer([secret]))");
}

#[test]
fn sm3_sm4_and_gcm_are_those_of_the_standards() {
    let primitives = primitives();
    let sm3 = &primitives["sm3"];
    assert_eq!(sm3::Sm3::digest(text(sm3, "message"))[..], hex(sm3, "digest"));
    let sm4 = &primitives["sm4"];
    let mut block = hex(sm4, "plaintext").as_slice().try_into().unwrap();
    Sm4::new_from_slice(&hex(sm4, "key")).unwrap().encrypt_block(&mut block);
    assert_eq!(block[..], hex(sm4, "ciphertext"));
    for vector in primitives["gcm"].as_array().unwrap() {
        let (key, associated) = (hex(vector, "key"), hex(vector, "associatedData"));
        let nonce = Nonce::<U12>::try_from(hex(vector, "iv").as_slice()).unwrap();
        let mut text = hex(vector, "plaintext");
        let tag = if vector["cipher"] == "SM4" {
            AesGcm::<Sm4, U12>::new_from_slice(&key).unwrap().encrypt_inout_detached(
                &nonce,
                &associated,
                text.as_mut_slice().into(),
            )
        } else {
            AesGcm::<Aes256, U12>::new_from_slice(&key).unwrap().encrypt_inout_detached(
                &nonce,
                &associated,
                text.as_mut_slice().into(),
            )
        };
        assert_eq!(text, hex(vector, "ciphertext"), "{}", vector["id"]);
        assert_eq!(tag.unwrap()[..], hex(vector, "tag"), "{}", vector["id"]);
    }
}

#[test]
fn sm2_is_that_of_the_standard() {
    let primitives = primitives();
    let sm2 = &primitives["sm2"];
    let (identifier, message) = (text(sm2, "identifier"), text(sm2, "message").as_bytes());
    let key = VerifyingKey::from_sec1_bytes(identifier, &hex(sm2, "publicKey")).unwrap();
    let signature = Signature::from_slice(&[hex(sm2, "r"), hex(sm2, "s")].concat()).unwrap();
    key.verify(message, &signature).unwrap();
    let secret = sm2::SecretKey::from_slice(&hex(sm2, "privateKey")).unwrap();
    assert_eq!(secret.public_key().to_public_key_der().unwrap(), key.to_public_key_der().unwrap());
}
