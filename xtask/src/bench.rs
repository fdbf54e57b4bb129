//! The benchmark: js-tests/bench measures and draws; here is built what it measures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::modules::{WASM_FEATURES, WASM_TARGET};
use crate::step::{Result, run, step};
use crate::tools::{Tools, node_modules};
use crate::{build, npm};

/// Where js-tests/bench/draw.mjs finds the results.
const RESULTS: &str = "js-tests/bench/results.json";

/// What one would build first, to compare with. It is not shipped.
const CONVENTIONAL: &str = "benches/conventional/Cargo.toml";

/// Measures the packed package beside what one would take instead, on every runtime, and writes the figures into the READMEs.
pub(crate) fn bench(root: &Path) -> Result<()> {
    measure(root, &root.join(RESULTS), &[])?;
    redraw(root)
}

/// The same in few rounds and on one runtime, to see that it works. Its figures are worth little: they stay in target/.
pub(crate) fn quick(root: &Path) -> Result<()> {
    measure(root, &root.join("target/bench.json"), &["--quick"])
}

/// Writes the READMEs' tables and the chart anew from the committed results, without measuring.
pub(crate) fn redraw(root: &Path) -> Result<()> {
    run(&mut script(root, "draw.mjs"))
}

/// Format and lints of the conventional build, which is a workspace of its own.
pub(crate) fn lint(root: &Path, tools: &Tools) -> Result<()> {
    run(tools.cargo(root).args(["fmt", "--manifest-path", CONVENTIONAL, "--check"]))?;
    let clippy = ["clippy", "--locked", "--quiet", "--manifest-path", CONVENTIONAL, "--target", WASM_TARGET];
    run(tools.cargo(root).args(clippy).arg("--target-dir").arg(root.join("target")).args(["--", "-D", "warnings"]))
}

fn measure(root: &Path, results: &Path, options: &[&str]) -> Result<()> {
    let tools = Tools::for_build(root)?;
    node_modules(root, "js-tests/platforms")?;
    build::make(root, &tools)?;
    let project = step("packing and installing the package", || npm::pack_and_install(root))?;
    let conventional = step("the conventional build", || conventional(root, &tools))?;
    step("measuring", || {
        let mut run_all = script(root, "run.mjs");
        run_all.arg("--json").arg(results).args(options);
        run(run_all.env("INSTALLED", project).env("CONVENTIONAL", conventional))
    })
}

fn script(root: &Path, name: &str) -> Command {
    let mut node = Command::new("node");
    node.arg(root.join("js-tests/bench").join(name));
    node
}

/// Builds benches/conventional for Node and returns the folder.
fn conventional(root: &Path, tools: &Tools) -> Result<PathBuf> {
    let target = root.join("target/npm/cargo/conventional");
    let mut cargo = tools.cargo(root);
    cargo.args(["build", "--locked", "--quiet", "--release", "--manifest-path", CONVENTIONAL]);
    run(cargo.args(["--target", WASM_TARGET, "--target-dir"]).arg(&target))?;
    let folder = root.join("target/npm/conventional");
    let compiled = target.join(WASM_TARGET).join("release/weapp_opendata_conventional.wasm");
    bind_for_node(&compiled, &folder)?;
    let (bound, optimised) = (folder.join("conventional_bg.wasm"), folder.join("optimised.wasm"));
    let mut wasm_opt = tools.command("wasm-opt");
    run(wasm_opt
        .args(WASM_FEATURES)
        .args(["-O3", "--strip-debug", "--strip-producers"])
        .arg(&bound)
        .arg("-o")
        .arg(&optimised))?;
    fs::rename(optimised, bound)?;
    Ok(folder)
}

/// Makes a module for Node out of what was compiled: `conventional.js` and `conventional_bg.wasm`.
fn bind_for_node(compiled: &Path, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name("conventional").typescript(false).nodejs(true)?;
    Ok(bindgen.generate(folder)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_figure_is_written_by_hand() {
        crate::step::run(super::script(&crate::workspace::root(), "draw.mjs").arg("--check")).unwrap();
    }
}
