//! `lockkeeper fairness MODEL --data FILE --by COLUMN`: whether a model decides alike about groups, by itself or beside another.

use super::output::{Output, number};
use super::pair::OnFile;
use crate::domain::Failure;
use crate::domain::fairness::{FairnessGap, FairnessReport, GroupRates};
use clap::Args;

/// Measure whether a model decides alike about groups
#[derive(Debug, Args)]
pub struct Fairness {
    #[command(flatten)]
    models: OnFile,
    /// The column that the groups are by; up to three make a cross [default: the sensitive one of the workspace's schema]
    #[arg(long, value_name = "COLUMN")]
    by: Vec<String>,
    /// The class that a decision is for [default: the second of two, the first of several]
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// The probability from which on it is decided for [default: where it is the most probable class]
    #[arg(long, value_name = "SHARE")]
    threshold: Option<f64>,
    /// Groups of fewer rows do not count in gaps [default: as in the pipeline]
    #[arg(long, value_name = "N")]
    min_rows: Option<u64>,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

impl Fairness {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let pair = self.models.pair()?;
        let columns = if self.by.is_empty() {
            pair.sensitive().into_iter().take(1).collect()
        } else {
            self.by
        };
        if columns.is_empty() {
            return Err(Failure::usage(
                "No groups were named, and no column is marked as sensitive",
            )
            .hint(
                "Name a column with `--by COLUMN`, or give one the role `sensitive` in the schema.",
            ));
        }
        let classes = &pair.candidate().model.signature.classes;
        let positive = match &self.class {
            None => usize::from(classes.len() == 2),
            Some(class) => classes.iter().position(|c| c == class).ok_or_else(|| {
                Failure::usage(format!(
                    "{class} is none of the classes: {}",
                    classes.join(", ")
                ))
            })?,
        };
        let report = pair
            .fairness(&columns, (positive, self.threshold), self.min_rows)?
            .ok_or_else(|| {
                Failure::usage("The model answers with numbers: nobody is decided about")
                    .hint("`lockkeeper compare` tells the errors of numbers by segment.")
            })?;
        if self.json {
            out.json(&report);
        } else {
            print(&report, out);
        }
        Ok(0)
    }
}

fn print(report: &FairnessReport, out: &Output) {
    let names = report.models.iter().map(|m| m.title.as_str());
    out.talk(&format!(
        "Decisions for {} = {} by {}, {} rows: {}",
        report.target,
        report.positive,
        report.set,
        report.n_rows,
        names.collect::<Vec<_>>().join(" beside ")
    ));
    let several = report.models.len() > 1;
    let mut rows = Vec::new();
    for group in &report.groups {
        for (model, rates) in report.models.iter().zip(&group.rates) {
            let mut row = vec![group.group.clone(), group.n_rows.to_string()];
            if several {
                row.push(model.title.clone());
            }
            row.extend(told(rates));
            row.push(if group.is_counted {
                String::new()
            } else {
                "not enough rows".to_owned()
            });
            rows.push(row);
        }
    }
    let mut titles = vec!["group", "rows"];
    titles.extend(several.then_some("model"));
    titles.extend(["called", "found", "false alarms", "missed", "right", ""]);
    let numbers: Vec<bool> = titles
        .iter()
        .map(|t| !matches!(*t, "group" | "model" | ""))
        .collect();
    out.table(&titles, &numbers, &rows);
    out.data("");
    let rows: Vec<Vec<String>> = report
        .measures
        .iter()
        .flat_map(|line| {
            let gaps = report.models.iter().zip(&line.gaps).enumerate();
            gaps.map(|(at, (model, gap))| {
                let mut row = vec![line.measure.title().to_owned()];
                if several {
                    row.push(model.title.clone());
                }
                row.extend([
                    number(gap.difference),
                    number(gap.ratio),
                    number(gap.p_value),
                    between(gap),
                ]);
                if several {
                    let change = line.change.filter(|_| at == 0);
                    let interval = line.change_interval.filter(|_| at == 0);
                    row.push(number(change));
                    row.push(interval.map_or_else(String::new, |[low, high]| {
                        format!("[{}, {}]", number(Some(low)), number(Some(high)))
                    }));
                    let outcome = line.outcome.filter(|_| at == 0);
                    row.push(outcome.map_or("", |o| o.word()).to_owned());
                }
                row
            })
        })
        .collect();
    let mut titles = vec!["measure"];
    titles.extend(several.then_some("model"));
    titles.extend(["difference", "ratio", "p", "lowest to highest"]);
    if several {
        titles.extend(["change", "interval", "gap is"]);
    }
    let numbers: Vec<bool> = titles
        .iter()
        .map(|t| matches!(*t, "difference" | "ratio" | "p" | "change"))
        .collect();
    out.table(&titles, &numbers, &rows);
}

fn told(rates: &GroupRates) -> [String; 5] {
    [
        rates.selection_rate,
        rates.true_positive_rate,
        rates.false_positive_rate,
        rates.false_negative_rate,
        rates.accuracy,
    ]
    .map(number)
}

fn between(gap: &FairnessGap) -> String {
    match (&gap.lowest, &gap.highest) {
        (Some(low), Some(high)) => format!("{low} … {high}"),
        _ => String::new(),
    }
}
