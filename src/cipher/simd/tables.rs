//! Every constant of the cipher, each following from the arithmetic in `field.rs`.

use super::field::{Tower, affine, affine_inverse, product, reciprocal};
use super::vector::Vector;

/// Stands for infinity among nibbles. It lies beyond the end of every table, so that 0 is looked up there, and it does so still
/// when a nibble is added to it.
const INFINITY: u8 = 0x80;

/// A linear function of a byte: what is looked up by its low nibble, added to what is looked up by its high nibble.
pub(super) type OfByte = [Vector; 2];

/// A linear function of 1/x: what is looked up by u, added to what is looked up by v (see the module's page).
pub(super) type OfReciprocal = [Vector; 2];

/// All in one piece of memory, one address for all of them.
pub(super) struct Tables {
    /// n to 1/n, for nibbles.
    pub(super) reciprocal: Vector,
    /// n to a/n, for nibbles.
    pub(super) quotient: Vector,
    /// 1/x to the state's basis, times 0E, 0B, 0D and 09: the coefficients of InvMixColumns (FIPS 197, section 5.3.3).
    pub(super) mix: [OfReciprocal; 4],
    /// 1/x to plain bytes: what the last round gives out.
    pub(super) leave: OfReciprocal,
    /// 1/x to plain bytes of S(x), but for the constant: for the key schedule.
    pub(super) substitute: OfReciprocal,
    /// The same, to the tower's basis.
    pub(super) substitute_in_tower: OfReciprocal,
    /// Plain bytes to the state's basis.
    pub(super) enter: OfByte,
    /// Plain bytes to the tower's basis.
    pub(super) to_tower: OfByte,

    pub(super) low_nibbles: Vector,
    /// The constant of the S-box.
    pub(super) affine_constant: Vector,
    /// What x^8 is in the field.
    pub(super) reduction: Vector,
    /// The first round constant, in the row where it is added.
    pub(super) round_constant: Vector,

    /// Bytes by column and row, as in the standard, to bytes by row and column, and back.
    pub(super) transpose: Vector,
    /// InvShiftRows, for the second to fourth row of four blocks.
    pub(super) shift: [Vector; 3],
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
            mix: [
                of_reciprocal(&tower, 0x0E, Basis::State),
                of_reciprocal(&tower, 0x0B, Basis::State),
                of_reciprocal(&tower, 0x0D, Basis::State),
                of_reciprocal(&tower, 0x09, Basis::State),
            ],
            leave: of_reciprocal(&tower, 1, Basis::Plain),
            substitute: of_reciprocal(&tower, 1, Basis::Substituted),
            substitute_in_tower: of_reciprocal(&tower, 1, Basis::SubstitutedTower),
            enter: of_byte(&tower, Basis::State),
            to_tower: of_byte(&tower, Basis::Tower),
            low_nibbles: Vector::new([0x0F; 16]),
            affine_constant: Vector::new([0x63; 16]),
            reduction: Vector::new([0x1B; 16]),
            round_constant: Vector::new([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            transpose: Vector::new([0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]),
            shift: [
                Vector::new([3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14]),
                Vector::new([2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13]),
                Vector::new([1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12]),
            ],
            last_word: Vector::new([7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15, 3, 3, 3, 3]),
        }
    }
}

/// What the bytes in a table stand for, and so how an element x is written.
#[derive(Clone, Copy)]
pub(super) enum Basis {
    /// As the byte that the standard has for it.
    Plain,
    /// affine(x).
    Substituted,
    /// By its two nibbles in the tower.
    Tower,
    /// affine(x), by its nibbles in the tower.
    SubstitutedTower,
    /// The element that `affine` takes to x, by its nibbles in the tower.
    State,
}

impl Basis {
    const fn byte_of(self, tower: &Tower, x: u8) -> u8 {
        match self {
            Self::Plain => x,
            Self::Substituted => affine(x),
            Self::Tower => tower.byte_of(x),
            Self::SubstitutedTower => tower.byte_of(affine(x)),
            Self::State => tower.byte_of(affine_inverse(x)),
        }
    }
}

const fn of_byte(tower: &Tower, basis: Basis) -> OfByte {
    let (mut low, mut high) = ([0; 16], [0; 16]);
    let mut nibble = 0_u8;
    while nibble < 16 {
        low[nibble as usize] = basis.byte_of(tower, nibble);
        high[nibble as usize] = basis.byte_of(tower, nibble << 4);
        nibble += 1;
    }
    [Vector::new(low), Vector::new(high)]
}

/// With p = 1/u and q = 1/v, 1/x is p * (1 + beta/a + beta/a^2) + q * beta/a^2: the module's page says why.
const fn of_reciprocal(tower: &Tower, factor: u8, basis: Basis) -> OfReciprocal {
    let one_over_a = reciprocal(tower.a);
    let beta_over_a = product(tower.beta, one_over_a);
    let of_q = product(beta_over_a, one_over_a);
    let of_p = 1 ^ beta_over_a ^ of_q;
    // u and v are never 0: what stands at the first place is not looked up.
    let (mut by_u, mut by_v) = ([0; 16], [0; 16]);
    let mut n = 1;
    while n < 16 {
        let multiple = product(factor, reciprocal(tower.subfield[n]));
        by_u[n] = basis.byte_of(tower, product(multiple, of_p));
        by_v[n] = basis.byte_of(tower, product(multiple, of_q));
        n += 1;
    }
    [Vector::new(by_u), Vector::new(by_v)]
}
