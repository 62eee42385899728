//! The differences of two models over all rows and in parts of them: values, intervals, and what is beyond chance among
//! all that are compared.

use super::bootstrap::{self, Drawn, PairedPart, Plan, Summary};
use super::compare::{ComparedModel, TestSet};
use super::error::EvaluateError;
use super::resampling::Drawing;
use super::scorer::Scorer;
use super::significance::{self, DeLong};
use crate::domain::comparison::{MetricComparison, Outcome, Place, Significance, SignificanceTest};
use crate::domain::metric::Metric;
use crate::domain::pipeline::EvaluateParams;
use crate::domain::prediction::Targets;
use crate::domain::work::Monitor;
use rayon::prelude::*;

/// Metrics that depend on the rows of a class need so many rows of each class that occurs in the task.
pub const MIN_ROWS_OF_CLASS: usize = 5;

/// The scorers of the models that there are.
struct Scorers {
    candidate: Scorer,
    production: Option<Scorer>,
    baseline: Option<Scorer>,
}

impl Scorers {
    fn of(test: &TestSet<'_>, models: &[&ComparedModel]) -> Option<Self> {
        let scorer = |place: Place| {
            let model = models.iter().find(|m| m.place == place)?;
            Scorer::new(test.targets, &model.predictions)
        };
        Some(Self {
            candidate: scorer(Place::Candidate)?,
            production: scorer(Place::Production),
            baseline: scorer(Place::Baseline),
        })
    }

    /// What the candidate is held against.
    fn reference(&self) -> Option<&Scorer> {
        self.production.as_ref().or(self.baseline.as_ref())
    }
}

/// A part before anything is drawn.
struct Measured {
    /// `None` where there is nothing to compare, or too few rows.
    pair: Option<PairedPart>,
    /// Values by metric.
    candidate: Vec<Option<f64>>,
    production: Vec<Option<f64>>,
    baseline: Vec<Option<f64>>,
    /// Fewest rows of a class; of numbers, the rows.
    rows_of_class: usize,
}

/// All metrics of each part of the rows; the first part is all of them and a family of tests of its own.
///
/// # Errors
/// `Stopped`.
pub(super) fn differences(
    test: &TestSet<'_>,
    models: &[&ComparedModel],
    params: &EvaluateParams,
    drawing: &Drawing,
    parts: &[Vec<u32>],
    seed: u64,
    monitor: &dyn Monitor,
) -> Result<Vec<Vec<MetricComparison>>, EvaluateError> {
    let metrics = Metric::of_task(test.task);
    let Some(scorers) = Scorers::of(test, models) else {
        return Ok(vec![Vec::new(); parts.len()]);
    };
    let measure = |rows: &Vec<u32>| measured(test, &scorers, params, rows);
    let mut measured: Vec<Measured> = parts.par_iter().map(measure).collect();
    let compared: Vec<usize> = (0..measured.len())
        .filter(|part| measured[*part].pair.is_some())
        .collect();
    let pairs: Vec<PairedPart> = measured.iter_mut().filter_map(|m| m.pair.take()).collect();
    let plan = Plan {
        n_resamples: params.n_resamples,
        units: &drawing.units,
        seed,
    };
    let drawn = match scorers.reference() {
        Some(reference) => bootstrap::resample(
            &scorers.candidate,
            reference,
            &pairs,
            metrics,
            plan,
            monitor,
        ),
        None => Some(Vec::new()),
    };
    let drawn = drawn.ok_or(EvaluateError::Stopped)?;
    let mut rows: Vec<Vec<MetricComparison>> = measured.iter().map(|m| m.values(metrics)).collect();
    let tested: Vec<_> = compared.into_iter().zip(drawn).zip(&pairs).collect();
    let judged: Vec<(usize, Vec<_>)> = tested
        .into_par_iter()
        .map(|((part, drawn), pair)| {
            let n_units = drawing.n_units(&parts[part]);
            let n_different = |by_label| match scorers.reference() {
                Some(reference) => {
                    let part = pair.candidate.part();
                    let n = scorers.candidate.n_different(reference, part, by_label);
                    n.min(n_units)
                }
                None => 0,
            };
            let judge = Judge {
                scorers: &scorers,
                pair,
                measured: &measured[part],
                n_units,
                n_different_labels: n_different(true),
                n_different: n_different(false),
                has_independent_rows: drawing.has_independent_rows(),
                params,
            };
            let of_metrics = metrics.iter().zip(drawn);
            let of_metrics = of_metrics.enumerate();
            let found = of_metrics.map(|(i, (metric, drawn))| judge.found(i, *metric, drawn));
            (part, found.collect())
        })
        .collect();
    for (part, found) in judged {
        for (row, found) in rows[part].iter_mut().zip(found) {
            if let Some((summary, significance)) = found {
                row.interval = Some(summary.difference);
                row.significance = Some(significance);
                // Before correction.
                row.outcome = side(summary.improvement);
            }
        }
    }
    let (overall, of_parts) = rows.split_at_mut(1.min(parts.len()));
    for family in [overall, of_parts] {
        correct(family, 1.0 - params.level);
    }
    Ok(rows)
}

/// Corrects the tests of a family, and takes back what could be chance.
fn correct(family: &mut [Vec<MetricComparison>], level: f64) {
    let tested = family.iter_mut().flatten();
    let mut tested: Vec<_> = tested
        .filter_map(|row| Some((row.significance.as_mut()?, &mut row.outcome)))
        .collect();
    let p_values: Vec<f64> = tested.iter().map(|(s, _)| s.p_value).collect();
    let corrected = significance::holm(&p_values);
    let q_values = significance::benjamini_hochberg(&p_values);
    for (i, (significance, outcome)) in tested.iter_mut().enumerate() {
        significance.p_adjusted = corrected[i];
        significance.q_value = q_values[i];
        if corrected[i] > level {
            **outcome = Outcome::Same;
        }
    }
}

/// On which side of zero the whole interval is.
fn side([low, high]: [f64; 2]) -> Outcome {
    if low > 0.0 {
        Outcome::Better
    } else if high < 0.0 {
        Outcome::Worse
    } else {
        Outcome::Same
    }
}

fn measured<'a>(
    test: &TestSet<'_>,
    scorers: &'a Scorers,
    params: &EvaluateParams,
    rows: &[u32],
) -> Measured {
    let metrics = Metric::of_task(test.task);
    let of = |scorer: Option<&'a Scorer>| {
        let scorer = scorer?;
        let part = scorer.part(rows.to_vec());
        Some((scorer.values(&part, metrics, None), (scorer, part)))
    };
    let nothing = || vec![None; metrics.len()];
    let candidate_part = scorers.candidate.part(rows.to_vec());
    let candidate = scorers.candidate.values(&candidate_part, metrics, None);
    let (production, production_part) = of(scorers.production.as_ref()).unzip();
    let (baseline, baseline_part) = of(scorers.baseline.as_ref()).unzip();
    let is_enough = rows.len() as u64 >= params.min_rows.max(2);
    let reference = production_part.or(baseline_part).filter(|_| is_enough);
    Measured {
        candidate,
        production: production.unwrap_or_else(nothing),
        baseline: baseline.unwrap_or_else(nothing),
        pair: reference.map(|(reference, part)| PairedPart {
            candidate: scorers.candidate.packed(candidate_part),
            reference: reference.packed(part),
        }),
        rows_of_class: rows_of_class(test.targets, rows),
    }
}

/// The fewest rows of a class.
fn rows_of_class(targets: &Targets, rows: &[u32]) -> usize {
    match targets {
        Targets::Classes { n_classes, codes } => {
            let mut counts = vec![0; *n_classes];
            for row in rows {
                counts[codes[*row as usize] as usize] += 1;
            }
            counts.into_iter().min().unwrap_or_default()
        }
        Targets::Values(_) => rows.len(),
    }
}

impl Measured {
    /// What there is without drawing.
    fn values(&self, metrics: &[Metric]) -> Vec<MetricComparison> {
        let rows = metrics.iter().enumerate().map(|(i, &metric)| {
            let reference = self.production[i].or(self.baseline[i]);
            MetricComparison {
                metric,
                candidate: self.candidate[i],
                production: self.production[i],
                baseline: self.baseline[i],
                difference: self.candidate[i].zip(reference).map(|(c, r)| c - r),
                interval: None,
                significance: None,
                outcome: Outcome::NotEnoughRows,
            }
        });
        rows.collect()
    }
}

/// Whether a metric says little while a class has only a few rows.
fn needs_each_class(metric: Metric) -> bool {
    matches!(
        metric,
        Metric::RocAuc | Metric::PrAuc | Metric::Precision | Metric::Recall | Metric::F1
    )
}

/// Whether a metric sees labels only.
fn is_of_labels(metric: Metric) -> bool {
    matches!(
        metric,
        Metric::Accuracy | Metric::Precision | Metric::Recall | Metric::F1
    )
}

/// Judges the differences of one part.
struct Judge<'a> {
    scorers: &'a Scorers,
    pair: &'a PairedPart,
    measured: &'a Measured,
    /// What was drawn of the part: its rows, or the blocks that they are in.
    n_units: usize,
    /// Of these, at most those in which the models have other labels, or other answers.
    n_different_labels: usize,
    n_different: usize,
    has_independent_rows: bool,
    params: &'a EvaluateParams,
}

impl Judge<'_> {
    /// What the resamples say of a metric, and whether that could be chance; not yet corrected.
    fn found(&self, i: usize, metric: Metric, drawn: Drawn) -> Option<(Summary, Significance)> {
        let own = self.measured;
        if needs_each_class(metric) && own.rows_of_class < MIN_ROWS_OF_CLASS {
            return None;
        }
        let candidate = own.candidate[i]?;
        let reference = own.production[i].or(own.baseline[i])?;
        let summary = drawn.summary(self.params.n_resamples, self.params.level)?;
        let improvement = metric.improvement(candidate, reference);
        let (test, p_value) = self
            .exact(metric)
            .filter(|_| self.has_independent_rows)
            .unwrap_or_else(|| {
                let n = if needs_each_class(metric) {
                    self.n_units.min(own.rows_of_class)
                } else {
                    self.n_units
                };
                let p = significance::student(improvement, summary.error, n as f64 - 1.0);
                (SignificanceTest::Bootstrap, p)
            });
        let n_different = if is_of_labels(metric) {
            self.n_different_labels
        } else {
            self.n_different
        };
        let p_value = p_value.max(significance::least(n_different));
        let significance = Significance {
            test,
            p_value,
            p_adjusted: p_value,
            q_value: p_value,
        };
        Some((summary, significance))
    }

    /// The test that is made for a metric, of rows that are independent.
    fn exact(&self, metric: Metric) -> Option<(SignificanceTest, f64)> {
        let reference = self.scorers.reference()?;
        let (own, other) = (self.pair.candidate.part(), self.pair.reference.part());
        match metric {
            Metric::Accuracy => {
                let counts = self.scorers.candidate.discordant(reference, own)?;
                Some((SignificanceTest::McNemar, significance::mcnemar(counts)))
            }
            Metric::RocAuc => {
                let found = DeLong::of((&self.scorers.candidate, own), (reference, other))?;
                Some((SignificanceTest::DeLong, found.p_value()))
            }
            _ => None,
        }
    }
}
