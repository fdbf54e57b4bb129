//! Writes the JavaScript side of the protocol from the Rust side: numbers, and the objects of the templates.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use weapp_opendata::internals::protocol::{
    AvatarFlag, CONSTANTS, Operation, PHONE, PolicyFlag, Stamp, TEMPLATES, Template, Value,
};

use weapp_opendata::ErrorCode;
use weapp_opendata::internals::{Frame, ROWS, WECHAT_ERROR, WECHAT_HINTS};

use crate::step::Result;

#[path = "../../api-security/src/protocol.rs"]
#[allow(dead_code, unreachable_pub, reason = "what the module itself uses is not used here")]
mod api_security;

/// Bytes of the two words of a value.
const WORDS: usize = 8;

/// Writes the files, or with `check` compares them with what is there.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    for (name, text) in [
        ("core/protocol.js", core_numbers()?),
        ("core/templates.js", templates()?),
        ("core/api-security-protocol.js", api_security_numbers()?),
        ("server/wechat-errors.js", wechat_errors()?),
    ] {
        let file = root.join("pkg-template").join(name);
        if !check {
            fs::write(&file, &text)?;
        } else if !fs::read_to_string(&file).is_ok_and(|found| found == text) {
            return Err(format!("pkg-template/{name} is not what `cargo xtask protocol` writes").into());
        }
    }
    Ok(())
}

/// `DecryptMany` as `DECRYPT_MANY`.
fn constant(name: &str) -> String {
    let mut constant = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            constant.push('_');
        }
        constant.extend(letter.to_uppercase());
    }
    constant
}

fn numbers(text: &mut String, title: &str, numbers: impl IntoIterator<Item = (String, u64)>) -> Result<()> {
    writeln!(text, "\n// {title}")?;
    for (name, number) in numbers {
        writeln!(text, "export const {name} = {number};")?;
    }
    Ok(())
}

fn words(text: &mut String, title: &str, name: &str, words: &[&str]) -> Result<()> {
    writeln!(text, "\n// {title}\nexport const {name} = [")?;
    for word in words {
        writeln!(text, "  '{word}',")?;
    }
    writeln!(text, "];")?;
    Ok(())
}

fn variants(all: &[(&str, u32)]) -> Vec<(String, u64)> {
    all.iter().map(|(name, number)| (constant(name), (*number).into())).collect()
}

fn plain(all: &[(&str, u64)]) -> Vec<(String, u64)> {
    all.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect()
}

fn core_numbers() -> Result<String> {
    let mut text =
        "// Written by `cargo xtask protocol` from src/boundary/protocol.rs, which says what the numbers mean.\n"
            .to_owned();
    numbers(&mut text, "Operations.", variants(Operation::ALL))?;
    numbers(&mut text, "Flags of a policy.", variants(PolicyFlag::ALL))?;
    numbers(&mut text, "What stands where a watermark is looked for.", variants(Stamp::ALL))?;
    let word = |(name, at): (&&str, u64)| (format!("FRAME_{}", name.to_uppercase()), at);
    let frame = Frame::WORDS.iter().zip((0..).step_by(4)).map(word);
    numbers(&mut text, "Where the words of a reply's frame are.", frame)?;
    numbers(&mut text, "Bits beside an avatar.", variants(AvatarFlag::ALL))?;
    let phone: Vec<_> = PHONE.iter().map(|(name, shift)| ((*name).to_owned(), (*shift).into())).collect();
    numbers(&mut text, "Shifts of the lengths beside a phone number.", phone)?;
    numbers(&mut text, "Marks and limits.", plain(CONSTANTS))?;
    let codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    words(&mut text, "The codes of errors that the module raises, for tests.", "CODES", &codes)?;
    let reasons: BTreeSet<&str> = ROWS.iter().copied().flatten().filter_map(|row| row.word()).collect();
    words(&mut text, "Their reasons, for tests.", "REASONS", &reasons.into_iter().collect::<Vec<_>>())?;
    Ok(text)
}

fn api_security_numbers() -> Result<String> {
    let mut text =
        "// Written by `cargo xtask protocol` from api-security/src/protocol.rs, which says what the numbers mean.\n"
            .to_owned();
    numbers(&mut text, "Operations.", variants(api_security::Operation::ALL))?;
    numbers(&mut text, "Bits beside a reply, and where a key's number begins.", variants(api_security::Detail::ALL))?;
    numbers(&mut text, "Limits.", plain(api_security::CONSTANTS))?;
    words(&mut text, "The headers of an answer, in the order of the request.", "HEADERS", &api_security::HEADERS)?;
    Ok(text)
}

/// The words for what WeChat refuses, for the client of its server API, which has no module to ask.
fn wechat_errors() -> Result<String> {
    let mut text = "\
// Written by `cargo xtask protocol` from src/wechat.rs: the words for what WeChat refuses.

/** The message, in which {found} stands for the errcode. */
"
    .to_owned();
    writeln!(text, "export const MESSAGE = {};", literal(WECHAT_ERROR.message())?)?;
    writeln!(text, "\n/** Hints by errcode. @type {{Record<number, string>}} */\nexport const HINTS = {{")?;
    for (errcode, english, chinese) in WECHAT_HINTS {
        let key = if *errcode < 0 { format!("[{errcode}]") } else { errcode.to_string() };
        writeln!(text, "  {key}:\n    {} +\n    {},", literal(&format!("{english} / "))?, literal(chinese)?)?;
    }
    writeln!(text, "}};")?;
    Ok(text)
}

/// A text as JavaScript spells it.
fn literal(text: &str) -> Result<String> {
    if text.contains('\'') { Ok(serde_json::to_string(text)?) } else { Ok(format!("'{text}'")) }
}

/// The objects of the templates: an object literal each, which engines make faster than anything that is put together.
fn templates() -> Result<String> {
    let mut text = "\
// Written by `cargo xtask protocol` from src/templates.rs: the objects of plaintexts that a template matched.

import { numberAt, stepsAt, textAmong, textAt, textsBetween, watermarkAt } from './offsets.js';

/** @typedef {import('./exchange.js').Exchange} Exchange */
/** @typedef {import('./offsets.js').Appid} Appid */

/** How many values each template has, its watermark's two included. */
"
    .to_owned();
    let values: Vec<String> = TEMPLATES.iter().map(|template| (template.fields.len() + 2).to_string()).collect();
    writeln!(text, "export const VALUES = [0, {}];\n", values.join(", "))?;
    writeln!(text, "/** @type {{((exchange: Exchange, address: number, at: number, appid: Appid) => any)[]}} */")?;
    writeln!(text, "export const TEMPLATES = [\n  () => undefined,")?;
    for template in TEMPLATES {
        object(&mut text, template)?;
    }
    writeln!(text, "];")?;
    Ok(text)
}

/// Where the words of the value are that is so many from the first.
fn place(index: usize) -> String {
    if index == 0 { "at".to_owned() } else { format!("at + {}", WORDS * index) }
}

fn object(text: &mut String, template: &Template) -> Result<()> {
    let is_short = |(_, (_, value)): &(usize, &(&str, Value))| *value == Value::Text;
    let mut short = template.fields.iter().enumerate().filter(is_short).map(|(at, _)| at);
    // Short texts are read at once, from the first to the last.
    let together = short.next().and_then(|first| short.next_back().map(|last| (first, last)));
    writeln!(text, "  // {}", template.name)?;
    writeln!(text, "  (exchange, address, at, appid) => {{")?;
    if let Some((first, last)) = together {
        writeln!(text, "    const texts = textsBetween(exchange, address, {}, {});", place(first), place(last))?;
    }
    writeln!(text, "    return {{")?;
    for (index, (name, value)) in template.fields.iter().enumerate() {
        let at = place(index);
        let value = match (value, together) {
            (Value::Text, Some((first, _))) => format!("textAmong(exchange, address, texts, {}, {at})", place(first)),
            (Value::Text | Value::LongText, _) => format!("textAt(exchange, address, {at})"),
            (Value::Number, _) => format!("numberAt(exchange, {at})"),
            (Value::Steps, _) => format!("stepsAt(exchange, address, {at})"),
        };
        writeln!(text, "      {name}: {value},")?;
    }
    writeln!(text, "      watermark: watermarkAt(exchange, address, {}, appid),", place(template.fields.len()))?;
    for (name, literal) in template.after {
        writeln!(text, "      {name}: {literal},")?;
    }
    writeln!(text, "    }};\n  }},")?;
    Ok(())
}
