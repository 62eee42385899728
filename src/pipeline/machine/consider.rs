//! Looks at a waiting step: whether it can begin, with which inputs, and whether it has to run at all. How a step
//! that ran is recorded is left to `settle`.

use super::{Machine, Status};
use crate::domain::ContentHash;
use crate::domain::Failure;
use crate::domain::event::Event;
use crate::domain::ids::ExecutionId;
use crate::domain::run::{ArtifactRef, StepKind, StepState};
use crate::domain::schema::{Role, Schema};
use crate::pipeline::decide::{Decision, cache_key, decide};
use crate::pipeline::plan::PlannedStep;
use crate::pipeline::step::SourceFile;
use crate::pipeline::step::parse_json;
use crate::pipeline::steps;
use crate::pipeline::worker::Assignment;
use crate::store::{NewExecution, Store};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

impl Machine {
    /// Looks at one waiting step; true if its status changed.
    pub(super) fn consider(
        &mut self,
        planned: &PlannedStep,
        store: &mut Store,
    ) -> Result<bool, Failure> {
        let kind = planned.step.kind();
        if let Some(reason) = self.closing.clone() {
            self.skip(planned, BTreeMap::new(), &reason, store)?;
            return Ok(true);
        }
        let mut ready = true;
        for before in &planned.after {
            match self.status.get(before) {
                Some(Status::Done(_)) => {}
                Some(Status::Ended) => {
                    let reason = format!("{} did not finish", before.title());
                    self.skip(planned, BTreeMap::new(), &reason, store)?;
                    return Ok(true);
                }
                _ => ready = false,
            }
        }
        if !ready {
            return Ok(false);
        }
        let inputs = self.inputs(planned, store)?;
        let sources = match steps::sources(&self.plan.spec, kind, &self.around.root) {
            Ok(sources) => sources,
            Err(failure) => {
                self.refuse(planned, inputs, failure, store)?;
                return Ok(true);
            }
        };
        let seed = self.plan.spec.seed;
        let key = cache_key(planned.step.as_ref(), seed, &inputs, &sources);
        let found = match store.lookup(&key)? {
            Some((id, outputs))
                if outputs
                    .iter()
                    .all(|o| store.files().verify(&o.hash).is_ok()) =>
            {
                Some((id, outputs))
            }
            _ => None,
        };
        let (standing, effect_holds) = self.standing(kind, &inputs, found.is_some(), store)?;
        if kind == StepKind::Schema {
            self.warn_of_ignored_roles(store)?;
        }
        match decide(key, standing, found, effect_holds) {
            Decision::Cached { from, outputs } => {
                self.cached(planned, inputs, from, outputs, store)?;
            }
            Decision::Cancel { reason } => self.skip(planned, inputs, &reason, store)?,
            Decision::Run { key } => self.start(planned, inputs, sources, key, store)?,
        }
        Ok(true)
    }

    pub(super) fn start(
        &mut self,
        planned: &PlannedStep,
        inputs: BTreeMap<String, Vec<ArtifactRef>>,
        sources: Vec<SourceFile>,
        key: ContentHash,
        store: &mut Store,
    ) -> Result<(), Failure> {
        let kind = planned.step.kind();
        let flat = flatten(&inputs);
        let params = planned.step.params();
        let execution = store.begin_execution(&self.new_execution(planned, &params, &flat))?;
        let stop = Arc::new(AtomicBool::new(false));
        let at = (self.around.clock)();
        self.note(kind, StepState::Running, String::new(), |step| {
            step.execution = Some(execution);
            step.started = Some(at);
            step.inputs = flat;
        });
        let assignment = Assignment {
            step: Arc::clone(&planned.step),
            inputs: inputs.clone(),
            sources,
            files: store.files(),
            seed: self.plan.spec.seed,
            stop: Arc::clone(&stop),
            clock: Arc::clone(&self.around.clock),
            post: Arc::clone(&self.around.post),
        };
        self.status.insert(
            kind,
            Status::Running {
                execution,
                key,
                stop,
                inputs,
            },
        );
        self.around.pool.spawn(move || assignment.perform());
        Ok(())
    }

    pub(super) fn cached(
        &mut self,
        planned: &PlannedStep,
        inputs: BTreeMap<String, Vec<ArtifactRef>>,
        from: Option<ExecutionId>,
        outputs: Vec<ArtifactRef>,
        store: &mut Store,
    ) -> Result<(), Failure> {
        let kind = planned.step.kind();
        let flat = flatten(&inputs);
        let params = planned.step.params();
        let execution =
            store.cached_execution(&self.new_execution(planned, &params, &flat), &outputs, from)?;
        let at = (self.around.clock)();
        let recorded = outputs.clone();
        self.note(kind, StepState::Cached, "unchanged".to_owned(), |step| {
            step.execution = Some(execution);
            step.started = Some(at);
            step.finished = Some(at);
            step.inputs = flat;
            step.outputs = recorded;
            step.cached_from = from;
        });
        self.status.insert(kind, Status::Done(outputs));
        self.after_done(kind, store)
    }

    /// Says so where pipeline.toml and the schema in force disagree about a column: the schema decides.
    fn warn_of_ignored_roles(&mut self, store: &Store) -> Result<(), Failure> {
        let Some(version) = store.schema_in_force()? else {
            return Ok(());
        };
        let Ok(bytes) = store.files().read(&version.artifact.hash) else {
            return Ok(());
        };
        let schema: Schema = parse_json(&bytes, "schema")?;
        let asked = &self.plan.spec.steps.schema;
        let ignored: Vec<&str> = schema
            .columns
            .iter()
            .filter(|c| {
                let is_other_target = (c.role == Role::Target) != (c.name == asked.target);
                is_other_target || asked.roles.get(&c.name).is_some_and(|role| *role != c.role)
            })
            .map(|c| c.name.as_str())
            .collect();
        if !ignored.is_empty() {
            let message = format!(
                "schema v{} is in force, and what pipeline.toml says of {} has no effect: edit the schema instead",
                version.version,
                ignored.join(", ")
            );
            self.events.push(Event::Warning {
                run: self.record.id,
                step: StepKind::Schema,
                message,
            });
        }
        Ok(())
    }

    fn new_execution<'a>(
        &'a self,
        planned: &PlannedStep,
        params: &'a serde_json::Value,
        inputs: &'a [ArtifactRef],
    ) -> NewExecution<'a> {
        NewExecution {
            run: self.record.id,
            kind: planned.step.kind(),
            version: planned.step.version(),
            params,
            inputs,
            executor: &self.around.executor,
        }
    }

    /// Records a step that never began.
    pub(super) fn skip(
        &mut self,
        planned: &PlannedStep,
        inputs: BTreeMap<String, Vec<ArtifactRef>>,
        reason: &str,
        store: &mut Store,
    ) -> Result<(), Failure> {
        let kind = planned.step.kind();
        let flat = flatten(&inputs);
        let params = planned.step.params();
        let execution = store.skip(&self.new_execution(planned, &params, &flat), reason)?;
        self.status.insert(kind, Status::Ended);
        self.note(kind, StepState::Canceled, reason.to_owned(), |step| {
            step.execution = Some(execution);
            step.inputs = flat;
            step.error = Some(reason.to_owned());
        });
        Ok(())
    }

    /// Records a step that could not even begin (its source files are not there).
    pub(super) fn refuse(
        &mut self,
        planned: &PlannedStep,
        inputs: BTreeMap<String, Vec<ArtifactRef>>,
        failure: Failure,
        store: &mut Store,
    ) -> Result<(), Failure> {
        let kind = planned.step.kind();
        let params = planned.step.params();
        let flat = flatten(&inputs);
        let execution = store.begin_execution(&self.new_execution(planned, &params, &flat))?;
        self.record_failure(kind, execution, failure, &[], &[], store)
    }
}

fn flatten(inputs: &BTreeMap<String, Vec<ArtifactRef>>) -> Vec<ArtifactRef> {
    inputs
        .iter()
        .flat_map(|(port, artifacts)| {
            artifacts.iter().map(move |a| {
                let mut artifact = a.clone();
                port.clone_into(&mut artifact.port);
                artifact
            })
        })
        .collect()
}
