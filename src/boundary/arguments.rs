//! Reads a request: numbers and texts, in the order that an operation fixes.
//!
//! JavaScript has checked the types of what its caller gave (pkg-template/core/arguments.js). Whatever the bytes are, reading them
//! does no harm: past the end a number is 0 and a text is empty.

use alloc::vec::Vec;

use super::protocol::{ABSENT, OVERSIZE, PolicyFlag, Stamp};
use crate::session::MAX_SESSION_KEYS;
use crate::watermark::{self, DEFAULT_CLOCK_SKEW, ExpectedApp, Presence, UnixSeconds, WatermarkPolicy};

/// A text of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<'a> {
    /// Its bytes, UTF-8 where JavaScript wrote a string.
    Bytes(&'a [u8]),
    /// The caller gave none.
    Absent,
    /// It is longer than [`MAX_TEXT`](crate::MAX_TEXT), and was not copied.
    Oversize,
}

impl<'a> Text<'a> {
    /// The bytes; none of a text that was not copied.
    #[must_use]
    pub const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Absent | Self::Oversize => &[],
        }
    }

    /// The text; empty where it was not copied or is not UTF-8.
    #[must_use]
    pub fn text(self) -> &'a str {
        core::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// The text, if there is one.
    #[must_use]
    pub fn present(self) -> Option<&'a str> {
        if self == Self::Absent { None } else { Some(self.text()) }
    }

    /// The text, unless it was not copied.
    ///
    /// # Errors
    ///
    /// What `too_long` makes.
    pub fn copied<E>(self, too_long: impl FnOnce() -> E) -> Result<&'a str, E> {
        if self == Self::Oversize { Err(too_long()) } else { Ok(self.text()) }
    }
}

/// A request that is read from its start.
#[derive(Debug)]
pub struct Request<'a> {
    head: &'a [u8],
    texts: &'a [u8],
}

impl<'a> Request<'a> {
    /// Of a request as the protocol has it.
    #[must_use]
    pub fn new(request: &'a [u8]) -> Self {
        let mut whole = Self { head: request, texts: &[] };
        let len = u32::from_le_bytes(whole.take()) as usize;
        let (head, texts) = whole.head.split_at_checked(len).unwrap_or_default();
        Self { head, texts }
    }

    #[inline(always)]
    fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.head.split_first_chunk() {
            Some((bytes, rest)) => {
                self.head = rest;
                *bytes
            }
            None => {
                self.head = &[];
                [0; N]
            }
        }
    }

    /// The bytes of the head that are left: an upper bound for what a count of numbers or texts can truly be.
    #[must_use]
    pub const fn head_len(&self) -> usize {
        self.head.len()
    }

    /// The bytes of the texts that are left.
    #[must_use]
    pub const fn texts_len(&self) -> usize {
        self.texts.len()
    }

    /// A number.
    #[inline(always)]
    pub fn number(&mut self) -> f64 {
        f64::from_le_bytes(self.take())
    }

    /// A whole number that is not negative; what is not one saturates.
    #[inline(always)]
    pub fn whole(&mut self) -> u32 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let number = self.number() as u32;
        number
    }

    /// A number of things, `most` at most.
    #[inline(always)]
    pub fn count(&mut self, most: usize) -> usize {
        (self.whole() as usize).min(most)
    }

    /// A text.
    #[inline(always)]
    pub fn text(&mut self) -> Text<'a> {
        match u32::from_le_bytes(self.take()) {
            ABSENT => Text::Absent,
            OVERSIZE => Text::Oversize,
            len => {
                let (text, rest) = self.texts.split_at_checked(len as usize).unwrap_or_default();
                self.texts = rest;
                Text::Bytes(text)
            }
        }
    }
}

/// One session key, or several to be tried in order.
pub(crate) struct SessionKeys<'a> {
    texts: [&'a [u8]; MAX_SESSION_KEYS],
    count: usize,
    is_oversize: bool,
}

impl<'a> SessionKeys<'a> {
    /// None.
    pub(crate) const fn new() -> Self {
        Self { texts: [&[]; MAX_SESSION_KEYS], count: 0, is_oversize: false }
    }

    /// Reads `count` of them, which is at most [`MAX_SESSION_KEYS`].
    #[inline(always)]
    pub(crate) fn read(&mut self, request: &mut Request<'a>, count: usize) {
        self.count = count;
        self.is_oversize = false;
        for slot in &mut self.texts[..count] {
            let text = request.text();
            self.is_oversize |= text == Text::Oversize;
            *slot = text.bytes();
        }
    }

    /// The texts.
    ///
    /// # Errors
    ///
    /// What `too_long` makes where one was not copied.
    #[inline(always)]
    pub(crate) fn copied<E>(&self, too_long: impl FnOnce() -> E) -> Result<&[&'a [u8]], E> {
        if self.is_oversize { Err(too_long()) } else { Ok(&self.texts[..self.count]) }
    }
}

/// The numbers of a policy. Its appids stand among the texts, after those of the operation.
pub(crate) struct PolicyNumbers {
    flags: u32,
    now: UnixSeconds,
    max_age: Option<u64>,
    clock_skew: u64,
    appids: usize,
}

/// A span of time in whole seconds, unless it is left out.
fn seconds(number: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let seconds = number as u64;
    if number.is_nan() { None } else { Some(seconds) }
}

impl PolicyNumbers {
    #[inline(always)]
    pub(crate) fn read(request: &mut Request<'_>) -> Self {
        let flags = request.whole();
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        let now = request.number() as UnixSeconds;
        let max_age = seconds(request.number());
        let clock_skew = seconds(request.number()).unwrap_or(DEFAULT_CLOCK_SKEW);
        Self { flags, now, max_age, clock_skew, appids: request.whole() as usize }
    }

    const fn has(&self, flag: PolicyFlag) -> bool {
        self.flags & flag as u32 != 0
    }

    pub(crate) const fn strict(&self) -> bool {
        self.has(PolicyFlag::Strict)
    }

    #[inline(always)]
    pub(crate) fn with_appids<'a>(self, request: &mut Request<'a>) -> PolicyArguments<'a> {
        let appids = match self.appids {
            _ if self.has(PolicyFlag::AnyAppid) => Appids::Any,
            1 => Appids::One([request.text().text()]),
            // The length of an appid takes four bytes of the head.
            count => Appids::OneOf((0..count.min(request.head_len() / 4)).map(|_| request.text().text()).collect()),
        };
        PolicyArguments { numbers: self, appids }
    }
}

enum Appids<'a> {
    Any,
    /// By itself, as in nearly all calls, which so need no memory of their own.
    One([&'a str; 1]),
    OneOf(Vec<&'a str>),
}

/// A policy whose list of appids is its own.
pub(crate) struct PolicyArguments<'a> {
    numbers: PolicyNumbers,
    appids: Appids<'a>,
}

impl PolicyArguments<'_> {
    pub(crate) const fn strict(&self) -> bool {
        self.numbers.strict()
    }

    pub(crate) fn as_policy(&self) -> WatermarkPolicy<'_> {
        let PolicyNumbers { now, max_age, clock_skew, .. } = self.numbers;
        let optional = self.numbers.has(PolicyFlag::WatermarkOptional);
        WatermarkPolicy {
            appid: match &self.appids {
                Appids::Any => ExpectedApp::Any,
                Appids::One(appid) => ExpectedApp::OneOf(appid),
                Appids::OneOf(appids) => ExpectedApp::OneOf(appids),
            },
            max_age,
            clock_skew,
            now,
            presence: if optional { Presence::Optional } else { Presence::Required },
        }
    }
}

/// The numbers of a stamp: what stands where a watermark is looked for.
pub(crate) struct StampNumbers {
    stamp: Option<Stamp>,
    timestamp: f64,
}

impl StampNumbers {
    pub(crate) fn read(request: &mut Request<'_>) -> Self {
        Self { stamp: Stamp::of(request.whole()), timestamp: request.number() }
    }

    /// With its appid, which stands among the texts.
    pub(crate) fn with_appid<'a>(self, request: &mut Request<'a>) -> watermark::Stamp<'a> {
        let appid = request.text().text();
        match self.stamp {
            Some(Stamp::StampAbsent) => watermark::Stamp::Absent,
            Some(Stamp::StampPresent) => watermark::Stamp::of_fields(appid, self.timestamp),
            Some(Stamp::StampWrongShape) | None => watermark::Stamp::WrongShape,
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_is_not_there_is_zero_or_empty() {
        let mut request = Request::new(&[]);
        assert_eq!((request.number(), request.whole(), request.text()), (0.0, 0, Text::Bytes(&[])));
        // The head is said to be longer than the request.
        let mut request = Request::new(&[9, 0, 0, 0, 1]);
        assert_eq!((request.head_len(), request.text()), (0, Text::Bytes(&[])));
        // A text longer than what is left of the texts: with it, all after it are gone.
        let mut request = Request::new(&[12, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, b'a', b'b']);
        assert_eq!([request.text(), request.text(), request.text()], [b"a", &[][..], &[]].map(Text::Bytes));
    }

    #[test]
    fn texts_that_were_not_copied_are_marked() {
        let head = [ABSENT, OVERSIZE, 2].map(u32::to_le_bytes).concat();
        let request = [&12_u32.to_le_bytes()[..], &head, b"ab"].concat();
        let mut request = Request::new(&request);
        let [absent, oversize, text] = [request.text(), request.text(), request.text()];
        assert_eq!((absent, absent.present(), absent.copied(|| ())), (Text::Absent, None, Ok("")));
        assert_eq!((oversize, oversize.present(), oversize.copied(|| ())), (Text::Oversize, Some(""), Err(())));
        assert_eq!((text, text.present(), text.copied(|| ())), (Text::Bytes(b"ab"), Some("ab"), Ok("ab")));
        assert_eq!(Text::Bytes(&[0xFF]).text(), "");
    }

    #[test]
    fn numbers_saturate() {
        for (number, whole) in [(-1.0, 0), (f64::NAN, 0), (2.9, 2), (f64::INFINITY, u32::MAX)] {
            let request = [&8_u32.to_le_bytes()[..], &number.to_le_bytes()].concat();
            assert_eq!(Request::new(&request).whole(), whole);
            assert_eq!(Request::new(&request).count(3), whole.min(3) as usize);
        }
        assert_eq!([seconds(f64::NAN), seconds(-1.0), seconds(1.9)], [None, Some(0), Some(1)]);
        assert_eq!(seconds(f64::INFINITY), Some(u64::MAX));
    }
}
