//! From values to features, one column at a time. Deliberately absent: anything learned here; all of it comes from the
//! fitted column.
//!
//! | column | one-hot | ordinal |
//! |---|---|---|
//! | number | shaped and scaled, missing = median; `is missing` if training had missing ones | unscaled, the same otherwise |
//! | boolean | 0 or 1; `is missing` | the same |
//! | text | one feature a category, `=other` and `is missing` if training had them | one code: rank by frequency, then other, then missing |
//! | text by the target | the means of the target, scaled; missing = its own | the means, unscaled |
//! | calendar | one feature a value that training saw (year: years from the middle one); `is missing` | one number a part; `is missing` |
//!
//! A text that training never saw is "other". Where training had no "other", all its one-hot features are 0. A missing
//! text is treated like an unknown one if training never saw a missing one.

use super::Form;
use super::calendar::{CalendarPart, FittedPart};
use super::column::{ColumnTransform, FittedColumn, boolean_at, millis_at, number_at, to_f32};
use super::target_mean::TargetMeans;
use crate::data::ColumnData;
use hashbrown::HashMap;
use ndarray::ArrayViewMut2;

/// Names of the features of one column.
pub(super) fn names(column: &FittedColumn, form: Form) -> Vec<String> {
    let name = &column.name;
    let mut names: Vec<String> = match (&column.transform, form) {
        (ColumnTransform::Number { .. } | ColumnTransform::Boolean { .. }, _) => vec![name.clone()],
        (ColumnTransform::Text { .. }, Form::Ordinal) => return vec![name.clone()],
        (ColumnTransform::Target(means), _) => {
            let outputs = means.outputs.iter();
            return outputs.map(|output| format!("{name} → {output}")).collect();
        }
        (
            ColumnTransform::Text {
                categories,
                has_other,
            },
            Form::OneHot,
        ) => {
            let other = has_other.then(|| format!("{name}=other"));
            let categories = categories.iter().map(|c| format!("{name}={c}"));
            categories.chain(other).collect()
        }
        (ColumnTransform::Calendar { parts }, _) => parts
            .iter()
            .flat_map(|p| part_names(name, p, form))
            .collect(),
    };
    if column.had_missing {
        names.push(format!("{name} is missing"));
    }
    names
}

fn is_one_hot(part: &FittedPart, form: Form) -> bool {
    form == Form::OneHot && part.part != CalendarPart::Year
}

fn part_names(name: &str, part: &FittedPart, form: Form) -> Vec<String> {
    let part_name = part.part.name();
    if is_one_hot(part, form) {
        let values = part.values.iter();
        values.map(|v| format!("{name}.{part_name}={v}")).collect()
    } else {
        vec![format!("{name}.{part_name}")]
    }
}

/// Rows of a table that are encoded one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Picked<'a> {
    /// All from this one on.
    From(usize),
    /// These.
    These(&'a [usize]),
}

impl Picked<'_> {
    fn at(self, i: usize) -> usize {
        match self {
            Self::From(first) => first + i,
            Self::These(rows) => rows[i],
        }
    }
}

/// Writes the features of one column; `out` has a column for each name, all zero, and a row for each row.
pub(super) fn fill(
    column: &FittedColumn,
    data: ColumnData<'_>,
    rows: Picked<'_>,
    form: Form,
    mut out: ArrayViewMut2<'_, f64>,
) {
    let row_at = |i: usize| rows.at(i);
    let n = out.nrows();
    let indicator = column.had_missing.then(|| out.ncols().wrapping_sub(1));
    let mark = |out: &mut ArrayViewMut2<'_, f64>, i: usize| {
        if let Some(indicator) = indicator {
            out[[i, indicator]] = 1.0;
        }
    };
    match &column.transform {
        ColumnTransform::Number {
            median,
            mean,
            sd,
            shape,
            ..
        } => {
            for i in 0..n {
                let value = number_at(data, row_at(i));
                if value.is_none() {
                    mark(&mut out, i);
                }
                let value = value.unwrap_or(*median);
                out[[i, 0]] = match form {
                    Form::OneHot => to_f32((shape.at(value) - mean) / sd),
                    Form::Ordinal => value,
                };
            }
        }
        ColumnTransform::Boolean { imputed } => {
            for i in 0..n {
                let value = boolean_at(data, row_at(i));
                if value.is_none() {
                    mark(&mut out, i);
                }
                out[[i, 0]] = f64::from(u8::from(value.unwrap_or(*imputed)));
            }
        }
        ColumnTransform::Text {
            categories,
            has_other,
        } => {
            let codes = text_codes(categories, data, rows, n, column.had_missing);
            let n_one_hot = categories.len() + usize::from(*has_other);
            for (i, code) in codes.into_iter().enumerate() {
                match form {
                    Form::Ordinal => out[[i, 0]] = code as f64,
                    // The code of "missing" comes after "other", the feature of "missing" is the last one.
                    Form::OneHot if code > categories.len() => mark(&mut out, i),
                    Form::OneHot if code < n_one_hot => out[[i, code]] = 1.0,
                    Form::OneHot => {}
                }
            }
        }
        ColumnTransform::Target(means) => {
            let answers = means.encoder();
            for i in 0..n {
                for (k, mean) in answers(data, row_at(i)).iter().enumerate() {
                    out[[i, k]] = target_feature(means, k, *mean, form);
                }
            }
        }
        ColumnTransform::Calendar { parts } => {
            for i in 0..n {
                let moment = millis_at(data, row_at(i));
                if moment.is_none() {
                    mark(&mut out, i);
                }
                let mut first = 0;
                for part in parts {
                    let value = moment.and_then(|m| part.part.of(m));
                    first += fill_part(part, value, form, &mut out, (i, first));
                }
            }
        }
    }
}

/// A mean of the target as a feature.
pub(super) fn target_feature(means: &TargetMeans, output: usize, value: f64, form: Form) -> f64 {
    let (mean, sd) = means.scales[output];
    match form {
        Form::OneHot => to_f32((value - mean) / sd),
        Form::Ordinal => value,
    }
}

/// Writes one part of the calendar and answers how many features it has.
fn fill_part(
    part: &FittedPart,
    value: Option<i32>,
    form: Form,
    out: &mut ArrayViewMut2<'_, f64>,
    (row, first): (usize, usize),
) -> usize {
    if is_one_hot(part, form) {
        if let Some(position) = value.and_then(|v| part.values.binary_search(&v).ok()) {
            out[[row, first + position]] = 1.0;
        }
        return part.values.len();
    }
    let value = f64::from(value.unwrap_or(part.median));
    out[[row, first]] = match form {
        // A year is counted from the middle one, so that it is of the size of the other features.
        Form::OneHot => value - f64::from(part.median),
        Form::Ordinal => value,
    };
    1
}

/// The code of each row: rank of the category; then one for other and unknown texts; then one for missing.
fn text_codes(
    categories: &[String],
    data: ColumnData<'_>,
    rows: Picked<'_>,
    n: usize,
    had_missing: bool,
) -> Vec<usize> {
    let ranks: HashMap<&str, usize> = categories
        .iter()
        .enumerate()
        .map(|(rank, text)| (text.as_str(), rank))
        .collect();
    let other = categories.len();
    let missing = if had_missing { other + 1 } else { other };
    let code = |i: usize| {
        let row = rows.at(i);
        match data {
            _ if data.is_missing(row) => missing,
            ColumnData::Text(texts) => ranks.get(texts.value(row)).copied().unwrap_or(other),
            _ => data
                .text(row)
                .and_then(|text| ranks.get(text.as_str()).copied())
                .unwrap_or(other),
        }
    };
    (0..n).map(code).collect()
}
