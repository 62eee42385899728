//! The Compare room, in which people decide: the gate's sentence, the candidate against production segment by segment,
//! the pictures of both, and the checks of the gate, all as the run's evaluation has them. What is asked besides (slices,
//! maps, thresholds, single rows, groups, other versions) the engine works out on the run's test rows.

mod checks;
mod curves;
mod fairness;
mod header;
mod map;
mod overall;
mod own_rows;
mod pair;
mod report;
mod residuals;
mod rows;
mod segment;
mod segments;
mod slice_use;
mod slices;
mod threshold;
mod versions;
mod what_if;
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
use crate::gui::widgets::{side, state};
use crate::workspace::comparing::CompareAnswer;
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::{Align, Layout, ScrollArea, Ui, vec2};

/// A page, in the order of the room's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Page {
    #[default]
    Segments,
    Checks,
    Slices,
    Map,
    Threshold,
    Rows,
    Fairness,
    Versions,
}

impl Page {
    const ALL: [Self; 8] = [
        Self::Segments,
        Self::Checks,
        Self::Slices,
        Self::Map,
        Self::Threshold,
        Self::Rows,
        Self::Fairness,
        Self::Versions,
    ];
}

/// The room.
#[derive(Default)]
pub struct Compare {
    page: Page,
    chosen: Option<pair::Chosen>,
    header: header::Header,
    segments: segments::Segments,
    overall: overall::Overall,
    slices: slices::Slices,
    map: map::Map,
    threshold: threshold::Threshold,
    rows: rows::Rows,
    fairness: fairness::Fairness,
    versions: versions::Versions,
    report: report::Report,
}

/// What is compared: one run's evaluation and what the gate made of it, or two versions that a person chose.
struct Shown<'a> {
    snapshot: &'a Snapshot,
    run: &'a RunRecord,
    /// What is remembered of a comparison is remembered by this: its models and its rows.
    key: String,
    comparison: &'a Comparison,
    /// `None` while the gate has not decided, or where the pipeline has none.
    blessing: Option<&'a Blessing>,
    /// Whether it is the run's own, which the gate decided by.
    is_own: bool,
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
        self.page = Page::ALL.get(page).copied().unwrap_or_default();
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
        if let Some(chosen) = self.chosen.clone().filter(|chosen| chosen.run == run.id) {
            self.ui_of_chosen(ui, context, (snapshot, run), &chosen);
            return;
        }
        let Some(evaluation) =
            answer::ready(ui, context, &Query::artifact(artifact), "the comparison")
        else {
            return;
        };
        let gate = output(run, StepKind::ValidateModel, "blessing").map(Query::artifact);
        let gate = answer::known(context, gate.as_ref());
        let Answer::Comparison(comparison) = &*evaluation else {
            let text = "This artifact is not an evaluation.";
            state::empty(ui, Room::Compare.icon(), "No comparison", text, None);
            return;
        };
        let blessing = gate.as_deref().and_then(|found| match found {
            Answer::Blessing(blessing) => Some(blessing),
            _ => None,
        });
        let shown = Shown {
            snapshot,
            run,
            key: artifact.hash.as_str().to_owned(),
            comparison,
            blessing,
            is_own: true,
        };
        self.ui_of(ui, context, &shown);
    }

    /// The room says everything itself, and needs its width.
    fn has_inspector(&self, _snapshot: &Snapshot) -> bool {
        false
    }
}

impl Compare {
    /// Two versions that a person chose, on the test rows of a run.
    fn ui_of_chosen(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (snapshot, run): (&Snapshot, &RunRecord),
        chosen: &pair::Chosen,
    ) {
        let Some(query) = chosen.query(snapshot, run) else {
            self.chosen = None;
            return;
        };
        if pair::banner(ui, snapshot, chosen) {
            self.chosen = None;
            return;
        }
        let Some(found) = answer::worked_out(ui, context, &query, "the comparison") else {
            return;
        };
        let Some(CompareAnswer::Whole(compared)) = pair::answered(&found) else {
            return;
        };
        let shown = Shown {
            snapshot,
            run,
            key: compared
                .comparison
                .models
                .iter()
                .map(|m| m.hash.as_str())
                .chain([compared.data.hash.as_str()])
                .collect(),
            comparison: &compared.comparison,
            blessing: Some(&compared.blessing),
            is_own: false,
        };
        self.ui_of(ui, context, &shown);
    }

    fn ui_of(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, shown: &Shown<'_>) {
        self.header.verdict(ui, context, shown);
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            self.tabs(ui, shown);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.report.ui(ui, context, shown);
            });
        });
        ui.add_space(space::XS);
        match self.page {
            Page::Segments | Page::Checks => self.decision(ui, context, shown),
            page => match pair::View::of(shown, self.threshold.value) {
                Some(view) => self.question(ui, context, &view, page),
                None => {
                    let text = "The rows of this run are not among those that can be looked up.";
                    state::empty(ui, Room::Compare.icon(), "Nothing to ask", text, None);
                }
            },
        }
        self.header.answer(ui, context);
    }

    fn tabs(&mut self, ui: &mut Ui, shown: &Shown<'_>) {
        let n_failed = shown.blessing.map_or(0, checks::n_failed);
        let titles: Vec<String> = Room::Compare
            .pages()
            .iter()
            .zip(Page::ALL)
            .map(|(title, page)| match page {
                Page::Checks if n_failed > 0 => format!("{title} · {n_failed} failed"),
                _ => (*title).to_owned(),
            })
            .collect();
        let mut at = Page::ALL.iter().position(|p| *p == self.page).unwrap_or(0);
        segmented(ui, "View", &mut at, &titles);
        self.page = Page::ALL[at];
    }

    /// A page that asks the engine, over the whole width.
    fn question(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        view: &pair::View<'_>,
        page: Page,
    ) {
        ScrollArea::vertical()
            .id_salt(("compare page", page as u8))
            .auto_shrink(false)
            .show(ui, |ui| match page {
                Page::Slices => self.slices.ui(ui, context, view),
                Page::Map => self.map.ui(ui, context, view),
                Page::Threshold => self.threshold.ui(ui, context, view),
                Page::Rows => self.rows.ui(ui, context, view),
                Page::Fairness => self.fairness.ui(ui, context, view),
                _ => {
                    if let Some(chosen) = self.versions.ui(ui, context, view) {
                        self.chosen = Some(chosen);
                    }
                }
            });
    }

    /// Table and pictures beside each other where there is room, one over the other where there is not.
    fn decision(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, shown: &Shown<'_>) {
        if ui.available_width() >= 1_400.0 {
            let (width, height) = (ui.available_width(), ui.available_height());
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::L;
                let left = vec2((width * 0.57).round(), height);
                side::column(ui, left, |ui| self.left(ui, context, shown, f32::INFINITY));
                let rest = vec2(ui.available_width(), height);
                side::column(ui, rest, |ui| {
                    ScrollArea::vertical()
                        .id_salt("pictures")
                        .auto_shrink(false)
                        .show(ui, |ui| self.right(ui, context, shown));
                });
            });
        } else {
            ScrollArea::vertical()
                .id_salt(("compare room", self.page as u8))
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
        if self.page == Page::Checks {
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
