//! An answer's headers: what can be judged before any key is used.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use weapp_opendata::internals::json::{self, Quoted};
use weapp_opendata::internals::{Actual, Row, WECHAT_HINTS, argument, rows};
use weapp_opendata::{Error, ErrorCode};

use crate::base64;
use crate::endpoint::Endpoint;
use crate::keys::PlatformKeys;

/// How old an answer may be, and how far its time may lie ahead, in seconds.
///
/// Source: the samples of WeChat's documentation, section 4, for the age. They have no bound for the future; clocks differ both ways.
pub const MAX_AGE: u64 = 300;

rows! {
    UNKNOWN_SERIAL = Row::new(
        ErrorCode::SignatureMismatch,
        "neither Wechatmp-Serial nor Wechatmp-Serial-Deprecated names a platform certificate at hand",
    )
    .reason("UNKNOWN_SERIAL")
    .hint(
        "Download the current platform certificate from the mini-program's console; sn is the number shown there, not the serial inside the certificate.",
        "请在小程序管理后台下载最新的平台证书；sn 是后台显示的证书编号，不是证书内的序列号。",
    );
    pub(crate) SIGNATURE_MISMATCH = Row::new(
        ErrorCode::SignatureMismatch,
        "the platform's signature does not match url, appid, timestamp and body",
    )
    .hint(
        "Pass the URL that was called and the body exactly as received, unparsed; if both are right, the answer is not WeChat's.",
        "请传入所请求的 URL 与未经解析的原始响应体；若两者无误，则该响应不是来自微信。",
    );
    // WeChat's samples for API security number nothing.
    OTHER_APP = Row::new(ErrorCode::AppidMismatch, "Wechatmp-Appid is not the configured appid").without_errcode().hint(
        "The answer was made for another mini-program: compare the access_token's app with the configuration.",
        "响应属于另一个小程序：请核对 access_token 所属的 appid 与配置。",
    );
    EXPIRED = Row::new(ErrorCode::WatermarkExpired, "Wechatmp-TimeStamp is more than 300 seconds old").hint(
        "An answer is opened when it comes, and once; the server's clock has to be right.",
        "响应应在收到时立即打开，且只打开一次；请确认服务器时间准确。",
    );
    IN_FUTURE =
        Row::new(ErrorCode::WatermarkInFuture, "Wechatmp-TimeStamp lies more than 300 seconds in the future").hint(
            "Set the server's clock by NTP; now is in seconds.",
            "请用 NTP 校准服务器时间；now 的单位是秒。",
        );
}

/// WeChat's error numbers of API security: (errcode, English, Chinese).
///
/// Source: WeChat documentation, 服务端 API 签名加密指南, section 5.
const REFUSALS: &[(i64, &str, &str)] = &[
    (
        40230,
        "The request lacks Wechatmp-Serial: it is not among the documented request headers, but some APIs are reported to ask for it; add it with asymmetricKey.sn.",
        "请求缺少 Wechatmp-Serial：文档未将其列为请求头，但据反馈个别 API 需要；请加上该请求头，值为 asymmetricKey.sn。",
    ),
    (
        40231,
        "The request lacks Wechatmp-TimeStamp: send all headers that seal() gives.",
        "请求缺少 Wechatmp-TimeStamp：请发送 seal() 给出的全部请求头。",
    ),
    (
        40232,
        "The request lacks Wechatmp-Signature: send all headers that seal() gives.",
        "请求缺少 Wechatmp-Signature：请发送 seal() 给出的全部请求头。",
    ),
    (
        40233,
        "The request lacks Wechatmp-Appid: send all headers that seal() gives.",
        "请求缺少 Wechatmp-Appid：请发送 seal() 给出的全部请求头。",
    ),
    (
        40234,
        "WeChat does not accept the signature: send the body exactly as seal() gives it, to the URL that was sealed, and compare the private key with the public key in the console.",
        "微信不接受该签名：请原样发送 seal() 给出的请求体，URL 与 seal() 的一致，并核对私钥与后台的公钥是否成对。",
    ),
    (
        40235,
        "WeChat cannot decrypt the request: compare the symmetric key, its sn and its algorithm with the console.",
        "微信无法解密请求：请与后台核对对称密钥、编号与算法。",
    ),
    (40236, "Wechatmp-Appid is no valid appid.", "Wechatmp-Appid 不是有效的 appid。"),
    (
        40237,
        "Wechatmp-Appid is not the app of the access_token.",
        "Wechatmp-Appid 与 access_token 所属的小程序不一致。",
    ),
    (40238, "No symmetric key is set in the console.", "后台没有设置 API 对称密钥。"),
    (40239, "No asymmetric key is set in the console.", "后台没有设置 API 非对称密钥。"),
    (
        40240,
        "Wechatmp-TimeStamp is too old or too new for WeChat: set the server's clock by NTP.",
        "Wechatmp-TimeStamp 超出微信允许的范围：请用 NTP 校准服务器时间。",
    ),
];

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

/// What WeChat answers when it refuses a call, neither signed nor encrypted: its errcode and errmsg.
fn refusal(body: &str) -> Option<(i64, Cow<'_, str>)> {
    let (mut errcode, mut errmsg) = (None, None);
    json::scan_object(body.as_bytes(), &mut |key, value| {
        if key.is("errcode") {
            errcode = json::integer_of(value);
        } else if key.is("errmsg") {
            errmsg = Quoted::of(value).and_then(Quoted::unescaped);
        }
    })?;
    Some((errcode.filter(|errcode| *errcode != 0)?, errmsg.unwrap_or_default()))
}

#[cold]
fn missing(field: &'static str, body: &str) -> Error {
    match refusal(body) {
        Some((errcode, errmsg)) => {
            let is_of_api_security = REFUSALS.iter().any(|known| known.0 == errcode);
            let hints = if is_of_api_security { REFUSALS } else { WECHAT_HINTS };
            Error::wechat(errcode, &errmsg, hints)
        }
        None => Error::of(&argument::MISSING, field, "a header of WeChat's answer", Actual::Nothing),
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
        let appid = present(headers.appid, "headers.appid")?;
        let timestamp = present(headers.timestamp, "headers.timestamp")?;
        let serial = present(headers.serial, "headers.serial")?;
        let signature = present(headers.signature, "headers.signature")?;
        if appid != source.appid {
            return Err(Error::new(&OTHER_APP));
        }
        let timestamp = read_seconds(timestamp)?;
        if source.now.saturating_sub(timestamp) > MAX_AGE {
            return Err(Error::new(&EXPIRED));
        }
        if timestamp.saturating_sub(source.now) > MAX_AGE {
            return Err(Error::new(&IN_FUTURE));
        }
        let deprecated = || Some((keys.find(headers.deprecated_serial?)?, headers.deprecated_signature?, true));
        let (key, signature, is_deprecated) = keys
            .find(serial)
            .map(|key| (key, signature, false))
            .or_else(deprecated)
            .ok_or_else(|| Error::new(&UNKNOWN_SERIAL))?;
        let mut bytes = alloc::vec![0; signature.len() / 4 * 3];
        let len = base64::decode(signature.as_bytes(), &mut bytes).map(|bytes| bytes.len());
        bytes.truncate(len.ok_or_else(|| Error::new(&SIGNATURE_MISMATCH))?);
        Ok(Self { endpoint: Endpoint::new(source.url, source.appid, timestamp)?, key, is_deprecated, signature: bytes })
    }
}

/// Seconds in decimal digits, in the one way that they are written: the header is signed as it stands.
fn read_seconds(text: &str) -> Result<u64, Error> {
    let in_shape = matches!(text.len(), 1..=11)
        && text.bytes().all(|digit| digit.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    let seconds = if in_shape { text.parse().ok() } else { None };
    seconds.ok_or_else(|| {
        let expected = "seconds since 1970 in decimal digits";
        Error::of(&argument::OUT_OF_RANGE, "headers.timestamp", expected, Actual::Nothing)
    })
}
