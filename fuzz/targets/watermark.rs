//! The reader of JSON and of watermarks against serde_json: the same texts refused, the same fields and values found.
//! And what is recognised as one of WeChat's shapes is what the reader says.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use weapp_opendata::fuzzing::{self, JsonField, read_watermark, recognise, scan};
use weapp_opendata_fuzz::{self as plain, Stamp};

fuzz_target!(|text: &str| {
    let found = scan(text.as_bytes());
    assert_eq!(found.is_some(), plain::is_json(text));
    let is_object = found.is_some() && text.trim_start().starts_with('{');
    let fields = plain::fields(text);
    assert_eq!(fields.is_some(), is_object);
    match (&found, &fields) {
        (Some(Some(found)), Some(fields)) => {
            let mut last = BTreeMap::new();
            for field in found {
                if let Some(key) = &field.key {
                    last.insert(key.as_str(), field.value);
                }
                value(field);
            }
            let expected: BTreeMap<_, _> =
                fields.iter().filter_map(|(key, value)| Some((key.text()?, value.get().as_bytes()))).collect();
            assert_eq!(last, expected);
        }
        (Some(Some(_)), None) => panic!("an object that serde_json has no fields of"),
        _ => {}
    }

    if let Some(stamp) = recognise(text.as_bytes()) {
        assert_eq!(stamp, read_watermark(text));
    }
    let (expected, exact) = plain::stamp(text);
    let found = match read_watermark(text) {
        fuzzing::Stamp::NotAnObject => Stamp::NotAnObject,
        fuzzing::Stamp::Absent => Stamp::Absent,
        fuzzing::Stamp::WrongShape => Stamp::WrongShape,
        fuzzing::Stamp::Milliseconds => Stamp::Milliseconds,
        fuzzing::Stamp::Watermark(appid, timestamp) => Stamp::Watermark(appid, timestamp),
    };
    // A number of many digits may be off in the last place, and so be whole or not.
    assert!(found == expected || !exact, "found {found:?}, expected {expected:?}");
});

fn value(field: &JsonField<'_>) {
    let json = std::str::from_utf8(field.value).unwrap();
    // Fails for halves of surrogate pairs, as ours does.
    assert_eq!(field.text, serde_json::from_str::<String>(json).ok());
    let expected = plain::number(json);
    assert_eq!(field.number.is_some(), expected.is_some());
    if let (Some(found), Some(expected)) = (field.number, expected) {
        if plain::is_short(json) {
            assert_eq!(found.to_bits(), expected.to_bits(), "{json}");
        } else if expected.is_normal() && found.is_normal() {
            assert!(((found - expected) / expected).abs() < 1e-14, "{found} of {json}");
        } else {
            // Near the ends of the range.
            assert!(found == expected || found.abs() < 1e-300 || found.abs() > 1e300, "{found} of {json}");
        }
    }
}
