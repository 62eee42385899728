//! All columns as cards: each one's distribution, split by the target or another column.

use super::{View, asked, relation, words};
use crate::domain::relation::{SplitDistribution, SplitDistributions};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::search::search;
use crate::gui::widgets::{card, number, segmented::segmented, state};
use crate::workspace::relation::{Ask, RelationAnswer};
use eframe::egui::{Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

/// The view.
#[derive(Debug, Default)]
pub(super) struct Cards {
    filter: String,
    scale: usize,
}

const BINS: u32 = 20;
const TOP: usize = 6;
const HEIGHT: f32 = 186.0;

impl Cards {
    /// Draws the view; true if a column was opened, which is then the selected one.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        view: &View<'_>,
    ) -> bool {
        let query = view.ask(Ask::Distributions {
            by: view.by.clone(),
            columns: Vec::new(),
            n_bins: BINS,
            n_top: TOP,
        });
        let Some(answer) = asked(ui, context, &query, "the columns") else {
            return false;
        };
        let Some(RelationAnswer::Distributions(found)) = relation(&answer) else {
            return false;
        };
        let wanted = self.filter.to_lowercase();
        let shown: Vec<&SplitDistribution> = found
            .columns
            .iter()
            .filter(|c| c.column.to_lowercase().contains(&wanted))
            .collect();
        ui.horizontal(|ui| {
            let tally = (shown.len(), found.columns.len());
            search(ui, "Find a column", &mut self.filter, 220.0, Some(tally));
            segmented(
                ui,
                "What bars show",
                &mut self.scale,
                &["Rows", "Log rows", "Shares"],
            );
            let text = format!("{}: {}", view.words, number::count(found.n_rows));
            ui.label(Type::Small.rich(text, Tokens::of(ui).text_weak));
        });
        words::legend(ui, &found.groups);
        if found.n_rows == 0 {
            let text = "No row is in this part of the data. Choose another one.";
            state::empty(ui, icons::FILTER, "No rows", text, None);
            return false;
        }
        self.grid(ui, context, found, &shown)
    }

    fn grid(
        &self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        found: &SplitDistributions,
        shown: &[&SplitDistribution],
    ) -> bool {
        let width = ui.available_width() - space::M;
        let across = (width / 300.0).floor().clamp(1.0, 6.0) as usize;
        let wide = (width - (across as f32 - 1.0) * space::S) / across as f32;
        let mut opened = false;
        let n_lines = shown.len().div_ceil(across);
        ScrollArea::vertical().auto_shrink(false).show_rows(
            ui,
            HEIGHT + 20.0,
            n_lines,
            |ui, lines| {
                for line in lines {
                    let size = vec2(width, HEIGHT + 20.0);
                    let (row, _) = ui.allocate_exact_size(size, Sense::hover());
                    let columns = shown.iter().skip(line * across).take(across);
                    for (position, column) in columns.enumerate() {
                        let left = row.left() + position as f32 * (wide + space::S);
                        let corner = pos2(left, row.top());
                        let place = Rect::from_min_size(corner, vec2(wide, row.height()));
                        let place = UiBuilder::new().max_rect(place).id_salt(&column.column);
                        ui.scope_builder(place, |ui| {
                            opened |= self.card(ui, context, found, column);
                        });
                    }
                }
            },
        );
        opened
    }

    fn card(
        &self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        found: &SplitDistributions,
        column: &SplitDistribution,
    ) -> bool {
        let mut opened = false;
        card::card(ui, |ui| {
            ui.set_min_height(HEIGHT - 2.0 * space::M);
            ui.spacing_mut().item_spacing.y = 2.0;
            let kind = (column.column.as_str(), column.kind);
            let mut chart = words::stacked(kind, &column.axis, &found.groups, &column.counts);
            chart.without_keys = true;
            chart.is_log = self.scale == 1;
            chart.is_share = self.scale == 2;
            let title = match &found.groups.column {
                Some(by) if *by != column.column => format!("{} by {by}", column.column),
                _ => column.column.clone(),
            };
            let response = ChartFrame::new(&title).height(116.0).show(ui, &chart);
            if let Some(request) = response.request {
                context.act(Action::Chart(request));
            }
            opened |= response.hit.is_some();
            ui.horizontal(|ui| {
                let missing: u64 = column.n_missing.iter().sum();
                let share = number::percent(missing as f64 / found.n_rows.max(1) as f64);
                let text = format!("{}, {share} missing", column.kind.title());
                ui.label(Type::Small.rich(text, Tokens::of(ui).text_weak));
                let name = format!("Open {}", column.column);
                opened |= Button::icon_only(icons::RIGHT, name).show(ui).clicked();
            });
        });
        if opened {
            context.selection.column = Some(column.column.clone());
        }
        opened
    }
}
