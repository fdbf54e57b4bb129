//! Every constant of the cipher, each following from the arithmetic in `field.rs`.

use super::field::{Tower, affine, affine_inverse, product, reciprocal};
use super::vector::Vector;

/// Stands for infinity among nibbles. It lies beyond the end of every table, so that 0 is looked up there, and it does so still
/// when a nibble is added to it.
const INFINITY: u8 = 0x80;

/// The constant of the S-box (FIPS 197, section 5.1.1).
const AFFINE_CONSTANT: u8 = 0x63;

/// A linear function of a byte: what is looked up by its low nibble, added to what is looked up by its high nibble.
pub(super) type OfByte = [Vector; 2];

/// A linear function of 1/x: what is looked up by u, added to what is looked up by v (see `look_up.rs`).
pub(super) type OfReciprocal = [Vector; 2];

/// All in one piece of memory, one address for all of them.
pub(super) struct Tables {
    /// n to 1/n, for nibbles.
    pub(super) reciprocal: Vector,
    /// n to a/n, for nibbles.
    pub(super) quotient: Vector,
    /// 1/x to plain bytes of S(x), but for the constant: for the key schedule.
    pub(super) substitute: OfReciprocal,
    /// The same, to the tower's basis.
    pub(super) substitute_in_tower: OfReciprocal,
    /// 1/x to plain bytes of itself.
    pub(super) reciprocal_of_byte: OfReciprocal,
    /// Plain bytes to the tower's basis.
    pub(super) to_tower: OfByte,
    /// Plain bytes of affine(x) to x in the tower's basis.
    pub(super) undo_affine: OfByte,
    /// The same of the bytes' multiples by which InvMixColumns adds the four of a column, from a byte's own row on.
    pub(super) inv_mix_columns: [OfByte; 4],

    pub(super) low_nibbles: Vector,
    /// The constant of the S-box.
    pub(super) affine_constant: Vector,
    /// Of each round in the row where it is added, and the constant of the S-box with it: plain, and in the tower's basis.
    pub(super) round_constants: [[Vector; 2]; 10],
    /// Each bit, in all bytes.
    pub(super) bits: [Vector; 8],
    /// Of each two, four and eight bits the lower half.
    pub(super) halves: [Vector; 3],

    /// Bytes by column and row, as in the standard, to bytes by row and column, and back.
    pub(super) transpose: Vector,
    /// InvShiftRows by row and column.
    pub(super) shift_rows: Vector,
    /// The same, from bytes by column and row.
    pub(super) shift_rows_and_transpose: Vector,
    /// The same, to bytes by column and row.
    pub(super) transpose_and_shift_rows: Vector,
    /// RotWord of a key's last word: each row filled with the last byte of the row below.
    pub(super) last_word: Vector,
}

/// To be read through a pointer that the compiler cannot see through: as constants in the code they are slower, since V8 makes
/// each anew, by several instructions, wherever it is used.
pub(super) static TABLES: Tables = Tables::new();

impl Tables {
    const fn new() -> Self {
        let tower = Tower::new();
        let (mut reciprocals, mut quotients) = ([INFINITY; 16], [INFINITY; 16]);
        let mut n = 1;
        while n < 16 {
            let one_over_n = reciprocal(tower.subfield[n]);
            reciprocals[n] = tower.byte_of(one_over_n);
            quotients[n] = tower.byte_of(product(tower.a, one_over_n));
            n += 1;
        }
        Self {
            reciprocal: Vector::new(reciprocals),
            quotient: Vector::new(quotients),
            substitute: of_reciprocal(&tower, Basis::Substituted),
            substitute_in_tower: of_reciprocal(&tower, Basis::SubstitutedTower),
            reciprocal_of_byte: of_reciprocal(&tower, Basis::Plain),
            to_tower: of_byte(&tower, 1, Basis::Tower),
            undo_affine: of_byte(&tower, 1, Basis::InvertedNext),
            // FIPS 197, equation 5.10.
            inv_mix_columns: [
                of_byte(&tower, 0x0E, Basis::InvertedNext),
                of_byte(&tower, 0x0B, Basis::InvertedNext),
                of_byte(&tower, 0x0D, Basis::InvertedNext),
                of_byte(&tower, 0x09, Basis::InvertedNext),
            ],
            low_nibbles: Vector::new([0x0F; 16]),
            affine_constant: Vector::new([AFFINE_CONSTANT; 16]),
            round_constants: round_constants(&tower),
            bits: [
                Vector::new([0x01; 16]),
                Vector::new([0x02; 16]),
                Vector::new([0x04; 16]),
                Vector::new([0x08; 16]),
                Vector::new([0x10; 16]),
                Vector::new([0x20; 16]),
                Vector::new([0x40; 16]),
                Vector::new([0x80; 16]),
            ],
            halves: [Vector::new([0x55; 16]), Vector::new([0x33; 16]), Vector::new([0x0F; 16])],
            transpose: Vector::new([0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]),
            shift_rows: Vector::new([0, 1, 2, 3, 7, 4, 5, 6, 10, 11, 8, 9, 13, 14, 15, 12]),
            shift_rows_and_transpose: Vector::new([0, 4, 8, 12, 13, 1, 5, 9, 10, 14, 2, 6, 7, 11, 15, 3]),
            transpose_and_shift_rows: Vector::new([0, 7, 10, 13, 1, 4, 11, 14, 2, 5, 8, 15, 3, 6, 9, 12]),
            last_word: Vector::new([7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15, 3, 3, 3, 3]),
        }
    }
}

/// What the bytes in a table stand for, and so how an element x is written.
#[derive(Clone, Copy)]
pub(super) enum Basis {
    /// As the byte that the standard has for it.
    Plain,
    /// affine(x), as the byte that the standard has for it.
    Substituted,
    /// By its two nibbles in the tower.
    Tower,
    /// affine(x), by its nibbles in the tower.
    SubstitutedTower,
    /// What affine() takes to x, by its nibbles in the tower.
    InvertedNext,
}

impl Basis {
    const fn byte_of(self, tower: &Tower, x: u8) -> u8 {
        match self {
            Self::Plain => x,
            Self::Substituted => affine(x),
            Self::Tower => tower.byte_of(x),
            Self::SubstitutedTower => tower.byte_of(affine(x)),
            Self::InvertedNext => tower.byte_of(affine_inverse(x)),
        }
    }
}

/// Of a multiple of the byte.
const fn of_byte(tower: &Tower, multiple: u8, basis: Basis) -> OfByte {
    let (mut low, mut high) = ([0; 16], [0; 16]);
    let mut nibble = 0_u8;
    while nibble < 16 {
        low[nibble as usize] = basis.byte_of(tower, product(multiple, nibble));
        high[nibble as usize] = basis.byte_of(tower, product(multiple, nibble << 4));
        nibble += 1;
    }
    [Vector::new(low), Vector::new(high)]
}

/// With p = 1/u and q = 1/v, 1/x is p * (1 + beta/a + beta/a^2) + q * beta/a^2: `look_up.rs` says why.
const fn of_reciprocal(tower: &Tower, basis: Basis) -> OfReciprocal {
    let one_over_a = reciprocal(tower.a);
    let beta_over_a = product(tower.beta, one_over_a);
    let of_q = product(beta_over_a, one_over_a);
    let of_p = 1 ^ beta_over_a ^ of_q;
    // u and v are never 0: what stands at the first place is not looked up.
    let (mut by_u, mut by_v) = ([0; 16], [0; 16]);
    let mut n = 1;
    while n < 16 {
        let one_over_n = reciprocal(tower.subfield[n]);
        by_u[n] = basis.byte_of(tower, product(one_over_n, of_p));
        by_v[n] = basis.byte_of(tower, product(one_over_n, of_q));
        n += 1;
    }
    [Vector::new(by_u), Vector::new(by_v)]
}

/// FIPS 197, section 5.2: the powers of x. They are added to the first row.
const fn round_constants(tower: &Tower) -> [[Vector; 2]; 10] {
    let mut constants = [[Vector::new([0; 16]); 2]; 10];
    let (mut power, mut round) = (1, 0);
    while round < 10 {
        let mut plain = [AFFINE_CONSTANT; 16];
        let mut in_tower = [tower.byte_of(AFFINE_CONSTANT); 16];
        let mut column = 0;
        while column < 4 {
            plain[column] ^= power;
            in_tower[column] ^= tower.byte_of(power);
            column += 1;
        }
        constants[round] = [Vector::new(plain), Vector::new(in_tower)];
        power = product(power, 2);
        round += 1;
    }
    constants
}
