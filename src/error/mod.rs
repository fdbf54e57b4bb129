//! Every failure of this crate: a code, a reason, a message, a hint.
//!
//! The words of a failure are a [`Row`], which stands beside the code that raises it. A message says what was expected and what was
//! found, in shapes only: lengths, types, counts. It never holds a key, a plaintext, a token or a phone number. Codes and reasons
//! are API; messages and hints may be reworded.

pub mod argument;
mod row;

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

pub use self::row::{Hint, Row};
use crate::rows;

/// The stable word for a failure, the same in Rust and JavaScript, which has one more: `NOT_INITIALIZED`, where there is no module yet.
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
}

impl ErrorCode {
    /// All codes, in the order of the public contract.
    pub const ALL: [Self; 14] = [
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

rows! {
    /// What WeChat itself answered.
    pub WECHAT = Row::new(ErrorCode::WechatError, "WeChat answered with errcode {found}");
}

/// Characters of WeChat's own text that an error keeps.
const MAX_ERRMSG: usize = 512;

/// What was found instead: a kind of value, a number, or nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "see above")]
pub enum Actual {
    Nothing,
    Kind(&'static str),
    Number(i64),
}

impl Actual {
    /// A length or a count.
    #[must_use]
    pub fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// A failure. Holds no key, no plaintext and no phone number, so it may be logged.
///
/// `Display` is the message; [`code`](Self::code) and [`reason`](Self::reason) are what programs should look at.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Fault>);

/// Boxed to keep a `Result` small on the path of success.
#[derive(Clone, PartialEq, Eq)]
struct Fault {
    row: &'static Row,
    /// That of the row, unless the field decides.
    code: ErrorCode,
    /// That of the row, or of WeChat's errcode.
    hint: Option<Hint>,
    field: &'static str,
    expected: &'static str,
    actual: Actual,
    errmsg: Option<Box<str>>,
}

impl Error {
    /// A failure whose message needs no filling in.
    #[cold]
    #[doc(hidden)]
    #[must_use]
    pub fn new(row: &'static Row) -> Self {
        Self::of(row, "", "", Actual::Nothing)
    }

    /// A failure, with what stands in its message for `{field}`, `{expected}` and `{found}`.
    #[cold]
    #[doc(hidden)]
    #[must_use]
    pub fn of(row: &'static Row, field: &'static str, expected: &'static str, actual: Actual) -> Self {
        Self(Box::new(Fault { row, code: row.code, hint: row.hint, field, expected, actual, errmsg: None }))
    }

    /// The same under another code than the row's.
    pub(crate) fn with_code(mut self, code: ErrorCode) -> Self {
        self.0.code = code;
        self
    }

    /// What WeChat itself answered. `errmsg` is WeChat's text: it is kept, cut to 512 characters, but never shown in the message.
    /// The hint is that of the first entry of `hints` (errcode, English, Chinese) for this errcode.
    #[cold]
    #[doc(hidden)]
    #[must_use]
    pub fn wechat(errcode: i64, errmsg: &str, hints: &'static [(i64, &'static str, &'static str)]) -> Self {
        let mut error = Self::of(&WECHAT, "", "", Actual::Number(errcode));
        error.0.hint = hints.iter().find(|known| known.0 == errcode).map(|known| (known.1, known.2));
        error.0.errmsg = Some(errmsg.chars().take(MAX_ERRMSG).collect());
        error
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The finer cause within the code, a stable upper-case word such as `LOST_PLUS`.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        self.0.row.reason
    }

    /// The number that WeChat's samples use for this failure, or WeChat's own errcode.
    #[must_use]
    pub fn errcode(&self) -> Option<i64> {
        match (self.0.code, self.0.actual) {
            (ErrorCode::WechatError, Actual::Number(errcode)) => Some(errcode),
            _ if !self.0.row.numbered => None,
            (code, _) => code.errcode(),
        }
    }

    /// WeChat's own text, for [`ErrorCode::WechatError`] only.
    #[must_use]
    pub fn errmsg(&self) -> Option<&str> {
        self.0.errmsg.as_deref()
    }

    /// The usual cause and its cure: one sentence in English, one in Chinese.
    #[must_use]
    pub fn hint(&self) -> Option<Hint> {
        self.0.hint
    }

    /// What it says: for the tests that walk the rows.
    #[doc(hidden)]
    #[must_use]
    pub fn row(&self) -> &'static Row {
        self.0.row
    }

    /// The message, in which fields have the names that `rename` gives them.
    ///
    /// Put together without `core::fmt`, whose machinery would be a good part of the module.
    #[doc(hidden)]
    #[must_use]
    pub fn message_as(&self, rename: &dyn Fn(&'static str) -> &'static str) -> String {
        let mut message = String::new();
        let mut rest = self.0.row.message;
        while let Some((text, (name, after))) =
            rest.split_once('{').and_then(|(text, rest)| Some((text, rest.split_once('}')?)))
        {
            message.push_str(text);
            match (name, self.0.actual) {
                ("field", _) => message.push_str(rename(self.0.field)),
                ("expected", _) => message.push_str(self.0.expected),
                ("found", Actual::Kind(kind)) => message.push_str(kind),
                ("found", Actual::Number(number)) => message.push_str(&decimal(number)),
                ("found", Actual::Nothing) => message.push_str("nothing"),
                (name, _) => message.push_str(rename(name)),
            }
            rest = after;
        }
        message.push_str(rest);
        message
    }

    /// The message, in which fields have their names of this crate.
    pub(crate) fn message(&self) -> String {
        self.message_as(&|name| name)
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
