//! `lockkeeper export mlflow`: recorded runs, their artifacts and models in an MLflow tracking server.

use super::which_runs;
use crate::cli::Place;
use crate::cli::output::Output;
use crate::domain::Failure;
use crate::domain::work::Quiet;
use crate::workspace::exports::{self, MlflowTarget};
use clap::Args;

/// Pushes recorded runs to an MLflow tracking server; what is there already is not pushed again
///
/// Who one is for the server is read from MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.
#[derive(Debug, Args)]
pub struct Mlflow {
    /// The run [default: the newest]
    run: Option<i64>,
    /// All runs, oldest first
    #[arg(long, conflicts_with = "run")]
    all: bool,
    /// The tracking server, such as http://localhost:5000
    #[arg(long, value_name = "URL")]
    to: String,
    /// The experiment [default: the pipeline's name]
    #[arg(long, value_name = "NAME")]
    experiment: Option<String>,
    /// The registered model [default: the pipeline's name]
    #[arg(long, value_name = "NAME")]
    model_name: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Mlflow {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let target = MlflowTarget {
            server: self.to,
            experiment: self.experiment,
            model: self.model_name,
        };
        let which = which_runs(self.run, self.all);
        let root = &self.place.workspace;
        for (run, done) in exports::push_to_mlflow(root, which, &target, &Quiet)? {
            let verb = if done.was_there {
                "was there already as"
            } else {
                "is now"
            };
            let version = done
                .version
                .map_or_else(String::new, |v| format!(", its model is version {v}"));
            out.talk(&format!(
                "run {run} {verb} MLflow's run {}{version}",
                done.run_id
            ));
        }
        Ok(0)
    }
}
