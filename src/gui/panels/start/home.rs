//! The home page of an open workspace: what it is, how it stands, and the next thing to do.

use super::{next, recent};
use crate::domain::registry::ModelVersion;
use crate::domain::run::{RunRecord, RunState};
use crate::gui::action::{Action, Purpose};
use crate::gui::icons;
use crate::gui::panel::{PanelContext, Room};
use crate::gui::panels::models::candidate::algorithm_title;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::facts::{Fact, facts};
use crate::gui::widgets::{
    badge::badge, banner::Banner, button::Button, card, number, progress, tile::Tile,
};
use crate::workspace::Snapshot;
use eframe::egui::{self, Ui, vec2};

/// Draws the page; `shows_ways` is set when another workspace is wanted.
pub(super) fn home(ui: &mut Ui, context: &mut PanelContext<'_>, shows_ways: &mut bool) {
    let Some(snapshot) = context.snapshot else {
        return;
    };
    let now = context.now;
    card::page_title(ui, &snapshot.name, &purpose(snapshot));
    if let Some(holder) = &snapshot.read_only {
        Banner::new(Tone::Warn, "Read only", holder.as_str()).show(ui);
    }
    let next = next::next(snapshot);
    let done = Banner::new(next.tone, "Next", next.sentence).show_with(ui, |ui| {
        Button::new(next.button)
            .icon(next.icon)
            .primary()
            .show(ui)
            .clicked()
    });
    if done.inner {
        context.act(next.action);
    }
    tiles(ui, snapshot, now);
    let mut wanted = None;
    let width = ui.available_width();
    let side = ((width - space::M) / 2.0).floor();
    if width < 620.0 {
        wanted = wanted
            .or(last_run(ui, snapshot, now))
            .or(production(ui, snapshot, now));
    } else {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            let layout = egui::Layout::top_down(egui::Align::Min);
            for part in [last_run, production] {
                let shown = ui.allocate_ui_with_layout(vec2(side, 0.0), layout, |ui| {
                    ui.set_width(side);
                    part(ui, snapshot, now)
                });
                wanted = wanted.take().or(shown.inner);
            }
        });
    }
    wanted = wanted.or(lessons(ui, snapshot));
    if let Some(action) = wanted {
        context.act(action);
    }
    others(ui, context, shows_ways);
}

/// "Predicts late (binary classification) from data/flights_*.csv, in /home/ada/nyc-flights"
fn purpose(snapshot: &Snapshot) -> String {
    let folder = snapshot.root.display();
    match &snapshot.pipeline {
        Ok(spec) => {
            let task = spec
                .steps
                .schema
                .task
                .map_or_else(String::new, |t| format!(" ({})", t.title().to_lowercase()));
            let files = spec.steps.ingest.files.join(", ");
            format!(
                "Predicts the column {}{task} from {files}. Kept in {folder}.",
                spec.steps.schema.target
            )
        }
        Err(_) => format!("Kept in {folder}."),
    }
}

fn tiles(ui: &mut Ui, snapshot: &Snapshot, now: i64) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, space::S);
        let columns = if ui.available_width() < 720.0 {
            2.0
        } else {
            4.0
        };
        // A hair less than the share, or rounding would send the last one to the next row.
        let width = (ui.available_width() - (columns - 1.0) * space::S) / columns - 0.05;
        let (proven, all) = crate::gui::panels::maturity::tally(&snapshot.maturity);
        let level = snapshot
            .maturity
            .level
            .map_or_else(|| number::MISSING.to_owned(), |l| l.to_string());
        let note = format!("{proven} of {all} required capabilities");
        Tile::new("Maturity level", level)
            .note(note)
            .width(width)
            .show(ui);
        let (value, note) = match snapshot.production() {
            Some(model) => (
                format!("v{}", model.version),
                algorithm_title(snapshot, &model.algorithm),
            ),
            None => (number::MISSING.to_owned(), "no model yet".to_owned()),
        };
        Tile::new("In production", value)
            .note(note)
            .width(width)
            .show(ui);
        let (value, note) = match snapshot.latest_run() {
            Some(run) => (
                format!("run {}", run.id),
                number::ago((now - run.started) as f64 / 1_000.0),
            ),
            None => (number::MISSING.to_owned(), "never".to_owned()),
        };
        Tile::new("Last run", value)
            .note(note)
            .width(width)
            .show(ui);
        let service = &snapshot.service;
        let (value, note) = match &service.address {
            Some(address) => ("on".to_owned(), address.clone()),
            None => ("off".to_owned(), "nobody can ask the model".to_owned()),
        };
        Tile::new("Prediction service", value)
            .note(note)
            .width(width)
            .show(ui);
    });
}

/// The word of a run's end and what it means.
fn verdict(run: &RunRecord) -> (&'static str, Tone) {
    match run.state {
        RunState::Running => ("running", Tone::Accent),
        RunState::Complete => ("complete", Tone::Good),
        RunState::Stopped => ("stopped by the data gate", Tone::Bad),
        RunState::NotBlessed => ("not blessed", Tone::Bad),
        RunState::Failed => ("failed", Tone::Bad),
        RunState::Canceled => ("stopped by hand", Tone::Warn),
        RunState::Interrupted => ("interrupted", Tone::Warn),
    }
}

fn last_run(ui: &mut Ui, snapshot: &Snapshot, now: i64) -> Option<Action> {
    card::card(ui, |ui| {
        ui.set_min_height(176.0);
        let Some(run) = snapshot.latest_run() else {
            card::section(ui, "Last run", |_| ());
            let ink = Tokens::of(ui).text_weak;
            ui.add(egui::Label::new(Type::Body.rich("Its verdict will stand here.", ink)).wrap());
            return None;
        };
        let opens = card::section(ui, &format!("Last run: {}", run.id), |ui| {
            let opens = Button::new("Open")
                .quiet()
                .tooltip("Show the steps of this run")
                .show(ui)
                .clicked();
            let (word, tone) = verdict(run);
            badge(ui, word, tone);
            opens
        });
        let lasted = run.finished.map(|f| (f - run.started) as f64 / 1_000.0);
        let mut list = vec![
            Fact::text("Began", number::ago((now - run.started) as f64 / 1_000.0)),
            Fact::number("Took", number::duration(lasted)),
        ];
        if let Some(data) = run.data_verdict {
            list.push(Fact::text("Data gate", data.word()));
        }
        if let Some(model) = run.model_verdict {
            list.push(Fact::text("Model gate", model.word().replace('_', " ")));
        }
        let promoted = run
            .promoted
            .map_or_else(|| "nothing".to_owned(), |v| format!("v{v}"));
        list.push(Fact::text("Put into production", promoted));
        facts(ui, &list);
        opens.then_some(Action::Go(Room::Pipeline))
    })
    .inner
}

fn production(ui: &mut Ui, snapshot: &Snapshot, now: i64) -> Option<Action> {
    card::card(ui, |ui| {
        ui.set_min_height(176.0);
        let Some(model) = snapshot.production() else {
            card::section(ui, "Production model", |_| ());
            let text =
                "A model comes here when the model gate has blessed it, or when you promote one.";
            ui.add(egui::Label::new(Type::Body.rich(text, Tokens::of(ui).text_weak)).wrap());
            return None;
        };
        let opens = card::section(ui, "Production model", |ui| {
            let opens = Button::new("Open")
                .quiet()
                .tooltip("Show all versions")
                .show(ui)
                .clicked();
            badge(ui, &format!("v{}", model.version), Tone::Production);
            opens
        });
        facts(ui, &model_facts(snapshot, model, now));
        opens.then_some(Action::Go(Room::Models))
    })
    .inner
}

fn model_facts(snapshot: &Snapshot, model: &ModelVersion, now: i64) -> Vec<Fact> {
    let mut list = vec![
        Fact::text("Algorithm", algorithm_title(snapshot, &model.algorithm)),
        Fact::text(
            "Registered",
            number::ago((now - model.created) as f64 / 1_000.0),
        ),
        Fact::text("Made by", format!("run {}", model.run)),
    ];
    let defined = model.metrics.iter().filter(|m| m.value.is_some());
    list.extend(
        defined.take(2).map(|m| {
            Fact::number(m.metric.title(), number::metric(m.value)).tone(Tone::Production)
        }),
    );
    list
}

fn lessons(ui: &mut Ui, snapshot: &Snapshot) -> Option<Action> {
    let tokens = Tokens::of(ui);
    if snapshot.lessons.is_empty() {
        return None;
    }
    card::card(ui, |ui| {
        let opens = card::section(ui, "Lessons", |ui| {
            Button::new("Open the lessons").quiet().show(ui).clicked()
        });
        ui.spacing_mut().item_spacing.y = 0.0;
        for lesson in &snapshot.lessons {
            let (done, all) = (
                lesson.steps.iter().filter(|s| s.done).count(),
                lesson.steps.len(),
            );
            let share = done as f32 / all.max(1) as f32;
            ui.horizontal(|ui| {
                ui.set_min_height(24.0);
                let label = format!("{}: {done} of {all} steps", lesson.title);
                progress::bar(ui, share, 96.0, &label);
                ui.label(Type::NumberSmall.rich(format!("{done}/{all}"), tokens.text_weak));
                let ink = if done == all {
                    tokens.text_weak
                } else {
                    tokens.text
                };
                ui.add(egui::Label::new(Type::Body.rich(&lesson.title, ink)).truncate());
            });
        }
        opens.then_some(Action::Go(Room::Maturity))
    })
    .inner
}

fn others(ui: &mut Ui, context: &mut PanelContext<'_>, shows_ways: &mut bool) {
    card::card(ui, |ui| {
        let chosen = card::section(ui, "Another workspace", |ui| {
            let mut chosen = None;
            if Button::new("Close this one").quiet().show(ui).clicked() {
                chosen = Some(Action::CloseWorkspace);
            }
            if Button::new("Open…")
                .icon(icons::OPEN)
                .tooltip("Choose the folder of a workspace")
                .show(ui)
                .clicked()
            {
                chosen = Some(Action::Pick(Purpose::Workspace));
            }
            if Button::new("Samples and new data")
                .icon(icons::ADD)
                .show(ui)
                .clicked()
            {
                *shows_ways = true;
            }
            chosen
        });
        if let Some(action) = chosen {
            context.act(action);
        }
        recent::list(ui, context, 4);
    });
}
