//! Small pictures for table rows and tiles: a histogram and a line without axes.

use eframe::egui::{Painter, Rect, Stroke, pos2};

use crate::gui::theme::{Tokens, Tone};

/// Bars from left to right, the highest filling the height.
pub fn histogram(painter: &Painter, rect: Rect, counts: &[f64], tone: Tone, tokens: &Tokens) {
    let top = counts
        .iter()
        .copied()
        .filter(|count| count.is_finite())
        .fold(0.0, f64::max);
    if counts.is_empty() || top <= 0.0 {
        return;
    }
    let wide = rect.width() / counts.len() as f32;
    let fill = tokens.shade(tone, 0.8);
    for (position, count) in counts.iter().enumerate() {
        let high = ((count / top) as f32 * rect.height()).max(if *count > 0.0 { 1.0 } else { 0.0 });
        let left = rect.left() + position as f32 * wide;
        let gap = if wide > 3.0 { 1.0 } else { 0.0 };
        let bar = Rect::from_min_max(
            pos2(left, rect.bottom() - high),
            pos2(left + wide - gap, rect.bottom()),
        );
        painter.rect_filled(bar, 0.5, fill);
    }
    painter.hline(
        rect.x_range(),
        rect.bottom() + 0.5,
        Stroke::new(1.0, tokens.border_strong),
    );
}

/// A line from left to right, from the lowest to the highest value; the last point is marked.
pub fn line(painter: &Painter, rect: Rect, values: &[f64], tone: Tone, tokens: &Tokens) {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (
        finite().fold(f64::INFINITY, f64::min),
        finite().fold(f64::NEG_INFINITY, f64::max),
    );
    if low > high {
        return;
    }
    let span = if high > low { high - low } else { 1.0 };
    let n_steps = values.len().saturating_sub(1).max(1) as f32;
    let points: Vec<_> = values
        .iter()
        .enumerate()
        .filter(|(_, value)| value.is_finite())
        .map(|(position, value)| {
            let x = rect.left() + position as f32 / n_steps * rect.width();
            pos2(
                x,
                rect.bottom() - ((value - low) / span) as f32 * rect.height(),
            )
        })
        .collect();
    if let Some(last) = points.last() {
        painter.circle_filled(*last, 2.5, tokens.mark(tone));
    }
    painter.line(points, Stroke::new(1.5, tokens.mark(tone)));
}
