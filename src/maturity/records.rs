//! The records that capabilities and lessons are judged by, read anew each time.

use crate::domain::Failure;
use crate::domain::gate::Blessing;
use crate::domain::ids::RunId;
use crate::domain::registry::{ModelVersion, RegistryEntry};
use crate::domain::run::{RunRecord, StepKind, StepRecord, StepState};
use crate::store::{SchemaVersion, ServiceEvent, Store};
use std::collections::BTreeMap;

/// Everything that is evidence.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// Runs, newest first.
    pub runs: Vec<RunRecord>,
    /// What the model gate said, for the newest runs in which it decided.
    pub blessings: BTreeMap<RunId, Blessing>,
    /// Registered versions.
    pub models: Vec<ModelVersion>,
    /// Changes of the registry, oldest first.
    pub registry_log: Vec<RegistryEntry>,
    /// Times in which a model was served.
    pub services: Vec<ServiceEvent>,
    /// Versions of the schema.
    pub schemas: Vec<SchemaVersion>,
}

/// Runs that are looked at.
const N_RUNS: usize = 200;
/// Runs whose blessing is read.
const N_BLESSINGS: usize = 20;

impl Records {
    /// Reads the records.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn read(store: &Store) -> Result<Self, Failure> {
        let runs = store.runs(N_RUNS)?;
        let mut blessings = BTreeMap::new();
        for run in runs
            .iter()
            .filter(|r| r.model_verdict.is_some())
            .take(N_BLESSINGS)
        {
            let output = run
                .step(StepKind::ValidateModel)
                .and_then(|s| s.outputs.first());
            // A blessing whose file is gone proves nothing.
            if let Some(bytes) = output.and_then(|o| store.files().read(&o.hash).ok())
                && let Ok(blessing) = serde_json::from_slice(&bytes)
            {
                blessings.insert(run.id, blessing);
            }
        }
        Ok(Self {
            runs,
            blessings,
            models: store.models()?,
            registry_log: store.registry_log()?,
            services: store.service_events()?,
            schemas: store.schema_versions()?,
        })
    }

    /// The run of a gate's execution, and later ones that used its result: a run that was cut off right after its gate
    /// has no verdict of its own.
    pub fn decided_by<'a>(
        &'a self,
        kind: StepKind,
        run: &'a RunRecord,
        step: &StepRecord,
    ) -> Vec<&'a RunRecord> {
        let later = self.runs.iter().filter(|r| {
            let same = r.step(kind).and_then(|s| s.cached_from);
            same.is_some() && same == step.execution
        });
        std::iter::once(run).chain(later).collect()
    }

    /// Complete executions of a step, newest first, each with its run.
    pub fn complete(&self, kind: StepKind) -> impl Iterator<Item = (&RunRecord, &StepRecord)> {
        self.runs
            .iter()
            .filter_map(move |run| run.step(kind).map(|step| (run, step)))
            .filter(|(_, step)| step.state == StepState::Complete)
    }
}
