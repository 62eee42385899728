//! Two datasets side by side: every column with its distance, the most distant first, and the selected one overlaid.

use super::words::pick;
use super::{View, asked, relation};
use crate::domain::relation::{Axis, ComparedColumn, ComparedDatasets, Part};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::moments;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::bars::{BarSeries, Bars};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::histogram::{Counts, Histogram};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{card, number, side, state};
use crate::workspace::Query;
use crate::workspace::relation::{Ask, DataRef, RelationAnswer, RelationQuery, Rows};
use eframe::egui::{Label, ScrollArea, TextEdit, Ui, vec2};

/// The view.
#[derive(Debug, Default)]
pub(super) struct Compare {
    sides: [Side; 2],
    column: Option<String>,
}

/// One of the two.
#[derive(Debug, Default)]
struct Side {
    /// Position among the options; `None` until somebody chose.
    chosen: Option<usize>,
    /// The path as it is typed.
    typed: String,
    /// The path that is asked for.
    path: String,
}

impl Compare {
    /// Draws the view.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let mut options: Vec<String> = view.batches.clone();
        let n_batches = options.len();
        options.push("All batches".to_owned());
        if view.source.split.is_some() {
            options.extend(["Training rows".to_owned(), "Test rows".to_owned()]);
        }
        options.push("A file…".to_owned());
        let first = match (n_batches > 1, view.source.split.is_some()) {
            (true, _) => [0, n_batches - 1],
            (false, true) => [n_batches + 1, n_batches + 2],
            (false, false) => [n_batches, n_batches + 1],
        };
        ui.horizontal_wrapped(|ui| {
            for (side, label) in [(0, "First"), (1, "Second")] {
                let state = &mut self.sides[side];
                let mut at = state.chosen.unwrap_or(first[side]).min(options.len() - 1);
                if pick(ui, label, &mut at, &options, 190.0) {
                    state.chosen = Some(at);
                }
                if at + 1 == options.len() {
                    let name = ui
                        .label(Type::Medium.rich("at", Tokens::of(ui).text_weak))
                        .id;
                    let field = TextEdit::singleline(&mut state.typed)
                        .hint_text("path of a file, then Enter")
                        .desired_width(220.0);
                    if ui.add(field).labelled_by(name).lost_focus() {
                        state.path = state.typed.trim().to_owned();
                    }
                }
            }
        });
        let chosen = [0, 1].map(|side| {
            let state = &self.sides[side];
            let at = state.chosen.unwrap_or(first[side]).min(options.len() - 1);
            rows(view, (at, n_batches, options.len()), &state.path).map(|rows| {
                let name = if at + 1 == options.len() {
                    state.path.clone()
                } else {
                    options[at].clone()
                };
                (rows, name)
            })
        });
        let [Some((a, name_a)), Some((b, name_b))] = chosen else {
            let text = "Write the path of the file to compare with, and press Enter.";
            state::empty(ui, icons::FILE, "No file yet", text, None);
            return;
        };
        let query = Query::Relation(RelationQuery {
            rows: a,
            ask: Ask::Compare { other: b },
        });
        let Some(answer) = asked(ui, context, &query, "both datasets") else {
            return;
        };
        if let Some(RelationAnswer::Compared(found)) = relation(&answer) {
            self.found(ui, context, found, [&name_a, &name_b]);
        }
    }

    fn found(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        found: &ComparedDatasets,
        names: [&str; 2],
    ) {
        let [n_a, n_b] = found.n_rows.map(|n| number::counted(n, "row", "rows"));
        let text = format!(
            "{} with {n_a}, {} with {n_b}; those columns first that lie farthest apart beyond chance",
            names[0], names[1]
        );
        ui.add(Label::new(Type::Small.rich(text, Tokens::of(ui).text_weak)).wrap());
        let wanted = self.column.as_ref();
        let at = wanted.and_then(|name| found.columns.iter().position(|c| c.column == *name));
        let at = at.unwrap_or(0);
        let (width, height) = (ui.available_width(), ui.available_height());
        let left = (width * 0.58).max(360.0).min(width - 280.0);
        ui.horizontal_top(|ui| {
            side::column(ui, vec2(left, height), |ui| {
                if let Some(row) = list(ui, found, at, height) {
                    self.column = Some(found.columns[row].column.clone());
                }
            });
            side::column(ui, vec2(width - left - space::M, height), |ui| {
                if let Some(column) = found.columns.get(at) {
                    ScrollArea::vertical()
                        .id_salt("overlay")
                        .auto_shrink(false)
                        .show(ui, |ui| {
                            card::card(ui, |ui| overlay(ui, context, column, names, found.n_rows));
                        });
                }
            });
        });
    }
}

/// The rows of an option; `None` for a file without a path.
fn rows(
    view: &View<'_>,
    (at, n_batches, n_options): (usize, usize, usize),
    path: &str,
) -> Option<Rows> {
    if at + 1 == n_options {
        return (!path.is_empty()).then(|| Rows::all(DataRef::File(path.into())));
    }
    Some(match at.checked_sub(n_batches) {
        None => view.source.rows(Some(at), &Part::All),
        Some(0) => view.source.rows(None, &Part::All),
        Some(1) => view.source.rows(None, &Part::Train),
        Some(_) => view.source.rows(None, &Part::Test),
    })
}

fn list(ui: &mut Ui, found: &ComparedDatasets, at: usize, height: f32) -> Option<usize> {
    // What is left over goes to the two that hold two values each.
    let more = (ui.available_width() - 520.0).clamp(0.0, 160.0);
    let heads = [
        Column::text("Column").fill().width(96.0).sortable(false),
        Column::number("Distance")
            .width(76.0)
            .help("Jensen-Shannon divergence (base 2) of both distributions: 0 equal, 1 nothing in common")
            .sortable(false),
        Column::number("By chance")
            .width(82.0)
            .help("The distance that two samples of these sizes from one distribution have on average; the list is sorted by what lies beyond it")
            .sortable(false),
        Column::number("Missing").width(128.0 + more * 0.3).sortable(false),
        Column::number("Mean").width(132.0 + more * 0.7).sortable(false),
    ];
    let table = Table::new("Columns by distance", &heads, found.columns.len())
        .selected(Some(at))
        .max_height(height);
    let done = table.show(ui, |cell, row, head| {
        let column = &found.columns[row];
        let arrow = |a: String, b: String| if a == b { a } else { format!("{a} → {b}") };
        let missing = [0, 1].map(|side| {
            number::percent(column.n_missing[side] as f64 / found.n_rows[side].max(1) as f64)
        });
        match (head, column.kinds) {
            (0, _) => cell.text(&column.column),
            (1, [Some(_), None]) => cell.badge("only in the first", Tone::Warn),
            (1, [None, _]) => cell.badge("only in the second", Tone::Warn),
            (1, _) => cell.text(number::fixed(column.jensen_shannon, 3)),
            (2, [Some(_), Some(_)]) => cell.weak(number::fixed(column.by_chance, 3)),
            (3, [Some(_), Some(_)]) => {
                let [a, b] = missing;
                cell.text(arrow(a, b));
            }
            (4, [Some(of_a), Some(of_b)]) if column.means.iter().any(Option::is_some) => {
                let [a, b] = column.means;
                cell.text(arrow(moments::mean(of_a, a), moments::mean(of_b, b)));
            }
            _ => cell.text(""),
        }
    });
    done.selected
}

fn overlay(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    column: &ComparedColumn,
    names: [&str; 2],
    n_rows: [u64; 2],
) {
    let title = format!(
        "{} in both, as shares of the rows with a value",
        column.column
    );
    let tones = [Tone::Series(0), Tone::Series(1)];
    let kind = column.kinds.iter().flatten().next().copied();
    let request = match &column.axis {
        axis if axis.is_empty() => {
            let text = "There is no value to draw.";
            ui.label(Type::Body.rich(text, Tokens::of(ui).text_weak));
            None
        }
        Axis::Edges(edges) => {
            let (unit, each) = moments::axis(kind);
            let layer = |side: usize| Counts {
                name: names[side].to_owned(),
                tone: tones[side],
                counts: column.counts[side].iter().map(|n| *n as f64).collect(),
            };
            let chart = Histogram {
                edges: edges.iter().map(|e| e / each).collect(),
                layers: vec![layer(0), layer(1)],
                x_label: column.column.clone(),
                unit,
                marked: None,
            };
            ChartFrame::new(&title)
                .height(260.0)
                .show(ui, &chart)
                .request
        }
        Axis::Values(values) => {
            // All others together would make every value small: they are said below.
            let n = values.len() - usize::from(column.axis.has_rest());
            let series = |side: usize| BarSeries {
                name: names[side].to_owned(),
                tone: tones[side],
                values: (0..n).map(|at| Some(share(column, side, at))).collect(),
            };
            let chart = Bars {
                groups: values[..n].to_vec(),
                series: vec![series(0), series(1)],
                label: format!("{}, share of the rows with a value", column.column),
                is_share: true,
            };
            let height = chart.wanted_height();
            ChartFrame::new(&title)
                .height(height)
                .show(ui, &chart)
                .request
        }
    };
    if let Some(request) = request {
        context.act(Action::Chart(request));
    }
    for line in facts(column, n_rows) {
        ui.add(Label::new(Type::Small.rich(line, Tokens::of(ui).text)).wrap());
    }
}

/// The share of a value among the rows of one side that have one.
fn share(column: &ComparedColumn, side: usize, at: usize) -> f64 {
    let total = column.counts[side].iter().sum::<u64>().max(1) as f64;
    column.counts[side][at] as f64 / total
}

fn facts(column: &ComparedColumn, n_rows: [u64; 2]) -> Vec<String> {
    let mut lines = Vec::new();
    if let (true, Axis::Values(values)) = (column.axis.has_rest(), &column.axis) {
        let at = values.len() - 1;
        let [a, b] = [0, 1].map(|side| number::percent(share(column, side, at)));
        lines.push(format!(
            "{}: {a} and {b} of the rows with a value",
            values[at]
        ));
    }
    if let (Some(js), Some(far)) = (column.jensen_shannon, column.l_infinity) {
        lines.push(format!(
            "Jensen-Shannon divergence {}, largest difference of one share {}",
            number::fixed(js, 3),
            number::percent(far)
        ));
    }
    let missing = [0, 1]
        .map(|side| number::percent(column.n_missing[side] as f64 / n_rows[side].max(1) as f64));
    lines.push(format!("Missing: {} and {}", missing[0], missing[1]));
    if let ([Some(_), Some(_)], [Some(of_a), Some(of_b)]) = (column.means, column.kinds) {
        let words = |kind, side: usize| {
            let mean = moments::mean(kind, column.means[side]);
            format!("{mean} ± {}", moments::spread(kind, column.sds[side]))
        };
        lines.push(format!("Mean {} and {}", words(of_a, 0), words(of_b, 1)));
    }
    let named = |what: &str, n: u64, list: &[(String, u64)]| {
        let names: Vec<&str> = list.iter().take(8).map(|(v, _)| v.as_str()).collect();
        let more = if n > names.len() as u64 { ", …" } else { "" };
        format!(
            "{what}: {} ({}{more})",
            number::counted(n, "value", "values"),
            names.join(", ")
        )
    };
    let [n_new, n_gone] = column.n_new_vanished;
    if n_new > 0 {
        lines.push(named("Only in the second", n_new, &column.new_values));
    }
    if n_gone > 0 {
        lines.push(named("Only in the first", n_gone, &column.vanished_values));
    }
    lines
}
