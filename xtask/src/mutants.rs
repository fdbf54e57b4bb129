//! Do the tests notice when the core is wrong? cargo-mutants makes it wrong, one place at a time.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::step::{Result, run};
use crate::tools::Tools;

/// Mutants that no native test can tell from the core, each with the reason.
const SURVIVORS: &str = "tests/mutants.txt";

/// Runs the mutants, or with `shard` ("3/8") a part of them, and compares those that survive with the list.
pub(crate) fn mutants(root: &Path, shard: Option<&str>) -> Result<()> {
    let tools = Tools::for_mutants(root)?;
    let mut cargo = tools.cargo(root);
    cargo.args(["mutants", "--package", "weapp-opendata", "--output", "target", "--colors", "never"]);
    if let Some(shard) = shard {
        cargo.args(["--shard", shard]);
    }
    // It fails when any survive; which ones is judged below.
    let outcome = run(&mut cargo);
    let folder = root.join("target/mutants.out");
    let lines = |name: &str| -> Result<BTreeSet<String>> {
        let text = fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        Ok(text.lines().map(without_position).collect())
    };
    let count = |name: &str| fs::read_to_string(folder.join(name)).map_or(0, |text| text.lines().count());
    let known: BTreeSet<String> = fs::read_to_string(root.join(SURVIVORS))?
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    let missed = lines("missed.txt").map_err(|error| outcome.err().unwrap_or(error))?;
    let unknown: Vec<&String> = missed.difference(&known).collect();
    let (caught, timeout, unviable) = (count("caught.txt"), count("timeout.txt"), count("unviable.txt"));
    println!(
        "\nmutants: {caught} killed by tests, {timeout} by running on and on, {} listed in {SURVIVORS} with the reason, {} not; \
         {unviable} did not compile",
        missed.len() - unknown.len(),
        unknown.len(),
    );
    if shard.is_none() {
        let dead: Vec<&String> = known.difference(&missed).collect();
        if !dead.is_empty() {
            return Err(format!("{SURVIVORS} lists what does not survive any more: {dead:#?}").into());
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(format!("survived: {unknown:#?}").into()) }
}

/// `src/a.rs:1:2: replace …` without line and column, which change with every edit.
fn without_position(line: &str) -> String {
    let mut parts = line.splitn(4, ':');
    match (parts.next(), parts.nth(2)) {
        (Some(file), Some(what)) => format!("{file}:{what}"),
        _ => line.to_owned(),
    }
}
