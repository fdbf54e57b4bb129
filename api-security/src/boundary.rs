//! The operations of the module: arguments read in their order, the core called, the outcome returned.
//!
//! Keys come anew with every request and are wiped with it, so that the module holds nothing between calls.

use alloc::string::String;
use alloc::vec::Vec;

use weapp_opendata::Error;
use weapp_opendata::module::{
    Actual, Exchange, Operations, Reader, Reply, SecretBuffer, Value, argument, decimal, unexpected, write_parts,
};
use zeroize::Zeroizing;

use crate::answer::{Answer, Headers, SIGNATURE_MISMATCH, Source};
use crate::endpoint::{Endpoint, RANDOM, check_appid};
use crate::keys::{
    Encryption, MAX_PLATFORM_KEYS, PlatformKey, PlatformKeys, REFUSED, SignatureAlgorithm, SigningKey, SymmetricKey,
};
use crate::{base64, envelope};

/// Facts of a reply: the host has to sign or verify with RSA.
const BY_HOST: u32 = 1;
/// Facts of [`check()`]: the private key is PKCS#1.
const IS_PKCS1: u32 = 2;
/// Facts of [`check_answer`]: the certificate is about to be replaced.
const IS_DEPRECATED: u32 = 2;
/// Facts of [`check_answer`]: where the number of the platform key begins.
const KEY_SHIFT: u32 = 8;

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
        let mut arguments = Reader::new(request);
        match operation {
            1 => check(&mut arguments, reply),
            2 => seal(&mut arguments, reply),
            3 => check_answer(&mut arguments, reply),
            4 => self.open(&mut arguments),
            5 => Err(refuse_key(&mut arguments)),
            _ => Err(Error::of(&argument::OUT_OF_RANGE, "operation", "a known operation", Actual::Nothing)),
        }
    }

    fn plaintext(&mut self) -> &[u8] {
        self.plaintext.as_slice()
    }

    fn wipe(&mut self) {
        self.plaintext.wipe();
    }
}

/// `config {appid, symmetricKey, asymmetricKey, platformCertificate, onDeprecatedCertificate}`. Parts: what the host has to make RSA keys of, in base64 of DER:
/// the private key, then each public key; none for SM2.
fn check(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    arguments.object("config")?;
    read_appid(arguments)?;
    read_symmetric_key(arguments)?;
    let signing_key = read_signing_key(arguments)?;
    let platform_keys = read_platform_keys(arguments)?;
    match arguments.value() {
        Value::Undefined | Value::Function => {}
        other => return Err(unexpected(other, "config.onDeprecatedCertificate", "a function")),
    }

    let mut facts = 0;
    let private_key = match &signing_key {
        SigningKey::Rsa(key) => {
            facts = if key.is_pkcs1() { BY_HOST | IS_PKCS1 } else { BY_HOST };
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
    Ok(Reply::Written(facts))
}

/// `appid`, `symmetricKey`, `asymmetricKey` or null where the host signs, `url`, `params` and its JSON, `options {now}`, `random`.
/// Parts: body, timestamp, signature or the text before the body that is signed with it.
fn seal(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let appid = read_appid(arguments)?;
    let key = read_symmetric_key(arguments)?;
    let signer = match arguments.value() {
        Value::Null => None,
        Value::Object => Some(read_signing_fields(arguments)?),
        other => return Err(unexpected(other, "config.asymmetricKey", "an object")),
    };
    let url = arguments.text("url")?;
    arguments.object("params")?;
    let params = match arguments.value() {
        Value::OversizeText => "",
        Value::Text(json) => core::str::from_utf8(json).unwrap_or_default(),
        other => return Err(unexpected(other, "params", "an object that JSON can hold")),
    };
    let now = read_now(arguments)?;
    const EXPECTED: &str = "a Uint8Array of 37 random bytes";
    let random: &[u8; RANDOM] = match arguments.value() {
        Value::Bytes(bytes) => bytes
            .try_into()
            .map_err(|_| Error::of(&argument::OUT_OF_RANGE, "options.random", EXPECTED, Actual::Nothing))?,
        other => return Err(unexpected(other, "options.random", EXPECTED)),
    };
    let endpoint = Endpoint::new(url, appid, now)?;
    let body = endpoint.seal(&key, params, random)?;
    let (text, facts) = match signer {
        None => (endpoint.signed_text(""), BY_HOST),
        Some((sn, SigningKey::Sm2(signer))) => {
            let signature = signer.sign(sn, endpoint.signed_text(&body).as_bytes());
            (signature.ok_or_else(|| Error::new(&REFUSED))?, 0)
        }
        Some((_, SigningKey::Rsa(_))) => return Err(Error::new(&REFUSED)),
    };
    let timestamp = decimal(i64::try_from(now).unwrap_or(i64::MAX));
    write_parts(reply, &[Some(&body), Some(&timestamp), Some(&text)]);
    Ok(Reply::Written(facts))
}

/// `appid`, `platformCertificate`, `url`, `headers`, `body`, `options {now}`. Parts: timestamp, number of the key; where the host has to
/// verify, also the text before the body that was signed with it, and the signature in base64.
fn check_answer(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let appid = read_appid(arguments)?;
    let keys = read_platform_keys(arguments)?;
    let url = arguments.text("url")?;
    arguments.object("headers")?;
    let mut headers = [None; HEADERS.len()];
    for (header, name) in headers.iter_mut().zip(HEADERS) {
        *header = match arguments.value() {
            Value::Undefined | Value::Null => None,
            Value::Text(text) => Some(core::str::from_utf8(text).unwrap_or_default()),
            other => return Err(unexpected(other, name, "a string")),
        };
    }
    let [appid_header, timestamp, serial, signature, deprecated_serial, deprecated_signature] = headers;
    let headers =
        Headers { appid: appid_header, timestamp, serial, signature, deprecated_serial, deprecated_signature };
    let body = read_body(arguments)?;
    let now = read_now(arguments)?;

    let answer = Answer::check(Source { url, appid, now }, &headers, body, &keys)?;
    let unmatched = || Error::new(&SIGNATURE_MISMATCH);
    let (sn, key) = keys.get(answer.key).ok_or_else(unmatched)?;
    let timestamp = timestamp.unwrap_or_default();
    let mut facts = u32::try_from(answer.key).unwrap_or(0) << KEY_SHIFT;
    if answer.is_deprecated {
        facts |= IS_DEPRECATED;
    }
    match key.verify(sn, answer.endpoint.signed_text(body).as_bytes(), &answer.signature) {
        Some(true) => write_parts(reply, &[Some(timestamp), Some(sn)]),
        Some(false) => return Err(unmatched()),
        None => {
            facts |= BY_HOST;
            let before_body = answer.endpoint.signed_text("");
            let signature = base64::encode(&answer.signature);
            write_parts(reply, &[Some(timestamp), Some(sn), Some(&before_body), Some(&signature)]);
        }
    }
    Ok(Reply::Written(facts))
}

const HEADERS: [&str; 6] = [
    "headers['Wechatmp-Appid']",
    "headers['Wechatmp-TimeStamp']",
    "headers['Wechatmp-Serial']",
    "headers['Wechatmp-Signature']",
    "headers['Wechatmp-Serial-Deprecated']",
    "headers['Wechatmp-Signature-Deprecated']",
];

impl ApiSecurity {
    /// `appid`, `symmetricKey`, `url`, `timestamp` as checked, whether the signature matches, `body`.
    fn open(&mut self, arguments: &mut Reader<'_>) -> Result<Reply, Error> {
        let appid = read_appid(arguments)?;
        let key = read_symmetric_key(arguments)?;
        let url = arguments.text("url")?;
        let timestamp = arguments.text("timestamp")?.parse();
        // Nothing but a `true` lets the key be used.
        let (Value::Bool(true), Ok(timestamp)) = (arguments.value(), timestamp) else {
            return Err(Error::new(&SIGNATURE_MISMATCH));
        };
        let body = read_body(arguments)?;
        Endpoint::new(url, appid, timestamp)?.open(&key, body, &mut self.plaintext)?;
        Ok(Reply::Plaintext)
    }
}

/// Which key the host's crypto does not take: 0 for the private one.
fn refuse_key(arguments: &mut Reader<'_>) -> Error {
    let field = match arguments.value() {
        Value::Number(0.0) => "config.asymmetricKey.privateKey",
        _ => "config.platformCertificate",
    };
    Error::of(&REFUSED, field, "", Actual::Nothing)
}

fn read_appid<'a>(arguments: &mut Reader<'a>) -> Result<&'a str, Error> {
    let appid = arguments.text("config.appid")?;
    check_appid(appid)?;
    Ok(appid)
}

/// `symmetricKey {sn, key, algorithm}`
fn read_symmetric_key<'a>(arguments: &mut Reader<'a>) -> Result<SymmetricKey<'a>, Error> {
    arguments.object("config.symmetricKey")?;
    let sn = arguments.text("config.symmetricKey.sn")?;
    let key = arguments.text("config.symmetricKey.key")?;
    const FIELD: &str = "config.symmetricKey.algorithm";
    let algorithm = Encryption::of_name(arguments.text(FIELD)?)
        .ok_or_else(|| Error::of(&argument::OUT_OF_RANGE, FIELD, "'AES256_GCM' or 'SM4_GCM'", Actual::Nothing))?;
    SymmetricKey::new(sn, algorithm, key)
}

fn read_signing_key(arguments: &mut Reader<'_>) -> Result<SigningKey, Error> {
    arguments.object("config.asymmetricKey")?;
    read_signing_fields(arguments).map(|(_, key)| key)
}

/// `sn, privateKey, algorithm`
fn read_signing_fields<'a>(arguments: &mut Reader<'a>) -> Result<(&'a str, SigningKey), Error> {
    let sn = arguments.text("config.asymmetricKey.sn")?;
    let private_key = arguments.text("config.asymmetricKey.privateKey")?;
    const FIELD: &str = "config.asymmetricKey.algorithm";
    let algorithm = SignatureAlgorithm::of_name(arguments.text(FIELD)?)
        .ok_or_else(|| Error::of(&argument::OUT_OF_RANGE, FIELD, "'RSAwithSHA256' or 'SM2withSM3'", Actual::Nothing))?;
    Ok((sn, SigningKey::new(sn, algorithm, private_key)?))
}

/// A list of `{sn, certificate, publicKey}`, of which one of the two has to be there.
fn read_platform_keys<'a>(arguments: &mut Reader<'a>) -> Result<PlatformKeys<'a>, Error> {
    const FIELD: &str = "config.platformCertificate";
    let count = match arguments.value_or_list() {
        Value::List(0) => {
            return Err(Error::of(&argument::EMPTY, FIELD, "a platform certificate", Actual::Nothing));
        }
        Value::List(count) if count as usize > MAX_PLATFORM_KEYS => {
            return Err(Error::of(&argument::TOO_MANY, FIELD, "8 certificates", Actual::Nothing));
        }
        Value::List(count) => count,
        other => return Err(unexpected(other, FIELD, "an object or an array of them")),
    };
    let mut keys = PlatformKeys::default();
    for _ in 0..count {
        arguments.object(FIELD)?;
        let sn = arguments.text("config.platformCertificate.sn")?;
        let key = match (arguments.value(), arguments.value()) {
            (Value::Undefined, Value::Undefined) => {
                let expected = "certificate or publicKey";
                return Err(Error::of(&argument::MISSING, FIELD, expected, Actual::Nothing));
            }
            (certificate, Value::Undefined) => {
                PlatformKey::of_certificate(pem_of(certificate, "config.platformCertificate.certificate")?)?
            }
            (Value::Undefined, public_key) => {
                PlatformKey::of_public_key(pem_of(public_key, "config.platformCertificate.publicKey")?)?
            }
            _ => {
                let expected = "certificate or publicKey, not both";
                return Err(Error::of(&argument::OUT_OF_RANGE, FIELD, expected, Actual::Nothing));
            }
        };
        keys.add(sn, key)?;
    }
    Ok(keys)
}

fn pem_of<'a>(value: Value<'a>, field: &'static str) -> Result<&'a str, Error> {
    match value {
        Value::Text(text) => Ok(core::str::from_utf8(text).unwrap_or_default()),
        Value::OversizeText => Ok(""),
        other => Err(unexpected(other, field, "a PEM text")),
    }
}

/// The body as it came: text, or bytes of UTF-8.
fn read_body<'a>(arguments: &mut Reader<'a>) -> Result<&'a str, Error> {
    const EXPECTED: &str = "the body as it was received: a string or a Uint8Array, not parsed";
    match arguments.value() {
        Value::Text(body) | Value::Bytes(body) => {
            core::str::from_utf8(body).map_err(|_| Error::new(&envelope::WRONG_SHAPE))
        }
        Value::OversizeText | Value::OversizeBytes => {
            Err(Error::of(&argument::TOO_LONG, "body", "at most 1048576 characters", Actual::Nothing))
        }
        other => Err(unexpected(other, "body", EXPECTED)),
    }
}

/// `options {now}`
fn read_now(arguments: &mut Reader<'_>) -> Result<u64, Error> {
    arguments.object("options")?;
    let now = arguments.now("options.now")?;
    Ok(u64::try_from(now).unwrap_or_default())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WECHAT: &str = include_str!("../tests/vectors/api-security.json");

    /// What stands in the structure of a request, and among its texts.
    type Parts = (Vec<u8>, Vec<u8>);

    fn text(text: &str) -> Parts {
        let len = u32::try_from(text.len()).unwrap_or(0).to_le_bytes();
        ([&[5][..], &len].concat(), text.as_bytes().to_vec())
    }

    fn plain(structure: Vec<u8>) -> Parts {
        (structure, Vec::new())
    }

    /// Values as the glue writes them, well-formed or not, many of them what some operation asks for.
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
        let value = prop_oneof![
            6 => proptest::sample::select(known).prop_map(|known| text(&known)),
            3 => Just(plain([8].to_vec())),
            2 => (0..17_u8).prop_map(|tag| plain([tag].to_vec())),
            1 => (0..4_u32).prop_map(|count| plain([&[6][..], &count.to_le_bytes()].concat())),
            1 => Just(plain([&[4][..], &1_692_932_963_f64.to_le_bytes()].concat())),
            1 => Just(plain([&[14, 37, 0, 0, 0][..], &[7; 37]].concat())),
            1 => ".{0,40}".prop_map(|any| text(&any)),
            1 => any::<Parts>(),
        ];
        proptest::collection::vec(value, 0..24).prop_map(|values| {
            let (structures, texts): (Vec<_>, Vec<_>) = values.into_iter().unzip();
            let len = u32::try_from(structures.concat().len()).unwrap_or(0).to_le_bytes();
            [&len[..], &structures.concat(), &texts.concat()].concat()
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
