//! The data gate: holds every batch against the schema and the newest one against the earlier ones, and says STOP,
//! RETRAIN or OK. What a STOP means for the run is left to the machine.

use super::{batches, json_of};
use crate::domain::algorithm::Problem;
use crate::domain::dataset::StatisticsReport;
use crate::domain::pipeline::ValidateParams;
use crate::domain::run::StepKind;
use crate::domain::schema::Schema;
use crate::domain::{Failure, Scalar};
use crate::pipeline::step::{InPort, Step, StepContext, StepOutput, StepResult};
use crate::validate::{self, Environment, Span};

pub(super) struct Validate(pub(super) ValidateParams);

impl Step for Validate {
    fn kind(&self) -> StepKind {
        StepKind::Validate
    }

    fn version(&self) -> u32 {
        3
    }

    fn inputs(&self) -> &'static [InPort] {
        const {
            &[
                InPort::of("examples"),
                InPort::of("batches"),
                InPort::of("statistics"),
                InPort::of("schema"),
            ]
        }
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["anomalies"]
    }

    fn params(&self) -> serde_json::Value {
        json_of(&self.0)
    }

    fn check(&self) -> Vec<Problem> {
        Vec::new()
    }

    fn run(&self, context: &StepContext<'_>) -> Result<StepResult, Failure> {
        let schema: Schema = context.json("schema")?;
        let statistics: StatisticsReport = context.json("statistics")?;
        let tables = batches(context)?;
        let spans: Vec<Span<'_>> = tables
            .iter()
            .zip(&statistics.batches)
            .map(|((name, table), batch)| Span {
                name,
                statistics: Some(&batch.statistics),
                table,
            })
            .collect();
        let report = validate::check(&schema, &spans, &self.0, Environment::Training);
        context.check_stop()?;
        let message = format!("{}: {}", report.verdict.word(), report.reason);
        let output = StepOutput::json("anomalies", "lockkeeper.Anomalies", "anomalies", &report)
            .with("verdict", Scalar::Text(report.verdict.word().to_owned()))
            .with("n_anomalies", Scalar::Int(report.anomalies.len() as i64));
        Ok(StepResult {
            outputs: vec![output],
            effects: Vec::new(),
            message,
        })
    }
}
