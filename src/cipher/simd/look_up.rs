//! The S-box by look-ups in registers ("vector permute"; Mike Hamburg, Accelerating AES with Vector Permute Instructions, CHES 2009):
//! for the key schedule, whose ten rounds have four bytes each and wait for one another, and for one or two blocks.
//!
//! # The reciprocal
//! The S-box is the reciprocal in GF(2^8), then an affine map. A table of 256 bytes fits no register, so an element is written as
//! x = k + i * beta, where k and i belong to the subfield of 16 elements, whose tables do. Let beta be a root of X^2 + aX + a,
//! irreducible over the subfield: then a is both its trace and its norm, the norm of x is N = k^2 + aik + ai^2, and, the conjugate of
//! x divided by N,
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
//! The last step to 1/x is linear in p and q, each a function of one nibble, and so is an affine map after it. So one look-up by u
//! and one by v give S(x), and p, q and 1/x need not be computed. A linear function of a byte is two look-ups, by its nibbles, and
//! so are two of them one after the other: the multiples of InvMixColumns are looked up as what InvSubBytes inverts next.

use core::hint::black_box;

use super::tables::{OfByte, OfReciprocal, TABLES, Tables};
use super::vector::Vector;

/// The key schedule (FIPS 197, section 5.2), four words at a time.
#[inline(always)]
pub(super) fn expand(tables: &Tables, plain: Vector, [_, others @ ..]: &mut [Vector; 11]) {
    let mut key = plain.at(tables.transpose);
    // Each round key waits for the one before it, so what counts is the way from one to the next. It is shorter in the
    // basis in which inversion begins; the plain bytes follow beside it.
    let mut in_tower = of_byte(nibbles(tables, key), &tables.to_tower);
    for (round_key, [constant, constant_in_tower]) in others.iter_mut().zip(&tables.round_constants) {
        let reciprocal = reciprocals(tables, in_tower.at(tables.last_word));
        let next = |key, table, constant| of_reciprocal(reciprocal, table) ^ (sums_of_words(key) ^ constant);
        in_tower = next(in_tower, &tables.substitute_in_tower, *constant_in_tower);
        key = next(key, &tables.substitute, *constant);
        *round_key = key ^ tables.affine_constant;
    }
    let [.., last] = others;
    *last = last.at(tables.transpose);
}

/// Decrypts two blocks side by side: each step of one leaves time for one of the other.
#[inline(never)]
pub(super) fn decrypt(round_keys: &[Vector; 11], [a, b]: [Vector; 2]) -> [Vector; 2] {
    let tables = black_box(&TABLES);
    let [others @ .., first] = round_keys;
    let undo_affine = |bytes| of_byte(nibbles(tables, bytes), &tables.undo_affine);
    let mut state = [undo_affine(a ^ *first), undo_affine(b ^ *first)];
    let mut shift_rows = tables.shift_rows_and_transpose;
    for (round, round_key) in others.iter().enumerate().rev() {
        let inv_sub_bytes = |bytes: Vector| {
            of_reciprocal(reciprocals(tables, bytes.at(shift_rows)), &tables.reciprocal_of_byte) ^ *round_key
        };
        let [a, b] = state;
        state = [inv_sub_bytes(a), inv_sub_bytes(b)];
        if round == 0 {
            break;
        }
        let [a, b] = state;
        state = [inv_mix_columns(tables, a), inv_mix_columns(tables, b)];
        shift_rows = if round == 1 { tables.transpose_and_shift_rows } else { tables.shift_rows };
    }
    state
}

/// By row and column. What comes out is what InvSubBytes inverts next.
#[inline(always)]
pub(super) fn inv_mix_columns(tables: &Tables, bytes: Vector) -> Vector {
    let nibbles = nibbles(tables, bytes);
    let [own, second, third, fourth] = &tables.inv_mix_columns;
    let (second, third) = (of_byte(nibbles, second), of_byte(nibbles, third));
    let fourth = of_byte(nibbles, fourth);
    of_byte(nibbles, own)
        ^ second.fours::<1, 2, 3, 0>(second)
        ^ third.fours::<2, 3, 0, 1>(third)
        ^ fourth.fours::<3, 0, 1, 2>(fourth)
}

/// The nibbles k and i of each byte.
type Nibbles = (Vector, Vector);

#[inline(always)]
fn nibbles(tables: &Tables, bytes: Vector) -> Nibbles {
    (bytes & tables.low_nibbles, bytes.twos_shifted_right::<4>() & tables.low_nibbles)
}

#[inline(always)]
fn of_byte((k, i): Nibbles, [low, high]: &OfByte) -> Vector {
    low.at(k) ^ high.at(i)
}

/// u and v of a reciprocal.
pub(super) type Reciprocals = (Vector, Vector);

/// Those of each byte, which is in the tower's basis.
#[inline(always)]
pub(super) fn reciprocals(tables: &Tables, bytes: Vector) -> Reciprocals {
    let one_over = |n| tables.reciprocal.at(n);
    let (k, i) = nibbles(tables, bytes);
    let j = i ^ k;
    let a_over_k = tables.quotient.at(k);
    (one_over(one_over(i) ^ a_over_k) ^ j, one_over(one_over(j) ^ a_over_k) ^ i)
}

#[inline(always)]
pub(super) fn of_reciprocal((u, v): Reciprocals, [by_u, by_v]: &OfReciprocal) -> Vector {
    by_u.at(u) ^ by_v.at(v)
}

/// Each word the sum of itself and those before it.
#[inline(always)]
fn sums_of_words(key: Vector) -> Vector {
    let key = key ^ key.fours_shifted_left::<8>();
    key ^ key.fours_shifted_left::<16>()
}
