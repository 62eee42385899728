//! The bar at the top: which workspace, its level and production model, run and stop, commands, theme.

use crate::gui::action::{Action, Purpose};
use crate::gui::icons;
use crate::gui::panel::Room;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::badge::{badge, badge_link};
use crate::gui::widgets::button::Button;
use crate::workspace::Snapshot;
use eframe::egui::{self, Ui};

pub(super) fn show(
    ui: &mut Ui,
    snapshot: Option<&Snapshot>,
    actions: &mut Vec<Action>,
    n_unread: usize,
) {
    let tokens = Tokens::of(ui);
    let frame = egui::Frame::new()
        .fill(tokens.panel)
        .inner_margin(egui::Margin::symmetric(space::M as i8, space::S as i8));
    egui::Panel::top("top")
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                icons::logo(ui, 24.0);
                ui.label(Type::Heading.rich("Lockkeeper", tokens.text_strong));
                ui.add_space(space::S);
                if let Some(snapshot) = snapshot {
                    workspace_menu(ui, snapshot, actions);
                    ui.add_space(space::S);
                    if badge_link(ui, &maturity(snapshot), Tone::Neutral).clicked() {
                        actions.push(Action::Go(Room::Maturity));
                    }
                    let (text, tone) = match snapshot.production() {
                        Some(model) => (format!("Production v{}", model.version), Tone::Production),
                        None => ("No model in production".to_owned(), Tone::Neutral),
                    };
                    if badge_link(ui, &text, tone).clicked() {
                        actions.push(Action::Go(Room::Models));
                    }
                    if let Some(holder) = &snapshot.read_only {
                        badge(ui, "Read only", Tone::Warn).on_hover_text(holder);
                    }
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let theme =
                        Button::icon_only(icons::THEME, "Switch between light and dark").quiet();
                    if theme.show(ui).clicked() {
                        actions.push(Action::ToggleTheme);
                    }
                    let notices = match n_unread {
                        0 => Button::icon_only(icons::NOTICES, "Notices").quiet(),
                        n => Button::new(n.to_string())
                            .icon(icons::NOTICES)
                            .quiet()
                            .tooltip("Notices"),
                    };
                    if notices.show(ui).clicked() {
                        actions.push(Action::Notices);
                    }
                    let commands = Button::new("Commands")
                        .icon(icons::COMMANDS)
                        .quiet()
                        .shortcut("Ctrl+K");
                    if commands.show(ui).clicked() {
                        actions.push(Action::Palette);
                    }
                    if let Some(snapshot) = snapshot {
                        run_button(ui, snapshot, actions);
                    }
                });
            });
        });
}

fn run_button(ui: &mut Ui, snapshot: &Snapshot, actions: &mut Vec<Action>) {
    match &snapshot.live {
        Some(live) => {
            let text = if live.is_stopping {
                "Stopping…"
            } else {
                "Stop"
            };
            let stop = Button::new(text).icon(icons::STOP).unless(
                live.is_stopping
                    .then_some("Finishing the unit of work that is running"),
            );
            if stop.show(ui).clicked() {
                actions.push(Action::StopRun);
            }
        }
        None => {
            let run = Button::new("Run")
                .icon(icons::RUN)
                .primary()
                .tooltip("Run the pipeline (Ctrl+R)")
                .unless(snapshot.read_only.clone());
            if run.show(ui).clicked() {
                actions.push(Action::Run);
            }
        }
    }
}

fn workspace_menu(ui: &mut Ui, snapshot: &Snapshot, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let title = Type::Medium.rich(format!("{} ▾", snapshot.name), tokens.text);
    let response = ui.menu_button(title, |ui| {
        let items = [
            ("Open a workspace…", Action::Pick(Purpose::Workspace)),
            ("New workspace from data…", Action::Pick(Purpose::NewData)),
            ("Show its folder", Action::Reveal(snapshot.root.clone())),
            ("Close", Action::CloseWorkspace),
        ];
        for (text, action) in items {
            if ui.button(text).clicked() {
                actions.push(action);
                ui.close();
            }
        }
    });
    response
        .response
        .on_hover_text(snapshot.root.display().to_string());
}

fn maturity(snapshot: &Snapshot) -> String {
    let (proven, all) = crate::gui::panels::maturity::tally(&snapshot.maturity);
    let level = match snapshot.maturity.level {
        Some(level) => format!("Level {level}"),
        None => "Not yet level 0".to_owned(),
    };
    format!("{level} · {proven} of {all} proven")
}
