//! How much of the core the native tests run.

use std::path::Path;
use std::process::Command;

use crate::step::{Result, output, run, step};
use crate::tools::Tools;

/// Percent of lines.
const LEAST: f64 = 95.0;

/// Not counted: tests themselves, the bindings, which only WebAssembly runs, and tables that are computed while compiling.
const LEFT_OUT: &str = r"(^|/)(tests|benches|xtask|bindings)/|(^|/)(tests|tables|bindings)\.rs$";

/// Runs the native tests and prints which share of the lines of the core ran, file by file.
pub(crate) fn coverage(root: &Path) -> Result<()> {
    let tools = Tools::for_coverage(root)?;
    let mut test = tools.cargo(root);
    test.args(["llvm-cov", "--locked", "--workspace", "--exclude", "xtask", "--lib", "--tests", "--no-report"]);
    step("native tests, instrumented", || run(&mut test))?;
    let report = |arguments: &[&str]| {
        let mut report: Command = tools.cargo(root);
        report.args(["llvm-cov", "report", "--ignore-filename-regex", LEFT_OUT]).args(arguments);
        output(&mut report)
    };
    print!("{}", report(&[])?);
    let totals: serde_json::Value = serde_json::from_str(&report(&["--json", "--summary-only"])?)?;
    let lines = &totals["data"][0]["totals"]["lines"];
    let percent = lines["percent"].as_f64().ok_or("no such figure")?;
    println!("\ncoverage: {} of {} lines of the core, {percent:.1} %", lines["covered"], lines["count"]);
    if percent < LEAST { Err(format!("less than {LEAST} %").into()) } else { Ok(()) }
}
