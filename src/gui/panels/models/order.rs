//! The order of a leaderboard's rows: best first, or by a title that was clicked.

use crate::domain::metric::Metric;
use crate::domain::training::CandidateResult;
use crate::gui::widgets::table::Sort;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What rows are sorted by.
pub(super) enum By<'a> {
    /// Their place, best first.
    Rank,
    Name,
    /// The mean of a metric.
    Metric(Metric),
    /// What algorithms are called.
    Algorithm(&'a dyn Fn(&CandidateResult) -> String),
    Inputs,
    /// Seconds of work by candidate.
    Seconds(&'a BTreeMap<String, f64>),
}

/// Positions of candidates, of which `best_first` has all; what has no value comes last, whichever way.
pub(super) fn sorted(
    candidates: &[CandidateResult],
    best_first: &[usize],
    by: &By<'_>,
    sort: Sort,
) -> Vec<usize> {
    let number = |position: usize| -> Option<f64> {
        let candidate = &candidates[position];
        match by {
            By::Metric(metric) => candidate.mean_of(*metric),
            By::Inputs => candidate
                .error
                .is_none()
                .then_some(candidate.n_inputs as f64),
            By::Seconds(seconds) => seconds.get(&candidate.name).copied(),
            By::Rank | By::Name | By::Algorithm(_) => Some(0.0),
        }
    };
    let (known, unknown): (Vec<usize>, Vec<usize>) = best_first
        .iter()
        .partition(|position| number(**position).is_some());
    let compare = |a: usize, b: usize| -> Ordering {
        let (a, b) = (known[a], known[b]);
        match by {
            By::Rank => Ordering::Equal,
            By::Name => candidates[a].name.cmp(&candidates[b].name),
            By::Algorithm(title) => title(&candidates[a]).cmp(&title(&candidates[b])),
            _ => {
                let (a, b) = (number(a).unwrap_or(0.0), number(b).unwrap_or(0.0));
                a.total_cmp(&b)
            }
        }
    };
    let order = sort.order(known.len(), compare);
    let mut order: Vec<usize> = order.into_iter().map(|i| known[i]).collect();
    if matches!(by, By::Rank) && sort.is_descending {
        order.reverse();
    }
    order.extend(unknown);
    order
}
