//! The form of a step's parameters: every parameter that pipeline.toml knows, with what is wrong next to it.
//! A form changes the draft and nothing else; saving is left to the room.

mod columns;
mod data;
mod judge;
mod train;

use super::draft::Problems;
use crate::domain::Task;
use crate::domain::algorithm::AlgorithmInfo;
use crate::domain::metric::Metric;
use crate::domain::pipeline::{PipelineSpec, PushParams, ValidateModelParams, ValidateParams};
use crate::domain::run::StepKind;
use crate::domain::schema::{ColumnSpec, Schema};
use crate::gui::action::Action;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::{card::section, field::Field};
use eframe::egui::{self, Align, Layout, Ui, vec2};

/// What a form knows besides the pipeline.
pub(super) struct Known<'a> {
    /// The schema in force.
    pub(super) schema: Option<&'a Schema>,
    /// The algorithms that candidates can be of.
    pub(super) algorithms: &'a [AlgorithmInfo],
    /// The task, once a run has found it out.
    pub(super) task: Option<Task>,
    /// Whether the form has changes that are not saved.
    pub(super) has_changed: bool,
}

impl Known<'_> {
    fn columns(&self) -> &[ColumnSpec] {
        self.schema.map_or(&[], |s| &s.columns)
    }

    fn metrics(&self) -> Vec<Metric> {
        match self.task {
            Some(task) => Metric::of_task(task).to_vec(),
            None => [Task::Binary, Task::Regression]
                .iter()
                .flat_map(|t| Metric::of_task(*t))
                .copied()
                .collect(),
        }
    }
}

/// Shows the form of a step; of the whole pipeline while none is selected.
pub(super) fn show(
    ui: &mut Ui,
    kind: Option<StepKind>,
    (spec, problems): (&mut PipelineSpec, &Problems),
    known: &Known<'_>,
    actions: &mut Vec<Action>,
) {
    let (title, help) = kind.map_or(("Pipeline", WHOLE), |k| (k.title(), help_of(k)));
    section(ui, title, |_| ());
    explain(ui, help);
    ui.add_space(space::S);
    let steps = &mut spec.steps;
    match kind {
        None => whole(ui, spec, problems),
        Some(StepKind::Ingest) => data::ingest(ui, &mut steps.ingest, problems, actions),
        Some(StepKind::Statistics) => data::statistics(ui, &mut steps.statistics, problems),
        Some(StepKind::Schema) => data::schema(ui, &mut steps.schema, problems, known),
        Some(StepKind::Validate) => data::validate(ui, &mut steps.validate, problems),
        Some(StepKind::Transform) => data::transform(ui, &mut steps.transform, problems, known),
        Some(StepKind::Train) => train::train(ui, &mut steps.train, problems, known, actions),
        Some(StepKind::Evaluate) => judge::evaluate(ui, &mut steps.evaluate, problems, known),
        Some(StepKind::ValidateModel) => {
            judge::validate_model(ui, &mut steps.validate_model, problems, known)
        }
        Some(StepKind::Push) => judge::push(ui, &mut steps.push, problems),
    }
}

const WHOLE: &str =
    "Select a step above to change its parameters. Without a gate, the pipeline does not ask it.";

/// What a step does, in a sentence.
pub(super) fn help_of(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Ingest => "Reads the files, in order of time: the last one is the newest batch.",
        StepKind::Statistics => "Counts what is in each column, batch by batch.",
        StepKind::Schema => {
            "What is expected of each column: inferred once, then kept until a person changes it."
        }
        StepKind::Validate => {
            "Holds the newest batch against the schema and earlier batches: STOP, RETRAIN or OK."
        }
        StepKind::Transform => {
            "Splits rows into training and test, and fits the encoders on the training part."
        }
        StepKind::Train => {
            "Fits every candidate by cross-validation and chooses the best; the baseline is always there."
        }
        StepKind::Evaluate => {
            "Compares the chosen candidate with production on the test rows, segment by segment."
        }
        StepKind::ValidateModel => "Blesses the candidate only if all checks hold.",
        StepKind::Push => "Registers the candidate and puts it into production.",
    }
}

fn whole(ui: &mut Ui, spec: &mut PipelineSpec, problems: &Problems) {
    flow(ui, |ui| {
        cell(ui, 240.0, |ui| {
            Field::new("Name")
                .help("Also the name of the models that the pipeline registers")
                .problem(problems.at("name"))
                .text(ui, &mut spec.name);
        });
        cell(ui, 160.0, |ui| {
            Field::new("Seed")
                .help(
                    "Where all randomness comes from: the same seed and data give the same models",
                )
                .problem(problems.at("seed"))
                .number(ui, &mut spec.seed, 0..=u64::from(u32::MAX));
        });
    });
    ui.add_space(space::S);
    let steps = &mut spec.steps;
    optional::<ValidateParams>(
        ui,
        "Data gate",
        "STOP, RETRAIN or OK before anything is compared",
        &mut steps.validate,
    );
    let help = "Checks that the candidate must pass";
    optional::<ValidateModelParams>(ui, "Model gate", help, &mut steps.validate_model);
    optional::<PushParams>(
        ui,
        "Push",
        "Puts the candidate into production",
        &mut steps.push,
    );
}

/// Whether a step is part of the pipeline.
fn optional<T: Default>(ui: &mut Ui, label: &str, help: &str, step: &mut Option<T>) {
    let mut is_there = step.is_some();
    if Field::new(label)
        .help(help)
        .toggle(ui, &mut is_there)
        .changed()
    {
        *step = is_there.then(T::default);
    }
}

/// A line of explanation.
fn explain(ui: &mut Ui, text: &str) {
    let ink = Tokens::of(ui).text_weak;
    ui.add(egui::Label::new(Type::Body.rich(text, ink)).wrap());
}

/// Fields side by side, as many as there is room for.
fn flow(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::TOP).with_main_wrap(true);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 0.0), layout, |ui| {
        ui.spacing_mut().item_spacing = vec2(space::L, space::M);
        add(ui);
    });
}

/// One place in a flow.
fn cell<R>(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.allocate_ui_with_layout(vec2(width, 48.0), Layout::top_down(Align::LEFT), |ui| {
        ui.set_width(width);
        add(ui)
    })
    .inner
}

/// One of several values, in a list that opens.
fn choose<T: Clone + PartialEq>(
    ui: &mut Ui,
    field: Field<'_>,
    value: &mut T,
    options: &[(T, String)],
) {
    let titles: Vec<&str> = options.iter().map(|(_, title)| title.as_str()).collect();
    let mut at = options
        .iter()
        .position(|(option, _)| option == value)
        .unwrap_or(usize::MAX);
    if field.choice(ui, &mut at, &titles).changed()
        && let Some((option, _)) = options.get(at)
    {
        *value = option.clone();
    }
}

/// One of a few values, all in sight.
fn pick<T: Copy + PartialEq>(ui: &mut Ui, field: Field<'_>, value: &mut T, options: &[(T, &str)]) {
    let titles: Vec<&str> = options.iter().map(|(_, title)| *title).collect();
    let mut at = options
        .iter()
        .position(|(option, _)| option == value)
        .unwrap_or(usize::MAX);
    if field.segments(ui, &mut at, &titles).changed()
        && let Some((option, _)) = options.get(at)
    {
        *value = *option;
    }
}
