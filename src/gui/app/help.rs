//! The page of keyboard shortcuts: the same list that feeds the palette.

use crate::gui::action::plain_actions;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::page_title;
use crate::gui::widgets::shortcut::shortcut;
use eframe::egui::{self, Context};

/// Draws the page; false once it is to be closed.
pub(super) fn show(ctx: &Context) -> bool {
    let mut is_open = true;
    let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(space::XL);
    let modal = egui::Modal::new(egui::Id::unique("help")).frame(frame);
    let response = modal.show(ctx, |ui| {
        ui.set_width(440.0);
        page_title(
            ui,
            "Keyboard shortcuts",
            "Everything else is in the command palette.",
        );
        let tokens = Tokens::of(ui);
        egui::ScrollArea::vertical()
            .max_height(480.0)
            .show(ui, |ui| {
                for plain in plain_actions() {
                    let Some(keys) = plain.shortcut else { continue };
                    ui.horizontal(|ui| {
                        ui.label(Type::Body.rich(&plain.title, tokens.text));
                        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                            shortcut(ui, &ui.ctx().format_shortcut(&keys));
                        });
                    });
                }
            });
        ui.add_space(space::M);
        if Button::new("Close").show(ui).clicked() {
            is_open = false;
        }
    });
    is_open && !response.should_close()
}
