//! Writes pipeline.toml, once it can be planned.

use super::{Engine, Failure, Outcome, plan_of};
use crate::domain::pipeline::PipelineSpec;
use crate::pipeline::spec_file;

pub(super) fn save_pipeline(engine: &mut Engine, spec: &PipelineSpec) -> Result<Outcome, Failure> {
    plan_of(spec)?;
    spec_file::write(&engine.parts.root.join(spec_file::FILE), spec)?;
    Ok(Outcome::Done {
        message: "The pipeline is saved; the next run uses it".to_owned(),
    })
}
