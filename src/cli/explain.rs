//! `lockkeeper explain [MODEL]`: what a model goes by. Without more, which columns count; with `--column` the effect of one;
//! with `--row` or `--rows` why rows got their answers; with `--tree` or `--weights` what it is made of.

use super::Place;
use super::output::{Output, number};
use super::reading::Reading;
use crate::domain::Failure;
use crate::domain::curve::{Along, ScoreCurve};
use crate::domain::explanation::{
    Coefficients, ContributionSummary, PartialDependence, PermutationImportance, RowExplanation,
    Scale, TreeDrawing,
};
use crate::domain::metric::Metric;
use crate::domain::work::Quiet;
use crate::workspace::explain::{self, ExplainAnswer, ExplainAsk, Subject};
use crate::workspace::tools;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Columns that are named in a line a row.
const N_REASONS: usize = 3;

/// What a model goes by
///
/// Asked of the test rows of the run that trained the model, which it never saw, or of the rows of a file.
#[derive(Debug, Args)]
pub struct Explain {
    /// A version, an alias, a candidate of the newest run, the first digits of a hash, or a model file
    #[arg(default_value = "production")]
    model: String,
    /// The effect of this column: what the model would answer if every row had the same value there
    #[arg(long, value_name = "COLUMN", group = "what")]
    column: Option<String>,
    /// Why this row got its answer, counted from 1
    #[arg(long, value_name = "N", group = "what", value_parser = clap::value_parser!(u64).range(1..))]
    row: Option<u64>,
    /// The rows of this file instead of the test rows; alone, why each of them got its answer
    #[arg(long, value_name = "FILE")]
    rows: Option<PathBuf>,
    /// The questions of this tree, counted from 1
    #[arg(long, value_name = "N", group = "what", num_args = 0..=1, default_missing_value = "1",
          value_parser = clap::value_parser!(u64).range(1..))]
    tree: Option<u64>,
    /// The weights of a linear model
    #[arg(long, group = "what")]
    weights: bool,
    /// Fits the algorithm again along `rows`, `trees` or a parameter, and scores each fit on rows held out
    #[arg(long, value_name = "WHAT", group = "what")]
    curve: Option<String>,
    /// The class whose answer is explained [default: the positive one of two; for one row the most probable one]
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    reading: Reading,
}

/// Which columns count, by both measures.
#[derive(Debug, Serialize)]
struct Overview {
    importance: Option<PermutationImportance>,
    contributions: ContributionSummary,
}

impl Explain {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let (subject, metric) = self.subject()?;
        let class = self.class_of(&subject)?;
        let usual = usize::from(subject.outline().signature.classes.len() == 2);
        let one = class.unwrap_or(usual);
        let ask = if let Some(column) = &self.column {
            let column = column.clone();
            ExplainAsk::Dependence { column, class: one }
        } else if let Some(row) = self.row {
            let is_binary = usual == 1;
            let class = class.or(is_binary.then_some(one));
            ExplainAsk::Row {
                row: row - 1,
                class,
            }
        } else if let Some(tree) = self.tree {
            let tree = usize::try_from(tree - 1).unwrap_or(usize::MAX);
            ExplainAsk::Tree { tree, class: one }
        } else if let Some(what) = &self.curve {
            let along = match what.as_str() {
                "rows" => Along::Rows,
                "trees" => Along::Trees,
                name => Along::Parameter(name.to_owned()),
            };
            let outline = subject.outline();
            let possible = explain::curves_of(&outline.algorithm);
            if !possible.contains(&along) {
                return Err(no_curve(&outline.algorithm, what, &possible));
            }
            let usual_metric = Metric::of_task(outline.signature.task)[0];
            let metric = metric.unwrap_or(usual_metric);
            ExplainAsk::Curve { along, metric }
        } else if self.weights {
            ExplainAsk::Coefficients { class: one }
        } else if self.rows.is_some() {
            let found = subject.every_row(class)?;
            self.say(out, &found, |out| every_row(out, &found));
            return Ok(0);
        } else {
            return self.overview(out, &subject, metric, one);
        };
        match subject.answer(&ask, &Quiet)? {
            ExplainAnswer::Dependence(found) => {
                self.say(out, &found, |out| dependence(out, &found))
            }
            ExplainAnswer::Row(found) => self.say(out, &found, |out| row(out, &found)),
            ExplainAnswer::Tree(found) => self.say(out, &found, |out| tree(out, &found)),
            ExplainAnswer::Coefficients(found) => self.say(out, &found, |out| weights(out, &found)),
            ExplainAnswer::Curve(found) => self.say(out, &found, |out| curve(out, &found)),
            ExplainAnswer::Outline(_)
            | ExplainAnswer::Importance(_)
            | ExplainAnswer::Summary(_) => {}
        }
        Ok(0)
    }

    fn say(&self, out: &Output, found: &impl Serialize, print: impl FnOnce(&Output)) {
        if self.json {
            out.json(found);
        } else {
            print(out);
        }
    }

    /// The model with its rows, and the metric that chose it.
    fn subject(&self) -> Result<(Subject, Option<Metric>), Failure> {
        let workspace = self.place.look();
        if let Some(path) = &self.rows {
            let workspace = workspace.ok();
            let (model, hash) = tools::find_model(&self.model, workspace.as_ref())?;
            let options = self.reading.options(workspace.as_ref());
            let subject = Subject::of_file((model, &hash), path, &options, workspace.as_ref())?;
            return Ok((subject, None));
        }
        explain::find(&self.model, &workspace?)
    }

    fn class_of(&self, subject: &Subject) -> Result<Option<usize>, Failure> {
        let Some(name) = &self.class else {
            return Ok(None);
        };
        let classes = subject.outline().signature.classes;
        let found = classes.iter().position(|c| c == name);
        found.map(Some).ok_or_else(|| {
            let hint = if classes.is_empty() {
                "It predicts a number and has no classes.".to_owned()
            } else {
                format!("It knows {}.", classes.join(", "))
            };
            Failure::not_found(format!("The model does not know the class {name:?}")).hint(hint)
        })
    }

    fn overview(
        &self,
        out: &Output,
        subject: &Subject,
        metric: Option<Metric>,
        class: usize,
    ) -> Result<u8, Failure> {
        let task = subject.outline().signature.task;
        let metric = metric.unwrap_or(Metric::of_task(task)[0]);
        let importance = match subject.answer(
            &ExplainAsk::Importance {
                metric,
                within: None,
            },
            &Quiet,
        )? {
            ExplainAnswer::Importance(found) => Some(found),
            _ => None,
        };
        let ExplainAnswer::Summary(contributions) =
            subject.answer(&ExplainAsk::Summary { class }, &Quiet)?
        else {
            return Ok(0);
        };
        let found = Overview {
            importance,
            contributions,
        };
        self.say(out, &found, |out| overview(out, &found));
        Ok(0)
    }
}

fn overview(out: &Output, found: &Overview) {
    let Some(importance) = &found.importance else {
        return;
    };
    let size = |column: &str| {
        let columns = found.contributions.columns.iter();
        let found = columns.into_iter().find(|c| c.column == column);
        found.map(|c| c.mean_absolute)
    };
    let rows: Vec<Vec<String>> = importance
        .columns
        .iter()
        .map(|c| {
            let end = |at: usize| number(c.interval.map(|ends| ends[at]));
            vec![
                c.column.clone(),
                number(Some(c.mean)),
                end(0),
                end(1),
                number(size(&c.column)),
            ]
        })
        .collect();
    let metric = importance.metric.name();
    out.table(
        &["column", "importance", "from", "to", "contribution"],
        &[false, true, true, true, true],
        &rows,
    );
    out.talk(&format!(
        "importance: by how much {metric} ({} on {} rows the model was not trained on) gets worse when the column is shuffled",
        number(Some(importance.baseline)),
        importance.rows.used
    ));
    out.talk(&importance.interval_words());
    out.talk(&format!(
        "contribution: mean size of what the column adds to the {}, over {} rows. {}",
        found.contributions.explained.words(),
        found.contributions.rows.used,
        found.contributions.method.words()
    ));
}

fn dependence(out: &Output, found: &PartialDependence) {
    let rows: Vec<Vec<String>> = found
        .grid
        .iter()
        .zip(&found.mean)
        .map(|(point, mean)| {
            vec![
                point.label.clone(),
                number(Some(*mean)),
                point.n_rows.to_string(),
            ]
        })
        .collect();
    let mean = format!("mean {}", found.explained.words());
    out.table(&[&found.column, &mean, "rows"], &[false, true, true], &rows);
    out.talk(&format!(
        "each value was put into {} rows that the model was not trained on, and the answers averaged; the last column counts the \
         rows that have exactly this value",
        found.rows.used
    ));
}

fn row(out: &Output, found: &RowExplanation) {
    let mut rows = vec![vec![
        "(mean answer)".to_owned(),
        String::new(),
        String::new(),
        number(Some(found.base)),
    ]];
    let mut sum = found.base;
    for one in &found.columns {
        sum += one.contribution;
        let error = one
            .standard_error
            .map_or_else(String::new, |e| format!(" ± {}", number(Some(e))));
        rows.push(vec![
            one.column.clone(),
            one.value.clone().unwrap_or_else(|| "–".to_owned()),
            format!("{:+.4}{error}", one.contribution),
            number(Some(sum)),
        ]);
    }
    out.table(
        &["column", "value", "adds", "sum"],
        &[false, false, true, true],
        &rows,
    );
    let truth = match &found.truth {
        Some(truth) => format!("; true is {truth}"),
        None => String::new(),
    };
    let most = found.probabilities.iter().copied().fold(0.0, f64::max);
    let sure = if found.probabilities.is_empty() {
        String::new()
    } else {
        format!(" with a probability of {:.1} %", most * 100.0)
    };
    out.talk(&format!(
        "row {} of {}: the model answers {}{sure}{truth}",
        found.row + 1,
        found.n_rows,
        found.predicted
    ));
    out.talk(&format!("the sum is the {}", found.explained.words()));
    if found.explained.scale == Scale::LogOdds {
        out.talk("(0 is a probability of one half, 2.2 of nine tenths, -2.2 of one tenth)");
    }
    out.talk(&found.method.words());
}

fn every_row(out: &Output, found: &[RowExplanation]) {
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|one| {
            let reasons = one.columns.iter().take(N_REASONS).map(|c| {
                let value = c.value.as_deref().unwrap_or("missing");
                format!("{} = {value} ({:+.3})", c.column, c.contribution)
            });
            vec![
                (one.row + 1).to_string(),
                one.predicted.clone(),
                number(Some(one.output)),
                reasons.collect::<Vec<_>>().join(", "),
            ]
        })
        .collect();
    let Some(first) = found.first() else {
        return;
    };
    out.table(
        &["row", "prediction", "sum", "what moves it most"],
        &[true, false, true, false],
        &rows,
    );
    out.talk(&format!(
        "the sum is the {}; it begins at {}",
        first.explained.words(),
        number(Some(first.base))
    ));
    out.talk(&first.method.words());
}

fn tree(out: &Output, found: &TreeDrawing) {
    /// A node and what lies below it, each level farther in.
    fn below(out: &Output, found: &TreeDrawing, at: usize, word: &str) {
        let Some(node) = found.nodes.get(at) else {
            return;
        };
        let share = node.n_rows as f64 / found.n_rows.max(1) as f64 * 100.0;
        let figures = format!("[{share:.1} % of rows, {}]", number(Some(node.answer)));
        let margin = "  ".repeat(node.depth as usize);
        match (&node.question, node.children) {
            (Some(question), Some([yes, no])) => {
                out.data(&format!("{margin}{word}{question}? {figures}"));
                below(out, found, yes as usize, "yes: ");
                below(out, found, no as usize, "no: ");
            }
            _ => out.data(&format!("{margin}{word}answer {figures}")),
        }
    }
    below(out, found, 0, "");
    out.talk(&format!(
        "tree {} of {}: at each node the share of {} training rows and the {}. {}",
        found.tree + 1,
        found.n_trees,
        found.n_rows,
        found.explained.words(),
        found.part
    ));
}

fn weights(out: &Output, found: &Coefficients) {
    let mut rows = vec![vec![
        "(start)".to_owned(),
        String::new(),
        number(Some(found.intercept)),
        number(Some(found.intercept_in_units)),
    ]];
    rows.extend(found.weights.iter().map(|w| {
        vec![
            w.feature.clone(),
            w.step.clone(),
            number(Some(w.weight)),
            number(Some(w.per_unit)),
        ]
    }));
    out.table(
        &[
            "feature",
            "one step",
            "weight of a step",
            "weight of a unit",
        ],
        &[false, false, true, true],
        &rows,
    );
    out.talk(&format!(
        "the weighted sum is the {}",
        found.explained.words()
    ));
}

fn no_curve(algorithm: &str, what: &str, possible: &[Along]) -> Failure {
    let failure = Failure::usage(format!("{algorithm} has no curve along {what}"));
    let names: Vec<&str> = possible
        .iter()
        .map(|along| match along {
            Along::Rows => "rows",
            Along::Trees => "trees",
            Along::Parameter(name) => name.as_str(),
        })
        .collect();
    failure.hint(if names.is_empty() {
        "It is not fitted on rows of its own.".to_owned()
    } else {
        format!("It has {}.", names.join(", "))
    })
}

fn curve(out: &Output, found: &ScoreCurve) {
    let best = found.best().map(|p| p.at.clone());
    let rows: Vec<Vec<String>> = found
        .points
        .iter()
        .map(|point| {
            let note = match &point.error {
                Some(error) => error.as_str(),
                None if best.as_ref() == Some(&point.at) => "best",
                None => "",
            };
            vec![
                point.at.to_string(),
                number(point.training),
                number(point.held_out),
                note.to_owned(),
            ]
        })
        .collect();
    let title = found.title.to_lowercase();
    out.table(
        &[&title, "learned from", "held out", ""],
        &[true, true, true, false],
        &rows,
    );
    out.talk(&format!(
        "{} of fits on {} of the training rows, on these and on {} others",
        found.metric.title(),
        found.n_training,
        found.n_held_out
    ));
}
