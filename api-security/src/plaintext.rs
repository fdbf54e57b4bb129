//! What is inside the envelope: the parameters, and three fields that bind them to their time.

use weapp_opendata::internals::json::{self, Quoted};
use weapp_opendata::internals::{Actual, Row, argument, rows};
use weapp_opendata::{Error, ErrorCode};

rows! {
    RESERVED_NAME = Row::new(ErrorCode::InvalidArgument, "{field}: this name is not for the caller to give")
        .reason("RESERVED")
        .hint(
            "_n, _appid and _timestamp are added by seal(); access_token belongs into the query of the URL that is called.",
            "_n、_appid、_timestamp 由 seal() 添加；access_token 应放在所请求 URL 的 query 中。",
        );
}

/// Names that the caller may not give. `access_token` stays in the URL's query (WeChat documentation, section 3.1.1).
const RESERVED: [(&str, &str); 4] = [
    ("_n", "params._n"),
    ("_appid", "params._appid"),
    ("_timestamp", "params._timestamp"),
    ("access_token", "params.access_token"),
];

/// The fields of an object of parameters, as text between its braces.
pub(crate) fn fields_of(params: &str) -> Result<&str, Error> {
    const EXPECTED: &str = "an object of at most 1048576 characters of JSON";
    let shape = || Error::of(&argument::OUT_OF_RANGE, "params", EXPECTED, Actual::Nothing);
    let mut reserved = None;
    json::scan_object(params.as_bytes(), &mut |key, _| {
        reserved = reserved.or(RESERVED.iter().find(|reserved| key.is(reserved.0)).map(|reserved| reserved.1));
    })
    .ok_or_else(shape)?;
    if let Some(field) = reserved {
        return Err(Error::of(&RESERVED_NAME, field, "", Actual::Nothing));
    }
    let fields = params.trim_ascii().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).ok_or_else(shape)?;
    Ok(fields.trim_ascii())
}

/// Whether a plaintext is one JSON object that is stamped for this app and time, and for no other beside it.
pub(crate) fn is_stamped(plaintext: &[u8], appid: &str, timestamp: u64) -> bool {
    if core::str::from_utf8(plaintext).is_err() {
        return false;
    }
    let (mut app, mut time, mut repeated) = (None, None, false);
    let whole = json::scan_object(plaintext, &mut |key, value| {
        if key.is("_appid") {
            repeated |= app.replace(Quoted::of(value).is_some_and(|text| text.is(appid))).is_some();
        } else if key.is("_timestamp") {
            let seconds = json::integer_of(value).and_then(|seconds| u64::try_from(seconds).ok());
            repeated |= time.replace(seconds == Some(timestamp)).is_some();
        }
    });
    whole.is_some() && !repeated && app == Some(true) && time == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names_are_found_however_they_are_spelt() {
        let reason = |params| fields_of(params).map_err(|error| error.reason());
        for params in
            [r#"{"a":1,"_n":2}"#, r#"{"_appid":"wx"}"#, r#"{"\u005ftimestamp":1}"#, r#"{"access_token":null}"#]
        {
            assert_eq!(reason(params), Err(Some("RESERVED")), "{params}");
        }
        for (params, fields) in [
            ("{}", ""),
            (" { } ", ""),
            (r#" {"a":{"_n":1}, "_N":2, "\ud800":3, "b":1e400 } "#, r#""a":{"_n":1}, "_N":2, "\ud800":3, "b":1e400"#),
        ] {
            assert_eq!(reason(params), Ok(fields), "{params}");
        }
        for params in ["", "[]", "null", r#""{}""#, "{}{}", "{,}", r#"{"a":01}"#, "\u{c}{}", "{'a':1}"] {
            assert_eq!(reason(params), Err(Some("OUT_OF_RANGE")), "{params}");
        }
    }

    #[test]
    fn a_stamp_is_there_once_and_right() {
        let stamped = |plaintext: &str| is_stamped(plaintext.as_bytes(), "wx1", 1_692_932_963);
        for plaintext in [
            r#"{"_appid":"wx1","_timestamp":1692932963}"#,
            r#" {"a":[{"_appid":"x"}],"_timestamp":1692932963,"\u005fappid":"\u0077x1"} "#,
        ] {
            assert!(stamped(plaintext), "{plaintext}");
        }
        for plaintext in [
            "",
            "{}",
            r#"[{"_appid":"wx1","_timestamp":1692932963}]"#,
            r#"["wx1",1692932963]"#,
            r#"{"_appid":"wx1"}"#,
            r#"{"_timestamp":1692932963}"#,
            r#"{"_appid":"wx2","_timestamp":1692932963}"#,
            r#"{"_appid":"wx1","_timestamp":1692932962}"#,
            r#"{"_appid":"wx1","_timestamp":-1692932963}"#,
            r#"{"_appid":"wx1","_timestamp":1692932963.0}"#,
            r#"{"_appid":"wx1","_timestamp":"1692932963"}"#,
            r#"{"_appid":["wx1"],"_timestamp":1692932963}"#,
            r#"{"_appid":"wx1","_appid":"wx1","_timestamp":1692932963}"#,
            r#"{"_appid":"wx1","_timestamp":1692932963,"_timestamp":1692932963}"#,
            r#"{"_appid":"wx1","_timestamp":1692932963}x"#,
        ] {
            assert!(!stamped(plaintext), "{plaintext}");
        }
        assert!(!is_stamped(b"{\"a\":\"\xFF\",\"_appid\":\"wx1\",\"_timestamp\":1692932963}", "wx1", 1_692_932_963));
    }
}
