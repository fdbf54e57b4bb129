//! One module per interface: arguments in, results out, no decisions.
//!
//! Both interfaces are the same three functions over numbers, so that one glue serves both. `serde-wasm-bindgen` for errors and
//! diagnoses was tried: with the standard library that it needs it made the module 4.9 KB larger (brotli), 7 % of all.

#[cfg(feature = "baseline")]
mod baseline;
#[cfg(feature = "bindgen")]
mod bindgen;
#[cfg(feature = "standalone")]
mod standalone;
#[cfg(any(feature = "baseline", feature = "bindgen"))]
mod state;
mod thread;

pub use thread::OneThread;
