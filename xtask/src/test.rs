//! Everything that has to hold, in one command; and the part of it that is worth a minute every few minutes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::modules::SIMD;
use crate::plan::Plan;
use crate::programs::{self, CHROMIUM, Program, TMUX};
use crate::step::{Result, run};
use crate::tools::{self, NPM_OF_BUILD, Tools, node_modules};
use crate::{
    bench, build, constant_time, fuzz, inspect, node, npm, phone_metadata, platforms, protocol, rust, sizes, wechat,
};

// Steps that others need, by name.
const CRATES: &str = "fetching the crates";
const TARGETS: &str = "the Rust targets";
const NPM: &str = "npm packages for building";
const PACKAGE: &str = "the package";
const PACKED: &str = "packing and installing the package";

/// Suites whose npm packages are their own.
const NPM_OF_TESTS: [&str; 4] = ["js-tests/stores", "js-tests/playground", platforms::FOLDER, wechat::FOLDER];

const SUITES: [(&str, &str); 2] =
    [("processes that share a token", "js-tests/stores"), ("the playground without a browser", "js-tests/playground")];

/// What drives a program of the system's. Each is a step of its own, skipped by name where the program is missing.
const DRIVING: [(&str, &str, &[&str], &Program); 2] = [
    ("the command line in a terminal", "js-tests/cli", &["terminal.test.mjs"], &TMUX),
    ("the playground in Chromium", "js-tests/playground", &["page.test.mjs", "sealed.test.mjs"], &CHROMIUM),
];

/// Runs all tests, from the cheapest to the dearest.
pub(crate) fn test(root: &Path) -> Result<()> {
    let tools = &Tools::at(root)?;
    let project = &npm::project(root);
    let mut plan = Plan::new();

    plan.step("programs of the system", || programs::install(&programs::ALL));
    plan.step(CRATES, || rust::fetch(root, tools));
    plan.step(TARGETS, || tools::rust_targets(root));
    plan.step(NPM, || NPM_OF_BUILD.iter().try_for_each(|folder| node_modules(root, folder)));

    plan.step("format", || rust::format(root, tools));
    plan.step("lints", || rust::lints(root, tools)).needs(&[TARGETS]);
    plan.step("format and lints of the conventional build", || bench::lint(root, tools)).needs(&[TARGETS]);
    plan.step("cargo-deny", || tools::CARGO_DENY.install(root));
    plan.step("licences and sources of all crates", || rust::licences(root, tools)).needs(&[CRATES, "cargo-deny"]);
    plan.step("docs", || rust::docs(root, tools));
    plan.step("the cores without the standard library", || rust::no_std(root, tools)).needs(&[TARGETS]);
    plan.step("the phone table against its source", || phone_metadata::run(root, true));
    plan.step("the JavaScript side of the protocol against the Rust side", || protocol::run(root, true));
    plan.step("native tests", || rust::native_tests(root, tools));
    plan.step("conformance", || rust::conformance(root, tools));
    plan.step("constant time, under valgrind", || constant_time::constant_time(root)).wants(&programs::VALGRIND);
    plan.step("wasm-pack", || tools::WASM_PACK.install(root));
    plan.step("the test runner of wasm-bindgen", || tools::TEST_RUNNER.install(root));
    let in_wasm = [TARGETS, "wasm-pack", "the test runner of wasm-bindgen"];
    plan.step("tests inside WebAssembly, on Node", || rust::wasm_tests(root, tools, &[], "")).needs(&in_wasm);
    plan.step("tests inside WebAssembly with SIMD, on Node", || rust::wasm_tests(root, tools, &["--release"], SIMD))
        .needs(&in_wasm);

    plan.step(PACKAGE, || build::make(root, tools).map(drop)).needs(&[TARGETS, NPM]);
    plan.step("sizes against size-budget.json", || sizes::check(root, tools)).needs(&[PACKAGE]);
    plan.step("the modules against xtask/artefacts.json", || inspect::check(root)).needs(&[PACKAGE]);
    plan.step(PACKED, || npm::pack_and_install(root).map(drop)).needs(&[PACKAGE]);
    plan.step("contents of the tarball", || contents(root, project)).needs(&[PACKED]);
    plan.step("types and JavaScript, checked by tsc", || types(root, tools)).needs(&[PACKAGE]);
    plan.step("publint and arethetypeswrong", || lint_package(tools, project)).needs(&[PACKED]);

    for folder in NPM_OF_TESTS {
        plan.step(npm_packages_of(folder), move || node_modules(root, folder));
    }
    // The emulator of WeChat's API first: other tests rest on it.
    let folders = ["js-tests/wechat-api", "js-tests/node", "js-tests/cli"];
    plan.step("JavaScript tests", move || javascript(root, &folders)).needs(&[PACKED]);
    for (name, folder) in SUITES {
        plan.step(name, move || javascript(root, &[folder])).needs(&[PACKED]).needs(&[npm_packages_of(folder)]);
    }
    for (name, folder, files, program) in DRIVING {
        let step = plan.step(name, move || {
            let files: Vec<PathBuf> = files.iter().map(|file| root.join(folder).join(file)).collect();
            node::test(root, "js-tests", &files, "INSTALLED", project)
        });
        step.needs(&[PACKED]).wants(program);
        if NPM_OF_TESTS.contains(&folder) {
            step.needs(&[npm_packages_of(folder)]);
        }
    }
    let on_hosts = [PACKED.to_owned(), npm_packages_of(platforms::FOLDER)];
    plan.step(platforms::GLOBALS, || platforms::globals(root, project)).needs(&on_hosts);
    plan.step(platforms::HOSTS, || platforms::on_every_host(root, project)).needs(&on_hosts);
    plan.step(wechat::PREPARE, || wechat::prepare(root)).needs(&[PACKAGE]);
    plan.step(wechat::NPM_BUILD, || wechat::npm_build(root))
        .needs(&[wechat::PREPARE])
        .needs(&[npm_packages_of(wechat::FOLDER)]);
    plan.step(wechat::TESTS, || wechat::javascript(root)).needs(&[wechat::NPM_BUILD]);

    plan.step(fuzz::NIGHTLY, || fuzz::install_toolchain(root)).wants(&programs::CXX);
    plan.step("cargo-fuzz", || tools::CARGO_FUZZ.install(root)).needs(&[fuzz::NIGHTLY]);
    plan.step(fuzz::BUILD, || fuzz::build(root)).needs(&[CRATES, fuzz::NIGHTLY, "cargo-fuzz"]);
    for target in fuzz::targets(root)? {
        plan.step(fuzz::name_of_smoke(&target), move || fuzz::smoke(root, &target)).needs(&[fuzz::BUILD]);
    }
    plan.run()
}

/// JavaScript tests of the core: the suite, and others that take few seconds.
const OF_THE_CORE: [&str; 3] = ["suite", "signatures-oracle", "exhausted"];

/// What is worth running every few minutes.
pub(crate) fn check(root: &Path) -> Result<()> {
    let tools = &Tools::at(root)?;
    let mut plan = Plan::new();
    plan.step(TARGETS, || tools::rust_targets(root));
    plan.step(NPM, || NPM_OF_BUILD.iter().try_for_each(|folder| node_modules(root, folder)));
    plan.step("format", || rust::format(root, tools));
    plan.step("lints", || rust::lints(root, tools)).needs(&[TARGETS]);
    plan.step("native tests, but for the exhaustive", || rust::quick_native_tests(root, tools));
    plan.step("the modern module", || build::modern(root, tools)).needs(&[TARGETS, NPM]);
    plan.step("JavaScript tests of the core", || {
        let file = |name: &str| root.join(format!("js-tests/node/{name}.test.mjs"));
        node::test(root, "js-tests", &OF_THE_CORE.map(file), "INSTALLED", npm::preview_project(root))
    })
    .needs(&["the modern module"]);
    plan.run()
}

fn npm_packages_of(folder: &str) -> String {
    format!("npm packages of {folder}")
}

/// The test files of the folders, but for those that drive a program.
fn javascript(root: &Path, folders: &[&str]) -> Result<()> {
    let mut files = Vec::new();
    for folder in folders {
        let folder = root.join(folder);
        let driving = |file: &PathBuf| {
            DRIVING.iter().any(|(_, of, names, _)| names.iter().any(|name| *file == root.join(of).join(name)))
        };
        files.extend(node::test_files(&folder)?.into_iter().filter(|file| !driving(file)));
    }
    node::test(root, "js-tests", &files, "INSTALLED", npm::project(root))
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
