//! What holds for every row of a crate's errors.

use weapp_opendata::Error;
use weapp_opendata::internals::{Actual, Row};

/// The exact words of what was raised, a line for each error: code, errcode, reason, message. Hints are checked as they are.
pub(crate) fn lines(errors: &[Error]) -> Vec<String> {
    errors
        .iter()
        .map(|error| {
            let errcode = error.errcode().map_or_else(String::new, |errcode| errcode.to_string());
            format!("{} {errcode} {} | {error}", error.code(), error.reason().unwrap_or("-"))
        })
        .collect()
}

/// Every row was raised, its message is filled in to the end, and its hint is in both languages. What was raised beside these is
/// `of_others`.
pub(crate) fn check(rows: &[&[&'static Row]], raised: &[Error], of_others: &[&[&'static Row]]) {
    for row in rows.concat() {
        assert!(raised.iter().any(|error| std::ptr::eq(error.row(), row)), "nobody raised {row:?}");
        for actual in [Actual::Nothing, Actual::Kind("a kind"), Actual::Number(-7)] {
            let error = Error::of(row, "field", "another", actual);
            assert!(!error.to_string().contains(['{', '}']), "{error}");
            // A name in braces is a name: the boundary gives it another.
            let renamed = error.message_as(&|name| {
                assert!(name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_')), "{name}");
                "renamed"
            });
            assert_eq!(renamed == error.to_string(), !names_something(error.row()), "{row:?}");
        }
        if let Some((english, chinese)) = Error::new(row).hint() {
            assert!(english.ends_with('.') && english.chars().all(|character| !is_chinese(character)), "{english}");
            assert!(chinese.ends_with('。') && chinese.chars().any(is_chinese), "{chinese}");
        }
    }
    for error in raised {
        let mut known = rows.iter().chain(of_others).copied().flatten();
        assert!(known.any(|row| std::ptr::eq(error.row(), *row)), "no list has the row of {error:?}");
    }
}

/// Whether the message names a field or an argument.
fn names_something(row: &'static Row) -> bool {
    let words = Error::of(row, "\u{1}", "", Actual::Nothing).message_as(&|_| "\u{1}");
    words.contains('\u{1}')
}

pub(crate) fn is_chinese(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}
