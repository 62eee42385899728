//! A threshold slider: a value between two ends, with a mark where the model's own threshold is.

use std::ops::RangeInclusive;

use eframe::egui::{self, DragValue, Response, Slider, Stroke, Ui, pos2};

use crate::gui::theme::{Tokens, Type, space};

/// Shows a label, a track and the number. `mark` is a value with a name, for example the threshold in use.
pub fn threshold(
    ui: &mut Ui,
    label: &str,
    value: &mut f64,
    range: RangeInclusive<f64>,
    mark: Option<(f64, &str)>,
) -> Response {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let name = ui.label(Type::Medium.rich(label, tokens.text)).id;
        let visuals = ui.visuals_mut();
        visuals.selection.bg_fill = tokens.accent_fill;
        visuals.widgets.inactive.bg_fill = tokens.active;
        ui.spacing_mut().slider_rail_height = 4.0;
        ui.spacing_mut().slider_width = (ui.available_width() - 90.0).clamp(120.0, 320.0);
        let step = (range.end() - range.start()) / 200.0;
        let track = Slider::new(value, range.clone())
            .show_value(false)
            .step_by(step);
        let slider = ui.add(track).labelled_by(name);
        if let Some((at, what)) = mark {
            let share =
                ((at - range.start()) / (range.end() - range.start())).clamp(0.0, 1.0) as f32;
            let half = slider.rect.height() / 2.6;
            let x = egui::lerp(
                slider.rect.left() + half..=slider.rect.right() - half,
                share,
            );
            let line = [
                pos2(x, slider.rect.bottom() - 5.0),
                pos2(x, slider.rect.bottom()),
            ];
            ui.painter()
                .line_segment(line, Stroke::new(2.0, tokens.text_weak));
            slider.clone().on_hover_text(what);
        }
        ui.style_mut().drag_value_text_style = egui::TextStyle::Monospace;
        let typed = ui.add(
            DragValue::new(value)
                .range(range)
                .speed(step)
                .fixed_decimals(3),
        );
        slider.union(typed.accessible_name(format!("{label} value")))
    })
    .inner
}
