//! What can be asked of a workspace, and what comes of it. Both the command line and the window speak in these.

use crate::domain::ids::RunId;
use crate::domain::pipeline::PipelineSpec;
use crate::domain::reading::ReadOptions;
use crate::domain::registry::ModelVersion;
use crate::domain::run::RunRecord;
use crate::domain::schema::Schema;
use std::path::PathBuf;

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Runs the pipeline; running it again resumes.
    Run,
    /// Adds a file as the newest batch to `steps.ingest.files`.
    AddData {
        /// The file.
        file: PathBuf,
        /// How it is to be read, where that was settled while looking at it; holds for all files from then on.
        read: Option<Box<ReadOptions>>,
    },
    /// Writes pipeline.toml. Refused with every problem if the pipeline cannot be planned.
    SavePipeline {
        /// The new pipeline.
        spec: Box<PipelineSpec>,
    },
    /// Puts a new version of the schema in force.
    SaveSchema {
        /// The new schema.
        schema: Box<Schema>,
        /// Why.
        note: String,
        /// Who.
        who: String,
    },
    /// Puts a registered version into production, whatever the gate said.
    Promote {
        /// Which.
        version: u32,
        /// Why.
        reason: String,
        /// Who.
        who: String,
    },
    /// Brings back the version that was in production before.
    Rollback {
        /// Why.
        reason: String,
        /// Who.
        who: String,
    },
    /// Starts the prediction service on loopback.
    StartService {
        /// The port; 0 takes a free one.
        port: u16,
    },
    /// Stops it.
    StopService,
}

impl Command {
    /// For people: the title of the job.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Run => "Run the pipeline".to_owned(),
            Self::AddData { file, .. } => format!(
                "Add {}",
                file.file_name().map_or_else(
                    || file.display().to_string(),
                    |n| n.to_string_lossy().into_owned()
                )
            ),
            Self::SavePipeline { .. } => "Save the pipeline".to_owned(),
            Self::SaveSchema { .. } => "Save the schema".to_owned(),
            Self::Promote { version, .. } => format!("Promote v{version}"),
            Self::Rollback { .. } => "Roll back".to_owned(),
            Self::StartService { .. } => "Start the prediction service".to_owned(),
            Self::StopService => "Stop the prediction service".to_owned(),
        }
    }
}

/// What came of a command. A gate that said no is an outcome, not a failure.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A run ended (complete, stopped or not blessed; a run that broke is a `Failure`).
    Run {
        /// Its record.
        record: Box<RunRecord>,
        /// One sentence.
        message: String,
    },
    /// A version went into production.
    Promoted {
        /// The version now in production.
        model: Box<ModelVersion>,
        /// The one before.
        previous: Option<u32>,
    },
    /// The service runs.
    Serving {
        /// `http://127.0.0.1:8080`.
        address: String,
    },
    /// Done; one sentence.
    Done {
        /// The sentence.
        message: String,
    },
}

impl Outcome {
    /// One sentence for a person.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Run { message, .. } | Self::Done { message } => message.clone(),
            Self::Promoted { model, previous } => match previous {
                Some(previous) => format!(
                    "v{} is in production; before it was v{previous}",
                    model.version
                ),
                None => format!("v{} is in production", model.version),
            },
            Self::Serving { address } => format!("The production model is served at {address}"),
        }
    }

    /// The run it was about, if it was about one.
    #[must_use]
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Run { record, .. } => Some(record.id),
            _ => None,
        }
    }
}
