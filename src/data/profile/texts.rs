//! The kernels for texts: the different texts of a chunk are counted in a table that points into the chunk, and the tables
//! of the chunks are put together in their order. Numbers are left to `numbers`.

use super::order::Order;
use super::pattern::Patterns;
use super::sketch::{DistinctSketch, FrequentPicker, FrequentSketch};
use super::text_table::{ChunkText, ChunkTexts, TextTable};
use super::top::Top;
use crate::domain::Scalar;
use crate::domain::pipeline::StatisticsParams;
use crate::domain::statistics::{ColumnStatistics, MAX_LISTED_VALUES};
use arrow::array::{Array, StringArray};

/// What is known of a column's texts after some chunks, or of one chunk.
#[derive(Debug)]
struct Counters {
    n_present: u64,
    n_characters: u64,
    shortest: u64,
    longest: u64,
    bounds: Option<(String, String)>,
    order: Order<String>,
}

/// One chunk of a column, after the kernel.
#[derive(Debug)]
pub(super) struct TextChunk {
    array: StringArray,
    counters: Counters,
    texts: ChunkTexts,
    summary: Option<Box<TextSummary>>,
}

/// A summary of different texts and their counts.
#[derive(Debug)]
struct TextSummary {
    distinct: DistinctSketch,
    frequent: FrequentSketch<String>,
}

impl TextChunk {
    /// The kernel.
    pub(super) fn of(array: &StringArray) -> Self {
        let texts = ChunkTexts::of(array);
        let n_present = (array.len() - array.null_count()) as u64;
        let (mut n_characters, mut shortest, mut longest) = (0, u64::MAX, 0);
        let mut bounds = None;
        for text in texts.iter(array) {
            let length = text.n_characters();
            n_characters += length * text.count();
            shortest = shortest.min(length);
            longest = longest.max(length);
            Bounds::widen(&mut bounds, text);
        }
        let order = order_of(array, n_present);
        Self {
            array: array.clone(),
            counters: Counters {
                n_present,
                n_characters,
                shortest,
                longest,
                bounds: bounds.map(|b| (b.low.1, b.high.1)),
                order,
            },
            texts,
            summary: None,
        }
    }

    /// Makes the summary that a column without a table needs.
    pub(super) fn summarise(&mut self) {
        if self.summary.is_some() {
            return;
        }
        self.texts.unite(&self.array);
        let mut summary = TextSummary::new();
        let mut frequent = FrequentPicker::new();
        self.texts.each(&self.array, |text, hash, count| {
            summary.distinct.add(hash);
            frequent.offer(count, text);
        });
        summary.frequent = frequent.into_sketch();
        self.summary = Some(Box::new(summary));
    }
}

/// Compares neighbours as long as they rise or fall.
fn order_of(array: &StringArray, n: u64) -> Order<String> {
    Order::of(array.iter().flatten(), n, || {
        (0..array.len())
            .rev()
            .find(|row| array.is_valid(*row))
            .map(|row| array.value(row))
    })
    .map(str::to_owned)
}

/// The first and the last text in the order of their bytes, each behind the number that its first bytes make.
struct Bounds {
    low: (u64, String),
    high: (u64, String),
}

impl Bounds {
    fn widen(bounds: &mut Option<Self>, text: ChunkText<'_>) {
        let prefix = text.prefix();
        let Some(bounds) = bounds else {
            let own = || (prefix, text.with(str::to_owned));
            *bounds = Some(Self {
                low: own(),
                high: own(),
            });
            return;
        };
        if prefix <= bounds.low.0 {
            text.with(|t| {
                if t < bounds.low.1.as_str() {
                    bounds.low = (prefix, t.to_owned());
                }
            });
        }
        if prefix >= bounds.high.0 {
            text.with(|t| {
                if t > bounds.high.1.as_str() {
                    bounds.high = (prefix, t.to_owned());
                }
            });
        }
    }
}

impl TextSummary {
    fn new() -> Self {
        Self {
            distinct: DistinctSketch::new(),
            frequent: FrequentSketch::new(),
        }
    }
}

/// A column of texts after some chunks.
#[derive(Debug, Default)]
pub(super) struct TextColumn {
    counters: Option<Counters>,
    table: TextTable,
    patterns: Patterns,
    summary: Option<Box<TextSummary>>,
}

impl TextColumn {
    /// Adds the next chunk.
    pub(super) fn append(&mut self, mut chunk: TextChunk) {
        let array = &chunk.array.clone();
        if !self.table.has_room_for(array) {
            self.shrink();
        }
        if let Some(summary) = &mut self.summary {
            chunk.summarise();
            if let Some(next) = chunk.summary {
                summary.distinct.merge(&next.distinct);
                summary.frequent.merge(next.frequent);
            }
            let patterns = &mut self.patterns;
            chunk
                .texts
                .each(array, |text, _, count| patterns.add(text, count));
        } else {
            self.table.append(&chunk.texts, array);
        }
        match &mut self.counters {
            Some(counters) => counters.append(chunk.counters),
            none => *none = Some(chunk.counters),
        }
    }

    /// Memory that the table takes, in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        self.table.n_bytes()
    }

    pub(super) fn is_sketched(&self) -> bool {
        self.summary.is_some()
    }

    /// Replaces the table by a summary.
    pub(super) fn shrink(&mut self) {
        if self.summary.is_some() {
            return;
        }
        let table = std::mem::take(&mut self.table);
        let mut summary = TextSummary::new();
        let mut frequent = FrequentPicker::new();
        table.each(|text, hash, count| {
            summary.distinct.add(hash);
            frequent.offer(count, text);
            self.patterns.add(text, count);
        });
        summary.frequent = frequent.into_sketch();
        self.summary = Some(Box::new(summary));
    }

    /// Writes the figures.
    pub(super) fn finish(mut self, statistics: &mut ColumnStatistics, params: &StatisticsParams) {
        let Some(counters) = self.counters.take() else {
            return;
        };
        statistics.n_present = counters.n_present;
        statistics.monotonicity = counters.order.monotonicity();
        if let Some((low, high)) = counters.bounds {
            statistics.min = Some(Scalar::Text(low));
            statistics.max = Some(Scalar::Text(high));
            statistics.mean_length = Some(counters.n_characters as f64 / counters.n_present as f64);
            statistics.min_length = Some(counters.shortest);
            statistics.max_length = Some(counters.longest);
        }
        let mut top = Top::new(params.n_top);
        if let Some(summary) = &self.summary {
            for (text, count) in summary.frequent.iter() {
                top.offer(count, |t| t.push_str(text));
            }
            statistics.accuracy.top.exact = false;
            statistics.accuracy.top.count_error = summary.frequent.lost();
            if let Some(n_distinct) = counters.order.n_distinct() {
                statistics.n_distinct = n_distinct;
            } else {
                let estimate = summary.distinct.estimate().round() as u64;
                statistics.n_distinct = estimate.min(counters.n_present);
                statistics.accuracy.n_distinct.exact = false;
                statistics.accuracy.n_distinct.relative_error = DistinctSketch::relative_error();
            }
        } else {
            statistics.n_distinct = self.table.n_distinct() as u64;
            let patterns = &mut self.patterns;
            self.table.each(|text, _, count| {
                top.offer(count, |t| t.push_str(text));
                patterns.add(text, count);
            });
            if statistics.n_distinct <= MAX_LISTED_VALUES {
                self.table
                    .each(|text, _, _| statistics.values.push(text.to_owned()));
                statistics.values.sort();
            }
        }
        statistics.top = top.into_values();
        statistics.patterns = self.patterns.top();
        let n_left_out = self.patterns.n_left_out();
        statistics.accuracy.patterns.exact = n_left_out == 0;
        statistics.accuracy.patterns.count_error = n_left_out;
        if statistics.accuracy.n_distinct.exact {
            statistics.is_unique =
                statistics.n_present > 0 && statistics.n_distinct == statistics.n_present;
        }
    }
}

impl Counters {
    fn append(&mut self, next: Self) {
        self.n_present += next.n_present;
        self.n_characters += next.n_characters;
        self.shortest = self.shortest.min(next.shortest);
        self.longest = self.longest.max(next.longest);
        self.bounds = match (self.bounds.take(), next.bounds) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (a, b) => a.or(b),
        };
        self.order.append(next.order);
    }
}
