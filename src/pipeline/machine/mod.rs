//! Drives one run: begins every step as soon as what it needs is there, records what it gave, lets the gates decide,
//! and ends the run. It lives on the engine's thread and is the only one that writes the run's records.

mod consider;
mod ending;
mod settle;
mod standing;

use super::plan::{Plan, PlannedStep};
use super::worker::{Clock, Post, StepReport};
use crate::domain::anomaly::ValidationReport;
use crate::domain::event::Event;
use crate::domain::gate::Blessing;
use crate::domain::ids::ExecutionId;
use crate::domain::run::{
    ArtifactRef, RunRecord, RunState, StepKind, StepRecord, StepState, UnitRecord,
};
use crate::domain::{ContentHash, Failure, FailureKind};
use crate::store::Store;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a run needs from the world.
#[derive(Clone)]
pub struct Surroundings {
    /// The workspace: relative files of `ingest` are relative to it.
    pub root: PathBuf,
    /// The threads that steps work on.
    pub pool: Arc<rayon::ThreadPool>,
    /// The time.
    pub clock: Clock,
    /// Takes workers' messages to the engine's thread.
    pub post: Post,
    /// Who runs it: host, process, threads, version.
    pub executor: String,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct RunEnd {
    /// Its record.
    pub record: RunRecord,
    /// One sentence: what happened and why.
    pub message: String,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// A run at work.
pub struct Machine {
    plan: Plan,
    around: Surroundings,
    record: RunRecord,
    status: BTreeMap<StepKind, Status>,
    gate: Gate,
    held: Vec<StepReport>,
    failure: Option<Failure>,
    /// Why waiting steps will not begin any more.
    closing: Option<String>,
    canceled: bool,
    events: Vec<Event>,
    blessing: Option<Blessing>,
    validation: Option<ValidationReport>,
}

enum Status {
    Waiting,
    Running {
        execution: ExecutionId,
        key: ContentHash,
        stop: Arc<AtomicBool>,
        inputs: BTreeMap<String, Vec<ArtifactRef>>,
    },
    Done(Vec<ArtifactRef>),
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Open,
    Waiting,
    Shut,
}

impl Machine {
    /// Records the beginning of a run. Nothing works before `advance`.
    ///
    /// # Errors
    /// If the record cannot be written.
    pub fn begin(plan: Plan, around: Surroundings, store: &mut Store) -> Result<Self, Failure> {
        let spec =
            serde_json::to_value(&plan.spec).map_err(|e| Failure::internal(e.to_string()))?;
        let hash = ContentHash::of_json(&spec);
        let id = store.begin_run(&plan.spec.name, &hash, &spec, &around.executor)?;
        let at = (around.clock)();
        let steps = plan
            .steps
            .iter()
            .map(|s| new_record(s, &around.executor))
            .collect();
        let record = RunRecord {
            id,
            pipeline: plan.spec.name.clone(),
            pipeline_hash: hash,
            started: at,
            finished: None,
            state: RunState::Running,
            data_verdict: None,
            model_verdict: None,
            promoted: None,
            steps,
        };
        let gate = if plan.step(StepKind::Validate).is_some() {
            Gate::Waiting
        } else {
            Gate::Open
        };
        let events = vec![Event::Started {
            run: id,
            pipeline: plan.spec.name.clone(),
            steps: plan.kinds(),
            at,
        }];
        Ok(Self {
            status: plan
                .kinds()
                .into_iter()
                .map(|k| (k, Status::Waiting))
                .collect(),
            plan,
            around,
            record,
            gate,
            held: Vec::new(),
            failure: None,
            closing: None,
            canceled: false,
            events,
            blessing: None,
            validation: None,
        })
    }

    /// The run as it stands.
    #[must_use]
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// What happened since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Takes in that a unit of work ended, so that the run as it stands shows it.
    pub fn note_unit(&mut self, kind: StepKind, unit: UnitRecord) {
        if let Some(step) = self.record.steps.iter_mut().find(|s| s.kind == kind) {
            step.units.push(unit);
        }
    }

    /// Ends a run whose records could not be written; says so in the records if that is possible by now.
    pub fn abandon(&mut self, failure: &Failure, store: &mut Store) {
        self.record.state = RunState::Failed;
        self.record.finished = Some((self.around.clock)());
        // The store has failed before; what is left open is closed when the workspace is next opened.
        for step in &mut self.record.steps {
            if step.state == StepState::Running
                && let Some(execution) = step.execution
            {
                let _unwritten = store.fail_execution(execution, &failure.summary, &[], &[]);
                step.state = StepState::Failed;
            }
        }
        let RunRecord {
            id,
            data_verdict,
            model_verdict,
            promoted,
            ..
        } = self.record;
        let _unwritten =
            store.finish_run(id, RunState::Failed, data_verdict, model_verdict, promoted);
        self.events.push(Event::Finished {
            run: self.record.id,
            state: RunState::Failed,
            verdict: None,
            data_verdict,
            model_verdict,
            promoted,
            message: failure.summary.clone(),
            at: (self.around.clock)(),
        });
    }

    /// Asks every step at work to stop; waiting ones will not begin.
    pub fn cancel(&mut self) {
        // What has failed before has failed.
        self.canceled |= self.failure.is_none();
        self.close("the run was stopped by a person");
        self.stop_running(|_| true);
    }

    /// Begins every step that can begin; ends the run when none is left.
    ///
    /// # Errors
    /// If a record cannot be written. The run is then not usable any more.
    pub fn advance(&mut self, store: &mut Store) -> Result<Option<RunEnd>, Failure> {
        let mut began = true;
        while began {
            began = false;
            for index in 0..self.plan.steps.len() {
                let planned = self.plan.steps[index].clone();
                if matches!(self.status.get(&planned.step.kind()), Some(Status::Waiting)) {
                    began |= self.consider(&planned, store)?;
                }
            }
        }
        let open = self
            .status
            .values()
            .any(|s| matches!(s, Status::Waiting | Status::Running { .. }));
        if open {
            Ok(None)
        } else {
            self.end(store).map(Some)
        }
    }

    /// Takes in how a step ended.
    ///
    /// # Errors
    /// If a record cannot be written.
    pub fn on_report(&mut self, report: StepReport, store: &mut Store) -> Result<(), Failure> {
        let interrupted = |f: &Failure| f.kind == FailureKind::Interrupted;
        let beside_gate = self.gate == Gate::Waiting
            && self.plan.step(report.step).is_some_and(|s| s.speculative);
        let hold = beside_gate
            && match &report.result {
                Ok(_) => report.step == StepKind::Train,
                Err(failure) => !interrupted(failure),
            };
        if hold {
            self.held.push(report);
            return Ok(());
        }
        self.settle(report, store)
    }

    pub(super) fn close(&mut self, reason: &str) {
        self.closing.get_or_insert_with(|| reason.to_owned());
    }

    pub(super) fn stop_running(&self, which: impl Fn(&PlannedStep) -> bool) {
        for planned in &self.plan.steps {
            if let Some(Status::Running { stop, .. }) = self.status.get(&planned.step.kind())
                && which(planned)
            {
                stop.store(true, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn note(
        &mut self,
        kind: StepKind,
        state: StepState,
        message: String,
        change: impl FnOnce(&mut StepRecord),
    ) {
        if let Some(step) = self.record.steps.iter_mut().find(|s| s.kind == kind) {
            step.state = state;
            change(step);
        }
        self.events.push(Event::Step {
            run: self.record.id,
            step: kind,
            state,
            message,
            at: (self.around.clock)(),
        });
    }
}

fn new_record(planned: &PlannedStep, executor: &str) -> StepRecord {
    StepRecord {
        execution: None,
        kind: planned.step.kind(),
        state: StepState::New,
        started: None,
        finished: None,
        version: planned.step.version(),
        params: planned.step.params(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        cached_from: None,
        units: Vec::new(),
        warnings: Vec::new(),
        error: None,
        executor: executor.to_owned(),
        usage: None,
    }
}
