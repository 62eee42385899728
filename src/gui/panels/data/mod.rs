//! Data: the batches of a run, column by column and row by row, the schema that they must fit, what validation found,
//! and what was repaired while reading. Profiling and checking are left to the engine; this draws their reports.

mod anomalies;
mod arrangement;
mod before;
mod behind;
mod columns;
mod detail;
mod difference;
mod draft;
mod effect;
mod exchange;
mod expectations;
mod findings;
mod form;
mod pages;
mod rows;
mod schema;
mod source;
mod versions;

use super::answer;
use crate::domain::anomaly::ValidationReport;
use crate::domain::dataset::{Batch, BatchList, StatisticsReport};
use crate::domain::statistics::DatasetStatistics;
use crate::gui::action::{Action, Purpose};
use crate::gui::icons;
use crate::gui::panel::{Panel, PanelContext, Room, Selection, Unavailable};
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::{banner::Banner, button::Button, number, segmented::segmented, state};
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::{self, ComboBox, Ui};
use source::Source;
use std::sync::Arc;

/// What can be looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tab {
    /// Profiles.
    #[default]
    Columns,
    /// Cells.
    Rows,
    /// What is expected.
    Schema,
    /// What does not fit.
    Anomalies,
    /// What was guessed or repaired.
    Findings,
}

impl Tab {
    const ALL: [Self; 5] = [
        Self::Columns,
        Self::Rows,
        Self::Schema,
        Self::Anomalies,
        Self::Findings,
    ];
}

/// The room.
#[derive(Debug, Default)]
pub struct Data {
    tab: Tab,
    columns: columns::Columns,
    rows: rows::Rows,
    schema: schema::SchemaTab,
    anomalies: anomalies::Anomalies,
    findings: findings::Findings,
    before: before::Before,
}

impl Panel for Data {
    fn room(&self) -> Room {
        Room::Data
    }

    fn has_inspector(&self, snapshot: &Snapshot) -> bool {
        let has_read = source::source(snapshot, &Selection::default()).is_some();
        has_read && !matches!(self.tab, Tab::Rows | Tab::Findings)
    }

    fn turn_to(&mut self, page: usize) {
        self.tab = Tab::ALL.get(page).copied().unwrap_or_default();
    }

    fn unavailable(&self, snapshot: &Snapshot) -> Option<Unavailable> {
        if source::source(snapshot, &Selection::default()).is_some() || is_before(snapshot) {
            return None;
        }
        if snapshot.live.is_some() {
            return Some(Unavailable {
                title: "The batches are being read",
                text: "Their columns stand here as soon as the first step is done.".to_owned(),
                action: Some(("Watch the run".to_owned(), Action::Go(Room::Pipeline))),
            });
        }
        let text = "The first step of the pipeline reads the data; then their columns, rows and anomalies stand here.";
        Some(Unavailable {
            title: "No data read yet",
            text: text.to_owned(),
            action: Some(("Run the pipeline".to_owned(), Action::Run)),
        })
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(snapshot) = context.snapshot else {
            return;
        };
        ui.spacing_mut().item_spacing.y = space::S;
        if context.picked.iter().any(|(p, _)| *p == Purpose::Schema) {
            self.tab = Tab::Schema;
        }
        let Some(source) = source::source(snapshot, context.selection) else {
            self.before.ui(ui, context, snapshot);
            return;
        };
        let list = source.batches.as_ref().map(Query::artifact);
        let list = answer::known(context, list.as_ref());
        let batches = batches_of(list.as_ref());
        header(ui, context, &source, batches);
        self.tabs(ui);
        match self.tab {
            Tab::Columns => {
                if let Some(report) = statistics(ui, context, &source)
                    && let Answer::Statistics(report) = &*report
                {
                    let judged = judged(context, &source);
                    self.columns
                        .ui(ui, context, &source, report, validation_of(judged.as_ref()));
                }
            }
            Tab::Rows => {
                let profile = source.statistics.as_ref().map(Query::artifact);
                let profile = answer::known(context, profile.as_ref());
                let report = statistics_of(profile.as_ref());
                let statistics = report.map(|r| chosen(r, context.selection.batch.as_deref()));
                self.rows.ui(ui, context, (&source, batches), statistics);
            }
            Tab::Schema => {
                let profile = source.statistics.as_ref().map(Query::artifact);
                let profile = answer::known(context, profile.as_ref());
                let judged = judged(context, &source);
                let evidence = schema::Evidence {
                    profile: statistics_of(profile.as_ref()),
                    judged: validation_of(judged.as_ref()),
                    newest: batches.last().zip(source.examples.last()),
                };
                self.schema.ui(ui, context, evidence);
            }
            Tab::Anomalies => self.anomalies(ui, context, &source),
            Tab::Findings => self.findings.ui(ui, context, batches, &source),
        }
    }

    fn inspector(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) -> bool {
        let Some(snapshot) = context.snapshot else {
            return false;
        };
        let Some(source) = source::source(snapshot, context.selection) else {
            return false;
        };
        let profile = source.statistics.as_ref().map(Query::artifact);
        let profile = answer::known(context, profile.as_ref());
        let Some(report) = statistics_of(profile.as_ref()) else {
            return false;
        };
        let first = || report.total.columns.first().map(|c| c.name.clone());
        let Some(name) = context.selection.column.clone().or_else(first) else {
            return false;
        };
        let judged = judged(context, &source);
        detail::inspector(ui, context, (&name, report), validation_of(judged.as_ref()))
    }
}

/// Whether nothing was read yet, and nothing is being read: the files can be looked at.
fn is_before(snapshot: &Snapshot) -> bool {
    snapshot.live.is_none() && snapshot.pipeline.is_ok()
}

impl Data {
    fn tabs(&mut self, ui: &mut Ui) {
        let mut chosen = Tab::ALL.iter().position(|t| *t == self.tab).unwrap_or(0);
        ui.horizontal(|ui| {
            if segmented(ui, "What to look at", &mut chosen, Room::Data.pages()).changed() {
                self.tab = Tab::ALL[chosen];
            }
        });
    }

    fn anomalies(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, source: &Source) {
        let Some(artifact) = &source.anomalies else {
            let has_gate = context
                .snapshot
                .and_then(|s| s.pipeline.as_ref().ok())
                .is_none_or(|p| p.steps.validate.is_some());
            let live = context.snapshot.and_then(|s| s.live.as_ref());
            let is_running = live.is_some_and(|l| l.record.id == source.run);
            let text = if has_gate && is_running {
                "This run is at work and has not come to the data gate yet."
            } else if has_gate {
                "This run did not come to the data gate."
            } else {
                "The pipeline has no data gate: nothing checks the data before training."
            };
            let button = Button::new("Open the pipeline").icon(icons::PIPELINE);
            if state::empty(ui, icons::SCHEMA, "Not validated", text, Some(button)) {
                context.act(Action::Go(Room::Pipeline));
            }
            return;
        };
        let Some(report) = answer::ready(ui, context, &Query::artifact(artifact), "the anomalies")
        else {
            return;
        };
        let Answer::Validation(report) = &*report else {
            return;
        };
        newer_schema(ui, context, source);
        let evidence = anomalies::Evidence {
            report,
            draft: self.schema.draft(),
        };
        match self.anomalies.ui(ui, context, evidence) {
            None => {}
            Some(anomalies::Wish::Tab(tab)) => self.tab = tab,
            Some(anomalies::Wish::Rows(conditions)) => {
                self.rows.show_only(conditions);
                self.tab = Tab::Rows;
            }
            Some(anomalies::Wish::Edit { schema, note }) => {
                let version = context.snapshot.and_then(|s| s.schema.as_ref());
                let version = version.map_or(0, |s| s.version);
                self.schema.prepare(version, *schema, note);
                self.tab = Tab::Schema;
            }
        }
    }
}

/// Says that the schema was edited since the verdict, and how to have the data judged by it.
fn newer_schema(ui: &mut Ui, context: &mut PanelContext<'_>, source: &Source) {
    let Some(snapshot) = context.snapshot else {
        return;
    };
    let newest = snapshot.schema.as_ref().and_then(|s| s.history.first());
    let is_newer = newest
        .and_then(|v| v.artifact.as_ref())
        .zip(source.schema.as_ref())
        .is_some_and(|(newest, used)| newest.id != used.id);
    if !is_newer || snapshot.live.is_some() {
        return;
    }
    let version = newest.map_or(0, |v| v.version);
    let text =
        format!("Schema v{version} is newer than this verdict: a run judges the data by it.");
    let pressed = Banner::new(Tone::Accent, "Answered", text).show_with(ui, |ui| {
        Button::new("Run the pipeline")
            .icon(icons::RUN)
            .primary()
            .show(ui)
            .clicked()
    });
    if pressed.inner {
        context.act(Action::Run);
    }
}

/// Title, run, choice of the batch, and the way to add one.
fn header(ui: &mut Ui, context: &mut PanelContext<'_>, source: &Source, batches: &[Batch]) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.label(Type::Title.rich("Data", tokens.text_strong));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let reason = context.snapshot.and_then(|s| s.read_only.clone());
            let add = Button::new("Add a batch…").icon(icons::ADD).unless(reason);
            if add
                .tooltip("Add a file as the newest batch; the next run checks it")
                .show(ui)
                .clicked()
            {
                context.act(Action::Pick(Purpose::Batch));
            }
            choice_of_batch(ui, context, batches);
            let newest = context
                .snapshot
                .and_then(|s| source::source(s, &Selection::default()));
            if newest.is_some_and(|n| n.run != source.run)
                && Button::new("Newest run")
                    .quiet()
                    .tooltip("Leave this run and show the newest one")
                    .show(ui)
                    .clicked()
            {
                context.selection.run = None;
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                if batches.is_empty() {
                    return;
                }
                let rows = batches.iter().map(|b| b.n_rows).sum();
                let ago = number::ago((context.now - source.started) as f64 / 1_000.0);
                let n = number::counted(batches.len() as u64, "batch", "batches");
                let text = format!(
                    "{n}, {}, as read by run {}, {ago}",
                    number::counted(rows, "row", "rows"),
                    source.run
                );
                ui.add(egui::Label::new(Type::Body.rich(text, tokens.text_weak)).truncate());
            });
        });
    });
}

fn choice_of_batch(ui: &mut Ui, context: &mut PanelContext<'_>, batches: &[Batch]) {
    // A batch of another run may not be in this one.
    let here = context
        .selection
        .batch
        .clone()
        .filter(|name| batches.iter().any(|b| &b.name == name));
    let all = "All batches".to_owned();
    let response = ComboBox::from_id_salt("batch")
        .selected_text(here.as_ref().unwrap_or(&all).as_str())
        .width(200.0)
        .truncate()
        .icon(|ui, rect, _, _| {
            icons::DOWN.paint(ui.painter(), rect.center(), 16.0, Tokens::of(ui).text_weak);
        })
        .show_ui(ui, |ui| {
            if ui.selectable_label(here.is_none(), all.as_str()).clicked() {
                context.selection.batch = None;
            }
            for batch in batches {
                let is_here = here.as_ref() == Some(&batch.name);
                let text = format!(
                    "{}, {}",
                    batch.name,
                    number::counted(batch.n_rows, "row", "rows")
                );
                if ui.selectable_label(is_here, text).clicked() {
                    context.selection.batch = Some(batch.name.clone());
                }
            }
        });
    response.response.on_hover_text("Which batch is shown");
}

fn statistics(ui: &mut Ui, context: &mut PanelContext<'_>, source: &Source) -> Option<Arc<Answer>> {
    let Some(artifact) = &source.statistics else {
        let text = "This run did not come to the statistics.";
        state::empty(ui, icons::DATASET, "No statistics", text, None);
        return None;
    };
    answer::ready(ui, context, &Query::artifact(artifact), "the statistics")
}

fn judged(context: &PanelContext<'_>, source: &Source) -> Option<Arc<Answer>> {
    answer::known(
        context,
        source.anomalies.as_ref().map(Query::artifact).as_ref(),
    )
}

fn batches_of(answer: Option<&Arc<Answer>>) -> &[Batch] {
    match answer.map(|a| &**a) {
        Some(Answer::Batches(BatchList { batches })) => batches,
        _ => &[],
    }
}

fn statistics_of(answer: Option<&Arc<Answer>>) -> Option<&StatisticsReport> {
    match answer.map(|a| &**a) {
        Some(Answer::Statistics(report)) => Some(report),
        _ => None,
    }
}

fn validation_of(answer: Option<&Arc<Answer>>) -> Option<&ValidationReport> {
    match answer.map(|a| &**a) {
        Some(Answer::Validation(report)) => Some(report),
        _ => None,
    }
}

/// The statistics of the chosen batch, or of all.
fn chosen<'a>(report: &'a StatisticsReport, batch: Option<&str>) -> &'a DatasetStatistics {
    let named = batch.and_then(|name| report.batches.iter().find(|b| b.name == name));
    named.map_or(&report.total, |b| &b.statistics)
}
