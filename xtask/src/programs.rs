//! Programs of the system's: what some tests drive, and Cargo and npm do not have.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::step::{Result, Skip, output};

/// A program, and the package that Debian has it in.
pub(crate) struct Program {
    /// What it may be called, by preference.
    names: &'static [&'static str],
    package: &'static str,
    /// A variable that names the program in place of the search path.
    variable: Option<&'static str>,
}

pub(crate) const CHROMIUM: Program =
    Program::new(&["chromium", "chromium-browser", "google-chrome"], "chromium").or_variable("CHROMIUM");
pub(crate) const TMUX: Program = Program::new(&["tmux"], "tmux");
pub(crate) const VALGRIND: Program = Program::new(&["valgrind"], "valgrind");
/// The fuzzer itself is written in C++.
pub(crate) const CXX: Program = Program::new(&["c++"], "g++").or_variable("CXX");

/// All of them: a new one is named here, and by the steps that want it.
pub(crate) const ALL: [&Program; 4] = [&CHROMIUM, &TMUX, &VALGRIND, &CXX];

impl Program {
    pub(crate) const fn new(names: &'static [&'static str], package: &'static str) -> Self {
        Self { names, package, variable: None }
    }

    const fn or_variable(self, variable: &'static str) -> Self {
        Self { variable: Some(variable), ..self }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.names[0]
    }

    /// Whether the tests will find it.
    pub(crate) fn is_there(&self) -> bool {
        self.variable.and_then(env::var_os).is_some_and(|value| !value.is_empty())
            || self.names.iter().any(|name| on_search_path(name).is_some())
    }

    /// Why something that wants it was not run.
    pub(crate) fn skip(&self) -> Skip {
        Skip::new(format!("{} is missing", self.name()), format!("Debian: apt-get install {}", self.package))
    }
}

/// Installs those that are missing, where that takes nobody's permission: with apt-get, as root.
///
/// What is still missing then is missed by the steps that want it.
pub(crate) fn install(wanted: &[&Program]) -> Result<()> {
    let missing: Vec<&Program> = wanted.iter().copied().filter(|program| !program.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|program| program.name()).collect();
    println!("    missing: {}", names.join(", "));
    if on_search_path("apt-get").is_none() || !is_root() {
        println!("    apt-get as root would install them: what wants them is skipped, and named at the end");
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|program| program.package).collect();
    println!("    apt-get update, apt-get install {}", packages.join(" "));
    // A thousand lines about packages would bury the tests; what goes wrong is on the other stream.
    let apt_get = |arguments: &[&str]| {
        output(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(arguments)).map(drop)
    };
    // One source of many that does not answer fails this, and says nothing of the others.
    if let Err(error) = apt_get(&["update", "-qq"]) {
        println!("    {error}: going on with what is known of packages");
    }
    apt_get(&[&["install", "-qq", "--yes"], &packages[..]].concat())
        .map_err(|error| Skip::new(error.to_string(), format!("install {} by hand", packages.join(", "))).into())
}

fn on_search_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_by_any_of_its_names() {
        assert!(Program::new(&["no-such-program", "cargo"], "cargo").is_there());
        let missing = Program::new(&["no-such-program"], "its-package");
        assert!(!missing.is_there());
        assert_eq!(missing.skip().to_string(), "no-such-program is missing (Debian: apt-get install its-package)");
    }
}
