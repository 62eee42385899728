//! Making a workspace: from a sample, or from a file and the name of its target. A folder becomes a workspace only
//! when everything in it is written; if something fails before, what was written is taken away again.

use super::samples::{SAMPLES, sample};
use super::settings::{self, Settings};
use crate::data::{Table, files, profile, reader, union};
use crate::domain::pipeline::{PipelineSpec, StatisticsParams};
use crate::domain::reading::ReadOptions;
use crate::domain::statistics::DatasetStatistics;
use crate::domain::work::Quiet;
use crate::domain::{Failure, Task};
use crate::pipeline::{defaults, spec_file};
use crate::store::{Mode, Store};
use crate::validate;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What came of making a workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    /// The folder.
    pub root: PathBuf,
    /// Its pipeline.
    pub pipeline: PipelineSpec,
    /// The task, where data were looked at.
    pub task: Option<Task>,
}

/// Makes a workspace of a shipped sample. Its data are copied into `data/`.
///
/// # Errors
/// If there is no such sample, the folder is a workspace already or holds other things, or it cannot be written.
pub fn from_sample(root: &Path, id: &str) -> Result<Created, Failure> {
    let sample = sample(id).ok_or_else(|| {
        let known: Vec<&str> = SAMPLES.iter().map(|s| s.id).collect();
        Failure::not_found(format!("There is no sample {id:?}"))
            .hint(format!("There are {}.", known.join(", ")))
    })?;
    let pipeline = spec_file::parse(sample.pipeline, Path::new(sample.id))?;
    let mut making = Making::begin(root)?;
    making.folder("data")?;
    for (name, bytes) in sample.files {
        making.file(&format!("data/{name}"), bytes)?;
    }
    making.finish(&pipeline)?;
    Ok(Created {
        root: root.to_owned(),
        pipeline,
        task: None,
    })
}

/// Makes a workspace for a data file, or a folder of them, which stay where they are.
///
/// # Errors
/// If the data cannot be read, have no such target or a useless one, the folder is taken or cannot be written.
pub fn from_data(
    root: &Path,
    data: &Path,
    target: &str,
    read: &ReadOptions,
) -> Result<Created, Failure> {
    let data = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let (table, statistics) = look(&data, read)?;
    let name = root.file_name().map_or_else(
        || "pipeline".to_owned(),
        |n| n.to_string_lossy().into_owned(),
    );
    let mut pipeline = defaults::pipeline(&name, &data.to_string_lossy(), target, None);
    pipeline.steps.ingest.read = read.clone();
    validate::infer_schema(&statistics, &pipeline.steps.schema)?;
    let task = validate::task_of(&statistics, &pipeline.steps.schema)?;
    let classes = validate::classes(&table, &pipeline.steps.schema, task)?;
    // Settled once: a later batch must not turn the question around.
    pipeline.steps.schema.task = Some(task);
    if task == Task::Binary {
        pipeline.steps.schema.positive = classes.last().cloned();
    }
    pipeline.steps.train.candidates = crate::train::default_candidates(task, table.n_rows());
    Making::begin(root)?.finish(&pipeline)?;
    Ok(Created {
        root: root.to_owned(),
        pipeline,
        task: Some(task),
    })
}

/// Makes a workspace without data; its pipeline waits for files and a target.
///
/// # Errors
/// If the folder is taken or cannot be written.
pub fn empty(root: &Path) -> Result<Created, Failure> {
    let name = root.file_name().map_or_else(
        || "pipeline".to_owned(),
        |n| n.to_string_lossy().into_owned(),
    );
    let mut pipeline = defaults::pipeline(&name, "data/*.csv", "target", None);
    pipeline.steps.train.candidates = crate::train::default_candidates(Task::Binary, 0);
    let mut making = Making::begin(root)?;
    making.folder("data")?;
    making.finish(&pipeline)?;
    Ok(Created {
        root: root.to_owned(),
        pipeline,
        task: None,
    })
}

fn look(data: &Path, read: &ReadOptions) -> Result<(Table, DatasetStatistics), Failure> {
    let paths = files::expand(&[data.to_string_lossy().into_owned()], Path::new("."))?;
    let mut tables = Vec::new();
    for path in &paths {
        tables.push(reader::read_file(path, read, &Quiet)?.table);
    }
    let table = union::union(&tables);
    let statistics = profile::profile(&table, &StatisticsParams::default());
    Ok((table, statistics))
}

/// A workspace being made; taken away again unless it is finished.
struct Making {
    root: PathBuf,
    made: Vec<PathBuf>,
    is_finished: bool,
}

impl Making {
    fn begin(root: &Path) -> Result<Self, Failure> {
        if root.join(settings::FILE).exists() {
            return Err(
                Failure::conflict(format!("{} is a workspace already", root.display()))
                    .hint("Open it, or choose another folder."),
            );
        }
        let mut making = Self {
            root: root.to_owned(),
            made: Vec::new(),
            is_finished: false,
        };
        if root.exists() {
            let mut entries = std::fs::read_dir(root).map_err(|e| unwritable(root, &e))?;
            if entries.next().is_some() {
                return Err(
                    Failure::conflict(format!("{} holds other things", root.display()))
                        .hint("Choose a new or an empty folder."),
                );
            }
        } else {
            std::fs::create_dir_all(root).map_err(|e| unwritable(root, &e))?;
            making.made.push(root.to_owned());
        }
        Ok(making)
    }

    fn folder(&mut self, name: &str) -> Result<(), Failure> {
        let path = self.root.join(name);
        std::fs::create_dir(&path).map_err(|e| unwritable(&path, &e))?;
        self.made.push(path);
        Ok(())
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.root.join(name);
        self.made.push(path.clone());
        std::fs::write(&path, bytes).map_err(|e| unwritable(&path, &e))
    }

    /// Writes the pipeline, makes the database, and last of all the settings, which make the folder a workspace.
    fn finish(mut self, pipeline: &PipelineSpec) -> Result<(), Failure> {
        let text = spec_file::to_toml(pipeline);
        self.file(spec_file::FILE, text.as_bytes())?;
        for name in [crate::store::DATABASE_FILE, "artifacts", ".lock"] {
            self.made.push(self.root.join(name));
        }
        drop(Store::open(
            &self.root,
            Mode::ReadWrite,
            Arc::new(super::open::now),
        )?);
        self.file(settings::FILE, Settings::default().to_toml().as_bytes())?;
        self.is_finished = true;
        Ok(())
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        for path in self.made.iter().rev() {
            // What cannot be taken away is harmless: without settings the folder is no workspace.
            let _left = if path.is_dir() {
                std::fs::remove_dir_all(path)
            } else {
                std::fs::remove_file(path)
            };
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::bad_data(format!("{} cannot be written: {error}", path.display()))
        .hint("Choose a folder in which you may write, on a disk with room.")
}

/// Reads a pipeline from a file that somebody names.
///
/// # Errors
/// If it cannot be read or says something that a pipeline does not have.
pub fn read_pipeline(path: &Path) -> Result<PipelineSpec, Failure> {
    spec_file::read(path)
}

/// Where the sample workspace of this user is.
#[must_use]
pub fn sample_root() -> PathBuf {
    samples_folder().join("nyc-flights")
}

/// Where the sample workspaces of this user are.
#[must_use]
pub fn samples_folder() -> PathBuf {
    data_folder().join("samples")
}

/// The folder for Lockkeeper's own files of this user.
#[must_use]
pub fn data_folder() -> PathBuf {
    directories::ProjectDirs::from("", "", "lockkeeper").map_or_else(
        || PathBuf::from("lockkeeper-data"),
        |dirs| dirs.data_dir().to_owned(),
    )
}

/// Makes the sample workspace unless it is there already.
///
/// # Errors
/// As `from_sample`.
pub fn sample_if_missing(root: &Path, id: &str) -> Result<(), Failure> {
    if root.join(settings::FILE).exists() {
        return Ok(());
    }
    from_sample(root, id).map(drop)
}
