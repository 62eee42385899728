//! The leaderboard of a run: its candidates as a table, best first, failed ones after them, the baseline last.

use super::order::{self, By};
use super::{candidate, dots};
use crate::domain::ids::RunId;
use crate::domain::metric::{Direction, Metric};
use crate::domain::run::{ArtifactRef, RunRecord, StepKind, StepRecord};
use crate::domain::training::{CandidateResult, TrainingReport, value_of};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::number;
use crate::gui::widgets::state;
use crate::gui::widgets::table::{Cell, Column, Sort, Table};
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::{ScrollArea, Ui};
use std::collections::BTreeMap;

/// The algorithm that only answers the most frequent class or the mean.
const BASELINE: &str = "baseline";

/// What the tab remembers: the order of rows and what was read off the run's record.
#[derive(Default)]
pub(super) struct Leaderboard {
    view: Option<View>,
    /// `None`: best first.
    sort: Option<Sort>,
}

/// Everything that is computed once for a report.
struct View {
    key: (RunId, ArtifactRef, usize),
    /// Positions in the report: best first, failed ones, the baseline last.
    order: Vec<usize>,
    /// Seconds of work by candidate, all folds and the last fit together.
    seconds: BTreeMap<String, f64>,
    scale: (f64, f64),
    /// The fold scores of the selecting metric, by position in the report.
    folds: Vec<Vec<f64>>,
}

/// The run whose leaderboard is shown, and its artifact.
pub(super) fn shown(
    snapshot: &Snapshot,
    chosen: Option<RunId>,
) -> Option<(&RunRecord, &ArtifactRef)> {
    let live = snapshot.live.as_ref().map(|l| &l.record);
    let mut runs = live.into_iter().chain(&snapshot.runs).filter_map(|run| {
        let step = run.step(StepKind::Train)?;
        Some((run, step.outputs.iter().find(|o| o.port == "leaderboard")?))
    });
    let first = runs.next()?;
    if chosen.is_none() || chosen == Some(first.0.id) {
        return Some(first);
    }
    runs.find(|(run, _)| Some(run.id) == chosen).or(Some(first))
}

/// The step that did the work: a cached step's is the one it was taken from.
fn origin<'a>(snapshot: &'a Snapshot, step: &'a StepRecord) -> &'a StepRecord {
    let Some(from) = step.cached_from else {
        return step;
    };
    snapshot
        .runs
        .iter()
        .flat_map(|run| &run.steps)
        .find(|s| s.execution == Some(from))
        .unwrap_or(step)
}

impl Leaderboard {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, snapshot: &Snapshot) {
        let Some((run, artifact)) = shown(snapshot, context.selection.run) else {
            let button = snapshot
                .live
                .is_none()
                .then(|| Button::new("Run the pipeline").primary().icon(icons::RUN));
            let text =
                "No run has finished training yet. The candidates appear here as soon as one has.";
            if state::empty(ui, icons::MODEL, "No leaderboard yet", text, button) {
                context.act(Action::Run);
            }
            return;
        };
        run_choice(ui, context, snapshot, run);
        let Some(found) = answer::ready(ui, context, &Query::artifact(artifact), "the leaderboard")
        else {
            return;
        };
        let Answer::Training(report) = &*found else {
            state::empty(
                ui,
                icons::MODEL,
                "No leaderboard",
                "This artifact is not a leaderboard.",
                None,
            );
            return;
        };
        self.prepare(snapshot, run, artifact, report);
        let Some(view) = &self.view else { return };
        summary(ui, report, view);
        ScrollArea::vertical()
            .id_salt("leaderboard room")
            .auto_shrink(false)
            .show(ui, |ui| {
                if let Some(sort) = table(ui, context, snapshot, report, (view, self.sort)) {
                    self.sort = Some(sort);
                }
                ui.add_space(space::M);
                if let Some(selected) = selected(context.selection.candidate.as_deref(), report) {
                    candidate::ui(ui, context, snapshot, report, selected);
                }
            });
    }

    pub(super) fn inspector(
        &self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        snapshot: &Snapshot,
    ) -> bool {
        let Some((run, artifact)) = shown(snapshot, context.selection.run) else {
            return false;
        };
        let found = answer::known(context, Some(&Query::artifact(artifact)));
        let Some(Answer::Training(report)) = found.as_deref() else {
            return false;
        };
        let Some(selected) = selected(context.selection.candidate.as_deref(), report) else {
            return false;
        };
        let seconds = self
            .view
            .as_ref()
            .and_then(|v| v.seconds.get(&selected.name))
            .copied();
        candidate::facts_of(ui, snapshot, run, report, selected, seconds);
        true
    }

    fn prepare(
        &mut self,
        snapshot: &Snapshot,
        run: &RunRecord,
        artifact: &ArtifactRef,
        report: &TrainingReport,
    ) {
        let Some(step) = run.step(StepKind::Train).map(|s| origin(snapshot, s)) else {
            return;
        };
        let is_current = self.view.as_ref().is_some_and(|view| {
            let (id, known, n_units) = &view.key;
            *id == run.id && known == artifact && *n_units == step.units.len()
        });
        if is_current {
            return;
        }
        let mut order: Vec<usize> = (0..report.candidates.len()).collect();
        order.sort_by_key(|i| {
            let candidate = &report.candidates[*i];
            (candidate.algorithm == BASELINE, candidate.error.is_some())
        });
        let mut seconds = BTreeMap::new();
        for unit in &step.units {
            *seconds.entry(unit.lane.clone()).or_insert(0.0) +=
                (unit.finished - unit.started).max(0) as f64 / 1_000.0;
        }
        let folds: Vec<Vec<f64>> = report
            .candidates
            .iter()
            .map(|c| {
                c.folds
                    .iter()
                    .filter_map(|f| value_of(&f.scores, report.metric))
                    .collect()
            })
            .collect();
        self.view = Some(View {
            key: (run.id, artifact.clone(), step.units.len()),
            order,
            seconds,
            scale: dots::scale(folds.iter().flatten().copied()),
            folds,
        });
    }
}

/// The selected candidate, or else the chosen one.
pub(super) fn selected<'a>(
    name: Option<&str>,
    report: &'a TrainingReport,
) -> Option<&'a CandidateResult> {
    let of = |name: &str| report.candidates.iter().find(|c| c.name == name);
    name.and_then(of)
        .or_else(|| of(&report.chosen))
        .or_else(|| report.candidates.first())
}

fn run_choice(ui: &mut Ui, context: &mut PanelContext<'_>, snapshot: &Snapshot, run: &RunRecord) {
    let live = snapshot.live.as_ref().map(|l| &l.record);
    let runs: Vec<&RunRecord> = live
        .into_iter()
        .chain(
            snapshot
                .runs
                .iter()
                .filter(|r| live.is_none_or(|l| l.id != r.id)),
        )
        .filter(|r| {
            r.step(StepKind::Train)
                .is_some_and(|s| s.outputs.iter().any(|o| o.port == "leaderboard"))
        })
        .collect();
    let names: Vec<String> = runs
        .iter()
        .map(|r| {
            format!(
                "Run {} · {}",
                r.id,
                number::ago((context.now - r.started).max(0) as f64 / 1_000.0)
            )
        })
        .collect();
    let mut chosen = runs.iter().position(|r| r.id == run.id).unwrap_or(0);
    if Field::new("Run")
        .width(200.0)
        .choice(ui, &mut chosen, &names)
        .changed()
        && let Some(run) = runs.get(chosen)
    {
        context.selection.run = Some(run.id);
        context.selection.candidate = None;
    }
}

fn summary(ui: &mut Ui, report: &TrainingReport, view: &View) {
    let tokens = Tokens::of(ui);
    let better = match report.metric.direction() {
        Direction::Higher => "higher is better",
        Direction::Lower => "lower is better",
        Direction::NearZero => "closest to zero is best",
    };
    let without = if report.n_without_target > 0 {
        let rows = number::counted(report.n_without_target, "row", "rows");
        format!(" {rows} without a target left out.")
    } else {
        String::new()
    };
    let text = format!(
        "{} for the target {}, {} of training in {} folds, chosen by {} ({better}).{without}",
        number::counted(view.order.len() as u64, "candidate", "candidates"),
        report.target,
        number::counted(report.n_rows, "row", "rows"),
        report.n_folds,
        report.metric.word(),
    );
    ui.label(Type::Body.rich(text, tokens.text_weak));
}

const FIXED: usize = 8;

/// As wide as the longest name needs, up to a third of a small window: names often differ at their ends.
fn width_of_names(report: &TrainingReport) -> f32 {
    let names = report.candidates.iter().map(|c| c.name.chars().count());
    let longest = names.max().unwrap_or(0) as f32;
    (longest * 7.2 + 24.0).clamp(142.0, 260.0)
}

fn columns(report: &TrainingReport, others: &[Metric]) -> Vec<Column> {
    let metric = report.metric.title();
    let mut columns = vec![
        Column::number("#")
            .width(36.0)
            .help("Place by the mean of the metric that chose"),
        Column::text("Candidate").width(width_of_names(report)),
        Column::text("State").width(156.0).sortable(false),
        Column::number(metric).width(152.0).help(format!(
            "{metric}, mean ± standard deviation over the folds"
        )),
        Column::picture("Folds")
            .width(116.0)
            .help("A dot a fold, a line at the mean; one scale for all candidates"),
        Column::text("Algorithm").width(150.0),
        Column::number("Inputs")
            .width(64.0)
            .help("Numbers that the model sees of a row, after encoding"),
        Column::number("Fit time")
            .width(86.0)
            .help("Seconds of work over all folds and the last fit on all training rows"),
    ];
    columns.extend(
        others
            .iter()
            .map(|m| Column::number(m.title()).width(116.0)),
    );
    columns
}

fn table(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    snapshot: &Snapshot,
    report: &TrainingReport,
    (view, sort): (&View, Option<Sort>),
) -> Option<Sort> {
    let others: Vec<Metric> = Metric::of_task(report.task)
        .iter()
        .copied()
        .filter(|m| *m != report.metric)
        .collect();
    let columns = columns(report, &others);
    let shown = selected(context.selection.candidate.as_deref(), report).map(|c| c.name.clone());
    let title = |c: &CandidateResult| candidate::algorithm_title(snapshot, &c.algorithm);
    let order = sort.map_or_else(
        || view.order.clone(),
        |sort| {
            let by = match sort.column {
                1 => By::Name,
                3 => By::Metric(report.metric),
                5 => By::Algorithm(&title),
                6 => By::Inputs,
                7 => By::Seconds(&view.seconds),
                column => match column.checked_sub(FIXED).and_then(|i| others.get(i)) {
                    Some(metric) => By::Metric(*metric),
                    None => By::Rank,
                },
            };
            order::sorted(&report.candidates, &view.order, &by, sort)
        },
    );
    let position = order
        .iter()
        .position(|i| Some(&report.candidates[*i].name) == shown.as_ref());
    let rank_of = |index: usize| view.order.iter().position(|i| *i == index).unwrap_or(0) + 1;
    let done = Table::new("Leaderboard", &columns, order.len())
        .selected(position)
        .sort(sort)
        .max_height(360.0)
        .show(ui, |cell, row, column| {
            let index = order[row];
            let line = Line {
                rank: rank_of(index),
                candidate: &report.candidates[index],
                folds: &view.folds[index],
                report,
                view,
                snapshot,
            };
            line.cell(cell, column, &others);
        });
    if let Some(row) = done.selected {
        context.selection.candidate = Some(report.candidates[order[row]].name.clone());
    }
    done.sort
}

/// One row of the table.
struct Line<'a> {
    rank: usize,
    candidate: &'a CandidateResult,
    folds: &'a [f64],
    report: &'a TrainingReport,
    view: &'a View,
    snapshot: &'a Snapshot,
}

impl Line<'_> {
    /// Whether a guess that looks at nothing does better.
    fn is_behind(&self) -> bool {
        let report = self.report;
        let mean = |c: &CandidateResult| c.mean_of(report.metric);
        let baseline = report.candidates.iter().find(|c| c.algorithm == BASELINE);
        match (mean(self.candidate), baseline.and_then(mean)) {
            (Some(own), Some(guess)) => report.metric.improvement(guess, own) > 0.0,
            _ => false,
        }
    }

    fn cell(&self, cell: &mut Cell<'_>, column: usize, others: &[Metric]) {
        let Self {
            candidate, report, ..
        } = *self;
        let is_baseline = candidate.algorithm == BASELINE;
        let quiet = |cell: &mut Cell<'_>, text: &str| {
            if is_baseline {
                cell.toned(text, Tone::Baseline);
            } else {
                cell.text(text);
            }
        };
        match column {
            0 if is_baseline || candidate.error.is_some() => cell.weak(number::MISSING),
            0 => cell.text(self.rank.to_string()),
            1 if is_baseline => cell.toned(&candidate.name, Tone::Baseline),
            1 => cell.strong(&candidate.name),
            2 if candidate.error.is_some() => cell.badge("failed", Tone::Bad),
            2 if candidate.name == report.chosen => cell.badge("chosen", Tone::Candidate),
            2 if is_baseline => cell.badge("baseline", Tone::Baseline),
            2 if self.is_behind() => cell.badge("behind baseline", Tone::Warn),
            2 => {}
            3 => match &candidate.error {
                Some(error) => cell.toned(error, Tone::Bad),
                None => quiet(cell, &with_sd(candidate, report.metric)),
            },
            4 => self.dots(cell, is_baseline),
            5 => quiet(
                cell,
                &candidate::algorithm_title(self.snapshot, &candidate.algorithm),
            ),
            6 if candidate.error.is_some() => cell.weak(number::MISSING),
            6 => quiet(cell, &number::count(candidate.n_inputs)),
            7 => quiet(
                cell,
                &number::duration(self.view.seconds.get(&candidate.name).copied()),
            ),
            _ => {
                if let Some(metric) = others.get(column - FIXED) {
                    quiet(cell, &number::metric(candidate.mean_of(*metric)));
                }
            }
        }
    }

    fn dots(&self, cell: &mut Cell<'_>, is_baseline: bool) {
        if self.folds.is_empty() {
            return;
        }
        let (low, high) = self
            .folds
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
                (l.min(*v), h.max(*v))
            });
        let summary = format!(
            "folds from {} to {}",
            number::metric(low),
            number::metric(high)
        );
        let tone = match () {
            () if is_baseline => Tone::Baseline,
            () if self.candidate.name == self.report.chosen => Tone::Candidate,
            () => Tone::Series(0),
        };
        let mean = self.candidate.mean_of(self.report.metric);
        let scale = self.view.scale;
        cell.picture(&summary, |painter, rect, tokens| {
            dots::paint(painter, rect, self.folds, mean, scale, tone, tokens);
        });
    }
}

/// `0.4828 ± 0.0060`; without the deviation where there is none.
fn with_sd(candidate: &CandidateResult, metric: Metric) -> String {
    match (candidate.mean_of(metric), candidate.sd_of(metric)) {
        (Some(mean), Some(sd)) => {
            let mean = number::metric(mean);
            let decimals = mean.split_once('.').map_or(0, |(_, d)| d.len());
            format!("{mean} ± {}", number::fixed(sd, decimals))
        }
        (mean, _) => number::metric(mean),
    }
}
