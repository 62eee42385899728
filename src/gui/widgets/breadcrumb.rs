//! Where one is: the way from the workspace to what is shown, each step a link back.

use eframe::egui::{Align2, Response, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use super::paint;
use crate::gui::{
    icons,
    theme::{Tokens, Type},
};

const HEIGHT: f32 = 24.0;

/// Shows the way; the last step is here. Returns the step that was clicked.
pub fn breadcrumb<S: AsRef<str>>(ui: &mut Ui, steps: &[S]) -> Option<usize> {
    let tokens = Tokens::of(ui);
    let mut clicked = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (position, step) in steps.iter().enumerate() {
            if position > 0 {
                let (rect, _) = ui.allocate_exact_size(vec2(16.0, HEIGHT), Sense::hover());
                icons::RIGHT.paint(ui.painter(), rect.center(), 14.0, tokens.text_faint);
            }
            let is_here = position + 1 == steps.len();
            if crumb(ui, step.as_ref(), is_here).clicked() && !is_here {
                clicked = Some(position);
            }
        }
    });
    clicked
}

fn crumb(ui: &mut Ui, text: &str, is_here: bool) -> Response {
    let tokens = Tokens::of(ui);
    let kind = if is_here { Type::Medium } else { Type::Body };
    let width = (paint::width_of(ui.painter(), text, kind) + 8.0).min(220.0);
    let sense = if is_here {
        Sense::hover()
    } else {
        Sense::click()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), sense);
    let role = if is_here { Role::Label } else { Role::Link };
    response.widget_info(|| WidgetInfo::labeled(role, true, text));
    let ink = if is_here || response.hovered() {
        tokens.text_strong
    } else {
        tokens.text_weak
    };
    if response.has_focus() {
        paint::focus_ring(ui.painter(), rect.shrink2(vec2(0.0, 2.0)), 4.0, &tokens);
    }
    let (_, is_cut) = paint::text_within(
        ui.painter(),
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        (kind, ink),
        width - 7.0,
    );
    if is_cut {
        response.on_hover_text(text)
    } else {
        response
    }
}
