//! Every failure of this crate: one table of codes, reasons, messages and hints.
//!
//! A message says what was expected and what was found, in shapes only: lengths, types, counts. It never holds a key, a
//! plaintext, a token or a phone number. Codes and reasons are API; messages and hints may be reworded.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::phone::PhoneError;

/// The stable word for a failure, the same in Rust and JavaScript.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// A value of the wrong type, a missing field, a value out of range.
    InvalidArgument,
    /// session_key is not base64 of exactly 16 bytes.
    IllegalSessionKey,
    /// iv is not base64 of exactly 16 bytes.
    IllegalIv,
    /// encryptedData is not base64, even after the documented repairs; or the Encrypt text of a pushed message is not; or a sealed
    /// text is not base64url.
    IllegalBase64,
    /// Ciphertext empty, not a multiple of 16 bytes, or over the size limit; a sealed text too short or of another format.
    IllegalBuffer,
    /// No session_key given opens it. Padding, UTF-8 and JSON failures are one and the same. So are, under their own message, those
    /// of a pushed message. Or no channel key opens the sealed text.
    DecryptFailed,
    /// No watermark although one is required, or one of the wrong shape.
    WatermarkMissing,
    /// `watermark.appid` is not the expected app, or a pushed message is another app's.
    AppidMismatch,
    /// `watermark.timestamp` is older than the policy's `max_age`.
    WatermarkExpired,
    /// `watermark.timestamp` lies further ahead of `now` than the policy's `clock_skew`.
    WatermarkInFuture,
    /// Not a phone number; the reason says why.
    InvalidPhoneNumber,
    /// WeChat answered with an errcode.
    WechatError,
    /// A CloudID that WeChat did not replace with data.
    CloudIdNotResolved,
    /// `msg_signature` of a pushed message does not match.
    SignatureMismatch,
    /// The WebAssembly module is not loaded. Raised by the JavaScript side only, which has no module to ask.
    NotInitialized,
}

impl ErrorCode {
    /// All codes, in the order of the public contract.
    pub const ALL: [Self; 15] = [
        Self::InvalidArgument,
        Self::IllegalSessionKey,
        Self::IllegalIv,
        Self::IllegalBase64,
        Self::IllegalBuffer,
        Self::DecryptFailed,
        Self::WatermarkMissing,
        Self::AppidMismatch,
        Self::WatermarkExpired,
        Self::WatermarkInFuture,
        Self::InvalidPhoneNumber,
        Self::WechatError,
        Self::CloudIdNotResolved,
        Self::SignatureMismatch,
        Self::NotInitialized,
    ];

    /// The word as it stands in JavaScript: `DECRYPT_FAILED`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::IllegalSessionKey => "ILLEGAL_SESSION_KEY",
            Self::IllegalIv => "ILLEGAL_IV",
            Self::IllegalBase64 => "ILLEGAL_BASE64",
            Self::IllegalBuffer => "ILLEGAL_BUFFER",
            Self::DecryptFailed => "DECRYPT_FAILED",
            Self::WatermarkMissing => "WATERMARK_MISSING",
            Self::AppidMismatch => "APPID_MISMATCH",
            Self::WatermarkExpired => "WATERMARK_EXPIRED",
            Self::WatermarkInFuture => "WATERMARK_IN_FUTURE",
            Self::InvalidPhoneNumber => "INVALID_PHONE_NUMBER",
            Self::WechatError => "WECHAT_ERROR",
            Self::CloudIdNotResolved => "CLOUD_ID_NOT_RESOLVED",
            Self::SignatureMismatch => "SIGNATURE_MISMATCH",
            Self::NotInitialized => "NOT_INITIALIZED",
        }
    }

    /// The number that WeChat's own sample code gives for this failure.
    ///
    /// Source: `errorCode.php` and `WXBizDataCrypt.h` of WeChat's `aes-sample`.
    #[must_use]
    pub const fn errcode(self) -> Option<i64> {
        match self {
            Self::IllegalSessionKey => Some(-41001),
            Self::IllegalIv => Some(-41002),
            Self::IllegalBuffer | Self::DecryptFailed | Self::WatermarkMissing | Self::AppidMismatch => Some(-41003),
            Self::IllegalBase64 => Some(-41004),
            _ => None,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What went wrong, finer than a code. Each has one row in the table below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is told by its row")]
pub enum Situation {
    WrongType,
    Missing,
    AppidMissing,
    EmptyValue,
    OutOfRange,
    TooMany,
    MillisecondsNow,
    Unreadable,
    NoRandomness,

    LostPlus,
    Whitespace,
    PercentEncoding,
    UrlSafeAlphabet,
    MissingPadding,
    IllegalCharacter,
    MisplacedPadding,
    TrailingBits,
    Truncated,
    Empty,
    WrongLength,
    Hexadecimal,
    EncodedTwice,
    EncodingAesKey,
    TooLong,

    DecryptFailed,
    WatermarkAbsent,
    WatermarkShape,
    WatermarkMilliseconds,
    AppidMismatch,
    Expired,
    InFuture,

    PushSignature,
    PushNotOpened,
    PushAppid,

    PhoneEmpty,
    PhoneMasked,
    PhoneNotANumber,
    PhoneTooShort,
    PhoneTooLong,
    PhoneCountryCode,

    SealedEncoding,
    SealedLength,
    SealedFormat,
    ChannelTooLong,
    ChannelKeyVersion,
    ChannelFailed,

    ApiReserved,
    ApiRefusedKey,
    ApiSerialUnknown,
    ApiSignature,
    ApiAppid,
    ApiExpired,
    ApiInFuture,
    ApiEnvelope,
    ApiDecryptFailed,

    Wechat,
    CloudIdNotResolved,
    NotInitialized,
    ModuleRefused,
}

impl Situation {
    const fn is_of_api_security(self) -> bool {
        matches!(
            self,
            Self::ApiReserved
                | Self::ApiRefusedKey
                | Self::ApiSerialUnknown
                | Self::ApiSignature
                | Self::ApiAppid
                | Self::ApiExpired
                | Self::ApiInFuture
                | Self::ApiEnvelope
                | Self::ApiDecryptFailed
        )
    }
}

struct Row {
    reason: Option<&'static str>,
    message: &'static str,
    hint: Option<(&'static str, &'static str)>,
}

const fn row_of(reason: &'static str, message: &'static str, hint: Option<(&'static str, &'static str)>) -> Row {
    Row { reason: Some(reason), message, hint }
}

const SEND_AS_JSON: (&str, &str) = (
    "Send it in a JSON body, or pass it through encodeURIComponent exactly once for a query or form.",
    "请放在 JSON 请求体里发送；若放在 query 或表单中，只做一次 encodeURIComponent。",
);
const AS_WECHAT_GAVE_IT: (&str, &str) = (
    "Pass the text on exactly as WeChat gave it, without cutting, trimming or re-encoding it.",
    "请原样传递微信给出的文本，不要截断或重新编码。",
);
const AS_IT_WAS_SEALED: (&str, &str) =
    ("Pass the text on exactly as sealChannel returned it.", "请原样传递 sealChannel 返回的文本。");
const SESSION_KEY_IS_24_CHARACTERS: (&str, &str) = (
    "session_key is the 24-character text that code2Session returns; pass that text itself.",
    "session_key 是 code2Session 返回的 24 个字符的文本，请直接传入该文本。",
);

/// The one table. The code of a transport fault depends on the field and is chosen by [`Error::transport`].
const fn row(situation: Situation) -> Row {
    use Situation as S;
    match situation {
        S::WrongType => row_of("WRONG_TYPE", "{field}: expected {expected}, found {found}", None),
        S::Missing => row_of("MISSING", "{field}: expected {expected}, found nothing", None),
        S::AppidMissing => row_of(
            "MISSING",
            "{field}: expected {expected}, found nothing",
            Some((
                "Give the appid of your mini-program, or null to say that data of any app is acceptable.",
                "请传入小程序的 appid；若确实接受任何小程序的数据，请显式传 null。",
            )),
        ),
        S::EmptyValue => row_of("EMPTY", "{field}: expected {expected}, found an empty one", None),
        S::OutOfRange => row_of("OUT_OF_RANGE", "{field}: expected {expected}", None),
        S::TooMany => row_of("TOO_MANY", "{field}: expected at most {expected}, found more", None),
        S::MillisecondsNow => row_of(
            "MILLISECONDS",
            "{field}: expected {expected}, found what can only be milliseconds",
            Some(("Divide by 1000, or pass a Date.", "请除以 1000 换算成秒，或直接传入 Date 对象。")),
        ),
        S::Unreadable => row_of("UNREADABLE", "{field}: reading it threw an exception", None),
        S::NoRandomness => row_of(
            "MISSING",
            "{field}: expected {expected}, found nothing",
            Some((
                "This host has no generator that answers at once: pass new bytes each time, in the mini-program those of wx.getRandomValues.",
                "当前环境没有可同步调用的随机数生成器：请每次传入新的随机字节，小程序中用 wx.getRandomValues 获取。",
            )),
        ),
        S::TooLong => row_of(
            "TOO_LONG",
            "{field}: expected {expected}, found a longer text",
            Some(("What WeChat gives is a few kilobytes at most.", "微信给出的内容最多只有几 KB。")),
        ),
        S::Wechat => Row { reason: None, message: "WeChat answered with errcode {found}", hint: None },

        // What the module for API security has to say is said in no other, and it says nothing else.
        _ if cfg!(feature = "module") => match api_security_row(situation) {
            Some(row) => row,
            None if cfg!(feature = "standalone") => Row { reason: None, message: "", hint: None },
            None => core_row(situation),
        },
        _ => core_row(situation),
    }
}

/// The part of the table that is about open data, phone numbers and loading.
const fn core_row(situation: Situation) -> Row {
    use Situation as S;
    match situation {
        S::WatermarkAbsent => row_of(
            "ABSENT",
            "the data holds no watermark",
            Some((
                "WeChat documents none for WeRun, share and group data: pass watermark: 'optional' for these.",
                "微信文档中，微信运动、转发和群数据没有 watermark：这类数据请传 watermark: 'optional'。",
            )),
        ),
        S::WatermarkShape => row_of(
            "WRONG_SHAPE",
            "the watermark is not an object with a text appid and a whole number of seconds as timestamp",
            Some((
                "WeChat's watermark is {appid, timestamp}; check what stands between WeChat and this call.",
                "微信的 watermark 形如 {appid, timestamp}，请检查数据在传入之前是否被改动。",
            )),
        ),
        S::WatermarkMilliseconds => row_of(
            "MILLISECONDS",
            "watermark.timestamp can only be milliseconds; WeChat writes seconds",
            Some((
                "Data that WeChat encrypted has seconds there: something rewrote it on the way.",
                "微信加密的数据此处为秒：数据在途中被改写过。",
            )),
        ),
        S::AppidMismatch => Row {
            reason: None,
            message: "watermark.appid is not the expected app",
            hint: Some((
                "The data was made for another mini-program; compare the client's appid with the server's configuration.",
                "数据属于另一个小程序；请核对前端的 appid 与服务端配置。",
            )),
        },
        S::Expired => Row {
            reason: None,
            message: "watermark.timestamp is older than maxAge allows",
            hint: Some((
                "Fetch fresh data from WeChat; maxAge is in seconds, and the server's clock has to be right.",
                "请重新向微信获取数据；maxAge 的单位是秒，并请确认服务器时间准确。",
            )),
        },
        S::InFuture => Row {
            reason: None,
            message: "watermark.timestamp lies further in the future than clockSkew allows",
            hint: Some((
                "Set the server's clock by NTP; now and clockSkew are in seconds.",
                "请用 NTP 校准服务器时间；now 与 clockSkew 的单位是秒。",
            )),
        },

        S::PhoneEmpty => row_of("EMPTY", "phone number: expected digits, found an empty text", None),
        S::PhoneMasked => row_of(
            "MASKED",
            "phone number: some digits are hidden",
            Some((
                "Base libraries before 1.9.1 gave such numbers, and pages show them: ask WeChat for the number again.",
                "1.9.1 之前的基础库会给出这样的号码，页面上展示的也是：请重新向微信获取号码。",
            )),
        ),
        S::PhoneNotANumber => row_of(
            "NOT_A_NUMBER",
            "phone number: expected digits, found something else",
            Some((
                "WeChat's own fields are purePhoneNumber and countryCode; text may have digits, spaces, hyphens, brackets and one leading +.",
                "微信给出的字段是 purePhoneNumber 与 countryCode；文本中只能有数字、空格、连字符、括号和开头的一个 +。",
            )),
        ),
        S::PhoneTooShort => {
            row_of("TOO_SHORT", "phone number: fewer digits than any number of its calling code has", None)
        }
        S::PhoneTooLong => {
            row_of("TOO_LONG", "phone number: more digits than any number of its calling code has", None)
        }
        S::PhoneCountryCode => row_of(
            "INVALID_COUNTRY_CODE",
            "phone number: the calling code is not in use, or not that of the number",
            Some((
                "countryCode is a calling code such as 86 or 852, not a region such as CN.",
                "countryCode 是 86、852 这样的国际区号，不是 CN 这样的地区代码。",
            )),
        ),

        S::SealedEncoding => row_of(
            "NOT_BASE64URL",
            "{field}: expected base64url without padding, found something else",
            Some(AS_IT_WAS_SEALED),
        ),
        S::SealedLength => {
            row_of("WRONG_LENGTH", "{field}: expected {expected}, found {found} bytes", Some(AS_IT_WAS_SEALED))
        }
        S::SealedFormat => row_of(
            "FORMAT_VERSION",
            "{field}: expected version 1 of the format, found version {found}",
            Some(AS_IT_WAS_SEALED),
        ),
        S::ChannelTooLong => row_of("TOO_LONG", "{field}: expected {expected}, found a longer text", None),
        S::ChannelKeyVersion => row_of(
            "KEY_VERSION",
            "{field}: no key of version {found} was given",
            Some((
                "WeChat changes the key every hour: fetch it again, by getLatestUserKey in the client, by getUserEncryptKey on the server.",
                "微信每小时更换密钥：请重新获取，前端用 getLatestUserKey，服务端用 getUserEncryptKey。",
            )),
        ),
        S::ChannelFailed => Row {
            reason: None,
            message: "{field}: does not open with the given key and context",
            hint: Some((
                "Both sides have to build the context alike and use the same user's key; else the text was altered.",
                "两端须以相同方式构造 context，并使用同一用户的密钥；否则就是文本被改动。",
            )),
        },

        // What JavaScript says without a module is in no module.
        S::NotInitialized | S::ModuleRefused if cfg!(feature = "standalone") => {
            Row { reason: None, message: "", hint: None }
        }
        S::NotInitialized => Row {
            reason: None,
            message: "the WebAssembly module is not loaded: await init() first",
            hint: Some((
                "Call `await init()` once at start-up, before anything else of this package.",
                "请在启动时先调用一次 `await init()`，再使用本包的其它函数。",
            )),
        },
        S::ModuleRefused => row_of(
            "REFUSED",
            "this host does not run the WebAssembly module at hand",
            Some((
                "Import 'weapp-opendata/baseline' (WebAssembly 1.0) or 'weapp-opendata/js' (none), which have the whole API; in the mini-program, keep weapp-opendata-js.js or require base library 2.13.0.",
                "请改为引入 'weapp-opendata/baseline'（只需 WebAssembly 1.0）或 'weapp-opendata/js'（无需 WebAssembly），API 完整；小程序中请保留 weapp-opendata-js.js，或要求基础库 2.13.0 以上。",
            )),
        ),
        // The mini-program's module neither opens data nor reads WeChat's answers, and every byte counts there.
        _ if cfg!(feature = "client") => Row { reason: None, message: "", hint: None },
        _ => server_row(situation),
    }
}

/// The part of the table that is about opening data and about WeChat's answers.
const fn server_row(situation: Situation) -> Row {
    use Situation as S;
    match situation {
        S::LostPlus => row_of("LOST_PLUS", "{field}: spaces stand where '+' was lost on the way", Some(SEND_AS_JSON)),
        S::Whitespace => row_of(
            "WHITESPACE",
            "{field}: line breaks, tabs or spaces within or around the text",
            Some(AS_WECHAT_GAVE_IT),
        ),
        S::PercentEncoding => row_of(
            "PERCENT_ENCODING",
            "{field}: percent-encoded text",
            Some((
                "Decode it exactly as often as it was encoded: encodeURIComponent in the client is one layer, wx.request adds another in a query.",
                "编码几次就解码几次：前端的 encodeURIComponent 是一层，wx.request 在 query 中还会再编码一层。",
            )),
        ),
        S::UrlSafeAlphabet => {
            row_of("URL_SAFE_ALPHABET", "{field}: URL-safe base64 ('-' and '_')", Some(AS_WECHAT_GAVE_IT))
        }
        S::MissingPadding => row_of("MISSING_PADDING", "{field}: '=' at the end is missing", Some(AS_WECHAT_GAVE_IT)),
        S::IllegalCharacter => {
            row_of("ILLEGAL_CHARACTER", "{field}: a character outside the base64 alphabet", Some(AS_WECHAT_GAVE_IT))
        }
        S::MisplacedPadding => row_of("MISPLACED_PADDING", "{field}: '=' in the wrong place", Some(AS_WECHAT_GAVE_IT)),
        S::TrailingBits => row_of(
            "TRAILING_BITS",
            "{field}: the last character has bits that no encoder writes",
            Some(AS_WECHAT_GAVE_IT),
        ),
        S::Truncated => {
            row_of("TRUNCATED", "{field}: a number of characters that no base64 text has", Some(AS_WECHAT_GAVE_IT))
        }
        S::Empty => row_of("EMPTY", "{field}: expected {expected}, found an empty text", Some(AS_WECHAT_GAVE_IT)),
        S::WrongLength => {
            row_of("WRONG_LENGTH", "{field}: expected {expected}, found {found} bytes", Some(AS_WECHAT_GAVE_IT))
        }
        S::Hexadecimal => row_of(
            "HEXADECIMAL",
            "{field}: expected {expected}, found 32 hexadecimal digits",
            Some((
                "This has the form of an AppSecret or of hex; session_key is the 24-character base64 text that code2Session returns.",
                "这像是 AppSecret 或十六进制文本；session_key 是 code2Session 返回的 24 个字符的 base64 文本。",
            )),
        ),
        S::EncodedTwice => row_of(
            "ENCODED_TWICE",
            "{field}: expected {expected}, found base64 of 24 characters of base64",
            Some(SESSION_KEY_IS_24_CHARACTERS),
        ),
        S::EncodingAesKey => row_of(
            "ENCODING_AES_KEY",
            "{field}: expected {expected}, found 32",
            Some((
                "This has the form of the EncodingAESKey of message push; open data is encrypted with the user's session_key.",
                "这像是消息推送的 EncodingAESKey；开放数据用的是用户的 session_key。",
            )),
        ),

        S::DecryptFailed => Row {
            reason: None,
            message: "encryptedData does not open with the given sessionKey and iv",
            hint: Some((
                "Usually the session_key is stale: wx.login ran after the data was fetched; call wx.login first, then fetch encryptedData and iv together, and run diagnose() on the server to learn more.",
                "通常是 session_key 已过期：取得数据之后又调用了 wx.login；请先 wx.login 再同时获取 encryptedData 与 iv，可在服务端用 diagnose() 查看原因。",
            )),
        },
        S::PushSignature => Row {
            reason: None,
            message: "msg_signature does not match token, timestamp, nonce and encrypt",
            hint: Some((
                "Pass msg_signature (not signature), timestamp and nonce of the query and the Encrypt text as they came, and the token that is set in WeChat's console.",
                "请原样传入 query 中的 msg_signature（不是 signature）、timestamp、nonce 与包体中的 Encrypt，并核对后台配置的 Token。",
            )),
        },
        S::PushNotOpened => Row {
            reason: None,
            message: "the Encrypt text does not open with the given encodingAESKey",
            hint: Some((
                "The token is right, so compare encodingAESKey with the one in WeChat's console; mind that each environment has its own.",
                "Token 是正确的，请核对 EncodingAESKey 与后台配置是否一致，注意区分不同环境。",
            )),
        },
        S::PushAppid => Row {
            reason: None,
            message: "the message is for another app than config.appid",
            hint: Some((
                "Each app has its own token, encodingAESKey and appid: compare all three with WeChat's console.",
                "每个小程序有各自的 Token、EncodingAESKey 与 appid：请逐一核对后台配置。",
            )),
        },
        S::CloudIdNotResolved => Row {
            reason: None,
            message: "the CloudID was not replaced with data",
            hint: Some((
                "Only top-level wx.cloud.CloudID fields of a wx.cloud.callFunction call are replaced, at most 5 a call.",
                "只有 wx.cloud.callFunction 的 data 顶层的 wx.cloud.CloudID 字段会被替换，每次调用最多 5 个。",
            )),
        },
        _ => Row { reason: None, message: "", hint: None },
    }
}

/// The part of the table that is about WeChat's API security.
const fn api_security_row(situation: Situation) -> Option<Row> {
    use Situation as S;
    Some(match situation {
        S::ApiReserved => row_of(
            "RESERVED",
            "{field}: this name is not for the caller to give",
            Some((
                "_n, _appid and _timestamp are added by seal(); access_token belongs into the query of the URL that is called.",
                "_n、_appid、_timestamp 由 seal() 添加；access_token 应放在所请求 URL 的 query 中。",
            )),
        ),
        S::ApiRefusedKey => row_of("REFUSED", "{field}: this host's crypto does not take the key", None),
        S::ApiSerialUnknown => row_of(
            "UNKNOWN_SERIAL",
            "neither Wechatmp-Serial nor Wechatmp-Serial-Deprecated names a platform certificate at hand",
            Some((
                "Download the current platform certificate from the mini-program's console; sn is the number shown there, not the serial inside the certificate.",
                "请在小程序管理后台下载最新的平台证书；sn 是后台显示的证书编号，不是证书内的序列号。",
            )),
        ),
        S::ApiSignature => Row {
            reason: None,
            message: "the platform's signature does not match url, appid, timestamp and body",
            hint: Some((
                "Pass the URL that was called and the body exactly as received, unparsed; if both are right, the answer is not WeChat's.",
                "请传入所请求的 URL 与未经解析的原始响应体；若两者无误，则该响应不是来自微信。",
            )),
        },
        S::ApiAppid => Row {
            reason: None,
            message: "Wechatmp-Appid is not the configured appid",
            hint: Some((
                "The answer was made for another mini-program: compare the access_token's app with the configuration.",
                "响应属于另一个小程序：请核对 access_token 所属的 appid 与配置。",
            )),
        },
        S::ApiExpired => Row {
            reason: None,
            message: "Wechatmp-TimeStamp is more than 300 seconds old",
            hint: Some((
                "An answer is opened when it comes, and once; the server's clock has to be right.",
                "响应应在收到时立即打开，且只打开一次；请确认服务器时间准确。",
            )),
        },
        S::ApiInFuture => Row {
            reason: None,
            message: "Wechatmp-TimeStamp lies more than 300 seconds in the future",
            hint: Some((
                "Set the server's clock by NTP; now is in seconds.",
                "请用 NTP 校准服务器时间；now 的单位是秒。",
            )),
        },
        S::ApiEnvelope => row_of(
            "WRONG_SHAPE",
            "body: expected WeChat's JSON with iv (12 bytes), data and authtag (16 bytes) in base64",
            Some((
                "Pass the body exactly as received; only answers to APIs that support encryption have this form.",
                "请传入原始响应体；只有支持加密的 API 的响应才是这种格式。",
            )),
        ),
        S::ApiDecryptFailed => Row {
            reason: None,
            message: "the answer does not open with symmetricKey",
            hint: Some((
                "Compare key and sn of the symmetric key with the mini-program's console.",
                "请与小程序管理后台核对对称密钥及其编号。",
            )),
        },
        _ => return None,
    })
}

/// WeChat's error numbers of API security: (errcode, English, Chinese).
///
/// Source: WeChat documentation, 服务端 API 签名加密指南, section 5.
const API_SECURITY_HINTS: &[(i64, &str, &str)] = &[
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

/// WeChat's own error numbers that have a known cause: (errcode, English, Chinese).
///
/// Source: WeChat documentation, 获取手机号, 获取接口调用凭据, 云开发/参考信息 (CloudID).
const WECHAT_HINTS: &[(i64, &str, &str)] = &[
    (-1, "WeChat is busy: try again a little later.", "微信系统繁忙：请稍候再试。"),
    (
        40001,
        "The access_token is not the latest one, or belongs to another app: use getStableAccessToken in one place and share it.",
        "access_token 不是最新的或属于其他 appid：请统一用 getStableAccessToken 获取并共享。",
    ),
    (
        40013,
        "The appid of the access_token is not that of the mini-program that made the code.",
        "access_token 的 appid 与产生 code 的小程序不一致。",
    ),
    (
        40029,
        "The code is not valid: usually the code of wx.login was sent instead of the phone button's; a phone code is good once and for 5 minutes.",
        "code 无效：通常是误传了 wx.login 的 code；手机号按钮的 code 只能使用一次，有效期 5 分钟。",
    ),
    (
        42001,
        "The access_token has run out: fetch a new one, once for all processes.",
        "access_token 已过期：请重新获取，并在各进程间共享。",
    ),
    (45011, "Too many calls within this minute: wait, then try again.", "本分钟内调用次数超限：请稍后再试。"),
    (
        -601_005,
        "The CloudID is malformed: pass it on as wx.cloud.CloudID(cloudID).",
        "cloudID 非法：请用 wx.cloud.CloudID(cloudID) 传递。",
    ),
    (-601_006, "A CloudID lives 5 minutes: fetch a new one.", "cloudID 的有效期为 5 分钟：请重新获取。"),
    (-601_007, "The CloudID belongs to another user than the caller.", "cloudID 与当前调用的用户不匹配。"),
    (-601_009, "The WeChat account has no phone number.", "该微信账号没有绑定手机号。"),
];

/// What a sealed text is called in messages.
const SEALED: &str = "sealed";

/// Which text of base64: the three of a payload, or that of a pushed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    EncryptedData,
    Iv,
    SessionKey,
    Encrypt,
}

impl Field {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::EncryptedData => "encryptedData",
            Self::Iv => "iv",
            Self::SessionKey => "sessionKey",
            Self::Encrypt => "encrypt",
        }
    }

    pub(crate) const fn expected(self) -> &'static str {
        match self {
            Self::EncryptedData => "base64 of a multiple of 16 bytes",
            Self::Iv | Self::SessionKey => "base64 of 16 bytes",
            Self::Encrypt => "base64 of a multiple of 32 bytes",
        }
    }
}

/// What was found instead: a kind of value, a number, or nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "see above")]
pub enum Found {
    Nothing,
    Kind(&'static str),
    Number(i64),
}

/// A failure. Holds no key, no plaintext and no phone number, so it may be logged.
///
/// `Display` is the message; [`code`](Self::code) and [`reason`](Self::reason) are what programs should look at.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Fault>);

/// In a box, so that a result is no larger than what it holds if all goes well: such results are handed up from function to function.
#[derive(Clone, PartialEq, Eq)]
struct Fault {
    code: ErrorCode,
    situation: Situation,
    field: &'static str,
    expected: &'static str,
    found: Found,
    errmsg: Option<Box<str>>,
}

impl Fault {
    const fn new(code: ErrorCode, situation: Situation) -> Self {
        Self { code, situation, field: "", expected: "", found: Found::Nothing, errmsg: None }
    }
}

impl Error {
    fn new(code: ErrorCode, situation: Situation) -> Self {
        Self::of(Fault::new(code, situation))
    }

    fn of(fault: Fault) -> Self {
        Self(Box::new(fault))
    }

    #[cold]
    #[doc(hidden)]
    #[must_use]
    pub fn argument(situation: Situation, field: &'static str, expected: &'static str, found: Found) -> Self {
        Self::of(Fault { field, expected, found, ..Fault::new(ErrorCode::InvalidArgument, situation) })
    }

    /// A fault of one of these texts. The field decides the code, as in WeChat's samples.
    #[cold]
    pub(crate) fn transport(field: Field, situation: Situation, bytes: usize) -> Self {
        let code = match (field, situation) {
            (Field::SessionKey, _) => ErrorCode::IllegalSessionKey,
            (Field::Iv, _) => ErrorCode::IllegalIv,
            (_, Situation::Empty | Situation::WrongLength | Situation::TooLong) => ErrorCode::IllegalBuffer,
            (_, _) => ErrorCode::IllegalBase64,
        };
        Self::transport_as(code, field, situation, bytes)
    }

    /// As [`transport`](Self::transport), where the code is settled and only its cause is named by `situation`.
    #[cold]
    pub(crate) fn transport_as(code: ErrorCode, field: Field, situation: Situation, bytes: usize) -> Self {
        let expected =
            if matches!(situation, Situation::TooLong) { "at most 1048576 characters" } else { field.expected() };
        let found = Found::Number(i64::try_from(bytes).unwrap_or(i64::MAX));
        Self::of(Fault { field: field.name(), expected, found, ..Fault::new(code, situation) })
    }

    #[cold]
    pub(crate) fn decrypt_failed() -> Self {
        Self::new(ErrorCode::DecryptFailed, Situation::DecryptFailed)
    }

    /// A pushed message is refused; everything that can be wrong with its plaintext is one situation.
    #[cold]
    pub(crate) fn push(situation: Situation) -> Self {
        let code = match situation {
            Situation::PushSignature => ErrorCode::SignatureMismatch,
            Situation::PushAppid => ErrorCode::AppidMismatch,
            _ => ErrorCode::DecryptFailed,
        };
        Self::new(code, situation)
    }

    /// A fault of a sealed text's shape. `found` is a number of bytes, or a version of the format.
    #[cold]
    pub(crate) fn sealed(situation: Situation, found: usize) -> Self {
        let (code, expected) = match situation {
            Situation::SealedLength => (ErrorCode::IllegalBuffer, "at least 33 bytes in base64url"),
            Situation::ChannelTooLong => (ErrorCode::IllegalBuffer, "at most 1048576 characters"),
            Situation::SealedFormat => (ErrorCode::IllegalBuffer, ""),
            _ => (ErrorCode::IllegalBase64, ""),
        };
        let found = Found::Number(i64::try_from(found).unwrap_or(i64::MAX));
        Self::of(Fault { field: SEALED, expected, found, ..Fault::new(code, situation) })
    }

    /// The text names a key that is not at hand. No key has been used.
    #[cold]
    pub(crate) fn no_channel_key(version: u32) -> Self {
        let found = Found::Number(version.into());
        Self::of(Fault { field: SEALED, found, ..Fault::new(ErrorCode::DecryptFailed, Situation::ChannelKeyVersion) })
    }

    /// Whatever is wrong with a sealed text once a key has been used.
    #[cold]
    pub(crate) fn channel_failed() -> Self {
        Self::of(Fault { field: SEALED, ..Fault::new(ErrorCode::DecryptFailed, Situation::ChannelFailed) })
    }

    #[cold]
    pub(crate) fn watermark(situation: Situation) -> Self {
        let code = match situation {
            Situation::AppidMismatch => ErrorCode::AppidMismatch,
            Situation::Expired => ErrorCode::WatermarkExpired,
            Situation::InFuture => ErrorCode::WatermarkInFuture,
            _ => ErrorCode::WatermarkMissing,
        };
        Self::new(code, situation)
    }

    /// A failure of API security: the situation decides the code.
    #[cold]
    #[doc(hidden)]
    #[must_use]
    pub fn api_security(situation: Situation) -> Self {
        let code = match situation {
            Situation::ApiSerialUnknown | Situation::ApiSignature => ErrorCode::SignatureMismatch,
            Situation::ApiAppid => ErrorCode::AppidMismatch,
            Situation::ApiExpired => ErrorCode::WatermarkExpired,
            Situation::ApiInFuture => ErrorCode::WatermarkInFuture,
            Situation::ApiEnvelope => ErrorCode::IllegalBuffer,
            Situation::ApiDecryptFailed => ErrorCode::DecryptFailed,
            _ => ErrorCode::InvalidArgument,
        };
        Self::new(code, situation)
    }

    /// What WeChat itself answered. `errmsg` is WeChat's text and is handed on, cut to 512 characters, but never shown in the
    /// message.
    #[cold]
    #[doc(hidden)]
    #[must_use]
    pub fn wechat(errcode: i64, errmsg: &str) -> Self {
        let errmsg: String = errmsg.chars().take(512).collect();
        Self::of(Fault {
            found: Found::Number(errcode),
            errmsg: Some(errmsg.into_boxed_str()),
            ..Fault::new(ErrorCode::WechatError, Situation::Wechat)
        })
    }

    #[cold]
    pub(crate) fn cloud_id_not_resolved() -> Self {
        Self::new(ErrorCode::CloudIdNotResolved, Situation::CloudIdNotResolved)
    }

    /// Raised where there is no module to ask: in JavaScript, whose own copy of these words is compared with this one by a test.
    #[must_use]
    pub fn not_initialized() -> Self {
        Self::new(ErrorCode::NotInitialized, Situation::NotInitialized)
    }

    /// Raised where the module at hand does not compile: likewise.
    #[must_use]
    pub fn module_refused() -> Self {
        Self::new(ErrorCode::NotInitialized, Situation::ModuleRefused)
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The finer cause within the code, a stable upper-case word such as `LOST_PLUS`.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        row(self.0.situation).reason
    }

    /// The number that WeChat's samples use for this failure, or WeChat's own errcode.
    #[must_use]
    pub fn errcode(&self) -> Option<i64> {
        match (self.0.code, self.0.found) {
            (ErrorCode::WechatError, Found::Number(errcode)) => Some(errcode),
            // WeChat's samples for API security number nothing.
            _ if self.0.situation.is_of_api_security() => None,
            _ => self.0.code.errcode(),
        }
    }

    /// WeChat's own text, for [`ErrorCode::WechatError`] only.
    #[must_use]
    pub fn errmsg(&self) -> Option<&str> {
        self.0.errmsg.as_deref()
    }

    /// The usual cause and its cure: one sentence in English, one in Chinese.
    #[must_use]
    pub fn hint(&self) -> Option<(&'static str, &'static str)> {
        match (self.0.code, self.0.found) {
            // The mini-program's module never reads WeChat's answers.
            (ErrorCode::WechatError, _) if cfg!(feature = "client") => None,
            (ErrorCode::WechatError, Found::Number(errcode)) => {
                let more: &[_] = if cfg!(feature = "module") { API_SECURITY_HINTS } else { &[] };
                WECHAT_HINTS.iter().chain(more).find(|known| known.0 == errcode).map(|known| (known.1, known.2))
            }
            _ => row(self.0.situation).hint,
        }
    }
}

impl Error {
    /// The message, put together without `core::fmt`, whose machinery would be a good part of the module.
    pub(crate) fn message(&self) -> String {
        let mut message = String::new();
        // Text and names in turn.
        let mut is_name = false;
        for piece in row(self.0.situation).message.split(['{', '}']) {
            is_name = !is_name;
            match (piece, self.0.found) {
                _ if is_name => message.push_str(piece),
                ("field", _) => message.push_str(self.0.field),
                ("expected", _) => message.push_str(self.0.expected),
                (_, Found::Kind(kind)) => message.push_str(kind),
                (_, Found::Number(number)) => message.push_str(&decimal(number)),
                (_, Found::Nothing) => message.push_str("nothing"),
            }
        }
        message
    }
}

impl From<PhoneError> for Error {
    #[cold]
    fn from(error: PhoneError) -> Self {
        let situation = match error {
            PhoneError::Empty => Situation::PhoneEmpty,
            PhoneError::Masked => Situation::PhoneMasked,
            PhoneError::NotANumber => Situation::PhoneNotANumber,
            PhoneError::TooShort => Situation::PhoneTooShort,
            PhoneError::TooLong => Situation::PhoneTooLong,
            PhoneError::InvalidCountryCode => Situation::PhoneCountryCode,
        };
        Self::new(ErrorCode::InvalidPhoneNumber, situation)
    }
}

/// A number in digits: `core::fmt` would be a good part of the module.
pub fn decimal(number: i64) -> String {
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut rest = number.unsigned_abs();
    while rest > 0 || start == digits.len() {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    if number < 0 {
        start -= 1;
        digits[start] = b'-';
    }
    digits[start..].iter().map(|&digit| char::from(digit)).collect()
}

/// Both languages in one line.
pub(crate) fn bilingual((english, chinese): (&str, &str)) -> String {
    [english, " / ", chinese].concat()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.0.code)
    }
}

impl core::error::Error for Error {}
