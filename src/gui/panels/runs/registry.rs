//! The log of the registry: who put which version where, when and why.

use super::record;
use crate::domain::registry::RegistryEntry;
use crate::gui::icons;
use crate::gui::theme::Tone;
use crate::gui::widgets::{
    number, state,
    table::{Cell, Column, Table},
};
use crate::workspace::Snapshot;
use eframe::egui::Ui;

/// Shows it, newest first.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot, now: i64) {
    let log = &snapshot.registry_log;
    if log.is_empty() {
        let text = "When a model is registered, promoted or rolled back, it says here who did it, when and why.";
        state::empty(ui, icons::MODEL, "Nothing was registered yet", text, None);
        return;
    }
    let columns = [
        Column::text("When").width(230.0).sortable(false),
        Column::text("What").width(100.0).sortable(false),
        Column::number("Version").width(70.0).sortable(false),
        Column::number("Before")
            .width(70.0)
            .sortable(false)
            .help("The version that was in production before"),
        Column::text("Who").width(110.0).sortable(false),
        Column::text("Why").width(200.0).fill().sortable(false),
    ];
    Table::new("Changes of the registry", &columns, log.len()).show(ui, |cell, row, column| {
        fill(cell, &log[row], column, now);
    });
}

fn fill(cell: &mut Cell<'_>, entry: &RegistryEntry, column: usize, now: i64) {
    match column {
        0 => cell.text(record::moment_ago(entry.at, now)),
        1 => {
            let tone = match entry.action.as_str() {
                "promote" => Tone::Production,
                "rollback" => Tone::Warn,
                _ => Tone::Neutral,
            };
            cell.badge(&entry.action, tone);
        }
        2 => cell.strong(format!("v{}", entry.version)),
        3 => cell.weak(
            entry
                .previous
                .map_or_else(|| number::MISSING.to_owned(), |v| format!("v{v}")),
        ),
        4 => cell.text(&entry.who),
        _ => cell.text(&entry.reason),
    }
}
