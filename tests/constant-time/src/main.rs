//! Constant time, in the manner of Adam Langley's ctgrind: every secret is marked undefined, and valgrind's memcheck reports each
//! conditional jump and each address that depends on what is undefined.
//!
//! `cargo xtask constant-time` builds this with the processor's instructions for AES, and with the portable code that each module is
//! made of, and runs it: valgrind cannot look into WebAssembly. The cipher of modules with SIMD is in the registers of x86 then. That
//! a host's compiler keeps it so, and that the instructions take the same time whatever they are given, is not tested here.
//!
//! Three kinds of work: what must not be reported; what may be reported as often as there is a verdict and no more, since the verdict is
//! public; and what is not constant-time and listed so in SECURITY.md, which must be reported, or the list is out of date. The last
//! kind is the control as well: were nothing reported, nothing would have been watched.
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod subjects;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod valgrind;

use std::process::ExitCode;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn main() -> ExitCode {
    if !valgrind::watches() {
        eprintln!("constant-time: to be run under valgrind, by `cargo xtask constant-time`");
        return ExitCode::from(2);
    }
    let build = std::env::args().nth(1).unwrap_or_default();
    if subjects::all(&build) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
fn main() -> ExitCode {
    eprintln!("constant-time: only for Linux on x86-64");
    ExitCode::from(2)
}
