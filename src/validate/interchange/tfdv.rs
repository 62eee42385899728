//! Writing a schema as TensorFlow Data Validation keeps it: `tensorflow.metadata.v0.Schema` (tensorflow_metadata,
//! proto/v0/schema.proto) in protobuf's text format. TFDV has no roles: they stand in annotations, which TFDV keeps and
//! does not read. Reading is left to `tfdv_reading`.

use super::text_format::Writer;
use super::{Carried, note};
use crate::domain::schema::{
    ColumnSpec, ColumnType, Domain, DriftMeasure, DriftThreshold, Role, Schema,
};

/// Fields of the message.
pub(super) const FIELDS: [&str; 10] = [
    "feature",
    "sparse_feature",
    "weighted_feature",
    "string_domain",
    "float_domain",
    "int_domain",
    "default_environment",
    "annotation",
    "dataset_constraints",
    "tensor_representation_group",
];

/// In front of a role in an annotation.
pub(super) const ROLE_TAG: &str = "lockkeeper.role=";
/// In front of the number of rows that a column was inferred from.
pub(super) const SUPPORT_TAG: &str = "lockkeeper.support=";
/// How days are written, and how moments are.
pub(super) const DAY_FORMAT: &str = "%Y-%m-%d";
pub(super) const MOMENT_FORMAT: &str = "%Y-%m-%dT%H:%M:%S";

/// A schema in TFDV's words.
pub(super) fn write(schema: &Schema) -> Carried<String> {
    let mut notes = Vec::new();
    let mut writer = Writer::default();
    for column in &schema.columns {
        writer.message("feature", |w| feature(w, column, &mut notes));
    }
    writer.quote("default_environment", "TRAINING");
    writer.quote("default_environment", "SERVING");
    let comparator = schema.rows_comparator;
    if schema.min_rows.is_some() || schema.max_rows.is_some() || comparator.is_some() {
        writer.message("dataset_constraints", |w| {
            if let Some(comparator) = comparator {
                w.message("num_examples_drift_comparator", |w| {
                    if let Some(fraction) = comparator.min_fraction {
                        w.word("min_fraction_threshold", fraction);
                    }
                    if let Some(fraction) = comparator.max_fraction {
                        w.word("max_fraction_threshold", fraction);
                    }
                });
            }
            if let Some(n) = schema.min_rows {
                w.word("min_examples_count", n);
            }
            if let Some(n) = schema.max_rows {
                w.word("max_examples_count", n);
            }
        });
    }
    for expectation in &schema.expectations {
        notes.push(format!(
            "The expectation {} ({}) is not carried: TFDV has no conditions over rows",
            expectation.name, expectation.expression
        ));
    }
    if !schema.ignored.is_empty() {
        notes.push(format!(
            "{} ignored findings are not carried: they belong to batches, not to the schema",
            schema.ignored.len()
        ));
    }
    Carried {
        value: writer.text,
        notes,
    }
}

fn feature(w: &mut Writer, column: &ColumnSpec, notes: &mut Vec<String>) {
    let constraints = &column.constraints;
    w.quote("name", &column.name);
    w.word(
        "type",
        match column.kind {
            ColumnType::Integer | ColumnType::Boolean => "INT",
            ColumnType::Number => "FLOAT",
            ColumnType::Text | ColumnType::Date | ColumnType::Timestamp => "BYTES",
        },
    );
    if column.required || column.min_fraction > 0.0 || constraints.min_count.is_some() {
        w.message("presence", |w| {
            if column.min_fraction > 0.0 {
                w.word("min_fraction", column.min_fraction);
            }
            let least = u64::from(column.required);
            w.word("min_count", constraints.min_count.unwrap_or(0).max(least));
        });
    }
    if column.required && column.min_fraction >= 1.0 {
        // A value in every row.
        w.message("shape", |w| w.message("dim", |w| w.word("size", 1)));
    } else {
        w.message("value_count", |w| {
            w.word("min", 1);
            w.word("max", 1);
        });
    }
    domain(w, column, notes);
    if constraints.min_unique.is_some() || constraints.max_unique.is_some() {
        w.message("unique_constraints", |w| {
            if let Some(n) = constraints.min_unique {
                w.word("min", n);
            }
            if let Some(n) = constraints.max_unique {
                w.word("max", n);
            }
        });
    }
    let drift: Vec<DriftThreshold> = column
        .drift
        .into_iter()
        .chain(constraints.comparators.iter().copied())
        .collect();
    comparator(w, "drift_comparator", &drift);
    comparator(w, "skew_comparator", &constraints.skew);
    for name in &constraints.in_environment {
        w.quote("in_environment", &name.to_uppercase());
    }
    let mut absent: Vec<String> = constraints
        .not_in_environment
        .iter()
        .map(|name| name.to_uppercase())
        .collect();
    if !column.is_in("serving") && !absent.iter().any(|name| name == "SERVING") {
        absent.push("SERVING".to_owned());
    }
    for name in &absent {
        w.quote("not_in_environment", name);
    }
    if column.role != Role::Feature || constraints.support.is_some() {
        w.message("annotation", |w| {
            if column.role != Role::Feature {
                w.quote("tag", &format!("{ROLE_TAG}{}", column.role.title()));
            }
            if let Some(n) = constraints.support {
                w.quote("tag", &format!("{SUPPORT_TAG}{n}"));
            }
        });
    }
    if constraints.min_unique_fraction.is_some() {
        note(
            notes,
            &column.name,
            "that values do not repeat is not carried: TFDV counts different values and has no share of them",
        );
    }
    if constraints.min_length.is_some() || constraints.max_length.is_some() {
        note(
            notes,
            &column.name,
            "bounds on the length of texts are not carried: TFDV has none",
        );
    }
}

fn domain(w: &mut Writer, column: &ColumnSpec, notes: &mut Vec<String>) {
    let constraints = &column.constraints;
    match (column.kind, &column.domain) {
        (ColumnType::Integer, Some(Domain::Range { min, max })) => w.message("int_domain", |w| {
            if let Some(min) = min {
                w.word("min", min.ceil() as i64);
            }
            if let Some(max) = max {
                w.word("max", max.floor() as i64);
            }
        }),
        (ColumnType::Number, domain) => {
            let (min, max) = match domain {
                Some(Domain::Range { min, max }) => (*min, *max),
                _ => (None, None),
            };
            let has_bounds = min.is_some() || max.is_some();
            w.message("float_domain", |w| {
                if let Some(min) = min {
                    w.word("min", real(min));
                }
                if let Some(max) = max {
                    w.word("max", real(max));
                }
                // By default NaN is allowed where there are no bounds, and infinite values are not.
                if !constraints.allow_nan.unwrap_or(!has_bounds) {
                    w.word("disallow_nan", true);
                }
                if !constraints.allow_infinite.unwrap_or(false) {
                    w.word("disallow_inf", true);
                }
            });
            if matches!(domain, Some(Domain::Values { .. })) {
                note(notes, &column.name, "a list of real numbers is not carried");
            }
        }
        (ColumnType::Boolean, domain) => {
            w.message("bool_domain", |w| w.quote("name", &column.name));
            if domain.is_some() {
                note(
                    notes,
                    &column.name,
                    "the domain of truth values is not carried",
                );
            }
        }
        (
            ColumnType::Text,
            Some(Domain::Values {
                values,
                min_domain_mass,
            }),
        ) => {
            w.message("string_domain", |w| {
                w.quote("name", &column.name);
                for value in values {
                    w.quote("value", value);
                }
            });
            if *min_domain_mass < 1.0 {
                w.message("distribution_constraints", |w| {
                    w.word("min_domain_mass", min_domain_mass);
                });
            }
        }
        (ColumnType::Text, None) if constraints.boolean_words.is_some() => {
            if let Some(words) = &constraints.boolean_words {
                w.message("bool_domain", |w| {
                    w.quote("name", &column.name);
                    w.quote("true_value", &words.yes);
                    w.quote("false_value", &words.no);
                });
            }
        }
        (ColumnType::Date | ColumnType::Timestamp, domain) => {
            let format = match column.kind {
                ColumnType::Date => DAY_FORMAT,
                _ => MOMENT_FORMAT,
            };
            w.message("time_domain", |w| w.quote("string_format", format));
            if domain.is_some() {
                note(
                    notes,
                    &column.name,
                    "the domain of days and moments is not carried: TFDV has none",
                );
            }
        }
        (_, Some(_)) => note(
            notes,
            &column.name,
            "its domain is not carried: TFDV has none for its type",
        ),
        (_, None) => {}
    }
}

/// A number that is read back as the same real number.
fn real(value: f64) -> String {
    match value {
        v if v.is_nan() => "nan".to_owned(),
        f64::INFINITY => "inf".to_owned(),
        f64::NEG_INFINITY => "-inf".to_owned(),
        v => format!("{v:?}"),
    }
}

fn comparator(w: &mut Writer, name: &str, thresholds: &[DriftThreshold]) {
    if thresholds.is_empty() {
        return;
    }
    w.message(name, |w| {
        for threshold in thresholds {
            let measure = match threshold.measure {
                DriftMeasure::LInfinity => "infinity_norm",
                DriftMeasure::JensenShannon => "jensen_shannon_divergence",
                DriftMeasure::NormalizedAbsoluteDifference => "normalized_abs_difference",
            };
            w.message(measure, |w| w.word("threshold", threshold.threshold));
        }
    });
}
