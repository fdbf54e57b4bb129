//! Why a text is not a phone number.

use core::fmt;

use crate::error::{Error, ErrorCode, Row};
use crate::rows;

const fn not_a_phone_number(message: &'static str) -> Row {
    Row::new(ErrorCode::InvalidPhoneNumber, message)
}

rows! {
    EMPTY = not_a_phone_number("phone number: expected digits, found an empty text").reason("EMPTY");
    MASKED = not_a_phone_number("phone number: some digits are hidden").reason("MASKED").hint(
        "Base libraries before 1.9.1 gave such numbers, and pages show them: ask WeChat for the number again.",
        "1.9.1 之前的基础库会给出这样的号码，页面上展示的也是：请重新向微信获取号码。",
    );
    NOT_A_NUMBER =
        not_a_phone_number("phone number: expected digits, found something else").reason("NOT_A_NUMBER").hint(
            "WeChat's own fields are purePhoneNumber and countryCode; text may have digits, spaces, hyphens, brackets and one leading +.",
            "微信给出的字段是 purePhoneNumber 与 countryCode；文本中只能有数字、空格、连字符、括号和开头的一个 +。",
        );
    TOO_SHORT =
        not_a_phone_number("phone number: fewer digits than any number of its calling code has").reason("TOO_SHORT");
    TOO_LONG =
        not_a_phone_number("phone number: more digits than any number of its calling code has").reason("TOO_LONG");
    INVALID_COUNTRY_CODE =
        not_a_phone_number("phone number: the calling code is not in use, or not that of the number")
            .reason("INVALID_COUNTRY_CODE")
            .hint(
                "countryCode is a calling code such as 86 or 852, not a region such as CN.",
                "countryCode 是 86、852 这样的国际区号，不是 CN 这样的地区代码。",
            );
}

/// Why text is not a phone number. Never holds any of the text.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneError {
    /// No text, or nothing but white space.
    Empty,
    /// `*`, `x`, `•` or the like in place of digits.
    Masked,
    /// A character that phone numbers do not have, or no digit at all.
    NotANumber,
    /// Fewer digits than any number of its calling code.
    TooShort,
    /// More digits than any number of its calling code, or more text than a phone number has use for.
    TooLong,
    /// The calling code is not in use, or the number carries another one than was said.
    InvalidCountryCode,
}

impl PhoneError {
    /// The stable word: `TOO_SHORT`.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Empty => "EMPTY",
            Self::Masked => "MASKED",
            Self::NotANumber => "NOT_A_NUMBER",
            Self::TooShort => "TOO_SHORT",
            Self::TooLong => "TOO_LONG",
            Self::InvalidCountryCode => "INVALID_COUNTRY_CODE",
        }
    }
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "expected a phone number, found an empty text",
            Self::Masked => "digits of the phone number are hidden",
            Self::NotANumber => "expected a phone number, found other characters or no digits",
            Self::TooShort => "fewer digits than any phone number of its calling code",
            Self::TooLong => "more digits than any phone number of its calling code",
            Self::InvalidCountryCode => "the calling code is not in use, or not the one that was expected",
        })
    }
}

impl core::error::Error for PhoneError {}

impl From<PhoneError> for Error {
    #[cold]
    fn from(error: PhoneError) -> Self {
        Self::new(match error {
            PhoneError::Empty => &EMPTY,
            PhoneError::Masked => &MASKED,
            PhoneError::NotANumber => &NOT_A_NUMBER,
            PhoneError::TooShort => &TOO_SHORT,
            PhoneError::TooLong => &TOO_LONG,
            PhoneError::InvalidCountryCode => &INVALID_COUNTRY_CODE,
        })
    }
}
