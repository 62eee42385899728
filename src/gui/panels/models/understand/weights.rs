//! The weights of a linear model: as bars, and as a table with both units.

use super::{View, explained};
use crate::domain::explanation::{Coefficients, Scale, Weight};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::card::card;
use crate::gui::widgets::chart::{ChartFrame, KeyEntry};
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::segmented::segmented;
use crate::gui::widgets::spans::{Span, Spans};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{number, state};
use crate::workspace::explain::{ExplainAnswer, ExplainAsk};
use eframe::egui::{ScrollArea, Ui};

/// Weights that have a bar.
const MAX_BARS: usize = 30;

/// What the page remembers.
#[derive(Debug, Default)]
pub(super) struct Weights {
    /// 0: the picture; 1: the table.
    shows: usize,
}

impl Weights {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        if !view.outline.has_weights {
            let text = "Linear and logistic regression add up weighted columns. Choose such a candidate above.";
            state::empty(ui, icons::MODEL, "This model has no weights", text, None);
            return;
        }
        let query = view.ask(ExplainAsk::Coefficients {
            class: view.class(),
        });
        let Some(answer) = answer::worked_out(ui, context, &query, "the weights") else {
            return;
        };
        let Some(ExplainAnswer::Coefficients(found)) = explained(&answer) else {
            return;
        };
        segmented(ui, "What is shown", &mut self.shows, &["Picture", "Table"]);
        prose(ui, &sentence(found));
        let mut order: Vec<&Weight> = found.weights.iter().collect();
        order.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        if self.shows == 1 {
            table(ui, &order);
            return;
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            card(ui, |ui| {
                let chart = bars(found, &order);
                let title = format!("Largest weights in the {}", found.explained.words());
                let frame = ChartFrame::new(&title).height(chart.wanted_height());
                if let Some(row) = answer::hit_of(context, frame.show(ui, &chart)) {
                    context.selection.column = Some(order[row].column.clone());
                }
            });
            ui.add_space(space::S);
            let text = "A number's step is one standard deviation, so that columns in different units can be compared; a \
                        category's step is from no to yes. Weights are pulled towards zero by the regularisation.";
            fine_print(ui, text);
        });
    }
}

fn sentence(found: &Coefficients) -> String {
    let odds = if found.explained.scale == Scale::LogOdds {
        " Adding 0.69 doubles the odds."
    } else {
        ""
    };
    format!(
        "The {} begins at {} (numbers at their mean, every category no), and each column adds its weight.{odds}",
        found.explained.words(),
        number::metric(found.intercept)
    )
}

fn bars(found: &Coefficients, order: &[&Weight]) -> Spans {
    let span = |weight: &&Weight| Span {
        name: weight.feature.clone(),
        from: 0.0,
        to: weight.weight,
        interval: None,
        text: number::metric(weight.weight),
        tone: if weight.weight >= 0.0 {
            Tone::Series(0)
        } else {
            Tone::Series(2)
        },
    };
    let more = order.len().saturating_sub(MAX_BARS);
    let more = if more > 0 {
        format!("; {more} smaller ones are in the table")
    } else {
        String::new()
    };
    Spans {
        spans: order.iter().take(MAX_BARS).map(span).collect(),
        label: format!("added to the {} by one step{more}", found.explained.words()),
        from_zero: true,
        is_joined: false,
        keys: vec![
            KeyEntry::area("moves it up", Tone::Series(0)),
            KeyEntry::area("moves it down", Tone::Series(2)),
        ],
    }
}

fn table(ui: &mut Ui, order: &[&Weight]) {
    let columns = [
        Column::text("Feature").fill().width(220.0).sortable(false),
        Column::text("One step").width(240.0).sortable(false),
        Column::number("Weight of a step")
            .width(130.0)
            .sortable(false),
        Column::number("Weight of a unit")
            .width(130.0)
            .sortable(false)
            .help("In the column's own units: per year, per mile"),
    ];
    let height = ui.available_height();
    Table::new("Weights", &columns, order.len())
        .max_height(height)
        .show(ui, |cell, row, column| {
            let weight = order[row];
            match column {
                0 => cell.strong(&weight.feature),
                1 => cell.text(&weight.step),
                2 => cell.text(number::metric(weight.weight)),
                _ => cell.text(number::metric(weight.per_unit)),
            }
        });
}
