//! A verdict banner: a shape, a word, one sentence, perhaps buttons. For answers, not for messages.

use eframe::egui::{
    self, CornerRadius, Frame, Margin, Response, Sense, Stroke, TextStyle, Ui, UiBuilder,
    WidgetInfo, accesskit::Role, vec2,
};

use super::paint;
use crate::gui::theme::{Tokens, Tone, Type, size, space};

/// An answer over the room that explains it.
#[must_use = "a banner is shown with `.show(ui)`"]
#[derive(Clone, Debug)]
pub struct Banner {
    tone: Tone,
    word: String,
    sentence: String,
}

impl Banner {
    /// A verdict in one word and one sentence.
    pub fn new(tone: Tone, word: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self {
            tone,
            word: word.into(),
            sentence: sentence.into(),
        }
    }

    /// Shows it without buttons.
    pub fn show(self, ui: &mut Ui) -> Response {
        self.show_with(ui, |_| ()).response
    }

    /// Shows it with buttons at its right end; write them from right to left.
    pub fn show_with<R>(
        self,
        ui: &mut Ui,
        actions: impl FnOnce(&mut Ui) -> R,
    ) -> egui::InnerResponse<R> {
        let tokens = Tokens::of(ui);
        let ink = tokens.ink(self.tone);
        let label = format!("{}: {}", self.word, self.sentence);
        let shown = Frame::new()
            .fill(tokens.tint(self.tone))
            .stroke(Stroke::new(1.0, tokens.shade(self.tone, 0.4)))
            .corner_radius(CornerRadius::same(size::RADIUS_CARD))
            .inner_margin(Margin::symmetric(space::M as i8, space::S as i8))
            .show(ui, |ui| {
                ui.set_min_width(ui.available_width());
                // Of several lines the first one stands beside the word.
                ui.horizontal_top(|ui| {
                    ui.set_min_height(size::CONTROL);
                    let (at, _) = ui.allocate_exact_size(vec2(20.0, size::CONTROL), Sense::hover());
                    paint::mark(ui.painter(), at.center(), 20.0, self.tone, &tokens);
                    let line = (size::CONTROL - ui.text_style_height(&TextStyle::Body)) / 2.0;
                    dropped(ui, line, |ui| {
                        ui.label(Type::Strong.rich(&self.word, ink));
                    });
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::TOP), |ui| {
                        let inner = ui.scope_builder(UiBuilder::new(), actions).inner;
                        ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                            ui.add_space(line);
                            ui.add(
                                egui::Label::new(Type::Body.rich(&self.sentence, tokens.text))
                                    .wrap(),
                            );
                        });
                        inner
                    })
                    .inner
                })
                .inner
            });
        shown
            .response
            .widget_info(|| WidgetInfo::labeled(Role::Status, true, &label));
        shown
    }
}

/// Puts something lower by some points, in a line whose things stand at its top.
fn dropped(ui: &mut Ui, by: f32, add: impl FnOnce(&mut Ui)) {
    ui.scope_builder(
        UiBuilder::new().layout(egui::Layout::top_down(egui::Align::Min)),
        |ui| {
            ui.add_space(by);
            add(ui);
        },
    );
}
