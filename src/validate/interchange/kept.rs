//! What a file of another program has no place for, or does not say, is kept from the schema in force: a person who imports
//! a list of types does not mean to throw the expectations away.

use crate::domain::interchange::{ImportedSchema, NotCarried, SchemaFormat};
use crate::domain::schema::{ColumnSpec, Domain, Schema};

/// Fills what the import leaves open from an earlier schema, with a note for each thing that was kept: roles where the file
/// says none, expectations and ignored findings; for a Table Schema also rows, drift, environments and counts.
pub fn keep_unsaid(imported: &mut ImportedSchema, earlier: &Schema) {
    let (schema, notes) = (&mut imported.schema, &mut imported.not_carried);
    let mut say = |column: Option<&str>, what: &str| {
        notes.push(NotCarried {
            column: column.map(str::to_owned),
            what: format!("{what}: the file does not say, kept as it was"),
        });
    };
    if !imported.states_roles {
        for column in &mut schema.columns {
            let known = earlier.column(&column.name).map(|c| c.role);
            if let Some(role) = known.filter(|r| *r != column.role) {
                column.role = role;
                say(Some(&column.name), &format!("role {}", role.title()));
                drop_serving(column);
            }
        }
    }
    let known: Vec<String> = schema.columns.iter().map(|c| c.name.clone()).collect();
    if !earlier.expectations.is_empty() {
        schema.expectations.clone_from(&earlier.expectations);
        say(None, "expectations");
    }
    if !earlier.ignored.is_empty() {
        let is_known = |column: &Option<String>| column.as_ref().is_none_or(|c| known.contains(c));
        let ignored = earlier.ignored.iter().filter(|i| is_known(&i.column));
        schema.ignored = ignored.cloned().collect();
        say(None, "ignored findings");
    }
    for column in &mut schema.columns {
        let Some(before) = earlier.column(&column.name) else {
            continue;
        };
        if imported.format == SchemaFormat::Frictionless
            && before.kind == column.kind
            && keep_measures(column, before)
        {
            say(
                Some(&column.name),
                "drift, skew, environments, counts, NaN, shares",
            );
        }
        if before.kind == column.kind && keep_support(column, before) {
            say(
                Some(&column.name),
                "how many rows the schema was inferred from",
            );
        }
    }
    if imported.format == SchemaFormat::Frictionless {
        let rows = (earlier.min_rows, earlier.max_rows, earlier.rows_comparator);
        if rows != (None, None, None) {
            (schema.min_rows, schema.max_rows, schema.rows_comparator) = rows;
            say(None, "bounds of the number of rows");
        }
    }
}

/// A role that does not exist when serving says so already.
fn drop_serving(column: &mut ColumnSpec) {
    if !column.role.exists_when_serving() {
        let names = &mut column.constraints.not_in_environment;
        names.retain(|n| !n.eq_ignore_ascii_case("serving"));
    }
}

/// How sure an inferred spec is; only while the spec's values and bounds are the inferred ones.
fn keep_support(column: &mut ColumnSpec, before: &ColumnSpec) -> bool {
    let is_same = column.domain == before.domain && before.constraints.support.is_some();
    if is_same {
        column.constraints.support = before.constraints.support;
    }
    is_same
}

fn keep_measures(column: &mut ColumnSpec, before: &ColumnSpec) -> bool {
    let was = column.clone();
    let (ours, theirs) = (&mut column.constraints, &before.constraints);
    column.drift = before.drift;
    ours.comparators.clone_from(&theirs.comparators);
    ours.skew.clone_from(&theirs.skew);
    ours.in_environment.clone_from(&theirs.in_environment);
    ours.not_in_environment
        .clone_from(&theirs.not_in_environment);
    ours.min_count = theirs.min_count;
    (ours.min_unique, ours.max_unique) = (theirs.min_unique, theirs.max_unique);
    if ours.min_unique_fraction.is_none() {
        ours.min_unique_fraction = theirs.min_unique_fraction.filter(|f| *f < 1.0);
    }
    (ours.allow_nan, ours.allow_infinite) = (theirs.allow_nan, theirs.allow_infinite);
    // Between none and all the file cannot say how many rows must have a value.
    if column.min_fraction == 0.0 && before.min_fraction < 1.0 {
        column.min_fraction = before.min_fraction;
    }
    // Nor a list of which most rows, and not all, must be.
    if let (
        None,
        Some(Domain::Values {
            min_domain_mass, ..
        }),
    ) = (&column.domain, &before.domain)
        && *min_domain_mass < 1.0
    {
        column.domain.clone_from(&before.domain);
    }
    *column != was
}
