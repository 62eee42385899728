//! A stat tile: one number, what it is, and how it moved.

use eframe::egui::{Align2, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use super::paint;
use crate::gui::theme::{Tokens, Tone, Type, size, space};

const HEIGHT: f32 = 88.0;
const WIDTH: f32 = 176.0;

/// How a number moved since something, and whether that is welcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Delta {
    /// The change as text, with its sign: `+0.015`.
    pub text: String,
    /// Since what: `vs production`.
    pub since: String,
    /// [`Tone::Good`], [`Tone::Bad`], or [`Tone::Neutral`] when it is neither.
    pub tone: Tone,
}

impl Delta {
    /// A change and whether it is welcome; `since` says what it is compared with.
    pub fn new(text: impl Into<String>, since: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: text.into(),
            since: since.into(),
            tone,
        }
    }
}

/// One number of an overview.
#[must_use = "a tile is shown with `.show(ui)`"]
#[derive(Clone, Debug)]
pub struct Tile {
    label: String,
    value: String,
    unit: String,
    delta: Option<Delta>,
    note: Option<String>,
    width: f32,
}

impl Tile {
    /// A tile of a label and a number that is already formatted.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            unit: String::new(),
            delta: None,
            note: None,
            width: WIDTH,
        }
    }

    /// What the number counts.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    /// How it moved.
    pub fn delta(mut self, delta: Delta) -> Self {
        self.delta = Some(delta);
        self
    }

    /// A remark instead of a change.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = Some(text.into());
        self
    }

    /// Another width than 176.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Shows it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(self.width, HEIGHT), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.summary()));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let tokens = Tokens::of(ui);
        let painter = ui.painter();
        paint::surface(
            painter,
            rect,
            size::RADIUS_CARD,
            tokens.raised,
            tokens.border,
        );
        let inner = rect.shrink(space::M);
        let wide = inner.width();
        let (_, mut is_cut) = paint::text_within(
            painter,
            inner.left_top(),
            Align2::LEFT_TOP,
            &self.label,
            (Type::Small, tokens.text_weak),
            wide,
        );
        let base = inner.top() + 44.0;
        let number = (Type::NumberLarge, tokens.text_strong);
        let (used, number_cut) = paint::text_within(
            painter,
            pos2(inner.left(), base),
            Align2::LEFT_BOTTOM,
            &self.value,
            number,
            wide,
        );
        is_cut |= number_cut;
        let unit_at = pos2(used.right() + 5.0, base - 4.0);
        let room = inner.right() - unit_at.x;
        let unit = (Type::Small, tokens.text_weak);
        paint::text_within(
            painter,
            unit_at,
            Align2::LEFT_BOTTOM,
            &self.unit,
            unit,
            room,
        );
        is_cut |= self.below(painter, inner, &tokens);
        if is_cut {
            response.on_hover_text(self.summary())
        } else {
            response
        }
    }

    /// The change or the remark under the number; says whether it had to be cut.
    fn below(
        &self,
        painter: &eframe::egui::Painter,
        inner: eframe::egui::Rect,
        tokens: &Tokens,
    ) -> bool {
        let at = inner.left_bottom();
        if let Some(delta) = &self.delta {
            let ink = tokens.ink(delta.tone);
            let (moved, _) = paint::text_within(
                painter,
                at,
                Align2::LEFT_BOTTOM,
                &delta.text,
                (Type::NumberSmall, ink),
                inner.width(),
            );
            let since = pos2(moved.right() + 6.0, at.y);
            let room = inner.right() - since.x;
            let weak = (Type::Small, tokens.text_weak);
            return paint::text_within(
                painter,
                since,
                Align2::LEFT_BOTTOM,
                &delta.since,
                weak,
                room,
            )
            .1;
        }
        let Some(note) = &self.note else { return false };
        paint::text_within(
            painter,
            at,
            Align2::LEFT_BOTTOM,
            note,
            (Type::Small, tokens.text_weak),
            inner.width(),
        )
        .1
    }

    fn summary(&self) -> String {
        let mut text = format!("{}: {} {}", self.label, self.value, self.unit)
            .trim_end()
            .to_owned();
        if let Some(Delta {
            text: moved,
            since,
            tone,
        }) = &self.delta
        {
            let verdict = match tone {
                Tone::Good => ", better",
                Tone::Bad => ", worse",
                _ => "",
            };
            text += &format!(", {moved} {since}{verdict}");
        }
        if let Some(note) = &self.note {
            text += &format!(", {note}");
        }
        text
    }
}
