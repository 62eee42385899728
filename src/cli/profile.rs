//! `lockkeeper profile FILE`: statistics of one dataset.

use super::output::{Output, number};
use super::reading::Reading;
use crate::domain::Failure;
use crate::domain::dataset::Finding;
use crate::domain::statistics::DatasetStatistics;
use crate::domain::work::Quiet;
use crate::workspace::tools;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Statistics of one data file
#[derive(Debug, Args)]
pub struct Profile {
    /// The file
    file: PathBuf,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    statistics: &'a DatasetStatistics,
    findings: &'a [Finding],
}

impl Profile {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let (statistics, findings) =
            tools::profile_file(&self.file, &self.reading.typed(), &Quiet)?;
        if self.json {
            out.json(&Document {
                statistics: &statistics,
                findings: &findings,
            });
            return Ok(0);
        }
        let rows: Vec<Vec<String>> = statistics
            .columns
            .iter()
            .map(|c| {
                let share = c.n_missing as f64 / statistics.n_rows.max(1) as f64;
                let scalar = |s: &Option<crate::domain::Scalar>| match s {
                    Some(crate::domain::Scalar::Float(v)) => number(Some(*v)),
                    Some(other) => shorten(&other.to_string()),
                    None => "–".to_owned(),
                };
                vec![
                    c.name.clone(),
                    c.kind.title().to_owned(),
                    format!("{:.1} %", share * 100.0),
                    c.n_distinct.to_string(),
                    number(c.mean),
                    number(c.sd),
                    scalar(&c.min),
                    scalar(&c.max),
                    c.top
                        .first()
                        .map_or_else(String::new, |t| shorten(&t.value)),
                ]
            })
            .collect();
        out.table(
            &[
                "column",
                "type",
                "missing",
                "distinct",
                "mean",
                "sd",
                "min",
                "max",
                "most frequent",
            ],
            &[false, false, true, true, true, true, true, true, false],
            &rows,
        );
        out.talk(&format!(
            "{} rows, {} columns",
            statistics.n_rows,
            statistics.columns.len()
        ));
        for finding in &findings {
            out.talk(&format!("note: {}", finding.message));
        }
        Ok(0)
    }
}

/// At most 24 characters.
fn shorten(text: &str) -> String {
    if text.chars().count() <= 24 {
        return text.to_owned();
    }
    let head: String = text.chars().take(23).collect();
    format!("{head}…")
}
