//! A schema as a Table Schema of the Data Package standard (Frictionless), as versions 1 and 2 both read it.

use super::notes::{EXACT, Notes, allows_nan, whole};
use crate::domain::schema::{ColumnSpec, ColumnType, Domain, Role, Schema};
use serde_json::{Map, Value, json};

/// The profile of version 2.
const PROFILE: &str = "https://datapackage.org/profiles/2.0/tableschema.json";
/// The property in which a field says its role; the standard lets descriptors have properties of others.
pub(super) const ROLE: &str = "role";

/// Writes the schema.
pub(super) fn export(schema: &Schema, notes: &mut Notes) -> String {
    let fields: Vec<Value> = schema.columns.iter().map(|c| field(c, notes)).collect();
    let mut descriptor = Map::new();
    descriptor.insert("$schema".to_owned(), json!(PROFILE));
    descriptor.insert("fields".to_owned(), Value::Array(fields));
    // All fields in any order; or, where a column may be absent, no others than these.
    let are_all_required = schema.columns.iter().all(|c| c.required);
    let rule = if are_all_required {
        "equal"
    } else {
        "superset"
    };
    if !are_all_required {
        for column in schema.columns.iter().filter(|c| c.required) {
            let what = "that the column is required: with an optional one beside it every column may be absent";
            notes.column(&column.name, what);
        }
    }
    descriptor.insert("fieldsMatch".to_owned(), json!(rule));
    descriptor.insert("missingValues".to_owned(), json!([""]));
    let is_key = |c: &&ColumnSpec| c.role == Role::Key && is_unique(c) && c.min_fraction >= 1.0;
    let keys: Vec<&str> = schema
        .columns
        .iter()
        .filter(is_key)
        .map(|c| c.name.as_str())
        .collect();
    if let [key] = keys.as_slice() {
        descriptor.insert("primaryKey".to_owned(), json!([key]));
    }
    of_table(schema, notes);
    let mut text = serde_json::to_string_pretty(&Value::Object(descriptor)).unwrap_or_default();
    text.push('\n');
    text
}

fn is_unique(column: &ColumnSpec) -> bool {
    column
        .constraints
        .min_unique_fraction
        .is_some_and(|f| f >= 1.0)
}

fn of_table(schema: &Schema, notes: &mut Notes) {
    if let Some(n) = schema.min_rows {
        notes.schema(format!("fewest rows {n}"));
    }
    if let Some(n) = schema.max_rows {
        notes.schema(format!("most rows {n}"));
    }
    if schema.rows_comparator.is_some() {
        notes.schema("how the number of rows may differ from the batch before");
    }
    notes.ours_alone(schema);
}

/// Table Schema's name of a type.
pub(crate) fn type_of(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "integer",
        ColumnType::Number => "number",
        ColumnType::Boolean => "boolean",
        ColumnType::Text => "string",
        ColumnType::Date => "date",
        ColumnType::Timestamp => "datetime",
    }
}

fn field(column: &ColumnSpec, notes: &mut Notes) -> Value {
    let mut field = Map::new();
    field.insert("name".to_owned(), json!(column.name));
    field.insert("type".to_owned(), json!(type_of(column.kind)));
    if column.kind == ColumnType::Timestamp {
        // The default form wants a T and a time zone, which moments of ours do not have.
        field.insert("format".to_owned(), json!("any"));
    }
    match (&column.constraints.boolean_words, column.kind) {
        (Some(words), ColumnType::Boolean) => {
            field.insert("trueValues".to_owned(), json!([words.yes]));
            field.insert("falseValues".to_owned(), json!([words.no]));
        }
        (Some(_), _) => notes.column(
            &column.name,
            "words for true and false of a column of another type",
        ),
        (None, _) => {}
    }
    let constraints = constraints(column, notes);
    if !constraints.is_empty() {
        field.insert("constraints".to_owned(), Value::Object(constraints));
    }
    field.insert(ROLE.to_owned(), json!(column.role.title()));
    unsaid(column, notes);
    Value::Object(field)
}

fn constraints(column: &ColumnSpec, notes: &mut Notes) -> Map<String, Value> {
    let mut out = Map::new();
    let mut add = |name: &str, value: Value| _ = out.insert(name.to_owned(), value);
    if column.min_fraction >= 1.0 {
        add("required", json!(true));
    }
    if is_unique(column) {
        add("unique", json!(true));
    }
    let is_text = column.kind == ColumnType::Text;
    let lengths = [
        ("minLength", column.constraints.min_length),
        ("maxLength", column.constraints.max_length),
    ];
    for (name, length) in lengths {
        match length {
            Some(n) if is_text => add(name, json!(n)),
            Some(n) => notes.column(
                &column.name,
                format!("{name} {n} of a column without texts"),
            ),
            None => {}
        }
    }
    match &column.domain {
        Some(Domain::Values {
            values,
            min_domain_mass,
        }) if is_text => {
            if *min_domain_mass >= 1.0 && !values.is_empty() {
                add("enum", json!(values));
            } else {
                let what = format!(
                    "listed values of which {min_domain_mass} of the rows must be: all or none can be said"
                );
                notes.column(&column.name, what);
            }
        }
        Some(Domain::Range { min, max }) if column.kind.is_numeric() => {
            for (name, bound) in [("minimum", *min), ("maximum", *max)] {
                if let Some(value) = bound.and_then(|b| self::bound(column, name, b, notes)) {
                    add(name, value);
                }
            }
        }
        Some(_) => {
            let what = format!(
                "values or bounds of a column of type {}",
                column.kind.title()
            );
            notes.column(&column.name, what);
        }
        None => {}
    }
    out
}

fn bound(column: &ColumnSpec, name: &str, bound: f64, notes: &mut Notes) -> Option<Value> {
    if !bound.is_finite() {
        notes.column(
            &column.name,
            format!("{name} {bound}: JSON has no such number"),
        );
        return None;
    }
    if column.kind == ColumnType::Number {
        let is_short =
            bound.fract() == 0.0 && bound.abs() < EXACT && bound.to_bits() != (-0.0_f64).to_bits();
        return Some(if is_short {
            json!(bound as i64)
        } else {
            json!(bound)
        });
    }
    let Some(rounded) = whole(bound, name == "minimum") else {
        notes.column(
            &column.name,
            format!("{name} {bound}: it is no number of 53 bits"),
        );
        return None;
    };
    if rounded as f64 != bound {
        let what = format!("{name} {bound} of an integer column: written as {rounded}");
        notes.column(&column.name, what);
    }
    Some(json!(rounded))
}

/// What the standard has no property for.
fn unsaid(column: &ColumnSpec, notes: &mut Notes) {
    let (constraints, name) = (&column.constraints, &column.name);
    let mut note = |is_said: bool, what: &str| {
        if is_said {
            notes.column(name, what);
        }
    };
    let fraction = column.min_fraction;
    note(
        fraction > 0.0 && fraction < 1.0,
        &format!("smallest share of rows with a value {fraction}: all or none can be said"),
    );
    note(constraints.min_count.is_some(), "fewest rows with a value");
    note(
        constraints.min_unique.is_some() || constraints.max_unique.is_some(),
        "fewest or most different values",
    );
    note(
        constraints.min_unique_fraction.is_some_and(|f| f < 1.0),
        "smallest ratio of different values",
    );
    note(
        constraints.support.is_some(),
        "how many rows the schema was inferred from: every bound is taken to the letter",
    );
    note(
        column.drift.is_some() || !constraints.comparators.is_empty(),
        "drift bounds",
    );
    note(!constraints.skew.is_empty(), "skew bounds");
    note(
        !constraints.in_environment.is_empty() || !constraints.not_in_environment.is_empty(),
        "environments",
    );
    let is_real = column.kind == ColumnType::Number;
    let is_bounded = matches!(column.domain, Some(Domain::Range { .. }));
    note(
        is_real && allows_nan(column) == is_bounded,
        "whether NaN is allowed",
    );
    note(
        is_real && constraints.allow_infinite != Some(true),
        "that infinite values are not allowed",
    );
    note(
        !is_real && (constraints.allow_nan.is_some() || constraints.allow_infinite.is_some()),
        "whether NaN and infinite values are allowed in a column without real numbers",
    );
}
