//! What a step reads, and what the registry and the schema versions say about it. Reads records only.

use super::{Machine, Status};
use crate::domain::Failure;
use crate::domain::gate::ModelVerdict;
use crate::domain::registry::ModelVersion;
use crate::domain::run::{ArtifactRef, StepKind, StepState};
use crate::pipeline::decide::Standing;
use crate::pipeline::plan::PlannedStep;
use crate::pipeline::step::Source;
use crate::store::Store;
use std::collections::BTreeMap;

impl Machine {
    /// Connects the inputs of a step.
    pub(super) fn inputs(
        &self,
        planned: &PlannedStep,
        store: &Store,
    ) -> Result<BTreeMap<String, Vec<ArtifactRef>>, Failure> {
        let mut inputs = BTreeMap::new();
        for port in planned.step.inputs() {
            let artifacts: Vec<ArtifactRef> = match port.source {
                Source::Production => self
                    .production_input(port.name, store)?
                    .into_iter()
                    .collect(),
                Source::Step | Source::StepIfPresent => {
                    let Some(producer) = planned.producers.get(port.name) else {
                        continue;
                    };
                    self.outputs_of(*producer, port.name)
                }
            };
            if !artifacts.is_empty() {
                inputs.insert(port.name.to_owned(), artifacts);
            }
        }
        Ok(inputs)
    }

    pub(super) fn outputs_of(&self, kind: StepKind, port: &str) -> Vec<ArtifactRef> {
        match self.status.get(&kind) {
            Some(Status::Done(outputs)) => {
                outputs.iter().filter(|o| o.port == port).cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The model that the candidate would replace. Where the candidate is in production already, that is the model
    /// it replaced: so a run that changes nothing compares what it compared before.
    pub(super) fn production_input(
        &self,
        port: &str,
        store: &Store,
    ) -> Result<Option<ArtifactRef>, Failure> {
        let candidate = self.outputs_of(StepKind::Train, "model");
        let models = store.models()?;
        let Some(production) = store.production(&self.plan.spec.name)? else {
            return Ok(None);
        };
        let is_candidate = candidate.first().is_some_and(|c| c.hash == production.hash);
        let other = if is_candidate {
            production.replaced.and_then(|v| {
                models
                    .into_iter()
                    .find(|m| m.name == production.name && m.version == v)
            })
        } else {
            Some(production)
        };
        let Some(model) = other else { return Ok(None) };
        let Some(mut artifact) = store.artifact(model.artifact)? else {
            return Ok(None);
        };
        port.clone_into(&mut artifact.port);
        Ok(Some(artifact))
    }

    /// What the registry and the schema versions say about a step.
    pub(super) fn standing(
        &self,
        kind: StepKind,
        inputs: &BTreeMap<String, Vec<ArtifactRef>>,
        found: bool,
        store: &Store,
    ) -> Result<(Standing, bool), Failure> {
        let mut standing = Standing::default();
        let model = inputs.get("model").and_then(|m| m.first());
        let name = &self.plan.spec.name;
        let holds = match kind {
            StepKind::Schema => {
                // An inferred schema whose file is gone is inferred again; a person's cannot be.
                let usable = store.schema_in_force()?.filter(|v| {
                    v.author != "pipeline" || store.files().verify(&v.artifact.hash).is_ok()
                });
                standing.in_force = usable.map(|version| {
                    let mut artifact = version.artifact;
                    "schema".clone_into(&mut artifact.port);
                    vec![artifact]
                });
                standing.in_force.is_some()
            }
            StepKind::Evaluate => {
                let models = store.models()?;
                let is_candidate = |v: &ModelVersion| v.aliases.iter().any(|a| a == "candidate");
                model.is_some_and(|m| {
                    models
                        .iter()
                        .any(|v| &v.name == name && v.hash == m.hash && is_candidate(v))
                })
            }
            StepKind::Push => {
                let production = store.production(name)?;
                let holds =
                    model.is_some_and(|m| production.as_ref().is_some_and(|p| p.hash == m.hash));
                let was_cut_off = match production.filter(|_| holds && !found) {
                    Some(production) => {
                        push_was_cut_off(&production, store)?
                            && self.push_is_undone(model, store)?.is_none()
                    }
                    None => false,
                };
                if holds && !found && !was_cut_off {
                    standing.in_force = Some(Vec::new());
                } else if !holds {
                    standing.undone = self.push_is_undone(model, store)?;
                }
                holds
            }
            _ => true,
        };
        Ok((standing, holds))
    }

    /// Why `push` must not promote by itself, if so.
    pub(super) fn push_is_undone(
        &self,
        model: Option<&ArtifactRef>,
        store: &Store,
    ) -> Result<Option<String>, Failure> {
        if let Some(blessing) = &self.blessing
            && blessing.verdict == ModelVerdict::NotBlessed
        {
            return Ok(Some(format!("the model gate said no: {}", blessing.reason)));
        }
        if self
            .plan
            .spec
            .steps
            .push
            .as_ref()
            .is_some_and(|p| !p.automatic)
        {
            return Ok(Some(
                "promotion is left to a person (push.automatic = false)".to_owned(),
            ));
        }
        let version = store
            .models()?
            .into_iter()
            .find(|v| v.name == self.plan.spec.name && model.is_some_and(|m| m.hash == v.hash));
        let Some(version) = version else {
            return Ok(None);
        };
        let log = store.registry_log()?;
        let last = log.iter().rev().find(|e| {
            matches!(e.action.as_str(), "promote" | "rollback")
                && (e.version == version.version || e.previous == Some(version.version))
        });
        let undone = last.filter(|e| e.previous == Some(version.version) && e.who != "pipeline");
        Ok(undone.map(|e| {
            let how = match e.action.as_str() {
                "rollback" => "rolled back".to_owned(),
                _ => format!("replaced by v{}", e.version),
            };
            format!(
                "v{} was {how} by {} ({}); promote it by hand to bring it back",
                version.version, e.who, e.reason
            )
        }))
    }
}

/// Whether the pipeline put this model into production and was killed before it had recorded that. The step then runs
/// again, which changes nothing in the registry and completes the records.
fn push_was_cut_off(production: &ModelVersion, store: &Store) -> Result<bool, Failure> {
    let log = store.registry_log()?;
    let last = log.iter().rev().find(|e| {
        matches!(e.action.as_str(), "promote" | "rollback") && e.version == production.version
    });
    if last.is_none_or(|e| e.who != "pipeline") {
        return Ok(false);
    }
    let is_of_production =
        |input: &ArtifactRef| input.port == "model" && input.hash == production.hash;
    let pushes = store.executions_of_type(StepKind::Push)?;
    Ok(!pushes.iter().any(|(_, step)| {
        step.state == StepState::Complete && step.inputs.iter().any(is_of_production)
    }))
}
