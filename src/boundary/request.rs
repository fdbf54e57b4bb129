//! Reading a request: values as the glue found them, and the shapes that arguments must have.

use alloc::vec::Vec;

use crate::error::{Actual, Error, ErrorCode, Row, argument};
use crate::watermark::{DEFAULT_CLOCK_SKEW, FIRST_MILLISECONDS, Presence, UnixSeconds};

/// Longest list whose values the glue writes down: of a longer one there is the count only. It is also the most appids that a
/// policy may name: a service provider's apps fit, and a hostile list does not cost much.
const MAX_LIST: u32 = 1000;

/// Reading it threw.
static UNREADABLE: Row =
    Row::new(ErrorCode::InvalidArgument, "{field}: reading it threw an exception").reason("UNREADABLE");

static APPID_MISSING: Row =
    Row::new(ErrorCode::InvalidArgument, "{field}: expected {expected}, found nothing").reason("MISSING").hint(
        "Give the appid of your mini-program, or null to say that data of any app is acceptable.",
        "请传入小程序的 appid；若确实接受任何小程序的数据，请显式传 null。",
    );

pub(super) static NO_RANDOMNESS: Row =
    Row::new(ErrorCode::InvalidArgument, "{field}: expected {expected}, found nothing").reason("MISSING").hint(
        "This host has no generator that answers at once: pass new bytes each time, in the mini-program those of wx.getRandomValues.",
        "当前环境没有可同步调用的随机数生成器：请每次传入新的随机字节，小程序中用 wx.getRandomValues 获取。",
    );

/// A JavaScript value. Its first byte in the request is the tag; text, numbers and lists have more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// 0
    Undefined,
    /// 1
    Null,
    /// 2 and 3
    Bool(bool),
    /// 4, then an f64.
    Number(f64),
    /// 5, then a length as u32; that many bytes of UTF-8 stand next among the texts.
    Text(&'a [u8]),
    /// 6, then a count as u32 and that many values, if they are not too many.
    List(u32),
    /// 7: text longer than [`MAX_TEXT`](crate::MAX_TEXT), which was not copied.
    OversizeText,
    /// 8, then the fields that the operation reads.
    Object,
    /// 9
    Function,
    /// 10
    Symbol,
    /// 11
    BigInt,
    /// 12: reading it threw.
    Unreadable,
    /// 13, then an f64: milliseconds.
    Date(f64),
    /// 14, then a length as u32 and that many bytes: a `Uint8Array` where one is asked for. Elsewhere it is an `Object`.
    Bytes(&'a [u8]),
    /// 15: more bytes than [`MAX_TEXT`](crate::MAX_TEXT), which were not copied.
    OversizeBytes,
}

impl Value<'_> {
    /// What it is called in messages.
    const fn kind(self) -> &'static str {
        match self {
            Self::Undefined => "nothing",
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) | Self::OversizeText => "a string",
            Self::List(_) => "an array",
            Self::Object => "an object",
            Self::Function => "a function",
            Self::Symbol => "a symbol",
            Self::BigInt => "a bigint",
            Self::Unreadable => "what cannot be read",
            Self::Date(_) => "a Date",
            Self::Bytes(_) | Self::OversizeBytes => "a Uint8Array",
        }
    }
}

/// The failure for a value that is not what the argument asks for.
#[cold]
pub fn unexpected(value: Value<'_>, field: &'static str, expected: &'static str) -> Error {
    let row = match value {
        Value::Undefined => &argument::MISSING,
        Value::Unreadable => &UNREADABLE,
        _ => &argument::WRONG_TYPE,
    };
    Error::of(row, field, expected, Actual::Kind(value.kind()))
}

#[cold]
fn out_of_range(field: &'static str, expected: &'static str) -> Error {
    Error::of(&argument::OUT_OF_RANGE, field, expected, Actual::Nothing)
}

#[cold]
pub(crate) fn too_long(field: &'static str, expected: &'static str) -> Error {
    Error::of(&argument::TOO_LONG, field, expected, Actual::Nothing)
}

/// Reads values one after the other. Past the end, and at an unknown tag, everything is `Undefined`.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// What has not been read of the texts, which stand after the structure one after the other.
    texts: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Of a request as the glue writes it: the length of the structure as u32, the structure, the texts.
    #[must_use]
    pub fn new(request: &'a [u8]) -> Self {
        let mut reader = Self { rest: request, texts: &[] };
        let len = u32::from_le_bytes(reader.take()) as usize;
        let (structure, texts) = reader.rest.split_at_checked(len).unwrap_or((&[], &[]));
        Self { rest: structure, texts }
    }

    /// The next bytes of the structure, which are not passed.
    pub(super) fn structure_ahead<const N: usize>(&self) -> Option<&'a [u8; N]> {
        self.rest.first_chunk()
    }

    /// The next texts, which are not passed.
    #[inline(always)]
    pub(super) fn texts_ahead<const N: usize>(&self, lengths: [u32; N]) -> Option<[&'a [u8]; N]> {
        let mut ahead = self.texts;
        let mut texts: [&[u8]; N] = [&[]; N];
        for (text, length) in texts.iter_mut().zip(lengths) {
            (*text, ahead) = ahead.split_at_checked(length as usize)?;
        }
        Some(texts)
    }

    /// Passes what was looked at ahead.
    #[inline(always)]
    pub(super) fn pass(&mut self, structure: usize, texts: &[&[u8]]) {
        self.rest = self.rest.get(structure..).unwrap_or_default();
        self.texts = self.texts.get(texts.iter().map(|text| text.len()).sum()..).unwrap_or_default();
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.rest.split_first_chunk() {
            Some((bytes, rest)) => {
                self.rest = rest;
                *bytes
            }
            None => {
                self.rest = &[];
                [0; N]
            }
        }
    }

    /// A length, and what is that long.
    fn counted(&mut self) -> &'a [u8] {
        let len = u32::from_le_bytes(self.take()) as usize;
        let (bytes, rest) = self.rest.split_at_checked(len).unwrap_or((&[], &[]));
        self.rest = rest;
        bytes
    }

    /// The next value. A list stands for itself: its items are passed over, so that a value where none was expected cannot shift
    /// what comes after it.
    pub fn value(&mut self) -> Value<'a> {
        let value = self.value_or_list();
        if let Value::List(count) = value {
            self.skip(count);
        }
        value
    }

    /// The next value; after a list, its items are next.
    pub fn value_or_list(&mut self) -> Value<'a> {
        let [tag] = self.take();
        match tag {
            1 => Value::Null,
            2 => Value::Bool(false),
            3 => Value::Bool(true),
            4 => Value::Number(f64::from_le_bytes(self.take())),
            5 => {
                let len = u32::from_le_bytes(self.take()) as usize;
                let (text, texts) = self.texts.split_at_checked(len).unwrap_or((&[], &[]));
                self.texts = texts;
                Value::Text(text)
            }
            6 => Value::List(u32::from_le_bytes(self.take())),
            7 => Value::OversizeText,
            8 => Value::Object,
            9 => Value::Function,
            10 => Value::Symbol,
            11 => Value::BigInt,
            12 => Value::Unreadable,
            13 => Value::Date(f64::from_le_bytes(self.take())),
            14 => Value::Bytes(self.counted()),
            15 => Value::OversizeBytes,
            _ => Value::Undefined,
        }
    }

    /// The start of an object whose fields follow.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for anything else.
    pub fn object(&mut self, field: &'static str) -> Result<(), Error> {
        match self.value() {
            Value::Object => Ok(()),
            other => Err(unexpected(other, field, "an object")),
        }
    }

    /// A list as a count; its values follow.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for anything else.
    pub fn list(&mut self, field: &'static str) -> Result<u32, Error> {
        match self.value_or_list() {
            Value::List(count) => Ok(count),
            other => Err(unexpected(other, field, "an array")),
        }
    }

    /// A text that stands by itself, at most `MAX_TEXT` long.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for anything else.
    pub fn text(&mut self, field: &'static str) -> Result<&'a str, Error> {
        Self::text_in(self.value(), field)
    }

    /// The same of a value that has been read.
    pub(crate) fn text_in(value: Value<'a>, field: &'static str) -> Result<&'a str, Error> {
        match value {
            value @ Value::Text(text) => core::str::from_utf8(text).map_err(|_| unexpected(value, field, "a string")),
            Value::OversizeText => Err(too_long(field, "at most 1048576 characters")),
            other => Err(unexpected(other, field, "a string")),
        }
    }

    /// What is compared with a signature: one that is too long to be copied is like none.
    pub(crate) fn signature(&mut self, field: &'static str) -> Result<&'a [u8], Error> {
        match self.value() {
            Value::Text(text) => Ok(text),
            Value::OversizeText => Ok(&[]),
            other => Err(unexpected(other, field, "a string")),
        }
    }

    /// Passes over the values of a list.
    pub(crate) fn skip(&mut self, count: u32) {
        // Items are no lists themselves: the glue writes those without theirs.
        for _ in 0..if count > MAX_LIST { 0 } else { count } {
            self.value_or_list();
        }
    }

    pub(crate) fn flag(&mut self, field: &'static str) -> Result<bool, Error> {
        match self.value() {
            Value::Undefined => Ok(false),
            Value::Bool(flag) => Ok(flag),
            other => Err(unexpected(other, field, "true or false")),
        }
    }

    /// A span of time: a finite number of seconds, not negative. Fractions are cut off.
    fn seconds(&mut self, field: &'static str) -> Result<Option<u64>, Error> {
        const EXPECTED: &str = "a number of seconds, zero or more";
        match self.value() {
            Value::Undefined => Ok(None),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates, and the sign was looked at"
            )]
            Value::Number(seconds) if seconds.is_finite() && seconds >= 0.0 => Ok(Some(seconds as u64)),
            Value::Number(_) => Err(out_of_range(field, EXPECTED)),
            other => Err(unexpected(other, field, EXPECTED)),
        }
    }

    /// The present: seconds or a Date. Fractions are cut off.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for anything else, milliseconds included.
    pub fn now(&mut self, field: &'static str) -> Result<UnixSeconds, Error> {
        const EXPECTED: &str = "seconds since 1970 or a Date";
        let seconds = match self.value() {
            Value::Number(seconds) => seconds,
            Value::Date(milliseconds) => milliseconds / 1000.0,
            other => return Err(unexpected(other, field, EXPECTED)),
        };
        match present(seconds) {
            Some(now) => Ok(now),
            None if seconds.is_finite() && seconds >= 0.0 => {
                Err(Error::of(&argument::MILLISECONDS, field, EXPECTED, Actual::Nothing))
            }
            None => Err(out_of_range(field, EXPECTED)),
        }
    }

    /// One appid, several, or null for any.
    fn appids(&mut self) -> Result<Appids<'a>, Error> {
        const FIELD: &str = "policy.appid";
        const EXPECTED: &str = "an appid, a list of appids, or null";
        let count = match self.value_or_list() {
            Value::Null => return Ok(Appids::Any),
            Value::Text(appid) => return Ok(Appids::One([appid_text(appid)?])),
            Value::Undefined => {
                return Err(Error::of(&APPID_MISSING, FIELD, EXPECTED, Actual::Nothing));
            }
            Value::List(0) => return Err(Error::of(&argument::EMPTY, FIELD, EXPECTED, Actual::Nothing)),
            Value::List(count) if count > MAX_LIST => {
                return Err(Error::of(&argument::TOO_MANY, FIELD, "1000 appids", Actual::Nothing));
            }
            Value::List(count) => count,
            other => return Err(unexpected(other, FIELD, EXPECTED)),
        };
        let mut appids = Vec::new();
        for _ in 0..count {
            match self.value() {
                Value::Text(appid) => appids.push(appid_text(appid)?),
                other => return Err(unexpected(other, "policy.appid[]", "an appid")),
            }
        }
        Ok(Appids::OneOf(appids))
    }

    pub(crate) fn watermark_policy(&mut self) -> Result<PolicyArguments<'a>, Error> {
        let appids = self.appids()?;
        let max_age = self.seconds("policy.maxAge")?;
        let clock_skew = self.seconds("policy.clockSkew")?.unwrap_or(DEFAULT_CLOCK_SKEW);
        let now = self.now("policy.now")?;
        const PRESENCE: &str = "'required' or 'optional'";
        let presence = match self.value() {
            Value::Undefined | Value::Text(b"required") => Presence::Required,
            Value::Text(b"optional") => Presence::Optional,
            Value::Text(_) | Value::OversizeText => return Err(out_of_range("policy.watermark", PRESENCE)),
            other => return Err(unexpected(other, "policy.watermark", PRESENCE)),
        };
        Ok(PolicyArguments { appids, max_age, clock_skew, now, presence })
    }
}

fn appid_text(text: &[u8]) -> Result<&str, Error> {
    non_empty(text).ok_or_else(|| Error::of(&argument::EMPTY, "policy.appid", "an appid", Actual::Nothing))
}

/// What an appid may be.
pub(crate) fn non_empty(text: &[u8]) -> Option<&str> {
    core::str::from_utf8(text).ok().filter(|text| !text.is_empty())
}

/// What the present may be: not before 1970, and no milliseconds.
pub(crate) fn present(seconds: f64) -> Option<UnixSeconds> {
    #[expect(clippy::cast_precision_loss, reason = "the number is exact")]
    const FIRST: f64 = FIRST_MILLISECONDS as f64;
    #[expect(clippy::cast_possible_truncation, reason = "below 10^11")]
    (0.0..FIRST).contains(&seconds).then_some(seconds as UnixSeconds)
}

pub(crate) enum Appids<'a> {
    Any,
    /// By itself, as in nearly all calls, which so need no memory of their own.
    One([&'a str; 1]),
    OneOf(Vec<&'a str>),
}

/// A watermark policy whose list of appids is its own.
pub(crate) struct PolicyArguments<'a> {
    appids: Appids<'a>,
    max_age: Option<u64>,
    clock_skew: u64,
    now: UnixSeconds,
    presence: Presence,
}

impl PolicyArguments<'_> {
    pub(crate) fn as_policy(&self) -> crate::WatermarkPolicy<'_> {
        crate::WatermarkPolicy {
            appid: match &self.appids {
                Appids::Any => crate::ExpectedApp::Any,
                Appids::One(appid) => crate::ExpectedApp::OneOf(appid),
                Appids::OneOf(appids) => crate::ExpectedApp::OneOf(appids),
            },
            max_age: self.max_age,
            clock_skew: self.clock_skew,
            now: self.now,
            presence: self.presence,
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn bytes_are_read_to_their_length_and_no_further() {
        let mut values = Reader::new(&[21, 0, 0, 0, 14, 3, 0, 0, 0, 9, 8, 7, 1, 15, 14, 0, 0, 0, 0, 14, 2, 0, 0, 0, 1]);
        assert_eq!(values.value(), Value::Bytes(&[9, 8, 7]));
        assert_eq!(values.value(), Value::Null);
        assert_eq!(values.value(), Value::OversizeBytes);
        assert_eq!(values.value(), Value::Bytes(&[]));
        // One is missing: what is not there is not read.
        assert_eq!(values.value(), Value::Bytes(&[]));
        assert_eq!(values.value(), Value::Undefined);
    }

    #[test]
    fn bytes_are_called_by_the_name_of_their_class() {
        for value in [Value::Bytes(&[1]), Value::OversizeBytes] {
            let error = unexpected(value, "field", "a string");
            assert_eq!(error.message(), "field: expected a string, found a Uint8Array");
        }
    }
}
