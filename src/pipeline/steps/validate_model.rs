//! The model gate: BLESSED or NOT_BLESSED, check by check.

use super::json_of;
use crate::domain::algorithm::Problem;
use crate::domain::comparison::Comparison;
use crate::domain::pipeline::ValidateModelParams;
use crate::domain::run::StepKind;
use crate::domain::{Failure, Scalar};
use crate::evaluate::gate;
use crate::pipeline::step::{InPort, Step, StepContext, StepOutput, StepResult};

pub(super) struct ValidateModel(pub(super) ValidateModelParams);

impl Step for ValidateModel {
    fn kind(&self) -> StepKind {
        StepKind::ValidateModel
    }

    fn version(&self) -> u32 {
        1
    }

    fn inputs(&self) -> &'static [InPort] {
        const { &[InPort::of("evaluation")] }
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["blessing"]
    }

    fn params(&self) -> serde_json::Value {
        json_of(&self.0)
    }

    fn check(&self) -> Vec<Problem> {
        gate::validate_checks(&self.0.checks, None)
    }

    fn run(&self, context: &StepContext<'_>) -> Result<StepResult, Failure> {
        let comparison: Comparison = context.json("evaluation")?;
        let checks = if self.0.checks.is_empty() {
            gate::default_checks(comparison.task)
        } else {
            let problems = gate::validate_checks(&self.0.checks, Some(comparison.task));
            if !problems.is_empty() {
                let mut failure =
                    Failure::usage("The checks of the model gate do not suit the task");
                failure.details = problems
                    .iter()
                    .map(|p| format!("{}: {}", p.field, p.message))
                    .collect();
                return Err(failure.hint("Edit steps.validate-model.checks."));
            }
            self.0.checks.clone()
        };
        let blessing = gate::judge(&comparison, &checks);
        let message = format!("{}: {}", blessing.verdict.word(), blessing.reason);
        let output = StepOutput::json("blessing", "lockkeeper.Blessing", "blessing", &blessing)
            .with("verdict", Scalar::Text(blessing.verdict.word().to_owned()));
        Ok(StepResult {
            outputs: vec![output],
            effects: Vec::new(),
            message,
        })
    }
}
