//! Statements in SQL that a person asks of the records: one at a time, reading only, and not longer than a while.

use super::{Store, StoreError};
use crate::domain::Scalar;
use rusqlite::types::ValueRef;
use std::time::{Duration, Instant};

/// What a statement gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows; `None` is NULL. Bytes are told by their number.
    pub rows: Vec<Vec<Option<Scalar>>>,
    /// Whether there are more rows.
    pub is_cut: bool,
}

/// A statement that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(20);
/// Steps of SQLite's machine between two looks at the clock.
const N_STEPS: i32 = 10_000;

impl Store {
    /// Asks one statement that reads; at most `limit` rows of its answer.
    ///
    /// # Errors
    /// `BadStatement` where it is wrong, would change something, is more than one, or takes too long.
    pub fn ask(&mut self, statement: &str, limit: usize) -> Result<Rows, StoreError> {
        let bad = |error: rusqlite::Error| StoreError::BadStatement {
            detail: said(&error),
        };
        self.conn.pragma_update(None, "query_only", true)?;
        let until = Instant::now() + PATIENCE;
        let is_late = move || Instant::now() > until;
        self.conn.progress_handler(N_STEPS, Some(is_late))?;
        let result = self.rows_of(statement, limit, &bad);
        self.conn.progress_handler(0, None::<fn() -> bool>)?;
        result
    }

    fn rows_of(
        &self,
        statement: &str,
        limit: usize,
        bad: &dyn Fn(rusqlite::Error) -> StoreError,
    ) -> Result<Rows, StoreError> {
        let mut prepared = self
            .conn
            .prepare(statement.trim().trim_end_matches(';'))
            .map_err(bad)?;
        if !prepared.readonly() {
            return Err(StoreError::BadStatement {
                detail: "it would change something; only statements that read can be asked here"
                    .to_owned(),
            });
        }
        let columns: Vec<String> = prepared.column_names().map(str::to_owned).collect();
        let n_columns = columns.len();
        let mut found = Rows {
            columns,
            rows: Vec::new(),
            is_cut: false,
        };
        let mut rows = prepared.query([]).map_err(bad)?;
        while let Some(row) = rows.next().map_err(bad)? {
            if found.rows.len() == limit {
                found.is_cut = true;
                break;
            }
            let cell = |at: usize| row.get_ref(at).map(value).map_err(bad);
            found
                .rows
                .push((0..n_columns).map(cell).collect::<Result<_, _>>()?);
        }
        Ok(found)
    }
}

fn value(value: ValueRef<'_>) -> Option<Scalar> {
    Some(match value {
        ValueRef::Null => return None,
        ValueRef::Integer(v) => Scalar::Int(v),
        ValueRef::Real(v) => Scalar::Float(v),
        ValueRef::Text(bytes) => Scalar::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Scalar::Text(format!("{} bytes", bytes.len())),
    })
}

fn said(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError {
            msg, sql, offset, ..
        } => {
            let before = usize::try_from(*offset).ok().and_then(|at| sql.get(..at));
            match before {
                Some(before) => {
                    let line = before.matches('\n').count() + 1;
                    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
                    format!("{msg} (line {line}, column {column})")
                }
                None => msg.clone(),
            }
        }
        rusqlite::Error::MultipleStatement => "it is more than one statement".to_owned(),
        rusqlite::Error::SqliteFailure(code, _)
            if code.code == rusqlite::ErrorCode::OperationInterrupted =>
        {
            format!(
                "it took longer than {} s and was given up",
                PATIENCE.as_secs()
            )
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Mode;
    use std::sync::Arc;

    #[test]
    fn only_single_statements_that_read_are_answered() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path(), Mode::ReadWrite, Arc::new(|| 0)).unwrap();
        let rows = store
            .ask("SELECT 1 AS one, NULL, 'x', 2.5, x'0102';", 10)
            .unwrap();
        let cells = [
            Some(Scalar::Int(1)),
            None,
            Some(Scalar::from("x")),
            Some(Scalar::Float(2.5)),
            Some(Scalar::from("2 bytes")),
        ];
        assert_eq!(
            (&rows.columns[0][..], &rows.rows[..]),
            ("one", &[cells.to_vec()][..])
        );
        let all = "SELECT value FROM generate_series(1, 5)";
        let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n";
        let few = store.ask(numbers, 3).unwrap();
        assert_eq!((few.rows.len(), few.is_cut), (3, true));
        for (statement, says) in [
            ("DELETE FROM Type", "would change something"),
            ("SELECT 1; SELECT 2", "more than one statement"),
            ("SELECT whatever FROM Type", "no such column: whatever"),
            ("SELECT\n  1 +", "incomplete input"),
            (all, "no such table"),
        ] {
            let error = store.ask(statement, 10).unwrap_err().to_string();
            assert!(error.contains(says), "{statement}: {error}");
        }
        let n_types = store.ask("SELECT count(*) FROM Type", 1).unwrap();
        assert!(n_types.rows[0][0].as_ref().and_then(Scalar::as_i64) > Some(9));
    }
}
