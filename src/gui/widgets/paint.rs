//! Strokes that several widgets share: fitted text, hatching, dashes, focus rings, verdict marks.
//!
//! Nothing here allocates space or senses anything.

use std::sync::Arc;

use eframe::egui::{
    self, Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2,
    pos2,
    text::{LayoutJob, TextWrapping},
    vec2,
};

use crate::gui::{
    icons,
    theme::{Tokens, Tone, Type, size},
};

/// Lays a text out on one line, ending in `…` where the width does.
pub fn fitted(
    painter: &Painter,
    text: &str,
    font: FontId,
    color: Color32,
    width: f32,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    painter.layout_job(job)
}

/// Paints one line of text at an anchor; returns where it went.
pub fn text(
    painter: &Painter,
    at: Pos2,
    anchor: Align2,
    words: &str,
    kind: Type,
    color: Color32,
) -> Rect {
    painter.text(at, anchor, words, kind.font(), color)
}

/// Paints one line of text cut to a width; returns where it went and whether it was cut.
pub fn text_within(
    painter: &Painter,
    at: Pos2,
    anchor: Align2,
    words: &str,
    (kind, color): (Type, Color32),
    width: f32,
) -> (Rect, bool) {
    let galley = fitted(painter, words, kind.font(), color, width);
    let rect = anchor.anchor_size(at, galley.size());
    let is_cut = galley.elided;
    painter.galley(rect.min, galley, color);
    (rect, is_cut)
}

/// A text that ends in `…` where the width does, for what takes words and no layout.
pub fn shortened(painter: &Painter, words: &str, kind: Type, width: f32) -> String {
    if width_of(painter, words, kind) <= width {
        return words.to_owned();
    }
    let letters: Vec<char> = words.chars().collect();
    let with = |n: usize| {
        letters[..n]
            .iter()
            .collect::<String>()
            .trim_end()
            .to_owned()
            + "…"
    };
    let counts: Vec<usize> = (0..letters.len()).collect();
    let n = counts.partition_point(|&n| width_of(painter, &with(n), kind) <= width);
    with(n.saturating_sub(1))
}

/// The width of a text on one line.
pub fn width_of(painter: &Painter, words: &str, kind: Type) -> f32 {
    painter
        .layout_no_wrap(words.to_owned(), kind.font(), Tokens::CLEAR)
        .size()
        .x
}

/// The ring around whatever has the keyboard's focus.
pub fn focus_ring(
    painter: &Painter,
    rect: Rect,
    radius: impl Into<egui::CornerRadius>,
    tokens: &Tokens,
) {
    painter.rect_stroke(
        rect.expand(1.5),
        radius,
        Stroke::new(2.0, tokens.accent),
        StrokeKind::Middle,
    );
}

/// Diagonal lines, for what was taken from the cache or is not certain.
pub fn hatch(painter: &Painter, rect: Rect, color: Color32) {
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(rect));
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        let line = [pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())];
        painter.line_segment(line, Stroke::new(1.0, color));
        x += 5.0;
    }
}

/// A dashed line through some points.
pub fn dashed(painter: &Painter, points: &[Pos2], stroke: Stroke) {
    painter.extend(Shape::dashed_line(points, stroke, 4.0, 3.0));
}

/// A dashed outline.
pub fn dashed_rect(painter: &Painter, rect: Rect, stroke: Stroke) {
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    dashed(painter, &corners, stroke);
}

/// The shape that goes with a tone, so that colour never speaks alone: a check, a triangle, a cross, a square.
pub fn mark(painter: &Painter, center: Pos2, side: f32, tone: Tone, tokens: &Tokens) {
    let ink = tokens.ink(tone);
    match tone {
        Tone::Good => icons::PASSED.paint(painter, center, side, ink),
        Tone::Warn => icons::WARNING.paint(painter, center, side, ink),
        Tone::Bad => icons::REFUSED.paint(painter, center, side, ink),
        Tone::Accent => icons::INFO.paint(painter, center, side, ink),
        _ => {
            let square = Rect::from_center_size(center, Vec2::splat((side * 0.55).round()));
            painter.rect_filled(square, 2.0, ink);
        }
    }
}

/// A surface with a hair line around it.
pub fn surface(painter: &Painter, rect: Rect, radius: u8, fill: Color32, border: Color32) {
    painter.rect(
        rect,
        radius,
        fill,
        Stroke::new(1.0, border),
        StrokeKind::Inside,
    );
}

/// The bar of a progress or a share: a trough and what fills it.
pub fn bar(painter: &Painter, rect: Rect, share: f32, fill: Color32, tokens: &Tokens) {
    let radius = rect.height() / 2.0;
    painter.rect_filled(rect, radius, tokens.active);
    let width = rect.width() * share.clamp(0.0, 1.0);
    if width > 0.5 {
        let full = Rect::from_min_size(
            rect.min,
            vec2(width.max(rect.height().min(rect.width())), rect.height()),
        );
        painter.rect_filled(full, radius, fill);
    }
}

/// A rectangle of a height, as wide as its text and padding, that starts at a point.
pub fn pill_size(painter: &Painter, words: &str, kind: Type, padding: f32) -> Vec2 {
    vec2(width_of(painter, words, kind) + 2.0 * padding, size::BADGE)
}
