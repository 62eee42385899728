//! What data validation found as `tensorflow.metadata.v0.Anomalies` in the text format of protocol buffers, as TensorFlow Data
//! Validation keeps it (`tensorflow_metadata/proto/v0/anomalies.proto`): one entry a column with a reason for each finding.

use crate::domain::anomaly::{Anomaly, AnomalyKind, Severity, ValidationReport};
use crate::domain::interchange::NotCarried;
use crate::validate::interchange::text_format::Writer;
use std::collections::BTreeMap;

/// The text, and what TFDV has no name for. Findings that a person ignores are left out, as they carry no weight.
#[must_use]
pub fn text(report: &ValidationReport) -> (String, Vec<NotCarried>) {
    let mut not_carried = Vec::new();
    let mut columns: BTreeMap<&str, Vec<&Anomaly>> = BTreeMap::new();
    let mut of_dataset: Vec<&Anomaly> = Vec::new();
    for anomaly in report.anomalies.iter().filter(|a| a.ignored.is_none()) {
        if anomaly.kind == AnomalyKind::TextTypeLength {
            not_carried.push(NotCarried {
                column: anomaly.column.clone(),
                what: "the kind of a finding about lengths of texts: its reason has the type UNKNOWN_TYPE".to_owned(),
            });
        }
        match &anomaly.column {
            Some(column) => columns.entry(column).or_default().push(anomaly),
            None => of_dataset.push(anomaly),
        }
    }
    let mut w = Writer::default();
    for (column, found) in columns {
        w.message("anomaly_info", |w| {
            w.text("key", column);
            w.message("value", |w| {
                w.message("path", |w| w.text("step", column));
                info(w, &found);
            });
        });
    }
    if !of_dataset.is_empty() {
        w.message("dataset_anomaly_info", |w| info(w, &of_dataset));
    }
    (w.finish(), not_carried)
}

fn info(w: &mut Writer, found: &[&Anomaly]) {
    let most = found
        .iter()
        .map(|a| a.severity)
        .max()
        .unwrap_or(Severity::Info);
    // TFDV knows errors and warnings.
    w.bare(
        "severity",
        if most == Severity::Error {
            "ERROR"
        } else {
            "WARNING"
        },
    );
    let (short, long) = match found {
        [one] => (one.kind.name(), one.description.clone()),
        several => {
            let texts: Vec<&str> = several.iter().map(|a| a.description.as_str()).collect();
            ("Multiple errors".to_owned(), texts.join(" "))
        }
    };
    w.text("short_description", &short);
    w.text("description", &long);
    for anomaly in found {
        w.message("reason", |w| {
            match anomaly.kind {
                AnomalyKind::TextTypeLength => w.bare("type", "UNKNOWN_TYPE"),
                kind => w.bare("type", kind.name()),
            }
            w.text("short_description", &anomaly.kind.name());
            w.text("description", &anomaly.description);
        });
    }
}
