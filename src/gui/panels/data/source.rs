//! Which artifacts the room shows: those of the selected run, or of the newest one that has got as far as statistics.

use crate::domain::ids::RunId;
use crate::domain::run::{ArtifactRef, RunRecord, StepKind};
use crate::gui::panel::Selection;
use crate::workspace::Snapshot;

/// The artifacts of one run. What a run has not come to yet is `None`.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The run.
    pub(super) run: RunId,
    /// When it began, milliseconds since 1970.
    pub(super) started: i64,
    /// The list of batches.
    pub(super) batches: Option<ArtifactRef>,
    /// The batches themselves, in the order of the list.
    pub(super) examples: Vec<ArtifactRef>,
    /// Statistics of all batches.
    pub(super) statistics: Option<ArtifactRef>,
    /// The schema that it was judged by.
    pub(super) schema: Option<ArtifactRef>,
    /// What data validation found.
    pub(super) anomalies: Option<ArtifactRef>,
}

/// The run to show and its artifacts.
pub(super) fn source(snapshot: &Snapshot, selection: &Selection) -> Option<Source> {
    let live = snapshot.live.iter().map(|l| &l.record);
    let runs = || live.clone().chain(&snapshot.runs);
    let chosen = selection.run.and_then(|id| runs().find(|r| r.id == id));
    let run =
        chosen.or_else(|| runs().find(|r| output(r, StepKind::Statistics, "statistics").is_some()));
    let run = run.or_else(|| runs().find(|r| output(r, StepKind::Ingest, "batches").is_some()))?;
    let examples = run
        .step(StepKind::Ingest)
        .map_or(&[][..], |s| s.outputs.as_slice());
    Some(Source {
        run: run.id,
        started: run.started,
        batches: output(run, StepKind::Ingest, "batches").cloned(),
        examples: examples
            .iter()
            .filter(|o| o.port == "examples")
            .cloned()
            .collect(),
        statistics: output(run, StepKind::Statistics, "statistics").cloned(),
        schema: output(run, StepKind::Schema, "schema").cloned(),
        anomalies: output(run, StepKind::Validate, "anomalies").cloned(),
    })
}

fn output<'a>(run: &'a RunRecord, step: StepKind, port: &str) -> Option<&'a ArtifactRef> {
    run.step(step)?.outputs.iter().find(|o| o.port == port)
}
