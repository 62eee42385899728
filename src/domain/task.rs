//! What is predicted: one of two classes, one of several, or a number.

use serde::{Deserialize, Serialize};

/// The supervised task of a pipeline; decides algorithms, metrics and charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Two classes; the second in the classes' order is the positive one.
    Binary,
    /// Three classes or more.
    Multiclass,
    /// A real number.
    Regression,
}

impl Task {
    /// Whether the target is a class.
    #[must_use]
    pub fn is_classification(self) -> bool {
        self != Self::Regression
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Binary => "Binary classification",
            Self::Multiclass => "Multiclass classification",
            Self::Regression => "Regression",
        }
    }
}
