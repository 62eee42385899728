//! Compares the chosen candidate with the model in production and with the baseline on the test rows, overall and by
//! segment. Whether that is good enough is left to the model gate.

use super::{all_rows, json_of};
use crate::domain::algorithm::Problem;
use crate::domain::comparison::Place;
use crate::domain::dataset::{SplitRecord, StatisticsReport};
use crate::domain::pipeline::{EvaluateParams, Resampling};
use crate::domain::run::StepKind;
use crate::domain::schema::Schema;
use crate::domain::{Failure, Task};
use crate::evaluate::{self, ComparedModel, TestSet};
use crate::model::Model;
use crate::model::targets::encode_targets;
use crate::pipeline::step::{Effect, InPort, Source, Step, StepContext, StepOutput, StepResult};

pub(super) struct Evaluate(pub(super) EvaluateParams);

impl Step for Evaluate {
    fn kind(&self) -> StepKind {
        StepKind::Evaluate
    }

    fn version(&self) -> u32 {
        4
    }

    fn inputs(&self) -> &'static [InPort] {
        const {
            &[
                InPort::of("examples"),
                InPort::of("schema"),
                InPort::of("statistics"),
                InPort::of("split"),
                InPort::of("model"),
                InPort::of("baseline"),
                InPort {
                    name: "production",
                    source: Source::Production,
                },
            ]
        }
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["evaluation"]
    }

    fn params(&self) -> serde_json::Value {
        json_of(&self.0)
    }

    fn check(&self) -> Vec<Problem> {
        let EvaluateParams {
            segments,
            min_rows: _,
            n_resamples,
            level,
            resampling,
        } = &self.0;
        let mut problems = Vec::new();
        // Whether the column exists shows when the columns are known.
        if *resampling == Resampling::Blocks(String::new()) {
            problems.push(Problem::new(
                "steps.evaluate.resampling.blocks",
                "must name a column",
            ));
        }
        for (i, set) in segments.iter().enumerate() {
            // Whether a condition can be understood shows when the columns are known.
            if set.condition.is_none() && !(1..=3).contains(&set.columns.len()) {
                problems.push(Problem::new(
                    format!("steps.evaluate.segments[{i}].columns"),
                    "must name one to three columns, unless there is a condition (where)",
                ));
            }
        }
        if !(50..=100_000).contains(n_resamples) {
            problems.push(Problem::new(
                "steps.evaluate.n_resamples",
                "must be from 50 to 100000",
            ));
        }
        if !(*level > 0.5 && *level < 1.0) {
            problems.push(Problem::new(
                "steps.evaluate.level",
                "must be between 0.5 and 1",
            ));
        }
        problems
    }

    fn run(&self, context: &StepContext<'_>) -> Result<StepResult, Failure> {
        let schema: Schema = context.json("schema")?;
        let statistics: StatisticsReport = context.json("statistics")?;
        let split: SplitRecord = context.json("split")?;
        let rows: Vec<usize> = split.test.iter().map(|r| *r as usize).collect();
        let test = all_rows(context)?.take(&rows);
        let targets = encode_targets(&test, &split.target, split.task, &split.classes)?.targets;
        let mut models = Vec::new();
        let mut algorithm = String::new();
        for (port, place) in [
            ("model", Place::Candidate),
            ("production", Place::Production),
            ("baseline", Place::Baseline),
        ] {
            let Some(artifact) = context.artifacts(port).first() else {
                continue;
            };
            context.check_stop()?;
            let model = Model::from_bytes(&context.bytes(port)?)?;
            if place == Place::Candidate {
                algorithm.clone_from(&model.algorithm);
            }
            if model.signature.task != split.task
                || model.signature.target != split.target
                || model.signature.classes != split.classes
            {
                return Err(incompatible(&model, &split));
            }
            let is_stopped = || context.monitor.is_stopped();
            let Some(predictions) = model.predict_unless(&test, &is_stopped)? else {
                return Err(Failure::interrupted());
            };
            models.push(ComparedModel {
                place,
                title: model.name.clone(),
                hash: artifact.hash.clone(),
                inputs: model.signature.input_names(),
                predictions,
            });
        }
        let segments = if self.0.segments.is_empty() {
            evaluate::default_segments(&schema, &statistics.total)
        } else {
            self.0.segments.clone()
        };
        let set = TestSet {
            task: split.task,
            target: &split.target,
            classes: &split.classes,
            targets: &targets,
            table: &test,
        };
        let params = EvaluateParams {
            resampling: evaluate::resolved(&self.0.resampling, &schema, &test),
            ..self.0.clone()
        };
        let comparison = evaluate::compare(
            &set,
            &models,
            &params,
            &segments,
            context.seed,
            context.monitor,
        )?;
        let metrics = comparison
            .models
            .first()
            .map(|m| m.metrics.clone())
            .unwrap_or_default();
        let n_segments = comparison.segments.len() / metrics.len().max(1);
        let main = evaluate_metric(split.task);
        let message = format!(
            "{} test rows, {n_segments} segments; {} {}",
            comparison.n_rows,
            main.title().to_lowercase(),
            comparison
                .models
                .iter()
                .filter_map(|m| m
                    .metric(main)
                    .map(|v| format!("{} {v:.4}", m.place.title())))
                .collect::<Vec<_>>()
                .join(", ")
        );
        Ok(StepResult {
            outputs: vec![StepOutput::json(
                "evaluation",
                "lockkeeper.Evaluation",
                "evaluation",
                &comparison,
            )],
            effects: vec![Effect::RegisterCandidate { algorithm, metrics }],
            message,
        })
    }
}

/// The metric that a task is summed up by.
fn evaluate_metric(task: Task) -> crate::domain::metric::Metric {
    crate::domain::metric::Metric::of_task(task)[0]
}

fn incompatible(model: &Model, split: &SplitRecord) -> Failure {
    Failure::conflict(format!(
        "The model in production ({}) answers another question: {} of {} with the classes {:?}, the data have {:?}",
        model.name,
        model.signature.task.title(),
        model.signature.target,
        model.signature.classes,
        split.classes
    ))
    .hint("Use a new workspace for another target, or a pipeline of another name.")
}
