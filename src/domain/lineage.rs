//! Where an artifact comes from and what became of it: artifacts, the steps that made them and the steps that read them.

use super::Scalar;
use super::ids::{ArtifactId, ExecutionId, RunId};
use super::run::{ArtifactRef, StepKind, StepState};
use serde::Serialize;

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To what it was made from.
    Upstream,
    /// To what was made from it.
    Downstream,
}

/// A step of a run, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StepRef {
    /// The execution.
    pub execution: ExecutionId,
    /// Its kind.
    pub kind: StepKind,
    /// Its run.
    pub run: RunId,
    /// How it ended.
    pub state: StepState,
}

/// An artifact of a lineage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineageNode {
    /// The artifact, with the port by which it came out.
    pub artifact: ArtifactRef,
    /// What it is called, such as the file that rows came from.
    pub name: String,
    /// How many steps away it is from where one began; 0 is where one began.
    pub distance: u32,
    /// The step that made it: of several that made the same content, the first that really ran.
    pub producer: Option<StepRef>,
    /// What that step read, in its order.
    pub parents: Vec<ArtifactId>,
}

/// Steps of one kind that read an artifact.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Readers {
    /// The kind.
    pub kind: StepKind,
    /// How many executions.
    pub n_steps: i64,
    /// In how many runs.
    pub n_runs: i64,
    /// The newest of them.
    pub newest: StepRef,
    /// Different artifacts that came out of them, by type.
    pub outputs: Vec<(String, i64)>,
}

/// What is known of one artifact.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lineage {
    /// The artifact and everything that it was made from, nearest first.
    pub upstream: Vec<LineageNode>,
    /// The steps that read it, by kind, in the order of the pipeline.
    pub readers: Vec<Readers>,
    /// What was recorded about its content.
    pub properties: Vec<(String, Scalar)>,
    /// Versions of the registry that are this artifact.
    pub versions: Vec<u32>,
}

/// What was made from an artifact, or what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArtifactList {
    /// The first of them, nearest or newest first.
    pub nodes: Vec<LineageNode>,
    /// Whether there are more.
    pub is_cut: bool,
}
