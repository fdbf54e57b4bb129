//! The one exchange of a module instance.
#![expect(unsafe_code, reason = "a static without a lock, where there is one thread")]

use core::cell::RefCell;

use crate::boundary::Exchange;

struct OneThread<T>(T);

// SAFETY: these bindings are compiled for WebAssembly without threads only (`cfg` in lib.rs; shared memory needs the target
// feature `atomics`, which the build does not set), so nothing is ever shared between threads.
unsafe impl<T> Sync for OneThread<T> {}

static EXCHANGE: OneThread<RefCell<Option<Exchange>>> = OneThread(RefCell::new(None));

/// Works with the exchange, which is made on first use.
///
/// A frame of its own: then the exported functions have none, all work begins at the top of the stack, and so does wiping it.
#[inline(never)]
pub(super) fn with<T>(work: impl FnOnce(&mut Exchange) -> T) -> T {
    work(EXCHANGE.0.borrow_mut().get_or_insert_with(Exchange::default))
}
