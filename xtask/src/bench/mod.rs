//! Measurements, and the tables and the chart of the READMEs that come from them.

mod chart;
mod decrypt;
mod phone;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::step::{Result, run, step};
use crate::tools::Tools;
use crate::{build, npm, platforms};

const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];
const CHART: &str = "docs/bench.svg";

/// Measures the packed package beside what one would take instead, and writes the figures into the READMEs.
pub(crate) fn bench(root: &Path) -> Result<()> {
    let project = installed(root)?;
    let results = root.join("js-tests/bench");
    step("parsePhoneNumber beside libphonenumber-js", || {
        measure(root, &project, "phone", &results.join("phone.json"), &[])
    })?;
    let decrypt = results.join("decrypt.json");
    step("decrypt beside node:crypto and others", || measure(root, &project, "decrypt", &decrypt, &[]))?;
    step("memory after ten million calls", || measure(root, &project, "memory", &decrypt, &[]))?;
    let cold_start = platforms::cold_start(root, &project)?;
    for readme in READMES {
        rewrite(&root.join(readme), "cold-start", &cold_start)?;
    }
    redraw(root)
}

/// The benchmark of `decrypt` with few rounds and calls, to see that it works. Its figures are worth little: they stay in target/.
pub(crate) fn quick(root: &Path) -> Result<()> {
    let project = installed(root)?;
    let results = root.join("target/bench-decrypt.json");
    measure(root, &project, "decrypt", &results, &["--rounds", "3"])?;
    measure(root, &project, "memory", &results, &["--calls", "100000"])?;
    let report: Value = serde_json::from_slice(&fs::read(&results)?)?;
    decrypt::table(&report).and(chart::svg(&report)).ok_or_else(|| malformed("decrypt"))?;
    Ok(())
}

/// Writes the READMEs' tables and the chart anew from the committed results, without measuring.
pub(crate) fn redraw(root: &Path) -> Result<()> {
    let drawn = Drawn::from_results(root)?;
    for readme in READMES {
        let file = root.join(readme);
        rewrite(&file, "phone", &drawn.phone)?;
        rewrite(&file, "decrypt", &drawn.decrypt)?;
    }
    Ok(fs::write(root.join(CHART), drawn.chart)?)
}

/// What is made of the committed results.
struct Drawn {
    phone: String,
    decrypt: String,
    chart: String,
}

impl Drawn {
    fn from_results(root: &Path) -> Result<Self> {
        let read = |name: &str| -> Result<Value> {
            Ok(serde_json::from_slice(&fs::read(root.join(format!("js-tests/bench/{name}.json")))?)?)
        };
        let (phone, decrypt) = (read("phone")?, read("decrypt")?);
        Ok(Self {
            phone: phone::table(&phone).ok_or_else(|| malformed("phone"))?,
            decrypt: decrypt::table(&decrypt).ok_or_else(|| malformed("decrypt"))?,
            chart: chart::svg(&decrypt).ok_or_else(|| malformed("decrypt"))?,
        })
    }
}

fn malformed(name: &str) -> Box<dyn std::error::Error> {
    format!("the results of the benchmark of {name} are not of the expected form").into()
}

/// The package as a user has it.
fn installed(root: &Path) -> Result<PathBuf> {
    let tools = Tools::for_build(root)?;
    build::make(root, &tools)?;
    step("packing and installing the package", || npm::pack_and_install(root))
}

/// Runs js-tests/bench/NAME.mjs.
fn measure(root: &Path, project: &Path, name: &str, results: &Path, options: &[&str]) -> Result<()> {
    let mut node = Command::new("node");
    node.current_dir(root.join("js-tests")).arg(format!("bench/{name}.mjs")).args(options);
    run(node.arg("--json").arg(results).env("INSTALLED", project))
}

/// Puts a text between its two marks in a file.
fn rewrite(file: &Path, name: &str, text: &str) -> Result<()> {
    let old = fs::read_to_string(file)?;
    let new = replaced(&old, name, text).ok_or_else(|| format!("{}: no marks of bench:{name}", file.display()))?;
    Ok(fs::write(file, new)?)
}

fn replaced(old: &str, name: &str, text: &str) -> Option<String> {
    let (start, end) = (format!("<!-- bench:{name} -->\n"), format!("<!-- /bench:{name} -->"));
    let (before, rest) = old.split_once(&start)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{start}\n{text}\n\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_figure_is_written_by_hand() {
        let root = crate::workspace::root();
        let drawn = Drawn::from_results(&root).unwrap();
        for readme in READMES {
            let text = fs::read_to_string(root.join(readme)).unwrap();
            for (name, table) in [("phone", &drawn.phone), ("decrypt", &drawn.decrypt)] {
                assert_eq!(
                    replaced(&text, name, table).as_deref(),
                    Some(&*text),
                    "{readme}: `cargo xtask bench --redraw`"
                );
            }
        }
        assert_eq!(fs::read_to_string(root.join(CHART)).unwrap(), drawn.chart, "`cargo xtask bench --redraw`");
    }

    #[test]
    fn text_goes_between_its_marks_and_nowhere_else() {
        let old = "a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb\n";
        let new = "a\n<!-- bench:x -->\n\nnew\n\n<!-- /bench:x -->\nb\n";
        assert_eq!(replaced(old, "x", "new").as_deref(), Some(new));
        assert_eq!(replaced(new, "x", "new").as_deref(), Some(new));
        assert_eq!(replaced(old, "y", "new"), None);
    }
}
