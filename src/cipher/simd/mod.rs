//! Decryption by AES-128 in SIMD registers, for modules of WebAssembly that have 128-bit SIMD: eight blocks at once in bit planes
//! (`planes.rs`), and what is left over, if it is one or two blocks, by look-ups (`look_up.rs`), which the key schedule has, too.
//!
//! Source: FIPS 197, of which the inverse cipher's steps keep their order: InvShiftRows, InvSubBytes, AddRoundKey, InvMixColumns
//! (section 5.3).
//!
//! # Timing
//! No address and no branch depends on key or data: tables that are looked up by a secret are registers, in which `i8x16.swizzle` looks
//! up 16 nibbles at once, and all else is logical operations. What is left to trust is that hosts run each of these instructions in
//! constant time, as x86 (`pshufb`) and ARM (`tbl`) do.
//!
//! # Which, when
//! In Node 20, on the machine of README's figures, planes take 211 ns for up to eight blocks. Look-ups take 110 ns for two and 157 for
//! four. WeChat's payloads have 10 blocks (a phone number) and 25 or 26 (a profile): with planes alone, the one or two that are left over
//! cost as much as eight.
//!
//! # The constant
//! InvSubBytes begins by adding 63. InvMixColumns leaves a column of equal bytes as it is, so the 63 can be added to the round key
//! before it instead.
//!
//! # Rows and columns
//! Between the first and the last InvShiftRows, places are numbered by row and column, not by column and row: then a row is four
//! neighbouring bytes, InvMixColumns moves these together, for which x86 has an instruction, and only InvShiftRows looks up bytes. What
//! changes the numbering is part of the first and the last InvShiftRows.

mod circuit;
mod field;
mod look_up;
mod planes;
mod tables;
mod vector;

#[cfg(test)]
mod tests;

use core::hint::black_box;

use aes::cipher::consts::{U8, U16};
use aes::cipher::{
    Block, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockSizeUser, InOut, InOutBuf, Key,
    KeyInit, KeySizeUser, ParBlocks, ParBlocksSizeUser,
};
use zeroize::{Zeroize, ZeroizeOnDrop};

use self::tables::TABLES;
use self::vector::{Planes, Vector};

/// AES-128 in registers, decryption only.
pub(super) struct SimdAes128 {
    /// 63 is added to all but the first; those between the first and the last are by row and column.
    round_keys: [Vector; 11],
}

/// The cipher at work on a number of blocks.
struct Working<'k> {
    round_keys: &'k [Vector; 11],
    /// The same for eight blocks.
    planes: &'k [Planes; 11],
}

impl KeySizeUser for SimdAes128 {
    type KeySize = U16;
}

impl BlockSizeUser for SimdAes128 {
    type BlockSize = U16;
}

impl BlockSizeUser for Working<'_> {
    type BlockSize = U16;
}

impl ParBlocksSizeUser for Working<'_> {
    type ParBlocksSize = U8;
}

impl KeyInit for SimdAes128 {
    fn new(key: &Key<Self>) -> Self {
        let tables = black_box(&TABLES);
        let key = Vector::load(&key.0);
        let mut cipher = Self { round_keys: [key; 11] };
        look_up::expand(tables, key, &mut cipher.round_keys);
        cipher
    }
}

impl BlockCipherDecrypt for SimdAes128 {
    #[inline]
    fn decrypt_with_backend(&self, f: impl BlockCipherDecClosure<BlockSize = U16>) {
        let tables = black_box(&TABLES);
        let mut planes = [Planes::default(); 11];
        for (planes, round_key) in planes.iter_mut().zip(&self.round_keys) {
            *planes = planes::of_block(tables, *round_key);
        }
        f.call(&Working { round_keys: &self.round_keys, planes: &planes });
        planes.as_flattened_mut().zeroize();
    }
}

impl BlockCipherDecBackend for Working<'_> {
    #[inline(always)]
    fn decrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let [state, _] = look_up::decrypt(self.round_keys, [Vector::load(&block.get_in().0), Vector::default()]);
        state.store(&mut block.get_out().0);
    }

    #[inline(always)]
    fn decrypt_par_blocks(&self, blocks: InOut<'_, '_, ParBlocks<Self>>) {
        planes::decrypt(self.planes, blocks);
    }

    #[inline(always)]
    fn decrypt_tail_blocks(&self, mut blocks: InOutBuf<'_, '_, Block<Self>>) {
        let (first, second) = match blocks.get_in() {
            [first] => (first, first),
            [first, second] => (first, second),
            more => {
                let mut eight = ParBlocks::<Self>::default();
                eight.iter_mut().zip(more).for_each(|(block, from)| *block = *from);
                planes::decrypt(self.planes, (&mut eight).into());
                blocks.get_out().iter_mut().zip(eight).for_each(|(block, from)| *block = from);
                return;
            }
        };
        let both = look_up::decrypt(self.round_keys, [Vector::load(&first.0), Vector::load(&second.0)]);
        blocks.get_out().iter_mut().zip(both).for_each(|(block, from)| from.store(&mut block.0));
    }
}

impl Drop for SimdAes128 {
    fn drop(&mut self) {
        self.round_keys.zeroize();
    }
}

impl ZeroizeOnDrop for SimdAes128 {}
