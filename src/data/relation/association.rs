//! The measures of how two columns go together: Pearson, Spearman, Cramér's V, correlation ratio, mutual information.
//! Columns are prepared once (standardised, ranked, coded) and then paired.

use super::codes::{self, Codes, NONE};
use crate::data::{ColumnData, Table};
use crate::domain::relation::Association;
use rayon::prelude::*;

/// Rows whose products are summed before they join the total: keeps rounding small.
const STRETCH: usize = 4_096;
/// Most values of a text that are told apart; all others count as one.
const MAX_CODES: usize = 100;
/// Rows that there should be for each value that is told apart.
const ROWS_PER_CODE: usize = 20;

/// The columns of a table prepared to be paired.
pub struct Columns {
    columns: Vec<Prepared>,
    /// Bins that numbers are cut into.
    pub n_bins: u32,
}

struct Prepared {
    measured: Option<Measured>,
    codes: Codes,
}

/// A numeric column; all vectors have one entry a row, NaN where there is no value.
struct Measured {
    standard: Vec<f64>,
    /// Standardised mid-ranks over all its values.
    ranks: Vec<f64>,
    /// The position of each value among the different ones.
    dense: Vec<u32>,
    n_distinct: usize,
    n: usize,
}

/// Bins for mutual information: the cube root of the number of rows, from 2 to 20.
fn bins_for(n_rows: usize) -> u32 {
    ((n_rows as f64).cbrt().round() as u32).clamp(2, 20)
}

impl Columns {
    /// Prepares all columns.
    #[must_use]
    pub fn new(table: &Table) -> Self {
        let n_bins = bins_for(table.n_rows());
        let max_codes = (table.n_rows() / ROWS_PER_CODE).clamp(2, MAX_CODES);
        let columns = (0..table.n_columns())
            .into_par_iter()
            .map(|i| Prepared::new(table.at(i), n_bins, max_codes))
            .collect();
        Self { columns, n_bins }
    }

    /// The association of two columns by their positions.
    ///
    /// # Panics
    /// If there is no such column.
    #[must_use]
    pub fn associate(&self, a: usize, b: usize) -> Association {
        let (a, b) = (&self.columns[a], &self.columns[b]);
        let table = Contingency::new(&a.codes, &b.codes);
        let mut result = Association {
            n: table.n,
            ..Association::default()
        };
        (result.mutual_information, result.normalised_information) = table.information();
        match (&a.measured, &b.measured) {
            (Some(x), Some(y)) => {
                result.pearson = correlation(&x.standard, &y.standard);
                result.spearman = spearman(x, y, table.n as usize);
            }
            (None, None) => result.cramers_v = table.cramers_v(),
            (Some(x), None) => result.correlation_ratio = correlation_ratio(x, &b.codes),
            (None, Some(y)) => result.correlation_ratio = correlation_ratio(y, &a.codes),
        }
        result
    }
}

impl Prepared {
    fn new(data: ColumnData<'_>, n_bins: u32, max_codes: usize) -> Self {
        if codes::is_categorical(data) {
            return Self {
                measured: None,
                codes: codes::values(data, max_codes),
            };
        }
        let numbers = codes::numbers(data);
        let mut order: Vec<(f64, u32)> = numbers
            .iter()
            .enumerate()
            .filter(|(_, v)| !v.is_nan())
            .map(|(row, v)| (*v + 0.0, row as u32))
            .collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let n = order.len();
        let mut dense = vec![u32::MAX; numbers.len()];
        let mut ranks = vec![f64::NAN; numbers.len()];
        let mut below = Vec::new();
        let mut from = 0;
        while from < n {
            let value = order[from].0;
            let to = from + order[from..].partition_point(|(v, _)| *v == value);
            let rank = (from + to - 1) as f64 / 2.0;
            for (_, row) in &order[from..to] {
                dense[*row as usize] = below.len() as u32;
                ranks[*row as usize] = rank;
            }
            below.push((from, to));
            from = to;
        }
        let bin_of_value = frequency_bins(&below, n, n_bins);
        let n_codes = bin_of_value.last().map_or(0, |last| usize::from(*last) + 1);
        let coded = dense
            .iter()
            .map(|d| bin_of_value.get(*d as usize).copied().unwrap_or(NONE))
            .collect();
        let mut standard = numbers;
        standardise(&mut standard);
        standardise(&mut ranks);
        Self {
            measured: Some(Measured {
                standard,
                ranks,
                dense,
                n_distinct: below.len(),
                n,
            }),
            codes: Codes {
                codes: coded,
                labels: vec![String::new(); n_codes],
            },
        }
    }
}

/// The bin of each different value, ascending: equally many rows a bin, equal values together in the bin of the middle
/// one. Few values have a bin each.
fn frequency_bins(runs: &[(usize, usize)], n: usize, n_bins: u32) -> Vec<u16> {
    if runs.len() <= n_bins as usize {
        return (0..runs.len() as u16).collect();
    }
    let mut bins = Vec::with_capacity(runs.len());
    let (mut last, mut code) = (None, 0);
    for (from, to) in runs {
        let bin = (from + to - 1) * n_bins as usize / (2 * n);
        // Bins that hold no middle are left out, so that codes have no gaps.
        if last.is_some_and(|l| l != bin) {
            code += 1;
        }
        last = Some(bin);
        bins.push(code);
    }
    bins
}

/// Mean 0 and standard deviation 1 over what is there; all 0 if the values are equal.
fn standardise(values: &mut [f64]) {
    let scale = values
        .iter()
        .filter(|v| !v.is_nan())
        .fold(0.0_f64, |m, v| m.max(v.abs()));
    if scale == 0.0 {
        return;
    }
    let n = values.iter().filter(|v| !v.is_nan()).count() as f64;
    let sum = |values: &[f64], of: &dyn Fn(f64) -> f64| -> f64 {
        let part =
            |part: &[f64]| -> f64 { part.iter().filter(|v| !v.is_nan()).map(|v| of(*v)).sum() };
        values.chunks(STRETCH).map(part).sum()
    };
    let mean = sum(values, &|v| v / scale) / n;
    let variance = sum(values, &|v| (v / scale - mean).powi(2)) / n;
    let sd = variance.sqrt();
    let is_constant = sd <= 1e-14 * mean.abs();
    for v in values.iter_mut().filter(|v| !v.is_nan()) {
        *v = if is_constant {
            0.0
        } else {
            (*v / scale - mean) / sd
        };
    }
}

#[derive(Default, Clone, Copy)]
struct Sums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

impl Sums {
    fn add(&mut self, x: f64, y: f64) {
        let product = x * y;
        if !product.is_nan() {
            self.n += 1.0;
            self.x += x;
            self.y += y;
            self.xx += x * x;
            self.yy += y * y;
            self.xy += product;
        }
    }

    fn join(&mut self, other: Self) {
        self.n += other.n;
        self.x += other.x;
        self.y += other.y;
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
    }

    fn correlation(self) -> Option<f64> {
        let sx = self.xx - self.x * self.x / self.n;
        let sy = self.yy - self.y * self.y / self.n;
        let sxy = self.xy - self.x * self.y / self.n;
        // What rounding leaves of a constant is no spread.
        let is_spread = |s: f64, ss: f64| s > 1e-12 * ss.max(f64::MIN_POSITIVE);
        (self.n >= 2.0 && is_spread(sx, self.xx) && is_spread(sy, self.yy))
            .then(|| (sxy / (sx.sqrt() * sy.sqrt())).clamp(-1.0, 1.0))
    }
}

/// Pearson's correlation over the rows in which neither is NaN.
fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let mut total = Sums::default();
    for (x, y) in x.chunks(STRETCH).zip(y.chunks(STRETCH)) {
        let mut part = Sums::default();
        for (x, y) in x.iter().zip(y) {
            part.add(*x, *y);
        }
        total.join(part);
    }
    total.correlation()
}

/// Spearman's correlation over the rows that both have; ranks are taken anew where one lacks values that the other has.
fn spearman(x: &Measured, y: &Measured, n_both: usize) -> Option<f64> {
    if x.n == n_both && y.n == n_both {
        return correlation(&x.ranks, &y.ranks);
    }
    let (rank_x, rank_y) = (ranks_within(x, y), ranks_within(y, x));
    let half = n_both as f64 / 2.0;
    let mut total = Sums::default();
    for (x, y) in x.dense.chunks(STRETCH).zip(y.dense.chunks(STRETCH)) {
        let mut part = Sums::default();
        for (x, y) in x.iter().zip(y) {
            if *x != u32::MAX && *y != u32::MAX {
                let (rx, ry) = (rank_x[*x as usize] - half, rank_y[*y as usize] - half);
                part.add(rx / half, ry / half);
            }
        }
        total.join(part);
    }
    total.correlation()
}

/// The mid-rank of each different value of `of`, among the rows that `with` has too.
fn ranks_within(of: &Measured, with: &Measured) -> Vec<f64> {
    let mut counts = vec![0_u32; of.n_distinct];
    for (a, b) in of.dense.iter().zip(&with.dense) {
        if *a != u32::MAX && *b != u32::MAX {
            counts[*a as usize] += 1;
        }
    }
    let mut below = 0_u64;
    counts
        .iter()
        .map(|count| {
            let rank = below as f64 + (f64::from(*count) - 1.0) / 2.0;
            below += u64::from(*count);
            rank
        })
        .collect()
}

/// Eta: the square root of the sum of squares between the categories over the total one.
fn correlation_ratio(numbers: &Measured, categories: &Codes) -> Option<f64> {
    let n_codes = categories.labels.len();
    let (mut n, mut sums) = (vec![0.0_f64; n_codes], vec![0.0_f64; n_codes]);
    let mut squares = 0.0;
    for (v, c) in numbers
        .standard
        .chunks(STRETCH)
        .zip(categories.codes.chunks(STRETCH))
    {
        let mut part = 0.0;
        for (v, c) in v.iter().zip(c) {
            if *c != NONE && !v.is_nan() {
                n[usize::from(*c)] += 1.0;
                sums[usize::from(*c)] += v;
                part += v * v;
            }
        }
        squares += part;
    }
    let used = n.iter().filter(|n| **n > 0.0).count();
    let (all, sum): (f64, f64) = (n.iter().sum(), sums.iter().sum());
    let total = squares - sum * sum / all;
    if used < 2 || total.is_nan() || total <= 1e-12 * squares {
        return None;
    }
    let between: f64 = n
        .iter()
        .zip(&sums)
        .filter(|(n, _)| **n > 0.0)
        .map(|(n, s)| s * s / n)
        .sum::<f64>()
        - sum * sum / all;
    Some((between / total).clamp(0.0, 1.0).sqrt())
}

/// How often each pair of codes occurs.
struct Contingency {
    counts: Vec<u32>,
    n_columns: usize,
    rows: Vec<u64>,
    columns: Vec<u64>,
    n: u64,
}

impl Contingency {
    fn new(a: &Codes, b: &Codes) -> Self {
        let (n_rows, n_columns) = (a.labels.len(), b.labels.len());
        let mut counts = vec![0_u32; n_rows * n_columns];
        for (x, y) in a.codes.iter().zip(&b.codes) {
            if *x != NONE && *y != NONE {
                counts[usize::from(*x) * n_columns + usize::from(*y)] += 1;
            }
        }
        let mut rows = vec![0; n_rows];
        let mut columns = vec![0; n_columns];
        for (at, count) in counts.iter().enumerate() {
            rows[at / n_columns] += u64::from(*count);
            columns[at % n_columns] += u64::from(*count);
        }
        let n = rows.iter().sum();
        Self {
            counts,
            n_columns,
            rows,
            columns,
            n,
        }
    }

    fn cramers_v(&self) -> Option<f64> {
        let n = self.n as f64;
        let (r, k) = (n_used(&self.rows) as f64, n_used(&self.columns) as f64);
        if n < 2.0 || r < 2.0 || k < 2.0 {
            return None;
        }
        let mut sum = 0.0;
        for (at, count) in self.counts.iter().enumerate().filter(|(_, c)| **c > 0) {
            let expected =
                self.rows[at / self.n_columns] as f64 * self.columns[at % self.n_columns] as f64;
            sum += f64::from(*count).powi(2) / expected;
        }
        let phi2 = (sum - 1.0 - (k - 1.0) * (r - 1.0) / (n - 1.0)).max(0.0);
        let r = r - (r - 1.0).powi(2) / (n - 1.0);
        let k = k - (k - 1.0).powi(2) / (n - 1.0);
        let least = (r - 1.0).min(k - 1.0);
        (least > 0.0).then(|| (phi2 / least).sqrt().min(1.0))
    }

    /// Mutual information and its normalised form, both with Miller and Madow's correction of each entropy: (number of
    /// cells that occur − 1) / 2n.
    fn information(&self) -> (Option<f64>, Option<f64>) {
        if self.n == 0 || n_used(&self.rows) < 2 || n_used(&self.columns) < 2 {
            return (None, None);
        }
        let n = self.n as f64;
        let entropy = |counts: &mut dyn Iterator<Item = u64>| {
            let (mut cells, mut sum) = (0.0, 0.0);
            for count in counts.filter(|c| *c > 0) {
                let p = count as f64 / n;
                cells += 1.0;
                sum -= p * p.ln();
            }
            sum + (cells - 1.0) / (2.0 * n)
        };
        let rows = entropy(&mut self.rows.iter().copied());
        let columns = entropy(&mut self.columns.iter().copied());
        let joint = entropy(&mut self.counts.iter().map(|c| u64::from(*c)));
        let shared = (rows + columns - joint).max(0.0);
        let normalised = (2.0 * shared / (rows + columns)).min(1.0);
        (Some(shared), Some(normalised))
    }
}

fn n_used(counts: &[u64]) -> usize {
    counts.iter().filter(|c| **c > 0).count()
}
