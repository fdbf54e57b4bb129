//! Phone numbers in one canonical form, judged as Google's libphonenumber judges them.
//!
//! A [`PhoneNumber`] is a calling code with a national (significant) number. It comes from WeChat's two fields
//! ([`PhoneNumber::from_wechat`]) or from text as people type it ([`PhoneNumber::parse`]); E.164 form, region, type and
//! validity are those that libphonenumber gives, from a table compiled out of its metadata (`ranges.md` beside this file
//! names the version). Nothing here allocates, and every call takes time in proportion to its text.
//!
//! # Syntax
//!
//! - Digits: ASCII, full-width, Arabic-Indic and Extended Arabic-Indic.
//! - Between them: spaces, hyphens and dashes, dots, slashes, tildes and brackets, full-width forms included. White space and
//!   marks of writing direction around the text mean nothing.
//! - In front: `+` or full-width `＋`, or the international prefix of the default calling code (`00` in China, `011` in
//!   North America), and then a calling code. Text in which this leads to no valid number, and which begins with `00`, is
//!   also read with `00` as the international prefix, whatever the default.
//! - Without these, the number belongs to the default calling code, which may itself stand in front (`8613580006666`) where
//!   only that makes sense of the digits.
//! - A national prefix (the trunk `0` of `010 6278 1234` or `+86 (0)...`) or a carrier code goes where the country has one;
//!   a leading zero that belongs to the number, as in Italy, stays.
//!
//! # Rejected
//!
//! - `*`, `x`, `X`, `•` and their like in place of digits: [`PhoneError::Masked`]. Base libraries of WeChat before 1.9.1 are
//!   reported to send such numbers.
//! - Any other character, so extensions (`ext. 12`), letters for digits (`1-800-FLOWERS`), `tel:` links and words around
//!   the number: [`PhoneError::NotANumber`]. libphonenumber reads several of these.
//! - Text of over 250 characters or 40 digits, and numbers longer than any of their calling code: [`PhoneError::TooLong`].
//! - Numbers shorter than any of their calling code: [`PhoneError::TooShort`]. This includes local numbers without their
//!   area code, which have no E.164 form.
//!
//! A number whose length lies between its calling code's shortest and longest is never refused; if no range holds it, it is
//! returned with [`is_valid`](PhoneNumber::is_valid) false.

mod error;
#[cfg(any(feature = "miniprogram", test))]
mod model;
#[cfg(any(feature = "miniprogram", test))]
mod packed;
mod ranges;
mod text;

use core::fmt;

pub use error::PhoneError;
pub(crate) use error::ROWS;
use ranges::{LONGEST, Plan, SHORTEST};
use text::Digits;

/// `+`, a calling code of three digits and the longest national number.
const MAX_E164: usize = 1 + 3 + LONGEST;

/// Digits that a mask leaves at the start and at the end of a number that is long enough.
const SHOWN_AT_START: usize = 3;
const SHOWN_AT_END: usize = 4;

/// Stands for a number that could not be read: not even its length is shown.
const ALL_HIDDEN: &str = "****";

/// A country calling code in use, from 1 to 999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallingCode(u16);

impl CallingCode {
    /// 86, the default of everything here.
    pub const CHINA: Self = Self(86);

    /// The calling code with this number, if libphonenumber's metadata knows it.
    #[must_use]
    pub fn new(code: u16) -> Option<Self> {
        ranges::is_assigned(code).then_some(Self(code))
    }

    /// Reads `86`, `+86` or `0086`.
    ///
    /// # Errors
    ///
    /// [`PhoneError::InvalidCountryCode`] for everything that is not a calling code in use.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let typed = text::read(text).map_err(|_| PhoneError::InvalidCountryCode)?;
        let digits = typed.digits.as_slice();
        let digits = if typed.plus { digits } else { digits.strip_prefix(&[0, 0]).unwrap_or(digits) };
        match digits {
            [] | [0, ..] | [_, _, _, _, ..] => Err(PhoneError::InvalidCountryCode),
            _ => Self::new(value(digits)).ok_or(PhoneError::InvalidCountryCode),
        }
    }

    /// The number: 86.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for CallingCode {
    /// [`CallingCode::CHINA`]
    fn default() -> Self {
        Self::CHINA
    }
}

impl fmt::Display for CallingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What kind of line a number is, by libphonenumber's metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneType {
    /// A mobile number.
    Mobile,
    /// A number at a place.
    FixedLine,
    /// One of the two: the country does not tell them apart by number.
    FixedLineOrMobile,
    /// Any other known kind: toll free, premium rate, shared cost, VoIP, personal, pager, company-wide, voicemail.
    Other,
    /// In no assigned range.
    Unknown,
}

impl PhoneType {
    /// The word as it stands in JavaScript: `FIXED_LINE_OR_MOBILE`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "MOBILE",
            Self::FixedLine => "FIXED_LINE",
            Self::FixedLineOrMobile => "FIXED_LINE_OR_MOBILE",
            Self::Other => "OTHER",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// A phone number with libphonenumber's judgement of it.
///
/// Equal numbers are equal values, however they were typed. `Debug` shows the [masked](Self::masked) form, so that a number
/// does not get into a log by accident.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    /// ASCII; zeros behind `length`.
    e164: [u8; MAX_E164],
    length: u8,
    /// Characters in front of the national number, `+` included.
    prefix: u8,
    code: u16,
    region: Option<u8>,
    kind: PhoneType,
}

impl PhoneNumber {
    /// Reads a number as typed; `default_code` is for text without an international prefix.
    ///
    /// The [module](self) says what may be typed.
    ///
    /// # Errors
    ///
    /// Any [`PhoneError`].
    pub fn parse(text: &str, default_code: CallingCode) -> Result<Self, PhoneError> {
        let typed = text::read(text)?;
        let digits = typed.digits.as_slice();
        let read = Self::from_typed(typed.plus, digits, default_code);
        if let (false, [0, 0, rest @ ..]) = (typed.plus, digits)
            && !read.is_ok_and(|number| number.is_valid())
            && let Ok(number) = Self::from_international(rest)
            && number.is_valid()
        {
            return Ok(number);
        }
        read
    }

    /// Reads WeChat's fields `countryCode` and `purePhoneNumber`.
    ///
    /// `purePhoneNumber` is documented as free of the calling code; if it carries one all the same, with or without `+`, it
    /// must be the same one. Spaces and hyphens are passed over, as WeChat does not document its form for foreign numbers.
    ///
    /// # Errors
    ///
    /// [`PhoneError::InvalidCountryCode`] if `country_code` is not a calling code in use, or not the number's own; any
    /// other [`PhoneError`] for the number.
    pub fn from_wechat(country_code: &str, pure_phone_number: &str) -> Result<Self, PhoneError> {
        let code = CallingCode::parse(country_code)?;
        let typed = text::read(pure_phone_number)?;
        let digits = typed.digits.as_slice();
        if !typed.plus {
            // What it is documented to be goes first, whatever else these digits could be read as.
            let literal = Self::from_national(code.0, digits);
            if literal.is_ok_and(|number| number.is_valid()) {
                return literal;
            }
        }
        let number = Self::from_typed(typed.plus, digits, code)?;
        if number.code == code.0 { Ok(number) } else { Err(PhoneError::InvalidCountryCode) }
    }

    /// libphonenumber's way to find the calling code, with the main region of `default_code` as its default region.
    fn from_typed(plus: bool, digits: &[u8], default_code: CallingCode) -> Result<Self, PhoneError> {
        let plan = Plan::of(default_code.0).ok_or(PhoneError::InvalidCountryCode)?;
        if plus {
            match Self::from_international(digits) {
                // `+` may have been put in front of what is dialled: `+00 86 ...`.
                Err(PhoneError::InvalidCountryCode) => {}
                read => return read,
            }
        }
        // A calling code does not begin with 0, so a prefix in front of a 0 is not an international one.
        if let Some(prefix) = plan.international_prefix(digits)
            && let Some(rest) = digits.get(prefix..)
            && rest.first() != Some(&0)
        {
            return Self::from_international(rest);
        }
        if let Some(rest) = strip_calling_code(default_code.0, digits) {
            let mut stripped = Digits::new();
            let rest = strip_national_prefix(plan, rest, &mut stripped)?;
            let before_is_possible = plan.has_general_form(digits);
            if (!before_is_possible && plan.has_general_form(rest)) || plan.is_too_long(digits.len()) {
                return Self::from_national(default_code.0, rest);
            }
        }
        if plus {
            return Err(PhoneError::InvalidCountryCode);
        }
        Self::from_national(default_code.0, digits)
    }

    /// Digits that begin with a calling code.
    fn from_international(digits: &[u8]) -> Result<Self, PhoneError> {
        if digits.len() <= SHORTEST {
            return Err(PhoneError::TooShort);
        }
        if digits[0] != 0 {
            for length in 1..=3 {
                if let Some((code, national)) = digits.split_at_checked(length)
                    && let Some(CallingCode(code)) = CallingCode::new(value(code))
                {
                    return Self::from_national(code, national);
                }
            }
        }
        Err(PhoneError::InvalidCountryCode)
    }

    /// Digits behind a calling code in use, perhaps with a national prefix.
    fn from_national(code: u16, digits: &[u8]) -> Result<Self, PhoneError> {
        let plan = Plan::of(code).ok_or(PhoneError::InvalidCountryCode)?;
        if digits.len() < SHORTEST {
            return Err(PhoneError::TooShort);
        }
        let mut buffer = Digits::new();
        let stripped = strip_national_prefix(plan, digits, &mut buffer)?;
        // What would be left must still be a whole number, or the prefix belongs to a short one.
        let national =
            if plan.is_possible_length(stripped.len()) || plan.is_too_long(stripped.len()) { stripped } else { digits };
        if national.len() > LONGEST {
            return Err(PhoneError::TooLong);
        }
        let judgement = plan.judge(national);
        if judgement.kind == PhoneType::Unknown {
            if plan.is_too_short(national.len()) {
                return Err(PhoneError::TooShort);
            }
            if plan.is_too_long(national.len()) {
                return Err(PhoneError::TooLong);
            }
        }
        let mut number =
            Self { e164: [0; MAX_E164], length: 0, prefix: 0, code, region: judgement.region, kind: judgement.kind };
        number.push(b'+');
        for (power, least) in [(100, 100), (10, 10), (1, 0)] {
            if code >= least {
                number.push(b'0' + (code / power % 10) as u8);
            }
        }
        number.prefix = number.length;
        for digit in national {
            number.push(b'0' + digit);
        }
        Ok(number)
    }

    fn push(&mut self, character: u8) {
        if let Some(place) = self.e164.get_mut(usize::from(self.length)) {
            *place = character;
            self.length += 1;
        }
    }

    /// The E.164 form: `+8613580006666`.
    ///
    /// Of a valid number it is read as the same number again, whatever the default calling code. The exception is libphonenumber's:
    /// numbers of Japan that begin with 003768 are valid, and the same digits are a carrier's prefix, which reading takes off.
    #[must_use]
    pub fn e164(&self) -> &str {
        self.characters(0)
    }

    /// The national significant number: `13580006666`. Leading zeros that belong to it are kept.
    #[must_use]
    pub fn national_number(&self) -> &str {
        self.characters(self.prefix)
    }

    fn characters(&self, from: u8) -> &str {
        let bytes = self.e164.get(usize::from(from)..usize::from(self.length)).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The calling code: 86.
    #[must_use]
    pub const fn calling_code(&self) -> CallingCode {
        CallingCode(self.code)
    }

    /// The calling code as text, without `+`: `86`.
    #[must_use]
    pub fn country_code(&self) -> &str {
        self.e164().get(1..usize::from(self.prefix)).unwrap_or_default()
    }

    /// The region by ISO 3166-1 alpha-2 (and `AC`, `TA`, `XK`, as in libphonenumber), where the number settles it: `CN`.
    ///
    /// A calling code of a single region settles it for invalid numbers too; one of no region (`800`, `870`...) never does.
    #[must_use]
    pub fn region(&self) -> Option<&'static str> {
        ranges::region(self.region?)
    }

    /// What kind of line it is; [`PhoneType::Unknown`] exactly for invalid numbers.
    #[must_use]
    pub const fn kind(&self) -> PhoneType {
        self.kind
    }

    /// Whether the number is in an assigned range. It may be unused all the same.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.kind != PhoneType::Unknown
    }

    /// The number with its middle hidden, safe to show and to log: `+86 135****6666`.
    ///
    /// Of a national number of 11 digits or more, the first 3 and the last 4 are shown. Shorter ones show at most half of
    /// their digits, the greater part of them at the end: 10 digits show 2 and 3, 8 show 2 and 2. Of 4 digits or fewer,
    /// none is shown. Each hidden digit is one `*`.
    #[must_use]
    pub const fn masked(&self) -> Masked {
        Masked(Some(*self))
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PhoneNumber").field(&self.masked()).finish()
    }
}

/// A phone number with digits hidden. `Display` and `Debug` write it; the digits cannot be had back.
#[derive(Clone, Copy)]
pub struct Masked(Option<PhoneNumber>);

impl Masked {
    /// The pieces that `Display` writes, one after the other. `core::fmt` would be a good part of the package's module, so the
    /// bindings use this.
    pub(crate) fn for_each_piece<E>(&self, mut piece: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        let Some(number) = &self.0 else { return piece(ALL_HIDDEN) };
        let national = number.national_number();
        let length = national.len();
        let shown = match length {
            0..=4 => 0,
            5..=10 => length / 2,
            _ => SHOWN_AT_START + SHOWN_AT_END,
        };
        let at_end = shown.div_ceil(2);
        let (start, rest) = national.split_at_checked(shown - at_end).unwrap_or_default();
        let (hidden, end) = rest.split_at_checked(rest.len().saturating_sub(at_end)).unwrap_or_default();
        piece("+")?;
        piece(number.country_code())?;
        piece(" ")?;
        piece(start)?;
        hidden.bytes().try_for_each(|_| piece("*"))?;
        piece(end)
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.for_each_piece(|piece| f.write_str(piece))
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The [masked](PhoneNumber::masked) form of a number as typed; `****` for text that is not a number.
#[must_use]
pub fn mask_text(text: &str, default_code: CallingCode) -> Masked {
    Masked(PhoneNumber::parse(text, default_code).ok())
}

/// The value of up to three digits.
fn value(digits: &[u8]) -> u16 {
    digits.iter().take(3).fold(0, |value, digit| 10 * value + u16::from(*digit))
}

/// The digits behind the calling code, if they begin with it.
fn strip_calling_code(code: u16, digits: &[u8]) -> Option<&[u8]> {
    let length = match code {
        0..10 => 1,
        10..100 => 2,
        _ => 3,
    };
    let (first, rest) = digits.split_at_checked(length)?;
    (value(first) == code).then_some(rest)
}

/// libphonenumber's removal of the national prefix and a carrier code, which must not unmake a number of general form.
fn strip_national_prefix<'a>(plan: Plan, digits: &'a [u8], buffer: &'a mut Digits) -> Result<&'a [u8], PhoneError> {
    let Some(rewriting) = plan.national_prefix(digits) else { return Ok(digits) };
    let (first, second) = rewriting.kept(digits);
    let stripped = if rewriting.literal().next().is_none() && first.is_empty() {
        second
    } else {
        buffer.extend(rewriting.literal())?;
        buffer.extend(first.iter().chain(second).copied())?;
        buffer.as_slice()
    };
    if plan.has_general_form(digits) && !plan.has_general_form(stripped) {
        return Ok(digits);
    }
    Ok(stripped)
}
