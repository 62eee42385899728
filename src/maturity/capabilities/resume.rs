//! Capability: resume.

use crate::domain::maturity::{Evidence, NextAction, RecordRef, System};
use crate::domain::run::{RunRecord, RunState, StepState};
use crate::maturity::Records;
use crate::maturity::capability::{Definition, Proof};

pub(super) const DEFINITION: Definition = Definition {
    id: "resume",
    system: System::Maintenance,
    level: 1,
    title: "Resume",
    help: "A run that was cut off went on from its finished steps, because the metadata store points to their artifacts. To prove it: run, stop it while it trains (Ctrl+.), and resume.",
    required: true,
    proof: Proof::Records {
        evidence,
        next: NextAction::Run,
    },
};

fn evidence(records: &Records) -> Vec<Evidence> {
    let cut_off = |run: &RunRecord| {
        matches!(
            run.state,
            RunState::Interrupted | RunState::Failed | RunState::Canceled
        )
    };
    let mut found = Vec::new();
    for run in &records.runs {
        let earlier = records
            .runs
            .iter()
            .filter(|r| r.id < run.id)
            .max_by_key(|r| r.id)
            .filter(|r| cut_off(r));
        let Some(earlier) = earlier else { continue };
        let kept = run
            .steps
            .iter()
            .filter(|s| s.state == StepState::Cached && s.cached_from.is_some())
            .filter(|s| {
                earlier.steps.iter().any(|e| {
                    e.state.is_done()
                        && (e.execution == s.cached_from || e.cached_from == s.cached_from)
                })
            })
            .count();
        if kept > 0 {
            found.push(Evidence {
                record: RecordRef::Run { id: run.id },
                text: format!(
                    "Run {} went on where run {} was cut off: {kept} steps were kept",
                    run.id, earlier.id
                ),
            });
        }
    }
    found
}
