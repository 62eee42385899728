//! Weighted sums.

use super::super::attributes::Attributes;
use super::super::ops::{Kernel, one, product};
use super::super::value::{Kind, Tensor, real};
use super::labels::Labels;
use super::post::{Post, logistic};

/// Coefficients, a row a score, turned so that a product can be made, and intercepts.
struct Weights {
    turned: Vec<f64>,
    intercepts: Vec<f64>,
    n_features: usize,
}

impl Weights {
    fn of(attributes: &Attributes<'_>, n_scores: usize) -> Result<Self, String> {
        let rows = attributes.floats("coefficients")?.unwrap_or_default();
        let intercepts = attributes.floats("intercepts")?.unwrap_or_default();
        if n_scores == 0 || rows.is_empty() || rows.len() % n_scores != 0 {
            let n = rows.len();
            return Err(format!("{n} coefficients do not go into {n_scores} scores"));
        }
        let p = rows.len() / n_scores;
        let intercepts: Vec<f64> = match intercepts.len() {
            0 => vec![0.0; n_scores],
            n if n == n_scores => intercepts.iter().map(|v| (*v).into()).collect(),
            n => return Err(format!("there are {n} intercepts for {n_scores} scores")),
        };
        let turned = (0..p).flat_map(|j| (0..n_scores).map(move |k| f64::from(rows[k * p + j])));
        Ok(Self {
            turned: turned.collect(),
            intercepts,
            n_features: p,
        })
    }

    /// Scores, row by row.
    fn scores(&self, input: &Tensor) -> Result<Vec<f64>, String> {
        let (n, p) = input.rows_and_columns()?;
        if p != self.n_features {
            return Err(format!(
                "there are {p} features instead of {}",
                self.n_features
            ));
        }
        // As in onnxruntime, inputs are rounded to 32 bits.
        let x: Vec<f64> = input.floats()?.iter().map(|v| (*v).into()).collect();
        let k = self.intercepts.len();
        let mut scores = product(&x, &self.turned, (n, p, k))?;
        for row in scores.chunks_mut(k) {
            for (score, intercept) in row.iter_mut().zip(&self.intercepts) {
                *score += intercept;
            }
        }
        Ok(scores)
    }
}

pub(super) fn regressor(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let n_targets = attributes.int("targets")?.unwrap_or(1);
    let n_targets = usize::try_from(n_targets).map_err(|_| "it has no targets")?;
    let weights = Weights::of(attributes, n_targets)?;
    let post = Post::of(attributes)?;
    one(move |inputs| {
        let input = inputs.get(0)?;
        let mut scores = weights.scores(input)?;
        scores.chunks_mut(n_targets).for_each(|row| post.apply(row));
        real(
            Kind::Float,
            vec![scores.len() / n_targets, n_targets],
            scores,
        )
    })
}

/// The label of the largest score, and the scores. A single score is that of the second of two classes.
pub(super) fn classifier(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let labels = Labels::of(attributes, "classlabels_ints", "classlabels_strings")?;
    attributes.ignore(&["multi_class"]);
    let n_scores = match attributes.floats("intercepts")?.map(<[f32]>::len) {
        Some(n) if n > 0 => n,
        _ => labels.len(),
    };
    let is_single = n_scores == 1 && labels.len() == 2;
    if n_scores != labels.len() && !is_single {
        let n = labels.len();
        return Err(format!("there are {n_scores} scores for {n} classes"));
    }
    let weights = Weights::of(attributes, n_scores)?;
    let post = Post::of(attributes)?;
    Ok(Box::new(move |inputs| {
        let mut scores = weights.scores(inputs.get(0)?)?;
        let mut classes = Vec::with_capacity(scores.len() / n_scores);
        if is_single {
            classes.extend(scores.iter().map(|s| usize::from(*s > 0.0)));
            let both = |s: &f64| match post {
                Post::Logistic => [logistic(-s), logistic(*s)],
                _ => [1.0 - s, *s],
            };
            scores = scores.iter().flat_map(both).collect();
        } else {
            for row in scores.chunks_mut(n_scores) {
                classes.push(largest(row));
                post.apply(row);
            }
        }
        let shape = vec![classes.len(), labels.len()];
        Ok(vec![
            labels.chosen(&classes)?,
            real(Kind::Float, shape, scores)?,
        ])
    }))
}

/// The place of the largest; of equals the first.
pub(super) fn largest(row: &[f64]) -> usize {
    let mut best = 0;
    for (i, value) in row.iter().enumerate() {
        if *value > row[best] {
            best = i;
        }
    }
    best
}
