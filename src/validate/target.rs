//! The task and the classes of a target column. Encoding the target for an algorithm is left to `feature`.

use super::error::ValidateError;
use super::wording;
use crate::data::Table;
use crate::domain::near::near_matches;
use crate::domain::pipeline::SchemaParams;
use crate::domain::schema::ColumnType;
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics, MAX_LISTED_VALUES};
use crate::domain::{Scalar, Task};
use std::collections::HashMap;

/// Whole numbers with at most this many different values are taken for classes.
const MAX_WHOLE_CLASSES: u64 = 10;
/// Words that name the positive one of two classes, in lower case, the surest first.
const POSITIVE_WORDS: [&str; 8] = ["yes", "true", "1", "positive", "y", "t", "pos", "+"];

/// The task: the given one after a check, else decided by the target. Texts and truth values are classes, and so are
/// whole numbers with at most 10 different values and real numbers that are only 0 and 1; other numbers make a
/// regression.
///
/// # Errors
/// The target does not exist, has fewer than two values, is a day or moment, or a text that differs in nearly every
/// row; or the given task does not fit it.
pub fn task_of(stats: &DatasetStatistics, params: &SchemaParams) -> Result<Task, ValidateError> {
    let Some(column) = stats.column(&params.target) else {
        return Err(not_found(
            &params.target,
            stats.columns.iter().map(|c| c.name.clone()).collect(),
        ));
    };
    let unfit = |task, why: String, hint: &str| ValidateError::TaskDoesNotFit {
        target: column.name.clone(),
        task,
        why,
        hint: hint.to_owned(),
    };
    match column.n_distinct {
        0 => {
            return Err(ValidateError::TargetAllMissing {
                target: column.name.clone(),
                n_rows: stats.n_rows,
            });
        }
        1 => {
            return Err(ValidateError::TargetSingleValue {
                target: column.name.clone(),
                value: column
                    .min
                    .as_ref()
                    .map_or_else(|| "infinity".to_owned(), Scalar::to_string),
            });
        }
        _ => {}
    }
    if column.kind.is_temporal() {
        return Err(unfit(
            params.task,
            "days and moments cannot be predicted".to_owned(),
            "Choose a text, a truth value or a number as the target.",
        ));
    }
    if column.kind == ColumnType::Text
        && column.n_distinct > MAX_LISTED_VALUES
        && column.n_distinct * 2 > stats.n_rows
    {
        return Err(unfit(
            params.task,
            format!(
                "nearly every row has a text of its own ({} different ones)",
                wording::count(column.n_distinct)
            ),
            "Choose a target with few different values, or a number.",
        ));
    }
    match params.task {
        None => Ok(guess_task(column)),
        Some(task) => match misfit(column, task) {
            None => Ok(task),
            Some((why, hint)) => Err(unfit(Some(task), why, hint)),
        },
    }
}

/// The classes of the target, as texts, in the order of the probabilities: byte order, whole and real numbers in
/// numeric order, `false` before `true`. Of two classes the positive one comes last: the given one; else the one that
/// says so (`yes`, `true`, `1`, `positive` …); else the rarer one (of equally frequent ones the last in order). Empty
/// for a regression.
///
/// # Errors
/// The target does not exist or has fewer than two values; the positive class is not one of two.
pub fn classes(
    table: &Table,
    params: &SchemaParams,
    task: Task,
) -> Result<Vec<String>, ValidateError> {
    let Some(data) = table.column(&params.target) else {
        return Err(not_found(&params.target, table.names()));
    };
    if task == Task::Regression {
        return match &params.positive {
            None => Ok(Vec::new()),
            Some(positive) => Err(positive_without_two(params, positive, 0)),
        };
    }
    let mut counts: HashMap<String, (u64, f64)> = HashMap::new();
    for row in 0..data.len() {
        let Some(text) = data.text(row) else { continue };
        let number = data.number(row).unwrap_or(0.0);
        if !number.is_nan() {
            counts.entry(text).or_insert((0, number)).0 += 1;
        }
    }
    let mut found: Vec<(f64, String, u64)> = counts
        .into_iter()
        .map(|(text, (count, number))| (number, text, count))
        .collect();
    // Texts have the number 0, so byte order decides among them.
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    if found.len() < 2 {
        return Err(too_few(&found, params, table));
    }
    let counts: Vec<u64> = found.iter().map(|f| f.2).collect();
    let mut names: Vec<String> = found.into_iter().map(|f| f.1).collect();
    let positive = positive_position(&names, &counts, params)?;
    if positive == Some(0) {
        names.swap(0, 1);
    }
    Ok(names)
}

fn guess_task(column: &ColumnStatistics) -> Task {
    let by_number = if column.n_distinct == 2 {
        Task::Binary
    } else {
        Task::Multiclass
    };
    match column.kind {
        ColumnType::Boolean => Task::Binary,
        ColumnType::Text => by_number,
        ColumnType::Integer if column.n_distinct <= MAX_WHOLE_CLASSES => by_number,
        ColumnType::Number if is_zero_and_one(column) || is_whole(column) => by_number,
        _ => Task::Regression,
    }
}

/// Few whole numbers written as real ones, as pandas writes whole numbers among which one is missing.
fn is_whole(column: &ColumnStatistics) -> bool {
    let mut values = column.top.iter().map(|t| t.value.parse::<f64>());
    column.n_distinct <= MAX_WHOLE_CLASSES
        && column.top.len() as u64 == column.n_distinct
        && values.all(|v| v.is_ok_and(|v| v.fract() == 0.0))
}

fn is_zero_and_one(column: &ColumnStatistics) -> bool {
    column.n_distinct == 2
        && column.min.as_ref().and_then(Scalar::as_f64) == Some(0.0)
        && column.max.as_ref().and_then(Scalar::as_f64) == Some(1.0)
}

/// What stands against a task that was asked for, and what to do.
fn misfit(column: &ColumnStatistics, task: Task) -> Option<(String, &'static str)> {
    let n = column.n_distinct;
    match task {
        Task::Binary if n != 2 => Some((
            format!("it has {} different values, not two", wording::count(n)),
            "Choose multiclass or regression, or leave the task out to let the target decide.",
        )),
        Task::Multiclass if n < 3 => Some((
            "it has only two different values".to_owned(),
            "Choose binary, or leave the task out to let the target decide.",
        )),
        Task::Multiclass if column.kind.is_numeric() && n > MAX_LISTED_VALUES => Some((
            format!(
                "{} different numbers are too many classes",
                wording::count(n)
            ),
            "Choose regression, or leave the task out to let the target decide.",
        )),
        Task::Regression if !column.kind.is_numeric() => Some((
            format!(
                "it holds values of type {}, not numbers",
                column.kind.title()
            ),
            "Choose binary or multiclass, or leave the task out to let the target decide.",
        )),
        _ => None,
    }
}

/// Where among two classes the positive one stands; `None` where there are more.
fn positive_position(
    names: &[String],
    counts: &[u64],
    params: &SchemaParams,
) -> Result<Option<usize>, ValidateError> {
    if let Some(positive) = &params.positive {
        if names.len() != 2 {
            return Err(positive_without_two(params, positive, names.len()));
        }
        return names
            .iter()
            .position(|name| name == positive)
            .map(Some)
            .ok_or_else(|| ValidateError::PositiveNotFound {
                target: params.target.clone(),
                positive: positive.clone(),
                classes: names.to_vec(),
            });
    }
    if names.len() != 2 {
        return Ok(None);
    }
    let spoken = POSITIVE_WORDS
        .iter()
        .find_map(|word| names.iter().position(|name| name.to_lowercase() == *word));
    let rarer = usize::from(counts[1] <= counts[0]);
    Ok(Some(spoken.unwrap_or(rarer)))
}

fn positive_without_two(params: &SchemaParams, positive: &str, n_classes: usize) -> ValidateError {
    ValidateError::PositiveWithoutTwoClasses {
        target: params.target.clone(),
        positive: positive.to_owned(),
        n_classes,
    }
}

fn too_few(found: &[(f64, String, u64)], params: &SchemaParams, table: &Table) -> ValidateError {
    let target = params.target.clone();
    match found.first() {
        None => ValidateError::TargetAllMissing {
            target,
            n_rows: table.n_rows() as u64,
        },
        Some((_, value, _)) => ValidateError::TargetSingleValue {
            target,
            value: value.clone(),
        },
    }
}

fn not_found(target: &str, columns: Vec<String>) -> ValidateError {
    ValidateError::TargetNotFound {
        target: target.to_owned(),
        near: near_matches(target, &columns),
        columns,
    }
}
