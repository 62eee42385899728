//! A source whose columns were given other types by a person (`ReadOptions::types`), for formats that bring their own
//! types. Values that do not convert become missing, and a finding says how many.

use super::{Finding, ReadError};
use crate::data::source::{Chunk, ScanEnd, Source};
use crate::data::union::{self, CastProblem};
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// A source with other types.
pub(super) struct Retyped {
    inner: Box<dyn Source>,
    types: BTreeMap<String, ColumnType>,
    problems: Mutex<BTreeMap<String, (usize, CastProblem)>>,
}

/// Gives columns the types that a person wants for them.
pub(super) fn retyped(
    inner: Box<dyn Source>,
    types: &BTreeMap<String, ColumnType>,
) -> Box<dyn Source> {
    if types.is_empty() {
        return inner;
    }
    Box::new(Retyped {
        inner,
        types: types.clone(),
        problems: Mutex::default(),
    })
}

impl Source for Retyped {
    fn columns(&self) -> Vec<(String, ColumnType)> {
        let columns = self.inner.columns().into_iter();
        columns
            .map(|(name, kind)| {
                let kind = self.types.get(&name).copied().unwrap_or(kind);
                (name, kind)
            })
            .collect()
    }

    fn n_bytes(&self) -> u64 {
        self.inner.n_bytes()
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = self.inner.findings();
        let columns = self.inner.columns();
        for name in self
            .types
            .keys()
            .filter(|n| !columns.iter().any(|(c, _)| c == *n))
        {
            let message = "A type was given for this column, but there is no such column";
            findings.push(Finding::of_column(name, None, message));
        }
        let problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        findings.extend(problems.iter().map(|(name, (_, problem))| {
            let message = format!(
                "{} values do not read as {} and are missing, the first of them {:?}",
                problem.n_rows,
                problem.expected.title(),
                problem.example
            );
            Finding::of_column(name, None, message)
        }));
        findings
    }

    fn understood(&self) -> ReadOptions {
        ReadOptions {
            types: self.types.clone(),
            ..self.inner.understood()
        }
    }

    fn scan(
        &self,
        columns: Option<&[usize]>,
        consume: &(dyn Fn(Chunk) + Sync),
        monitor: &dyn Monitor,
    ) -> Result<ScanEnd, ReadError> {
        let problems: Mutex<BTreeMap<String, (usize, CastProblem)>> = Mutex::default();
        let convert = |chunk: Chunk| {
            let table = &chunk.table;
            let expected: Vec<(String, ColumnType)> = table
                .names()
                .into_iter()
                .enumerate()
                .map(|(position, name)| {
                    let kind = self.types.get(&name).copied();
                    (name, kind.unwrap_or_else(|| table.column_type(position)))
                })
                .collect();
            let cast = union::cast(table, &expected);
            for problem in cast.problems {
                let mut problems = problems.lock().unwrap_or_else(PoisonError::into_inner);
                let n_here = problem.n_rows;
                let entry = problems.entry(problem.column.clone());
                let mut n_before = 0;
                let (first, kept) = entry
                    .and_modify(|(_, kept)| n_before = kept.n_rows)
                    .or_insert_with(|| (chunk.index, problem.clone()));
                if chunk.index < *first {
                    (*first, *kept) = (chunk.index, problem);
                }
                kept.n_rows = n_before + n_here;
            }
            consume(Chunk {
                index: chunk.index,
                table: cast.table,
            });
        };
        let end = self.inner.scan(columns, &convert, monitor)?;
        *self.problems.lock().unwrap_or_else(PoisonError::into_inner) = problems
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(end)
    }
}
