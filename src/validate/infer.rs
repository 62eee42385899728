//! A first schema, inferred from a first dataset's statistics and from what a person said; afterwards a person edits it.
//! The task and the classes are left to `target`, comparing data with a schema to `check`.

use super::error::ValidateError;
use crate::domain::near::near_matches;
use crate::domain::pipeline::SchemaParams;
use crate::domain::schema::{
    ColumnSpec, ColumnType, Domain, DriftMeasure, DriftThreshold, Role, Schema,
};
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics, MAX_LISTED_VALUES};

/// A dataset of fewer rows has no column that is surely a key.
const MIN_ROWS_FOR_KEY: u64 = 20;
/// Texts with more different values than this must leave more room for new ones.
const FEW_VALUES: u64 = 20;
/// Whole numbers are given at least this much room beyond the observed ones, so that months or hours which a first
/// batch happens to lack are nothing unexpected.
const MIN_WHOLE_ROOM: f64 = 12.0;
/// Where the outer hundredth of the values takes up more than half of the range, the tail is long, and a larger value is
/// only a matter of time: such a side is given this many widths of room. (New York's rain: 0.32 inches an hour at most in
/// three winter months, 0.94 in summer.)
const LONG_TAIL_ROOM: f64 = 3.0;
/// Distance beyond which a column has drifted. On the sample of New York flights, whose batches are two or three months,
/// the month is at 1.00, temperature and dew point at 0.10 to 0.70, and everything else at 0.11 or less.
const DRIFT_THRESHOLD: f64 = 0.3;

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
/// - `min_fraction`: the observed share of present values less 0.2, at least half of it (keys and times: 1 if no value
///   was missing), so that a column which thins out is noticed and ordinary fluctuation is not;
/// - a domain: texts with at most 100 different values in less than half of the rows may take the observed ones, with a
///   `min_domain_mass` of 0.99 (0.95 beyond 20 values): a rare new value is worth knowing, many of them stop. The target
///   must keep to its classes (1.0), because no model can name a class that it never saw. Numbers may lie in the
///   observed range, widened on both sides by its width (whole numbers: at least by 12; on the side of a long tail three
///   widths); what was never negative may not become so. A column with NaN gets no bounds, which allows NaN. Times get no
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
        expectations: Vec::new(),
    }
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
    ColumnSpec {
        name: column.name.clone(),
        kind: column.kind,
        role,
        required: true,
        min_fraction: min_fraction(column, role, n_rows),
        domain: is_watched.then(|| domain(column, role, n_rows)).flatten(),
        drift: is_compared.then(|| drift(column.kind)).flatten(),
    }
}

fn min_fraction(column: &ColumnStatistics, role: Role, n_rows: u64) -> f64 {
    if n_rows == 0 {
        return 0.0;
    }
    if column.n_missing == 0 && matches!(role, Role::Key | Role::Time) {
        return 1.0;
    }
    let observed = n_rows.saturating_sub(column.n_missing) as f64 / n_rows as f64;
    let relaxed = (observed - 0.2).max(observed / 2.0);
    // Three digits are enough for a bound that a person reads; rounding down never makes it stricter.
    (relaxed * 1000.0).floor() / 1000.0
}

fn domain(column: &ColumnStatistics, role: Role, n_rows: u64) -> Option<Domain> {
    match column.kind {
        ColumnType::Text => values_domain(column, role, n_rows),
        ColumnType::Integer | ColumnType::Number => range_domain(column),
        ColumnType::Boolean | ColumnType::Date | ColumnType::Timestamp => None,
    }
}

fn values_domain(column: &ColumnStatistics, role: Role, n_rows: u64) -> Option<Domain> {
    let is_list_complete = column.values.len() as u64 == column.n_distinct;
    let is_few = column.n_distinct * 2 < n_rows || role == Role::Target;
    if column.values.is_empty() || !is_list_complete || !is_few {
        return None;
    }
    let min_domain_mass = if role == Role::Target {
        1.0
    } else if column.n_distinct > FEW_VALUES {
        0.95
    } else {
        0.99
    };
    Some(Domain::Values {
        values: column.values.clone(),
        min_domain_mass,
    })
}

fn range_domain(column: &ColumnStatistics) -> Option<Domain> {
    let min = column.min.as_ref()?.as_f64()?;
    let max = column.max.as_ref()?.as_f64()?;
    if column.n_nan > 0 {
        return None;
    }
    let width = if max > min {
        max - min
    } else {
        max.abs().max(1.0)
    };
    let quantile = |p: f64| column.quantiles.iter().find(|q| q.p == p).map(|q| q.value);
    let room = |tail: f64| {
        let widths = if tail > width / 2.0 {
            LONG_TAIL_ROOM
        } else {
            1.0
        };
        match column.kind {
            ColumnType::Integer => (width * widths).max(MIN_WHOLE_ROOM),
            _ => width * widths,
        }
    };
    let lowest = min - room(quantile(0.01).map_or(0.0, |q| q - min));
    let high = max + room(quantile(0.99).map_or(0.0, |q| max - q));
    let low = if min >= 0.0 { lowest.max(0.0) } else { lowest };
    Some(Domain::Range {
        // Numbers far from zero and close together (long keys) differ in the digits that a readable bound gives up.
        min: readable(low).map(|bound| if bound > min { low } else { bound }),
        max: readable(high).map(|bound| if bound < max { high } else { bound }),
    })
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
    spaced.to_lowercase().split_whitespace().any(|word| {
        matches!(
            word,
            "id" | "ids" | "key" | "uuid" | "guid" | "index" | "idx" | "rowid" | "rownum"
        )
    })
}
