//! The tables against arithmetic done another way, and the cipher against published vectors and the `aes` crate. Under
//! WebAssembly with SIMD the registers are real, elsewhere they are those of `model.rs`.

use alloc::string::String;
use alloc::vec::Vec;
use core::array::from_fn;

use aes::Aes128;
use aes::cipher::{
    Array, Block, BlockCipherDecrypt, BlockCipherEncrypt as _, BlockModeDecrypt as _, KeyInit, KeyIvInit as _,
};
use serde::Deserialize;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::super::decrypt_cbc;
use super::circuit::inv_sub_bytes;
use super::field::{self, Tower};
use super::planes::exchanged;
use super::tables::{OfByte, OfReciprocal, TABLES};
use super::vector::{Planes, Vector};
use super::{SimdAes128, look_up, planes};
use crate::session::Iv;

type Bytes = [u8; 16];

/// The model takes a hundred times as long.
const RANDOM_CASES: u32 = if cfg!(all(target_arch = "wasm32", target_feature = "simd128")) { 1_000_000 } else { 500 };

/// Arithmetic as one would do it on paper: slow, and sharing nothing with `field.rs`.
mod naive {
    /// All partial products first, then long division by x^8 + x^4 + x^3 + x + 1.
    pub(super) fn product(a: u8, b: u8) -> u8 {
        let mut product = (0..8).filter(|bit| b >> bit & 1 == 1).fold(0, |sum, bit| sum ^ u16::from(a) << bit);
        for degree in (8..15).rev() {
            if product >> degree & 1 == 1 {
                product ^= 0b1_0001_1011 << (degree - 8);
            }
        }
        u8::try_from(product).unwrap()
    }

    /// By search.
    pub(super) fn reciprocal(a: u8) -> u8 {
        (0..=255).find(|b| product(a, *b) == 1).unwrap_or(0)
    }

    /// Bit by bit as in FIPS 197, equation 5.1, without the constant.
    pub(super) fn affine(x: u8) -> u8 {
        let bit = |n: u32| x >> (n % 8) & 1;
        (0..8).fold(0, |sum, n| sum | (bit(n) ^ bit(n + 4) ^ bit(n + 5) ^ bit(n + 6) ^ bit(n + 7)) << n)
    }

    /// By search.
    pub(super) fn affine_inverse(y: u8) -> u8 {
        (0..=255).find(|x| affine(*x) == y).unwrap()
    }
}

#[test]
fn field_arithmetic_agrees_with_paper() {
    for a in 0..=255 {
        for b in 0..=255 {
            assert_eq!(field::product(a, b), naive::product(a, b), "{a} * {b}");
        }
        assert_eq!(field::reciprocal(a), naive::reciprocal(a));
        assert_eq!(field::affine(a), naive::affine(a));
        assert_eq!(field::affine_inverse(a), naive::affine_inverse(a));
    }
    // FIPS 197, sections 4.2 and 5.1.1.
    assert_eq!(naive::product(0x57, 0x83), 0xC1);
    assert_eq!(naive::affine(naive::reciprocal(0x53)) ^ 0x63, 0xED);
}

#[test]
fn tower_is_the_field() {
    let tower = Tower::new();
    let power_16 = |x| (0..4).fold(x, |x, _| naive::product(x, x));
    let subfield: Vec<u8> = (0..=255).filter(|x| power_16(*x) == *x).collect();
    assert_eq!(subfield.len(), 16);
    let mut sorted = tower.subfield;
    sorted.sort_unstable();
    assert_eq!(sorted, subfield[..]);
    for (n, element) in tower.subfield.iter().enumerate() {
        for (m, other) in tower.subfield.iter().enumerate() {
            assert_eq!(tower.subfield[n ^ m], element ^ other);
        }
    }
    assert!(!subfield.contains(&tower.beta));
    assert_eq!(naive::product(tower.beta, tower.beta ^ tower.a), tower.a);
    for x in 0..=255 {
        assert_eq!(element(&tower, tower.byte_of(x)), x);
    }
}

/// What a byte in the tower's basis stands for.
fn element(tower: &Tower, byte: u8) -> u8 {
    let [i, k] = [byte >> 4, byte & 15].map(|nibble| tower.subfield[usize::from(nibble)]);
    k ^ naive::product(i, tower.beta)
}

fn bytes(of: Vector) -> Bytes {
    let mut bytes = [0xA5; 16];
    of.store(&mut bytes);
    bytes
}

#[test]
fn every_entry_of_the_tables_follows_from_the_field() {
    let tower = Tower::new();
    let nibble = |x| tower.subfield.iter().position(|element| *element == x).unwrap();
    let to_tower = |x| (0..=255).find(|byte| element(&tower, *byte) == x).unwrap();

    let (reciprocal, quotient) = (bytes(TABLES.reciprocal), bytes(TABLES.quotient));
    assert!(reciprocal[0] & !15 != 0 && reciprocal[0] ^ quotient[0] == 0);
    for n in 1..16 {
        let one_over = naive::reciprocal(tower.subfield[n]);
        assert_eq!(usize::from(reciprocal[n]), nibble(one_over));
        assert_eq!(usize::from(quotient[n]), nibble(naive::product(tower.a, one_over)));
    }

    let product = naive::product;
    let multiple_to_invert = |multiple, x| to_tower(naive::affine_inverse(product(multiple, x)));
    let [own, second, third, fourth] = &TABLES.inv_mix_columns;
    let by_byte: [(&OfByte, &dyn Fn(u8) -> u8); 6] = [
        (&TABLES.to_tower, &to_tower),
        (&TABLES.undo_affine, &|x| multiple_to_invert(1, x)),
        (own, &|x| multiple_to_invert(0x0E, x)),
        (second, &|x| multiple_to_invert(0x0B, x)),
        (third, &|x| multiple_to_invert(0x0D, x)),
        (fourth, &|x| multiple_to_invert(9, x)),
    ];
    for ([low, high], expected) in by_byte {
        for n in 0..16 {
            assert_eq!(bytes(*low)[usize::from(n)], expected(n));
            assert_eq!(bytes(*high)[usize::from(n)], expected(n << 4));
        }
    }

    let by_reciprocal: [(&OfReciprocal, &dyn Fn(u8) -> u8); 3] = [
        (&TABLES.substitute, &naive::affine),
        (&TABLES.substitute_in_tower, &|x| to_tower(naive::affine(x))),
        (&TABLES.reciprocal_of_byte, &|x| x),
    ];
    // 1/x = p * (1 + beta/a + beta/a^2) + q * beta/a^2, cleared of its denominators.
    let one_over_a2 = naive::reciprocal(product(tower.a, tower.a));
    let of_p = product(one_over_a2, product(tower.a, tower.a) ^ product(tower.a, tower.beta) ^ tower.beta);
    let of_q = product(one_over_a2, tower.beta);
    for (table, expected) in by_reciprocal {
        let [by_u, by_v] = table;
        assert_eq!((bytes(*by_u)[0], bytes(*by_v)[0]), (0, 0));
        for n in 1..16 {
            let one_over = naive::reciprocal(tower.subfield[n]);
            assert_eq!(bytes(*by_u)[n], expected(product(one_over, of_p)));
            assert_eq!(bytes(*by_v)[n], expected(product(one_over, of_q)));
        }
        // And both together give what they are for.
        for x in 0..=255 {
            let reciprocals = look_up::reciprocals(&TABLES, Vector::new([to_tower(x); 16]));
            assert_eq!(bytes(look_up::of_reciprocal(reciprocals, table)), [expected(naive::reciprocal(x)); 16], "{x}");
        }
    }

    assert_eq!(bytes(TABLES.low_nibbles), [15; 16]);
    let affine_constant = naive::affine(naive::reciprocal(0)) ^ 0x63;
    assert_eq!(bytes(TABLES.affine_constant), [affine_constant; 16]);
    for (round, [plain, in_tower]) in TABLES.round_constants.into_iter().enumerate() {
        let constant = (0..round).fold(1, |power, _| product(power, 2));
        let expected = from_fn(|at| affine_constant ^ if at < 4 { constant } else { 0 });
        assert_eq!(bytes(plain), expected, "{round}");
        assert_eq!(bytes(in_tower), expected.map(to_tower), "{round}");
    }
    for (n, bit) in TABLES.bits.into_iter().enumerate() {
        assert_eq!(bytes(bit), [1 << n; 16]);
    }
    for (n, half) in [1, 2, 4].into_iter().zip(TABLES.halves) {
        assert_eq!(bytes(half), [(0..8).filter(|bit| bit / n % 2 == 0).map(|bit| 1_u8 << bit).sum::<u8>(); 16]);
    }
}

#[test]
fn every_place_in_the_tables_follows_from_the_layout() {
    let at = |places: Vector| bytes(places).map(usize::from);
    for row in 0..4 {
        for column in 0..4 {
            assert_eq!(at(TABLES.transpose)[4 * row + column], 4 * column + row);
            assert_eq!(at(TABLES.last_word)[4 * row + column], 4 * ((row + 1) % 4) + 3);
        }
    }
    // FIPS 197, section 5.3.1: rows move to the right.
    for row in 0..4 {
        for column in 0..4 {
            let (from, to) = (column, (column + row) % 4);
            assert_eq!(at(TABLES.shift_rows)[4 * row + to], 4 * row + from);
            assert_eq!(at(TABLES.shift_rows_and_transpose)[4 * row + to], 4 * from + row);
            assert_eq!(at(TABLES.transpose_and_shift_rows)[4 * to + row], 4 * row + from);
        }
    }
}

/// Eight blocks of any bytes, all different.
fn any_blocks() -> [Bytes; 8] {
    let mut random = Random(1);
    from_fn(|_| random.block().0)
}

fn registers(blocks: [Bytes; 8]) -> Planes {
    blocks.map(|block| Vector::load(&block))
}

#[test]
fn a_plane_holds_one_bit_of_every_byte() {
    let blocks = any_blocks();
    let planes = exchanged(&TABLES, registers(blocks)).map(bytes);
    for (n, plane) in planes.into_iter().enumerate() {
        for (place, byte) in plane.into_iter().enumerate() {
            for (m, block) in blocks.iter().enumerate() {
                assert_eq!(byte >> m & 1, block[place] >> n & 1, "bit {n} of byte {place} of block {m}");
            }
        }
    }
    assert_eq!(exchanged(&TABLES, exchanged(&TABLES, registers(blocks))).map(bytes), blocks);
    let key = blocks[0];
    let same = planes::of_block(&TABLES, Vector::load(&key));
    assert_eq!(exchanged(&TABLES, same).map(bytes), [key; 8]);
}

#[test]
fn the_circuit_is_the_inverse_s_box_without_its_constant() {
    for high in [0, 0x80] {
        let blocks: [Bytes; 8] = from_fn(|m| from_fn(|n| high + u8::try_from(16 * m + n).unwrap()));
        let found = exchanged(&TABLES, inv_sub_bytes(exchanged(&TABLES, registers(blocks)))).map(bytes);
        assert_eq!(found, blocks.map(|block| block.map(|y| naive::reciprocal(naive::affine_inverse(y)))));
    }
}

#[test]
fn columns_are_mixed_as_the_standard_says() {
    let blocks = any_blocks();
    let in_planes = exchanged(&TABLES, planes::inv_mix_columns(exchanged(&TABLES, registers(blocks)))).map(bytes);
    for (block, in_planes) in blocks.into_iter().zip(in_planes) {
        // FIPS 197, equation 5.10, with rows of four bytes.
        let expected: Bytes = from_fn(|at| {
            let row = |n: usize| block[(at + 4 * n) % 16];
            let product = naive::product;
            product(0x0E, row(0)) ^ product(0x0B, row(1)) ^ product(0x0D, row(2)) ^ product(9, row(3))
        });
        assert_eq!(in_planes, expected);
        // By look-ups it comes out as what is inverted next.
        let tower = Tower::new();
        let looked_up = bytes(look_up::inv_mix_columns(&TABLES, Vector::new(block)));
        assert_eq!(looked_up.map(|byte| element(&tower, byte)), expected.map(naive::affine_inverse));
    }
}

#[derive(Deserialize)]
struct Published {
    id: String,
    key: String,
    iv: Option<String>,
    ciphertext: String,
    plaintext: String,
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn blocks(text: &str) -> Vec<Block<SimdAes128>> {
    hex(text).chunks(16).map(|block| Array(block.try_into().unwrap())).collect()
}

#[test]
fn published_vectors() {
    let vectors: Vec<Published> = serde_json::from_str(include_str!("../../../tests/vectors/aes-128.json")).unwrap();
    for vector in vectors {
        let key = Array(hex(&vector.key).try_into().unwrap());
        let mut data = blocks(&vector.ciphertext);
        match vector.iv {
            None => SimdAes128::new(&key).decrypt_blocks(&mut data),
            Some(iv) => {
                let iv = Array(hex(&iv).try_into().unwrap());
                cbc::Decryptor::<SimdAes128>::new(&key, &iv).decrypt_blocks(&mut data);
            }
        }
        assert_eq!(data, blocks(&vector.plaintext), "{}", vector.id);
    }
}

/// All blocks of one or two bits.
fn light() -> impl Iterator<Item = Bytes> {
    (0..128_u32).flat_map(|first| (first..128).map(move |second| (1_u128 << first | 1_u128 << second).to_be_bytes()))
}

#[test]
fn light_blocks_and_keys() {
    assert_eq!(light().count(), 128 + 128 * 127 / 2);
    let key = Array(from_fn(|n| [0x2B, 0x7E, 0x15, 0x16][n % 4]));
    let (ours, oracle) = (SimdAes128::new(&key), Aes128::new(&key));
    // As plaintext, as ciphertext.
    let plaintext: Vec<_> = light().map(Array).collect();
    let mut data = plaintext.clone();
    oracle.encrypt_blocks(&mut data);
    ours.decrypt_blocks(&mut data);
    assert_eq!(data, plaintext);
    let mut expected = data.clone();
    ours.decrypt_blocks(&mut data);
    oracle.decrypt_blocks(&mut expected);
    assert_eq!(data, expected);
    // As key, of one block and of more than look-ups take.
    for key in light().map(Array) {
        let mut data = [Array([0; 16]); 3];
        Aes128::new(&key).encrypt_blocks(&mut data);
        let mut one = data[0];
        let ours = SimdAes128::new(&key);
        ours.decrypt_block(&mut one);
        ours.decrypt_blocks(&mut data);
        assert_eq!((one, data), (Array([0; 16]), [Array([0; 16]); 3]), "{key:02X?}");
    }
}

/// SplitMix64: the same cases on every run.
struct Random(u64);

impl Random {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn block(&mut self) -> Block<SimdAes128> {
        Array((u128::from(self.number()) << 64 | u128::from(self.number())).to_ne_bytes())
    }
}

/// As it is called: not by the `cbc` crate, which has what is left over decrypted block by block.
#[test]
fn random_cases_agree_with_the_aes_crate() {
    let mut random = Random(0);
    for case in 0..RANDOM_CASES {
        let (key, iv) = (random.block(), random.block());
        let count = usize::try_from(random.number() % 64 + 1).unwrap();
        let mut oracle: [_; 64] = from_fn(|_| Block::<SimdAes128>::default());
        let oracle = &mut oracle[..count];
        oracle.fill_with(|| random.block());
        let mut ours = [0; 64 * 16];
        let ours = &mut ours[..count * 16];
        decrypt_cbc(&SimdAes128::new(&key), &Iv::of_bytes(iv.0), Array::slice_as_flattened(oracle), ours);
        cbc::Decryptor::<Aes128>::new(&key, &iv).decrypt_blocks(oracle);
        assert_eq!(ours, Array::slice_as_flattened(oracle), "case {case}");
    }
}
