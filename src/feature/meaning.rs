//! What a feature stands for: the way back from a matrix's columns to the table's, and from a split of a tree to a question
//! that a person can answer. Making the features is left to `encode`, whose table this one mirrors.

use super::calendar::{CalendarPart, FittedPart};
use super::column::{ColumnTransform, FittedColumn};
use super::encode;
use super::shape::Shape;
use super::{Encoding, FeaturePlan, Form};

/// One feature of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// As in `FeaturePlan::feature_names`.
    pub name: String,
    /// Position of its column in the plan.
    pub column: usize,
    /// What its values say.
    pub meaning: Meaning,
}

/// What a feature's values say of the column.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// The number whose `shape` is `value × sd + mean`; a missing one is `imputed`, in the column's units.
    Number {
        /// Added.
        mean: f64,
        /// Multiplied with.
        sd: f64,
        /// Stands in for a missing value.
        imputed: f64,
        /// The curve that it went through.
        shape: Shape,
    },
    /// A mean of the target for the category, `value × sd + mean`.
    TargetMean {
        /// Of what: `share of late`.
        output: String,
        /// Added.
        mean: f64,
        /// Multiplied with.
        sd: f64,
    },
    /// 1 is true.
    Boolean {
        /// Stands in for a missing value.
        imputed: bool,
    },
    /// 1 is this category.
    Category(String),
    /// 1 is any category that is rarer than those that have a feature.
    Other,
    /// The rank of the category by frequency, from 0; one more is any other text; one more still is missing.
    Rank {
        /// The categories.
        categories: Vec<String>,
        /// Whether missing has a rank of its own; otherwise it has that of other texts.
        has_missing: bool,
    },
    /// A part of a day or moment, `value + offset`.
    Part {
        /// Which.
        part: CalendarPart,
        /// Added.
        offset: i32,
        /// Stands in for a missing value.
        imputed: i32,
    },
    /// 1 is this value of a part of a day or moment.
    PartIs(CalendarPart, i32),
    /// 1 is missing.
    Missing,
}

impl FeaturePlan {
    /// The features in the order of the matrix's columns, with what they stand for.
    #[must_use]
    pub fn features(&self, encoding: Encoding) -> Vec<Feature> {
        let of = |form: Form, (column, fitted): (usize, &FittedColumn)| {
            let named = encode::names(fitted, form)
                .into_iter()
                .zip(meanings(fitted, form));
            named
                .map(|(name, meaning)| Feature {
                    name,
                    column,
                    meaning,
                })
                .collect::<Vec<_>>()
        };
        let forms = encoding.forms().iter();
        forms
            .flat_map(|form| self.columns.iter().enumerate().flat_map(|c| of(*form, c)))
            .collect()
    }
}

/// The meanings of one column's features, in the order of their names.
fn meanings(column: &FittedColumn, form: Form) -> Vec<Meaning> {
    let mut all = match (&column.transform, form) {
        (
            ColumnTransform::Number {
                median,
                mean,
                sd,
                shape,
                ..
            },
            _,
        ) => {
            let (mean, sd, shape) = match form {
                Form::OneHot => (*mean, *sd, shape.clone()),
                Form::Ordinal => (0.0, 1.0, Shape::Linear),
            };
            vec![Meaning::Number {
                mean,
                sd,
                imputed: *median,
                shape,
            }]
        }
        (ColumnTransform::Boolean { imputed }, _) => vec![Meaning::Boolean { imputed: *imputed }],
        (ColumnTransform::Target(means), _) => {
            let scaled = means.outputs.iter().zip(&means.scales);
            let all = scaled.map(|(output, (mean, sd))| {
                let (mean, sd) = match form {
                    Form::OneHot => (*mean, *sd),
                    Form::Ordinal => (0.0, 1.0),
                };
                Meaning::TargetMean {
                    output: output.clone(),
                    mean,
                    sd,
                }
            });
            return all.collect();
        }
        (ColumnTransform::Text { categories, .. }, Form::Ordinal) => {
            return vec![Meaning::Rank {
                categories: categories.clone(),
                has_missing: column.had_missing,
            }];
        }
        (
            ColumnTransform::Text {
                categories,
                has_other,
            },
            Form::OneHot,
        ) => {
            let other = has_other.then_some(Meaning::Other);
            let categories = categories.iter().cloned().map(Meaning::Category);
            categories.chain(other).collect()
        }
        (ColumnTransform::Calendar { parts }, _) => {
            parts.iter().flat_map(|part| of_part(part, form)).collect()
        }
    };
    if column.had_missing {
        all.push(Meaning::Missing);
    }
    all
}

fn of_part(part: &FittedPart, form: Form) -> Vec<Meaning> {
    let number = |offset| {
        vec![Meaning::Part {
            part: part.part,
            offset,
            imputed: part.median,
        }]
    };
    match (form, part.part) {
        (Form::Ordinal, _) => number(0),
        (Form::OneHot, CalendarPart::Year) => number(part.median),
        (Form::OneHot, _) => {
            let values = part.values.iter();
            values.map(|v| Meaning::PartIs(part.part, *v)).collect()
        }
    }
}
