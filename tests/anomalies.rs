//! One case for each kind of anomaly (tests/cases/anomalies): a schema in TFDV's own format, data that have the fault, and
//! their twin without it. What TensorFlow Data Validation says of the same cases is in tests/oracles/validate/tfdv_kinds.json.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use lockkeeper::data::{Table, profile::profile};
use lockkeeper::domain::anomaly::{AnomalyKind, ValidationReport};
use lockkeeper::domain::interchange::SchemaFormat;
use lockkeeper::domain::pipeline::{StatisticsParams, ValidateParams};
use lockkeeper::domain::schema::Schema;
use lockkeeper::validate::interchange::import;
use lockkeeper::validate::{Environment, Span, check};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Why TFDV says something else.
    differs: Option<String>,
    /// A `schema.pbtxt`, or a schema of ours where that has no words for it.
    schema: Option<String>,
    json: Option<String>,
    expected: Expected,
    old: Option<Columns>,
    new: Columns,
    clean: Columns,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    column: Option<String>,
    n_rows: u64,
    severity: String,
    verdict: String,
}

/// Values from top to bottom; `{ v = 1, n = 5 }` stands for several, `{}` for a missing one.
type Columns = BTreeMap<String, Vec<toml::Value>>;

fn values(list: &[toml::Value]) -> Vec<Option<toml::Value>> {
    let mut all = Vec::new();
    for item in list {
        match item {
            toml::Value::Table(several) => {
                let n = several
                    .get("n")
                    .and_then(toml::Value::as_integer)
                    .unwrap_or(1);
                all.extend(std::iter::repeat_n(several.get("v").cloned(), n as usize));
            }
            one => all.push(Some(one.clone())),
        }
    }
    all
}

fn array(list: &[toml::Value]) -> ArrayRef {
    let values = values(list);
    let present = || values.iter().flatten();
    let of = |f: fn(&toml::Value) -> bool| present().all(f) && present().next().is_some();
    let value = |v: &Option<toml::Value>| v.clone();
    if of(toml::Value::is_integer) {
        let all = values.iter().map(|v| value(v).and_then(|v| v.as_integer()));
        Arc::new(all.collect::<Int64Array>())
    } else if of(toml::Value::is_float) {
        let all = values.iter().map(|v| value(v).and_then(|v| v.as_float()));
        Arc::new(all.collect::<Float64Array>())
    } else if of(toml::Value::is_bool) {
        let all = values.iter().map(|v| value(v).and_then(|v| v.as_bool()));
        Arc::new(all.collect::<BooleanArray>())
    } else {
        let all = values.iter().map(|v| v.as_ref().and_then(|v| v.as_str()));
        Arc::new(all.collect::<StringArray>())
    }
}

fn table(columns: &Columns) -> Table {
    let columns = columns
        .iter()
        .map(|(name, list)| (name.clone(), array(list)));
    Table::from_columns(columns.collect()).unwrap()
}

impl Case {
    fn schema(&self) -> Schema {
        match (&self.schema, &self.json) {
            (Some(text), None) => import(text, SchemaFormat::Tfdv).unwrap().schema,
            (None, Some(json)) => serde_json::from_str(json).unwrap(),
            _ => panic!("one of both"),
        }
    }

    fn report(&self, newest: &Columns) -> ValidationReport {
        let tables: Vec<Table> = self.old.iter().chain([newest]).map(table).collect();
        let statistics: Vec<_> = tables
            .iter()
            .map(|table| profile(table, &StatisticsParams::default()))
            .collect();
        let spans: Vec<Span<'_>> = tables
            .iter()
            .zip(&statistics)
            .map(|(table, statistics)| Span {
                name: "batch",
                statistics: Some(statistics),
                table,
            })
            .collect();
        let params = ValidateParams::default();
        let report = check(&self.schema(), &spans, &params, Environment::Training);
        let unprofiled: Vec<Span<'_>> = spans
            .iter()
            .map(|span| Span {
                statistics: None,
                ..*span
            })
            .collect();
        let without = check(&self.schema(), &unprofiled, &params, Environment::Training);
        assert_eq!(report, without, "with and without a profile");
        report
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn cases() -> Vec<(AnomalyKind, String, Case)> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder().join("cases/anomalies")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let kind = serde_json::from_value(serde_json::json!(name)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let case = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        cases.push((kind, name, case));
    }
    cases
}

#[test]
fn every_kind_is_found_where_its_fault_is_and_nowhere_else() {
    for (kind, name, case) in cases() {
        let report = case.report(&case.new);
        let found: Vec<_> = report.anomalies.iter().filter(|a| a.kind == kind).collect();
        let [anomaly] = found.as_slice() else {
            panic!("{name}: {:#?}", report.anomalies);
        };
        let expected = &case.expected;
        assert_eq!(anomaly.column, expected.column, "{name}");
        assert_eq!(
            anomaly.n_rows, expected.n_rows,
            "{name}: {}",
            anomaly.description
        );
        assert_eq!(word(anomaly.severity), expected.severity, "{name}");
        assert_eq!(
            word(report.verdict),
            expected.verdict,
            "{name}: {}",
            report.reason
        );
        assert!(
            !anomaly.description.is_empty() && !anomaly.hint.is_empty(),
            "{name}"
        );
        let column = case.expected.column.as_deref().unwrap_or_default();
        assert!(
            anomaly.description.contains(column),
            "{name}: {}",
            anomaly.description
        );
        // Where the schema itself is at fault, or there is nothing to compare with, no data are without it.
        let is_of_the_schema = anomaly.span == "the schema"
            || matches!(
                kind,
                AnomalyKind::FeatureTypeNoUnique | AnomalyKind::ComparatorControlDataMissing
            );
        if !is_of_the_schema {
            let twin = case.report(&case.clean);
            let again = twin.anomalies.iter().find(|a| a.kind == kind);
            assert!(again.is_none(), "{name}, clean: {again:#?}");
        }
    }
}

/// The word of an enumeration, as in documents.
fn word(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap();
    value.as_str().unwrap().to_lowercase()
}

#[test]
fn there_is_a_case_for_every_kind() {
    let source = std::fs::read_to_string(folder().join("../src/domain/anomaly.rs")).unwrap();
    let body = source.split("pub enum AnomalyKind {").nth(1).unwrap();
    let body = body.split('}').next().unwrap();
    let n_kinds = body.lines().filter(|l| l.trim().ends_with(',')).count();
    assert_eq!(cases().len(), n_kinds);
}

/// `tests/oracles/validate/tfdv_kinds.py` wrote what TFDV 1.16.1 finds, by column.
#[test]
fn tfdv_finds_the_same_kinds_or_the_case_says_why_not() {
    let path = folder().join("oracles/validate/tfdv_kinds.json");
    let said: BTreeMap<String, BTreeMap<String, Vec<String>>> =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut n_same = 0;
    for (_, name, case) in cases() {
        let Some(found) = said.get(&name) else {
            assert!(case.schema.is_none(), "{name} was not shown to TFDV");
            continue;
        };
        let column = case.expected.column.clone().unwrap_or_default();
        let is_same = found
            .get(&column)
            .is_some_and(|kinds| kinds.contains(&name));
        assert_ne!(
            is_same,
            case.differs.is_some(),
            "{name}: TFDV found {found:?}"
        );
        n_same += usize::from(is_same);
    }
    assert!(n_same >= 20, "{n_same} kinds agree");
}
