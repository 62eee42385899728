//! A schema as `tensorflow.metadata.v0.Schema` in text format. Domains of texts are named in the schema and referred to,
//! as TensorFlow Data Validation (TFDV) writes them itself; what a number, day or truth value may be is inline.

use super::notes::{Notes, allows_nan, whole};
use super::text_format::Writer;
use super::tfdv_environments::{self as environments};
use crate::domain::schema::{
    ColumnSpec, ColumnType, Domain, DriftMeasure, DriftThreshold, RowsComparator, Schema,
};

/// Begins the tag of an annotation that says a column's role.
pub(super) const ROLE_TAG: &str = "role:";
/// Form of a day and of a moment, for `time_domain`.
pub(super) const DAY: &str = "%Y-%m-%d";
pub(super) const MOMENT: &str = "%Y-%m-%d %H:%M:%S";

/// Writes the schema.
pub(super) fn export(schema: &Schema, notes: &mut Notes) -> String {
    let mut w = Writer::default();
    for column in &schema.columns {
        w.message("feature", |w| feature(w, column, notes));
    }
    for column in &schema.columns {
        if let Some(Domain::Values { values, .. }) = listed(column) {
            w.message("string_domain", |w| {
                w.text("name", &column.name);
                for value in values {
                    w.text("value", value);
                }
            });
        }
    }
    for name in environments::defaults(schema) {
        w.text("default_environment", &name);
    }
    dataset(&mut w, schema);
    notes.ours_alone(schema);
    w.finish()
}

/// The list of values of a column of texts.
fn listed(column: &ColumnSpec) -> Option<&Domain> {
    let domain = column.domain.as_ref()?;
    let is_listed = matches!(domain, Domain::Values { .. }) && column.kind == ColumnType::Text;
    is_listed.then_some(domain)
}

fn dataset(w: &mut Writer, schema: &Schema) {
    let rows = (schema.min_rows, schema.max_rows, schema.rows_comparator);
    if rows == (None, None, None) {
        return;
    }
    w.message("dataset_constraints", |w| {
        if let Some(RowsComparator {
            min_fraction,
            max_fraction,
        }) = schema.rows_comparator
        {
            w.message("num_examples_drift_comparator", |w| {
                optional(w, "min_fraction_threshold", min_fraction);
                optional(w, "max_fraction_threshold", max_fraction);
            });
        }
        optional(w, "min_examples_count", schema.min_rows);
        optional(w, "max_examples_count", schema.max_rows);
    });
}

fn optional(w: &mut Writer, name: &str, value: Option<impl std::fmt::Display>) {
    if let Some(value) = value {
        w.bare(name, value);
    }
}

fn feature(w: &mut Writer, column: &ColumnSpec, notes: &mut Notes) {
    w.text("name", &column.name);
    let has_words = column.constraints.boolean_words.is_some();
    let kind = match column.kind {
        ColumnType::Boolean if has_words => "BYTES",
        ColumnType::Integer | ColumnType::Boolean => "INT",
        ColumnType::Number => "FLOAT",
        ColumnType::Text | ColumnType::Date | ColumnType::Timestamp => "BYTES",
    };
    w.bare("type", kind);
    presence(w, column, notes);
    domain(w, column, notes);
    unique(w, column, notes);
    comparators(w, column, notes);
    environments::export(w, column);
    let tag = format!("{ROLE_TAG}{}", column.role.title());
    w.message("annotation", |w| w.text("tag", &tag));
    unsaid(column, notes);
}

/// Presence, and that each row has one value. TFDV misses a column where one of both bounds is above zero.
fn presence(w: &mut Writer, column: &ColumnSpec, notes: &mut Notes) {
    let mut min_count = column.constraints.min_count;
    let fraction = column.min_fraction;
    let asks = fraction > 0.0 || min_count.is_some_and(|n| n > 0);
    if column.required && !asks {
        min_count = Some(1);
        notes.column(
            &column.name,
            "that a required column may be without any value: written as min_count 1",
        );
    }
    if !column.required && asks {
        let what =
            "smallest share or number of rows with a value: TFDV would then require the column";
        notes.column(&column.name, what);
    } else if column.required {
        w.message("presence", |w| {
            optional(w, "min_fraction", (fraction > 0.0).then_some(fraction));
            optional(w, "min_count", min_count);
        });
    }
    if column.required && fraction >= 1.0 {
        w.message("shape", |w| w.message("dim", |w| w.bare("size", 1)));
    } else {
        w.message("value_count", |w| {
            w.bare("min", 1);
            w.bare("max", 1);
        });
    }
}

fn domain(w: &mut Writer, column: &ColumnSpec, notes: &mut Notes) {
    let name = &column.name;
    match (column.kind, &column.domain) {
        (ColumnType::Boolean, _) => w.message("bool_domain", |w| {
            if let Some(words) = &column.constraints.boolean_words {
                w.text("true_value", &words.yes);
                w.text("false_value", &words.no);
            }
        }),
        (ColumnType::Date, _) => w.message("time_domain", |w| w.text("string_format", DAY)),
        (ColumnType::Timestamp, _) => {
            w.message("time_domain", |w| w.text("string_format", MOMENT));
        }
        (ColumnType::Integer, Some(Domain::Range { min, max })) => {
            let min = integer_bound(name, *min, true, notes);
            let max = integer_bound(name, *max, false, notes);
            if min.is_some() || max.is_some() {
                w.message("int_domain", |w| {
                    optional(w, "min", min);
                    optional(w, "max", max);
                });
            }
        }
        (ColumnType::Number, _) => real_domain(w, column, notes),
        _ => {}
    }
    match (&column.domain, column.kind) {
        (None, _) | (Some(Domain::Range { .. }), ColumnType::Integer | ColumnType::Number) => {}
        (
            Some(Domain::Values {
                min_domain_mass, ..
            }),
            ColumnType::Text,
        ) => {
            w.text("domain", name);
            if *min_domain_mass < 1.0 {
                w.message("distribution_constraints", |w| {
                    w.bare("min_domain_mass", min_domain_mass);
                });
            }
        }
        (Some(_), kind) => {
            let what = format!("values or bounds of a column of type {}", kind.title());
            notes.column(name, what);
        }
    }
}

fn integer_bound(name: &str, bound: Option<f64>, is_min: bool, notes: &mut Notes) -> Option<i64> {
    let bound = bound?;
    let rounded = whole(bound, is_min);
    match rounded {
        None => notes.column(name, format!("bound {bound}: it is no number of 53 bits")),
        Some(whole) if whole as f64 != bound => {
            let what = format!("bound {bound} of an integer column: written as {whole}");
            notes.column(name, what);
        }
        Some(_) => {}
    }
    rounded
}

fn real_domain(w: &mut Writer, column: &ColumnSpec, notes: &mut Notes) {
    let (min, max) = match &column.domain {
        Some(Domain::Range { min, max }) => (*min, *max),
        _ => (None, None),
    };
    let name = &column.name;
    let min = min.map(|bound| real_bound(name, bound, true, notes));
    let max = max.map(|bound| real_bound(name, bound, false, notes));
    let no_nan = !allows_nan(column);
    let no_infinite = column.constraints.allow_infinite != Some(true);
    if min.is_some() || max.is_some() || no_nan || no_infinite {
        w.message("float_domain", |w| {
            optional(w, "min", min);
            optional(w, "max", max);
            optional(w, "disallow_nan", no_nan.then_some(true));
            optional(w, "disallow_inf", no_infinite.then_some(true));
        });
    }
}

/// A bound as TFDV holds it, in 32 bits, rounded outwards.
fn real_bound(name: &str, bound: f64, is_min: bool, notes: &mut Notes) -> String {
    let mut near = bound as f32;
    let is_inside =
        |near: f32| (is_min && f64::from(near) > bound) || (!is_min && f64::from(near) < bound);
    if is_inside(near) {
        near = if is_min {
            near.next_down()
        } else {
            near.next_up()
        };
    }
    if near.is_infinite() {
        let word = if near > 0.0 { "inf" } else { "-inf" };
        if bound.is_finite() {
            notes.column(
                name,
                format!("bound {bound}: beyond 32-bit numbers, written as {word}"),
            );
        }
        return word.to_owned();
    }
    // All digits of the 32-bit number, so that whoever reads it in 64 bits has the same number.
    let written = f64::from(near);
    if written != bound {
        let what =
            format!("bound {bound} to the last digit: TFDV holds 32 bits, written as {written}");
        notes.column(name, what);
    }
    written.to_string()
}

fn unique(w: &mut Writer, column: &ColumnSpec, notes: &mut Notes) {
    let (min, max) = (column.constraints.min_unique, column.constraints.max_unique);
    if min.is_none() && max.is_none() {
        return;
    }
    if column.kind != ColumnType::Text {
        let what = "fewest or most different values: TFDV counts those of texts only";
        return notes.column(&column.name, what);
    }
    // TFDV takes an absent largest number for 0.
    w.message("unique_constraints", |w| {
        w.bare("min", min.unwrap_or(0));
        w.bare("max", max.unwrap_or(i64::MAX as u64));
    });
}

fn comparators(w: &mut Writer, column: &ColumnSpec, notes: &mut Notes) {
    let further = column.constraints.comparators.iter();
    let drift: Vec<DriftThreshold> = column.drift.iter().chain(further).copied().collect();
    let skew = column.constraints.skew.clone();
    for (name, bounds) in [("skew_comparator", skew), ("drift_comparator", drift)] {
        if !bounds.is_empty() {
            w.message(name, |w| comparator(w, &column.name, &bounds, notes));
        }
    }
}

/// The bounds of one comparator; of several by one measure the smallest, since all must hold.
fn comparator(w: &mut Writer, column: &str, bounds: &[DriftThreshold], notes: &mut Notes) {
    for (measure, field) in [
        (DriftMeasure::LInfinity, "infinity_norm"),
        (DriftMeasure::JensenShannon, "jensen_shannon_divergence"),
        (
            DriftMeasure::NormalizedAbsoluteDifference,
            "normalized_abs_difference",
        ),
    ] {
        let of_measure = bounds.iter().filter(|b| b.measure == measure);
        let mut all: Vec<f64> = of_measure.map(|b| b.threshold).collect();
        all.sort_by(f64::total_cmp);
        let Some((smallest, others)) = all.split_first() else {
            continue;
        };
        w.message(field, |w| w.bare("threshold", smallest));
        for other in others {
            let what = format!("a second, wider {} bound {other}", measure.title());
            notes.column(column, what);
        }
    }
}

/// What TFDV has no field for.
fn unsaid(column: &ColumnSpec, notes: &mut Notes) {
    let constraints = &column.constraints;
    let name = &column.name;
    if constraints.support.is_some() {
        let what =
            "how many rows the schema was inferred from: TFDV takes every bound to the letter";
        notes.column(name, what);
    }
    if let Some(fraction) = constraints.min_unique_fraction {
        notes.column(
            name,
            format!("smallest ratio of different values {fraction}"),
        );
    }
    if let Some(n) = constraints.min_length {
        notes.column(name, format!("fewest characters {n}"));
    }
    if let Some(n) = constraints.max_length {
        notes.column(name, format!("most characters {n}"));
    }
    if column.kind != ColumnType::Boolean && constraints.boolean_words.is_some() {
        notes.column(name, "words for true and false of a column of another type");
    }
    let is_real = column.kind == ColumnType::Number;
    if !is_real && (constraints.allow_nan.is_some() || constraints.allow_infinite.is_some()) {
        let what = "whether NaN and infinite values are allowed in a column without real numbers";
        notes.column(name, what);
    }
}
