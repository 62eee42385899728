//! Support vector machines, as libsvm has them: a classifier for each pair of classes, votes, and probabilities by Platt
//! scaling and pairwise coupling (Wu, Lin, Weng 2004, second method).

use super::super::attributes::Attributes;
use super::super::ops::{Kernel, one};
use super::super::value::{Kind, Tensor, n_elements, real};
use super::labels::Labels;
use super::linear::largest;
use super::post::{Post, logistic};

/// How alike two rows are.
#[derive(Debug, Clone, Copy)]
enum Likeness {
    Linear,
    Polynomial { gamma: f64, coef0: f64, degree: f64 },
    Rbf { gamma: f64 },
    Sigmoid { gamma: f64, coef0: f64 },
}

impl Likeness {
    fn of(attributes: &Attributes<'_>) -> Result<Self, String> {
        let params = attributes.floats("kernel_params")?.unwrap_or_default();
        let at = |i: usize| params.get(i).copied().map_or(0.0, f64::from);
        let (gamma, coef0, degree) = (at(0), at(1), at(2));
        Ok(match attributes.text("kernel_type")?.as_deref() {
            None | Some("LINEAR") => Self::Linear,
            Some("POLY") => Self::Polynomial {
                gamma,
                coef0,
                degree,
            },
            Some("RBF") => Self::Rbf { gamma },
            Some("SIGMOID") => Self::Sigmoid { gamma, coef0 },
            Some(other) => return Err(format!("there is no kernel {other}")),
        })
    }

    fn between(self, a: &[f64], b: &[f64]) -> f64 {
        let dot = || a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        match self {
            Self::Linear => dot(),
            Self::Polynomial {
                gamma,
                coef0,
                degree,
            } => (gamma * dot() + coef0).powf(degree),
            Self::Rbf { gamma } => {
                let apart: f64 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
                (-gamma * apart).exp()
            }
            Self::Sigmoid { gamma, coef0 } => (gamma * dot() + coef0).tanh(),
        }
    }
}

fn doubles(attributes: &Attributes<'_>, name: &str) -> Result<Vec<f64>, String> {
    let values = attributes.floats(name)?.unwrap_or_default();
    Ok(values.iter().map(|v| (*v).into()).collect())
}

/// Rows of support vectors, with the likeness to them.
struct Vectors {
    rows: Vec<f64>,
    n: usize,
    n_features: usize,
    likeness: Likeness,
}

impl Vectors {
    fn of(rows: Vec<f64>, n: usize, likeness: Likeness) -> Result<Self, String> {
        if n == 0 || rows.is_empty() || !rows.len().is_multiple_of(n) {
            return Err(format!("{} numbers are no {n} support vectors", rows.len()));
        }
        Ok(Self {
            n_features: rows.len() / n,
            rows,
            n,
            likeness,
        })
    }

    /// The rows of an input, in 32 bits as in onnxruntime.
    fn input(&self, input: &Tensor) -> Result<Vec<f64>, String> {
        let (n, p) = input.rows_and_columns()?;
        if p != self.n_features {
            return Err(format!(
                "there are {p} features instead of {}",
                self.n_features
            ));
        }
        // Each row is compared with each vector.
        n_elements(&[n, self.n])?;
        Ok(input.floats()?.iter().map(|v| (*v).into()).collect())
    }

    fn likenesses(&self, row: &[f64]) -> Vec<f64> {
        let vectors = self.rows.chunks(self.n_features);
        vectors.map(|v| self.likeness.between(row, v)).collect()
    }
}

pub(super) fn regressor(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let likeness = Likeness::of(attributes)?;
    let coefficients = doubles(attributes, "coefficients")?;
    let rho = doubles(attributes, "rho")?;
    let rho = *rho.first().ok_or("it has no rho")?;
    let n_supports = attributes.int("n_supports")?.unwrap_or(0);
    let is_one_class = attributes.flag("one_class", false)?;
    if Post::of(attributes)? != Post::None {
        return Err("it has a post_transform".to_owned());
    }
    let supports = doubles(attributes, "support_vectors")?;
    // Without support vectors the coefficients are those of the features.
    let (vectors, coefficients) = match usize::try_from(n_supports) {
        Ok(n) if n > 0 => (Vectors::of(supports, n, likeness)?, coefficients),
        _ => (Vectors::of(coefficients, 1, Likeness::Linear)?, vec![1.0]),
    };
    if coefficients.len() != vectors.n {
        return Err("coefficients and support vectors differ in number".to_owned());
    }
    one(move |inputs| {
        let input = vectors.input(inputs.get(0)?)?;
        let answers = input.chunks(vectors.n_features).map(|row| {
            let alike = vectors.likenesses(row);
            let sum: f64 = alike.iter().zip(&coefficients).map(|(a, c)| a * c).sum();
            match is_one_class {
                true if sum + rho > 0.0 => 1.0,
                true => -1.0,
                false => sum + rho,
            }
        });
        let answers: Vec<f64> = answers.collect();
        real(Kind::Float, vec![answers.len(), 1], answers)
    })
}

/// A classifier with support vectors.
struct Machine {
    vectors: Vectors,
    /// First support vector and number of them, class by class.
    spans: Vec<(usize, usize)>,
    /// `(n_classes − 1) × n_vectors`.
    coefficients: Vec<f64>,
    rho: Vec<f64>,
    /// Platt's A and B for each pair, if there are probabilities.
    platt: Vec<(f64, f64)>,
}

pub(super) fn classifier(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let labels = Labels::of(attributes, "classlabels_ints", "classlabels_strings")?;
    let post = Post::of(attributes)?;
    let likeness = Likeness::of(attributes)?;
    let coefficients = doubles(attributes, "coefficients")?;
    let rho = doubles(attributes, "rho")?;
    let (a, b) = (
        doubles(attributes, "prob_a")?,
        doubles(attributes, "prob_b")?,
    );
    let supports = doubles(attributes, "support_vectors")?;
    let counts = attributes.ints("vectors_per_class")?.unwrap_or_default();
    let k = labels.len();
    if counts.is_empty() {
        return linear(labels, coefficients, &rho, post);
    }
    let n_pairs = k.checked_mul(k.saturating_sub(1)).map_or(0, |n| n / 2);
    let mut spans = Vec::new();
    let mut n = 0_usize;
    for count in counts {
        let count = usize::try_from(*count).map_err(|_| "a number of vectors is negative")?;
        spans.push((n, count));
        n = n.checked_add(count).ok_or("there are too many vectors")?;
    }
    let machine = Machine {
        vectors: Vectors::of(supports, n, likeness)?,
        platt: a.iter().copied().zip(b.iter().copied()).collect(),
        spans,
        coefficients,
        rho,
    };
    let is_sound = k >= 2
        && machine.spans.len() == k
        && machine.coefficients.len() == (k - 1) * n
        && machine.rho.len() == n_pairs
        && a.len() == b.len()
        && (a.is_empty() || a.len() == n_pairs);
    if !is_sound {
        return Err("its classes, vectors and coefficients do not fit together".to_owned());
    }
    Ok(Box::new(move |inputs| {
        let input = machine.vectors.input(inputs.get(0)?)?;
        let (mut classes, mut scores) = (Vec::new(), Vec::new());
        let width = match (machine.platt.is_empty(), k) {
            (false, _) => k,
            (true, 2) => 2,
            (true, _) => n_pairs,
        };
        for row in input.chunks(machine.vectors.n_features) {
            let (class, row_scores) = machine.answer(row, post);
            classes.push(class);
            scores.extend(row_scores);
        }
        let shape = vec![classes.len(), width];
        Ok(vec![
            labels.chosen(&classes)?,
            real(Kind::Float, shape, scores)?,
        ])
    }))
}

impl Machine {
    /// The class with the most votes, and the scores.
    fn answer(&self, row: &[f64], post: Post) -> (usize, Vec<f64>) {
        let (k, n) = (self.spans.len(), self.vectors.n);
        let alike = self.vectors.likenesses(row);
        let mut votes = vec![0.0; k];
        let mut decisions = Vec::with_capacity(self.rho.len());
        for i in 0..k - 1 {
            for j in i + 1..k {
                let part = |(start, count): (usize, usize), line: usize| -> f64 {
                    let weights = &self.coefficients[line * n + start..][..count];
                    let alike = &alike[start..start + count];
                    weights.iter().zip(alike).map(|(w, a)| w * a).sum()
                };
                let sum = part(self.spans[i], j - 1) + part(self.spans[j], i);
                let decision = sum + self.rho[decisions.len()];
                votes[if decision > 0.0 { i } else { j }] += 1.0;
                decisions.push(decision);
            }
        }
        let class = largest(&votes);
        if self.platt.is_empty() {
            let mut scores = match (k, post) {
                (2, Post::None) => vec![-decisions[0], decisions[0]],
                (2, _) => vec![1.0 - decisions[0], decisions[0]],
                _ => decisions,
            };
            if k > 2 {
                post.apply(&mut scores);
            }
            return (class, scores);
        }
        let mut pairs = vec![0.0; k * k];
        let mut which = 0;
        for i in 0..k - 1 {
            for j in i + 1..k {
                let (a, b) = self.platt[which];
                let p = 1.0 - logistic(decisions[which] * a + b);
                let p = p.clamp(1e-7, 1.0 - 1e-7);
                (pairs[i * k + j], pairs[j * k + i]) = (p, 1.0 - p);
                which += 1;
            }
        }
        let mut scores = coupled(&pairs, k);
        post.apply(&mut scores);
        (class, scores)
    }
}

/// Probabilities of k classes from those of each pair: `pairs[i·k + j]` is that of i against j.
fn coupled(pairs: &[f64], k: usize) -> Vec<f64> {
    let at = |i: usize, j: usize| pairs[i * k + j];
    let mut q = vec![0.0; k * k];
    for i in 0..k {
        for j in (0..k).filter(|j| *j != i) {
            q[i * k + i] += at(j, i) * at(j, i);
            q[i * k + j] = -at(j, i) * at(i, j);
        }
    }
    let mut p = vec![1.0 / k as f64; k];
    let tolerance = 0.005 / k as f64;
    for _ in 0..100.max(k) {
        let mut qp: Vec<f64> = (0..k)
            .map(|i| (0..k).map(|j| q[i * k + j] * p[j]).sum())
            .collect();
        let mut pqp: f64 = p.iter().zip(&qp).map(|(p, qp)| p * qp).sum();
        if qp.iter().all(|qp| (qp - pqp).abs() < tolerance) {
            break;
        }
        for i in 0..k {
            let diagonal = q[i * k + i];
            let step = (pqp - qp[i]) / diagonal;
            p[i] += step;
            let scale = 1.0 + step;
            pqp = (pqp + step * (step * diagonal + 2.0 * qp[i])) / scale / scale;
            for j in 0..k {
                qp[j] = (qp[j] + step * q[i * k + j]) / scale;
                p[j] /= scale;
            }
        }
    }
    p
}

/// Without support vectors: a weighted sum a class.
fn linear(
    labels: Labels,
    coefficients: Vec<f64>,
    rho: &[f64],
    post: Post,
) -> Result<Kernel, String> {
    let k = labels.len();
    let rho = *rho.first().ok_or("it has no rho")?;
    let vectors = Vectors::of(coefficients, k, Likeness::Linear)?;
    Ok(Box::new(move |inputs| {
        let input = vectors.input(inputs.get(0)?)?;
        let (mut classes, mut scores) = (Vec::new(), Vec::new());
        for row in input.chunks(vectors.n_features) {
            let mut sums = vectors.likenesses(row);
            sums.iter_mut().for_each(|s| *s += rho);
            classes.push(largest(&sums));
            post.apply(&mut sums);
            scores.extend(sums);
        }
        let shape = vec![classes.len(), k];
        Ok(vec![
            labels.chosen(&classes)?,
            real(Kind::Float, shape, scores)?,
        ])
    }))
}
