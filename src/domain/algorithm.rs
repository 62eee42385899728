//! What an algorithm says of itself: its name, what it is made of, its parameters with ranges. The window makes its
//! forms of this, the command line its help, and checking a candidate needs nothing else. Fitting is left to `train`.

use super::{Scalar, Task};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Parameters by name.
pub type Params = BTreeMap<String, Scalar>;

/// An algorithm's description.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlgorithmInfo {
    /// Name in pipeline.toml, for example `logistic`.
    pub id: String,
    /// For people, for example "Logistic regression".
    pub title: String,
    /// What it is made of, for example "linfa-logistic 0.8".
    pub made_of: String,
    /// One or two sentences: what it does and when to use it.
    pub help: String,
    /// Tasks it can do.
    pub tasks: Vec<Task>,
    /// Its parameters.
    pub params: Vec<ParamInfo>,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParamInfo {
    /// Name in pipeline.toml.
    pub name: String,
    /// For people.
    pub title: String,
    /// One sentence.
    pub help: String,
    /// Type and range.
    pub range: ParamRange,
    /// Value when nothing is said.
    pub default: Scalar,
    /// Where a search looks for a better one; `None`: it is left at its default.
    pub tuning: Option<Tuning>,
}

/// Where a search looks for a parameter's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tuning {
    /// Every value between the bounds is as likely.
    Even {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
    },
    /// Every order of magnitude between the bounds is as likely; both are above 0.
    Magnitude {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
    },
    /// One of the parameter's choices.
    Choices(Vec<String>),
}

impl ParamInfo {
    /// The same, looked for in a search.
    #[must_use]
    pub fn tuned(mut self, tuning: Tuning) -> Self {
        self.tuning = Some(tuning);
        self
    }

    /// The value at this place of the tuning, from 0 to 1; `None` if it is not tuned.
    #[must_use]
    pub fn at(&self, place: f64) -> Option<Scalar> {
        let number = match self.tuning.as_ref()? {
            Tuning::Even { min, max } => min + place * (max - min),
            Tuning::Magnitude { min, max } => (min.ln() + place * (max / min).ln()).exp(),
            Tuning::Choices(choices) => {
                let last = choices.len().checked_sub(1)?;
                let position = (place * choices.len() as f64) as usize;
                return Some(Scalar::Text(choices[position.min(last)].clone()));
            }
        };
        Some(match self.range {
            ParamRange::Int { .. } => Scalar::Int(number.round() as i64),
            // Three digits say all that a search finds out, and can be read.
            _ => Scalar::Float(format!("{number:.2e}").parse().unwrap_or(number)),
        })
    }
}

/// Type and range of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamRange {
    /// A whole number, bounds included.
    Int {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A real number, bounds included.
    Float {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
    },
    /// true or false.
    Bool,
    /// One of these.
    Choice(Vec<String>),
    /// Any text.
    Text,
}

/// A problem with one field of the pipeline or of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The field, as a path in pipeline.toml: `steps.train.folds`.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Problem {
    /// A problem.
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

impl AlgorithmInfo {
    /// All problems of these parameters; `path` is put before the parameter's name.
    #[must_use]
    pub fn check(&self, params: &Params, path: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, value) in params {
            let field = format!("{path}.{name}");
            match self.params.iter().find(|p| &p.name == name) {
                None => {
                    let known: Vec<&str> = self.params.iter().map(|p| p.name.as_str()).collect();
                    let known = if known.is_empty() {
                        "it has none".to_owned()
                    } else {
                        format!("it has {}", known.join(", "))
                    };
                    problems.push(Problem::new(
                        field,
                        format!("{} has no such parameter; {known}", self.title),
                    ));
                }
                Some(info) => problems.extend(
                    info.range
                        .check(value)
                        .map(|message| Problem::new(field, message)),
                ),
            }
        }
        problems
    }

    /// The parameters with defaults filled in.
    #[must_use]
    pub fn with_defaults(&self, params: &Params) -> Params {
        let mut full: Params = self
            .params
            .iter()
            .map(|p| (p.name.clone(), p.default.clone()))
            .collect();
        full.extend(params.iter().map(|(k, v)| (k.clone(), v.clone())));
        full
    }
}

impl ParamRange {
    /// What is wrong with a value, if anything.
    #[must_use]
    pub fn check(&self, value: &Scalar) -> Option<String> {
        match self {
            Self::Int { min, max } => match value.as_i64() {
                Some(v) if (*min..=*max).contains(&v) => None,
                _ => Some(format!(
                    "must be a whole number from {min} to {max}, not {value}"
                )),
            },
            Self::Float { min, max } => match value.as_f64() {
                Some(v) if (*min..=*max).contains(&v) => None,
                _ => Some(format!("must be a number from {min} to {max}, not {value}")),
            },
            Self::Bool => value
                .as_bool()
                .is_none()
                .then(|| format!("must be true or false, not {value}")),
            Self::Text => value
                .as_str()
                .is_none()
                .then(|| format!("must be a text in quotes, not {value}")),
            Self::Choice(options) => match value.as_str() {
                Some(v) if options.iter().any(|o| o == v) => None,
                _ => Some(format!(
                    "must be one of {}, not {value}",
                    options.join(", ")
                )),
            },
        }
    }
}
