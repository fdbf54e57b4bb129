//! Decryption by AES-128 in SIMD registers, eight blocks at once, for modules of WebAssembly that have 128-bit SIMD.
//!
//! # Timing
//! No address and no branch depends on key or data: the state is worked on by logical operations alone, and tables, of which only the
//! key schedule has any that are looked up by a secret, are registers: `i8x16.swizzle` looks up 16 nibbles at once. What is left to
//! trust is that hosts run each of these instructions in constant time, as x86 (`pshufb`) and ARM (`tbl`) do.
//!
//! # Bit planes
//! The state of eight blocks is eight registers, one for each bit of a byte: register n holds bit n of all 128 bytes, a byte of it
//! for each place in a block and a bit of that for each block. This is bitslicing (Eli Biham, A Fast New DES Implementation in
//! Software, FSE 1997), for AES with shuffles of bytes (Emilia Käsper and Peter Schwabe, Faster and Timing-Attack Resistant AES-GCM,
//! CHES 2009). The S-box is a circuit then, each gate of which serves all 128 bytes.
//!
//! Look-ups in registers throughout, as the key schedule below has them, are the other way, and were this module's first. A round
//! of it takes 13 look-ups for each register of bytes, and V8 makes three instructions of what x86 has one for. In Node 20 it took
//! 157 ns for four blocks, where this takes 222 ns for eight.
//!
//! # A round
//! InvShiftRows, InvSubBytes, AddRoundKey, InvMixColumns (FIPS 197, section 5.3). InvSubBytes begins by adding 63. InvMixColumns leaves
//! a column of equal bytes as it is, so the 63 can be added to the round key before it instead.
//!
//! Between the first and the last InvShiftRows, places are numbered by row and column, not by column and row: then a row is four
//! neighbouring bytes, InvMixColumns moves these together, for which x86 has an instruction, and only InvShiftRows looks up bytes. What
//! changes the numbering is part of the first and the last InvShiftRows.
//!
//! # Key schedule
//! Ten times the S-box of four bytes, each after the one before: too few for planes. So here the S-box is the reciprocal in
//! GF(2^8), by look-ups in registers ("vector permute"; Mike Hamburg, Accelerating AES with Vector Permute Instructions, CHES 2009),
//! then an affine map. A table of 256 bytes fits no register, so an element is written as x = k + i * beta, where k and i belong to
//! the subfield of 16 elements, whose tables do. Let beta be a root of X^2 + aX + a, irreducible over the subfield: then a is both
//! its trace and its norm, the norm of x is N = k^2 + aik + ai^2, and, the conjugate of x divided by N,
//!
//! ```text
//! 1/x = (k + ai)/N + i/N * beta
//! ```
//!
//! A product of two nibbles would be a table of 256 entries again. Reciprocals and sums do without: with j = i + k,
//!
//! ```text
//! u = 1 / (1/i + a/k) + j = N / (k + ai)
//! v = 1 / (1/j + a/k) + i = N / (k + aj)
//! ```
//!
//! which takes five look-ups (a/k serves both), and with p = 1/u and q = 1/v
//!
//! ```text
//! p + q = ak/N,   i/N = (p + (p + q)/a) / a,   1/x = p * (1 + beta/a + beta/a^2) + q * beta/a^2
//! ```
//!
//! Where a denominator is 0, its reciprocal is "infinity": a byte that is no nibble, for which a look-up gives 0, which is
//! 1/infinity, and to which adding a nibble changes nothing that matters. For x = 0 both u and v come out as infinity, so p, q
//! and 1/x as 0, as the S-box has it. N is 0 for x = 0 only; so u and v are never 0.
//!
//! The last step to 1/x is linear in p and q, each a function of one nibble, and so is the affine map after it. So one look-up by u
//! and one by v give S(x), and p, q and 1/x need not be computed.

mod circuit;
mod field;
mod tables;
#[cfg_attr(
    not(any(
        all(target_arch = "wasm32", target_feature = "simd128"),
        all(target_arch = "x86_64", target_feature = "ssse3")
    )),
    path = "model.rs"
)]
#[cfg_attr(all(target_arch = "x86_64", target_feature = "ssse3"), path = "x86.rs")]
mod vector;

#[cfg(test)]
mod tests;

use core::array;
use core::hint::black_box;
use core::ops::{BitAnd, BitXor};

use aes::cipher::consts::{U8, U16};
use aes::cipher::{
    Array, Block, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockSizeUser, InOut, InOutBuf,
    Key, KeyInit, KeySizeUser, ParBlocks, ParBlocksSizeUser,
};
use zeroize::{Zeroize, ZeroizeOnDrop};

use self::circuit::inv_sub_bytes;
use self::tables::{OfByte, OfReciprocal, TABLES, Tables};
use self::vector::Vector;

/// AES-128 in registers, decryption only.
pub(super) struct SimdAes128 {
    /// 63 is added to all but the first; those between the first and the last are by row and column.
    round_keys: [Planes; 11],
}

/// One bit of each of 128 bytes, the least significant first; or eight blocks.
type Planes = [Vector; 8];

impl KeySizeUser for SimdAes128 {
    type KeySize = U16;
}

impl BlockSizeUser for SimdAes128 {
    type BlockSize = U16;
}

impl ParBlocksSizeUser for SimdAes128 {
    type ParBlocksSize = U8;
}

impl KeyInit for SimdAes128 {
    /// The key schedule (FIPS 197, section 5.2), four words at a time.
    fn new(key: &Key<Self>) -> Self {
        let tables = black_box(&TABLES);
        let plain = Vector::load(&key.0);
        let mut key = plain.at(tables.transpose);
        // Each round key waits for the one before it, so what counts is the way from one to the next. It is shorter in the
        // basis in which inversion begins; the plain bytes follow beside it.
        let mut in_tower = of_byte(tables, &tables.to_tower, key);
        let mut round_keys = [Planes::default(); 11];
        let [first, others @ ..] = &mut round_keys;
        *first = planes_of(tables, plain);
        for (round_key, [constant, constant_in_tower]) in others.iter_mut().zip(&tables.round_constants) {
            let (u, v) = inverted(tables, in_tower.at(tables.last_word));
            let next = |key, [by_u, by_v]: &OfReciprocal| sums_of_words(key) ^ by_u.at(u) ^ by_v.at(v);
            in_tower = next(in_tower, &tables.substitute_in_tower) ^ *constant_in_tower;
            key = next(key, &tables.substitute) ^ *constant;
            *round_key = planes_of(tables, key ^ tables.affine_constant);
        }
        let [.., last] = others;
        *last = each(*last, |plane| plane.at(tables.transpose));
        Self { round_keys }
    }
}

impl BlockCipherDecrypt for SimdAes128 {
    #[inline]
    fn decrypt_with_backend(&self, f: impl BlockCipherDecClosure<BlockSize = U16>) {
        f.call(self);
    }
}

impl BlockCipherDecBackend for SimdAes128 {
    /// Costs as much as eight blocks.
    #[inline(always)]
    fn decrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let mut state = loaded(array::from_ref(block.get_in()));
        self.decrypt(&mut state);
        store(state, array::from_mut(block.get_out()));
    }

    #[inline(always)]
    fn decrypt_par_blocks(&self, mut blocks: InOut<'_, '_, ParBlocks<Self>>) {
        let mut state = loaded(blocks.get_in());
        self.decrypt(&mut state);
        store(state, blocks.get_out());
    }

    /// All at once, too.
    #[inline(always)]
    fn decrypt_tail_blocks(&self, mut blocks: InOutBuf<'_, '_, Block<Self>>) {
        let mut state = loaded(blocks.get_in());
        self.decrypt(&mut state);
        store(state, blocks.get_out());
    }
}

impl SimdAes128 {
    #[inline(never)]
    fn decrypt(&self, blocks: &mut Planes) {
        let tables = black_box(&TABLES);
        let [others @ .., first] = &self.round_keys;
        let mut state = sum(exchanged(tables, *blocks), *first);
        let mut shift_rows = tables.shift_rows_and_transpose;
        for (round, round_key) in others.iter().enumerate().rev() {
            state = each(state, |plane| plane.at(shift_rows));
            state = sum(inv_sub_bytes(state), *round_key);
            if round == 0 {
                break;
            }
            state = inv_mix_columns(state);
            shift_rows = if round == 1 { tables.transpose_and_shift_rows } else { tables.shift_rows };
        }
        *blocks = exchanged(tables, state);
    }
}

impl Drop for SimdAes128 {
    fn drop(&mut self) {
        self.round_keys.as_flattened_mut().zeroize();
    }
}

impl ZeroizeOnDrop for SimdAes128 {}

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

/// Written out, as the other functions of planes are: as loops they would not be unrolled where size counts.
#[inline(always)]
fn each([a, b, c, d, e, f, g, h]: Planes, to: impl Fn(Vector) -> Vector) -> Planes {
    [to(a), to(b), to(c), to(d), to(e), to(f), to(g), to(h)]
}

#[inline(always)]
fn sum(left: Planes, right: Planes) -> Planes {
    let ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p]) = (left, right);
    [a ^ i, b ^ j, c ^ k, d ^ l, e ^ m, f ^ n, g ^ o, h ^ p]
}

/// The planes of one block, as if each of the eight were it.
#[inline(always)]
fn planes_of(tables: &Tables, block: Vector) -> Planes {
    each(tables.bits, |bit| (block & bit).equals(bit))
}

/// Up to eight blocks. Copies of as many as there are would be calls out of WebAssembly.
#[inline(always)]
fn loaded(blocks: &[Array<u8, U16>]) -> Planes {
    let block = |n: usize| blocks.get(n).map_or_else(Vector::default, |block| Vector::load(&block.0));
    [block(0), block(1), block(2), block(3), block(4), block(5), block(6), block(7)]
}

#[inline(always)]
fn store([a, b, c, d, e, f, g, h]: Planes, blocks: &mut [Array<u8, U16>]) {
    let mut places = blocks.iter_mut();
    let mut next = |block: Vector| {
        if let Some(place) = places.next() {
            block.store(&mut place.0);
        }
    };
    next(a);
    next(b);
    next(c);
    next(d);
    next(e);
    next(f);
    next(g);
    next(h);
}

/// From blocks to planes, and back: bit m of byte n of each register and bit n of that byte of register m change places.
#[inline(always)]
fn exchanged(tables: &Tables, [a, b, c, d, e, f, g, h]: Planes) -> Planes {
    let [ones, twos, fours] = tables.halves;
    let ((a, b), (c, d)) = (swapped::<1>(a, b, ones), swapped::<1>(c, d, ones));
    let ((e, f), (g, h)) = (swapped::<1>(e, f, ones), swapped::<1>(g, h, ones));
    let ((a, c), (b, d)) = (swapped::<2>(a, c, twos), swapped::<2>(b, d, twos));
    let ((e, g), (f, h)) = (swapped::<2>(e, g, twos), swapped::<2>(f, h, twos));
    let ((a, e), (b, f)) = (swapped::<4>(a, e, fours), swapped::<4>(b, f, fours));
    let ((c, g), (d, h)) = (swapped::<4>(c, g, fours), swapped::<4>(d, h, fours));
    [a, b, c, d, e, f, g, h]
}

/// The bits of `low` that lie `BITS` above those of the mask, and the bits of `high` that the mask has, in each other's place.
#[inline(always)]
fn swapped<const BITS: u32>(low: Vector, high: Vector, mask: Vector) -> (Vector, Vector) {
    let difference = (low.eights_shifted_right::<BITS>() ^ high) & mask;
    (low ^ difference.eights_shifted_left::<BITS>(), high ^ difference)
}

/// By row and column. With c each byte's sum with the one a row below, d the byte plus twice c, and e = c + 4d, a byte of the product
/// is d plus e plus the e two rows below.
#[inline(always)]
fn inv_mix_columns(state: Planes) -> Planes {
    let c = sum(state, each(state, |plane| plane.fours::<1, 2, 3, 0>(plane)));
    let d = sum(state, twice(c));
    let e = sum(c, twice(twice(d)));
    sum(sum(d, e), each(e, |plane| plane.fours::<2, 3, 0, 1>(plane)))
}

/// Twice each byte, in the field (FIPS 197, section 4.2.1).
#[inline(always)]
fn twice([a, b, c, d, e, f, g, h]: Planes) -> Planes {
    [h, a ^ h, b, c ^ h, d ^ h, e, f, g]
}

/// The nibbles k and i of each byte.
#[inline(always)]
fn nibbles(tables: &Tables, bytes: Vector) -> (Vector, Vector) {
    (bytes & tables.low_nibbles, bytes.twos_shifted_right::<4>() & tables.low_nibbles)
}

#[inline(always)]
fn of_byte(tables: &Tables, [low, high]: &OfByte, bytes: Vector) -> Vector {
    let (k, i) = nibbles(tables, bytes);
    low.at(k) ^ high.at(i)
}

/// u and v of each byte, which is in the tower's basis.
#[inline(always)]
fn inverted(tables: &Tables, bytes: Vector) -> (Vector, Vector) {
    let one_over = |n| tables.reciprocal.at(n);
    let (k, i) = nibbles(tables, bytes);
    let j = i ^ k;
    let a_over_k = tables.quotient.at(k);
    (one_over(one_over(i) ^ a_over_k) ^ j, one_over(one_over(j) ^ a_over_k) ^ i)
}

/// Each word the sum of itself and those before it.
#[inline(always)]
fn sums_of_words(key: Vector) -> Vector {
    let key = key ^ key.fours_shifted_left::<8>();
    key ^ key.fours_shifted_left::<16>()
}
