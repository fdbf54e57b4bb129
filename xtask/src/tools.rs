//! What the build needs beyond a Rust toolchain and Node: found, or installed once and kept.
//!
//! Programs from Cargo go into a folder of their own, one per version, so that they disturb nothing and nothing disturbs them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::modules::{NO_STD_TARGET, WASM_TARGET};
use crate::step::{Result, output, run, step};

const WASM_PACK: &str = "0.15.1";
const CARGO_DENY: &str = "0.20.2";
const CARGO_LLVM_COV: &str = "0.9.1";
const CARGO_MUTANTS: &str = "27.1.0";
const CARGO_FUZZ: &str = "0.13.2";

/// A search path on which all tools are found.
pub(crate) struct Tools {
    path: OsString,
}

impl Tools {
    /// Finds or installs everything that building the package takes.
    pub(crate) fn for_build(root: &Path) -> Result<Self> {
        rust_target(root, WASM_TARGET)?;
        rust_target(root, NO_STD_TARGET)?;
        let wasm_bindgen = cargo_tool("wasm-bindgen-cli", "wasm-bindgen", &locked_version(root, "wasm-bindgen")?)?;
        node_modules(root, "js-tests")?;
        node_modules(root, "cli")?;
        let mut folders = vec![root.join("js-tests/node_modules/.bin")];
        folders.extend(wasm_bindgen);
        Self::new(folders)
    }

    /// As [`for_build`](Self::for_build), and what the tests take.
    pub(crate) fn for_test(root: &Path) -> Result<Self> {
        let mut tools = Self::for_build(root)?;
        tools.add("wasm-pack", WASM_PACK)?;
        tools.add("cargo-deny", CARGO_DENY)?;
        Ok(tools)
    }

    /// What measuring coverage takes.
    pub(crate) fn for_coverage(root: &Path) -> Result<Self> {
        let mut tools = Self::new(Vec::new())?;
        tools.add("cargo-llvm-cov", CARGO_LLVM_COV)?;
        let mut rustc = Command::new("rustc");
        let folder = output(rustc.current_dir(root).args(["--print", "target-libdir"]))?;
        if !Path::new(folder.trim()).with_file_name("bin").join("llvm-cov").is_file() {
            step("installing llvm-tools (once)", || {
                run(Command::new("rustup").current_dir(root).args(["component", "add", "llvm-tools"]))
            })?;
        }
        Ok(tools)
    }

    /// What mutation testing takes.
    pub(crate) fn for_mutants() -> Result<Self> {
        let mut tools = Self::new(Vec::new())?;
        tools.add("cargo-mutants", CARGO_MUTANTS)?;
        Ok(tools)
    }

    /// Finds or installs a program of the same name as its package.
    fn add(&mut self, program: &str, version: &str) -> Result<()> {
        if let Some(folder) = cargo_tool(program, program, version)? {
            let folders = std::iter::once(folder).chain(env::split_paths(&self.path));
            self.path = env::join_paths(folders)?;
        }
        Ok(())
    }

    fn new(mut folders: Vec<PathBuf>) -> Result<Self> {
        if let Some(path) = env::var_os("PATH") {
            folders.extend(env::split_paths(&path));
        }
        Ok(Self { path: env::join_paths(folders)? })
    }

    /// A program, to be found among the tools first.
    pub(crate) fn command(&self, program: &str) -> Command {
        let found = env::split_paths(&self.path).map(|folder| folder.join(program)).find(|file| file.is_file());
        let mut command = Command::new(found.unwrap_or_else(|| program.into()));
        command.env("PATH", &self.path);
        command
    }

    /// Cargo, the very one that runs this.
    pub(crate) fn cargo(&self, root: &Path) -> Command {
        let mut command = cargo();
        command.current_dir(root).env("PATH", &self.path);
        command
    }
}

/// The folder of cargo-fuzz, or `None` if it is on the search path.
pub(crate) fn cargo_fuzz() -> Result<Option<PathBuf>> {
    cargo_tool("cargo-fuzz", "cargo-fuzz", CARGO_FUZZ)
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn rust_target(root: &Path, target: &str) -> Result<()> {
    let mut rustc = Command::new("rustc");
    let folder = output(rustc.current_dir(root).args(["--print", "target-libdir", "--target", target]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    step(&format!("installing the Rust target {target}"), || {
        run(Command::new("rustup").current_dir(root).args(["target", "add", target]))
    })
}

/// The version that Cargo.lock has of a crate.
fn locked_version(root: &Path, name: &str) -> Result<String> {
    let lock = fs::read_to_string(root.join("Cargo.lock"))?;
    let start = format!("name = \"{name}\"\nversion = \"");
    let version = lock.split_once(&start).and_then(|(_, rest)| rest.split_once('"')).map(|(version, _)| version);
    version.map(str::to_owned).ok_or_else(|| format!("Cargo.lock has no {name}").into())
}

/// The folder to search for a program, or `None` if the right version is on the search path already.
fn cargo_tool(package: &str, program: &str, version: &str) -> Result<Option<PathBuf>> {
    if has_version(Path::new(program), version) {
        return Ok(None);
    }
    let folder = tools_folder()?.join(format!("{package}-{version}"));
    let bin = folder.join("bin");
    if !has_version(&bin.join(program), version) {
        step(&format!("installing {package} {version} (once)"), || {
            let install = |locked: &[&str]| {
                let mut command = cargo();
                // A build of its own, not influenced by this workspace.
                command.current_dir(env::temp_dir()).args(["install", package, "--version", version]);
                run(command.args(locked).args(["--quiet", "--force", "--root"]).arg(&folder))
            };
            install(&["--locked"]).or_else(|_| {
                println!("    its lock file names a crate that the registry at hand does not have yet: resolving anew");
                install(&[])
            })
        })?;
    }
    Ok(Some(bin))
}

fn has_version(program: &Path, version: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| {
        output.status.success()
            && String::from_utf8_lossy(&output.stdout).split_whitespace().any(|word| word == version)
    })
}

fn tools_folder() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("WEAPP_OPENDATA_TOOLS") {
        return Ok(folder.into());
    }
    let cache = env::var_os("XDG_CACHE_HOME")
        .or_else(|| env::var_os("LOCALAPPDATA"))
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cache")));
    let cache = cache.ok_or("no cache folder: set WEAPP_OPENDATA_TOOLS")?;
    Ok(cache.join("weapp-opendata-xtask"))
}

/// The npm packages of a folder, as its lock file has them.
pub(crate) fn node_modules(root: &Path, name: &str) -> Result<()> {
    let folder = root.join(name);
    let lock = fs::read(folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-package-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step(&format!("installing the npm packages of {name} (once)"), || {
        run(Command::new("npm").current_dir(&folder).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
        fs::write(&stamp, &lock)?;
        Ok(())
    })
}
