//! Statements in SQL over the metadata database, reading only, with some to begin with and those that were asked before.

use super::lineage::change;
use crate::domain::Scalar;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::chips::chip;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::number;
use crate::gui::widgets::table::{Column, Table};
use crate::workspace::records::{MAX_ROWS, RecordAnswer, RecordQuery, RecordQuestion};
use crate::workspace::{Answer, Command, Query, Snapshot};
use eframe::egui::{self, Key, Modifiers, Ui, vec2};

/// Statements to begin with.
const EXAMPLES: [(&str, &str); 5] = [
    (
        "Runs by state",
        "SELECT state, count(*) AS runs, round(avg((finished - started) / 1000.0), 1) AS seconds\nFROM lk_run GROUP BY state ORDER BY runs DESC",
    ),
    (
        "Slowest steps",
        "SELECT t.name, count(*) AS times, round(max(d.int_value) / 1000.0, 1) AS longest_s, round(avg(d.int_value) / 1000.0, 2) AS mean_s\nFROM Execution e JOIN Type t ON t.id = e.type_id\nJOIN ExecutionProperty d ON d.execution_id = e.id AND d.name = 'duration_ms'\nGROUP BY t.name ORDER BY longest_s DESC",
    ),
    (
        "Models in their order",
        "SELECT version, algorithm, run, datetime(created / 1000, 'unixepoch') AS registered, metrics\nFROM lk_model_version ORDER BY version DESC",
    ),
    (
        "Why it was promoted",
        "SELECT datetime(at / 1000, 'unixepoch') AS at, action, version, previous, who, reason\nFROM lk_registry_log ORDER BY id DESC",
    ),
    (
        "Tables",
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name",
    ),
];

/// What is typed, asked and chosen.
#[derive(Debug)]
pub(super) struct Console {
    text: String,
    asked: Option<String>,
    name: String,
    selected: Option<usize>,
}

impl Default for Console {
    fn default() -> Self {
        Self {
            text: EXAMPLES[0].1.to_owned(),
            asked: None,
            name: String::new(),
            selected: None,
        }
    }
}

impl Console {
    /// Shows the page.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        context: &mut PanelContext<'_>,
    ) {
        self.offer(ui, snapshot);
        ui.add_space(space::S);
        let is_sent = ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::Enter));
        ui.scope(|ui| {
            ui.style_mut().override_font_id = Some(Type::Number.font());
            let width = ui.available_width().min(900.0);
            Field::new("Statement")
                .width(width)
                .lines(ui, &mut self.text, 5);
        });
        ui.add_space(space::S);
        let is_empty = self.text.trim().is_empty();
        let against = is_empty.then_some("Nothing is typed");
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::S, space::S);
            let ask = Button::new("Ask")
                .icon(icons::RUN)
                .primary()
                .shortcut("Ctrl+Enter");
            if ask.unless(against).show(ui).clicked() || (is_sent && !is_empty) {
                self.asked = Some(self.text.trim().to_owned());
                self.selected = None;
            }
            self.keep(ui, snapshot, context);
        });
        ui.add_space(space::S);
        let Some(statement) = &self.asked else {
            let weak = Tokens::of(ui).text_weak;
            let words = "Only statements that read are answered: tables of ML Metadata, and those of Lockkeeper, which begin with lk_.";
            ui.label(Type::Body.rich(words, weak));
            return;
        };
        let query = Query::Records(RecordQuery {
            question: RecordQuestion::Sql(statement.clone()),
            change: change(snapshot),
        });
        let Some(answer) = answer::ready(ui, context, &query, "the records") else {
            return;
        };
        if let Answer::Records(answer) = &*answer
            && let RecordAnswer::Rows(rows) = &**answer
        {
            self.rows(ui, &rows.columns, &rows.rows, rows.is_cut, context);
        }
    }

    /// The statements to begin with, and those that were kept.
    fn offer(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::S, space::S);
            let known = EXAMPLES.iter().map(|(name, text)| (*name, *text));
            let kept = snapshot
                .queries
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()));
            let mut taken = None;
            for (name, text) in known.chain(kept) {
                if chip(ui, name, self.text == text).clicked() {
                    taken = Some(text.to_owned());
                }
            }
            if let Some(text) = taken {
                self.asked = Some(text.clone());
                self.text = text;
                self.selected = None;
            }
        });
    }

    /// Keeps the statement under a name, or forgets the one that is kept.
    fn keep(&mut self, ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
        let read_only = snapshot
            .read_only
            .as_ref()
            .map(|who| format!("{who} holds the workspace"));
        let kept = snapshot
            .queries
            .iter()
            .find(|(_, text)| **text == self.text);
        if let Some((name, _)) = kept {
            let forget = Button::new(format!("Forget {name}")).icon(icons::CLOSE);
            if forget.unless(read_only).show(ui).clicked() {
                let (name, text) = (name.clone(), String::new());
                context.act(Action::Submit(Command::KeepQuery { name, text }));
            }
            return;
        }
        let hint = Type::Body.rich("Name to keep it by", Tokens::of(ui).text_weak);
        let edit = egui::TextEdit::singleline(&mut self.name)
            .hint_text(hint)
            .desired_width(180.0);
        ui.add(edit);
        let is_named = !self.name.trim().is_empty() && !self.text.trim().is_empty();
        let unnamed = (!is_named).then(|| "Give it a name first".to_owned());
        if Button::new("Keep")
            .icon(icons::SAVE)
            .unless(read_only.or(unnamed))
            .show(ui)
            .clicked()
        {
            let name = std::mem::take(&mut self.name).trim().to_owned();
            let text = self.text.clone();
            context.act(Action::Submit(Command::KeepQuery { name, text }));
        }
    }

    fn rows(
        &mut self,
        ui: &mut Ui,
        columns: &[String],
        rows: &[Vec<Option<Scalar>>],
        is_cut: bool,
        context: &mut PanelContext<'_>,
    ) {
        ui.horizontal(|ui| {
            let n = number::counted(rows.len() as u64, "row", "rows");
            let words = if is_cut {
                format!(
                    "The first {} rows; there are more",
                    number::count(MAX_ROWS as u64)
                )
            } else {
                n
            };
            ui.label(Type::Small.rich(words, Tokens::of(ui).text_weak));
            let copy = Button::new("Copy")
                .icon(icons::COPY)
                .tooltip("With tabs between the cells");
            if copy.show(ui).clicked() {
                context.act(Action::Copy(with_tabs(columns, rows)));
            }
        });
        let is_number = |at: usize| {
            let mut cells = rows
                .iter()
                .filter_map(|row| row.get(at)?.as_ref())
                .peekable();
            cells.peek().is_some() && cells.all(|cell| cell.as_f64().is_some())
        };
        let shown: Vec<Column> = columns
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let wide = longest(name, rows, at) as f32 * 7.6 + 28.0;
                let column = if is_number(at) {
                    Column::number(name)
                } else {
                    Column::text(name)
                };
                column.width(wide.clamp(70.0, 420.0)).sortable(false)
            })
            .collect();
        let table = Table::new("Answer", &shown, rows.len()).selected(self.selected);
        let done = table.show(ui, |cell, row, column| match &rows[row][column] {
            Some(value) => cell.text(value.to_string().replace('\n', " ")),
            None => cell.weak("NULL"),
        });
        self.selected = done.selected.or(self.selected);
    }
}

/// Characters of the longest of a column's first cells.
fn longest(name: &str, rows: &[Vec<Option<Scalar>>], column: usize) -> usize {
    let cells = rows
        .iter()
        .take(100)
        .filter_map(|row| row.get(column)?.as_ref());
    let lengths = cells.map(|cell| cell.to_string().chars().count());
    lengths.chain([name.chars().count()]).max().unwrap_or(0)
}

fn with_tabs(columns: &[String], rows: &[Vec<Option<Scalar>>]) -> String {
    let mut text = columns.join("\t");
    for row in rows {
        let cells = row
            .iter()
            .map(|cell| cell.as_ref().map_or(String::new(), ToString::to_string));
        text.push('\n');
        text.push_str(&cells.collect::<Vec<_>>().join("\t"));
    }
    text
}
