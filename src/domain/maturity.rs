//! MLOps maturity as evidence: four systems by three levels (Google, "MLOps: Continuous delivery and automation
//! pipelines in machine learning"). A capability is proven by records of its having happened, and by nothing else.

use super::ids::{ArtifactId, ExecutionId, RunId};
use serde::{Deserialize, Serialize};

/// The four systems whose automation is maturity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// Getting and judging data.
    DataCollection,
    /// Training and judging models.
    Modeling,
    /// Putting models to work.
    Deployment,
    /// Keeping them good.
    Maintenance,
}

impl System {
    /// All four, in order.
    pub const ALL: [Self; 4] = [
        Self::DataCollection,
        Self::Modeling,
        Self::Deployment,
        Self::Maintenance,
    ];

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::DataCollection => "Data collection",
            Self::Modeling => "Modeling",
            Self::Deployment => "Deployment",
            Self::Maintenance => "Maintenance",
        }
    }
}

/// Whether a capability has been seen to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapabilityState {
    /// Records of its having happened exist.
    Proven,
    /// It can be done here and has not been.
    Unproven,
    /// This version of Lockkeeper cannot do it.
    Unsupported,
}

/// A pointer to a record that proves something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RecordRef {
    /// A run.
    Run {
        /// Its id.
        id: RunId,
    },
    /// An execution of a step.
    Execution {
        /// Its id.
        id: ExecutionId,
    },
    /// An artifact.
    Artifact {
        /// Its id.
        id: ArtifactId,
    },
    /// A version of the model in the registry.
    Model {
        /// Its number.
        version: u32,
    },
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The record.
    pub record: RecordRef,
    /// One sentence: what it shows.
    pub text: String,
}

/// What a person can do next, by a name that the window knows as an action and the command line as a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextAction {
    /// Run the pipeline.
    Run,
    /// Start the prediction service.
    Serve,
    /// Add a batch of data.
    AddData,
    /// Edit the pipeline.
    EditPipeline,
    /// Edit the schema.
    EditSchema,
    /// Look at the comparison.
    Compare,
    /// Look at the data.
    Data,
    /// Look at the models; roll back.
    Models,
}

/// One capability with its state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capability {
    /// Stable id: `data-gate`.
    pub id: String,
    /// The system it belongs to.
    pub system: System,
    /// The level it belongs to: 0, 1 or 2.
    pub level: u8,
    /// For people.
    pub title: String,
    /// What it means, one or two sentences.
    pub help: String,
    /// Whether it counts for reaching the level (the feature store is optional, for example).
    pub required: bool,
    /// Proven or not.
    pub state: CapabilityState,
    /// The records that prove it, newest first, at most five.
    pub evidence: Vec<Evidence>,
    /// What would prove it.
    pub next: Option<NextAction>,
}

/// The assessment of a workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MaturityAssessment {
    /// The highest level all of whose required capabilities, and those of the levels below, are proven; `None` before
    /// level 0 is reached.
    pub level: Option<u8>,
    /// All capabilities, by level and system.
    pub capabilities: Vec<Capability>,
}

/// A lesson with its progress.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LessonProgress {
    /// Stable id.
    pub id: String,
    /// For people.
    pub title: String,
    /// What one learns.
    pub summary: String,
    /// The steps in order.
    pub steps: Vec<LessonStep>,
}

/// One step of a lesson, checked from records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LessonStep {
    /// For people.
    pub title: String,
    /// What to do and what to look at.
    pub text: String,
    /// The button for it.
    pub action: Option<NextAction>,
    /// Whether the records show it done.
    pub done: bool,
    /// What the records show, once done.
    pub finding: Option<String>,
}
