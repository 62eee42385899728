//! Table Schema of Frictionless (datapackage.org/standard/table-schema, versions 1 and 2): JSON with a list of fields.

use super::{Carried, FormatError, note};
use crate::domain::anomaly::Severity;
use crate::domain::expectation::Expectation;
use crate::domain::schema::{ColumnSpec, ColumnType, Constraints, Domain, Role, Schema};
use serde_json::{Map, Value, json};

/// The property of ours that keeps a role; a descriptor may have properties that the standard does not know.
const ROLE: &str = "lockkeeper:role";

/// A schema as a descriptor.
pub(super) fn write(schema: &Schema) -> Carried<String> {
    let mut notes = Vec::new();
    let fields: Vec<Value> = schema
        .columns
        .iter()
        .map(|c| field(c, &mut notes))
        .collect();
    let mut descriptor = Map::new();
    descriptor.insert("fields".to_owned(), Value::Array(fields));
    let keys: Vec<&str> = schema
        .columns
        .iter()
        .filter(|c| c.role == Role::Key)
        .map(|c| c.name.as_str())
        .collect();
    if !keys.is_empty() {
        descriptor.insert("primaryKey".to_owned(), json!(keys));
    }
    for expectation in &schema.expectations {
        notes.push(format!(
            "The expectation {} ({}) is not carried: a Table Schema has no conditions over rows",
            expectation.name, expectation.expression
        ));
    }
    if schema.min_rows.is_some() || schema.max_rows.is_some() || schema.rows_comparator.is_some() {
        notes.push(
            "Bounds on the number of rows are not carried: a Table Schema has none".to_owned(),
        );
    }
    let mut text = serde_json::to_string_pretty(&Value::Object(descriptor)).unwrap_or_default();
    text.push('\n');
    Carried { value: text, notes }
}

fn field(column: &ColumnSpec, notes: &mut Vec<String>) -> Value {
    let asked = &column.constraints;
    let mut constraints = Map::new();
    if column.min_fraction >= 1.0 {
        constraints.insert("required".to_owned(), json!(true));
    } else if column.min_fraction > 0.0 {
        note(
            notes,
            &column.name,
            format!(
                "that {} % of the rows have a value is not carried: a value is required or not",
                column.min_fraction * 100.0
            ),
        );
    }
    if asked.min_unique_fraction == Some(1.0) {
        constraints.insert("unique".to_owned(), json!(true));
    }
    match &column.domain {
        Some(Domain::Range { min, max }) if column.kind.is_numeric() => {
            let number = |v: f64| match column.kind {
                ColumnType::Integer if v.fract() == 0.0 && v.abs() < 9e15 => json!(v as i64),
                _ => json!(v),
            };
            for (name, bound) in [("minimum", min), ("maximum", max)] {
                if let Some(bound) = bound {
                    constraints.insert(name.to_owned(), number(*bound));
                }
            }
        }
        Some(Domain::Values {
            values,
            min_domain_mass,
        }) if *min_domain_mass >= 1.0 => {
            constraints.insert("enum".to_owned(), json!(values));
        }
        Some(Domain::Values { .. }) => note(
            notes,
            &column.name,
            "its list of values is not carried: here a few others are allowed, an enum allows none",
        ),
        Some(Domain::Range { .. }) => note(notes, &column.name, "its bounds are not carried"),
        None => {}
    }
    for (name, bound) in [
        ("minLength", asked.min_length),
        ("maxLength", asked.max_length),
    ] {
        if let Some(bound) = bound {
            constraints.insert(name.to_owned(), json!(bound));
        }
    }
    if column.drift.is_some() || !asked.comparators.is_empty() || !asked.skew.is_empty() {
        note(
            notes,
            &column.name,
            "its bounds on drift are not carried: a Table Schema is about one table",
        );
    }
    let counts = [asked.min_count, asked.min_unique, asked.max_unique];
    if counts.iter().any(Option::is_some)
        || !asked.in_environment.is_empty()
        || !asked.not_in_environment.is_empty()
    {
        note(
            notes,
            &column.name,
            "bounds on counts and environments are not carried",
        );
    }
    let mut field = Map::new();
    field.insert("name".to_owned(), json!(column.name));
    let kind = match column.kind {
        ColumnType::Integer => "integer",
        ColumnType::Number => "number",
        ColumnType::Boolean => "boolean",
        ColumnType::Text => "string",
        ColumnType::Date => "date",
        ColumnType::Timestamp => "datetime",
    };
    field.insert("type".to_owned(), json!(kind));
    if column.kind == ColumnType::Timestamp {
        // Ours have a blank or a T between day and time.
        field.insert("format".to_owned(), json!("any"));
    }
    if !constraints.is_empty() {
        field.insert("constraints".to_owned(), Value::Object(constraints));
    }
    if column.role != Role::Feature {
        field.insert(ROLE.to_owned(), json!(column.role.title()));
    }
    Value::Object(field)
}

/// A schema from a descriptor.
pub(super) fn read(text: &str) -> Result<Carried<Schema>, FormatError> {
    let descriptor: Value = serde_json::from_str(text).map_err(|error| FormatError {
        line: error.line().max(1),
        column: error.column().max(1),
        message: format!("this is not JSON: {error}"),
    })?;
    let wrong = |message: String| FormatError::at(text, 0, message);
    let fields = descriptor.get("fields").and_then(Value::as_array);
    let fields = fields.ok_or_else(|| wrong("a Table Schema has a list of fields".to_owned()))?;
    let mut reader = Reader::default();
    let mut columns: Vec<ColumnSpec> = Vec::new();
    for (number, field) in fields.iter().enumerate() {
        let name = field.get("name").and_then(Value::as_str);
        let name = name.ok_or_else(|| wrong(format!("field {} has no name", number + 1)))?;
        if columns.iter().any(|c| c.name == name) {
            return Err(wrong(format!("there are two fields named {name:?}")));
        }
        columns.push(reader.column(name, field));
    }
    if columns.is_empty() {
        return Err(wrong("the Table Schema has no fields".to_owned()));
    }
    let keys = match descriptor.get("primaryKey") {
        Some(Value::String(key)) => vec![key.as_str()],
        Some(Value::Array(keys)) => keys.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for column in columns
        .iter_mut()
        .filter(|c| keys.contains(&c.name.as_str()))
    {
        column.role = Role::Key;
        column.min_fraction = 1.0;
        if keys.len() == 1 {
            column.constraints.min_unique_fraction = Some(1.0);
        }
    }
    if keys.len() > 1 {
        reader.notes.push(format!(
            "That {} together are unique is not carried",
            keys.join(" and ")
        ));
    }
    for property in ["foreignKeys", "uniqueKeys", "missingValues", "fieldsMatch"] {
        if descriptor.get(property).is_some() {
            reader.notes.push(match property {
                "missingValues" => "missingValues is not carried: which words mean \"no value\" is set when a file is imported".to_owned(),
                _ => format!("{property} is not carried"),
            });
        }
    }
    Ok(Carried {
        value: Schema {
            columns,
            min_rows: None,
            max_rows: None,
            rows_comparator: None,
            expectations: reader.expectations,
            ignored: Vec::new(),
        },
        notes: reader.notes,
    })
}

#[derive(Default)]
struct Reader {
    notes: Vec<String>,
    expectations: Vec<Expectation>,
}

impl Reader {
    fn column(&mut self, name: &str, field: &Value) -> ColumnSpec {
        let kind = self.kind(name, field);
        let none = Map::new();
        let asked = field
            .get("constraints")
            .and_then(Value::as_object)
            .unwrap_or(&none);
        let is = |property: &str| {
            asked
                .get(property)
                .and_then(Value::as_bool)
                .unwrap_or(false)
        };
        let count = |property: &str| asked.get(property).and_then(Value::as_u64);
        let constraints = Constraints {
            min_unique_fraction: is("unique").then_some(1.0),
            min_length: count("minLength"),
            max_length: count("maxLength"),
            ..Constraints::default()
        };
        for property in [
            "pattern",
            "jsonSchema",
            "exclusiveMinimum",
            "exclusiveMaximum",
        ] {
            if asked.contains_key(property) {
                note(
                    &mut self.notes,
                    name,
                    format!("the constraint {property} is not carried"),
                );
            }
        }
        for property in [
            "missingValues",
            "trueValues",
            "falseValues",
            "decimalChar",
            "groupChar",
            "bareNumber",
            "categories",
        ] {
            if field.get(property).is_some() {
                note(
                    &mut self.notes,
                    name,
                    format!(
                        "{property} is not carried: how values are written is settled when a file is imported"
                    ),
                );
            }
        }
        let title = field.get(ROLE).and_then(Value::as_str);
        let role = title.and_then(|title| Role::ALL.into_iter().find(|r| r.title() == title));
        ColumnSpec {
            name: name.to_owned(),
            kind,
            role: role.unwrap_or(Role::Feature),
            required: true,
            min_fraction: if is("required") { 1.0 } else { 0.0 },
            domain: self.domain(name, kind, asked),
            drift: None,
            constraints,
        }
    }

    fn kind(&mut self, name: &str, field: &Value) -> ColumnType {
        match field
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or("string")
        {
            "integer" | "year" => ColumnType::Integer,
            "number" => ColumnType::Number,
            "boolean" => ColumnType::Boolean,
            "date" => ColumnType::Date,
            "datetime" => ColumnType::Timestamp,
            "string" => ColumnType::Text,
            other => {
                note(
                    &mut self.notes,
                    name,
                    format!("the type {other} is read as text"),
                );
                ColumnType::Text
            }
        }
    }

    fn domain(
        &mut self,
        name: &str,
        kind: ColumnType,
        asked: &Map<String, Value>,
    ) -> Option<Domain> {
        let listed = asked.get("enum").and_then(Value::as_array);
        if let Some(values) = listed {
            if kind == ColumnType::Text {
                let mut values: Vec<String> = values
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect();
                values.sort();
                return Some(Domain::Values {
                    values,
                    min_domain_mass: 1.0,
                });
            }
            self.expect(name, kind, "in", &Value::Array(values.clone()));
        }
        let bounds = [asked.get("minimum"), asked.get("maximum")];
        if kind.is_numeric() {
            let [min, max] = bounds.map(|bound| bound.and_then(real));
            return (min.is_some() || max.is_some()).then_some(Domain::Range { min, max });
        }
        for (how, bound) in [(">=", bounds[0]), ("<=", bounds[1])] {
            if let Some(bound) = bound {
                self.expect(name, kind, how, bound);
            }
        }
        None
    }

    /// What a domain cannot say becomes an expectation.
    fn expect(&mut self, name: &str, kind: ColumnType, how: &str, value: &Value) {
        let literal = |value: &Value| {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            match kind {
                ColumnType::Date => format!("date '{text}'"),
                ColumnType::Timestamp => format!(
                    "timestamp '{}'",
                    text.replace('T', " ").trim_end_matches('Z')
                ),
                ColumnType::Text => format!("'{}'", text.replace('\'', "''")),
                _ => text,
            }
        };
        let right = match value {
            Value::Array(values) => format!(
                "({})",
                values.iter().map(literal).collect::<Vec<_>>().join(", ")
            ),
            one => literal(one),
        };
        self.expectations.push(Expectation {
            name: format!("{name} {how} {}", right.replace('\'', "")),
            expression: format!("{} {how} {right}", crate::data::expression::quoted(name)),
            min_fraction: 1.0,
            severity: Severity::Error,
            description: "From a Table Schema.".to_owned(),
        });
    }
}

fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
