//! The tab of findings: what was guessed or repaired while reading, batch by batch.

use super::source::Source;
use crate::domain::dataset::{Batch, Finding};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Type};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{number, state};
use eframe::egui::{self, Ui};

/// The tab.
#[derive(Debug, Default)]
pub(super) struct Findings {
    selected: Option<usize>,
}

impl Findings {
    /// Draws the tab.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        batches: &[Batch],
        source: &Source,
    ) {
        if batches.is_empty() {
            match &source.batches {
                Some(_) => state::loading(ui, "Reading the list of batches", None),
                None => {
                    state::empty(
                        ui,
                        icons::FILE,
                        "No batches",
                        "This run did not read any.",
                        None,
                    );
                }
            }
            return;
        }
        let here = context
            .selection
            .batch
            .as_deref()
            .filter(|name| batches.iter().any(|b| b.name == *name));
        let shown = batches
            .iter()
            .filter(|b| here.is_none_or(|name| b.name == name));
        let list: Vec<(&Batch, &Finding)> = shown
            .flat_map(|b| b.findings.iter().map(move |f| (b, f)))
            .collect();
        if list.is_empty() {
            let text = match here {
                Some(name) => {
                    format!("{name} was read as it is: nothing had to be guessed or repaired.")
                }
                None => "All batches were read as they are: nothing had to be guessed or repaired."
                    .to_owned(),
            };
            state::empty(ui, icons::PASSED, "Nothing to report", &text, None);
            return;
        }
        let tokens = Tokens::of(ui);
        let text = "The files themselves were not changed; this is how they were understood.";
        ui.label(Type::Body.rich(text, tokens.text_weak));
        let columns = [
            Column::text("Batch").width(190.0).sortable(false),
            Column::number("Row").width(76.0).sortable(false),
            Column::text("Column").width(120.0).sortable(false),
            Column::text("What was guessed or repaired")
                .fill()
                .width(200.0)
                .sortable(false),
        ];
        let selected = self.selected.filter(|row| *row < list.len());
        let height = ui.available_height() - if selected.is_some() { 64.0 } else { 0.0 };
        let table = Table::new("Findings", &columns, list.len())
            .selected(selected)
            .max_height(height);
        let done = table.show(ui, |cell, row, column| {
            let (batch, finding) = list[row];
            match column {
                0 => cell.weak(&batch.name),
                1 => cell.text(finding.row.map_or_else(|| "all".to_owned(), number::count)),
                2 => cell.text(finding.column.as_deref().unwrap_or("the whole file")),
                _ => cell.strong(&finding.message),
            }
        });
        if let Some(row) = done.selected {
            self.selected = Some(row);
            if let Some(column) = &list[row].1.column {
                context.selection.column = Some(column.clone());
            }
        }
        if let Some(row) = selected {
            ui.add(egui::Label::new(Type::Body.rich(&list[row].1.message, tokens.text)).wrap());
        }
    }
}
