//! Sixteen bytes in one register, with the few operations that the cipher needs, each of which takes the same time whatever the
//! registers hold.
//!
//! `vector/wasm.rs` has the instructions of WebAssembly and says what each operation does; `vector/x86.rs` has the same for
//! valgrind, and `vector/scalar.rs` for the tests of all other targets.

use core::ops::{BitAnd, BitXor};

#[cfg_attr(all(target_arch = "wasm32", target_feature = "simd128"), path = "vector/wasm.rs")]
#[cfg_attr(all(target_arch = "x86_64", target_feature = "ssse3"), path = "vector/x86.rs")]
#[cfg_attr(
    not(any(
        all(target_arch = "wasm32", target_feature = "simd128"),
        all(target_arch = "x86_64", target_feature = "ssse3")
    )),
    path = "vector/scalar.rs"
)]
mod register;

pub(super) use self::register::Vector;

/// One bit of each of 128 bytes, the least significant first; or eight blocks.
pub(super) type Planes = [Vector; 8];

impl BitXor for Vector {
    type Output = Self;

    #[inline(always)]
    fn bitxor(self, other: Self) -> Self {
        self.xor(other)
    }
}

impl BitAnd for Vector {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}
