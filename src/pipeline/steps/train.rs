//! Fits the candidates: cross-validation over folds of the training rows, then each on all of them. Algorithms and
//! selection are in `train`; here they meet their data.

use super::transform::{groups_of, time_of};
use super::{all_rows, ingest, json_of};
use crate::data::folds::{self, Fold, FoldRows};
use crate::domain::algorithm::Problem;
use crate::domain::dataset::SplitRecord;
use crate::domain::pipeline::{SplitKind, TrainParams, TransformParams};
use crate::domain::prediction::Targets;
use crate::domain::run::StepKind;
use crate::domain::schema::Schema;
use crate::domain::{ContentHash, Failure, Scalar, Task};
use crate::evaluate;
use crate::feature::FeaturePlan;
use crate::model::Model;
use crate::model::targets::encode_targets;
use crate::pipeline::step::{InPort, SourceFile, Step, StepContext, StepOutput, StepResult};
use crate::train::{self, Files, TrainJob};
use std::path::Path;

pub(super) struct Train {
    pub(super) params: TrainParams,
    pub(super) transform: TransformParams,
    pub(super) task: Option<Task>,
}

/// The files of imported models, by the names that the candidates have for them.
pub(super) fn sources(params: &TrainParams, root: &Path) -> Vec<SourceFile> {
    let mut sources: Vec<SourceFile> = Vec::new();
    for name in files_of(params) {
        let path = root.join(name);
        // What cannot be read is that candidate's failure, not the step's.
        let Ok(hash) = ingest::hash_of(&path) else {
            continue;
        };
        if sources.iter().all(|s| s.name != name) {
            sources.push(SourceFile {
                path,
                name: name.to_owned(),
                hash,
            });
        }
    }
    sources
}

fn files_of(params: &TrainParams) -> impl Iterator<Item = &str> {
    let imported = params
        .candidates
        .iter()
        .filter(|c| c.algorithm == train::IMPORTED);
    imported.filter_map(|c| c.params.get("file").and_then(Scalar::as_str))
}

impl Step for Train {
    fn kind(&self) -> StepKind {
        StepKind::Train
    }

    fn version(&self) -> u32 {
        4
    }

    fn inputs(&self) -> &'static [InPort] {
        const {
            &[
                InPort::of("examples"),
                InPort::of("schema"),
                InPort::of("split"),
                InPort::of("transform_graph"),
            ]
        }
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["model", "baseline", "candidates", "leaderboard"]
    }

    /// When training starts cannot change what it gives, so `start` is not among them.
    fn params(&self) -> serde_json::Value {
        let mut params = json_of(&self.params);
        if let Some(map) = params.as_object_mut() {
            map.remove("start");
        }
        serde_json::json!({ "train": params, "transform": json_of(&self.transform) })
    }

    fn check(&self) -> Vec<Problem> {
        train::check(&self.params, self.task)
    }

    fn run(&self, context: &StepContext<'_>) -> Result<StepResult, Failure> {
        let schema: Schema = context.json("schema")?;
        let split: SplitRecord = context.json("split")?;
        let plan: FeaturePlan = context.json("transform_graph")?;
        let problems = train::check(&self.params, Some(split.task));
        if !problems.is_empty() {
            let mut failure = Failure::usage("The candidates do not suit the task");
            failure.details = problems
                .iter()
                .map(|p| format!("{}: {}", p.field, p.message))
                .collect();
            return Err(
                failure.hint("Edit them in pipeline.toml, or in the window under Pipeline.")
            );
        }
        let table = all_rows(context)?;
        let rows: Vec<usize> = split.train.iter().map(|r| *r as usize).collect();
        let targets = encode_targets(
            &table.select(&[&split.target]).take(&rows),
            &split.target,
            split.task,
            &split.classes,
        )?
        .targets;
        let weights = train::row_weights::of_column(&table, &schema, &rows)?;
        let folds = self.folds(&table, &schema, &rows, &targets, context.seed)?;
        let outcome = train::train(
            &TrainJob {
                table: &table,
                schema: &schema,
                transform: &self.transform,
                plan: &plan,
                rows: &rows,
                targets: &targets,
                weights: weights.as_deref(),
                task: split.task,
                target: &split.target,
                classes: &split.classes,
                folds: &folds,
                params: &self.params,
                seed: context.seed,
                n_without_target: split.n_without_target,
                files: &self.files(context),
                score: &evaluate::metrics::score,
                keep: context.keep,
                scope: &self.scope(context),
            },
            context.monitor,
        )?;
        let report = &outcome.report;
        let n_fitted = report
            .candidates
            .iter()
            .filter(|c| c.error.is_none())
            .count();
        let score = report
            .candidates
            .first()
            .and_then(|c| c.mean_of(report.metric));
        let message = format!(
            "{n_fitted} candidates; {} is best ({} {} in cross-validation)",
            report.chosen,
            report.metric.word(),
            score.map_or_else(|| "not defined".to_owned(), |s| format!("{s:.4}"))
        );
        let message = match outcome.n_kept {
            0 => message,
            n => format!("{message}; {n} fits were kept from before"),
        };
        let message = match report.n_not_tried {
            0 => message,
            n => format!(
                "{message}; {n} settings were not tried, as the time of the search was over"
            ),
        };
        let mut outputs = Vec::new();
        let chosen = outcome
            .models
            .iter()
            .find(|m| m.name == report.chosen)
            .unwrap_or(&outcome.baseline);
        outputs.push(model_output("model", chosen));
        outputs.push(model_output("baseline", &outcome.baseline));
        outputs.extend(outcome.models.iter().map(|m| model_output("candidates", m)));
        outputs.push(StepOutput::json(
            "leaderboard",
            "lockkeeper.Leaderboard",
            "leaderboard",
            &outcome.report,
        ));
        Ok(StepResult {
            outputs,
            effects: Vec::new(),
            message,
        })
    }
}

impl Train {
    /// A hash of what all candidates and folds depend on, whichever candidates there are.
    fn scope(&self, context: &StepContext<'_>) -> ContentHash {
        let hashes = |port: &InPort| {
            let artifacts = context.artifacts(port.name).iter();
            artifacts.map(|a| a.hash.clone()).collect::<Vec<_>>()
        };
        let scope = serde_json::json!({
            "version": self.version(),
            "inputs": self.inputs().iter().map(hashes).collect::<Vec<_>>(),
            "transform": self.transform,
            "folds": self.params.folds,
            "exclude": self.params.exclude,
            "seed": context.seed,
        });
        ContentHash::of_json(&scope)
    }

    /// The content of the files of imported models; it must be what the cache key was made of.
    fn files(&self, context: &StepContext<'_>) -> Files {
        let read = |name: &str| {
            let unreadable =
                || format!("the file {name} is not in the workspace, or cannot be read");
            let source = context.sources.iter().find(|s| s.name == name);
            let source = source.ok_or_else(unreadable)?;
            let bytes =
                std::fs::read(&source.path).map_err(|e| format!("{name} cannot be read: {e}"))?;
            if ContentHash::of_bytes(&bytes) == source.hash {
                Ok(bytes)
            } else {
                Err(format!("{name} changed while it was read"))
            }
        };
        let all = files_of(&self.params).map(|name| (name.to_owned(), read(name)));
        all.collect()
    }

    fn folds(
        &self,
        table: &crate::data::Table,
        schema: &Schema,
        rows: &[usize],
        targets: &Targets,
        seed: u64,
    ) -> Result<Vec<Fold>, Failure> {
        let k = self.params.folds as usize;
        let strata = match targets {
            Targets::Classes { codes, .. } => Some(codes.as_slice()),
            Targets::Values(_) => None,
        };
        if self.transform.split == SplitKind::Time {
            let all = time_of(table, schema);
            let time: Vec<i64> = rows
                .iter()
                .map(|r| all.as_ref().map_or(*r as i64, |t| t[*r]))
                .collect();
            return Ok(folds::folds(
                FoldRows::Time {
                    n_rows: rows.len(),
                    time: Some(&time),
                    strata,
                },
                k,
                seed,
            ));
        }
        if self.transform.split == SplitKind::Group {
            let all = groups_of(table, schema)?;
            let groups: Vec<u64> = rows.iter().map(|r| all[*r]).collect();
            let folds = folds::folds(FoldRows::Grouped { groups: &groups }, k, seed);
            if folds.is_empty() {
                return Err(Failure::bad_data("The training rows are all of one group")
                    .hint("Choose another split, or another column for the groups."));
            }
            return Ok(folds);
        }
        let rows = match strata {
            Some(strata) => FoldRows::Stratified { strata },
            None => FoldRows::Shuffled { n_rows: rows.len() },
        };
        Ok(folds::folds(rows, k, seed))
    }
}

fn model_output(port: &'static str, model: &Model) -> StepOutput {
    StepOutput {
        port,
        kind: "lockkeeper.Model",
        name: model.name.clone(),
        bytes: model.to_bytes(),
        properties: vec![(
            "algorithm".to_owned(),
            Scalar::Text(model.algorithm.clone()),
        )],
    }
}
