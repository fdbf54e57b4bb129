//! Eight blocks at once, in bit planes.
//!
//! The state of eight blocks is eight registers, one for each bit of a byte: register n holds bit n of all 128 bytes, a byte of it
//! for each place in a block and a bit of that for each block. This is bitslicing (Eli Biham, A Fast New DES Implementation in
//! Software, FSE 1997), for AES with shuffles of bytes (Emilia Käsper and Peter Schwabe, Faster and Timing-Attack Resistant AES-GCM,
//! CHES 2009). The S-box is a circuit then, each gate of which serves all 128 bytes.

use core::hint::black_box;

use aes::cipher::consts::{U8, U16};
use aes::cipher::{Array, InOut};

use super::circuit::inv_sub_bytes;
use super::tables::{TABLES, Tables};
use super::vector::{Planes, Vector};

/// Decrypts eight blocks.
#[inline(never)]
pub(super) fn decrypt(round_keys: &[Planes; 11], mut blocks: InOut<'_, '_, Array<Array<u8, U16>, U8>>) {
    let tables = black_box(&TABLES);
    let [others @ .., first] = round_keys;
    let mut state = sum(exchanged(tables, loaded(blocks.get_in())), *first);
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
    store(exchanged(tables, state), blocks.get_out());
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
pub(super) fn of_block(tables: &Tables, block: Vector) -> Planes {
    each(tables.bits, |bit| (block & bit).equals(bit))
}

#[inline(always)]
fn loaded(Array([a, b, c, d, e, f, g, h]): &Array<Array<u8, U16>, U8>) -> Planes {
    let block = |block: &Array<u8, U16>| Vector::load(&block.0);
    [block(a), block(b), block(c), block(d), block(e), block(f), block(g), block(h)]
}

#[inline(always)]
fn store(planes: Planes, Array(blocks): &mut Array<Array<u8, U16>, U8>) {
    let ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p]) = (planes, blocks);
    a.store(&mut i.0);
    b.store(&mut j.0);
    c.store(&mut k.0);
    d.store(&mut l.0);
    e.store(&mut m.0);
    f.store(&mut n.0);
    g.store(&mut o.0);
    h.store(&mut p.0);
}

/// From blocks to planes, and back: bit m of byte n of each register and bit n of that byte of register m change places.
#[inline(always)]
pub(super) fn exchanged(tables: &Tables, [a, b, c, d, e, f, g, h]: Planes) -> Planes {
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
pub(super) fn inv_mix_columns(state: Planes) -> Planes {
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
