//! `lockkeeper slices MODEL --data FILE`: the parts of the data in which a model errs more than elsewhere, or has become worse
//! than another.

use super::output::{Output, number};
use super::pair::OnFile;
use crate::domain::Failure;
use crate::domain::slice::{Loss, Slice, SliceParams, SliceReport};
use crate::domain::work::Quiet;
use clap::Args;

/// Find where a model errs most, or has become worse than another
#[derive(Debug, Args)]
pub struct Slices {
    #[command(flatten)]
    models: OnFile,
    /// What a row costs [default: log_loss of classes, squared of numbers]
    #[arg(long, value_parser = Loss::ALL.map(Loss::name))]
    loss: Option<String>,
    /// How much the mean error counts against the size of a slice, up to 1
    #[arg(long, value_name = "NUMBER", default_value_t = SliceParams::default().alpha)]
    alpha: f64,
    /// The most slices
    #[arg(long, value_name = "N", default_value_t = SliceParams::default().n_slices)]
    top: u32,
    /// The most conditions of a slice, up to 4
    #[arg(long, value_name = "N", default_value_t = SliceParams::default().max_predicates)]
    predicates: u32,
    /// The fewest rows of a slice [default: a hundredth, and at least 32]
    #[arg(long, value_name = "N")]
    min_rows: Option<u64>,
    /// Bins of columns of numbers
    #[arg(long, value_name = "N", default_value_t = SliceParams::default().bins)]
    bins: u32,
    /// Share of the rows that are not searched, to test what was found; 0 searches all
    #[arg(long, value_name = "SHARE", default_value_t = SliceParams::default().holdout)]
    holdout: f64,
    /// Which rows are searched
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

impl Slices {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let named = |name: &String| Loss::ALL.into_iter().find(|l| l.name() == name);
        let params = SliceParams {
            loss: self.loss.as_ref().and_then(named),
            alpha: self.alpha,
            n_slices: self.top,
            max_predicates: self.predicates,
            min_rows: self.min_rows,
            bins: self.bins,
            holdout: self.holdout,
        };
        let pair = self.models.pair()?;
        let report = pair.slices(&params, true, Some(self.seed), &Quiet)?;
        if self.json {
            out.json(&report);
        } else {
            print(&report, out);
        }
        Ok(0)
    }
}

fn print(report: &SliceReport, out: &Output) {
    let what = match &report.baseline {
        Some(baseline) => format!(
            "{} less that of {baseline} (above 0: {} is worse)",
            report.loss.title(),
            report.model
        ),
        None => report.loss.title().to_owned(),
    };
    out.talk(&format!(
        "{}: mean {what} {} over {} rows; {} slices of at least {} rows counted",
        report.model,
        number(Some(report.mean_error)),
        report.n_rows,
        report.n_searched,
        report.min_rows
    ));
    if report.slices.is_empty() {
        out.talk("No part of the data stands out.");
        return;
    }
    let told = report.slices.iter().enumerate();
    let rows: Vec<Vec<String>> = told
        .filter(|(_, slice)| slice.overlaps.is_none())
        .map(|(i, slice)| {
            let like_it = |s: &&Slice| s.overlaps == Some(i as u64 + 1);
            line(slice, report.slices.iter().filter(like_it).count())
        })
        .collect();
    out.table(
        &[
            "slice",
            "rows",
            "mean",
            "others",
            "score",
            "more, on rows not searched",
            "p",
            "",
        ],
        &[false, true, true, true, true, true, true, false],
        &rows,
    );
    if report.n_tested_rows > 0 {
        let n = report
            .slices
            .iter()
            .filter(|s| s.test.is_some_and(|t| t.is_confirmed));
        out.talk(&format!(
            "{} of {} are confirmed on {} rows that were not searched (5 %, corrected for {} tests by {})",
            n.count(),
            report.slices.len(),
            report.n_tested_rows,
            report.slices.len(),
            report.correction
        ));
    }
}

/// A slice, with how many others there are of much the same rows.
fn line(slice: &Slice, n_like_it: usize) -> Vec<String> {
    let test = slice.test.as_ref();
    let interval = test.and_then(|t| t.interval);
    let more = match (test.and_then(|t| t.excess), interval) {
        (Some(excess), Some([low, high])) => format!(
            "{} ({} to {})",
            number(Some(excess)),
            number(Some(low)),
            number(Some(high))
        ),
        _ => "–".to_owned(),
    };
    let confirmed = test
        .is_some_and(|t| t.is_confirmed)
        .then(|| "confirmed".to_owned());
    let like_it = match n_like_it {
        0 => None,
        n => Some(format!("{n} more much like it")),
    };
    let remark: Vec<String> = confirmed.into_iter().chain(like_it).collect();
    vec![
        slice.text.clone(),
        slice.n_rows.to_string(),
        number(Some(slice.mean_error)),
        number(Some(slice.rest_error)),
        number(Some(slice.score)),
        more,
        number(test.and_then(|t| t.p_adjusted)),
        remark.join(", "),
    ]
}
