//! A run over time: a line a step and, under training, a line a candidate. That validation and training overlap is
//! to be seen here.

use super::super::runs::record;
use super::graph::{Standing, at_work, units_each};
use crate::domain::ids::Millis;
use crate::domain::run::{RunRecord, RunState, StepKind, StepRecord, StepState};
use crate::gui::widgets::{
    gantt::{Gantt, GanttRow},
    number, step,
};

/// The time line, and which step each line belongs to.
pub(super) fn gantt(standing: Standing<'_>, selected: Option<StepKind>) -> (Gantt, Vec<StepKind>) {
    let Some(run) = standing.run else {
        return (Gantt::default(), Vec::new());
    };
    let mut rows = Vec::new();
    let mut kinds = Vec::new();
    for step in &run.steps {
        rows.push(step_row(run, step, standing));
        kinds.push(step.kind);
        for lane in lanes(step, standing) {
            rows.push(lane_row(run, step, &lane, standing));
            kinds.push(step.kind);
        }
    }
    let is_whole = |i: &usize| !rows[*i].is_part && Some(kinds[*i]) == selected;
    let gantt = Gantt {
        selected: (0..rows.len()).find(is_whole),
        now: record::seconds(run.started, end_of(run, standing.now)),
        rows,
    };
    (gantt, kinds)
}

fn end_of(run: &RunRecord, now: Millis) -> Millis {
    let last = || {
        run.steps
            .iter()
            .flat_map(|s| [s.started, s.finished])
            .flatten()
            .max()
    };
    match run.state {
        RunState::Running => now,
        _ => run.finished.or_else(last).unwrap_or(run.started),
    }
}

fn step_row(run: &RunRecord, step: &StepRecord, standing: Standing<'_>) -> GanttRow {
    let state = record::step_state(step, standing.live.is_some());
    let since = |at: Millis| record::seconds(run.started, at);
    let start = step.started.map(since);
    GanttRow {
        name: step.kind.title().to_owned(),
        is_part: false,
        state,
        start,
        end: match state {
            step::StepState::Running => None,
            _ => step
                .finished
                .map(since)
                .or(start.filter(|_| step.state == StepState::Cached)),
        },
        note: note(run, step),
    }
}

fn note(run: &RunRecord, step: &StepRecord) -> String {
    match (step.kind, step.state) {
        (_, StepState::Failed) => "failed".to_owned(),
        (_, StepState::Canceled) if step.started.is_none() => "not reached".to_owned(),
        (_, StepState::Canceled) => "canceled".to_owned(),
        (StepKind::Validate, _) => run
            .data_verdict
            .map_or_else(String::new, |v| v.word().to_owned()),
        (StepKind::ValidateModel, _) => run
            .model_verdict
            .map_or_else(String::new, |v| record::model_word(v).to_owned()),
        (StepKind::Push, StepState::Complete) => {
            run.promoted.map_or_else(String::new, |v| format!("v{v}"))
        }
        (_, StepState::Cached) => "cached".to_owned(),
        _ => String::new(),
    }
}

/// The candidates of a step in the order in which they began, the one at work too.
fn lanes(step: &StepRecord, standing: Standing<'_>) -> Vec<String> {
    if step.kind != StepKind::Train {
        return Vec::new();
    }
    let mut lanes: Vec<(Millis, &str)> = Vec::new();
    for unit in &step.units {
        match lanes.iter_mut().find(|(_, lane)| *lane == unit.lane) {
            Some((began, _)) => *began = unit.started.min(*began),
            None => lanes.push((unit.started, &unit.lane)),
        }
    }
    lanes.sort_by_key(|(began, _)| *began);
    let mut lanes: Vec<String> = lanes.into_iter().map(|(_, lane)| lane.to_owned()).collect();
    if step.state == StepState::Running {
        for lane in at_work(standing.live) {
            if !lanes.contains(lane) {
                lanes.push(lane.clone());
            }
        }
    }
    lanes
}

fn lane_row(run: &RunRecord, step: &StepRecord, lane: &str, standing: Standing<'_>) -> GanttRow {
    let since = |at: Millis| record::seconds(run.started, at);
    let units: Vec<_> = step.units.iter().filter(|u| u.lane == lane).collect();
    let is_running =
        step.state == StepState::Running && at_work(standing.live).iter().any(|at| at == lane);
    // What is at work began at the latest when the last unit ended.
    let began = units.iter().map(|u| u.started).min();
    let last = step.units.iter().map(|u| u.finished).max().or(step.started);
    let score = standing.report.and_then(|report| {
        let result = report.candidates.iter().find(|c| c.name == lane)?;
        result.error.is_none().then(|| {
            let value = number::metric(result.mean_of(report.metric));
            format!("{} {value}", report.metric.title())
        })
    });
    GanttRow {
        name: lane.to_owned(),
        is_part: true,
        state: match (is_running, step.state) {
            (true, _) => step::StepState::Running,
            (_, StepState::Cached) => step::StepState::Cached,
            _ => step::StepState::Done,
        },
        start: began.or(last).map(since),
        end: if is_running {
            None
        } else {
            units.iter().map(|u| u.finished).max().map(since)
        },
        note: match score {
            Some(score) => score,
            None if units.is_empty() => String::new(),
            None => format!("{} of {} fits", units.len(), units_each(step)),
        },
    }
}
