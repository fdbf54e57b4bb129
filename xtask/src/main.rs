//! `cargo xtask COMMAND`: builds, assembles, inspects and tests weapp-opendata. Each command installs what it lacks.

mod bench;
mod build;
mod constant_time;
mod coverage;
mod demo;
mod fuzz;
mod inspect;
mod modules;
mod mutants;
mod node;
mod npm;
mod phone_metadata;
mod plan;
mod platforms;
mod programs;
mod protocol;
mod reproduce;
mod rust;
mod sizes;
mod step;
mod supply;
mod test;
mod tools;
mod wechat;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  demo [FILE | -]   build the package, run it on WeChat's published sample and show the classic failures;
                    with a JSON file (or - for standard input) also on a payload of your own:
                    {\"encryptedData\", \"iv\", \"sessionKey\", \"appid\"}
  test              everything: format, lints, docs, native tests, tests inside WebAssembly, tests of the packed package;
                    ends with a table of its steps
  check             the part of it for every few minutes: format, lints, native tests but for the exhaustive, the modern
                    module, the JavaScript tests of the core
  constant-time     run the primitives under valgrind, with every secret marked undefined
  wechat            build the package and test the examples: mini-program, cloud function, server
  build             make pkg/, ready for `npm pack`, and compare its sizes with size-budget.json; with --check, build twice,
                    in two folders, and compare the bytes
  platforms         the JavaScript suite on every host: Node 16 to 24, Bun, Deno, workerd, bundles, Chromium
  bench             measure the package beside what one would take instead, on five runtimes; writes the tables and the
                    chart of the READMEs; with --quick, few rounds on one, and nothing is written; with --redraw, tables and
                    chart from the results at hand
  coverage          which lines of the core the native tests run; fails below 95 percent
  mutants [K/N]     break the core in two thousand places, one at a time, and see whether the tests notice (hours); with K/N, a
                    part of them
  fuzz [TARGET] [--seconds N]
                    run the targets under fuzz/, and `differential` against node:crypto and crypto-js, or one of them, for
                    20 minutes each or N seconds; with --quick, what `test` runs of it: the targets, for 10 seconds
                    each. It installs the nightly toolchain that fuzz/rust-toolchain.toml names
  protocol          write the JavaScript side of the protocol and of the templates from the Rust side; with --check, only compare
  phone-metadata    compile libphonenumber's metadata into src/phone/ranges.bin; with --check, only compare

Every command installs what it needs first: Rust's WebAssembly targets, npm packages, programs from crates.io. These
programs are kept in $WEAPP_OPENDATA_TOOLS, or in the user's cache folder. chromium, tmux, valgrind and c++ come from
the system: as root with apt-get they are installed; elsewhere `test` skips what wants them, and says so at its end.
Where CI is set, a skipped test has failed.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = workspace::root();
    let outcome = match words.as_slice() {
        ["build"] => build::build(&root).map(drop),
        ["build", "--check"] => reproduce::check(&root),
        ["test"] => test::test(&root),
        ["check"] => test::check(&root),
        ["demo", payload @ ..] if payload.len() < 2 => demo::demo(&root, payload.first().copied()),
        ["constant-time"] => constant_time::constant_time(&root),
        ["wechat"] => wechat::wechat(&root),
        ["platforms"] => platforms::platforms(&root),
        ["bench"] => bench::bench(&root),
        ["bench", "--quick"] => bench::quick(&root),
        ["bench", "--redraw"] => bench::redraw(&root),
        ["coverage"] => coverage::coverage(&root),
        ["mutants"] => mutants::mutants(&root, None),
        ["mutants", shard] => mutants::mutants(&root, Some(shard)),
        ["fuzz", arguments @ ..] => fuzz::fuzz(&root, arguments),
        ["protocol"] => protocol::run(&root, false),
        ["protocol", "--check"] => protocol::run(&root, true),
        ["phone-metadata"] => phone_metadata::run(&root, false),
        ["phone-metadata", "--check"] => phone_metadata::run(&root, true),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            ExitCode::FAILURE
        }
    }
}
