//! What Cargo checks: format, lints, documentation, native tests.

use std::path::Path;

use crate::modules::{NO_STD_TARGET, WASM_TARGET};
use crate::step::{Result, run};
use crate::tools::Tools;

/// Both workspaces, formatted.
pub(crate) fn format(root: &Path, tools: &Tools) -> Result<()> {
    run(tools.cargo(root).args(["fmt", "--all", "--check"]))?;
    // A workspace of its own.
    run(tools.cargo(root).args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
}

/// Every crate under clippy, as it is built for the machine and for the modules. Cargo looks anew only at what changed.
pub(crate) fn lints(root: &Path, tools: &Tools) -> Result<()> {
    let clippy = |arguments: &[&str]| {
        let mut cargo = tools.cargo(root);
        cargo.args(["clippy", "--locked", "--quiet"]).args(arguments).args(["--", "-D", "warnings"]);
        run(&mut cargo)
    };
    clippy(&["--workspace", "--all-targets"])?;
    for (package, features, target) in [
        ("weapp-opendata", "bindgen,standalone", WASM_TARGET),
        ("weapp-opendata", "baseline,standalone", NO_STD_TARGET),
        ("weapp-opendata", "baseline,standalone,miniprogram", NO_STD_TARGET),
        ("weapp-opendata-api-security", "standalone", NO_STD_TARGET),
    ] {
        clippy(&["--package", package, "--features", features, "--target", target])?;
    }
    Ok(())
}

/// Fetches what the lock files name, for every target: this workspace's, and those of the two that stand by themselves.
pub(crate) fn fetch(root: &Path, tools: &Tools) -> Result<()> {
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml", "benches/conventional/Cargo.toml"] {
        run(tools.cargo(root).args(["fetch", "--locked", "--quiet", "--manifest-path", manifest]))?;
    }
    Ok(())
}

/// Licences and sources of all crates, of every target.
pub(crate) fn licences(root: &Path, tools: &Tools) -> Result<()> {
    let check = ["--workspace", "--offline", "check", "licenses", "bans", "sources"];
    run(tools.command("cargo-deny").current_dir(root).args(check))
}

/// The documentation, private items included.
pub(crate) fn docs(root: &Path, tools: &Tools) -> Result<()> {
    let doc = ["doc", "--locked", "--quiet", "--workspace", "--no-deps", "--document-private-items"];
    run(tools.cargo(root).env("RUSTDOCFLAGS", "-D warnings").args(doc))
}

/// The cores where there is no standard library.
pub(crate) fn no_std(root: &Path, tools: &Tools) -> Result<()> {
    for package in ["weapp-opendata", "weapp-opendata-api-security"] {
        let build = ["build", "--locked", "--quiet", "--package", package, "--lib", "--target", NO_STD_TARGET];
        run(tools.cargo(root).args(build))?;
    }
    Ok(())
}

/// The tests of all crates but that of constant time, which takes valgrind.
pub(crate) fn native_tests(root: &Path, tools: &Tools) -> Result<()> {
    run(tools.cargo(root).args(["test", "--locked", "--workspace", "--exclude", "constant-time"]))
}

/// Tests that try so many inputs that they take most of the time of all.
const EXHAUSTIVE: [&str; 4] = [
    "boundary::tests::any_request_is_answered",
    "cipher::simd::tests::light_blocks_and_keys",
    "json::tests::agrees_with_serde_json",
    "a_million_random_and_mutated_numbers",
];

/// The native tests without the exhaustive ones.
pub(crate) fn quick_native_tests(root: &Path, tools: &Tools) -> Result<()> {
    let mut cargo = tools.cargo(root);
    cargo.args(["test", "--locked", "--workspace", "--exclude", "constant-time", "--"]);
    run(cargo.args(EXHAUSTIVE.iter().flat_map(|name| ["--skip", name])))
}

/// The vectors of others; each suite prints its figures.
pub(crate) fn conformance(root: &Path, tools: &Tools) -> Result<()> {
    let test = ["test", "--locked", "--features", "assurance", "--test", "conformance", "--", "--nocapture"];
    run(tools.cargo(root).args(test))
}

/// The tests inside WebAssembly, on Node.
pub(crate) fn wasm_tests(root: &Path, tools: &Tools, profile: &[&str], rustflags: &str) -> Result<()> {
    let mut wasm_pack = tools.command("wasm-pack");
    wasm_pack.current_dir(root).args(["test", "--node", "--mode", "no-install"]).args(profile);
    wasm_pack.args(["--", "--locked", "--features", "bindgen,assurance", "--", "--nocapture"]);
    run(wasm_pack.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", rustflags))
}
