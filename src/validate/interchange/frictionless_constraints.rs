//! Constraints of a Table Schema's field as ours.

use super::InterchangeError;
use super::frictionless_import::wrong;
use super::notes::{Notes, range};
use crate::domain::schema::{ColumnSpec, ColumnType, Domain};
use serde_json::Value;

/// Sets what a field's `constraints` say.
pub(super) fn apply(
    value: &Value,
    path: &str,
    column: &mut ColumnSpec,
    notes: &mut Notes,
) -> Result<(), InterchangeError> {
    let Some(object) = value.as_object() else {
        return Err(wrong(path, "an object is expected"));
    };
    for (name, value) in object {
        let path = format!("{path}.{name}");
        match name.as_str() {
            "required" => {
                column.min_fraction = f64::from(u8::from(truth(value, &path)?));
            }
            "unique" => {
                let is_unique = truth(value, &path)?;
                column.constraints.min_unique_fraction = is_unique.then_some(1.0);
            }
            "minLength" if column.kind == ColumnType::Text => {
                column.constraints.min_length = Some(length(value, &path)?);
            }
            "maxLength" if column.kind == ColumnType::Text => {
                column.constraints.max_length = Some(length(value, &path)?);
            }
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
                bound(name, value, &path, column, notes)?;
            }
            "enum" => listed(value, &path, column, notes)?,
            _ => notes.column(&column.name, format!("constraint {name} {value}")),
        }
    }
    Ok(())
}

fn truth(value: &Value, path: &str) -> Result<bool, InterchangeError> {
    value
        .as_bool()
        .ok_or_else(|| wrong(path, "true or false is expected"))
}

fn length(value: &Value, path: &str) -> Result<u64, InterchangeError> {
    value
        .as_u64()
        .ok_or_else(|| wrong(path, "a number of characters is expected"))
}

/// A number, also one in quotes.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    }
}

/// Narrows the range of a column of numbers; an excluded bound becomes the next number within.
fn bound(
    name: &str,
    value: &Value,
    path: &str,
    column: &mut ColumnSpec,
    notes: &mut Notes,
) -> Result<(), InterchangeError> {
    if !column.kind.is_numeric() {
        let what = format!("constraint {name} {value}: bounds are those of numbers");
        notes.column(&column.name, what);
        return Ok(());
    }
    let Some(bound) = number(value).filter(|b| !b.is_nan()) else {
        return Err(wrong(path, "a number is expected"));
    };
    if column.kind == ColumnType::Integer
        && value
            .as_i64()
            .is_some_and(|v| bound as i128 != i128::from(v))
    {
        notes.column(
            &column.name,
            format!("{name} {value} to the last digit: taken as {bound}"),
        );
    }
    let is_whole = column.kind == ColumnType::Integer;
    let inner = match name {
        "exclusiveMinimum" if is_whole => bound.floor() + 1.0,
        "exclusiveMaximum" if is_whole => bound.ceil() - 1.0,
        "exclusiveMinimum" => bound.next_up(),
        "exclusiveMaximum" => bound.next_down(),
        _ => bound,
    };
    let (mut min, mut max) = match &column.domain {
        Some(Domain::Range { min, max }) => (*min, *max),
        _ => (None, None),
    };
    if name.ends_with("inimum") {
        min = Some(min.map_or(inner, |m| m.max(inner)));
    } else {
        max = Some(max.map_or(inner, |m| m.min(inner)));
    }
    column.domain = range(min, max);
    Ok(())
}

fn listed(
    value: &Value,
    path: &str,
    column: &mut ColumnSpec,
    notes: &mut Notes,
) -> Result<(), InterchangeError> {
    let Some(list) = value.as_array().filter(|l| !l.is_empty()) else {
        return Err(wrong(path, "a list of values is expected"));
    };
    let texts = list.iter().map(|v| v.as_str().map(str::to_owned)).collect();
    let Some(texts): Option<Vec<String>> = texts else {
        notes.column(
            &column.name,
            format!("constraint enum {value}: a list is of texts"),
        );
        return Ok(());
    };
    set(texts, "constraint enum", column, notes);
    Ok(())
}

/// Version 2's categories, texts or objects with a `value`: for texts the same as a list.
pub(super) fn categories(value: &Value, column: &mut ColumnSpec, notes: &mut Notes) {
    let of = |v: &Value| {
        let text = v
            .as_str()
            .or_else(|| v.get("value").and_then(Value::as_str));
        text.map(str::to_owned)
    };
    let texts: Option<Vec<String>> = value.as_array().and_then(|l| l.iter().map(of).collect());
    match texts {
        Some(texts) if !texts.is_empty() => set(texts, "categories", column, notes),
        _ => notes.column(
            &column.name,
            format!("categories {value}: a list is of texts"),
        ),
    }
}

/// Both an enumeration and categories must hold: then what is in both is allowed.
fn set(mut values: Vec<String>, what: &str, column: &mut ColumnSpec, notes: &mut Notes) {
    if column.kind != ColumnType::Text {
        let what = format!(
            "{what} {values:?} of a column of type {}",
            column.kind.title()
        );
        notes.column(&column.name, what);
        return;
    }
    values.sort();
    values.dedup();
    if let Some(Domain::Values { values: others, .. }) = &column.domain {
        values.retain(|v| others.contains(v));
    }
    column.domain = Some(Domain::Values {
        values,
        min_domain_mass: 1.0,
    });
}
