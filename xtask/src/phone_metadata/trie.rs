//! Patterns as the smallest digit tree that answers like them.
//!
//! The tree is walked with the length of the whole number known, so a branch ends as soon as nothing but that length is
//! left to ask. Equal branches are one.

use std::collections::HashMap;
use std::hash::Hash;

use super::pattern::{Program, Step};

/// Lengths are told apart below this; a longer number counts as this long less one.
pub(super) const LENGTHS: usize = 32;

/// What a number of each length is, 0 for nothing.
pub(super) type ByLength = [u8; LENGTHS];

pub(super) const NOTHING: ByLength = [0; LENGTHS];

/// `later` where it says something, `earlier` elsewhere.
fn overlay(earlier: &ByLength, later: &ByLength) -> ByLength {
    core::array::from_fn(|length| if later[length] != 0 { later[length] } else { earlier[length] })
}

/// A deterministic reading of patterns: where one stands after some digits, and what that means.
pub(super) trait Reading {
    type State: Clone + Eq + Hash;
    fn start(&self) -> Self::State;
    /// After one more digit; `depth` digits have been read with it.
    fn step(&self, state: &Self::State, digit: usize, depth: usize) -> Self::State;
    /// Whether no further digit can change anything.
    fn is_over(&self, state: &Self::State, depth: usize) -> bool;
    /// What a number that begins with these `depth` digits is, as far as they tell.
    fn label(&self, state: &Self::State, depth: usize) -> ByLength;
}

/// A tree; nodes refer to each other by index, and equal nodes are one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// Only the length still matters.
    Leaf(ByLength),
    /// The next digit decides. `here` holds unless something further on says otherwise.
    Branch { here: ByLength, next: [usize; 10] },
}

#[derive(Debug, Default)]
pub(super) struct Trie {
    pub(super) nodes: Vec<Node>,
    pub(super) root: usize,
}

impl Trie {
    pub(super) fn of<R: Reading>(reading: &R) -> Self {
        let mut builder = Builder { reading, trie: Self::default(), known: HashMap::new(), visited: HashMap::new() };
        let root = builder.build(reading.start(), 0);
        builder.trie.root = root;
        builder.trie
    }
}

struct Builder<'a, R: Reading> {
    reading: &'a R,
    trie: Trie,
    known: HashMap<Node, usize>,
    visited: HashMap<(R::State, usize), usize>,
}

impl<R: Reading> Builder<'_, R> {
    fn intern(&mut self, node: Node) -> usize {
        *self.known.entry(node).or_insert_with_key(|node| {
            self.trie.nodes.push(node.clone());
            self.trie.nodes.len() - 1
        })
    }

    fn build(&mut self, state: R::State, depth: usize) -> usize {
        let key = (state, depth);
        if let Some(&node) = self.visited.get(&key) {
            return node;
        }
        let here = self.reading.label(&key.0, depth);
        let node = if depth + 1 >= LENGTHS || self.reading.is_over(&key.0, depth) {
            Node::Leaf(here)
        } else {
            let next: [usize; 10] =
                core::array::from_fn(|digit| self.build(self.reading.step(&key.0, digit, depth + 1), depth + 1));
            match &self.trie.nodes[next[0]] {
                Node::Leaf(after) if next.iter().all(|&node| node == next[0]) => Node::Leaf(overlay(&here, after)),
                _ => Node::Branch { here, next },
            }
        };
        let node = self.intern(node);
        self.visited.insert(key, node);
        node
    }
}

/// Patterns that are all read to the end at once; what has matched is a set of pattern numbers.
pub(super) struct SetReading<F> {
    pub(super) program: Program,
    pub(super) starts: Vec<usize>,
    pub(super) longest: usize,
    /// What a number of this length is that matches these patterns (sorted).
    pub(super) meaning: F,
}

/// The digit steps to take next and the patterns matched, both sorted.
type SetState = (Vec<usize>, Vec<usize>);

impl<F> SetReading<F> {
    fn closure(&self, mut open: Vec<usize>) -> SetState {
        let mut seen = vec![false; self.program.steps.len()];
        let (mut digits, mut matched) = (Vec::new(), Vec::new());
        while let Some(at) = open.pop() {
            if core::mem::replace(&mut seen[at], true) {
                continue;
            }
            match &self.program.steps[at] {
                Step::Digit(..) => digits.push(at),
                Step::Split(next) => open.extend(next),
                // A full match ends where the digits end, so `$` says nothing new.
                Step::Save(_, next) | Step::End(next) => open.push(*next),
                Step::Match(number) => matched.push(*number),
            }
        }
        digits.sort_unstable();
        matched.sort_unstable();
        matched.dedup();
        (digits, matched)
    }
}

impl<F: Fn(&[usize], usize) -> u8> Reading for SetReading<F> {
    type State = SetState;

    fn start(&self) -> SetState {
        self.closure(self.starts.clone())
    }

    fn step(&self, state: &SetState, digit: usize, _depth: usize) -> SetState {
        let next = |&at: &usize| match self.program.steps[at] {
            Step::Digit(set, next) if set >> digit & 1 != 0 => Some(next),
            _ => None,
        };
        self.closure(state.0.iter().filter_map(next).collect())
    }

    fn is_over(&self, state: &SetState, depth: usize) -> bool {
        state.0.is_empty() || depth >= self.longest
    }

    fn label(&self, state: &SetState, depth: usize) -> ByLength {
        let mut label = NOTHING;
        if !state.1.is_empty() {
            label[depth] = (self.meaning)(&state.1, depth);
        }
        label
    }
}

/// The slots of two groups and of the whole match; 0xFF for a group that took no part.
pub(super) type Slots = [u8; 6];

/// One pattern that is matched at the start of a number as a backtracking engine would: the first alternative that fits.
pub(super) struct PrefixReading<F> {
    pub(super) program: Program,
    pub(super) start: usize,
    /// What a match with these slots and this end means.
    pub(super) meaning: F,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PrefixState {
    /// Where the alternatives stand, the preferred first.
    threads: Vec<(usize, Slots)>,
    /// The match that counts if more digits follow.
    matched: u8,
    /// The match that counts if none does.
    matched_at_end: u8,
}

impl<F: Fn(&Slots, usize) -> u8> PrefixReading<F> {
    /// Follows all steps that take no digit. True once the pattern has matched: whatever is less preferred is cut off.
    fn follow(
        &self,
        at: usize,
        mut slots: Slots,
        position: (usize, bool),
        threads: &mut Vec<(usize, Slots)>,
        seen: &mut [bool],
    ) -> Option<Slots> {
        if core::mem::replace(&mut seen[at], true) {
            return None;
        }
        let (depth, at_end) = position;
        match &self.program.steps[at] {
            Step::Digit(..) => {
                threads.push((at, slots));
                None
            }
            Step::Split(next) => next.iter().find_map(|&next| self.follow(next, slots, position, threads, seen)),
            Step::Save(slot, next) => {
                if let (Some(slot), Ok(depth)) = (slots.get_mut(*slot), u8::try_from(depth)) {
                    *slot = depth;
                }
                self.follow(*next, slots, position, threads, seen)
            }
            Step::End(next) => at_end.then(|| self.follow(*next, slots, position, threads, seen)).flatten(),
            Step::Match(_) => Some(slots),
        }
    }

    fn closure(&self, from: &[(usize, Slots)], depth: usize) -> PrefixState {
        let run = |at_end: bool| {
            let mut threads = Vec::new();
            let mut seen = vec![false; self.program.steps.len()];
            let matched =
                from.iter().find_map(|&(at, slots)| self.follow(at, slots, (depth, at_end), &mut threads, &mut seen));
            (threads, matched.map_or(0, |slots| (self.meaning)(&slots, depth)))
        };
        let (threads, matched) = run(false);
        PrefixState { threads, matched, matched_at_end: run(true).1 }
    }
}

impl<F: Fn(&Slots, usize) -> u8> Reading for PrefixReading<F> {
    type State = PrefixState;

    fn start(&self) -> PrefixState {
        self.closure(&[(self.start, [0xFF; 6])], 0)
    }

    fn step(&self, state: &PrefixState, digit: usize, depth: usize) -> PrefixState {
        let next = |&(at, slots): &(usize, Slots)| match self.program.steps[at] {
            Step::Digit(set, next) if set >> digit & 1 != 0 => Some((next, slots)),
            _ => None,
        };
        self.closure(&state.threads.iter().filter_map(next).collect::<Vec<_>>(), depth)
    }

    fn is_over(&self, state: &PrefixState, _depth: usize) -> bool {
        state.threads.is_empty()
    }

    fn label(&self, state: &PrefixState, depth: usize) -> ByLength {
        core::array::from_fn(|length| match length.cmp(&depth) {
            core::cmp::Ordering::Less => 0,
            core::cmp::Ordering::Equal => state.matched_at_end,
            core::cmp::Ordering::Greater => state.matched,
        })
    }
}
