//! How much each row counts in a fit: by the column that has the role of a weight (survey weights, exposure), and by the
//! frequency of its class, as King and Zeng (2001) and scikit-learn's `class_weight="balanced"` do. Scores count every row
//! once. Algorithms whose library takes no weights say so (`Algorithm::weighs_rows`).

use super::algorithm::{choice, class_counts};
use super::error::TrainError;
use crate::data::Table;
use crate::domain::algorithm::{ParamInfo, ParamRange, Params};
use crate::domain::prediction::Targets;
use crate::domain::schema::{Role, Schema};

/// Name of the parameter.
const NAME: &str = "class_weight";

/// The parameter.
pub(super) fn param() -> ParamInfo {
    super::algorithm::param(
        NAME,
        "Class weights",
        "For classes: whether each counts by its rows, or all the same (balanced). Balanced finds more of a rare class and \
         says too high probabilities for it, unless they are calibrated.",
        ParamRange::Choice(["none", "balanced"].map(str::to_owned).to_vec()),
        "none",
    )
}

/// The weights of some rows, in their order, by the column of that role; they add up to the number of rows, so that the
/// unit of the column does not matter. `None` if there is no such column.
///
/// # Errors
/// `Weights` if a row has no weight of at least 0, or none has one above.
pub fn of_column(
    table: &Table,
    schema: &Schema,
    rows: &[usize],
) -> Result<Option<Vec<f64>>, TrainError> {
    let column = schema.columns.iter().find(|c| c.role == Role::Weight);
    let Some((spec, data)) = column.and_then(|c| Some((c, table.column(&c.name)?))) else {
        return Ok(None);
    };
    let unusable = |reason: String| TrainError::Weights {
        column: spec.name.clone(),
        reason,
    };
    if !data.column_type().is_numeric() {
        return Err(unusable("it does not hold numbers".to_owned()));
    }
    let is_weight = |weight: &f64| weight.is_finite() && *weight >= 0.0;
    let weights: Vec<f64> = rows
        .iter()
        .filter_map(|row| data.number(*row).filter(is_weight))
        .collect();
    let n_without = rows.len() - weights.len();
    if n_without > 0 {
        return Err(unusable(format!(
            "{n_without} of {} training rows have none, or one that is negative or not finite",
            rows.len()
        )));
    }
    // A sum of the largest numbers would not be finite.
    let largest = weights.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 {
        return Err(unusable("all training rows have the weight 0".to_owned()));
    }
    let sum: f64 = weights.iter().map(|w| w / largest).sum();
    let scale = rows.len() as f64 / sum;
    let scaled = weights.into_iter().map(|w| w / largest * scale);
    Ok(Some(scaled.collect()))
}

/// The weight of each row in a fit with complete parameters, `own` being those of the rows themselves. `None`: all the same.
pub(super) fn weights(
    targets: &Targets,
    params: &Params,
    own: Option<Vec<f64>>,
) -> Option<Vec<f64>> {
    match (of_classes(targets, params), own) {
        (Some(of_classes), Some(own)) => {
            Some(of_classes.iter().zip(own).map(|(a, b)| a * b).collect())
        }
        (of_classes, own) => of_classes.or(own),
    }
}

/// The weight of each row, `n_rows / (n_classes · rows of its class)`, if the parameters ask for it. `None` for numbers.
fn of_classes(targets: &Targets, params: &Params) -> Option<Vec<f64>> {
    let Targets::Classes { n_classes, codes } = targets else {
        return None;
    };
    if !params.contains_key(NAME) || choice(params, NAME) != "balanced" {
        return None;
    }
    let present = class_counts(targets);
    let mut of_class = vec![0.0; *n_classes];
    for (code, n) in &present {
        of_class[*code as usize] = codes.len() as f64 / (present.len() as f64 * *n as f64);
    }
    Some(codes.iter().map(|c| of_class[*c as usize]).collect())
}
