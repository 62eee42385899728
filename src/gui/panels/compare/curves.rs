//! ROC, precision-recall and calibration of all models over one another, with the points at which they decide.

use super::overall::{chart, gallery, in_order};
use super::pair::USUAL;
use super::words::{title_of, tone_of_place};
use crate::domain::comparison::{Comparison, CurvePoint, ModelEvaluation, Place};
use crate::domain::threshold::ThresholdCounts;
use crate::gui::panel::PanelContext;
use crate::gui::widgets::card::card;
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::line::{LineChart, Reference, Series};
use eframe::egui::Ui;

/// The three charts, made once for an evaluation; only the marks move.
pub(super) struct Curves {
    charts: [(&'static str, LineChart); 3],
    /// Whose each series is.
    places: Vec<Place>,
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
        let mut curves = Self {
            charts: [
                ("ROC: found against false alarms", roc),
                ("Precision against recall", precision_recall),
                ("Calibration: predicted against observed", calibration),
            ],
            places: models.iter().map(|model| model.place).collect(),
        };
        curves.mark(|place| {
            let decided = comparison.model(place)?.confusion.as_ref()?;
            ThresholdCounts::of(USUAL, decided)
        });
        curves
    }

    /// Marks the points at which models decide; the baseline decides the same for every row, and has none.
    pub(super) fn mark(&mut self, counts: impl Fn(Place) -> Option<ThresholdCounts>) {
        let [roc, precision_recall, _] = &mut self.charts;
        for (position, place) in self.places.iter().enumerate() {
            let counts = counts(*place).filter(|_| *place != Place::Baseline);
            let point = |x: Option<f64>, y: Option<f64>| Some([x?, y?]);
            roc.1.series[position].marked =
                counts.and_then(|c| point(c.false_positive_rate(), c.recall()));
            precision_recall.1.series[position].marked =
                counts.and_then(|c| point(c.recall(), c.precision()));
        }
    }

    /// Shows all three.
    pub(super) fn ui(&self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        Self::show(ui, context, &self.charts);
    }

    /// Shows the two that a threshold moves along.
    pub(super) fn ui_of_decisions(&self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        Self::show(ui, context, &self.charts[..2]);
    }

    fn show(ui: &mut Ui, context: &mut PanelContext<'_>, charts: &[(&'static str, LineChart)]) {
        gallery(ui, charts.len(), |ui, i| {
            let (title, line) = &charts[i];
            card(ui, |ui| {
                chart(ui, context, ChartFrame::new(title).height(230.0), line);
            });
        });
    }
}
