//! The reader of JSON and of watermarks against serde_json: the same texts refused, the same fields and values found.
//! And where a template matches, it gives what the reader gives.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use weapp_opendata::fuzzing::{self, JsonField, match_text, read_watermark, scan};
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

    if let Some(stamp) = match_text(text.as_bytes()) {
        assert_eq!(stamp, read_watermark(text));
    }
    let expected = plain::stamp(text);
    let found = match read_watermark(text) {
        fuzzing::Stamp::NotAnObject => Stamp::NotAnObject,
        fuzzing::Stamp::Absent => Stamp::Absent,
        fuzzing::Stamp::WrongShape => Stamp::WrongShape,
        fuzzing::Stamp::Milliseconds => Stamp::Milliseconds,
        fuzzing::Stamp::Watermark(appid, timestamp) => Stamp::Watermark(appid, timestamp),
    };
    assert_eq!(found, expected);
});

fn value(field: &JsonField<'_>) {
    let json = std::str::from_utf8(field.value).unwrap();
    // Fails for halves of surrogate pairs, as ours does.
    assert_eq!(field.text, serde_json::from_str::<String>(json).ok());
    assert_eq!(field.number, plain::integer(json), "{json}");
}
