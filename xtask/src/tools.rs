//! What the build needs beyond a Rust toolchain and Node: found, or installed once and kept.
//!
//! Programs from Cargo go into a folder of their own, one per version, so that they disturb nothing and nothing disturbs them. They
//! test and measure; what ships is made by what Cargo.lock and the lock files of npm name, and by nothing else.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::modules::{NO_STD_TARGET, WASM_TARGET};
use crate::step::{Result, output, run, step};

/// A program from crates.io.
pub(crate) struct Tool {
    package: &'static str,
    program: &'static str,
    /// `None` for the version that Cargo.lock has of wasm-bindgen.
    version: Option<&'static str>,
}

/// Runs tests inside WebAssembly. It has to be of the same version as wasm-bindgen.
pub(crate) const TEST_RUNNER: Tool =
    Tool { package: "wasm-bindgen-cli", program: "wasm-bindgen-test-runner", version: None };
pub(crate) const WASM_PACK: Tool = Tool::new("wasm-pack", "0.15.1");
pub(crate) const CARGO_DENY: Tool = Tool::new("cargo-deny", "0.20.2");
pub(crate) const CARGO_FUZZ: Tool = Tool::new("cargo-fuzz", "0.13.2");
const CARGO_LLVM_COV: Tool = Tool::new("cargo-llvm-cov", "0.9.1");
const CARGO_MUTANTS: Tool = Tool::new("cargo-mutants", "27.1.0");

/// Those that are put on the search path.
const ALL: [Tool; 6] = [TEST_RUNNER, WASM_PACK, CARGO_DENY, CARGO_FUZZ, CARGO_LLVM_COV, CARGO_MUTANTS];

/// The npm packages that building takes.
pub(crate) const NPM_OF_BUILD: [&str; 2] = ["js-tests", "cli"];

impl Tool {
    const fn new(name: &'static str, version: &'static str) -> Self {
        Self { package: name, program: name, version: Some(version) }
    }

    fn version(&self, root: &Path) -> Result<String> {
        self.version.map_or_else(|| locked_version(root, "wasm-bindgen"), |version| Ok(version.to_owned()))
    }

    fn folder(&self, root: &Path) -> Result<PathBuf> {
        Ok(tools_folder()?.join(format!("{}-{}", self.package, self.version(root)?)))
    }

    /// Installs it unless the right version is there.
    pub(crate) fn install(&self, root: &Path) -> Result<()> {
        let (package, version, folder) = (self.package, self.version(root)?, self.folder(root)?);
        let is_there = |program: &Path| has_version(program, &version);
        if is_there(Path::new(self.program)) || is_there(&folder.join("bin").join(self.program)) {
            return Ok(());
        }
        step(&format!("installing {package} {version} (once)"), || {
            let install = |locked: &[&str]| {
                let mut command = cargo();
                // A build of its own, not influenced by this workspace.
                command.current_dir(env::temp_dir()).args(["install", package, "--version", &version]);
                run(command.args(locked).args(["--quiet", "--force", "--root"]).arg(&folder))
            };
            install(&["--locked"]).or_else(|_| {
                println!("    its lock file names a crate that the registry at hand does not have: resolving anew.");
                println!("    {package} only tests: nothing that ships passes through it");
                install(&[])
            })
        })
    }
}

/// A search path on which all tools are found.
pub(crate) struct Tools {
    path: OsString,
}

impl Tools {
    /// The search path alone; nothing is installed.
    pub(crate) fn at(root: &Path) -> Result<Self> {
        let mut folders = vec![root.join("js-tests/node_modules/.bin")];
        for tool in &ALL {
            folders.push(tool.folder(root)?.join("bin"));
        }
        folders.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
        Ok(Self { path: env::join_paths(folders)? })
    }

    /// Finds or installs everything that building the package takes.
    pub(crate) fn for_build(root: &Path) -> Result<Self> {
        rust_targets(root)?;
        for folder in NPM_OF_BUILD {
            node_modules(root, folder)?;
        }
        Self::at(root)
    }

    /// What measuring coverage takes.
    pub(crate) fn for_coverage(root: &Path) -> Result<Self> {
        CARGO_LLVM_COV.install(root)?;
        let mut rustc = Command::new("rustc");
        let folder = output(rustc.current_dir(root).args(["--print", "target-libdir"]))?;
        if !Path::new(folder.trim()).with_file_name("bin").join("llvm-cov").is_file() {
            step("installing llvm-tools (once)", || {
                run(Command::new("rustup").current_dir(root).args(["component", "add", "llvm-tools"]))
            })?;
        }
        Self::at(root)
    }

    /// What mutation testing takes.
    pub(crate) fn for_mutants(root: &Path) -> Result<Self> {
        CARGO_MUTANTS.install(root)?;
        Self::at(root)
    }

    /// A program, to be found among the tools first.
    pub(crate) fn command(&self, program: &str) -> Command {
        let found = env::split_paths(&self.path).map(|folder| folder.join(program)).find(|file| file.is_file());
        let mut command = Command::new(found.unwrap_or_else(|| program.into()));
        command.env("PATH", &self.path);
        command
    }

    /// The search path for a program that looks for others itself.
    pub(crate) fn path(&self) -> &OsStr {
        &self.path
    }

    /// Cargo, the very one that runs this.
    pub(crate) fn cargo(&self, root: &Path) -> Command {
        let mut command = cargo();
        command.current_dir(root).env("PATH", &self.path);
        command
    }
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Installs the standard library of both targets unless it is there.
pub(crate) fn rust_targets(root: &Path) -> Result<()> {
    rust_target(root, WASM_TARGET)?;
    rust_target(root, NO_STD_TARGET)
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

/// The npm packages of a folder, as its lock file has them. None of them needs its install script: what it would compile or download
/// comes inside a package of the registry, or is not used.
pub(crate) fn node_modules(root: &Path, name: &str) -> Result<()> {
    let folder = root.join(name);
    let lock = fs::read(folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-package-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step(&format!("installing the npm packages of {name} (once)"), || {
        run(Command::new("npm").current_dir(&folder).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]))?;
        fs::write(&stamp, &lock)?;
        Ok(())
    })
}
