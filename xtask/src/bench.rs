//! Measurements, and the tables of the README that come from them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::step::{run, step};
use crate::tools::Tools;
use crate::{Result, build, npm, platforms};

/// Measures the packed package beside what one would take instead, and writes the figures into the READMEs.
pub(crate) fn bench(root: &Path) -> Result<()> {
    let tools = Tools::for_build(root)?;
    build::make(root, &tools)?;
    let project = step("packing and installing the package", || npm::pack_and_install(root))?;
    let results = root.join("js-tests/bench/phone.json");
    step("parsePhoneNumber beside libphonenumber-js", || {
        let mut node = Command::new("node");
        node.current_dir(root.join("js-tests")).args(["bench/phone.mjs", "--json"]).arg(&results);
        run(node.env("INSTALLED", &project))
    })?;
    let cold_start = platforms::cold_start(root, &project)?;
    let report: Value = serde_json::from_slice(&fs::read(&results)?)?;
    let table = phone_table(&report).ok_or("the results of the benchmark are not of the expected form")?;
    for readme in ["README.md", "README.zh-CN.md"] {
        replace(&root.join(readme), "phone", &table)?;
        replace(&root.join(readme), "cold-start", &cold_start)?;
    }
    Ok(())
}

fn phone_table(report: &Value) -> Option<String> {
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

/// Puts a table between its two marks.
fn replace(file: &Path, name: &str, table: &str) -> Result<()> {
    let text = fs::read_to_string(file)?;
    let (start, end) = (format!("<!-- bench:{name} -->\n"), format!("<!-- /bench:{name} -->"));
    let (before, rest) = text.split_once(&start).ok_or_else(|| format!("{}: no {start}", file.display()))?;
    let (_, after) = rest.split_once(&end).ok_or_else(|| format!("{}: no {end}", file.display()))?;
    Ok(fs::write(file, format!("{before}{start}\n{table}\n\n{end}{after}"))?)
}
