//! One file a command. Each works on the engine's thread and is quick; a run, which is not, is the machine's.

mod add_data;
mod export_model;
mod import_model;
mod keep_query;
mod promote;
mod save_pipeline;
mod save_schema;
mod service;
mod write_to_run;

use super::command::{Command, Outcome};
use super::engine::Engine;
use crate::domain::Failure;
use crate::domain::pipeline::PipelineSpec;
use crate::pipeline::plan::{Plan, plan};
use crate::pipeline::spec_file;
use std::path::Path;

/// Carries out a command.
pub(super) fn carry_out(engine: &mut Engine, command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Run => Err(Failure::internal("a run is begun by the engine")),
        Command::AddData { file, read } => add_data::add_data(engine, &file, read.as_deref()),
        Command::ImportModel(wanted) => import_model::import_model(engine, &wanted),
        Command::ExportModel { model, file } => export_model::export_model(engine, &model, &file),
        Command::SavePipeline { spec } => save_pipeline::save_pipeline(engine, &spec),
        Command::SaveSchema { schema, note, who } => {
            save_schema::save_schema(engine, &schema, &note, &who)
        }
        Command::Promote {
            version,
            reason,
            who,
        } => promote::promote(engine, version, &reason, &who),
        Command::Rollback { reason, who } => promote::rollback(engine, &reason, &who),
        Command::DiscardRun(run) => write_to_run::discard(engine, run),
        Command::KeepQuery { name, text } => keep_query::keep_query(engine, &name, &text),
        Command::WriteToRun { run, written } => write_to_run::write_to_run(engine, run, &written),
        Command::StartService { port } => service::start(engine, port),
        Command::StopService => service::stop(engine),
    }
}

/// pipeline.toml of a workspace.
pub(super) fn read_spec(root: &Path) -> Result<PipelineSpec, Failure> {
    spec_file::read(&root.join(spec_file::FILE))
}

/// pipeline.toml of a workspace, planned.
pub(super) fn read_plan(root: &Path) -> Result<Plan, Failure> {
    plan_of(&read_spec(root)?)
}

fn plan_of(spec: &PipelineSpec) -> Result<Plan, Failure> {
    plan(spec).map_err(|problems| {
        let mut failure = Failure::usage("The pipeline cannot be run as it is written");
        failure.details = problems
            .iter()
            .map(|p| format!("{}: {}", p.field, p.message))
            .collect();
        failure.hint("Edit pipeline.toml, or change it in the window under Pipeline.")
    })
}
