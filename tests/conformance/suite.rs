//! Counting, and the list of expected failures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write as _};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Which code the vectors run through in this build.
pub(crate) const BUILD: &str = if cfg!(all(target_arch = "wasm32", target_feature = "simd128")) {
    "WebAssembly with SIMD"
} else if cfg!(target_arch = "wasm32") {
    "WebAssembly without SIMD"
} else {
    "native"
};

/// Why the vectors listed under it are expected to fail, by case, by suite.
type Expected = BTreeMap<String, BTreeMap<String, String>>;

/// One suite of vectors.
pub(crate) struct Suite {
    name: &'static str,
    run: BTreeSet<String>,
    failed: BTreeSet<String>,
    not_applicable: BTreeMap<String, usize>,
}

impl Suite {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, run: BTreeSet::new(), failed: BTreeSet::new(), not_applicable: BTreeMap::new() }
    }

    /// A vector was run.
    pub(crate) fn case(&mut self, id: impl Display, agrees: bool) {
        let id = id.to_string();
        if !agrees {
            self.failed.insert(id.clone());
        }
        assert!(self.run.insert(id.clone()), "{}: {id} twice", self.name);
    }

    /// A vector asks for what the package does not have.
    pub(crate) fn not_applicable(&mut self, why: impl Into<String>) {
        *self.not_applicable.entry(why.into()).or_default() += 1;
    }

    /// Prints the figures. Fails for any failure that is not expected, and for any expected one that did not happen. `total` is the
    /// number of vectors that the suite is known to have, so that none can be lost on the way.
    pub(crate) fn finish(self, total: usize) {
        let expected: Expected = serde_json::from_str(include_str!("../vectors/expected-failures.json")).unwrap();
        let expected = expected.get(self.name).cloned().unwrap_or_default().into_keys().collect();
        let line = self.line();
        #[cfg(target_arch = "wasm32")]
        wasm_bindgen_test::console_log!("{line}");
        #[cfg(not(target_arch = "wasm32"))]
        println!("{line}");
        assert_eq!(self.total(), total, "{line}");
        assert_eq!(self.judge(&expected), Ok(()), "{line}");
    }

    fn total(&self) -> usize {
        self.run.len() + self.not_applicable.values().sum::<usize>()
    }

    fn line(&self) -> String {
        let (run, failed) = (self.run.len(), self.failed.len());
        let mut line =
            format!("conformance: {}: {} vectors, {run} run, {} agree", self.name, self.total(), run - failed);
        if failed != 0 {
            write!(line, ", {failed} do not, as listed").unwrap();
        }
        for (why, count) in &self.not_applicable {
            write!(line, ", {count} not applicable ({why})").unwrap();
        }
        write!(line, " [{BUILD}]").unwrap();
        line
    }

    fn judge(&self, expected: &BTreeSet<String>) -> Result<(), String> {
        let list = |title: &str, ids: BTreeSet<&String>| {
            if ids.is_empty() { Ok(()) } else { Err(format!("{title}: {ids:?}")) }
        };
        list("failures", self.failed.difference(expected).collect())?;
        list(
            "expected to fail, and did not",
            expected.intersection(&self.run).filter(|id| !self.failed.contains(*id)).collect(),
        )?;
        list("expected to fail, and not there", expected.difference(&self.run).collect())
    }
}

/// Bytes of hexadecimal digits.
pub(crate) fn hex(digits: &str) -> Vec<u8> {
    assert!(digits.len().is_multiple_of(2), "{digits}");
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn failures_are_those_that_are_expected_and_no_others() {
    let suite = |cases: &[(&str, bool)]| {
        let mut suite = Suite::new("a suite");
        cases.iter().for_each(|(id, agrees)| suite.case(id, *agrees));
        suite
    };
    let judge = |cases: &[(&str, bool)], expected: &[&str]| {
        suite(cases)
            .judge(&expected.iter().map(ToString::to_string).collect())
            .map_err(|error| error.split(':').next().unwrap().to_owned())
    };
    let refused = |why: &str| Err(why.to_owned());
    assert_eq!(judge(&[("a", true), ("b", false)], &["b"]), Ok(()));
    assert_eq!(judge(&[("a", true), ("b", false)], &[]), refused("failures"));
    assert_eq!(judge(&[("a", true), ("b", true)], &["b"]), refused("expected to fail, and did not"));
    assert_eq!(judge(&[("a", true)], &["b"]), refused("expected to fail, and not there"));
    let mut suite = suite(&[("a", true), ("b", false)]);
    suite.not_applicable("no such key");
    assert_eq!(suite.total(), 3);
    assert_eq!(
        suite.line(),
        format!(
            "conformance: a suite: 3 vectors, 2 run, 1 agree, 1 do not, as listed, 1 not applicable (no such key) [{BUILD}]"
        )
    );
}

#[test]
fn every_expected_failure_names_a_suite_that_there_is() {
    let expected: Expected = serde_json::from_str(include_str!("../vectors/expected-failures.json")).unwrap();
    let suites = [super::json::SERDE];
    for (name, cases) in &expected {
        assert!(suites.contains(&name.as_str()), "{name}");
        assert!(cases.values().all(|why| !why.is_empty()));
    }
}
