//! From compiled module and hand-written files to the package folder, and from there to an installed tarball.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::GzDecoder;

use crate::modules::MODULES;
use crate::step::{Result, output, run};
use crate::supply;
use crate::tools::Tools;

/// Puts `pkg/` together.
pub(crate) fn assemble(root: &Path, tools: &Tools, work: &Path) -> Result<PathBuf> {
    let template = root.join("pkg-template");
    let stage = stage(&template, work, &MODULES.each_ref().map(|module| module.name))?;
    let package = root.join("pkg");
    empty(&package)?;

    for bundle in &BUNDLES {
        bundle.make(tools, &stage, &package)?;
    }
    command_line(root, &package)?;
    for file in ["package.json", "index.d.ts", "node.js"] {
        copy(&template.join(file), &package.join(file))?;
    }
    // The other entry points' ES modules for Node, each over its own CommonJS file.
    let wrapper = fs::read_to_string(template.join("node.js"))?;
    for entry in ["baseline", "js"] {
        let (before, after) = wrapper.split_once("'./node.cjs'").ok_or("node.js does not import ./node.cjs")?;
        fs::write(package.join(format!("{entry}-node.js")), format!("{before}'./{entry}.cjs'{after}"))?;
    }
    // The same types for `require`.
    copy(&template.join("index.d.ts"), &package.join("index.d.cts"))?;
    for entry in ["api-security", "server"] {
        for file in [format!("{entry}.d.ts"), format!("{entry}-node.js")] {
            copy(&template.join(&file), &package.join(&file))?;
        }
        let types = fs::read_to_string(template.join(format!("{entry}.d.ts")))?;
        fs::write(package.join(format!("{entry}.d.cts")), types.replace("'./index.js'", "'./index.cjs'"))?;
    }
    for file in ["package.json", "index.d.ts"] {
        copy(&template.join("miniprogram").join(file), &package.join("miniprogram").join(file))?;
    }
    for file in PLAYGROUND {
        copy(&template.join("playground").join(file), &package.join("playground").join(file))?;
    }
    // The developer tools copy this folder without what lies around it.
    copy(&template.join("index.d.ts"), &package.join("miniprogram/contract.d.ts"))?;
    fs::create_dir_all(package.join("wasm"))?;
    for module in ["modern", "baseline", "api-security"] {
        let file = format!("{module}.wasm");
        copy(&work.join(&file), &package.join("wasm").join(&file))?;
    }
    let module = brotli_compressed(&fs::read(work.join("miniprogram.wasm"))?)?;
    fs::write(package.join("miniprogram/weapp-opendata.wasm.br"), module)?;
    for file in ["README.md", "README.zh-CN.md"] {
        fs::write(package.join(file), without_pictures(&fs::read_to_string(root.join(file))?))?;
    }
    for file in ["CHANGELOG.md", "SECURITY.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&root.join(file), &package.join(file))?;
    }
    supply::write(root, &package)?;
    Ok(package)
}

/// The command line with what it is made of in it, and the licences of that.
fn command_line(root: &Path, package: &Path) -> Result<()> {
    let mut node = Command::new("node");
    run(node.current_dir(root.join("cli")).arg("build.mjs").arg(package.join("cli")))
}

/// A page without its pictures, which are not in the tarball: a registry's page would show them as broken.
fn without_pictures(markdown: &str) -> String {
    markdown.split_inclusive('\n').filter(|line| !line.starts_with("![")).collect()
}

/// What serves the playground, and the documents that it puts together. The page's script is bundled.
const PLAYGROUND: [&str; 6] = ["frame.html", "page.css", "page.html", "pages.js", "serve.js", "start.js"];

/// One file of the package, made by esbuild from a loader.
struct Bundle {
    host: &'static str,
    file: &'static str,
    /// Platform, language level and module format.
    target: [&'static str; 3],
    more: &'static [&'static str],
}

const fn bundle(
    host: &'static str,
    file: &'static str,
    target: [&'static str; 3],
    more: &'static [&'static str],
) -> Bundle {
    Bundle { host, file, target, more }
}

const NODE_CJS: [&str; 3] = ["--platform=node", "--target=node16", "--format=cjs"];
const NODE_ESM: [&str; 3] = ["--platform=node", "--target=node16", "--format=esm"];
const CJS: [&str; 3] = ["--platform=neutral", "--target=es2020", "--format=cjs"];
const ESM: [&str; 3] = ["--platform=neutral", "--target=es2020", "--format=esm"];
const BROWSER: [&str; 3] = ["--platform=browser", "--target=es2020", "--format=esm"];
/// What the developer tools parse: ES2017 and CommonJS.
const MINI_PROGRAM: [&str; 3] = ["--platform=neutral", "--target=es2017", "--format=cjs"];

const SELF: &str = "--external:weapp-opendata";

const BUNDLES: [Bundle; 20] = [
    bundle("node.js", "node.cjs", NODE_CJS, &[]),
    // Bundlers cannot put a CommonJS file that asks for Node's modules into an ES module.
    bundle("node-bundle.js", "node-bundle.js", NODE_ESM, &[]),
    bundle("inline.js", "inline.cjs", CJS, &[]),
    bundle("inline.js", "inline.js", ESM, &[]),
    bundle("baseline.js", "baseline.cjs", CJS, &[]),
    bundle("baseline.js", "baseline.js", ESM, &[]),
    bundle("js.js", "js.cjs", CJS, &["--minify-whitespace"]),
    bundle("js.js", "js.js", ESM, &["--minify-whitespace"]),
    bundle("browser.js", "browser.js", BROWSER, &[]),
    bundle("workerd.js", "workerd.js", ESM, &["--external:*.wasm"]),
    bundle("edge-light.js", "edge-light.js", ESM, &["--external:*.wasm?module"]),
    bundle("api-security.js", "api-security.cjs", NODE_CJS, &[]),
    bundle("api-security-bundle.js", "api-security-bundle.js", NODE_ESM, &[]),
    bundle("api-security-workerd.js", "api-security-workerd.js", ESM, &["--external:*.wasm", "--external:node:*"]),
    // The server client has the core from the package itself, by the conditions of whatever host that is.
    bundle("server.js", "server.cjs", NODE_CJS, &[SELF]),
    bundle("server-bundle.js", "server-bundle.js", NODE_ESM, &[SELF]),
    bundle("server-web.js", "server-web.js", ESM, &[SELF]),
    // Its styles, documents and server are shipped as they are.
    bundle("../playground/page.js", "playground/page.js", BROWSER, &[]),
    // Every byte counts there.
    bundle("miniprogram.js", "miniprogram/index.js", MINI_PROGRAM, &["--minify", "--external:./weapp-opendata-js.js"]),
    bundle("../generated/miniprogram-js.js", "miniprogram/weapp-opendata-js.js", MINI_PROGRAM, &["--minify"]),
];

impl Bundle {
    fn make(&self, tools: &Tools, stage: &Path, package: &Path) -> Result<()> {
        let mut esbuild = tools.command("esbuild");
        esbuild.current_dir(stage.join("hosts")).arg(self.host).args(self.target).args(self.more);
        esbuild.args(["--bundle", "--charset=utf8", "--log-level=warning"]);
        run(esbuild.arg(format!("--outfile={}", package.join(self.file).display())))
    }
}

/// The package as far as Node loads it, of the modern module alone, in a project's `node_modules`. It is not what users get: that is
/// packed and installed.
pub(crate) fn preview(root: &Path, tools: &Tools, work: &Path) -> Result<()> {
    let template = root.join("pkg-template");
    let stage = stage(&template, work, &["modern"])?;
    let package = preview_project(root).join("node_modules/weapp-opendata");
    empty(&package)?;
    for bundle in BUNDLES.iter().filter(|bundle| bundle.file == "node.cjs") {
        bundle.make(tools, &stage, &package)?;
    }
    for file in ["package.json", "index.d.ts", "node.js"] {
        copy(&template.join(file), &package.join(file))?;
    }
    Ok(())
}

/// The project of [`preview`].
pub(crate) fn preview_project(root: &Path) -> PathBuf {
    root.join("target/npm/preview")
}

/// The template's JavaScript beside what was generated of these modules, where its imports find it.
fn stage(template: &Path, work: &Path, modules: &[&str]) -> Result<PathBuf> {
    let of = |names: &[&'static str]| -> Vec<&'static str> {
        names.iter().copied().filter(|name| modules.contains(name)).collect()
    };
    let stage = work.join("stage");
    empty(&stage)?;
    for folder in ["core", "hosts", "playground", "server"] {
        fs::create_dir_all(stage.join(folder))?;
        for file in fs::read_dir(template.join(folder))? {
            let file = file?;
            copy(&file.path(), &stage.join(folder).join(file.file_name()))?;
        }
    }
    let generated = stage.join("generated");
    fs::create_dir_all(&generated)?;
    copy(&work.join("bindgen/weapp_opendata_bg.js"), &generated.join("weapp_opendata_bg.js"))?;
    for module in of(&["modern", "api-security"]) {
        let bytes = fs::read(work.join(format!("{module}.wasm")))?;
        let packed = base64(&brotli_compressed(&bytes)?);
        let text = format!("export default '{packed}';\nexport const length = {};\n", bytes.len());
        fs::write(generated.join(format!("{module}-brotli.js")), text)?;
    }
    for module in of(&["modern", "baseline"]) {
        let bytes = fs::read(work.join(format!("{module}.wasm")))?;
        fs::write(generated.join(format!("{module}.js")), format!("export default '{}';\n", base64(&bytes)))?;
    }
    for module in of(&["baseline", "miniprogram"]) {
        copy(&work.join(format!("{module}.js")), &generated.join(format!("{module}-js.js")))?;
    }
    fs::write(stage.join("package.json"), "{ \"type\": \"module\" }\n")?;
    Ok(stage)
}

/// Bundles count by the byte, and base64 undoes what gzip could do to the module later, so it is compressed before.
///
/// A short window finds less of what was there before, and says in fewer bits where it stands: which comes out smaller, only both tell.
fn brotli_compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    let (short, long) = (brotli_in_window(bytes, 17)?, brotli_in_window(bytes, 22)?);
    Ok(if short.len() <= long.len() { short } else { long })
}

/// With a window of 2^`lgwin` bytes.
fn brotli_in_window(bytes: &[u8], lgwin: i32) -> Result<Vec<u8>> {
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map_err(|error| format!("{}: {error}", from.display()))?;
    Ok(())
}

/// The project that has the package installed.
pub(crate) fn project(root: &Path) -> PathBuf {
    root.join("target/npm/installed")
}

/// Packs the package and installs the tarball in a project of its own, as a user would. Returns the project's folder.
pub(crate) fn pack_and_install(root: &Path) -> Result<PathBuf> {
    let project = project(root);
    empty(&project)?;
    let mut npm = Command::new("npm");
    npm.current_dir(root.join("pkg")).args(["pack", "--silent", "--pack-destination"]).arg(&project);
    let tarball = output(&mut npm)?.trim().to_owned();
    fs::write(project.join("package.json"), "{ \"name\": \"user\", \"private\": true }\n")?;
    let mut npm = Command::new("npm");
    npm.current_dir(&project).args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--offline"]);
    run(npm.arg(project.join(&tarball)))?;
    fs::rename(project.join(&tarball), project.join("weapp-opendata.tgz"))?;
    Ok(project)
}

/// The files of a tarball with their sizes, sorted.
pub(crate) fn tarball_files(tarball: &Path) -> Result<Vec<String>> {
    let mut archive = tar::Archive::new(GzDecoder::new(fs::File::open(tarball)?));
    let mut files = Vec::new();
    for entry in archive.entries()? {
        let path = entry?.path()?.to_string_lossy().into_owned();
        files.push(path.strip_prefix("package/").unwrap_or(&path).to_owned());
    }
    files.sort();
    Ok(files)
}
