//! How bad a slice is, and how bad any part of it can be.

/// The errors of all rows as whole numbers, so that sums are exact, whatever their order, and parts can be taken off.
pub(super) struct Errors {
    pub(super) of_rows: Vec<i64>,
    /// Whole numbers in an error of 1; a power of two.
    unit: f64,
}

impl Errors {
    /// Finite numbers. They are rounded to so many digits that all rows together stay below
    /// 2⁶¹: with a million rows to 2⁻⁴¹ of the largest.
    pub(super) fn new(errors: &[f64]) -> Self {
        let largest = errors.iter().fold(0.0_f64, |a, e| a.max(e.abs()));
        let largest = largest.max(f64::MIN_POSITIVE);
        let unit = (61.0 - (largest * errors.len() as f64).log2())
            .floor()
            .exp2();
        Self {
            of_rows: errors.iter().map(|e| (e * unit).round() as i64).collect(),
            unit,
        }
    }

    /// In the units of the errors.
    pub(super) fn told(&self, sum: i64) -> f64 {
        sum as f64 / self.unit
    }
}

/// Sums over the rows of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) n_rows: u32,
    /// Of the errors.
    pub(super) error: i64,
    /// Of those above zero.
    pub(super) positive: i64,
    /// The largest one, or something above it.
    pub(super) largest: i64,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            n_rows: 0,
            error: 0,
            positive: 0,
            largest: i64::MIN,
        }
    }
}

impl Sums {
    #[inline(always)]
    pub(super) fn add(&mut self, error: i64) {
        self.n_rows += 1;
        self.error += error;
        self.positive += error.max(0);
        self.largest = self.largest.max(error);
    }

    /// Without the rows of a part.
    pub(super) fn without(self, part: Self) -> Self {
        Self {
            n_rows: self.n_rows - part.n_rows,
            error: self.error - part.error,
            positive: self.positive - part.positive,
            largest: self.largest,
        }
    }

    /// What a part of both slices has at the most.
    pub(super) fn least(self, other: Self) -> Self {
        Self {
            n_rows: self.n_rows.min(other.n_rows),
            error: self.error,
            positive: self.positive.min(other.positive),
            largest: self.largest.min(other.largest),
        }
    }
}

/// The score of SliceLine: `α (mean error / mean error of all − 1) − (1 − α) (rows of all / rows − 1)`. Above zero a slice is
/// worse than all rows by more than its smallness costs.
///
/// Differences of two models' losses may be below zero. For them the mean of a slice is held against no difference, in units of
/// the mean of those above zero (with those below taken for zero): `α mean / unit − (1 − α) (rows of all / rows − 1)`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scorer {
    pub(super) alpha: f64,
    pub(super) min_rows: usize,
    n_rows: f64,
    /// What the mean of a slice is measured in.
    unit: f64,
    /// What it is held against, in this unit.
    reference: f64,
}

impl Scorer {
    /// For these rows.
    pub(super) fn new(errors: &Errors, alpha: f64, min_rows: usize, are_differences: bool) -> Self {
        let n_rows = errors.of_rows.len() as f64;
        let positive: i64 = errors.of_rows.iter().filter(|e| **e > 0).sum();
        Self {
            alpha,
            min_rows: min_rows.max(1),
            n_rows,
            unit: positive as f64 / n_rows,
            reference: if are_differences { 0.0 } else { 1.0 },
        }
    }

    /// The score of a slice; `None` where it has no error or is no worse than all.
    pub(super) fn score(&self, sums: Sums) -> Option<f64> {
        let score = self.of(sums);
        (sums.error > 0 && score > 0.0).then_some(score)
    }

    /// The score of a slice, also below zero.
    pub(super) fn of(&self, sums: Sums) -> f64 {
        self.at(sums.error as f64, f64::from(sums.n_rows))
    }

    fn at(&self, error: f64, n_rows: f64) -> f64 {
        self.alpha * (error / n_rows / self.unit - self.reference)
            - (1.0 - self.alpha) * (self.n_rows / n_rows - 1.0)
    }

    /// No slice that is a part of one with these sums has a larger score: a part of `s` rows has at most the error
    /// `min(s · largest, positive)`, and the score of that is largest at one of three sizes.
    pub(super) fn bound(&self, sums: Sums) -> f64 {
        if sums.positive <= 0 || sums.largest <= 0 {
            return f64::NEG_INFINITY;
        }
        let (least, most) = (self.min_rows as f64, f64::from(sums.n_rows));
        if most < least {
            return f64::NEG_INFINITY;
        }
        let (positive, largest) = (sums.positive as f64, sums.largest as f64);
        let even = (positive / largest).clamp(least, most);
        let at = |n: f64| self.at((n * largest).min(positive), n);
        at(least).max(at(even)).max(at(most))
    }
}
