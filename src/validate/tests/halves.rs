//! Tests of a schema inferred from one sample alone: another sample of the same rows is OK, and planted faults are found.

use super::*;
use crate::validate::{check_newest, infer_reference};
use arrow::array::StringBuilder;

/// A small generator (SplitMix64, Steele et al. 2014), so that samples are the same everywhere.
struct Chance(u64);

impl Chance {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In (0, 1).
    fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// A table of everything that makes a schema give false alarms: identifiers, long tails, rare categories, columns that are
/// nearly always zero or missing, whole numbers, days.
fn population(n: usize, chance: &mut Chance) -> Table {
    let mut draw =
        |f: &dyn Fn(&mut Chance) -> f64| -> Vec<f64> { (0..n).map(|_| f(chance)).collect() };
    let normal = draw(&|c| 50.0 + 10.0 * c.normal());
    let income = draw(&|c| (10.0 + c.normal()).exp());
    let pareto = draw(&|c| c.unit().powf(-1.0 / 2.5));
    let gain = draw(&|c| {
        if c.unit() < 0.04 {
            5000.0 * c.unit().powi(3)
        } else {
            0.0
        }
    });
    let age = draw(&|c| (18.0 + 60.0 * c.unit()).floor());
    let city = draw(&|c| (c.unit().powf(-0.9) - 1.0).floor().min(400.0));
    let class = draw(&|c| (3.0 * c.unit()).floor());
    let rare = draw(&|c| if c.unit() < 0.002 { 1.0 } else { 0.0 });
    let holes = draw(&|c| c.unit());
    let mostly = draw(&|c| c.unit());
    let mut note = StringBuilder::new();
    for v in &mostly {
        note.append_option((*v < 0.03).then(|| format!("note {}", (v * 1e4) as u32 % 7)));
    }
    let holed: Float64Array = holes.iter().map(|v| (*v > 0.2).then_some(*v)).collect();
    table(vec![
        ("id", ints((0..n as i64).map(|i| 100_000 + i))),
        (
            "code",
            texts((0..n).map(|i| format!("K-{:06}", i * 7919 % 1_000_003))),
        ),
        ("normal", reals(normal)),
        ("income", reals(income)),
        ("pareto", reals(pareto)),
        ("gain", ints(gain.iter().map(|v| *v as i64))),
        ("age", ints(age.iter().map(|v| *v as i64))),
        ("city", texts(city.iter().map(|v| format!("city {v}")))),
        (
            "class",
            texts(class.iter().map(|v| ["a", "b", "c"][*v as usize % 3])),
        ),
        (
            "rare",
            texts(rare.iter().map(|v| if *v > 0.0 { "odd" } else { "usual" })),
        ),
        ("holed", Arc::new(holed)),
        ("note", Arc::new(note.finish())),
        (
            "day",
            Arc::new(Date32Array::from_iter_values(
                (0..n as i32).map(|i| 15_000 + i / 9),
            )),
        ),
    ])
}

fn halves(n: usize, seed: u64) -> (Table, Table) {
    let mut chance = Chance(seed);
    let all = population(2 * n, &mut chance);
    let mut rows: Vec<usize> = (0..2 * n).collect();
    for i in (1..rows.len()).rev() {
        rows.swap(i, (chance.bits() % (i as u64 + 1)) as usize);
    }
    rows[..n].sort_unstable();
    rows[n..].sort_unstable();
    (all.take(&rows[..n]), all.take(&rows[n..]))
}

fn against(old: &Table, new: &Table) -> ValidationReport {
    let statistics: Vec<_> = [old, new]
        .iter()
        .map(|t| profile(t, &StatisticsParams::default()))
        .collect();
    let span = |name, i: usize, table| Span {
        name,
        statistics: Some(&statistics[i]),
        table,
    };
    let spans = [span("old.csv", 0, old), span("new.csv", 1, new)];
    let schema = infer_reference(&statistics[0]);
    check_newest(
        &schema,
        &spans,
        &ValidateParams::default(),
        Environment::Training,
    )
}

#[test]
fn random_halves_of_a_table_are_ok() {
    let mut wrong = Vec::new();
    for (n, n_seeds) in [(60, 60), (200, 60), (1_000, 30), (4_000, 10)] {
        for seed in 0..n_seeds {
            let (old, new) = halves(n, seed);
            let report = against(&old, &new);
            if report.verdict != DataVerdict::Ok {
                wrong.push(format!("n {n}, seed {seed}: {}", report.reason));
            }
        }
    }
    // Of 160 pairs of 13 columns.
    assert!(wrong.len() <= 1, "{}:\n{}", wrong.len(), wrong.join("\n"));
    let (old, _) = halves(200, 7);
    assert_eq!(against(&old, &old).verdict, DataVerdict::Ok);
}

/// The table with one column replaced, or added.
fn with(table: &Table, name: &str, array: ArrayRef) -> Table {
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    let batch = table.batch();
    for (i, field) in batch.schema().fields().iter().enumerate() {
        let is_it = field.name() == name;
        columns.push((
            field.name().clone(),
            if is_it {
                array.clone()
            } else {
                batch.column(i).clone()
            },
        ));
    }
    if table.column(name).is_none() {
        columns.push((name.to_owned(), array));
    }
    Table::from_columns(columns).unwrap()
}

fn numbers_of(table: &Table, name: &str) -> Vec<f64> {
    let data = table.column(name).unwrap();
    (0..table.n_rows())
        .map(|row| data.number(row).unwrap_or(f64::NAN))
        .collect()
}

fn without(table: &Table, name: &str) -> Table {
    let names = table.names();
    let kept: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|n| *n != name)
        .collect();
    table.select(&kept)
}

/// What is planted, how, in which column, and what is to be found of it.
type Plant = (
    &'static str,
    fn(&Table) -> Table,
    &'static str,
    K,
    DataVerdict,
);

fn of_columns() -> Vec<Plant> {
    let stop = DataVerdict::Stop;
    vec![
        (
            "missing column",
            |t: &Table| without(t, "age"),
            "age",
            K::SchemaMissingColumn,
            stop,
        ),
        (
            "missing identifier",
            |t: &Table| without(t, "code"),
            "code",
            K::SchemaMissingColumn,
            stop,
        ),
        (
            "extra column",
            |t: &Table| with(t, "extra", reals(vec![1.0; t.n_rows()])),
            "extra",
            K::SchemaNewColumn,
            stop,
        ),
        (
            "numbers to text",
            |t: &Table| {
                let new = numbers_of(t, "age").into_iter().enumerate();
                with(
                    t,
                    "age",
                    texts(new.map(|(i, v)| {
                        if i % 4 == 0 {
                            "old".to_owned()
                        } else {
                            v.to_string()
                        }
                    })),
                )
            },
            "age",
            K::IntTypeNotIntString,
            stop,
        ),
        (
            "numbers to text, the type",
            |t: &Table| {
                with(
                    t,
                    "normal",
                    texts(numbers_of(t, "normal").iter().map(|v| format!("{v} kg"))),
                )
            },
            "normal",
            K::UnexpectedDataType,
            stop,
        ),
        (
            "whole to real",
            |t: &Table| {
                with(
                    t,
                    "age",
                    reals(numbers_of(t, "age").into_iter().map(|v| v + 0.5)),
                )
            },
            "age",
            K::UnexpectedDataType,
            stop,
        ),
    ]
}

fn of_values() -> Vec<Plant> {
    let stop = DataVerdict::Stop;
    vec![
        (
            "unseen category",
            |t: &Table| {
                let data = t.column("class").unwrap();
                let new = (0..t.n_rows()).map(|i| {
                    if i % 20 == 0 {
                        "zzz".to_owned()
                    } else {
                        data.text(i).unwrap()
                    }
                });
                with(t, "class", texts(new))
            },
            "class",
            K::EnumTypeUnexpectedStringValues,
            stop,
        ),
        (
            "too large",
            |t: &Table| {
                let mut v = numbers_of(t, "normal");
                v[5] = 1e6;
                with(t, "normal", reals(v))
            },
            "normal",
            K::FloatTypeBigFloat,
            stop,
        ),
        (
            "too small",
            |t: &Table| {
                let v = numbers_of(t, "age").into_iter().enumerate();
                with(
                    t,
                    "age",
                    ints(v.map(|(i, v)| if i == 3 { -999 } else { v as i64 })),
                )
            },
            "age",
            K::IntTypeSmallInt,
            stop,
        ),
        (
            "more missing",
            |t: &Table| {
                let v = numbers_of(t, "normal").into_iter().enumerate();
                with(
                    t,
                    "normal",
                    Arc::new(
                        v.map(|(i, v)| (i % 10 > 2).then_some(v))
                            .collect::<Float64Array>(),
                    ),
                )
            },
            "normal",
            K::FeatureTypeLowFractionPresent,
            stop,
        ),
        (
            "all missing",
            |t: &Table| with(t, "city", new_null_array(&DataType::Utf8, t.n_rows())),
            "city",
            K::FeatureTypeNotPresent,
            stop,
        ),
    ]
}

fn of_numbers_and_keys() -> Vec<Plant> {
    let stop = DataVerdict::Stop;
    vec![
        (
            "nan",
            |t: &Table| {
                let mut v = numbers_of(t, "normal");
                v[1] = f64::NAN;
                with(t, "normal", reals(v))
            },
            "normal",
            K::FloatTypeHasNan,
            stop,
        ),
        (
            "infinite",
            |t: &Table| {
                let mut v = numbers_of(t, "normal");
                v[1] = f64::INFINITY;
                with(t, "normal", reals(v))
            },
            "normal",
            K::FloatTypeHasInf,
            stop,
        ),
        (
            "duplicates in a key",
            |t: &Table| {
                let v = numbers_of(t, "id").into_iter().enumerate();
                let first = t.column("id").unwrap().number(0).unwrap() as i64;
                with(
                    t,
                    "id",
                    ints(v.map(|(i, v)| if i < 5 { first } else { v as i64 })),
                )
            },
            "id",
            K::FeatureTypeLowUnique,
            stop,
        ),
    ]
}

fn of_distributions() -> Vec<Plant> {
    let retrain = DataVerdict::Retrain;
    vec![
        (
            "numbers shifted",
            |t: &Table| {
                with(
                    t,
                    "normal",
                    reals(numbers_of(t, "normal").into_iter().map(|v| v + 10.0)),
                )
            },
            "normal",
            K::ComparatorJensenShannonDivergenceHigh,
            retrain,
        ),
        (
            "skewed numbers scaled",
            |t: &Table| {
                with(
                    t,
                    "income",
                    reals(numbers_of(t, "income").into_iter().map(|v| v * 2.5)),
                )
            },
            "income",
            K::ComparatorJensenShannonDivergenceHigh,
            retrain,
        ),
        (
            "categories shifted",
            |t: &Table| {
                with(
                    t,
                    "class",
                    texts((0..t.n_rows()).map(|i| ["a", "a", "a", "b", "c"][i % 5])),
                )
            },
            "class",
            K::ComparatorLInftyHigh,
            retrain,
        ),
    ]
}

#[test]
fn planted_faults_are_found() {
    let plants = [
        of_columns(),
        of_values(),
        of_numbers_and_keys(),
        of_distributions(),
    ]
    .concat();
    let mut wrong = Vec::new();
    for n in [200, 1_000] {
        for seed in [1, 2] {
            let (old, new) = halves(n, seed);
            for (name, plant, column, kind, verdict) in &plants {
                let report = against(&old, &plant(&new));
                let is_found = report
                    .anomalies
                    .iter()
                    .any(|a| a.kind == *kind && a.column.as_deref() == Some(*column));
                if !is_found || report.verdict != *verdict {
                    wrong.push(format!("n {n}, seed {seed}, {name}: {}", report.reason));
                }
            }
            let few = against(&old, &new.slice(0, n / 20));
            if few
                .anomalies
                .iter()
                .all(|a| a.kind != K::ComparatorLowNumExamples)
            {
                wrong.push(format!("n {n}, too few rows: {}", few.reason));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn schemas_of_the_first_version_still_load() {
    let old = r#"{"columns":[{"name":"x","type":"integer","role":"leaks","required":true,"min_fraction":0.8,
        "domain":{"range":{"min":0.0,"max":null}},"drift":{"measure":"l_infinity","threshold":0.3}}],
        "min_rows":1,"max_rows":null}"#;
    let schema: Schema = serde_json::from_str(old).unwrap();
    assert!(schema.columns[0].constraints.is_empty() && schema.rows_comparator.is_none());
    let again = serde_json::to_string(&schema).unwrap();
    assert!(!again.contains("constraints"), "{again}");
}
