//! The bar at the bottom: what is at work, the service, the last run.

use crate::domain::run::StepState;
use crate::gui::action::Action;
use crate::gui::panel::Room;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::number;
use crate::gui::widgets::progress::{Job, job_chip};
use crate::workspace::Snapshot;
use crate::workspace::snapshot::LiveRun;
use eframe::egui::{self, Sense, Ui};

pub(super) fn show(ui: &mut Ui, snapshot: Option<&Snapshot>, now: i64, actions: &mut Vec<Action>) {
    let Some(snapshot) = snapshot else { return };
    let tokens = Tokens::of(ui);
    let frame = egui::Frame::new()
        .fill(tokens.panel)
        .inner_margin(egui::Margin::symmetric(space::M as i8, 2));
    egui::Panel::bottom("status")
        .exact_size(34.0)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                match &snapshot.live {
                    Some(live) => {
                        if job_chip(ui, &job(live)) {
                            actions.push(Action::StopRun);
                        }
                    }
                    None => {
                        let text = match snapshot.runs.first() {
                            None => "No run yet".to_owned(),
                            Some(run) => {
                                let ago = (now - run.finished.unwrap_or(run.started)).max(0) as f64
                                    / 1000.0;
                                format!(
                                    "Run {} {} · {}",
                                    run.id,
                                    run.state.word().replace('_', " "),
                                    number::ago(ago)
                                )
                            }
                        };
                        if quiet(ui, &text) {
                            actions.push(Action::Go(Room::Runs));
                        }
                    }
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let service = match &snapshot.service.address {
                        Some(address) => format!(
                            "Service at {} · {}",
                            address.trim_start_matches("http://"),
                            number::counted(snapshot.service.n_requests, "request", "requests")
                        ),
                        None => "Service off".to_owned(),
                    };
                    if quiet(ui, &service) {
                        actions.push(Action::Go(Room::Service));
                    }
                    ui.add_space(space::L);
                    let root = snapshot.root.display().to_string();
                    if quiet(ui, &root) {
                        actions.push(Action::Reveal(snapshot.root.clone()));
                    }
                });
            });
        });
}

fn job(live: &LiveRun) -> Job {
    let done = live
        .record
        .steps
        .iter()
        .filter(|s| s.state.is_done())
        .count();
    let n = live.record.steps.len().max(1);
    let running = live
        .record
        .steps
        .iter()
        .rev()
        .find(|s| s.state == StepState::Running);
    let progress = running.and_then(|s| live.progress.get(&s.kind));
    let text = match (running, progress) {
        (Some(step), Some(p)) if p.total > 0 => {
            let done = number::progress(p.done, p.total, &p.what);
            format!("{} {done}", step.kind.title())
        }
        (Some(step), _) => step.kind.title().to_owned(),
        (None, _) => "Run".to_owned(),
    };
    let inside = progress
        .filter(|p| p.total > 0)
        .map_or(0.0, |p| p.done as f32 / p.total as f32);
    Job {
        text,
        share: Some((done as f32 + inside) / n as f32),
        seconds_left: None,
        is_stopping: live.is_stopping,
    }
}

/// A quiet text that can be clicked.
fn quiet(ui: &mut Ui, text: &str) -> bool {
    let tokens = Tokens::of(ui);
    let label = egui::Label::new(Type::Small.rich(text, tokens.text_weak))
        .truncate()
        .sense(Sense::click());
    ui.add(label)
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .clicked()
}
