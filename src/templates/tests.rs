//! Templates beside serde_json: what matches is what JSON has to say.

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
                let step = |step: &Json| format!(r#"{{"timestamp":{},"step":{}}}"#, step["timestamp"], step["step"]);
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
            let step =
                (number.clone(), number).prop_map(|(time, step)| format!(r#"{{"timestamp":{time},"step":{step}}}"#));
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
    for text in [format!(r#"{{"stepInfoList":[{step}]}}"#), format!(r#"{{"stepInfoList":[{step}],{STAMP},"a":1}}"#)] {
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
