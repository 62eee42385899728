//! The tab of columns: one row a column with its profile, and below it the selected one in big.

use super::detail;
use super::source::Source;
use crate::domain::anomaly::{Drift, ValidationReport};
use crate::domain::dataset::StatisticsReport;
use crate::domain::schema::{ColumnType, Schema};
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};
use crate::domain::{ContentHash, Scalar};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::moments;
use crate::gui::theme::{Tone, Type, space};
use crate::gui::widgets::table::{Cell, Column, Sort, Table};
use crate::gui::widgets::{number, paint, search::search, spark, state};
use eframe::egui::{Align2, Rect, Ui, pos2, vec2};
use std::cmp::Ordering;

/// The tab.
#[derive(Debug, Default)]
pub(super) struct Columns {
    sort: Option<Sort>,
    filter: String,
    order: Order,
}

/// What the order of rows depends on: statistics, batch, filter, sort, schema's version.
type Key = (
    Option<ContentHash>,
    Option<String>,
    String,
    Option<Sort>,
    u32,
);

/// The order of the rows, kept until something it depends on changes.
#[derive(Debug, Default)]
struct Order {
    key: Option<Key>,
    rows: Vec<usize>,
}

/// The columns of the table, by meaning; narrow rooms leave `Range` out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Kind,
    Role,
    Missing,
    Distinct,
    Typical,
    Range,
    Picture,
    Drift,
}

const FIELDS: [Field; 9] = [
    Field::Name,
    Field::Kind,
    Field::Role,
    Field::Missing,
    Field::Distinct,
    Field::Typical,
    Field::Range,
    Field::Picture,
    Field::Drift,
];

impl Field {
    /// `name` is the width of the names.
    fn column(self, name: f32) -> Column {
        match self {
            Self::Name => Column::text("Column").width(name),
            Self::Kind => Column::text("Type").width(88.0),
            Self::Role => Column::text("Role")
                .width(68.0)
                .help("What the schema says the column is for"),
            Self::Missing => Column::number("Missing")
                .width(110.0)
                .help("Share of rows without a value"),
            Self::Distinct => Column::number("Distinct")
                .width(96.0)
                .help("Number of different values"),
            Self::Typical => Column::text("Typical")
                .fill()
                .width(114.0)
                .help("Mean ± standard deviation, or the most frequent value")
                .sortable(false),
            Self::Range => Column::text("Range")
                .width(190.0)
                .help("Smallest and largest value")
                .sortable(false),
            Self::Picture => Column::picture("Distribution")
                .width(98.0)
                .help("Values from small to large, or the most frequent ones"),
            Self::Drift => Column::number("Drift")
                .width(72.0)
                .help("Distance of the newest batch from the earlier ones, from 0 to 1"),
        }
    }
}

/// What stands beside the statistics of a column.
struct Beside<'a> {
    schema: Option<&'a Schema>,
    drift: &'a [Drift],
}

impl Beside<'_> {
    fn role(&self, name: &str) -> Option<&'static str> {
        Some(self.schema?.column(name)?.role.title())
    }

    fn drift(&self, name: &str) -> Option<&Drift> {
        self.drift.iter().find(|d| d.column == name)
    }
}

impl Columns {
    /// Draws the tab.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        source: &Source,
        report: &StatisticsReport,
        judged: Option<&ValidationReport>,
    ) {
        let batch = context.selection.batch.clone();
        let statistics = super::chosen(report, batch.as_deref());
        let in_force = context.snapshot.and_then(|s| s.schema.as_ref());
        let beside = Beside {
            schema: in_force.map(|s| &s.schema),
            drift: judged.map_or(&[], |j| &j.drift),
        };
        let version = in_force.map_or(0, |s| s.version);
        let hash = source.statistics.as_ref().map(|a| a.hash.clone());
        let key: Key = (hash, batch, self.filter.clone(), self.sort, version);
        if self.order.key.as_ref() != Some(&key) {
            self.order.rows = order(statistics, &beside, self.sort, &self.filter);
            self.order.key = Some(key);
        }
        let found = (self.order.rows.len(), statistics.columns.len());
        search(ui, "Find a column", &mut self.filter, 240.0, Some(found));
        if self.order.rows.is_empty() {
            let text = format!(
                "No column of {} has “{}” in its name or type.",
                found.1, self.filter
            );
            state::empty(ui, icons::SEARCH, "Nothing found", &text, None);
            return;
        }
        let selected = context
            .selection
            .column
            .clone()
            .filter(|name| statistics.column(name).is_some());
        let height = ui.available_height();
        let below = if selected.is_some() {
            (height * 0.48).clamp(230.0, 330.0)
        } else {
            0.0
        };
        self.table(ui, context, statistics, &beside, height - below);
        if let Some(column) = selected.and_then(|name| statistics.column(&name)) {
            ui.add_space(space::XS);
            detail::below(ui, context, column, report);
        }
    }

    fn table(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        statistics: &DatasetStatistics,
        beside: &Beside<'_>,
        height: f32,
    ) {
        let is_wide = ui.available_width() > 940.0;
        let fields: Vec<Field> = FIELDS
            .into_iter()
            .filter(|f| is_wide || *f != Field::Range)
            .collect();
        let widest = statistics
            .columns
            .iter()
            .map(|c| paint::width_of(ui.painter(), &c.name, Type::Strong))
            .fold(0.0_f32, f32::max);
        let spare = (ui.available_width() - 640.0).max(112.0);
        let name = (widest + 24.0).clamp(112.0, spare);
        let list: Vec<Column> = fields.iter().map(|f| f.column(name)).collect();
        let rows = &self.order.rows;
        let here = context.selection.column.as_ref();
        let here = rows
            .iter()
            .position(|row| Some(&statistics.columns[*row].name) == here);
        let shown_sort = self.sort.and_then(|s| {
            let column = fields.iter().position(|f| *f == FIELDS[s.column])?;
            Some(Sort { column, ..s })
        });
        let table = Table::new("Columns", &list, rows.len())
            .sort(shown_sort)
            .selected(here)
            .max_height(height);
        let done = table.show(ui, |cell, row, column| {
            fill(
                cell,
                fields[column],
                &statistics.columns[rows[row]],
                statistics.n_rows,
                beside,
            );
        });
        if let Some(row) = done.selected {
            let name = &statistics.columns[rows[row]].name;
            context.selection.column = Some(name.clone());
        }
        if let Some(sort) = done.sort {
            let column = FIELDS
                .iter()
                .position(|f| *f == fields[sort.column])
                .unwrap_or(0);
            self.sort = Some(Sort { column, ..sort });
        }
    }
}

fn order(
    statistics: &DatasetStatistics,
    beside: &Beside<'_>,
    sort: Option<Sort>,
    filter: &str,
) -> Vec<usize> {
    let all = &statistics.columns;
    let wanted = filter.trim().to_lowercase();
    let distance = |row: usize| beside.drift(&all[row].name).map_or(-1.0, |d| d.distance);
    let rows = sort.map_or_else(
        || (0..all.len()).collect(),
        |sort| {
            sort.order(all.len(), |a, b| match FIELDS[sort.column] {
                Field::Kind => all[a].kind.title().cmp(all[b].kind.title()),
                Field::Role => beside.role(&all[a].name).cmp(&beside.role(&all[b].name)),
                Field::Missing => all[a].n_missing.cmp(&all[b].n_missing),
                Field::Distinct => all[a].n_distinct.cmp(&all[b].n_distinct),
                Field::Drift => distance(a).total_cmp(&distance(b)),
                Field::Name => all[a].name.cmp(&all[b].name),
                Field::Typical | Field::Range | Field::Picture => Ordering::Equal,
            })
        },
    );
    let matches = |row: &usize| {
        let column = &all[*row];
        wanted.is_empty()
            || column.name.to_lowercase().contains(&wanted)
            || column.kind.title().contains(&wanted)
    };
    rows.into_iter().filter(matches).collect()
}

fn fill(
    cell: &mut Cell<'_>,
    field: Field,
    column: &ColumnStatistics,
    n_rows: u64,
    beside: &Beside<'_>,
) {
    match field {
        Field::Name => cell.strong(&column.name),
        Field::Kind => cell.weak(column.kind.title()),
        Field::Role => match beside.role(&column.name) {
            Some("target") => cell.toned("target", Tone::Accent),
            Some(role) => cell.text(role),
            None => cell.weak(number::MISSING),
        },
        Field::Missing => missing(cell, column.n_missing as f64 / n_rows.max(1) as f64),
        Field::Distinct => cell.text(number::count(column.n_distinct)),
        Field::Typical => cell.text(typical(column, n_rows)),
        Field::Range => cell.weak(range(column)),
        Field::Picture => {
            let counts = detail::counts(column);
            cell.picture("", |painter, rect, tokens| {
                spark::histogram(painter, rect, &counts, Tone::Series(0), tokens);
            });
        }
        Field::Drift => match beside.drift(&column.name) {
            Some(drift) if drift.distance > drift.threshold => {
                cell.toned(
                    format!("▲ {}", number::fixed(drift.distance, 3)),
                    Tone::Warn,
                );
            }
            Some(drift) => cell.text(number::fixed(drift.distance, 3)),
            None => cell.weak(number::MISSING),
        },
    }
}

/// A share with its bar.
fn missing(cell: &mut Cell<'_>, share: f64) {
    cell.picture(
        &format!("{} missing", number::percent(share)),
        |painter, rect, tokens| {
            let ink = if share > 0.0 {
                tokens.text
            } else {
                tokens.text_weak
            };
            let at = rect.right_center();
            let kind = (Type::Number, ink);
            paint::text_within(
                painter,
                at,
                Align2::RIGHT_CENTER,
                &number::percent(share),
                kind,
                52.0,
            );
            if share > 0.0 {
                let size = vec2((rect.width() - 58.0).max(8.0), 5.0);
                let bar = Rect::from_min_size(pos2(rect.left(), rect.center().y - 2.5), size);
                paint::bar(
                    painter,
                    bar,
                    share as f32,
                    tokens.mark(Tone::Neutral),
                    tokens,
                );
            }
        },
    );
}

/// Mean and spread of numbers, the mean of times, the most frequent value of everything else.
pub(super) fn typical(column: &ColumnStatistics, n_rows: u64) -> String {
    if column.kind.is_numeric() {
        return match (column.mean, column.sd) {
            (Some(mean), Some(sd)) => number::mean_and_spread(mean, sd).replace(number::GROUP, ""),
            (Some(mean), None) => number::significant(mean, 4).replace(number::GROUP, ""),
            _ => number::MISSING.to_owned(),
        };
    }
    if matches!(column.kind, ColumnType::Date | ColumnType::Timestamp) && column.mean.is_some() {
        return moments::mean(column.kind, column.mean);
    }
    let present = n_rows.saturating_sub(column.n_missing).max(1);
    column.top.first().map_or_else(
        || number::MISSING.to_owned(),
        |top| {
            format!(
                "{} {}",
                top.value,
                number::percent(top.count as f64 / present as f64)
            )
        },
    )
}

/// A value for people: numbers with four digits, texts as they are.
pub(super) fn value(scalar: Option<&Scalar>) -> String {
    match scalar {
        None => number::MISSING.to_owned(),
        Some(Scalar::Int(v)) => number::whole(*v),
        Some(Scalar::Float(v)) => number::significant(*v, 4),
        Some(other) => other.to_string(),
    }
}

fn range(column: &ColumnStatistics) -> String {
    match (&column.min, &column.max) {
        (None, None) => number::MISSING.to_owned(),
        (min, max) => format!("{} – {}", value(min.as_ref()), value(max.as_ref())),
    }
}

/// A bound or a share as a person would write it: no zeros after the point that say nothing, no groups (a year is one).
pub(super) fn plain(value: f64) -> String {
    let text = if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        let decimals = (4 - value.abs().log10().floor() as i32).clamp(0, 9) as usize;
        let text = format!("{value:.decimals$}");
        if decimals == 0 {
            text
        } else {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_written_as_a_person_would() {
        let cases = [
            (5.0, "5"),
            (2013.0, "2013"),
            (3_125_360.05, "3125360"),
            (-299.5, "−299.5"),
            (-30.0, "−30"),
            (0.1, "0.1"),
            (983.8, "983.8"),
            (1.0 / 3.0, "0.33333"),
        ];
        for (value, text) in cases {
            assert_eq!(plain(value), text);
        }
    }
}
