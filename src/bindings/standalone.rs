//! What a module without the standard library has to bring: an allocator, and what happens on a panic.
#![expect(unsafe_code, reason = "an allocator is an unsafe trait")]

use core::alloc::{GlobalAlloc, Layout};

use dlmalloc::GlobalDlmalloc;
use zeroize::optimization_barrier;

/// dlmalloc that wipes every block before it is freed, so that copies which no type of ours owns (the JSON reader's, say) go too.
struct Wiping;

#[global_allocator]
static ALLOCATOR: Wiping = Wiping;

// SAFETY: every call is handed on to dlmalloc, which fulfils the contract; `realloc` is the trait's own, made of these.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those that dlmalloc asks for.
        unsafe { GlobalDlmalloc.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller gives up a live block of `layout.size()` bytes, which nobody else looks at any more.
        let bytes = unsafe {
            block.write_bytes(0, layout.size());
            core::slice::from_raw_parts(block, layout.size())
        };
        optimization_barrier(bytes);
        // SAFETY: the caller's promises are those that dlmalloc asks for.
        unsafe { GlobalDlmalloc.dealloc(block, layout) }
    }
}

/// Nothing in the core panics on any input; if something did, the instance must not go on.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
