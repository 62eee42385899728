//! The facts of a step in a run: how it stands, what it read and wrote, with which parameters.

use super::super::runs::record;
use super::form::help_of;
use super::graph::Standing;
use crate::domain::run::{ArtifactRef, RunRecord, StepKind, StepRecord, StepState};
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::{
    badge::badge,
    card::overline,
    facts::{Fact, facts},
    number,
};
use eframe::egui::{self, Ui};

/// The step's facts.
pub(super) fn step(ui: &mut Ui, run: &RunRecord, step: &StepRecord, standing: Standing<'_>) {
    heading(ui, "Step", step.kind.title());
    let (word, tone) = match (step.state, standing.live.is_some()) {
        (StepState::Running, false) => ("interrupted", Tone::Bad),
        _ => record::step_badge(step),
    };
    badge(ui, word, tone);
    ui.add_space(space::S);
    let mut list = vec![Fact::text("Run", run.id.to_string())];
    if let Some(started) = step.started {
        list.push(Fact::text("Started", record::moment(started)));
    }
    list.push(Fact::number(
        "Duration",
        number::duration(record::step_duration(step, standing.now)),
    ));
    list.push(Fact::number(
        "Version of the step",
        step.version.to_string(),
    ));
    if let Some(execution) = step.execution {
        list.push(Fact::number("Execution", execution.to_string()));
    }
    let cached = step
        .cached_from
        .map_or_else(|| "not used".to_owned(), |id| format!("of execution {id}"));
    list.push(Fact::text("Cache", cached));
    list.push(Fact::text("Executor", &step.executor));
    part(ui, "facts", |ui| _ = facts(ui, &list));
    if let Some(why) = &step.error {
        said(ui, "Why", why, Tone::Bad);
    }
    for warning in &step.warnings {
        said(ui, "Warning", warning, Tone::Warn);
    }
    artifacts(ui, "Inputs", &step.inputs);
    artifacts(ui, "Outputs", &step.outputs);
    let params: Vec<Fact> = record::parameters(&step.params)
        .into_iter()
        .map(|(name, value)| Fact::number(name, value))
        .collect();
    if !params.is_empty() {
        ui.add_space(space::M);
        overline(ui, "Parameters");
        part(ui, "parameters", |ui| _ = facts(ui, &params));
    }
}

/// What a step will do, before there is a run; says so by `true`.
pub(super) fn planned(ui: &mut Ui, kind: StepKind) -> bool {
    heading(ui, "Step", kind.title());
    badge(ui, "never run", Tone::Neutral);
    said(ui, "What it does", help_of(kind), Tone::Neutral);
    let later = "Its times, inputs and outputs stand here after the first run.";
    said(ui, "Records", later, Tone::Neutral);
    true
}

/// The run's facts, while no step of it is selected.
pub(super) fn run(ui: &mut Ui, run: &RunRecord, now: i64) {
    heading(ui, "Run", &format!("Run {}", run.id));
    let (word, tone) = record::run_badge(run.state);
    badge(ui, word, tone);
    ui.add_space(space::S);
    let mut list = vec![
        Fact::text("Pipeline", &run.pipeline),
        Fact::number("Definition", run.pipeline_hash.short()),
        Fact::text("Started", record::moment(run.started)),
        Fact::number("Duration", number::duration(record::duration(run, now))),
    ];
    if let Some(verdict) = run.data_verdict {
        list.push(Fact::text("Data gate", verdict.word()).tone(record::data_tone(verdict)));
    }
    if let Some(verdict) = run.model_verdict {
        list.push(
            Fact::text("Model gate", record::model_word(verdict)).tone(record::model_tone(verdict)),
        );
    }
    if let Some(version) = run.promoted {
        list.push(Fact::text("Promoted", format!("v{version}")).tone(Tone::Production));
    }
    list.push(Fact::number(
        "Cached steps",
        format!("{} of {}", record::n_cached(run), run.steps.len()),
    ));
    part(ui, "facts", |ui| _ = facts(ui, &list));
}

fn heading(ui: &mut Ui, above: &str, title: &str) {
    let tokens = Tokens::of(ui);
    overline(ui, above);
    ui.label(Type::Heading.rich(title, tokens.text_strong));
}

fn part(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.push_id(name, |ui| ui.scope(add));
}

fn said(ui: &mut Ui, title: &str, text: &str, tone: Tone) {
    let tokens = Tokens::of(ui);
    ui.add_space(space::S);
    ui.label(Type::SmallMedium.rich(title, tokens.ink(tone)));
    ui.add(egui::Label::new(Type::Body.rich(text, tokens.text)).wrap());
}

fn artifacts(ui: &mut Ui, title: &str, list: &[ArtifactRef]) {
    if list.is_empty() {
        return;
    }
    ui.add_space(space::M);
    overline(ui, title);
    let list: Vec<Fact> = list
        .iter()
        .map(|a| {
            Fact::number(
                &a.port,
                format!("{} · {}", a.hash.short(), number::bytes(a.n_bytes)),
            )
        })
        .collect();
    part(ui, title, |ui| _ = facts(ui, &list));
}
