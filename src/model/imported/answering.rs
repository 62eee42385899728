//! Which output of an ONNX file answers, and what its classes are.

use super::error::ImportError;
use super::fitting::Question;
use crate::model::onnx::interpreter::{Data, Kind, Port, Program, Tensor};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Sums of probabilities may be so far from 1; then they are divided by their sum.
const TOLERANCE: f64 = 1e-3;

/// Rows of which at least half must have the label of the largest probability, if there are so many.
const MIN_ROWS_TO_JUDGE: usize = 20;

/// Where the answer is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// One number a row.
    Value {
        /// Position of the output.
        output: usize,
    },
    /// Probabilities.
    Probabilities {
        /// Position of the output.
        output: usize,
        /// For each column of the output, the code of its class.
        classes: Vec<u32>,
        /// Position of the output with the labels, and the labels in the order of the columns, where there are any.
        labels: Option<(usize, Vec<String>)>,
        /// What was taken for granted.
        assumption: Option<String>,
    },
}

fn no_answer(reason: impl Into<String>) -> ImportError {
    ImportError::Answer {
        reason: reason.into(),
    }
}

fn is_real(port: &Port) -> bool {
    // A sequence of maps from class to probability has no element type, and is a matrix here.
    matches!(port.kind, Some(Kind::Float | Kind::Double) | None)
}

impl Answer {
    pub(super) fn of(program: &Program, question: &Question<'_>) -> Result<Self, ImportError> {
        let outputs = program.outputs();
        let label = outputs.iter().position(|o| !is_real(o));
        if !question.task.is_classification() {
            let output = outputs.iter().position(is_real);
            return match (output, label) {
                (Some(output), None) => Ok(Self::Value { output }),
                (None, _) => Err(no_answer("none of them is a real number")),
                (Some(_), Some(_)) => Err(no_answer(
                    "the model tells classes apart, and the target is a number",
                )),
            };
        }
        let output = outputs.iter().rposition(is_real).ok_or_else(|| {
            no_answer("there are only labels, and probabilities are needed; convert a classifier that has them")
        })?;
        let own = labels_of(program, output, label);
        let (order, assumption) = match (&own, question.class_order) {
            (_, order) if !order.is_empty() => (order.to_vec(), None),
            (Some(own), _) => (own.clone(), None),
            (None, _) => (
                ascending(question.classes),
                Some(
                    "The file does not name its classes: they are taken to be in ascending order, as scikit-learn has them; the \
                     parameter classes says otherwise"
                        .to_owned(),
                ),
            ),
        };
        let classes = codes(&order, question.classes);
        let is_as_many = own.as_ref().is_none_or(|own| own.len() == order.len());
        let classes = classes
            .filter(|_| is_as_many)
            .ok_or_else(|| ImportError::Classes {
                model: own.clone().unwrap_or(order),
                data: question.classes.to_vec(),
            })?;
        let by_file = own.as_ref().and_then(|own| codes(own, question.classes));
        if by_file.is_some_and(|by_file| by_file != classes) {
            let own = own.unwrap_or_default().join(", ");
            return Err(no_answer(format!(
                "the parameter classes names them in another order than the file, which has {own}"
            )));
        }
        Ok(Self::Probabilities {
            output,
            classes,
            labels: label.zip(own),
            assumption,
        })
    }

    pub(super) fn n_classes(&self) -> Option<usize> {
        match self {
            Self::Value { .. } => None,
            Self::Probabilities { classes, .. } => Some(classes.len()),
        }
    }

    pub(super) fn assumption(&self) -> Option<&str> {
        match self {
            Self::Value { .. } => None,
            Self::Probabilities { assumption, .. } => assumption.as_deref(),
        }
    }

    /// Whether everything that it points to is there.
    pub(super) fn is_sound(&self, n_outputs: usize) -> bool {
        match self {
            Self::Value { output } => *output < n_outputs,
            Self::Probabilities {
                output,
                classes,
                labels,
                ..
            } => {
                let mut sorted = classes.clone();
                sorted.sort_unstable();
                *output < n_outputs
                    && classes.len() >= 2
                    && sorted.into_iter().eq(0..classes.len() as u32)
                    && labels
                        .as_ref()
                        .is_none_or(|(at, own)| *at < n_outputs && own.len() == classes.len())
            }
        }
    }

    /// The answers, row-major, classes in the order of their codes. `first` is the number of the first row, for messages.
    pub(super) fn read(
        &self,
        outputs: &[Arc<Tensor>],
        n_rows: usize,
        first: usize,
    ) -> Result<Vec<f64>, ImportError> {
        let output = match self {
            Self::Value { output } | Self::Probabilities { output, .. } => *output,
        };
        let tensor = outputs
            .get(output)
            .ok_or_else(|| no_answer("one is missing"))?;
        let values = tensor.doubles().map_err(no_answer)?;
        let width = match tensor.shape() {
            [n] if *n == n_rows => 1,
            [n, width] if *n == n_rows => *width,
            other => {
                return Err(no_answer(format!(
                    "for {n_rows} rows there is a tensor of shape {other:?}"
                )));
            }
        };
        let wrong = |row: usize, reason: String| ImportError::Row {
            row: first + row,
            reason,
        };
        let Self::Probabilities { classes, .. } = self else {
            if width != 1 {
                return Err(no_answer(format!(
                    "there are {width} numbers a row instead of one"
                )));
            }
            if let Some(row) = values.iter().position(|v| !v.is_finite()) {
                return Err(wrong(row, format!("the model answers {}", values[row])));
            }
            return Ok(values.into_owned());
        };
        let k = classes.len();
        let is_single = width == 1 && k == 2;
        if width != k && !is_single {
            return Err(no_answer(format!(
                "there are {width} numbers a row for {k} classes"
            )));
        }
        let mut answers = vec![0.0; n_rows * k];
        for (row, (found, answer)) in values.chunks(width).zip(answers.chunks_mut(k)).enumerate() {
            let both = [1.0 - found[0], found[0]];
            let found = if is_single { &both } else { found };
            let sum: f64 = found.iter().sum();
            let is_share = |p: &f64| (-TOLERANCE..=1.0 + TOLERANCE).contains(p);
            if !found.iter().all(is_share) || (sum - 1.0).abs() > TOLERANCE {
                return Err(wrong(
                    row,
                    format!("{found:?} are no probabilities; convert a classifier that has them"),
                ));
            }
            let sum: f64 = found.iter().map(|p| p.max(0.0)).sum();
            for (p, class) in found.iter().zip(classes) {
                answer[*class as usize] = p.max(0.0) / sum;
            }
        }
        Ok(answers)
    }

    /// Whether the model's own labels are those of the largest probabilities, by and large: otherwise the order of the
    /// classes is another one. Some models decide by votes, so that a few rows may differ.
    pub(super) fn check_labels(
        &self,
        outputs: &[Arc<Tensor>],
        answers: &[f64],
    ) -> Result<(), ImportError> {
        let Self::Probabilities {
            classes,
            labels: Some((at, own)),
            ..
        } = self
        else {
            return Ok(());
        };
        let Some(tensor) = outputs.get(*at) else {
            return Ok(());
        };
        let found: Vec<String> = match tensor.data() {
            Data::Int64(v) => v.iter().map(i64::to_string).collect(),
            Data::Int32(v) => v.iter().map(i32::to_string).collect(),
            Data::Bool(v) => v.iter().map(bool::to_string).collect(),
            Data::Text(v) => v.iter().map(ToString::to_string).collect(),
            Data::Float(_) | Data::Double(_) => return Ok(()),
        };
        let k = classes.len();
        let agrees = |(label, row): (&String, &[f64])| {
            let largest = row.iter().copied().fold(0.0, f64::max);
            let place = own.iter().position(|own| same(own, label));
            // Equals may be decided either way.
            place.is_some_and(|place| row[classes[place] as usize] >= largest)
        };
        let n = found.len();
        let n_agreeing = found
            .iter()
            .zip(answers.chunks(k))
            .filter(|pair| agrees((pair.0, pair.1)));
        if n >= MIN_ROWS_TO_JUDGE && n_agreeing.count() * 2 < n {
            return Err(no_answer(
                "its labels are mostly not those of its largest probabilities: the order of its classes must be another one, which \
                 the parameter classes can say",
            ));
        }
        Ok(())
    }
}

/// The labels that the file names: at its labels, at its probabilities, or in a note of ours. The labels come first, because
/// probabilities may come of a part that knows codes only (stacking).
fn labels_of(program: &Program, output: usize, label: Option<usize>) -> Option<Vec<String>> {
    let outputs = program.outputs();
    let of = |at: usize| outputs[at].labels.as_ref().map(|l| l.texts());
    let noted = || serde_json::from_str::<Vec<String>>(program.note("classes")?).ok();
    label.and_then(of).or_else(|| of(output)).or_else(noted)
}

/// Numbers by size, texts by their characters' codes: the order of numpy's `unique`.
fn ascending(classes: &[String]) -> Vec<String> {
    let mut sorted = classes.to_vec();
    let numbers: Option<Vec<f64>> = classes.iter().map(|c| c.parse().ok()).collect();
    match numbers {
        Some(_) => {
            let number = |c: &String| c.parse::<f64>().unwrap_or_default();
            sorted.sort_by(|a, b| number(a).total_cmp(&number(b)));
        }
        None => sorted.sort(),
    }
    sorted
}

/// Whether two labels are the same: as texts, as numbers, or as truth values, which other programs number.
fn same(a: &str, b: &str) -> bool {
    let truth = |text: &str| match text.to_ascii_lowercase().as_str() {
        "false" => Some(0.0),
        "true" => Some(1.0),
        other => other.parse::<f64>().ok(),
    };
    a == b || truth(a).is_some_and(|x| truth(b) == Some(x))
}

/// The code of each label; `None` unless each class is named exactly once.
fn codes(order: &[String], classes: &[String]) -> Option<Vec<u32>> {
    let exact = |label: &String| classes.iter().position(|c| c == label);
    let place =
        |label: &String| exact(label).or_else(|| classes.iter().position(|c| same(c, label)));
    let codes: Vec<usize> = order.iter().map(place).collect::<Option<_>>()?;
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    let is_each_once = sorted.into_iter().eq(0..classes.len());
    is_each_once.then(|| codes.into_iter().map(|c| c as u32).collect())
}
