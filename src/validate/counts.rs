//! Two samples of one column as counts over the same bins or values, in one pass over the arrow arrays. What the counts
//! say is left to `distance` and `drift`.

use super::wording;
use crate::data::ColumnData;
use crate::domain::schema::ColumnType;
use std::collections::HashMap;

/// Values taken from each side to find the edges of bins: every so manieth, so that neither side outweighs the other.
const N_SAMPLED: usize = 20_000;
/// Most fine bins.
const N_FINE: usize = 1_000;
/// Most bins of the Jensen-Shannon divergence.
const N_COARSE: usize = 20;
/// Bins of the population stability index.
const N_PSI: usize = 10;
/// A text that is to be expected less often on the smaller side is counted with the other rare ones.
const RARE: f64 = 5.0;

/// Two distributions over the same bins or values.
pub(super) struct Pair {
    pub(super) labels: Vec<String>,
    pub(super) earlier: Vec<u64>,
    pub(super) newest: Vec<u64>,
}

/// Counts of numbers in fine bins, ordered, each closed above: the i-th holds what is above the edge before and at most
/// `edges[i]`.
pub(super) struct Fine {
    edges: Vec<f64>,
    min: f64,
    pub(super) earlier: Vec<u64>,
    pub(super) newest: Vec<u64>,
}

/// Calls `take` with each finite number of a column.
fn each_number(data: ColumnData<'_>, mut take: impl FnMut(f64)) {
    match data {
        ColumnData::Integer(a) => a.iter().flatten().for_each(|v| take(v as f64)),
        ColumnData::Number(a) => a.iter().flatten().filter(|v| v.is_finite()).for_each(take),
        ColumnData::Date(a) => a.iter().flatten().for_each(|v| take(f64::from(v))),
        ColumnData::Timestamp(a) => a.iter().flatten().for_each(|v| take(v as f64)),
        ColumnData::Boolean(_) | ColumnData::Text(_) => {}
    }
}

fn sample(columns: &[ColumnData<'_>]) -> Vec<f64> {
    let n_rows: usize = columns.iter().map(|c| c.len()).sum();
    let stride = n_rows.div_ceil(N_SAMPLED).max(1);
    let mut values = Vec::new();
    let mut row = 0usize;
    for column in columns {
        each_number(*column, |value| {
            if row.is_multiple_of(stride) {
                values.push(value);
            }
            row += 1;
        });
    }
    values
}

impl Fine {
    /// Bins of about equal frequency in both sides together, counted exactly; all the different values, if they are few.
    pub(super) fn of(earlier: &[ColumnData<'_>], newest: ColumnData<'_>) -> Option<Self> {
        let (before, now) = (sample(earlier), sample(&[newest]));
        if before.is_empty() || now.is_empty() {
            return None;
        }
        // The smaller sample is repeated until both weigh about the same.
        let longer = before.len().max(now.len());
        let mut pooled: Vec<f64> = Vec::with_capacity(2 * longer);
        for side in [&before, &now] {
            pooled.extend(side.iter().cycle().take(longer.max(side.len())));
        }
        pooled.sort_unstable_by(f64::total_cmp);
        let min = pooled[0];
        let last = pooled.len() - 1;
        let mut distinct = pooled.clone();
        distinct.dedup();
        let mut edges: Vec<f64> = if distinct.len() <= 2 * N_FINE {
            distinct
        } else {
            (1..=N_FINE).map(|i| pooled[(i * last) / N_FINE]).collect()
        };
        edges.dedup();
        let mut fine = Self {
            earlier: Vec::new(),
            newest: Vec::new(),
            min,
            edges,
        };
        fine.earlier = fine.count(earlier);
        fine.newest = fine.count(&[newest]);
        Some(fine)
    }

    /// Values beyond the last edge (not among the sampled) fall into the last bin.
    fn count(&self, columns: &[ColumnData<'_>]) -> Vec<u64> {
        let mut counts = vec![0u64; self.edges.len()];
        let last = self.edges.len() - 1;
        for column in columns {
            each_number(*column, |value| {
                counts[self.edges.partition_point(|e| *e < value).min(last)] += 1;
            });
        }
        counts
    }

    /// At most 20 bins that hold about the same share of both sides together.
    pub(super) fn coarse(&self, kind: ColumnType) -> Pair {
        let total = |counts: &[u64]| counts.iter().sum::<u64>().max(1) as f64;
        let (n, m) = (total(&self.earlier), total(&self.newest));
        let n_bins = (n.min(m).sqrt() as usize).clamp(2, N_COARSE);
        let mass = |i: usize| (self.earlier[i] as f64 / n + self.newest[i] as f64 / m) / 2.0;
        let mut pair = Pair {
            labels: Vec::new(),
            earlier: Vec::new(),
            newest: Vec::new(),
        };
        let mut low = None;
        for group in self.groups(n_bins, mass) {
            let high = self.edges[group.end - 1];
            let first = self.edges[group.start];
            pair.labels.push(label(
                low,
                first.max(self.min),
                high,
                kind,
                group.len() == 1,
            ));
            pair.earlier.push(self.earlier[group.clone()].iter().sum());
            pair.newest.push(self.newest[group].iter().sum());
            low = Some(high);
        }
        pair
    }

    /// Ten bins of about equal frequency in the earlier data; a value that nearly all rows have is a bin of its own, so that
    /// a change of it shows (bins between quantiles alone would put everything into one).
    pub(super) fn by_earlier(&self) -> (Vec<u64>, Vec<u64>) {
        let n = self.earlier.iter().sum::<u64>().max(1) as f64;
        let mass = |i: usize| self.earlier[i] as f64 / n;
        self.groups(N_PSI, mass)
            .into_iter()
            .map(|g| {
                (
                    self.earlier[g.clone()].iter().sum::<u64>(),
                    self.newest[g].iter().sum::<u64>(),
                )
            })
            .unzip()
    }

    /// Successive fine bins, put together until they hold their part of the mass. A fine bin that alone holds that much is
    /// kept alone.
    fn groups(&self, n_groups: usize, mass: impl Fn(usize) -> f64) -> Vec<std::ops::Range<usize>> {
        let part = 1.0 / n_groups as f64;
        let mut groups = Vec::new();
        let (mut start, mut held) = (0, 0.0);
        for i in 0..self.edges.len() {
            let own = mass(i);
            if own >= part && i > start {
                groups.push(start..i);
                (start, held) = (i, 0.0);
            }
            held += own;
            if held >= part * (1.0 - 1e-9) {
                groups.push(start..i + 1);
                (start, held) = (i + 1, 0.0);
            }
        }
        if start < self.edges.len() {
            groups.push(start..self.edges.len());
        }
        groups
    }
}

/// The values of a bin for people: `56.66 to 60.26`; of whole numbers those it holds: `6`, `10 to 12`.
fn label(
    below: Option<f64>,
    first: f64,
    high: f64,
    kind: ColumnType,
    is_one_value: bool,
) -> String {
    let show = |v: f64| match kind {
        ColumnType::Date => crate::data::table::date_text(v as i32),
        ColumnType::Timestamp => crate::data::table::timestamp_text(v as i64),
        _ => wording::number(v),
    };
    if is_one_value || first == high {
        return show(high);
    }
    let low = match kind {
        ColumnType::Integer => first,
        _ => below.unwrap_or(first),
    };
    format!("{} to {}", show(low), show(high))
}

/// Texts and truth values, each with its counts, in byte order; rare ones together if `pool_rare`.
pub(super) fn listed(earlier: &[ColumnData<'_>], newest: ColumnData<'_>, pool_rare: bool) -> Pair {
    let mut counts: HashMap<&str, (u64, u64)> = HashMap::new();
    for column in earlier {
        each_text(*column, |text, n| counts.entry(text).or_default().0 += n);
    }
    each_text(newest, |text, n| counts.entry(text).or_default().1 += n);
    let mut sorted: Vec<(&str, (u64, u64))> = counts.into_iter().collect();
    sorted.sort_unstable();
    let n: u64 = sorted.iter().map(|(_, c)| c.0).sum();
    let m: u64 = sorted.iter().map(|(_, c)| c.1).sum();
    let smaller = n.min(m) as f64 / (n + m).max(1) as f64;
    let mut pair = Pair {
        labels: Vec::new(),
        earlier: Vec::new(),
        newest: Vec::new(),
    };
    let mut rare = (0, 0);
    for (text, (before, now)) in sorted {
        if pool_rare && (before + now) as f64 * smaller < RARE {
            rare = (rare.0 + before, rare.1 + now);
            continue;
        }
        pair.labels.push(text.to_owned());
        pair.earlier.push(before);
        pair.newest.push(now);
    }
    if rare != (0, 0) {
        pair.labels.push("rare values".to_owned());
        pair.earlier.push(rare.0);
        pair.newest.push(rare.1);
    }
    pair
}

fn each_text<'a>(data: ColumnData<'a>, mut take: impl FnMut(&'a str, u64)) {
    match data {
        ColumnData::Text(texts) => texts.iter().flatten().for_each(|text| take(text, 1)),
        ColumnData::Boolean(truths) => {
            let n_true = truths.true_count() as u64;
            let n_present = (data.len() - data.n_missing()) as u64;
            take("false", n_present - n_true);
            take("true", n_true);
        }
        _ => {}
    }
}
