//! An answer's headers: what can be judged before any key is used.

use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use weapp_opendata::Error;
use weapp_opendata::module::{Found, Situation};

use crate::endpoint::Endpoint;
use crate::keys::PlatformKeys;

/// How old an answer may be, and how far its time may lie ahead, in seconds.
///
/// Source: the samples of WeChat's documentation, section 4, for the age. They have no bound for the future; clocks differ both ways.
pub const MAX_AGE: u64 = 300;

/// The headers of an answer, as they came. The last two are there while WeChat rotates its certificate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'a> {
    /// `Wechatmp-Appid`
    pub appid: Option<&'a str>,
    /// `Wechatmp-TimeStamp`: seconds, in decimal digits.
    pub timestamp: Option<&'a str>,
    /// `Wechatmp-Serial`
    pub serial: Option<&'a str>,
    /// `Wechatmp-Signature`: base64.
    pub signature: Option<&'a str>,
    /// `Wechatmp-Serial-Deprecated`
    pub deprecated_serial: Option<&'a str>,
    /// `Wechatmp-Signature-Deprecated`
    pub deprecated_signature: Option<&'a str>,
}

/// Where a call goes to and who makes it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The URL that was called.
    pub url: &'a str,
    /// The app.
    pub appid: &'a str,
    /// The present, in seconds.
    pub now: u64,
}

/// An answer whose signature remains to be verified.
#[derive(Debug)]
pub struct Answer<'a> {
    /// What it is bound to.
    pub endpoint: Endpoint<'a>,
    /// Which of the platform keys is to verify it.
    pub key: usize,
    /// Whether that key's certificate is about to be replaced.
    pub is_deprecated: bool,
    /// The signature's bytes.
    pub signature: Vec<u8>,
}

/// What WeChat answers when it refuses a call: neither signed nor encrypted.
#[derive(Deserialize)]
struct Refusal {
    errcode: i64,
    #[serde(default)]
    errmsg: alloc::string::String,
}

#[cold]
fn missing(field: &'static str, body: &str) -> Error {
    match serde_json::from_str::<Refusal>(body) {
        Ok(refusal) if refusal.errcode != 0 && body.trim_ascii_start().starts_with('{') => {
            Error::wechat(refusal.errcode, &refusal.errmsg)
        }
        _ => Error::argument(Situation::Missing, field, "a header of WeChat's answer", Found::Nothing),
    }
}

impl<'a> Answer<'a> {
    /// Checks what needs no key, in this order: the headers are there and the app is the caller's, the time is near, a platform key
    /// of that number is at hand, the signature is base64. The current pair goes before the deprecated one, which is looked at only
    /// when the current number is not known.
    ///
    /// # Errors
    ///
    /// - `WechatError`: no signature, but WeChat's JSON with an errcode in the body: the call was refused. Nothing proves that this
    ///   came from WeChat.
    /// - `InvalidArgument`: a header is missing or not in shape.
    /// - `AppidMismatch`, `WatermarkExpired`, `WatermarkInFuture`.
    /// - `SignatureMismatch`: no key of that number (`UNKNOWN_SERIAL`), or a signature that is no base64.
    pub fn check(
        source: Source<'a>,
        headers: &Headers<'a>,
        body: &str,
        keys: &PlatformKeys<'_>,
    ) -> Result<Self, Error> {
        // The URL and the configured appid are the caller's own: they are judged first.
        Endpoint::new(source.url, source.appid, source.now)?;
        let present = |header: Option<&'a str>, field| header.ok_or_else(|| missing(field, body));
        let appid = present(headers.appid, "headers['Wechatmp-Appid']")?;
        let timestamp = present(headers.timestamp, "headers['Wechatmp-TimeStamp']")?;
        let serial = present(headers.serial, "headers['Wechatmp-Serial']")?;
        let signature = present(headers.signature, "headers['Wechatmp-Signature']")?;
        if appid != source.appid {
            return Err(Error::api_security(Situation::ApiAppid));
        }
        let timestamp = read_seconds(timestamp)?;
        if source.now.saturating_sub(timestamp) > MAX_AGE {
            return Err(Error::api_security(Situation::ApiExpired));
        }
        if timestamp.saturating_sub(source.now) > MAX_AGE {
            return Err(Error::api_security(Situation::ApiInFuture));
        }
        let deprecated = || Some((keys.find(headers.deprecated_serial?)?, headers.deprecated_signature?, true));
        let (key, signature, is_deprecated) = keys
            .find(serial)
            .map(|key| (key, signature, false))
            .or_else(deprecated)
            .ok_or_else(|| Error::api_security(Situation::ApiSerialUnknown))?;
        let signature = STANDARD.decode(signature).map_err(|_| Error::api_security(Situation::ApiSignature))?;
        Ok(Self { endpoint: Endpoint::new(source.url, source.appid, timestamp)?, key, is_deprecated, signature })
    }
}

/// Seconds in decimal digits, in the one way that they are written: the header is signed as it stands.
fn read_seconds(text: &str) -> Result<u64, Error> {
    let in_shape = matches!(text.len(), 1..=11)
        && text.bytes().all(|digit| digit.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    let seconds = if in_shape { text.parse().ok() } else { None };
    seconds.ok_or_else(|| {
        let field = "headers['Wechatmp-TimeStamp']";
        Error::argument(Situation::OutOfRange, field, "seconds since 1970 in decimal digits", Found::Nothing)
    })
}
