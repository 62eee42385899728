//! The decision threshold that one can drag, and what both models decide at it: confusion matrices, precision, recall
//! and F1, from the counts that the evaluation stored. It changes nothing of the models.

use super::curves::share;
use super::overall::{chart, gallery, in_order};
use super::words::{title_of, tone_of_place};
use crate::domain::comparison::{Comparison, ModelEvaluation, Place, ThresholdCounts};
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::matrix::ConfusionMatrix;
use crate::gui::widgets::number;
use crate::gui::widgets::slider;
use crate::gui::widgets::table::{Column, Table};
use eframe::egui::Ui;

/// The threshold that models decide with.
const USUAL: f64 = 0.5;

/// The threshold looked at.
pub(super) struct Threshold {
    pub(super) value: f64,
}

impl Default for Threshold {
    fn default() -> Self {
        Self { value: USUAL }
    }
}

/// The counts at the stored threshold that is nearest.
pub(super) fn at(counts: &[ThresholdCounts], threshold: f64) -> Option<ThresholdCounts> {
    let distance = |c: &ThresholdCounts| (c.threshold - threshold).abs();
    counts
        .iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .copied()
}

impl Threshold {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        comparison: &Comparison,
    ) {
        let decided: Vec<(&ModelEvaluation, ThresholdCounts)> = in_order(comparison)
            .filter(|m| m.place != Place::Baseline)
            .filter_map(|m| Some((m, at(&m.thresholds, self.value)?)))
            .collect();
        if decided.is_empty() {
            return;
        }
        let positive = comparison.classes.get(1).map_or("positive", String::as_str);
        card(ui, |ui| {
            section(ui, "At a threshold", |_| ());
            let tokens = Tokens::of(ui);
            let text = format!(
                "A row is called {positive} when its probability is at least the threshold. Move it to see what each \
                 model would decide; nothing is changed by it."
            );
            ui.label(Type::Body.rich(text, tokens.text_weak));
            let mark = Some((USUAL, "0.5, which the models decide with"));
            slider::threshold(ui, "Threshold", &mut self.value, 0.0..=1.0, mark);
            self.value = (self.value * 100.0).round() / 100.0;
            ui.add_space(space::XS);
            table(ui, &decided);
            ui.add_space(space::S);
            gallery(ui, decided.len(), |ui, i| {
                let (model, counts) = decided[i];
                let matrix = ConfusionMatrix {
                    classes: comparison.classes.clone(),
                    counts: vec![vec![counts.tn, counts.fp], vec![counts.r#fn, counts.tp]],
                    tone: tone_of_place(model.place),
                    selected: None,
                };
                let title = format!("Confusion of {}", title_of(model.place).to_lowercase());
                chart(ui, context, ChartFrame::new(&title).height(160.0), &matrix);
            });
        });
        ui.add_space(space::S);
    }
}

fn table(ui: &mut Ui, decided: &[(&ModelEvaluation, ThresholdCounts)]) {
    let columns = [
        Column::text("Model").width(100.0).fill().sortable(false),
        Column::number("Precision").width(82.0).sortable(false),
        Column::number("Recall").width(76.0).sortable(false),
        Column::number("F1").width(76.0).sortable(false),
        Column::number("Accuracy").width(82.0).sortable(false),
        Column::number("Called positive")
            .width(116.0)
            .sortable(false),
    ];
    Table::new("At the threshold", &columns, decided.len())
        .max_height(120.0)
        .show(ui, |cell, row, column| {
            let (model, c) = decided[row];
            let all = c.tp + c.fp + c.tn + c.r#fn;
            let value = match column {
                0 => return cell.toned(title_of(model.place), tone_of_place(model.place)),
                1 => number::metric(share(c.tp, c.tp + c.fp)),
                2 => number::metric(share(c.tp, c.tp + c.r#fn)),
                3 => number::metric(share(2 * c.tp, 2 * c.tp + c.fp + c.r#fn)),
                4 => number::metric(share(c.tp + c.tn, all)),
                _ => number::percent(share(c.tp + c.fp, all)),
            };
            cell.text(value);
        });
}
