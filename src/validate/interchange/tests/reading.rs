//! Files of other programs.

use super::super::{format_of, import, keep_unsaid};
use crate::domain::interchange::{ImportedSchema, SchemaFormat, lines};
use crate::domain::schema::{ColumnType, Domain, DriftMeasure, Role};

fn tfdv(text: &str) -> ImportedSchema {
    import(text, SchemaFormat::Tfdv).unwrap_or_else(|e| panic!("{e}"))
}

fn frictionless(text: &str) -> ImportedSchema {
    import(text, SchemaFormat::Frictionless).unwrap_or_else(|e| panic!("{e}"))
}

fn refused(text: &str, format: SchemaFormat) -> String {
    import(text, format)
        .expect_err("it should be refused")
        .to_string()
}

const FLIGHTS: &str = r#"
# A comment, and a feature in angle brackets.
feature <
  name: 'car' "rier"  # two strings are one
  type: BYTES; domain: "carriers",
  presence: { min_fraction: 1 min_count: 0x1 }
  shape { dim { size: 1 } }
  drift_comparator { infinity_norm { threshold: 0.1f } }
>
feature {
  name: "delay" type: FLOAT
  float_domain { min: -60 max: inf disallow_nan: true }
  lifecycle_stage: PRODUCTION
  natural_language_domain {}
}
feature { name: "n" type: INT presence {min_fraction: 0.5} value_count { max: 3 } int_domain { min: 0 } }
feature { name: "late" type: BYTES bool_domain { true_value: "yes" false_value: "no" }
  not_in_environment: ["SERVING"] }
feature { name: "old" type: INT deprecated: true presence { min_count: 1 } }
feature { name: "day" type: BYTES time_domain { string_format: "%d.%m.%Y" } }
string_domain { name: "carriers" value: ["EV", "B6\303\274", "\u00fc"] }
default_environment: "TRAINING" default_environment: "SERVING"
dataset_constraints { num_examples_drift_comparator { min_fraction_threshold: .5 } min_examples_count: 10 }
sparse_feature { name: "s" }
"#;

#[test]
fn a_schema_of_tfdv_is_understood() {
    let read = tfdv(FLIGHTS);
    let column = |name: &str| read.schema.column(name).expect("the column");
    let carrier = column("carrier");
    assert_eq!((carrier.kind, carrier.required), (ColumnType::Text, true));
    assert_eq!(carrier.constraints.min_count, Some(1));
    assert_eq!(
        carrier.drift.map(|d| d.measure),
        Some(DriftMeasure::LInfinity)
    );
    let values = vec!["B6ü".to_owned(), "EV".to_owned(), "ü".to_owned()];
    let listed = Domain::Values {
        values,
        min_domain_mass: 1.0,
    };
    assert_eq!(carrier.domain, Some(listed));
    let delay = column("delay");
    assert_eq!(delay.constraints.allow_nan, None);
    assert_eq!(delay.constraints.allow_infinite, Some(true));
    assert_eq!(column("late").role, Role::Target);
    assert!(!column("late").is_in("serving"));
    assert_eq!(column("late").kind, ColumnType::Boolean);
    assert_eq!(column("old").role, Role::Ignored);
    assert!(!column("old").required);
    assert_eq!(column("day").kind, ColumnType::Date);
    assert_eq!(read.schema.min_rows, Some(10));
    assert!(!read.states_roles);
}

#[test]
fn what_tfdv_says_and_we_cannot_is_named() {
    let said = lines(&tfdv(FLIGHTS).not_carried).join("\n");
    for part in [
        "lifecycle stage PRODUCTION (column delay)",
        "natural_language_domain (line 14) (column delay)",
        "value_count from any to 3",
        "this one column is not there when serving",
        "lifecycle stage DEPRECATED",
        "form of dates %d.%m.%Y",
        "sparse_feature (line 24)",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert_eq!(said.lines().count(), 7, "{said}");
}

#[test]
fn errors_of_a_pbtxt_have_their_place() {
    let tfdv = SchemaFormat::Tfdv;
    for (text, message) in [
        (
            "feature {\n  name: \"a\n}",
            "line 2, column 9: this string has no end",
        ),
        (
            "feature {\n  name: \"a\"",
            "line 2, column 12: '}' is expected, not the end of the text",
        ),
        (
            "feature { name \"a\" }",
            "line 1, column 16: ':' or '{' is expected, not '\"'",
        ),
        (
            "feature { name: \"a\" type: WORD }",
            "line 1, column 21: WORD is no type",
        ),
        (
            "feature { name: \"a\" domain: \"b\" }",
            "line 1, column 21: no domain is named b",
        ),
        (
            "feature { type: INT }",
            "line 1, column 1: this feature has no name",
        ),
        (
            "feature { name: \"a\" }\nfeature { name: 'a' }",
            "line 2, column 1: feature a is there twice",
        ),
        (
            "feature { name: \"\\q\" }",
            "line 1, column 19: this escape is not known",
        ),
        ("", "line 1, column 1: this is no schema"),
        ("a,b\n1,2\n", "line 1, column 2: ':' or '{' is expected"),
    ] {
        let error = refused(text, tfdv);
        assert!(error.starts_with(message), "{error}\n{message}");
    }
}

const TABLE: &str = r#"{
  "fields": [
    {"name": "id", "type": "integer", "bareNumber": false},
    {"name": "code", "constraints": {"enum": ["b", "a"], "pattern": "[ab]", "maxLength": 3, "required": true}},
    {"name": "share", "type": "number", "decimalChar": ",", "constraints": {"exclusiveMinimum": 0, "maximum": "1"}},
    {"name": "n", "type": "integer", "constraints": {"exclusiveMaximum": 10, "minimum": 2}},
    {"name": "ok", "type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]},
    {"name": "since", "type": "year"},
    {"name": "at", "type": "datetime", "format": "%d.%m.%Y"}
  ],
  "missingValues": ["", "NA"],
  "primaryKey": "id",
  "foreignKeys": [{"fields": "code", "reference": {"resource": "codes", "fields": "code"}}]
}"#;

#[test]
fn a_table_schema_is_understood_and_the_rest_is_named() {
    let read = frictionless(TABLE);
    let column = |name: &str| read.schema.column(name).expect("the column");
    let id = column("id");
    assert_eq!((id.role, id.min_fraction), (Role::Key, 1.0));
    assert_eq!(id.constraints.min_unique_fraction, Some(1.0));
    assert!(column("since").required);
    assert_eq!(column("code").constraints.max_length, Some(3));
    let range = |min, max| Some(Domain::Range { min, max });
    assert_eq!(
        column("share").domain,
        range(Some(f64::from_bits(1)), Some(1.0))
    );
    assert_eq!(column("n").domain, range(Some(2.0), Some(9.0)));
    assert!(column("ok").constraints.boolean_words.is_some());
    let said = lines(&read.not_carried).join("\n");
    for part in [
        "bareNumber false",
        "constraint pattern \"[ab]\" (column code)",
        "decimalChar \",\"",
        "type year: taken for integer",
        "format \"%d.%m.%Y\"",
        "missingValues [\"\",\"NA\"]",
        "foreign key {\"fields\":\"code\"",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert_eq!(said.lines().count(), 7, "{said}");
}

#[test]
fn errors_of_a_table_schema_have_their_place() {
    let frictionless = SchemaFormat::Frictionless;
    for (text, message) in [
        ("{\"fields\": [\n{]}", "line 2, column 2"),
        ("{\"fields\": []}", "fields: a list of at least one"),
        (
            "{\"fields\": [{\"name\": \"a\", \"type\": \"int\"}]}",
            "fields[0].type: int is no type",
        ),
        (
            "{\"fields\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}",
            "fields[1].name: a is the name",
        ),
        (
            "{\"fields\": [{\"name\": \"a\", \"constraints\": {\"required\": 1}}]}",
            "fields[0].constraints.required: true or false",
        ),
        (
            "{\"fields\": [{\"name\": \"a\"}], \"primaryKey\": \"b\"}",
            "primaryKey: there is no field b",
        ),
    ] {
        let error = refused(text, frictionless);
        assert!(error.starts_with(message), "{error}\n{message}");
    }
}

#[test]
fn formats_are_told_apart_by_content() {
    assert_eq!(format_of(FLIGHTS), Some(SchemaFormat::Tfdv));
    assert_eq!(format_of(TABLE), Some(SchemaFormat::Frictionless));
    assert_eq!(
        format_of("\u{feff}{\"fields\": ["),
        Some(SchemaFormat::Frictionless)
    );
    assert_eq!(format_of("{\"columns\": []}"), None);
}

#[test]
fn what_a_file_does_not_say_is_kept_and_named() {
    let mut earlier = super::random(3);
    earlier.columns.truncate(1);
    earlier.columns[0].name = "code".to_owned();
    earlier.columns[0].kind = ColumnType::Text;
    earlier.columns[0].role = Role::Target;
    earlier.min_rows = Some(5);
    let mut read = frictionless(TABLE);
    keep_unsaid(&mut read, &earlier);
    assert_eq!(read.schema.target().map(|c| c.name.as_str()), Some("code"));
    assert_eq!(read.schema.min_rows, Some(5));
    let said = lines(&read.not_carried).join("\n");
    assert!(
        said.contains("role target: the file does not say, kept as it was (column code)"),
        "{said}"
    );
    assert!(
        said.contains("bounds of the number of rows: the file does not say"),
        "{said}"
    );
}
