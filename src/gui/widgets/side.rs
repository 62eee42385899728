//! Things side by side: each a column of its own in a horizontal line.

use eframe::egui::{Align, Layout, Ui, Vec2};

/// A column of this size inside a horizontal line; what is added stands one below the other.
pub fn column<R>(ui: &mut Ui, size: Vec2, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), add)
        .inner
}

/// Controls without labels, in a line with those of the fields beside them.
pub fn beside_fields<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.vertical(|ui| {
        // As high as a field's label.
        ui.add_space(20.0);
        ui.horizontal(add).inner
    })
    .inner
}
