//! Cutting text at ASCII characters.
//!
//! The standard library's searches are generic and would be compiled anew for each use, and slicing by index brings the
//! formatting of its panics along. These few functions serve the whole module at a fraction of the weight.

use alloc::string::String;

/// What stands before the first of `ends`, and what begins with it. `ends` are ASCII.
#[inline(never)]
pub(super) fn split<'a>(text: &'a str, ends: &[u8]) -> (&'a str, &'a str) {
    let position = match *ends {
        // Most calls, over whole addresses.
        [end] => text.bytes().position(|b| b == end),
        [first, second] => text.bytes().position(|b| b == first || b == second),
        _ => text.bytes().position(|b| ends.contains(&b)),
    };
    position.and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

/// What stands before and after the last `separator`, which is ASCII.
#[inline(never)]
pub(super) fn split_last(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().rposition(|b| b == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Whether all parts between `separator`s pass the test. There is at least one part.
#[inline(never)]
pub(super) fn every(text: &str, separator: u8, test: fn(&str) -> bool) -> bool {
    let mut text = text;
    loop {
        let (part, rest) = split(text, &[separator]);
        if !test(part) {
            return false;
        }
        match rest.get(1..) {
            Some(next) => text = next,
            None => return true,
        }
    }
}

/// What follows `prefix`, which is ASCII, in any case.
#[inline(never)]
pub(super) fn strip_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// What stands between controls and spaces at both ends, as in the URL standard: all of ASCII up to the space.
pub(super) fn trim(text: &str) -> &str {
    let is_content = |b: u8| b > b' ';
    let trimmed = text.bytes().position(is_content).zip(text.bytes().rposition(is_content));
    trimmed.and_then(|(first, last)| text.get(first..=last)).unwrap_or("")
}

/// True for C0 and C1 controls and DEL anywhere in the text.
pub(super) fn has_controls(text: &str) -> bool {
    let mut before = 0;
    text.bytes().any(|b| {
        // C1, U+0080 to U+009F, is 0xC2 and one byte below 0xA0 in UTF-8.
        let is_control = b < b' ' || b == 0x7F || (before == 0xC2 && b < 0xA0);
        before = b;
        is_control
    })
}

pub(super) fn has_upper_case(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_uppercase())
}

/// The path without query and fragment.
pub(super) fn without_query(path: &str) -> &str {
    split(path, b"?#").0
}

/// What follows the last slash; all, without one.
pub(super) fn last_segment(path: &str) -> &str {
    split_last(path, b'/').map_or(path, |(_, last)| last)
}

#[inline(never)]
pub(super) fn join(parts: &[&str]) -> String {
    let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn controls_are_those_of_c0_and_c1() {
        for character in '\0'..='\u{17F}' {
            let text = ['a', character, 'b'].into_iter().collect::<alloc::string::String>();
            assert_eq!(has_controls(&text), character.is_control(), "{character:?}");
        }
    }
}
