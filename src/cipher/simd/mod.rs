//! Decryption by AES-128 in SIMD registers, all look-ups in registers too: "vector permute" (Mike Hamburg, Accelerating AES with
//! Vector Permute Instructions, CHES 2009), for modules of WebAssembly that have 128-bit SIMD.
//!
//! # Timing
//! No address and no branch depends on key or data. A table of 16 bytes is a register, `i8x16.swizzle` looks up 16 nibbles in
//! it at once, and every table is read from memory as a whole. What is left to trust is that hosts run each of these
//! instructions in constant time, as x86 (`pshufb`) and ARM (`tbl`) do.
//!
//! # Inversion
//! The S-box is the reciprocal in GF(2^8), then an affine map. A table of 256 bytes fits no register, so an element is written
//! as x = k + i * beta, where k and i belong to the subfield of 16 elements, whose tables do. Let beta be a root of X^2 + aX + a,
//! irreducible over the subfield: then a is both its trace and its norm, the norm of x is N = k^2 + aik + ai^2, and, the
//! conjugate of x divided by N,
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
//! # A round
//! The last step to 1/x is linear in p and q, each a function of one nibble, and all that follows it in a round is linear too.
//! So one look-up by u and one by v give any multiple of 1/x in any basis, and p, q and 1/x need not be computed. A decryption
//! round is InvSubBytes, InvShiftRows, InvMixColumns and AddRoundKey (the equivalent inverse cipher, FIPS 197, section 5.3.5).
//! With y the bytes after InvSubBytes, row r of a column becomes
//!
//! ```text
//! 0E * y[r] + 0B * y[r + 1] + 0D * y[r + 2] + 09 * y[r + 3]
//! ```
//!
//! eight look-ups, and five before them. InvSubBytes of a byte b is the reciprocal of affine^-1(b + 63). The state is kept as that
//! very argument, by its nibbles in the tower: multiples of 1/x are looked up with affine^-1 already applied. Being linear,
//! affine^-1 is applied to the round keys as well, once, and 63 is added to them before, since each state has one of them
//! added. So the affine map costs nothing in a round.
//!
//! # Layout
//! Four blocks are worked on together, a register for each row of all four. Then `y[r + 1]` is another register, not another place
//! in the same one, and InvMixColumns moves no bytes. Four registers are also what the tables' results fit beside.

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

use aes::cipher::consts::{U4, U16};
use aes::cipher::{
    Block, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockSizeUser, InOut, Key, KeyInit,
    KeySizeUser, ParBlocks, ParBlocksSizeUser,
};
use zeroize::{Zeroize, ZeroizeOnDrop};

use self::tables::{OfByte, OfReciprocal, TABLES, Tables};
use self::vector::Vector;

/// AES-128 in registers, decryption only.
pub(super) struct VpAes128 {
    /// Each by row and column. The first is the key itself; the others have InvMixColumns applied, but for the last, and are
    /// in the state's basis.
    round_keys: [Vector; 11],
}

/// A row of four blocks each: four bytes of the first block, then four of the second, and so on.
type Rows = [Vector; 4];

impl KeySizeUser for VpAes128 {
    type KeySize = U16;
}

impl BlockSizeUser for VpAes128 {
    type BlockSize = U16;
}

impl ParBlocksSizeUser for VpAes128 {
    type ParBlocksSize = U4;
}

impl KeyInit for VpAes128 {
    /// The key schedule (FIPS 197, section 5.2), four words at a time.
    fn new(key: &Key<Self>) -> Self {
        let tables = black_box(&TABLES);
        let mut key = Vector::load(&key.0).at(tables.transpose);
        // Each round key waits for the one before it, so what counts is the way from one to the next. It is shorter in the
        // basis in which inversion begins; the plain bytes follow beside it.
        let mut in_tower = of_byte(tables, &tables.to_tower, key);
        let mut round_constant = tables.round_constant;
        Self {
            round_keys: array::from_fn(|round| {
                if round == 0 {
                    return key;
                }
                let (u, v) = inverted(tables, in_tower.at(tables.last_word));
                let constant = round_constant.xor(tables.affine_constant);
                round_constant = twice(tables, round_constant);
                let next = |key, constant: Vector, [by_u, by_v]: &OfReciprocal| {
                    sums_of_words(key).xor(constant).xor(by_u.at(u)).xor(by_v.at(v))
                };
                in_tower = next(in_tower, of_byte(tables, &tables.to_tower, constant), &tables.substitute_in_tower);
                key = next(key, constant, &tables.substitute);
                let mixed = if round == 10 { key } else { inv_mix_columns(tables, key) };
                of_byte(tables, &tables.enter, mixed.xor(tables.affine_constant))
            }),
        }
    }
}

impl BlockCipherDecrypt for VpAes128 {
    #[inline]
    fn decrypt_with_backend(&self, f: impl BlockCipherDecClosure<BlockSize = U16>) {
        f.call(self);
    }
}

impl BlockCipherDecBackend for VpAes128 {
    /// Costs as much as four blocks.
    #[inline(always)]
    fn decrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let mut blocks = ParBlocks::<Self>::default();
        blocks[0] = block.clone_in();
        self.decrypt_par_blocks_inplace(&mut blocks);
        *block.get_out() = blocks[0];
    }

    fn decrypt_par_blocks(&self, mut blocks: InOut<'_, '_, ParBlocks<Self>>) {
        let tables = black_box(&TABLES);
        let [a, b, c, d] = &blocks.get_in().0;
        let mut rows = exchanged(each([a, b, c, d], |block| Vector::load(&block.0).at(tables.transpose)));
        rows = each(rows, |row| of_byte(tables, &tables.enter, row));
        let [last, second_last, others @ ..] = &self.round_keys;
        for round_key in others.iter().rev() {
            let (u, v) = shifted_and_inverted(tables, sum(rows, rows_of(*round_key)));
            rows = mixed(tables, u, v);
        }
        let (u, v) = shifted_and_inverted(tables, sum(rows, rows_of(*second_last)));
        rows = sum(of_reciprocal(&tables.leave, u, v), rows_of(*last));
        let [a, b, c, d] = exchanged(rows);
        let out = &mut blocks.get_out().0;
        a.at(tables.transpose).store(&mut out[0].0);
        b.at(tables.transpose).store(&mut out[1].0);
        c.at(tables.transpose).store(&mut out[2].0);
        d.at(tables.transpose).store(&mut out[3].0);
    }
}

impl Drop for VpAes128 {
    fn drop(&mut self) {
        self.round_keys.zeroize();
    }
}

impl ZeroizeOnDrop for VpAes128 {}

/// Written out, as the other functions of rows are: as loops they would not be unrolled where size counts.
#[inline(always)]
fn each<T>([a, b, c, d]: [T; 4], f: impl Fn(T) -> Vector) -> Rows {
    [f(a), f(b), f(c), f(d)]
}

#[inline(always)]
fn sum(left: Rows, right: Rows) -> Rows {
    let ([a, b, c, d], [e, f, g, h]) = (left, right);
    [a.xor(e), b.xor(f), c.xor(g), d.xor(h)]
}

/// The rows of one round key, for four blocks.
#[inline(always)]
fn rows_of(key: Vector) -> Rows {
    [
        key.fours::<0, 0, 0, 0>(key),
        key.fours::<1, 1, 1, 1>(key),
        key.fours::<2, 2, 2, 2>(key),
        key.fours::<3, 3, 3, 3>(key),
    ]
}

/// From a block each to a row each, and back.
#[inline(always)]
fn exchanged([a, b, c, d]: Rows) -> Rows {
    let (low_ab, high_ab) = (a.fours::<0, 4, 1, 5>(b), a.fours::<2, 6, 3, 7>(b));
    let (low_cd, high_cd) = (c.fours::<0, 4, 1, 5>(d), c.fours::<2, 6, 3, 7>(d));
    [
        low_ab.fours::<0, 1, 4, 5>(low_cd),
        low_ab.fours::<2, 3, 6, 7>(low_cd),
        high_ab.fours::<0, 1, 4, 5>(high_cd),
        high_ab.fours::<2, 3, 6, 7>(high_cd),
    ]
}

/// The nibbles k and i of each byte.
#[inline(always)]
fn nibbles(tables: &Tables, bytes: Vector) -> (Vector, Vector) {
    (bytes.and(tables.low_nibbles), bytes.twos_shifted_right::<4>().and(tables.low_nibbles))
}

#[inline(always)]
fn of_byte(tables: &Tables, [low, high]: &OfByte, bytes: Vector) -> Vector {
    let (k, i) = nibbles(tables, bytes);
    low.at(k).xor(high.at(i))
}

/// u and v of each byte, which is in the tower's basis.
#[inline(always)]
fn inverted(tables: &Tables, bytes: Vector) -> (Vector, Vector) {
    let one_over = |n| tables.reciprocal.at(n);
    let (k, i) = nibbles(tables, bytes);
    let j = i.xor(k);
    let a_over_k = tables.quotient.at(k);
    (one_over(one_over(i).xor(a_over_k)).xor(j), one_over(one_over(j).xor(a_over_k)).xor(i))
}

/// InvShiftRows, then u and v of each byte.
#[inline(always)]
fn shifted_and_inverted(tables: &Tables, [a, b, c, d]: Rows) -> (Rows, Rows) {
    let [by_1, by_2, by_3] = tables.shift;
    let (a, b) = (inverted(tables, a), inverted(tables, b.at(by_1)));
    let (c, d) = (inverted(tables, c.at(by_2)), inverted(tables, d.at(by_3)));
    ([a.0, b.0, c.0, d.0], [a.1, b.1, c.1, d.1])
}

#[inline(always)]
fn of_reciprocal([by_u, by_v]: &OfReciprocal, u: Rows, v: Rows) -> Rows {
    sum(each(u, |u| by_u.at(u)), each(v, |v| by_v.at(v)))
}

/// InvMixColumns of the reciprocals, in the state's basis.
#[inline(always)]
fn mixed(tables: &Tables, u: Rows, v: Rows) -> Rows {
    let next = |[a, b, c, d]: Rows| [b, c, d, a];
    let [by_0e, by_0b, by_0d, by_09] = &tables.mix;
    // Row by row the sum above, from its last term to its first.
    let rows = next(of_reciprocal(by_09, u, v));
    let rows = next(sum(rows, of_reciprocal(by_0d, u, v)));
    let rows = next(sum(rows, of_reciprocal(by_0b, u, v)));
    sum(rows, of_reciprocal(by_0e, u, v))
}

/// Each word the sum of itself and those before it.
#[inline(always)]
fn sums_of_words(key: Vector) -> Vector {
    let key = key.xor(key.fours_shifted_left::<8>());
    key.xor(key.fours_shifted_left::<16>())
}

/// Twice each byte, in the field (FIPS 197, section 4.2.1).
#[inline(always)]
fn twice(tables: &Tables, bytes: Vector) -> Vector {
    bytes.doubled().xor(tables.reduction.where_high(bytes))
}

/// InvMixColumns of plain bytes: MixColumns after adding four times the sum of each byte and that two rows below.
#[inline(always)]
fn inv_mix_columns(tables: &Tables, key: Vector) -> Vector {
    let pairs = key.xor(key.fours::<2, 3, 0, 1>(key));
    let key = key.xor(twice(tables, twice(tables, pairs)));
    // MixColumns: each byte, twice its sum with that below, and the sum of its column.
    let pairs = key.xor(key.fours::<1, 2, 3, 0>(key));
    let columns = pairs.xor(pairs.fours::<2, 3, 0, 1>(pairs));
    key.xor(twice(tables, pairs)).xor(columns)
}
