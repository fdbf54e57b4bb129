//! File names and extensions that can be part of a storage key.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::text::{has_upper_case, split, split_last, strip_any_case};

/// The longest file name in bytes: what common file systems allow.
const MAX_NAME: usize = 255;

/// The longest extension in bytes.
const MAX_EXTENSION: usize = 8;

/// The segment, percent-decoded once, if it is harmless after that.
pub(super) fn file_name(segment: &str) -> Option<Cow<'_, str>> {
    // Decoding shortens to a third at most, so longer segments need not be decoded.
    if segment.len() > 3 * MAX_NAME {
        return None;
    }
    let decoded = percent_decode(segment)?;
    is_harmless(&decoded).then_some(decoded)
}

/// The extension of a file name, if there is something other than dots before it.
pub(super) fn extension_of<'a>(file_name: &Cow<'a, str>) -> Option<Cow<'a, str>> {
    match file_name {
        Cow::Borrowed(name) => extension_in(name),
        Cow::Owned(name) => extension_in(name).map(|found| Cow::Owned(found.into_owned())),
    }
}

#[inline(never)]
fn extension_in(name: &str) -> Option<Cow<'_, str>> {
    let (stem, end) = split_last(name, b'.')?;
    if has_more_than_dots(stem) { extension(end) } else { None }
}

/// An extension or subtype of a MIME type in lower case, `jpeg` as `jpg`.
pub(super) fn extension(text: &str) -> Option<Cow<'_, str>> {
    if !(1..=MAX_EXTENSION).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    if text.eq_ignore_ascii_case("jpeg") {
        return Some(Cow::Borrowed("jpg"));
    }
    Some(if has_upper_case(text) { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) })
}

/// False for `.` and `..`, also with `%2e` for a dot, as the URL standard reads segments.
#[inline(never)]
pub(super) fn is_no_dot_segment(segment: &str) -> bool {
    let after_dot = |text| strip_any_case(text, "%2e").or_else(|| strip_any_case(text, "."));
    let Some(rest) = after_dot(segment) else { return true };
    !rest.is_empty() && after_dot(rest) != Some("")
}

/// `None` for bytes that are not UTF-8. A `%` without two digits stays, as in the URL standard.
fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    if split(text, b"%").1.is_empty() {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(first),
            },
            _ => bytes.push(first),
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn is_harmless(name: &str) -> bool {
    name.len() <= MAX_NAME
        && has_more_than_dots(name)
        && !name.contains(is_harmful)
        && !name.starts_with(is_space)
        && !name.ends_with(is_space)
}

fn has_more_than_dots(name: &str) -> bool {
    name.bytes().any(|b| b != b'.')
}

/// Separators of paths, drives and streams; what controls rather than shows; and `%`, since a name that still has one would
/// become another name where it is decoded again.
fn is_harmful(c: char) -> bool {
    c.is_control() || matches!(c, '/' | '\\' | ':' | '%') || is_invisible(c)
}

/// Characters of the Unicode category Cf, and the two separators of lines and paragraphs: they reorder, hide or split what a
/// reader sees.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}'
        | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}'..='\u{891}' | '\u{8E2}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E007F}')
}

/// Characters of the Unicode property White_Space that are not controls.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
}
