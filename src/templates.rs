//! Fast path: byte-exact templates of the JSON that WeChat encrypts.
//!
//! A match gives the watermark, and the offset of every value, so that JavaScript builds the object without `JSON.parse`. Any
//! deviation (another order, an escape, a space, a field more) falls back to json.rs. A template never accepts what the fallback
//! would refuse, and never gives another watermark.
//!
//! `cargo xtask protocol` writes the object literals of pkg-template/core/templates.js from [`TEMPLATES`]. To add a template, add a
//! line there.
//!
//! Source: decrypted texts found in public sources, and WeChat's own sample. WeChat's documentation lists the fields in another order.

use crate::json;
use crate::watermark::Stamp;

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text without escapes, usually short.
    Text,
    /// A text without escapes that is usually longer than a dozen characters: JavaScript reads it by itself.
    LongText,
    /// A whole number of 32 bits.
    Number,
    /// The list of steps, each `{"timestamp":…,"step":…}`. At least one.
    Steps,
}

/// One kind of object: the names in WeChat's order, the watermark, and what follows it.
#[derive(Debug)]
pub struct Template {
    /// Its name in messages of the build.
    pub name: &'static str,
    /// What stands before the watermark.
    pub fields: &'static [(&'static str, Value)],
    /// What stands after it: names and literals.
    pub after: &'static [(&'static str, &'static str)],
    /// The bytes before each value, the two of the watermark included, and what the value is.
    pieces: &'static [Piece],
    /// The bytes after the last value, which is the watermark's appid.
    end: &'static [u8],
}

type Piece = (&'static [u8], Value);

/// The pieces of a template: `$close` is the quote that ends the value before, `$open` what parts a field from the one before it.
macro_rules! pieces {
    ([$($done:tt)*] $close:literal $open:literal;) => {
        &[
            $($done)*
            (concat!($close, ",\"watermark\":{\"timestamp\":").as_bytes(), Value::Number),
            (b",\"appid\":\"", Value::Text),
        ]
    };
    ([$($done:tt)*] $close:literal $open:literal; Number $name:ident, $($rest:tt)*) => {
        pieces!([$($done)* (concat!($close, $open, "\"", stringify!($name), "\":").as_bytes(), Value::Number),] "" ","; $($rest)*)
    };
    ([$($done:tt)*] $close:literal $open:literal; Steps $name:ident, $($rest:tt)*) => {
        pieces!([$($done)* (concat!($close, $open, "\"", stringify!($name), "\":[").as_bytes(), Value::Steps),] "" ","; $($rest)*)
    };
    ([$($done:tt)*] $close:literal $open:literal; $text:ident $name:ident, $($rest:tt)*) => {
        pieces!([$($done)* (concat!($close, $open, "\"", stringify!($name), "\":\"").as_bytes(), Value::$text),] "\"" ","; $($rest)*)
    };
}

macro_rules! templates {
    ($($(#[doc = $doc:literal])* $template:ident { $($kind:ident $name:ident),+ } $(then { $($after:ident: $literal:literal),+ })?;)+) => {
        /// All templates. Those that begin alike stand together: what the one before has matched is not matched again.
        pub const TEMPLATES: &[Template] = &[$(Template {
            name: stringify!($template),
            fields: &[$((stringify!($name), Value::$kind)),+],
            after: &[$($((stringify!($after), stringify!($literal))),+)?],
            pieces: pieces!([] "" "{"; $($kind $name,)+),
            end: concat!("\"}", $($(",\"", stringify!($after), "\":", $literal,)+)? "}").as_bytes(),
        }),+];
    };
}

templates! {
    /// [`getPhoneNumber`](https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/getPhoneNumber.html).
    Phone { Text phoneNumber, Text purePhoneNumber, Text countryCode };
    /// `wx.getUserInfo`; since 2021 with a grey profile in place of the user's own.
    UserInfo {
        LongText openId, Text nickName, Number gender, Text language, Text city, Text province, Text country, LongText avatarUrl
    };
    /// The same where the app is bound to an open platform account.
    UserInfoWithUnionId {
        LongText openId, Text nickName, Number gender, Text language, Text city, Text province, Text country, LongText avatarUrl,
        LongText unionId
    };
    /// `wx.getUserProfile` as it came in 2021.
    UserProfile { Text nickName, Number gender, Text language, Text city, Text province, Text country, LongText avatarUrl };
    /// `wx.getUserProfile` as it comes since 2022.
    UserProfileDemoted { Text nickName, Number gender, Text language, Text city, Text province, Text country, LongText avatarUrl }
        then { is_demote: true };
    /// [`wx.getWeRunData`](https://developers.weixin.qq.com/miniprogram/dev/api/open-api/werun/wx.getWeRunData.html).
    WeRun { Steps stepInfoList };
    /// `wx.getShareInfo`.
    Share { LongText openGId };
    /// `wx.getGroupEnterInfo`.
    Group { LongText opengid };
    /// `wx.getChatToolInfo`.
    ChatTool { LongText opengid, LongText open_single_roomid, LongText group_openid, Number chat_type };
}

/// Whether two texts are the same, at compile time.
const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The most values that a template has, the two of the watermark included.
const MAX_VALUES: usize = {
    let (mut most, mut at) = (0, 0);
    while at < TEMPLATES.len() {
        let pieces = TEMPLATES[at].pieces;
        let mut piece = 0;
        while piece < pieces.len() {
            assert!(pieces[piece].0.len() >= 8, "`skip` compares eight bytes at once");
            piece += 1;
        }
        if piece > most {
            most = piece;
        }
        at += 1;
    }
    most
};

/// How many pieces each template shares with the one before it.
const SHARED: [usize; TEMPLATES.len()] = {
    let mut shared = [0; TEMPLATES.len()];
    let mut at = 1;
    while at < TEMPLATES.len() {
        let (before, here) = (TEMPLATES[at - 1].pieces, TEMPLATES[at].pieces);
        let mut pieces = 0;
        while pieces < before.len()
            && pieces < here.len()
            && same(before[pieces].0, here[pieces].0)
            && before[pieces].1 as u8 == here[pieces].1 as u8
        {
            pieces += 1;
        }
        shared[at] = pieces;
        at += 1;
    }
    shared
};

/// Set in the length of a text that is not all ASCII.
pub const NOT_ASCII: u32 = 1 << 31;

/// Where the values of a text stand in it. JavaScript reads it from memory: pkg-template/core/templates.js.
#[repr(C)]
#[derive(Default)]
pub(crate) struct Offsets {
    /// The matching template's place in [`TEMPLATES`], from 1; 0 without a match.
    template: u32,
    /// Two words a value: offset and length of a text, in bytes; a number and 0; offset and length of the entries of a list of steps.
    words: [[u32; 2]; MAX_VALUES],
}

impl Offsets {
    /// The most bytes that [`write`](Self::write) needs.
    pub(crate) const MAX_BYTES: usize = size_of::<Self>();

    /// Matches a text against the templates and keeps the offsets. The watermark is the one that reading the text as JSON would give.
    pub(crate) fn match_text<'a>(&mut self, text: &'a [u8]) -> Option<Stamp<'a>> {
        // Where each piece starts; the pieces before `matched` have matched.
        let mut starts = [0; MAX_VALUES + 1];
        let mut matched = 0;
        for ((template, shared), number) in TEMPLATES.iter().zip(SHARED).zip(1..) {
            if matched < shared {
                // It fails where the one before it failed.
                continue;
            }
            matched = shared;
            for (piece, words) in template.pieces[shared..].iter().zip(&mut self.words[shared..]) {
                let Some((found, end)) = match_piece(piece, text, starts[matched]) else { break };
                *words = found;
                matched += 1;
                starts[matched] = end;
            }
            if matched == template.pieces.len() && text.get(starts[matched]..)? == template.end {
                let [.., [timestamp, _], appid] = self.words[..matched] else { return None };
                self.template = number;
                return Some(Stamp::of_fields(value_at(text, appid)?, timestamp.into()));
            }
        }
        None
    }

    /// A text value by its name, where a template matched and has it.
    pub(crate) fn text_of<'a>(&self, name: &str, text: &'a [u8]) -> Option<&'a str> {
        let fields = TEMPLATES.get((self.template as usize).checked_sub(1)?)?.fields;
        let at = fields.iter().position(|field| field.0 == name)?;
        matches!(fields[at].1, Value::Text | Value::LongText).then(|| value_at(text, self.words[at]))?
    }

    /// Whether a template matched.
    pub(crate) const fn is_some(&self) -> bool {
        self.template != 0
    }

    /// The address for JavaScript, or 0 without a match.
    pub(crate) fn address(&self) -> usize {
        if self.is_some() { (&raw const *self).expose_provenance() } else { 0 }
    }

    /// Writes the template's number and the words of its values, and returns how many bytes these are.
    pub(crate) fn write(&self, room: &mut [u8]) -> usize {
        let values = match (self.template as usize).checked_sub(1) {
            None => 0,
            Some(at) => TEMPLATES[at].pieces.len(),
        };
        let (room, _) = room.as_chunks_mut();
        let [template, room @ ..] = room else { return 0 };
        *template = self.template.to_le_bytes();
        for (place, word) in room.iter_mut().zip(self.words[..values].as_flattened()) {
            *place = word.to_le_bytes();
        }
        4 + 8 * values
    }

    /// No match. The words no longer count, and are wiped with the rest.
    pub(crate) const fn forget(&mut self) {
        self.template = 0;
    }

    pub(crate) fn wipe(&mut self) {
        *self = Self::default();
    }
}

/// The text that two words stand for.
fn value_at(text: &[u8], [start, len]: [u32; 2]) -> Option<&str> {
    let start = start as usize;
    core::str::from_utf8(text.get(start..start + (len & !NOT_ASCII) as usize)?).ok()
}

/// Matches a piece and the value after it: the value's words, and where the next piece starts.
#[inline(always)]
fn match_piece((before, value): &Piece, text: &[u8], start: usize) -> Option<([u32; 2], usize)> {
    let at = skip(text, start, before)?;
    match value {
        Value::Text | Value::LongText => text_at(text, at),
        Value::Number => number_at(text, at).map(|(number, end)| ([number, 0], end)),
        Value::Steps => steps_at(text, at),
    }
}

/// The place after `piece`, which has to stand at `at`.
#[inline(always)]
fn skip(text: &[u8], at: usize, piece: &[u8]) -> Option<usize> {
    let found = text.get(at..at + piece.len())?;
    // Eight bytes at once; the last eight may overlap those before. A comparison of any length would be a call.
    let (words, _) = found.as_chunks::<8>();
    let (wanted, _) = piece.as_chunks::<8>();
    let ends = (found.last_chunk::<8>()?, piece.last_chunk::<8>()?);
    let same = words.iter().zip(wanted).chain([ends]).all(|(a, b)| u64::from_ne_bytes(*a) == u64::from_ne_bytes(*b));
    same.then_some(at + piece.len())
}

/// A text up to its closing quote, where the next piece starts.
#[inline(always)]
fn text_at(text: &[u8], start: usize) -> Option<([u32; 2], usize)> {
    let (end, is_ascii) = json::plain_run(text, start);
    let value = &text[start..end];
    if !is_ascii && core::str::from_utf8(value).is_err() {
        return None;
    }
    let mark = if is_ascii { 0 } else { NOT_ASCII };
    Some(([u32::try_from(start).ok()?, u32::try_from(value.len()).ok()? | mark], end))
}

/// A number without sign, fraction, exponent and leading zero, and the place after its last digit.
#[inline(always)]
fn number_at(text: &[u8], start: usize) -> Option<(u32, usize)> {
    let digits = text.get(start..)?;
    let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = &digits[..len];
    if len == 0 || len > 10 || (len > 1 && digits.starts_with(b"0")) {
        return None;
    }
    let number = digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
    u32::try_from(number).ok().map(|number| (number, start + len))
}

/// The entries of a list of steps, after its opening bracket, and the place after its closing one.
fn steps_at(text: &[u8], start: usize) -> Option<([u32; 2], usize)> {
    let mut at = start;
    loop {
        at = number_at(text, skip(text, at, b"{\"timestamp\":")?)?.1;
        at = number_at(text, skip(text, at, b",\"step\":")?)?.1;
        let ending = text.get(at..at + 2)?;
        at += 2;
        match ending {
            b"}," => {}
            b"}]" => return Some(([u32::try_from(start).ok()?, u32::try_from(at - 1 - start).ok()?], at)),
            _ => return None,
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use alloc::format;
    use alloc::string::{String, ToString as _};
    use alloc::vec::Vec;

    use proptest::prelude::*;
    use serde_json::Value as Json;

    use super::*;
    use crate::watermark;

    /// A text of a template, with a value for each piece as it stands in the text.
    fn written(template: &Template, values: &[String]) -> String {
        let mut text = Vec::new();
        for ((before, value), written) in template.pieces.iter().zip(values) {
            text.extend_from_slice(before);
            text.extend_from_slice(written.as_bytes());
            if *value == Value::Steps {
                text.push(b']');
            }
        }
        text.extend_from_slice(template.end);
        String::from_utf8(text).unwrap()
    }

    /// The values that the offsets name.
    fn values(offsets: &Offsets, text: &str) -> Vec<String> {
        let template = &TEMPLATES[offsets.template as usize - 1];
        let value = |((_, value), words): (&Piece, &[u32; 2])| match value {
            Value::Number => words[0].to_string(),
            _ => {
                let found = value_at(text.as_bytes(), *words).unwrap();
                assert_eq!(found.is_ascii(), words[1] & NOT_ASCII == 0, "{found}");
                found.into()
            }
        };
        template.pieces.iter().zip(&offsets.words).map(value).collect()
    }

    /// What matches is what JSON has to say; the rest must have been left to json.rs.
    fn matched(text: &str) -> Option<Vec<String>> {
        let mut offsets = Offsets::default();
        let stamp = offsets.match_text(text.as_bytes())?;
        assert_eq!(Ok(stamp), watermark::read(text), "{text}");
        let template = &TEMPLATES[offsets.template as usize - 1];
        let found = values(&offsets, text);
        let mut json: Json = serde_json::from_str(text).unwrap();
        let mut expected = json.as_object_mut().unwrap().clone();
        let plain = |value: Json| value.as_str().map_or_else(|| value.to_string(), Into::into);
        for ((name, value), found) in template.fields.iter().zip(&found) {
            let expected = expected.remove(*name).unwrap();
            match value {
                Value::Steps => {
                    assert_eq!(serde_json::from_str::<Json>(&format!("[{found}]")).unwrap(), expected, "{text}");
                    assert!(!expected.as_array().unwrap().is_empty());
                    // JavaScript counts on every byte.
                    let step =
                        |step: &Json| format!(r#"{{"timestamp":{},"step":{}}}"#, step["timestamp"], step["step"]);
                    let steps: Vec<String> = expected.as_array().unwrap().iter().map(step).collect();
                    assert_eq!(*found, steps.join(","));
                }
                _ => assert_eq!(plain(expected), *found, "{text}"),
            }
        }
        for (name, literal) in template.after {
            assert_eq!(expected.remove(*name).unwrap().to_string(), *literal);
        }
        let [.., timestamp, appid] = &found[..] else { panic!("{found:?}") };
        let stamp = serde_json::json!({ "timestamp": timestamp.parse::<u32>().unwrap(), "appid": appid });
        assert_eq!(Json::Object(expected), serde_json::json!({ "watermark": stamp }), "{text}");
        Some(found)
    }

    fn value(kind: Value) -> BoxedStrategy<String> {
        let number = prop_oneof![any::<u32>().prop_map(|number| number.to_string()), "0|1|2|4294967295"];
        match kind {
            Value::Text | Value::LongText => prop_oneof![
                "[ -!#-\\[\\]-~]{0,30}",
                "[\u{20}\u{21}\u{23}-\u{5b}\u{5d}-\u{10ffff}]{0,12}",
                "[0-9]{0,14}",
                Just("wx4f4bc4dec97d474b".into()),
            ]
            .boxed(),
            Value::Number => number.boxed(),
            Value::Steps => {
                let step = (number.clone(), number)
                    .prop_map(|(time, step)| format!(r#"{{"timestamp":{time},"step":{step}}}"#));
                proptest::collection::vec(step, 1..40).prop_map(|steps| steps.join(",")).boxed()
            }
        }
    }

    /// A template and values for it.
    fn filled() -> impl Strategy<Value = (usize, Vec<String>)> {
        (0..TEMPLATES.len()).prop_flat_map(|at| {
            let values: Vec<_> = TEMPLATES[at].pieces.iter().map(|piece| value(piece.1)).collect();
            (Just(at), values)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn every_text_of_a_template_matches_it((at, values) in filled()) {
            let text = written(&TEMPLATES[at], &values);
            prop_assert_eq!(matched(&text), Some(values));
            let mut offsets = Offsets::default();
            offsets.match_text(text.as_bytes());
            prop_assert_eq!(offsets.template as usize, at + 1);
        }

        /// A byte more, less or other: either nothing matches, or JSON says the same of it.
        #[test]
        fn what_nearly_matches_is_what_json_has(
            (at, values) in filled(),
            place in any::<prop::sample::Index>(),
            length in 0..3_usize,
            other in prop_oneof!["", "[ -~]", "\\PC", "[\u{0}-\u{1f}]", "\\\\", "\"", "0", ",", "\\},\\{", "\\]"],
        ) {
            let mut text = written(&TEMPLATES[at], &values);
            let start = text.floor_char_boundary(place.index(text.len() + 1));
            let end = text.ceil_char_boundary(text.len().min(start + length));
            text.replace_range(start..end, &other);
            matched(&text);
        }
    }

    const STAMP: &str = r#""watermark":{"timestamp":1,"appid":"a"}"#;

    #[test]
    fn steps_are_a_list_that_is_not_empty_with_a_watermark_behind() {
        let step = r#"{"timestamp":1,"step":2}"#;
        for (list, right) in [
            (format!("[{step}]"), true),
            (format!("[{step},{step}]"), true),
            ("[]".into(), false),
            (format!("[{step},]"), false),
            (format!("[{step}{step}]"), false),
            (format!("[{step}"), false),
            (format!("[[{step}]]"), false),
            (r#"[{"step":2,"timestamp":1}]"#.into(), false),
            (r#"[{"timestamp":1,"step":2.5}]"#.into(), false),
            (r#"[{"timestamp":1,"step":-2}]"#.into(), false),
            (r#"[{"timestamp":1,"step":"2"}]"#.into(), false),
            (r#"[{"timestamp":1,"step":2,"a":3}]"#.into(), false),
            (r#"[{"timestamp":1}]"#.into(), false),
        ] {
            let text = format!(r#"{{"stepInfoList":{list},{STAMP}}}"#);
            assert_eq!(matched(&text).is_some(), right, "{text}");
        }
        for text in [format!(r#"{{"stepInfoList":[{step}]}}"#), format!(r#"{{"stepInfoList":[{step}],{STAMP},"a":1}}"#)]
        {
            assert_eq!(matched(&text), None, "{text}");
        }
    }

    #[test]
    fn the_two_profiles_differ_in_what_follows_the_watermark() {
        let profile = r#"{"nickName":"","gender":0,"language":"","city":"","province":"","country":"","avatarUrl":"","#;
        for (after, right) in [
            ("", true),
            (r#","is_demote":true"#, true),
            (r#","is_demote":false"#, false),
            (r#","is_demote":true,"is_demote":true"#, false),
            (r#","a":true"#, false),
        ] {
            let text = format!("{profile}{STAMP}{after}}}");
            assert_eq!(matched(&text).is_some(), right, "{text}");
        }
    }

    #[test]
    fn numbers_have_no_sign_no_leading_zero_and_32_bits() {
        for (number, right) in [
            ("0", true),
            ("4294967295", true),
            ("4294967296", false),
            ("9999999999", false),
            ("10000000000", false),
            ("", false),
            ("-1", false),
            ("01", false),
            ("00", false),
            ("1.0", false),
            ("1e3", false),
            (" 1", false),
            ("null", false),
        ] {
            let text = written(&TEMPLATES[0], &["", "", "", number, ""].map(String::from));
            assert_eq!(Offsets::default().match_text(text.as_bytes()).is_some(), right, "{number}");
            assert!(!right || matched(&text).is_some());
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_match_nothing() {
        let text = written(&TEMPLATES[0], &["", "", "", "1", ""].map(String::from));
        for place in 0..=text.len() {
            for bytes in [&[0xFF][..], &[0xC3], &[0xED, 0xA0, 0x80], &[0xF4, 0x90, 0x80, 0x80]] {
                let (before, after) = text.as_bytes().split_at(place);
                assert!(Offsets::default().match_text(&[before, bytes, after].concat()).is_none(), "{place}");
            }
        }
    }

    #[test]
    fn values_are_found_by_their_names() {
        let values = ["1", "2", "86", "3", "wx"].map(String::from);
        let text = written(&TEMPLATES[0], &values);
        let mut offsets = Offsets::default();
        assert_eq!(offsets.text_of("countryCode", text.as_bytes()), None);
        offsets.match_text(text.as_bytes()).unwrap();
        assert_eq!(offsets.text_of("countryCode", text.as_bytes()), Some("86"));
        assert_eq!(offsets.text_of("nickName", text.as_bytes()), None);
        let text = format!(r#"{{"stepInfoList":[{{"timestamp":1,"step":2}}],{STAMP}}}"#);
        offsets.match_text(text.as_bytes()).unwrap();
        assert_eq!(offsets.text_of("stepInfoList", text.as_bytes()), None);
    }

    #[test]
    fn what_is_written_are_the_words_of_the_template() {
        for (template, number) in TEMPLATES.iter().zip(1..) {
            let value = |piece: &Piece| match piece.1 {
                Value::Steps => r#"{"timestamp":7,"step":7}"#.into(),
                _ => "7".into(),
            };
            let values: Vec<String> = template.pieces.iter().map(value).collect();
            let text = written(template, &values);
            let mut offsets = Offsets::default();
            assert!(offsets.match_text(text.as_bytes()).is_some(), "{text}");
            assert!(offsets.is_some());
            assert_eq!(offsets.address(), (&raw const offsets).addr());
            let mut room = [0xA5; Offsets::MAX_BYTES + 4];
            let len = offsets.write(&mut room);
            assert_eq!(len, 4 + 8 * template.pieces.len());
            let words: Vec<u32> = room[..len].as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
            assert_eq!(words[0], number);
            assert_eq!(words[1..], *offsets.words[..template.pieces.len()].as_flattened());
            assert!(room[len..].iter().all(|byte| *byte == 0xA5));
            offsets.forget();
            assert_eq!((offsets.is_some(), offsets.address(), offsets.write(&mut room)), (false, 0, 4));
            offsets.wipe();
            assert_eq!(offsets.words, Offsets::default().words);
        }
    }
}
