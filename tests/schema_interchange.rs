//! Schemas to and from other programs, against what those programs read and print themselves: `tests/oracles/schema`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use lockkeeper::domain::interchange::SchemaFormat;
use lockkeeper::domain::schema::{ColumnType, Domain, DriftMeasure, Role, Schema};
use lockkeeper::validate::interchange::{export, import};
use std::collections::BTreeMap;
use std::path::PathBuf;
use support::{lockkeeper, look, on, small, text as path};

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

/// The same rows, judged by frictionless and by us by the same Table Schema: as many rows of each fault.
#[test]
fn both_find_the_same_faults() {
    use lockkeeper::domain::reading::ReadOptions;
    use lockkeeper::domain::work::Quiet;
    use lockkeeper::workspace::tools::{Environment, Reference, validate_file};
    let errors: BTreeMap<String, u64> = serde_json::from_str(&text("errors.json")).unwrap();
    let mut theirs: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for (error, n) in errors {
        let (column, fault) = error.split_once(": ").unwrap();
        let kind = match (column, fault) {
            (_, "constraint-error: enum") => "ENUM_TYPE_UNEXPECTED_STRING_VALUES",
            (_, "constraint-error: required") => "FEATURE_TYPE_LOW_FRACTION_PRESENT",
            (_, "constraint-error: minLength" | "constraint-error: maxLength") => {
                "TEXT_TYPE_LENGTH"
            }
            ("share", "constraint-error: minimum") => "FLOAT_TYPE_SMALL_FLOAT",
            ("share", "constraint-error: maximum") => "FLOAT_TYPE_BIG_FLOAT",
            ("id", "constraint-error: minimum") => "INT_TYPE_SMALL_INT",
            (_, fault) if fault.starts_with("unique-error") => "FEATURE_TYPE_LOW_UNIQUE",
            // The key is the unique column once more.
            ("", fault) if fault.starts_with("primary-key") => continue,
            other => panic!("{other:?} has no kind of ours"),
        };
        *theirs.entry((column.to_owned(), kind)).or_default() += n;
    }
    let imported = import(&text("ours.json"), SchemaFormat::Frictionless).unwrap();
    let report = validate_file(
        &file("rows.csv"),
        Reference::Schema(&imported.schema),
        Environment::Training,
        &ReadOptions::default(),
        &Quiet,
    )
    .unwrap();
    let anomalies: Vec<(String, String, u64)> = report
        .anomalies
        .iter()
        .map(|a| {
            (
                a.column.clone().unwrap_or_default(),
                a.kind.name(),
                a.n_rows,
            )
        })
        .collect();
    let mut expected: Vec<(String, String, u64)> = theirs
        .into_iter()
        .map(|((column, kind), n)| (column, kind.to_owned(), n))
        .collect();
    let mut found = anomalies;
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 7);
}

#[test]
fn the_schema_leaves_a_workspace_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["export", "schema"]).exits(4);
    on(&root, &["run"]).exits(0);
    let said = on(&root, &["export", "schema"]).exits(0);
    assert!(said.out.starts_with("feature {\n  name: "), "{}", said.out);
    assert!(
        said.err.contains("not carried: how many rows"),
        "{}",
        said.err
    );
    let (pbtxt, table) = (folder.path().join("s.pbtxt"), folder.path().join("t.json"));
    on(&root, &["export", "schema", "--to", path(&pbtxt)]).exits(0);
    assert_eq!(std::fs::read_to_string(&pbtxt).unwrap(), said.out);
    let said = on(&root, &["export", "schema", "--to", path(&table), "--json"]).exits(0);
    let document = said.json();
    assert_eq!(document["format"], "frictionless");
    assert!(!document["not_carried"].as_array().unwrap().is_empty());
    assert_eq!(document["text"], std::fs::read_to_string(&table).unwrap());
    for file in [&pbtxt, &table] {
        let before = look(&root).schema.clone().unwrap();
        let said = on(&root, &["import", "schema", path(file), "--json"]).exits(0);
        assert_eq!(
            said.json()["schema"]["columns"].as_array().unwrap().len(),
            before.schema.columns.len()
        );
        assert!(said.err.contains("kept as it was"), "{}", said.err);
        let after = look(&root).schema.clone().unwrap();
        assert_eq!(after.version, before.version + 1);
        let name = file.file_name().unwrap().to_str().unwrap();
        assert_eq!(after.history[0].note, format!("imported from {name}"));
    }
    on(&root, &["run"]).exits(0);
}

#[test]
fn what_is_no_schema_leaves_the_workspace_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    on(&root, &["run"]).exits(0);
    let broken = folder.path().join("broken.pbtxt");
    std::fs::write(&broken, "feature {\n  name: \"a\n}\n").unwrap();
    let said = on(&root, &["import", "schema", path(&broken)]).exits(3);
    assert!(
        said.err
            .contains("line 2, column 9: this string has no end"),
        "{}",
        said.err
    );
    on(&root, &["import", "schema", "nowhere.pbtxt"]).exits(4);
    std::fs::write(&broken, "feature { name: \"a\" type: INT }").unwrap();
    let said = on(&root, &["import", "schema", path(&broken)]).exits(2);
    assert!(
        said.err.contains("A schema needs one target column"),
        "{}",
        said.err
    );
    assert_eq!(look(&root).schema.clone().unwrap().version, 1);
}

#[test]
fn a_batch_is_validated_against_another_programs_schema() {
    for name in ["ours.pbtxt", "ours.json"] {
        let (rows, schema) = (file("rows.csv"), file(name));
        for option in ["--schema", "--against"] {
            let said = lockkeeper(&["validate", path(&rows), option, path(&schema)]).exits(5);
            assert!(said.out.contains("FLOAT_TYPE_BIG_FLOAT"), "{}", said.out);
        }
    }
    let said = lockkeeper(&[
        "validate",
        path(&file("rows.csv")),
        "--schema",
        path(&file("python.pbtxt")),
    ]);
    assert!(said.exits(5).err.contains("not carried: roles"));
}
