//! Reads the table of number ranges where it lies. `ranges.md` describes its form and its origin.
//!
//! Nothing is unpacked, but in the mini-program's module (`packed.rs`), and nothing is allocated: a question about a number is one
//! walk over its digits. The table is part of
//! the program and is trusted, but a wrong byte in it could only give a wrong answer: reading past the end gives zeros, and
//! every loop is bounded, as each run takes at least one of the ten digits.

use super::PhoneType;

static TABLE: &[u8] = include_bytes!("ranges.bin");

/// The shortest and the longest national number, as libphonenumber has them.
pub(super) const SHORTEST: usize = 2;
pub(super) const LONGEST: usize = 17;

const CODES: usize = TABLE[1 + TABLE[0] as usize] as usize;
const ACTIONS: usize = TABLE[2 + TABLE[0] as usize] as usize;
/// One bit for each calling code from 0 to 1023.
const ASSIGNED: usize = 3 + TABLE[0] as usize;
const LENGTHS: usize = ASSIGNED + 128;
const FIRST_REGION: usize = LENGTHS + 2 * CODES;
const ACTION: usize = FIRST_REGION + CODES + 1;
const RANGES: usize = ACTION + 5 * ACTIONS;
const GENERAL: usize = RANGES + 2 * CODES;
const NATIONAL_PREFIX: usize = GENERAL + 2 * CODES;
const INTERNATIONAL_PREFIX: usize = NATIONAL_PREFIX + 2 * CODES;
const REGION: usize = INTERNATIONAL_PREFIX + 2 * CODES;
const REGIONS: usize = TABLE[ACTION - 1] as usize + CODES;
const TREES: usize = REGION + 2 * REGIONS;

/// Lengths from here on are not told apart.
const LONGEST_KNOWN_LENGTH: usize = 31;

/// The table of the mini-program's module, where [`TABLE`] is looked at by the compiler only.
#[cfg(any(feature = "miniprogram", test))]
static UNPACKED: super::packed::Unpacked<{ TABLE.len() }> = super::packed::Unpacked::new();

#[inline]
fn byte(at: usize) -> u8 {
    #[cfg(feature = "miniprogram")]
    let byte = UNPACKED.get(at);
    #[cfg(not(feature = "miniprogram"))]
    let byte = TABLE.get(at).copied();
    byte.unwrap_or(0)
}

#[inline]
fn two_bytes(at: usize) -> usize {
    usize::from(u16::from_le_bytes([byte(at), byte(at + 1)]))
}

/// Whether a calling code is in use.
pub(super) fn is_assigned(code: u16) -> bool {
    // Every question begins with a calling code.
    #[cfg(feature = "miniprogram")]
    UNPACKED.prepare();
    code < 1024 && byte(ASSIGNED + usize::from(code / 8)) >> (code % 8) & 1 != 0
}

/// What a national number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judgement {
    /// Of the table's regions.
    pub(super) region: Option<u8>,
    pub(super) kind: PhoneType,
}

/// How a prefix changes a number: `literal`, then its digits `from..to`, then those from `resume` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rewriting {
    /// Up to four digits, the first in the lowest bits, 0xF where there is none.
    literal: u16,
    from: u8,
    to: u8,
    resume: u8,
}

impl Rewriting {
    /// The digits put in front.
    pub(super) fn literal(self) -> impl Iterator<Item = u8> {
        (0..4).map(move |place| (self.literal >> (4 * place) & 0xF) as u8).take_while(|digit| *digit < 10)
    }

    /// The digits that are kept: two pieces.
    pub(super) fn kept(self, digits: &[u8]) -> (&[u8], &[u8]) {
        let piece = |from: u8, to: usize| digits.get(usize::from(from)..to).unwrap_or_default();
        (piece(self.from, self.to.into()), piece(self.resume, digits.len()))
    }
}

/// What the table knows of one calling code. Digits are values from 0 to 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    index: usize,
}

impl Plan {
    /// The plan of a calling code in use.
    pub(super) fn of(code: u16) -> Option<Self> {
        if !is_assigned(code) {
            return None;
        }
        let whole = usize::from(code / 32);
        let before: u32 = (0..whole)
            .map(|word| {
                let at = ASSIGNED + 4 * word;
                u32::from_le_bytes([byte(at), byte(at + 1), byte(at + 2), byte(at + 3)]).count_ones()
            })
            .sum();
        let at = ASSIGNED + 4 * whole;
        let last = u32::from_le_bytes([byte(at), byte(at + 1), byte(at + 2), byte(at + 3)]);
        let index = before + (last & ((1 << (code % 32)) - 1)).count_ones();
        Some(Self { index: index as usize })
    }

    /// The entry of a column whose low bytes stand in front of all its high bytes.
    fn split(self, column: usize) -> usize {
        usize::from(u16::from_le_bytes([byte(column + self.index), byte(column + CODES + self.index)]))
    }

    fn tree(self, column: usize) -> usize {
        TREES + self.split(column)
    }

    /// Possible lengths, the lowest bit for [`SHORTEST`].
    fn lengths(self) -> usize {
        self.split(LENGTHS)
    }

    /// Whether whole numbers of this length exist.
    pub(super) fn is_possible_length(self, length: usize) -> bool {
        (SHORTEST..=LONGEST).contains(&length) && self.lengths() >> (length - SHORTEST) & 1 != 0
    }

    /// Whether all whole numbers are longer.
    pub(super) fn is_too_short(self, length: usize) -> bool {
        length < SHORTEST + self.lengths().trailing_zeros() as usize
    }

    /// Whether all whole numbers are shorter.
    pub(super) fn is_too_long(self, length: usize) -> bool {
        length > SHORTEST + self.lengths().checked_ilog2().unwrap_or(0) as usize
    }

    /// Region and kind of a national number.
    pub(super) fn judge(self, digits: &[u8]) -> Judgement {
        // Most calling codes have one region, so what is stored is by how much their count is exceeded so far.
        let (more, then) = (byte(FIRST_REGION + self.index), byte(FIRST_REGION + self.index + 1));
        let first = self.index + usize::from(more);
        match walk(self.tree(RANGES), digits) {
            // The only region of a calling code is settled by it. Calling codes of no region have a blank one.
            0 => Judgement { region: u8::try_from(first).ok().filter(|_| more == then), kind: PhoneType::Unknown },
            label => {
                let kind = match (label - 1) % 5 {
                    1 => PhoneType::Mobile,
                    2 => PhoneType::FixedLine,
                    3 => PhoneType::FixedLineOrMobile,
                    4 => PhoneType::Other,
                    _ => PhoneType::Unknown,
                };
                Judgement { region: u8::try_from(first + usize::from((label - 1) / 5)).ok(), kind }
            }
        }
    }

    /// Whether a national number has the general form of the main region's numbers. Length is not looked at by itself.
    pub(super) fn has_general_form(self, digits: &[u8]) -> bool {
        walk(self.tree(GENERAL), digits) != 0
    }

    /// What the national prefix at the start of these digits, if there is one, does to them.
    pub(super) fn national_prefix(self, digits: &[u8]) -> Option<Rewriting> {
        rewriting(walk(self.tree(NATIONAL_PREFIX), digits))
    }

    /// How many digits of international prefix these begin with when dialled within the main region.
    pub(super) fn international_prefix(self, digits: &[u8]) -> Option<usize> {
        rewriting(walk(self.tree(INTERNATIONAL_PREFIX), digits)).map(|rewriting| rewriting.resume.into())
    }
}

fn rewriting(action: u8) -> Option<Rewriting> {
    let at = ACTION + 5 * usize::from(action.checked_sub(1)?);
    Some(Rewriting {
        literal: u16::from_le_bytes([byte(at), byte(at + 1)]),
        from: byte(at + 2),
        to: byte(at + 3),
        resume: byte(at + 4),
    })
}

/// A copy of the names, since text that outlives the call cannot be handed out from a table that is unpacked.
static NAMES: [[u8; 2]; REGIONS] = {
    let mut names = [[0; 2]; REGIONS];
    let mut index = 0;
    while index < REGIONS {
        names[index] = [TABLE[REGION + 2 * index], TABLE[REGION + 2 * index + 1]];
        index += 1;
    }
    names
};

/// Two capital letters, or none for a calling code of no region.
pub(super) fn region(index: u8) -> Option<&'static str> {
    let letters = core::str::from_utf8(NAMES.get(usize::from(index))?).ok()?;
    (letters != "  ").then_some(letters)
}

const LAST_SHORT_LEAF: u8 = 9;
const LONG_LEAF: u8 = 10;
const AS_TWO_RUNS_AGO: u8 = 11;
const ELSEWHERE: u8 = 12;
const NEXT_CHILD: u8 = 13;
const FIRST_CHILD_NEAR: u8 = 14;
const HERE: u8 = 0xA0;
const MORE: u8 = 0x80;

/// How many bytes behind the runs belong to a run of this kind: two bits for each kind.
const fn tail(kind: u8) -> usize {
    const BYTES: u32 = 0b10_01_00_10_00_01 << (2 * LONG_LEAF);
    (BYTES >> (2 * kind) & 3) as usize
}

/// Walks a tree and says what it holds of the digits, 0 for nothing.
fn walk(tree: usize, digits: &[u8]) -> u8 {
    let leaves = tree + 1;
    let branches = leaves + 2 * usize::from(byte(tree));
    if branches == leaves {
        // The empty tree. (One that holds something has a leaf.)
        return 0;
    }
    let length = digits.len().min(LONGEST_KNOWN_LENGTH);
    let mut found = 0;
    let mut at = branches;
    for &digit in digits {
        if byte(at) >= HERE {
            found = leaf(leaves, byte(at) - HERE, length).unwrap_or(found);
            at += 1;
        }
        match step(branches, at, digit) {
            Next::Branch(next) => at = next,
            Next::Leaf(number) => return leaf(leaves, number, length).unwrap_or(found),
        }
    }
    if byte(at) >= HERE {
        found = leaf(leaves, byte(at) - HERE, length).unwrap_or(found);
    }
    found
}

enum Next {
    Leaf(u8),
    Branch(usize),
}

/// Where a digit leads from the branch whose runs begin at `at`.
fn step(branches: usize, at: usize, digit: u8) -> Next {
    let mut taken = 0;
    let mut end = digits_of(byte(at));
    while end <= digit {
        taken += 1;
        end += digits_of(byte(at + taken));
    }
    while byte(at + taken) & 0xF == AS_TWO_RUNS_AGO && taken >= 2 {
        taken -= 2;
    }
    let kind = byte(at + taken) & 0xF;
    if kind <= LAST_SHORT_LEAF {
        return Next::Leaf(kind);
    }

    // The rest needs the tail: what the run has there, how long it is, and which child is meant.
    let (mut runs, mut end, mut tails, mut children) = (0, 0, 0, 0);
    let (mut offset, mut child, mut distance) = (0, 0, None);
    while end < 10 {
        let run = byte(at + runs);
        if runs == taken {
            (offset, child) = (tails, children);
        }
        match run & 0xF {
            NEXT_CHILD => children += 1,
            kind @ FIRST_CHILD_NEAR.. => {
                children += 1;
                distance = Some((kind, tails));
            }
            _ => {}
        }
        tails += tail(run & 0xF);
        end += digits_of(run);
        runs += 1;
    }
    let tail_at = at + runs;
    match kind {
        LONG_LEAF => Next::Leaf(byte(tail_at + offset)),
        ELSEWHERE => Next::Branch(branches + two_bytes(tail_at + offset)),
        _ => {
            let distance = match distance {
                None => 0,
                Some((FIRST_CHILD_NEAR, offset)) => byte(tail_at + offset).into(),
                Some((_, offset)) => two_bytes(tail_at + offset),
            };
            let mut sibling = tail_at + tails + distance;
            for _ in 0..child {
                sibling = end_of(sibling);
            }
            Next::Branch(sibling)
        }
    }
}

/// How many digits a run takes.
#[inline]
fn digits_of(run: u8) -> u8 {
    (run >> 4) + 1
}

/// Where the branch at `at` ends.
fn end_of(mut at: usize) -> usize {
    if byte(at) >= HERE {
        at += 1;
    }
    let (mut tails, mut end) = (0, 0);
    while end < 10 {
        let run = byte(at);
        at += 1;
        tails += tail(run & 0xF);
        end += digits_of(run);
    }
    at + tails
}

/// What a leaf says of numbers of this length, if anything. Leaf 0 says nothing.
fn leaf(leaves: usize, number: u8, length: usize) -> Option<u8> {
    let mut to_pass = number.checked_sub(1)?;
    let mut at = leaves;
    // A tree has at most 255 entries.
    for _ in 0..=u8::MAX {
        let (label, lengths) = (byte(at), byte(at + 1));
        if to_pass == 0 {
            let (first, count) = (usize::from(lengths >> 3), usize::from(lengths & 7));
            if label & !MORE != 0 && length >= first && (count == 7 || length <= first + count) {
                return Some(label & !MORE);
            }
        }
        if label & MORE == 0 {
            to_pass = to_pass.checked_sub(1)?;
        }
        at += 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    /// Every tree of every calling code is walked with every start of three digits, and to the end of each length: all
    /// answers exist, nothing leads out of the table.
    #[test]
    fn every_answer_is_in_the_table() {
        let plans: Vec<Plan> = (0..1024).filter_map(Plan::of).collect();
        assert_eq!(plans.len(), CODES);
        for (index, plan) in plans.into_iter().enumerate() {
            assert_eq!(plan.index, index);
            let mut state = 1u32;
            for first in 0..1000u16 {
                let mut digits = [0u8; 40];
                for (place, digit) in digits.iter_mut().enumerate() {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    *digit = match place {
                        0 => first / 100,
                        1 => first / 10 % 10,
                        2 => first % 10,
                        _ => (state >> 24) as u16 % 10,
                    }
                    .to_le_bytes()[0];
                }
                for length in [2, 7, 9, 10, 11, 12, 17, 40] {
                    let digits = &digits[..length];
                    let judgement = plan.judge(digits);
                    assert!(judgement.region.is_none_or(|region| usize::from(region) < REGIONS));
                    for column in [NATIONAL_PREFIX, INTERNATIONAL_PREFIX] {
                        assert!(usize::from(walk(plan.tree(column), digits)) <= ACTIONS);
                    }
                    if let Some(rewriting) = plan.national_prefix(digits) {
                        let (kept, rest) = rewriting.kept(digits);
                        assert!(kept.len() + rest.len() <= length);
                    }
                    assert!(plan.international_prefix(digits).is_none_or(|prefix| prefix > 0 && prefix <= length));
                }
            }
        }
    }

    #[test]
    fn the_packed_table_is_the_table() {
        UNPACKED.prepare();
        let names = REGION..TREES;
        let expected = TABLE.iter().enumerate().map(|(at, byte)| if names.contains(&at) { 0 } else { *byte });
        let unpacked: Vec<u8> = (0..TABLE.len()).filter_map(|at| UNPACKED.get(at)).collect();
        assert_eq!(unpacked, expected.collect::<Vec<u8>>());
        assert_eq!(UNPACKED.get(TABLE.len()), None);
    }

    #[test]
    fn reading_past_the_end_gives_zeros() {
        assert_eq!((byte(TABLE.len()), two_bytes(usize::MAX - 1), region(u8::MAX)), (0, 0, None));
        assert_eq!(walk(TABLE.len(), &[1, 2, 3]), 0);
    }
}
