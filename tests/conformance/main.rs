//! Vectors that others have published, in full, through the primitives as the package uses them. They run natively and inside
//! WebAssembly, with and without SIMD: three different ciphers.
//!
//! Each suite ends in one line of figures. What is not applicable is counted and named; what is expected to disagree is in
//! `tests/vectors/expected-failures.json`, and has to go on disagreeing.
//!
//! `cargo test --features assurance --test conformance -- --nocapture`
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod json;
mod nist;
mod rfc_4648;
mod suite;
mod wycheproof;
