//! The test suite on every host that the package is for: js-tests/platforms.

use std::path::Path;
use std::process::Command;

use crate::programs::{self, CHROMIUM};
use crate::step::{Result, Skip, run, run_and_read, step};
use crate::tools::{Tools, node_modules};
use crate::{build, inspect, npm};

/// The steps, by name.
pub(crate) const GLOBALS: &str = "the mini-program's JavaScript: language level and globals";
pub(crate) const HOSTS: &str = "the suite on every host";

pub(crate) const FOLDER: &str = "js-tests/platforms";

/// Builds, packs and installs the package, and runs the suite on every host.
pub(crate) fn platforms(root: &Path) -> Result<()> {
    let tools = Tools::for_build(root)?;
    programs::install(&[&CHROMIUM])?;
    build::make(root, &tools)?;
    step("the modules against xtask/artefacts.json", || inspect::check(root))?;
    let project = step("packing and installing the package", || npm::pack_and_install(root))?;
    node_modules(root, FOLDER)?;
    step(GLOBALS, || globals(root, &project))?;
    step(HOSTS, || match on_every_host(root, &project) {
        Err(error) if error.is::<Skip>() => {
            println!("    SKIPPED {error}");
            Ok(())
        }
        outcome => outcome,
    })
}

/// What the mini-program's JavaScript needs of its host, read off its syntax tree.
pub(crate) fn globals(root: &Path, project: &Path) -> Result<()> {
    run(script(root, "inspect.mjs").env("INSTALLED", project))
}

/// Runs the suite on every host, with the package as it is installed in `project`. Hosts that are not here are a [`Skip`], once all
/// others have passed.
pub(crate) fn on_every_host(root: &Path, project: &Path) -> Result<()> {
    let printed = run_and_read(script(root, "run.mjs").env("INSTALLED", project))?;
    skipped(&printed).map_or(Ok(()), |skip| Err(skip.into()))
}

fn script(root: &Path, name: &str) -> Command {
    let mut node = Command::new("node");
    node.current_dir(root.join(FOLDER)).arg(name);
    node
}

/// The hosts that were not run, and why not, from what run.mjs says of each.
fn skipped(printed: &str) -> Option<Skip> {
    let hosts: Vec<(&str, &str)> = printed.lines().filter_map(|line| line.split_once(": SKIPPED: ")).collect();
    let names: Vec<&str> = hosts.iter().map(|(name, _)| *name).collect();
    let mut reasons: Vec<&str> = hosts.iter().map(|(_, reason)| *reason).collect();
    reasons.sort_unstable();
    reasons.dedup();
    (!hosts.is_empty()).then(|| Skip::new(format!("in part, without {}", names.join("; ")), reasons.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_are_not_here_are_named() {
        assert!(skipped("node 20: 5 passed, 0 failed (1.0 s)\n\n1 hosts run, 0 skipped\n").is_none());
        let printed = "bun: SKIPPED: no bun\nnode 20: 5 passed, 0 failed (1.0 s)\na page: SKIPPED: no browser\nanother: SKIPPED: no browser\n";
        let skip = skipped(printed).map(|skip| skip.to_string());
        assert_eq!(skip.as_deref(), Some("in part, without bun; a page; another (no browser; no bun)"));
    }
}
