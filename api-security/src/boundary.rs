//! The operations of the module: requests read in their order, the core called, the outcome returned.
//!
//! Keys come anew with every request and are wiped with it, so that the module holds nothing between calls.

use alloc::string::String;
use alloc::vec::Vec;

use weapp_opendata::Error;
use weapp_opendata::internals::{
    Actual, Exchange, Operations, Reply, Request, SecretBuffer, Text, argument, decimal, write_parts,
};
use zeroize::Zeroizing;

use crate::answer::{Answer, Headers, SIGNATURE_MISMATCH, Source};
use crate::endpoint::{Endpoint, RANDOM, check_appid};
use crate::keys::{
    Encryption, MAX_PLATFORM_KEYS, PlatformKey, PlatformKeys, REFUSED, SignatureAlgorithm, SigningKey, SymmetricKey,
};
use crate::protocol::{Detail, KEY_SHIFT, Operation};
use crate::{base64, envelope};

/// The module's operations, with the plaintext of the answer at hand.
#[derive(Debug, Default)]
pub struct ApiSecurity {
    plaintext: SecretBuffer,
}

/// The exchange of this module.
#[cfg_attr(not(all(target_arch = "wasm32", feature = "standalone")), allow(dead_code))]
pub(crate) type ApiSecurityExchange = Exchange<ApiSecurity>;

impl Operations for ApiSecurity {
    fn dispatch(&mut self, operation: u32, request: &[u8], reply: &mut SecretBuffer) -> Result<Reply, Error> {
        let request = &mut Request::new(request);
        match Operation::of(operation) {
            Some(Operation::Nothing) => Ok(Reply::Detail(0)),
            Some(Operation::Check) => check(request, reply),
            Some(Operation::Seal) => seal(request, reply),
            Some(Operation::CheckAnswer) => check_answer(request, reply),
            Some(Operation::Open) => self.open(request),
            Some(Operation::RefuseKey) => Err(refuse_key(request)),
            None => Err(Error::of(&argument::OUT_OF_RANGE, "operation", "a known operation", Actual::Nothing)),
        }
    }

    fn plaintext(&self) -> &[u8] {
        self.plaintext.as_slice()
    }

    fn field_in_javascript(field: &'static str) -> &'static str {
        match field {
            "appid" => "config.appid",
            "symmetric_key.sn" => "config.symmetricKey.sn",
            "symmetric_key.key" => "config.symmetricKey.key",
            "symmetric_key.algorithm" => "config.symmetricKey.algorithm",
            "asymmetric_key.sn" => "config.asymmetricKey.sn",
            "asymmetric_key.private_key" => "config.asymmetricKey.privateKey",
            "asymmetric_key.algorithm" => "config.asymmetricKey.algorithm",
            "platform_certificate" => "config.platformCertificate",
            "platform_certificate.sn" => "config.platformCertificate.sn",
            "platform_certificate.certificate" => "config.platformCertificate.certificate",
            "platform_certificate.public_key" => "config.platformCertificate.publicKey",
            "headers.appid" => "headers['Wechatmp-Appid']",
            "headers.timestamp" => "headers['Wechatmp-TimeStamp']",
            "headers.serial" => "headers['Wechatmp-Serial']",
            "headers.signature" => "headers['Wechatmp-Signature']",
            "random" => "options.random",
            other => other,
        }
    }

    fn wipe(&mut self) {
        self.plaintext.wipe();
    }
}

fn check(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let count = request.count(MAX_PLATFORM_KEYS);
    read_appid(request)?;
    read_symmetric_key(request)?;
    let (_, signing_key) = read_signing_key(request)?;
    let platform_keys = read_platform_keys(request, count)?;

    let mut detail = 0;
    let private_key = match &signing_key {
        SigningKey::Rsa(key) => {
            detail = Detail::ByHost as u32;
            if key.is_pkcs1() {
                detail |= Detail::IsPkcs1 as u32;
            }
            Some(Zeroizing::new(base64::encode(key.secret_der())))
        }
        SigningKey::Sm2(_) => None,
    };
    let public_keys: Vec<Option<String>> = platform_keys
        .keys()
        .map(|key| match key {
            PlatformKey::Rsa(info) => Some(base64::encode(info)),
            PlatformKey::Sm2(_) => None,
        })
        .collect();
    let mut texts = alloc::vec![private_key.as_ref().map(|key| key.as_str())];
    texts.extend(public_keys.iter().map(Option::as_deref));
    write_parts(reply, &texts);
    Ok(Reply::Detail(detail))
}

fn seal(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let now = read_now(request);
    let has_signer = request.whole() != 0;
    let appid = read_appid(request)?;
    let key = read_symmetric_key(request)?;
    let signer = if has_signer { Some(read_signing_key(request)?) } else { None };
    let [url, params] = [request.text(), request.text()].map(Text::text);
    let random: &[u8; RANDOM] = request.text().bytes().try_into().map_err(|_| {
        Error::of(&argument::OUT_OF_RANGE, "random", "a Uint8Array of 37 random bytes", Actual::Nothing)
    })?;
    let endpoint = Endpoint::new(url, appid, now)?;
    let body = endpoint.seal(&key, params, random)?;
    let (text, detail) = match signer {
        None => (endpoint.signed_text(""), Detail::ByHost as u32),
        Some((sn, SigningKey::Sm2(signer))) => {
            let signature = signer.sign(sn, endpoint.signed_text(&body).as_bytes());
            (signature.ok_or_else(|| Error::new(&REFUSED))?, 0)
        }
        Some((_, SigningKey::Rsa(_))) => return Err(Error::new(&REFUSED)),
    };
    let timestamp = decimal(i64::try_from(now).unwrap_or(i64::MAX));
    write_parts(reply, &[Some(&body), Some(&timestamp), Some(&text)]);
    Ok(Reply::Detail(detail))
}

fn check_answer(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let now = read_now(request);
    let count = request.count(MAX_PLATFORM_KEYS);
    let appid = read_appid(request)?;
    let url = request.text().text();
    let mut header = || request.text().present();
    let headers = Headers {
        appid: header(),
        timestamp: header(),
        serial: header(),
        signature: header(),
        deprecated_serial: header(),
        deprecated_signature: header(),
    };
    let body = request.text();
    let keys = read_platform_keys(request, count)?;
    let body = read_body(body)?;

    let answer = Answer::check(Source { url, appid, now }, &headers, body, &keys)?;
    let unmatched = || Error::new(&SIGNATURE_MISMATCH);
    let (sn, key) = keys.get(answer.key).ok_or_else(unmatched)?;
    let timestamp = headers.timestamp.unwrap_or_default();
    let mut detail = u32::try_from(answer.key).unwrap_or(0) << KEY_SHIFT;
    if answer.is_deprecated {
        detail |= Detail::IsDeprecated as u32;
    }
    match key.verify(sn, answer.endpoint.signed_text(body).as_bytes(), &answer.signature) {
        Some(true) => write_parts(reply, &[Some(timestamp), Some(sn)]),
        Some(false) => return Err(unmatched()),
        None => {
            detail |= Detail::ByHost as u32;
            let before_body = answer.endpoint.signed_text("");
            let signature = base64::encode(&answer.signature);
            write_parts(reply, &[Some(timestamp), Some(sn), Some(&before_body), Some(&signature)]);
        }
    }
    Ok(Reply::Detail(detail))
}

impl ApiSecurity {
    fn open(&mut self, request: &mut Request<'_>) -> Result<Reply, Error> {
        let matches = request.number();
        let appid = read_appid(request)?;
        let key = read_symmetric_key(request)?;
        let [url, timestamp] = [request.text(), request.text()].map(Text::text);
        // Nothing but a match lets the key be used.
        let (1.0, Ok(timestamp)) = (matches, timestamp.parse()) else {
            return Err(Error::new(&SIGNATURE_MISMATCH));
        };
        let body = read_body(request.text())?;
        Endpoint::new(url, appid, timestamp)?.open(&key, body, &mut self.plaintext)?;
        Ok(Reply::Plaintext(0))
    }
}

fn refuse_key(request: &mut Request<'_>) -> Error {
    let is_private = request.whole() == 0;
    let field = if is_private { "asymmetric_key.private_key" } else { "platform_certificate" };
    Error::of(&REFUSED, field, "", Actual::Nothing)
}

fn read_appid<'a>(request: &mut Request<'a>) -> Result<&'a str, Error> {
    let appid = request.text().text();
    check_appid(appid)?;
    Ok(appid)
}

fn out_of_range(field: &'static str, expected: &'static str) -> Error {
    Error::of(&argument::OUT_OF_RANGE, field, expected, Actual::Nothing)
}

fn read_symmetric_key<'a>(request: &mut Request<'a>) -> Result<SymmetricKey<'a>, Error> {
    let [sn, key, algorithm] = [request.text(), request.text(), request.text()].map(Text::text);
    let algorithm = Encryption::of_name(algorithm)
        .ok_or_else(|| out_of_range("symmetric_key.algorithm", "'AES256_GCM' or 'SM4_GCM'"))?;
    SymmetricKey::new(sn, algorithm, key)
}

fn read_signing_key<'a>(request: &mut Request<'a>) -> Result<(&'a str, SigningKey), Error> {
    let [sn, private_key, algorithm] = [request.text(), request.text(), request.text()].map(Text::text);
    let algorithm = SignatureAlgorithm::of_name(algorithm)
        .ok_or_else(|| out_of_range("asymmetric_key.algorithm", "'RSAwithSHA256' or 'SM2withSM3'"))?;
    Ok((sn, SigningKey::new(sn, algorithm, private_key)?))
}

fn read_platform_keys<'a>(request: &mut Request<'a>, count: usize) -> Result<PlatformKeys<'a>, Error> {
    let mut keys = PlatformKeys::default();
    for _ in 0..count {
        let sn = request.text().text();
        let key = match (request.text(), request.text()) {
            (Text::Absent, public_key) => PlatformKey::of_public_key(public_key.text())?,
            (certificate, _) => PlatformKey::of_certificate(certificate.text())?,
        };
        keys.add(sn, key)?;
    }
    Ok(keys)
}

/// The body as it came: UTF-8, whether it was a string or bytes.
fn read_body(body: Text<'_>) -> Result<&str, Error> {
    core::str::from_utf8(body.bytes()).map_err(|_| Error::new(&envelope::WRONG_SHAPE))
}

fn read_now(request: &mut Request<'_>) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let now = request.number() as u64;
    now
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WECHAT: &str = include_str!("../tests/vectors/api-security.json");

    /// Requests, well-formed or not, many of whose texts are what some operation asks for.
    fn request() -> impl Strategy<Value = Vec<u8>> {
        let vectors: serde_json::Value = serde_json::from_str(WECHAT).unwrap_or_default();
        let known: Vec<String> =
            ["/url", "/appid", "/requests/0/key", "/requests/0/body", "/requests/1/key", "/requests/1/body"]
                .into_iter()
                .chain([
                    "/answers/0/platform/certificate",
                    "/answers/1/platform/certificate",
                    "/answers/1/platform/publicKey",
                ])
                .chain(["/sm2KeyPair/privateKey", "/sm2KeyPair/sn", "/answers/1/headers/Wechatmp-Signature"])
                .filter_map(|pointer| vectors.pointer(pointer)?.as_str().map(String::from))
                .chain(
                    ["AES256_GCM", "SM4_GCM", "RSAwithSHA256", "SM2withSM3", "1692932963", "{\"a\":1}"]
                        .map(String::from),
                )
                .collect();
        let number = prop_oneof![(0..4_u32).prop_map(f64::from), Just(1_692_932_963.0), any::<f64>()];
        let text = prop_oneof![
            8 => proptest::sample::select(known).prop_map(String::into_bytes),
            1 => Just([7; RANDOM].to_vec()),
            1 => ".{0,40}".prop_map(String::into_bytes),
            1 => any::<Vec<u8>>(),
        ];
        let length =
            prop_oneof![8 => Just(None), 1 => any::<u32>().prop_map(Some), 1 => (u32::MAX - 1..).prop_map(Some)];
        let texts = proptest::collection::vec((text, length), 0..16);
        (proptest::collection::vec(number, 0..3), texts).prop_map(|(numbers, texts)| {
            let numbers = numbers.iter().flat_map(|number| number.to_le_bytes());
            let lengths = texts
                .iter()
                .flat_map(|(text, length)| length.unwrap_or(u32::try_from(text.len()).unwrap_or(0)).to_le_bytes());
            let head: Vec<u8> = numbers.chain(lengths).collect();
            let texts: Vec<u8> = texts.iter().flat_map(|(text, _)| text.iter().copied()).collect();
            [&u32::try_from(head.len()).unwrap_or(0).to_le_bytes()[..], &head, &texts].concat()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// No request whatever makes the core panic, and it is empty after wiping.
        #[test]
        fn any_request_is_answered(operation in 0..7_u32, request in request()) {
            let mut operations = ApiSecurity::default();
            let _ = operations.dispatch(operation, &request, &mut SecretBuffer::default());
            operations.wipe();
            prop_assert!(operations.plaintext().is_empty());
        }
    }
}
