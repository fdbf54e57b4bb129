//! What crosses between JavaScript and the core, as bytes: one request in, one reply out.
//!
//! Both bindings share it. Nothing here knows JavaScript beyond the kinds of values that it has: the glue writes down what it was
//! given, and every judgement, that of wrong types included, is made on this side, so that there is one table of messages.
//!
//! A request is a sequence of [values](request::Value) in an order that each operation fixes. All numbers are little-endian.

mod avatar;
mod calls;
mod exchange;
mod phone;
mod request;

#[cfg_attr(
    not(all(target_arch = "wasm32", any(feature = "bindgen", feature = "baseline"))),
    allow(unused_imports)
)]
pub(crate) use exchange::Exchange;
