//! One sentence on a run: what happened and why. The reasons are the gates' own, read from their reports.

use super::super::runs::record;
use crate::domain::run::{RunRecord, RunState, StepKind, StepState};
use crate::gui::panel::{Load, PanelContext};
use crate::gui::theme::Tone;
use crate::gui::widgets::number;
use crate::workspace::snapshot::LiveRun;
use crate::workspace::{Answer, Query};

/// The tone, the word and the sentence.
pub(super) fn of(
    run: &RunRecord,
    live: Option<&LiveRun>,
    context: &PanelContext<'_>,
) -> (Tone, String, String) {
    let (word, tone) = record::run_badge(run.state);
    (
        tone,
        format!("Run {} {word}", run.id),
        sentence(run, live, context),
    )
}

fn sentence(run: &RunRecord, live: Option<&LiveRun>, context: &PanelContext<'_>) -> String {
    match run.state {
        RunState::Running => live.map_or_else(|| "Its steps are at work.".to_owned(), at_work),
        RunState::Complete => complete(run, context),
        RunState::Stopped => reason(run, "lockkeeper.Anomalies", context).map_or_else(
            || "The data gate said STOP: a person has to look at the data.".to_owned(),
            |why| format!("The data gate said STOP: {why}"),
        ),
        RunState::NotBlessed => reason(run, "lockkeeper.Blessing", context)
            .unwrap_or_else(|| "The model gate said no: production stays as it is.".to_owned()),
        RunState::Failed => failed(run),
        RunState::Canceled => "Stopped by a person. Finished steps are kept; Resume goes on after them.".to_owned(),
        RunState::Interrupted => {
            "The program ended in the middle of it. Finished steps are kept; Resume goes on after them.".to_owned()
        }
    }
}

fn at_work(live: &LiveRun) -> String {
    let steps: Vec<String> = live
        .record
        .steps
        .iter()
        .filter(|s| s.state == StepState::Running)
        .map(
            |step| match live.progress.get(&step.kind).filter(|p| p.total > 0) {
                Some(p) => {
                    let done = number::progress(p.done, p.total, &p.what);
                    format!("{} {done}", step.kind.title())
                }
                None => step.kind.title().to_owned(),
            },
        )
        .collect();
    if steps.is_empty() {
        "Getting ready.".to_owned()
    } else {
        format!("At work: {}.", steps.join(", "))
    }
}

fn complete(run: &RunRecord, context: &PanelContext<'_>) -> String {
    let why = reason(run, "lockkeeper.Blessing", context).unwrap_or_default();
    let what = if let Some(version) = run.promoted {
        format!("v{version} went into production.")
    } else if !run.steps.is_empty() && run.steps.iter().all(|s| s.state == StepState::Cached) {
        "Nothing changed: every step is cached.".to_owned()
    } else if let Some(why) = run.step(StepKind::Push).and_then(|p| p.error.as_deref()) {
        format!("Nothing was promoted: {why}.")
    } else {
        "All steps are done; production stays as it was.".to_owned()
    };
    format!("{what} {why}").trim_end().to_owned()
}

fn failed(run: &RunRecord) -> String {
    run.steps
        .iter()
        .find(|s| s.state == StepState::Failed)
        .map_or_else(
            || "A step broke.".to_owned(),
            |step| {
                format!(
                    "{}: {}",
                    step.kind.title(),
                    step.error.as_deref().unwrap_or("no reason was recorded")
                )
            },
        )
}

/// The reason in a gate's report, once it is read.
fn reason(run: &RunRecord, kind: &str, context: &PanelContext<'_>) -> Option<String> {
    let query = Query::artifact(record::output(run, kind)?);
    let Load::Ready(answer) = context.load(Some(&query)) else {
        return None;
    };
    match answer.as_ref() {
        Answer::Validation(report) => Some(report.reason.clone()),
        Answer::Blessing(blessing) => Some(blessing.reason.clone()),
        _ => None,
    }
}
