//! Key caps: the keys that do something, as a hint beside it.

use eframe::egui::{Align2, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use super::paint;
use crate::gui::theme::{Tokens, Type, size};

const GAP: f32 = 3.0;

/// Shows keys such as `Ctrl+K` as caps.
pub fn shortcut(ui: &mut Ui, keys: &str) -> Response {
    let wide = |key: &str| {
        paint::pill_size(ui.painter(), key, Type::SmallMedium, 6.0)
            .x
            .max(size::BADGE)
    };
    let caps: Vec<(&str, f32)> = keys.split('+').map(|key| (key, wide(key))).collect();
    let width = caps.iter().map(|(_, wide)| wide + GAP).sum::<f32>() - GAP;
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::BADGE), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, keys));
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    let mut corner = rect.min;
    for (key, wide) in caps {
        let cap = Rect::from_min_size(corner, vec2(wide, size::BADGE));
        paint::surface(painter, cap, 4, tokens.control, tokens.border_strong);
        paint::text(
            painter,
            cap.center(),
            Align2::CENTER_CENTER,
            key,
            Type::SmallMedium,
            tokens.text_weak,
        );
        corner.x += wide + GAP;
    }
    response
}
