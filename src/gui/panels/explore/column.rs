//! One column in depth: its distribution by the target, with as many bins as one likes, its figures over the chosen rows,
//! its course over the batches.

use super::{View, asked, relation, words};
use crate::domain::Scalar;
use crate::domain::relation::SplitDistributions;
use crate::domain::statistics::ColumnStatistics;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::moments;
use crate::gui::theme::space;
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::facts::{Fact, facts};
use crate::gui::widgets::table::{Column as Head, Table};
use crate::gui::widgets::{card, number, segmented::segmented, side, state};
use crate::workspace::relation::{Ask, RelationAnswer};
use eframe::egui::{ScrollArea, Slider, Ui};

/// The view.
#[derive(Debug)]
pub(super) struct Column {
    n_bins: u32,
    /// The number of bins while the slider is held.
    held: u32,
    scale: usize,
}

impl Default for Column {
    fn default() -> Self {
        Self {
            n_bins: 30,
            held: 30,
            scale: 0,
        }
    }
}

impl Column {
    /// Draws the view.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let names = view.names();
        let here = context.selection.column.as_ref();
        let mut at = here
            .and_then(|name| names.iter().position(|n| n == name))
            .unwrap_or(0);
        let Some(name) = names.get(at).cloned() else {
            let text = "This data has no columns.";
            state::empty(ui, icons::DATASET, "No columns", text, None);
            return;
        };
        ui.horizontal_wrapped(|ui| {
            if words::pick(ui, "Column", &mut at, &names, 220.0) {
                context.selection.column = Some(names[at].clone());
            }
            segmented(
                ui,
                "What bars show",
                &mut self.scale,
                &["Rows", "Log rows", "Shares"],
            );
            if view.has_bins(&name) {
                let label = ui.label("Bins").id;
                let slider = ui
                    .add(Slider::new(&mut self.held, 4..=120))
                    .labelled_by(label);
                // A question for every step of a drag would only be thrown away.
                if !slider.dragged() {
                    self.n_bins = self.held;
                }
            }
        });
        let query = view.ask(Ask::Distributions {
            by: view.by.clone(),
            columns: vec![name.clone()],
            n_bins: self.n_bins,
            n_top: 30,
        });
        let Some(answer) = asked(ui, context, &query, "the column") else {
            return;
        };
        let Some(RelationAnswer::Distributions(found)) = relation(&answer) else {
            return;
        };
        let height = ui.available_height();
        let width = ui.available_width();
        ui.horizontal_top(|ui| {
            let right = (width * 0.3).clamp(220.0, 380.0);
            side::column(
                ui,
                eframe::egui::vec2(width - right - space::M, height),
                |ui| {
                    self.picture(ui, context, found, height * 0.62);
                    over_batches(ui, &name, view);
                },
            );
            side::column(ui, eframe::egui::vec2(right, height), |ui| {
                figures(ui, context, view, &name);
            });
        });
    }

    fn picture(
        &self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        found: &SplitDistributions,
        height: f32,
    ) {
        let Some(column) = found.columns.first() else {
            return;
        };
        if column.axis.is_empty() {
            let text = "Every value of this column is missing in these rows.";
            state::empty(ui, icons::DATASET, "Nothing to draw", text, None);
            return;
        }
        let kind = (column.column.as_str(), column.kind);
        let mut chart = words::stacked(kind, &column.axis, &found.groups, &column.counts);
        chart.is_log = self.scale == 1;
        chart.is_share = self.scale == 2;
        let title = match &found.groups.column {
            Some(by) if *by != column.column => {
                format!("Distribution of {} by {by}", column.column)
            }
            _ => format!("Distribution of {}", column.column),
        };
        card::card(ui, |ui| {
            let frame = ChartFrame::new(&title).height(height - 60.0);
            if let Some(request) = frame.show(ui, &chart).request {
                context.act(Action::Chart(request));
            }
        });
    }
}

/// The column in each batch, oldest first.
fn over_batches(ui: &mut Ui, name: &str, view: &View<'_>) {
    let list: Vec<(&str, u64, &ColumnStatistics)> = view
        .report
        .batches
        .iter()
        .filter_map(|b| {
            Some((
                b.name.as_str(),
                b.statistics.n_rows,
                b.statistics.column(name)?,
            ))
        })
        .collect();
    let heads = [
        Head::text("Over the batches")
            .fill()
            .width(120.0)
            .sortable(false),
        Head::number("Rows").width(96.0).sortable(false),
        Head::number("Missing").width(72.0).sortable(false),
        Head::number("Different").width(96.0).sortable(false),
        Head::number("Mean").width(104.0).sortable(false),
        Head::number("Deviation").width(90.0).sortable(false),
    ];
    let height = ui.available_height();
    let table = Table::new("Over the batches", &heads, list.len()).max_height(height);
    table.show(ui, |cell, row, head| {
        let (batch, n_rows, column) = list[row];
        match head {
            0 => cell.text(batch),
            1 => cell.text(number::count(n_rows)),
            2 => cell.text(number::percent(
                column.n_missing as f64 / n_rows.max(1) as f64,
            )),
            3 => cell.text(number::count(column.n_distinct)),
            4 => cell.text(moments::mean(column.kind, column.mean)),
            _ => cell.text(moments::spread(column.kind, column.sd)),
        }
    });
}

/// Figures over the chosen rows.
fn figures(ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>, name: &str) {
    let query = view.ask(Ask::Profile);
    let Some(answer) = asked(ui, context, &query, "the figures") else {
        return;
    };
    let Some(RelationAnswer::Profile(statistics)) = relation(&answer) else {
        return;
    };
    let Some(column) = statistics.column(name) else {
        return;
    };
    let share = |n: u64| {
        let share = n as f64 / statistics.n_rows.max(1) as f64;
        format!("{} ({})", number::count(n), number::percent(share))
    };
    let mut list = vec![
        Fact::text("Type", column.kind.title()),
        Fact::number("Rows", number::count(statistics.n_rows)),
        Fact::number("Missing", share(column.n_missing)),
        Fact::number("Different values", number::count(column.n_distinct)),
    ];
    if column.kind.is_numeric() {
        list.push(Fact::number("Mean", number::metric(column.mean)));
        list.push(Fact::number(
            "Standard deviation",
            number::metric(column.sd),
        ));
        list.push(Fact::number("Zeros", share(column.n_zeros)));
        list.push(Fact::number("Below zero", share(column.n_negative)));
        let quantiles = column.quantiles.iter();
        list.extend(quantiles.map(|q| {
            let text = format!("{}% lie at or below", q.p * 100.0);
            Fact::number(text, number::metric(q.value))
        }));
    } else {
        let edge = |end: &Option<Scalar>| end.as_ref().map_or_else(String::new, Scalar::to_string);
        if column.mean.is_some() {
            list.push(Fact::number("Earliest", edge(&column.min)));
            list.push(Fact::number("Latest", edge(&column.max)));
            list.push(Fact::number(
                "Mean",
                moments::mean(column.kind, column.mean),
            ));
            let spread = moments::spread(column.kind, column.sd);
            list.push(Fact::number("Standard deviation", spread));
        }
        let top = column.top.iter().take(20);
        list.extend(top.map(|t| Fact::number(t.value.clone(), share(t.count))));
    }
    ScrollArea::vertical()
        .id_salt("figures")
        .auto_shrink(false)
        .show(ui, |ui| {
            card::overline(ui, &format!("{name} in {}", view.words));
            ui.scope(|ui| facts(ui, &list));
        });
}
