//! Which rows of a table are looked at, and in which order: conditions, a text to find, and columns to sort by. Pure;
//! making the order of rows from it is left to `data::rows`.

use serde::{Deserialize, Serialize};

/// A way to look at the rows of a table. The default shows all of them as they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RowView {
    /// Only rows that meet all of these.
    pub conditions: Vec<RowCondition>,
    /// Only rows of which a cell contains this text, whatever the case of its letters; empty finds all.
    pub find: String,
    /// Sorted by these columns, the first one first; rows that are equal keep their order.
    pub sort: Vec<SortKey>,
}

impl RowView {
    /// Whether all rows are shown as they stand.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.conditions.is_empty() && self.find.is_empty() && self.sort.is_empty()
    }
}

/// A column to sort by. Missing values come last, whichever way it is sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SortKey {
    /// The column.
    pub column: String,
    /// Largest first?
    pub is_descending: bool,
}

/// A condition on one column. A missing value meets none but [`RowTest::Missing`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowCondition {
    /// The column.
    pub column: String,
    /// What must hold.
    pub test: RowTest,
}

/// What must hold of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowTest {
    /// It is, as text, this one.
    Equals(String),
    /// It is, as text, none of these.
    NoneOf(Vec<String>),
    /// `low <= x < high`; days and moments count days and milliseconds since 1970.
    Within {
        /// Lower edge, included.
        low: Option<Exact>,
        /// Upper edge, excluded.
        high: Option<Exact>,
    },
    /// Below the smallest or above the largest allowed value.
    Outside {
        /// Smallest allowed.
        min: Option<Exact>,
        /// Largest allowed.
        max: Option<Exact>,
    },
    /// There is no value.
    Missing,
    /// There is a value.
    Present,
    /// It is not a number, or infinite.
    NotFinite,
    /// It is a text that cannot be read as a number.
    NotNumeric,
    /// A condition in SQL's syntax over the row; `column` holds its text too, for people.
    Where(String),
}

/// A real number that is compared bit by bit, so that a question that holds it can be remembered.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Exact(pub f64);

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Exact {}

impl std::hash::Hash for Exact {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl std::fmt::Display for RowCondition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { column, test } = self;
        match test {
            RowTest::Equals(value) => write!(f, "{column} = {value}"),
            RowTest::NoneOf(values) => match values.as_slice() {
                [one] => write!(f, "{column} is not {one}"),
                many => write!(f, "{column} is none of {} values", many.len()),
            },
            RowTest::Within {
                low: Some(low),
                high: Some(high),
            } => write!(f, "{column} from {} to below {}", low.0, high.0),
            RowTest::Within {
                low: Some(low),
                high: None,
            } => write!(f, "{column} ≥ {}", low.0),
            RowTest::Within {
                low: None,
                high: Some(high),
            } => write!(f, "{column} < {}", high.0),
            RowTest::Within {
                low: None,
                high: None,
            }
            | RowTest::Present => write!(f, "{column} has a value"),
            RowTest::Outside {
                min: Some(min),
                max: Some(max),
            } => write!(f, "{column} outside {} to {}", min.0, max.0),
            RowTest::Outside {
                min: Some(min),
                max: None,
            } => write!(f, "{column} < {}", min.0),
            RowTest::Outside {
                min: None,
                max: Some(max),
            } => write!(f, "{column} > {}", max.0),
            RowTest::Outside {
                min: None,
                max: None,
            } => write!(f, "{column} outside no bounds"),
            RowTest::Missing => write!(f, "{column} is missing"),
            RowTest::NotFinite => write!(f, "{column} is not a finite number"),
            RowTest::NotNumeric => write!(f, "{column} is no number"),
            RowTest::Where(text) => f.write_str(text),
        }
    }
}
