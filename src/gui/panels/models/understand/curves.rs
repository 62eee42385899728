//! Learning and validation curves: the algorithm of the candidate fitted again with more rows, fewer trees, other parameters.

use super::{View, explained};
use crate::domain::Scalar;
use crate::domain::curve::{Along, ScoreCurve};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::card::card;
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::line::{LineChart, Series};
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::spans::{Span, Spans};
use crate::gui::widgets::{number, state};
use crate::workspace::Snapshot;
use crate::workspace::explain::{ExplainAnswer, ExplainAsk};
use eframe::egui::{ScrollArea, Ui};

/// What the page remembers.
#[derive(Debug, Default)]
pub(super) struct Curves {
    along: Option<Along>,
}

impl Curves {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        snapshot: &Snapshot,
        view: &View<'_>,
    ) {
        let options = possible(snapshot, &view.candidate.algorithm);
        if options.is_empty() {
            let text = "It is not fitted on rows of its own, so there is nothing to fit again.";
            state::empty(ui, icons::MODEL, "No curves", text, None);
            return;
        }
        let titles: Vec<&str> = options.iter().map(|(_, title)| title.as_str()).collect();
        let is_chosen = |(along, _): &&(Along, String)| Some(along) == self.along.as_ref();
        let mut at = options
            .iter()
            .position(|option| is_chosen(&option))
            .unwrap_or(0);
        let field = Field::new("What changes").width(220.0);
        if field.choice(ui, &mut at, &titles).changed() {
            self.along = Some(options[at].0.clone());
        }
        let metric = view.report.metric;
        let query = view.ask(ExplainAsk::Curve {
            along: options[at].0.clone(),
            metric,
        });
        let what = format!("the fits along {}", titles[at].to_lowercase());
        let Some(answer) = answer::worked_out(ui, context, &query, &what) else {
            return;
        };
        let Some(ExplainAnswer::Curve(found)) = explained(&answer) else {
            return;
        };
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            prose(ui, &sentence(found));
            ui.add_space(space::S);
            card(ui, |ui| picture(ui, context, found, &view.candidate.name));
            ui.add_space(space::S);
            fine_print(ui, &method(found));
        });
    }
}

/// What can change along a curve, with its title.
fn possible(snapshot: &Snapshot, id: &str) -> Vec<(Along, String)> {
    let info = snapshot.algorithms.iter().find(|a| a.id == id);
    let along = crate::workspace::explain::curves_of(id).into_iter();
    along
        .map(|along| {
            let title = match &along {
                Along::Rows => "Training rows".to_owned(),
                Along::Trees => "Number of trees".to_owned(),
                Along::Parameter(name) => info
                    .and_then(|i| i.params.iter().find(|p| p.name == *name))
                    .map_or_else(|| name.clone(), |p| p.title.clone()),
            };
            (along, title)
        })
        .collect()
}

fn picture(ui: &mut Ui, context: &mut PanelContext<'_>, found: &ScoreCurve, name: &str) {
    let title = format!(
        "{} of {name} by {}",
        found.metric.title(),
        found.title.to_lowercase()
    );
    let numbers: Option<Vec<f64>> = found.points.iter().map(|p| p.at.as_f64()).collect();
    let Some(places) = numbers else {
        let chart = choices(found);
        let frame = ChartFrame::new(&title).height(chart.wanted_height());
        answer::hit_of(context, frame.show(ui, &chart));
        return;
    };
    // Values a hundredfold apart are drawn by their order of magnitude.
    let is_wide = places.iter().all(|v| *v > 0.0)
        && places
            .last()
            .zip(places.first())
            .is_some_and(|(b, a)| b / a >= 100.0);
    let place = |value: f64| if is_wide { value.log10() } else { value };
    let line =
        |name: &str, tone: Tone, score: fn(&crate::domain::curve::CurvePoint) -> Option<f64>| {
            let points = found.points.iter().zip(&places);
            Series {
                name: name.to_owned(),
                tone,
                points: points
                    .filter_map(|(point, at)| Some([place(*at), score(point)?]))
                    .collect(),
                has_dots: true,
                ..Series::default()
            }
        };
    let chart = LineChart {
        series: vec![
            line("rows learned from", Tone::Series(1), |p| p.training),
            line("rows held out", Tone::Series(0), |p| p.held_out),
        ],
        x_label: if is_wide {
            format!("{} (power of ten)", found.title.to_lowercase())
        } else {
            found.title.to_lowercase()
        },
        y_label: found.metric.title().to_owned(),
        ..LineChart::default()
    };
    let height = (ui.available_height() - 110.0).clamp(220.0, 520.0);
    answer::hit_of(
        context,
        ChartFrame::new(&title).height(height).show(ui, &chart),
    );
}

/// A bar a choice.
fn choices(found: &ScoreCurve) -> Spans {
    let span = |point: &crate::domain::curve::CurvePoint| {
        Some(Span {
            name: point.at.to_string(),
            from: 0.0,
            to: point.held_out?,
            interval: None,
            text: number::metric(point.held_out),
            tone: Tone::Series(0),
        })
    };
    Spans {
        spans: found.points.iter().filter_map(span).collect(),
        label: format!("{} on the rows held out", found.metric.word()),
        from_zero: true,
        is_joined: false,
        keys: Vec::new(),
    }
}

/// What the curve says.
fn sentence(found: &ScoreCurve) -> String {
    let Some(best) = found.best() else {
        let error = found.points.iter().find_map(|p| p.error.as_deref());
        return error.map_or_else(
            || format!("The {} is not defined on these rows.", found.metric.word()),
            |error| format!("No fit succeeded: {error}"),
        );
    };
    let metric = found.metric.word();
    let value = number::metric(best.held_out);
    let at = match &best.at {
        Scalar::Int(n) => number::count(n.unsigned_abs()),
        other => other.to_string(),
    };
    match &found.along {
        Along::Rows => {
            let last = found.points.last();
            let is_last = last.is_some_and(|p| p.at == best.at);
            let advice = if is_last {
                "it is still getting better with more rows"
            } else {
                "more rows do not make it better"
            };
            format!("The best {metric} on rows held out is {value}, with {at} rows: {advice}.")
        }
        Along::Trees => format!("The best {metric} on rows held out is {value}, with {at} trees."),
        Along::Parameter(_) => {
            format!(
                "The best {metric} on rows held out is {value}, with {} = {at}.",
                found.title.to_lowercase()
            )
        }
    }
}

fn method(found: &ScoreCurve) -> String {
    format!(
        "Fitted again for each point, on {}{} of the training rows; {} others are held out. Test rows take no part. Where the two \
         lines are far apart, the algorithm learns its rows by heart.",
        if found.along == Along::Rows {
            "up to "
        } else {
            ""
        },
        number::count(found.n_training),
        number::count(found.n_held_out)
    )
}
