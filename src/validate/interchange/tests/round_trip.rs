//! Out and in again.

use super::super::{export, import};
use super::random;
use crate::domain::interchange::SchemaFormat;
use crate::domain::schema::{ColumnSpec, Schema};

const SCHEMAS: u64 = 2_000;

/// What one side cannot say of a column is named; a column without a note comes back as it was.
fn comes_back(format: SchemaFormat) -> (usize, usize) {
    let (mut n_same, mut n_noted) = (0, 0);
    for seed in 0..SCHEMAS {
        let schema = random(seed);
        let out = export(&schema, format);
        let back =
            import(&out.text, format).unwrap_or_else(|e| panic!("seed {seed}: {e}\n{}", out.text));
        assert!(
            back.not_carried.is_empty(),
            "seed {seed}: {:?}\n{}",
            back.not_carried,
            out.text
        );
        assert!(back.states_roles);
        let names = |s: &Schema| s.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&back.schema), names(&schema));
        for (before, after) in schema.columns.iter().zip(&back.schema.columns) {
            let notes = out.not_carried.iter();
            let is_noted = notes
                .filter(|n| n.column.as_ref() == Some(&before.name))
                .count()
                > 0;
            assert_eq!((&before.kind, &before.role), (&after.kind, &after.role));
            if before == after {
                n_same += usize::from(!is_noted);
            } else {
                assert!(is_noted, "seed {seed}: {before:?}\n{after:?}\n{}", out.text);
                n_noted += 1;
            }
        }
        let of_table = out.not_carried.iter().any(|n| n.column.is_none());
        if !of_table {
            assert_eq!(back.schema.min_rows, schema.min_rows, "seed {seed}");
            assert_eq!(back.schema.max_rows, schema.max_rows, "seed {seed}");
            assert_eq!(back.schema.expectations, schema.expectations);
        }
        let again = export(&back.schema, format);
        assert_eq!(again.text, out.text, "seed {seed}");
    }
    (n_same, n_noted)
}

#[test]
fn tfdv_carries_or_names_everything() {
    let (n_same, n_noted) = comes_back(SchemaFormat::Tfdv);
    assert!(n_same > 200 && n_noted > 300, "{n_same} {n_noted}");
}

#[test]
fn frictionless_carries_or_names_everything() {
    let (n_same, n_noted) = comes_back(SchemaFormat::Frictionless);
    assert!(n_same > 200 && n_noted > 300, "{n_same} {n_noted}");
}

/// Bounds that are rounded never turn a good value into an anomaly.
#[test]
fn rounded_bounds_are_no_tighter() {
    use crate::domain::schema::{ColumnType, Domain};
    let bounds = |c: &ColumnSpec| match c.domain {
        Some(Domain::Range { min, max }) => (min, max),
        _ => (None, None),
    };
    let mut n_rounded = 0;
    for seed in 0..SCHEMAS {
        let schema = random(seed);
        let text = export(&schema, SchemaFormat::Tfdv).text;
        let back = import(&text, SchemaFormat::Tfdv)
            .expect("our own text")
            .schema;
        for (before, after) in schema.columns.iter().zip(&back.columns) {
            if before.kind != ColumnType::Number {
                continue;
            }
            let ((min, max), (new_min, new_max)) = (bounds(before), bounds(after));
            if let (Some(old), Some(new)) = (min, new_min) {
                assert!(new <= old, "{old} became {new}");
                n_rounded += usize::from(new < old);
            }
            if let (Some(old), Some(new)) = (max, new_max) {
                assert!(new >= old, "{old} became {new}");
            }
        }
    }
    assert!(n_rounded > 20, "{n_rounded}");
}
