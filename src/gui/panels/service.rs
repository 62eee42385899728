//! Service, the deployment of level 0: the model in production behind HTTP on this machine, and how to ask it.
//! Deliberately absent: a log of predictions. Level 0 has none, and the room says so.

mod example;

use super::runs::record;
use crate::domain::registry::ModelVersion;
use crate::domain::run::ArtifactRef;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{Load, Panel, PanelContext, Room, Unavailable};
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::{
    badge::badge,
    banner::Banner,
    button::Button,
    card::{card, page_title, section},
    number,
    segmented::segmented,
    state,
    tile::Tile,
};
use crate::workspace::query::ModelFacts;
use crate::workspace::snapshot::ServiceState;
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::{self, Align, Layout, Ui};

/// Where the service is by default; shown while it is off.
const USUAL: &str = "http://127.0.0.1:8080";

/// The room.
#[derive(Default)]
pub struct Service {
    language: usize,
    /// The examples that were written last, and what for.
    written: Option<(String, [String; 2])>,
}

impl Panel for Service {
    fn room(&self) -> Room {
        Room::Service
    }

    fn has_inspector(&self, _snapshot: &Snapshot) -> bool {
        false
    }

    fn unavailable(&self, snapshot: &Snapshot) -> Option<Unavailable> {
        if snapshot.production().is_some() || snapshot.service.address.is_some() {
            return None;
        }
        Some(Unavailable {
            title: "No model in production yet",
            text: "The service answers with the model in production. Run the pipeline until its gates let one through, \
                   or promote one in Models."
                .to_owned(),
            action: Some(("Run the pipeline".to_owned(), Action::Run)),
        })
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(snapshot) = context.snapshot else {
            return;
        };
        header(ui, snapshot, context);
        let scroll = egui::ScrollArea::vertical()
            .id_salt("service room")
            .auto_shrink([false, false]);
        scroll.show(ui, |ui| {
            tiles(ui, snapshot);
            ui.add_space(space::S);
            let text = "No predictions are logged: that is what level 0 is. Requests and errors are counted, and \
                        forgotten when the service stops.";
            Banner::new(Tone::Accent, "Level 0", text).show(ui);
            ui.add_space(space::M);
            if let Some(production) = snapshot.production() {
                endpoints(ui, snapshot, production, context);
                ui.add_space(space::S);
                self.example(ui, snapshot, production, context);
            }
        });
    }
}

fn header(ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
    ui.horizontal_top(|ui| {
        let width = ui.available_width() - 200.0;
        ui.scope(|ui| {
            ui.set_max_width(width);
            let text = "The model in production answers over HTTP on this machine, by the Open Inference Protocol v2.";
            page_title(ui, "Service", text);
        });
        ui.with_layout(Layout::right_to_left(Align::TOP), |ui| {
            if snapshot.service.address.is_some() {
                if Button::new("Stop the service").icon(icons::STOP).show(ui).clicked() {
                    context.act(Action::StopService);
                }
                return;
            }
            let against = snapshot.read_only.as_ref().map(|who| format!("{who} holds the workspace"));
            let button = Button::new("Start the service").icon(icons::RUN).primary();
            if button.unless(against).show(ui).clicked() {
                context.act(Action::StartService);
            }
        });
    });
    ui.add_space(space::M);
}

fn tiles(ui: &mut Ui, snapshot: &Snapshot) {
    let ServiceState {
        address,
        version,
        n_requests,
        n_errors,
    } = &snapshot.service;
    let production = snapshot.production().map(|m| m.version);
    let width = ((ui.available_width() - 3.0 * space::S) / 4.0).max(120.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let state = if address.is_some() { "running" } else { "off" };
        let place = address
            .as_deref()
            .map_or("not started", |a| a.trim_start_matches("http://"));
        Tile::new("State", state).note(place).width(width).show(ui);
        let served = version.filter(|_| address.is_some());
        let note = match (served, production) {
            (Some(served), Some(production)) if served != production => {
                format!("production is v{production}")
            }
            (None, Some(production)) => format!("would be v{production}"),
            _ => "in production".to_owned(),
        };
        let value = served.map_or_else(|| number::MISSING.to_owned(), |v| format!("v{v}"));
        Tile::new("Version served", value)
            .note(note)
            .width(width)
            .show(ui);
        let since = "since it started";
        Tile::new("Requests", number::count(*n_requests))
            .note(since)
            .width(width)
            .show(ui);
        let share = (*n_requests > 0).then(|| *n_errors as f64 / *n_requests as f64);
        let note = share.map_or_else(
            || since.to_owned(),
            |s| format!("{} of requests", number::percent(s)),
        );
        Tile::new("Errors", number::count(*n_errors))
            .note(note)
            .width(width)
            .show(ui);
    });
}

fn endpoints(
    ui: &mut Ui,
    snapshot: &Snapshot,
    production: &ModelVersion,
    context: &mut PanelContext<'_>,
) {
    let tokens = Tokens::of(ui);
    let base = snapshot.service.address.as_deref();
    card(ui, |ui| {
        section(ui, "Endpoints", |_| ());
        if base.is_none() {
            let text = "The service is off; it starts at this address unless the port is taken.";
            ui.label(Type::Body.rich(text, tokens.text_weak));
        }
        let model = format!("/v2/models/{}", example::in_url(&production.name));
        let list = [
            ("POST", format!("{model}/infer"), "predictions"),
            ("GET", model.clone(), "inputs and outputs of the model"),
            ("GET", format!("{model}/ready"), "is the model ready?"),
            (
                "GET",
                "/v2/health/ready".to_owned(),
                "is the service ready?",
            ),
            ("GET", "/v2/health/live".to_owned(), "is the service there?"),
            ("GET", "/v2".to_owned(), "name and version of the service"),
        ];
        for (method, path, what) in list {
            let url = format!("{}{path}", base.unwrap_or(USUAL));
            ui.horizontal(|ui| {
                ui.scope(|ui| {
                    ui.set_min_width(48.0);
                    badge(ui, method, Tone::Neutral);
                });
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if Button::icon_only(icons::COPY, format!("Copy {url}"))
                        .show(ui)
                        .clicked()
                    {
                        context.act(Action::Copy(url.clone()));
                    }
                    ui.label(Type::Small.rich(what, tokens.text_weak));
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        ui.add(egui::Label::new(Type::Number.rich(&url, tokens.text)).truncate());
                    });
                });
            });
        }
    });
}

impl Service {
    fn example(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        production: &ModelVersion,
        context: &mut PanelContext<'_>,
    ) {
        card(ui, |ui| {
            section(ui, "Example request", |_| ());
            let artifact = artifact(snapshot, production);
            match context.load(artifact.map(Query::artifact).as_ref()) {
                Load::Empty => {
                    let text = format!(
                        "The run that made v{} is not among the records shown here.",
                        production.version
                    );
                    ui.label(Type::Body.rich(text, Tokens::of(ui).text_weak));
                }
                Load::Loading => state::loading(ui, "Reading the model's signature", None),
                Load::Failed(failure) => {
                    let problem = state::Problem {
                        summary: failure.summary,
                        place: artifact.map_or_else(String::new, |a| a.uri.clone()),
                        hints: failure.hints,
                        details: failure.details.join("\n"),
                    };
                    if state::failed(ui, &problem, true) == Some(state::FailedAction::Retry) {
                        context.act(Action::Retry);
                    }
                }
                Load::Ready(answer) => {
                    if let Answer::Model(facts) = answer.as_ref() {
                        self.code(ui, snapshot, (production, facts), context);
                    }
                }
            }
        });
    }

    fn code(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        (production, facts): (&ModelVersion, &ModelFacts),
        context: &mut PanelContext<'_>,
    ) {
        let address = snapshot.service.address.as_deref().unwrap_or(USUAL);
        let wanted = format!("{address} {} {}", production.name, production.hash);
        if self.written.as_ref().is_none_or(|(of, _)| *of != wanted) {
            let curl = example::curl(address, &production.name, &facts.signature);
            let python = example::python(address, &production.name, &facts.signature);
            self.written = Some((wanted, [curl, python]));
        }
        let Some((_, texts)) = &self.written else {
            return;
        };
        let text = &texts[self.language.min(1)];
        let tokens = Tokens::of(ui);
        ui.horizontal(|ui| {
            segmented(
                ui,
                "Language of the example",
                &mut self.language,
                &["curl", "Python"],
            );
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if Button::new("Copy the example")
                    .icon(icons::COPY)
                    .show(ui)
                    .clicked()
                {
                    context.act(Action::Copy(text.clone()));
                }
            });
        });
        let note = format!(
            "One row with {} for v{} ({}). Leave a value out with null.",
            number::counted(facts.signature.inputs.len() as u64, "input", "inputs"),
            production.version,
            facts.name
        );
        ui.label(Type::Small.rich(note, tokens.text_weak));
        egui::Frame::new()
            .fill(tokens.field)
            .inner_margin(space::M)
            .corner_radius(4.0)
            .show(ui, |ui| {
                let scroll = egui::ScrollArea::both()
                    .id_salt("example")
                    .max_height(320.0)
                    .min_scrolled_height(320.0);
                scroll.auto_shrink([false, true]).show(ui, |ui| {
                    let code = egui::Label::new(Type::Number.rich(text, tokens.text))
                        .selectable(true)
                        .extend();
                    ui.add(code);
                });
            });
    }
}

/// The model's file: the output of its run, or of any other run, with the same hash.
fn artifact<'a>(snapshot: &'a Snapshot, production: &ModelVersion) -> Option<&'a ArtifactRef> {
    let is_model =
        |a: &&ArtifactRef| a.hash == production.hash && record::short_kind(&a.kind) == "Model";
    let outputs = snapshot
        .runs
        .iter()
        .flat_map(|run| &run.steps)
        .flat_map(|step| &step.outputs);
    outputs.into_iter().find(is_model)
}
