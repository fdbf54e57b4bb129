//! The test suite on every host that the package is for: js-tests/platforms.

use std::path::Path;
use std::process::Command;

use crate::step::{run, step};
use crate::tools::{Tools, node_modules};
use crate::{Result, build, inspect, npm};

/// Builds, packs and installs the package, and runs the suite on every host.
pub(crate) fn platforms(root: &Path) -> Result<()> {
    let tools = Tools::for_build(root)?;
    build::make(root, &tools)?;
    step("the modules against xtask/artefacts.json", || inspect::check(root))?;
    let project = step("packing and installing the package", || npm::pack_and_install(root))?;
    on_every_host(root, &project)
}

/// Runs the suite on every host, with the package as it is installed in `project`.
pub(crate) fn on_every_host(root: &Path, project: &Path) -> Result<()> {
    let folder = root.join("js-tests/platforms");
    node_modules(root, "js-tests/platforms")?;
    let script = |name: &str| run(Command::new("node").current_dir(&folder).arg(name).env("INSTALLED", project));
    step("the mini-program's JavaScript: language level and globals", || script("inspect.mjs"))?;
    step("the suite on every host", || script("run.mjs"))
}
