//! A fetched answer in a room: loading and failed are drawn the same way everywhere, ready is handed on.

use crate::domain::Failure;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{Load, PanelContext};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::chart::ChartResponse;
use crate::gui::widgets::state::{self, FailedAction, Problem};
use crate::workspace::{Answer, Query};
use eframe::egui::Ui;
use std::sync::Arc;

/// The answer when it is there; otherwise draws why not. `what` is said while it is read: "the statistics".
pub fn ready(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    query: &Query,
    what: &str,
) -> Option<Arc<Answer>> {
    shown(ui, context, query, |ui, _| {
        state::loading(ui, &format!("Reading {what}"), None);
    })
}

fn shown(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    query: &Query,
    loading: impl FnOnce(&mut Ui, &mut PanelContext<'_>),
) -> Option<Arc<Answer>> {
    match context.load(Some(query)) {
        Load::Ready(answer) => return Some(answer),
        Load::Loading | Load::Empty => loading(ui, context),
        Load::Failed(failure) => failed(ui, context, &failure),
    }
    None
}

/// The answer when it is there, and nothing drawn when it is not: for what only adds to a room.
pub fn known(context: &PanelContext<'_>, query: Option<&Query>) -> Option<Arc<Answer>> {
    match context.load(query) {
        Load::Ready(answer) => Some(answer),
        _ => None,
    }
}

/// Draws a failure with the button to try again.
pub fn failed(ui: &mut Ui, context: &mut PanelContext<'_>, failure: &Failure) {
    let problem = Problem {
        summary: failure.summary.clone(),
        place: String::new(),
        hints: failure.hints.clone(),
        details: failure.details.join("\n"),
    };
    match state::failed(ui, &problem, true) {
        Some(FailedAction::Retry) => context.act(Action::Retry),
        Some(FailedAction::Copied) => {
            context.act(Action::Notify("The message is on the clipboard".to_owned()));
        }
        None => {}
    }
}

/// The answer when it is there; otherwise draws why not, with a way to stop.
pub fn worked_out(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    query: &Query,
    what: &str,
) -> Option<Arc<Answer>> {
    shown(ui, context, query, |ui, context| {
        state::loading(ui, &format!("Working out {what}"), None);
        ui.vertical_centered(|ui| {
            if Button::new("Stop").icon(icons::STOP).show(ui).clicked() {
                context.act(Action::StopAnswer(Box::new(query.clone())));
            }
        });
    })
}

/// Hands on what a chart's menu asked for; answers what was clicked.
pub fn hit_of<H>(context: &mut PanelContext<'_>, response: ChartResponse<H>) -> Option<H> {
    if let Some(request) = response.request {
        context.act(Action::Chart(request));
    }
    response.hit
}
