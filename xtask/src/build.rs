//! Makes `pkg/`: the core as WebAssembly, the hand-written JavaScript around it, and what npm users read.

use std::fs;
use std::path::{Path, PathBuf};

use crate::step::{run, step};
use crate::tools::{Tools, WASM_TARGET};
use crate::{Result, npm, sizes};

/// What the modern module may use. Everything here is in Node 18 and in browsers of 2022; without the list, wasm-opt would also
/// write what hosts refuse.
const WASM_FEATURES: [&str; 7] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds the package and returns its folder.
pub(crate) fn build(root: &Path) -> Result<PathBuf> {
    let tools = Tools::for_build(root)?;
    let package = make(root, &tools)?;
    step("sizes against size-budget.json", || sizes::check(root, &tools))?;
    println!("\nBuilt {}: `npm pack ./pkg` makes the tarball.", package.display());
    Ok(package)
}

/// Builds the package without looking at its sizes.
pub(crate) fn make(root: &Path, tools: &Tools) -> Result<PathBuf> {
    let work = root.join("target/npm");
    step("the core as WebAssembly", || compile(root, tools, &work))?;
    step("assembling pkg/", || npm::assemble(root, tools, &work))
}

fn compile(root: &Path, tools: &Tools, work: &Path) -> Result<()> {
    let mut cargo = tools.cargo(root);
    cargo.args(["rustc", "--locked", "--quiet", "--package", "weapp-opendata", "--lib", "--crate-type", "cdylib"]);
    cargo.args(["--profile", "wasm", "--features", "bindgen,standalone", "--target", WASM_TARGET]);
    run(cargo.env("CARGO_ENCODED_RUSTFLAGS", path_free_rustflags(root)?))?;

    let bindgen = work.join("bindgen");
    let module = root.join("target").join(WASM_TARGET).join("wasm/weapp_opendata.wasm");
    let mut wasm_bindgen = tools.command("wasm-bindgen");
    run(wasm_bindgen.args(["--target", "bundler", "--no-typescript", "--out-dir"]).arg(&bindgen).arg(module))?;

    let mut wasm_opt = tools.command("wasm-opt");
    wasm_opt.args(WASM_FEATURES).args(["-O3", "--strip-debug", "--strip-producers", "--strip-target-features"]);
    run(wasm_opt.arg(bindgen.join("weapp_opendata_bg.wasm")).arg("-o").arg(work.join("weapp-opendata.wasm")))
}

/// Panic locations hold file names. They shall not tell where the package was built, nor differ from machine to machine.
fn path_free_rustflags(root: &Path) -> Result<String> {
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
    Ok(flags.join("\u{1f}"))
}
