//! Decisions at every threshold, over all rows and in segments: one pass over the rows a part, whatever the threshold that is
//! looked at afterwards.

use super::compare::TestSet;
use super::error::EvaluateError;
use super::segments;
use crate::domain::comparison::Place;
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::segment::SegmentSet;
use crate::domain::threshold::{
    N_STEPS, ThresholdPart, ThresholdReport, ThresholdSweep, threshold,
};
use rayon::prelude::*;

/// What models decide at every threshold; `None` unless there are two classes.
///
/// # Errors
/// As `segments::cut`.
pub fn thresholds(
    test: &TestSet<'_>,
    models: &[(Place, &Predictions)],
    sets: &[SegmentSet],
) -> Result<Option<ThresholdReport>, EvaluateError> {
    let (Targets::Classes { codes, n_classes }, Some(positive)) =
        (test.targets, test.classes.get(1))
    else {
        return Ok(None);
    };
    if *n_classes != 2 {
        return Ok(None);
    }
    let steps: Vec<(Place, Vec<u16>)> = models
        .iter()
        .filter_map(|(place, answers)| match answers {
            Predictions::Probabilities { values, .. } => Some((
                *place,
                values.par_chunks_exact(2).map(|p| step(p[1])).collect(),
            )),
            Predictions::Values(_) => None,
        })
        .collect();
    let cut = segments::cut(test.table, sets)?;
    let all = ThresholdPart {
        segment: None,
        set: None,
        models: sweeps(&steps, codes, 0..codes.len()),
    };
    let parts: Vec<ThresholdPart> = cut
        .segments
        .par_iter()
        .map(|part| ThresholdPart {
            segment: Some(part.segment.to_string()),
            set: Some(part.set.clone()),
            models: sweeps(&steps, codes, part.rows.iter().copied()),
        })
        .collect();
    Ok(Some(ThresholdReport {
        positive: positive.clone(),
        parts: std::iter::once(all).chain(parts).collect(),
    }))
}

/// The last step whose threshold a probability reaches.
fn step(probability: f64) -> u16 {
    let near = (probability.clamp(0.0, 1.0) * N_STEPS as f64).round() as usize;
    let reached = |step: &usize| threshold(*step) <= probability;
    let mut around = (near.saturating_sub(1)..=(near + 1).min(N_STEPS)).rev();
    around.find(reached).unwrap_or(0) as u16
}

fn sweeps(
    models: &[(Place, Vec<u16>)],
    codes: &[u32],
    rows: impl Iterator<Item = usize> + Clone,
) -> Vec<(Place, ThresholdSweep)> {
    let of = |steps: &Vec<u16>| {
        let mut called = vec![[0_u32; 2]; N_STEPS + 1];
        for row in rows.clone() {
            called[usize::from(steps[row])][usize::from(codes[row] != 1)] += 1;
        }
        for step in (0..N_STEPS).rev() {
            let [positives, negatives] = called[step + 1];
            called[step][0] += positives;
            called[step][1] += negatives;
        }
        ThresholdSweep { called }
    };
    models
        .iter()
        .map(|(place, steps)| (*place, of(steps)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Table;
    use crate::domain::Task;
    use crate::domain::threshold::Costs;
    use arrow::array::StringArray;
    use std::sync::Arc;

    fn report(codes: &[u32], p: &[f64], groups: &[&str]) -> ThresholdReport {
        let column = Arc::new(StringArray::from(groups.to_vec()));
        let table = Table::from_columns(vec![("group".to_owned(), column)]).expect("a table");
        let targets = Targets::Classes {
            codes: codes.to_vec(),
            n_classes: 2,
        };
        let test = TestSet {
            task: Task::Binary,
            target: "late",
            classes: &["no".to_owned(), "yes".to_owned()],
            targets: &targets,
            table: &table,
        };
        let answers = Predictions::Probabilities {
            n_classes: 2,
            values: p.iter().flat_map(|p| [1.0 - p, *p]).collect(),
        };
        let sets = [SegmentSet {
            columns: vec!["group".to_owned()],
            ..SegmentSet::default()
        }];
        let models = [(Place::Candidate, &answers)];
        let found = thresholds(&test, &models, &sets).expect("it fits");
        found.expect("two classes")
    }

    #[test]
    fn counts_are_those_of_comparing_every_row_with_the_threshold() {
        let p: Vec<f64> = (0..500)
            .map(|i| f64::from(i * 7919 % 1000) / 999.0)
            .collect();
        let codes: Vec<u32> = (0..500).map(|i| u32::from(i * 31 % 7 < 3)).collect();
        let groups: Vec<&str> = (0..500).map(|i| ["a", "b"][i % 2]).collect();
        let report = report(&codes, &p, &groups);
        for part in &report.parts {
            let is_in = |row: usize| {
                let name = part.segment.as_deref();
                name.is_none_or(|name| name == format!("group = {}", groups[row]))
            };
            for step in 0..=N_STEPS {
                let threshold = threshold(step);
                let n = |code, called| {
                    let hit = |row: &usize| {
                        is_in(*row) && codes[*row] == code && (p[*row] >= threshold) == called
                    };
                    (0..500).filter(hit).count() as u64
                };
                let found = part.models[0].1.at(threshold);
                assert_eq!(
                    [found.tp, found.fp, found.tn, found.r#fn],
                    [n(1, true), n(0, true), n(0, false), n(1, false)],
                    "{threshold}"
                );
            }
        }
    }

    #[test]
    fn the_cheapest_threshold_of_calibrated_answers_is_the_ratio_of_costs() {
        // 1,000 rows at each of 99 probabilities, of which exactly that share is positive.
        let (mut p, mut codes) = (Vec::new(), Vec::new());
        for percent in 1..100 {
            for i in 0..100 {
                p.push(f64::from(percent) / 100.0);
                codes.push(u32::from(i < percent));
            }
        }
        let groups = vec!["a"; p.len()];
        let report = report(&codes, &p, &groups);
        let sweep = &report.parts[0].models[0].1;
        let costs = Costs {
            false_positive: 1.0,
            false_negative: 4.0,
        };
        // Elkan (2001): call where p × 4 > (1 − p) × 1, from 0.2 on; at 0.2 both cost the same.
        let best = sweep.cheapest(costs).expect("rows").threshold;
        assert!((0.19..=0.21).contains(&best), "{best}");
    }
}
