//! ROC, precision-recall and calibration of all models over one another, with the operating point at the threshold.

use super::overall::{chart, gallery, in_order};
use super::words::{title_of, tone_of_place};
use crate::domain::comparison::{Comparison, CurvePoint, ModelEvaluation, Place, ThresholdCounts};
use crate::gui::panel::PanelContext;
use crate::gui::widgets::card::card;
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::line::{LineChart, Reference, Series};
use eframe::egui::Ui;

/// The three charts, made once for an evaluation; only the marks move.
pub(super) struct Curves {
    charts: [(&'static str, LineChart); 3],
    /// Counts by threshold of each series, in the series' order; empty for the baseline.
    counts: Vec<Vec<ThresholdCounts>>,
}

impl Curves {
    pub(super) fn new(comparison: &Comparison) -> Self {
        let models: Vec<&ModelEvaluation> = in_order(comparison).collect();
        let lines =
            |points: &dyn Fn(&ModelEvaluation) -> Vec<[f64; 2]>, has_dots: bool| -> Vec<Series> {
                models
                    .iter()
                    .map(|model| Series {
                        name: title_of(model.place).to_owned(),
                        tone: tone_of_place(model.place),
                        points: points(model),
                        marked: None,
                        has_dots,
                    })
                    .collect()
            };
        let pairs = |curve: &[CurvePoint]| curve.iter().map(|p| [p.x, p.y]).collect();
        let roc = LineChart::unit_square(
            lines(&|m| pairs(&m.roc), false),
            "false positive rate",
            "true positive rate",
        )
        .reference(Reference::Diagonal("chance"));
        let precision_recall = LineChart::unit_square(
            lines(
                &|m| match m.precision_recall.as_slice() {
                    // One score for all rows: its precision is the share of positives, at any recall.
                    [_, last] => vec![[0.0, last.y], [last.x, last.y]],
                    curve => pairs(curve),
                },
                false,
            ),
            "recall",
            "precision",
        );
        let bins = |m: &ModelEvaluation| {
            m.calibration
                .iter()
                .map(|b| [b.predicted, b.observed])
                .collect()
        };
        let calibration = LineChart::unit_square(
            lines(&bins, true),
            "predicted probability",
            "observed share",
        )
        .reference(Reference::Diagonal("exact"));
        Self {
            charts: [
                ("ROC: found against false alarms", roc),
                ("Precision against recall", precision_recall),
                ("Calibration: predicted against observed", calibration),
            ],
            counts: models
                .iter()
                .map(|m| {
                    if m.place == Place::Baseline {
                        Vec::new()
                    } else {
                        m.thresholds.clone()
                    }
                })
                .collect(),
        }
    }

    /// Shows them with every model's operating point at this threshold.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, threshold: f64) {
        for (position, counts) in self.counts.iter().enumerate() {
            let point = at(counts, threshold);
            let roc =
                point.and_then(|c| Some([share(c.fp, c.fp + c.tn)?, share(c.tp, c.tp + c.r#fn)?]));
            let precision =
                point.and_then(|c| Some([share(c.tp, c.tp + c.r#fn)?, share(c.tp, c.tp + c.fp)?]));
            for (chart, mark) in self.charts.iter_mut().zip([roc, precision]) {
                if let Some(series) = chart.1.series.get_mut(position) {
                    series.marked = mark;
                }
            }
        }
        let charts = &self.charts;
        gallery(ui, charts.len(), |ui, i| {
            let (title, line) = &charts[i];
            card(ui, |ui| {
                chart(ui, context, ChartFrame::new(title).height(230.0), line);
            });
        });
    }
}

/// The counts at the stored threshold that is nearest.
fn at(counts: &[ThresholdCounts], threshold: f64) -> Option<ThresholdCounts> {
    let distance = |c: &ThresholdCounts| (c.threshold - threshold).abs();
    counts
        .iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .copied()
}

/// A part of a whole; `None` of nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
