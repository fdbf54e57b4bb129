//! The modern module: wasm-bindgen.
#![expect(unreachable_pub, reason = "exported to JavaScript by the attribute, not by the module tree")]

use wasm_bindgen::prelude::wasm_bindgen;

use super::state::with;
use crate::secret::wipe_stack;

/// Makes room for a request of `capacity` bytes and returns its address.
#[wasm_bindgen]
pub fn reserve(capacity: usize) -> *mut u8 {
    with(move |exchange| exchange.reserve(capacity))
}

/// Carries out the request of `len` bytes and returns the address of the reply's frame.
#[wasm_bindgen]
pub fn call(operation: u32, len: usize) -> *const u32 {
    with(move |exchange| exchange.call(operation, len).cast())
}

/// Wipes a request of `len` bytes, carried out or not, and everything that came of it.
#[wasm_bindgen]
pub fn wipe(len: usize) {
    with(move |exchange| exchange.wipe(len));
    wipe_stack();
}
