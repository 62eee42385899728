//! One row of the test data: what each column adds to its answer, from the mean answer to its own.

use super::{View, explained};
use crate::domain::explanation::{RowExplanation, Scale};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::chart::{ChartFrame, KeyEntry};
use crate::gui::widgets::field::Field;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::spans::{Span, Spans};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{number, side};
use crate::workspace::explain::{ExplainAnswer, ExplainAsk};
use eframe::egui::{ScrollArea, Ui, vec2};

/// Columns that have a bar of their own; the others are added up.
const MAX_BARS: usize = 12;

/// What the page remembers.
#[derive(Debug, Default)]
pub(super) struct Row {
    row: u64,
    /// Counts the random draws.
    n_drawn: u64,
}

impl Row {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let n_rows = view.outline.n_rows;
        if n_rows == 0 {
            prose(ui, "The run of this model has no test rows.");
            return;
        }
        self.row = self.row.min(n_rows - 1);
        self.pickers(ui, n_rows);
        let query = view.ask(ExplainAsk::Row {
            row: self.row,
            class: if view.outline.signature.classes.len() > 2 {
                view.class
            } else {
                Some(view.class())
            },
        });
        let what = format!("what the columns add to row {}", self.row + 1);
        let Some(answer) = answer::worked_out(ui, context, &query, &what) else {
            return;
        };
        let Some(ExplainAnswer::Row(found)) = explained(&answer) else {
            return;
        };
        prose(ui, &sentence(found));
        ui.add_space(space::XS);
        let (width, height) = (ui.available_width(), ui.available_height());
        ui.horizontal_top(|ui| {
            let right = (width * 0.34).clamp(260.0, 460.0);
            side::column(ui, vec2(width - right - space::M, height), |ui| {
                ScrollArea::vertical().id_salt("waterfall").auto_shrink(false).show(ui, |ui| {
                    card(ui, |ui| picture(ui, context, found));
                    ui.add_space(space::S);
                    fine_print(ui, &found.method.words());
                    if found.explained.scale == Scale::LogOdds {
                        let text = "The sum is in log-odds: 0 is a probability of one half, 2.2 of nine tenths, −2.2 of one \
                                    tenth.";
                        fine_print(ui, text);
                    }
                });
            });
            side::column(ui, vec2(right, height), |ui| values(ui, found, view));
        });
    }

    fn pickers(&mut self, ui: &mut Ui, n_rows: u64) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
            let mut number = self.row + 1;
            let field = Field::new("Row of the test data").width(110.0);
            if field.number(ui, &mut number, 1..=n_rows).changed() {
                self.row = number.clamp(1, n_rows) - 1;
            }
            side::beside_fields(ui, |ui| {
                if Button::new("Previous").show(ui).clicked() {
                    self.row = (self.row + n_rows - 1) % n_rows;
                }
                if Button::new("Next").show(ui).clicked() {
                    self.row = (self.row + 1) % n_rows;
                }
                if Button::new("Any row").icon(icons::RETRY).show(ui).clicked() {
                    self.n_drawn += 1;
                    self.row = mixed(self.n_drawn) % n_rows;
                }
            });
        });
    }
}

/// Looks random, without a clock (the finaliser of SplitMix64).
fn mixed(n: u64) -> u64 {
    let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// "The model answers yes (probability 0.71); true is no. On average …"
fn sentence(found: &RowExplanation) -> String {
    let most = found.probabilities.iter().copied().fold(0.0, f64::max);
    let sure = if found.probabilities.is_empty() {
        String::new()
    } else {
        format!(" with a probability of {}", number::percent(most))
    };
    let predicted = found.predicted.parse::<f64>().map_or_else(
        |_| found.predicted.clone(),
        |value| {
            if found.probabilities.is_empty() {
                number::metric(value)
            } else {
                found.predicted.clone()
            }
        },
    );
    let truth = match &found.truth {
        Some(truth) if *truth == found.predicted => ", and that is true".to_owned(),
        Some(truth) => format!("; true is {}", number::said(truth)),
        None => String::new(),
    };
    let most = found.columns.first().map_or_else(String::new, |c| {
        let value = number::said(c.value.as_deref().unwrap_or("missing"));
        let way = if c.contribution >= 0.0 { "up" } else { "down" };
        format!(
            " {} = {value} moves the {} {way} the most.",
            c.column,
            found.explained.words()
        )
    });
    format!("The model answers {predicted}{sure}{truth}.{most}")
}

fn picture(ui: &mut Ui, context: &mut PanelContext<'_>, found: &RowExplanation) {
    let chart = waterfall(found);
    let title = format!(
        "From the mean to row {}: {}",
        found.row + 1,
        found.explained.words()
    );
    let frame = ChartFrame::new(&title).height(chart.wanted_height());
    if let Some(row) = answer::hit_of(context, frame.show(ui, &chart))
        && let Some(column) = row.checked_sub(1).and_then(|at| found.columns.get(at))
    {
        context.selection.column = Some(column.column.clone());
    }
}

fn waterfall(found: &RowExplanation) -> Spans {
    let mark = |name: &str, at: f64| Span {
        name: name.to_owned(),
        from: at,
        to: at,
        text: number::metric(at),
        ..Span::default()
    };
    let mut spans = vec![mark("mean answer", found.base)];
    let mut sum = found.base;
    let mut add = |name: String, value: f64, error: Option<f64>| {
        let error = error.map_or_else(String::new, |e| format!(" ± {}", number::significant(e, 2)));
        spans.push(Span {
            name,
            from: sum,
            to: sum + value,
            interval: None,
            text: format!("{}{error}", signed(value)),
            tone: if value >= 0.0 {
                Tone::Series(0)
            } else {
                Tone::Series(2)
            },
        });
        sum += value;
    };
    let n_own = if found.columns.len() > MAX_BARS {
        MAX_BARS - 1
    } else {
        MAX_BARS
    };
    for one in found.columns.iter().take(n_own) {
        let value = number::said(one.value.as_deref().unwrap_or("missing"));
        add(
            format!("{} = {value}", one.column),
            one.contribution,
            one.standard_error,
        );
    }
    let rest = found.columns.get(n_own..).unwrap_or_default();
    if !rest.is_empty() {
        let sum = rest.iter().map(|c| c.contribution).sum();
        add(format!("{} more columns", rest.len()), sum, None);
    }
    spans.push(mark("this row", found.output));
    Spans {
        spans,
        label: found.explained.words(),
        from_zero: false,
        is_joined: true,
        keys: vec![
            KeyEntry::area("moves it up", Tone::Series(0)),
            KeyEntry::area("moves it down", Tone::Series(2)),
        ],
    }
}

/// A number with its sign.
fn signed(value: f64) -> String {
    let text = number::metric(value);
    if value > 0.0 {
        format!("+{text}")
    } else {
        text
    }
}

/// The values of the row, as the table has them, and the probabilities.
fn values(ui: &mut Ui, found: &RowExplanation, view: &View<'_>) {
    let signature = &view.outline.signature;
    let mut list: Vec<(String, String, bool)> = Vec::new();
    for (class, p) in signature.classes.iter().zip(&found.probabilities) {
        list.push((format!("Probability of {class}"), number::percent(*p), true));
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| number::MISSING.to_owned());
    if found.truth.is_some() {
        list.push((
            format!("{} (true)", signature.target),
            text(&found.truth),
            true,
        ));
    }
    for input in &signature.inputs {
        if let Some(one) = found.columns.iter().find(|c| c.column == input.name) {
            list.push((input.name.clone(), text(&one.value), true));
        }
    }
    for (column, value) in &found.unread {
        list.push((column.clone(), text(value), false));
    }
    card(ui, |ui| {
        section(
            ui,
            &format!("Row {} of {}", found.row + 1, number::count(found.n_rows)),
            |_| (),
        );
        let columns = [
            Column::text("Column").width(130.0).sortable(false),
            Column::text("Value").fill().width(90.0).sortable(false),
        ];
        let height = ui.available_height() - 8.0;
        Table::new("Values of the row", &columns, list.len())
            .max_height(height)
            .show(ui, |cell, row, column| {
                let (name, value, is_read) = &list[row];
                match (column, is_read) {
                    (0, true) => cell.strong(name),
                    (0, false) => cell.weak(format!("{name} (not read)")),
                    (_, true) => cell.text(value),
                    (_, false) => cell.weak(value),
                }
            });
    });
}
