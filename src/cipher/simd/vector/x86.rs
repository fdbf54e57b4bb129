//! The registers of x86 with SSSE3: with them the cipher is watched by valgrind, which cannot look into WebAssembly.
//!
//! The look-up is spelled as V8 compiles `i8x16.swizzle` for this processor: `paddusb` with 0x70, then `pshufb`.
#![expect(unsafe_code, reason = "the instructions")]

use core::arch::x86_64::{
    __m128i, _mm_adds_epu8, _mm_and_si128, _mm_cmpeq_epi8, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8,
    _mm_shuffle_epi8, _mm_sll_epi32, _mm_sll_epi64, _mm_srl_epi16, _mm_srl_epi64, _mm_unpackhi_epi64, _mm_xor_si128,
};

use zeroize::DefaultIsZeroes;

/// Sixteen bytes, the first one lowest. A number, because no register can be made before the program runs, as the tables are.
#[derive(Clone, Copy, Default)]
pub(crate) struct Vector(u128);

impl DefaultIsZeroes for Vector {}

/// Instructions that a processor has to have.
macro_rules! ssse3 {
    ($call:expr) => {
        // SAFETY: this file is part of builds only in which all code may use SSSE3; vector.rs sees to it.
        unsafe { $call }
    };
}

impl Vector {
    pub(crate) const fn new(bytes: [u8; 16]) -> Self {
        Self(u128::from_le_bytes(bytes))
    }

    pub(crate) const fn load(bytes: &[u8; 16]) -> Self {
        Self::new(*bytes)
    }

    pub(crate) const fn store(self, bytes: &mut [u8; 16]) {
        *bytes = self.0.to_le_bytes();
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the halves")]
    fn register(self) -> __m128i {
        let (high, low) = ((self.0 >> 64) as u64, self.0 as u64);
        ssse3!(_mm_set_epi64x(high.cast_signed(), low.cast_signed()))
    }

    #[inline(always)]
    fn of(register: __m128i) -> Self {
        let (high, low) =
            ssse3!((_mm_cvtsi128_si64(_mm_unpackhi_epi64(register, register)), _mm_cvtsi128_si64(register)));
        Self(u128::from(high.cast_unsigned()) << 64 | u128::from(low.cast_unsigned()))
    }

    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        Self::of(ssse3!(_mm_xor_si128(self.register(), other.register())))
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        Self::of(ssse3!(_mm_and_si128(self.register(), other.register())))
    }

    #[inline(always)]
    pub(crate) fn at(self, places: Self) -> Self {
        let (table, places) = (self.register(), places.register());
        Self::of(ssse3!(_mm_shuffle_epi8(table, _mm_adds_epu8(places, _mm_set1_epi8(0x70)))))
    }

    #[inline(always)]
    pub(crate) fn equals(self, other: Self) -> Self {
        Self::of(ssse3!(_mm_cmpeq_epi8(self.register(), other.register())))
    }

    #[inline(always)]
    pub(crate) fn eights_shifted_right<const BITS: u32>(self) -> Self {
        Self::of(ssse3!(_mm_srl_epi64(self.register(), Self(BITS.into()).register())))
    }

    #[inline(always)]
    pub(crate) fn eights_shifted_left<const BITS: u32>(self) -> Self {
        Self::of(ssse3!(_mm_sll_epi64(self.register(), Self(BITS.into()).register())))
    }

    #[inline(always)]
    pub(crate) fn twos_shifted_right<const BITS: u32>(self) -> Self {
        Self::of(ssse3!(_mm_srl_epi16(self.register(), Self(BITS.into()).register())))
    }

    #[inline(always)]
    pub(crate) fn fours_shifted_left<const BITS: u32>(self) -> Self {
        Self::of(ssse3!(_mm_sll_epi32(self.register(), Self(BITS.into()).register())))
    }

    /// No instruction takes the places as WebAssembly does, with places that are known when it is compiled: moves of whole numbers.
    #[inline(always)]
    pub(crate) fn fours<const A: usize, const B: usize, const C: usize, const D: usize>(self, other: Self) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "four bytes")]
        let four = |at: usize| u128::from(if at < 4 { self.0 >> (32 * at) } else { other.0 >> (32 * (at - 4)) } as u32);
        Self(four(A) | four(B) << 32 | four(C) << 64 | four(D) << 96)
    }
}
