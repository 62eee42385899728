//! Progress: a bar, and a chip for the job in the status bar.

use eframe::egui::{Align2, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use super::{button::Button, number, paint};
use crate::gui::{
    icons,
    theme::{Tokens, Type, size, space},
};

/// A thin bar with a name for screen readers.
pub fn bar(ui: &mut Ui, share: f32, width: f32, label: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, label);
        info.value = Some(f64::from(share));
        info
    });
    let tokens = Tokens::of(ui);
    paint::bar(ui.painter(), rect, share, tokens.accent_fill, &tokens);
    response
}

/// A running job, as the status bar tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    /// What it does: `train 7/12 candidates`.
    pub text: String,
    /// From 0 to 1 if known.
    pub share: Option<f32>,
    /// Seconds left if known.
    pub seconds_left: Option<f64>,
    /// Asked to stop, and finishing its unit of work.
    pub is_stopping: bool,
}

/// Shows a job with its progress and a Stop button. True when it was pressed.
pub fn job_chip(ui: &mut Ui, job: &Job) -> bool {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let (rect, _) = ui.allocate_exact_size(vec2(8.0, size::BADGE), Sense::hover());
        ui.painter()
            .circle_filled(rect.center(), 3.5, tokens.accent);
        ui.label(Type::Small.rich(&job.text, tokens.text));
        if let Some(share) = job.share {
            bar(
                ui,
                share,
                96.0,
                &format!("{} {}", job.text, number::percent(f64::from(share))),
            );
        }
        if let Some(left) = job.seconds_left.filter(|_| !job.is_stopping) {
            let text = format!("{} left", number::clock(left));
            ui.label(Type::NumberSmall.rich(text, tokens.text_weak));
        }
        if job.is_stopping {
            ui.label(Type::Small.rich("stopping after the current unit…", tokens.text_weak));
            return false;
        }
        let name = format!("Stop {}", job.text);
        Button::icon_only(icons::STOP, name).show(ui).clicked()
    })
    .inner
}

/// A count that stands on something, like the number of findings on a tab.
pub fn counter(ui: &mut Ui, count: u64, what: &str) -> Response {
    let text = number::count(count);
    let tokens = Tokens::of(ui);
    let wanted =
        paint::pill_size(ui.painter(), &text, Type::NumberSmall, 6.0).max(vec2(18.0, 18.0));
    let (rect, response) = ui.allocate_exact_size(vec2(wanted.x, 18.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{text} {what}")));
    ui.painter().rect_filled(rect, 9.0, tokens.active);
    let at = pos2(rect.center().x, rect.center().y);
    paint::text(
        ui.painter(),
        at,
        Align2::CENTER_CENTER,
        &text,
        Type::NumberSmall,
        tokens.text,
    );
    response
}
