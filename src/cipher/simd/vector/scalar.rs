//! The operations spelled out byte by byte: with them the cipher runs in the tests of targets without such registers.

use core::array::from_fn;

use zeroize::DefaultIsZeroes;

#[derive(Clone, Copy, Default)]
pub(crate) struct Vector([u8; 16]);

impl DefaultIsZeroes for Vector {}

impl Vector {
    pub(crate) const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn load(bytes: &[u8; 16]) -> Self {
        Self(*bytes)
    }

    pub(crate) const fn store(self, bytes: &mut [u8; 16]) {
        *bytes = self.0;
    }

    pub(crate) fn xor(self, other: Self) -> Self {
        Self(from_fn(|n| self.0[n] ^ other.0[n]))
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(from_fn(|n| self.0[n] & other.0[n]))
    }

    pub(crate) fn at(self, places: Self) -> Self {
        Self(places.0.map(|place| self.0.get(usize::from(place)).copied().unwrap_or(0)))
    }

    pub(crate) fn equals(self, other: Self) -> Self {
        Self(from_fn(|n| if self.0[n] == other.0[n] { 0xFF } else { 0 }))
    }

    pub(crate) fn eights_shifted_right<const BITS: u32>(mut self) -> Self {
        for eight in self.0.as_chunks_mut().0 {
            *eight = (u64::from_le_bytes(*eight) >> BITS).to_le_bytes();
        }
        self
    }

    pub(crate) fn eights_shifted_left<const BITS: u32>(mut self) -> Self {
        for eight in self.0.as_chunks_mut().0 {
            *eight = (u64::from_le_bytes(*eight) << BITS).to_le_bytes();
        }
        self
    }

    pub(crate) fn twos_shifted_right<const BITS: u32>(mut self) -> Self {
        for two in self.0.as_chunks_mut().0 {
            *two = (u16::from_le_bytes(*two) >> BITS).to_le_bytes();
        }
        self
    }

    pub(crate) fn fours_shifted_left<const BITS: u32>(mut self) -> Self {
        for four in self.0.as_chunks_mut().0 {
            *four = (u32::from_le_bytes(*four) << BITS).to_le_bytes();
        }
        self
    }

    pub(crate) fn fours<const A: usize, const B: usize, const C: usize, const D: usize>(self, other: Self) -> Self {
        let groups = [self.0.as_chunks::<4>().0, other.0.as_chunks().0].concat();
        let mut chosen = Self::default();
        for (four, from) in chosen.0.as_chunks_mut().0.iter_mut().zip([A, B, C, D]) {
            *four = groups[from];
        }
        chosen
    }
}
