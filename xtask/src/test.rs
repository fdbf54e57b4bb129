//! Everything that has to hold, in one command.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::step::{run, step};
use crate::tools::{NO_STD_TARGET, Tools, WASM_TARGET, node_modules};
use crate::{
    Result, bench, build, constant_time, fuzz, inspect, npm, phone_metadata, platforms, playground, sizes, wechat,
};

/// The vectors of others; each suite prints its figures.
const CONFORMANCE: [&str; 8] =
    ["test", "--locked", "--features", "assurance", "--test", "conformance", "--", "--nocapture"];

/// Runs all tests, from the cheapest to the dearest.
pub(crate) fn test(root: &Path) -> Result<()> {
    let tools = Tools::for_test(root)?;
    let cargo = |arguments: &[&str]| run(tools.cargo(root).args(arguments));
    let strict_cargo = |arguments: &[&str]| run(tools.cargo(root).env("RUSTDOCFLAGS", "-D warnings").args(arguments));

    step("format", || {
        cargo(&["fmt", "--all", "--check"])?;
        // A workspace of its own.
        cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])
    })?;
    step("lints", || {
        let deny: &[&str] = &["--", "-D", "warnings"];
        cargo(&[&["clippy", "--locked", "--quiet", "--workspace", "--all-targets"], deny].concat())?;
        for (package, features, target) in [
            ("weapp-opendata", "bindgen,standalone", WASM_TARGET),
            ("weapp-opendata", "baseline,standalone", NO_STD_TARGET),
            ("weapp-opendata", "baseline,standalone,client", NO_STD_TARGET),
            ("weapp-opendata-api-security", "standalone", NO_STD_TARGET),
        ] {
            let package = ["clippy", "--locked", "--quiet", "--package", package];
            let arguments = [&package[..], &["--features", features, "--target", target]].concat();
            cargo(&[&arguments[..], deny].concat())?;
        }
        Ok(())
    })?;
    step("the conventional build of the benchmark: format and lints", || bench::lint(root, &tools))?;
    step("licences and sources of all crates", || {
        run(tools.command("cargo-deny").current_dir(root).args([
            "--workspace",
            "--offline",
            "check",
            "licenses",
            "bans",
            "sources",
        ]))
    })?;
    step("docs", || {
        strict_cargo(&["doc", "--locked", "--quiet", "--workspace", "--no-deps", "--document-private-items"])
    })?;
    step("the cores without the standard library", || {
        for package in ["weapp-opendata", "weapp-opendata-api-security"] {
            cargo(&["build", "--locked", "--quiet", "--package", package, "--lib", "--target", NO_STD_TARGET])?;
        }
        Ok(())
    })?;
    step("the phone table against its source", || phone_metadata::run(root, true))?;
    step("native tests", || cargo(&["test", "--locked", "--workspace", "--exclude", "constant-time"]))?;
    step("conformance", || cargo(&CONFORMANCE))?;
    step("constant time, under valgrind", || constant_time::constant_time(root))?;
    step("tests inside WebAssembly, on Node", || wasm_pack(root, &tools, &[], ""))?;
    step("tests inside WebAssembly with SIMD, on Node", || wasm_pack(root, &tools, &["--release"], build::SIMD))?;

    build::make(root, &tools)?;
    step("sizes against size-budget.json", || sizes::check(root, &tools))?;
    let project = step("packing and installing the package", || npm::pack_and_install(root))?;
    step("contents of the tarball", || contents(root, &project))?;
    step("types and JavaScript, checked by tsc", || types(root, &tools))?;
    step("publint and arethetypeswrong", || lint_package(&tools, &project))?;
    step("the modules against xtask/artefacts.json", || inspect::check(root))?;
    // Keyv's SQLite comes compiled, or is compiled for the machine.
    node_modules(root, "js-tests/stores")?;
    step("JavaScript tests", || javascript(root, &project))?;
    platforms::on_every_host(root, &project)?;
    playground::test(root, &project)?;
    wechat::test(root)?;
    match fuzz::smoke(root)? {
        None => println!("\nAll tests passed."),
        Some(missing) => println!("\nAll tests passed but one: {missing}."),
    }
    Ok(())
}

fn wasm_pack(root: &Path, tools: &Tools, profile: &[&str], rustflags: &str) -> Result<()> {
    let mut wasm_pack = tools.command("wasm-pack");
    wasm_pack.current_dir(root).args(["test", "--node", "--mode", "no-install"]).args(profile);
    wasm_pack.args(["--", "--locked", "--features", "bindgen,assurance", "--", "--nocapture"]);
    run(wasm_pack.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", rustflags))
}

/// The tarball holds what `js-tests/packaging/files.txt` says, no more and no less.
fn contents(root: &Path, project: &Path) -> Result<()> {
    let found = npm::tarball_files(&project.join("weapp-opendata.tgz"))?;
    let list = fs::read_to_string(root.join("js-tests/packaging/files.txt"))?;
    let expected: Vec<&str> = list.lines().collect();
    if found == expected { Ok(()) } else { Err(format!("expected {expected:?}, found {found:?}").into()) }
}

fn types(root: &Path, tools: &Tools) -> Result<()> {
    let tsc = |project: &str| run(tools.command("tsc").current_dir(root).args(["--project", project]));
    tsc("js-tests/types/tsconfig.json")?;
    tsc("js-tests/types/tsconfig.cjs.json")?;
    tsc("js-tests/types/tsconfig.glue.json")?;
    tsc("js-tests/types/tsconfig.cli.json")
}

fn lint_package(tools: &Tools, project: &Path) -> Result<()> {
    let tarball = project.join("weapp-opendata.tgz");
    run(tools.command("publint").arg(&tarball).arg("--strict"))?;
    // Two entry points are not for `import`: the raw WebAssembly, and the folder that WeChat's developer tools copy.
    run(tools.command("attw").arg(&tarball).args(["--exclude-entrypoints", "wasm", "miniprogram"]))
}

fn javascript(root: &Path, project: &Path) -> Result<()> {
    let mut node = Command::new("node");
    node.current_dir(root.join("js-tests")).args(["--expose-gc", "--test", "--test-reporter=spec"]);
    // The emulator of WeChat's API first: other tests rest on it.
    for folder in ["js-tests/wechat-api", "js-tests/node", "js-tests/cli", "js-tests/stores"] {
        let mut files: Vec<_> = fs::read_dir(root.join(folder))?
            .map(|file| file.map(|file| file.path()))
            .collect::<std::result::Result<_, _>>()?;
        files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
        files.sort();
        node.args(files);
    }
    run(node.env("INSTALLED", project))
}
