//! Infers the schema from the first batch. It runs once in a workspace: afterwards the schema in force, which a
//! person may have edited, is the step's output without running it.

use super::json_of;
use crate::domain::Failure;
use crate::domain::algorithm::Problem;
use crate::domain::dataset::StatisticsReport;
use crate::domain::pipeline::SchemaParams;
use crate::domain::run::StepKind;
use crate::pipeline::step::{Effect, InPort, Step, StepContext, StepOutput, StepResult};
use crate::validate;

pub(super) struct InferSchema(pub(super) SchemaParams);

impl Step for InferSchema {
    fn kind(&self) -> StepKind {
        StepKind::Schema
    }

    fn version(&self) -> u32 {
        2
    }

    fn inputs(&self) -> &'static [InPort] {
        const { &[InPort::of("statistics")] }
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["schema"]
    }

    fn params(&self) -> serde_json::Value {
        json_of(&self.0)
    }

    fn check(&self) -> Vec<Problem> {
        if self.0.target.trim().is_empty() {
            vec![Problem::new(
                "steps.schema.target",
                "must name the column that is to be predicted",
            )]
        } else {
            Vec::new()
        }
    }

    fn run(&self, context: &StepContext<'_>) -> Result<StepResult, Failure> {
        let report: StatisticsReport = context.json("statistics")?;
        let first = report
            .batches
            .first()
            .ok_or_else(|| Failure::bad_data("There is no batch to infer a schema from"))?;
        let schema = validate::infer_schema(&first.statistics, &self.0)?;
        let n_inputs = schema.inputs().count();
        let message = format!(
            "inferred from {}: {} columns, {n_inputs} of them inputs",
            first.name,
            schema.columns.len()
        );
        Ok(StepResult {
            outputs: vec![StepOutput::json(
                "schema",
                "lockkeeper.Schema",
                "schema",
                &schema,
            )],
            effects: vec![Effect::PutSchema],
            message,
        })
    }
}
