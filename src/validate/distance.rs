//! Distances between two distributions given as counts, and how far apart chance alone puts two samples of one
//! distribution. Making the counts is left to `counts`, judging the distances to `drift`.

/// How many standard deviations of chance a distance must exceed to be more than chance: about 3 in 100,000 comparisons
/// of samples of one distribution do.
const SURE: f64 = 4.0;
/// What an empty bin counts for in the population stability index, as a share.
const PSI_FLOOR: f64 = 1e-4;

fn totals(p: &[u64], q: &[u64]) -> Option<(f64, f64)> {
    let (n, m) = (p.iter().sum::<u64>() as f64, q.iter().sum::<u64>() as f64);
    (n > 0.0 && m > 0.0).then_some((n, m))
}

/// The Jensen-Shannon divergence of two distributions given as counts of the same bins, with logarithm base 2: from 0,
/// equal, to 1, nothing in common (Lin 1991). Zero if either has no counts.
#[must_use]
pub fn jensen_shannon(p: &[u64], q: &[u64]) -> f64 {
    let Some((n, m)) = totals(p, q) else {
        return 0.0;
    };
    let part = |share: f64, middle: f64| {
        if share > 0.0 {
            share * (share / middle).log2()
        } else {
            0.0
        }
    };
    let sum: f64 = p
        .iter()
        .zip(q)
        .map(|(p, q)| {
            let (p, q) = (*p as f64 / n, *q as f64 / m);
            let middle = f64::midpoint(p, q);
            part(p, middle) + part(q, middle)
        })
        .sum();
    (sum / 2.0).clamp(0.0, 1.0)
}

/// The L-infinity distance of two distributions given as counts of the same values: the largest difference of shares, in
/// [0, 1]. Zero if either has no counts.
#[must_use]
pub fn l_infinity(p: &[u64], q: &[u64]) -> f64 {
    let Some((n, m)) = totals(p, q) else {
        return 0.0;
    };
    p.iter()
        .zip(q)
        .map(|(p, q)| (*p as f64 / n - *q as f64 / m).abs())
        .fold(0.0, f64::max)
}

/// The normalised absolute difference: the largest difference of the counts of one value, divided by the sum of all
/// counts of both (TensorFlow Metadata, `NormalizedAbsoluteDifference`). It grows with a difference in rows, too.
#[must_use]
pub fn normalized_absolute_difference(p: &[u64], q: &[u64]) -> f64 {
    let Some((n, m)) = totals(p, q) else {
        return 0.0;
    };
    let largest = p.iter().zip(q).map(|(p, q)| p.abs_diff(*q)).max();
    largest.unwrap_or(0) as f64 / (n + m)
}

/// The population stability index of counts in the same bins: the sum of (q − p) · ln(q / p) over the shares, where an
/// empty bin counts for a share of 0.0001. Under 0.1 is taken for stable, over 0.25 for moved (Siddiqi 2006).
#[must_use]
pub fn population_stability(p: &[u64], q: &[u64]) -> f64 {
    let Some((n, m)) = totals(p, q) else {
        return 0.0;
    };
    p.iter()
        .zip(q)
        .filter(|(p, q)| **p + **q > 0)
        .map(|(p, q)| {
            let p = (*p as f64 / n).max(PSI_FLOOR);
            let q = (*q as f64 / m).max(PSI_FLOOR);
            (q - p) * (q / p).ln()
        })
        .sum()
}

/// Kolmogorov and Smirnov's D of counts in ordered bins: the largest difference of the cumulative shares.
#[must_use]
pub fn kolmogorov_smirnov(p: &[u64], q: &[u64]) -> f64 {
    let Some((n, m)) = totals(p, q) else {
        return 0.0;
    };
    let (mut below_p, mut below_q, mut largest) = (0u64, 0u64, 0f64);
    for (p, q) in p.iter().zip(q) {
        below_p += p;
        below_q += q;
        largest = largest.max((below_p as f64 / n - below_q as f64 / m).abs());
    }
    largest
}

/// Pearson's chi-squared of two rows of counts, its degrees of freedom, and Cramér's V = √(χ² / N) (for two rows).
/// `None` if fewer than two bins are used.
#[must_use]
pub fn chi_squared(p: &[u64], q: &[u64]) -> Option<(f64, u64, f64)> {
    let (n, m) = totals(p, q)?;
    let all = n + m;
    let mut n_bins = 0u64;
    let mut sum = 0.0;
    for (p, q) in p.iter().zip(q).filter(|(p, q)| **p + **q > 0) {
        n_bins += 1;
        let both = (*p + *q) as f64;
        let (expected_p, expected_q) = (both * n / all, both * m / all);
        sum += (*p as f64 - expected_p).powi(2) / expected_p
            + (*q as f64 - expected_q).powi(2) / expected_q;
    }
    (n_bins > 1).then(|| (sum, n_bins - 1, (sum / all).sqrt().min(1.0)))
}

/// The Jensen-Shannon divergence that two samples of one distribution have by chance: its mean, and what it practically
/// never exceeds. For samples of n and m in k bins the divergence in bits is about χ²(k − 1) · (1/n + 1/m) / (8 ln 2), its
/// second-order expansion; the quantile of χ² is Wilson and Hilferty's (1931).
#[must_use]
pub fn chance_of_jensen_shannon(p: &[u64], q: &[u64]) -> (f64, f64) {
    let Some((n, m)) = totals(p, q) else {
        return (0.0, 1.0);
    };
    let n_bins = p.iter().zip(q).filter(|(p, q)| **p + **q > 0).count();
    let freedom = n_bins.saturating_sub(1) as f64;
    if freedom < 1.0 {
        return (0.0, 0.0);
    }
    let unit = (1.0 / n + 1.0 / m) / (8.0 * std::f64::consts::LN_2);
    let spread = 2.0 / (9.0 * freedom);
    let quantile = freedom * (1.0 - spread + SURE * spread.sqrt()).powi(3);
    (freedom * unit, quantile * unit)
}

/// The difference of shares that the farthest value practically never reaches by chance: 4 standard errors of a
/// difference of two shares.
pub(super) fn chance_of_l_infinity(p: &[u64], q: &[u64]) -> f64 {
    let Some((n, m)) = totals(p, q) else {
        return 1.0;
    };
    let difference = |(p, q): &(&u64, &u64)| (**p as f64 / n - **q as f64 / m).abs();
    let farthest = p
        .iter()
        .zip(q)
        .max_by(|a, b| difference(a).total_cmp(&difference(b)));
    farthest.map_or(0.0, |(p, q)| {
        let share = (*p + *q) as f64 / (n + m);
        SURE * (share * (1.0 - share) * (1.0 / n + 1.0 / m)).sqrt()
    })
}

/// Whether `n_new` cases among `n_now` rows are too many for something that `n_before` rows did not show once: if any case
/// is as likely to lie in one sample as in the other, all of them lie in the newer one with probability
/// (m / (n + m))^k.
pub(super) fn is_beyond_chance(n_new: u64, n_now: u64, n_before: u64, alpha: f64) -> bool {
    if n_new == 0 {
        return false;
    }
    let ratio = n_now as f64 / (n_now as f64 + n_before as f64);
    n_new as f64 * ratio.ln() < alpha.ln()
}
