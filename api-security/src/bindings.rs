//! The module's interface: plain exports, WebAssembly 1.0, no imports.
#![expect(unsafe_code, reason = "names for the linker")]
#![expect(unreachable_pub, reason = "exported by name, not by the module tree")]

use weapp_opendata::internals::{OneThread, wipe_stack_of};

use crate::boundary::ApiSecurityExchange;

static EXCHANGE: OneThread<ApiSecurityExchange> = OneThread::new();

/// Deeper than any call below SM2 signing.
const STACK_WORDS: usize = 4096;

/// Makes room for a request of `capacity` bytes and returns its address.
// SAFETY: no other symbol of this name exists in the module.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(capacity: usize) -> *mut u8 {
    EXCHANGE.with(move |exchange| exchange.reserve(capacity))
}

/// Carries out the request of `len` bytes and returns the address of the reply's frame.
// SAFETY: no other symbol of this name exists in the module.
#[unsafe(no_mangle)]
pub extern "C" fn call(operation: u32, len: usize) -> *const u32 {
    EXCHANGE.with(move |exchange| exchange.call(operation, len).cast())
}

/// Wipes a request of `len` bytes, carried out or not, and everything that came of it.
// SAFETY: no other symbol of this name exists in the module.
#[unsafe(no_mangle)]
pub extern "C" fn wipe(len: usize) {
    EXCHANGE.with(move |exchange| exchange.wipe(len));
    wipe_stack_of::<STACK_WORDS>();
}
