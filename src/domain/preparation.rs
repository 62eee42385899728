//! How the values of a column become inputs of the models. Doing it is left to `feature`.

use super::schema::ColumnType;
use serde::{Deserialize, Serialize};

/// What a person may choose for a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preparation {
    /// A number: as it is; for linear models brought to mean 0 and standard deviation 1.
    Plain,
    /// A number: for linear models the logarithm of its size plus one, with its sign, then as `Plain`. Trees ask only
    /// which of two numbers is larger, so that it changes nothing for them.
    Log,
    /// A number: for linear models its place among the training rows, from 0 for the smallest to 1, then as `Plain`.
    Quantile,
    /// A text: an input for each frequent value; for trees its rank by frequency.
    Categories,
    /// A text: the mean of the target over the training rows with this value; of classes, the share of each.
    Target,
}

impl Preparation {
    /// Those that suit a type; the first one is what is done unless a person chooses. None where there is no choice.
    #[must_use]
    pub fn of(kind: ColumnType) -> &'static [Self] {
        match kind {
            ColumnType::Integer | ColumnType::Number => &[Self::Plain, Self::Log, Self::Quantile],
            ColumnType::Text => &[Self::Categories, Self::Target],
            ColumnType::Boolean | ColumnType::Date | ColumnType::Timestamp => &[],
        }
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Plain => "as it is",
            Self::Log => "logarithm",
            Self::Quantile => "quantile",
            Self::Categories => "categories",
            Self::Target => "mean of the target",
        }
    }

    /// The word in pipeline.toml.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Log => "log",
            Self::Quantile => "quantile",
            Self::Categories => "categories",
            Self::Target => "target",
        }
    }
}
