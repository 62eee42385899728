//! `lockkeeper relate FILE`: how strongly the columns of one file go together, or how far those of two files are apart.

use super::output::{Output, number};
use super::reading::Reading;
use crate::domain::Failure;
use crate::domain::relation::{Associations, ComparedDatasets};
use crate::domain::work::Quiet;
use crate::workspace::relation;
use clap::Args;
use std::path::PathBuf;

/// How the columns of a file go together, or differ from another file's
#[derive(Debug, Args)]
pub struct Relate {
    /// The file
    file: PathBuf,
    /// Only pairs with this column, such as the target
    #[arg(long, value_name = "COLUMN", conflicts_with = "against")]
    with: Option<String>,
    /// Compare column by column with this file instead
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

impl Relate {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let options = self.reading.typed();
        if let Some(other) = &self.against {
            let found = relation::compare_files([other, &self.file], &options, &Quiet)?;
            if self.json {
                out.json(&found);
            } else {
                print_compared(out, &found);
            }
            return Ok(0);
        }
        let found = relation::associations_of_file(&self.file, &options, &Quiet)?;
        let with =
            match &self.with {
                None => None,
                Some(name) => Some(found.columns.iter().position(|c| c == name).ok_or_else(
                    || {
                        Failure::not_found(format!("There is no column {name}"))
                            .hint(format!("The columns are {}.", found.columns.join(", ")))
                    },
                )?),
            };
        if self.json {
            out.json(&found);
        } else {
            print_pairs(out, &found, with);
        }
        Ok(0)
    }
}

/// The pairs, the strongest first.
fn print_pairs(out: &Output, found: &Associations, with: Option<usize>) {
    let n = found.columns.len();
    let mut pairs: Vec<(usize, usize)> = (0..n)
        .flat_map(|a| (a + 1..n).map(move |b| (a, b)))
        .filter(|(a, b)| with.is_none_or(|with| with == *a || with == *b))
        .collect();
    let strength = |pair: &(usize, usize)| {
        let pair = found.pair(pair.0, pair.1);
        pair.and_then(crate::domain::relation::Association::strength)
            .unwrap_or(-1.0)
    };
    pairs.sort_by(|a, b| strength(b).total_cmp(&strength(a)));
    let rows: Vec<Vec<String>> = pairs
        .iter()
        .filter_map(|(a, b)| {
            let pair = found.pair(*a, *b)?;
            Some(vec![
                found.columns[*a].clone(),
                found.columns[*b].clone(),
                number(pair.strength()),
                pair.measure().to_owned(),
                number(pair.pearson),
                number(pair.normalised_information),
                pair.n.to_string(),
            ])
        })
        .collect();
    out.table(
        &[
            "column",
            "with",
            "strength",
            "measure",
            "Pearson",
            "information",
            "rows",
        ],
        &[false, false, true, false, true, true, true],
        &rows,
    );
    out.talk(&format!(
        "measured on {} of {} rows; information: mutual, normalised, numbers in {} bins, Miller-Madow correction",
        found.rows.used, found.rows.all, found.n_bins
    ));
}

fn print_compared(out: &Output, found: &ComparedDatasets) {
    let share = |n: u64, all: u64| format!("{:.1} %", n as f64 / all.max(1) as f64 * 100.0);
    let rows: Vec<Vec<String>> = found
        .columns
        .iter()
        .map(|c| {
            let note = match c.kinds {
                [None, _] => "new column".to_owned(),
                [_, None] => "vanished column".to_owned(),
                _ => match c.n_new_vanished {
                    [0, 0] => String::new(),
                    [new, gone] => format!("{new} new values, {gone} vanished"),
                },
            };
            vec![
                c.column.clone(),
                number(c.jensen_shannon),
                number(c.by_chance),
                number(c.l_infinity),
                share(c.n_missing[0], found.n_rows[0]),
                share(c.n_missing[1], found.n_rows[1]),
                number(c.means[0]),
                number(c.means[1]),
                note,
            ]
        })
        .collect();
    out.table(
        &[
            "column",
            "JS",
            "by chance",
            "L-inf",
            "missing before",
            "missing now",
            "mean before",
            "mean now",
            "values",
        ],
        &[false, true, true, true, true, true, true, true, false],
        &rows,
    );
    let [before, now] = found.n_rows;
    out.talk(&format!(
        "{before} rows before, {now} now; those farthest apart beyond chance first"
    ));
}
