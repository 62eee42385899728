//! How strongly all columns go together: a map of every pair, and the columns by their strength with the target.

use super::{View, asked, relation};
use crate::domain::relation::{Association, Associations};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::heat::HeatMap;
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{number, segmented::segmented, side, state};
use crate::workspace::relation::{Ask, RelationAnswer};
use eframe::egui::{Label, Ui, vec2};

/// The view.
#[derive(Debug, Default)]
pub(super) struct Correlation {
    measure: usize,
    order: usize,
}

const MEASURES: [&str; 4] = ["Strength", "Pearson", "Spearman", "Mutual information"];
const ORDERS: [&str; 3] = ["Clustered", "By target", "As in the table"];

impl Correlation {
    /// Draws the view; two columns if a pair was opened.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        view: &View<'_>,
    ) -> Option<(String, String)> {
        ui.horizontal_wrapped(|ui| {
            segmented(ui, "Measure", &mut self.measure, &MEASURES);
            segmented(ui, "Order", &mut self.order, &ORDERS);
        });
        let query = view.ask(Ask::Associations);
        let answer = asked(ui, context, &query, "all pairs of columns")?;
        let Some(RelationAnswer::Associations(found)) = relation(&answer) else {
            return None;
        };
        if found.columns.len() < 2 {
            let text = "This data has fewer than two columns.";
            state::empty(ui, icons::DATASET, "Nothing to compare", text, None);
            return None;
        }
        let text = format!(
            "{} Measured on {} of {}.",
            self.words(found),
            number::count(found.rows.used),
            number::counted(found.rows.all, "row", "rows")
        );
        ui.add(Label::new(Type::Small.rich(text, Tokens::of(ui).text_weak)).wrap());
        let target = view.source.target.as_ref();
        let target = target.and_then(|t| found.columns.iter().position(|c| c == t));
        let order = self.ordered(found, target);
        let (width, height) = (ui.available_width(), ui.available_height());
        let beside = if target.is_some() { 270.0 } else { 0.0 };
        let mut opened = None;
        ui.horizontal_top(|ui| {
            side::column(ui, vec2(width - beside - space::M, height), |ui| {
                let map = self.map(found, &order);
                let title = format!("{} of every pair of columns", MEASURES[self.measure]);
                let shown = ChartFrame::new(&title).height(height - 40.0).show(ui, &map);
                if let Some(request) = shown.request {
                    context.act(Action::Chart(request));
                }
                opened = shown.hit.map(|(row, column)| (order[column], order[row]));
            });
            if let Some(target) = target {
                ui.vertical(|ui| {
                    if let Some(other) = self.with_target(ui, found, target, height) {
                        opened = Some((other, target));
                    }
                });
            }
        });
        let (x, y) = opened.filter(|(x, y)| x != y)?;
        Some((found.columns[x].clone(), found.columns[y].clone()))
    }

    fn words(&self, found: &Associations) -> String {
        match self.measure {
            0 => "Spearman's correlation of numbers, Cramér's V of categories (bias-corrected), correlation ratio of both. A click opens the two columns.".to_owned(),
            1 => "Pearson's correlation of numbers: how well a straight line fits.".to_owned(),
            2 => "Spearman's correlation of numbers: how well any rising or falling curve fits.".to_owned(),
            _ => format!(
                "Normalised mutual information: numbers in {} bins of equally many rows, Miller-Madow correction, over the mean of both entropies.",
                found.n_bins
            ),
        }
    }

    fn value(&self, pair: &Association) -> Option<f64> {
        match self.measure {
            0 => pair.spearman.or(pair.strength()),
            1 => pair.pearson,
            2 => pair.spearman,
            _ => pair.normalised_information,
        }
    }

    /// How strong, without a sign.
    fn size(&self, found: &Associations, a: usize, b: usize) -> f64 {
        let pair = found.pair(a, b);
        pair.and_then(|p| self.value(p)).map_or(-1.0, f64::abs)
    }

    fn ordered(&self, found: &Associations, target: Option<usize>) -> Vec<usize> {
        match (self.order, target) {
            (0, _) => found.clustered.clone(),
            (1, Some(target)) => {
                let mut order: Vec<usize> = (0..found.columns.len()).collect();
                let key = |at: usize| {
                    if at == target {
                        2.0
                    } else {
                        self.size(found, at, target)
                    }
                };
                order.sort_by(|a, b| key(*b).total_cmp(&key(*a)));
                order
            }
            _ => (0..found.columns.len()).collect(),
        }
    }

    fn map(&self, found: &Associations, order: &[usize]) -> HeatMap {
        let names: Vec<String> = order.iter().map(|at| found.columns[*at].clone()).collect();
        let cell = |a: usize, b: usize| found.pair(a, b).and_then(|p| self.value(p));
        HeatMap {
            rows: names.clone(),
            columns: names,
            names_over: true,
            values: order
                .iter()
                .map(|a| order.iter().map(|b| cell(*a, *b)).collect())
                .collect(),
            what: MEASURES[self.measure].to_owned(),
            ..HeatMap::default()
        }
    }

    /// The columns by their strength with the target; the position of one that was chosen.
    fn with_target(
        &self,
        ui: &mut Ui,
        found: &Associations,
        target: usize,
        height: f32,
    ) -> Option<usize> {
        let mut list: Vec<usize> = (0..found.columns.len())
            .filter(|at| *at != target)
            .collect();
        list.sort_by(|a, b| {
            let size = |at: usize| self.size(found, at, target);
            size(*b).total_cmp(&size(*a))
        });
        let title = format!("With {}", found.columns[target]);
        let heads = [
            Column::text(title.as_str())
                .fill()
                .width(120.0)
                .sortable(false),
            Column::number(MEASURES[self.measure])
                .width(84.0)
                .sortable(false),
        ];
        let table = Table::new("With the target", &heads, list.len()).max_height(height);
        let done = table.show(ui, |cell, row, head| match head {
            0 => cell.text(&found.columns[list[row]]),
            _ => {
                let pair = found.pair(list[row], target);
                cell.text(number::fixed(pair.and_then(|p| self.value(p)), 3));
            }
        });
        done.selected.map(|row| list[row])
    }
}
