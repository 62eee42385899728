//! Which of a model's numbers is explained: the answer itself, or the score that an additive model adds up.

use super::error::ExplainError;
use crate::domain::explanation::{Explained, Scale};
use crate::domain::prediction::Predictions;
use crate::model::{Estimator, Link, Model};

/// The score behind a class: which of several, and its sign there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ScoreOf {
    /// Position among the scores.
    pub(super) score: usize,
    /// −1 for the first of two classes, whose log-odds are those of the second turned round.
    pub(super) sign: f64,
}

/// Checks a class; regressions have only the class 0, which stands for their one number.
pub(super) fn check_class(model: &Model, class: usize) -> Result<(), ExplainError> {
    let n_classes = model.signature.classes.len().max(1);
    if class < n_classes {
        Ok(())
    } else {
        Err(ExplainError::NoClass { class, n_classes })
    }
}

/// The score of a class behind a link.
pub(super) fn score_of(model: &Model, link: &Link, class: usize) -> Result<ScoreOf, ExplainError> {
    match link {
        Link::Identity => Ok(ScoreOf {
            score: 0,
            sign: 1.0,
        }),
        Link::Logistic => Ok(ScoreOf {
            score: 0,
            sign: if class == 0 { -1.0 } else { 1.0 },
        }),
        Link::Softmax { classes, .. } | Link::OneVsRest { classes, .. } => {
            let score = classes.iter().position(|c| *c as usize == class);
            let score = score.ok_or_else(|| ExplainError::UnseenClass {
                class: model.signature.classes[class].clone(),
            })?;
            Ok(ScoreOf { score, sign: 1.0 })
        }
    }
}

/// The answer of a class as it is given: a probability or a number.
pub(super) fn answer_of(model: &Model, class: usize) -> Explained {
    explained(model, class, None)
}

/// What contributions add up to.
pub(super) fn sum_of(model: &Model, class: usize) -> Explained {
    let link = match &model.estimator {
        Estimator::Linear(linear) => Some(&linear.link),
        Estimator::Boosted(boosted) => Some(&boosted.link),
        _ => None,
    };
    explained(model, class, link)
}

fn explained(model: &Model, class: usize, link: Option<&Link>) -> Explained {
    let class = model.signature.classes.get(class).cloned();
    let scale = match (&class, link) {
        (None, _) => Scale::Value,
        (Some(_), Some(Link::Logistic)) => Scale::LogOdds,
        (Some(_), Some(Link::Softmax { .. } | Link::OneVsRest { .. })) => Scale::Score,
        (Some(_), _) => Scale::Probability,
    };
    Explained {
        target: model.signature.target.clone(),
        class,
        scale,
    }
}

/// The numbers of one class, a row each; of a regression its answers.
pub(super) fn of_class(predictions: &Predictions, class: usize) -> Vec<f64> {
    match predictions {
        Predictions::Values(values) => values.clone(),
        Predictions::Probabilities { n_classes, values } => values
            .iter()
            .skip(class)
            .step_by(*n_classes)
            .copied()
            .collect(),
    }
}
