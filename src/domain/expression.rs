//! What people are told about an expression while they write it: what is wrong and where, and what could come next.
//! Parsing, typing and evaluating expressions is left to `data::expression`.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What is wrong with an expression, at its position in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    /// The bytes of the text that are meant; empty at the end of the text where something is missing.
    pub range: Range<usize>,
    /// What is wrong, without a full stop.
    pub message: String,
    /// What to do about it, as a sentence.
    pub hint: Option<String>,
}

impl ExpressionError {
    /// An error about some bytes of the text.
    pub fn at(range: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            range,
            message: message.into(),
            hint: None,
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Message, position counted in characters from 1, and advice, in one line.
    #[must_use]
    pub fn sentence(&self, text: &str) -> String {
        let start = self.range.start.min(text.len());
        let position = text.char_indices().take_while(|(i, _)| *i < start).count() + 1;
        let hint = self.hint.as_deref().map(|h| format!(" {h}"));
        format!(
            "{} (at character {position}).{}",
            self.message,
            hint.unwrap_or_default()
        )
    }
}

/// One thing that could stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// What it is.
    pub kind: CompletionKind,
    /// What a list shows: a column's name, a function's name, a keyword, a value.
    pub label: String,
    /// Its type, signature or meaning, for people.
    pub detail: String,
    /// What takes the place of `replace` in the text, quoted where that is needed.
    pub insert: String,
    /// The bytes of the text that it takes the place of: the word before and behind the cursor.
    pub replace: Range<usize>,
    /// Where the cursor goes, in bytes from the beginning of `insert`: inside the parentheses of a function.
    pub cursor: usize,
}

/// What a completion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompletionKind {
    /// A column.
    Column,
    /// A known value of the column that is being compared.
    Value,
    /// A function over the values of a row.
    Function,
    /// A function over all rows.
    Aggregate,
    /// A word or sign of the language.
    Keyword,
}
