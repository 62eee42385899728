//! An entry of the side bar: a pictogram, a word, perhaps a count of what waits there.

use eframe::egui::{Align2, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use super::{number, paint};
use crate::gui::{
    icons::Icon,
    theme::{Tokens, Type, size},
};

/// Shows an entry as wide as the bar. `count` is of things to look at; zero shows nothing.
pub fn nav_item(ui: &mut Ui, icon: Icon, text: &str, is_here: bool, count: u64) -> Response {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), size::CONTROL), Sense::click());
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Tab, is_enabled, is_here, text));
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    let is_hot = response.hovered();
    if is_here || is_hot {
        painter.rect_filled(
            rect,
            size::RADIUS,
            if is_here {
                tokens.selected
            } else {
                tokens.hover
            },
        );
    }
    if response.has_focus() {
        paint::focus_ring(painter, rect.shrink(1.5), size::RADIUS, &tokens);
    }
    let ink = if is_here || is_hot {
        tokens.text_strong
    } else {
        tokens.text
    };
    let mark = if is_here {
        tokens.accent
    } else {
        tokens.text_weak
    };
    icon.paint(
        painter,
        pos2(rect.left() + 16.0, rect.center().y),
        size::ICON,
        mark,
    );
    let mut right = rect.right() - 8.0;
    if count > 0 {
        let text = number::count(count);
        let wide = paint::pill_size(painter, &text, Type::NumberSmall, 5.0)
            .x
            .max(18.0);
        let pill =
            Rect::from_center_size(pos2(right - wide / 2.0, rect.center().y), vec2(wide, 16.0));
        painter.rect_filled(pill, 8.0, tokens.active);
        paint::text(
            painter,
            pill.center(),
            Align2::CENTER_CENTER,
            &text,
            Type::NumberSmall,
            tokens.text,
        );
        right = pill.left() - 4.0;
    }
    let at = pos2(rect.left() + 32.0, rect.center().y);
    let kind = if is_here { Type::Medium } else { Type::Body };
    let (_, is_cut) = paint::text_within(
        painter,
        at,
        Align2::LEFT_CENTER,
        text,
        (kind, ink),
        right - at.x,
    );
    if is_cut {
        response.on_hover_text(text)
    } else {
        response
    }
}
