//! What an error says: one row for each thing that can go wrong.
//!
//! A row is a `static` beside the code that raises it, declared by [`rows!`](crate::rows). A row that no code of a build names is
//! not linked into it.

use super::ErrorCode;

/// The usual cause and its cure: one sentence in English, one in Chinese.
pub type Hint = (&'static str, &'static str);

/// One thing that can go wrong: its code, reason, message and hint.
///
/// In a message `{field}`, `{expected}` and `{found}` stand for what [`Error::of`](super::Error::of) is given. Any other name in
/// braces is itself the name of a field or an argument, and is renamed as fields are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub(super) code: ErrorCode,
    pub(super) reason: Option<&'static str>,
    pub(super) message: &'static str,
    pub(super) hint: Option<Hint>,
    /// Whether the code's errcode belongs to it.
    pub(super) numbered: bool,
}

impl Row {
    /// A row without reason and hint.
    #[must_use]
    pub const fn new(code: ErrorCode, message: &'static str) -> Self {
        Self { code, reason: None, message, hint: None, numbered: true }
    }

    /// The finer cause within the code: a stable upper-case word.
    #[must_use]
    pub const fn reason(self, reason: &'static str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// The usual cause and its cure, a sentence each.
    #[must_use]
    pub const fn hint(self, english: &'static str, chinese: &'static str) -> Self {
        Self { hint: Some((english, chinese)), ..self }
    }

    /// For failures that WeChat's samples give no number, although they have one for the code.
    #[must_use]
    pub const fn without_errcode(self) -> Self {
        Self { numbered: false, ..self }
    }

    /// The word that [`reason`](Self::reason) gave it.
    #[must_use]
    pub const fn word(&self) -> Option<&'static str> {
        self.reason
    }

    /// The message, with the names in braces.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        self.message
    }

    /// The code of its errors, unless whoever raises it knows better.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }
}

/// Declares the rows of a module as statics, and `ROWS`, a list of them all; [`Row`] has to be in scope. The list in internals.rs names
/// each of these lists, and tests walk that one. A list that it leaves out is unused, and the compiler says so.
#[doc(hidden)]
#[macro_export]
macro_rules! rows {
    ($($(#[$attribute:meta])* $visibility:vis $name:ident = $row:expr;)+) => {
        $($(#[$attribute])* $visibility static $name: Row = $row;)+

        /// Every row of this module.
        pub(crate) const ROWS: &[&Row] = &[$(&$name),+];
    };
}
