//! A field to look for something, which says how much it found and is emptied with Escape.

use eframe::egui::{self, Align2, Key, Response, Ui, accesskit::Role, pos2, vec2};

use super::{button::Button, field, number, paint};
use crate::gui::{
    icons,
    theme::{Tokens, Type, size},
};

/// Shows the field. `found` is how many of how many match, shown while something is typed.
pub fn search(
    ui: &mut Ui,
    name: &str,
    text: &mut String,
    width: f32,
    found: Option<(usize, usize)>,
) -> Response {
    let tokens = Tokens::of(ui);
    let tally = found.filter(|_| !text.is_empty()).map(|(matching, all)| {
        format!(
            "{} of {}",
            number::count(matching as u64),
            number::count(all as u64)
        )
    });
    let right = tally.as_ref().map_or(8.0, |tally| {
        paint::width_of(ui.painter(), tally, Type::NumberSmall) + 34.0
    });
    let hint = Type::Body.rich(name, tokens.text_weak);
    let margin = egui::Margin {
        left: 28,
        right: right as i8,
        top: 0,
        bottom: 0,
    };
    let edit = field::line(text)
        .margin(margin)
        .hint_text(hint)
        .desired_width(width);
    let mut response = ui.add(edit).accessible_name(name);
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_role(Role::SearchInput));
    let rect = response.rect;
    let middle = rect.center().y;
    icons::SEARCH.paint(
        ui.painter(),
        pos2(rect.left() + 15.0, middle),
        size::ICON,
        tokens.text_weak,
    );
    if let Some(tally) = tally {
        let at = pos2(rect.right() - 28.0, middle);
        paint::text(
            ui.painter(),
            at,
            Align2::RIGHT_CENTER,
            &tally,
            Type::NumberSmall,
            tokens.text_weak,
        );
    }
    if !text.is_empty() {
        let place = egui::Rect::from_center_size(
            pos2(rect.right() - 14.0, middle),
            vec2(size::CONTROL, size::CONTROL),
        );
        let clear = ui.scope_builder(egui::UiBuilder::new().max_rect(place), |ui| {
            Button::icon_only(icons::CLOSE, format!("Clear {}", name.to_lowercase())).show(ui)
        });
        let is_escaped = response.has_focus() && ui.input(|i| i.key_pressed(Key::Escape));
        if clear.inner.clicked() || is_escaped {
            text.clear();
            response.mark_changed();
        }
    }
    response
}
