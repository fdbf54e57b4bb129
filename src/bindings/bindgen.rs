//! The modern module: wasm-bindgen.
//!
//! The hot path is numbers: an address to write to, an operation with a length, an address to read from. Errors and diagnoses,
//! which nobody waits for, cross as objects.

#![expect(unreachable_pub, reason = "exported to JavaScript by the attribute, not by the module tree")]

use core::cell::RefCell;

use serde::Serialize as _;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::boundary::Exchange;

extern crate std;

std::thread_local! {
    static EXCHANGE: RefCell<Exchange> = RefCell::default();
}

/// Makes room for a request of `capacity` bytes and returns its address.
#[wasm_bindgen]
pub fn reserve(capacity: usize) -> *mut u8 {
    EXCHANGE.with_borrow_mut(|exchange| exchange.reserve(capacity))
}

/// Carries out the request of `len` bytes and returns the address of three u32: status, address of the text, its length.
#[wasm_bindgen]
pub fn call(operation: u32, len: usize) -> *const u32 {
    EXCHANGE.with_borrow_mut(|exchange| exchange.call(operation, len).cast())
}

/// What the last call says besides its text, as an object: an error, the errors of a batch, a diagnosis.
#[wasm_bindgen]
#[must_use]
pub fn detail() -> JsValue {
    let detail = EXCHANGE.with_borrow_mut(Exchange::take_detail);
    detail.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

/// Wipes everything that the last call was given and gave.
#[wasm_bindgen]
pub fn wipe() {
    EXCHANGE.with_borrow_mut(Exchange::wipe);
}
