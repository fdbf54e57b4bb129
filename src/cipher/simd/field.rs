//! The field of AES and its subfield of 16 elements, computed before the program runs.
//!
//! Nothing here may see a secret: these functions branch on what they are given. They serve to make the tables.

/// The product in GF(2^8), the field of AES: polynomials over GF(2) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, section 4.2).
pub(super) const fn product(a: u8, b: u8) -> u8 {
    let (mut sum, mut multiple, mut bits) = (0, a, b);
    while bits != 0 {
        if bits & 1 == 1 {
            sum ^= multiple;
        }
        multiple = (multiple << 1) ^ if multiple & 0x80 == 0 { 0 } else { 0x1B };
        bits >>= 1;
    }
    sum
}

/// 1/a in GF(2^8), and 0 for 0: both are a^254.
pub(super) const fn reciprocal(a: u8) -> u8 {
    let (mut power, mut square, mut step) = (1, a, 0);
    while step < 7 {
        square = product(square, square);
        power = product(power, square);
        step += 1;
    }
    power
}

/// The linear part of the S-box, which is S(x) = affine(1/x) + 63 (FIPS 197, section 5.1.1).
pub(super) const fn affine(x: u8) -> u8 {
    x ^ x.rotate_left(1) ^ x.rotate_left(2) ^ x.rotate_left(3) ^ x.rotate_left(4)
}

/// What [`affine`] takes to `y`.
pub(super) const fn affine_inverse(y: u8) -> u8 {
    y.rotate_left(1) ^ y.rotate_left(3) ^ y.rotate_left(6)
}

/// GF(2^8) as pairs of elements of its subfield GF(2^4).
///
/// A byte with the high nibble i and the low nibble k stands for the element k + i * beta.
pub(super) struct Tower {
    /// The elements of the subfield, by the nibble that stands for each; sums of nibbles stand for sums.
    pub(super) subfield: [u8; 16],
    /// Trace and norm of `beta`, one element for both.
    pub(super) a: u8,
    /// A root of X^2 + aX + a outside of the subfield.
    pub(super) beta: u8,
    /// The byte that stands for each element.
    bytes: [u8; 256],
}

impl Tower {
    /// Takes the first that fits wherever there is a choice; any choice makes a cipher that is the same from outside.
    pub(super) const fn new() -> Self {
        // A root g of X^4 + X + 1 generates the subfield: all sums of 1, g, g^2 and g^3.
        let mut g = 0;
        while product(product(g, g), product(g, g)) ^ g ^ 1 != 0 {
            g += 1;
        }
        let mut subfield = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let (mut power, mut known) = (1, 2);
        while known < 16 {
            power = product(power, g);
            let mut nibble = 0;
            while nibble < known {
                subfield[known + nibble] = subfield[nibble] ^ power;
                nibble += 1;
            }
            known *= 2;
        }

        // Every quadratic polynomial over the subfield has its roots in GF(2^8); sought is one that has them outside of the
        // subfield.
        let (mut a, mut beta, mut candidate) = (0, 0, 1);
        while beta == 0 {
            a = subfield[candidate];
            let mut root = 1;
            while product(root, root ^ a) != a {
                root += 1;
            }
            if !contains(&subfield, root) {
                beta = root;
            }
            candidate += 1;
        }

        let mut bytes = [0; 256];
        let mut byte = 0_u8;
        loop {
            let element = subfield[(byte & 15) as usize] ^ product(subfield[(byte >> 4) as usize], beta);
            bytes[element as usize] = byte;
            if byte == 255 {
                return Self { subfield, a, beta, bytes };
            }
            byte += 1;
        }
    }

    /// The byte that stands for an element.
    pub(super) const fn byte_of(&self, element: u8) -> u8 {
        self.bytes[element as usize]
    }
}

const fn contains(subfield: &[u8; 16], element: u8) -> bool {
    let mut nibble = 0;
    while nibble < 16 {
        if subfield[nibble] == element {
            return true;
        }
        nibble += 1;
    }
    false
}
