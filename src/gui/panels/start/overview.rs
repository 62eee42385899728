//! What is known of a file before it is imported: figures, first rows, and what was guessed or repaired, with the row.

use crate::domain::dataset::Finding;
use crate::domain::reading::ReadOptions;
use crate::domain::statistics::DatasetStatistics;
use crate::gui::icons;
use crate::gui::theme::{size, space};
use crate::gui::widgets::sheet::{Sheet, SheetCell, SheetColumn, SheetState};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{number, state, tile::Tile};
use crate::workspace::looks::LookProgress;
use crate::workspace::query::{FileHead, FileLook, RowsPage};
use eframe::egui::{Ui, vec2};

/// What has been seen of a file: its beginning, or all of it.
pub(super) struct Seen<'a> {
    /// Whether it was read to its end.
    pub(super) is_whole: bool,
    /// What was guessed or repaired.
    pub(super) findings: &'a [Finding],
    /// Statistics of the rows that were read.
    pub(super) statistics: &'a DatasetStatistics,
    /// The first rows.
    pub(super) head: &'a RowsPage,
    /// How it was read.
    pub(super) understood: &'a ReadOptions,
}

impl<'a> Seen<'a> {
    pub(super) fn of_head(head: &'a FileHead) -> Self {
        Self {
            is_whole: false,
            findings: &head.findings,
            statistics: &head.statistics,
            head: &head.head,
            understood: &head.understood,
        }
    }

    pub(super) fn of_file(look: &'a FileLook) -> Self {
        Self {
            is_whole: true,
            findings: &look.findings,
            statistics: &look.statistics,
            head: &look.head,
            understood: &look.understood,
        }
    }
}

/// "120 MB of 334 MB read", or what else is counted.
pub(super) fn progress_text(progress: &LookProgress) -> String {
    let LookProgress {
        done,
        total,
        what,
        n_bytes,
    } = progress;
    if *total == 0 {
        return format!("Reading {}", number::bytes(*n_bytes));
    }
    if what.starts_with("bytes") {
        return format!("{} of {} read", number::bytes(*done), number::bytes(*total));
    }
    let (done, total) = (number::count(*done), number::count(*total));
    format!("{done} of {total} {what}, {}", number::bytes(*n_bytes))
}

/// The figures of the file.
pub(super) fn overview(ui: &mut Ui, seen: &Seen<'_>) {
    let statistics = seen.statistics;
    let missing: u64 = statistics.columns.iter().map(|c| c.n_missing).sum();
    let cells = statistics.n_rows * statistics.columns.len() as u64;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, space::S);
        let width = ((ui.available_width() - 3.0 * space::S) / 4.0).clamp(120.0, 176.0);
        let rows = Tile::new("Rows", number::count(statistics.n_rows)).width(width);
        if seen.is_whole {
            rows.show(ui);
        } else {
            rows.note("so far").show(ui);
        }
        Tile::new("Columns", number::count(statistics.columns.len() as u64))
            .width(width)
            .show(ui);
        let share = (cells > 0).then(|| missing as f64 / cells as f64);
        Tile::new("Missing cells", number::percent(share))
            .note(number::count(missing))
            .width(width)
            .show(ui);
        let note = match (seen.findings.is_empty(), seen.is_whole) {
            (true, true) => "read as it is",
            (true, false) => "so far",
            (false, _) => "guessed or repaired",
        };
        Tile::new("Findings", number::count(seen.findings.len() as u64))
            .note(note)
            .width(width)
            .show(ui);
    });
}

/// The first rows of the file.
pub(super) fn first_rows(ui: &mut Ui, head: &RowsPage, height: f32) {
    let columns: Vec<SheetColumn> = head
        .columns
        .iter()
        .map(|(name, kind)| SheetColumn {
            title: name.clone(),
            help: format!("{name}, {}", kind.title()),
            width: (name.chars().count() as f32 * 8.0 + 32.0).clamp(84.0, 180.0),
            is_number: kind.is_numeric(),
            sort: None,
        })
        .collect();
    let id = ui.make_persistent_id("first rows");
    let known = ui.ctx().data(|data| data.get_temp::<SheetState>(id));
    let mut sheet = known.unwrap_or_default();
    let place = vec2(ui.available_width(), height.max(4.0 * size::ROW));
    ui.allocate_ui(place, |ui| {
        Sheet::new("First rows", &columns, head.rows.len()).show(
            ui,
            &mut sheet,
            |row| Some(row as u64 + 1),
            |row, column| match head.rows.get(row).and_then(|r| r.get(column)) {
                Some(Some(text)) => SheetCell::Text(text.clone()),
                _ => SheetCell::Missing,
            },
        );
    });
    ui.ctx().data_mut(|data| data.insert_temp(id, sheet));
}

/// Everything that was guessed or repaired.
pub(super) fn findings(ui: &mut Ui, findings: &[Finding], height: f32) {
    if findings.is_empty() {
        let text = "Nothing had to be guessed or repaired so far.";
        state::empty(ui, icons::PASSED, "Nothing to report", text, None);
        return;
    }
    let columns = [
        Column::number("Row").width(76.0).sortable(false),
        Column::text("Column").width(120.0).sortable(false),
        Column::text("What was guessed or repaired")
            .fill()
            .width(200.0)
            .sortable(false),
    ];
    let table = Table::new("Findings", &columns, findings.len()).max_height(height);
    table.show(ui, |cell, row, column| {
        let finding = &findings[row];
        match column {
            0 => cell.text(finding.row.map_or_else(|| "all".to_owned(), number::count)),
            1 => cell.text(finding.column.as_deref().unwrap_or("the whole file")),
            _ => cell.strong(&finding.message),
        }
    });
}
