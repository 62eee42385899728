//! Interchange: what is expressible comes back as it was, what is not is named, and no damaged text does harm.

mod damaged;
mod reading;
mod round_trip;

use super::notes::{blank, plain};
use crate::domain::expectation::Expectation;
use crate::domain::schema::{
    BooleanWords, ColumnSpec, ColumnType, Domain, DriftMeasure, DriftThreshold, Role, Schema,
};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const TEXTS: [&str; 8] = [
    "EV",
    "B6",
    "",
    "a \"b\"",
    "back\\slash",
    "tab\tline\n",
    "Grüße 🦀",
    "'x' # no comment",
];

struct Chance(Xoshiro256PlusPlus);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.0.gen_range(0..list.len())].clone()
    }

    fn is(&mut self, probability: f64) -> bool {
        self.0.gen_bool(probability)
    }

    fn maybe<T>(&mut self, value: T) -> Option<T> {
        self.is(0.1).then_some(value)
    }
}

/// A schema with anything that a person may say, in the form that reading gives it.
fn random(seed: u64) -> Schema {
    let mut chance = Chance::new(seed);
    let n_columns = chance.0.gen_range(1..6);
    let mut columns: Vec<ColumnSpec> = (0..n_columns).map(|i| column(&mut chance, i)).collect();
    if columns.iter().all(|c| c.role != Role::Target) {
        columns[0].role = Role::Target;
        columns[0].constraints.in_environment.clear();
        columns[0].constraints.not_in_environment.clear();
    }
    let mut schema = plain(columns);
    schema.min_rows = chance.maybe(10);
    schema.max_rows = chance.maybe(2_000_000);
    if chance.is(0.2) {
        schema.expectations.push(Expectation {
            name: "order".to_owned(),
            expression: "a <= b".to_owned(),
            min_fraction: 1.0,
            severity: crate::domain::anomaly::Severity::Error,
            description: String::new(),
        });
    }
    schema
}

fn column(chance: &mut Chance, i: usize) -> ColumnSpec {
    let kind = chance.of(&[
        ColumnType::Integer,
        ColumnType::Number,
        ColumnType::Boolean,
        ColumnType::Text,
        ColumnType::Date,
        ColumnType::Timestamp,
    ]);
    let mut column = blank(&format!("{i} {}", chance.of(&TEXTS)), kind);
    column.role = chance.of(&Role::ALL);
    column.required = chance.is(0.9);
    column.min_fraction = chance.of(&[0.0, 0.25, 0.999, 1.0, 1.0]);
    column.domain = domain(chance, kind);
    let c = &mut column.constraints;
    c.support = chance.maybe(4_200);
    c.min_count = chance.maybe(7);
    c.min_unique = chance.maybe(2);
    c.max_unique = chance.maybe(300);
    c.min_unique_fraction = chance.of(&[None, None, None, Some(0.5), Some(1.0)]);
    c.min_length = chance.maybe(1);
    c.max_length = chance.maybe(80);
    if kind == ColumnType::Number && chance.is(0.3) {
        c.allow_nan = Some(column.domain.is_some());
        c.allow_infinite = Some(true);
    }
    if kind == ColumnType::Boolean && chance.is(0.4) {
        c.boolean_words = Some(BooleanWords {
            yes: "ja".to_owned(),
            no: "nein".to_owned(),
        });
    }
    let bound = |measure, threshold| DriftThreshold { measure, threshold };
    let js = bound(DriftMeasure::JensenShannon, 0.1);
    let absolute = bound(DriftMeasure::NormalizedAbsoluteDifference, 0.3);
    column.drift = chance.maybe(bound(DriftMeasure::LInfinity, 0.05));
    if column.drift.is_some() {
        c.comparators = chance.of(&[vec![], vec![js], vec![js, absolute]]);
    }
    c.skew = chance.of(&[vec![], vec![], vec![], vec![js], vec![absolute]]);
    if chance.is(0.2) {
        let names = if column.role.exists_when_serving() {
            &mut c.not_in_environment
        } else {
            &mut c.in_environment
        };
        names.push("SERVING".to_owned());
    }
    column
}

fn domain(chance: &mut Chance, kind: ColumnType) -> Option<Domain> {
    let bounds = [-1e300, -5.0, 0.7, 0.1, 0.5, 3.0, 1e17];
    let n_values = chance.0.gen_range(1..5);
    let mut values: Vec<String> = (0..n_values)
        .map(|_| chance.of(&TEXTS).to_owned())
        .collect();
    values.sort();
    values.dedup();
    let listed = Domain::Values {
        values,
        min_domain_mass: chance.of(&[1.0, 1.0, 0.95]),
    };
    let range = Domain::Range {
        min: Some(chance.of(&bounds)),
        max: chance.maybe(chance_bound(&bounds)),
    };
    match kind {
        _ if chance.is(0.3) => None,
        ColumnType::Text => Some(listed),
        ColumnType::Integer | ColumnType::Number => Some(range),
        _ => chance.maybe(range),
    }
}

fn chance_bound(bounds: &[f64]) -> f64 {
    bounds[bounds.len() - 1]
}
