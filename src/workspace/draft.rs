//! What an editor asks about a pipeline that is not saved yet. The answers are the engine's own, so that a form refuses
//! what the engine would refuse, in the same words. Saving is left to `Command::SavePipeline`.

use crate::domain::Task;
use crate::domain::algorithm::Problem;
use crate::domain::gate::GateCheck;
use crate::domain::pipeline::PipelineSpec;
use crate::evaluate::gate;
use crate::pipeline::plan;

/// All problems of a pipeline, each naming its field; none if it can be run.
#[must_use]
pub fn problems(spec: &PipelineSpec) -> Vec<Problem> {
    plan::plan(spec).err().unwrap_or_default()
}

/// The checks of a model gate that names none.
#[must_use]
pub fn default_checks(task: Task) -> Vec<GateCheck> {
    gate::default_checks(task)
}
