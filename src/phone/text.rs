//! Typed text as digits.

use super::PhoneError;

/// Characters of text that are looked at. A phone number has no use for more; libphonenumber draws the same line.
pub(super) const MAX_TEXT: usize = 250;

/// Digits of a typed number: the longest national number (17), a calling code (3) and the longest prefixes in front of them
/// come to less.
pub(super) const MAX_DIGITS: usize = 40;

/// Digits as values from 0 to 9.
#[derive(Clone, Copy)]
pub(super) struct Digits {
    digits: [u8; MAX_DIGITS],
    length: usize,
}

impl Digits {
    pub(super) const fn new() -> Self {
        Self { digits: [0; MAX_DIGITS], length: 0 }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.digits[..self.length]
    }

    /// Adds a digit; the error is that there are too many.
    pub(super) fn push(&mut self, digit: u8) -> Result<(), PhoneError> {
        *self.digits.get_mut(self.length).ok_or(PhoneError::TooLong)? = digit;
        self.length += 1;
        Ok(())
    }

    pub(super) fn extend(&mut self, digits: impl IntoIterator<Item = u8>) -> Result<(), PhoneError> {
        digits.into_iter().try_for_each(|digit| self.push(digit))
    }
}

/// A number as typed.
pub(super) struct Typed {
    /// Whether it begins with `+`.
    pub(super) plus: bool,
    pub(super) digits: Digits,
}

/// What one character is in a phone number.
enum Sign {
    Digit(u8),
    Plus,
    /// Stands in place of a digit that somebody hid.
    Mask,
    Separator,
    Foreign,
}

fn sign(character: char) -> Sign {
    // Called for ten characters from `zero` on, so the lowest byte holds it all.
    let digit = |zero: char| Sign::Digit((u32::from(character) - u32::from(zero)).to_le_bytes()[0]);
    match character {
        '0'..='9' => digit('0'),
        '+' | '\u{FF0B}' => Sign::Plus,
        ' ' | '-' | '(' | ')' | '.' | '/' | '[' | ']' | '~' => Sign::Separator,
        '*' | 'x' | 'X' => Sign::Mask,
        '\0'..='\x7F' => Sign::Foreign,
        // Full width, Arabic-Indic and Extended Arabic-Indic.
        '\u{FF10}'..='\u{FF19}' => digit('\u{FF10}'),
        '\u{0660}'..='\u{0669}' => digit('\u{0660}'),
        '\u{06F0}'..='\u{06F9}' => digit('\u{06F0}'),
        // Asterisk, x and X of full width; bullets, circles and crosses of display masks.
        '\u{FF0A}' | '\u{FF58}' | '\u{FF38}' | '\u{2022}' | '\u{25CF}' | '\u{00D7}' => Sign::Mask,
        // Hyphens, dashes and the minus sign; the long vowel mark and the full-width forms `－．／`.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{FF0D}'..='\u{FF0F}'
        // Spaces, among them those of no width and the soft hyphen.
        | '\u{00A0}' | '\u{00AD}' | '\u{200B}' | '\u{2060}' | '\u{3000}'
        // Brackets of full width; swung dashes.
        | '\u{FF08}' | '\u{FF09}' | '\u{FF3B}' | '\u{FF3D}' | '\u{2053}' | '\u{223C}' | '\u{FF5E}' => Sign::Separator,
        _ => Sign::Foreign,
    }
}

/// What may stand around a copied number and means nothing: white space, and marks of writing direction and width.
fn is_padding(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Reads text of at most [`MAX_TEXT`] characters.
pub(super) fn read(text: &str) -> Result<Typed, PhoneError> {
    // A character takes at most four bytes. (`count` is made for long texts, and half a kilobyte of the module.)
    if text.len() > MAX_TEXT && (text.len() > 4 * MAX_TEXT || text.chars().fold(0, |count, _| count + 1) > MAX_TEXT) {
        return Err(PhoneError::TooLong);
    }
    let text = text.trim_matches(is_padding);
    if text.is_empty() {
        return Err(PhoneError::Empty);
    }
    let mut typed = Typed { plus: false, digits: Digits::new() };
    let (mut masked, mut too_long, mut after_plus) = (false, false, false);
    for character in text.chars() {
        let sign = sign(character);
        let is_plus = matches!(sign, Sign::Plus);
        match sign {
            Sign::Digit(digit) => too_long |= typed.digits.push(digit).is_err(),
            Sign::Mask => masked = true,
            Sign::Separator => {}
            // A repeated `+` is one; anywhere else it does not belong.
            Sign::Plus if !masked && typed.digits.length == 0 && (after_plus || !typed.plus) => typed.plus = true,
            Sign::Plus | Sign::Foreign => return Err(PhoneError::NotANumber),
        }
        after_plus = is_plus;
    }
    if masked {
        Err(PhoneError::Masked)
    } else if too_long {
        Err(PhoneError::TooLong)
    } else if typed.digits.length == 0 {
        Err(PhoneError::NotANumber)
    } else {
        Ok(typed)
    }
}
