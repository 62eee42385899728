//! A difference with its interval, drawn around zero in a table's cell.
//!
//! The scale is the caller's, so that all rows of a table share it. The tone is the caller's too: only it knows
//! whether more is better.

use eframe::egui::{Painter, Rect, Stroke, pos2};

use super::number;
use crate::gui::theme::{Tokens, Tone};

/// A difference and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whisker {
    /// The difference, candidate minus production.
    pub difference: f64,
    /// Both ends of its interval.
    pub interval: (f64, f64),
    /// [`Tone::Good`], [`Tone::Bad`] or [`Tone::Neutral`].
    pub tone: Tone,
}

impl Whisker {
    /// The same in words: `+0.012, between −0.003 and +0.027`.
    pub fn summary(&self, decimals: usize) -> String {
        let (low, high) = self.interval;
        let text = |value: f64| number::difference(value, decimals);
        format!(
            "{}, between {} and {}",
            text(self.difference),
            text(low),
            text(high)
        )
    }

    /// The largest distance from zero among several, rounded up a little: the `reach` that all rows share.
    pub fn reach(all: impl IntoIterator<Item = Self>) -> f64 {
        let far = |w: Self| {
            w.interval
                .0
                .abs()
                .max(w.interval.1.abs())
                .max(w.difference.abs())
        };
        let reach = all
            .into_iter()
            .map(far)
            .filter(|far| far.is_finite())
            .fold(0.0, f64::max);
        if reach > 0.0 { reach * 1.05 } else { 1.0 }
    }

    /// Draws it into a rectangle whose middle is zero and whose ends are plus and minus `reach`.
    pub fn paint(&self, painter: &Painter, rect: Rect, reach: f64, tokens: &Tokens) {
        let x = |value: f64| {
            rect.center().x + ((value / reach).clamp(-1.0, 1.0) as f32) * rect.width() / 2.0
        };
        let y = rect.center().y.round();
        painter.vline(
            rect.center().x.round() - 0.5,
            rect.y_range().expand(5.5),
            Stroke::new(1.0, tokens.border_strong),
        );
        let ink = tokens.ink(self.tone);
        let (low, high) = (x(self.interval.0), x(self.interval.1));
        painter.hline(low..=high, y, Stroke::new(2.0, ink.gamma_multiply(0.75)));
        for (end, value) in [(low, self.interval.0), (high, self.interval.1)] {
            // An interval that goes on beyond the scale has an arrow instead of an end.
            if value.abs() > reach {
                let tip = value.signum() as f32 * 4.0;
                painter.line_segment(
                    [pos2(end, y), pos2(end - tip, y - 3.5)],
                    Stroke::new(1.5, ink),
                );
                painter.line_segment(
                    [pos2(end, y), pos2(end - tip, y + 3.5)],
                    Stroke::new(1.5, ink),
                );
            } else {
                painter.vline(end, (y - 3.5)..=(y + 3.5), Stroke::new(1.5, ink));
            }
        }
        painter.circle(
            pos2(x(self.difference), y),
            3.5,
            ink,
            Stroke::new(1.0, tokens.raised),
        );
    }
}
