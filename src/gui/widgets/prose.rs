//! Sentences in a room.

use crate::gui::theme::{Tokens, Type};
use eframe::egui::{Label, Ui};

/// A paragraph.
pub fn prose(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui);
    ui.add(Label::new(Type::Body.rich(text, tokens.text)).wrap());
}

/// A paragraph of how something was worked out.
pub fn fine_print(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui);
    ui.add(Label::new(Type::Small.rich(text, tokens.text_weak)).wrap());
}
