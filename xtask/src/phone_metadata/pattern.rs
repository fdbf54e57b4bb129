//! libphonenumber's regular expressions as small programs over the ten digits.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// One step of a [`Program`].
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Consumes one digit of the set (bit `d` for digit `d`).
    Digit(u16, usize),
    /// Goes on at each of these, the earlier ones preferred.
    Split(Vec<usize>),
    /// Notes the position in a slot (`2 * group`, `2 * group + 1`).
    Save(usize, usize),
    /// Passes only where the digits end.
    End(usize),
    /// The pattern with this number has matched.
    Match(usize),
}

/// Any number of patterns in one set of steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
}

impl Program {
    fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// Adds a pattern and returns where it starts. It may end anywhere: what a match means is up to the caller.
    pub(super) fn add(&mut self, pattern: &str, number: usize) -> Result<usize, String> {
        let hir = parse(pattern)?;
        let end = self.push(Step::Match(number));
        self.compile(&hir, end)
    }

    /// Adds a pattern that stays matched whatever follows.
    pub(super) fn add_prefix(&mut self, pattern: &str, number: usize) -> Result<usize, String> {
        let hir = parse(pattern)?;
        let end = self.push(Step::Match(number));
        let again = self.push(Step::Split(Vec::new()));
        let any = self.push(Step::Digit(0x3FF, again));
        self.steps[again] = Step::Split(vec![end, any]);
        self.compile(&hir, again)
    }

    /// Compiles backwards: `next` is what follows.
    fn compile(&mut self, hir: &Hir, next: usize) -> Result<usize, String> {
        match hir.kind() {
            HirKind::Empty => Ok(next),
            HirKind::Literal(literal) => {
                let mut next = next;
                for &byte in literal.0.iter().rev() {
                    let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10).ok_or("pattern: not a digit")?;
                    next = self.push(Step::Digit(1 << digit, next));
                }
                Ok(next)
            }
            HirKind::Class(Class::Bytes(class)) => {
                let mut set = 0;
                for range in class.ranges() {
                    for byte in range.start()..=range.end() {
                        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10).ok_or("pattern: not a digit")?;
                        set |= 1 << digit;
                    }
                }
                Ok(self.push(Step::Digit(set, next)))
            }
            HirKind::Look(Look::End) => Ok(self.push(Step::End(next))),
            HirKind::Repetition(repetition) => {
                let most = repetition.max.ok_or("pattern: repeats without end")?;
                if !repetition.greedy {
                    return Err("pattern: lazy repetition".into());
                }
                let mut start = next;
                for _ in repetition.min..most {
                    let once = self.compile(&repetition.sub, start)?;
                    start = self.push(Step::Split(vec![once, next]));
                }
                for _ in 0..repetition.min {
                    start = self.compile(&repetition.sub, start)?;
                }
                Ok(start)
            }
            HirKind::Capture(capture) => {
                let group = usize::try_from(capture.index).map_err(|_| "pattern: group")?;
                let close = self.push(Step::Save(2 * group + 1, next));
                let inner = self.compile(&capture.sub, close)?;
                Ok(self.push(Step::Save(2 * group, inner)))
            }
            HirKind::Concat(parts) => {
                let mut next = next;
                for part in parts.iter().rev() {
                    next = self.compile(part, next)?;
                }
                Ok(next)
            }
            HirKind::Alternation(branches) => {
                let starts = branches.iter().map(|branch| self.compile(branch, next)).collect::<Result<_, _>>()?;
                Ok(self.push(Step::Split(starts)))
            }
            other => Err(format!("pattern: {other:?} is not used by libphonenumber")),
        }
    }
}

fn parse(pattern: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern)
        .map_err(|error| format!("pattern {pattern}: {error}"))
}
