//! Sizes against the committed budget: what grows has to be noticed.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::step::{Result, run};
use crate::tools::Tools;

/// Measures the built package and fails if anything is over `size-budget.json`, or not in it.
pub(crate) fn check(root: &Path, tools: &Tools) -> Result<()> {
    let work = root.join("target/npm");
    let file = |name: &str| fs::read(root.join("pkg").join(name)).map_err(|error| format!("{name}: {error}"));
    let wasm = file("wasm/modern.wasm")?;
    let mini_program = file("miniprogram/weapp-opendata.wasm.br")?.len() + file("miniprogram/index.js")?.len();
    let api_security = file("wasm/api-security.wasm")?;
    let bundle = bundle(root, tools, &work)?;
    let measured = [
        ("modern.wasm", wasm.len()),
        ("modern.wasm, gzipped", gzipped(&wasm)?),
        ("phone table and rules, gzipped", gzipped(&fs::read(root.join("src/phone/ranges.bin"))?)?),
        ("baseline.wasm", file("wasm/baseline.wasm")?.len()),
        ("mini-program: .wasm.br and glue", mini_program),
        ("api-security.wasm", api_security.len()),
        ("api-security.wasm, gzipped", gzipped(&api_security)?),
        ("api-security.cjs", file("api-security.cjs")?.len()),
        ("server.cjs", file("server.cjs")?.len()),
        ("node.cjs", file("node.cjs")?.len()),
        ("command line", file("cli/main.js")?.len() + file("cli/worker.js")?.len()),
        ("bundle for Node, minified", bundle.len()),
        ("bundle for Node, minified and gzipped", gzipped(&bundle)?),
    ];
    let budget: Value = serde_json::from_slice(&fs::read(root.join("size-budget.json"))?)?;
    let limits = budget["bytes"].as_object().ok_or("size-budget.json has no `bytes`")?;
    let mut over = Vec::new();
    for (name, size) in measured {
        let limit = limits.get(name).and_then(Value::as_u64).ok_or_else(|| format!("no budget for `{name}`"))?;
        println!("    {name}: {size} of {limit} bytes");
        if size as u64 > limit {
            over.push(name);
        }
    }
    if let Some(stale) = limits.keys().find(|name| measured.iter().all(|(measured, _)| measured != name)) {
        return Err(format!("size-budget.json has `{stale}`, which is not measured").into());
    }
    if over.is_empty() { Ok(()) } else { Err(format!("over budget: {}", over.join(", ")).into()) }
}

/// The whole package as a cloud function would carry it: one file, minified by esbuild.
fn bundle(root: &Path, tools: &Tools, work: &Path) -> Result<Vec<u8>> {
    let entry = work.join("bundle-entry.js");
    let file = work.join("bundle.mjs");
    fs::write(&entry, format!("export * from {:?};\n", root.join("pkg/node.js").display().to_string()))?;
    let mut esbuild = tools.command("esbuild");
    esbuild.arg(&entry).args(["--bundle", "--minify", "--platform=node", "--format=esm", "--log-level=warning"]);
    run(esbuild.arg(format!("--outfile={}", file.display())))?;
    Ok(fs::read(file)?)
}

fn gzipped(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}
