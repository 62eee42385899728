//! A schema from `tensorflow.metadata.v0.Schema` in text format, by the rules of TensorFlow Data Validation (TFDV).

use super::InterchangeError;
use super::notes::{Notes, blank, plain, role_of};
use super::text_format;
use super::tfdv_domains::{self, Named};
use super::tfdv_environments::{Environments, SERVING};
use super::tfdv_export::ROLE_TAG;
use super::tree::{Field, Message};
use crate::domain::schema::{
    ColumnSpec, DriftMeasure, DriftThreshold, Role, RowsComparator, Schema,
};

/// Reads a schema, and whether it says roles.
///
/// # Errors
/// If the text is not in the format, a value is of the wrong type, or a feature has no name or that of another.
pub(super) fn import(text: &str, notes: &mut Notes) -> Result<(Schema, bool), InterchangeError> {
    let file = text_format::parse(text)?;
    let domains = Named::of(&file)?;
    let environments = Environments::of(&file)?;
    let mut columns: Vec<ColumnSpec> = Vec::new();
    for field in file.all("feature") {
        let Some(column) = feature(field, &domains, &environments, notes)? else {
            continue;
        };
        if columns.iter().any(|c| c.name == column.name) {
            let message = format!("feature {} is there twice", column.name);
            return Err(field.place.error(message));
        }
        columns.push(column);
    }
    if columns.is_empty() {
        let place = file.fields.first().map(|f| f.place);
        let place = place.unwrap_or(super::tree::Place { line: 1, column: 1 });
        return Err(place.error("this is no schema: it has no feature that is a column"));
    }
    let mut schema = plain(columns);
    dataset(&file, &mut schema)?;
    let states_roles = has_roles(&file);
    if !states_roles {
        guess_target(&mut schema, notes);
    }
    file.unread_outside("feature", notes);
    Ok((schema, states_roles))
}

impl Message {
    /// Names what was not read, but for the fields of a name, whose inside is told by itself.
    fn unread_outside(&self, name: &str, notes: &mut Notes) {
        let others = self.fields.iter().filter(|f| f.name != name).cloned();
        let others = Self {
            fields: others.collect(),
        };
        others.unread(None, "", notes);
    }
}

fn dataset(file: &Message, schema: &mut Schema) -> Result<(), InterchangeError> {
    let Some(constraints) = file.inner("dataset_constraints")? else {
        return Ok(());
    };
    schema.min_rows = count(constraints, "min_examples_count")?;
    schema.max_rows = count(constraints, "max_examples_count")?;
    if let Some(comparator) = constraints.inner("num_examples_drift_comparator")? {
        schema.rows_comparator = Some(RowsComparator {
            min_fraction: comparator.real("min_fraction_threshold")?,
            max_fraction: comparator.real("max_fraction_threshold")?,
        });
    }
    Ok(())
}

/// A number that is not negative.
fn count(message: &Message, name: &str) -> Result<Option<u64>, InterchangeError> {
    let Some(field) = message.one(name)? else {
        return Ok(None);
    };
    let value = u64::try_from(field.integer()?);
    value
        .map(Some)
        .map_err(|_| field.place.error(format!("{name} is negative")))
}

/// Whether a feature's tag says its role.
fn has_roles(file: &Message) -> bool {
    file.all("feature").any(|f| {
        let message = f.message().ok();
        message.is_some_and(|m| matches!(role_tag(m, &mut Vec::new()), Ok(Some(_))))
    })
}

/// Without a word about roles, the one column that is not there when serving is what is predicted.
fn guess_target(schema: &mut Schema, notes: &mut Notes) {
    let absent = |c: &&mut ColumnSpec| c.role == Role::Feature && !c.is_in(SERVING);
    let mut all = schema.columns.iter_mut().filter(absent);
    if let (Some(target), None) = (all.next(), all.next()) {
        target.role = Role::Target;
        let names = &mut target.constraints.not_in_environment;
        names.retain(|n| !n.eq_ignore_ascii_case(SERVING));
        let what =
            "roles: this one column is not there when serving, so it is taken for the target";
        notes.column(&target.name, what);
    }
}

fn feature(
    field: &Field,
    domains: &Named,
    environments: &Environments,
    notes: &mut Notes,
) -> Result<Option<ColumnSpec>, InterchangeError> {
    let message = field.message()?;
    let Some(name) = message.text("name")? else {
        return Err(field.place.error("this feature has no name"));
    };
    let Some(kind) = tfdv_domains::kind(message, &name, notes)? else {
        return Ok(None);
    };
    let mut column = blank(&name, kind);
    let mut tags = Vec::new();
    column.role = role_tag(message, &mut tags)?.unwrap_or(Role::Feature);
    for tag in tags {
        notes.column(&name, format!("annotation tag {tag}"));
    }
    presence(message, &mut column)?;
    shape(message, &name, notes)?;
    tfdv_domains::domain(message, &mut column, domains, notes)?;
    if let Some(unique) = message.inner("unique_constraints")? {
        column.constraints.min_unique = count(unique, "min")?.filter(|n| *n > 0);
        let max = count(unique, "max")?;
        column.constraints.max_unique = max.filter(|n| *n < i64::MAX as u64);
    }
    comparators(message, &mut column)?;
    environments.apply(message, &mut column)?;
    lifecycle(message, &mut column, notes)?;
    message.unread(Some(&name), "", notes);
    Ok(Some(column))
}

/// The role that a tag says; other tags are put to `others`.
fn role_tag(feature: &Message, others: &mut Vec<String>) -> Result<Option<Role>, InterchangeError> {
    let Some(annotation) = feature.inner("annotation")? else {
        return Ok(None);
    };
    let mut found = None;
    for tag in annotation.texts("tag")? {
        match tag.strip_prefix(ROLE_TAG).and_then(role_of) {
            Some(role) => found = Some(role),
            None => others.push(tag),
        }
    }
    Ok(found)
}

fn presence(feature: &Message, column: &mut ColumnSpec) -> Result<(), InterchangeError> {
    let Some(presence) = feature.inner("presence")? else {
        return Ok(());
    };
    if let Some(field) = presence.one("min_fraction")? {
        column.min_fraction = field.real()?;
        if !(0.0..=1.0).contains(&column.min_fraction) {
            return Err(field.place.error("min_fraction must be between 0 and 1"));
        }
    }
    column.constraints.min_count = count(presence, "min_count")?.filter(|n| *n > 0);
    column.required = column.min_fraction > 0.0 || column.constraints.min_count.is_some();
    Ok(())
}

/// One value a row is what a table has.
fn shape(feature: &Message, name: &str, notes: &mut Notes) -> Result<(), InterchangeError> {
    if let Some(shape) = feature.inner("shape")? {
        let mut sizes = Vec::new();
        for dim in shape.all("dim") {
            sizes.push(dim.message()?.integer("size")?.unwrap_or(0));
        }
        if sizes.iter().any(|size| *size != 1) {
            notes.column(name, format!("shape {sizes:?}: a cell holds one value"));
        }
    }
    if let Some(counts) = feature.inner("value_count")? {
        let (min, max) = (counts.integer("min")?, counts.integer("max")?);
        if min.is_some_and(|n| n > 1) || max.is_some_and(|n| n != 1) {
            let word = |n: Option<i64>| n.map_or_else(|| "any".to_owned(), |n| n.to_string());
            let what = format!(
                "value_count from {} to {}: a cell holds one value",
                word(min),
                word(max)
            );
            notes.column(name, what);
        }
    }
    Ok(())
}

fn comparators(feature: &Message, column: &mut ColumnSpec) -> Result<(), InterchangeError> {
    if let Some(skew) = feature.inner("skew_comparator")? {
        column.constraints.skew = bounds(skew)?;
    }
    if let Some(drift) = feature.inner("drift_comparator")? {
        let mut bounds = bounds(drift)?.into_iter();
        column.drift = bounds.next();
        column.constraints.comparators = bounds.collect();
    }
    Ok(())
}

fn bounds(comparator: &Message) -> Result<Vec<DriftThreshold>, InterchangeError> {
    let mut found = Vec::new();
    for (field, measure) in [
        ("infinity_norm", DriftMeasure::LInfinity),
        ("jensen_shannon_divergence", DriftMeasure::JensenShannon),
        (
            "normalized_abs_difference",
            DriftMeasure::NormalizedAbsoluteDifference,
        ),
    ] {
        let Some(norm) = comparator.inner(field)? else {
            continue;
        };
        if let Some(threshold) = norm.real("threshold")? {
            found.push(DriftThreshold { measure, threshold });
        }
    }
    Ok(found)
}

/// Features of these stages TFDV does not check.
fn lifecycle(
    feature: &Message,
    column: &mut ColumnSpec,
    notes: &mut Notes,
) -> Result<(), InterchangeError> {
    let mut stage = match feature.one("lifecycle_stage")? {
        Some(field) => Some(field.word()?.to_owned()),
        None => None,
    };
    if feature.is_true("deprecated")? {
        stage = Some("DEPRECATED".to_owned());
    }
    let Some(stage) = stage else { return Ok(()) };
    let is_checked = matches!(
        stage.as_str(),
        "UNKNOWN_STAGE" | "BETA" | "PRODUCTION" | "0" | "3" | "4"
    );
    if is_checked {
        if !matches!(stage.as_str(), "UNKNOWN_STAGE" | "0") {
            notes.column(&column.name, format!("lifecycle stage {stage}"));
        }
        return Ok(());
    }
    *column = ColumnSpec {
        role: Role::Ignored,
        ..blank(&column.name, column.kind)
    };
    let what = format!(
        "lifecycle stage {stage}: TFDV does not check such a feature; it is an ignored column of which nothing is asked"
    );
    notes.column(&column.name, what);
    Ok(())
}
