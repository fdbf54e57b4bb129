//! What is inside the envelope: the parameters, and three fields that bind them to their time.

use alloc::borrow::Cow;
use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use weapp_opendata::module::{Actual, Row, argument, rows};
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

/// The first reserved name at the top of an object.
struct ReservedName(Option<&'static str>);

impl<'de> Deserialize<'de> for ReservedName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = ReservedName;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ReservedName, A::Error> {
                let mut found = None;
                while let Some((Name(name), IgnoredAny)) = map.next_entry()? {
                    let reserved = RESERVED.iter().find(|reserved| reserved.0 == name);
                    found = found.or(reserved.map(|reserved| reserved.1));
                }
                Ok(ReservedName(found))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The fields of an object of parameters, as text between its braces.
pub(crate) fn fields_of(params: &str) -> Result<&str, Error> {
    const EXPECTED: &str = "an object of at most 1048576 characters of JSON";
    let shape = || Error::of(&argument::OUT_OF_RANGE, "params", EXPECTED, Actual::Nothing);
    if let ReservedName(Some(field)) = serde_json::from_str(params).map_err(|_| shape())? {
        return Err(Error::of(&RESERVED_NAME, field, "", Actual::Nothing));
    }
    let fields = params.trim_ascii().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).ok_or_else(shape)?;
    Ok(fields.trim_ascii())
}

/// What an answer says of itself.
#[derive(Deserialize)]
struct Stamp<'a> {
    #[serde(borrow, rename = "_appid")]
    appid: Cow<'a, str>,
    #[serde(rename = "_timestamp")]
    timestamp: u64,
}

/// Whether a plaintext is one JSON object that is stamped for this app and time.
pub(crate) fn is_stamped(plaintext: &[u8], appid: &str, timestamp: u64) -> bool {
    let Ok(text) = core::str::from_utf8(plaintext) else { return false };
    // An array would pass for a struct.
    text.trim_ascii_start().starts_with('{')
        && serde_json::from_str::<Stamp<'_>>(text)
            .is_ok_and(|stamp| stamp.appid == appid && stamp.timestamp == timestamp)
}
