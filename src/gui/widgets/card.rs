//! Surfaces that hold things together: a card with a title, and a section header without a surface.

use eframe::egui::{self, CornerRadius, Frame, Id, InnerResponse, Margin, Response, Stroke, Ui};

use crate::gui::theme::{Tokens, Type, size, space};

/// A raised surface, as wide as it can be.
pub fn card<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let tokens = Tokens::of(ui);
    Frame::new()
        .fill(tokens.raised)
        .stroke(Stroke::new(1.0, tokens.border))
        .corner_radius(CornerRadius::same(size::RADIUS_CARD))
        .inner_margin(Margin::same(space::M as i8))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            contents(ui)
        })
}

/// Gives cards that stand side by side the height of the highest: of the frame before, since nobody knows the height of
/// what is not drawn yet.
pub struct EqualHeights {
    id: Id,
    before: f32,
    highest: f32,
}

impl EqualHeights {
    /// For the row of this name.
    pub fn of(ui: &Ui, row: &str) -> Self {
        let id = ui.scope_id().with(row);
        Self {
            id,
            before: ui.data(|data| data.get_temp(id)).unwrap_or(0.0),
            highest: 0.0,
        }
    }

    /// The last thing in each card.
    pub fn fill(&mut self, ui: &mut Ui) {
        let mut drawn = ui.min_rect();
        self.highest = self.highest.max(drawn.height());
        drawn.max.y = drawn.max.y.max(drawn.min.y + self.before);
        ui.expand_to_include_rect(drawn);
    }

    /// After the row.
    pub fn remember(self, ui: &Ui) {
        if (self.highest - self.before).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(self.id, self.highest));
            ui.ctx().request_repaint();
        }
    }
}

/// A raised surface with a title.
pub fn titled_card<R>(
    ui: &mut Ui,
    title: &str,
    contents: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    card(ui, |ui| {
        section(ui, title, |_| ());
        contents(ui)
    })
}

/// A section's title, with room for buttons at the right end; write those from right to left.
pub fn section<R>(ui: &mut Ui, title: &str, actions: impl FnOnce(&mut Ui) -> R) -> R {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.set_min_height(24.0);
        ui.label(Type::Heading.rich(title, tokens.text_strong));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), actions)
            .inner
    })
    .inner
}

/// A page's title with a line of explanation under it.
pub fn page_title(ui: &mut Ui, title: &str, explanation: &str) -> Response {
    let tokens = Tokens::of(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.label(Type::Title.rich(title, tokens.text_strong));
        if !explanation.is_empty() {
            ui.add(egui::Label::new(Type::Body.rich(explanation, tokens.text_weak)).wrap());
        }
    })
    .response
}

/// A group's name in a side bar: small, weak, in capitals.
pub fn overline(ui: &mut Ui, text: &str) -> Response {
    let tokens = Tokens::of(ui);
    ui.label(
        Type::SmallMedium
            .rich(text.to_uppercase(), tokens.text_weak)
            .extra_letter_spacing(0.6),
    )
}
