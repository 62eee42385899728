//! What the checks ask of a column as a whole: from its profile where there is one, else looked up in the rows once it is
//! asked for. A batch is held against a schema without its profile for a fraction of what the profile costs.

use super::check::Span;
use crate::data::ColumnData;
use crate::data::expression::{Bounds, Range};
use crate::data::profile::{self, lookup};
use crate::domain::Scalar;
use crate::domain::pipeline::StatisticsParams;
use crate::domain::schema::ColumnType;
use crate::domain::statistics::ColumnStatistics;
use std::sync::OnceLock;

/// The facts of one column of one batch.
pub(super) struct Facts<'a> {
    span: &'a Span<'a>,
    name: &'a str,
    data: ColumnData<'a>,
    statistics: Option<&'a ColumnStatistics>,
    numbers: OnceLock<Numbers>,
    lengths: OnceLock<Option<(u64, u64)>>,
    values: OnceLock<Option<Vec<String>>>,
    n_distinct: OnceLock<u64>,
}

#[derive(Default)]
struct Numbers {
    range: Option<Range>,
    n_nan: u64,
    n_infinite: u64,
}

impl<'a> Facts<'a> {
    pub(super) fn of(span: &'a Span<'a>, name: &'a str) -> Option<Self> {
        Some(Self {
            span,
            name,
            data: span.table.column(name)?,
            statistics: span.statistics.and_then(|s| s.column(name)),
            numbers: OnceLock::new(),
            lengths: OnceLock::new(),
            values: OnceLock::new(),
            n_distinct: OnceLock::new(),
        })
    }

    pub(super) fn kind(&self) -> ColumnType {
        self.data.column_type()
    }

    pub(super) fn has_values(&self) -> bool {
        self.data.n_missing() < self.data.len()
    }

    pub(super) fn n_nan(&self) -> u64 {
        self.numbers().n_nan
    }

    pub(super) fn n_infinite(&self) -> u64 {
        self.numbers().n_infinite
    }

    /// Smallest and largest finite number.
    pub(super) fn extremes(&self) -> Option<(f64, f64)> {
        match self.numbers().range {
            Some(Range::Integers(low, high)) if self.kind() == ColumnType::Integer => {
                Some((low as f64, high as f64))
            }
            Some(Range::Numbers(low, high)) => Some((low, high)),
            _ => None,
        }
    }

    /// Number of different values, missing not counted.
    pub(super) fn n_distinct(&self) -> u64 {
        if let Some(known) = self.statistics {
            return known.n_distinct;
        }
        if let Some(known) = self.n_distinct.get() {
            return *known;
        }
        if let ColumnData::Integer(array) = self.data
            && lookup::is_strictly_increasing(array)
        {
            return *self.n_distinct.get_or_init(|| array.len() as u64);
        }
        // Counted on all threads, so not while the lock is held: one of them could come back here.
        let alone = self.span.table.select(&[self.name]);
        let counted = profile::profile(&alone, &StatisticsParams::default());
        let n_distinct = counted.columns.first().map_or(0, |c| c.n_distinct);
        *self.n_distinct.get_or_init(|| n_distinct)
    }

    /// Whether the different texts are known already. To list them takes longer than to hold each against a condition.
    pub(super) fn knows_values(&self) -> bool {
        self.statistics.is_some() || self.values.get().is_some()
    }

    /// All different texts, where they are few.
    pub(super) fn listed_values(&self) -> Option<&[String]> {
        if let Some(known) = self.statistics {
            let are_all = known.values.len() as u64 == known.n_distinct;
            return (are_all && known.accuracy.n_distinct.exact).then_some(&known.values);
        }
        let listed = self.values.get_or_init(|| match self.data {
            ColumnData::Text(texts) => lookup::listed_values(texts),
            _ => None,
        });
        listed.as_deref()
    }

    fn numbers(&self) -> &Numbers {
        self.numbers
            .get_or_init(|| match (self.statistics, self.data) {
                (Some(known), _) => Numbers {
                    range: match (&known.min, &known.max) {
                        (Some(Scalar::Int(low)), Some(Scalar::Int(high))) => {
                            Some(Range::Integers(*low, *high))
                        }
                        (Some(Scalar::Float(low)), Some(Scalar::Float(high))) => {
                            Some(Range::Numbers(*low, *high))
                        }
                        _ => None,
                    },
                    n_nan: known.n_nan,
                    n_infinite: known.n_infinite,
                },
                (None, ColumnData::Integer(array)) => Numbers {
                    range: lookup::whole_range(array).map(|(a, b)| Range::Integers(a, b)),
                    ..Numbers::default()
                },
                (None, ColumnData::Timestamp(array)) => Numbers {
                    range: lookup::whole_range(array).map(|(a, b)| Range::Integers(a, b)),
                    ..Numbers::default()
                },
                (None, ColumnData::Number(array)) => {
                    let found = lookup::number_range(array);
                    Numbers {
                        range: found.extremes.map(|(a, b)| Range::Numbers(a, b)),
                        n_nan: found.n_nan,
                        n_infinite: found.n_infinite,
                    }
                }
                (None, _) => Numbers::default(),
            })
    }
}

impl Bounds for Facts<'_> {
    fn has_missing(&self) -> bool {
        self.data.n_missing() > 0
    }

    fn values(&self) -> Option<Range> {
        match (self.data, self.statistics) {
            (ColumnData::Text(_), Some(known)) => match (&known.min, &known.max) {
                (Some(Scalar::Text(low)), Some(Scalar::Text(high))) => {
                    Some(Range::Texts(low.clone(), high.clone()))
                }
                _ => None,
            },
            // To look for the first and the last of texts takes longer than to hold each against a condition.
            (ColumnData::Text(_), None) => None,
            _ => self.numbers().range.clone(),
        }
    }

    fn lengths(&self) -> Option<(i64, i64)> {
        let look = || match (self.statistics, self.data) {
            (Some(known), _) => known.min_length.zip(known.max_length),
            (None, ColumnData::Text(array)) => lookup::lengths(array),
            (None, _) => None,
        };
        let (low, high) = (*self.lengths.get_or_init(look))?;
        Some((low as i64, high as i64))
    }
}
