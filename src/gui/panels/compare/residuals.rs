//! Regression: how far off the models are, and prediction against truth row by row.

use super::overall::{chart, gallery, in_order};
use super::words::{title_of, tone_of_place};
use crate::domain::comparison::{Comparison, Place};
use crate::domain::statistics::HistogramBin;
use crate::gui::panel::PanelContext;
use crate::gui::widgets::card::card;
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::line::{LineChart, Reference, Series};
use crate::gui::widgets::scatter::{Scatter, ScatterSeries};
use eframe::egui::Ui;

/// Both charts, made once for an evaluation.
pub(super) struct Residuals {
    histogram: LineChart,
    scatter: Scatter,
}

impl Residuals {
    pub(super) fn new(comparison: &Comparison) -> Self {
        let models = || in_order(comparison).filter(|m| m.place != Place::Baseline);
        let outlines = models()
            .map(|model| Series {
                name: title_of(model.place).to_owned(),
                tone: tone_of_place(model.place),
                points: outline(&model.residuals),
                ..Series::default()
            })
            .collect();
        let histogram = LineChart {
            series: outlines,
            x_label: format!("prediction minus truth, {}", comparison.target),
            y_label: "share of rows per unit".to_owned(),
            ..LineChart::default()
        };
        let dots = models()
            .map(|model| ScatterSeries {
                name: title_of(model.place).to_owned(),
                tone: tone_of_place(model.place),
                points: model.predicted.iter().map(|p| [p.x, p.y]).collect(),
                ..ScatterSeries::default()
            })
            .collect();
        Self {
            histogram: histogram.reference(Reference::Moment(0.0, "exact")),
            scatter: Scatter::truth_against_prediction(
                dots,
                format!("true {}", comparison.target),
                format!("predicted {}", comparison.target),
            ),
        }
    }

    pub(super) fn ui(&self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        gallery(ui, 2, |ui, i| {
            card(ui, |ui| {
                if i == 0 {
                    let frame = ChartFrame::new("Residuals: how far off").height(260.0);
                    chart(ui, context, frame, &self.histogram);
                } else {
                    let frame = ChartFrame::new("Prediction against truth").height(260.0);
                    chart(ui, context, frame, &self.scatter);
                }
            });
        });
    }
}

/// The outline of a histogram as densities: models have bins of their own, and shares per unit can be compared across
/// bins of different widths.
fn outline(bins: &[HistogramBin]) -> Vec<[f64; 2]> {
    let total = bins.iter().map(|b| b.count).sum::<u64>() as f64;
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else {
        return Vec::new();
    };
    let mut points = vec![[first.low, 0.0]];
    for bin in bins {
        let width = bin.high - bin.low;
        let density = if width > 0.0 && total > 0.0 {
            bin.count as f64 / total / width
        } else {
            0.0
        };
        points.extend([[bin.low, density], [bin.high, density]]);
    }
    points.push([last.high, 0.0]);
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_under_an_outline_is_one() {
        let bin = |low: f64, high: f64, count| HistogramBin { low, high, count };
        let points = outline(&[bin(-1.0, 0.0, 30), bin(0.0, 1.0, 50), bin(1.0, 2.0, 20)]);
        let area: f64 = points
            .windows(2)
            .map(|w| (w[1][0] - w[0][0]) * (w[0][1] + w[1][1]) / 2.0)
            .sum();
        assert!((area - 1.0).abs() < 1e-12, "{area}");
    }
}
