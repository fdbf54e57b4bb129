//! JSONTestSuite: what the reader of watermarks takes for JSON. `js-tests/node/conformance.test.mjs` compares the installed package
//! with `JSON.parse`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use weapp_opendata::assurance::read_json;

use crate::suite::Suite;

/// The suite with expected failures: serde_json's `Value` refuses numbers and texts that it cannot hold.
pub(crate) const SERDE: &str = "jsontestsuite, as serde_json";

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    name: String,
    expect: Expect,
    /// The text, or
    base64: Option<String>,
    /// this, so many times, and then
    repeat: Option<Repeat>,
    /// that.
    tail_base64: Option<String>,
}

#[derive(Deserialize)]
struct Repeat {
    base64: String,
    count: usize,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Accept,
    Reject,
    Either,
}

fn cases() -> Vec<(Case, Vec<u8>)> {
    let bytes = |text: &str| STANDARD.decode(text).unwrap();
    let file: File = serde_json::from_str(include_str!("../vectors/json-test-suite.json")).unwrap();
    let text = |case: &Case| match (&case.base64, &case.repeat) {
        (Some(text), None) => bytes(text),
        (None, Some(repeat)) => {
            [bytes(&repeat.base64).repeat(repeat.count), bytes(case.tail_base64.as_deref().unwrap())].concat()
        }
        _ => panic!("{}", case.name),
    };
    file.cases.into_iter().map(|case| (text(&case), case)).map(|(text, case)| (case, text)).collect()
}

#[test]
fn what_must_be_accepted_is_and_what_must_not_is_refused() {
    let mut suite = Suite::new("jsontestsuite");
    for (case, text) in cases() {
        let accepted = read_json(&text).is_some();
        match case.expect {
            Expect::Either => suite.not_applicable("either will do"),
            expect => suite.case(&case.name, accepted == (expect == Expect::Accept)),
        }
    }
    suite.finish(318);
}

/// Where either will do, `JSON.parse` goes by the grammar: so does the reader.
#[test]
fn the_rest_is_as_json_parse_has_it() {
    let mut suite = Suite::new("jsontestsuite, either will do: as JSON.parse");
    for (case, text) in cases() {
        if case.expect == Expect::Either {
            // Numbers of any size, halves of pairs in escapes, any depth; bytes that are no UTF-8 and byte order marks never.
            let refused = std::str::from_utf8(&text).is_err() || text.starts_with("\u{feff}".as_bytes());
            suite.case(&case.name, read_json(&text).is_some() != refused);
        }
    }
    suite.finish(35);
}

#[test]
fn agrees_with_serde_json() {
    let mut suite = Suite::new(SERDE);
    for (case, text) in cases() {
        let theirs = serde_json::from_slice::<Value>(&text).ok().map(|value| value.is_object());
        suite.case(&case.name, read_json(&text) == theirs);
    }
    suite.finish(318);
}
