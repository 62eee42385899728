//! Whether a schema contradicts itself, whatever the data: TFDV's `INVALID_SCHEMA_SPECIFICATION`,
//! `INVALID_DOMAIN_SPECIFICATION`, `DOMAIN_INVALID_FOR_TYPE` and `FEATURE_MISSING_NAME`. Comparing data with it is left to
//! the other families.

use super::check::{Found, finding};
use crate::domain::anomaly::{Anomaly, AnomalyKind, Severity};
use crate::domain::schema::{ColumnSpec, ColumnType, Domain, Schema};
use std::collections::BTreeSet;

/// All contradictions, in the order of the columns.
pub(super) fn contradictions(schema: &Schema) -> Vec<Anomaly> {
    let mut anomalies = Vec::new();
    let mut names = BTreeSet::new();
    for (position, spec) in schema.columns.iter().enumerate() {
        if spec.name.is_empty() {
            anomalies.push(contradiction(
                AnomalyKind::FeatureMissingName,
                None,
                format!("Column {} of the schema has no name.", position + 1),
            ));
        } else if !names.insert(spec.name.as_str()) {
            let what = format!("Column {} stands twice in the schema.", spec.name);
            let kind = AnomalyKind::InvalidSchemaSpecification;
            anomalies.push(contradiction(kind, Some(&spec.name), what));
        }
        anomalies.extend(of_column(spec));
    }
    if let (Some(min), Some(max)) = (schema.min_rows, schema.max_rows)
        && min > max
    {
        let what = format!("The schema asks for at least {min} and at most {max} rows.");
        anomalies.push(contradiction(
            AnomalyKind::InvalidSchemaSpecification,
            None,
            what,
        ));
    }
    anomalies
}

fn of_column(spec: &ColumnSpec) -> Vec<Anomaly> {
    use AnomalyKind::{
        DomainInvalidForType, InvalidDomainSpecification, InvalidSchemaSpecification,
    };
    let name = &spec.name;
    let constraints = &spec.constraints;
    let mut found: Vec<(AnomalyKind, String)> = Vec::new();
    let is_share = |v: f64| (0.0..=1.0).contains(&v);
    if !is_share(spec.min_fraction) {
        let what = format!(
            "min_fraction of {name} is {}, and not between 0 and 1.",
            spec.min_fraction
        );
        found.push((InvalidSchemaSpecification, what));
    }
    if constraints
        .min_unique_fraction
        .is_some_and(|v| !is_share(v))
    {
        let what = format!("min_unique_fraction of {name} is not between 0 and 1.");
        found.push((InvalidSchemaSpecification, what));
    }
    let is_crossed = |low: Option<u64>, high: Option<u64>| matches!((low, high), (Some(low), Some(high)) if low > high);
    if is_crossed(constraints.min_unique, constraints.max_unique)
        || is_crossed(constraints.min_length, constraints.max_length)
    {
        let what = format!("A lower bound of {name} is above its upper bound.");
        found.push((InvalidSchemaSpecification, what));
    }
    if constraints
        .in_environment
        .iter()
        .any(|e| constraints.not_in_environment.contains(e))
    {
        let what = format!("{name} is said to be in an environment and not to be in it.");
        found.push((InvalidSchemaSpecification, what));
    }
    if constraints
        .boolean_words
        .as_ref()
        .is_some_and(|w| w.yes == w.no)
    {
        let what = format!("The words for true and for false of {name} are the same.");
        found.push((InvalidDomainSpecification, what));
    }
    if constraints.boolean_words.is_some() && spec.kind != ColumnType::Boolean {
        let what = format!(
            "{name} has words for true and false, but its type is {}.",
            spec.kind.title()
        );
        found.push((DomainInvalidForType, what));
    }
    found.extend(of_domain(spec));
    found
        .into_iter()
        .map(|(kind, what)| contradiction(kind, Some(name), what))
        .collect()
}

fn of_domain(spec: &ColumnSpec) -> Vec<(AnomalyKind, String)> {
    use AnomalyKind::{
        DomainInvalidForType, InvalidDomainSpecification, InvalidSchemaSpecification,
    };
    let name = &spec.name;
    let mut found = Vec::new();
    match &spec.domain {
        Some(Domain::Values {
            values,
            min_domain_mass,
        }) => {
            if spec.kind != ColumnType::Text {
                let what = format!(
                    "{name} has a list of texts, but its type is {}.",
                    spec.kind.title()
                );
                found.push((DomainInvalidForType, what));
            }
            if !(0.0..=1.0).contains(min_domain_mass) {
                let what = format!("min_domain_mass of {name} is not between 0 and 1.");
                found.push((InvalidSchemaSpecification, what));
            }
            let different: BTreeSet<&String> = values.iter().collect();
            if different.len() < values.len() {
                let what = format!("A value stands twice in the list of {name}.");
                found.push((InvalidDomainSpecification, what));
            }
        }
        Some(Domain::Range { min, max }) => {
            if !spec.kind.is_numeric() {
                let what = format!(
                    "{name} has bounds for numbers, but its type is {}.",
                    spec.kind.title()
                );
                found.push((DomainInvalidForType, what));
            }
            if matches!((min, max), (Some(min), Some(max)) if min > max) {
                let what = format!("The smallest value of {name} is above its largest.");
                found.push((InvalidDomainSpecification, what));
            }
        }
        None => {}
    }
    found
}

fn contradiction(kind: AnomalyKind, column: Option<&str>, description: String) -> Anomaly {
    let found = Found {
        description,
        n_rows: 0,
        examples: Vec::new(),
        hint: "Correct the schema.".to_owned(),
    };
    finding(kind, Severity::Error, column, "the schema", found)
}
