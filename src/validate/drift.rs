//! Drift: how far the newest batch is from all earlier ones together, column by column. The distances are computed by
//! `distance` over counts made by `counts`; whether single values are allowed is left to `values`.

use super::check::{Column, Found, Span, finding};
use super::counts::{Fine, Pair, listed};
use super::distance;
use super::wording;
use crate::data::ColumnData;
use crate::domain::anomaly::{Anomaly, AnomalyKind, Drift, DriftTests, Severity};
use crate::domain::schema::{ColumnSpec, ColumnType, DriftMeasure, DriftThreshold, Role, Schema};
use rayon::prelude::*;

/// With fewer values on either side a distance says more about chance than about the data.
const MIN_VALUES: u64 = 30;

/// The newest batch against all earlier ones together: the drifted columns, and the distances of all that could be
/// compared. Missing values, NaN and infinite ones take no part (how many there may be is the affair of other
/// expectations), nor do batches in which the column is absent or of another type; columns with under 30 values on either
/// side are not compared.
///
/// A column has drifted if its distance is beyond the bound of the schema (TFDV's condition) *and* beyond what two samples
/// of one distribution of these sizes reach by chance: a distance of few rows is large by chance alone. The bound in the
/// answer is the larger of the two.
pub(super) fn check(schema: &Schema, spans: &[Span<'_>]) -> (Vec<Anomaly>, Vec<Drift>) {
    let Some((newest, earlier)) = spans
        .split_last()
        .filter(|(_, earlier)| !earlier.is_empty())
    else {
        return (Vec::new(), Vec::new());
    };
    let compared: Vec<Vec<(Drift, Option<Anomaly>)>> = schema
        .columns
        .par_iter()
        .map(|spec| column(spec, newest, earlier))
        .collect();
    let mut anomalies = Vec::new();
    let mut distances = Vec::new();
    for (drift, anomaly) in compared.into_iter().flatten() {
        distances.push(drift);
        anomalies.extend(anomaly);
    }
    (anomalies, distances)
}

fn column(
    spec: &ColumnSpec,
    newest: &Span<'_>,
    earlier: &[Span<'_>],
) -> Vec<(Drift, Option<Anomaly>)> {
    let bounds: Vec<DriftThreshold> = spec
        .drift
        .into_iter()
        .chain(spec.constraints.comparators.iter().copied())
        .collect();
    if bounds.is_empty() {
        return Vec::new();
    }
    let Some(now) = Column::find(newest, spec) else {
        return Vec::new();
    };
    if earlier.iter().all(|s| s.table.column(&spec.name).is_none()) {
        return control_missing(spec, bounds[0], &now);
    }
    if !is_comparable(&now) {
        return Vec::new();
    }
    let before: Vec<ColumnData<'_>> = earlier
        .iter()
        .filter_map(|span| Column::find(span, spec))
        .filter(is_comparable)
        .map(|c| c.data)
        .collect();
    compare(spec, &bounds, &now, &before)
}

fn is_comparable(column: &Column<'_>) -> bool {
    let (expected, observed) = (column.spec.kind, column.data.column_type());
    observed == expected || (expected.is_numeric() && observed.is_numeric())
}

fn compare(
    spec: &ColumnSpec,
    bounds: &[DriftThreshold],
    newest: &Column<'_>,
    earlier: &[ColumnData<'_>],
) -> Vec<(Drift, Option<Anomaly>)> {
    let is_listed = matches!(spec.kind, ColumnType::Text | ColumnType::Boolean);
    let fine = (!is_listed)
        .then(|| Fine::of(earlier, newest.data))
        .flatten();
    let binned = match &fine {
        Some(fine) => fine.coarse(spec.kind),
        None if is_listed => listed(earlier, newest.data, true),
        None => return Vec::new(),
    };
    let (n, m): (u64, u64) = (binned.earlier.iter().sum(), binned.newest.iter().sum());
    if n.min(m) < MIN_VALUES {
        return Vec::new();
    }
    let tests = tests_of(&binned, fine.as_ref(), n, m);
    bounds
        .iter()
        .map(|bound| {
            let single;
            let pair = if is_listed && bound.measure != DriftMeasure::JensenShannon {
                single = listed(earlier, newest.data, false);
                &single
            } else {
                &binned
            };
            let (distance, by_chance) = measured(bound.measure, pair, bound.threshold);
            let drift = Drift {
                column: spec.name.clone(),
                measure: bound.measure,
                distance,
                threshold: bound.threshold.max(by_chance),
                tests,
            };
            let anomaly =
                (distance > drift.threshold).then(|| drifted(&drift, spec.role, newest, pair));
            (drift, anomaly)
        })
        .collect()
}

/// The distance, and the least that is more than chance.
fn measured(measure: DriftMeasure, pair: &Pair, threshold: f64) -> (f64, f64) {
    let (p, q) = (&pair.earlier, &pair.newest);
    match measure {
        DriftMeasure::JensenShannon => {
            let (mean, rare) = distance::chance_of_jensen_shannon(p, q);
            let distance = distance::jensen_shannon(p, q);
            // A sampled divergence is too large by its mean under chance; the bound moves by as much, up to all there is.
            (distance, rare.max(threshold + mean).min(0.9))
        }
        DriftMeasure::LInfinity => (
            distance::l_infinity(p, q),
            distance::chance_of_l_infinity(p, q),
        ),
        DriftMeasure::NormalizedAbsoluteDifference => (
            distance::normalized_absolute_difference(p, q),
            distance::chance_of_l_infinity(p, q) / 2.0,
        ),
    }
}

fn tests_of(binned: &Pair, fine: Option<&Fine>, n: u64, m: u64) -> DriftTests {
    let chi = distance::chi_squared(&binned.earlier, &binned.newest);
    let psi = match fine {
        Some(fine) => {
            let (p, q) = fine.by_earlier();
            distance::population_stability(&p, &q)
        }
        None => distance::population_stability(&binned.earlier, &binned.newest),
    };
    DriftTests {
        n_earlier: n,
        n_newest: m,
        psi: Some(psi),
        ks: fine.map(|f| distance::kolmogorov_smirnov(&f.earlier, &f.newest)),
        chi_squared: chi.map(|c| c.0),
        degrees_of_freedom: chi.map(|c| c.1),
        cramers_v: chi.map(|c| c.2),
    }
}

/// `COMPARATOR_CONTROL_DATA_MISSING`: the earlier data have no such column.
fn control_missing(
    spec: &ColumnSpec,
    bound: DriftThreshold,
    newest: &Column<'_>,
) -> Vec<(Drift, Option<Anomaly>)> {
    let found = Found {
        description: format!(
            "Column {} cannot be compared: no earlier batch has it.",
            spec.name
        ),
        n_rows: newest.n_present(),
        examples: Vec::new(),
        hint: "Nothing needs to be done: from the next batch on it is compared.".to_owned(),
    };
    let kind = AnomalyKind::ComparatorControlDataMissing;
    let anomaly = finding(
        kind,
        Severity::Info,
        Some(&spec.name),
        newest.span.name,
        found,
    );
    let drift = Drift {
        column: spec.name.clone(),
        measure: bound.measure,
        distance: 0.0,
        threshold: bound.threshold,
        tests: DriftTests::default(),
    };
    vec![(drift, Some(anomaly))]
}

fn drifted(drift: &Drift, role: Role, newest: &Column<'_>, pair: &Pair) -> Anomaly {
    let kind = match drift.measure {
        DriftMeasure::JensenShannon => AnomalyKind::ComparatorJensenShannonDivergenceHigh,
        DriftMeasure::LInfinity => AnomalyKind::ComparatorLInftyHigh,
        DriftMeasure::NormalizedAbsoluteDifference => {
            AnomalyKind::ComparatorNormalizedAbsoluteDifferenceHigh
        }
    };
    let severity = match role {
        Role::Feature | Role::Target | Role::Time | Role::Sensitive | Role::Weight => {
            Severity::Warning
        }
        Role::Key | Role::Group | Role::Leaks | Role::Ignored => Severity::Info,
    };
    let shifts = largest_shifts(pair);
    let found = Found {
        description: format!(
            "Column {} is distributed differently than in the earlier data: its {} distance is {:.2}, {:.2} is allowed. \
             The largest change: {}.",
            drift.column,
            drift.measure.title(),
            drift.distance,
            drift.threshold,
            shifts.first().map_or("none", String::as_str)
        ),
        n_rows: newest.n_present(),
        examples: shifts,
        hint: format!(
            "A model that learned from earlier data may be wrong here: train again with the new batch. If {} changes like \
             this with the seasons, raise its drift threshold in the schema.",
            drift.column
        ),
    };
    finding(kind, severity, Some(&drift.column), newest.span.name, found)
}

/// The values or bins whose share changed most: `EV: 12 % → 45 %`.
fn largest_shifts(pair: &Pair) -> Vec<String> {
    let total = |counts: &[u64]| counts.iter().sum::<u64>().max(1) as f64;
    let (total_earlier, total_newest) = (total(&pair.earlier), total(&pair.newest));
    let mut shifts: Vec<(f64, String)> = pair
        .labels
        .iter()
        .zip(pair.earlier.iter().zip(&pair.newest))
        .map(|(label, (before, now))| {
            let (before, now) = (*before as f64 / total_earlier, *now as f64 / total_newest);
            let text = format!(
                "{label}: {} → {}",
                wording::percent(before),
                wording::percent(now)
            );
            ((before - now).abs(), text)
        })
        .filter(|(change, _)| *change > 0.0)
        .collect();
    shifts.sort_by(|a, b| b.0.total_cmp(&a.0));
    shifts
        .into_iter()
        .take(super::values::MAX_EXAMPLES)
        .map(|(_, text)| text)
        .collect()
}
