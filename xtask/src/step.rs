//! Saying what is being done and how long it took, and running programs.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{error, fmt};

/// How many characters of a command are shown when it fails.
const SHOWN: usize = 160;

/// Any failure; its text is for the person at the terminal.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn error::Error>>;

/// Something was not run for want of what this machine does not have. That is not a failure, but nor may it pass in silence.
#[derive(Clone, Debug)]
pub(crate) struct Skip {
    pub(crate) why: String,
    /// How to get what is missing.
    cure: String,
}

impl Skip {
    pub(crate) fn new(why: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { why: why.into(), cure: cure.into() }
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.why, self.cure)
    }
}

impl error::Error for Skip {}

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

/// Runs a program whose output goes to the terminal as it comes, and returns it as well.
pub(crate) fn run_and_read(command: &mut Command) -> Result<String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(command, &error.to_string()))?;
    let mut printed = String::new();
    for line in BufReader::new(child.stdout.take().ok_or("no output")?).lines() {
        let line = line?;
        println!("{line}");
        printed.push_str(&line);
        printed.push('\n');
    }
    let status = child.wait()?;
    if status.success() { Ok(printed) } else { Err(failed(command, &status.to_string())) }
}

fn failed(command: &Command, why: &str) -> Box<dyn error::Error> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    let line = words.join(" ");
    // Dozens of files may be named.
    let end = line.char_indices().nth(SHOWN).map_or(line.len(), |(end, _)| end);
    let (shown, more) = (&line[..end], if end < line.len() { " …" } else { "" });
    format!("`{shown}{more}`: {why}").into()
}
