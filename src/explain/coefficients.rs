//! The weights of linear models, in the steps that they were fitted in and in the columns' own units.

use super::error::ExplainError;
use super::output::{ScoreOf, check_class, score_of, sum_of};
use crate::domain::explanation::{Coefficients, Weight};
use crate::feature::{Feature, Meaning, Shape};
use crate::model::{Estimator, Model};

/// The weights behind one class, in the order of the columns. For the first of two classes those of the second, turned
/// round.
///
/// # Errors
/// If the model is no weighted sum, or the class does not exist or was never seen.
pub fn coefficients(model: &Model, class: usize) -> Result<Coefficients, ExplainError> {
    check_class(model, class)?;
    let Estimator::Linear(linear) = &model.estimator else {
        return Err(ExplainError::NoWeights {
            algorithm: model.algorithm.clone(),
        });
    };
    let ScoreOf { score, sign } = score_of(model, &linear.link, class)?;
    let intercept = sign * linear.intercepts[score];
    let features = model.plan.features(model.encoding);
    let mut intercept_in_units = intercept;
    let weights = features
        .iter()
        .zip(&linear.coefficients[score])
        .map(|(feature, weight)| {
            let (mean, sd) = scale(feature);
            let weight = sign * weight;
            intercept_in_units -= weight * mean / sd;
            Weight {
                feature: feature.name.clone(),
                column: model.plan.columns[feature.column].name.clone(),
                step: step(feature),
                weight,
                per_unit: weight / sd,
            }
        })
        .collect();
    Ok(Coefficients {
        explained: sum_of(model, class),
        intercept,
        intercept_in_units,
        weights,
    })
}

fn scale(feature: &Feature) -> (f64, f64) {
    match &feature.meaning {
        Meaning::Number { mean, sd, .. } | Meaning::TargetMean { mean, sd, .. } => (*mean, *sd),
        Meaning::Part { offset, .. } => (f64::from(*offset), 1.0),
        _ => (0.0, 1.0),
    }
}

fn step(feature: &Feature) -> String {
    match &feature.meaning {
        Meaning::Number { mean, sd, .. } if (*mean, *sd) == (0.0, 1.0) => "one unit".to_owned(),
        Meaning::Number {
            sd,
            shape: Shape::Log,
            ..
        } => format!(
            "one standard deviation of the logarithm ({})",
            super::drawing::short(*sd)
        ),
        Meaning::Number {
            sd,
            shape: Shape::Quantile { .. },
            ..
        } => format!(
            "one standard deviation of the quantile ({})",
            super::drawing::short(*sd)
        ),
        Meaning::Number { sd, .. } | Meaning::TargetMean { sd, .. } => {
            format!("one standard deviation ({})", super::drawing::short(*sd))
        }
        Meaning::Part { part, .. } => format!("one {}", part.name()),
        Meaning::Rank { .. } => "one rank".to_owned(),
        _ => "yes instead of no".to_owned(),
    }
}
