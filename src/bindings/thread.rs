//! A static that may change, where there is one thread.
#![expect(unsafe_code, reason = "a static without a lock, where there is one thread")]

use core::cell::RefCell;

/// A value that is made on first use, one per module instance.
#[derive(Debug)]
pub struct OneThread<T>(RefCell<Option<T>>);

// SAFETY: these bindings are compiled for WebAssembly without threads only (`cfg` in lib.rs; shared memory needs the target
// feature `atomics`, which the build does not set), so nothing is ever shared between threads.
unsafe impl<T> Sync for OneThread<T> {}

impl<T: Default> OneThread<T> {
    /// Nothing yet.
    #[expect(clippy::new_without_default, reason = "for statics, which need a constant")]
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// Works with the value.
    ///
    /// A frame of its own: then the exported functions have none, all work begins at the top of the stack, and so does wiping it.
    #[inline(never)]
    pub fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        work(self.0.borrow_mut().get_or_insert_with(T::default))
    }
}
