//! The tables of decrypt.

use std::fmt::Write as _;

use serde_json::Value;

/// The package's name in the results; the others are compared with it.
pub(super) const OURS: &str = "weapp-opendata";

/// From the JSON of js-tests/bench/decrypt.mjs and memory.mjs; `None` if it is of another form.
pub(super) fn table(report: &Value) -> Option<String> {
    Some([works(report)?, sweep(report)?, notes(report)?].join("\n"))
}

/// The contenders, ours first.
pub(super) fn contenders(report: &Value) -> Option<Vec<&str>> {
    report["contenders"].as_array()?.iter().map(Value::as_str).collect()
}

/// What a work is and how large its payload.
pub(super) fn title(row: &Value) -> Option<String> {
    Some(format!("{}, {} B", row["title"].as_str()?, row["bytes"].as_u64()?))
}

/// One row for each work: microseconds, and how many times ours.
fn works(report: &Value) -> Option<String> {
    let names = contenders(report)?;
    let mut table = format!("| one payload | {} |\n|---{}|\n", names.join(" | "), "|---".repeat(names.len()));
    for row in report["rows"].as_array()? {
        write!(table, "| {} |", title(row)?).ok()?;
        for name in &names {
            let microseconds = row["microseconds"][name].as_f64()?;
            if *name == OURS {
                write!(table, " **{microseconds:.2} µs** |").ok()?;
            } else {
                write!(table, " {microseconds:.2} µs, {:.2} × |", row["ratios"][name].as_f64()?).ok()?;
            }
        }
        table.push('\n');
    }
    Some(table)
}

/// One row for each length of text.
fn sweep(report: &Value) -> Option<String> {
    let mut table =
        "| `encryptedData`, characters | weapp-opendata, ns a byte | a further byte | node:crypto, ns a byte | ratio |\n|---|---|---|---|---|\n".to_owned();
    for size in report["sweep"]["sizes"].as_array()? {
        let (characters, per_byte) = (size["characters"].as_u64()?, &size["nanosecondsPerByte"]);
        let (ours, theirs) = (per_byte[OURS].as_f64()?, per_byte["node:crypto"].as_f64()?);
        let further = size["furtherByte"].as_f64().map_or_else(String::new, |further| format!("{further:.2}"));
        let (characters, ratio) = (grouped(characters), size["ratio"].as_f64()?);
        writeln!(table, "| {characters} | {ours:.2} | {further} | {theirs:.2} | {ratio:.2} × |").ok()?;
    }
    table.push_str(&match report["sweep"]["nodeCryptoWinsFrom"].as_u64() {
        Some(characters) => {
            format!("\nOf these lengths, node:crypto is the faster one from {} on.\n", grouped(characters))
        }
        None => "\nnode:crypto is not the faster one at the longest of these.\n".to_owned(),
    });
    Some(table)
}

/// Under which circumstances, and what came of memory.
fn notes(report: &Value) -> Option<String> {
    let versions: Option<Vec<String>> = contenders(report)?
        .into_iter()
        .filter_map(|name| report["versions"].get(name).map(|version| Some(format!("{name} {}", version.as_str()?))))
        .collect();
    let (load, memory) = (&report["load"], &report["memory"]);
    let mut notes = format!(
        "Medians of {} rounds after {} results were compared. {}, load {:.1} before and {:.1} after. {}.",
        report["rounds"].as_u64()?,
        grouped(report["compared"].as_u64()?),
        report["machine"].as_str()?,
        load["before"].as_f64()?,
        load["after"].as_f64()?,
        versions?.join(", "),
    );
    write!(
        notes,
        "\nWebAssembly memory: {} bytes after {} calls, {} bytes after {}.",
        grouped(memory["bytesAfterFirst"].as_u64()?),
        grouped(memory["first"].as_u64()?),
        grouped(memory["bytesAtEnd"].as_u64()?),
        grouped(memory["calls"].as_u64()?),
    )
    .ok()?;
    Some(notes)
}

/// 1048576 as 1,048,576.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        let numbers = [(0, "0"), (999, "999"), (1000, "1,000"), (48576, "48,576"), (10_000_000, "10,000,000")];
        for (number, text) in numbers {
            assert_eq!(grouped(number), text);
        }
    }
}
