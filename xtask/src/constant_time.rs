//! The primitives under valgrind: `tests/constant-time` says what is watched, and what is not.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::step::{output, run};

/// Without the processor's instructions for AES and the like: the code that WebAssembly has. With SSSE3, the cipher of its registers.
const PORTABLE: &str = r#"--cfg aes_backend="soft" --cfg polyval_backend="soft" --cfg sha1_backend="soft" --cfg sha2_backend="soft" -Ctarget-feature=+ssse3"#;

/// Builds the program twice and runs both under memcheck.
pub(crate) fn constant_time(root: &Path) -> Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!("    not run: only Linux on x86-64 has what this takes");
        return Ok(());
    }
    output(Command::new("valgrind").arg("--version"))
        .map_err(|error| format!("{error}: valgrind is missing (Debian: apt-get install valgrind)"))?;
    for (name, rustflags) in [("native", ""), ("portable", PORTABLE)] {
        let folder = root.join("target/constant-time").join(name);
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(root).args(["build", "--locked", "--quiet", "--package", "constant-time"]);
        cargo.args(["--profile", "constant-time", "--target-dir"]).arg(&folder);
        run(cargo.env_remove("CARGO_ENCODED_RUSTFLAGS").env("RUSTFLAGS", rustflags))?;
        // The program knows which reports there have to be. Theirs is the log.
        let log = folder.join("memcheck.log");
        let mut valgrind = Command::new("valgrind");
        valgrind.arg("--error-limit=no").arg(format!("--log-file={}", log.display()));
        let outcome = run(valgrind.arg(folder.join("constant-time/constant-time")));
        if outcome.is_err() {
            eprint!("{}", fs::read_to_string(&log).unwrap_or_default());
            eprintln!("The reports of memcheck are above, and in {}.", log.display());
        }
        outcome?;
    }
    Ok(())
}
