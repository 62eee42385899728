//! Segments at a glance: each as a dot of its size at its difference, and any two columns crossed as a heat map.

use super::metric_of;
use super::pair::{View, answered};
use super::segment::{self, Line};
use super::words::{self, OUTCOMES, reference, tone_of};
use crate::domain::comparison::{Comparison, Outcome, SegmentComparison};
use crate::domain::metric::Metric;
use crate::domain::schema::Role;
use crate::gui::action::Action;
use crate::gui::panel::{PanelContext, Room};
use crate::gui::panels::answer;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::axis::Unit;
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::heat::HeatMap;
use crate::gui::widgets::line::Reference;
use crate::gui::widgets::number;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::scatter::{Scatter, ScatterSeries};
use crate::workspace::Snapshot;
use crate::workspace::comparing::{CompareAnswer, CompareAsk};
use eframe::egui::{Ui, vec2};

/// What the page remembers.
#[derive(Default)]
pub(super) struct Map {
    /// The columns that are crossed, by name; none: the first two of the list.
    columns: [Option<String>; 2],
    /// Position in `BINS`.
    bins: usize,
    selected: Option<String>,
}

const BINS: [u32; 4] = [4, 2, 6, 10];

impl Map {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let comparison = view.shown.comparison;
        let Some(metric) = metric_of(context, comparison) else {
            return;
        };
        let columns = columns(view.shown.snapshot, comparison);
        let at = |of: &Self, which: usize| {
            let chosen = of.columns[which].as_ref();
            chosen
                .and_then(|name| columns.iter().position(|c| c == name))
                .unwrap_or(which.min(columns.len().saturating_sub(1)))
        };
        let mut chosen = [at(self, 0), at(self, 1)];
        let metrics: Vec<Metric> = comparison.metrics.iter().map(|m| m.metric).collect();
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::XS);
            let titles: Vec<&str> = metrics.iter().map(|m| m.title()).collect();
            let mut position = metrics.iter().position(|m| *m == metric).unwrap_or(0);
            if Field::new("Metric")
                .width(132.0)
                .choice(ui, &mut position, &titles)
                .changed()
            {
                context.selection.metric = Some(metrics[position]);
            }
            for (which, label) in ["Cross", "with"].into_iter().enumerate() {
                let field = Field::new(label).width(180.0);
                if field.choice(ui, &mut chosen[which], &columns).changed() {
                    self.columns[which] = columns.get(chosen[which]).cloned();
                    self.selected = None;
                }
            }
            let words = BINS.map(|n| format!("{n} bins"));
            if Field::new("Numbers in")
                .width(172.0)
                .choice(ui, &mut self.bins, &words)
                .changed()
            {
                self.selected = None;
            }
        });
        ui.add_space(space::XS);
        card(ui, |ui| scatter(ui, context, comparison, metric));
        ui.add_space(space::S);
        let pair: Vec<String> = chosen
            .iter()
            .filter_map(|at| columns.get(*at).cloned())
            .collect();
        let [a, b] = pair.as_slice() else {
            return;
        };
        if a == b {
            prose(ui, "Choose two different columns to cross.");
            return;
        }
        let query = view.ask(CompareAsk::Cross {
            columns: pair.clone(),
            bins: BINS[self.bins],
        });
        let Some(found) = answer::worked_out(ui, context, &query, "the cross") else {
            return;
        };
        if let Some(CompareAnswer::Segments(cross)) = answered(&found) {
            self.cross(ui, context, cross, (a, b, metric));
        }
    }

    fn cross(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        cross: &Comparison,
        (a, b, metric): (&str, &str, Metric),
    ) {
        let cells: Vec<&SegmentComparison> = cross
            .segments
            .iter()
            .filter(|s| s.metric == metric)
            .collect();
        let other = reference(cross).title();
        let Some((map, places)) = heat_map(&cells, metric, self.selected.as_deref(), other) else {
            prose(ui, "There is nothing to cross here.");
            return;
        };
        card(ui, |ui| {
            let title = format!("{} by {a} and {b}: candidate minus {other}", metric.title());
            let height = (map.rows.len() as f32 * 34.0 + 90.0).clamp(180.0, 480.0);
            let shown = ChartFrame::new(&title).height(height).show(ui, &map);
            if let Some((row, column)) = answer::hit_of(context, shown) {
                self.selected = places[row][column].map(|at| cells[at].segment.clone());
            }
        });
        let selected = self.selected.as_deref();
        let own: Vec<&SegmentComparison> = cross
            .segments
            .iter()
            .filter(|s| Some(s.segment.as_str()) == selected)
            .collect();
        ui.add_space(space::S);
        match own.first() {
            None => fine_print(ui, "Choose a cell to see every metric of it."),
            Some(first) => {
                card(ui, |ui| {
                    section(ui, &first.segment, |_| ());
                    prose(ui, &segment::size_of(first, cross));
                    let lines: Vec<Line> = own.iter().map(|s| Line::from(*s)).collect();
                    segment::lines_table(ui, context, "Every metric of the cell", &lines, cross);
                });
            }
        }
        ui.add_space(space::XS);
        fine_print(ui, &words::intervals(cross));
    }
}

/// The columns that can be crossed: what models read, and what is there for segments only.
fn columns(snapshot: &Snapshot, comparison: &Comparison) -> Vec<String> {
    let mut columns: Vec<String> = comparison
        .sets()
        .into_iter()
        .flat_map(|set| set.columns)
        .collect();
    let schema = snapshot.schema.iter().flat_map(|s| &s.schema.columns);
    let is_usable =
        |role: Role| role.is_input() || matches!(role, Role::Sensitive | Role::Group | Role::Time);
    columns.extend(schema.filter(|c| is_usable(c.role)).map(|c| c.name.clone()));
    let mut known = std::collections::HashSet::new();
    columns.retain(|name| known.insert(name.clone()));
    columns
}

/// All segments of the comparison: how large they are, and how far the models lie apart there.
fn scatter(ui: &mut Ui, context: &mut PanelContext<'_>, comparison: &Comparison, metric: Metric) {
    let other = reference(comparison).title();
    let mut series: Vec<ScatterSeries> = Vec::new();
    let all = || comparison.segments.iter().filter(|s| s.metric == metric);
    // A difference of a few rows says nothing, and can be so large that nobody sees the others.
    let n_small = all()
        .filter(|s| s.outcome == Outcome::NotEnoughRows)
        .count();
    for outcome in OUTCOMES {
        let found: Vec<&SegmentComparison> = all()
            .filter(|s| s.outcome == outcome && s.difference.is_some())
            .collect();
        if found.is_empty() || outcome == Outcome::NotEnoughRows {
            continue;
        }
        series.push(ScatterSeries {
            name: outcome.word().to_owned(),
            tone: match outcome {
                Outcome::Same => Tone::Series(3),
                outcome => tone_of(outcome),
            },
            points: found
                .iter()
                .map(|s| [s.n_rows as f64, s.difference.unwrap_or_default()])
                .collect(),
            sizes: found.iter().map(|s| s.n_rows as f64).collect(),
            names: found.iter().map(|s| s.segment.clone()).collect(),
        });
    }
    if series.is_empty() {
        prose(ui, "This metric was not computed by segment.");
        return;
    }
    let names: Vec<Vec<String>> = series.iter().map(|s| s.names.clone()).collect();
    let chart = Scatter {
        series,
        x_label: "test rows".to_owned(),
        y_label: format!("{}, candidate minus {other}", metric.title()),
        units: [Unit::Whole, Unit::Number],
        ..Scatter::default()
    }
    .reference(Reference::Level(0.0, "no difference"));
    let title = format!("Every segment by its size ({})", words::better(metric));
    let shown = ChartFrame::new(&title).height(230.0).show(ui, &chart);
    if n_small > 0 {
        let n = number::counted(n_small as u64, "segment", "segments");
        fine_print(ui, &format!("{n} with not enough rows: not drawn."));
    }
    if let Some((series, point)) = answer::hit_of(context, shown) {
        context.selection.segment = Some(names[series][point].clone());
        context.act(Action::GoPage(Room::Compare, 0));
    }
}

type Places = Vec<Vec<Option<usize>>>;

/// The map, and the segment of each of its cells.
fn heat_map(
    cells: &[&SegmentComparison],
    metric: Metric,
    selected: Option<&str>,
    other: &str,
) -> Option<(HeatMap, Places)> {
    let names = |which: usize| {
        let mut names: Vec<String> = Vec::new();
        for cell in cells {
            let name = cell.predicates.predicates.get(which)?.to_string();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        // Values come by frequency; bins read better in their order.
        let key = |name: &String| cells.iter().find_map(|c| order_of(c, which, name));
        names.sort_by(|a, b| key(a).unwrap_or(0.0).total_cmp(&key(b).unwrap_or(0.0)));
        Some(names)
    };
    let (rows, columns) = (names(0)?, names(1)?);
    let mut places: Places = vec![vec![None; columns.len()]; rows.len()];
    for (at, cell) in cells.iter().enumerate() {
        let place = |which: usize, names: &[String]| {
            let name = cell.predicates.predicates[which].to_string();
            names.iter().position(|n| *n == name)
        };
        if let (Some(row), Some(column)) = (place(0, &rows), place(1, &columns)) {
            places[row][column] = Some(at);
        }
    }
    let gain = |cell: &SegmentComparison| {
        let reference = cell.production.or(cell.baseline)?;
        (cell.outcome != Outcome::NotEnoughRows).then_some(())?;
        Some(metric.improvement(cell.candidate?, reference))
    };
    let reach = cells
        .iter()
        .filter_map(|c| gain(c))
        .map(f64::abs)
        .fold(0.0, f64::max);
    let decimals = words::decimals(reach);
    let of = |place: &Option<usize>| place.map(|at| cells[at]);
    let each = |f: &dyn Fn(Option<&SegmentComparison>) -> String| -> Vec<Vec<String>> {
        let row = |row: &Vec<Option<usize>>| row.iter().map(|p| f(of(p))).collect();
        places.iter().map(row).collect()
    };
    let map = HeatMap {
        names_over: true,
        values: places
            .iter()
            .map(|row| {
                let value = |p: &Option<usize>| of(p).and_then(gain).map(|g| g / reach.max(1e-12));
                row.iter().map(value).collect()
            })
            .collect(),
        what: format!("difference in {}", metric.word()),
        words: each(&|cell| match cell {
            None => "no rows".to_owned(),
            Some(c) if c.outcome == Outcome::NotEnoughRows => {
                format!("only {}", number::counted(c.n_rows, "row", "rows"))
            }
            Some(c) => number::difference(c.difference, decimals),
        }),
        notes: each(&|cell| {
            cell.map_or_else(String::new, |c| {
                let rows = number::counted(c.n_rows, "row", "rows");
                format!("{rows}: {}", c.outcome.word())
            })
        }),
        poles: Some([
            ("the candidate is better", Tone::Good),
            (
                if other == "production" {
                    "production is better"
                } else {
                    "the baseline is better"
                },
                Tone::Bad,
            ),
        ]),
        selected: places.iter().enumerate().find_map(|(row, cells_of_row)| {
            let is_it =
                |p: &Option<usize>| of(p).is_some_and(|c| Some(c.segment.as_str()) == selected);
            cells_of_row
                .iter()
                .position(is_it)
                .map(|column| (row, column))
        }),
        rows,
        columns,
        ..HeatMap::default()
    };
    Some((map, places))
}

/// Where a condition stands among those of its column: bins by their lower ends, the missing last, values as they come.
fn order_of(cell: &SegmentComparison, which: usize, name: &str) -> Option<f64> {
    use crate::domain::segment::Test;
    let predicate = cell.predicates.predicates.get(which)?;
    (predicate.to_string() == name).then_some(())?;
    Some(match &predicate.test {
        Test::Range { low, .. } => low.unwrap_or(f64::NEG_INFINITY),
        Test::Equals(value) => value.parse().unwrap_or(0.0),
        Test::Missing => f64::INFINITY,
        Test::Where(_) => 0.0,
    })
}
