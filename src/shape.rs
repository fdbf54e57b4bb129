//! The shapes in which WeChat sends phone numbers, profiles and steps, recognised as a whole.
//!
//! That takes a third of the time that reading them as any JSON does, and tells where each value lies, so that the glue can make
//! the object of them without reading the text a second time. What differs by a byte, in its order, by an escape or by a space,
//! is no such shape, and is read as any JSON: these are a shortcut, and accept nothing that the long way would not.
//!
//! Source: real payloads, WeChat's own sample among them. Its documentation lists the fields in another order.

use crate::json;
use crate::watermark::Stamp;

/// What stands before a value, the keys with all that surrounds them, and what the value is.
type Piece = (&'static [u8], Value);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    /// Without escapes.
    Text,
    /// A whole number of 32 bits.
    Number,
}

/// Of [`wx.getPhoneNumber`](https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/getPhoneNumber.html).
const PHONE: [Piece; 5] = [
    (b"{\"phoneNumber\":\"", Value::Text),
    (b"\",\"purePhoneNumber\":\"", Value::Text),
    (b"\",\"countryCode\":\"", Value::Text),
    TIMESTAMP,
    APPID,
];

/// Of `wx.getUserInfo` and `wx.getUserProfile`, where the app is bound to an open platform account.
const USER_OF_PLATFORM: [Piece; 11] = [
    OPEN_ID,
    (b"\",\"nickName\":\"", Value::Text),
    (b"\",\"gender\":", Value::Number),
    (b",\"language\":\"", Value::Text),
    (b"\",\"city\":\"", Value::Text),
    (b"\",\"province\":\"", Value::Text),
    (b"\",\"country\":\"", Value::Text),
    (b"\",\"avatarUrl\":\"", Value::Text),
    (b"\",\"unionId\":\"", Value::Text),
    TIMESTAMP,
    APPID,
];

/// The same where it is not.
const USER: [Piece; 10] = {
    let [a, b, c, d, e, f, g, h, _, ..] = USER_OF_PLATFORM;
    [a, b, c, d, e, f, g, h, TIMESTAMP, APPID]
};

/// Of [`wx.getWeRunData`](https://developers.weixin.qq.com/miniprogram/dev/api/open-api/werun/wx.getWeRunData.html): what stands before
/// the list, what each of its entries is and ends with, and what comes after it.
const STEPS: &[u8] = b"{\"stepInfoList\":[";
const STEP: [Piece; 2] = [(b"{\"timestamp\":", Value::Number), (b",\"step\":", Value::Number)];
const NEXT_STEP: [u8; 2] = *b"},";
const LAST_STEP: [u8; 2] = *b"}]";
const AFTER_STEPS: [Piece; 2] = [(b",\"watermark\":{\"timestamp\":", Value::Number), APPID];

const OPEN_ID: Piece = (b"{\"openId\":\"", Value::Text);
const TIMESTAMP: Piece = (b"\",\"watermark\":{\"timestamp\":", Value::Number);
const APPID: Piece = (b",\"appid\":\"", Value::Text);

/// What stands after the last value.
const END: &[u8] = b"\"}}";

/// In the second word of a text that is not all ASCII.
const NOT_ASCII: u32 = 1 << 31;

/// Where the values of a text lie in it. As the glue reads it: pkg-template/core/shapes.js.
#[repr(C)]
#[derive(Default)]
pub(crate) struct Layout {
    /// 0 no shape at all, 1 phone number, 2 profile, 3 profile with unionId, 4 steps.
    shape: u32,
    /// Two for each value: of a text where it begins, and its length, both in bytes; of a number what it is. The entries of the list of
    /// steps are one value, as they stand in the text, between the brackets.
    words: [[u32; 2]; USER_OF_PLATFORM.len()],
}

impl Layout {
    /// The most bytes of its numbers.
    pub(crate) const MAX_BYTES: usize = size_of::<Self>();

    /// Recognises a text, or leaves that there is none. The watermark is what reading it as JSON would give.
    pub(crate) fn recognise<'a>(&mut self, text: &'a [u8]) -> Option<Stamp<'a>> {
        if text.starts_with(OPEN_ID.0) {
            self.fill(3, &USER_OF_PLATFORM, text).or_else(|| self.fill(2, &USER, text))
        } else if text.starts_with(STEPS) {
            self.fill_steps(text)
        } else {
            self.fill(1, &PHONE, text)
        }
    }

    fn fill<'a>(&mut self, shape: u32, pieces: &[Piece], text: &'a [u8]) -> Option<Stamp<'a>> {
        let end = fill(&mut self.words, pieces, text, 0)?;
        self.finish(shape, pieces.len(), text, end)
    }

    fn fill_steps<'a>(&mut self, text: &'a [u8]) -> Option<Stamp<'a>> {
        let [list, words @ ..] = &mut self.words;
        let mut end = STEPS.len();
        loop {
            end = fill(words, &STEP, text, end)?;
            let ending = text.get(end..)?.first_chunk()?;
            if *ending != NEXT_STEP && *ending != LAST_STEP {
                return None;
            }
            end += ending.len();
            if *ending == LAST_STEP {
                break;
            }
        }
        let start = u32::try_from(STEPS.len()).ok()?;
        *list = [start, u32::try_from(end - 1).ok()? - start];
        end = fill(words, &AFTER_STEPS, text, end)?;
        self.finish(4, 1 + AFTER_STEPS.len(), text, end)
    }

    /// After the last value, which is the appid, as the one before it is the time.
    fn finish<'a>(&mut self, shape: u32, values: usize, text: &'a [u8], end: usize) -> Option<Stamp<'a>> {
        if text.get(end..)? != END {
            return None;
        }
        let [.., [timestamp, _], [appid, appid_len]] = self.words[..values] else { return None };
        let appid = appid as usize;
        let appid = core::str::from_utf8(&text[appid..appid + (appid_len & !NOT_ASCII) as usize]).ok()?;
        self.shape = shape;
        Some(Stamp::of_fields(appid, timestamp.into()))
    }

    /// Its address, or 0 if it has no shape: for the glue.
    pub(crate) fn address(&self) -> usize {
        if self.shape == 0 { 0 } else { (&raw const *self).expose_provenance() }
    }

    /// Writes what it has of its shape, and how many bytes that are.
    pub(crate) fn write(&self, room: &mut [u8]) -> usize {
        let values = [0, PHONE.len(), USER.len(), USER_OF_PLATFORM.len(), 1 + AFTER_STEPS.len()][self.shape as usize];
        let (room, _) = room.as_chunks_mut();
        let [shape, room @ ..] = room else { return 0 };
        *shape = self.shape.to_le_bytes();
        for (place, word) in room.iter_mut().zip(self.words[..values].as_flattened()) {
            *place = word.to_le_bytes();
        }
        4 + 8 * values
    }

    /// No shape; what its words were counts no more, and is wiped with the rest.
    pub(crate) const fn forget(&mut self) {
        self.shape = 0;
    }

    pub(crate) fn wipe(&mut self) {
        *self = Self::default();
    }
}

/// Reads pieces from a place on, and tells the place after them.
fn fill(words: &mut [[u32; 2]], pieces: &[Piece], text: &[u8], mut at: usize) -> Option<usize> {
    for ((before, value), words) in pieces.iter().zip(words) {
        at = after(text, at, before)?;
        *words = match value {
            Value::Text => text_at(text, &mut at)?,
            Value::Number => [number_at(text, &mut at)?, 0],
        };
    }
    Some(at)
}

/// The place after what has to stand at this one.
#[inline(always)]
fn after(text: &[u8], at: usize, before: &[u8]) -> Option<usize> {
    let found = text.get(at..at + before.len())?;
    // Eight bytes at once, the last of which may have been among those before: a comparison of any length is a call.
    let (words, _) = found.as_chunks::<8>();
    let (wanted, _) = before.as_chunks::<8>();
    let ends = (found.last_chunk::<8>()?, before.last_chunk::<8>()?);
    let same = words.iter().zip(wanted).chain([ends]).all(|(a, b)| u64::from_ne_bytes(*a) == u64::from_ne_bytes(*b));
    same.then_some(at + before.len())
}

/// A text from this place to its last quote, to which `at` is moved.
#[inline(always)]
fn text_at(text: &[u8], at: &mut usize) -> Option<[u32; 2]> {
    let start = *at;
    let (end, is_ascii) = json::plain_run(text, start);
    let value = &text[start..end];
    *at = end;
    let mark = if is_ascii { 0 } else { NOT_ASCII };
    if !is_ascii && core::str::from_utf8(value).is_err() {
        return None;
    }
    Some([u32::try_from(start).ok()?, u32::try_from(value.len()).ok()? | mark])
}

/// A number from this place to its last digit, beyond which `at` is moved.
#[inline(always)]
fn number_at(text: &[u8], at: &mut usize) -> Option<u32> {
    let digits = text.get(*at..)?;
    let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = &digits[..len];
    if len > 10 || (len > 1 && digits.starts_with(b"0")) {
        return None;
    }
    *at += len;
    let number = digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
    (len > 0).then(|| u32::try_from(number).ok())?
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use alloc::string::{String, ToString as _};
    use alloc::vec::Vec;

    use proptest::prelude::*;
    use serde_json::Value as Json;

    use super::*;
    use crate::watermark;

    const SHAPES: [&[Piece]; 3] = [&PHONE, &USER, &USER_OF_PLATFORM];

    /// A text of a shape, with a value for each of its pieces as it stands in the text.
    fn written(pieces: &[Piece], values: &[String]) -> String {
        let mut text = Vec::new();
        for ((before, _), value) in pieces.iter().zip(values) {
            text.extend_from_slice(before);
            text.extend_from_slice(value.as_bytes());
        }
        text.extend_from_slice(END);
        String::from_utf8(text).unwrap()
    }

    /// The values that a layout names, which stand in the text at its places.
    fn values(layout: &Layout, pieces: &[Piece], text: &str) -> Vec<String> {
        let value = |((_, kind), [a, b]): (&Piece, &[u32; 2])| match kind {
            Value::Number => a.to_string(),
            Value::Text => {
                let (start, len) = (*a as usize, (b & !NOT_ASCII) as usize);
                let value = &text[start..start + len];
                assert_eq!(value.is_ascii(), b & NOT_ASCII == 0, "{value}");
                value.to_string()
            }
        };
        pieces.iter().zip(&layout.words).map(value).collect()
    }

    /// What is recognised is what JSON has to say; what is not must have been left as it was found.
    fn agrees(text: &str) -> Option<Vec<String>> {
        let mut layout = Layout::default();
        let found = layout.recognise(text.as_bytes())?;
        assert_eq!(Ok(found), watermark::read(text), "{text}");
        let pieces = SHAPES[layout.shape as usize - 1];
        let found = values(&layout, pieces, text);
        let json: Json = serde_json::from_str(text).unwrap();
        let mut expected = Vec::new();
        for value in json.as_object().unwrap().values() {
            match value {
                Json::Object(stamp) => expected.extend(stamp.values()),
                other => expected.push(other),
            }
        }
        let expected: Vec<String> =
            expected.into_iter().map(|value| value.as_str().map_or_else(|| value.to_string(), Into::into)).collect();
        // serde_json sorts the fields.
        let sorted = |mut values: Vec<String>| {
            values.sort();
            values
        };
        assert_eq!(sorted(found.clone()), sorted(expected), "{text}");
        Some(found)
    }

    fn text_value() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ -!#-\\[\\]-~]{0,30}",
            "[\u{20}\u{21}\u{23}-\u{5b}\u{5d}-\u{10ffff}]{0,12}",
            "[0-9]{0,14}",
            Just("wx4f4bc4dec97d474b".into()),
        ]
    }

    fn number_value() -> impl Strategy<Value = String> {
        prop_oneof![any::<u32>().prop_map(|number| number.to_string()), "0|1|2|4294967295"]
    }

    fn shaped() -> impl Strategy<Value = (usize, Vec<String>)> {
        (0..SHAPES.len()).prop_flat_map(|shape| {
            let value = |(_, kind): &Piece| match kind {
                Value::Text => text_value().boxed(),
                Value::Number => number_value().boxed(),
            };
            (Just(shape), SHAPES[shape].iter().map(value).collect::<Vec<_>>())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn every_text_of_a_shape_is_recognised((shape, values) in shaped()) {
            let text = written(SHAPES[shape], &values);
            prop_assert_eq!(agrees(&text), Some(values));
        }

        /// A byte more, less or other: either it is no such shape, or JSON says the same of it.
        #[test]
        fn what_is_nearly_a_shape_is_read_as_json_has_it(
            (shape, values) in shaped(),
            at in any::<prop::sample::Index>(),
            length in 0..3_usize,
            other in prop_oneof!["", "[ -~]", "\\PC", "[\u{0}-\u{1f}]", "\\\\", "\"", "0", ","],
        ) {
            let mut text = written(SHAPES[shape], &values);
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.ceil_char_boundary(text.len().min(start + length));
            text.replace_range(start..end, &other);
            agrees(&text);
        }
    }

    fn steps_text(entries: &[[u32; 2]], [timestamp, appid]: [&str; 2]) -> String {
        let entry = |[time, step]: &[u32; 2]| alloc::format!(r#"{{"timestamp":{time},"step":{step}}}"#);
        let entries: Vec<String> = entries.iter().map(entry).collect();
        let stamp = alloc::format!(r#""watermark":{{"timestamp":{timestamp},"appid":"{appid}"}}"#);
        alloc::format!(r#"{{"stepInfoList":[{}],{stamp}}}"#, entries.join(","))
    }

    /// Steps are recognised only where JSON has the same to say: whole numbers under the two keys of each, and nothing beside them.
    fn steps_agree(text: &str) -> bool {
        let mut layout = Layout::default();
        let Some(found) = layout.recognise(text.as_bytes()) else { return false };
        assert_eq!((Ok(found), layout.shape), (watermark::read(text), 4), "{text}");
        let [[start, len], [timestamp, _], [appid, appid_len], ..] = layout.words;
        let part = |start: u32, len: u32| &text[start as usize..][..len as usize];
        let json: Json = serde_json::from_str(text).unwrap();
        let steps: Json = serde_json::from_str(&alloc::format!("[{}]", part(start, len))).unwrap();
        let appid = part(appid, appid_len & !NOT_ASCII);
        let stamp = serde_json::json!({ "timestamp": timestamp, "appid": appid });
        assert_eq!(json, serde_json::json!({ "stepInfoList": steps, "watermark": stamp }), "{text}");
        let entries = steps.as_array().unwrap();
        assert!(!entries.is_empty());
        // As the glue counts on it.
        let written: Vec<String> = entries
            .iter()
            .map(|entry| alloc::format!(r#"{{"timestamp":{},"step":{}}}"#, entry["timestamp"], entry["step"]))
            .collect();
        assert_eq!(part(start, len), written.join(","));
        true
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn steps_are_recognised(
            entries in prop::collection::vec(any::<[u32; 2]>(), 1..40),
            timestamp in number_value(),
            appid in "[ -!#-\\[\\]-~]{0,20}|\u{5fae}{1,9}",
        ) {
            prop_assert!(steps_agree(&steps_text(&entries, [&timestamp, &appid])));
        }

        #[test]
        fn what_is_nearly_steps_is_read_as_json_has_it(
            entries in prop::collection::vec(any::<[u32; 2]>(), 0..4),
            at in any::<prop::sample::Index>(),
            length in 0..3_usize,
            other in prop_oneof!["", "[ -~]", "\\PC", "\\\\", "\"", "0", ",", "\\},\\{", "\\]"],
        ) {
            let mut text = steps_text(&entries, ["1477314187", "wx4f4bc4dec97d474b"]);
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.ceil_char_boundary(text.len().min(start + length));
            text.replace_range(start..end, &other);
            if text.starts_with("{\"stepInfoList\":[") {
                steps_agree(&text);
            } else {
                prop_assert!(Layout::default().recognise(text.as_bytes()).is_none());
            }
        }
    }

    #[test]
    fn steps_have_a_list_that_is_not_empty_and_a_watermark_after_it() {
        let stamp = r#""watermark":{"timestamp":1,"appid":"a"}"#;
        let step = r#"{"timestamp":1,"step":2}"#;
        for (list, right) in [
            (alloc::format!("[{step}]"), true),
            (alloc::format!("[{step},{step}]"), true),
            ("[]".into(), false),
            (alloc::format!("[{step},]"), false),
            (alloc::format!("[{step}{step}]"), false),
            (alloc::format!("[{step}"), false),
            (alloc::format!("[[{step}]]"), false),
            (r#"[{"step":2,"timestamp":1}]"#.into(), false),
            (r#"[{"timestamp":1,"step":2.5}]"#.into(), false),
            (r#"[{"timestamp":1,"step":-2}]"#.into(), false),
            (r#"[{"timestamp":1,"step":"2"}]"#.into(), false),
            (r#"[{"timestamp":1,"step":2,"a":3}]"#.into(), false),
            (r#"[{"timestamp":1}]"#.into(), false),
        ] {
            let text = alloc::format!(r#"{{"stepInfoList":{list},{stamp}}}"#);
            assert_eq!(steps_agree(&text), right, "{text}");
        }
        for text in [
            alloc::format!(r#"{{"stepInfoList":[{step}]}}"#),
            alloc::format!(r#"{{"stepInfoList":[{step}],{stamp},"a":1}}"#),
        ] {
            assert!(!steps_agree(&text), "{text}");
        }
    }

    #[test]
    fn a_shape_that_is_forgotten_is_none() {
        let mut layout = Layout::default();
        let text = steps_text(&[[1, 2]], ["3", "a"]);
        assert!(layout.recognise(text.as_bytes()).is_some());
        assert_ne!(layout.address(), 0);
        let mut room = [0; Layout::MAX_BYTES];
        assert_eq!(layout.write(&mut room), 4 + 8 * 3);
        layout.forget();
        assert_eq!((layout.address(), layout.write(&mut room)), (0, 4));
    }

    #[test]
    fn numbers_have_no_sign_no_zero_before_them_and_32_bits() {
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
            let values = ["", "", "", number, ""].map(String::from);
            let text = written(&PHONE, &values);
            assert_eq!(Layout::default().recognise(text.as_bytes()).is_some(), right, "{number}");
            if let Some(found) = agrees(&text) {
                assert_eq!(found, values);
            }
        }
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_no_shape() {
        let text = written(&PHONE, &["", "", "", "1", ""].map(String::from));
        for place in 0..=text.len() {
            for bytes in [&[0xFF][..], &[0xC3], &[0xED, 0xA0, 0x80], &[0xF4, 0x90, 0x80, 0x80]] {
                let (before, after) = text.as_bytes().split_at(place);
                assert!(Layout::default().recognise(&[before, bytes, after].concat()).is_none(), "{place}");
            }
        }
    }

    #[test]
    fn what_is_written_for_the_glue_are_the_words_of_the_shape() {
        for (pieces, shape) in SHAPES.into_iter().zip(1..) {
            let values: Vec<String> = pieces.iter().map(|_| "7".into()).collect();
            let text = written(pieces, &values);
            let mut layout = Layout::default();
            assert!(layout.recognise(text.as_bytes()).is_some());
            assert_eq!(layout.address(), (&raw const layout).addr());
            let mut room = [0xA5; Layout::MAX_BYTES + 4];
            let len = layout.write(&mut room);
            assert_eq!(len, 4 + 8 * pieces.len());
            let words: Vec<u32> = room[..len].as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
            assert_eq!(words[0], shape);
            assert_eq!(words[1..], *layout.words[..pieces.len()].as_flattened());
            assert!(room[len..].iter().all(|byte| *byte == 0xA5));
            layout.wipe();
            assert_eq!((layout.address(), layout.write(&mut room)), (0, 4));
            assert_eq!(layout.words, Layout::default().words);
        }
    }
}
