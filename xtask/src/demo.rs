//! The first thing to run: the built package on WeChat's own sample, and what failures look like.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::build;
use crate::step::Result;

/// Builds the package and shows it at work; with a payload, also on that.
pub(crate) fn demo(root: &Path, payload: Option<&str>) -> Result<()> {
    build::build(root)?;
    println!();
    let mut node = Command::new("node");
    node.arg(root.join("xtask/demo.mjs")).args(payload);
    // The payload may come through standard input.
    let status = node.stdin(Stdio::inherit()).status()?;
    if status.success() { Ok(()) } else { Err("the demo did not end well, see above".into()) }
}
