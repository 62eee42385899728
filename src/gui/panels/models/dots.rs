//! The picture of a candidate's fold scores in a table's cell: a dot a fold, a tick at the mean, on one scale for all
//! candidates.

use crate::gui::theme::{Tokens, Tone};
use eframe::egui::{Painter, Rect, Stroke, pos2};

/// The ends of the scale that all rows share: the smallest and the largest score, with a margin.
pub(super) fn scale(scores: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = scores
        .filter(|s| s.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), s| {
            (low.min(s), high.max(s))
        });
    if low > high {
        return (0.0, 1.0);
    }
    let margin = ((high - low) * 0.05).max(1e-9);
    (low - margin, high + margin)
}

/// Draws the dots of one candidate.
pub(super) fn paint(
    painter: &Painter,
    rect: Rect,
    scores: &[f64],
    mean: Option<f64>,
    (low, high): (f64, f64),
    tone: Tone,
    tokens: &Tokens,
) {
    let place = rect.shrink2(eframe::egui::vec2(4.0, 0.0));
    let x = |score: f64| {
        place.left() + ((score - low) / (high - low)).clamp(0.0, 1.0) as f32 * place.width()
    };
    let middle = place.center().y.round();
    painter.hline(place.x_range(), middle, Stroke::new(1.0, tokens.grid));
    for score in scores.iter().filter(|s| s.is_finite()) {
        painter.circle(
            pos2(x(*score), middle),
            3.0,
            tokens.mark(tone).gamma_multiply(0.75),
            Stroke::new(0.75, tokens.raised),
        );
    }
    if let Some(mean) = mean.filter(|m| m.is_finite()) {
        painter.vline(
            x(mean),
            (middle - 7.0)..=(middle + 7.0),
            Stroke::new(1.5, tokens.text_strong),
        );
    }
}
