//! What can be asked of a workspace, and what comes of it. Both the command line and the window speak in these.

use crate::domain::ContentHash;
use crate::domain::ids::RunId;
use crate::domain::pipeline::PipelineSpec;
use crate::domain::reading::ReadOptions;
use crate::domain::registry::ModelVersion;
use crate::domain::run::RunRecord;
use crate::domain::schema::Schema;
use std::path::{Path, PathBuf};

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
    /// Copies an ONNX file into the workspace and makes it a candidate.
    ImportModel(ModelFile),
    /// Writes a model as ONNX.
    ExportModel {
        /// The model's artifact.
        model: ContentHash,
        /// Where to.
        file: PathBuf,
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
    /// Writes something to a run: a tag, a note, a pin.
    WriteToRun {
        /// The run.
        run: RunId,
        /// What.
        written: RunWriting,
    },
    /// Gives an interrupted run up: what was kept of it is thrown away.
    DiscardRun(RunId),
    /// Keeps a statement over the records under a name; an empty one is forgotten.
    KeepQuery {
        /// The name.
        name: String,
        /// The statement.
        text: String,
    },
    /// Starts the prediction service on loopback.
    StartService {
        /// The port; 0 takes a free one.
        port: u16,
    },
    /// Stops it.
    StopService,
}

/// What a person writes to a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunWriting {
    /// A tag; an empty value takes it away.
    Tag {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A remark in place of the one before.
    Note(String),
    /// Whether the run stands above the others.
    Pin(bool),
}

/// A model of another program that is to become a candidate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelFile {
    /// The ONNX file.
    pub file: PathBuf,
    /// The candidate's name; without one, the file's.
    pub name: Option<String>,
    /// The columns of its inputs in their order, with commas between them, where their names do not say it.
    pub columns: Option<String>,
    /// The target's classes in the order of its probabilities, with commas between them, where the file does not say it.
    pub classes: Option<String>,
}

impl Command {
    /// For people: the title of the job.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Run => "Run the pipeline".to_owned(),
            Self::AddData { file, .. } => format!("Add {}", file_name(file)),
            Self::ImportModel(model) => format!("Import {}", file_name(&model.file)),
            Self::ExportModel { file, .. } => format!("Export {}", file_name(file)),
            Self::SavePipeline { .. } => "Save the pipeline".to_owned(),
            Self::SaveSchema { .. } => "Save the schema".to_owned(),
            Self::Promote { version, .. } => format!("Promote v{version}"),
            Self::Rollback { .. } => "Roll back".to_owned(),
            Self::DiscardRun(run) => format!("Discard run {run}"),
            Self::KeepQuery { name, .. } => format!("Keep {name}"),
            Self::WriteToRun { run, .. } => format!("Write to run {run}"),
            Self::StartService { .. } => "Start the prediction service".to_owned(),
            Self::StopService => "Stop the prediction service".to_owned(),
        }
    }
}

fn file_name(file: &Path) -> String {
    let name = file.file_name().unwrap_or(file.as_os_str());
    name.to_string_lossy().into_owned()
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
