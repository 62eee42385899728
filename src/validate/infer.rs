//! A first schema, inferred from a first dataset's statistics and from what a person said; afterwards a person edits it.
//! The task and the classes are left to `target`, comparing data with a schema to `check`.

use super::error::ValidateError;
use crate::domain::Scalar;
use crate::domain::near::near_matches;
use crate::domain::pipeline::SchemaParams;
use crate::domain::schema::{
    ColumnSpec, ColumnType, Constraints, Domain, DriftMeasure, DriftThreshold, Role,
    RowsComparator, Schema,
};
use crate::domain::statistics::{
    ColumnStatistics, DatasetStatistics, MAX_LISTED_VALUES, Monotonicity,
};

/// A dataset of fewer rows has no column that is surely a key.
const MIN_ROWS_FOR_KEY: u64 = 20;
/// Texts with more different values than this must leave more room for new ones.
const FEW_VALUES: u64 = 20;
/// Whole numbers are given at least this much room beyond the observed ones, so that months or hours which a first
/// batch happens to lack are nothing unexpected.
const MIN_WHOLE_ROOM: f64 = 12.0;
/// Where the outer hundredth of the values takes up more than half of the range, or the side is twice as long as the other, the tail is long, and a larger value is
/// only a matter of time: such a side is given this many widths of room. (New York's rain: 0.32 inches an hour at most in
/// three winter months, 0.94 in summer.)
const LONG_TAIL_ROOM: f64 = 3.0;
/// Distance beyond which a column has drifted. On the sample of New York flights, whose batches are two or three months,
/// the month is at 1.00, temperature and dew point at 0.10 to 0.70, and everything else at 0.11 or less.
const DRIFT_THRESHOLD: f64 = 0.3;

/// Bounds of drift between two datasets of which one is the reference: half a standard deviation of a normal distribution
/// moves the Jensen-Shannon divergence to 0.045, one to 0.16.
const REFERENCE_JENSEN_SHANNON: f64 = 0.05;
/// The same for the share of a value.
const REFERENCE_L_INFINITY: f64 = 0.1;
/// How many times more or fewer rows are ordinary between a dataset and its reference.
const ROWS_FACTOR: u64 = 10;
/// With fewer present values than this nothing is said of bounds or presence.
const MIN_PRESENT: u64 = 12;
/// Share of the values that must be known ones where the list is longer than the most frequent values that are kept.
const LONG_LIST_MASS: f64 = 0.98;

/// Bounds need so many rows that differ from the most frequent value: of a column that is nearly always 0 the other values are
/// hardly known.
const MIN_VARYING: u64 = 20;
/// By how much a long tail may grow at most, as a multiple of what is known of it.
const MAX_TAIL_GROWTH: f64 = 50.0;

/// A guessed role, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The role.
    pub role: Role,
    /// Why, in a few words for a person.
    pub why: String,
}

/// Infers a schema.
///
/// Types are those of the statistics; roles the given ones, else [`guess_role`]; of the temporal columns the first orders
/// the rows, further ones are features. Columns that models use, and those that leak, get:
/// - `min_fraction`: the observed share of present values less a tenth or what chance can do, so that a column which thins
///   out is noticed and ordinary fluctuation is not;
/// - a domain: texts with at most 100 different values in less than half of the rows may take the observed ones, with a
///   `min_domain_mass` that leaves room for as many unseen values as chance may bring: a rare new value is worth knowing,
///   many of them stop. The target
///   must keep to its classes (1.0), because no model can name a class that it never saw. Numbers may lie in the
///   observed range, widened on both sides by its width (whole numbers: at least by 12; on the side of a long tail three
///   widths or as far as its fall-off suggests); what was never negative may not become so. No bounds where nearly all
///   values are equal. A column with NaN gets no bounds, which allows NaN. Times get no
///   domain, because they move on;
/// - a drift threshold of 0.3: Jensen-Shannon for numbers, L-infinity for texts and truth values.
///
/// # Errors
/// All of: the target does not exist, has no value or a single one; a role is given to a column that does not exist or
/// contradicts the target.
pub fn infer_schema(
    stats: &DatasetStatistics,
    params: &SchemaParams,
) -> Result<Schema, ValidateError> {
    match ValidateError::all(problems(stats, params)) {
        Some(error) => Err(error),
        None => Ok(infer_columns(stats, params)),
    }
}

/// As [`infer_schema`], without asking whether there is a target: for looking at a file of which nothing is known.
#[must_use]
pub fn infer_columns(stats: &DatasetStatistics, params: &SchemaParams) -> Schema {
    let mut time_is_taken = params.roles.values().any(|role| *role == Role::Time);
    let columns = stats
        .columns
        .iter()
        .map(|column| {
            let role = if column.name == params.target {
                Role::Target
            } else if let Some(role) = params.roles.get(&column.name) {
                *role
            } else {
                let guess = guess_role(column, stats.n_rows);
                if guess.role == Role::Time && time_is_taken {
                    Role::Feature
                } else {
                    guess.role
                }
            };
            time_is_taken |= role == Role::Time;
            column_spec(column, role, stats.n_rows)
        })
        .collect();
    Schema {
        columns,
        min_rows: Some(1),
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations: Vec::new(),
    }
}

/// A schema of data that other data are held against, of which nobody said anything: no column is taken for unused, drift is
/// looked for with finer bounds than in a schema that batches of many months are held against, and a batch should have a tenth to
/// ten times as many rows.
#[must_use]
pub fn infer_reference(stats: &DatasetStatistics) -> Schema {
    let params = SchemaParams {
        target: String::new(),
        task: None,
        positive: None,
        roles: std::collections::BTreeMap::new(),
    };
    let mut schema = infer_columns(stats, &params);
    for (spec, column) in schema.columns.iter_mut().zip(&stats.columns) {
        if column.n_distinct == stats.n_rows && is_dense(column) {
            *spec = column_spec(column, Role::Key, stats.n_rows);
        } else if spec.role == Role::Ignored {
            *spec = column_spec(column, Role::Feature, stats.n_rows);
        }
        if let Some(drift) = &mut spec.drift {
            drift.threshold = match drift.measure {
                DriftMeasure::JensenShannon => REFERENCE_JENSEN_SHANNON,
                _ => REFERENCE_L_INFINITY,
            };
            if column.kind == ColumnType::Text && column.n_distinct > FEW_VALUES {
                spec.constraints.comparators = vec![DriftThreshold {
                    measure: DriftMeasure::JensenShannon,
                    threshold: REFERENCE_JENSEN_SHANNON,
                }];
            }
        }
    }
    if stats.n_rows >= MIN_ROWS_FOR_KEY {
        schema.min_rows = Some(stats.n_rows.div_ceil(ROWS_FACTOR));
        schema.max_rows = Some(stats.n_rows * ROWS_FACTOR);
        schema.rows_comparator = Some(RowsComparator {
            min_fraction: Some(1.0 / ROWS_FACTOR as f64),
            max_fraction: Some(ROWS_FACTOR as f64),
        });
    }
    schema
}

/// The role of a column of which nobody said anything: what its statistics suggest. Of several times only the first is
/// taken by [`infer_schema`].
#[must_use]
pub fn guess_role(column: &ColumnStatistics, n_rows: u64) -> Guess {
    let guess = |role, why: &str| Guess {
        role,
        why: why.to_owned(),
    };
    let n_present = n_rows.saturating_sub(column.n_missing);
    let may_be_key = matches!(column.kind, ColumnType::Text | ColumnType::Integer);
    if n_present == 0 {
        return guess(Role::Ignored, "no row has a value");
    }
    if column.n_distinct <= 1 {
        return guess(Role::Ignored, "every row has the same value");
    }
    if may_be_key
        && n_rows >= MIN_ROWS_FOR_KEY
        && column.n_distinct == n_rows
        && (column.kind == ColumnType::Text || is_key_name(&column.name))
    {
        return guess(Role::Key, "every row has a different value");
    }
    if n_rows >= MIN_ROWS_FOR_KEY && numbers_the_rows(column, n_rows) {
        return guess(Role::Key, "it numbers the rows");
    }
    if column.kind.is_temporal() {
        return guess(Role::Time, "it holds days or moments");
    }
    if column.kind == ColumnType::Text
        && column.n_distinct > MAX_LISTED_VALUES
        && column.n_distinct * 2 > n_rows
    {
        return guess(Role::Ignored, "nearly every row has a different text");
    }
    guess(Role::Feature, "it varies and repeats")
}

/// Whether the values are 0, 1, 2 … or 1, 2, 3 … in the order of the rows, as programs write them that export their row names.
fn numbers_the_rows(column: &ColumnStatistics, n_rows: u64) -> bool {
    let bound = |value: &Option<Scalar>| value.as_ref().and_then(Scalar::as_i64);
    let (Some(min), Some(max)) = (bound(&column.min), bound(&column.max)) else {
        return false;
    };
    column.kind == ColumnType::Integer
        && column.n_missing == 0
        && column.monotonicity == Monotonicity::StrictlyIncreasing
        && (0..=1).contains(&min)
        && max.checked_sub(min).and_then(|d| u64::try_from(d).ok()) == n_rows.checked_sub(1)
}

fn problems(stats: &DatasetStatistics, params: &SchemaParams) -> Vec<ValidateError> {
    let columns: Vec<String> = stats.columns.iter().map(|c| c.name.clone()).collect();
    let mut problems = Vec::new();
    let target = params.target.clone();
    match stats.column(&target) {
        None => problems.push(ValidateError::TargetNotFound {
            near: near_matches(&target, &columns),
            columns: columns.clone(),
            target,
        }),
        Some(column) if column.n_distinct == 0 => {
            problems.push(ValidateError::TargetAllMissing {
                target,
                n_rows: stats.n_rows,
            });
        }
        Some(column) if column.n_distinct == 1 => {
            problems.push(ValidateError::TargetSingleValue {
                target,
                value: column
                    .min
                    .as_ref()
                    .map_or_else(|| "infinity".to_owned(), ToString::to_string),
            });
        }
        Some(_) => {}
    }
    for (column, role) in &params.roles {
        if stats.column(column).is_none() {
            problems.push(ValidateError::RoleColumnNotFound {
                column: column.clone(),
                columns: columns.clone(),
                near: near_matches(column, &columns),
            });
        } else if (*role == Role::Target) != (*column == params.target) {
            problems.push(ValidateError::RoleContradiction {
                column: column.clone(),
                role: role.title().to_owned(),
                target: params.target.clone(),
            });
        }
    }
    problems
}

fn column_spec(column: &ColumnStatistics, role: Role, n_rows: u64) -> ColumnSpec {
    let is_watched = matches!(role, Role::Feature | Role::Target | Role::Leaks);
    let is_compared = matches!(role, Role::Feature | Role::Target);
    let n_present = n_rows.saturating_sub(column.n_missing);
    let constraints = Constraints {
        support: (role != Role::Target).then_some(n_present),
        min_count: (n_present >= MIN_PRESENT).then_some(1),
        min_unique_fraction: (role == Role::Key)
            .then(|| min_unique_fraction(column, n_present))
            .flatten(),
        allow_nan: (column.n_nan > 0).then_some(true),
        allow_infinite: (column.n_infinite > 0).then_some(true),
        ..Constraints::default()
    };
    ColumnSpec {
        name: column.name.clone(),
        kind: column.kind,
        role,
        required: true,
        min_fraction: min_fraction(column, n_rows),
        domain: is_watched.then(|| domain(column, role, n_rows)).flatten(),
        drift: is_compared.then(|| drift(column.kind)).flatten(),
        constraints,
    }
}

/// The smallest share of present values. From the observed share are taken 4.5 standard errors of the difference of two
/// samples of so many rows, at least a tenth (a twentieth where nothing was missing), and at most half of it where rows are
/// enough to say so.
fn min_fraction(column: &ColumnStatistics, n_rows: u64) -> f64 {
    if n_rows == 0 {
        return 0.0;
    }
    let observed = n_rows.saturating_sub(column.n_missing) as f64 / n_rows as f64;
    let n = n_rows as f64;
    let smoothed = (observed * n + 2.0) / (n + 4.0);
    let by_chance = 4.5 * (2.0 * smoothed * (1.0 - smoothed) / n).sqrt();
    let least = if column.n_missing == 0 { 0.05 } else { 0.1 };
    let relaxed = (observed - least)
        .max(observed / 2.0)
        .min(observed - by_chance)
        .max(0.0);
    // Three digits are enough for a bound that a person reads; rounding down never makes it stricter.
    (relaxed * 1000.0).floor() / 1000.0
}

/// How many of a key's values must be different. All, if the name says that it is a key or the values are whole numbers so
/// close together that chance would have repeated some; of texts that merely did not repeat so far, ten may.
fn min_unique_fraction(column: &ColumnStatistics, n_present: u64) -> Option<f64> {
    if column.n_distinct < n_present || n_present < MIN_ROWS_FOR_KEY {
        return None;
    }
    if is_key_name(&column.name) || is_dense(column) {
        return Some(1.0);
    }
    let bound = 1.0 - 10.0 / n_present as f64;
    (bound > 0.5).then_some((bound * 1000.0).floor() / 1000.0)
}

/// Whether different whole numbers stand so close that as many drawn at random would surely not all be different: twelve
/// pairs of equal ones would be expected.
fn is_dense(column: &ColumnStatistics) -> bool {
    let bounds = (
        column.min.as_ref().and_then(crate::domain::Scalar::as_i64),
        column.max.as_ref().and_then(crate::domain::Scalar::as_i64),
    );
    let (Some(min), Some(max)) = bounds else {
        return false;
    };
    let n = column.n_distinct as f64;
    let width = max as f64 - min as f64 + 1.0;
    column.kind == ColumnType::Integer && n * (n - 1.0) / (2.0 * width) >= 12.0
}

fn domain(column: &ColumnStatistics, role: Role, n_rows: u64) -> Option<Domain> {
    match column.kind {
        ColumnType::Text => values_domain(column, role, n_rows),
        ColumnType::Integer | ColumnType::Number => range_domain(column, n_rows),
        ColumnType::Boolean | ColumnType::Date | ColumnType::Timestamp => None,
    }
}

fn values_domain(column: &ColumnStatistics, role: Role, n_rows: u64) -> Option<Domain> {
    let is_list_complete = column.values.len() as u64 == column.n_distinct;
    let is_few = column.n_distinct * 2 < n_rows || role == Role::Target;
    if column.values.is_empty() || !is_list_complete || !is_few {
        return None;
    }
    let n_present = n_rows.saturating_sub(column.n_missing);
    let min_domain_mass = if role == Role::Target {
        1.0
    } else if column.n_distinct > column.top.len() as u64 {
        // A long list grows with the season (airports, products): one row in fifty may hold what is new.
        min_domain_mass(column, n_present).min(LONG_LIST_MASS)
    } else {
        min_domain_mass(column, n_present)
    };
    Some(Domain::Values {
        values: column.values.clone(),
        min_domain_mass,
    })
}

/// The share of values that must be known ones. As many values are to be expected among new rows that were never seen as
/// were seen once (Good 1953); four standard deviations more are chance, and so are a few rows of one that was missed: six where all known
/// values were seen often, else nine.
fn min_domain_mass(column: &ColumnStatistics, n_present: u64) -> f64 {
    let n = n_present.max(1) as f64;
    let n_listed: u64 = column.top.iter().map(|t| t.count).sum();
    let once_listed = column.top.iter().filter(|t| t.count == 1).count() as f64;
    let n_rest = column.n_distinct.saturating_sub(column.top.len() as u64) as f64;
    let mean_rest = (n_present.saturating_sub(n_listed) as f64 / n_rest.max(1.0)).max(1.0);
    let once = once_listed + n_rest * (1.5 / mean_rest).min(1.0);
    let rarest = column.top.last().map_or(0, |t| t.count);
    let is_gap = n_rest == 0.0 && rarest >= MIN_VARYING && column.n_distinct <= FEW_VALUES;
    let missed = if is_gap { 5.0 } else { 8.0 };
    let allowed = once + 4.0 * (2.0 * once).sqrt() + missed;
    let mass = (1.0 - allowed / n).max(0.0);
    (mass * 10_000.0).floor() / 10_000.0
}

fn range_domain(column: &ColumnStatistics, n_rows: u64) -> Option<Domain> {
    let min = column.min.as_ref()?.as_f64()?;
    let max = column.max.as_ref()?.as_f64()?;
    let n_present = n_rows.saturating_sub(column.n_missing);
    let most = column.top.first().map_or(0, |t| t.count);
    if column.n_nan > 0 || n_present.saturating_sub(most) < MIN_VARYING {
        return None;
    }
    let width = if max > min {
        max - min
    } else {
        max.abs().max(1.0)
    };
    let quantile = |p: f64| column.quantiles.iter().find(|q| q.p == p).map(|q| q.value);
    let middle = quantile(0.5).unwrap_or(f64::midpoint(min, max));
    let room = |tail: f64, growth: f64, (side, other): (f64, f64)| {
        let widths = if tail > width / 2.0 || side > 2.0 * other {
            LONG_TAIL_ROOM
        } else {
            1.0
        };
        match column.kind {
            ColumnType::Integer => (width * widths).max(MIN_WHOLE_ROOM).max(growth),
            _ => (width * widths).max(growth),
        }
    };
    let tail = |inner: f64, outer: f64, end: f64| {
        tail_room(
            (quantile(inner).unwrap_or(middle) - middle).abs(),
            (quantile(outer).unwrap_or(end) - middle).abs(),
            (end - middle).abs(),
            n_present as f64,
        )
    };
    let low_growth = tail(0.25, 0.05, min);
    let high_growth = tail(0.75, 0.95, max);
    let sides = (middle - min, max - middle);
    let low_tail = quantile(0.01).map_or(0.0, |q| q - min);
    let high_tail = quantile(0.99).map_or(0.0, |q| max - q);
    let lowest = min - room(low_tail, low_growth, sides);
    let high = max + room(high_tail, high_growth, (sides.1, sides.0));
    let low = if min >= 0.0 { lowest.max(0.0) } else { lowest };
    Some(Domain::Range {
        // Numbers far from zero and close together (long keys) differ in the digits that a readable bound gives up.
        min: readable(low).map(|bound| if bound > min { low } else { bound }),
        max: readable(high).map(|bound| if bound < max { high } else { bound }),
    })
}

/// How much farther than its end a tail may yet reach, given the distances of its quartile, its 20th part and its end from the
/// median. If it falls off as an exponential or faster, nothing beyond the ordinary room (0). If it is heavier, its
/// logarithm is taken to fall off so (a power law; Hill 1975), and the value is sought that one in 500 samples exceeds.
fn tail_room(quartile: f64, twentieth: f64, end: f64, n: f64) -> f64 {
    let beyond = (0.05 * n).max(1.5).ln();
    let inner = (twentieth - quartile) / 5f64.ln();
    let outer = (end - twentieth) / beyond;
    if end <= 0.0 || outer <= 1.3 * inner {
        return 0.0;
    }
    let growth = if twentieth > 0.0 {
        (end / twentieth).ln() / beyond * 500f64.ln()
    } else {
        f64::INFINITY
    };
    end * (growth.exp().min(MAX_TAIL_GROWTH) - 1.0)
}

/// A bound without the noise of binary arithmetic in its last digits; `None` where it is infinite.
fn readable(bound: f64) -> Option<f64> {
    format!("{bound:.11e}")
        .parse()
        .ok()
        .filter(|v: &f64| v.is_finite())
}

fn drift(kind: ColumnType) -> Option<DriftThreshold> {
    let measure = match kind {
        ColumnType::Integer | ColumnType::Number => DriftMeasure::JensenShannon,
        ColumnType::Text | ColumnType::Boolean => DriftMeasure::LInfinity,
        ColumnType::Date | ColumnType::Timestamp => return None,
    };
    Some(DriftThreshold {
        measure,
        threshold: DRIFT_THRESHOLD,
    })
}

/// Whether a word of the name says that it identifies rows: `id`, `row_id`, `flightKey`, `uuid`, `Index`.
fn is_key_name(name: &str) -> bool {
    let mut spaced = String::new();
    let mut was_lower = false;
    for c in name.chars() {
        if was_lower && c.is_uppercase() {
            spaced.push(' ');
        }
        was_lower = c.is_lowercase();
        spaced.push(if c.is_alphanumeric() { c } else { ' ' });
    }
    let spaced = spaced.to_lowercase();
    // What pandas and R call the row numbers that they write in front.
    if matches!(spaced.trim(), "unnamed  0" | "unnamed 0" | "rownames") {
        return true;
    }
    spaced.split_whitespace().any(|word| {
        matches!(
            word,
            "id" | "ids" | "key" | "uuid" | "guid" | "index" | "idx" | "rowid" | "rownum"
        )
    })
}
