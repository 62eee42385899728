//! A lock gate seen from above: two leaves on hinges in a canal wall. Shut, they point against the stream; open,
//! they lie along the walls. The pipeline draws the data gate and the model gate with it.

use eframe::egui::{self, Align2, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::paint;
use crate::gui::theme::{Tokens, Tone, Type};

/// What a gate said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GateState {
    /// It has not been asked.
    #[default]
    Waiting,
    /// It lets through.
    Open,
    /// It lets through, with something to look at.
    Warning,
    /// It says no.
    Shut,
}

impl GateState {
    /// The tone of its verdict.
    pub fn tone(self) -> Tone {
        match self {
            Self::Waiting => Tone::Neutral,
            Self::Open => Tone::Good,
            Self::Warning => Tone::Warn,
            Self::Shut => Tone::Bad,
        }
    }

    /// The word for screen readers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Warning => "open, with a warning",
            Self::Shut => "shut",
        }
    }

    /// How far the leaves are open, from 0 to 1.
    pub fn openness(self) -> f32 {
        match self {
            Self::Waiting => 0.0,
            Self::Open | Self::Warning => 1.0,
            Self::Shut => 0.0,
        }
    }
}

/// Paints a gate with its title above and its verdict below. `openness` is given apart from the state, so that
/// a gate can be seen to move.
pub fn paint_gate(
    painter: &Painter,
    rect: Rect,
    (title, verdict): (&str, &str),
    (state, openness): (GateState, f32),
    tokens: &Tokens,
) {
    let weak = (Type::SmallMedium, tokens.text_strong);
    paint::text_within(
        painter,
        rect.center_top() + vec2(0.0, 9.0),
        Align2::CENTER_CENTER,
        title,
        weak,
        rect.width(),
    );
    let tone = state.tone();
    let word = (Type::Small, tokens.ink(tone));
    let at = rect.center_bottom() - vec2(0.0, 9.0);
    let mark = if tone == Tone::Neutral { 0.0 } else { 16.0 };
    let room = rect.width() - mark;
    let galley = paint::fitted(painter, verdict, word.0.font(), word.1, room);
    let left = at.x - (galley.size().x + mark) / 2.0;
    if tone != Tone::Neutral {
        paint::mark(painter, pos2(left + 6.5, at.y), 13.0, tone, tokens);
    }
    painter.galley(
        pos2(left + mark, at.y - galley.size().y / 2.0),
        galley,
        word.1,
    );
    let chamber = Rect::from_center_size(
        rect.center(),
        vec2(rect.width().min(84.0), rect.height() - 40.0),
    );
    paint_leaves(painter, chamber, state, openness, tokens);
}

fn paint_leaves(
    painter: &Painter,
    chamber: Rect,
    state: GateState,
    openness: f32,
    tokens: &Tokens,
) {
    let wall = 5.0;
    let stone = tokens.text_weak;
    let water = chamber.shrink2(vec2(0.0, wall));
    let deep = tokens.shade(Tone::Production, if tokens.dark { 0.22 } else { 0.14 });
    let low = tokens.shade(Tone::Production, 0.07);
    let hinge = water.left() + water.width() * 0.42;
    // High water before the gate; behind it, it is high only when the gate is open.
    painter.rect_filled(water, 0.0, if openness > 0.5 { deep } else { low });
    painter.rect_filled(
        Rect::from_min_max(water.min, pos2(hinge, water.bottom())),
        0.0,
        deep,
    );
    for y in [chamber.top(), chamber.bottom() - wall] {
        painter.rect_filled(
            Rect::from_min_size(pos2(chamber.left(), y), vec2(chamber.width(), wall)),
            1.5,
            stone,
        );
        let post = Rect::from_min_size(pos2(hinge - 4.0, y - 1.5), vec2(8.0, wall + 3.0));
        painter.rect_filled(post, 2.0, tokens.text_strong);
    }
    let ink = if state == GateState::Waiting {
        tokens.text_weak
    } else {
        tokens.ink(state.tone())
    };
    // A shut pair of leaves is a little longer than half the chamber and meets upstream: a mitre.
    let half = water.height() / 2.0 - 2.5;
    let length = half * 1.12;
    let shut_angle = (half / length).acos();
    let angle = egui::lerp(-shut_angle..=std::f32::consts::FRAC_PI_2, openness);
    for (corner, down) in [(water.top(), 1.0), (water.bottom(), -1.0)] {
        let from = pos2(hinge, corner + down * 2.5);
        let to = from + vec2(angle.sin(), angle.cos() * down) * length;
        leaf(painter, from, to, ink);
    }
}

fn leaf(painter: &Painter, from: Pos2, to: Pos2, ink: egui::Color32) {
    painter.add(Shape::line_segment([from, to], Stroke::new(4.0, ink)));
    painter.circle_filled(to, 2.0, ink);
}
