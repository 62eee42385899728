//! Data validation: every batch against the schema, the newest batch against the earlier ones, and the verdict. The
//! conditions are those of TensorFlow Data Validation (docs/anomalies.md) and live in a file per family: `presence`,
//! `types`, `values`, `drift`. Acting on the verdict is left to the pipeline.

use super::facts::Facts;
use super::{drift, expectations, presence, specification, types, unique, values, verdict};
use crate::data::{ColumnData, Table};
use crate::domain::anomaly::{
    Anomaly, AnomalyAnswer, AnomalyKind, Severity, Skew, ValidationReport,
};
use crate::domain::pipeline::ValidateParams;
use crate::domain::schema::{ColumnSpec, Role, Schema};
use crate::domain::statistics::DatasetStatistics;
use rayon::prelude::*;

/// One batch: a file's name, its rows and their statistics.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a> {
    /// Name, for people: the file name.
    pub name: &'a str,
    /// The profile of `table`, where there is one; else what the schema asks for is looked up in the rows.
    pub statistics: Option<&'a DatasetStatistics>,
    /// The rows.
    pub table: &'a Table,
}

/// What the data is for; TFDV's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Batches to train on: everything in the schema counts.
    Training,
    /// Requests for predictions: there is no target and nothing that leaks, and any number of rows will do.
    Serving,
}

impl Environment {
    /// TFDV's name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Serving => "serving",
        }
    }
}

/// Checks batches in order of time (the last one is the newest) against the schema and against one another.
///
/// A finding is an `Error` (schema skew: STOP), a `Warning` (values skew: RETRAIN) or an `Info` (neither). A schema skew
/// in a column that nothing uses (leaks, ignored) is an `Info`, except for a column that the schema does not know:
/// nobody has said yet that no model uses it.
///
/// The verdict: STOP if there is an error; else RETRAIN if there is a warning, or if there is only one batch to train
/// on, so that a first model is made; else OK.
#[must_use]
pub fn check(
    schema: &Schema,
    spans: &[Span<'_>],
    params: &ValidateParams,
    environment: Environment,
) -> ValidationReport {
    judged(schema, spans, spans, params, environment)
}

/// As [`check`], with nothing said of the earlier batches themselves: they are only what the newest is compared with.
#[must_use]
pub fn check_newest(
    schema: &Schema,
    spans: &[Span<'_>],
    params: &ValidateParams,
    environment: Environment,
) -> ValidationReport {
    let newest = &spans[spans.len().saturating_sub(1)..];
    judged(schema, newest, spans, params, environment)
}

/// Checks some of the spans, and compares the last one with all before it.
fn judged(
    schema: &Schema,
    checked: &[Span<'_>],
    spans: &[Span<'_>],
    params: &ValidateParams,
    environment: Environment,
) -> ValidationReport {
    let mut anomalies = specification::contradictions(schema);
    let of_spans: Vec<Vec<Anomaly>> = checked
        .par_iter()
        .map(|span| check_span(schema, span, environment))
        .collect();
    anomalies.extend(of_spans.into_iter().flatten());
    if environment == Environment::Training {
        anomalies.extend(presence::compared_size(schema, spans));
    }
    let mut distances = Vec::new();
    if params.drift {
        let (drifted, measured) = drift::check(schema, spans);
        anomalies.extend(drifted);
        distances = measured;
    }
    for anomaly in &mut anomalies {
        ignore(schema, anomaly);
    }
    // Gravest first, then the one with most rows; equals stay in the order of batches and columns.
    anomalies.sort_by_key(|a| std::cmp::Reverse((a.severity, a.n_rows)));
    let (verdict, reason) = verdict::verdict(&anomalies, &distances, spans, environment, params);
    ValidationReport {
        verdict,
        reason,
        n_rows: spans.iter().map(|s| s.table.n_rows() as u64).sum(),
        anomalies,
        drift: distances,
    }
}

/// Takes the weight from a finding that a person has decided not to act on. What no answer of that kind is offered for
/// keeps it: a model that is not there for its input would only fail later.
fn ignore(schema: &Schema, anomaly: &mut Anomaly) {
    let decided = schema.ignored.iter().find(|i| i.means(anomaly));
    if let Some(decided) = decided.filter(|_| anomaly.answers.contains(&AnomalyAnswer::Ignore)) {
        anomaly.severity = Severity::Info;
        anomaly.ignored = Some(decided.reason.clone());
    }
}

fn check_span(schema: &Schema, span: &Span<'_>, environment: Environment) -> Vec<Anomaly> {
    let mut anomalies = Vec::new();
    if environment == Environment::Training {
        anomalies.extend(presence::dataset_size(schema, span));
    }
    anomalies.extend(presence::new_columns(schema, span));
    let columns: Vec<Option<Column<'_>>> = schema
        .columns
        .iter()
        .map(|spec| Column::find(span, spec))
        .collect();
    let by_column: Vec<Vec<Anomaly>> = schema
        .columns
        .par_iter()
        .zip(&columns)
        .map(|(spec, column)| match column {
            Some(column) => check_column(column, environment),
            None if spec.required && spec.is_in(environment.name()) => {
                vec![presence::missing_column(spec, span)]
            }
            None => Vec::new(),
        })
        .collect();
    anomalies.extend(by_column.into_iter().flatten());
    anomalies.extend(expectations::check(schema, span, &columns, environment));
    anomalies
}

fn check_column(column: &Column<'_>, environment: Environment) -> Vec<Anomaly> {
    let mut anomalies = Vec::new();
    if column.n_present() == 0 {
        // Without a value there is no type to judge: readers take such a column for texts.
        anomalies.extend(presence::without_values(column, environment));
        return anomalies;
    }
    anomalies.extend(presence::low_fraction(column, environment));
    anomalies.extend(presence::low_number(column, environment));
    let of_type = types::unexpected(column);
    if of_type.is_empty() {
        anomalies.extend(values::unexpected(column));
        anomalies.extend(unique::unexpected(column));
    }
    anomalies.extend(of_type);
    anomalies
}

/// One column of one batch beside what is expected of it.
pub(super) struct Column<'a> {
    pub(super) span: &'a Span<'a>,
    pub(super) spec: &'a ColumnSpec,
    pub(super) facts: Facts<'a>,
    pub(super) data: ColumnData<'a>,
}

impl<'a> Column<'a> {
    /// The column of a batch that a spec speaks of, if the batch has it.
    pub(super) fn find(span: &'a Span<'a>, spec: &'a ColumnSpec) -> Option<Self> {
        Some(Self {
            span,
            spec,
            facts: Facts::of(span, &spec.name)?,
            data: span.table.column(&spec.name)?,
        })
    }

    pub(super) fn n_rows(&self) -> u64 {
        self.data.len() as u64
    }

    /// Rows with a value, NaN included.
    pub(super) fn n_present(&self) -> u64 {
        self.n_rows() - self.data.n_missing() as u64
    }

    /// A finding of schema skew; in a column that no model uses it is only worth knowing.
    pub(super) fn skewed(&self, kind: AnomalyKind, found: Found) -> Anomaly {
        self.finding(kind, gravity(self.spec.role), found)
    }

    /// A finding of a given weight.
    pub(super) fn finding(&self, kind: AnomalyKind, severity: Severity, found: Found) -> Anomaly {
        finding(kind, severity, Some(&self.spec.name), self.span.name, found)
    }

    /// Whether so many cases of something that the rows did not show from which the spec was inferred are more than
    /// chance; always, where a person wrote the spec.
    pub(super) fn is_beyond_chance(&self, n_new: u64, alpha: f64) -> bool {
        self.spec.constraints.support.is_none_or(|support| {
            super::distance::is_beyond_chance(n_new, self.n_present(), support, alpha)
        })
    }
}

/// What was found, apart from where.
pub(super) struct Found {
    pub(super) description: String,
    pub(super) n_rows: u64,
    pub(super) examples: Vec<String>,
    pub(super) hint: String,
}

/// How much a schema skew in a column of this role weighs.
pub(super) fn gravity(role: Role) -> Severity {
    match role {
        Role::Feature
        | Role::Target
        | Role::Time
        | Role::Key
        | Role::Group
        | Role::Weight
        | Role::Sensitive => Severity::Error,
        Role::Leaks | Role::Ignored => Severity::Info,
    }
}

/// An anomaly. Its skew follows from its weight: what neither stops nor retrains is neither skew.
pub(super) fn finding(
    kind: AnomalyKind,
    severity: Severity,
    column: Option<&str>,
    span: &str,
    found: Found,
) -> Anomaly {
    let skew = match severity {
        Severity::Error => Skew::Schema,
        Severity::Warning => Skew::Values,
        Severity::Info => Skew::None,
    };
    let mut answers = vec![AnomalyAnswer::FixData];
    if kind.can_be_ignored() {
        answers.push(AnomalyAnswer::Ignore);
    }
    Anomaly {
        kind,
        column: column.map(str::to_owned),
        span: span.to_owned(),
        skew,
        severity,
        description: found.description,
        n_rows: found.n_rows,
        examples: found.examples,
        hint: found.hint,
        rows: Vec::new(),
        ignored: None,
        answers,
    }
}

/// Puts the answer "widen the schema" between the others.
pub(super) fn with_widened(mut anomaly: Anomaly, widened: ColumnSpec) -> Anomaly {
    let answer = AnomalyAnswer::WidenColumn(Box::new(widened));
    anomaly.answers.insert(1.min(anomaly.answers.len()), answer);
    anomaly
}
