//! Fuzzing: the targets under fuzz/ with cargo-fuzz, on the nightly compiler that fuzz/rust-toolchain.toml pins; and the package
//! against two other implementations, in JavaScript.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::programs::{self, CXX};
use crate::step::{Result, Skip, output, run, step};
use crate::tools::{CARGO_FUZZ, Tools};
use crate::{build, npm};

/// The steps that come before the targets, by name.
pub(crate) const NIGHTLY: &str = "the nightly compiler for fuzzing";
pub(crate) const BUILD: &str = "building the fuzzing targets";

/// How long each target runs among the other tests, and how long by itself.
const SMOKE_SECONDS: u32 = 10;
const DEFAULT_SECONDS: u32 = 1200;
/// No target needs more; one that does leaks.
const MEMORY_MB: u32 = 2048;
/// The one that runs in Node.
const DIFFERENTIAL: &str = "differential";

/// One target or all, each for so many seconds. New inputs are kept in fuzz/corpus, which is not committed.
pub(crate) fn fuzz(root: &Path, arguments: &[&str]) -> Result<()> {
    let (target, seconds) = match arguments {
        ["--quick"] => {
            let fuzzer = Fuzzer::find(root)?;
            step(BUILD, || fuzzer.build())?;
            return targets(root)?.iter().try_for_each(|target| step(&name_of_smoke(target), || smoke(root, target)));
        }
        [] => (None, DEFAULT_SECONDS),
        ["--seconds", seconds] => (None, seconds.parse()?),
        [target] => (Some(*target), DEFAULT_SECONDS),
        [target, "--seconds", seconds] => (Some(*target), seconds.parse()?),
        _ => return Err("expected `fuzz [TARGET] [--seconds N]` or `fuzz --quick`".into()),
    };
    let all = targets(root)?;
    let chosen: Vec<&str> = match target {
        None => all.iter().map(String::as_str).chain([DIFFERENTIAL]).collect(),
        Some(target) if target == DIFFERENTIAL || all.iter().any(|known| known == target) => vec![target],
        Some(target) => {
            return Err(format!("no target {target}: there are {}, and {DIFFERENTIAL}", all.join(", ")).into());
        }
    };
    let native: Vec<&str> = chosen.iter().copied().filter(|target| *target != DIFFERENTIAL).collect();
    if !native.is_empty() {
        let fuzzer = Fuzzer::find(root)?;
        step(BUILD, || fuzzer.build())?;
        for target in native {
            step(&format!("fuzzing {target} for {seconds} s"), || run(&mut fuzzer.command(target, seconds)?))?;
        }
    }
    if chosen.contains(&DIFFERENTIAL) {
        let tools = Tools::for_build(root)?;
        build::make(root, &tools)?;
        let project = step("packing and installing the package", || npm::pack_and_install(root))?;
        step(&format!("{DIFFERENTIAL} fuzzing for {seconds} s"), || {
            let mut node = Command::new("node");
            node.arg(root.join("js-tests/support/differential.mjs")).args(["--seconds", &seconds.to_string()]);
            run(node.env("INSTALLED", &project))
        })?;
    }
    Ok(())
}

/// The step that runs a target for a moment.
pub(crate) fn name_of_smoke(target: &str) -> String {
    format!("fuzzing {target} for {SMOKE_SECONDS} s")
}

/// Builds all targets.
pub(crate) fn build(root: &Path) -> Result<()> {
    Fuzzer::new(root)?.build()
}

/// A few seconds of a target that has been built.
pub(crate) fn smoke(root: &Path, target: &str) -> Result<()> {
    let found = Fuzzer::new(root)?.command(target, SMOKE_SECONDS)?.stdin(Stdio::null()).output()?;
    let log = String::from_utf8_lossy(&found.stderr);
    if !found.status.success() {
        eprintln!("{log}");
        return Err(format!("{target} failed; `cargo xtask fuzz {target}` runs it again").into());
    }
    let runs = log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    match runs.and_then(|runs| runs.trim().parse::<u64>().ok()) {
        Some(runs @ 1..) => println!("    {runs} inputs"),
        _ => return Err(format!("{target} executed nothing").into()),
    }
    Ok(())
}

/// Installs the compiler that fuzzing takes, unless it is there.
pub(crate) fn install_toolchain(root: &Path) -> Result<()> {
    let channel = channel(root)?;
    if installed_toolchain(&channel)?.is_some() {
        return Ok(());
    }
    let install = ["toolchain", "install", &channel, "--profile", "minimal", "--no-self-update"];
    println!("    rustup {}", install.join(" "));
    run(Command::new("rustup").args(install))
        .map_err(|_| Skip::new(format!("rustup did not get {channel}"), format!("rustup {}", install.join(" "))).into())
}

/// The targets: one file each.
pub(crate) fn targets(root: &Path) -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for file in fs::read_dir(root.join("fuzz/targets"))? {
        let file = file?.path();
        if file.extension().is_some_and(|extension| extension == "rs") {
            targets.extend(file.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    targets.sort();
    Ok(targets)
}

/// The pinned toolchain, by the name that fuzz/rust-toolchain.toml has for it.
fn channel(root: &Path) -> Result<String> {
    let file = fs::read_to_string(root.join("fuzz/rust-toolchain.toml"))?;
    let line = file.lines().find_map(|line| line.strip_prefix("channel = \""));
    let channel = line.and_then(|rest| rest.split('"').next()).ok_or("fuzz/rust-toolchain.toml names no channel")?;
    Ok(channel.to_owned())
}

/// Its name on this machine, where it may also be the `nightly` of that day.
fn installed_toolchain(channel: &str) -> Result<Option<String>> {
    let date = channel.strip_prefix("nightly-").ok_or("the channel is no nightly of a date")?;
    let list = output(Command::new("rustup").args(["toolchain", "list", "-v"]))?;
    Ok(list.lines().find_map(|line| {
        let (name, rest) = line.split_once(char::is_whitespace)?;
        // Between the two may stand `(default)`.
        let folder = Path::new(rest.rsplit_once(") ").map_or(rest, |(_, folder)| folder).trim());
        let manifest = folder.join("lib/rustlib/multirust-channel-manifest.toml");
        let of_that_day = || {
            let manifest = fs::read_to_string(manifest).ok()?;
            Some(manifest.lines().any(|line| line == format!("date = \"{date}\"")))
        };
        let right = name.starts_with(channel) || name.starts_with("nightly-") && of_that_day().unwrap_or(false);
        right.then(|| name.to_owned())
    }))
}

/// cargo-fuzz under the toolchain that it needs.
struct Fuzzer {
    folder: PathBuf,
    toolchain: String,
    tools: Tools,
}

impl Fuzzer {
    /// Installs what is missing.
    fn find(root: &Path) -> Result<Self> {
        install_toolchain(root)?;
        CARGO_FUZZ.install(root)?;
        programs::install(&[&CXX])?;
        Self::new(root)
    }

    fn new(root: &Path) -> Result<Self> {
        let channel = channel(root)?;
        let toolchain = installed_toolchain(&channel)?.ok_or_else(|| format!("no toolchain {channel}"))?;
        Ok(Self { folder: root.join("fuzz"), toolchain, tools: Tools::at(root)? })
    }

    fn cargo_fuzz(&self, command: &str) -> Command {
        let mut cargo = Command::new("rustup");
        cargo.current_dir(&self.folder).env("PATH", self.tools.path()).args([
            "run",
            &self.toolchain,
            "cargo",
            "fuzz",
            command,
        ]);
        cargo.args(["--fuzz-dir", "."]);
        cargo
    }

    fn build(&self) -> Result<()> {
        run(&mut self.cargo_fuzz("build"))
    }

    /// Runs a target on what was found before and on the seeds; new inputs go to the first of these folders.
    fn command(&self, target: &str, seconds: u32) -> Result<Command> {
        let corpus = format!("corpus/{target}");
        fs::create_dir_all(self.folder.join(&corpus))?;
        let mut command = self.cargo_fuzz("run");
        command.args([target, &corpus, &format!("seeds/{target}"), "--"]);
        let dictionary = format!("dictionaries/{target}.dict");
        if self.folder.join(&dictionary).is_file() {
            command.arg(format!("-dict={dictionary}"));
        }
        command.arg(format!("-max_total_time={seconds}")).arg(format!("-rss_limit_mb={MEMORY_MB}"));
        command.args(["-timeout=10", "-print_final_stats=1"]);
        Ok(command)
    }
}
