//! The watermark: which app WeChat made the data for, and when.
//!
//! It is no signature. It proves nothing against someone who holds the session_key or who can alter ciphertext; it catches data
//! of another app, data sent again long after, and honest mistakes.

use alloc::borrow::Cow;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, Situation};

/// Seconds since the Unix epoch, the unit of `watermark.timestamp`.
pub type UnixSeconds = i64;

/// Seconds that a watermark may lie ahead of `now` unless the policy says otherwise.
pub const DEFAULT_CLOCK_SKEW: u64 = 300;

/// From here on a number can only be milliseconds: as seconds it is the year 5138, as milliseconds 1973.
pub(crate) const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// What WeChat stamps on open data.
///
/// # Shape
/// `{"appid": text, "timestamp": whole number of seconds}`, in any order, with other fields or without. The number may be written
/// in any way JSON has for it; text, fractions, negative numbers and milliseconds are refused.
///
/// Source: WeChat documentation, 开放数据校验与解密 (watermark).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark<'a> {
    /// The mini-program that the data was made for.
    pub appid: Cow<'a, str>,
    /// When WeChat made the data.
    pub timestamp: UnixSeconds,
}

/// Which apps' data is acceptable.
#[derive(Clone, Copy, Debug)]
pub enum ExpectedApp<'a> {
    /// Data of any app. Only for programs that check it themselves.
    Any,
    /// Data of one of these. None, if there are none.
    OneOf(&'a [&'a str]),
}

/// Is data without a watermark acceptable?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    /// No: `WATERMARK_MISSING`.
    #[default]
    Required,
    /// Yes, since WeChat documents none for WeRun, share and group data. One that is there is checked all the same.
    Optional,
}

/// What a watermark is checked for. The clock is the caller's.
#[derive(Clone, Copy, Debug)]
pub struct WatermarkPolicy<'a> {
    /// The app, or apps, that the data must be stamped for.
    pub appid: ExpectedApp<'a>,
    /// Oldest acceptable watermark in seconds; `None` is no limit.
    pub max_age: Option<u64>,
    /// How far ahead of `now` a watermark may lie, in seconds.
    pub clock_skew: u64,
    /// The present.
    pub now: UnixSeconds,
    /// Must there be one at all?
    pub presence: Presence,
}

impl<'a> WatermarkPolicy<'a> {
    /// The checks that are always right to make: one of `appids`, not from the future. No limit of age.
    #[must_use]
    pub const fn new(appids: &'a [&'a str], now: UnixSeconds) -> Self {
        Self {
            appid: ExpectedApp::OneOf(appids),
            max_age: None,
            clock_skew: DEFAULT_CLOCK_SKEW,
            now,
            presence: Presence::Required,
        }
    }

    /// Checks what [`read`] found: presence, shape, app, clock, age, in this order.
    pub(crate) fn check(&self, found: &Found<'_>) -> Result<(), Error> {
        let watermark = match found {
            Found::Watermark(watermark) => watermark,
            Found::Absent if self.presence == Presence::Optional => return Ok(()),
            Found::Absent => return Err(Error::watermark(Situation::WatermarkAbsent)),
            Found::WrongShape => return Err(Error::watermark(Situation::WatermarkShape)),
            Found::Milliseconds => return Err(Error::watermark(Situation::WatermarkMilliseconds)),
        };
        if let ExpectedApp::OneOf(appids) = self.appid
            && !appids.contains(&&*watermark.appid)
        {
            return Err(Error::watermark(Situation::AppidMismatch));
        }
        let age = self.now.saturating_sub(watermark.timestamp);
        if age < 0 && age.unsigned_abs() > self.clock_skew {
            return Err(Error::watermark(Situation::InFuture));
        }
        if let Some(max_age) = self.max_age
            && age > 0
            && age.unsigned_abs() > max_age
        {
            return Err(Error::watermark(Situation::Expired));
        }
        Ok(())
    }
}

/// What stands under `watermark` at the top level of an object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    Absent,
    WrongShape,
    Milliseconds,
    Watermark(Watermark<'a>),
}

impl<'a> Found<'a> {
    /// A watermark by its two fields, as JavaScript has them.
    pub(crate) fn of_fields(appid: &'a str, timestamp: f64) -> Self {
        Self::of(Some(Cow::Borrowed(appid)), Timestamp.number(timestamp))
    }

    fn of(appid: Option<Cow<'a, str>>, time: Time) -> Self {
        match (appid, time) {
            (Some(appid), Time::Seconds(timestamp)) => Self::Watermark(Watermark { appid, timestamp }),
            (Some(_), Time::Milliseconds) => Self::Milliseconds,
            _ => Self::WrongShape,
        }
    }
}

/// The text is not one JSON object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotAnObject;

/// Reads the watermark of a JSON object and makes sure that the whole text is one.
///
/// It sees what `JSON.parse` would give: of a key that occurs twice the last one counts, `\u` escapes in keys are resolved, and
/// objects further down are not looked into. Depth costs no stack. It refuses more than `JSON.parse` does in one case: keys of
/// the object and texts of the watermark with half of a surrogate pair, which WeChat never writes.
pub(crate) fn read(text: &str) -> Result<Found<'_>, NotAnObject> {
    let mut json = serde_json::Deserializer::from_str(text);
    // Visitors that know every type, rather than `deserialize_map` and the like, leave serde's prose about types out of the module.
    let found = AnyValue(TopLevel).deserialize(&mut json).map_err(|_| NotAnObject)?;
    json.end().map_err(|_| NotAnObject)?;
    found.ok_or(NotAnObject)
}

/// A key of an object: which of the names that matter it is.
struct KeyIs<'k>(&'k [&'k str]);

impl<'de> DeserializeSeed<'de> for KeyIs<'_> {
    type Value = Option<usize>;
    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_any(self)
    }
}

impl Visitor<'_> for KeyIs<'_> {
    type Value = Option<usize>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| *name == key))
    }
}

/// Visits a value of whatever type; what the inner visitor has no use for is its `Default`.
struct AnyValue<V>(V);

/// What a visitor makes of each type that it knows.
trait Shape<'de>: Sized {
    type Out: Sized;
    fn other(self) -> Self::Out;
    fn map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Out, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.other())
    }
    fn text(self, _: Cow<'de, str>) -> Self::Out {
        self.other()
    }
    fn number(self, _: f64) -> Self::Out {
        self.other()
    }
}

impl<'de, S: Shape<'de>> DeserializeSeed<'de> for AnyValue<S> {
    type Value = S::Out;
    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<S::Out, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, S: Shape<'de>> Visitor<'de> for AnyValue<S> {
    type Value = S::Out;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_bool<E>(self, _: bool) -> Result<S::Out, E> {
        Ok(self.0.other())
    }
    fn visit_unit<E>(self) -> Result<S::Out, E> {
        Ok(self.0.other())
    }
    fn visit_i64<E>(self, number: i64) -> Result<S::Out, E> {
        Ok(self.0.number(number as f64))
    }
    fn visit_u64<E>(self, number: u64) -> Result<S::Out, E> {
        Ok(self.0.number(number as f64))
    }
    fn visit_f64<E>(self, number: f64) -> Result<S::Out, E> {
        Ok(self.0.number(number))
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<S::Out, E> {
        Ok(self.0.text(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<S::Out, E> {
        Ok(self.0.text(Cow::Owned(text.into())))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<S::Out, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.0.other())
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<S::Out, A::Error> {
        self.0.map(map)
    }
}

/// The whole text: what it says of the watermark, if it is an object.
struct TopLevel;
struct Stamp;
struct Appid;
struct Timestamp;

#[derive(Clone, Copy)]
enum Time {
    Seconds(i64),
    Milliseconds,
    Wrong,
}

impl<'de> Shape<'de> for TopLevel {
    type Out = Option<Found<'de>>;
    fn other(self) -> Self::Out {
        None
    }
    fn map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Out, A::Error> {
        let mut found = Found::Absent;
        while let Some(key) = map.next_key_seed(KeyIs(&["watermark"]))? {
            match key {
                Some(_) => found = map.next_value_seed(AnyValue(Stamp))?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(found))
    }
}

impl<'de> Shape<'de> for Stamp {
    type Out = Found<'de>;
    fn other(self) -> Found<'de> {
        Found::WrongShape
    }
    fn map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let mut appid = None;
        let mut time = Time::Wrong;
        while let Some(key) = map.next_key_seed(KeyIs(&["appid", "timestamp"]))? {
            match key {
                Some(0) => appid = map.next_value_seed(AnyValue(Appid))?,
                Some(_) => time = map.next_value_seed(AnyValue(Timestamp))?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Found::of(appid, time))
    }
}

impl<'de> Shape<'de> for Appid {
    type Out = Option<Cow<'de, str>>;
    fn other(self) -> Self::Out {
        None
    }
    fn text(self, text: Cow<'de, str>) -> Self::Out {
        Some(text)
    }
}

impl Shape<'_> for Timestamp {
    type Out = Time;
    fn other(self) -> Time {
        Time::Wrong
    }
    fn number(self, number: f64) -> Time {
        // Whole numbers of this size are exact in an f64, which is what a JavaScript caller receives.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "fractions and too large numbers are found by the comparison"
        )]
        let seconds = number as i64;
        if seconds as f64 != number || seconds < 0 {
            Time::Wrong
        } else if seconds >= FIRST_MILLISECONDS {
            Time::Milliseconds
        } else {
            Time::Seconds(seconds)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(appid: &str, timestamp: i64) -> Result<Found<'_>, NotAnObject> {
        Ok(Found::Watermark(Watermark { appid: Cow::Borrowed(appid), timestamp }))
    }

    #[test]
    fn reads_what_json_parse_would_give() {
        let cases: &[(&str, Result<Found<'_>, NotAnObject>)] = &[
            (r#"{}"#, Ok(Found::Absent)),
            (r#"{"a":{"watermark":{"appid":"wx","timestamp":1}}}"#, Ok(Found::Absent)),
            (r#"{"watermark":{"appid":"wx","timestamp":1}}"#, stamp("wx", 1)),
            (r#" {"watermark":{"x":[{}],"timestamp":1,"appid":"wx"} } "#, stamp("wx", 1)),
            (r#"{"watermark":{"appid":"a","timestamp":1},"watermark":{"appid":"b","timestamp":2}}"#, stamp("b", 2)),
            (r#"{"watermark":{"appid":"a","timestamp":1},"watermark":null}"#, Ok(Found::WrongShape)),
            (r#"{"watermark":7,"\u0077atermark":{"appid":"a","timestamp":1}}"#, stamp("a", 1)),
            (r#"{"watermark":{"appid":"a","appid":"b","timestamp":1,"timestamp":2}}"#, stamp("b", 2)),
            (r#"{"watermark":{"appid":"w\u0078","timestamp":1}}"#, stamp("wx", 1)),
            (r#"{"watermark":{"appid":"a","appid":1,"timestamp":1}}"#, Ok(Found::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":1.477314187e9}}"#, stamp("a", 1_477_314_187)),
            (r#"{"watermark":{"appid":"a","timestamp":-0}}"#, stamp("a", 0)),
            (r#"{"watermark":{"appid":"a","timestamp":1.5}}"#, Ok(Found::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":-1}}"#, Ok(Found::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":"1"}}"#, Ok(Found::WrongShape)),
            (r#"{"watermark":{"appid":"a"}}"#, Ok(Found::WrongShape)),
            (r#"{"watermark":{"timestamp":1}}"#, Ok(Found::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":99999999999}}"#, stamp("a", 99_999_999_999)),
            (r#"{"watermark":{"appid":"a","timestamp":1477314187000}}"#, Ok(Found::Milliseconds)),
            (r#"{"watermark":{"appid":"a","timestamp":99999999999999999999999}}"#, Ok(Found::WrongShape)),
            (r#"{"watermark":[{"appid":"a","timestamp":1}]}"#, Ok(Found::WrongShape)),
            (r#"{"watermark":"x"}"#, Ok(Found::WrongShape)),
            (r#"{"watermark":true}"#, Ok(Found::WrongShape)),
            (r#"{"name":"\udfff\ud83d"}"#, Ok(Found::Absent)),
            (r#"{"\ud800":1}"#, Err(NotAnObject)),
            (r#"{"a":1}x"#, Err(NotAnObject)),
            (r#"{"a":1,}"#, Err(NotAnObject)),
            (r#"{"a":01}"#, Err(NotAnObject)),
            (r#"{'a':1}"#, Err(NotAnObject)),
            (r#"{"a":NaN}"#, Err(NotAnObject)),
            ("{\"a\":\"\n\"}", Err(NotAnObject)),
            ("\u{feff}{}", Err(NotAnObject)),
            ("{}\u{a0}", Err(NotAnObject)),
            (r#"[{"watermark":{"appid":"a","timestamp":1}}]"#, Err(NotAnObject)),
            (r#""text""#, Err(NotAnObject)),
            ("null", Err(NotAnObject)),
            ("", Err(NotAnObject)),
        ];
        for (text, expected) in cases {
            assert_eq!(&read(text), expected, "{text}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = "[".repeat(500_000) + &"]".repeat(500_000);
        let text = alloc::format!(r#"{{"a":{deep},"watermark":{{"b":{deep},"appid":"x","timestamp":5}}}}"#);
        assert_eq!(read(&text), stamp("x", 5));
        let text = alloc::format!(r#"{{"watermark":{deep}}}"#);
        assert_eq!(read(&text), Ok(Found::WrongShape));
    }

    #[test]
    fn the_clock_has_two_bounds_and_both_are_inclusive() {
        let check = |timestamp, max_age, clock_skew| {
            let policy = WatermarkPolicy { max_age, clock_skew, ..WatermarkPolicy::new(&["wx"], 1_000_000) };
            let found = Found::Watermark(Watermark { appid: Cow::Borrowed("wx"), timestamp });
            policy.check(&found).map_err(|error| error.code().as_str())
        };
        assert_eq!(check(0, None, 300), Ok(()));
        assert_eq!(check(999_700, Some(300), 300), Ok(()));
        assert_eq!(check(999_699, Some(300), 300), Err("WATERMARK_EXPIRED"));
        assert_eq!(check(1_000_300, Some(0), 300), Ok(()));
        assert_eq!(check(1_000_301, Some(0), 300), Err("WATERMARK_IN_FUTURE"));
        assert_eq!(check(1_000_001, None, 0), Err("WATERMARK_IN_FUTURE"));
        assert_eq!(check(i64::MAX, None, u64::MAX), Ok(()));
    }
}
