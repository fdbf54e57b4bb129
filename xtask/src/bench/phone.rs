//! The table of parsePhoneNumber.

use std::fmt::Write as _;

use serde_json::Value;

/// From the JSON of js-tests/bench/phone.mjs; `None` if it is of another form.
pub(super) fn table(report: &Value) -> Option<String> {
    let mut table = format!(
        "| `parsePhoneNumber` | weapp-opendata | libphonenumber-js {} max | ratio |\n|---|---|---|---|\n",
        report["theirVersion"].as_str()?
    );
    for row in report["rows"].as_array()? {
        let (name, ours, theirs) = (row["name"].as_str()?, row["ours"].as_u64()?, row["theirs"].as_u64()?);
        writeln!(table, "| {name} | {ours} ns | {theirs} ns | {:.1} × |", row["ratio"].as_f64()?).ok()?;
    }
    let (machine, compared) = (report["machine"].as_str()?, report["compared"].as_u64()?);
    let first = report["firstCallMilliseconds"].as_f64()?;
    write!(
        table,
        "\nMedians of {} rounds after {compared} results were compared; first call {first:.2} ms. {machine}.",
        report["rounds"]
    )
    .ok()?;
    Some(table)
}
