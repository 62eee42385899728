//! What is there at all: rows, columns, values. What the values are is left to `types` and `values`.

use super::check::{Column, Environment, Found, Span, finding, gravity};
use crate::domain::near::near_matches;
use super::wording;
use crate::domain::anomaly::{Anomaly, AnomalyKind, Severity};
use crate::domain::schema::{ColumnSpec, Role, Schema};

/// `DATASET_LOW_NUM_EXAMPLES` and `DATASET_HIGH_NUM_EXAMPLES`.
pub(super) fn dataset_size(schema: &Schema, span: &Span<'_>) -> Option<Anomaly> {
    let n_rows = span.table.n_rows() as u64;
    let rows = wording::rows(n_rows);
    if let Some(min) = schema.min_rows.filter(|min| n_rows < *min) {
        let found = Found {
            description: format!(
                "The batch has {rows}; at least {} are expected.",
                wording::count(min)
            ),
            n_rows,
            examples: Vec::new(),
            hint: "See whether the file is complete. If batches may be this small, lower min_rows in the schema."
                .to_owned(),
        };
        let kind = AnomalyKind::DatasetLowNumExamples;
        return Some(finding(kind, Severity::Error, None, span.name, found));
    }
    let max = schema.max_rows.filter(|max| n_rows > *max)?;
    let found = Found {
        description: format!(
            "The batch has {rows}; at most {} are expected.",
            wording::count(max)
        ),
        n_rows,
        examples: Vec::new(),
        hint: "See whether rows were delivered twice. If batches may be this large, raise max_rows in the schema."
            .to_owned(),
    };
    let kind = AnomalyKind::DatasetHighNumExamples;
    Some(finding(kind, Severity::Info, None, span.name, found))
}

/// `SCHEMA_NEW_COLUMN`: a column of which the schema says nothing.
pub(super) fn new_columns(schema: &Schema, span: &Span<'_>) -> Vec<Anomaly> {
    let names = span.table.names();
    let absent: Vec<String> = schema
        .columns
        .iter()
        .filter(|c| !names.contains(&c.name))
        .map(|c| c.name.clone())
        .collect();
    let mut anomalies = Vec::new();
    for (position, name) in names.iter().enumerate() {
        if schema.column(name).is_some() {
            continue;
        }
        let data = span.table.at(position);
        let n_present = (data.len() - data.n_missing()) as u64;
        let mut hint = format!(
            "Take it out of the file, or add it to the schema: as a feature if models shall use it, as ignored if not (`{name}`)."
        );
        if let Some(near) = near_matches(name, &absent).first() {
            hint = format!(
                "The schema's column {near} is missing: if {name} is its new name, name it {near} again. Otherwise: {hint}"
            );
        }
        let found = Found {
            description: format!(
                "Column {name} ({}) is not in the schema; {} have a value in it.",
                data.column_type().title(),
                wording::rows_of(n_present, data.len() as u64)
            ),
            n_rows: data.len() as u64,
            examples: first_values(data),
            hint,
        };
        let kind = AnomalyKind::SchemaNewColumn;
        anomalies.push(finding(kind, Severity::Error, Some(name), span.name, found));
    }
    anomalies
}

/// `SCHEMA_MISSING_COLUMN`: a required column is not in the batch.
pub(super) fn missing_column(spec: &ColumnSpec, span: &Span<'_>) -> Anomaly {
    let use_of_it = match spec.role {
        Role::Target => "it is what the models predict",
        Role::Feature | Role::Time => "models read it",
        Role::Key | Role::Leaks | Role::Ignored => "no model uses it",
    };
    let mut hint = format!(
        "Deliver the column again, or set required = false for {} in the schema.",
        spec.name
    );
    let near = near_matches(&spec.name, &span.table.names());
    if !near.is_empty() {
        hint = format!(
            "The batch has {}: was {} renamed? {hint}",
            wording::list(&near, 3),
            spec.name
        );
    }
    let found = Found {
        description: format!(
            "Column {} ({}, {}) is not in the batch; {use_of_it}.",
            spec.name,
            spec.kind.title(),
            spec.role.title()
        ),
        n_rows: span.table.n_rows() as u64,
        examples: Vec::new(),
        hint,
    };
    let kind = AnomalyKind::SchemaMissingColumn;
    finding(kind, gravity(spec.role), Some(&spec.name), span.name, found)
}

/// `FEATURE_TYPE_NOT_PRESENT`: the column is there, without a single value. A batch without rows is judged by its size.
pub(super) fn without_values(column: &Column<'_>, environment: Environment) -> Option<Anomaly> {
    let spec = column.spec;
    if !spec.required
        || spec.min_fraction <= 0.0
        || column.n_rows() == 0
        || !is_expected(spec, environment)
    {
        return None;
    }
    Some(column.skewed(
        AnomalyKind::FeatureTypeNotPresent,
        Found {
            description: format!(
                "Column {} is empty: none of {} has a value.",
                spec.name,
                wording::rows(column.n_rows())
            ),
            n_rows: column.n_rows(),
            examples: Vec::new(),
            hint: format!(
                "See why the source delivers nothing. If that is allowed, set min_fraction = 0 for {} in the schema.",
                spec.name
            ),
        },
    ))
}

/// `FEATURE_TYPE_LOW_FRACTION_PRESENT`: fewer rows than expected have a value.
pub(super) fn low_fraction(column: &Column<'_>, environment: Environment) -> Option<Anomaly> {
    let spec = column.spec;
    let n_missing = column.data.n_missing() as u64;
    let share = column.n_present() as f64 / column.n_rows() as f64;
    if share >= spec.min_fraction || !is_expected(spec, environment) {
        return None;
    }
    Some(column.skewed(
        AnomalyKind::FeatureTypeLowFractionPresent,
        Found {
            description: format!(
                "Column {} has no value in {}; at least {} of the rows should have one.",
                spec.name,
                wording::rows_of(n_missing, column.n_rows()),
                wording::percent(spec.min_fraction)
            ),
            n_rows: n_missing,
            examples: Vec::new(),
            hint: format!(
                "See why values are missing. If so few are enough, lower min_fraction of {} in the schema.",
                spec.name
            ),
        },
    ))
}

fn is_expected(spec: &ColumnSpec, environment: Environment) -> bool {
    environment == Environment::Training || spec.role.exists_when_serving()
}

/// Up to five different values, in order of the rows, of the first hundred rows.
fn first_values(data: crate::data::ColumnData<'_>) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for text in (0..data.len().min(100)).filter_map(|row| data.text(row)) {
        if values.len() < super::values::MAX_EXAMPLES && !values.contains(&text) {
            values.push(text);
        }
    }
    values
}
