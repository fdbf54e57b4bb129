//! JSON, as far as this package needs it: is a text one JSON value, and which fields does it have if that is an object?
//!
//! Accepts what `JSON.parse` accepts (RFC 8259, of a text that is valid UTF-8) and nothing else, and gives every field as it stands
//! in the text. Values are not interpreted unless asked for: lone surrogates and numbers out of range pass through. Cost is linear.
//! Depth costs a bit for each level and no stack.
//!
//! # Why not serde_json
//! It was measured twice, the second time with a visitor that looks for the fields of a watermark alone (serde_json 1.0.154):
//!
//! | | this file | serde_json |
//! |---|---|---|
//! | modern module, gzip | 87.9 KB | 103.5 KB |
//! | a profile with its fields in another order, in that module on Node 20 | 2.8 µs | 2.9 µs |
//! | a phone number likewise | 1.9 µs | 2.0 µs |
//! | 45 KB of nested lists | 224 µs | 223 µs |
//! | module for API security, gzip, either with crate `base64` | 72.8 KB | 90.1 KB |
//!
//! Size decides: it brings `core::fmt` and a parser of floating-point numbers. It is the oracle of the tests here.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// What a JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    Text,
    Number,
    /// `true`, `false` or `null`.
    Literal,
}

/// A text in the JSON: what stands between its quotes.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a> {
    inner: &'a [u8],
    escaped: bool,
}

/// Reads one value that is the whole text, or gives `None` where the text is no JSON. If the value is an object, `on_field` is
/// called with the key and the value of each field in turn; a caller that gets `None` must forget what it was called with.
pub(crate) fn scan<'a>(text: &'a [u8], on_field: &mut dyn FnMut(Quoted<'a>, &'a [u8])) -> Option<Kind> {
    let mut cursor = Cursor { text, at: 0 };
    let mut containers = Containers::default();
    let mut key = Quoted { inner: &[], escaped: false };
    let mut start = 0;
    cursor.skip_space();
    let kind = match cursor.peek()? {
        b'{' => Kind::Object,
        b'[' => Kind::Array,
        b'"' => Kind::Text,
        b'-' | b'0'..=b'9' => Kind::Number,
        _ => Kind::Literal,
    };
    loop {
        // A value begins here.
        if containers.depth == 1 {
            start = cursor.at;
        }
        let empty = match cursor.next()? {
            b'{' => {
                containers.enter(true);
                cursor.skip_space();
                match cursor.peek()? {
                    b'}' => true,
                    _ => {
                        let inner = cursor.key()?;
                        if containers.depth == 1 {
                            key = inner;
                        }
                        continue;
                    }
                }
            }
            b'[' => {
                containers.enter(false);
                cursor.skip_space();
                match cursor.peek()? {
                    b']' => true,
                    _ => continue,
                }
            }
            b'"' => {
                cursor.quoted()?;
                false
            }
            b'-' => {
                let first = cursor.next()?;
                cursor.number(first)?;
                false
            }
            first @ b'0'..=b'9' => {
                cursor.number(first)?;
                false
            }
            b't' => cursor.literal(b"rue")?,
            b'f' => cursor.literal(b"alse")?,
            b'n' => cursor.literal(b"ull")?,
            _ => return None,
        };
        if empty {
            cursor.at += 1;
            containers.leave();
        }
        // A value ended here, and with it perhaps those that it is the end of.
        loop {
            let Some(in_object) = containers.innermost() else {
                cursor.skip_space();
                return (cursor.at == text.len()).then_some(kind);
            };
            if in_object && containers.depth == 1 {
                on_field(key, &text[start..cursor.at]);
            }
            cursor.skip_space();
            match cursor.next()? {
                b',' => {
                    cursor.skip_space();
                    if in_object {
                        let inner = cursor.key()?;
                        if containers.depth == 1 {
                            key = inner;
                        }
                    }
                    break;
                }
                b'}' if in_object => containers.leave(),
                b']' if !in_object => containers.leave(),
                _ => return None,
            }
        }
    }
}

/// The same for a text that has to be an object.
pub fn scan_object<'a>(text: &'a [u8], on_field: &mut dyn FnMut(Quoted<'a>, &'a [u8])) -> Option<()> {
    (scan(text, on_field)? == Kind::Object).then_some(())
}

impl<'a> Quoted<'a> {
    /// The text that a field's value is, or `None` if it is not a text.
    pub fn of(value: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor { text: value, at: 0 };
        if cursor.next()? == b'"' { cursor.quoted() } else { None }
    }

    /// Is it this word, which has neither quotes nor backslashes in it?
    pub fn is(self, word: &str) -> bool {
        if self.escaped { self.unescaped().is_some_and(|text| text == word) } else { self.inner == word.as_bytes() }
    }

    /// The text itself, or `None` if it holds half of a surrogate pair, for which Rust has no text.
    pub fn unescaped(self) -> Option<Cow<'a, str>> {
        self.unescape(None)
    }

    /// The text itself, with U+FFFD for half of a surrogate pair, as JavaScript's encoders have it.
    pub fn unescaped_lossy(self) -> Cow<'a, str> {
        self.unescape(Some(char::REPLACEMENT_CHARACTER)).unwrap_or_default()
    }

    /// `lone` stands for half of a surrogate pair.
    fn unescape(self, lone: Option<char>) -> Option<Cow<'a, str>> {
        if !self.escaped {
            return core::str::from_utf8(self.inner).ok().map(Cow::Borrowed);
        }
        // No escape is shorter than what it stands for.
        let mut text = Vec::with_capacity(self.inner.len());
        let mut rest = self.inner;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            if *byte != b'\\' {
                text.push(*byte);
                continue;
            }
            let (escape, after) = rest.split_first()?;
            rest = after;
            text.push(match escape {
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'u' => {
                    text.extend_from_slice(code_point(&mut rest, lone)?.encode_utf8(&mut [0; 4]).as_bytes());
                    continue;
                }
                itself => *itself,
            });
        }
        String::from_utf8(text).ok().map(Cow::Owned)
    }
}

/// The character that a `\u` escape stands for, or two of them that are a pair, after the first `\u`.
fn code_point(rest: &mut &[u8], lone: Option<char>) -> Option<char> {
    let unit = code_unit(rest)?;
    if !(0xD800..0xDC00).contains(&unit) {
        return char::from_u32(unit).or(lone);
    }
    let mut after = rest.strip_prefix(b"\\u").unwrap_or_default();
    match code_unit(&mut after) {
        Some(low) if low & 0xFC00 == 0xDC00 => {
            *rest = after;
            char::from_u32(0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF))
        }
        _ => lone,
    }
}

/// Four hexadecimal digits.
fn code_unit(rest: &mut &[u8]) -> Option<u32> {
    let (digits, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    digits.iter().try_fold(0, |unit, digit| Some(16 * unit + char::from(*digit).to_digit(16)?))
}

/// The integer that a field's value is, or `None` for anything else: a fraction, an exponent, `-0`, more than 15 digits.
///
/// Fifteen digits fit in an `f64` as they are, so JavaScript sees the same number.
pub fn integer_of(value: &[u8]) -> Option<i64> {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    if !matches!(digits.len(), 1..=15) || !digits.iter().all(u8::is_ascii_digit) || value == b"-0" {
        return None;
    }
    let number = digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    Some(if digits.len() == value.len() { number } else { -number })
}

/// Index of the first byte at or after `from` that JSON must escape (a quote, a backslash, a control character), and whether all bytes
/// before it are ASCII.
#[inline(always)]
pub(crate) fn plain_run(text: &[u8], from: usize) -> (usize, bool) {
    let (mut at, mut seen) = (from, 0);
    while let Some((word, _)) = text.get(at..).and_then(|rest| rest.split_first_chunk()) {
        let word = u64::from_le_bytes(*word);
        // The high bit of each byte says whether it is zero, or below 0x20; it is right up to the first byte where it is set.
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5C)) | control) & HIGH_BITS;
        if found != 0 {
            let before = (found & found.wrapping_neg()) - 1;
            return (at + found.trailing_zeros() as usize / 8, (seen | word & before) & HIGH_BITS == 0);
        }
        seen |= word;
        at += 8;
    }
    while let Some(byte) = text.get(at).filter(|byte| !matches!(byte, 0..=0x1F | b'"' | b'\\')) {
        seen |= u64::from(*byte);
        at += 1;
    }
    (at, seen & HIGH_BITS == 0)
}

/// A place in the text.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

const ONES: u64 = u64::MAX / 255;
const HIGH_BITS: u64 = ONES << 7;

impl<'a> Cursor<'a> {
    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    #[inline(always)]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// A key and the colon after it, with the space around that.
    #[inline(always)]
    fn key(&mut self) -> Option<Quoted<'a>> {
        if self.next()? != b'"' {
            return None;
        }
        let key = self.quoted()?;
        self.skip_space();
        if self.next()? != b':' {
            return None;
        }
        self.skip_space();
        Some(key)
    }

    /// A text, after its first quote.
    fn quoted(&mut self) -> Option<Quoted<'a>> {
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at = plain_run(self.text, self.at).0;
            match self.next()? {
                b'"' => return Some(Quoted { inner: &self.text[start..self.at - 1], escaped }),
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                0..=0x1F => return None,
                _ => {}
            }
        }
    }

    /// What follows a backslash.
    #[cold]
    fn escape(&mut self) -> Option<()> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                let digits = self.text.get(self.at..self.at + 4)?;
                self.at += 4;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(())
            }
            _ => None,
        }
    }

    /// A number, whose sign and first digit have been passed.
    #[inline(always)]
    fn number(&mut self, first: u8) -> Option<()> {
        match first {
            b'0' => {}
            b'1'..=b'9' => self.skip_digits(),
            _ => return None,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    /// One digit and those after it.
    fn digits(&mut self) -> Option<()> {
        self.next()?.is_ascii_digit().then(|| self.skip_digits())
    }

    #[inline(always)]
    fn skip_digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// The rest of a word. It is no container, so no empty one.
    fn literal(&mut self, rest: &[u8]) -> Option<bool> {
        if !self.text.get(self.at..)?.starts_with(rest) {
            return None;
        }
        self.at += rest.len();
        Some(false)
    }
}

/// Which containers the cursor is in: a bit for each, set for objects.
#[derive(Default)]
struct Containers {
    depth: usize,
    /// The last 64, at most; those before them by 64.
    last: u64,
    before: Vec<u64>,
}

impl Containers {
    #[inline(always)]
    fn enter(&mut self, object: bool) {
        if self.depth.is_multiple_of(64) && self.depth != 0 {
            self.before.push(self.last);
        }
        self.last = self.last << 1 | u64::from(object);
        self.depth += 1;
    }

    #[inline(always)]
    fn leave(&mut self) {
        self.last >>= 1;
        self.depth -= 1;
        if self.depth.is_multiple_of(64) && self.depth != 0 {
            self.last = self.before.pop().unwrap_or(0);
        }
    }

    #[inline(always)]
    const fn innermost(&self) -> Option<bool> {
        if self.depth == 0 { None } else { Some(self.last & 1 == 1) }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;
    #[cfg(not(target_arch = "wasm32"))]
    use {alloc::collections::BTreeMap, proptest::prelude::*, serde_json::value::RawValue};

    use super::*;

    /// Fields at the top level, as they stand in the text.
    fn fields(text: &str) -> Option<(Kind, Vec<(&str, &str)>)> {
        let mut fields = Vec::new();
        let utf8 = |bytes| core::str::from_utf8(bytes).unwrap();
        let kind = scan(text.as_bytes(), &mut |key, value| fields.push((utf8(key.inner), utf8(value))))?;
        Some((kind, fields))
    }

    #[test]
    fn fields_are_given_as_they_stand_in_the_text() {
        let text = r#" { "a" : 1 , "b\u0041":[{"c":{}},[ ]] ,"": "x\"}" , "d":null,"e":{} } "#;
        let expected =
            alloc::vec![("a", "1"), ("b\\u0041", r#"[{"c":{}},[ ]]"#), ("", r#""x\"}""#), ("d", "null"), ("e", "{}"),];
        assert_eq!(fields(text), Some((Kind::Object, expected)));
        assert_eq!(fields("{}"), Some((Kind::Object, Vec::new())));
        assert_eq!(fields(r#"[{"a":1}]"#), Some((Kind::Array, Vec::new())));
        assert_eq!(fields(r#""a""#), Some((Kind::Text, Vec::new())));
        assert_eq!(fields("-0"), Some((Kind::Number, Vec::new())));
        assert_eq!(fields("true"), Some((Kind::Literal, Vec::new())));
    }

    #[test]
    fn containers_close_in_the_order_in_which_they_opened_at_any_depth() {
        for depth in [1, 2, 63, 64, 65, 66, 127, 128, 129, 1000] {
            // Objects where the bits of a number say so.
            let object = |level: usize| (0xB5A3_96C1_u64.rotate_left(u32::try_from(level).unwrap()) & 1) == 1;
            let mut text = String::new();
            (0..depth).for_each(|level| text.push_str(if object(level) { "{\"\":" } else { "[" }));
            text.push('0');
            let mut right = text.clone();
            (0..depth).rev().for_each(|level| right.push(if object(level) { '}' } else { ']' }));
            assert!(scan(right.as_bytes(), &mut |_, _| {}).is_some(), "{depth}");
            for wrong in 0..depth {
                let mut text = text.clone();
                (0..depth).rev().for_each(|level| text.push(if object(level) == (level != wrong) { '}' } else { ']' }));
                assert!(scan(text.as_bytes(), &mut |_, _| {}).is_none(), "{depth}, {wrong}");
            }
        }
    }

    #[test]
    fn escapes_are_resolved_and_halves_of_pairs_have_no_text() {
        let unescaped = |value: &str| Quoted::of(value.as_bytes()).and_then(Quoted::unescaped).map(Cow::into_owned);
        for (value, text) in [
            (r#""""#, Some("")),
            (r#""wx""#, Some("wx")),
            (r#""\u0077x""#, Some("wx")),
            (r#""\"\\\/\b\f\n\r\t""#, Some("\"\\/\u{8}\u{c}\n\r\t")),
            (r#""\\u0041""#, Some("\\u0041")),
            (r#""\ud83d\udC4a!""#, Some("\u{1f44a}!")),
            (r#""微\u4fe1""#, Some("微信")),
            (r#""\ud83d""#, None),
            (r#""\ud83dx""#, None),
            (r#""\ud83d\u0041""#, None),
            (r#""\ud83d\ud83d\udc4a""#, None),
            (r#""\udc4a\ud83d""#, None),
            ("1", None),
        ] {
            assert_eq!(unescaped(value).as_deref(), text, "{value}");
        }
        assert!(Quoted::of(br#""\u0077\u0078""#).is_some_and(|text| text.is("wx")));
        assert!(!Quoted::of(br#""\ud83d""#).is_some_and(|text| text.is("")));
    }

    #[test]
    fn a_run_ends_at_the_first_byte_that_no_text_holds_as_it_is() {
        let cases: [(&[u8], usize, (usize, bool)); 12] = [
            (b"", 0, (0, true)),
            (b"abc", 0, (3, true)),
            (b"abc\"", 0, (3, true)),
            (b"abcdefgh\\", 0, (8, true)),
            (b"abcdefghijk\n", 0, (11, true)),
            (b"\"abcdefgh\"", 1, (9, true)),
            (b"\x7F \x1Fabcde", 0, (2, true)),
            (b"ab\"\xC3\xA9xxx", 0, (2, true)),
            (b"a\xC3\xA9\"xxxx", 0, (3, false)),
            (b"\xC3\xA9abcdef\xC3\xA9abc\"xx", 0, (13, false)),
            (b"\xC3\xA9abcdef\xC3\xA9\"", 0, (10, false)),
            (b"abcdefgh\xC3\xA9", 0, (10, false)),
        ];
        for (text, from, expected) in cases {
            assert_eq!(plain_run(text, from), expected, "{text:?}");
        }
    }

    #[test]
    fn integers_have_at_most_15_digits_and_one_spelling() {
        for (text, number) in [
            ("0", 0),
            ("7", 7),
            ("-1", -1),
            ("1477314187", 1_477_314_187),
            ("999999999999999", 999_999_999_999_999),
            ("-999999999999999", -999_999_999_999_999),
        ] {
            assert_eq!(integer_of(text.as_bytes()), Some(number), "{text}");
        }
        for text in [
            "",
            "-",
            "-0",
            "1000000000000000",
            "-1000000000000000",
            "1.0",
            "0.5",
            "1e3",
            "1E3",
            "\"1\"",
            "true",
            "{}",
            "[1]",
        ] {
            assert_eq!(integer_of(text.as_bytes()), None, "{text}");
        }
    }

    /// What is no JSON, or may not be.
    #[cfg(not(target_arch = "wasm32"))]
    fn nearly_json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".into()),
            Just("true".into()),
            Just("false".into()),
            "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?",
            "\"([a-z微 👊]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4}){0,20}\"",
        ];
        let value = leaf.prop_recursive(6, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5)
                    .prop_map(|items| alloc::format!("[{}]", items.join(", "))),
                proptest::collection::vec(("\"[a-z]{0,9}\"", inner), 0..5).prop_map(|fields| {
                    let fields: Vec<_> = fields.iter().map(|(key, value)| alloc::format!("{key} :{value}")).collect();
                    alloc::format!("{{{}}}", fields.join(","))
                }),
            ]
        });
        let damage =
            proptest::option::of((any::<prop::sample::Index>(), "[\\[\\]{}\",:0-9eE.+\\\\ \\x00-\\x1f\\-a-z]?"));
        (value, damage).prop_map(|(mut text, damage)| {
            if let Some((at, with)) = damage {
                let places: Vec<_> = text.char_indices().collect();
                let (start, character) = places[at.index(places.len())];
                text.replace_range(start..start + character.len_utf8(), &with);
            }
            text
        })
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30_000))]

        /// serde_json says the same of what is JSON, and where the fields are.
        #[test]
        fn agrees_with_serde_json(text in nearly_json()) {
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(scan(text.as_bytes(), &mut |_, _| {}).is_some(), theirs, "{}", text);
            if let Some((Kind::Object, fields)) = fields(&text) {
                // Fails where half of a surrogate pair is in a key.
                let Ok(theirs) = serde_json::from_str::<BTreeMap<String, &RawValue>>(&text) else { return Ok(()) };
                let quoted = |key: &str| Quoted { inner: key.as_bytes(), escaped: key.contains('\\') }.unescaped().map(Cow::into_owned);
                let ours: BTreeMap<_, _> = fields.into_iter().filter_map(|(key, value)| Some((quoted(key)?, value))).collect();
                let theirs: BTreeMap<_, _> = theirs.into_iter().map(|(key, value)| (key, value.get())).collect();
                prop_assert_eq!(ours, theirs);
            }
        }

        /// Texts that serde_json has a value for come out as that value.
        #[test]
        fn texts_are_those_of_serde_json(value in "\"([a-z微 👊]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4}|\\\\ud83d\\\\udc4a){0,20}\"") {
            let ours = Quoted::of(value.as_bytes()).and_then(Quoted::unescaped);
            let theirs = serde_json::from_str::<String>(&value).ok();
            prop_assert_eq!(ours.as_deref(), theirs.as_deref());
        }
    }
}
