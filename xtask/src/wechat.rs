//! The examples, run by WeChat's own tools as far as these run here: the developer tools' npm build and the cloud function framework,
//! and a stand-in for the mini-program itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build;
use crate::step::{Result, output, run, step};
use crate::tools::{Tools, node_modules};

const EXAMPLES: [&str; 4] = ["cloud-function", "message-push", "miniprogram", "node-server"];

/// So many there are at least: a suite that is not found would pass.
const FEWEST_TESTS: usize = 390;

/// Builds the package and tests the examples with it.
pub(crate) fn wechat(root: &Path) -> Result<()> {
    let tools = Tools::for_build(root)?;
    build::make(root, &tools)?;
    test(root)
}

/// Tests the examples with the package as it stands in `pkg/`.
pub(crate) fn test(root: &Path) -> Result<()> {
    node_modules(root, "js-tests/wechat")?;
    let examples = step("the examples with the package installed", || prepare(root))?;
    step("the developer tools' npm build", || {
        let mut node = Command::new("node");
        run(node.current_dir(root.join("js-tests/wechat")).arg("pack.mjs").env("EXAMPLES", &examples))
    })?;
    step("mini-program, cloud function and server", || javascript(root, &examples))
}

/// Copies of the examples, each with the package installed from its tarball. Returns their folder.
fn prepare(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/wechat");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut npm = Command::new("npm");
    npm.current_dir(root.join("pkg")).args(["pack", "--silent", "--pack-destination"]).arg(&folder);
    let tarball = folder.join(output(&mut npm)?.trim());
    for example in EXAMPLES {
        let copy = folder.join(example);
        copy_folder(&root.join("examples").join(example), &copy)?;
        let mut npm = Command::new("npm");
        // One of them has a dependency of its own, which is downloaded once.
        npm.current_dir(&copy).args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"]);
        run(npm.arg(&tarball))?;
    }
    Ok(folder)
}

/// What is in the repository, and not what the developer tools or npm made beside it.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "node_modules" || name == "miniprogram_npm" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to.join(name))?;
        } else {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

fn javascript(root: &Path, examples: &Path) -> Result<()> {
    let folder = root.join("js-tests/wechat");
    let mut files: Vec<_> =
        fs::read_dir(&folder)?.map(|file| file.map(|file| file.path())).collect::<std::result::Result<_, _>>()?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    let report = examples.join("tests.tap");
    let mut node = Command::new("node");
    node.current_dir(&folder).arg("--test").args(["--test-reporter=spec", "--test-reporter-destination=stdout"]);
    node.arg("--test-reporter=tap").arg(format!("--test-reporter-destination={}", report.display()));
    run(node.args(&files).env("EXAMPLES", examples))?;
    counted(&fs::read_to_string(report)?)
}

/// Every test ran and passed: none was skipped or left to do, and there were as many as there should be.
fn counted(report: &str) -> Result<()> {
    let count = |name: &str| -> Result<usize> {
        let line = report.lines().rev().find_map(|line| line.strip_prefix(&format!("# {name} ")));
        Ok(line.ok_or_else(|| format!("the report has no number of {name}"))?.trim().parse()?)
    };
    let (tests, passed) = (count("tests")?, count("pass")?);
    // A file without tests is reported as one test that has the file's name.
    let empty = report.lines().any(|line| line.starts_with("ok ") && line.trim_end().ends_with(".test.mjs"));
    if tests < FEWEST_TESTS || passed != tests || empty {
        return Err(format!("{tests} tests, {passed} passed; at least {FEWEST_TESTS} were expected").into());
    }
    Ok(())
}
