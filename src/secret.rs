//! Memory for keys and plaintext: wiped when it is done with, silent when printed.

use alloc::vec::Vec;
use core::fmt;

use zeroize::optimization_barrier;

/// A reusable byte buffer for secrets.
///
/// Only the bytes in use are wiped, and they are wiped before they are given up, so the cost follows the payload at hand and
/// not the largest one ever seen. What lies beyond the bytes in use is zero at all times.
#[derive(Default)]
pub struct SecretBuffer {
    bytes: Vec<u8>,
    used: usize,
}

impl SecretBuffer {
    /// Wipes what was there and gives `len` zero bytes to write to. Memory is never moved while it holds a secret.
    pub fn start(&mut self, len: usize) -> &mut [u8] {
        self.reserve(len);
        self.used = len;
        &mut self.bytes[..len]
    }

    /// Wipes what was there and makes room for `capacity` bytes that someone else will write; [`set_used`](Self::set_used) then says
    /// how many there are.
    pub fn reserve(&mut self, capacity: usize) -> &mut [u8] {
        self.wipe();
        if self.bytes.len() < capacity {
            self.bytes = alloc::vec![0; capacity];
        }
        &mut self.bytes
    }

    /// Says how many bytes someone else has written.
    pub fn set_used(&mut self, len: usize) {
        self.used = len.min(self.bytes.len());
    }

    /// Cuts the bytes in use to the first `len`, wiping the rest.
    pub fn truncate(&mut self, len: usize) {
        if len < self.used {
            wipe_bytes(&mut self.bytes[len..self.used]);
            self.used = len;
        }
    }

    /// The bytes in use.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.used]
    }

    /// The bytes in use, to be changed in their place.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.used]
    }

    /// Wipes the bytes in use; then there are none.
    #[inline]
    pub fn wipe(&mut self) {
        if self.used == 0 {
            return;
        }
        wipe_bytes(&mut self.bytes[..self.used]);
        self.used = 0;
    }
}

#[cfg(any(all(test, not(target_arch = "wasm32")), fuzzing))]
impl SecretBuffer {
    /// Zero from end to end, beyond the bytes in use as well.
    pub(crate) fn is_clean(&self) -> bool {
        self.bytes.iter().all(|byte| *byte == 0)
    }
}

impl Drop for SecretBuffer {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl fmt::Debug for SecretBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBuffer([wiped when dropped])")
    }
}

/// Overwrites bytes in a way that the compiler may not leave out. One fill and a barrier: `zeroize` writes byte by byte, which
/// takes longer than decrypting.
#[inline]
pub(crate) fn wipe_bytes(bytes: &mut [u8]) {
    bytes.fill(0);
    optimization_barrier(bytes);
}

/// Overwrites the part of the call stack that the work before it used: values that the compiler moved leave copies there which
/// no destructor reaches. To be called from the frame that called that work.
pub(crate) fn wipe_stack() {
    // Deeper than any call below `decrypt`.
    wipe_stack_of::<1024>();
}

/// The same for work of another depth, in `u64`s: the memory tests of the package fail when there are too few.
#[inline(never)]
pub fn wipe_stack_of<const WORDS: usize>() {
    let area = [0_u64; WORDS];
    optimization_barrier(&area);
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_is_given_up_is_wiped_and_only_that() {
        let mut buffer = SecretBuffer::default();
        buffer.start(40).fill(0xA5);
        buffer.truncate(50);
        assert_eq!(buffer.as_slice(), [0xA5; 40]);
        buffer.truncate(10);
        assert_eq!(buffer.as_slice(), [0xA5; 10]);
        assert_eq!(buffer.bytes[10..], [0; 30]);
        assert_eq!(buffer.start(20), [0; 20]);
        buffer.as_mut_slice().fill(0x5A);
        let secret = alloc::format!("{buffer:?}");
        assert_eq!(secret, "SecretBuffer([wiped when dropped])");
        buffer.wipe();
        assert!(buffer.as_slice().is_empty() && buffer.bytes.iter().all(|byte| *byte == 0));
        assert_eq!(buffer.reserve(5).len(), 40);
        buffer.set_used(100);
        assert_eq!(buffer.as_slice().len(), 40);
    }
}
