//! The model card: the fields of Model Card Toolkit's schema 0.0.2 that a comparison can fill. What nobody recorded (owners,
//! licences, intended users) is left out, not invented.

use super::Report;
use crate::domain::comparison::Outcome;
use crate::domain::schema::ColumnType;
use serde_json::{Value, json};

pub(super) fn model_card(report: &Report<'_>) -> Value {
    let Report {
        pair,
        compared,
        day,
    } = report;
    let comparison = &compared.comparison;
    let candidate = &pair.candidate().model;
    let other = pair.other().map(|m| format!("Held against {}.", m.title));
    let signature = &candidate.signature;
    let inputs = signature.inputs.iter();
    let inputs = inputs.map(|c| json!({ "key": c.name, "value": kind(c.kind) }));
    let parameters = candidate
        .params
        .iter()
        .map(|(name, value)| format!("{name} = {value}"));
    let parameters: Vec<String> = parameters.collect();
    let overall = comparison.metrics.iter().filter_map(|m| {
        Some(json!({ "type": m.metric.name(), "value": m.candidate?.to_string() }))
    });
    let of_segments = comparison.segments.iter().filter_map(|s| {
        Some(json!({
            "type": s.metric.name(),
            "value": s.candidate?.to_string(),
            "slice": s.segment,
        }))
    });
    let metrics: Vec<Value> = overall.chain(of_segments).collect();
    json!({
        "schema_version": "0.0.2",
        "model_details": {
            "name": candidate.name,
            "overview": compared.blessing.reason,
            "version": {
                "name": comparison.models.first().map(|m| m.hash.short()),
                "date": day,
                "diff": other,
            },
        },
        "model_parameters": {
            "model_architecture": if parameters.is_empty() {
                candidate.algorithm.clone()
            } else {
                format!("{} ({})", candidate.algorithm, parameters.join(", "))
            },
            "data": [{
                "name": compared.data.name,
                "description": format!(
                    "Test data: {} rows with a value of {}; hash {}.",
                    compared.data.n_rows, signature.target, compared.data.hash.as_str()
                ),
            }],
            "input_format_map": inputs.collect::<Vec<_>>(),
            "output_format": output(report),
        },
        "quantitative_analysis": { "performance_metrics": metrics },
        "considerations": { "limitations": limitations(report) },
    })
}

fn kind(kind: ColumnType) -> &'static str {
    kind.title()
}

fn output(report: &Report<'_>) -> String {
    let signature = &report.pair.candidate().model.signature;
    if signature.classes.is_empty() {
        format!("{}: a number", signature.target)
    } else {
        format!(
            "{}: probabilities of {}",
            signature.target,
            signature.classes.join(", ")
        )
    }
}

/// Where it does worse than what it was held against, by segments and confirmed slices.
fn limitations(report: &Report<'_>) -> Vec<Value> {
    let segments = report.compared.comparison.segments.iter();
    let worse = segments.filter(|s| s.outcome == Outcome::Worse);
    let worse = worse.map(|s| format!("{} is worse where {}.", s.metric.title(), s.segment));
    let slices = report.compared.slices.iter().flat_map(|found| {
        let confirmed = found
            .slices
            .iter()
            .filter(|s| s.test.is_some_and(|t| t.is_confirmed));
        confirmed.map(|s| format!("The {} is higher where {}.", found.loss.title(), s.text))
    });
    worse
        .chain(slices)
        .map(|text| json!({ "description": text }))
        .collect()
}
