//! A segmented control: one of a few, all in sight, in one frame. Arrow keys move the choice.

use eframe::egui::{
    Align2, Key, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::paint;
use crate::gui::theme::{Tokens, Type, size};

/// Shows the options side by side; the response says whether the choice changed; `label` names the group.
pub fn segmented<S: AsRef<str>>(
    ui: &mut Ui,
    label: &str,
    chosen: &mut usize,
    options: &[S],
) -> Response {
    let tokens = Tokens::of(ui);
    let widths: Vec<f32> = options
        .iter()
        .map(|option| paint::width_of(ui.painter(), option.as_ref(), Type::Medium) + 24.0)
        .collect();
    let wanted = vec2(widths.iter().sum::<f32>() + 4.0, size::CONTROL);
    let (rect, mut response) = ui.allocate_exact_size(wanted, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, true, label));
    paint::surface(
        ui.painter(),
        rect,
        size::RADIUS,
        tokens.field,
        tokens.border_strong,
    );
    let mut left = rect.left() + 2.0;
    let before = *chosen;
    for (position, (option, width)) in options.iter().zip(widths).enumerate() {
        let place = Rect::from_min_size(
            pos2(left, rect.top() + 2.0),
            vec2(width, size::CONTROL - 4.0),
        );
        left += width;
        let segment = segment(
            ui,
            place,
            option.as_ref(),
            position == before,
            response.id.with(position),
        );
        if segment.clicked() {
            *chosen = position;
        }
        if segment.has_focus() {
            let (back, on) = ui.input(|i| {
                (
                    i.key_pressed(Key::ArrowLeft),
                    i.key_pressed(Key::ArrowRight),
                )
            });
            if back {
                *chosen = before.saturating_sub(1);
            } else if on {
                *chosen = (before + 1).min(options.len() - 1);
            }
        }
    }
    if *chosen != before {
        response.mark_changed();
    }
    response
}

fn segment(ui: &Ui, rect: Rect, text: &str, is_chosen: bool, id: eframe::egui::Id) -> Response {
    let response = ui.interact(rect, id, Sense::click());
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, is_enabled, is_chosen, text));
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    if is_chosen {
        paint::surface(
            painter,
            rect,
            size::RADIUS - 1,
            tokens.selected,
            tokens.accent.gamma_multiply(0.6),
        );
    } else if response.hovered() {
        painter.rect_filled(rect, size::RADIUS - 1, tokens.hover);
    }
    if response.has_focus() {
        paint::focus_ring(painter, rect, size::RADIUS, &tokens);
    }
    let ink = if is_chosen || response.hovered() {
        tokens.text_strong
    } else {
        tokens.text_weak
    };
    paint::text(
        painter,
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        Type::Medium,
        ink,
    );
    response
}
