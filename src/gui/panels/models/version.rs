//! One registered version: its facts, what it takes and gives, its history, and what can be done with it.

use super::candidate::{algorithm_title, export_button};
use super::registry::{Change, tone_of};
use crate::domain::registry::ModelVersion;
use crate::domain::run::ArtifactRef;
use crate::domain::schema::Domain;
use crate::domain::signature::ModelSignature;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{Load, PanelContext, Room};
use crate::gui::panels::answer;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::badge::badge;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::confirm::Confirm;
use crate::gui::widgets::facts::{Fact, facts};
use crate::gui::widgets::number;
use crate::gui::widgets::state;
use crate::gui::widgets::table::{Column, Table};
use crate::workspace::query::ModelFacts;
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::Ui;

/// The card of the selected version; returns the question that a button opened.
pub(super) fn ui(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    snapshot: &Snapshot,
    model: &ModelVersion,
) -> Option<(Change, Confirm)> {
    let question = section(ui, &format!("Version {}", model.version), |ui| {
        actions(ui, context, snapshot, model)
    });
    if ui.available_width() > 900.0 {
        ui.columns(2, |columns| {
            card(&mut columns[0], |ui| {
                signature(ui, context, snapshot, model);
            });
            card(&mut columns[1], |ui| history(ui, context, snapshot, model));
        });
    } else {
        card(ui, |ui| history(ui, context, snapshot, model));
        ui.add_space(space::M);
        card(ui, |ui| signature(ui, context, snapshot, model));
    }
    question
}

/// From right to left: the one that changes something stands at the end.
fn actions(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    snapshot: &Snapshot,
    model: &ModelVersion,
) -> Option<(Change, Confirm)> {
    let read_only = snapshot
        .read_only
        .clone()
        .map(|who| format!("Read-only: {who}"));
    let mut question = None;
    if model.is_production() {
        let previous = before(snapshot, model);
        let reason = read_only.or_else(|| {
            let first = "It is the first model that was in production: there is none to go back to";
            previous.is_none().then(|| first.to_owned())
        });
        let button = Button::new("Roll back…")
            .icon(icons::ROLLBACK)
            .unless(reason);
        if button.show(ui).clicked()
            && let Some(previous) = previous
        {
            question = Some((Change::Rollback, ask_rollback(model.version, previous)));
        }
    } else {
        let button = Button::new("Promote…")
            .primary()
            .icon(icons::PROMOTE)
            .unless(read_only);
        if button.show(ui).clicked() {
            question = Some((
                Change::Promote(model.version),
                ask_promote(snapshot, model.version),
            ));
        }
    }
    let name = format!("{}-v{}", model.name, model.version);
    export_button(ui, context, &model.hash, &name);
    let has_run = snapshot.runs.iter().any(|r| r.id == model.run);
    let reason = (!has_run).then_some("The run that made it is not among the newest ones");
    let tooltip = "The comparison of the run that made it";
    let compare = Button::new("Compare")
        .icon(icons::COMPARE)
        .tooltip(tooltip)
        .unless(reason);
    if compare.show(ui).clicked() {
        context.selection.run = Some(model.run);
        context.selection.segment = None;
        context.act(Action::Go(Room::Compare));
    }
    question
}

/// The question before a promotion by hand.
fn ask_promote(snapshot: &Snapshot, version: u32) -> Confirm {
    let text = match snapshot.production() {
        Some(current) => format!(
            "v{version} takes the place of v{}. The prediction service answers with it from the next request on, \
             whatever the model gate said.",
            current.version
        ),
        None => format!(
            "v{version} becomes the first model in production, whatever the model gate said."
        ),
    };
    Confirm::new(
        format!("Promote v{version} to production?"),
        text,
        "Promote",
    )
    .with_required_reason("Reason")
}

fn ask_rollback(current: u32, previous: u32) -> Confirm {
    let text = format!(
        "v{previous} comes back in the place of v{current}. The prediction service answers with it from the next \
         request on. v{current} stays registered."
    );
    Confirm::new(format!("Roll back to v{previous}?"), text, "Roll back")
        .with_required_reason("Reason")
}

/// The version that this one replaced when it came into production.
fn before(snapshot: &Snapshot, model: &ModelVersion) -> Option<u32> {
    let promoted = snapshot
        .registry_log
        .iter()
        .find(|e| e.version == model.version && e.action != "register" && e.previous.is_some());
    promoted.and_then(|e| e.previous).or(model.replaced)
}

/// The model's file among the outputs of all known runs.
fn artifact<'a>(snapshot: &'a Snapshot, model: &ModelVersion) -> Option<&'a ArtifactRef> {
    snapshot
        .runs
        .iter()
        .flat_map(|run| &run.steps)
        .flat_map(|step| &step.outputs)
        .find(|o| o.hash == model.hash && o.kind == "lockkeeper.Model")
}

fn history(ui: &mut Ui, context: &PanelContext<'_>, snapshot: &Snapshot, model: &ModelVersion) {
    section(ui, "History", |_| ());
    let entries: Vec<_> = snapshot
        .registry_log
        .iter()
        .filter(|e| e.version == model.version || e.previous == Some(model.version))
        .collect();
    if entries.is_empty() {
        let tokens = Tokens::of(ui);
        ui.label(Type::Body.rich("Nothing was recorded about this version.", tokens.text_weak));
        return;
    }
    let columns = [
        Column::text("When").width(96.0).sortable(false),
        Column::text("What").width(150.0).sortable(false),
        Column::text("Who").width(84.0).sortable(false),
        Column::text("Why").fill().sortable(false),
    ];
    let now = context.now;
    Table::new("History", &columns, entries.len())
        .max_height(220.0)
        .show(ui, |cell, row, column| {
            let entry = entries[row];
            match column {
                0 => cell.text(number::ago((now - entry.at).max(0) as f64 / 1_000.0)),
                1 => cell.strong(what(
                    &entry.action,
                    entry.version,
                    entry.previous,
                    model.version,
                )),
                2 => cell.text(&entry.who),
                _ => cell.text(&entry.reason),
            }
        });
}

fn what(action: &str, version: u32, previous: Option<u32>, shown: u32) -> String {
    if version != shown {
        return format!("replaced by v{version}");
    }
    match (action, previous) {
        ("register", _) => "registered".to_owned(),
        ("promote", Some(previous)) => format!("promoted over v{previous}"),
        ("promote", None) => "promoted".to_owned(),
        ("rollback", Some(previous)) => format!("brought back for v{previous}"),
        ("rollback", None) => "brought back".to_owned(),
        (other, _) => other.to_owned(),
    }
}

fn signature(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    snapshot: &Snapshot,
    model: &ModelVersion,
) {
    section(ui, "Signature", |_| ());
    let tokens = Tokens::of(ui);
    let Some(artifact) = artifact(snapshot, model) else {
        let text = "The run that made this model is not among the newest ones, so its file is not looked up here.";
        ui.label(Type::Body.rich(text, tokens.text_weak));
        return;
    };
    let Some(found) = answer::ready(ui, context, &Query::artifact(artifact), "the model") else {
        return;
    };
    let Answer::Model(facts) = &*found else {
        state::empty(
            ui,
            icons::MODEL,
            "No signature",
            "This artifact is not a model.",
            None,
        );
        return;
    };
    ui.label(Type::Body.rich(outputs(&facts.signature), tokens.text_weak));
    inputs(ui, facts);
}

/// "Answers the probability of yes and no for late".
fn outputs(signature: &ModelSignature) -> String {
    if signature.classes.is_empty() {
        format!("Answers a number: {}", signature.target)
    } else {
        format!(
            "Answers the probabilities of {} for {}",
            signature.classes.join(", "),
            signature.target
        )
    }
}

fn inputs(ui: &mut Ui, facts: &ModelFacts) {
    let columns = [
        Column::text("Input").width(130.0).sortable(false),
        Column::text("Type").width(84.0).sortable(false),
        Column::text("Seen in training").fill().sortable(false),
        Column::text("Gaps")
            .width(64.0)
            .sortable(false)
            .help("Whether rows without a value were seen; they are filled in any case"),
    ];
    let inputs = &facts.signature.inputs;
    Table::new("Inputs", &columns, inputs.len())
        .max_height(280.0)
        .show(ui, |cell, row, column| {
            let input = &inputs[row];
            match column {
                0 => cell.strong(&input.name),
                1 => cell.text(input.kind.title()),
                2 => cell.text(domain(input.domain.as_ref())),
                _ => cell.text(if input.had_missing { "seen" } else { "none" }),
            }
        });
}

/// "9 values: AA, B6, …" or "0 to 23".
fn domain(domain: Option<&Domain>) -> String {
    match domain {
        None => number::MISSING.to_owned(),
        Some(Domain::Values { values, .. }) => {
            format!(
                "{}: {}",
                number::counted(values.len() as u64, "value", "values"),
                values.join(", ")
            )
        }
        Some(Domain::Range { min, max }) => match (min, max) {
            (Some(min), Some(max)) => {
                format!("{} to {}", number::plain(*min), number::plain(*max))
            }
            (Some(min), None) => format!("from {}", number::plain(*min)),
            (None, Some(max)) => format!("up to {}", number::plain(*max)),
            (None, None) => "any number".to_owned(),
        },
    }
}

/// The facts of the selected version.
pub(super) fn inspector(
    ui: &mut Ui,
    context: &PanelContext<'_>,
    snapshot: &Snapshot,
    model: &ModelVersion,
) {
    let tokens = Tokens::of(ui);
    ui.label(Type::Heading.rich(
        format!("{} v{}", model.name, model.version),
        tokens.text_strong,
    ));
    ui.horizontal_wrapped(|ui| {
        for alias in &model.aliases {
            badge(ui, alias, tone_of(alias));
        }
    });
    let artifact = artifact(snapshot, model);
    let mut list = vec![
        Fact::text("Algorithm", algorithm_title(snapshot, &model.algorithm)),
        Fact::text(
            "Registered",
            number::ago((context.now - model.created).max(0) as f64 / 1_000.0),
        ),
        Fact::number("Run", model.run.to_string()),
    ];
    if let Some(replaced) = model.replaced {
        list.push(Fact::text("In production then", format!("v{replaced}")).tone(Tone::Production));
    }
    for value in &model.metrics {
        list.push(Fact::number(
            value.metric.title(),
            number::metric(value.value),
        ));
    }
    if let Some(artifact) = artifact {
        if let Load::Ready(found) = context.load(Some(&Query::artifact(artifact)))
            && let Answer::Model(facts) = &*found
        {
            list.push(Fact::text("Candidate", &facts.name));
            list.push(Fact::number(
                "Inputs",
                number::count(facts.signature.inputs.len() as u64),
            ));
        }
        list.push(Fact::number("Size", number::bytes(artifact.n_bytes)));
    }
    list.push(Fact::number("Hash", model.hash.short()).copies(model.hash.as_str()));
    facts(ui, &list);
}
