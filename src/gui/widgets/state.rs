//! What a room shows when it has nothing to show: empty, loading, failed.

use eframe::egui::{self, Align, Layout, Sense, Ui, vec2};

use super::{button::Button, number, progress};
use crate::gui::{
    icons::{self, Icon},
    theme::{Tokens, Tone, Type, size, space},
};

/// Nothing here yet: says what would be here and offers the way to it. True when the button was pressed.
pub fn empty(ui: &mut Ui, icon: Icon, title: &str, text: &str, action: Option<Button>) -> bool {
    let tokens = Tokens::of(ui);
    centered(ui, 168.0, |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(56.0, 56.0), Sense::hover());
        ui.painter()
            .circle_filled(rect.center(), 28.0, tokens.tint(Tone::Accent));
        icon.paint(ui.painter(), rect.center(), 26.0, tokens.accent);
        ui.add_space(space::XS);
        ui.label(Type::Heading.rich(title, tokens.text_strong));
        ui.add(egui::Label::new(Type::Body.rich(text, tokens.text_weak)).wrap());
        ui.add_space(space::XS);
        action.is_some_and(|button| button.show(ui).clicked())
    })
}

/// Something is being fetched or computed. `share` from 0 to 1 if it is known.
pub fn loading(ui: &mut Ui, text: &str, share: Option<f32>) {
    let tokens = Tokens::of(ui);
    centered(ui, 84.0, |ui| {
        ui.add(egui::Spinner::new().size(24.0).color(tokens.accent));
        ui.label(Type::Body.rich(text, tokens.text_weak));
        if let Some(share) = share {
            let label = format!("{text} {}", number::percent(f64::from(share)));
            progress::bar(ui, share, 200.0, &label);
        }
    });
}

/// What went wrong, in the words of a failure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problem {
    /// What happened, in one sentence.
    pub summary: String,
    /// Where: file, column, row, step. Empty if unknown.
    pub place: String,
    /// What to do now, one line each.
    pub hints: Vec<String>,
    /// Everything that may help somebody else; folded away. Empty if there is nothing more.
    pub details: String,
}

/// What somebody pressed in a failed state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailedAction {
    /// Do it again.
    Retry,
    /// The text was put on the clipboard.
    Copied,
}

/// Something failed: what, where, what to do; details to unfold and to copy.
pub fn failed(ui: &mut Ui, problem: &Problem, can_retry: bool) -> Option<FailedAction> {
    let tokens = Tokens::of(ui);
    let mut action = None;
    egui::Frame::new()
        .fill(tokens.tint(Tone::Bad))
        .stroke(egui::Stroke::new(1.0, tokens.shade(Tone::Bad, 0.4)))
        .corner_radius(size::RADIUS_CARD)
        .inner_margin(space::L)
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.horizontal_top(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::hover());
                icons::REFUSED.paint(ui.painter(), rect.center(), 20.0, tokens.bad);
                ui.vertical(|ui| action = explanation(ui, problem, can_retry, &tokens));
            });
        });
    action
}

fn explanation(
    ui: &mut Ui,
    problem: &Problem,
    can_retry: bool,
    tokens: &Tokens,
) -> Option<FailedAction> {
    let Problem {
        summary,
        place,
        hints,
        details,
    } = problem;
    let mut action = None;
    ui.spacing_mut().item_spacing.y = 6.0;
    ui.add(egui::Label::new(Type::Strong.rich(summary, tokens.text_strong)).wrap());
    if !place.is_empty() {
        ui.add(egui::Label::new(Type::Number.rich(place, tokens.text)).wrap());
    }
    for hint in hints {
        ui.add(egui::Label::new(Type::Body.rich(format!("→ {hint}"), tokens.text)).wrap());
    }
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        if can_retry
            && Button::new("Try again")
                .icon(icons::RETRY)
                .show(ui)
                .clicked()
        {
            action = Some(FailedAction::Retry);
        }
        if Button::new("Copy")
            .icon(icons::COPY)
            .quiet()
            .tooltip("Copy the whole message")
            .show(ui)
            .clicked()
        {
            ui.ctx().copy_text(format!(
                "{summary}\n{place}\n{}\n{details}",
                hints.join("\n")
            ));
            action = Some(FailedAction::Copied);
        }
    });
    if !details.is_empty() {
        egui::CollapsingHeader::new(Type::Small.rich("Details", tokens.text))
            .id_salt(summary)
            .show(ui, |ui| {
                egui::ScrollArea::vertical()
                    .max_height(160.0)
                    .show(ui, |ui| {
                        ui.add(
                            egui::Label::new(Type::NumberSmall.rich(details, tokens.text))
                                .wrap()
                                .selectable(true),
                        );
                    });
            });
    }
    action
}

/// A column of prose in the middle of what is left.
fn centered<R>(ui: &mut Ui, height: f32, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let available = ui.available_size();
    let above = if available.y.is_finite() {
        ((available.y - height) * 0.4).clamp(0.0, 120.0)
    } else {
        0.0
    };
    ui.add_space(above);
    let width = available.x.min(size::PROSE * 0.75);
    ui.allocate_ui_with_layout(
        vec2(available.x, height),
        Layout::top_down(Align::Center),
        |ui| {
            ui.set_max_width(available.x);
            ui.allocate_ui_with_layout(
                vec2(width, height),
                Layout::top_down(Align::Center),
                contents,
            )
            .inner
        },
    )
    .inner
}
