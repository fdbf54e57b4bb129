//! The watermark: which app WeChat made the data for, and when.
//!
//! It is no signature. It proves nothing against someone who holds the session_key or who can alter ciphertext; it catches data
//! of another app, data sent again long after, and honest mistakes.

use alloc::borrow::Cow;

use crate::error::{Error, ErrorCode, Row};
use crate::json::{self, Quoted};
use crate::rows;

/// Seconds since the Unix epoch, the unit of `watermark.timestamp`.
pub type UnixSeconds = i64;

/// Seconds that a watermark may lie ahead of `now` unless the policy says otherwise.
pub const DEFAULT_CLOCK_SKEW: u64 = 300;

/// From here on a number can only be milliseconds: as seconds it is the year 5138, as milliseconds 1973.
pub(crate) const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// What WeChat stamps on open data.
///
/// # Shape
/// `{"appid": text, "timestamp": whole number of seconds}`, in any order, with other fields or without. The number is a JSON
/// integer of at most 15 digits. Text, fractions, exponents, negative numbers and milliseconds are refused.
///
/// Source: WeChat documentation, 开放数据校验与解密 (watermark).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark<'a> {
    /// The mini-program that the data was made for.
    pub appid: Cow<'a, str>,
    /// When WeChat made the data.
    pub timestamp: UnixSeconds,
}

rows! {
    ABSENT = Row::new(ErrorCode::WatermarkMissing, "the data holds no watermark").reason("ABSENT").hint(
        "WeChat documents none for WeRun, share and group data: pass watermark: 'optional' for these.",
        "微信文档中，微信运动、转发和群数据没有 watermark：这类数据请传 watermark: 'optional'。",
    );
    WRONG_SHAPE = Row::new(
        ErrorCode::WatermarkMissing,
        "the watermark is not an object with a text appid and a whole number of seconds as timestamp",
    )
    .reason("WRONG_SHAPE")
    .hint(
        "WeChat's watermark is {appid, timestamp}; check what stands between WeChat and this call.",
        "微信的 watermark 形如 {appid, timestamp}，请检查数据在传入之前是否被改动。",
    );
    MILLISECONDS =
        Row::new(ErrorCode::WatermarkMissing, "watermark.timestamp can only be milliseconds; WeChat writes seconds")
            .reason("MILLISECONDS")
            .hint(
                "Data that WeChat encrypted has seconds there: something rewrote it on the way.",
                "微信加密的数据此处为秒：数据在途中被改写过。",
            );
    APPID_MISMATCH = Row::new(ErrorCode::AppidMismatch, "watermark.appid is not the expected app").hint(
        "The data was made for another mini-program; compare the client's appid with the server's configuration.",
        "数据属于另一个小程序；请核对前端的 appid 与服务端配置。",
    );
    EXPIRED = Row::new(ErrorCode::WatermarkExpired, "watermark.timestamp is older than {max_age} allows").hint(
        "Fetch fresh data from WeChat; maxAge is in seconds, and the server's clock has to be right.",
        "请重新向微信获取数据；maxAge 的单位是秒，并请确认服务器时间准确。",
    );
    IN_FUTURE = Row::new(
        ErrorCode::WatermarkInFuture,
        "watermark.timestamp lies further in the future than {clock_skew} allows",
    )
    .hint(
        "Set the server's clock by NTP; now and clockSkew are in seconds.",
        "请用 NTP 校准服务器时间；now 与 clockSkew 的单位是秒。",
    );
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
    pub(crate) fn check(&self, found: &Stamp<'_>) -> Result<(), Error> {
        let (appid, timestamp) = match found {
            Stamp::Watermark(watermark) => (Some(&*watermark.appid), watermark.timestamp),
            Stamp::NoAppidOfOurs(timestamp) => (None, *timestamp),
            Stamp::Absent if self.presence == Presence::Optional => return Ok(()),
            Stamp::Absent => return Err(Error::new(&ABSENT)),
            Stamp::WrongShape => return Err(Error::new(&WRONG_SHAPE)),
            Stamp::Milliseconds => return Err(Error::new(&MILLISECONDS)),
        };
        if let ExpectedApp::OneOf(appids) = self.appid
            && !appid.is_some_and(|appid| appids.contains(&appid))
        {
            return Err(Error::new(&APPID_MISMATCH));
        }
        if seconds_from(self.now, timestamp) > self.clock_skew {
            return Err(Error::new(&IN_FUTURE));
        }
        if self.max_age.is_some_and(|max_age| seconds_from(timestamp, self.now) > max_age) {
            return Err(Error::new(&EXPIRED));
        }
        Ok(())
    }
}

/// The seconds from one time to another, none if that lies before it.
fn seconds_from(from: UnixSeconds, to: UnixSeconds) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or(0)
}

/// What stands under `watermark` at the top level of an object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stamp<'a> {
    Absent,
    WrongShape,
    Milliseconds,
    /// The appid is a text that is no valid Unicode: that of no app.
    NoAppidOfOurs(UnixSeconds),
    Watermark(Watermark<'a>),
}

impl<'a> Stamp<'a> {
    /// A watermark by its two fields, as JavaScript has them.
    pub(crate) fn of_fields(appid: &'a str, timestamp: f64) -> Self {
        Self::of(Some(Appid::Text(Cow::Borrowed(appid))), Time::of_number(timestamp))
    }

    fn of(appid: Option<Appid<'a>>, time: Time) -> Self {
        match (appid, time) {
            (Some(Appid::Text(appid)), Time::Seconds(timestamp)) => Self::Watermark(Watermark { appid, timestamp }),
            (Some(Appid::NotUnicode), Time::Seconds(timestamp)) => Self::NoAppidOfOurs(timestamp),
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
/// It accepts what `JSON.parse` accepts and sees what that would give: of a key that occurs twice the last one counts, `\u` escapes
/// in keys are resolved, and objects further down are not looked into. Depth costs no stack.
pub(crate) fn read(text: &str) -> Result<Stamp<'_>, NotAnObject> {
    let mut stamp = None;
    let whole = json::scan_object(text.as_bytes(), &mut |key, value| {
        if key.is("watermark") {
            stamp = Some(value);
        }
    });
    whole.ok_or(NotAnObject).map(|()| stamp.map_or(Stamp::Absent, read_stamp))
}

fn read_stamp(value: &[u8]) -> Stamp<'_> {
    let mut appid = None;
    let mut time = Time::Wrong;
    let stamp = json::scan_object(value, &mut |key, value| {
        if key.is("appid") {
            appid = Quoted::of(value).map(|text| text.unescaped().map_or(Appid::NotUnicode, Appid::Text));
        } else if key.is("timestamp") {
            time = json::integer_of(value).map_or(Time::Wrong, Time::of_integer);
        }
    });
    stamp.map_or(Stamp::WrongShape, |()| Stamp::of(appid, time))
}

/// What stands under `appid`.
enum Appid<'a> {
    Text(Cow<'a, str>),
    /// Half of a surrogate pair is in it: some text, and no appid.
    NotUnicode,
}

/// What stands under `timestamp`.
#[derive(Clone, Copy)]
enum Time {
    Seconds(i64),
    Milliseconds,
    Wrong,
}

impl Time {
    /// An integer of at most 15 digits.
    const fn of_integer(seconds: i64) -> Self {
        match seconds {
            ..0 => Self::Wrong,
            FIRST_MILLISECONDS.. => Self::Milliseconds,
            _ => Self::Seconds(seconds),
        }
    }

    /// A number of JavaScript's, judged as what `JSON.stringify` writes for it.
    fn of_number(number: f64) -> Self {
        /// The first number of 16 digits.
        const FIRST_TOO_LONG: f64 = 1e15;
        #[expect(clippy::cast_possible_truncation, reason = "below 10^15; fractions are found by the comparison")]
        let seconds = number as i64;
        if (0.0..FIRST_TOO_LONG).contains(&number) && seconds as f64 == number {
            Self::of_integer(seconds)
        } else {
            Self::Wrong
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(appid: &str, timestamp: i64) -> Result<Stamp<'_>, NotAnObject> {
        Ok(Stamp::Watermark(Watermark { appid: Cow::Borrowed(appid), timestamp }))
    }

    #[test]
    fn reads_what_json_parse_would_give() {
        let cases: &[(&str, Result<Stamp<'_>, NotAnObject>)] = &[
            (r#"{}"#, Ok(Stamp::Absent)),
            (r#"{"a":{"watermark":{"appid":"wx","timestamp":1}}}"#, Ok(Stamp::Absent)),
            (r#"{"watermark":{"appid":"wx","timestamp":1}}"#, stamp("wx", 1)),
            (r#" {"watermark":{"x":[{}],"timestamp":1,"appid":"wx"} } "#, stamp("wx", 1)),
            (r#"{"watermark":{"appid":"a","timestamp":1},"watermark":{"appid":"b","timestamp":2}}"#, stamp("b", 2)),
            (r#"{"watermark":{"appid":"a","timestamp":1},"watermark":null}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":7,"\u0077atermark":{"appid":"a","timestamp":1}}"#, stamp("a", 1)),
            (r#"{"watermark":{"appid":"a","appid":"b","timestamp":1,"timestamp":2}}"#, stamp("b", 2)),
            (r#"{"watermark":{"appid":"w\u0078","timestamp":1}}"#, stamp("wx", 1)),
            (r#"{"watermark":{"appid":"a","appid":1,"timestamp":1}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":0}}"#, stamp("a", 0)),
            (r#"{"watermark":{"appid":"a","timestamp":-0}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":1.0}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":1.477314187e9}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":100000000000}}"#, Ok(Stamp::Milliseconds)),
            (r#"{"watermark":{"appid":"a","timestamp":999999999999999}}"#, Ok(Stamp::Milliseconds)),
            (r#"{"watermark":{"appid":"a","timestamp":1000000000000000}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":1.5}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":-1}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":"1"}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"appid":"a"}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"timestamp":1}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":99999999999}}"#, stamp("a", 99_999_999_999)),
            (r#"{"watermark":{"appid":"a","timestamp":1477314187000}}"#, Ok(Stamp::Milliseconds)),
            (r#"{"watermark":{"appid":"a","timestamp":99999999999999999999999}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":[{"appid":"a","timestamp":1}]}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":"x"}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":true}"#, Ok(Stamp::WrongShape)),
            (r#"{"name":"\udfff\ud83d"}"#, Ok(Stamp::Absent)),
            (r#"{"\ud800":1}"#, Ok(Stamp::Absent)),
            (r#"{"watermark":{"appid":"\ud800","timestamp":1}}"#, Ok(Stamp::NoAppidOfOurs(1))),
            (r#"{"watermark":{"appid":"a","timestamp":1e400}}"#, Ok(Stamp::WrongShape)),
            (r#"{"watermark":{"appid":"a","timestamp":1,"\ud800":1e400},"b":1e400}"#, stamp("a", 1)),
            (r#"{"watermark":"\ud800"}"#, Ok(Stamp::WrongShape)),
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

    /// What JavaScript has read already is judged as the text was that it read.
    #[test]
    fn numbers_are_judged_as_their_text() {
        for number in [
            0.0,
            1.0,
            1_477_314_187.0,
            99_999_999_999.0,
            1e11,
            999_999_999_999_999.0,
            1e15,
            1e21,
            1e300,
            -1.0,
            1.5,
            1e-7,
            1_477_314_187.25,
            99_999_999_999.5,
        ] {
            let text = alloc::format!(r#"{{"watermark":{{"appid":"a","timestamp":{number}}}}}"#);
            assert_eq!(Ok(Stamp::of_fields("a", number)), read(&text), "{number}");
        }
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Stamp::of_fields("a", number), Stamp::WrongShape, "{number}");
        }
        // `JSON.stringify` leaves the sign of a zero out.
        assert_eq!(Ok(Stamp::of_fields("a", -0.0)), stamp("a", 0));
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = "[".repeat(500_000) + &"]".repeat(500_000);
        let text = alloc::format!(r#"{{"a":{deep},"watermark":{{"b":{deep},"appid":"x","timestamp":5}}}}"#);
        assert_eq!(read(&text), stamp("x", 5));
        let text = alloc::format!(r#"{{"watermark":{deep}}}"#);
        assert_eq!(read(&text), Ok(Stamp::WrongShape));
    }

    #[test]
    fn the_clock_has_two_bounds_and_both_are_inclusive() {
        let check = |timestamp, max_age, clock_skew| {
            let policy = WatermarkPolicy { max_age, clock_skew, ..WatermarkPolicy::new(&["wx"], 1_000_000) };
            let found = Stamp::Watermark(Watermark { appid: Cow::Borrowed("wx"), timestamp });
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
