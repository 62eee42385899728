//! Chips: any number of several, all in sight, each a toggle.

use eframe::egui::{Align2, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use super::paint;
use crate::gui::{
    icons,
    theme::{Tokens, Type, size},
};

const HEIGHT: f32 = 24.0;
const CHECK: f32 = 14.0;

/// Shows toggles in rows. The response says whether anything changed; `label` names the group.
pub fn chips<S: AsRef<str>>(
    ui: &mut Ui,
    label: &str,
    chosen: &mut [bool],
    options: &[S],
) -> Response {
    let mut has_changed = false;
    let mut response = ui
        .horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
            for (is_on, option) in chosen.iter_mut().zip(options) {
                if chip(ui, option.as_ref(), *is_on).clicked() {
                    *is_on = !*is_on;
                    has_changed = true;
                }
            }
        })
        .response;
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, label));
    if has_changed {
        response.mark_changed();
    }
    response
}

/// One chip; the caller owns whether it is on.
pub fn chip(ui: &mut Ui, text: &str, is_on: bool) -> Response {
    let words = paint::width_of(ui.painter(), text, Type::SmallMedium);
    let check = if is_on { CHECK + 3.0 } else { 0.0 };
    let wanted = vec2(
        (words + 20.0 + check).min(ui.available_width().max(size::BADGE)),
        HEIGHT,
    );
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, is_enabled, is_on, text));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let tokens = Tokens::of(ui);
    let (fill, border, ink) = match (is_on, response.hovered()) {
        (true, _) => (tokens.selected, tokens.accent, tokens.text_strong),
        (_, true) => (tokens.hover, tokens.border_strong, tokens.text_strong),
        _ => (tokens.control, tokens.border_strong, tokens.text),
    };
    paint::surface(ui.painter(), rect, (HEIGHT / 2.0) as u8, fill, border);
    if response.has_focus() {
        paint::focus_ring(ui.painter(), rect, HEIGHT / 2.0, &tokens);
    }
    let mut left = rect.left() + 10.0;
    if is_on {
        icons::CHECK.paint(
            ui.painter(),
            pos2(left + CHECK / 2.0 - 1.0, rect.center().y),
            CHECK,
            tokens.accent,
        );
        left += check;
    }
    let at = pos2(left, rect.center().y);
    let room = rect.right() - 9.0 - left;
    let (_, is_cut) = paint::text_within(
        ui.painter(),
        at,
        Align2::LEFT_CENTER,
        text,
        (Type::SmallMedium, ink),
        room,
    );
    if is_cut {
        response.on_hover_text(text)
    } else {
        response
    }
}
