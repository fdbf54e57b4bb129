//! The playground in a real browser: js-tests/playground.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::step::{Result, run, step};
use crate::tools::node_modules;

/// Tests the playground of the package that is installed in `project`. Without Chromium this fails.
pub(crate) fn test(root: &Path, project: &Path) -> Result<()> {
    let folder = root.join("js-tests/playground");
    node_modules(root, "js-tests/playground")?;
    let mut files: Vec<_> =
        fs::read_dir(&folder)?.map(|file| file.map(|file| file.path())).collect::<std::result::Result<_, _>>()?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    step("the playground in Chromium", || {
        let mut node = Command::new("node");
        node.current_dir(&folder).args(["--test", "--test-reporter=spec"]).args(&files);
        run(node.env("INSTALLED", project))
    })
}
