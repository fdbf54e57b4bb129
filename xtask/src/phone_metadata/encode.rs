//! A tree as bytes that are walked where they lie. `src/phone/ranges.md` describes the form; `src/phone/ranges.rs` reads it.

use std::collections::{HashMap, HashSet};

use super::trie::{ByLength, LENGTHS, NOTHING, Node, Trie};

/// Leaves up to this one fit into the low half of a run.
const LAST_SHORT_LEAF: usize = 9;
const LONG_LEAF: u8 = 10;
const AS_TWO_RUNS_AGO: u8 = 11;
const ELSEWHERE: u8 = 12;
const NEXT_CHILD: u8 = 13;
const FIRST_CHILD_NEAR: u8 = 14;
const FIRST_CHILD_FAR: u8 = 15;
/// In front of a record: what holds if nothing further on says otherwise.
const HERE: u8 = 0xA0;
/// In an entry of a leaf: further entries follow.
const MORE: u8 = 0x80;

/// The digits `..= last` that the run before does not take, and where they lead.
struct Run {
    last: u8,
    node: usize,
}

fn runs(next: &[usize; 10]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (digit, &node) in (0u8..).zip(next) {
        match runs.last_mut() {
            Some(run) if run.node == node => run.last = digit,
            _ => runs.push(Run { last: digit, node }),
        }
    }
    runs
}

/// The entries of one leaf: what a number is (1 to 127), and the first of up to 7 lengths, or of all lengths from there on.
fn leaf_entries(leaf: &ByLength) -> Result<Vec<u8>, String> {
    let mut entries: Vec<[u8; 2]> = Vec::new();
    let mut length = 0;
    while length < LENGTHS {
        let label = leaf[length];
        if label == 0 {
            length += 1;
            continue;
        }
        if label >= MORE {
            return Err(format!("encode: the label {label} takes more than 7 bits"));
        }
        let same = leaf[length..].iter().take_while(|&&other| other == label).count();
        let (taken, count) = if length + same == LENGTHS { (same, 7) } else { (same.min(7), same.min(7) - 1) };
        entries.push([label, u8::try_from(length << 3 | count).map_err(|_| "encode: a length")?]);
        length += taken;
    }
    if entries.is_empty() {
        entries.push([0, 0]);
    }
    let last = entries.len() - 1;
    for entry in &mut entries[..last] {
        entry[0] |= MORE;
    }
    Ok(entries.concat())
}

struct Encoder<'a> {
    trie: &'a Trie,
    /// The leaves in use, the commonest first; the empty one is number 0 and is not written.
    leaves: Vec<ByLength>,
    /// The branches that lie in a branch's own block of children; every branch but the root is in one.
    children: HashMap<usize, Vec<usize>>,
    /// The order in which branches lie.
    order: Vec<usize>,
    /// Branches whose children follow directly.
    direct: HashSet<usize>,
}

impl Encoder<'_> {
    fn branch(&self, node: usize) -> Option<(&ByLength, &[usize; 10])> {
        match &self.trie.nodes[node] {
            Node::Leaf(_) => None,
            Node::Branch { here, next } => Some((here, next)),
        }
    }

    /// Gives each branch a first parent, and counts how often each leaf is led to.
    fn adopt(&mut self, node: usize, seen: &mut HashSet<usize>, uses: &mut Vec<(ByLength, usize)>) {
        let Some((here, next)) = self.branch(node).map(|(here, next)| (*here, *next)) else { return };
        let mut count = |leaf: &ByLength| match uses.iter_mut().find(|(known, _)| known == leaf) {
            Some((_, uses)) => *uses += 1,
            None => uses.push((*leaf, 1)),
        };
        if here != NOTHING {
            count(&here);
        }
        let mut children = Vec::new();
        for (at, &target) in next.iter().enumerate() {
            if next[..at].contains(&target) {
                continue;
            }
            match &self.trie.nodes[target] {
                Node::Leaf(leaf) => count(leaf),
                Node::Branch { .. } => {
                    if seen.insert(target) {
                        children.push(target);
                    }
                }
            }
        }
        self.children.insert(node, children.clone());
        for child in children {
            self.adopt(child, seen, uses);
        }
    }

    fn size(&self, node: usize) -> usize {
        1 + self.children[&node].iter().map(|&child| self.size(child)).sum::<usize>()
    }

    /// Lays out a block of siblings, then the blocks of their children: those of the last sibling directly, as that needs
    /// no distance, then the small ones, so that most distances are short.
    fn lay_out(&mut self, block: &[usize]) {
        self.order.extend(block);
        let mut parents: Vec<usize> = block.iter().copied().filter(|node| !self.children[node].is_empty()).collect();
        if let Some(&last) = block.last()
            && parents.last() == Some(&last)
        {
            parents.pop();
            self.direct.insert(last);
            self.lay_out(&self.children[&last].clone());
        }
        parents.sort_by_key(|&node| self.size(node));
        for node in parents {
            self.lay_out(&self.children[&node].clone());
        }
    }

    fn leaf_number(&self, leaf: &ByLength) -> Result<usize, String> {
        if *leaf == NOTHING {
            return Ok(0);
        }
        self.leaves.iter().position(|known| known == leaf).map(|at| at + 1).ok_or_else(|| "encode: unknown leaf".into())
    }

    /// One branch. `at` says where branches begin, `end` where this one ends, as far as known yet.
    fn record(&self, node: usize, at: &HashMap<usize, usize>, end: usize, far: bool) -> Result<Vec<u8>, String> {
        let byte = |value: usize| u8::try_from(value).map_err(|_| "encode: more than 8 bits".to_owned());
        let (here, next) = self.branch(node).ok_or("encode: a leaf has no record")?;
        let (mut record, mut tail) = (Vec::new(), Vec::new());
        if *here != NOTHING {
            record.push(HERE.checked_add(byte(self.leaf_number(here)?)?).ok_or("encode: too many leaves")?);
        }
        let children = &self.children[&node];
        let mut adopted = 0;
        let runs = runs(next);
        for (index, run) in runs.iter().enumerate() {
            let low = if index >= 2 && runs[index - 2].node == run.node {
                AS_TWO_RUNS_AGO
            } else if let Node::Leaf(leaf) = &self.trie.nodes[run.node] {
                let number = self.leaf_number(leaf)?;
                if number <= LAST_SHORT_LEAF {
                    byte(number)?
                } else {
                    tail.push(byte(number)?);
                    LONG_LEAF
                }
            } else if children.get(adopted) == Some(&run.node) {
                adopted += 1;
                if adopted > 1 || self.direct.contains(&node) {
                    NEXT_CHILD
                } else {
                    let distance = at.get(&run.node).map_or(0, |begin| begin.saturating_sub(end));
                    if far {
                        tail.extend(u16::try_from(distance).map_err(|_| "encode: more than 16 bits")?.to_le_bytes());
                        FIRST_CHILD_FAR
                    } else {
                        tail.push(byte(distance.min(0xFF))?);
                        FIRST_CHILD_NEAR
                    }
                }
            } else {
                let begin = at.get(&run.node).copied().unwrap_or(0);
                tail.extend(u16::try_from(begin).map_err(|_| "encode: more than 16 bits")?.to_le_bytes());
                ELSEWHERE
            };
            let before = if index == 0 { 0 } else { runs[index - 1].last + 1 };
            record.push((run.last - before) << 4 | low);
        }
        record.extend(tail);
        Ok(record)
    }

    /// Records in order. A distance that turns out to need two bytes keeps them, so this ends.
    fn records(&self) -> Result<Vec<u8>, String> {
        let mut far: HashSet<usize> = HashSet::new();
        let mut at: HashMap<usize, usize> = HashMap::new();
        loop {
            let (mut all, mut now) = (Vec::new(), HashMap::new());
            let mut ends = Vec::new();
            for &node in &self.order {
                now.insert(node, all.len());
                let empty = self.record(node, &at, 0, far.contains(&node))?;
                let end = all.len() + empty.len();
                all.extend(self.record(node, &at, end, far.contains(&node))?);
                ends.push(end);
            }
            let mut settled = now == at;
            for (&node, end) in self.order.iter().zip(ends) {
                if let Some(&first) = self.children[&node].first()
                    && !self.direct.contains(&node)
                    && now[&first].checked_sub(end).ok_or("encode: children in front of their parent")? > 0xFF
                {
                    settled &= !far.insert(node);
                }
            }
            if settled {
                return Ok(all);
            }
            at = now;
        }
    }
}

/// The bytes of a tree: how long its leaves are, the leaves, the branches.
pub(super) fn encode(trie: &Trie) -> Result<Vec<u8>, String> {
    // A tree that is one leaf becomes a branch that always leads there.
    let lifted;
    let trie = if let Node::Leaf(_) = trie.nodes[trie.root] {
        let mut nodes = trie.nodes.clone();
        nodes.push(Node::Branch { here: NOTHING, next: [trie.root; 10] });
        lifted = Trie { root: nodes.len() - 1, nodes };
        &lifted
    } else {
        trie
    };
    let mut encoder =
        Encoder { trie, leaves: Vec::new(), children: HashMap::new(), order: Vec::new(), direct: HashSet::new() };
    let mut uses = Vec::new();
    encoder.adopt(trie.root, &mut HashSet::from([trie.root]), &mut uses);
    uses.retain(|(leaf, _)| *leaf != NOTHING);
    uses.sort_by_key(|(_, count)| core::cmp::Reverse(*count));
    encoder.leaves = uses.into_iter().map(|(leaf, _)| leaf).collect();
    encoder.lay_out(&[trie.root]);

    let leaves = encoder.leaves.iter().map(leaf_entries).collect::<Result<Vec<_>, _>>()?.concat();
    let mut bytes = vec![
        u8::try_from(leaves.len() / 2)
            .map_err(|_| format!("encode: {} leaves take {} bytes", encoder.leaves.len(), leaves.len()))?,
    ];
    bytes.extend(leaves);
    bytes.extend(encoder.records()?);
    Ok(bytes)
}
