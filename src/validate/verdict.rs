//! The verdict of the data gate and its reason in one sentence. Finding anomalies is left to the families.

use super::check::{Environment, Span};
use super::wording;
use crate::domain::anomaly::{Anomaly, DataVerdict, Drift, Severity};
use crate::domain::pipeline::ValidateParams;

/// The verdict and its reason; the anomalies come gravest first.
pub(super) fn verdict(
    anomalies: &[Anomaly],
    distances: &[Drift],
    spans: &[Span<'_>],
    environment: Environment,
    params: &ValidateParams,
) -> (DataVerdict, String) {
    let Some(newest) = spans.last() else {
        return (
            DataVerdict::Stop,
            "There is no batch of data to look at.".to_owned(),
        );
    };
    let gravest = anomalies.first();
    let others = || others(anomalies.len() - 1);
    if let Some(anomaly) = gravest.filter(|a| a.severity == Severity::Error) {
        return (DataVerdict::Stop, format!("{}{}", named(anomaly), others()));
    }
    if let Some(anomaly) = gravest.filter(|a| a.severity == Severity::Warning) {
        return (
            DataVerdict::Retrain,
            format!("{}{}", named(anomaly), others()),
        );
    }
    let notes = match anomalies.len() {
        0 => String::new(),
        1 => " 1 finding is worth knowing.".to_owned(),
        n => format!(" {n} findings are worth knowing."),
    };
    if environment == Environment::Training && spans.len() == 1 {
        return (
            DataVerdict::Retrain,
            format!(
                "Batch {} ({}) fits the schema and is the first one: there is nothing to compare it with, and a first \
                 model can be trained.{notes}",
                newest.name,
                wording::rows(newest.table.n_rows() as u64)
            ),
        );
    }
    let fit = match spans.len() {
        1 => format!("Batch {} fits the schema", newest.name),
        n => format!("All {n} batches fit the schema"),
    };
    let farthest = distances
        .iter()
        .max_by(|a, b| (a.distance / a.threshold).total_cmp(&(b.distance / b.threshold)));
    let comparison = match farthest {
        _ if spans.len() == 1 => String::new(),
        Some(d) => format!(
            ", and batch {} is distributed like the earlier data in all {} columns compared (farthest: {}, {:.2} of {:.2} \
             allowed)",
            newest.name,
            distances.len(),
            d.column,
            d.distance,
            d.threshold
        ),
        None if params.drift => ", and no column could be compared with earlier data".to_owned(),
        None => "; it was not compared with earlier data, because drift is switched off".to_owned(),
    };
    (DataVerdict::Ok, format!("{fit}{comparison}.{notes}"))
}

/// Batch, what was found in it, and its kind for who looks it up.
fn named(anomaly: &Anomaly) -> String {
    let what = anomaly.description.trim_end_matches('.');
    let (batch, kind) = (&anomaly.span, anomaly.kind.name());
    format!("{batch}: {what} ({kind}).")
}

fn others(n: usize) -> String {
    match n {
        0 => String::new(),
        1 => " There is 1 more finding.".to_owned(),
        n => format!(" There are {n} more findings."),
    }
}
