//! The primitives under valgrind: `tests/constant-time` says what is watched, and what is not.

use std::path::Path;
use std::process::Command;

use crate::modules::{SMALL_AES, SMALL_SHA2};
use crate::programs::{self, VALGRIND};
use crate::step::{Result, Skip, run};

/// Portable code, and not the processor's instructions for AES and the like.
const PORTABLE: [&str; 4] = [
    "--cfg=aes_backend=\"soft\"",
    "--cfg=polyval_backend=\"soft\"",
    "--cfg=sha1_backend=\"soft\"",
    "--cfg=sha2_backend=\"soft\"",
];

/// What is built: its name, whether it is portable, and flags of the compiler, as `modules.rs` gives them to the modules.
const BUILDS: [(&str, bool, &[&str]); 3] = [
    // With the processor's own instructions, where it has them.
    ("native", false, &[]),
    // Its cipher is made of instructions that x86 has from SSSE3 on.
    ("modern", true, &[SMALL_AES, SMALL_SHA2, "-Ctarget-feature=+ssse3"]),
    ("baseline", true, &[SMALL_SHA2]),
];

/// Builds the program for each and runs it under memcheck.
pub(crate) fn constant_time(root: &Path) -> Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(Skip::new("only Linux on x86-64 has what this takes", "run it there").into());
    }
    programs::install(&[&VALGRIND])?;
    if !VALGRIND.is_there() {
        return Err(VALGRIND.skip().into());
    }
    for (name, portable, flags) in BUILDS {
        let flags = if portable { [&PORTABLE, flags].concat() } else { flags.to_vec() };
        let folder = root.join("target/constant-time").join(name);
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(root).args(["build", "--locked", "--quiet", "--package", "constant-time"]);
        cargo.args(["--profile", "constant-time", "--target-dir"]).arg(&folder);
        run(cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f")))?;
        // The program knows which reports there have to be. They themselves go to the log.
        let log = folder.join("memcheck.log");
        let mut valgrind = Command::new("valgrind");
        valgrind.arg("--error-limit=no").arg(format!("--log-file={}", log.display()));
        let outcome = run(valgrind.arg(folder.join("constant-time/constant-time")).arg(name));
        outcome.map_err(|error| format!("{error}\nmemcheck's reports: {}", log.display()))?;
    }
    Ok(())
}
