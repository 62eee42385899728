//! Where values are missing: a map of columns over blocks of rows, and the columns that are missing together.

use super::{View, asked, relation};
use crate::domain::relation::MissingMap;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::heat::HeatMap;
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{number, segmented::segmented, state};
use crate::workspace::relation::{Ask, RelationAnswer};
use eframe::egui::{ScrollArea, Ui};

/// The view.
#[derive(Debug, Default)]
pub(super) struct Missing {
    shows_all: usize,
}

impl Missing {
    /// Draws the view.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let query = view.ask(Ask::Missing);
        let Some(answer) = asked(ui, context, &query, "what is missing") else {
            return;
        };
        let Some(RelationAnswer::Missing(map)) = relation(&answer) else {
            return;
        };
        let n = map.n_rows();
        let mut order: Vec<usize> = (0..map.columns.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(map.n_missing(*at)));
        let n_lacking = order.iter().filter(|at| map.n_missing(**at) > 0).count();
        ui.horizontal(|ui| {
            let options = ["Columns with missing values", "All columns"];
            segmented(ui, "Which columns", &mut self.shows_all, &options);
            let text = format!(
                "{n_lacking} of {} lack values; {} of {} are complete",
                number::counted(order.len() as u64, "column", "columns"),
                number::count(map.n_complete),
                number::counted(n, "row", "rows")
            );
            ui.label(Type::Small.rich(text, Tokens::of(ui).text_weak));
        });
        if self.shows_all == 0 {
            order.truncate(n_lacking);
        }
        if n == 0 || order.is_empty() {
            let text = "Every column has a value in every one of these rows.";
            state::empty(ui, icons::PASSED, "Nothing is missing", text, None);
            return;
        }
        let height = ui.available_height();
        let below = if map.together.is_empty() {
            0.0
        } else {
            (height * 0.38).max(140.0)
        };
        let chart = heat(map, &order);
        let area = ScrollArea::vertical()
            .id_salt("map")
            .max_height(height - below - space::M);
        area.show(ui, |ui| {
            let frame = ChartFrame::new("Share of missing values, by columns and blocks of rows");
            if let Some(request) = frame
                .height(chart.wanted_height() + 24.0)
                .show(ui, &chart)
                .request
            {
                context.act(Action::Chart(request));
            }
        });
        if !map.together.is_empty() {
            together(ui, map, ui.available_height());
        }
    }
}

fn heat(map: &MissingMap, order: &[usize]) -> HeatMap {
    let n = map.n_rows().max(1) as f64;
    let name = |at: &usize| {
        let share = number::percent(map.n_missing(*at) as f64 / n);
        format!("{} {share}", map.columns[*at])
    };
    let share = |at: &usize| {
        let blocks = map.blocks.windows(2).zip(&map.missing[*at]);
        let one = |(edge, missing): (&[u64], &u64)| {
            let rows = edge[1] - edge[0];
            (rows > 0).then(|| *missing as f64 / rows as f64)
        };
        blocks.map(one).collect()
    };
    let block = |edge: &[u64]| {
        let (first, last) = (number::count(edge[0] + 1), number::count(edge[1]));
        format!("rows {first} to {last}")
    };
    HeatMap {
        rows: order.iter().map(name).collect(),
        columns: map.blocks.windows(2).map(block).collect(),
        values: order.iter().map(share).collect(),
        what: "missing".to_owned(),
        is_share: true,
        ..HeatMap::default()
    }
}

fn together(ui: &mut Ui, map: &MissingMap, height: f32) {
    let heads = [
        Column::text("Missing together")
            .fill()
            .width(180.0)
            .sortable(false),
        Column::number("Both missing").width(110.0).sortable(false),
        Column::number("Of those with either")
            .width(150.0)
            .sortable(false),
        Column::number("Correlation")
            .width(100.0)
            .help("Correlation of “is missing” (phi): 1 if always together")
            .sortable(false),
    ];
    let table = Table::new("Missing together", &heads, map.together.len()).max_height(height);
    table.show(ui, |cell, row, head| {
        let pair = &map.together[row];
        let (a, b) = (&map.columns[pair.columns.0], &map.columns[pair.columns.1]);
        match head {
            0 => cell.text(format!("{a} and {b}")),
            1 => cell.text(number::count(pair.n_both)),
            2 => cell.text(number::percent(
                pair.n_both as f64 / pair.n_either.max(1) as f64,
            )),
            _ => cell.text(number::fixed(pair.phi, 2)),
        }
    });
}
