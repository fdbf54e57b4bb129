//! What the table looks like, for whoever packs or unpacks it: what each half of a byte is likely to be after those before it.
//!
//! The one walk over the table that both sides take: `packed.rs` decodes each bit that it asks for, and
//! `xtask/src/phone_metadata/pack.rs` looks it up and encodes it. Any change here makes another `ranges.packed`.
//!
//! Each half of a byte is four binary decisions. How likely each is to be 1 is learned twice, in a coarse context and in a fine
//! one, and both together are believed; a fine context that is new begins with what the coarse one knows. What follows from the
//! rest is not asked for: where the trees begin.

/// The side that packs, or the one that unpacks.
pub(crate) trait Medium {
    /// The bit of the table's byte at `at` that `mask` picks out, as 0 or 1; `one` is how likely it is to be 1, of 65536.
    ///
    /// Beyond [`BEHIND`] are two bytes for each place in the columns of trees: how its tree is known, and which it is.
    fn bit(&mut self, one: u32, at: usize, mask: u8) -> u8;
    /// The byte of the table at `at` is known now.
    fn put(&mut self, at: usize, byte: u8);
}

/// No table is as long as this.
pub(crate) const BEHIND: usize = 1 << 20;
/// The empty tree.
pub(crate) const EMPTY: u8 = 0;
/// The next tree of the file.
pub(crate) const NEXT: u8 = 1;
/// A tree that was there before: one of the first 256, or with [`BEFORE`] + 1 one of the 256 behind these.
pub(crate) const BEFORE: u8 = 2;

/// The kinds of contexts, 32 at most.
const TITLE: u32 = 0;
const ASSIGNED: u32 = 1;
const LENGTHS_LOW: u32 = 2;
const LENGTHS_HIGH: u32 = 3;
const FIRST_REGION: u32 = 4;
const ACTION: u32 = 5;
const WHICH_TREE: u32 = 6;
const WHICH_BEFORE: u32 = 7;
const LEAVES: u32 = 8;
const LABEL: u32 = 9;
const LENGTHS: u32 = 10;
const LEADS_TO: u32 = 11;
const HOW_MANY: u32 = 12;
const LONG_LEAF: u32 = 13;
const NEAR: u32 = 14;
const DISTANCE_LOW: u32 = 15;
const DISTANCE_HIGH: u32 = 16;

/// Probabilities are found by a hash; with less room they get into each other's way.
const SLOTS: usize = 1 << 15;

/// Parts what is between `low` and `high` as the probability says: up to this it stands for a 1. Without 64 bits, which cost much
/// where WebAssembly is emulated.
pub(crate) fn middle(low: u32, high: u32, one: u32) -> u32 {
    let range = high - low;
    low + (range >> 16) * one + (((range & 0xFFFF) * one) >> 16)
}

struct Model<M> {
    medium: M,
    /// How likely a decision is to be 1, of 65536; 0 where there was none yet.
    likely: [u16; SLOTS],
}

impl<M: Medium> Model<M> {
    /// Four bits of the byte at `at`, from `mask` downwards. `coarse` has 12 bits at most.
    #[inline(never)]
    fn half(&mut self, at: usize, mask: u8, coarse: u32, fine: u32) -> u8 {
        let spread = |context: u32| (context.wrapping_mul(0x9E37_79B1) >> 17) as usize;
        let (coarse, fine) = (spread(coarse), spread((fine + 1) << 12 | coarse));
        let (mut node, mut mask) = (1_u8, mask);
        while node < 16 {
            let place = 2053 * usize::from(node);
            let (coarse, fine) = ((coarse + place) % SLOTS, (fine + place) % SLOTS);
            let by_coarse = if self.likely[coarse] == 0 { 1 << 15 } else { self.likely[coarse] };
            let by_fine = if self.likely[fine] == 0 { by_coarse } else { self.likely[fine] };
            let bit = self.medium.bit((u32::from(by_coarse) + 3 * u32::from(by_fine)) / 4, at, mask);
            // Towards 0 or towards 65535, and never all the way.
            let target = if bit == 0 { 0 } else { u16::MAX };
            let towards = |likely: u16, part: u32| likely - (likely >> part) + (target >> part);
            self.likely[coarse] = towards(by_coarse, 4);
            self.likely[fine] = towards(by_fine, 3);
            node = node << 1 | bit;
            mask >>= 1;
        }
        node & 0xF
    }

    fn byte(&mut self, at: usize, kind: u32, context: u32) -> u8 {
        let high = self.half(at, 0x80, kind, context);
        let low = self.half(at, 0x08, kind | (u32::from(high) + 1) << 5, context);
        let byte = high << 4 | low;
        self.medium.put(at, byte);
        byte
    }

    /// Bytes of which each tells something of the next.
    fn bytes(&mut self, at: core::ops::Range<usize>, kind: u32) {
        let mut before = 0;
        for at in at {
            before = self.byte(at, kind, before.into());
        }
    }

    /// The tree that begins at `at`; returns where it ends.
    fn tree(&mut self, mut at: usize, is_of_ranges: bool) -> usize {
        let leaves = self.byte(at, LEAVES, is_of_ranges.into());
        at += 1;
        let (mut more, mut lengths) = (0, 0);
        for _ in 0..leaves {
            more = self.byte(at, LABEL, u32::from(is_of_ranges) | more << 1).into();
            more >>= 7;
            lengths = self.byte(at + 1, LENGTHS, u32::from(lengths) | more << 8);
            at += 2;
        }
        let (mut branches, mut ends, mut age) = (u32::from(leaves > 0), 0, 0);
        while branches > 0 {
            let mut runs = [0; 11];
            let (mut count, mut taken) = (0, 0);
            let (mut before, mut before_that) = (16, 16);
            while taken < 10 {
                let fine = if taken == 0 { ends << 7 } else { 0 } | age << 5 | before_that;
                let low = self.half(at, 0x08, LEADS_TO | before << 5, fine);
                let kind = u32::from(low);
                let high = self.half(at, 0x80, HOW_MANY | taken << 5, kind | age << 4);
                self.medium.put(at, high << 4 | low);
                at += 1;
                // A leaf that holds unless something further on says otherwise.
                if high >= 10 {
                    continue;
                }
                taken += u32::from(high) + 1;
                runs[count] = kind;
                count += 1;
                (before_that, before) = (before, kind);
            }
            ends = runs[0] << 4 | before;
            age = 2.min(age + 1);
            branches -= 1;
            for &run in &runs[..count] {
                branches += u32::from(run >= 13);
                match run {
                    10 | 14 => {
                        self.byte(at, if run == 10 { LONG_LEAF } else { NEAR }, 0);
                        at += 1;
                    }
                    12 | 15 => {
                        let high = self.byte(at + 1, DISTANCE_HIGH, run);
                        self.byte(at, DISTANCE_LOW, u32::from(high.min(3)) | run << 2);
                        at += 2;
                    }
                    _ => {}
                }
            }
        }
        at
    }
}

/// Goes over a whole table; what it makes of it, apart from that, is the medium's.
pub(crate) fn go_over(medium: impl Medium) {
    let mut model = Model { medium, likely: [0; SLOTS] };
    let title = usize::from(model.byte(0, TITLE, 0));
    let mut at = title + 1;
    model.bytes(1..at, TITLE);
    let codes = usize::from(model.byte(at, TITLE, 0));
    let actions = usize::from(model.byte(at + 1, TITLE, 0));
    at += 2;
    for _ in 0..128 {
        model.byte(at, ASSIGNED, 0);
        at += 1;
    }
    for low in at..at + codes {
        let bits = model.byte(low, LENGTHS_LOW, 0);
        model.byte(low + codes, LENGTHS_HIGH, bits.into());
    }
    at += 2 * codes;
    let mut more = 0;
    for _ in 0..=codes {
        more = model.byte(at, FIRST_REGION, more.into());
        at += 1;
    }
    let regions = codes + usize::from(more);
    for _ in 0..actions {
        for part in 0..5 {
            model.byte(at, ACTION, part);
            at += 1;
        }
    }

    let trees = at + 8 * codes + 2 * regions;
    let mut begins = [0; 512];
    let mut known = 1;
    let mut end = model.tree(trees, false);
    let mut which = EMPTY;
    for column in 0..4 {
        for place in at..at + codes {
            which = model.half(BEHIND + 2 * place, 0x08, WHICH_TREE, column << 2 | u32::from(which));
            let tree = match which {
                EMPTY => 0,
                NEXT => {
                    begins[known] = end - trees;
                    end = model.tree(end, column == 0);
                    known += 1;
                    known - 1
                }
                before => {
                    usize::from(before - BEFORE) << 8 | usize::from(model.byte(BEHIND + 2 * place + 1, WHICH_BEFORE, 0))
                }
            };
            let [low, high, ..] = begins[tree].to_le_bytes();
            model.medium.put(place, low);
            model.medium.put(place + codes, high);
        }
        at += 2 * codes;
    }
}
