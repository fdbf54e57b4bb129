//! The table for a module that is downloaded: packed, and unpacked on first use.

use core::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use super::model::{Medium, go_over, middle};

static PACKED: &[u8] = include_bytes!("ranges.packed");

/// A table that is empty until it is needed. Threads that come at once all unpack it, each to the same bytes.
pub(super) struct Unpacked<const SIZE: usize> {
    bytes: [AtomicU8; SIZE],
    is_ready: AtomicBool,
}

impl<const SIZE: usize> Unpacked<SIZE> {
    pub(super) const fn new() -> Self {
        Self { bytes: [const { AtomicU8::new(0) }; SIZE], is_ready: AtomicBool::new(false) }
    }

    /// To be called before anything is asked for.
    pub(super) fn prepare(&self) {
        if !self.is_ready.load(Ordering::Acquire) {
            let mut decoder = Decoder { bytes: &self.bytes, packed: PACKED, low: 0, high: u32::MAX, value: 0 };
            (0..4).for_each(|_| decoder.shift());
            go_over(decoder);
            self.is_ready.store(true, Ordering::Release);
        }
    }

    pub(super) fn get(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).map(|byte| byte.load(Ordering::Relaxed))
    }
}

struct Decoder<'a> {
    bytes: &'a [AtomicU8],
    packed: &'a [u8],
    low: u32,
    high: u32,
    value: u32,
}

impl Decoder<'_> {
    fn shift(&mut self) {
        let (next, rest) = self.packed.split_first().unwrap_or((&0, &[]));
        self.packed = rest;
        self.low <<= 8;
        self.high = self.high << 8 | 0xFF;
        self.value = self.value << 8 | u32::from(*next);
    }
}

impl Medium for Decoder<'_> {
    fn bit(&mut self, one: u32, _: usize, _: u8) -> u8 {
        let middle = middle(self.low, self.high, one);
        let bit = self.value <= middle;
        if bit {
            self.high = middle;
        } else {
            self.low = middle + 1;
        }
        while (self.low ^ self.high) >> 24 == 0 {
            self.shift();
        }
        bit.into()
    }

    fn put(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.bytes.get(at) {
            place.store(byte, Ordering::Relaxed);
        }
    }
}
