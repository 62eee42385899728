//! What becomes of a part of the rows that somebody found: a segment that every evaluation looks at, and a check of the gate.

use super::Shown;
use crate::domain::gate::{Against, Change, DecideBy, GateCheck, Scope};
use crate::domain::metric::Metric;
use crate::domain::pipeline::{PipelineSpec, ValidateModelParams};
use crate::domain::segment::SegmentSet;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::widgets::button::Button;
use crate::workspace::Command;
use eframe::egui::Ui;

/// A part of the rows.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    /// In SQL's syntax.
    pub(super) condition: &'a str,
    /// For people.
    pub(super) name: &'a str,
    /// Its test rows.
    pub(super) n_rows: u64,
}

/// The buttons; they save pipeline.toml.
pub(super) fn buttons(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    shown: &Shown<'_>,
    part: Part<'_>,
) {
    let Ok(spec) = &shown.snapshot.pipeline else {
        return;
    };
    let read_only = shown.snapshot.read_only.as_ref();
    let read_only = read_only.map(|who| format!("Read-only: {who}"));
    let is_segment = is_segment(spec, shown, part);
    let is_checked = {
        let gate = spec.steps.validate_model.as_ref();
        gate.is_some_and(|g| {
            g.checks
                .iter()
                .any(|c| c.only.as_deref() == Some(part.name))
        })
    };
    let mut saved = None;
    ui.horizontal_wrapped(|ui| {
        let no_segment = is_segment.then(|| "It is a segment of the pipeline".to_owned());
        let button = Button::new("Make it a segment")
            .icon(icons::SLICE)
            .tooltip("Every evaluation from the next run on looks at it")
            .unless(read_only.clone().or(no_segment));
        if button.show(ui).clicked() {
            saved = Some(with_segment(spec, shown, part));
        }
        let no_check = is_checked.then(|| "The gate checks it".to_owned());
        let button = Button::new("Check it in the gate")
            .icon(icons::PASSED)
            .tooltip("A candidate that is worse there than production is not promoted")
            .unless(read_only.or(no_check));
        if button.show(ui).clicked() {
            saved = Some(with_check(with_segment(spec, shown, part), shown, part));
        }
        let copy = Button::new("Copy the condition")
            .quiet()
            .tooltip(part.condition);
        if copy.show(ui).clicked() {
            context.act(Action::Copy(part.condition.to_owned()));
        }
    });
    if let Some(spec) = saved {
        let spec = Box::new(spec);
        context.act(Action::Submit(Command::SavePipeline { spec }));
    }
}

/// Whether every evaluation looks at it already: by its condition, or as a value or bin of a column.
fn is_segment(spec: &PipelineSpec, shown: &Shown<'_>, part: Part<'_>) -> bool {
    let is_it = |set: &SegmentSet| set.condition.as_deref() == Some(part.condition);
    spec.steps.evaluate.segments.iter().any(is_it)
        || shown
            .comparison
            .segments
            .iter()
            .any(|s| s.segment == part.name)
}

/// The pipeline with the part as a segment. Segments that nobody chose are written down first, since a list that is not
/// empty takes their place.
fn with_segment(spec: &PipelineSpec, shown: &Shown<'_>, part: Part<'_>) -> PipelineSpec {
    let mut spec = spec.clone();
    if is_segment(&spec, shown, part) {
        return spec;
    }
    let segments = &mut spec.steps.evaluate.segments;
    if segments.is_empty() {
        *segments = shown.comparison.sets();
    }
    segments.push(SegmentSet {
        condition: Some(part.condition.to_owned()),
        name: Some(part.name.to_owned()),
        ..SegmentSet::default()
    });
    spec
}

/// The pipeline with a check of the part: the candidate must not be worse than production beyond doubt.
fn with_check(mut spec: PipelineSpec, shown: &Shown<'_>, part: Part<'_>) -> PipelineSpec {
    let gate = spec
        .steps
        .validate_model
        .get_or_insert_with(ValidateModelParams::default);
    if gate.checks.is_empty()
        && let Some(blessing) = shown.blessing
    {
        gate.checks = blessing.asked();
    }
    gate.checks.push(GateCheck {
        metric: Metric::of_task(shown.comparison.task)[0],
        scope: Scope::Segments,
        only: Some(part.name.to_owned()),
        against: Against::Production,
        threshold: 0.0,
        change: Change::Absolute,
        decide_by: DecideBy::Interval,
        min_rows: part.n_rows.min(crate::domain::gate::default_min_rows()),
    });
    spec
}
