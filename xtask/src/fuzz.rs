//! Fuzzing: the targets under fuzz/ with cargo-fuzz, on the nightly compiler that fuzz/rust-toolchain.toml pins; and the package
//! against two other implementations, in JavaScript.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{Result, output, run, step};
use crate::tools::{Tools, cargo_fuzz};
use crate::{build, npm};

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
        ["--quick"] => return smoke(root)?.map_or(Ok(()), |missing| Err(missing.into())),
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
        fuzzer.build()?;
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

/// Ten seconds of each target. Without the nightly compiler nothing runs, and what is returned says so.
pub(crate) fn smoke(root: &Path) -> Result<Option<String>> {
    let Some(toolchain) = installed_toolchain(&channel(root)?)? else {
        let missing = format!("fuzzing was NOT run: no toolchain {}", channel(root)?);
        println!("==> {missing}");
        return Ok(Some(missing));
    };
    let fuzzer = Fuzzer::new(root, toolchain)?;
    fuzzer.build()?;
    for target in targets(root)? {
        step(&format!("fuzzing {target} for {SMOKE_SECONDS} s"), || {
            let found = fuzzer.command(&target, SMOKE_SECONDS)?.stdin(Stdio::null()).output()?;
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
        })?;
    }
    Ok(None)
}

/// The targets: one file each.
fn targets(root: &Path) -> Result<Vec<String>> {
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
    path: OsString,
}

impl Fuzzer {
    fn find(root: &Path) -> Result<Self> {
        let channel = channel(root)?;
        let toolchain = installed_toolchain(&channel)?
            .ok_or_else(|| format!("`rustup toolchain install {channel} --profile minimal` first: fuzzing needs it"))?;
        Self::new(root, toolchain)
    }

    fn new(root: &Path, toolchain: String) -> Result<Self> {
        let mut folders: Vec<PathBuf> = cargo_fuzz()?.into_iter().collect();
        folders.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
        Ok(Self { folder: root.join("fuzz"), toolchain, path: env::join_paths(folders)? })
    }

    fn cargo_fuzz(&self, command: &str) -> Command {
        let mut cargo = Command::new("rustup");
        cargo.current_dir(&self.folder).env("PATH", &self.path).args([
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
        step("building the fuzzing targets", || run(&mut self.cargo_fuzz("build")))
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
