//! The states of a unit of work, and how the pipeline and its time line show them: a word, a shape, an ink.

use eframe::egui::{self, Color32, Painter, Pos2, Shape, Stroke, vec2};

use crate::gui::{icons, theme::Tokens};

/// Where a step, a candidate or a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Not begun.
    #[default]
    Waiting,
    /// At work.
    Running,
    /// Finished.
    Done,
    /// Finished earlier with the same inputs.
    Cached,
    /// Ended with an error.
    Failed,
    /// Stopped while it was at work.
    Canceled,
    /// Never begun, because the run ended before it.
    NotReached,
}

impl StepState {
    /// Every state, for legends.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Cached,
        Self::Failed,
        Self::Canceled,
        Self::NotReached,
    ];

    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cached => "cached",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::NotReached => "not reached",
        }
    }

    /// The ink of its shape and of its bar.
    pub fn ink(self, tokens: &Tokens) -> Color32 {
        match self {
            Self::Waiting | Self::Canceled | Self::NotReached => tokens.text_faint,
            Self::Running => tokens.accent,
            Self::Done | Self::Cached => tokens.text_weak,
            Self::Failed => tokens.bad,
        }
    }

    /// Did or does no work?
    pub fn is_idle(self) -> bool {
        matches!(self, Self::Waiting | Self::Canceled | Self::NotReached)
    }

    /// Has its result, fresh or not?
    pub fn has_result(self) -> bool {
        matches!(self, Self::Done | Self::Cached)
    }

    /// Paints its shape; a running one shows its progress from 0 to 1 as a ring.
    pub fn paint(
        self,
        painter: &Painter,
        center: Pos2,
        side: f32,
        share: Option<f32>,
        tokens: &Tokens,
    ) {
        let ink = self.ink(tokens);
        let radius = side * 0.38;
        match self {
            Self::Waiting => _ = painter.circle_stroke(center, radius, Stroke::new(1.5, ink)),
            Self::Running => {
                painter.circle_stroke(center, radius, Stroke::new(2.0, tokens.active));
                arc(
                    painter,
                    center,
                    radius,
                    share.unwrap_or(0.25),
                    Stroke::new(2.0, ink),
                );
            }
            Self::Done => icons::CHECK.paint(painter, center, side, ink),
            Self::Cached => icons::CACHED.paint(painter, center, side, ink),
            Self::Failed => icons::REFUSED.paint(painter, center, side, ink),
            Self::Canceled => icons::CANCELED.paint(painter, center, side, ink),
            Self::NotReached => {
                let reach = vec2(radius * 0.7, 0.0);
                let ends = [center - reach, center + reach];
                painter.line_segment(ends, Stroke::new(1.5, ink));
            }
        }
    }
}

/// A part of a circle, from the top clockwise.
fn arc(painter: &Painter, center: Pos2, radius: f32, share: f32, stroke: Stroke) {
    let n_parts = 24;
    let points = (0..=n_parts)
        .map(|part| {
            let angle =
                share.clamp(0.0, 1.0) * part as f32 / n_parts as f32 * std::f32::consts::TAU;
            center + vec2(angle.sin(), -angle.cos()) * radius
        })
        .collect();
    painter.add(Shape::Path(egui::epaint::PathShape::line(points, stroke)));
}
