//! The table of all runs.

use super::{record, room_for};
use crate::domain::run::RunRecord;
use crate::gui::panel::PanelContext;
use crate::gui::theme::Tone;
use crate::gui::widgets::{
    number,
    table::{Cell, Column, Sort, Table},
};
use crate::workspace::Snapshot;
use eframe::egui::Ui;
use std::cmp::Ordering;

/// Shows it; a row selects its run for all rooms.
pub(super) fn show(
    ui: &mut Ui,
    sort: &mut Sort,
    snapshot: &Snapshot,
    context: &mut PanelContext<'_>,
) {
    let runs = all(snapshot);
    let now = context.now;
    let is_narrow = ui.available_width() < 900.0;
    let order = sort.order(runs.len(), |a, b| {
        compare(sort.column, runs[a], runs[b], now)
    });
    let shown = record::shown(snapshot, context.selection).map(|(run, _)| run.id);
    let selected = order.iter().position(|&i| Some(runs[i].id) == shown);
    let columns = [
        Column::number("Run").width(56.0),
        Column::text("Started").width(96.0).fill(),
        Column::number("Duration").width(104.0),
        Column::text("State").width(118.0),
        Column::text("Data gate")
            .width(100.0)
            .help("STOP, RETRAIN or OK"),
        Column::text("Model gate")
            .width(128.0)
            .help("BLESSED or NOT BLESSED"),
        Column::text("Promoted")
            .width(80.0)
            .help("The version that went into production"),
        Column::number("Cached")
            .width(70.0)
            .help("Steps whose results were there already"),
    ];
    let table = Table::new("Runs of the pipeline", &columns, order.len());
    let table = table.sort(Some(*sort)).selected(selected);
    let done = room_for(ui, order.len(), 260.0, |ui| {
        table.show(ui, |cell, row, column| {
            fill(cell, runs[order[row]], column, now, is_narrow)
        })
    });
    if let Some(row) = done.selected {
        context.selection.run = Some(runs[order[row]].id);
        context.selection.step = None;
    }
    *sort = done.sort.unwrap_or(*sort);
}

/// All runs, newest first, the one at work as it stands now.
fn all(snapshot: &Snapshot) -> Vec<&RunRecord> {
    let live = snapshot.live.as_ref().map(|l| &l.record);
    let others = snapshot
        .runs
        .iter()
        .filter(|r| live.is_none_or(|l| l.id != r.id));
    live.into_iter().chain(others).collect()
}

fn compare(column: usize, a: &RunRecord, b: &RunRecord, now: i64) -> Ordering {
    let seconds = |run| record::duration(run, now).unwrap_or(-1.0);
    match column {
        1 => a.started.cmp(&b.started),
        2 => seconds(a).total_cmp(&seconds(b)),
        3 => a.state.word().cmp(b.state.word()),
        4 => a
            .data_verdict
            .map(|v| v.word())
            .cmp(&b.data_verdict.map(|v| v.word())),
        5 => a
            .model_verdict
            .map(|v| v.word())
            .cmp(&b.model_verdict.map(|v| v.word())),
        6 => a.promoted.cmp(&b.promoted),
        7 => record::n_cached(a).cmp(&record::n_cached(b)),
        _ => a.id.cmp(&b.id),
    }
}

fn fill(cell: &mut Cell<'_>, run: &RunRecord, column: usize, now: i64, is_narrow: bool) {
    match column {
        0 => cell.strong(run.id.to_string()),
        1 if is_narrow => cell.text(number::ago((now - run.started) as f64 / 1000.0)),
        1 => cell.text(record::moment_ago(run.started, now)),
        2 => cell.text(number::duration(record::duration(run, now))),
        3 => {
            let (word, tone) = record::run_badge(run.state);
            cell.badge(word, tone);
        }
        4 => match run.data_verdict {
            Some(verdict) => cell.badge(verdict.word(), record::data_tone(verdict)),
            None => cell.weak(number::MISSING),
        },
        5 => match run.model_verdict {
            Some(verdict) => cell.badge(record::model_word(verdict), record::model_tone(verdict)),
            None => cell.weak(number::MISSING),
        },
        6 => match run.promoted {
            Some(version) => cell.toned(format!("v{version}"), Tone::Production),
            None => cell.weak(number::MISSING),
        },
        _ => cell.text(format!("{}/{}", record::n_cached(run), run.steps.len())),
    }
}
