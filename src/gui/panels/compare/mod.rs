//! The Compare room, in which people decide: the gate's sentence, the candidate against production segment by segment,
//! the pictures of both, and the checks of the gate. All numbers come from the stored evaluation; nothing is computed
//! anew here but the order of rows and ratios of counts at a threshold.

mod checks;
mod curves;
mod header;
mod overall;
mod residuals;
mod segment;
mod segments;
mod threshold;
mod words;

use crate::domain::comparison::Comparison;
use crate::domain::gate::Blessing;
use crate::domain::ids::RunId;
use crate::domain::metric::Metric;
use crate::domain::run::{ArtifactRef, RunRecord, StepKind};
use crate::gui::action::Action;
use crate::gui::panel::{Panel, PanelContext, Room, Unavailable};
use crate::gui::panels::answer;
use crate::gui::theme::space;
use crate::gui::widgets::segmented::segmented;
use crate::gui::widgets::state;
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::{self, ScrollArea, Ui};
use std::sync::Arc;

/// The room.
#[derive(Default)]
pub struct Compare {
    header: header::Header,
    segments: segments::Segments,
    overall: overall::Overall,
    tab: usize,
}

/// What is compared: one run's evaluation, and what the gate made of it.
struct Shown<'a> {
    snapshot: &'a Snapshot,
    run: &'a RunRecord,
    /// The evaluation's artifact: what is cached is cached by its hash.
    artifact: &'a ArtifactRef,
    comparison: &'a Comparison,
    /// `None` while the gate has not decided, or where the pipeline has none.
    blessing: Option<&'a Blessing>,
}

/// The runs that have an evaluation, newest first.
fn evaluated(snapshot: &Snapshot) -> impl Iterator<Item = (&RunRecord, &ArtifactRef)> {
    let live = snapshot.live.as_ref().map(|l| &l.record);
    let earlier = snapshot
        .runs
        .iter()
        .filter(move |r| live.is_none_or(|l| l.id != r.id));
    live.into_iter()
        .chain(earlier)
        .filter_map(|run| Some((run, output(run, StepKind::Evaluate, "evaluation")?)))
}

fn output<'a>(run: &'a RunRecord, step: StepKind, port: &str) -> Option<&'a ArtifactRef> {
    run.step(step)?.outputs.iter().find(|o| o.port == port)
}

fn chosen(snapshot: &Snapshot, run: Option<RunId>) -> Option<(&RunRecord, &ArtifactRef)> {
    evaluated(snapshot)
        .find(|(r, _)| Some(r.id) == run)
        .or_else(|| evaluated(snapshot).next())
}

/// The metric looked at: the selected one where this comparison has it, or else its first.
fn metric_of(context: &PanelContext<'_>, comparison: &Comparison) -> Option<Metric> {
    let has = |metric: Metric| comparison.metrics.iter().any(|m| m.metric == metric);
    context
        .selection
        .metric
        .filter(|m| has(*m))
        .or_else(|| comparison.segments.first().map(|s| s.metric))
        .or_else(|| comparison.metrics.first().map(|m| m.metric))
}

impl Panel for Compare {
    fn room(&self) -> Room {
        Room::Compare
    }

    fn turn_to(&mut self, page: usize) {
        self.tab = page;
    }

    fn unavailable(&self, snapshot: &Snapshot) -> Option<Unavailable> {
        if evaluated(snapshot).next().is_some() {
            return None;
        }
        let is_live = snapshot.live.is_some();
        Some(Unavailable {
            title: "No comparison yet",
            text: if is_live {
                "A run is at work. As soon as it has evaluated its best candidate on the test rows, the comparison is here."
            } else {
                "Run the pipeline: its best candidate is then held against the model in production, segment by segment."
            }
            .to_owned(),
            action: (!is_live).then(|| ("Run the pipeline".to_owned(), Action::Run)),
        })
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(snapshot) = context.snapshot else {
            return;
        };
        let Some((run, artifact)) = chosen(snapshot, context.selection.run) else {
            return;
        };
        header::title(ui, context, run);
        let Some(evaluation) =
            answer::ready(ui, context, &Query::artifact(artifact), "the comparison")
        else {
            return;
        };
        let gate = output(run, StepKind::ValidateModel, "blessing").map(Query::artifact);
        let gate = answer::known(context, gate.as_ref());
        let Some(shown) = shown(snapshot, (run, artifact), &evaluation, gate.as_ref()) else {
            let text = "This artifact is not an evaluation.";
            state::empty(ui, Room::Compare.icon(), "No comparison", text, None);
            return;
        };
        self.header.verdict(ui, context, &shown);
        ui.add_space(space::S);
        self.body(ui, context, &shown);
        self.header.answer(ui, context);
    }

    fn inspector(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) -> bool {
        let Some(snapshot) = context.snapshot else {
            return false;
        };
        let Some((_, artifact)) = chosen(snapshot, context.selection.run) else {
            return false;
        };
        let found = answer::known(context, Some(&Query::artifact(artifact)));
        let Some(Answer::Comparison(comparison)) = found.as_deref() else {
            return false;
        };
        segment::inspector(ui, context, comparison);
        true
    }
}

fn shown<'a>(
    snapshot: &'a Snapshot,
    (run, artifact): (&'a RunRecord, &'a ArtifactRef),
    evaluation: &'a Arc<Answer>,
    gate: Option<&'a Arc<Answer>>,
) -> Option<Shown<'a>> {
    let Answer::Comparison(comparison) = &**evaluation else {
        return None;
    };
    let blessing = gate.and_then(|found| match &**found {
        Answer::Blessing(blessing) => Some(blessing),
        _ => None,
    });
    Some(Shown {
        snapshot,
        run,
        artifact,
        comparison,
        blessing,
    })
}

impl Compare {
    /// Table and pictures beside each other where there is room, one over the other where there is not.
    fn body(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, shown: &Shown<'_>) {
        if ui.available_width() >= 1_180.0 {
            let width = ui.available_width();
            let height = ui.available_height();
            let left = (width * 0.57).round();
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::L;
                ui.allocate_ui_with_layout(
                    egui::vec2(left, height),
                    egui::Layout::top_down(egui::Align::Min),
                    |ui| {
                        self.left(ui, context, shown, f32::INFINITY);
                    },
                );
                let rest = egui::vec2(ui.available_width(), height);
                ui.allocate_ui_with_layout(rest, egui::Layout::top_down(egui::Align::Min), |ui| {
                    ScrollArea::vertical()
                        .id_salt("pictures")
                        .auto_shrink(false)
                        .show(ui, |ui| self.right(ui, context, shown));
                });
            });
        } else {
            ScrollArea::vertical()
                .id_salt("compare room")
                .auto_shrink(false)
                .show(ui, |ui| {
                    self.left(ui, context, shown, 340.0);
                    ui.add_space(space::L);
                    self.right(ui, context, shown);
                });
        }
    }

    fn left(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        shown: &Shown<'_>,
        max_height: f32,
    ) {
        let n_failed = shown.blessing.map_or(0, checks::n_failed);
        let [segments, checks] = [Room::Compare.pages()[0], Room::Compare.pages()[1]];
        let failed = format!("{checks} · {n_failed} failed");
        let checks = if n_failed > 0 { &failed } else { checks };
        segmented(ui, "View", &mut self.tab, &[segments, checks]);
        if self.tab == 1 {
            checks::ui(ui, context, shown, max_height);
        } else {
            self.segments.ui(ui, context, shown, max_height);
        }
    }

    fn right(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, shown: &Shown<'_>) {
        match context.selection.segment.clone() {
            Some(name) if shown.comparison.segments.iter().any(|s| s.segment == name) => {
                segment::ui(ui, context, shown, &name);
            }
            _ => self.overall.ui(ui, context, shown),
        }
    }
}
