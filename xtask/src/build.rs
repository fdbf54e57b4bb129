//! Makes `pkg/`: the core as WebAssembly, the hand-written JavaScript around it, and what npm users read.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::modules::{MODULES, Module, WASM_TARGET};
use crate::step::{Result, run, step};
use crate::tools::Tools;
use crate::{inspect, npm, sizes};

/// What a baseline module exports; the linker adds Globals of its own, which iOS refuses.
const BASELINE_EXPORTS: &str = r#"[
  {"name": "root", "root": true, "reaches": ["memory", "reserve", "call", "wipe"]},
  {"name": "memory", "export": "memory"},
  {"name": "reserve", "export": "reserve"},
  {"name": "call", "export": "call"},
  {"name": "wipe", "export": "wipe"}
]"#;

/// Builds the package and returns its folder.
pub(crate) fn build(root: &Path) -> Result<PathBuf> {
    let tools = Tools::for_build(root)?;
    let package = make(root, &tools)?;
    step("sizes against size-budget.json", || sizes::check(root, &tools))?;
    step("the modules against xtask/artefacts.json", || inspect::check(root))?;
    println!("\nBuilt {}: `npm pack ./pkg` makes the tarball.", package.display());
    Ok(package)
}

/// Builds the package without looking at its sizes.
pub(crate) fn make(root: &Path, tools: &Tools) -> Result<PathBuf> {
    let work = root.join("target/npm");
    fs::create_dir_all(&work)?;
    for module in &MODULES {
        step(&format!("the {} module", module.name), || compile(root, tools, &work, module))?;
    }
    step("the baseline modules as JavaScript", || {
        wasm_to_js(tools, &work, "baseline")?;
        wasm_to_js(tools, &work, "miniprogram")
    })?;
    step("assembling pkg/", || npm::assemble(root, tools, &work))
}

/// The modern module, and as much of the package as its tests on Node take.
pub(crate) fn modern(root: &Path, tools: &Tools) -> Result<()> {
    let work = root.join("target/npm");
    fs::create_dir_all(&work)?;
    for module in MODULES.iter().filter(|module| module.name == "modern") {
        compile(root, tools, &work, module)?;
    }
    npm::preview(root, tools, &work)
}

fn compile(root: &Path, tools: &Tools, work: &Path, module: &Module) -> Result<()> {
    // A target folder each, so that modules for one target do not overwrite each other.
    let target = work.join("cargo").join(module.name);
    let mut cargo = tools.cargo(root);
    cargo.args(["rustc", "--locked", "--quiet", "--package", module.package, "--lib", "--crate-type", "cdylib"]);
    cargo
        .args(["--profile", "wasm", "--features", module.features, "--target", module.target, "--target-dir"])
        .arg(&target);
    let mut flags = path_free_rustflags(root)?;
    flags.extend(module.rustflags.iter().map(|flag| (*flag).to_owned()));
    run(cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")))?;
    let compiled = target.join(module.target).join("wasm").join(format!("{}.wasm", module.package.replace('-', "_")));

    let linked = if module.target == WASM_TARGET {
        let bindgen = work.join("bindgen");
        Bindgen::new().input_path(compiled).bundler(true)?.typescript(false).generate(&bindgen)?;
        bindgen.join("weapp_opendata_bg.wasm")
    } else {
        let graph = work.join("baseline-exports.json");
        fs::write(&graph, BASELINE_EXPORTS)?;
        let linked = work.join(format!("{}-linked.wasm", module.name));
        let mut metadce = tools.command("wasm-metadce");
        metadce.args(module.wasm_features).arg(compiled).arg("--graph-file").arg(&graph).arg("-o").arg(&linked);
        run(metadce.stdout(std::process::Stdio::null()))?;
        linked
    };
    let mut wasm_opt = tools.command("wasm-opt");
    wasm_opt.args(module.wasm_features).args(["--strip-debug", "--strip-producers", "--strip-target-features"]);
    wasm_opt.args([if module.name == "miniprogram" { "-Oz" } else { "-O3" }, "--converge", "--reorder-functions"]);
    run(wasm_opt.arg(linked).arg("-o").arg(work.join(format!("{}.wasm", module.name))))
}

fn wasm_to_js(tools: &Tools, work: &Path, name: &str) -> Result<()> {
    let mut wasm2js = tools.command("wasm2js");
    wasm2js.arg("-O").arg(work.join(format!("{name}.wasm"))).arg("-o").arg(work.join(format!("{name}.js")));
    run(&mut wasm2js)
}

/// Panic locations hold file names. They shall not tell where the package was built, nor differ from machine to machine.
fn path_free_rustflags(root: &Path) -> Result<Vec<String>> {
    let cargo_home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .ok_or("no CARGO_HOME")?;
    let mut flags = vec![format!("--remap-path-prefix={}=/weapp-opendata", root.display())];
    if let Ok(registries) = fs::read_dir(cargo_home.join("registry/src")) {
        for registry in registries {
            flags.push(format!("--remap-path-prefix={}=/crates", registry?.path().display()));
        }
    }
    Ok(flags)
}
