//! What is there at all: rows, columns, values. What the values are is left to `types` and `values`.

use super::check::{Column, Environment, Found, Span, finding, gravity, with_widened};
use super::distance::is_beyond_chance;
use super::wording;
use crate::domain::anomaly::{Anomaly, AnomalyAnswer, AnomalyKind, Severity};
use crate::domain::near::near_matches;
use crate::domain::schema::{ColumnSpec, Constraints, Role, Schema};

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
        let anomaly = finding(kind, Severity::Error, None, span.name, found);
        return Some(with_rows(anomaly, Some(n_rows), schema.max_rows));
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
    let anomaly = finding(kind, Severity::Info, None, span.name, found);
    Some(with_rows(anomaly, schema.min_rows, Some(n_rows)))
}

fn with_rows(mut anomaly: Anomaly, min_rows: Option<u64>, max_rows: Option<u64>) -> Anomaly {
    anomaly
        .answers
        .insert(1, AnomalyAnswer::WidenRows { min_rows, max_rows });
    anomaly
}

/// `COMPARATOR_LOW_NUM_EXAMPLES` and `COMPARATOR_HIGH_NUM_EXAMPLES`: the newest batch beside the one before.
pub(super) fn compared_size(schema: &Schema, spans: &[Span<'_>]) -> Option<Anomaly> {
    let bounds = schema.rows_comparator?;
    let [.., before, newest] = spans else {
        return None;
    };
    let (n_before, n_rows) = (before.table.n_rows() as u64, newest.table.n_rows() as u64);
    if n_before == 0 || n_rows == 0 {
        return None;
    }
    let ratio = n_rows as f64 / n_before as f64;
    let (kind, severity, bound) = if bounds.min_fraction.is_some_and(|min| ratio < min) {
        let bound = bounds.min_fraction.unwrap_or_default();
        (
            AnomalyKind::ComparatorLowNumExamples,
            Severity::Error,
            format!("at least {bound}"),
        )
    } else if bounds.max_fraction.is_some_and(|max| ratio > max) {
        let bound = bounds.max_fraction.unwrap_or_default();
        (
            AnomalyKind::ComparatorHighNumExamples,
            Severity::Info,
            format!("at most {bound}"),
        )
    } else {
        return None;
    };
    let found = Found {
        description: format!(
            "The batch has {}, the one before has {}: that is {} times as many, {bound} times are expected.",
            wording::rows(n_rows),
            wording::count(n_before),
            wording::number(ratio)
        ),
        n_rows,
        examples: Vec::new(),
        hint: "See whether the file is complete and no row is in it twice. If batches may differ this much, change the \
               comparator of rows in the schema."
            .to_owned(),
    };
    Some(finding(kind, severity, None, newest.name, found))
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
        let anomaly = finding(kind, Severity::Error, Some(name), span.name, found);
        let added = ColumnSpec {
            name: name.clone(),
            kind: data.column_type(),
            role: Role::Ignored,
            required: false,
            min_fraction: 0.0,
            domain: None,
            drift: None,
            constraints: Constraints::default(),
        };
        anomalies.push(with_widened(anomaly, added));
    }
    anomalies
}

/// `SCHEMA_MISSING_COLUMN`: a required column is not in the batch.
pub(super) fn missing_column(spec: &ColumnSpec, span: &Span<'_>) -> Anomaly {
    let use_of_it = match spec.role {
        Role::Target => "it is what the models predict",
        Role::Feature | Role::Time => "models read it",
        Role::Key => "it identifies the rows",
        Role::Group => "it says which rows belong together",
        Role::Weight => "it weighs the rows",
        Role::Sensitive => "models are judged by it",
        Role::Leaks | Role::Ignored => "no model uses it",
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
    let anomaly = finding(kind, gravity(spec.role), Some(&spec.name), span.name, found);
    with_widened(
        anomaly,
        ColumnSpec {
            required: false,
            ..spec.clone()
        },
    )
}

/// `FEATURE_TYPE_NOT_PRESENT`: the column is there, without a single value. A batch without rows is judged by its size.
pub(super) fn without_values(column: &Column<'_>, environment: Environment) -> Option<Anomaly> {
    let spec = column.spec;
    if !spec.required
        || (spec.min_fraction <= 0.0 && spec.constraints.min_count.unwrap_or(0) == 0)
        || column.n_rows() == 0
        || !is_expected(spec, environment)
        || !is_missing_surprising(column, column.n_rows())
    {
        return None;
    }
    let widened = ColumnSpec {
        min_fraction: 0.0,
        constraints: Constraints {
            min_count: None,
            ..spec.constraints.clone()
        },
        ..spec.clone()
    };
    let anomaly = column.skewed(
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
    );
    Some(with_widened(anomaly, widened))
}

/// Whether so many missing values are more than chance, in a small batch beside a spec inferred from `support` rows. The
/// bound allows for chance in a batch of as many rows as that; a smaller one scatters more.
fn is_missing_surprising(column: &Column<'_>, n_missing: u64) -> bool {
    let Some(support) = column.spec.constraints.support else {
        return true;
    };
    let n_rows = column.n_rows();
    if n_rows >= support {
        return true;
    }
    let bound = column.spec.min_fraction.clamp(0.0, 1.0);
    let share = 1.0 - n_missing as f64 / n_rows as f64;
    let error = ((bound * (1.0 - bound)).max(0.01) / n_rows as f64).sqrt();
    share < bound - 3.0 * error
        || (bound <= 0.0 && is_beyond_chance(n_missing, n_rows, support, 1e-3))
}

/// `FEATURE_TYPE_LOW_NUMBER_PRESENT`: fewer values than expected, counted.
pub(super) fn low_number(column: &Column<'_>, environment: Environment) -> Option<Anomaly> {
    let spec = column.spec;
    let n_present = column.n_present();
    let min = spec.constraints.min_count.filter(|min| n_present < *min)?;
    if !is_expected(spec, environment) {
        return None;
    }
    let found = Found {
        description: format!(
            "Column {} has a value in {}; at least {} should have one.",
            spec.name,
            wording::rows_of(n_present, column.n_rows()),
            wording::count(min)
        ),
        n_rows: column.n_rows() - n_present,
        examples: Vec::new(),
        hint: format!(
            "See why values are missing. If so few are enough, lower min_count of {} in the schema.",
            spec.name
        ),
    };
    let widened = ColumnSpec {
        constraints: Constraints {
            min_count: Some(n_present),
            ..spec.constraints.clone()
        },
        ..spec.clone()
    };
    let anomaly = column.skewed(AnomalyKind::FeatureTypeLowNumberPresent, found);
    Some(with_widened(anomaly, widened))
}

/// `FEATURE_TYPE_LOW_FRACTION_PRESENT`: fewer rows than expected have a value.
pub(super) fn low_fraction(column: &Column<'_>, environment: Environment) -> Option<Anomaly> {
    let spec = column.spec;
    let n_missing = column.data.n_missing() as u64;
    let share = column.n_present() as f64 / column.n_rows() as f64;
    if share >= spec.min_fraction
        || !is_expected(spec, environment)
        || !is_missing_surprising(column, n_missing)
    {
        return None;
    }
    let anomaly = column.skewed(
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
    );
    let widened = ColumnSpec {
        min_fraction: (share * 1000.0).floor() / 1000.0,
        ..spec.clone()
    };
    let rows: Vec<u64> = (0..column.data.len())
        .filter(|row| column.data.is_missing(*row))
        .take(super::values::MAX_EXAMPLES)
        .map(|row| row as u64 + 1)
        .collect();
    Some(Anomaly {
        rows,
        ..with_widened(anomaly, widened)
    })
}

fn is_expected(spec: &ColumnSpec, environment: Environment) -> bool {
    spec.is_in(environment.name())
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
