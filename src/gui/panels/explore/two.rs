//! Two columns by a third: points and density, boxes, or shares, whichever fits their types.

use super::{View, asked, relation, words};
use crate::domain::relation::{Association, BoxFigures, Density, PairView, TwoColumns};
use crate::domain::schema::ColumnType;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::moments;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::axis::Unit;
use crate::gui::widgets::boxes::{BoxMark, Boxes};
use crate::gui::widgets::chart::{ChartFrame, ChartResponse};
use crate::gui::widgets::heat::HeatMap;
use crate::gui::widgets::histogram::Counts;
use crate::gui::widgets::scatter::{Scatter, ScatterSeries};
use crate::gui::widgets::stacked::{Places, Stacked};
use crate::gui::widgets::{number, segmented::segmented, state};
use crate::workspace::relation::{Ask, RelationAnswer};
use eframe::egui::{ScrollArea, Ui};

/// The view.
#[derive(Debug, Default)]
pub(super) struct Two {
    x: Option<String>,
    y: Option<String>,
    shows_density: usize,
    shows_rows: usize,
}

/// Labels of x, labels of y, and for each group the rows of each value of x by value of y.
type Shares<'a> = (&'a [String], &'a [String], &'a [Vec<Vec<u64>>]);

impl Two {
    /// Chooses both columns.
    pub(super) fn show(&mut self, x: String, y: String) {
        (self.x, self.y) = (Some(x), Some(y));
    }

    /// Draws the view.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let names = view.names();
        if names.len() < 2 {
            let text = "This data has fewer than two columns.";
            state::empty(ui, icons::DATASET, "Nothing to compare", text, None);
            return;
        }
        let at = |name: &Option<String>| {
            let name = name.as_ref()?;
            names.iter().position(|n| n == name)
        };
        let selected = at(&context.selection.column).unwrap_or(0);
        let mut x = at(&self.x).unwrap_or(selected);
        let target = at(&view.source.target).filter(|t| *t != x);
        let other = target.unwrap_or(usize::from(x == 0));
        let mut y = at(&self.y).unwrap_or(other);
        ui.horizontal_wrapped(|ui| {
            if words::pick(ui, "Across (x)", &mut x, &names, 190.0) {
                self.x = Some(names[x].clone());
            }
            if words::pick(ui, "Up (y)", &mut y, &names, 190.0) {
                self.y = Some(names[y].clone());
            }
        });
        if x == y {
            let text = "Choose two different columns above.";
            state::empty(ui, icons::COMPARE, "One column twice", text, None);
            return;
        }
        let query = view.ask(Ask::Two {
            x: names[x].clone(),
            y: names[y].clone(),
            by: view
                .by
                .clone()
                .filter(|by| *by != names[x] && *by != names[y]),
        });
        let Some(answer) = asked(ui, context, &query, "the two columns") else {
            return;
        };
        if let Some(RelationAnswer::Two(found)) = relation(&answer) {
            self.found(ui, context, view, found);
        }
    }

    fn found(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        view: &View<'_>,
        found: &TwoColumns,
    ) {
        let tokens = Tokens::of(ui);
        let text = format!("{} — in {}", figures(&found.association), view.words);
        ui.add(eframe::egui::Label::new(Type::Body.rich(text, tokens.text)).wrap());
        let by = found.groups.column.as_ref();
        let by = by.map_or_else(String::new, |by| format!(" by {by}"));
        let kind = |name: &str| view.statistics.column(name).map(|c| c.kind);
        match &found.view {
            PairView::Scatter {
                points,
                drawn,
                density,
            } => {
                ui.horizontal(|ui| {
                    segmented(
                        ui,
                        "Picture",
                        &mut self.shows_density,
                        &["Points", "Density"],
                    );
                    let text = if drawn.used < drawn.all {
                        format!(
                            "Points are a sample of {} of {}; the density counts them all.",
                            number::count(drawn.used),
                            number::counted(drawn.all, "row", "rows")
                        )
                    } else {
                        format!(
                            "All {} with both values.",
                            number::counted(drawn.all, "row", "rows")
                        )
                    };
                    ui.label(Type::Small.rich(text, tokens.text_weak));
                });
                let height = ui.available_height() - 40.0;
                let kinds = (kind(&found.x), kind(&found.y));
                if self.shows_density == 1 {
                    let title = format!("Rows by {} and {}", found.x, found.y);
                    let map = density_map(density, kinds);
                    done(
                        context,
                        ChartFrame::new(&title).height(height).show(ui, &map),
                    );
                } else {
                    let title = format!("{} over {}{by}", found.y, found.x);
                    let chart = scatter(found, points, kinds);
                    done(
                        context,
                        ChartFrame::new(&title).height(height).show(ui, &chart),
                    );
                }
            }
            PairView::Boxes {
                category,
                number,
                labels,
                boxes,
            } => {
                let title = format!("{number} over the values of {category}{by}");
                let chart = box_chart(found, (number, kind(number)), labels, boxes);
                let height = chart.wanted_height().clamp(220.0, 1_600.0);
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    done(
                        context,
                        ChartFrame::new(&title).height(height).show(ui, &chart),
                    );
                });
            }
            PairView::Shares {
                x_labels,
                y_labels,
                counts,
            } => {
                segmented(
                    ui,
                    "What bars show",
                    &mut self.shows_rows,
                    &["Shares", "Rows"],
                );
                self.shares(ui, context, found, (x_labels, y_labels, counts));
            }
        }
    }

    /// One chart a group: the values of x, each cut into the shares of y.
    fn shares(
        &self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        found: &TwoColumns,
        (x_labels, y_labels, counts): Shares<'_>,
    ) {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for (group, counts) in counts.iter().enumerate() {
                let name = words::name(&found.groups, group);
                let name = match found.groups.column {
                    Some(_) => format!(", {name}"),
                    None => String::new(),
                };
                let layer = |(y, label): (usize, &String)| Counts {
                    name: format!("{} {label}", found.y),
                    tone: Tone::Series(y),
                    counts: counts.iter().map(|of_x| of_x[y] as f64).collect(),
                };
                let chart = Stacked {
                    places: Places::Values(x_labels.to_vec()),
                    layers: y_labels.iter().enumerate().map(layer).collect(),
                    label: format!("{} over {}", found.y, found.x),
                    unit: Unit::Number,
                    has_rest: false,
                    is_share: self.shows_rows == 0,
                    is_log: false,
                    without_keys: false,
                };
                let title = format!("{} within each {}{name}", found.y, found.x);
                let height = x_labels.len() as f32 * 24.0 + 48.0;
                done(
                    context,
                    ChartFrame::new(&title).height(height).show(ui, &chart),
                );
                ui.add_space(space::M);
            }
        });
    }
}

fn done<H>(context: &mut PanelContext<'_>, response: ChartResponse<H>) {
    if let Some(request) = response.request {
        context.act(Action::Chart(request));
    }
}

/// All measures in a line.
pub(super) fn figures(association: &Association) -> String {
    let rows = number::counted(association.n, "row", "rows");
    let list = [
        ("Pearson", association.pearson),
        ("Spearman", association.spearman),
        ("Cramér's V", association.cramers_v),
        ("correlation ratio", association.correlation_ratio),
        (
            "normalised mutual information",
            association.normalised_information,
        ),
    ];
    let there: Vec<String> = list
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name} {}", number::fixed(value?, 3))))
        .collect();
    if there.is_empty() {
        return format!("Nothing to measure: one of both has one value only ({rows} with both)");
    }
    format!("{} ({rows} with both)", there.join(", "))
}

fn scatter(
    found: &TwoColumns,
    points: &[Vec<[f64; 2]>],
    kinds: (Option<ColumnType>, Option<ColumnType>),
) -> Scatter {
    let ((x_unit, of_x), (y_unit, of_y)) = (moments::axis(kinds.0), moments::axis(kinds.1));
    let series = points.iter().enumerate().filter(|(_, p)| !p.is_empty());
    let one = |(at, points): (usize, &Vec<[f64; 2]>)| ScatterSeries {
        name: words::name(&found.groups, at),
        tone: words::tone(&found.groups, at),
        points: points.iter().map(|[x, y]| [x / of_x, y / of_y]).collect(),
        ..ScatterSeries::default()
    };
    Scatter {
        series: series.map(one).collect(),
        x_label: found.x.clone(),
        y_label: found.y.clone(),
        units: [x_unit, y_unit],
        ..Scatter::default()
    }
}

/// Counts as a heat map, the largest y at the top; the colour grows with the logarithm.
fn density_map(density: &Density, kinds: (Option<ColumnType>, Option<ColumnType>)) -> HeatMap {
    let most = density.counts.iter().flatten().copied().max().unwrap_or(0);
    let scale = (1.0 + most as f64).ln();
    let names = |edges: &[f64], kind| {
        let (unit, each) = moments::axis(kind);
        let one = |e: &[f64]| {
            let text = |at: f64| unit.written(at / each);
            format!("{} to {}", text(e[0]), text(e[1]))
        };
        edges.windows(2).map(one).collect::<Vec<String>>()
    };
    let rows = names(&density.y_edges, kinds.1);
    let order: Vec<usize> = (0..rows.len()).rev().collect();
    let cells = |row: &usize| {
        density
            .counts
            .iter()
            .map(|of_x| of_x[*row])
            .collect::<Vec<u64>>()
    };
    let value = |n: &u64| (*n > 0).then(|| (1.0 + *n as f64).ln() / scale);
    HeatMap {
        values: order
            .iter()
            .map(|r| cells(r).iter().map(value).collect())
            .collect(),
        words: order
            .iter()
            .map(|r| {
                cells(r)
                    .iter()
                    .map(|n| number::counted(*n, "row", "rows"))
                    .collect()
            })
            .collect(),
        rows: order.iter().map(|r| rows[*r].clone()).collect(),
        columns: names(&density.x_edges, kinds.0),
        what: "density".to_owned(),
        ..HeatMap::default()
    }
}

fn box_chart(
    found: &TwoColumns,
    (number, kind): (&str, Option<ColumnType>),
    labels: &[String],
    boxes: &[Vec<Option<BoxFigures>>],
) -> Boxes {
    let (unit, each) = moments::axis(kind);
    let at = |value: f64| value / each;
    let mark = |b: &BoxFigures| BoxMark {
        n: b.n,
        five: [b.low, b.q1, b.median, b.q3, b.high].map(at),
        mean: at(b.mean),
        n_outside: b.n_outside,
    };
    let group = |g: usize| (words::name(&found.groups, g), words::tone(&found.groups, g));
    Boxes {
        labels: labels.to_vec(),
        groups: (0..found.groups.labels.len()).map(group).collect(),
        boxes: boxes
            .iter()
            .map(|of| of.iter().map(|b| b.as_ref().map(mark)).collect())
            .collect(),
        label: number.to_owned(),
        unit,
    }
}
