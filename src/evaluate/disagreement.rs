//! The rows about which two models disagree, and who is right.

use super::error::EvaluateError;
use super::losses;
use crate::domain::disagreement::{DisagreementRow, Disagreements, RowAnswer, Side};
use crate::domain::prediction::{Predictions, Targets};
use crate::domain::slice::Loss;

/// Rows of one side with both answers, the `n` on which the losses differ most. With a threshold, the second of two classes is
/// called from that probability on; else the most probable class is.
///
/// # Errors
/// `Shape` where answers and truth are not of the same rows and kind.
pub fn disagreements(
    targets: &Targets,
    classes: &[String],
    models: [&Predictions; 2],
    threshold: Option<f64>,
    (side, n): (Side, usize),
) -> Result<Disagreements, EvaluateError> {
    let loss = match targets {
        Targets::Classes { .. } => Loss::LogLoss,
        Targets::Values(_) => Loss::Squared,
    };
    let of = |answers: &Predictions| {
        let found = losses::losses(loss, targets, answers).filter(|l| l.len() == targets.n_rows());
        found.ok_or_else(|| EvaluateError::Shape {
            model: "a model".to_owned(),
            expected: format!("{} rows like the targets", targets.n_rows()),
            got: format!("{} rows", answers.n_rows()),
        })
    };
    let losses: Vec<f64> = of(models[0])?
        .into_iter()
        .zip(of(models[1])?)
        .map(|(a, b)| a - b)
        .collect();
    let labels = models.map(|answers| called(answers, threshold));
    let sides = sides(targets, &labels, &losses);
    let counts = Side::ALL.map(|side| sides.iter().filter(|s| **s == side).count() as u64);
    let mut rows: Vec<usize> = (0..sides.len()).filter(|row| sides[*row] == side).collect();
    let sign = if side == Side::CandidateRight {
        -1.0
    } else {
        1.0
    };
    rows.sort_by(|a, b| (sign * losses[*b]).total_cmp(&(sign * losses[*a])));
    rows.truncate(n);
    let rows = rows.into_iter().map(|row| DisagreementRow {
        row: row as u64,
        truth: truth(targets, classes, row),
        candidate: answer(targets, classes, (models[0], &labels[0]), row),
        other: answer(targets, classes, (models[1], &labels[1]), row),
        loss: losses[row],
    });
    Ok(Disagreements {
        n_rows: sides.len() as u64,
        counts,
        side,
        rows: rows.collect(),
    })
}

/// The label of each row; none of numbers.
fn called(answers: &Predictions, threshold: Option<f64>) -> Vec<u32> {
    match (answers, threshold) {
        (
            Predictions::Probabilities {
                n_classes: 2,
                values,
            },
            Some(threshold),
        ) => {
            let rows = values.chunks_exact(2);
            rows.map(|p| u32::from(p[1] >= threshold)).collect()
        }
        (Predictions::Probabilities { .. }, _) => answers.labels(),
        (Predictions::Values(_), _) => Vec::new(),
    }
}

fn sides(targets: &Targets, [candidate, other]: &[Vec<u32>; 2], losses: &[f64]) -> Vec<Side> {
    match targets {
        Targets::Classes { codes, .. } => {
            let labels = candidate.iter().zip(other);
            let side = |(code, (a, b)): (&u32, (&u32, &u32))| match (a == code, b == code) {
                (false, true) => Side::OtherRight,
                (true, false) => Side::CandidateRight,
                (false, false) if a != b => Side::BothWrong,
                _ => Side::Alike,
            };
            codes.iter().zip(labels).map(side).collect()
        }
        Targets::Values(_) => {
            let side = |loss: &f64| match loss.partial_cmp(&0.0) {
                Some(std::cmp::Ordering::Greater) => Side::OtherRight,
                Some(std::cmp::Ordering::Less) => Side::CandidateRight,
                _ => Side::Alike,
            };
            losses.iter().map(side).collect()
        }
    }
}

/// What is true of a row, as text.
#[must_use]
pub fn truth(targets: &Targets, classes: &[String], row: usize) -> String {
    match targets {
        Targets::Classes { codes, .. } => classes
            .get(codes[row] as usize)
            .cloned()
            .unwrap_or_default(),
        Targets::Values(values) => values[row].to_string(),
    }
}

fn answer(
    targets: &Targets,
    classes: &[String],
    (answers, labels): (&Predictions, &[u32]),
    row: usize,
) -> RowAnswer {
    let (answer, of_truth) = match (targets, answers) {
        (Targets::Classes { codes, .. }, Predictions::Probabilities { n_classes, values }) => {
            let label = classes.get(labels[row] as usize).cloned();
            let p = values.get(row * n_classes + codes[row] as usize);
            (label.unwrap_or_default(), p.copied())
        }
        (_, Predictions::Values(values)) => (values[row].to_string(), None),
        _ => (String::new(), None),
    };
    RowAnswer { answer, of_truth }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sides_are_mcnemars_table() {
        let targets = Targets::Classes {
            codes: vec![0, 0, 1, 2, 2],
            n_classes: 3,
        };
        let sure = |labels: [usize; 5], p: f64| Predictions::Probabilities {
            n_classes: 3,
            values: labels
                .iter()
                .flat_map(|k| (0..3).map(move |c| if c == *k { p } else { (1.0 - p) / 2.0 }))
                .collect(),
        };
        let (candidate, other) = (sure([0, 1, 1, 0, 2], 0.8), sure([0, 0, 2, 1, 1], 0.6));
        let classes = ["a", "b", "c"].map(str::to_owned);
        let of = |side| {
            disagreements(&targets, &classes, [&candidate, &other], None, (side, 10))
                .expect("they fit")
        };
        // Row 0 alike, 1 the other, 2 and 4 the candidate, 3 both wrong in their own way.
        assert_eq!(of(Side::Alike).counts, [1, 2, 1, 1]);
        let found = of(Side::OtherRight);
        assert_eq!(found.rows.len(), 1);
        let row = &found.rows[0];
        assert_eq!((row.row, row.truth.as_str()), (1, "a"));
        assert_eq!(
            (row.candidate.answer.as_str(), row.other.answer.as_str()),
            ("b", "a")
        );
        assert!(
            (row.loss - (0.6_f64 / 0.1).ln()).abs() < 1e-12,
            "{}",
            row.loss
        );
        let gained = of(Side::CandidateRight);
        assert!(gained.rows.windows(2).all(|w| w[0].loss <= w[1].loss));
    }

    #[test]
    fn a_threshold_decides_between_two_classes() {
        let targets = Targets::Classes {
            codes: vec![1, 0],
            n_classes: 2,
        };
        let of = |p: [f64; 2]| Predictions::Probabilities {
            n_classes: 2,
            values: p.iter().flat_map(|p| [1.0 - p, *p]).collect(),
        };
        let (candidate, other) = (of([0.1, 0.05]), of([0.3, 0.1]));
        let classes = ["good", "bad"].map(str::to_owned);
        let at = |threshold| {
            let models = [&candidate, &other];
            let asked = (Side::OtherRight, 10);
            disagreements(&targets, &classes, models, threshold, asked).expect("they fit")
        };
        assert_eq!(at(None).counts, [0, 0, 0, 2], "nobody is called bad");
        let found = at(Some(0.2));
        assert_eq!(found.counts, [1, 0, 0, 1]);
        assert_eq!(found.rows[0].other.answer, "bad");
        assert_eq!(at(Some(0.07)).counts, [0, 1, 0, 1]);
    }
}
