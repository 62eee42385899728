//! The tab of rows: one batch cell by cell, of any length, filtered and sorted by the engine. Rows come in pages of 200
//! when they come into sight.

use super::arrangement::Arrangement;
use super::pages::{PAGE, Pages};
use super::source::Source;
use crate::domain::dataset::Batch;
use crate::domain::row_view::{RowCondition, RowTest, RowView, SortKey};
use crate::domain::run::ArtifactRef;
use crate::domain::schema::ColumnType;
use crate::domain::statistics::DatasetStatistics;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{Load, PanelContext};
use crate::gui::panels::answer;
use crate::gui::panels::expression_field::{ExpressionField, Speaks};
use crate::gui::panels::segment_picker::{PickerColumn, SegmentPicker};
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::search::search;
use crate::gui::widgets::sheet::{
    Sheet, SheetCell, SheetColumn, SheetResponse, SheetState, longest,
};
use crate::gui::widgets::{button::Button, number, state};
use crate::workspace::row_pages::ViewPage;
use crate::workspace::{Answer, Query};
use eframe::egui::{self, DragValue, Ui, vec2};
use std::sync::Arc;

/// Rows that are copied at once.
const MAX_COPIED: usize = 10_000;

/// The tab.
#[derive(Debug)]
pub(super) struct Rows {
    /// The row that is typed, counted from 1.
    wanted: usize,
    sheet: SheetState,
    arrangement: Arrangement,
    /// What is asked of the engine.
    view: Arc<RowView>,
    /// What is typed to be found.
    find: String,
    picker: Option<SegmentPicker>,
    expression: ExpressionField,
    /// The batch of the last frame.
    batch: String,
    /// Rows that are to be copied as soon as they are read: the first and the last one.
    copying: Option<(usize, usize)>,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            wanted: 1,
            sheet: SheetState::default(),
            arrangement: Arrangement::default(),
            view: Arc::default(),
            find: String::new(),
            picker: None,
            expression: ExpressionField::default(),
            batch: String::new(),
            copying: None,
        }
    }
}

impl Rows {
    /// Shows only rows that meet these conditions from the next frame on.
    pub(super) fn show_only(&mut self, conditions: Vec<RowCondition>) {
        self.find.clear();
        self.change(|view| {
            view.conditions = conditions;
            view.find.clear();
        });
    }

    fn change(&mut self, edit: impl FnOnce(&mut RowView)) {
        let mut view = (*self.view).clone();
        edit(&mut view);
        self.view = Arc::new(view);
        self.sheet.reset();
        self.copying = None;
    }

    /// Draws the tab.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (source, batches): (&Source, &[Batch]),
        profile: Option<&DatasetStatistics>,
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
            self.batch.clone_from(&batch.name);
            self.sheet.reset();
        }
        let query = Query::view(artifact, &self.view, 0, PAGE);
        let head = match context.load(Some(&query)) {
            Load::Ready(answer) => answer,
            Load::Loading | Load::Empty => {
                self.tools(ui, None, profile);
                state::loading(ui, &self.doing(&batch.name), None);
                return;
            }
            Load::Failed(failure) => {
                self.tools(ui, None, profile);
                answer::failed(ui, context, &failure);
                return;
            }
        };
        let Answer::View(head) = &*head else { return };
        if head.n_all == 0 {
            let text = format!("{} has a header and nothing below it.", batch.name);
            state::empty(ui, icons::DATASET, "No rows", &text, None);
            return;
        }
        self.tools(ui, Some(head), profile);
        let is_default = named.is_none() && batches.len() > 1;
        self.line(ui, (&batch.name, is_default), head);
        if head.n_rows == 0 {
            let text = format!(
                "None of the {} of {} is like that.",
                number::counted(head.n_all as u64, "row", "rows"),
                batch.name
            );
            let all = Button::new("Show all rows").primary();
            if state::empty(ui, icons::SEARCH, "No such rows", &text, Some(all)) {
                self.show_only(Vec::new());
            }
            return;
        }
        self.table(ui, context, artifact, head);
        self.copy(context, artifact, head);
    }

    /// What the engine is at, for people.
    fn doing(&self, batch: &str) -> String {
        if self.view.is_plain() {
            format!("Opening {batch}")
        } else if self.view.sort.is_empty() {
            format!("Looking through the rows of {batch}")
        } else {
            format!("Sorting the rows of {batch}")
        }
    }

    /// Find, conditions, columns.
    fn tools(&mut self, ui: &mut Ui, head: Option<&ViewPage>, profile: Option<&DatasetStatistics>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::S, space::S);
            let found = head
                .filter(|_| self.find.trim() == self.view.find)
                .map(|h| (h.n_rows, h.n_all));
            if search(ui, "Find in the rows", &mut self.find, 210.0, found).changed() {
                let text = self.find.trim().to_owned();
                if text != self.view.find {
                    self.change(|view| view.find = text);
                }
            }
            let filter = Button::new("Condition…")
                .icon(icons::FILTER)
                .tooltip("Show only rows of which something holds")
                .pressed(self.picker.is_some());
            if filter.show(ui).clicked() {
                self.picker = match self.picker {
                    Some(_) => None,
                    None => Some(SegmentPicker::default()),
                };
            }
            if let Some(head) = head {
                let columns = Button::new("Columns…")
                    .icon(icons::SETTINGS)
                    .tooltip("Choose and order the columns");
                let button = columns.show(ui);
                self.arrangement.popup(&button, &head.columns);
                let n = self.sheet.selected().map_or(0, |rows| rows.count());
                let reason = (n == 0).then_some("Select rows first; with Shift several");
                let copy = Button::new("Copy")
                    .icon(icons::COPY)
                    .tooltip("Copies the selected rows with tabs between the cells")
                    .unless(reason);
                if copy.show(ui).clicked() {
                    self.begin_copy();
                }
            }
            self.chips(ui);
        });
        let (Some(picker), Some(head)) = (&mut self.picker, head) else {
            return;
        };
        let columns = picker_columns(head, profile);
        let picked = picker.ui(ui, &columns);
        let written = self.condition(ui, head, &columns);
        if let Some(condition) = picked.or(written) {
            self.change(|view| {
                if !view.conditions.contains(&condition) {
                    view.conditions.push(condition);
                }
            });
        }
    }

    /// A condition in SQL's syntax, for what the picker cannot say.
    fn condition(
        &mut self,
        ui: &mut Ui,
        head: &ViewPage,
        columns: &[PickerColumn],
    ) -> Option<RowCondition> {
        let values = |name: &str| -> Vec<String> {
            let column = columns.iter().find(|c| c.name == name);
            column.map_or_else(Vec::new, |c| c.values.clone())
        };
        let speaks = Speaks {
            columns: &head.columns,
            values: &values,
        };
        let width = (ui.available_width() - 40.0).clamp(240.0, 620.0);
        let label = "Or a condition in SQL's syntax, then Enter";
        let typed = self.expression.ui(ui, (label, width), speaks);
        let text = self.expression.text.trim().to_owned();
        if !typed.is_entered || typed.error.is_some() || text.is_empty() {
            return None;
        }
        self.expression.text.clear();
        Some(RowCondition {
            column: text.clone(),
            test: RowTest::Where(text),
        })
    }

    /// The conditions and the order, each with the way to take it away.
    fn chips(&mut self, ui: &mut Ui) {
        let view = Arc::clone(&self.view);
        for (position, condition) in view.conditions.iter().enumerate() {
            let close = Button::new(condition.to_string()).icon(icons::CLOSE);
            if close.tooltip("Take the condition away").show(ui).clicked() {
                self.change(|view| {
                    view.conditions.remove(position);
                });
            }
        }
        if !view.sort.is_empty() {
            let names: Vec<&str> = view.sort.iter().map(|k| k.column.as_str()).collect();
            let text = format!("By {}", names.join(", "));
            let close = Button::new(text).icon(icons::CLOSE);
            if close
                .tooltip("Back to the order of the file")
                .show(ui)
                .clicked()
            {
                self.change(|view| view.sort.clear());
            }
        }
    }

    /// Which rows these are, and the way to one of them.
    fn line(&mut self, ui: &mut Ui, (batch, is_default): (&str, bool), head: &ViewPage) {
        let tokens = Tokens::of(ui);
        ui.horizontal(|ui| {
            let label = ui.label(Type::Body.rich("Row", tokens.text_weak)).id;
            ui.style_mut().drag_value_text_style = egui::TextStyle::Monospace;
            let field = DragValue::new(&mut self.wanted)
                .range(1..=head.n_rows.max(1))
                .speed(1.0);
            let typed = ui.add_sized(vec2(92.0, 28.0), field).labelled_by(label);
            let go = Button::new("Go")
                .tooltip("Bring this row into sight")
                .show(ui)
                .clicked();
            let is_entered = typed.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            if (go || typed.changed() || is_entered) && head.n_rows > 0 {
                self.sheet.go_to(self.wanted.clamp(1, head.n_rows) - 1);
            }
            let why = if is_default { ", the newest batch" } else { "" };
            let all = number::count(head.n_all as u64);
            let text = if head.n_rows == head.n_all {
                format!("of {all} in {batch}{why}")
            } else {
                let n = number::count(head.n_rows as u64);
                let share = number::percent(head.n_rows as f64 / head.n_all.max(1) as f64);
                format!("of {n} rows shown ({share} of {all}) in {batch}{why}")
            };
            ui.add(egui::Label::new(Type::Body.rich(text, tokens.text_weak)).truncate());
        });
    }

    fn table(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        artifact: &ArtifactRef,
        head: &ViewPage,
    ) {
        let shown = self.arrangement.shown(&head.columns);
        if shown.is_empty() {
            let text = "Choose under Columns… what is to be seen.";
            state::empty(ui, icons::DATASET, "All columns are hidden", text, None);
            return;
        }
        let columns: Vec<SheetColumn> = shown
            .iter()
            .map(|position| {
                let column = &head.columns[*position];
                SheetColumn {
                    title: column.0.clone(),
                    help: format!(
                        "{}, {}\nClick to sort, with Shift by one more column",
                        column.0,
                        column.1.title()
                    ),
                    width: self
                        .arrangement
                        .width(column, longest(&head.rows, *position)),
                    is_number: column.1.is_numeric(),
                    sort: self
                        .view
                        .sort
                        .iter()
                        .position(|k| k.column == column.0)
                        .map(|place| (place, self.view.sort[place].is_descending)),
                }
            })
            .collect();
        let pages = Pages::new(context, artifact, &self.view);
        let number = |row: usize| pages.cell(row, |page, at| page.positions.get(at).copied());
        let sheet = Sheet::new("Rows", &columns, head.n_rows).sticky(self.arrangement.n_sticky);
        let done = ui
            .push_id(artifact.hash.short(), |ui| {
                sheet.show(
                    ui,
                    &mut self.sheet,
                    |row| {
                        number(row)
                            .flatten()
                            .map(|position| u64::from(position) + 1)
                    },
                    |row, column| {
                        let text = pages.cell(row, |page, at| {
                            page.rows.get(at)?.get(shown[column]).cloned()
                        });
                        match text.flatten() {
                            Some(Some(text)) => SheetCell::Text(text),
                            Some(None) => SheetCell::Missing,
                            None => SheetCell::Waiting,
                        }
                    },
                )
            })
            .inner;
        let failure = pages.failure.take();
        self.react(context, done, (&shown, head));
        if let Some(failure) = failure {
            answer::failed(ui, context, &failure);
        }
    }

    fn react(
        &mut self,
        context: &mut PanelContext<'_>,
        done: SheetResponse,
        (shown, head): (&[usize], &ViewPage),
    ) {
        if let Some((column, width)) = done.resized {
            self.arrangement
                .resize(&head.columns[shown[column]].0, width);
        }
        if let Some((row, column)) = done.clicked {
            self.wanted = row + 1;
            if let Some(column) = column {
                let name = head.columns[shown[column]].0.clone();
                context.selection.column = Some(name);
            }
        }
        if done.copies {
            self.begin_copy();
        }
        if let Some((column, adds)) = done.sort {
            let (name, kind) = &head.columns[shown[column]];
            let first_descends = kind.is_numeric();
            self.change(|view| sort_by(view, name, adds, first_descends));
        }
    }

    fn begin_copy(&mut self) {
        self.copying = self
            .sheet
            .selected()
            .map(|rows| (*rows.start(), *rows.end()));
    }

    /// Copies the rows that are to be copied once all their pages are there.
    fn copy(&mut self, context: &mut PanelContext<'_>, artifact: &ArtifactRef, head: &ViewPage) {
        let Some((first, last)) = self.copying else {
            return;
        };
        let last = last.min(first + MAX_COPIED - 1).min(head.n_rows - 1);
        let shown = self.arrangement.shown(&head.columns);
        let pages = Pages::new(context, artifact, &self.view);
        let titles: Vec<&str> = shown.iter().map(|c| head.columns[*c].0.as_str()).collect();
        let mut text = titles.join("\t") + "\n";
        for row in first..=last {
            let line = pages.cell(row, |page, at| {
                let cells = page.rows.get(at)?;
                let cells = shown.iter().map(|c| cell_text(cells.get(*c)));
                Some(cells.collect::<Vec<_>>().join("\t"))
            });
            // Another page is on its way; the next frame tries again.
            let Some(line) = line.flatten() else { return };
            text.push_str(&line);
            text.push('\n');
        }
        self.copying = None;
        let n = number::counted((last - first + 1) as u64, "row", "rows");
        context.act(Action::Copy(text));
        context.act(Action::Notify(format!("{n} on the clipboard")));
    }
}

/// A cell among tabs: empty where it is missing, blanks for what would break the line.
fn cell_text(cell: Option<&Option<String>>) -> String {
    cell.and_then(Option::as_deref)
        .unwrap_or_default()
        .replace(['\t', '\n', '\r'], " ")
}

/// A click on a title: sorts by it alone or by it as well, the other way round if it does so already, and after both
/// ways no longer.
fn sort_by(view: &mut RowView, column: &str, adds: bool, first_descends: bool) {
    let known = view.sort.iter().position(|k| k.column == column);
    let next = match known.map(|at| view.sort[at].is_descending) {
        None => Some(first_descends),
        Some(way) if way == first_descends => Some(!way),
        Some(_) => None,
    };
    let key = next.map(|is_descending| SortKey {
        column: column.to_owned(),
        is_descending,
    });
    match (adds, known, key) {
        (false, _, key) => view.sort = key.into_iter().collect(),
        (true, Some(at), Some(key)) => view.sort[at] = key,
        (true, Some(at), None) => {
            view.sort.remove(at);
        }
        (true, None, key) => view.sort.extend(key),
    }
}

/// The columns of the picker, with the values that a choice can offer.
fn picker_columns(head: &ViewPage, profile: Option<&DatasetStatistics>) -> Vec<PickerColumn> {
    let values = |name: &str, kind: ColumnType| -> Vec<String> {
        if kind == ColumnType::Boolean {
            return vec!["false".to_owned(), "true".to_owned()];
        }
        profile
            .and_then(|p| p.column(name))
            .map_or_else(Vec::new, |c| c.values.clone())
    };
    head.columns
        .iter()
        .map(|(name, kind)| PickerColumn {
            name: name.clone(),
            kind: *kind,
            values: values(name, *kind),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_sorts_one_way_then_the_other_then_no_longer() {
        let mut view = RowView::default();
        let names = |view: &RowView| -> Vec<(String, bool)> {
            let pairs = view
                .sort
                .iter()
                .map(|k| (k.column.clone(), k.is_descending));
            pairs.collect()
        };
        sort_by(&mut view, "x", false, true);
        sort_by(&mut view, "y", true, false);
        assert_eq!(
            names(&view),
            [("x".to_owned(), true), ("y".to_owned(), false)]
        );
        sort_by(&mut view, "x", true, true);
        assert_eq!(
            names(&view),
            [("x".to_owned(), false), ("y".to_owned(), false)]
        );
        sort_by(&mut view, "x", true, true);
        assert_eq!(names(&view), [("y".to_owned(), false)]);
        sort_by(&mut view, "z", false, false);
        assert_eq!(names(&view), [("z".to_owned(), false)]);
    }

    #[test]
    fn copied_cells_keep_to_their_line() {
        assert_eq!(cell_text(Some(&Some("a\tb\nc".to_owned()))), "a b c");
        assert_eq!(cell_text(Some(&None)), "");
    }
}
