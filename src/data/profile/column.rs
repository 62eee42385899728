//! A column of any type: the kernel that a chunk goes through, and what all chunks together come to. The kernels are left
//! to `numbers` and `texts`.

use super::numbers::{NumberChunk, NumberColumn, real_chunk, whole_chunk};
use super::texts::{TextChunk, TextColumn};
use super::top::Top;
use crate::data::ColumnData;
use crate::domain::Scalar;
use crate::domain::pipeline::StatisticsParams;
use crate::domain::schema::ColumnType;
use crate::domain::statistics::{ColumnStatistics, HistogramBin};
use arrow::array::{Array, BooleanArray};

/// One chunk of a column, after the kernel.
#[derive(Debug)]
pub(super) struct ColumnChunk {
    kind: ColumnType,
    n_missing: u64,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Numbers(NumberChunk),
    Texts(TextChunk),
    Truths { n_present: u64, n_true: u64 },
}

impl ColumnChunk {
    /// The kernel. With `summarise` the values are summarised at once, which the column is known to need.
    pub(super) fn of(data: ColumnData<'_>, summarise: bool) -> Self {
        let mut values = match data {
            ColumnData::Integer(a) => Values::Numbers(whole_chunk(a)),
            ColumnData::Number(a) => Values::Numbers(real_chunk(a)),
            ColumnData::Date(a) => Values::Numbers(whole_chunk(a)),
            ColumnData::Timestamp(a) => Values::Numbers(whole_chunk(a)),
            ColumnData::Text(a) => Values::Texts(TextChunk::of(a)),
            ColumnData::Boolean(a) => truths(a),
        };
        if summarise {
            match &mut values {
                Values::Numbers(chunk) => chunk.summarise(),
                Values::Texts(chunk) => chunk.summarise(),
                Values::Truths { .. } => {}
            }
        }
        Self {
            kind: data.column_type(),
            n_missing: data.n_missing() as u64,
            values,
        }
    }
}

fn truths(array: &BooleanArray) -> Values {
    Values::Truths {
        n_present: (array.len() - array.null_count()) as u64,
        n_true: array.true_count() as u64,
    }
}

/// A column after some chunks.
#[derive(Debug)]
pub(super) struct ColumnState {
    name: String,
    kind: ColumnType,
    n_missing: u64,
    values: State,
}

#[derive(Debug)]
enum State {
    Numbers(NumberColumn),
    Texts(TextColumn),
    Truths { n_present: u64, n_true: u64 },
}

impl ColumnState {
    pub(super) fn new(name: String, kind: ColumnType) -> Self {
        let values = match kind {
            ColumnType::Integer | ColumnType::Number | ColumnType::Date | ColumnType::Timestamp => {
                State::Numbers(NumberColumn::default())
            }
            ColumnType::Text => State::Texts(TextColumn::default()),
            ColumnType::Boolean => State::Truths {
                n_present: 0,
                n_true: 0,
            },
        };
        Self {
            name,
            kind,
            n_missing: 0,
            values,
        }
    }

    /// Adds the next chunk; false if it is of another type.
    pub(super) fn append(&mut self, chunk: ColumnChunk) -> bool {
        if chunk.kind != self.kind {
            return false;
        }
        self.n_missing += chunk.n_missing;
        match (&mut self.values, chunk.values) {
            (State::Numbers(column), Values::Numbers(chunk)) => column.append(chunk),
            (State::Texts(column), Values::Texts(chunk)) => column.append(chunk),
            (
                State::Truths { n_present, n_true },
                Values::Truths {
                    n_present: more,
                    n_true: more_true,
                },
            ) => {
                *n_present += more;
                *n_true += more_true;
            }
            _ => return false,
        }
        true
    }

    /// Memory that the values take, in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        match &self.values {
            State::Numbers(column) => column.n_bytes(),
            State::Texts(column) => column.n_bytes(),
            State::Truths { .. } => 0,
        }
    }

    /// Whether values are summarised.
    pub(super) fn is_sketched(&self) -> bool {
        match &self.values {
            State::Numbers(column) => column.is_sketched(),
            State::Texts(column) => column.is_sketched(),
            State::Truths { .. } => false,
        }
    }

    /// Needs less memory.
    pub(super) fn shrink(&mut self) {
        match &mut self.values {
            State::Numbers(column) => column.shrink(),
            State::Texts(column) => column.shrink(),
            State::Truths { .. } => {}
        }
    }

    /// The edges of the histogram that must be counted in a second pass, because the values are not kept.
    pub(super) fn edges_to_count(&self, params: &StatisticsParams) -> Option<Vec<f64>> {
        match &self.values {
            State::Numbers(column) if column.is_sketched() => column.edges(self.kind, params),
            _ => None,
        }
    }

    /// All figures; `bins` are the histogram counted in a second pass.
    pub(super) fn finish(
        self,
        bins: Option<Vec<HistogramBin>>,
        params: &StatisticsParams,
    ) -> ColumnStatistics {
        let mut statistics = ColumnStatistics::blank(self.name, self.kind, self.n_missing);
        match self.values {
            State::Numbers(column) => column.finish(&mut statistics, bins, params),
            State::Texts(column) => column.finish(&mut statistics, params),
            State::Truths { n_present, n_true } => {
                finish_truths(&mut statistics, n_present, n_true, params);
            }
        }
        statistics
    }
}

fn finish_truths(
    statistics: &mut ColumnStatistics,
    n_present: u64,
    n_true: u64,
    params: &StatisticsParams,
) {
    let n_false = n_present - n_true;
    let mut top = Top::new(params.n_top);
    for (word, count) in [("false", n_false), ("true", n_true)] {
        if count > 0 {
            top.offer(count, |text| text.push_str(word));
            statistics.n_distinct += 1;
        }
    }
    statistics.top = top.into_values();
    statistics.n_present = n_present;
    if n_present == 0 {
        return;
    }
    statistics.is_unique = statistics.n_distinct == n_present;
    let n = n_present as f64;
    let share = n_true as f64 / n;
    statistics.mean = Some(share);
    statistics.sd = (n_present > 1).then(|| (share * (1.0 - share) * n / (n - 1.0)).sqrt());
    statistics.min = Some(Scalar::Bool(n_false == 0));
    statistics.max = Some(Scalar::Bool(n_true > 0));
}
