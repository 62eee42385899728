//! One run of the ledger: its steps, and of the selected step everything that is recorded.

use super::{record, room_for};
use crate::domain::run::{ArtifactRef, RunRecord, StepKind, StepRecord, StepState};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::{
    banner::Banner,
    button::Button,
    card::{card, section},
    facts::{Fact, facts},
    number,
    table::{Cell, Column, Table},
};
use crate::workspace::Snapshot;
use eframe::egui::{self, Ui};

/// What is selected below the run.
#[derive(Default)]
pub(super) struct View {
    artifact: usize,
    of: Option<(i64, StepKind)>,
}

impl View {
    /// Shows the run; answers the artifact whose lineage is to be seen.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        (run, is_live): (&RunRecord, bool),
        snapshot: &Snapshot,
        context: &mut PanelContext<'_>,
    ) -> Option<ArtifactRef> {
        section(ui, &format!("Steps of run {}", run.id), |_| ());
        steps(ui, run, is_live, context);
        ui.add_space(space::M);
        let Some(step) = context.selection.step.and_then(|kind| run.step(kind)) else {
            let weak = Tokens::of(ui).text_weak;
            ui.label(Type::Body.rich("Select a step to see its parameters and artifacts.", weak));
            return None;
        };
        if self.of != Some((run.id.0, step.kind)) {
            self.of = Some((run.id.0, step.kind));
            self.artifact = 0;
        }
        said(ui, step);
        let walked = self.artifacts(ui, step, snapshot, context);
        ui.add_space(space::M);
        if ui.available_width() > 900.0 {
            ui.columns(2, |columns| {
                if let [left, right] = columns {
                    parameters(left, step);
                    units(right, run, step);
                }
            });
        } else {
            parameters(ui, step);
            ui.add_space(space::S);
            units(ui, run, step);
        }
        walked
    }

    fn artifacts(
        &mut self,
        ui: &mut Ui,
        step: &StepRecord,
        snapshot: &Snapshot,
        context: &mut PanelContext<'_>,
    ) -> Option<ArtifactRef> {
        let all: Vec<(&str, &ArtifactRef)> = step
            .inputs
            .iter()
            .map(|a| ("input", a))
            .chain(step.outputs.iter().map(|a| ("output", a)))
            .collect();
        let selected = all.get(self.artifact).map(|(_, artifact)| *artifact);
        let against = selected.is_none().then_some("There is no artifact");
        let (copy, open, walks) =
            section(ui, &format!("Artifacts of {}", step.kind.title()), |ui| {
                let open = Button::new("Open folder")
                    .icon(icons::OPEN)
                    .unless(against)
                    .show(ui)
                    .clicked();
                (
                    Button::new("Copy hash")
                        .icon(icons::COPY)
                        .unless(against)
                        .show(ui)
                        .clicked(),
                    open,
                    Button::new("Lineage")
                        .icon(icons::LINEAGE)
                        .tooltip("Where it comes from and what came of it")
                        .unless(against)
                        .show(ui)
                        .clicked(),
                )
            });
        if let Some(artifact) = selected {
            if copy {
                context.act(Action::Copy(artifact.hash.to_string()));
            } else if open {
                context.act(Action::Reveal(snapshot.root.join(&artifact.uri)));
            }
        }
        if all.is_empty() {
            let weak = Tokens::of(ui).text_weak;
            ui.label(Type::Body.rich("It read and wrote nothing.", weak));
            return None;
        }
        let columns = [
            Column::text("").width(64.0).sortable(false),
            Column::text("Port").width(120.0).sortable(false),
            Column::text("Type").width(120.0).sortable(false),
            Column::text("Hash")
                .width(118.0)
                .sortable(false)
                .help("BLAKE3 of the content, the first 12 digits"),
            Column::number("Size").width(84.0).sortable(false),
            Column::text("Path")
                .width(180.0)
                .fill()
                .sortable(false)
                .help("Relative to the workspace"),
        ];
        let table =
            Table::new("Artifacts of the step", &columns, all.len()).selected(Some(self.artifact));
        let done = room_for(ui, all.len(), 320.0, |ui| {
            table.show(ui, |cell, row, column| {
                let (way, artifact) = all[row];
                match column {
                    0 => cell.weak(way),
                    1 => cell.strong(&artifact.port),
                    2 => cell.text(record::short_kind(&artifact.kind)),
                    3 => cell.text(artifact.hash.short()),
                    4 => cell.text(number::bytes(artifact.n_bytes)),
                    _ => cell.text(&artifact.uri),
                }
            })
        });
        self.artifact = done.selected.unwrap_or(self.artifact);
        selected.filter(|_| walks).cloned()
    }
}

fn steps(ui: &mut Ui, run: &RunRecord, is_live: bool, context: &mut PanelContext<'_>) {
    let columns = [
        Column::text("Step").width(100.0).sortable(false),
        Column::text("State").width(112.0).sortable(false),
        Column::number("Duration").width(104.0).sortable(false),
        Column::number("Inputs").width(70.0).sortable(false),
        Column::number("Outputs").width(76.0).sortable(false),
        Column::text("Cached from")
            .width(120.0)
            .sortable(false)
            .help("The execution that gave its outputs"),
        Column::number("CPU")
            .width(86.0)
            .sortable(false)
            .help("CPU seconds of the process while it ran, also those of steps beside it"),
        Column::number("Memory")
            .width(90.0)
            .sortable(false)
            .help("The most memory that the process had had when the step ended"),
        Column::text("Executor").width(140.0).fill().sortable(false),
    ];
    let selected = context
        .selection
        .step
        .and_then(|kind| run.steps.iter().position(|s| s.kind == kind));
    let now = context.now;
    let table = Table::new("Steps of the run", &columns, run.steps.len()).selected(selected);
    let done = room_for(ui, run.steps.len(), 300.0, |ui| {
        table.show(ui, |cell, row, column| {
            step_cell(cell, &run.steps[row], (column, is_live), now)
        })
    });
    if let Some(row) = done.selected {
        context.selection.step = Some(run.steps[row].kind);
    }
}

fn step_cell(cell: &mut Cell<'_>, step: &StepRecord, (column, is_live): (usize, bool), now: i64) {
    match column {
        0 => cell.strong(step.kind.title()),
        1 => {
            let (word, tone) = match step.state {
                StepState::Running if !is_live => ("interrupted", Tone::Warn),
                StepState::New if !is_live => ("not begun", Tone::Neutral),
                _ => record::step_badge(step),
            };
            cell.badge(word, tone);
        }
        2 => {
            let is_over = is_live || step.finished.is_some();
            cell.text(number::duration(
                record::step_duration(step, now).filter(|_| is_over),
            ));
        }
        3 => cell.text(number::count(step.inputs.len() as u64)),
        4 => cell.text(number::count(step.outputs.len() as u64)),
        5 => match step.cached_from {
            Some(id) => cell.text(format!("execution {id}")),
            None => cell.weak(number::MISSING),
        },
        6 => cell.text(number::duration(step.usage.and_then(|u| u.cpu_seconds))),
        7 => match step.usage.and_then(|u| u.peak_memory) {
            Some(bytes) => cell.text(number::bytes(bytes)),
            None => cell.weak(number::MISSING),
        },
        _ => cell.text(&step.executor),
    }
}

/// Why it failed or was canceled, and what it warns of.
fn said(ui: &mut Ui, step: &StepRecord) {
    if let Some(why) = &step.error {
        let (word, tone) = match step.state {
            StepState::Canceled => ("Canceled", Tone::Warn),
            _ => ("Failed", Tone::Bad),
        };
        Banner::new(tone, word, why).show(ui);
        ui.add_space(space::S);
    }
    for warning in &step.warnings {
        Banner::new(Tone::Warn, "Warning", warning).show(ui);
        ui.add_space(space::S);
    }
}

fn parameters(ui: &mut Ui, step: &StepRecord) {
    let list: Vec<Fact> = record::parameters(&step.params)
        .into_iter()
        .map(|(name, value)| Fact::number(name, value))
        .collect();
    card(ui, |ui| {
        section(ui, "Parameters", |_| ());
        if list.is_empty() {
            let weak = Tokens::of(ui).text_weak;
            ui.label(Type::Body.rich("It has none.", weak));
            return;
        }
        let scroll = egui::ScrollArea::vertical()
            .id_salt("parameters")
            .max_height(320.0)
            .min_scrolled_height(320.0);
        scroll
            .auto_shrink([false, true])
            .show(ui, |ui| _ = facts(ui, &list));
    });
}

fn units(ui: &mut Ui, run: &RunRecord, step: &StepRecord) {
    if step.units.is_empty() {
        return;
    }
    card(ui, |ui| {
        section(ui, "Units of work", |_| ());
        let columns = [
            Column::text("Unit").width(160.0).fill().sortable(false),
            Column::number("Began after")
                .width(110.0)
                .sortable(false)
                .help("Since the run began"),
            Column::number("Duration").width(104.0).sortable(false),
        ];
        let table = Table::new("Units of the step", &columns, step.units.len());
        let fill = |cell: &mut Cell<'_>, row: usize, column: usize| {
            let unit = &step.units[row];
            match column {
                0 => cell.text(&unit.name),
                1 => cell.text(number::duration(record::seconds(run.started, unit.started))),
                _ => cell.text(number::duration(record::seconds(
                    unit.started,
                    unit.finished,
                ))),
            }
        };
        room_for(ui, step.units.len(), 320.0, |ui| table.show(ui, fill));
    });
}
