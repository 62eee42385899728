//! `lockkeeper validate FILE`: anomalies and the verdict. STOP exits with 5.

use super::output::{Colour, Output};
use super::reading::Reading;
use super::{EXIT_GATE, Place};
use crate::domain::Failure;
use crate::domain::anomaly::{DataVerdict, Severity};
use crate::domain::interchange;
use crate::domain::work::Quiet;
use crate::workspace::interchange as files;
use crate::workspace::tools::{self, Environment, Reference};
use clap::Args;
use std::path::PathBuf;

/// Anomalies of a data file and the verdict STOP, RETRAIN or OK
#[derive(Debug, Args)]
pub struct Validate {
    /// The file
    file: PathBuf,
    /// A schema (JSON, schema.pbtxt of TensorFlow Data Validation, Frictionless Table Schema), or earlier data [default:
    /// the schema of the workspace, where there is one]
    #[arg(long, visible_alias = "schema", value_name = "FILE")]
    against: Option<PathBuf>,
    /// What the data are for: when serving there is no target, nothing that leaks, and no bound on rows
    #[arg(long, value_name = "NAME", default_value = "training", value_parser = ["training", "serving"])]
    environment: String,
    #[command(flatten)]
    place: Place,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

impl Validate {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let workspace = match &self.against {
            Some(_) => None,
            None => self.place.look().ok(),
        };
        let imported = match &self.against {
            Some(file) => files::read_if_schema(file)?,
            None => None,
        };
        for line in imported
            .iter()
            .flat_map(|i| interchange::lines(&i.not_carried))
        {
            out.talk(&line);
        }
        let reference = match (&imported, &self.against, &workspace) {
            (Some(imported), _, _) => Reference::Schema(&imported.schema),
            (None, Some(file), _) => Reference::File(file),
            (None, None, Some(workspace)) => Reference::Workspace(workspace),
            (None, None, None) => Reference::Nothing,
        };
        let environment = match self.environment.as_str() {
            "serving" => Environment::Serving,
            _ => Environment::Training,
        };
        let options = self.reading.options(workspace.as_ref());
        let report = tools::validate_file(&self.file, reference, environment, &options, &Quiet)?;
        let code = if report.verdict == DataVerdict::Stop {
            EXIT_GATE
        } else {
            0
        };
        if self.json {
            out.json(&report);
            return Ok(code);
        }
        let rows: Vec<Vec<String>> = report
            .anomalies
            .iter()
            .map(|a| {
                vec![
                    a.kind.name(),
                    a.column.clone().unwrap_or_else(|| "–".to_owned()),
                    match (a.severity, &a.ignored) {
                        (_, Some(_)) => "ignored",
                        (Severity::Error, _) => "error",
                        (Severity::Warning, _) => "warning",
                        (Severity::Info, _) => "info",
                    }
                    .to_owned(),
                    a.n_rows.to_string(),
                    match &a.ignored {
                        Some(why) => format!("{} Ignored: {why}", a.description),
                        None => a.description.clone(),
                    },
                ]
            })
            .collect();
        if !rows.is_empty() {
            out.table(
                &["anomaly", "column", "severity", "rows", "what"],
                &[false, false, false, true, false],
                &rows,
            );
        }
        let colour = match report.verdict {
            DataVerdict::Stop => Colour::Red,
            DataVerdict::Retrain => Colour::Yellow,
            DataVerdict::Ok => Colour::Green,
        };
        out.talk(&format!(
            "{} {}",
            out.paint(report.verdict.word(), colour),
            report.reason
        ));
        Ok(code)
    }
}
