//! The table as small as it gets: an arithmetic coder, driven by the model of `src/phone/model.rs`.

use std::collections::HashMap;

use super::model::{BEFORE, BEHIND, EMPTY, Medium, NEXT, go_over, middle};

struct Encoder<'a> {
    table: &'a [u8],
    /// What lies behind the table: how the tree of each place is known, and which it is.
    trees: HashMap<usize, u8>,
    met: &'a mut [bool],
    packed: &'a mut Vec<u8>,
    low: u32,
    high: u32,
}

impl Medium for Encoder<'_> {
    fn bit(&mut self, one: u32, at: usize, mask: u8) -> u8 {
        let byte = if at < BEHIND { self.table.get(at) } else { self.trees.get(&at) };
        let bit = byte.is_some_and(|byte| byte & mask != 0);
        let middle = middle(self.low, self.high, one);
        if bit {
            self.high = middle;
        } else {
            self.low = middle + 1;
        }
        while (self.low ^ self.high) >> 24 == 0 {
            self.packed.push(self.high.to_be_bytes()[0]);
            self.low <<= 8;
            self.high = self.high << 8 | 0xFF;
        }
        bit.into()
    }

    fn put(&mut self, at: usize, byte: u8) {
        if self.table.get(at) == Some(&byte)
            && let Some(met) = self.met.get_mut(at)
        {
            *met = true;
        }
    }
}

impl Drop for Encoder<'_> {
    /// What is read behind the end is zeros, so one byte decides.
    fn drop(&mut self) {
        self.packed.push(self.high.to_be_bytes()[0]);
    }
}

/// Packs a table whose tree columns and region names lie at these places.
pub(super) fn pack(
    table: &[u8],
    columns: std::ops::Range<usize>,
    names: std::ops::Range<usize>,
) -> Result<Vec<u8>, String> {
    let codes = columns.len() / 8;
    let mut trees = HashMap::new();
    let mut known = HashMap::from([(0, 0)]);
    for column in 0..4 {
        for place in (columns.start + 2 * codes * column..).take(codes) {
            let begin = u16::from_le_bytes([table[place], table[place + codes]]);
            let next = known.len();
            let tree = *known.entry(begin).or_insert(next);
            let [low, high, ..] = tree.to_le_bytes();
            let how = if tree == 0 {
                EMPTY
            } else if tree == next {
                NEXT
            } else {
                BEFORE + high
            };
            trees.insert(BEHIND + 2 * place, how);
            trees.insert(BEHIND + 2 * place + 1, low);
        }
    }
    let mut packed = Vec::new();
    let mut met = vec![false; table.len()];
    met[names].fill(true);
    go_over(Encoder { table, trees, met: &mut met, packed: &mut packed, low: 0, high: u32::MAX });
    match met.iter().position(|met| !met) {
        None => Ok(packed),
        Some(at) => Err(format!("pack: the byte at {at} is not what the model takes it for")),
    }
}
