//! The forms of the steps that get and judge data, up to the split.

use super::super::draft::Problems;
use super::{Known, cell, choose, columns, explain, flow, optional, pick};
use crate::domain::Task;
use crate::domain::pipeline::{
    IngestParams, SchemaParams, SplitKind, StatisticsParams, TransformParams, ValidateParams,
};
use crate::gui::action::{Action, Purpose};
use crate::gui::icons;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::{button::Button, field::Field};
use eframe::egui::Ui;

pub(super) fn ingest(
    ui: &mut Ui,
    params: &mut IngestParams,
    problems: &Problems,
    actions: &mut Vec<Action>,
) {
    let mut removed = None;
    for (position, file) in params.files.iter_mut().enumerate() {
        ui.push_id(position, |ui| {
            ui.horizontal(|ui| {
                let name = format!("File {}", position + 1);
                let field = format!("steps.ingest.files[{position}]");
                let width = (ui.available_width() - 60.0).min(560.0);
                Field::new(&name)
                    .hint("data/2026-11.csv")
                    .problem(problems.at(&field))
                    .width(width)
                    .text(ui, file);
                ui.vertical(|ui| {
                    ui.add_space(20.0);
                    if Button::icon_only(icons::CLOSE, format!("Remove file {}", position + 1))
                        .show(ui)
                        .clicked()
                    {
                        removed = Some(position);
                    }
                });
            });
        });
    }
    if let Some(position) = removed {
        params.files.remove(position);
    }
    complaint(ui, problems.at("steps.ingest.files"));
    ui.horizontal(|ui| {
        if Button::new("Add a batch…")
            .icon(icons::OPEN)
            .tooltip("Choose a file; it becomes the newest batch")
            .show(ui)
            .clicked()
        {
            actions.push(Action::Pick(Purpose::Batch));
        }
        if Button::new("Add a line")
            .icon(icons::ADD)
            .quiet()
            .tooltip("Write a file or folder by hand")
            .show(ui)
            .clicked()
        {
            params.files.push(String::new());
        }
    });
    explain(
        ui,
        "Files or folders, relative to the workspace. A * in the name stands for anything.",
    );
}

pub(super) fn statistics(ui: &mut Ui, params: &mut StatisticsParams, problems: &Problems) {
    flow(ui, |ui| {
        cell(ui, 200.0, |ui| {
            Field::new("Bins of each histogram")
                .problem(problems.at("steps.statistics.n_bins"))
                .number(ui, &mut params.n_bins, 1..=1_000);
        });
        cell(ui, 200.0, |ui| {
            Field::new("Frequent values kept")
                .help("Of each column, the most frequent values are listed by name")
                .problem(problems.at("steps.statistics.n_top"))
                .number(ui, &mut params.n_top, 1..=1_000);
        });
        cell(ui, 200.0, |ui| {
            Field::new("Memory in MiB")
                .help("Columns that do not fit are summarised, with the error stated")
                .problem(problems.at("steps.statistics.memory_mib"))
                .number(ui, &mut params.memory_mib, 16..=1_048_576);
        });
    });
}

pub(super) fn schema(
    ui: &mut Ui,
    params: &mut SchemaParams,
    problems: &Problems,
    known: &Known<'_>,
) {
    flow(ui, |ui| {
        cell(ui, 220.0, |ui| target(ui, params, problems, known));
        cell(ui, 240.0, |ui| {
            let mut options = vec![(None, "Decided by the target".to_owned())];
            options.extend(
                [Task::Binary, Task::Multiclass, Task::Regression]
                    .map(|task| (Some(task), task.title().to_owned())),
            );
            let field = Field::new("Task")
                .help("By the target: texts, truth values and few whole numbers are classes, other numbers are not")
                .problem(problems.at("steps.schema.task"))
                .width(220.0);
            choose(ui, field, &mut params.task, &options);
        });
        cell(ui, 220.0, |ui| {
            let mut text = params.positive.clone().unwrap_or_default();
            let field = Field::new("Positive class")
                .help("Of two classes, the one whose probability is predicted")
                .hint("yes, true, 1, or the rarer one")
                .problem(problems.at("steps.schema.positive"))
                .width(200.0);
            if field.text(ui, &mut text).changed() {
                params.positive = (!text.is_empty()).then_some(text);
            }
        });
    });
    ui.add_space(space::M);
    columns::roles(ui, params, problems, known);
}

fn target(ui: &mut Ui, params: &mut SchemaParams, problems: &Problems, known: &Known<'_>) {
    let field = Field::new("Target")
        .help("The column that is predicted")
        .problem(problems.at("steps.schema.target"))
        .width(200.0);
    if known.columns().is_empty() {
        field.text(ui, &mut params.target);
        return;
    }
    let mut options: Vec<(String, String)> = known
        .columns()
        .iter()
        .map(|c| (c.name.clone(), c.name.clone()))
        .collect();
    if !known.columns().iter().any(|c| c.name == params.target) {
        options.insert(0, (params.target.clone(), params.target.clone()));
    }
    choose(ui, field, &mut params.target, &options);
}

pub(super) fn validate(ui: &mut Ui, params: &mut Option<ValidateParams>, problems: &Problems) {
    optional(
        ui,
        "Data gate",
        "Without it, every batch is trained on unseen",
        params,
    );
    if let Some(params) = params {
        Field::new("Look at drift")
            .help("Holds the newest batch against earlier ones: significant drift means RETRAIN")
            .problem(problems.at("steps.validate.drift"))
            .toggle(ui, &mut params.drift);
        explain(ui, "The bounds are in the schema, column by column.");
    } else {
        explain(
            ui,
            "The pipeline has no data gate: nothing stops a broken batch.",
        );
    }
}

pub(super) fn transform(
    ui: &mut Ui,
    params: &mut TransformParams,
    problems: &Problems,
    known: &Known<'_>,
) {
    flow(ui, |ui| {
        cell(ui, 350.0, |ui| {
            let field = Field::new("Split")
                .help("Stratified keeps the shares of the classes; group keeps the rows of a group on one side; time tests on the last rows")
                .problem(problems.at("steps.transform.split"));
            let options = [
                (SplitKind::Random, "Random"),
                (SplitKind::Stratified, "Stratified"),
                (SplitKind::Group, "Group"),
                (SplitKind::Time, "Time"),
            ];
            pick(ui, field, &mut params.split, &options);
        });
        cell(ui, 160.0, |ui| {
            Field::new("Test fraction")
                .help("Share of rows kept for the comparison")
                .problem(problems.at("steps.transform.test_fraction"))
                .number(ui, &mut params.test_fraction, 0.01..=0.99);
        });
        cell(ui, 160.0, |ui| {
            Field::new("Most categories")
                .help("A text with more different values keeps its most frequent ones; the rest become “other”")
                .problem(problems.at("steps.transform.max_categories"))
                .number(ui, &mut params.max_categories, 2..=1_000);
        });
    });
    ui.add_space(space::M);
    columns::preparations(ui, params, problems, known);
}

/// What is wrong with a whole list.
pub(super) fn complaint(ui: &mut Ui, problem: Option<&str>) {
    if let Some(problem) = problem {
        let ink = Tokens::of(ui).bad;
        ui.label(Type::Small.rich(problem, ink));
    }
}
