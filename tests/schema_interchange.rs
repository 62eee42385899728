//! Schemas to and from other programs, against what those programs read and print themselves: `tests/oracles/schema`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lockkeeper::domain::interchange::SchemaFormat;
use lockkeeper::domain::schema::{ColumnType, Domain, DriftMeasure, Role, Schema};
use lockkeeper::validate::interchange::{export, import};
use std::path::PathBuf;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/oracles/schema")
        .join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(file(name)).unwrap()
}

fn schema() -> Schema {
    serde_json::from_str(&text("schema.json")).unwrap()
}

/// The files that protobuf and frictionless were shown are what we write.
#[test]
fn our_texts_are_those_that_the_other_side_read() {
    for (format, name) in [
        (SchemaFormat::Tfdv, "ours.pbtxt"),
        (SchemaFormat::Frictionless, "ours.json"),
    ] {
        let ours = export(&schema(), format).text;
        if std::env::var_os("LOCKKEEPER_WRITE_ORACLES").is_some() {
            std::fs::write(file(name), &ours).unwrap();
        }
        assert_eq!(ours, text(name), "{name}");
    }
}

#[test]
fn a_text_that_protobuf_printed_is_read() {
    let read = import(&text("python.pbtxt"), SchemaFormat::Tfdv).unwrap();
    let [size, code, label] = &read.schema.columns[..] else {
        panic!("{:?}", read.schema);
    };
    assert_eq!(size.name, "Größe\t\"x\"");
    assert_eq!(
        (size.kind, size.required, size.min_fraction),
        (ColumnType::Number, true, 1.0)
    );
    let bounds = Domain::Range {
        min: Some(0.1),
        max: Some(f64::INFINITY),
    };
    assert_eq!(size.domain, Some(bounds));
    assert_eq!(size.constraints.allow_nan, None);
    assert_eq!(size.constraints.allow_infinite, Some(true));
    assert!(size.is_in("serving"));
    let listed = Domain::Values {
        values: vec!["\u{1}é".to_owned(), "a\\".to_owned(), "b\n".to_owned()],
        min_domain_mass: 0.95,
    };
    assert_eq!(code.domain, Some(listed));
    let drift = code.drift.unwrap();
    assert_eq!(drift.measure, DriftMeasure::NormalizedAbsoluteDifference);
    assert_eq!(drift.threshold, 1e-5);
    assert_eq!((label.role, label.is_in("SERVING")), (Role::Target, false));
    let bounds = Domain::Range {
        min: Some(-3.0),
        max: Some(1_099_511_627_776.0),
    };
    assert_eq!(label.domain, Some(bounds));
    assert_eq!(read.schema.max_rows, Some(123_456_789_012));
    let notes: Vec<&str> = read.not_carried.iter().map(|n| n.what.as_str()).collect();
    assert_eq!(notes.len(), 1, "{notes:?}");
}
