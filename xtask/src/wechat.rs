//! The examples, run by WeChat's own tools as far as these run here: the developer tools' npm build and the cloud function framework,
//! and a stand-in for the mini-program itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Result, output, run, step};
use crate::tools::{Tools, node_modules};
use crate::{build, node};

/// The steps, by name.
pub(crate) const PREPARE: &str = "the examples with the package installed";
pub(crate) const NPM_BUILD: &str = "the developer tools' npm build";
pub(crate) const TESTS: &str = "mini-program, cloud function and server";

pub(crate) const FOLDER: &str = "js-tests/wechat";
const EXAMPLES: [&str; 4] = ["cloud-function", "message-push", "miniprogram", "node-server"];

/// Builds the package and tests the examples with it.
pub(crate) fn wechat(root: &Path) -> Result<()> {
    let tools = Tools::for_build(root)?;
    build::make(root, &tools)?;
    node_modules(root, FOLDER)?;
    step(PREPARE, || prepare(root))?;
    step(NPM_BUILD, || npm_build(root))?;
    step(TESTS, || javascript(root))
}

/// The developer tools' npm build of the mini-program.
pub(crate) fn npm_build(root: &Path) -> Result<()> {
    run(Command::new("node").current_dir(root.join(FOLDER)).arg("pack.mjs").env("EXAMPLES", examples(root)))
}

/// The tests of mini-program, cloud functions and server.
pub(crate) fn javascript(root: &Path) -> Result<()> {
    node::test(root, FOLDER, &node::test_files(&root.join(FOLDER))?, "EXAMPLES", examples(root))
}

/// Where the copies are.
fn examples(root: &Path) -> PathBuf {
    root.join("target/wechat")
}

/// The package, installed from its tarball in a copy of each example.
pub(crate) fn prepare(root: &Path) -> Result<()> {
    let folder = examples(root);
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
        // Two of them have dependencies of their own, which are downloaded once.
        npm.current_dir(&copy).args([
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            "--prefer-offline",
        ]);
        run(npm.arg(&tarball))?;
    }
    Ok(())
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
