//! Whether groups are decided about alike: rates in each group, and the gaps between groups, of one model or of two on the
//! same rows. Measures and their names are Fairlearn's (Bird, Dudík, Edgar, Horn, Lutz, Milan, Sameki, Wallach and Walker
//! 2020); intervals and tests are ours.
//!
//! A rate without rows to measure it on is left out of the gap (Fairlearn counts it as zero).

use super::compare::TestSet;
use super::error::EvaluateError;
use super::segments::{self, CutSegment};
use crate::domain::comparison::{Outcome, Place};
use crate::domain::fairness::{
    FairnessGap, FairnessGroup, FairnessLine, FairnessMeasure, FairnessModel, FairnessReport,
    GroupRates,
};
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::segment::SegmentSet;
use rand::SeedableRng;
use rand_distr::{Binomial, Distribution};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// What is asked.
#[derive(Clone, Copy)]
pub struct FairnessJob<'a> {
    /// The rows.
    pub test: &'a TestSet<'a>,
    /// One or two models: place, title, answers.
    pub models: &'a [(Place, &'a str, &'a Predictions)],
    /// What the groups are by.
    pub set: &'a SegmentSet,
    /// Position of the class that a decision is for.
    pub positive: usize,
    /// The probability from which on a row is called positive; `None`: where it is the most probable class.
    pub threshold: Option<f64>,
    /// The fewest rows of a group that counts.
    pub min_rows: u64,
    /// Confidence level.
    pub level: f64,
    /// Resamples.
    pub n_resamples: u32,
    /// Draws them.
    pub seed: u64,
}

/// Rows of a group by what is true and what up to two models decide: `truth + 2 × first + 4 × second`.
type Cells = [u64; 8];

/// Measures the groups; `None` unless the targets are classes.
///
/// # Errors
/// As `segments::cut`.
pub fn fairness(job: &FairnessJob<'_>) -> Result<Option<FairnessReport>, EvaluateError> {
    let FairnessJob { test, models, .. } = *job;
    let (Targets::Classes { codes, .. }, Some(positive)) =
        (test.targets, test.classes.get(job.positive))
    else {
        return Ok(None);
    };
    let decided: Vec<Vec<bool>> = models.iter().map(|m| decisions(job, m.2)).collect();
    let cut = segments::cut(test.table, std::slice::from_ref(job.set))?;
    let cells: Vec<Cells> = cut
        .segments
        .iter()
        .map(|group| cells(group, codes, &decided, job.positive))
        .collect();
    let counted: Vec<usize> = (0..cells.len())
        .filter(|g| cut.segments[*g].rows.len() as u64 >= job.min_rows)
        .collect();
    let names: Vec<String> = cut.segments.iter().map(|g| g.segment.to_string()).collect();
    let groups = names.iter().zip(&cells).enumerate();
    let groups = groups.map(|(g, (name, cells))| FairnessGroup {
        group: name.clone(),
        n_rows: cells.iter().sum(),
        n_positive: cells.iter().skip(1).step_by(2).sum(),
        is_counted: counted.contains(&g),
        rates: (0..models.len())
            .map(|m| Counts::of(cells, m).rates())
            .collect(),
    });
    let own: Vec<Cells> = counted.iter().map(|g| cells[*g]).collect();
    let own_names: Vec<&str> = counted.iter().map(|g| names[*g].as_str()).collect();
    let changes = (models.len() == 2).then(|| resampled_changes(job, &own));
    let measures = FairnessMeasure::ALL.iter().enumerate();
    let measures = measures.map(|(at, measure)| {
        let gaps: Vec<FairnessGap> = (0..models.len())
            .map(|m| gap(*measure, &counts(&own, m), &own_names))
            .collect();
        let change = match gaps.as_slice() {
            [a, b] => a.difference.zip(b.difference).map(|(a, b)| a - b),
            _ => None,
        };
        let interval = changes
            .as_ref()
            .and_then(|found| interval(&found[at], job.level));
        FairnessLine {
            measure: *measure,
            change,
            change_interval: interval,
            outcome: change.map(|_| match interval {
                None => Outcome::NotEnoughRows,
                Some([low, _]) if low > 0.0 => Outcome::Worse,
                Some([_, high]) if high < 0.0 => Outcome::Better,
                Some(_) => Outcome::Same,
            }),
            gaps,
        }
    });
    Ok(Some(FairnessReport {
        target: test.target.to_owned(),
        positive: positive.clone(),
        set: job.set.title(),
        n_rows: codes.len() as u64,
        min_rows: job.min_rows,
        level: job.level,
        n_resamples: job.n_resamples,
        models: models
            .iter()
            .map(|(place, title, _)| FairnessModel {
                place: *place,
                title: (*title).to_owned(),
            })
            .collect(),
        groups: groups.collect(),
        measures: measures.collect(),
    }))
}

fn decisions(job: &FairnessJob<'_>, answers: &Predictions) -> Vec<bool> {
    match (answers, job.threshold) {
        (Predictions::Probabilities { n_classes, values }, Some(threshold)) => values
            .chunks_exact(*n_classes)
            .map(|p| p[job.positive] >= threshold)
            .collect(),
        _ => {
            let labels = answers.labels().into_iter();
            labels.map(|label| label as usize == job.positive).collect()
        }
    }
}

fn cells(group: &CutSegment, codes: &[u32], decided: &[Vec<bool>], positive: usize) -> Cells {
    let mut cells = [0; 8];
    for row in &group.rows {
        let mut cell = usize::from(codes[*row] as usize == positive);
        for (model, decided) in decided.iter().enumerate() {
            cell += usize::from(decided[*row]) << (model + 1);
        }
        cells[cell] += 1;
    }
    cells
}

/// Decisions of one model about a group.
#[derive(Clone, Copy)]
struct Counts {
    tp: f64,
    fp: f64,
    tn: f64,
    r#fn: f64,
}

impl Counts {
    fn of(cells: &Cells, model: usize) -> Self {
        let mut counts = [0; 4];
        for (cell, n) in cells.iter().enumerate() {
            counts[(cell & 1) + 2 * (cell >> (model + 1) & 1)] += n;
        }
        let [tn, r#fn, fp, tp] = counts.map(|n| n as f64);
        Self { tp, fp, tn, r#fn }
    }

    fn rates(self) -> GroupRates {
        let of = |rate: (f64, f64)| (rate.1 > 0.0).then(|| rate.0 / rate.1);
        GroupRates {
            selection_rate: of(self.parts(Rate::Selection)),
            true_positive_rate: of(self.parts(Rate::TruePositive)),
            false_positive_rate: of(self.parts(Rate::FalsePositive)),
            false_negative_rate: of(self.parts(Rate::FalseNegative)),
            accuracy: of(self.parts(Rate::Accuracy)),
        }
    }

    /// Rows that are so, and rows that could be.
    fn parts(self, rate: Rate) -> (f64, f64) {
        let Self { tp, fp, tn, r#fn } = self;
        let all = tp + fp + tn + r#fn;
        match rate {
            Rate::Selection => (tp + fp, all),
            Rate::TruePositive => (tp, tp + r#fn),
            Rate::FalsePositive => (fp, fp + tn),
            Rate::FalseNegative => (r#fn, tp + r#fn),
            Rate::Accuracy => (tp + tn, all),
        }
    }
}

#[derive(Clone, Copy)]
enum Rate {
    Selection,
    TruePositive,
    FalsePositive,
    FalseNegative,
    Accuracy,
}

/// The rates that should be alike.
fn rates_of(measure: FairnessMeasure) -> &'static [Rate] {
    match measure {
        FairnessMeasure::DemographicParity => &[Rate::Selection],
        FairnessMeasure::EqualOpportunity => &[Rate::TruePositive],
        FairnessMeasure::EqualizedOdds => &[Rate::TruePositive, Rate::FalsePositive],
        FairnessMeasure::FalsePositiveRate => &[Rate::FalsePositive],
        FairnessMeasure::FalseNegativeRate => &[Rate::FalseNegative],
        FairnessMeasure::Accuracy => &[Rate::Accuracy],
    }
}

fn counts(groups: &[Cells], model: usize) -> Vec<Counts> {
    groups
        .iter()
        .map(|cells| Counts::of(cells, model))
        .collect()
}

/// Positions of the groups with the smallest and the largest rate, with the rates.
fn extremes(rate: Rate, groups: &[Counts]) -> Option<[(usize, f64); 2]> {
    let rates = groups.iter().enumerate().filter_map(|(g, counts)| {
        let (so, all) = counts.parts(rate);
        (all > 0.0).then(|| (g, so / all))
    });
    let mut ends: Option<[(usize, f64); 2]> = None;
    let mut n = 0;
    for (g, rate) in rates {
        n += 1;
        let [low, high] = ends.get_or_insert([(g, rate); 2]);
        if rate < low.1 {
            *low = (g, rate);
        }
        if rate > high.1 {
            *high = (g, rate);
        }
    }
    ends.filter(|_| n > 1)
}

fn difference(measure: FairnessMeasure, groups: &[Counts]) -> Option<f64> {
    let of = |rate: &Rate| extremes(*rate, groups).map(|[low, high]| high.1 - low.1);
    let gaps = rates_of(measure).iter().filter_map(of);
    gaps.max_by(f64::total_cmp)
}

fn gap(measure: FairnessMeasure, groups: &[Counts], names: &[&str]) -> FairnessGap {
    let rates = rates_of(measure);
    let found: Vec<[(usize, f64); 2]> = rates
        .iter()
        .filter_map(|rate| extremes(*rate, groups))
        .collect();
    let widest = found
        .iter()
        .max_by(|a, b| (a[1].1 - a[0].1).total_cmp(&(b[1].1 - b[0].1)));
    let ratios = found.iter().filter(|[_, high]| high.1 > 0.0);
    let p_values = rates.iter().filter_map(|rate| chi_squared(*rate, groups));
    let smallest = p_values.min_by(f64::total_cmp);
    FairnessGap {
        difference: widest.map(|[low, high]| high.1 - low.1),
        ratio: ratios
            .map(|[low, high]| low.1 / high.1)
            .min_by(f64::total_cmp),
        lowest: widest.map(|[low, _]| names[low.0].to_owned()),
        highest: widest.map(|[_, high]| names[high.0].to_owned()),
        p_value: smallest.map(|p| (p * rates.len() as f64).min(1.0)),
    }
}

/// Pearson's test of one rate in all groups.
fn chi_squared(rate: Rate, groups: &[Counts]) -> Option<f64> {
    let parts: Vec<(f64, f64)> = groups
        .iter()
        .map(|counts| counts.parts(rate))
        .filter(|(_, all)| *all > 0.0)
        .collect();
    let all: f64 = parts.iter().map(|(_, all)| all).sum();
    let share = parts.iter().map(|(so, _)| so).sum::<f64>() / all;
    let freedom = parts.len().checked_sub(1).filter(|f| *f > 0)?;
    if !(share > 0.0 && share < 1.0) {
        return None;
    }
    let statistic: f64 = parts
        .iter()
        .map(|(so, all)| (so - all * share).powi(2) / (all * share * (1.0 - share)))
        .sum();
    Some(ChiSquared::new(freedom as f64).ok()?.sf(statistic))
}

/// Of each measure, how much wider the first model's gap is than the second's, resample by resample.
fn resampled_changes(job: &FairnessJob<'_>, groups: &[Cells]) -> Vec<Vec<f64>> {
    let of_one = |resample: u32| -> [Option<f64>; FairnessMeasure::ALL.len()] {
        let seed = job.seed ^ u64::from(resample).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let drawn: Vec<Cells> = groups
            .iter()
            .map(|cells| redrawn(cells, &mut rng))
            .collect();
        let (first, second) = (counts(&drawn, 0), counts(&drawn, 1));
        FairnessMeasure::ALL
            .map(|measure| Some(difference(measure, &first)? - difference(measure, &second)?))
    };
    let all: Vec<_> = (0..job.n_resamples).into_par_iter().map(of_one).collect();
    (0..FairnessMeasure::ALL.len())
        .map(|at| all.iter().filter_map(|found| found[at]).collect())
        .collect()
}

/// As many rows as there are, drawn with replacement: a multinomial number of each cell, as binomial ones one after the other.
fn redrawn(cells: &Cells, rng: &mut Xoshiro256PlusPlus) -> Cells {
    let mut left: u64 = cells.iter().sum();
    let mut unseen = left;
    let mut drawn = [0; 8];
    for (cell, n) in cells.iter().enumerate() {
        if left == 0 || unseen == 0 {
            break;
        }
        let share = *n as f64 / unseen as f64;
        drawn[cell] = Binomial::new(left, share.min(1.0)).map_or(0, |b| b.sample(rng));
        left -= drawn[cell];
        unseen -= n;
    }
    drawn
}

/// The middle of the resampled values; `None` where fewer than half of the resamples had any.
fn interval(values: &[f64], level: f64) -> Option<[f64; 2]> {
    if values.len() < 50 {
        return None;
    }
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = |p: f64| values[((values.len() - 1) as f64 * p).round() as usize];
    Some([at((1.0 - level) / 2.0), at(f64::midpoint(1.0, level))])
}

#[cfg(test)]
#[path = "fairness_tests.rs"]
mod tests;
