//! What a step is: kind, version, ports, parameters, and work. It gets bytes and gives bytes: never the store, a
//! clock or a path of the workspace, so that the same inputs give the same outputs wherever it runs.

use crate::domain::algorithm::Problem;
use crate::domain::metric::MetricValue;
use crate::domain::run::{ArtifactRef, StepKind};
use crate::domain::work::{Keep, Monitor};
use crate::domain::{ContentHash, Failure, Scalar};
use crate::store::ArtifactFiles;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A step of the pipeline, holding its own parameters.
pub trait Step: Send + Sync {
    /// Its kind.
    fn kind(&self) -> StepKind;

    /// Version of its code: raised whenever the same inputs and parameters would give other outputs.
    fn version(&self) -> u32;

    /// The ports it reads, by name.
    fn inputs(&self) -> &'static [InPort];

    /// The ports it writes, by name.
    fn outputs(&self) -> &'static [&'static str];

    /// Its parameters, everything that can change the outputs and nothing else.
    fn params(&self) -> Value;

    /// All problems of the parameters, each naming its field.
    fn check(&self) -> Vec<Problem>;

    /// Does the work.
    ///
    /// # Errors
    /// A `Failure` that says what, where and what to do; `Interrupted` where the monitor asked to stop.
    fn run(&self, context: &StepContext<'_>) -> Result<StepResult, Failure>;
}

/// A port that a step reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InPort {
    /// Its name: the output port of an earlier step, or something from outside the run.
    pub name: &'static str,
    /// Where it comes from, and whether it must be there.
    pub source: Source,
}

/// Where an input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An earlier step; the pipeline cannot be planned without it.
    Step,
    /// An earlier step, if the pipeline has it.
    StepIfPresent,
    /// The model that the candidate would replace, if there is one.
    Production,
}

impl InPort {
    /// An input that an earlier step must give.
    #[must_use]
    pub const fn of(name: &'static str) -> Self {
        Self {
            name,
            source: Source::Step,
        }
    }
}

/// What a step gets.
pub struct StepContext<'a> {
    /// The artifacts on each input port, in order.
    pub inputs: &'a BTreeMap<String, Vec<ArtifactRef>>,
    /// The files that `ingest` reads; empty for every other step.
    pub sources: &'a [SourceFile],
    /// Reads artifact files.
    pub files: &'a ArtifactFiles,
    /// Keeps finished pieces of the step, for a run that is cut off.
    pub keep: &'a dyn Keep,
    /// Where all randomness of the step comes from.
    pub seed: u64,
    /// Progress, units, warnings, stop.
    pub monitor: &'a dyn Monitor,
}

/// A file outside the workspace's artifacts, with its content hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its name, which becomes the name of the batch.
    pub name: String,
    /// Hash of its bytes.
    pub hash: ContentHash,
}

impl StepContext<'_> {
    /// The artifacts of a port; empty where nothing is connected.
    #[must_use]
    pub fn artifacts(&self, port: &str) -> &[ArtifactRef] {
        self.inputs.get(port).map_or(&[], Vec::as_slice)
    }

    /// The bytes of the only artifact of a port.
    ///
    /// # Errors
    /// If the port is empty or the file is missing or altered.
    pub fn bytes(&self, port: &str) -> Result<Vec<u8>, Failure> {
        let artifact = self
            .artifacts(port)
            .first()
            .ok_or_else(|| Failure::internal(format!("nothing is connected to the port {port}")))?;
        Ok(self.files.read(&artifact.hash)?)
    }

    /// The JSON value of the only artifact of a port.
    ///
    /// # Errors
    /// If the port is empty, the file is missing or altered, or it does not hold such a value.
    pub fn json<T: DeserializeOwned>(&self, port: &str) -> Result<T, Failure> {
        parse_json(&self.bytes(port)?, port)
    }

    /// `Interrupted` once the person asked to stop.
    ///
    /// # Errors
    /// Exactly then.
    pub fn check_stop(&self) -> Result<(), Failure> {
        if self.monitor.is_stopped() {
            Err(Failure::interrupted())
        } else {
            Ok(())
        }
    }
}

/// Reads a JSON artifact.
///
/// # Errors
/// If it does not hold such a value.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|e| {
        Failure::internal(format!("the stored {what} cannot be read: {e}"))
            .hint("Run the pipeline again.")
    })
}

/// What a step gives.
#[derive(Debug, Default)]
pub struct StepResult {
    /// Artifacts, in order.
    pub outputs: Vec<StepOutput>,
    /// Changes outside the artifacts, applied when the step is recorded.
    pub effects: Vec<Effect>,
    /// One sentence on the result.
    pub message: String,
}

/// One artifact that a step gives.
#[derive(Debug)]
pub struct StepOutput {
    /// The output port.
    pub port: &'static str,
    /// The artifact's type: `lockkeeper.Model`.
    pub kind: &'static str,
    /// A name for people.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
    /// Properties recorded with it.
    pub properties: Vec<(String, Scalar)>,
}

impl StepOutput {
    /// An artifact whose content is a JSON document.
    ///
    /// # Panics
    /// Never for the domain's values: they all serialise.
    #[must_use]
    pub fn json(
        port: &'static str,
        kind: &'static str,
        name: impl Into<String>,
        value: &impl serde::Serialize,
    ) -> Self {
        Self {
            port,
            kind,
            name: name.into(),
            bytes: serde_json::to_vec(value).expect("domain values serialise"),
            properties: Vec::new(),
        }
    }

    /// Adds a recorded property.
    #[must_use]
    pub fn with(mut self, name: &str, value: Scalar) -> Self {
        self.properties.push((name.to_owned(), value));
        self
    }
}

/// A change outside the artifacts. A step describes it; the machine applies it on the engine's thread, before the
/// step is recorded as complete. Applying it twice is the same as once.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Makes the schema on output port `schema` version 1 of the workspace.
    PutSchema,
    /// Registers the model on input port `model` as a version with the alias `candidate`.
    RegisterCandidate {
        /// The algorithm's id.
        algorithm: String,
        /// Metrics on the test rows.
        metrics: Vec<MetricValue>,
    },
    /// Points the alias `production` to the version that the model on input port `model` is.
    Promote {
        /// Why: the gate's sentence.
        reason: String,
    },
}
