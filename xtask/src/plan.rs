//! Steps that depend on each other: one that fails takes only those with it that need what it makes. A table at the end says what came
//! of each.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::programs::Program;
use crate::step::{Result, Skip};

/// Steps in the order in which they run.
pub(crate) struct Plan<'a> {
    steps: Vec<Step<'a>>,
    /// Whether a skipped step is a failed one.
    strict: bool,
}

/// A step, and what it takes.
pub(crate) struct Step<'a> {
    name: String,
    needs: Vec<String>,
    wants: Vec<&'static Program>,
    work: Box<dyn FnOnce() -> Result<()> + 'a>,
}

impl Step<'_> {
    /// Earlier steps that have to have succeeded.
    pub(crate) fn needs<N: AsRef<str>>(&mut self, names: &[N]) -> &mut Self {
        self.needs.extend(names.iter().map(|name| name.as_ref().to_owned()));
        self
    }

    /// A program of the system's. The step is skipped where it is missing.
    pub(crate) fn wants(&mut self, program: &'static Program) -> &mut Self {
        self.wants.push(program);
        self
    }
}

enum Outcome {
    Ok,
    Failed(String),
    Skipped(Skip),
    /// With what kept it from running.
    NotRun(String),
}

struct Row {
    name: String,
    outcome: Outcome,
    took: Duration,
}

impl<'a> Plan<'a> {
    /// An empty plan. Where `CI` is set, nothing may be skipped.
    pub(crate) fn new() -> Self {
        Self { steps: Vec::new(), strict: is_ci() }
    }

    /// Adds a step, after all that it needs.
    pub(crate) fn step(&mut self, name: impl Into<String>, work: impl FnOnce() -> Result<()> + 'a) -> &mut Step<'a> {
        self.steps.push(Step { name: name.into(), needs: Vec::new(), wants: Vec::new(), work: Box::new(work) });
        // Just pushed.
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }

    /// Runs the steps and prints the table; an error if any failed.
    pub(crate) fn run(self) -> Result<()> {
        self.check()?;
        let start = Instant::now();
        let strict = self.strict;
        let mut rows: Vec<Row> = Vec::new();
        for step in self.steps {
            rows.push(step.run(&rows, strict));
        }
        print!("{}", report(&rows, start.elapsed())?);
        std::io::stdout().flush()?;
        let broken: Vec<&str> = rows.iter().filter(|row| row.is_broken()).map(|row| &*row.name).collect();
        if broken.is_empty() { Ok(()) } else { Err(format!("failed: {}", broken.join("; ")).into()) }
    }

    /// Every name is there once, and needed only after its own step.
    fn check(&self) -> Result<()> {
        let mut places = HashMap::new();
        for (place, step) in self.steps.iter().enumerate() {
            if let Some(name) = step.needs.iter().find(|name| !places.contains_key(name.as_str())) {
                return Err(format!("`{}` needs `{name}`, which is not an earlier step", step.name).into());
            }
            if places.insert(step.name.as_str(), place).is_some() {
                return Err(format!("two steps are called `{}`", step.name).into());
            }
        }
        Ok(())
    }
}

impl Step<'_> {
    fn run(self, earlier: &[Row], strict: bool) -> Row {
        let Self { name, needs, wants, work } = self;
        println!("==> {name}");
        let start = Instant::now();
        let held_up = needs.iter().find_map(|need| earlier.iter().find(|row| row.name == *need)?.holds_up());
        let missing = wants.iter().find(|program| !program.is_there());
        let outcome = match (held_up, missing) {
            (Some(outcome), _) => outcome,
            (None, Some(program)) => Outcome::Skipped(program.skip()),
            (None, None) => match work() {
                Ok(()) => Outcome::Ok,
                Err(error) => match error.downcast::<Skip>() {
                    Ok(skip) => Outcome::Skipped(*skip),
                    Err(error) => Outcome::Failed(error.to_string()),
                },
            },
        };
        let outcome = match outcome {
            Outcome::Skipped(skip) if strict => Outcome::Failed(format!("nothing is skipped where CI is set: {skip}")),
            other => other,
        };
        let row = Row { name, outcome, took: start.elapsed() };
        println!("    {}: {}", row.name, row.verdict());
        row
    }
}

impl Row {
    /// What becomes of a step that needs this one, unless this one succeeded.
    fn holds_up(&self) -> Option<Outcome> {
        match &self.outcome {
            Outcome::Ok => None,
            Outcome::Failed(_) => Some(Outcome::NotRun(format!("{} failed", self.name))),
            Outcome::NotRun(why) => Some(Outcome::NotRun(why.clone())),
            Outcome::Skipped(skip) => Some(Outcome::Skipped(skip.clone())),
        }
    }

    fn is_broken(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_) | Outcome::NotRun(_))
    }

    /// In a line that has the name already.
    fn verdict(&self) -> String {
        match &self.outcome {
            Outcome::Ok => format!("done in {:.1} s", self.took.as_secs_f64()),
            Outcome::Failed(why) => format!("FAILED in {:.1} s: {why}", self.took.as_secs_f64()),
            Outcome::Skipped(skip) => format!("SKIPPED: {skip}"),
            Outcome::NotRun(why) => format!("not run: {why}"),
        }
    }

    /// In the table.
    fn word(&self) -> String {
        match &self.outcome {
            Outcome::Ok => "ok".into(),
            Outcome::Failed(_) => "FAILED".into(),
            Outcome::Skipped(skip) => format!("skipped: {}", skip.why),
            Outcome::NotRun(why) => format!("not run: {why}"),
        }
    }
}

/// The table, what failed and why, and at the very end what was skipped and what to do about it.
fn report(rows: &[Row], took: Duration) -> Result<String> {
    let mut text = String::new();
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or_default().max("step".len());
    writeln!(text, "\n{:width$}  seconds  outcome", "step")?;
    for row in rows {
        writeln!(text, "{:width$}  {:7.1}  {}", row.name, row.took.as_secs_f64(), row.word())?;
    }
    let count = |is: fn(&Outcome) -> bool| rows.iter().filter(|row| is(&row.outcome)).count();
    let counts = [
        (count(|outcome| matches!(outcome, Outcome::Ok)), "ok"),
        (count(|outcome| matches!(outcome, Outcome::Failed(_))), "failed"),
        (count(|outcome| matches!(outcome, Outcome::NotRun(_))), "not run"),
        (count(|outcome| matches!(outcome, Outcome::Skipped(_))), "skipped"),
    ];
    let counts: Vec<String> =
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    writeln!(text, "\n{} steps in {} s: {}", rows.len(), took.as_secs(), counts.join(", "))?;
    for row in rows {
        if let Outcome::Failed(why) = &row.outcome {
            writeln!(text, "FAILED: {}: {why}", row.name)?;
        }
    }
    // What is missing once may be missed by many.
    let mut skipped: Vec<(String, Vec<&str>)> = Vec::new();
    for row in rows {
        if let Outcome::Skipped(skip) = &row.outcome {
            let why = skip.to_string();
            match skipped.iter_mut().find(|(known, _)| *known == why) {
                Some((_, names)) => names.push(&row.name),
                None => skipped.push((why, vec![&row.name])),
            }
        }
    }
    for (why, names) in skipped {
        writeln!(text, "SKIPPED: {}: {why}", names.join("; "))?;
    }
    Ok(text)
}

/// Whether this is a machine that judges, and has nobody to read what was left out.
pub(crate) fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const NOWHERE: Program = Program::new(&["a-program-that-nobody-has"], "its-package");

    fn words(rows: &[Row]) -> Vec<String> {
        rows.iter().map(Row::word).collect()
    }

    fn rows(plan: Plan<'_>) -> Vec<Row> {
        plan.check().unwrap();
        let mut rows = Vec::new();
        for step in plan.steps {
            rows.push(step.run(&rows, plan.strict));
        }
        rows
    }

    #[test]
    fn what_does_not_need_the_failed_step_still_runs() {
        let ran = RefCell::new(Vec::new());
        let ok = |name: &'static str| {
            let ran = &ran;
            move || {
                ran.borrow_mut().push(name);
                Ok(())
            }
        };
        let mut plan = Plan { steps: Vec::new(), strict: true };
        plan.step("a", || Err("no luck".into()));
        plan.step("b", ok("b")).needs(&["a"]);
        plan.step("c", ok("c")).needs(&["b"]);
        plan.step("d", ok("d"));
        plan.step("e", ok("e")).needs(&["d"]);
        let rows = rows(plan);
        assert_eq!(words(&rows), ["FAILED", "not run: a failed", "not run: a failed", "ok", "ok"]);
        assert_eq!(*ran.borrow(), ["d", "e"]);
        let report = report(&rows, Duration::from_secs(3)).unwrap();
        assert!(report.contains("\nstep  seconds  outcome\na         0.0  FAILED\nb         0.0  not run: a failed\n"));
        assert!(report.ends_with("\n5 steps in 3 s: 2 ok, 1 failed, 2 not run\nFAILED: a: no luck\n"), "{report}");
    }

    #[test]
    fn a_failed_or_unrun_step_fails_the_run_and_a_skipped_one_does_not() {
        let plan = |strict, outcome: fn() -> Result<()>| {
            let mut plan = Plan { steps: Vec::new(), strict };
            plan.step("a", outcome);
            plan.step("b", || Ok(())).needs(&["a"]);
            plan.run().map_err(|error| error.to_string())
        };
        assert_eq!(plan(false, || Ok(())), Ok(()));
        assert_eq!(plan(false, || Err("x".into())), Err("failed: a; b".into()));
        let skip: fn() -> Result<()> = || Err(Skip::new("there is no x", "get x").into());
        assert_eq!(plan(false, skip), Ok(()));
        assert_eq!(plan(true, skip), Err("failed: a; b".into()));
    }

    #[test]
    fn the_last_lines_say_what_was_skipped_and_how_to_get_it() {
        let mut plan = Plan { steps: Vec::new(), strict: false };
        plan.step("a", || Err("this was not to be run".into())).wants(&NOWHERE);
        plan.step("b", || Err("nor this".into())).needs(&["a"]);
        let rows = rows(plan);
        assert_eq!(words(&rows), ["skipped: a-program-that-nobody-has is missing"; 2]);
        let report = report(&rows, Duration::ZERO).unwrap();
        let line = "a-program-that-nobody-has is missing (Debian: apt-get install its-package)\n";
        assert!(report.ends_with(&format!("2 skipped\nSKIPPED: a; b: {line}")), "{report}");
    }

    #[test]
    fn in_ci_a_skipped_step_has_failed() {
        let mut plan = Plan { steps: Vec::new(), strict: true };
        plan.step("a", || Ok(())).wants(&NOWHERE);
        plan.step("b", || Ok(())).needs(&["a"]);
        assert_eq!(words(&rows(plan)), ["FAILED", "not run: a failed"]);
    }

    #[test]
    fn a_plan_that_cannot_be_followed_is_refused() {
        let mut plan = Plan { steps: Vec::new(), strict: false };
        plan.step("a", || Ok(())).needs(&["b"]);
        plan.step("b", || Ok(()));
        assert_eq!(plan.run().unwrap_err().to_string(), "`a` needs `b`, which is not an earlier step");
        let mut plan = Plan { steps: Vec::new(), strict: false };
        plan.step("a", || Ok(()));
        plan.step("a", || Ok(()));
        assert_eq!(plan.run().unwrap_err().to_string(), "two steps are called `a`");
    }
}
