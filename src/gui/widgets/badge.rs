//! A badge: a word with a shape and a tone, for a state or a role, inside tables, titles and lists.

use eframe::egui::{
    self, Align2, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::paint;
use crate::gui::theme::{Tokens, Tone, Type, size};

const MARK: f32 = 13.0;
const PADDING: f32 = 7.0;

/// Shows a word on the tone's quiet surface, with the tone's shape before it.
pub fn badge(ui: &mut Ui, text: &str, tone: Tone) -> Response {
    allocated(ui, (text, tone), Sense::hover(), Role::Label)
}

/// A badge that leads somewhere: it is clicked, or reached with Tab and pressed.
pub fn badge_link(ui: &mut Ui, text: &str, tone: Tone) -> Response {
    let response = allocated(ui, (text, tone), Sense::click(), Role::Button);
    if response.has_focus() {
        let tokens = Tokens::of(ui);
        paint::focus_ring(ui.painter(), response.rect, size::RADIUS, &tokens);
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// The sense is the widget's from the start: one that cannot take the focus gives it away in every frame.
fn allocated(ui: &mut Ui, (text, tone): (&str, Tone), sense: Sense, role: Role) -> Response {
    let has_mark = tone != Tone::Neutral;
    let mark = if has_mark { MARK + 4.0 } else { 0.0 };
    let words = paint::width_of(ui.painter(), text, Type::SmallMedium);
    let wanted = vec2(
        (words + mark + 2.0 * PADDING).min(ui.available_width().max(size::BADGE)),
        size::BADGE,
    );
    let (rect, response) = ui.allocate_exact_size(wanted, sense);
    response.widget_info(|| WidgetInfo::labeled(role, true, text));
    if ui.is_rect_visible(rect) {
        draw(ui.painter(), rect, text, tone, &Tokens::of(ui));
    }
    if words + mark + 2.0 * PADDING > rect.width() + 1.0 {
        response.on_hover_text(text)
    } else {
        response
    }
}

/// Paints a badge into a rectangle, for widgets that paint themselves.
pub fn draw(painter: &egui::Painter, rect: Rect, text: &str, tone: Tone, tokens: &Tokens) {
    let (fill, ink) = match tone {
        Tone::Neutral => (tokens.active, tokens.text),
        _ => (tokens.tint(tone), tokens.ink(tone)),
    };
    painter.rect_filled(rect, size::BADGE / 2.0, fill);
    let mut left = rect.left() + PADDING;
    if tone != Tone::Neutral {
        paint::mark(
            painter,
            pos2(left + MARK / 2.0, rect.center().y),
            MARK,
            tone,
            tokens,
        );
        left += MARK + 4.0;
    }
    let at = pos2(left, rect.center().y);
    paint::text_within(
        painter,
        at,
        Align2::LEFT_CENTER,
        text,
        (Type::SmallMedium, ink),
        rect.right() - PADDING - left + 1.0,
    );
}
