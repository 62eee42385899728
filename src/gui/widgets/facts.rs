//! A list of facts for the inspector: a weak label on the left, the value on the right, cut and copied with a click.

use eframe::egui::{Align2, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use super::paint;
use crate::gui::theme::{Tokens, Tone, Type, space};

const HEIGHT: f32 = 24.0;
/// From here on the eye no longer finds the value that belongs to a label.
const WIDEST: f32 = 440.0;

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What it is worth, already formatted.
    pub value: String,
    /// Are these figures or identifiers?
    pub is_number: bool,
    /// What it means.
    pub tone: Tone,
    /// What a click copies where the value is shown short.
    pub whole: Option<String>,
}

impl Fact {
    /// A fact in words.
    pub fn text(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            is_number: false,
            tone: Tone::Neutral,
            whole: None,
        }
    }

    /// A fact in figures, or an identifier.
    pub fn number(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            is_number: true,
            ..Self::text(label, value)
        }
    }

    /// The same, of which a click copies more than is shown.
    pub fn copies(mut self, whole: impl Into<String>) -> Self {
        self.whole = Some(whole.into());
        self
    }

    /// The same in a tone: production, candidate, a verdict.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// Shows facts one under another. A click copies the value; the index of the copied one is returned.
pub fn facts(ui: &mut Ui, list: &[Fact]) -> Option<usize> {
    let tokens = Tokens::of(ui);
    let widest = list
        .iter()
        .map(|fact| paint::width_of(ui.painter(), &fact.label, Type::Body))
        .fold(0.0_f32, f32::max)
        .min(ui.available_width() * 0.45);
    let mut copied = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    let wide = ui.available_width().min(WIDEST);
    for (position, fact) in list.iter().enumerate() {
        let (rect, response) = ui.allocate_exact_size(vec2(wide, HEIGHT), Sense::CLICK);
        let label = format!("{}: {}", fact.label, fact.value);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
        if response.hovered() {
            ui.painter()
                .rect_filled(rect.expand2(vec2(space::XS, 0.0)), 4.0, tokens.hover);
        }
        let middle = rect.center().y;
        let weak = (Type::Body, tokens.text_weak);
        let (_, label_cut) = paint::text_within(
            ui.painter(),
            pos2(rect.left(), middle),
            Align2::LEFT_CENTER,
            &fact.label,
            weak,
            widest + 1.0,
        );
        let ink = if fact.tone == Tone::Neutral {
            tokens.text
        } else {
            tokens.ink(fact.tone)
        };
        let kind = if fact.is_number {
            Type::Number
        } else {
            Type::Body
        };
        let left = rect.left() + widest + space::M;
        let (_, value_cut) = paint::text_within(
            ui.painter(),
            pos2(rect.right(), middle),
            Align2::RIGHT_CENTER,
            &fact.value,
            (kind, ink),
            rect.right() - left,
        );
        if response.clicked() {
            let whole = fact.whole.as_ref().unwrap_or(&fact.value);
            ui.ctx().copy_text(whole.clone());
            copied = Some(position);
        }
        let hint = if let Some(whole) = &fact.whole {
            format!("{}: {whole}\n\nClick to copy", fact.label)
        } else if label_cut || value_cut {
            format!("{label}\n\nClick to copy")
        } else {
            "Click to copy".into()
        };
        response.on_hover_text(hint);
    }
    copied
}
