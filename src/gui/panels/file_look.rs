//! What is known of a file before a run has read it: figures, columns, first rows, and what was guessed or repaired, with
//! the row. First of its beginning, then of all of it, while it is read behind.

use crate::domain::dataset::Finding;
use crate::domain::reading::ReadOptions;
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{Load, PanelContext};
use crate::gui::theme::{Tokens, Tone, Type, size, space};
use crate::gui::widgets::banner::Banner;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::sheet::{Sheet, SheetCell, SheetColumn, SheetState, longest};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{
    card, number, paint, progress, segmented::segmented, spark, state, tile::Tile,
};
use crate::workspace::looks::LookProgress;
use crate::workspace::query::{FileHead, FileLook, RowsPage};
use crate::workspace::{Answer, Query, looks};
use eframe::egui::{self, ScrollArea, Ui, vec2};
use std::path::Path;
use std::sync::Arc;

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
    /// Of all of the file where that is there, else of its beginning.
    pub(super) fn of(head: &'a FileHead, whole: &'a Load<Arc<Answer>>) -> Self {
        match whole {
            Load::Ready(answer) => match &**answer {
                Answer::File(look) => Self::of_file(look),
                _ => Self::of_head(head),
            },
            _ => Self::of_head(head),
        }
    }

    fn of_head(head: &'a FileHead) -> Self {
        Self {
            is_whole: false,
            findings: &head.findings,
            statistics: &head.statistics,
            head: &head.head,
            understood: &head.understood,
        }
    }

    fn of_file(look: &'a FileLook) -> Self {
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
fn progress_text(progress: &LookProgress) -> String {
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
pub(super) fn tiles(ui: &mut Ui, seen: &Seen<'_>) {
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

/// Columns, first rows or findings of the file; a click on a column chooses it. Values that are to be read as none, where
/// somebody wants that.
pub(super) fn pages(
    ui: &mut Ui,
    seen: &Seen<'_>,
    (page, chosen): (&mut usize, &mut Option<String>),
    height: f32,
) -> Option<Vec<String>> {
    let n = number::count(seen.findings.len() as u64);
    let titles = [
        "Columns".to_owned(),
        "First rows".to_owned(),
        format!("Findings ({n})"),
    ];
    segmented(ui, "What of the file", page, &titles);
    let height = height - 36.0;
    match page {
        0 => columns(ui, seen.statistics, chosen, height),
        1 => first_rows(ui, seen.head, height),
        _ => return findings(ui, seen.findings, height),
    }
    None
}

/// The first rows of the file.
fn first_rows(ui: &mut Ui, head: &RowsPage, height: f32) {
    let columns: Vec<SheetColumn> = head
        .columns
        .iter()
        .enumerate()
        .map(|(position, (name, kind))| SheetColumn {
            title: name.clone(),
            help: format!("{name}, {}", kind.title()),
            width: (name.chars().count().max(longest(&head.rows, position)) as f32 * 8.0 + 32.0)
                .clamp(84.0, 260.0),
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
fn findings(ui: &mut Ui, findings: &[Finding], height: f32) -> Option<Vec<String>> {
    if findings.is_empty() {
        let text = "Nothing had to be guessed or repaired so far.";
        state::empty(ui, icons::PASSED, "Nothing to report", text, None);
        return None;
    }
    let mut wanted = None;
    let scroll = ScrollArea::vertical()
        .id_salt("findings")
        .max_height(height);
    scroll.auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        for (position, finding) in findings.iter().enumerate() {
            ui.push_id(position, |ui| {
                if one_finding(ui, finding) {
                    wanted = Some(finding.strays.clone());
                }
            });
        }
    });
    wanted
}

/// A finding in whole sentences; true if its strays are to be read as no value.
fn one_finding(ui: &mut Ui, finding: &Finding) -> bool {
    let tokens = Tokens::of(ui);
    let mut is_wanted = false;
    card::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        let column = finding.column.as_deref().unwrap_or("The whole file");
        ui.horizontal(|ui| {
            ui.label(Type::Medium.rich(column, tokens.text_strong));
            if let Some(row) = finding.row {
                let text = format!("row {}", number::count(row));
                ui.label(Type::Small.rich(text, tokens.text_weak));
            }
        });
        ui.add(egui::Label::new(Type::Body.rich(&finding.message, tokens.text)).wrap());
        if !finding.strays.is_empty() {
            let list: Vec<String> = finding.strays.iter().map(|s| format!("“{s}”")).collect();
            let text = format!("Read {} as no value", list.join(", "));
            is_wanted = Button::new(text).show(ui).clicked();
        }
    });
    is_wanted
}

/// How far the look at the whole file is, with the way to stop it.
pub(super) fn behind(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    (data, file): (&Path, &Query),
    whole: &Load<Arc<Answer>>,
) {
    let tokens = Tokens::of(ui);
    match whole {
        Load::Ready(_) => {}
        Load::Loading | Load::Empty => {
            let progress = looks::progress(file).unwrap_or_default();
            let share = progress.done as f32 / progress.total.max(1) as f32;
            let text = progress_text(&progress);
            ui.horizontal(|ui| {
                progress::bar(ui, share, 180.0, "Reading the whole file");
                ui.label(Type::Body.rich(text, tokens.text_weak));
                if Button::new("Stop").icon(icons::STOP).show(ui).clicked() {
                    context.act(Action::StopLook(data.to_owned()));
                }
            });
            ui.ctx()
                .request_repaint_after(std::time::Duration::from_millis(100));
        }
        Load::Failed(failure) => {
            let banner = Banner::new(Tone::Warn, "Not read to its end", failure.summary.as_str());
            let again = banner.show_with(ui, |ui| Button::new("Read on").show(ui).clicked());
            if again.inner {
                context.act(Action::Retry);
            }
        }
    }
}

/// The columns of the file; a click chooses one.
fn columns(ui: &mut Ui, statistics: &DatasetStatistics, chosen: &mut Option<String>, height: f32) {
    let list = [
        Column::text("Column").fill().width(110.0).sortable(false),
        Column::text("Type").width(84.0).sortable(false),
        Column::number("Missing").width(78.0).sortable(false),
        Column::number("Distinct").width(96.0).sortable(false),
        Column::picture("Distribution").width(110.0),
    ];
    let here = statistics
        .columns
        .iter()
        .position(|c| Some(&c.name) == chosen.as_ref());
    let table = Table::new("Columns of the file", &list, statistics.columns.len())
        .selected(here)
        .max_height(height);
    let done = table.show(ui, |cell, row, position| {
        let column = &statistics.columns[row];
        match position {
            0 => cell.strong(&column.name),
            1 => cell.weak(column.kind.title()),
            2 if column.n_missing == 0 => cell.weak("0%"),
            2 => cell.text(number::percent(
                column.n_missing as f64 / statistics.n_rows.max(1) as f64,
            )),
            3 => cell.text(number::count(column.n_distinct)),
            _ => {
                let counts = counts_of(column);
                cell.picture("", |painter, rect, tokens| {
                    if counts.is_empty() {
                        let at = rect.left_center();
                        let weak = (Type::Small, tokens.text_weak);
                        paint::text_within(
                            painter,
                            at,
                            egui::Align2::LEFT_CENTER,
                            number::MISSING,
                            weak,
                            rect.width(),
                        );
                    }
                    spark::histogram(painter, rect, &counts, Tone::Series(0), tokens);
                });
            }
        }
    });
    if let Some(row) = done.selected {
        *chosen = statistics.columns.get(row).map(|c| c.name.clone());
    }
}

fn counts_of(column: &ColumnStatistics) -> Vec<f64> {
    if column.histogram.is_empty() {
        column.top.iter().take(20).map(|t| t.count as f64).collect()
    } else {
        column.histogram.iter().map(|b| b.count as f64).collect()
    }
}
