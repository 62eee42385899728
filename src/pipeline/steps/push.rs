//! Promotes the candidate: the alias `production` points to it from now on. Whether it may is left to the model gate.

use crate::domain::Failure;
use crate::domain::algorithm::Problem;
use crate::domain::gate::Blessing;
use crate::domain::run::StepKind;
use crate::pipeline::step::{Effect, InPort, Source, Step, StepContext, StepOutput, StepResult};

pub(super) struct Push {
    pub(super) pipeline: String,
}

impl Step for Push {
    fn kind(&self) -> StepKind {
        StepKind::Push
    }

    fn version(&self) -> u32 {
        2
    }

    fn inputs(&self) -> &'static [InPort] {
        const {
            &[
                InPort::of("model"),
                InPort::of("evaluation"),
                InPort {
                    name: "blessing",
                    source: Source::StepIfPresent,
                },
            ]
        }
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["pushed_model"]
    }

    fn params(&self) -> serde_json::Value {
        serde_json::json!({ "model": self.pipeline })
    }

    fn check(&self) -> Vec<Problem> {
        Vec::new()
    }

    fn run(&self, context: &StepContext<'_>) -> Result<StepResult, Failure> {
        let model = context
            .artifacts("model")
            .first()
            .ok_or_else(|| Failure::internal("there is no model to promote"))?;
        let reason = if context.artifacts("blessing").is_empty() {
            "promoted without a model gate".to_owned()
        } else {
            context.json::<Blessing>("blessing")?.reason
        };
        // Without the name, which the registry knows: the same model has the same artifact in every workspace.
        let pushed = serde_json::json!({ "model": model.hash, "reason": reason });
        Ok(StepResult {
            outputs: vec![StepOutput::json(
                "pushed_model",
                "lockkeeper.PushedModel",
                "pushed model",
                &pushed,
            )],
            message: format!("{} is in production", self.pipeline),
            effects: vec![Effect::Promote { reason }],
        })
    }
}
