//! Records how a step ended: applies its effects, makes its artifacts LIVE, lets a gate decide, or says why it failed.

use super::{Gate, Machine, Status};
use crate::domain::anomaly::{DataVerdict, ValidationReport};
use crate::domain::gate::Blessing;
use crate::domain::ids::ExecutionId;
use crate::domain::registry::{ModelVersion, PRODUCTION};
use crate::domain::run::{ArtifactRef, StepKind, StepState, UnitRecord};
use crate::domain::{ContentHash, Failure, FailureKind};
use crate::pipeline::step::{Effect, parse_json};
use crate::pipeline::worker::{Finished, StepReport};
use crate::store::{NewModel, Store};
use std::collections::BTreeMap;

impl Machine {
    /// Records how a step ended.
    pub(super) fn settle(&mut self, report: StepReport, store: &mut Store) -> Result<(), Failure> {
        let kind = report.step;
        let Some(Status::Running {
            execution,
            key,
            inputs,
            ..
        }) = self.status.remove(&kind)
        else {
            return Err(Failure::internal(format!(
                "{} ended without having begun",
                kind.name()
            )));
        };
        let StepReport {
            result,
            units,
            warnings,
            ..
        } = report;
        // Behind a shut gate nothing counts any more, not even a failure.
        let is_refused =
            self.gate == Gate::Shut && self.plan.step(kind).is_some_and(|s| s.speculative);
        match result {
            Ok(finished) if !is_refused => {
                let done = Completed {
                    execution,
                    key,
                    inputs,
                    units,
                    warnings,
                };
                self.complete(kind, finished, done, store)
            }
            Err(failure) if failure.kind != FailureKind::Interrupted && !is_refused => {
                self.record_failure(kind, execution, failure, &units, &warnings, store)
            }
            _ => {
                let reason = self.closing.clone().unwrap_or_else(|| "stopped".to_owned());
                store.cancel_execution(execution, &reason, &units, &warnings)?;
                self.status.insert(kind, Status::Ended);
                let at = (self.around.clock)();
                self.note(kind, StepState::Canceled, reason.clone(), |step| {
                    step.finished = Some(at);
                    step.units = units;
                    step.warnings = warnings;
                    step.error = Some(reason);
                });
                self.gate_lost(kind, store)
            }
        }
    }

    pub(super) fn complete(
        &mut self,
        kind: StepKind,
        finished: Finished,
        done: Completed,
        store: &mut Store,
    ) -> Result<(), Failure> {
        let Finished {
            outputs,
            effects,
            message,
            usage,
        } = finished;
        for effect in effects.iter().filter(|e| !matches!(e, Effect::PutSchema)) {
            self.apply(effect, &done.inputs, store)?;
        }
        let artifacts = store.complete_execution(
            done.execution,
            &outputs,
            Some(&done.key),
            &done.units,
            &done.warnings,
            Some(&usage),
        )?;
        if effects.contains(&Effect::PutSchema)
            && let Some(schema) = artifacts.first()
        {
            store.put_schema_version(schema.id, "inferred from the first batch", "pipeline")?;
        }
        let at = (self.around.clock)();
        let recorded = artifacts.clone();
        self.note(kind, StepState::Complete, message, |step| {
            step.finished = Some(at);
            step.outputs = recorded;
            step.units = done.units;
            step.warnings = done.warnings;
            step.usage = Some(usage);
        });
        self.status.insert(kind, Status::Done(artifacts));
        self.after_done(kind, store)
    }

    /// Applies a change outside the artifacts.
    pub(super) fn apply(
        &mut self,
        effect: &Effect,
        inputs: &BTreeMap<String, Vec<ArtifactRef>>,
        store: &mut Store,
    ) -> Result<(), Failure> {
        let name = self.plan.spec.name.clone();
        let model = inputs
            .get("model")
            .and_then(|m| m.first())
            .ok_or_else(|| Failure::internal("there is no model on the port `model`"))?;
        match effect {
            Effect::PutSchema => {}
            Effect::RegisterCandidate { algorithm, metrics } => {
                let reason = format!("trained by run {}", self.record.id);
                let new = NewModel {
                    name: &name,
                    algorithm,
                    run: self.record.id,
                    artifact: model.id,
                    hash: &model.hash,
                    metrics,
                };
                let version = store.register_model(&new, "pipeline", &reason)?;
                store.set_alias(&name, "candidate", version.version, "pipeline", &reason)?;
            }
            Effect::Promote { reason } => {
                let version = registered(store, &name, &model.hash)?;
                store.set_alias(&name, PRODUCTION, version.version, "pipeline", reason)?;
                self.record.promoted = Some(version.version);
            }
        }
        Ok(())
    }

    /// Lets a gate decide once its step is done.
    pub(super) fn after_done(&mut self, kind: StepKind, store: &mut Store) -> Result<(), Failure> {
        match kind {
            StepKind::Validate => {
                let report: ValidationReport = self.stored_json(kind, "anomalies", store)?;
                self.record.data_verdict = Some(report.verdict);
                let shut = report.verdict == DataVerdict::Stop;
                self.gate = if shut { Gate::Shut } else { Gate::Open };
                if shut {
                    self.close(&format!("the data gate said STOP: {}", report.reason));
                    self.stop_running(|step| step.speculative);
                }
                self.validation = Some(report);
                for report in std::mem::take(&mut self.held) {
                    self.settle_held(report, store)?;
                }
            }
            StepKind::ValidateModel => {
                let blessing: Blessing = self.stored_json(kind, "blessing", store)?;
                self.record.model_verdict = Some(blessing.verdict);
                self.blessing = Some(blessing);
            }
            _ => {}
        }
        Ok(())
    }

    /// A held report after the gate has decided: behind a shut gate, even a failure is a cancellation.
    pub(super) fn settle_held(
        &mut self,
        mut report: StepReport,
        store: &mut Store,
    ) -> Result<(), Failure> {
        if self.gate == Gate::Shut {
            report.result = Err(Failure::interrupted());
        }
        self.settle(report, store)
    }

    pub(super) fn stored_json<T: serde::de::DeserializeOwned>(
        &self,
        kind: StepKind,
        port: &str,
        store: &Store,
    ) -> Result<T, Failure> {
        let artifacts = self.outputs_of(kind, port);
        let artifact = artifacts
            .first()
            .ok_or_else(|| Failure::internal(format!("{} gave no {port}", kind.name())))?;
        parse_json(&store.files().read(&artifact.hash)?, port)
    }

    pub(super) fn record_failure(
        &mut self,
        kind: StepKind,
        execution: ExecutionId,
        failure: Failure,
        units: &[UnitRecord],
        warnings: &[String],
        store: &mut Store,
    ) -> Result<(), Failure> {
        let text = std::iter::once(failure.summary.clone())
            .chain(failure.details.iter().cloned())
            .collect::<Vec<_>>()
            .join("\n");
        store.fail_execution(execution, &text, units, warnings)?;
        self.status.insert(kind, Status::Ended);
        let at = (self.around.clock)();
        self.note(kind, StepState::Failed, failure.summary.clone(), |step| {
            step.execution = Some(execution);
            step.started = step.started.or(Some(at));
            step.finished = Some(at);
            step.error = Some(text);
        });
        self.close(&format!("{} failed", kind.title()));
        self.stop_running(|_| true);
        self.failure.get_or_insert(failure);
        self.gate_lost(kind, store)
    }

    /// The data gate ended without a decision: what ran beside it is not recorded as done.
    pub(super) fn gate_lost(&mut self, kind: StepKind, store: &mut Store) -> Result<(), Failure> {
        if kind != StepKind::Validate {
            return Ok(());
        }
        self.gate = Gate::Shut;
        for report in std::mem::take(&mut self.held) {
            self.settle_held(report, store)?;
        }
        Ok(())
    }
}

/// What is known of a step at work once it is done.
pub(super) struct Completed {
    execution: ExecutionId,
    key: ContentHash,
    inputs: BTreeMap<String, Vec<ArtifactRef>>,
    units: Vec<UnitRecord>,
    warnings: Vec<String>,
}

fn registered(store: &Store, name: &str, hash: &ContentHash) -> Result<ModelVersion, Failure> {
    store
        .models()?
        .into_iter()
        .find(|v| v.name == name && &v.hash == hash)
        .ok_or_else(|| Failure::internal(format!("the model {} is not registered", hash.short())))
}
