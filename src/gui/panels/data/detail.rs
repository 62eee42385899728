//! One column in big: its distribution over all batches and in the newest (or chosen) one, quantiles, frequent values,
//! and for the inspector all its facts.

use super::columns::{plain, value};
use crate::domain::anomaly::{Severity, ValidationReport};
use crate::domain::dataset::{BatchStatistics, StatisticsReport};
use crate::domain::statistics::{ColumnStatistics, HistogramBin};
use crate::gui::action::Action;
use crate::gui::panel::PanelContext;
use crate::gui::panels::moments;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::bars::{BarSeries, Bars};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::facts::{Fact, facts};
use crate::gui::widgets::histogram::{Counts, Histogram};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{badge::badge, card, number};
use eframe::egui::{self, ScrollArea, Ui, vec2};

/// Bars of texts that are shown in big.
const BARS: usize = 8;

/// What the small picture of a column shows.
pub(super) fn counts(column: &ColumnStatistics) -> Vec<f64> {
    if column.histogram.is_empty() {
        column.top.iter().take(20).map(|t| t.count as f64).collect()
    } else {
        column.histogram.iter().map(|b| b.count as f64).collect()
    }
}

/// Draws the selected column below the table.
pub(super) fn below(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    column: &ColumnStatistics,
    report: &StatisticsReport,
) {
    let height = ui.available_height();
    card::card(ui, |ui| {
        let inner = height - 2.0 * space::M - 2.0;
        ui.set_min_height(inner);
        let width = ui.available_width();
        let right = (width * 0.34).clamp(210.0, 380.0);
        let left = width - right - space::L;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            let layout = egui::Layout::top_down(egui::Align::Min);
            ui.allocate_ui_with_layout(vec2(left, inner), layout, |ui| {
                ui.set_width(left);
                picture(ui, context, &column.name, report, inner - 32.0);
            });
            ui.allocate_ui_with_layout(vec2(right, inner), layout, |ui| {
                ui.set_width(right);
                ui.push_id(&column.name, |ui| figures(ui, column, inner));
            });
        });
    });
}

/// The column in one batch.
#[derive(Clone, Copy)]
struct Other<'a> {
    name: &'a str,
    column: &'a ColumnStatistics,
    n_rows: u64,
}

/// The batch that is laid over all batches: the chosen one, or else the newest.
fn other<'a>(report: &'a StatisticsReport, batch: Option<&str>) -> Option<&'a BatchStatistics> {
    let named = batch.and_then(|name| report.batches.iter().find(|b| b.name == name));
    named.or_else(|| report.batches.last().filter(|_| report.batches.len() > 1))
}

fn picture(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    name: &str,
    report: &StatisticsReport,
    height: f32,
) {
    let Some(all) = report.total.column(name) else {
        return;
    };
    let batch = other(report, context.selection.batch.as_deref());
    let other = batch.and_then(|b| {
        Some(Other {
            name: &b.name,
            column: b.statistics.column(name)?,
            n_rows: b.statistics.n_rows,
        })
    });
    let title = match other {
        Some(other) => format!("{name} in {} and in all batches", other.name),
        None => format!("{name} over all rows"),
    };
    let frame = ChartFrame::new(&title).height(height);
    let request = if all.histogram.is_empty() {
        if all.top.is_empty() {
            let text = "There is no value to draw.";
            ui.label(Type::Body.rich(text, Tokens::of(ui).text_weak));
            return;
        }
        frame
            .show(ui, &bars((all, report.total.n_rows), other))
            .request
    } else {
        frame.show(ui, &histogram(all, other)).request
    };
    if let Some(request) = request {
        context.act(Action::Chart(request));
    }
}

/// Shares of the most frequent values.
fn bars((all, n_rows): (&ColumnStatistics, u64), other: Option<Other<'_>>) -> Bars {
    let shown: Vec<&str> = all
        .top
        .iter()
        .take(BARS)
        .map(|t| t.value.as_str())
        .collect();
    let shares = |column: &ColumnStatistics, n: u64| {
        let share = |value: &&str| {
            let count = column
                .top
                .iter()
                .find(|t| t.value == *value)
                .map_or(0, |t| t.count);
            Some(count as f64 / n.max(1) as f64)
        };
        shown.iter().map(share).collect()
    };
    let series = |name: &str, tone, (column, n_rows): (&ColumnStatistics, u64)| BarSeries {
        name: name.to_owned(),
        tone,
        values: shares(column, n_rows.saturating_sub(column.n_missing)),
    };
    let mut list = vec![series("all batches", Tone::Series(0), (all, n_rows))];
    list.extend(other.map(|o| series(o.name, Tone::Series(1), (o.column, o.n_rows))));
    Bars {
        groups: shown.iter().map(|s| (*s).to_owned()).collect(),
        series: list,
        label: format!("{}, share of the rows with a value", all.name),
        is_share: true,
    }
}

fn histogram(all: &ColumnStatistics, other: Option<Other<'_>>) -> Histogram {
    let mut edges: Vec<f64> = all.histogram.iter().map(|b| b.low).collect();
    edges.extend(all.histogram.last().map(|b| b.high));
    let mut layers = vec![Counts {
        name: "all batches".to_owned(),
        tone: Tone::Series(0),
        counts: counts(all),
    }];
    if let Some(other) = other.filter(|o| !o.column.histogram.is_empty()) {
        layers.push(Counts {
            name: other.name.to_owned(),
            tone: Tone::Series(1),
            counts: rebinned(&other.column.histogram, &edges),
        });
    }
    let (unit, each) = moments::axis(Some(all.kind));
    edges.iter_mut().for_each(|e| *e /= each);
    Histogram {
        edges,
        layers,
        x_label: all.name.clone(),
        unit,
        marked: None,
    }
}

/// Counts over other edges: each bin's rows are spread evenly over its width.
fn rebinned(bins: &[HistogramBin], edges: &[f64]) -> Vec<f64> {
    let within = |low: f64, high: f64, is_last: bool| -> f64 {
        let part = |bin: &HistogramBin| {
            let width = bin.high - bin.low;
            if width <= 0.0 {
                let inside = bin.low >= low && (bin.low < high || is_last && bin.low <= high);
                return if inside { bin.count as f64 } else { 0.0 };
            }
            let overlap = (bin.high.min(high) - bin.low.max(low)).max(0.0);
            bin.count as f64 * overlap / width
        };
        bins.iter().map(part).sum()
    };
    let last = edges.len().saturating_sub(2);
    edges
        .windows(2)
        .enumerate()
        .map(|(i, pair)| within(pair[0], pair[1], i == last))
        .collect()
}

/// Quantiles of numbers, frequent values of everything else.
fn figures(ui: &mut Ui, column: &ColumnStatistics, height: f32) {
    if column.quantiles.is_empty() {
        let list = [
            Column::text("Most frequent")
                .fill()
                .width(90.0)
                .sortable(false),
            Column::number("Rows").width(76.0).sortable(false),
        ];
        let table = Table::new("Most frequent values", &list, column.top.len()).max_height(height);
        table.show(ui, |cell, row, position| match position {
            0 => cell.text(&column.top[row].value),
            _ => cell.text(number::count(column.top[row].count)),
        });
        return;
    }
    let list = [
        Column::text("Quantile").fill().width(80.0).sortable(false),
        Column::number("Value").width(108.0).sortable(false),
    ];
    let table = Table::new("Quantiles", &list, column.quantiles.len())
        .max_height(height)
        .row_height(24.0);
    table.show(ui, |cell, row, position| {
        let quantile = column.quantiles[row];
        match position {
            0 => cell.weak(quantile_name(quantile.p)),
            _ => cell.text(number::metric(quantile.value)),
        }
    });
}

fn quantile_name(p: f64) -> String {
    match p {
        0.0 => "smallest".to_owned(),
        0.5 => "50% (median)".to_owned(),
        1.0 => "largest".to_owned(),
        p => format!("{}%", plain(p * 100.0)),
    }
}

/// Draws the facts of a column in the inspector; false if there is no such column.
pub(super) fn inspector(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    (name, report): (&str, &StatisticsReport),
    judged: Option<&ValidationReport>,
) -> bool {
    let statistics = super::chosen(report, context.selection.batch.as_deref());
    let Some(column) = statistics.column(name) else {
        return false;
    };
    let tokens = Tokens::of(ui);
    let spec = context
        .snapshot
        .and_then(|s| s.schema.as_ref()?.schema.column(name));
    ScrollArea::vertical()
        .id_salt("column inspector")
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            card::overline(ui, "Column");
            ui.add(egui::Label::new(Type::Heading.rich(name, tokens.text_strong)).wrap());
            let batch = context.selection.batch.as_deref().unwrap_or("all batches");
            ui.add(
                egui::Label::new(Type::Small.rich(format!("in {batch}"), tokens.text_weak)).wrap(),
            );
            let mut list = vec![Fact::text("Type", column.kind.title())];
            if let Some(spec) = spec {
                list.push(Fact::text("Role", spec.role.title()));
            }
            list.extend(counted(column, statistics.n_rows));
            list.extend(measured(column));
            if let Some(drift) = judged.and_then(|j| j.drift.iter().find(|d| d.column == name)) {
                let tone = if drift.distance > drift.threshold {
                    Tone::Warn
                } else {
                    Tone::Neutral
                };
                let text = format!(
                    "{} of {}",
                    number::fixed(drift.distance, 3),
                    number::fixed(drift.threshold, 3)
                );
                list.push(
                    Fact::number(format!("Drift ({})", drift.measure.title()), text).tone(tone),
                );
            }
            ui.scope(|ui| facts(ui, &list));
            for anomaly in judged
                .iter()
                .flat_map(|j| &j.anomalies)
                .filter(|a| a.column.as_deref() == Some(name))
            {
                ui.add_space(space::S);
                let (word, tone) = severity(anomaly.severity);
                badge(ui, word, tone);
                ui.add(
                    egui::Label::new(Type::Small.rich(&anomaly.description, tokens.text)).wrap(),
                );
            }
        });
    true
}

/// The word of a severity and how it looks.
pub(super) fn severity(severity: Severity) -> (&'static str, Tone) {
    match severity {
        Severity::Error => ("stops", Tone::Bad),
        Severity::Warning => ("retrain", Tone::Warn),
        Severity::Info => ("to know", Tone::Accent),
    }
}

fn counted(column: &ColumnStatistics, n_rows: u64) -> Vec<Fact> {
    let share = |n: u64| n as f64 / n_rows.max(1) as f64;
    let missing = format!(
        "{} ({})",
        number::count(column.n_missing),
        number::percent(share(column.n_missing))
    );
    let mut list = vec![
        Fact::number("Rows", number::count(n_rows)),
        Fact::number("Missing", missing),
        Fact::number("Different values", number::count(column.n_distinct)),
    ];
    let some = [
        ("Zeros", column.n_zeros),
        ("Below zero", column.n_negative),
        ("Not a number", column.n_nan),
        ("Infinite", column.n_infinite),
    ];
    let there = some.into_iter().filter(|(_, n)| *n > 0);
    list.extend(there.map(|(label, n)| Fact::number(label, number::count(n))));
    list
}

fn measured(column: &ColumnStatistics) -> Vec<Fact> {
    let mut list = Vec::new();
    if column.kind.is_numeric() {
        list.push(Fact::number("Mean", number::metric(column.mean)));
        list.push(Fact::number(
            "Standard deviation",
            number::metric(column.sd),
        ));
    }
    if column.min.is_some() {
        list.push(Fact::number("Smallest", value(column.min.as_ref())));
        list.push(Fact::number("Largest", value(column.max.as_ref())));
    }
    let median = column.quantiles.iter().find(|q| q.p == 0.5);
    list.extend(median.map(|q| Fact::number("Median", number::metric(q.value))));
    list.extend(column.mean_length.map(|l| {
        Fact::number(
            "Mean length",
            format!("{} characters", number::significant(l, 3)),
        )
    }));
    list.extend(
        column
            .max_length
            .map(|l| Fact::number("Longest", number::counted(l, "character", "characters"))),
    );
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rebinning_keeps_every_row_that_lies_within_the_edges() {
        let bin = |low, high, count| HistogramBin { low, high, count };
        let bins = [bin(0.0, 1.0, 10), bin(1.0, 2.0, 30), bin(2.0, 2.0, 4)];
        let counts = rebinned(&bins, &[0.0, 0.5, 1.5, 2.0]);
        assert_eq!(counts, [5.0, 20.0, 19.0]);
    }
}
