//! The pipeline that a new workspace gets: every step, both gates, default checks.

use crate::domain::Task;
use crate::domain::pipeline::{
    EvaluateParams, IngestParams, PipelineSpec, PushParams, SchemaParams, StatisticsParams, Steps,
    TrainParams, TrainStart, TransformParams, ValidateModelParams, ValidateParams,
};
use crate::domain::reading::ReadOptions;
use std::collections::BTreeMap;

/// The pipeline for one file or folder of files. Its candidates are still to be chosen.
#[must_use]
pub fn pipeline(name: &str, files: &str, target: &str, task: Option<Task>) -> PipelineSpec {
    PipelineSpec {
        name: name.to_owned(),
        seed: 42,
        steps: Steps {
            ingest: IngestParams {
                files: vec![files.to_owned()],
                read: ReadOptions::default(),
            },
            statistics: StatisticsParams::default(),
            schema: SchemaParams {
                target: target.to_owned(),
                task,
                positive: None,
                roles: BTreeMap::new(),
            },
            validate: Some(ValidateParams::default()),
            transform: TransformParams::default(),
            train: TrainParams {
                search: None,
                start: TrainStart::WithValidation,
                folds: 5,
                metric: None,
                exclude: Vec::new(),
                candidates: Vec::new(),
            },
            evaluate: EvaluateParams::default(),
            validate_model: Some(ValidateModelParams::default()),
            push: Some(PushParams::default()),
        },
    }
}
