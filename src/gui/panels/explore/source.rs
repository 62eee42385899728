//! Which rows the room looks at: the batches of the selected run (or of the newest one that read any), one of them, and a
//! part of their rows.

use crate::domain::relation::Part;
use crate::domain::run::{ArtifactRef, RunRecord, StepKind};
use crate::domain::schema::Role;
use crate::gui::panel::Selection;
use crate::workspace::Snapshot;
use crate::workspace::relation::{DataRef, Rows};

/// The artifacts of one run that the room needs.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The batches, in the order of the list.
    pub(super) examples: Vec<ArtifactRef>,
    /// Their list, with names.
    pub(super) batches: ArtifactRef,
    /// Statistics of every batch and of all.
    pub(super) statistics: Option<ArtifactRef>,
    /// How rows are split.
    pub(super) split: Option<ArtifactRef>,
    /// The target column.
    pub(super) target: Option<String>,
}

/// The run to show; `None` if no run has read data.
pub(super) fn source(snapshot: &Snapshot, selection: &Selection) -> Option<Source> {
    let live = snapshot.live.iter().map(|l| &l.record);
    let runs = || live.clone().chain(&snapshot.runs);
    let chosen = selection.run.and_then(|id| runs().find(|r| r.id == id));
    let has_read = |r: &&RunRecord| output(r, StepKind::Ingest, "batches").is_some();
    let run = chosen.filter(has_read).or_else(|| {
        let profiled = |r: &&RunRecord| output(r, StepKind::Statistics, "statistics").is_some();
        runs().find(profiled).or_else(|| runs().find(has_read))
    })?;
    let examples = run.step(StepKind::Ingest)?.outputs.iter();
    let target = snapshot.schema.as_ref().and_then(|s| {
        let target = s.schema.columns.iter().find(|c| c.role == Role::Target);
        target.map(|c| c.name.clone())
    });
    Some(Source {
        examples: examples.filter(|o| o.port == "examples").cloned().collect(),
        batches: output(run, StepKind::Ingest, "batches")?.clone(),
        statistics: output(run, StepKind::Statistics, "statistics").cloned(),
        split: output(run, StepKind::Transform, "split").cloned(),
        target,
    })
}

fn output<'a>(run: &'a RunRecord, step: StepKind, port: &str) -> Option<&'a ArtifactRef> {
    run.step(step)?.outputs.iter().find(|o| o.port == port)
}

impl Source {
    /// A part of one batch, by its position, or of all.
    pub(super) fn rows(&self, batch: Option<usize>, part: &Part) -> Rows {
        let chosen: Vec<_> = match batch.and_then(|at| self.examples.get(at)) {
            Some(one) => vec![one.hash.clone()],
            None => self.examples.iter().map(|e| e.hash.clone()).collect(),
        };
        let split = self.split.as_ref().map(|s| s.hash.clone());
        Rows::part(DataRef::Batches(chosen), part, split)
    }
}
