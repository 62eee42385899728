//! The tab of anomalies: the verdict of the data gate with its reason, and everything that did not fit.

use super::Tab;
use super::behind::{rows_behind, widened};
use super::detail::severity;
use crate::domain::anomaly::{Anomaly, AnomalyAnswer, DataVerdict, Skew, ValidationReport};
use crate::domain::row_view::RowCondition;
use crate::domain::schema::{Ignored, Schema};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::facts::{Fact, facts};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{badge::badge, banner::Banner, button::Button, card, number, state};
use eframe::egui::{self, ScrollArea, Ui, vec2};
use std::path::{Path, PathBuf};

/// The tab.
#[derive(Debug, Default)]
pub(super) struct Anomalies {
    selected: usize,
}

/// What the answers to an anomaly are made of.
#[derive(Clone, Copy)]
pub(super) struct Evidence<'a> {
    /// What validation found.
    pub(super) report: &'a ValidationReport,
    /// The schema as it is being edited: a further answer adds to it.
    pub(super) draft: Option<&'a Schema>,
}

/// What a button asks of the room.
#[derive(Debug)]
pub(super) enum Wish {
    /// Another tab.
    Tab(Tab),
    /// The rows that meet these conditions.
    Rows(Vec<RowCondition>),
    /// An edit of the schema, to be looked at.
    Edit {
        /// The schema after it.
        schema: Box<Schema>,
        /// What it does, for the history.
        note: String,
    },
}

impl Anomalies {
    /// Draws the tab; a button may lead to another one.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        evidence: Evidence<'_>,
    ) -> Option<Wish> {
        let report = evidence.report;
        let (tone, meaning) = match report.verdict {
            DataVerdict::Stop => (Tone::Bad, "The pipeline stopped; a person should look."),
            DataVerdict::Retrain if report.anomalies.is_empty() => (
                Tone::Accent,
                "RETRAIN: the data can be used, and no model has learned from such data yet.",
            ),
            DataVerdict::Retrain => (
                Tone::Warn,
                "RETRAIN: the data can be used, and differ so much from before that the model is trained again.",
            ),
            DataVerdict::Ok => (
                Tone::Good,
                "The data can be used; nothing changed that matters.",
            ),
        };
        Banner::new(tone, report.verdict.word(), report.reason.as_str()).show(ui);
        let tokens = Tokens::of(ui);
        ui.label(Type::Small.rich(meaning, tokens.text_weak));
        let batch = context
            .selection
            .batch
            .as_deref()
            .filter(|b| report.anomalies.iter().any(|a| a.span == *b));
        let list: Vec<&Anomaly> = report
            .anomalies
            .iter()
            .filter(|a| batch.is_none_or(|b| a.span == b))
            .collect();
        if let (None, Some(first)) = (&context.selection.column, list.first()) {
            context.selection.column.clone_from(&first.column);
        }
        if list.is_empty() {
            let n = number::counted(report.n_rows, "row", "rows");
            let text = format!("{n} were looked at, and every column fits the schema.");
            state::empty(ui, icons::PASSED, "No anomalies", &text, None);
            return None;
        }
        self.selected = self.selected.min(list.len() - 1);
        let height = ui.available_height();
        let below = (height * 0.5).clamp(200.0, 280.0);
        self.table(ui, context, &list, height - below - space::S);
        detail(ui, context, evidence, list[self.selected])
    }

    fn table(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        list: &[&Anomaly],
        height: f32,
    ) {
        let is_wide = ui.available_width() > 1_000.0;
        let mut columns = vec![
            Column::text("Weight")
                .width(94.0)
                .sortable(false)
                .help("What it leads to: stop, retrain, or nothing"),
            Column::text("Column").width(116.0).sortable(false),
            Column::text("What").fill().width(200.0).sortable(false),
            Column::number("Rows").width(92.0).sortable(false),
        ];
        if is_wide {
            columns.push(Column::text("Batch").width(190.0).sortable(false));
            columns.push(Column::text("Examples").width(200.0).sortable(false));
        }
        let table = Table::new("Anomalies", &columns, list.len())
            .selected(Some(self.selected))
            .max_height(height);
        let done = table.show(ui, |cell, row, column| {
            let anomaly = list[row];
            match column {
                0 => {
                    let (word, tone) = weight(anomaly);
                    cell.badge(word, tone);
                }
                1 => cell.strong(anomaly.column.as_deref().unwrap_or("all columns")),
                2 => cell.text(&anomaly.description),
                3 => cell.text(number::count(anomaly.n_rows)),
                4 => cell.weak(&anomaly.span),
                _ => cell.weak(anomaly.examples.join(", ")),
            }
        });
        if let Some(row) = done.selected {
            self.selected = row;
            context.selection.column.clone_from(&list[row].column);
        }
    }
}

fn detail(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    evidence: Evidence<'_>,
    anomaly: &Anomaly,
) -> Option<Wish> {
    let tokens = Tokens::of(ui);
    let height = ui.available_height();
    let mut wanted = None;
    card::card(ui, |ui| {
        ui.set_min_height(height.min(280.0) - 2.0 * space::M - 2.0);
        let title = anomaly.column.as_deref().unwrap_or("All columns");
        card::section(ui, title, |ui| {
            let (word, tone) = weight(anomaly);
            badge(ui, word, tone);
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::S, space::S);
            wanted = answers(ui, context, evidence, anomaly);
        });
        ScrollArea::vertical().id_salt("anomaly").show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.add(
                egui::Label::new(Type::Body.rich(&anomaly.description, tokens.text_strong)).wrap(),
            );
            if let Some(why) = &anomaly.ignored {
                let text = format!("Ignored in this batch: {why}");
                ui.add(egui::Label::new(Type::Body.rich(text, tokens.text)).wrap());
            } else if !anomaly.hint.is_empty() {
                ui.add(
                    egui::Label::new(Type::Body.rich(format!("→ {}", anomaly.hint), tokens.text))
                        .wrap(),
                );
            }
            let skew = match anomaly.skew {
                Skew::Schema => "schema skew",
                Skew::Values => "values skew",
                Skew::None => "neither skew",
            };
            let mut list = vec![
                Fact::text("Batch", anomaly.span.as_str()),
                Fact::number("Rows", number::count(anomaly.n_rows)),
                Fact::text("Kind (TFDV)", anomaly.kind.name()),
                Fact::text("Skew", skew),
            ];
            if !anomaly.examples.is_empty() {
                list.push(Fact::text("Examples", anomaly.examples.join(", ")));
            }
            ui.scope(|ui| facts(ui, &list));
        });
    });
    if let Some(Wish::Tab(_) | Wish::Edit { .. }) = &wanted {
        context.selection.column.clone_from(&anomaly.column);
    }
    if let Some(Wish::Rows(_)) = &wanted {
        context.selection.batch = Some(anomaly.span.clone());
    }
    wanted
}

/// The badge of an anomaly: what it leads to, or that a person has decided not to act on it.
fn weight(anomaly: &Anomaly) -> (&'static str, Tone) {
    match anomaly.ignored {
        Some(_) => ("ignored", Tone::Neutral),
        None => severity(anomaly.severity),
    }
}

/// What can be done about an anomaly, one button each.
fn answers(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    evidence: Evidence<'_>,
    anomaly: &Anomaly,
) -> Option<Wish> {
    let mut wanted = None;
    let in_force = context.snapshot.and_then(|s| s.schema.as_ref());
    let schema = in_force.map(|s| &s.schema);
    if let Some(conditions) = rows_behind(anomaly, schema) {
        let show = Button::new("Show the rows").icon(icons::FILTER).primary();
        if show
            .tooltip("The rows behind it, in the tab of rows")
            .show(ui)
            .clicked()
        {
            wanted = Some(Wish::Rows(conditions));
        }
    }
    let base = evidence.draft.or(schema);
    if let Some((wider, words)) = base.and_then(|s| widened(anomaly, s)) {
        let read_only = context.snapshot.and_then(|s| s.read_only.clone());
        let widen = Button::new("Widen the schema…")
            .icon(icons::EDIT)
            .tooltip(format!("Prepares the edit: {words}"))
            .unless(read_only);
        if widen.show(ui).clicked() {
            wanted = Some(Wish::Edit {
                schema: Box::new(wider),
                note: format!("{words} (seen in {})", anomaly.span),
            });
        }
    }
    if anomaly.ignored.is_none()
        && anomaly.answers.contains(&AnomalyAnswer::Ignore)
        && let Some(base) = base
    {
        let read_only = context.snapshot.and_then(|s| s.read_only.clone());
        let ignore = Button::new("Ignore in this batch…")
            .tooltip(
                "It stays in the report and has no weight; the reason is written into the schema",
            )
            .unless(read_only);
        if ignore.show(ui).clicked() {
            let mut schema = base.clone();
            schema.ignored.push(Ignored {
                kind: anomaly.kind,
                column: anomaly.column.clone(),
                span: anomaly.span.clone(),
                reason: String::new(),
            });
            wanted = Some(Wish::Edit {
                schema: Box::new(schema),
                note: String::new(),
            });
        }
    }
    if let Some(folder) = folder_of(context, &anomaly.span) {
        let open = Button::new("Open the file's folder")
            .icon(icons::OPEN)
            .tooltip("To correct the data; then run the pipeline again");
        if open.show(ui).clicked() {
            context.act(Action::Reveal(folder));
        }
    }
    if anomaly.column.is_some()
        && Button::new("Show the column")
            .icon(icons::DATASET)
            .show(ui)
            .clicked()
    {
        wanted = Some(Wish::Tab(Tab::Columns));
    }
    if Button::new("Show in the schema")
        .icon(icons::SCHEMA)
        .show(ui)
        .clicked()
    {
        wanted = Some(Wish::Tab(Tab::Schema));
    }
    wanted
}

/// The file of a batch, or the folder of the entry of the pipeline that it may come from.
fn folder_of(context: &PanelContext<'_>, batch: &str) -> Option<PathBuf> {
    let snapshot = context.snapshot?;
    let files = &snapshot.pipeline.as_ref().ok()?.steps.ingest.files;
    let named = files.iter().find(|f| {
        let name = Path::new(f).file_name().and_then(|n| n.to_str());
        name == Some(batch)
    });
    let entry = named.or_else(|| files.first())?;
    Some(snapshot.root.join(entry))
}
