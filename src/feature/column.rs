//! What is learned of one column. Turning values into features is left to `encode`, choosing the columns to `plan`.

use super::calendar::{CalendarPart, FittedPart};
use super::shape::Shape;
use super::target_mean::{KnownTargets, TargetMeans};
use crate::data::ColumnData;
use crate::domain::preparation::Preparation;
use crate::domain::schema::{ColumnType, Domain};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// One input column with everything that training rows taught about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedColumn {
    /// Name as in the table.
    pub name: String,
    /// Type by the schema.
    pub kind: ColumnType,
    /// Whether training rows had no value here (then the missing ones have a feature of their own).
    pub had_missing: bool,
    /// How its values become features.
    pub transform: ColumnTransform,
}

/// How the values of a column become features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnTransform {
    /// A number: imputed by the median; scaled by mean and standard deviation for the one-hot encoding.
    Number {
        /// Median of the values (the mean of the two middle ones).
        median: f64,
        /// Mean after imputation.
        mean: f64,
        /// Standard deviation after imputation (denominator n), 1 where all are equal.
        sd: f64,
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
        /// The curve that it goes through before it is scaled; mean and standard deviation are those behind it.
        #[serde(default, skip_serializing_if = "Shape::is_linear")]
        shape: Shape,
    },
    /// A truth value: 0 or 1.
    Boolean {
        /// The more frequent value (false of equals); stands in for a missing one.
        imputed: bool,
    },
    /// A text.
    Text {
        /// The categories, most frequent first, ties in byte order.
        categories: Vec<String>,
        /// Whether training rows had rarer texts than those.
        has_other: bool,
    },
    /// A text as means of the target.
    Target(TargetMeans),
    /// A day or a moment, taken apart.
    Calendar {
        /// The parts of which training saw more than one value.
        parts: Vec<FittedPart>,
    },
}

/// How a column is to be prepared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen<'a> {
    pub(super) preparation: Preparation,
    pub(super) max_categories: usize,
    pub(super) known: Option<KnownTargets<'a>>,
}

impl FittedColumn {
    /// Learns one column from the given rows; `None` where no row has a usable value.
    pub(super) fn fit(
        name: &str,
        kind: ColumnType,
        data: ColumnData<'_>,
        rows: &[usize],
        how: Chosen<'_>,
    ) -> Option<Self> {
        let (n_values, transform) = match kind {
            ColumnType::Integer | ColumnType::Number => fit_number(data, rows, how.preparation)?,
            ColumnType::Boolean => fit_boolean(data, rows)?,
            ColumnType::Text => match (how.preparation, how.known) {
                (Preparation::Target, Some(known)) => {
                    let (n_values, means) = TargetMeans::fit(data, rows, known)?;
                    (n_values, ColumnTransform::Target(means))
                }
                _ => fit_text(data, rows, how.max_categories)?,
            },
            ColumnType::Date => fit_calendar(data, rows, &CalendarPart::OF_DATE)?,
            ColumnType::Timestamp => fit_calendar(data, rows, &CalendarPart::OF_TIMESTAMP)?,
        };
        Some(Self {
            name: name.to_owned(),
            kind,
            had_missing: n_values < rows.len(),
            transform,
        })
    }

    /// Values or bounds seen in training, for the signature.
    pub(super) fn domain(&self) -> Option<Domain> {
        match &self.transform {
            ColumnTransform::Number { min, max, .. } => Some(Domain::Range {
                min: Some(*min),
                max: Some(*max),
            }),
            ColumnTransform::Text {
                categories,
                has_other: false,
            } => {
                let mut values = categories.clone();
                values.sort();
                Some(Domain::Values {
                    values,
                    min_domain_mass: 1.0,
                })
            }
            ColumnTransform::Text { .. }
            | ColumnTransform::Target(_)
            | ColumnTransform::Boolean { .. }
            | ColumnTransform::Calendar { .. } => None,
        }
    }
}

/// Whether a table's column can be used where this type is expected. A column without any value fits always: nobody
/// can tell its type.
pub(super) fn accepts(expected: ColumnType, data: ColumnData<'_>) -> bool {
    let found = data.column_type();
    let by_type = match expected {
        ColumnType::Integer | ColumnType::Number | ColumnType::Boolean => {
            found.is_numeric() || found == ColumnType::Boolean
        }
        ColumnType::Text => true,
        ColumnType::Date | ColumnType::Timestamp => found.is_temporal(),
    };
    by_type || data.n_missing() == data.len()
}

/// A usable number: neither missing nor NaN nor infinite, within f32's range and with its precision.
pub(super) fn number_at(data: ColumnData<'_>, row: usize) -> Option<f64> {
    let value = data.number(row)?;
    value.is_finite().then(|| to_f32(value))
}

/// Rounded to f32's precision; beyond its range, its largest number.
pub(super) fn to_f32(value: f64) -> f64 {
    f64::from(value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32)
}

/// A truth value; numbers are true unless zero.
pub(super) fn boolean_at(data: ColumnData<'_>, row: usize) -> Option<bool> {
    match data {
        ColumnData::Text(_) => None,
        _ => number_at(data, row).map(|v| v != 0.0),
    }
}

/// Milliseconds since 1970; a day is its midnight.
pub(super) fn millis_at(data: ColumnData<'_>, row: usize) -> Option<i64> {
    if data.is_missing(row) {
        return None;
    }
    match data {
        ColumnData::Date(a) => Some(i64::from(a.value(row)) * 86_400_000),
        ColumnData::Timestamp(a) => Some(a.value(row)),
        _ => None,
    }
}

type Fitted = Option<(usize, ColumnTransform)>;

fn fit_number(data: ColumnData<'_>, rows: &[usize], preparation: Preparation) -> Fitted {
    let mut values: Vec<f64> = rows.iter().filter_map(|r| number_at(data, *r)).collect();
    values.sort_unstable_by(f64::total_cmp);
    let n_values = values.len();
    let (min, max) = (*values.first()?, *values.last()?);
    let median = to_f32(f64::midpoint(
        values[(n_values - 1) / 2],
        values[n_values / 2],
    ));
    let shape = match preparation {
        Preparation::Log => Shape::Log,
        Preparation::Quantile => Shape::quantile(&values),
        _ => Shape::Linear,
    };
    for value in &mut values {
        *value = shape.at(*value);
    }
    let stand_in = shape.at(median);
    let n = rows.len() as f64;
    let n_imputed = n - n_values as f64;
    let mean = (values.iter().sum::<f64>() + n_imputed * stand_in) / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let variance = (squares + n_imputed * (stand_in - mean) * (stand_in - mean)) / n;
    let sd = variance.sqrt();
    // Below this the spread is rounding noise of f32 and not information.
    let is_constant = min == max || sd <= mean.abs() * 1e-12;
    let transform = ColumnTransform::Number {
        median,
        mean,
        sd: if is_constant { 1.0 } else { sd },
        min,
        max,
        shape,
    };
    Some((n_values, transform))
}

fn fit_boolean(data: ColumnData<'_>, rows: &[usize]) -> Fitted {
    let values: Vec<bool> = rows.iter().filter_map(|r| boolean_at(data, *r)).collect();
    let n_true = values.iter().filter(|v| **v).count();
    let imputed = n_true * 2 > values.len();
    (!values.is_empty()).then_some((values.len(), ColumnTransform::Boolean { imputed }))
}

fn fit_text(data: ColumnData<'_>, rows: &[usize], max_categories: usize) -> Fitted {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for row in rows {
        match data {
            _ if data.is_missing(*row) => {}
            ColumnData::Text(texts) => {
                *counts.entry_ref(texts.value(*row)).or_default() += 1;
            }
            _ => {
                if let Some(text) = data.text(*row) {
                    *counts.entry(text).or_default() += 1;
                }
            }
        }
    }
    let n_values: usize = counts.values().sum();
    let mut categories: Vec<(String, usize)> = counts.into_iter().collect();
    let first =
        |a: &(String, usize), b: &(String, usize)| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0));
    let has_other = categories.len() > max_categories;
    if has_other {
        categories.select_nth_unstable_by(max_categories, first);
        categories.truncate(max_categories);
    }
    categories.sort_unstable_by(first);
    let transform = ColumnTransform::Text {
        categories: categories.into_iter().map(|(text, _)| text).collect(),
        has_other,
    };
    (n_values > 0).then_some((n_values, transform))
}

fn fit_calendar(data: ColumnData<'_>, rows: &[usize], parts: &[CalendarPart]) -> Fitted {
    let moments: Vec<i64> = rows.iter().filter_map(|r| millis_at(data, *r)).collect();
    let parts = parts
        .iter()
        .filter_map(|part| {
            let mut values: Vec<i32> = moments.iter().filter_map(|m| part.of(*m)).collect();
            values.sort_unstable();
            let median = *values.get(values.len() / 2)?;
            values.dedup();
            (values.len() > 1).then_some(FittedPart {
                part: *part,
                values,
                median,
            })
        })
        .collect();
    (!moments.is_empty()).then_some((moments.len(), ColumnTransform::Calendar { parts }))
}
