//! What outcomes, places and gates are called, and which tone says them: never a colour without its word and shape.

use crate::domain::comparison::{Comparison, Outcome, Place, Significance};
use crate::domain::gate::CheckOutcome;
use crate::domain::metric::{Direction, Metric};
use crate::gui::theme::Tone;
use crate::gui::widgets::number;
use crate::gui::widgets::table::{Cell, Column};

/// The share of false ones that is allowed among findings, where the rate is told.
const FALSE_DISCOVERIES: f64 = 0.05;

/// All outcomes, the ones to look at first before the others.
pub(super) const OUTCOMES: [Outcome; 4] = [
    Outcome::Worse,
    Outcome::Same,
    Outcome::Better,
    Outcome::NotEnoughRows,
];

/// The tone of an outcome.
pub(super) fn tone_of(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Better => Tone::Good,
        Outcome::Worse => Tone::Bad,
        Outcome::Same | Outcome::NotEnoughRows => Tone::Neutral,
    }
}

/// Worst first.
pub(super) fn rank_of(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Worse => 0,
        Outcome::Same => 1,
        Outcome::Better => 2,
        Outcome::NotEnoughRows => 3,
    }
}

/// The colour of a place: candidate amber, production blue, baseline grey.
pub(super) fn tone_of_place(place: Place) -> Tone {
    match place {
        Place::Candidate => Tone::Candidate,
        Place::Production => Tone::Production,
        Place::Baseline => Tone::Baseline,
    }
}

/// What the candidate is compared with.
pub(super) fn reference(comparison: &Comparison) -> Place {
    comparison.reference().map_or(Place::Baseline, |m| m.place)
}

/// "Production" or "Baseline".
pub(super) fn title_of(place: Place) -> &'static str {
    match place {
        Place::Candidate => "Candidate",
        Place::Production => "Production",
        Place::Baseline => "Baseline",
    }
}

/// Word and tone of a check's outcome.
pub(super) fn of_check(outcome: CheckOutcome) -> (&'static str, Tone) {
    match outcome {
        CheckOutcome::Passed => ("passed", Tone::Good),
        CheckOutcome::Failed => ("failed", Tone::Bad),
        CheckOutcome::NotEnoughRows => ("not enough rows", Tone::Neutral),
        CheckOutcome::NotApplicable => ("not applicable", Tone::Neutral),
    }
}

/// Which way is better, for a line under a title.
pub(super) fn better(metric: Metric) -> &'static str {
    match metric.direction() {
        Direction::Higher => "higher is better",
        Direction::Lower => "lower is better",
        Direction::NearZero => "closer to zero is better",
    }
}

/// How the intervals were made, and for how many differences the verdicts hold.
pub(super) fn intervals(comparison: &Comparison) -> String {
    let method = &comparison.intervals;
    let mut text = format!(
        "{} intervals of differences: {}",
        percent(method.level),
        method.name
    );
    if method.n_resamples > 0 {
        let resamples = number::counted(u64::from(method.n_resamples), "resample", "resamples");
        text.push_str(&format!(", {resamples}"));
    }
    if !method.units.is_empty() {
        text.push_str(&format!(" of {}", method.units));
    }
    text.push('.');
    if let Some(correction) = &comparison.correction {
        text.push_str(&format!(
            " {} were tested in segments and {} over all rows; “better” and “worse” hold for all of either together, by {}.",
            number::counted(correction.n_segments, "difference", "differences"),
            number::count(correction.n_overall),
            correction.name
        ));
        let significant = comparison.segments.iter().filter_map(|s| s.significance);
        let found = significant
            .filter(|s| s.q_value <= FALSE_DISCOVERIES)
            .count();
        text.push_str(&format!(
            " With a false discovery rate of {} (Benjamini and Hochberg 1995), {} in segments would count as found.",
            percent(FALSE_DISCOVERIES),
            number::count(found as u64)
        ));
    }
    text
}

/// A probability: `0.032`, `< 0.001`.
pub(super) fn probability(p: f64) -> String {
    if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

/// The column of [`p_cell`].
pub(super) fn p_column() -> Column {
    Column::number("p").width(76.0).help(
        "How probable such a difference is if both models were equally good, corrected for all that were tested",
    )
}

/// The corrected probability of a difference.
pub(super) fn p_cell(cell: &mut Cell<'_>, significance: Option<Significance>) {
    match significance {
        Some(found) => cell.text(probability(found.p_adjusted)),
        None => cell.weak(number::MISSING),
    }
}

/// A confidence level: `95%`, `97.5%`.
pub(super) fn percent(level: f64) -> String {
    format!("{}%", (level * 1_000.0).round() / 10.0)
}

/// Decimals that make the differences of a table comparable: about three digits of the largest.
pub(super) fn decimals(reach: f64) -> usize {
    if !reach.is_finite() || reach <= 0.0 {
        return 4;
    }
    (3 - reach.log10().ceil() as i32).clamp(0, 6) as usize
}
