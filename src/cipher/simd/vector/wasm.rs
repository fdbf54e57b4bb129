//! The registers of WebAssembly: each operation is one instruction.

use core::arch::wasm32 as wasm;

use zeroize::DefaultIsZeroes;

/// A SIMD register.
#[derive(Clone, Copy)]
pub(crate) struct Vector(wasm::v128);

impl Vector {
    pub(crate) const fn new(b: [u8; 16]) -> Self {
        Self(wasm::u8x16(
            b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15],
        ))
    }

    /// Spelled as two numbers because `new` compiles to sixteen loads of a byte.
    #[inline(always)]
    pub(crate) fn load(bytes: &[u8; 16]) -> Self {
        let (halves, _) = bytes.as_chunks();
        Self(wasm::u64x2(u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1])))
    }

    #[inline(always)]
    pub(crate) fn store(self, bytes: &mut [u8; 16]) {
        let (halves, _) = bytes.as_chunks_mut();
        halves[0] = wasm::u64x2_extract_lane::<0>(self.0).to_le_bytes();
        halves[1] = wasm::u64x2_extract_lane::<1>(self.0).to_le_bytes();
    }

    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        Self(wasm::v128_xor(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(wasm::v128_and(self.0, other.0))
    }

    /// The bytes of `self` at the places that `places` names; 0 where a place is 16 or more.
    #[inline(always)]
    pub(crate) fn at(self, places: Self) -> Self {
        Self(wasm::u8x16_swizzle(self.0, places.0))
    }

    /// Bytes of all ones where those of `self` and `other` are equal, of zeros elsewhere.
    #[inline(always)]
    pub(crate) fn equals(self, other: Self) -> Self {
        Self(wasm::u8x16_eq(self.0, other.0))
    }

    /// Each eight bytes shifted right as one little-endian number.
    #[inline(always)]
    pub(crate) fn eights_shifted_right<const BITS: u32>(self) -> Self {
        Self(wasm::u64x2_shr(self.0, BITS))
    }

    /// Each eight bytes shifted left as one little-endian number.
    #[inline(always)]
    pub(crate) fn eights_shifted_left<const BITS: u32>(self) -> Self {
        Self(wasm::u64x2_shl(self.0, BITS))
    }

    /// Each two bytes shifted right as one little-endian number.
    #[inline(always)]
    pub(crate) fn twos_shifted_right<const BITS: u32>(self) -> Self {
        Self(wasm::u16x8_shr(self.0, BITS))
    }

    /// Each four bytes shifted left as one little-endian number.
    #[inline(always)]
    pub(crate) fn fours_shifted_left<const BITS: u32>(self) -> Self {
        Self(wasm::u32x4_shl(self.0, BITS))
    }

    /// Four of the eight groups of four bytes that `self` and `other` are.
    #[inline(always)]
    pub(crate) fn fours<const A: usize, const B: usize, const C: usize, const D: usize>(self, other: Self) -> Self {
        Self(wasm::u32x4_shuffle::<A, B, C, D>(self.0, other.0))
    }
}

impl Default for Vector {
    fn default() -> Self {
        Self::new([0; 16])
    }
}

impl DefaultIsZeroes for Vector {}
