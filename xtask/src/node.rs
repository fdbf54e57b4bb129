//! Test files under Node's own test runner.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Result, run};

/// The test files of a folder. There has to be one.
pub(crate) fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<_> =
        fs::read_dir(folder)?.map(|file| file.map(|file| file.path())).collect::<std::result::Result<_, _>>()?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    if files.is_empty() { Err(format!("{}: no tests", folder.display()).into()) } else { Ok(files) }
}

/// Runs test files; `variable` and its value are for them. Every test has to run and pass: one that is skipped or left to do fails the
/// run, and so does a file without tests.
pub(crate) fn test(
    root: &Path,
    folder: &str,
    files: &[PathBuf],
    variable: &str,
    value: impl AsRef<OsStr>,
) -> Result<()> {
    let report = root.join("target/node-tests.tap");
    fs::create_dir_all(root.join("target"))?;
    let mut node = Command::new("node");
    node.current_dir(root.join(folder)).args(["--expose-gc", "--test"]);
    node.args(["--test-reporter=spec", "--test-reporter-destination=stdout"]);
    node.arg("--test-reporter=tap").arg(format!("--test-reporter-destination={}", report.display()));
    run(node.args(files).env(variable, value))?;
    counted(&fs::read_to_string(report)?)
}

fn counted(report: &str) -> Result<()> {
    let count = |name: &str| -> Result<usize> {
        let line = report.lines().rev().find_map(|line| line.strip_prefix(&format!("# {name} ")));
        Ok(line.ok_or_else(|| format!("the report has no number of {name}"))?.trim().parse()?)
    };
    let (tests, passed) = (count("tests")?, count("pass")?);
    // A file without tests is reported as one test that has the file's name.
    let empty = report.lines().find(|line| line.starts_with("ok ") && line.trim_end().ends_with(".test.mjs"));
    if let Some(empty) = empty {
        return Err(format!("a file without tests: {empty}").into());
    }
    if tests == 0 || passed != tests {
        return Err(format!("{tests} tests, {passed} passed: each has to run and pass").into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_that_ran_and_passed_count() {
        let judged = |report: &str| counted(report).map_err(|error| error.to_string());
        assert_eq!(judged("ok 1 - a\nok 2 - b\n# tests 2\n# pass 2\n# skipped 0\n"), Ok(()));
        assert!(judged("ok 1 - a # SKIP\nok 2 - b\n# tests 2\n# pass 1\n# skipped 1\n").is_err());
        assert!(judged("# tests 0\n# pass 0\n").is_err());
        assert!(judged("ok 1 - /somewhere/a.test.mjs\n# tests 1\n# pass 1\n").is_err());
        assert!(judged("").is_err());
    }
}
