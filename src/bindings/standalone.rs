//! What a module without the standard library has to bring: an allocator, and what happens on a panic.
#![expect(unsafe_code, reason = "an allocator is an unsafe trait")]

use core::alloc::{GlobalAlloc, Layout};

use zeroize::optimization_barrier;

#[cfg(not(feature = "miniprogram"))]
static INNER: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// The mini-program's module is downloaded and keeps little.
#[cfg(feature = "miniprogram")]
// SAFETY: the bindings are compiled for WebAssembly without threads only, as `thread.rs` says.
static INNER: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };

/// Wipes every block before it is freed, so that copies which no type of ours owns (the JSON reader's, say) go too.
struct Wiping;

#[global_allocator]
static ALLOCATOR: Wiping = Wiping;

// SAFETY: every call is handed on to an allocator that fulfils the contract; `realloc` is the trait's own, made of these.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those that the allocator asks for.
        unsafe { INNER.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller gives up a live block of `layout.size()` bytes, which nobody else looks at any more.
        let bytes = unsafe {
            block.write_bytes(0, layout.size());
            core::slice::from_raw_parts(block, layout.size())
        };
        optimization_barrier(bytes);
        // SAFETY: the caller's promises are those that the allocator asks for.
        unsafe { INNER.dealloc(block, layout) }
    }
}

/// Nothing in the core panics on any input; if something did, the instance must not go on.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
