//! Which column could be the target, and what that would make of the task: guesses for the form. The engine decides.

use crate::domain::Task;
use crate::domain::schema::ColumnType;
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};
use crate::gui::widgets::number;

/// The column that looks most like a target: by its name, or else the last one that is no identifier.
pub(super) fn guess_target(statistics: &DatasetStatistics) -> String {
    const WORDS: [&str; 6] = ["target", "label", "class", "outcome", "species", "y"];
    let named = WORDS.iter().find_map(|word| {
        statistics
            .columns
            .iter()
            .find(|c| c.name.eq_ignore_ascii_case(word))
    });
    let last = || {
        statistics
            .columns
            .iter()
            .rfind(|c| target_problem(c, statistics.n_rows).is_none())
    };
    named
        .or_else(last)
        .or(statistics.columns.last())
        .map_or_else(String::new, |c| c.name.clone())
}

/// The task that this target leads to; the engine decides in the same way.
fn task_of(column: &ColumnStatistics) -> Task {
    let by_number = if column.n_distinct == 2 {
        Task::Binary
    } else {
        Task::Multiclass
    };
    match column.kind {
        ColumnType::Boolean => Task::Binary,
        ColumnType::Text => by_number,
        ColumnType::Integer if column.n_distinct <= 10 => by_number,
        ColumnType::Number if column.n_distinct == 2 => Task::Binary,
        _ => Task::Regression,
    }
}

/// What the model will do, in one sentence.
pub(super) fn task_sentence(column: &ColumnStatistics) -> String {
    match task_of(column) {
        Task::Regression => "Regression: the model predicts a number.".to_owned(),
        task => {
            let classes: Vec<&str> = column
                .top
                .iter()
                .take(4)
                .map(|t| t.value.as_str())
                .collect();
            let more = if column.n_distinct > 4 { ", …" } else { "" };
            let named = if classes.is_empty() {
                String::new()
            } else {
                format!(" ({}{more})", classes.join(", "))
            };
            let n = number::counted(column.n_distinct, "class", "classes");
            format!("{}: the model predicts one of {n}{named}.", task.title())
        }
    }
}

/// Why a column cannot be the target.
pub(super) fn target_problem(column: &ColumnStatistics, n_rows: u64) -> Option<String> {
    let present = n_rows.saturating_sub(column.n_missing);
    match column {
        _ if present == 0 => Some(format!("{} has no values at all", column.name)),
        c if c.n_distinct < 2 => Some(format!(
            "{} has only one value: there is nothing to learn",
            c.name
        )),
        c if c.kind.is_temporal() => Some(format!(
            "{} is a {}; choose a number or a class",
            c.name,
            c.kind.title()
        )),
        c if c.kind == ColumnType::Text && c.n_distinct > 100 => Some(format!(
            "{} has {} different texts: it names rows and is no class",
            c.name,
            number::count(c.n_distinct)
        )),
        _ => None,
    }
}
