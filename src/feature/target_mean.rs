//! A category as the mean of the target over the training rows that have it, drawn towards the mean of all rows where they are
//! few: `(n · mean + m · mean of all) / (n + m)` (Micci-Barreca, "A Preprocessing Scheme for High-Cardinality
//! Categorical Attributes", SIGKDD Explorations 2001; scikit-learn's `TargetEncoder` with a number for `smooth`).
//!
//! A training row must not see its own target in its input: training rows are encoded by what the other fifths of them teach,
//! as scikit-learn does. All other rows are encoded by what all training rows teach.

use super::column::to_f32;
use crate::data::ColumnData;
use crate::domain::prediction::Targets;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// How many rows the mean of all rows counts for.
const SMOOTH: f64 = 10.0;

/// Categories that have a mean of their own, the most frequent ones.
const MAX_CATEGORIES: usize = 10_000;

/// Parts of the training rows, each encoded by what the others teach.
const N_PARTS: u64 = 5;

/// Targets of the rows that a plan is fitted on, in their order.
#[derive(Debug, Clone, Copy)]
pub struct KnownTargets<'a> {
    /// One a row.
    pub targets: &'a Targets,
    /// Names of the classes in the order of their codes; empty for numbers.
    pub classes: &'a [String],
}

/// What was learned of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetMeans {
    /// The categories in byte order.
    pub categories: Vec<String>,
    /// What each category stands for, row by row: `n_categories × n_outputs`.
    pub means: Vec<f64>,
    /// What a missing value stands for: that of training rows without a value, else that of any other text.
    pub missing: Vec<f64>,
    /// What any other text stands for: the means of all rows.
    pub prior: Vec<f64>,
    /// What the outputs are: `mean target`, `share of late`.
    pub outputs: Vec<String>,
    /// Mean and standard deviation of each output over the training rows, for linear models.
    pub scales: Vec<(f64, f64)>,
}

/// Sums over the rows of one category.
#[derive(Clone, Default)]
struct Group {
    n_rows: f64,
    sums: Vec<f64>,
}

impl TargetMeans {
    /// Learns them from rows of a table, whose targets come in the same order, and answers with how many have a value;
    /// `None` where none has one.
    pub(super) fn fit(
        data: ColumnData<'_>,
        rows: &[usize],
        known: KnownTargets<'_>,
    ) -> Option<(usize, Self)> {
        let outputs = outputs(known);
        let numbers = Numbers::of(known.targets);
        let all = || (0..rows.len()).map(|i| (i, rows[i]));
        let learned = Learned::of(data, all(), &numbers)?;
        let n_values = rows.iter().filter(|r| !data.is_missing(**r)).count();
        let n = rows.len() as f64;
        let (categories, means): (Vec<String>, Vec<Vec<f64>>) =
            learned.sorted().into_iter().unzip();
        let scales = (0..outputs.len())
            .map(|k| {
                let encoded = rows.iter().map(|row| learned.answer(data, *row)[k]);
                let mean = encoded.clone().sum::<f64>() / n;
                let variance = encoded.map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
                let is_constant = variance.sqrt() <= mean.abs() * 1e-12;
                (mean, if is_constant { 1.0 } else { variance.sqrt() })
            })
            .collect();
        let fitted = Self {
            categories,
            means: means.concat(),
            missing: learned.missing.clone(),
            prior: learned.prior.clone(),
            outputs,
            scales,
        };
        Some((n_values, fitted))
    }

    /// Number of outputs.
    pub(super) fn n_outputs(&self) -> usize {
        self.outputs.len()
    }

    /// Answers for rows one after the other.
    pub(super) fn encoder<'a>(&'a self) -> impl Fn(ColumnData<'_>, usize) -> &'a [f64] + 'a {
        let n = self.n_outputs();
        let places: HashMap<&str, usize> = self
            .categories
            .iter()
            .enumerate()
            .map(|(place, text)| (text.as_str(), place * n))
            .collect();
        move |data, row| {
            let place = with_text(data, row, |text| text.map(|t| places.get(t).copied()));
            match place {
                None => &self.missing,
                Some(None) => &self.prior,
                Some(Some(place)) => &self.means[place..place + n],
            }
        }
    }

    /// The rows that the means were learned from, each by what the other parts of them teach: `n_rows × n_outputs`, row by
    /// row.
    pub(super) fn of_training(
        &self,
        data: ColumnData<'_>,
        rows: &[usize],
        known: KnownTargets<'_>,
    ) -> Vec<f64> {
        let numbers = Numbers::of(known.targets);
        let n = self.n_outputs();
        let mut encoded = vec![0.0; rows.len() * n];
        for part in 0..N_PARTS {
            let others = (0..rows.len()).filter(|i| part_of(*i) != part);
            let learned = Learned::of(data, others.map(|i| (i, rows[i])), &numbers);
            for i in (0..rows.len()).filter(|i| part_of(*i) == part) {
                let answer = learned
                    .as_ref()
                    .map_or(self.prior.as_slice(), |l| l.answer(data, rows[i]));
                encoded[i * n..(i + 1) * n].copy_from_slice(answer);
            }
        }
        encoded
    }

    /// Whether the parts fit together.
    pub(crate) fn is_sound(&self) -> bool {
        let n = self.n_outputs();
        n > 0
            && self.means.len() == self.categories.len() * n
            && [self.missing.len(), self.prior.len(), self.scales.len()] == [n; 3]
    }
}

/// Scattered over the rows, whatever their order (the finaliser of `SplitMix64`).
fn part_of(position: usize) -> u64 {
    let mut z = (position as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % N_PARTS
}

fn outputs(known: KnownTargets<'_>) -> Vec<String> {
    match known.targets {
        Targets::Values(_) => vec!["mean target".to_owned()],
        Targets::Classes { n_classes, .. } => {
            let name = |k: usize| {
                known
                    .classes
                    .get(k)
                    .cloned()
                    .unwrap_or_else(|| k.to_string())
            };
            let first = usize::from(*n_classes == 2);
            let shown = first..*n_classes;
            shown.map(|k| format!("share of {}", name(k))).collect()
        }
    }
}

/// The targets as numbers to be averaged.
enum Numbers<'a> {
    Values(&'a [f64]),
    /// The share of the second of two classes.
    Second(&'a [u32]),
    /// The shares of so many.
    Shares(&'a [u32], usize),
}

impl<'a> Numbers<'a> {
    fn of(targets: &'a Targets) -> Self {
        match targets {
            Targets::Values(values) => Self::Values(values),
            Targets::Classes {
                n_classes: 2,
                codes,
            } => Self::Second(codes),
            Targets::Classes { n_classes, codes } => Self::Shares(codes, *n_classes),
        }
    }

    fn n_outputs(&self) -> usize {
        match self {
            Self::Values(_) | Self::Second(_) => 1,
            Self::Shares(_, n) => *n,
        }
    }

    fn add(&self, position: usize, sums: &mut [f64]) {
        match self {
            Self::Values(values) => sums[0] += values[position],
            Self::Second(codes) => sums[0] += f64::from(codes[position]),
            Self::Shares(codes, _) => sums[codes[position] as usize] += 1.0,
        }
    }
}

/// Means of some rows.
struct Learned {
    categories: HashMap<String, Vec<f64>>,
    missing: Vec<f64>,
    prior: Vec<f64>,
}

impl Learned {
    /// Of rows with the positions of their targets; `None` without a value.
    fn of(
        data: ColumnData<'_>,
        rows: impl Iterator<Item = (usize, usize)>,
        numbers: &Numbers<'_>,
    ) -> Option<Self> {
        let empty = Group {
            n_rows: 0.0,
            sums: vec![0.0; numbers.n_outputs()],
        };
        let mut groups: HashMap<String, Group> = HashMap::new();
        let (mut without, mut all) = (empty.clone(), empty.clone());
        for (position, row) in rows {
            let group = with_text(data, row, |text| match text {
                None => &mut without,
                Some(text) => groups.entry_ref(text).or_insert_with(|| empty.clone()),
            });
            for group in [group, &mut all] {
                group.n_rows += 1.0;
                numbers.add(position, &mut group.sums);
            }
        }
        if groups.is_empty() {
            return None;
        }
        let prior: Vec<f64> = all.sums.iter().map(|s| to_f32(s / all.n_rows)).collect();
        let shrunk = |group: &Group| -> Vec<f64> {
            let sums = group.sums.iter().zip(&prior);
            let means = sums.map(|(sum, prior)| (sum + SMOOTH * prior) / (group.n_rows + SMOOTH));
            means.map(to_f32).collect()
        };
        let mut kept: Vec<(String, Group)> = groups.into_iter().collect();
        let first = |a: &(String, Group), b: &(String, Group)| {
            b.1.n_rows
                .total_cmp(&a.1.n_rows)
                .then_with(|| a.0.cmp(&b.0))
        };
        if kept.len() > MAX_CATEGORIES {
            kept.select_nth_unstable_by(MAX_CATEGORIES, first);
            kept.truncate(MAX_CATEGORIES);
        }
        Some(Self {
            categories: kept
                .iter()
                .map(|(text, group)| (text.clone(), shrunk(group)))
                .collect(),
            missing: shrunk(&without),
            prior,
        })
    }

    fn answer(&self, data: ColumnData<'_>, row: usize) -> &[f64] {
        with_text(data, row, |text| match text {
            None => &self.missing,
            Some(text) => self.categories.get(text).unwrap_or(&self.prior),
        })
    }

    fn sorted(&self) -> Vec<(String, Vec<f64>)> {
        let mut sorted: Vec<_> = self.categories.clone().into_iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        sorted
    }
}

/// The value of a row as a text, in whatever type it was read.
fn with_text<R>(data: ColumnData<'_>, row: usize, take: impl FnOnce(Option<&str>) -> R) -> R {
    match data {
        _ if data.is_missing(row) => take(None),
        ColumnData::Text(texts) => take(Some(texts.value(row))),
        _ => take(data.text(row).as_deref()),
    }
}
