//! From the pipeline as data to an order of steps with their ports connected. Pure: no file is touched.

use super::step::{Source, Step};
use super::steps;
use crate::domain::algorithm::Problem;
use crate::domain::pipeline::{PipelineSpec, TrainStart};
use crate::domain::run::StepKind;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A pipeline that can be run.
#[derive(Clone)]
pub struct Plan {
    /// What it was made of.
    pub spec: PipelineSpec,
    /// The steps in order; every step comes after those that it reads from.
    pub steps: Vec<PlannedStep>,
}

/// One step with its place in the plan.
#[derive(Clone)]
pub struct PlannedStep {
    /// The code, holding its parameters.
    pub step: Arc<dyn Step>,
    /// For each input port that a step gives: which step.
    pub producers: BTreeMap<&'static str, StepKind>,
    /// Steps that must be done first: the producers, and gates that must have passed.
    pub after: Vec<StepKind>,
    /// Whether it runs beside the data gate: begun before the gate has decided, recorded only after it has passed.
    pub speculative: bool,
}

impl Plan {
    /// The step of a kind.
    #[must_use]
    pub fn step(&self, kind: StepKind) -> Option<&PlannedStep> {
        self.steps.iter().find(|s| s.step.kind() == kind)
    }

    /// The kinds in order.
    #[must_use]
    pub fn kinds(&self) -> Vec<StepKind> {
        self.steps.iter().map(|s| s.step.kind()).collect()
    }
}

/// Plans a pipeline.
///
/// # Errors
/// All problems of all steps, each naming its field in pipeline.toml.
pub fn plan(spec: &PipelineSpec) -> Result<Plan, Vec<Problem>> {
    let instances = steps::of(spec);
    let mut problems: Vec<Problem> = instances.iter().flat_map(|s| s.check()).collect();
    if spec.name.trim().is_empty() {
        problems.push(Problem::new(
            "name",
            "must not be empty: it is the name of the models, too",
        ));
    }
    let mut planned = Vec::new();
    let mut producers: BTreeMap<&'static str, StepKind> = BTreeMap::new();
    let has_gate = spec.steps.validate.is_some();
    for step in instances {
        let kind = step.kind();
        let mut connected = BTreeMap::new();
        for port in step.inputs() {
            match (port.source, producers.get(port.name)) {
                (Source::Step | Source::StepIfPresent, Some(producer)) => {
                    connected.insert(port.name, *producer);
                }
                (Source::Step, None) => problems.push(Problem::new(
                    format!("steps.{}", kind.name()),
                    format!("needs {}, which no earlier step gives", port.name),
                )),
                (Source::StepIfPresent, None) | (Source::Production, _) => {}
            }
        }
        let mut after: Vec<StepKind> = connected.values().copied().collect();
        let beside_gate = matches!(kind, StepKind::Transform | StepKind::Train);
        let waits = match kind {
            StepKind::Train => spec.steps.train.start == TrainStart::AfterValidation,
            StepKind::Evaluate => true,
            _ => false,
        };
        if has_gate && waits {
            after.push(StepKind::Validate);
        }
        if kind == StepKind::Push && spec.steps.validate_model.is_some() {
            after.push(StepKind::ValidateModel);
        }
        after.sort_unstable();
        after.dedup();
        for output in step.outputs() {
            producers.insert(output, kind);
        }
        planned.push(PlannedStep {
            speculative: has_gate && beside_gate && !after.contains(&StepKind::Validate),
            step,
            producers: connected,
            after,
        });
    }
    if problems.is_empty() {
        Ok(Plan {
            spec: spec.clone(),
            steps: planned,
        })
    } else {
        Err(problems)
    }
}
