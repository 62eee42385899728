//! The tab of rows: one batch cell by cell, of any length. Rows come in pages of 200 when they come into sight.

use super::source::Source;
use crate::domain::dataset::Batch;
use crate::domain::run::ArtifactRef;
use crate::gui::icons;
use crate::gui::panel::{Load, PanelContext};
use crate::gui::panels::answer;
use crate::gui::theme::{Tokens, Type};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{button::Button, number, state};
use crate::workspace::query::RowsPage;
use crate::workspace::{Answer, Query};
use eframe::egui::{self, DragValue, Ui, vec2};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of one page.
const PAGE: usize = 200;

/// Columns shown side by side; a wider batch is leafed through.
const ACROSS: usize = 40;

/// The tab.
#[derive(Debug)]
pub(super) struct Rows {
    /// The row that is typed, counted from 1.
    wanted: usize,
    /// The row to bring into sight in the next frame, counted from 0.
    jump: Option<usize>,
    selected: Option<usize>,
    /// First column shown.
    first: usize,
    /// The batch of the last frame.
    batch: String,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            wanted: 1,
            jump: None,
            selected: None,
            first: 0,
            batch: String::new(),
        }
    }
}

impl Rows {
    /// Draws the tab.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        source: &Source,
        batches: &[Batch],
    ) {
        let newest = batches.len().saturating_sub(1);
        let named = context
            .selection
            .batch
            .as_ref()
            .and_then(|name| batches.iter().position(|b| &b.name == name));
        let position = named.unwrap_or(newest);
        let (Some(batch), Some(artifact)) = (batches.get(position), source.examples.get(position))
        else {
            state::loading(ui, "Reading the list of batches", None);
            return;
        };
        if self.batch != batch.name {
            *self = Self {
                batch: batch.name.clone(),
                ..Self::default()
            };
        }
        let first = answer::ready(ui, context, &Query::rows(artifact, 0, PAGE), &batch.name);
        let Some(Answer::Rows(head)) = first.as_deref() else {
            return;
        };
        if head.n_rows == 0 {
            let text = format!("{} has a header and nothing below it.", batch.name);
            state::empty(ui, icons::DATASET, "No rows", &text, None);
            return;
        }
        let n_columns = head.columns.len();
        self.first = if self.first < n_columns {
            self.first
        } else {
            0
        };
        self.bar(
            ui,
            (&batch.name, named.is_none() && batches.len() > 1),
            head,
        );
        let across = self.first..n_columns.min(self.first + ACROSS);
        self.table(ui, context, artifact, head, across);
    }

    fn bar(&mut self, ui: &mut Ui, (batch, is_default): (&str, bool), head: &RowsPage) {
        let tokens = Tokens::of(ui);
        ui.horizontal(|ui| {
            let label = ui.label(Type::Body.rich("Row", tokens.text_weak)).id;
            ui.style_mut().drag_value_text_style = egui::TextStyle::Monospace;
            let field = DragValue::new(&mut self.wanted)
                .range(1..=head.n_rows)
                .speed(1.0);
            let typed = ui.add_sized(vec2(84.0, 28.0), field).labelled_by(label);
            let go = Button::new("Go")
                .tooltip("Bring this row into sight")
                .show(ui)
                .clicked();
            if go
                || typed.changed()
                || typed.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter))
            {
                self.jump = Some(self.wanted - 1);
                self.selected = self.jump;
            }
            let why = if is_default { ", the newest batch" } else { "" };
            let text = format!("of {} in {batch}{why}", number::count(head.n_rows as u64));
            ui.add(egui::Label::new(Type::Body.rich(text, tokens.text_weak)).truncate());
            let n = head.columns.len();
            if n > ACROSS {
                let last = n.min(self.first + ACROSS);
                ui.label(Type::Body.rich(
                    format!("columns {} to {last} of {n}", self.first + 1),
                    tokens.text_weak,
                ));
                let at_start = (self.first == 0).then_some("These are the first columns");
                if Button::new("Earlier").unless(at_start).show(ui).clicked() {
                    self.first = self.first.saturating_sub(ACROSS);
                }
                let at_end = (last == n).then_some("These are the last columns");
                if Button::new("Later").unless(at_end).show(ui).clicked() {
                    self.first += ACROSS;
                }
            }
        });
    }

    fn table(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        artifact: &ArtifactRef,
        head: &RowsPage,
        across: std::ops::Range<usize>,
    ) {
        let mut list = vec![Column::number("Row").width(72.0).sortable(false)];
        list.extend(head.columns[across.clone()].iter().map(|(name, kind)| {
            let width = (name.chars().count() as f32 * 8.0 + 28.0).clamp(76.0, 170.0);
            let column = if kind.is_numeric() {
                Column::number(name)
            } else {
                Column::text(name)
            };
            let width = if kind.is_temporal() {
                width.max(158.0)
            } else {
                width
            };
            column
                .width(width)
                .sortable(false)
                .help(format!("{name}, {}", kind.title()))
        }));
        let mut pages: BTreeMap<usize, Option<Arc<Answer>>> = BTreeMap::new();
        let mut failure = None;
        let shared = &*context;
        let table = Table::new("Rows", &list, head.n_rows)
            .selected(self.selected)
            .scroll_to(self.jump.take());
        let height = ui.available_height();
        let done = ui.push_id(artifact.hash.short(), |ui| {
            table.max_height(height).show(ui, |cell, row, position| {
                if position == 0 {
                    cell.weak(number::count(row as u64 + 1));
                    return;
                }
                let page = row / PAGE;
                let known = pages.entry(page).or_insert_with(|| {
                    match shared.load(Some(&Query::rows(artifact, page * PAGE, PAGE))) {
                        Load::Ready(answer) => Some(answer),
                        Load::Failed(why) => {
                            failure = Some(why);
                            None
                        }
                        Load::Loading | Load::Empty => None,
                    }
                });
                let Some(Answer::Rows(rows)) = known.as_deref() else {
                    cell.weak("…");
                    return;
                };
                let column = across.start + position - 1;
                let value = rows
                    .rows
                    .get(row - rows.offset.min(row))
                    .and_then(|cells| cells.get(column));
                match value {
                    Some(Some(text)) => cell.text(text),
                    Some(None) => cell.weak("missing"),
                    None => cell.weak(number::MISSING),
                }
            })
        });
        if let Some(row) = done.inner.selected {
            self.selected = Some(row);
            self.wanted = row + 1;
        }
        if let Some(failure) = failure {
            answer::failed(ui, context, &failure);
        }
    }
}
