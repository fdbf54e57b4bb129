//! One module per interface: arguments in, results out, no decisions.
//!
//! Both interfaces are the same four functions over numbers. What a call says besides text (errors, diagnoses) is JSON, read by the
//! same glue: `serde-wasm-bindgen` in its place, with the standard library that it needs, made the module 4.9 KB larger (brotli).

#[cfg(feature = "baseline")]
mod baseline;
#[cfg(feature = "bindgen")]
mod bindgen;
#[cfg(feature = "standalone")]
mod standalone;
mod state;
