//! What the tests of Models, Compare and Maturity add to the fixtures: a snapshot whose registry knows the compared
//! models by hash, comparisons of three classes and of a regression, and pictures after clicks.

use crate::fixtures::*;
use eframe::egui;
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use lockkeeper::domain::Task;
use lockkeeper::domain::comparison::{
    Comparison, ConfusionMatrix, CurvePoint, MetricComparison, ModelEvaluation, Outcome, Place,
};
use lockkeeper::domain::metric::{Metric, MetricValue};
use lockkeeper::domain::run::StepKind;
use lockkeeper::domain::statistics::HistogramBin;
use lockkeeper::workspace::{Answer, Fetched, Query, Snapshot};
use std::sync::Arc;

/// The usual snapshot, in which the registry's versions are the models that the comparison compares.
pub fn decided() -> Snapshot {
    let mut snapshot = with_rows(snapshot());
    for (version, title) in snapshot
        .models
        .iter_mut()
        .zip(["forest", "production v1 (logistic)"])
    {
        let before = std::mem::replace(&mut version.hash, hash(title));
        for run in &mut snapshot.runs {
            let train = run.steps.iter_mut().find(|s| s.kind == StepKind::Train);
            for output in train.into_iter().flat_map(|s| &mut s.outputs) {
                if output.hash == before {
                    output.hash = hash(title);
                }
            }
        }
    }
    snapshot
}

/// The usual answers, but the comparison is of another task.
fn answer_with(query: &Query, comparison: fn() -> Comparison) -> Fetched {
    match query {
        Query::Artifact { kind, .. } if kind == "lockkeeper.Evaluation" => {
            Fetched::Ready(Arc::new(Answer::Comparison(Box::new(comparison()))))
        }
        _ => answer(query),
    }
}

/// Only the first model: there is nothing in production.
pub fn first_model(query: &Query) -> Fetched {
    answer_with(query, || comparison(false))
}

/// Three classes.
pub fn multiclass(query: &Query) -> Fetched {
    answer_with(query, || {
        let mut all = comparison(true);
        all.task = Task::Multiclass;
        all.classes = ["setosa", "versicolor", "virginica"]
            .map(str::to_owned)
            .to_vec();
        for model in &mut all.models {
            model.confusion = Some(ConfusionMatrix {
                counts: vec![vec![50, 0, 0], vec![1, 45, 4], vec![0, 6, 44]],
            });
        }
        all
    })
}

/// A regression.
pub fn regression(query: &Query) -> Fetched {
    answer_with(query, || {
        let mut all = comparison(true);
        all.task = Task::Regression;
        all.target = "delay in minutes".to_owned();
        all.classes.clear();
        all.segments.clear();
        for (position, model) in all.models.iter_mut().enumerate() {
            regress(model, 1.0 + position as f64 * 0.4);
        }
        let of = |place, metric| {
            all.models
                .iter()
                .find(|m| m.place == place)
                .and_then(|m| m.metric(metric))
        };
        let line = |metric: &Metric| {
            let (candidate, production) = (
                of(Place::Candidate, *metric),
                of(Place::Production, *metric),
            );
            let difference = candidate.zip(production).map(|(c, p)| c - p);
            MetricComparison {
                metric: *metric,
                candidate,
                production,
                baseline: of(Place::Baseline, *metric),
                difference,
                interval: difference.map(|d| [d - 0.3, d + 0.3]),
                significance: None,
                outcome: Outcome::Better,
            }
        };
        all.metrics = Metric::of_task(Task::Regression).iter().map(line).collect();
        all
    })
}

fn regress(model: &mut ModelEvaluation, spread: f64) {
    let bin = |i: i32| {
        let middle = f64::from(i) * 2.0 * spread + spread;
        let count = (300.0 * (-(middle / (8.0 * spread)).powi(2)).exp()).round() as u64;
        HistogramBin {
            low: middle - spread,
            high: middle + spread,
            count,
        }
    };
    model.residuals = (-15..15).map(bin).collect();
    let point = |i: i32| CurvePoint {
        x: f64::from(i) / 5.0,
        y: f64::from(i) / 5.0 + spread * 4.0 * (f64::from(i) * 1.7).sin(),
        threshold: None,
    };
    model.predicted = (0..400).map(point).collect();
    model.roc.clear();
    model.precision_recall.clear();
    model.calibration.clear();
    model.confusion = None;
    let value = |metric, value| MetricValue {
        metric,
        value: Some(value),
    };
    model.metrics = vec![
        value(Metric::Rmse, 12.0 * spread),
        value(Metric::Mae, 8.0 * spread),
        value(Metric::R2, 0.7 / spread),
        value(Metric::Bias, 0.4 * spread),
    ];
}

/// Clicks what has this label, and settles.
pub fn click(harness: &mut Harness<'_, Stage>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_ok();
}

/// Opens the list of a field and takes one of its options.
pub fn choose<S>(harness: &mut Harness<'_, S>, field: &str, option: &str) {
    harness.get_by_label(field).click();
    harness.run_ok();
    harness.get_by_label(option).click();
    harness.run_ok();
}

/// Clicks the row of a table that contains these words, near its left end: a row may be wider than what is in sight.
pub fn click_row(harness: &mut Harness<'_, Stage>, words: &str) {
    let rows = harness.query_all_by_label_contains(words);
    let row = rows
        .into_iter()
        .find(|n| n.accesskit_node().role() == egui::accesskit::Role::Row);
    let rect = row
        .unwrap_or_else(|| panic!("no row with {words:?}"))
        .rect();
    let at = rect.left_center() + egui::vec2(60.0, 0.0);
    harness.hover_at(at);
    harness.run_ok();
    harness.drag_at(at);
    harness.run_ok();
    harness.drop_at(at);
    harness.run_ok();
}

/// Paints the room as it is after these clicks, in both themes and sizes (see `Stage::picture`).
pub fn picture_after(make: impl Fn() -> Stage, clicks: &[&str], name: &str) {
    let after = || {
        let mut harness = make().harness();
        for label in clicks {
            click(&mut harness, label);
        }
        harness.into_state()
    };
    Stage::picture(after, name);
}
