//! The table of segments: one metric, overall in the first row, the segments that got worse before the others.

use super::words::{self, OUTCOMES, rank_of, reference, title_of, tone_of, tone_of_place};
use super::{Shown, metric_of};
use crate::domain::comparison::{
    Comparison, MetricComparison, Outcome, Place, SegmentComparison, Significance,
};
use crate::domain::metric::Metric;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::field::Field;
use crate::gui::widgets::number;
use crate::gui::widgets::search::search;
use crate::gui::widgets::table::{Cell, Column, Sort, Table};
use crate::gui::widgets::whisker::Whisker;
use eframe::egui::Ui;
use std::cmp::Ordering;

const VERDICT: usize = 7;

/// What the table remembers: filters, the order, and the rows they leave.
pub(super) struct Segments {
    text: String,
    /// 0 is all, then `OUTCOMES`.
    outcome: usize,
    /// 0 is all, then the sets by name.
    set: usize,
    sort: Sort,
    view: Option<View>,
}

impl Default for Segments {
    fn default() -> Self {
        Self {
            text: String::new(),
            outcome: 0,
            set: 0,
            sort: Sort::ascending(VERDICT),
            view: None,
        }
    }
}

/// Everything that the rows depend on.
#[derive(PartialEq)]
struct Key {
    evaluation: String,
    metric: Metric,
    text: String,
    outcome: usize,
    set: usize,
    sort: Sort,
}

struct View {
    key: Key,
    /// Positions in the comparison's segments.
    rows: Vec<usize>,
    /// Segments of this metric before filtering.
    n_all: usize,
    /// The scale that all whiskers share.
    reach: f64,
    decimals: usize,
    sets: Vec<String>,
    /// Segments by outcome, in the order of `OUTCOMES`.
    counts: [usize; 4],
}

/// What a row of the table needs, whether it is a segment or everything.
struct Row<'a> {
    name: &'a str,
    n_rows: u64,
    candidate: Option<f64>,
    reference: Option<f64>,
    difference: Option<f64>,
    interval: Option<[f64; 2]>,
    significance: Option<Significance>,
    outcome: Outcome,
}

impl<'a> Row<'a> {
    fn of_segment(segment: &'a SegmentComparison, place: Place) -> Self {
        Self {
            name: &segment.segment,
            n_rows: segment.n_rows,
            candidate: segment.candidate,
            reference: if place == Place::Production {
                segment.production
            } else {
                segment.baseline
            },
            difference: segment.difference,
            interval: segment.interval,
            significance: segment.significance,
            outcome: segment.outcome,
        }
    }

    fn overall(all: &MetricComparison, n_rows: u64, place: Place) -> Self {
        Self {
            name: "Overall",
            n_rows,
            candidate: all.candidate,
            reference: if place == Place::Production {
                all.production
            } else {
                all.baseline
            },
            difference: all.difference,
            interval: all.interval,
            significance: all.significance,
            outcome: all.outcome,
        }
    }

    fn whisker(&self) -> Option<Whisker> {
        let ([low, high], difference) = (self.interval?, self.difference?);
        Some(Whisker {
            difference,
            interval: (low, high),
            tone: tone_of(self.outcome),
        })
    }

    fn p_adjusted(&self) -> Option<f64> {
        self.significance.map(|found| found.p_adjusted)
    }

    /// How much better the candidate is; `None` where there is nothing to compare.
    fn gain(&self, metric: Metric) -> Option<f64> {
        Some(metric.improvement(self.candidate?, self.reference?))
    }
}

/// Absent values last, whichever way.
fn by_value(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

impl Segments {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        shown: &Shown<'_>,
        max_height: f32,
    ) {
        let comparison = shown.comparison;
        let Some(metric) = metric_of(context, comparison) else {
            return;
        };
        self.prepare(shown, metric);
        self.filters(ui, context, comparison, metric);
        let Some(metric) = metric_of(context, comparison) else {
            return;
        };
        self.prepare(shown, metric);
        self.summary(ui, comparison, metric);
        let Some(view) = &self.view else { return };
        let sorted = table(ui, context, comparison, view, metric, max_height);
        if let Some(sort) = sorted {
            self.sort = sort;
        }
        let tokens = Tokens::of(ui);
        ui.add_space(space::XS);
        ui.label(Type::Small.rich(words::intervals(comparison), tokens.text_weak));
    }

    fn filters(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        comparison: &Comparison,
        metric: Metric,
    ) {
        let Some(view) = &self.view else { return };
        let metrics: Vec<Metric> = comparison.metrics.iter().map(|m| m.metric).collect();
        let titles: Vec<&str> = metrics.iter().map(|m| m.title()).collect();
        let mut chosen = metrics.iter().position(|m| *m == metric).unwrap_or(0);
        let sets: Vec<&str> = std::iter::once("All sets")
            .chain(view.sets.iter().map(String::as_str))
            .collect();
        let outcomes: Vec<String> = std::iter::once("All outcomes".to_owned())
            .chain(
                OUTCOMES
                    .iter()
                    .zip(view.counts)
                    .map(|(o, n)| format!("{} · {n}", o.word())),
            )
            .collect();
        let found = (view.rows.len(), view.n_all);
        ui.horizontal(|ui| {
            if Field::new("Metric")
                .width(124.0)
                .choice(ui, &mut chosen, &titles)
                .changed()
            {
                context.selection.metric = metrics.get(chosen).copied();
            }
            Field::new("Outcome")
                .width(140.0)
                .choice(ui, &mut self.outcome, &outcomes);
            Field::new("Segments by")
                .width(140.0)
                .choice(ui, &mut self.set, &sets);
            let text = &mut self.text;
            let width = (ui.available_width() - 8.0).clamp(120.0, 260.0);
            Field::new("Find").control(ui, |ui| {
                search(ui, "Find a segment", text, width - 36.0, Some(found))
            });
        });
    }

    fn summary(&self, ui: &mut Ui, comparison: &Comparison, metric: Metric) {
        let Some(view) = &self.view else { return };
        let tokens = Tokens::of(ui);
        let place = reference(comparison).title();
        let [worse, same, better, few] = view.counts;
        let text = if view.n_all == 0 {
            format!(
                "{} was not computed by segment; choose another metric to see segments.",
                metric.title()
            )
        } else {
            format!(
                "{}, {}. Against {place}: {worse} worse, {better} better, {same} the same, {few} with not enough rows.",
                metric.title(),
                words::better(metric),
            )
        };
        ui.label(Type::Body.rich(text, tokens.text_weak));
    }

    /// Sorts and filters once for what the rows depend on.
    fn prepare(&mut self, shown: &Shown<'_>, metric: Metric) {
        let key = Key {
            evaluation: shown.key.clone(),
            metric,
            text: self.text.trim().to_lowercase(),
            outcome: self.outcome,
            set: self.set,
            sort: self.sort,
        };
        if self.view.as_ref().is_some_and(|v| v.key == key) {
            return;
        }
        let comparison = shown.comparison;
        let place = reference(comparison);
        let all: Vec<usize> = (0..comparison.segments.len())
            .filter(|i| comparison.segments[*i].metric == metric)
            .collect();
        let mut sets: Vec<String> = Vec::new();
        for segment in &comparison.segments {
            if !sets.contains(&segment.set) {
                sets.push(segment.set.clone());
            }
        }
        let mut counts = [0; 4];
        for index in &all {
            let outcome = comparison.segments[*index].outcome;
            counts[OUTCOMES.iter().position(|o| *o == outcome).unwrap_or(0)] += 1;
        }
        let set = key.set.checked_sub(1).and_then(|i| sets.get(i));
        let outcome = key.outcome.checked_sub(1).and_then(|i| OUTCOMES.get(i));
        let kept: Vec<usize> = all
            .iter()
            .copied()
            .filter(|i| {
                let segment = &comparison.segments[*i];
                set.is_none_or(|s| *s == segment.set)
                    && outcome.is_none_or(|o| *o == segment.outcome)
                    && (key.text.is_empty() || segment.segment.to_lowercase().contains(&key.text))
            })
            .collect();
        let row = |i: usize| Row::of_segment(&comparison.segments[i], place);
        let order = key.sort.order(kept.len(), |a, b| {
            compare(&row(kept[a]), &row(kept[b]), key.sort.column, metric)
        });
        let overall = comparison.metrics.iter().find(|m| m.metric == metric);
        let overall = overall.and_then(|m| Row::overall(m, comparison.n_rows, place).whisker());
        let reach = Whisker::reach(all.iter().filter_map(|i| row(*i).whisker()).chain(overall));
        self.view = Some(View {
            key,
            rows: order.into_iter().map(|i| kept[i]).collect(),
            n_all: all.len(),
            reach,
            decimals: words::decimals(reach),
            sets,
            counts,
        });
    }
}

fn compare(a: &Row<'_>, b: &Row<'_>, column: usize, metric: Metric) -> Ordering {
    match column {
        0 => a.name.cmp(b.name),
        1 => a.n_rows.cmp(&b.n_rows),
        2 => by_value(a.reference, b.reference),
        3 => by_value(a.candidate, b.candidate),
        4 | 5 => by_value(a.difference, b.difference),
        6 => by_value(a.p_adjusted(), b.p_adjusted()),
        _ => rank_of(a.outcome)
            .cmp(&rank_of(b.outcome))
            .then_with(|| by_value(a.gain(metric), b.gain(metric))),
    }
}

fn columns(place: Place, level: f64) -> [Column; 8] {
    let interval = format!(
        "The {} interval of the difference, around zero",
        words::percent(level)
    );
    [
        Column::text("Segment").width(150.0).fill(),
        Column::number("Rows").width(60.0),
        Column::number(title_of(place)).width(82.0),
        Column::number("Candidate").width(80.0),
        Column::number("Difference")
            .width(82.0)
            .help("Candidate minus the other"),
        Column::picture("Interval").width(84.0).help(interval),
        words::p_column(),
        Column::text("Verdict").width(124.0).help("Worst first"),
    ]
}

fn table(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    comparison: &Comparison,
    view: &View,
    metric: Metric,
    max_height: f32,
) -> Option<Sort> {
    let place = reference(comparison);
    let columns = columns(place, comparison.intervals.level);
    let overall = comparison.metrics.iter().find(|m| m.metric == metric);
    let chosen = context.selection.segment.as_deref();
    let position = match chosen {
        None => Some(0),
        Some(name) => view
            .rows
            .iter()
            .position(|i| comparison.segments[*i].segment == name)
            .map(|p| p + 1),
    };
    // Below it stands how the intervals were made, in up to three lines.
    let room = (ui.available_height() - 52.0).max(160.0).min(max_height);
    let done = Table::new("Segments", &columns, view.rows.len() + 1)
        .sort(Some(view.key.sort))
        .selected(position)
        .max_height(room)
        .show(ui, |cell, row, column| {
            let line = match row.checked_sub(1).and_then(|r| view.rows.get(r)) {
                Some(index) => Row::of_segment(&comparison.segments[*index], place),
                None => match overall {
                    Some(all) => Row::overall(all, comparison.n_rows, place),
                    None => return,
                },
            };
            fill(cell, column, &line, view, place);
        });
    if let Some(row) = done.selected {
        let index = row.checked_sub(1).and_then(|r| view.rows.get(r));
        context.selection.segment = index.map(|i| comparison.segments[*i].segment.clone());
    }
    done.sort
}

fn fill(cell: &mut Cell<'_>, column: usize, row: &Row<'_>, view: &View, place: Place) {
    let tone = tone_of(row.outcome);
    match column {
        0 => cell.strong(row.name),
        1 => cell.text(number::count(row.n_rows)),
        2 => cell.toned(number::metric(row.reference), tone_of_place(place)),
        3 => cell.toned(number::metric(row.candidate), Tone::Candidate),
        4 if tone == Tone::Neutral => cell.text(number::difference(row.difference, view.decimals)),
        4 => cell.toned(number::difference(row.difference, view.decimals), tone),
        5 => match row.whisker() {
            Some(whisker) => {
                cell.picture(&whisker.summary(view.decimals), |painter, rect, tokens| {
                    whisker.paint(painter, rect, view.reach, tokens);
                });
            }
            None => cell.weak(number::MISSING),
        },
        6 => words::p_cell(cell, row.significance),
        _ if row.outcome == Outcome::NotEnoughRows => cell.weak(row.outcome.word()),
        _ => cell.badge(row.outcome.word(), tone),
    }
}
