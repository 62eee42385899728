//! Types and domains of TensorFlow Data Validation's features: which of ours they are.

use super::InterchangeError;
use super::notes::{Notes, range};
use super::tfdv_export::{DAY, MOMENT};
use super::tree::{Field, Message};
use crate::domain::schema::{BooleanWords, ColumnSpec, ColumnType, Domain};
use std::collections::BTreeMap;

/// The domains that a schema names, by their names.
#[derive(Debug, Default)]
pub(super) struct Named<'a> {
    text: BTreeMap<String, &'a Field>,
    integer: BTreeMap<String, &'a Field>,
    real: BTreeMap<String, &'a Field>,
}

impl<'a> Named<'a> {
    /// Collects them.
    pub(super) fn of(schema: &'a Message) -> Result<Self, InterchangeError> {
        let collect = |kind: &'static str| -> Result<BTreeMap<String, &'a Field>, _> {
            let mut found = BTreeMap::new();
            for field in schema.fields.iter().filter(|f| f.name == kind) {
                let domain = field.message()?;
                match domain.text("name")? {
                    Some(name) => _ = found.insert(name, field),
                    None => return Err(field.place.error(format!("this {kind} has no name"))),
                }
            }
            Ok(found)
        };
        Ok(Self {
            text: collect("string_domain")?,
            integer: collect("int_domain")?,
            real: collect("float_domain")?,
        })
    }
}

/// The type of a column; `None` for what is no column.
pub(super) fn kind(
    feature: &Message,
    name: &str,
    notes: &mut Notes,
) -> Result<Option<ColumnType>, InterchangeError> {
    let has = |field: &str| feature.fields.iter().any(|f| f.name == field);
    let stated = match feature.one("type")? {
        Some(field) => stated_type(field)?,
        None => Stated::Unknown,
    };
    if has("bool_domain") && !matches!(stated, Stated::Struct) {
        return Ok(Some(ColumnType::Boolean));
    }
    Ok(Some(match stated {
        Stated::Struct => {
            notes.column(
                name,
                "a feature of type STRUCT: tables have no nested columns",
            );
            return Ok(None);
        }
        Stated::Integer => ColumnType::Integer,
        Stated::Real => ColumnType::Number,
        Stated::Text if has("int_domain") => {
            notes.column(
                name,
                "numbers as texts (BYTES with int_domain): taken for integers",
            );
            ColumnType::Integer
        }
        Stated::Text if has("float_domain") => {
            notes.column(
                name,
                "numbers as texts (BYTES with float_domain): taken for numbers",
            );
            ColumnType::Number
        }
        Stated::Text => text_or_time(feature, name, notes)?,
        Stated::Unknown if has("int_domain") => ColumnType::Integer,
        Stated::Unknown if has("float_domain") => ColumnType::Number,
        Stated::Unknown => {
            if !has("string_domain") && !has("domain") {
                notes.column(name, "no type is stated: taken for text");
            }
            ColumnType::Text
        }
    }))
}

enum Stated {
    Unknown,
    Text,
    Integer,
    Real,
    Struct,
}

fn stated_type(field: &Field) -> Result<Stated, InterchangeError> {
    Ok(match field.word()? {
        "TYPE_UNKNOWN" | "0" => Stated::Unknown,
        "BYTES" | "1" => Stated::Text,
        "INT" | "2" => Stated::Integer,
        "FLOAT" | "3" => Stated::Real,
        "STRUCT" | "4" => Stated::Struct,
        other => {
            let message = format!("{other} is no type; BYTES, INT, FLOAT or STRUCT is expected");
            return Err(field.place.error(message));
        }
    })
}

fn text_or_time(
    feature: &Message,
    name: &str,
    notes: &mut Notes,
) -> Result<ColumnType, InterchangeError> {
    let Some(time) = feature.inner("time_domain")? else {
        return Ok(ColumnType::Text);
    };
    let Some(form) = time.text("string_format")? else {
        return Ok(ColumnType::Text);
    };
    let has_hour = ["%H", "%I", "%T", "%R", "%s", "%c", "%X"];
    let kind = if has_hour.iter().any(|part| form.contains(part)) {
        ColumnType::Timestamp
    } else {
        ColumnType::Date
    };
    if form != DAY && form != MOMENT {
        let what = format!("form of dates {form}: reading finds the form itself");
        notes.column(name, what);
    }
    Ok(kind)
}

/// Sets the domain of a column, inline or by name.
pub(super) fn domain(
    feature: &Message,
    column: &mut ColumnSpec,
    named: &Named<'_>,
    notes: &mut Notes,
) -> Result<(), InterchangeError> {
    if let Some(words) = feature.inner("bool_domain")? {
        words.text("name")?;
        let pair = (words.text("true_value")?, words.text("false_value")?);
        column.constraints.boolean_words = match pair {
            (Some(yes), Some(no)) => Some(BooleanWords { yes, no }),
            (None, None) => None,
            _ => {
                notes.column(&column.name, "one word for truth values without the other");
                None
            }
        };
    }
    let reference = feature.one("domain")?;
    let mut found = [
        feature.inner("string_domain")?,
        feature.inner("int_domain")?,
        feature.inner("float_domain")?,
    ];
    if let Some(field) = reference {
        let name = field.text()?;
        let places = [&named.text, &named.integer, &named.real];
        let mut is_known = false;
        for (place, list) in found.iter_mut().zip(places) {
            if let Some(domain) = list.get(&name) {
                domain.mark();
                (*place, is_known) = (Some(domain.message()?), true);
            }
        }
        if !is_known {
            return Err(field.place.error(format!("no domain is named {name}")));
        }
    }
    let [text, integer, real] = found;
    let mut mass = 1.0;
    if let Some(distribution) = feature.inner("distribution_constraints")? {
        mass = distribution.real("min_domain_mass")?.unwrap_or(1.0);
    }
    if let Some(text) = text {
        listed(text, column, mass, notes)?;
    } else if mass < 1.0 {
        notes.column(
            &column.name,
            "min_domain_mass of a column without listed values",
        );
    }
    let numbers = match column.kind {
        ColumnType::Integer => {
            let (min, max) = match integer {
                Some(domain) => (
                    bound_of(domain, "min", &column.name, notes)?,
                    bound_of(domain, "max", &column.name, notes)?,
                ),
                None => (None, None),
            };
            column.domain = range(min, max);
            real
        }
        ColumnType::Number => {
            match (real, integer) {
                (None, Some(whole)) => {
                    let min = bound_of(whole, "min", &column.name, notes)?;
                    column.domain = range(min, bound_of(whole, "max", &column.name, notes)?);
                }
                _ => real_domain(real, column)?,
            }
            None
        }
        _ => real.or(integer),
    };
    if numbers.is_some() {
        let what = format!(
            "a domain of other numbers than those of type {}",
            column.kind.title()
        );
        notes.column(&column.name, what);
    }
    Ok(())
}

/// A bound of whole numbers as a real number; of those beyond 53 bits that is not exact.
fn bound_of(
    domain: &Message,
    which: &str,
    column: &str,
    notes: &mut Notes,
) -> Result<Option<f64>, InterchangeError> {
    domain.text("name")?;
    let Some(bound) = domain.integer(which)? else {
        return Ok(None);
    };
    let real = bound as f64;
    if real as i128 != i128::from(bound) {
        notes.column(
            column,
            format!("bound {bound} to the last digit: taken as {real}"),
        );
    }
    Ok(Some(real))
}

fn listed(
    domain: &Message,
    column: &mut ColumnSpec,
    min_domain_mass: f64,
    notes: &mut Notes,
) -> Result<(), InterchangeError> {
    domain.text("name")?;
    let mut values = domain.texts("value")?;
    values.sort();
    values.dedup();
    if column.kind != ColumnType::Text {
        let what = format!(
            "a list of texts for a column of type {}",
            column.kind.title()
        );
        notes.column(&column.name, what);
    } else if !values.is_empty() {
        column.domain = Some(Domain::Values {
            values,
            min_domain_mass,
        });
    }
    Ok(())
}

/// Bounds, and whether NaN and infinite values are welcome: in TensorFlow Data Validation they are unless forbidden.
fn real_domain(domain: Option<&Message>, column: &mut ColumnSpec) -> Result<(), InterchangeError> {
    let (mut no_nan, mut no_infinite) = (false, false);
    if let Some(domain) = domain {
        domain.text("name")?;
        column.domain = range(domain.real("min")?, domain.real("max")?);
        no_nan = domain.is_true("disallow_nan")?;
        no_infinite = domain.is_true("disallow_inf")?;
    }
    let is_bounded = column.domain.is_some();
    column.constraints.allow_nan = (no_nan != is_bounded).then_some(!no_nan);
    column.constraints.allow_infinite = (!no_infinite).then_some(true);
    Ok(())
}
