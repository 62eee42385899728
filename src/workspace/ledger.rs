//! The runs as a table that conditions are asked of: one row a run, and the columns that runs have in common, the metrics,
//! the tags and the parameters. Quick enough for the window to hold one itself.

use crate::data::Table;
use crate::data::expression::{self, Expression};
use crate::domain::Scalar;
use crate::domain::expression::ExpressionError;
use crate::domain::ids::Millis;
use crate::domain::ledger::{Ledger, RunLine};
use crate::domain::schema::ColumnType;
use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, TimestampMillisecondArray,
};
use std::sync::Arc;

/// The runs of a ledger as a table, in its order.
#[derive(Debug, Clone)]
pub struct RunTable {
    table: Option<Table>,
    columns: Vec<(String, ColumnType)>,
}

impl RunTable {
    /// Of this ledger; runs at work have lasted until `now`.
    #[must_use]
    pub fn of(ledger: &Ledger, now: Millis) -> Self {
        let lines = &ledger.lines;
        let mut columns = common(lines, now);
        for metric in &ledger.metrics {
            let values = lines.iter().map(|l| l.metrics.get(metric).copied());
            columns.push((metric.name().to_owned(), numbers(values)));
        }
        for tag in &ledger.tags {
            let values = lines.iter().map(|l| l.tags.get(tag).map(String::as_str));
            columns.push((format!("tag.{tag}"), texts(values)));
        }
        for name in &ledger.parameters {
            let values: Vec<Option<&Scalar>> =
                lines.iter().map(|l| l.parameters.get(name)).collect();
            columns.push((name.clone(), scalars(&values)));
        }
        let mut seen = std::collections::HashSet::new();
        columns.retain(|(name, _)| seen.insert(name.clone()));
        let table = Table::from_columns(columns);
        let columns = table.as_ref().map(expression::columns_of);
        Self {
            columns: columns.unwrap_or_default(),
            table,
        }
    }

    /// Names and types of the columns.
    #[must_use]
    pub fn columns(&self) -> &[(String, ColumnType)] {
        &self.columns
    }

    /// The positions of the runs that meet a condition in SQL's syntax.
    ///
    /// # Errors
    /// The first thing that is wrong with the condition, with its place.
    pub fn matching(&self, condition: &str) -> Result<Vec<usize>, ExpressionError> {
        let parsed = Expression::parse_row_condition(condition, &self.columns)?;
        match &self.table {
            Some(table) => expression::filter(table, &parsed),
            None => Ok(Vec::new()),
        }
    }
}

/// What every run has.
fn common(lines: &[RunLine], now: Millis) -> Vec<(String, ArrayRef)> {
    let whole = |of: &dyn Fn(&RunLine) -> Option<i64>| -> ArrayRef {
        Arc::new(lines.iter().map(of).collect::<Int64Array>())
    };
    let started: TimestampMillisecondArray = lines.iter().map(|l| Some(l.started)).collect();
    let pinned: BooleanArray = lines.iter().map(|l| Some(l.is_pinned)).collect();
    let columns: [(&str, ArrayRef); 12] = [
        ("run", whole(&|l| Some(l.id.0))),
        ("started", Arc::new(started)),
        ("seconds", numbers(lines.iter().map(|l| l.seconds(now)))),
        ("state", texts(lines.iter().map(|l| Some(l.state.word())))),
        (
            "data_gate",
            texts(lines.iter().map(|l| l.data_verdict.map(|v| v.word()))),
        ),
        (
            "model_gate",
            texts(lines.iter().map(|l| l.model_verdict.map(|v| v.word()))),
        ),
        ("promoted", whole(&|l| l.promoted.map(i64::from))),
        ("steps", whole(&|l| Some(l.n_steps))),
        ("cached", whole(&|l| Some(l.n_cached))),
        (
            "algorithm",
            texts(lines.iter().map(|l| l.algorithm.as_deref())),
        ),
        ("pinned", Arc::new(pinned)),
        (
            "note",
            texts(
                lines
                    .iter()
                    .map(|l| Some(l.note.as_str()).filter(|n| !n.is_empty())),
            ),
        ),
    ];
    columns.map(|(name, array)| (name.to_owned(), array)).into()
}

fn numbers(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.collect::<Float64Array>())
}

fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

/// Whole numbers, numbers or truth values where all are, else texts.
fn scalars(values: &[Option<&Scalar>]) -> ArrayRef {
    let all = |is: &dyn Fn(&Scalar) -> bool| values.iter().flatten().all(|v| is(v));
    let each = || values.iter().copied();
    if all(&|v| matches!(v, Scalar::Int(_))) {
        return Arc::new(
            each()
                .map(|v| v.and_then(Scalar::as_i64))
                .collect::<Int64Array>(),
        );
    }
    if all(&|v| v.as_f64().is_some()) {
        return numbers(each().map(|v| v.and_then(Scalar::as_f64)));
    }
    if all(&|v| matches!(v, Scalar::Bool(_))) {
        return Arc::new(
            each()
                .map(|v| v.and_then(Scalar::as_bool))
                .collect::<BooleanArray>(),
        );
    }
    let words: Vec<Option<String>> = each().map(|v| v.map(ToString::to_string)).collect();
    texts(words.iter().map(Option::as_deref))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::RunId;
    use crate::domain::metric::Metric;
    use crate::domain::run::RunState;

    fn line(id: i64, state: RunState, auc: f64, folds: i64) -> RunLine {
        RunLine {
            id: RunId(id),
            pipeline: "flights".to_owned(),
            started: 1_000 * id,
            finished: Some(1_000 * id + 500),
            state,
            data_verdict: None,
            model_verdict: None,
            promoted: None,
            n_steps: 9,
            n_cached: 0,
            algorithm: Some("forest".to_owned()),
            metrics: [(Metric::RocAuc, auc)].into(),
            parameters: Arc::new([("train.folds".to_owned(), Scalar::Int(folds))].into()),
            tags: [("team".to_owned(), format!("team {id}"))].into(),
            note: String::new(),
            is_pinned: id == 2,
        }
    }

    #[test]
    fn conditions_speak_of_metrics_tags_and_parameters() {
        let ledger = Ledger::of(vec![
            line(3, RunState::Failed, 0.7, 5),
            line(2, RunState::Complete, 0.8, 3),
            line(1, RunState::Complete, 0.6, 5),
        ]);
        let table = RunTable::of(&ledger, 9_000);
        for (condition, expected) in [
            ("roc_auc > 0.65", vec![0, 1]),
            ("state = 'complete' and \"train.folds\" = 5", vec![2]),
            ("\"tag.team\" like '%2' and pinned", vec![1]),
            ("seconds between 0.4 and 0.6 and run >= 2", vec![0, 1]),
            (
                "model_gate is null and promoted is null and algorithm = 'tree'",
                vec![],
            ),
        ] {
            assert_eq!(table.matching(condition).unwrap(), expected, "{condition}");
        }
        assert!(table.matching("no_such_column = 1").is_err());
        let none = RunTable::of(&Ledger::default(), 0);
        assert_eq!(none.matching("run > 0"), Ok(Vec::new()));
    }
}
