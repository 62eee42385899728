//! `lockkeeper profile FILE`: statistics of one dataset, however large the file.

use super::output::{Output, number};
use super::reading::Reading;
use crate::domain::dataset::Finding;
use crate::domain::pipeline::StatisticsParams;
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};
use crate::domain::work::Monitor;
use crate::domain::{Failure, Scalar};
use crate::workspace::tools;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::path::PathBuf;

/// Statistics of one data file
#[derive(Debug, Args)]
pub struct Profile {
    /// The file: CSV and its relatives, JSON, Parquet, Arrow, SQLite, Excel; gzip and zstd around text; or a folder
    file: PathBuf,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
    /// Memory to take at most, such as 512M or 2G; columns that do not fit are summarised, with the error stated
    #[arg(long, value_name = "SIZE", default_value = "512M", value_parser = mebibytes)]
    memory: u32,
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
        let params = StatisticsParams {
            memory_mib: self.memory,
            ..StatisticsParams::default()
        };
        let bar = Bar::new(*out);
        let result = tools::profile_file(&self.file, &self.reading.typed(), &params, &bar);
        bar.bar.finish_and_clear();
        let (statistics, findings) = result?;
        if self.json {
            out.json(&Document {
                statistics: &statistics,
                findings: &findings,
            });
            return Ok(0);
        }
        print(out, &statistics);
        for finding in &findings {
            out.talk(&format!("note: {}", finding.message));
        }
        Ok(0)
    }
}

fn print(out: &Output, statistics: &DatasetStatistics) {
    let rows: Vec<Vec<String>> = statistics
        .columns
        .iter()
        .map(|c| row(c, statistics.n_rows))
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
            "median",
            "max",
            "most frequent",
            "notes",
        ],
        &[
            false, false, true, true, true, true, true, true, true, false, false,
        ],
        &rows,
    );
    out.talk(&format!(
        "{} rows, {} columns",
        statistics.n_rows,
        statistics.columns.len()
    ));
    let is_summarised = |c: &&ColumnStatistics| !c.accuracy.is_exact();
    let summarised = statistics.columns.iter().filter(is_summarised).count();
    if summarised > 0 {
        out.talk(&format!(
            "{summarised} columns did not fit into the memory limit: figures with ≈ are estimates, whose errors --json \
             states (field accuracy)"
        ));
    }
}

fn row(c: &ColumnStatistics, n_rows: u64) -> Vec<String> {
    let share = c.n_missing as f64 / n_rows.max(1) as f64;
    let scalar = |s: &Option<Scalar>| match s {
        Some(Scalar::Float(v)) => number(Some(*v)),
        Some(other) => shorten(&other.to_string()),
        None => "–".to_owned(),
    };
    let about = |exact: bool, text: String| {
        if exact { text } else { format!("≈{text}") }
    };
    let median = c.quantiles.iter().find(|q| q.p == 0.5).map(|q| q.value);
    let mut notes: Vec<String> = Vec::new();
    if c.is_unique {
        notes.push("unique".to_owned());
    }
    notes.extend(c.monotonicity.title().map(str::to_owned));
    if let [only] = c.patterns.as_slice()
        && !only.value.is_empty()
    {
        notes.push(format!("all like {}", shorten(&only.value)));
    }
    vec![
        c.name.clone(),
        c.kind.title().to_owned(),
        format!("{:.1} %", share * 100.0),
        about(c.accuracy.n_distinct.exact, c.n_distinct.to_string()),
        number(c.mean),
        number(c.sd),
        scalar(&c.min),
        match median {
            Some(value) => about(c.accuracy.quantiles.exact, number(Some(value))),
            None => "–".to_owned(),
        },
        scalar(&c.max),
        c.top
            .first()
            .map_or_else(String::new, |t| shorten(&t.value)),
        notes.join(", "),
    ]
}

/// Shows on a terminal how far reading is.
struct Bar {
    bar: ProgressBar,
    out: Output,
}

impl Bar {
    fn new(out: Output) -> Self {
        let target = if out.is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(
            ProgressStyle::with_template("  {bar:24} {percent} % {wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self { bar, out }
    }
}

impl Monitor for Bar {
    fn is_stopped(&self) -> bool {
        false
    }
    fn progress(&self, done: u64, total: u64, what: &str) {
        self.bar.set_length(total);
        self.bar.set_position(done);
        self.bar.set_message(what.to_owned());
    }
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, message: &str) {
        self.out.talk(message);
    }
}

/// A size such as `512M`, `2G` or `2GiB` in MiB.
fn mebibytes(text: &str) -> Result<u32, String> {
    const WRONG: &str = "give a size from 16M on, such as 512M or 2G";
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.to_ascii_lowercase().as_str() {
        "m" | "mb" | "mib" => 1,
        "g" | "gb" | "gib" => 1024,
        _ => return Err(WRONG.to_owned()),
    };
    number
        .parse::<u32>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
        .filter(|n| (16..=1_048_576).contains(n))
        .ok_or_else(|| WRONG.to_owned())
}

/// At most 24 characters.
fn shorten(text: &str) -> String {
    if text.chars().count() <= 24 {
        return text.to_owned();
    }
    let head: String = text.chars().take(23).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use super::mebibytes;

    #[test]
    fn sizes_are_read() {
        assert_eq!(mebibytes("512M"), Ok(512));
        assert_eq!(mebibytes("2GiB"), Ok(2048));
        for wrong in ["", "M", "5", "1T", "1M", "-1G", "99999999999G"] {
            assert!(mebibytes(wrong).is_err(), "{wrong}");
        }
    }
}
