//! Classes that count the same however rare they are: each row gets a weight by the frequency of its class, as King and
//! Zeng (2001) and scikit-learn's `class_weight="balanced"` do. Algorithms that look at a training set's weights have the
//! parameter.

use super::algorithm::{choice, class_counts};
use crate::domain::algorithm::{ParamInfo, ParamRange, Params};
use crate::domain::prediction::Targets;

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

/// The weight of each row, `n_rows / (n_classes · rows of its class)`, if complete parameters ask for it; they add up to
/// the number of rows. `None` for numbers.
pub(super) fn weights(targets: &Targets, params: &Params) -> Option<Vec<f64>> {
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
