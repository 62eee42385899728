//! All test rows together: bars of the metrics, then the pictures that suit the task.

use super::words::{title_of, tone_of_place};
use super::{Shown, curves::Curves, residuals::Residuals, segment};
use crate::domain::Task;
use crate::domain::comparison::{Comparison, ModelEvaluation, Place};
use crate::domain::metric::Metric;
use crate::gui::action::Action;
use crate::gui::panel::PanelContext;
use crate::gui::theme::space;
use crate::gui::widgets::bars::{BarSeries, Bars};
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::chart::{Chart, ChartFrame};
use crate::gui::widgets::matrix::ConfusionMatrix;
use eframe::egui::Ui;

/// What the pictures remember: charts made once for an evaluation.
#[derive(Default)]
pub(super) struct Overall {
    drawn: Option<Drawn>,
}

/// Charts of one evaluation.
struct Drawn {
    evaluation: String,
    bars: Vec<(&'static str, Bars)>,
    curves: Option<Curves>,
    matrices: Vec<(String, ConfusionMatrix)>,
    residuals: Option<Residuals>,
}

/// Production, candidate, baseline: the order of all keys.
pub(super) fn in_order(comparison: &Comparison) -> impl Iterator<Item = &ModelEvaluation> {
    [Place::Production, Place::Candidate, Place::Baseline]
        .into_iter()
        .filter_map(|p| comparison.model(p))
}

/// Shows a chart and hands on what its menu was asked for.
pub(super) fn chart<C: Chart>(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    frame: ChartFrame<'_>,
    chart: &C,
) {
    if let Some(request) = frame.show(ui, chart).request {
        context.act(Action::Chart(request));
    }
}

/// Shows pictures two a row where there is room, three of three where there is much, one under the other where there is none.
pub(super) fn gallery(ui: &mut Ui, n: usize, mut show: impl FnMut(&mut Ui, usize)) {
    let per_row = match ui.available_width() {
        wide if wide >= 960.0 && n == 3 => 3,
        wide if wide >= 560.0 => 2,
        _ => 1,
    };
    for start in (0..n).step_by(per_row) {
        ui.columns(per_row, |columns| {
            for (offset, column) in columns.iter_mut().enumerate() {
                if start + offset < n {
                    show(column, start + offset);
                }
            }
        });
        ui.add_space(space::S);
    }
}

impl Overall {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, shown: &Shown<'_>) {
        let comparison = shown.comparison;
        if self
            .drawn
            .as_ref()
            .is_none_or(|d| d.evaluation != shown.key)
        {
            self.drawn = Some(Drawn::new(comparison, shown.key.clone()));
        }
        let Some(drawn) = &self.drawn else { return };
        section(ui, "Overall", |_| ());
        for (title, bars) in &drawn.bars {
            let frame = ChartFrame::new(title).height(bars.wanted_height());
            card(ui, |ui| chart(ui, context, frame, bars));
            ui.add_space(space::S);
        }
        if let Some(curves) = &drawn.curves {
            curves.ui(ui, context);
        }
        if !drawn.matrices.is_empty() {
            let n_classes = comparison.classes.len() as f32;
            let matrices = &drawn.matrices;
            gallery(ui, matrices.len(), |ui, i| {
                let (title, matrix) = &matrices[i];
                let height = (48.0 + n_classes * 40.0).clamp(150.0, 420.0);
                card(ui, |ui| {
                    chart(ui, context, ChartFrame::new(title).height(height), matrix);
                });
            });
        }
        if let Some(residuals) = &drawn.residuals {
            residuals.ui(ui, context);
        }
        let lines: Vec<segment::Line> =
            comparison.metrics.iter().map(segment::Line::from).collect();
        card(ui, |ui| {
            segment::lines_table(ui, context, "Every metric overall", &lines, comparison);
        });
    }
}

impl Drawn {
    fn new(comparison: &Comparison, evaluation: String) -> Self {
        let is_multiclass = comparison.task == Task::Multiclass;
        Self {
            evaluation,
            bars: bars(comparison),
            curves: (comparison.task == Task::Binary).then(|| Curves::new(comparison)),
            matrices: if is_multiclass {
                matrices(comparison)
            } else {
                Vec::new()
            },
            residuals: (comparison.task == Task::Regression).then(|| Residuals::new(comparison)),
        }
    }
}

/// Metrics in one unit share a picture: for a regression R² has one of its own.
fn bars(comparison: &Comparison) -> Vec<(&'static str, Bars)> {
    let metrics: Vec<Metric> = comparison.metrics.iter().map(|m| m.metric).collect();
    let of = |metrics: Vec<Metric>, label: String| Bars {
        groups: metrics.iter().map(|m| m.title().to_owned()).collect(),
        series: in_order(comparison)
            .map(|model| BarSeries {
                name: title_of(model.place).to_owned(),
                tone: tone_of_place(model.place),
                values: metrics.iter().map(|m| model.metric(*m)).collect(),
            })
            .collect(),
        label,
        is_share: false,
    };
    if comparison.task != Task::Regression {
        return vec![(
            "Metrics on all test rows",
            of(metrics, "metrics".to_owned()),
        )];
    }
    let (share, errors): (Vec<Metric>, Vec<Metric>) =
        metrics.into_iter().partition(|m| *m == Metric::R2);
    let mut all = vec![(
        "Errors on all test rows",
        of(errors, comparison.target.clone()),
    )];
    if !share.is_empty() {
        all.push((
            "Share of the variance explained",
            of(share, "R²".to_owned()),
        ));
    }
    all
}

fn matrices(comparison: &Comparison) -> Vec<(String, ConfusionMatrix)> {
    in_order(comparison)
        .filter(|m| m.place != Place::Baseline)
        .filter_map(|model| {
            Some((
                format!("Confusion of {}", title_of(model.place).to_lowercase()),
                ConfusionMatrix {
                    classes: comparison.classes.clone(),
                    counts: model.confusion.as_ref()?.counts.clone(),
                    tone: tone_of_place(model.place),
                    selected: None,
                },
            ))
        })
        .collect()
}
