//! `lockkeeper compare CANDIDATE PRODUCTION --data FILE`: metrics by segment, intervals, gate. A gate that says no
//! exits with 5.

use super::output::{Colour, Output, number};
use super::reading::Reading;
use super::{EXIT_GATE, Place};
use crate::domain::Failure;
use crate::domain::comparison::{Comparison, ComparisonDocument, Outcome, Significance};
use crate::domain::gate::{Blessing, ModelVerdict};
use crate::domain::metric::Metric;
use crate::domain::work::Quiet;
use crate::workspace::comparing::{self, Compared};
use crate::workspace::report::Report;
use crate::workspace::tools;
use clap::Args;
use std::path::PathBuf;

/// Compare two models on a data file, by segment
#[derive(Debug, Args)]
pub struct Compare {
    /// The new model: a version, an alias, the first digits of a hash, or a model file
    candidate: String,
    /// What it is held against
    production: String,
    /// A data file with the target
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Writes the comparison, its slices and a model card into a file: HTML, or JSON if it ends with .json
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

impl Compare {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let workspace = self.place.look().ok();
        let find = |name: &String| tools::find_model(name, workspace.as_ref());
        let models = vec![find(&self.candidate)?, find(&self.production)?];
        let options = self.reading.options(workspace.as_ref());
        let pair = comparing::of_file(models, &self.data, workspace.as_ref(), &options, &Quiet)?;
        let compared = pair.compare(self.report.is_some(), &Quiet)?;
        let Compared {
            comparison,
            blessing,
            ..
        } = &compared;
        if let Some(path) = &self.report {
            let day = chrono::Local::now().format("%Y-%m-%d").to_string();
            let report = Report {
                pair: &pair,
                compared: &compared,
                day: &day,
            };
            let is_json = path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("json"));
            let text = if is_json {
                report.json()
            } else {
                report.html()
            };
            tools::write_whole(path, text.as_bytes())?;
            out.talk(&format!("Wrote {}", path.display()));
        }
        let code = match blessing.verdict {
            ModelVerdict::Blessed => 0,
            ModelVerdict::NotBlessed => EXIT_GATE,
        };
        if self.json {
            out.json(&ComparisonDocument::new(comparison, blessing));
        } else {
            print(comparison, blessing, out);
        }
        Ok(code)
    }
}

fn print(comparison: &Comparison, blessing: &Blessing, out: &Output) {
    let rows: Vec<Vec<String>> = comparison
        .metrics
        .iter()
        .map(|m| {
            vec![
                m.metric.title().to_owned(),
                number(m.production),
                number(m.candidate),
                number(m.difference),
                interval(m.interval),
                probability(m.significance),
                m.outcome.word().to_owned(),
            ]
        })
        .collect();
    out.table(
        &[
            "metric",
            "production",
            "candidate",
            "difference",
            "interval",
            "p (Holm)",
            "outcome",
        ],
        &[false, true, true, true, true, true, false],
        &rows,
    );
    let main = Metric::of_task(comparison.task)[0];
    let rows: Vec<Vec<String>> = comparison
        .segments
        .iter()
        .filter(|s| {
            s.metric == main && s.outcome != Outcome::Same && s.outcome != Outcome::NotEnoughRows
        })
        .map(|s| {
            vec![
                s.segment.clone(),
                s.n_rows.to_string(),
                number(s.production),
                number(s.candidate),
                number(s.difference),
                interval(s.interval),
                probability(s.significance),
                s.outcome.word().to_owned(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        out.data("");
        out.table(
            &[
                main.title(),
                "rows",
                "production",
                "candidate",
                "difference",
                "interval",
                "p (Holm)",
                "outcome",
            ],
            &[false, true, true, true, true, true, true, false],
            &rows,
        );
    }
    if let Some(words) = comparison.unshared_words() {
        out.talk(&format!("Of the columns, {words}"));
    }
    if let Some(correction) = &comparison.correction {
        out.talk(&format!(
            "{} resamples of {}; {} differences tested in segments and {} over all rows, corrected by {}",
            comparison.intervals.n_resamples,
            comparison.intervals.units,
            correction.n_segments,
            correction.n_overall,
            correction.name
        ));
    }
    let (word, colour) = match blessing.verdict {
        ModelVerdict::Blessed => ("BLESSED", Colour::Green),
        ModelVerdict::NotBlessed => ("NOT BLESSED", Colour::Red),
    };
    out.talk(&format!("{} {}", out.paint(word, colour), blessing.reason));
}

fn probability(significance: Option<Significance>) -> String {
    significance.map_or_else(String::new, |found| number(Some(found.p_adjusted)))
}

fn interval(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(String::new, |[low, high]| {
        format!("[{}, {}]", number(Some(low)), number(Some(high)))
    })
}
