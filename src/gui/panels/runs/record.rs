//! How a run's record reads: words, tones and times of runs, steps and artifacts, for every room that shows them.
//! Deliberately absent: anything that is selected, drawn or done.

use crate::domain::anomaly::DataVerdict;
use crate::domain::gate::ModelVerdict;
use crate::domain::ids::Millis;
use crate::domain::run::{ArtifactRef, RunRecord, RunState, StepRecord, StepState};
use crate::gui::panel::Selection;
use crate::gui::theme::Tone;
use crate::gui::widgets::{gate::GateState, number, step};
use crate::workspace::Snapshot;
use crate::workspace::snapshot::LiveRun;
use serde_json::Value;
use std::borrow::Cow;

/// The run that is looked at, the newest unless another one is selected, and what is known of it while it works.
pub fn shown<'a>(
    snapshot: &'a Snapshot,
    selection: &Selection,
) -> Option<(&'a RunRecord, Option<&'a LiveRun>)> {
    let live = snapshot.live.as_ref();
    let wanted = selection.run.filter(|id| {
        live.is_some_and(|l| l.record.id == *id) || snapshot.runs.iter().any(|r| r.id == *id)
    });
    match (wanted, live) {
        (Some(id), Some(live)) if live.record.id == id => Some((&live.record, Some(live))),
        (Some(id), _) => snapshot.runs.iter().find(|r| r.id == id).map(|r| (r, None)),
        (None, Some(live)) => Some((&live.record, Some(live))),
        (None, None) => snapshot.runs.first().map(|r| (r, None)),
    }
}

/// A moment on this machine's clock: `2026-11-23 12:27:48`.
pub fn moment(at: Millis) -> String {
    chrono::DateTime::from_timestamp_millis(at).map_or_else(
        || number::MISSING.to_owned(),
        |at| {
            at.with_timezone(&chrono::Local)
                .format("%Y-%m-%d %H:%M:%S")
                .to_string()
        },
    )
}

/// A moment and how long ago that is.
pub fn moment_ago(at: Millis, now: Millis) -> String {
    format!("{}, {}", moment(at), number::ago(seconds(at, now)))
}

/// Seconds from one moment to another.
pub fn seconds(from: Millis, to: Millis) -> f64 {
    (to - from) as f64 / 1_000.0
}

/// How long a run took; of one at work, so far.
pub fn duration(run: &RunRecord, now: Millis) -> Option<f64> {
    let end = run
        .finished
        .or((run.state == RunState::Running).then_some(now))?;
    Some(seconds(run.started, end).max(0.0))
}

/// How long a step took; of one at work, so far.
pub fn step_duration(step: &StepRecord, now: Millis) -> Option<f64> {
    let start = step.started?;
    let end = step
        .finished
        .or((step.state == StepState::Running).then_some(now))?;
    Some(seconds(start, end).max(0.0))
}

/// The word and tone of a run's state.
pub fn run_badge(state: RunState) -> (&'static str, Tone) {
    match state {
        RunState::Running => ("running", Tone::Accent),
        RunState::Complete => ("complete", Tone::Good),
        RunState::Stopped => ("stopped", Tone::Bad),
        RunState::NotBlessed => ("not blessed", Tone::Bad),
        RunState::Failed => ("failed", Tone::Bad),
        RunState::Canceled => ("canceled", Tone::Neutral),
        RunState::Interrupted => ("interrupted", Tone::Warn),
    }
}

/// The word and tone of a step's state.
pub fn step_badge(step: &StepRecord) -> (&'static str, Tone) {
    match step.state {
        StepState::New => ("waiting", Tone::Neutral),
        StepState::Running => ("running", Tone::Accent),
        StepState::Complete => ("done", Tone::Good),
        StepState::Failed => ("failed", Tone::Bad),
        StepState::Cached => ("cached", Tone::Good),
        StepState::Canceled if step.started.is_none() => ("not reached", Tone::Neutral),
        StepState::Canceled => ("canceled", Tone::Neutral),
    }
}

/// The state that pictures show. A step that its run left at work was interrupted: it failed.
pub fn step_state(step: &StepRecord, is_live: bool) -> step::StepState {
    match step.state {
        StepState::New if is_live => step::StepState::Waiting,
        StepState::New => step::StepState::NotReached,
        StepState::Running if is_live => step::StepState::Running,
        StepState::Running | StepState::Failed => step::StepState::Failed,
        StepState::Complete => step::StepState::Done,
        StepState::Cached => step::StepState::Cached,
        StepState::Canceled if step.started.is_none() => step::StepState::NotReached,
        StepState::Canceled => step::StepState::Canceled,
    }
}

/// The tone of the data gate's word.
pub fn data_tone(verdict: DataVerdict) -> Tone {
    match verdict {
        DataVerdict::Stop => Tone::Bad,
        DataVerdict::Retrain => Tone::Warn,
        DataVerdict::Ok => Tone::Good,
    }
}

/// The leaves of the data gate.
pub fn data_gate(verdict: DataVerdict) -> GateState {
    match verdict {
        DataVerdict::Stop => GateState::Shut,
        DataVerdict::Retrain => GateState::Warning,
        DataVerdict::Ok => GateState::Open,
    }
}

/// The word of the model gate, as a person reads it.
pub fn model_word(verdict: ModelVerdict) -> &'static str {
    match verdict {
        ModelVerdict::Blessed => "BLESSED",
        ModelVerdict::NotBlessed => "NOT BLESSED",
    }
}

/// The tone of the model gate's word.
pub fn model_tone(verdict: ModelVerdict) -> Tone {
    match verdict {
        ModelVerdict::Blessed => Tone::Good,
        ModelVerdict::NotBlessed => Tone::Bad,
    }
}

/// How many steps of a run were cached.
pub fn n_cached(run: &RunRecord) -> usize {
    run.steps
        .iter()
        .filter(|s| s.state == StepState::Cached)
        .count()
}

/// The first artifact of a type that a run gave.
pub fn output<'a>(run: &'a RunRecord, kind: &str) -> Option<&'a ArtifactRef> {
    run.steps
        .iter()
        .flat_map(|s| &s.outputs)
        .find(|o| o.kind == kind)
}

/// The type without the prefix that all of ours have.
pub fn short_kind(kind: &str) -> &str {
    kind.strip_prefix("lockkeeper.").unwrap_or(kind)
}

/// Parameters as lines of name and value: nested names are joined by points, lists of plain values by commas.
pub fn parameters(value: &Value) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    walk("", value, &mut lines);
    lines
}

fn walk(path: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (name, inner) in map {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                walk(&path, inner, lines);
            }
        }
        Value::Array(items) if items.iter().any(|i| i.is_object() || i.is_array()) => {
            for (position, inner) in items.iter().enumerate() {
                walk(&format!("{path}[{position}]"), inner, lines);
            }
        }
        Value::Array(items) => {
            let words: Vec<Cow<'_, str>> = items.iter().map(plain).collect();
            lines.push((
                path.to_owned(),
                if words.is_empty() {
                    "none".to_owned()
                } else {
                    words.join(", ")
                },
            ));
        }
        Value::Object(_) => {
            if !path.is_empty() {
                lines.push((path.to_owned(), "none".to_owned()));
            }
        }
        Value::Null if path.is_empty() => (),
        _ => lines.push((path.to_owned(), plain(value).into_owned())),
    }
}

fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(number::MISSING),
        Value::Bool(true) => Cow::Borrowed("yes"),
        Value::Bool(false) => Cow::Borrowed("no"),
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_flattened_without_losing_any() {
        let value = serde_json::json!({
            "train": {"folds": 5, "exclude": ["a", "b"], "candidates": [{"name": "forest", "params": {}}]},
            "drift": true,
            "metric": null,
        });
        let line = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let lines = [
            line("train.folds", "5"),
            line("train.exclude", "a, b"),
            line("train.candidates[0].name", "forest"),
            line("train.candidates[0].params", "none"),
            line("drift", "yes"),
            line("metric", "—"),
        ];
        assert_eq!(parameters(&value), lines);
    }
}
