//! The baseline module: plain exports, WebAssembly 1.0, no imports.
#![expect(unsafe_code, reason = "names for the linker")]
#![expect(unreachable_pub, reason = "exported by name, not by the module tree")]

use super::state::with;
use crate::secret::wipe_stack;

/// Makes room for a request of `capacity` bytes and returns its address.
// SAFETY: no other symbol of this name exists in the module.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(capacity: usize) -> *mut u8 {
    with(move |exchange| exchange.reserve(capacity))
}

/// Carries out the request of `len` bytes and returns the address of the reply's frame.
// SAFETY: no other symbol of this name exists in the module.
#[unsafe(no_mangle)]
pub extern "C" fn call(operation: u32, len: usize) -> *const u32 {
    with(move |exchange| exchange.call(operation, len).cast())
}

/// Wipes a request of `len` bytes, carried out or not, and everything that came of it.
// SAFETY: no other symbol of this name exists in the module.
#[unsafe(no_mangle)]
pub extern "C" fn wipe(len: usize) {
    with(move |exchange| exchange.wipe(len));
    wipe_stack();
}
