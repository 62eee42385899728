//! Pipeline, the room people remember: the steps with their two gates, a run over time, and every parameter.
//! The room draws and asks; planning, running and saving are the engine's.

mod draft;
mod form;
mod graph;
mod inspector;
mod log;
mod timeline;
mod verdict;

use super::runs::record;
use crate::domain::run::{RunState, StepKind};
use crate::domain::training::TrainingReport;
use crate::domain::{Failure, Task};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{Load, Panel, PanelContext, Room};
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::{
    banner::Banner,
    button::Button,
    card::{card, page_title, titled_card},
    chart::ChartFrame,
    number,
    pipeline::PipelineGraph,
    state,
};
use crate::workspace::{Answer, Command, Query, Snapshot};
use draft::Draft;
use eframe::egui::{self, Align, Layout, Ui};
use graph::Standing;
use std::sync::Arc;

/// The page of the anomalies in the Data room.
const ANOMALIES: usize = 3;

/// From this width on, the form stands beside the time line.
const WIDE: f32 = 1_100.0;

/// Below this width the graph is folded, so that all of it is in sight.
const FOLDED: f32 = 980.0;

/// The room.
#[derive(Default)]
pub struct Pipeline {
    draft: Option<Draft>,
}

impl Panel for Pipeline {
    fn room(&self) -> Room {
        Room::Pipeline
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(snapshot) = context.snapshot else {
            return;
        };
        match (&snapshot.pipeline, &mut self.draft) {
            (Ok(spec), Some(draft)) => draft.follow(spec),
            (Ok(spec), None) => self.draft = Some(Draft::of(spec)),
            (Err(_), _) => (),
        }
        header(ui, snapshot, context);
        self.changes(ui, snapshot, context);
        let answer = leaderboard(snapshot, context);
        let scroll = egui::ScrollArea::vertical()
            .id_salt("pipeline room")
            .auto_shrink([false, false]);
        scroll.show(ui, |ui| {
            let standing = standing(snapshot, context, answer.as_deref());
            match &snapshot.pipeline {
                Err(failure) => broken(ui, failure, context),
                Ok(_) => self.graph(ui, standing, context),
            }
            self.below(ui, standing, snapshot, context);
        });
    }

    fn inspector(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) -> bool {
        let Some(snapshot) = context.snapshot else {
            return false;
        };
        let Some((run, _)) = record::shown(snapshot, context.selection) else {
            return match context.selection.step {
                Some(kind) => inspector::planned(ui, kind),
                None => false,
            };
        };
        match context.selection.step.and_then(|kind| run.step(kind)) {
            Some(step) => inspector::step(ui, run, step, standing(snapshot, context, None)),
            None => inspector::run(ui, run, context.now),
        }
        true
    }
}

impl Pipeline {
    /// What is not saved yet, and what is wrong with it.
    fn changes(&mut self, ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
        let Some(draft) = self
            .draft
            .as_mut()
            .filter(|d| snapshot.pipeline.is_ok() && d.has_changed())
        else {
            return;
        };
        let problems = draft.problems().all();
        let (tone, sentence) = match (problems, draft.has_moved) {
            ([], false) => (
                Tone::Accent,
                "Not in pipeline.toml yet; a run uses what is saved.".to_owned(),
            ),
            ([], true) => (
                Tone::Warn,
                "pipeline.toml was changed elsewhere, too; saving overwrites that.".to_owned(),
            ),
            ([first, rest @ ..], _) => {
                let more = if rest.is_empty() {
                    String::new()
                } else {
                    format!(" (and {} more)", rest.len())
                };
                (
                    Tone::Bad,
                    format!("{} {}{more}", first.field, first.message),
                )
            }
        };
        let n = problems.len() as u64;
        let word = if n == 0 {
            "Changed".to_owned()
        } else {
            number::counted(n, "problem", "problems")
        };
        let against = read_only(snapshot).or((n > 0).then(|| "Mend the problems first".to_owned()));
        let pressed = Banner::new(tone, word, sentence).show_with(ui, |ui| {
            let save = Button::new("Save pipeline")
                .primary()
                .unless(against)
                .show(ui)
                .clicked();
            (save, Button::new("Discard changes").show(ui).clicked())
        });
        let (save, discard) = pressed.inner;
        if save {
            let spec = Box::new(draft.spec.clone());
            context.act(Action::Submit(Command::SavePipeline { spec }));
        } else if discard {
            draft.discard();
        }
        ui.add_space(space::S);
    }

    fn graph(&self, ui: &mut Ui, standing: Standing<'_>, context: &mut PanelContext<'_>) {
        let Some(draft) = &self.draft else { return };
        let kinds = graph::kinds(&draft.spec);
        let nodes = graph::nodes(&kinds, &draft.spec, standing, ui.available_width() < FOLDED);
        let edges = graph::edges(&kinds, &draft.spec);
        let selected = context
            .selection
            .step
            .and_then(|step| kinds.iter().position(|k| *k == step));
        card(ui, |ui| {
            let pipeline = PipelineGraph {
                nodes: &nodes,
                edges: &edges,
                selected,
            };
            if let Some(position) = pipeline.show(ui).selected {
                // A second click lets go again: then the whole pipeline is shown.
                context.selection.step = (selected != Some(position)).then(|| kinds[position]);
            }
        });
        ui.add_space(space::S);
    }

    /// The form, the time line and the log: side by side where there is room; else the selected step's form first.
    fn below(
        &mut self,
        ui: &mut Ui,
        standing: Standing<'_>,
        snapshot: &Snapshot,
        context: &mut PanelContext<'_>,
    ) {
        if ui.available_width() >= WIDE {
            ui.columns(2, |columns| {
                if let [left, right] = columns {
                    self.form(left, snapshot, context);
                    over_time(right, standing, context);
                    said(right, standing);
                }
            });
        } else if context.selection.step.is_some() {
            self.form(ui, snapshot, context);
            over_time(ui, standing, context);
            said(ui, standing);
        } else {
            over_time(ui, standing, context);
            said(ui, standing);
            self.form(ui, snapshot, context);
        }
    }

    fn form(&mut self, ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
        let Some(draft) = self.draft.as_mut().filter(|_| snapshot.pipeline.is_ok()) else {
            return;
        };
        let task = task(snapshot, context).or(draft.spec.steps.schema.task);
        let known = form::Known {
            schema: snapshot.schema.as_ref().map(|s| &s.schema),
            algorithms: &snapshot.algorithms,
            task,
            has_changed: draft.has_changed(),
        };
        let kind = context.selection.step;
        card(ui, |ui| {
            ui.push_id(("form", kind.map(StepKind::name)), |ui| {
                ui.add_enabled_ui(snapshot.read_only.is_none(), |ui| {
                    form::show(ui, kind, draft.parts(), &known, context.actions);
                });
            });
        });
        draft.check();
        ui.add_space(space::S);
    }
}

fn read_only(snapshot: &Snapshot) -> Option<String> {
    snapshot
        .read_only
        .as_ref()
        .map(|who| format!("{who} holds the workspace: it can only be read here"))
}

/// Title, buttons, and one sentence on the run.
fn header(ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
    ui.horizontal_top(|ui| {
        let width = ui.available_width() - 220.0;
        ui.scope(|ui| {
            ui.set_max_width(width);
            page_title(
                ui,
                "Pipeline",
                "From files to a model in production: two gates that can say no.",
            );
        });
        ui.with_layout(Layout::right_to_left(Align::TOP), |ui| {
            buttons(ui, snapshot, context)
        });
    });
    ui.add_space(space::S);
    let Some((run, live)) = record::shown(snapshot, context.selection) else {
        return;
    };
    let (tone, word, sentence) = verdict::of(run, live, context);
    let is_newest = snapshot
        .latest_run()
        .is_some_and(|newest| newest.id == run.id);
    let judged = run
        .step(StepKind::Validate)
        .is_some_and(|s| !s.outputs.is_empty());
    let compared = run
        .step(StepKind::Evaluate)
        .is_some_and(|s| !s.outputs.is_empty());
    let pressed = Banner::new(tone, word, sentence).show_with(ui, |ui| {
        let wants_newest = !is_newest && Button::new("Show the newest run").show(ui).clicked();
        let why = match run.state {
            RunState::Stopped if judged => Some(("See the anomalies", Room::Data, ANOMALIES)),
            RunState::NotBlessed if compared => Some(("Compare", Room::Compare, 0)),
            _ => None,
        };
        let why = why.filter(|(text, ..)| Button::new(*text).show(ui).clicked());
        (wants_newest, why)
    });
    let (wants_newest, why) = pressed.inner;
    if let Some((_, room, page)) = why {
        context.selection.run = Some(run.id);
        context.act(Action::GoPage(room, page));
    }
    if wants_newest {
        context.selection.run = None;
    }
    ui.add_space(space::S);
}

fn buttons(ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
    if let Some(live) = &snapshot.live {
        if live.is_stopping {
            let weak = Tokens::of(ui).text_weak;
            ui.label(Type::Small.rich("stopping after the current unit…", weak));
        } else if Button::new("Stop")
            .icon(icons::STOP)
            .shortcut("Ctrl+.")
            .show(ui)
            .clicked()
        {
            context.act(Action::StopRun);
        }
        return;
    }
    let is_unfinished = snapshot.runs.first().is_some_and(|run| {
        matches!(
            run.state,
            RunState::Interrupted | RunState::Failed | RunState::Canceled
        )
    });
    let (word, tip) = if is_unfinished {
        (
            "Resume",
            "Runs the pipeline; steps that are done are taken from the records",
        )
    } else {
        (
            "Run the pipeline",
            "Steps whose inputs and parameters did not change are taken from the records",
        )
    };
    let against = read_only(snapshot).or_else(|| {
        snapshot
            .pipeline
            .is_err()
            .then(|| "pipeline.toml cannot be used".to_owned())
    });
    let button = Button::new(word)
        .icon(icons::RUN)
        .primary()
        .shortcut("Ctrl+R")
        .tooltip(tip);
    if button.unless(against).show(ui).clicked() {
        context.selection.run = None;
        context.act(Action::Run);
    }
}

fn broken(ui: &mut Ui, failure: &Failure, context: &mut PanelContext<'_>) {
    let problem = state::Problem {
        summary: failure.summary.clone(),
        place: "pipeline.toml".to_owned(),
        hints: failure.hints.clone(),
        details: failure.details.join("\n"),
    };
    if state::failed(ui, &problem, true) == Some(state::FailedAction::Retry) {
        context.act(Action::Retry);
    }
    ui.add_space(space::S);
}

fn over_time(ui: &mut Ui, standing: Standing<'_>, context: &mut PanelContext<'_>) {
    let Some(run) = standing.run else {
        card(ui, |ui| {
            let text = "The first run shows here how long each step takes, and what runs at the same time.";
            state::empty(ui, icons::PIPELINE, "No run yet", text, None);
        });
        ui.add_space(space::S);
        return;
    };
    let (gantt, kinds) = timeline::gantt(standing, context.selection.step);
    let title = format!("Run {} over time", run.id);
    let shown = card(ui, |ui| {
        ChartFrame::new(&title)
            .height(gantt.wanted_height())
            .show(ui, &gantt)
    })
    .inner;
    if let Some(kind) = shown.hit.and_then(|row| kinds.get(row)) {
        context.selection.step = (context.selection.step != Some(*kind)).then_some(*kind);
    }
    if let Some(request) = shown.request {
        context.act(Action::Chart(request));
    }
    ui.add_space(space::S);
}

fn said(ui: &mut Ui, standing: Standing<'_>) {
    let Some(run) = standing.run else { return };
    let lines = log::lines(run, standing.live.is_some(), standing.now);
    titled_card(ui, "Log", |ui| log::show(ui, &lines));
    ui.add_space(space::S);
}

fn standing<'a>(
    snapshot: &'a Snapshot,
    context: &PanelContext<'_>,
    report: Option<&'a Answer>,
) -> Standing<'a> {
    let shown = record::shown(snapshot, context.selection);
    Standing {
        run: shown.map(|(run, _)| run),
        live: shown.and_then(|(_, live)| live),
        report: report.and_then(as_report),
        now: context.now,
    }
}

fn as_report(answer: &Answer) -> Option<&TrainingReport> {
    match answer {
        Answer::Training(report) => Some(report),
        _ => None,
    }
}

/// The leaderboard of the run that is shown, once it is read.
fn leaderboard(snapshot: &Snapshot, context: &PanelContext<'_>) -> Option<Arc<Answer>> {
    let (run, _) = record::shown(snapshot, context.selection)?;
    let query = Query::artifact(record::output(run, "lockkeeper.Leaderboard")?);
    match context.load(Some(&query)) {
        Load::Ready(answer) => Some(answer),
        _ => None,
    }
}

/// The task that the newest training found.
fn task(snapshot: &Snapshot, context: &PanelContext<'_>) -> Option<Task> {
    let query = Query::artifact(snapshot.latest_output(StepKind::Train, "leaderboard")?);
    match context.load(Some(&query)) {
        Load::Ready(answer) => as_report(&answer).map(|r| r.task),
        _ => None,
    }
}
