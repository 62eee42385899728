use super::{FormatError, SchemaFormat};
use crate::domain::anomaly::Severity;
use crate::domain::expectation::Expectation;
use crate::domain::schema::{
    BooleanWords, ColumnSpec, ColumnType, Constraints, Domain, DriftMeasure, DriftThreshold, Role,
    RowsComparator, Schema,
};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// What `tests/oracles/schema/tfdv.py` makes with TensorFlow Metadata's own message.
const FROM_PYTHON: &str = include_str!("../../../tests/oracles/schema/from_python.pbtxt");
/// Our text, which that script reads.
const OURS: &str = include_str!("../../../tests/oracles/schema/ours.pbtxt");
const OURS_FRICTIONLESS: &str = include_str!("../../../tests/oracles/schema/ours.json");

fn column(name: &str, kind: ColumnType) -> ColumnSpec {
    ColumnSpec {
        name: name.to_owned(),
        kind,
        role: Role::Feature,
        required: true,
        min_fraction: 1.0,
        domain: None,
        drift: None,
        constraints: Constraints::default(),
    }
}

fn range(min: Option<f64>, max: Option<f64>) -> Option<Domain> {
    Some(Domain::Range { min, max })
}

fn drift(measure: DriftMeasure, threshold: f64) -> DriftThreshold {
    DriftThreshold { measure, threshold }
}

/// A schema that asks for everything that TFDV has a word for.
fn full() -> Schema {
    let text = |name| column(name, ColumnType::Text);
    Schema {
        columns: vec![
            ColumnSpec {
                role: Role::Key,
                domain: range(Some(1.0), None),
                ..column("id", ColumnType::Integer)
            },
            ColumnSpec {
                min_fraction: 0.95,
                domain: range(Some(-10.5), Some(1e30)),
                drift: Some(drift(DriftMeasure::JensenShannon, 0.1)),
                constraints: Constraints {
                    allow_nan: Some(true),
                    allow_infinite: Some(true),
                    support: Some(4200),
                    ..Constraints::default()
                },
                ..column("delay", ColumnType::Number)
            },
            column("plain", ColumnType::Number),
            ColumnSpec {
                domain: Some(Domain::Values {
                    values: vec!["B6".to_owned(), "UA".to_owned(), "say \"ü\"\\\n".to_owned()],
                    min_domain_mass: 0.99,
                }),
                drift: Some(drift(DriftMeasure::LInfinity, 0.05)),
                constraints: Constraints {
                    min_unique: Some(2),
                    max_unique: Some(20),
                    comparators: vec![drift(DriftMeasure::JensenShannon, 0.2)],
                    skew: vec![drift(DriftMeasure::LInfinity, 0.01)],
                    ..Constraints::default()
                },
                ..text("carrier")
            },
            ColumnSpec {
                constraints: Constraints {
                    boolean_words: Some(BooleanWords {
                        yes: "yes".to_owned(),
                        no: "no".to_owned(),
                    }),
                    min_count: Some(5),
                    ..Constraints::default()
                },
                ..text("answer")
            },
            column("paid", ColumnType::Boolean),
            ColumnSpec {
                role: Role::Time,
                ..column("day", ColumnType::Date)
            },
            ColumnSpec {
                required: false,
                min_fraction: 0.0,
                constraints: Constraints {
                    in_environment: vec!["serving".to_owned()],
                    not_in_environment: vec!["training".to_owned()],
                    ..Constraints::default()
                },
                ..column("seen", ColumnType::Timestamp)
            },
            ColumnSpec {
                role: Role::Target,
                ..text("late")
            },
            ColumnSpec {
                role: Role::Leaks,
                ..column("arrival", ColumnType::Number)
            },
        ],
        min_rows: Some(100),
        max_rows: Some(1_000_000),
        rows_comparator: Some(RowsComparator {
            min_fraction: Some(0.5),
            max_fraction: Some(2.0),
        }),
        expectations: Vec::new(),
        ignored: Vec::new(),
    }
}

#[test]
fn tfdvs_schema_says_all_that_ours_says() {
    let schema = full();
    let written = SchemaFormat::Tfdv.write(&schema);
    assert_eq!(written.notes, Vec::<String>::new());
    assert_eq!(
        written.value, OURS,
        "tests/oracles/schema/tfdv.py has read this text"
    );
    assert_eq!(SchemaFormat::of(&written.value), Some(SchemaFormat::Tfdv));
    let read = SchemaFormat::Tfdv
        .read(&written.value)
        .expect("our own text");
    assert_eq!(read.notes, Vec::<String>::new());
    assert_eq!(read.value, schema);
}

#[test]
fn what_tfdv_has_no_word_for_is_named() {
    let mut schema = full();
    schema.columns[0].constraints.min_unique_fraction = Some(1.0);
    schema.columns[3].constraints.max_length = Some(2);
    schema.columns[6].domain = range(Some(0.0), None);
    schema.expectations.push(Expectation {
        name: "order".to_owned(),
        expression: "delay < 100".to_owned(),
        min_fraction: 1.0,
        severity: Severity::Error,
        description: String::new(),
    });
    let written = SchemaFormat::Tfdv.write(&schema);
    for (note, wanted) in
        written
            .notes
            .iter()
            .zip(["id: ", "carrier: ", "day: ", "The expectation order"])
    {
        assert!(note.starts_with(wanted), "{note}");
    }
    assert_eq!(written.notes.len(), 4);
    let read = SchemaFormat::Tfdv
        .read(&written.value)
        .expect("our own text");
    assert_eq!(read.value, full(), "all else comes over");
}

/// The message is built in Python from the meaning; the expectations here are written from it too.
#[test]
fn a_schema_that_tensorflow_metadata_wrote_is_understood() {
    let read = SchemaFormat::Tfdv
        .read(FROM_PYTHON)
        .expect("TFDV's own text");
    let schema = read.value;
    let names: Vec<&str> = schema.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "age",
            "fare",
            "company",
            "tip",
            "old",
            "embedding",
            "clicked"
        ]
    );
    let [age, fare, company, tip, old, _, clicked] = schema.columns.as_slice() else {
        panic!("seven columns");
    };
    assert_eq!(
        (age.kind, age.required, age.min_fraction),
        (ColumnType::Integer, true, 0.9)
    );
    assert_eq!(age.domain, range(Some(0.0), Some(120.0)));
    assert_eq!(
        fare.constraints.allow_nan, None,
        "bounds allow no NaN by default, and it is disallowed"
    );
    assert_eq!(fare.constraints.allow_infinite, Some(true));
    assert_eq!(fare.drift, Some(drift(DriftMeasure::JensenShannon, 0.25)));
    assert_eq!(
        company.domain,
        Some(Domain::Values {
            values: vec!["Blue".to_owned(), "Taxi 'n' Co".to_owned()],
            min_domain_mass: 0.98
        })
    );
    assert_eq!(
        company.constraints.skew,
        [drift(DriftMeasure::LInfinity, 0.01)]
    );
    assert_eq!((tip.role, tip.required), (Role::Target, false));
    assert_eq!(old.role, Role::Ignored);
    assert_eq!(clicked.kind, ColumnType::Boolean);
    assert_eq!((schema.min_rows, schema.max_rows), (Some(10), None));
    for wanted in [
        "trip: left out",
        "tip: taken for the target",
        "old: its stage (DEPRECATED)",
        "embedding: may have several",
        "company: the tag \"pii\"",
    ] {
        assert!(
            read.notes.iter().any(|n| n.starts_with(wanted)),
            "{wanted}: {:?}",
            read.notes
        );
    }
}

#[test]
fn a_table_schema_says_what_it_can_and_names_the_rest() {
    let mut schema = full();
    schema.columns[0].constraints.min_unique_fraction = Some(1.0);
    schema.columns[3].constraints.max_length = Some(9);
    let written = SchemaFormat::Frictionless.write(&schema);
    assert_eq!(
        written.value, OURS_FRICTIONLESS,
        "tests/oracles/schema/tfdv.py has read this text"
    );
    assert_eq!(
        SchemaFormat::of(&written.value),
        Some(SchemaFormat::Frictionless)
    );
    for wanted in [
        "delay: that 95 %",
        "delay: its bounds on drift",
        "carrier: its list",
        "Bounds on the number of rows",
    ] {
        assert!(
            written.notes.iter().any(|n| n.starts_with(wanted)),
            "{wanted}: {:?}",
            written.notes
        );
    }
    let read = SchemaFormat::Frictionless
        .read(&written.value)
        .expect("our own text");
    for (column, before) in read.value.columns.iter().zip(&schema.columns) {
        assert_eq!(
            (&column.name, column.kind, column.role),
            (&before.name, before.kind, before.role)
        );
    }
    assert_eq!(
        read.value.columns[0].constraints.min_unique_fraction,
        Some(1.0)
    );
    assert_eq!(read.value.columns[1].domain, schema.columns[1].domain);
}

#[test]
fn bounds_of_days_become_expectations_that_can_be_checked() {
    let text = r#"{"fields": [
        {"name": "day", "type": "date", "constraints": {"minimum": "2013-01-01"}},
        {"name": "it's", "type": "integer", "constraints": {"enum": [1, 2], "required": true}},
        {"name": "place", "type": "geopoint", "constraints": {"pattern": ".*"}}
    ], "primaryKey": "it's", "foreignKeys": []}"#;
    let read = SchemaFormat::Frictionless.read(text).expect("a descriptor");
    let texts: Vec<&str> = read
        .value
        .expectations
        .iter()
        .map(|e| e.expression.as_str())
        .collect();
    assert_eq!(texts, ["day >= date '2013-01-01'", "\"it's\" in (1, 2)"]);
    assert!(crate::validate::expectations::problems(&read.value).is_empty());
    assert_eq!(read.value.columns[1].role, Role::Key);
    assert_eq!(read.notes.len(), 3, "{:?}", read.notes);
}

#[test]
fn an_error_names_its_line_and_column() {
    let place = |text: &str| {
        let FormatError {
            line,
            column,
            message,
        } = SchemaFormat::Tfdv.read(text).expect_err(text);
        (line, column, message)
    };
    for (text, line, column, about) in [
        ("feature {\n  name: \"a\"\n  type: INTT\n}", 1, 1, "INTT"),
        ("feature {\n  name: \"a\n}", 2, 9, "closing quote"),
        ("feature {\n  name: \"a\"", 2, 12, "missing at the end"),
        ("feature {\n  type: INT\n}", 1, 1, "no name"),
        ("# no feature\nfoo: 3", 2, 1, "no field \"foo\""),
        (
            "feature { name: \"a\" presence { min_fraction: half } }",
            1,
            32,
            "a number",
        ),
        (
            "feature { name: \"a\" domain: \"x\" }",
            1,
            21,
            "no string_domain",
        ),
        ("", 1, 1, "no features"),
    ] {
        let (found_line, found_column, message) = place(text);
        assert_eq!(
            (found_line, found_column),
            (line, column),
            "{text}: {message}"
        );
        assert!(message.contains(about), "{text}: {message}");
    }
    let error = SchemaFormat::Frictionless
        .read("{\"fields\": [\n  {]")
        .expect_err("no JSON");
    assert_eq!(error.line, 2);
}

/// Cut or altered anywhere, a text is read or refused, and never ends the program.
#[test]
fn damaged_texts_are_read_or_refused() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    let mut n_refused = 0;
    for (format, text) in [
        (SchemaFormat::Tfdv, OURS),
        (SchemaFormat::Tfdv, FROM_PYTHON),
        (SchemaFormat::Frictionless, OURS_FRICTIONLESS),
    ] {
        for _ in 0..400 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..random.gen_range(1..4) {
                let at = random.gen_range(0..bytes.len());
                bytes[at] = b"{}<>[]:\"'\\\n#0a"[random.gen_range(0..14)];
            }
            bytes.truncate(random.gen_range(0..=bytes.len()));
            let damaged = String::from_utf8_lossy(&bytes);
            n_refused += usize::from(format.read(&damaged).is_err());
        }
    }
    assert!(n_refused > 300);
    let deep = "feature { struct_domain {".repeat(100_000);
    assert!(SchemaFormat::Tfdv.read(&deep).is_err());
}
