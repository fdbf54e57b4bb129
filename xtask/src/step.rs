//! Saying what is being done and how long it took, and running programs.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Any failure; its text is for the person at the terminal.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs one step of a command and says what it was and how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {name}");
    let start = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "done" } else { "FAILED" };
    println!("    {name}: {verdict} in {:.1} s", start.elapsed().as_secs_f64());
    outcome
}

/// Runs a program whose output goes to the terminal; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().map_err(|error| failed(command, &error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(command, &status.to_string())) }
}

/// Runs a program and returns what it prints.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(command, &error.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        Err(failed(command, &output.status.to_string()))
    }
}

fn failed(command: &Command, why: &str) -> Box<dyn std::error::Error> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    format!("`{}`: {why}", words.join(" ")).into()
}
