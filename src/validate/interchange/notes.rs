//! The list of what is not carried, as it grows, and what both formats share: blank columns, ways to write numbers.

use crate::domain::interchange::NotCarried;
use crate::domain::schema::{ColumnSpec, ColumnType, Constraints, Domain, Role, Schema};

/// What is not carried so far.
#[derive(Debug, Default)]
pub(super) struct Notes(Vec<NotCarried>);

impl Notes {
    /// About the whole schema.
    pub(super) fn schema(&mut self, what: impl Into<String>) {
        self.add(None, what.into());
    }

    /// About one column.
    pub(super) fn column(&mut self, column: &str, what: impl Into<String>) {
        self.add(Some(column.to_owned()), what.into());
    }

    fn add(&mut self, column: Option<String>, what: String) {
        let note = NotCarried { column, what };
        if !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    /// What no other format has: expectations and ignored findings.
    pub(super) fn ours_alone(&mut self, schema: &Schema) {
        for expectation in &schema.expectations {
            self.schema(format!(
                "expectation {}: {}",
                expectation.name, expectation.expression
            ));
        }
        for ignored in &schema.ignored {
            let what = format!("{} in {} is ignored", ignored.kind.name(), ignored.span);
            match &ignored.column {
                Some(column) => self.column(column, what),
                None => self.schema(what),
            }
        }
    }

    pub(super) fn into_list(self) -> Vec<NotCarried> {
        self.0
    }
}

/// A column of which nothing is asked.
pub(super) fn blank(name: &str, kind: ColumnType) -> ColumnSpec {
    ColumnSpec {
        name: name.to_owned(),
        kind,
        role: Role::Feature,
        required: false,
        min_fraction: 0.0,
        domain: None,
        drift: None,
        constraints: Constraints::default(),
    }
}

/// A schema of these columns of which nothing else is asked.
pub(super) fn plain(columns: Vec<ColumnSpec>) -> Schema {
    Schema {
        columns,
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        expectations: Vec::new(),
        ignored: Vec::new(),
    }
}

/// The role of a title ("target").
pub(super) fn role_of(title: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.title() == title)
}

/// Whether NaN is allowed, where that is said or by default.
pub(super) fn allows_nan(column: &ColumnSpec) -> bool {
    let is_bounded = matches!(column.domain, Some(Domain::Range { .. }));
    column.constraints.allow_nan.unwrap_or(!is_bounded)
}

/// A range; `None` if it has no bound.
pub(super) fn range(min: Option<f64>, max: Option<f64>) -> Option<Domain> {
    (min.is_some() || max.is_some()).then_some(Domain::Range { min, max })
}

/// The largest whole number up to which every whole number is a `f64`.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// The bounds of an integer column as whole numbers: the smallest rounded up, the largest down, which changes no verdict.
pub(super) fn whole(value: f64, is_min: bool) -> Option<i64> {
    let value = if is_min { value.ceil() } else { value.floor() };
    (value.abs() <= EXACT).then_some(value as i64)
}
