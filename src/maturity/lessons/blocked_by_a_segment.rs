//! Lesson 1: from the raw file to the segment that blocks a promotion.

use crate::domain::gate::{CheckOutcome, ModelVerdict};
use crate::domain::maturity::NextAction;
use crate::domain::run::{RunRecord, StepKind};
use crate::maturity::Records;
use crate::maturity::lesson::{Lesson, Step};

pub(super) const LESSON: Lesson = Lesson {
    id: "blocked-by-a-segment",
    title: "Better, and still not promoted",
    summary: "From a raw file to a served model, and to the segment of the data that keeps a better one out.",
    suits: |pipeline| pipeline.name == "nyc-flights",
    steps: &[
        Step {
            title: "Run the pipeline on the first batch",
            text: "Flights of January to March 2013. The data gate looks at the file, four candidates are trained, and \
                   the best one is held against the baseline. There is no model in production yet.",
            action: Some(NextAction::Run),
            finding: first_promotion,
        },
        Step {
            title: "Serve the model",
            text: "A trained model behind an address: that is maturity level 0. Nothing watches it yet.",
            action: Some(NextAction::Serve),
            finding: |records| {
                let first = records.services.first()?;
                Some(format!(
                    "v{} was served at {}",
                    first.version, first.address
                ))
            },
        },
        Step {
            title: "Add the two batches of spring and summer, and take the column hour away",
            text: "Add data/flights_2013_04_05.csv and data/flights_2013_06_07.csv. Then open Pipeline, choose Train and \
                   exclude the column hour too, as if a source had stopped delivering it. Save, and run.",
            action: Some(NextAction::AddData),
            finding: ran_without_hour,
        },
        Step {
            title: "Find out why the gate said no",
            text: "Overall the new model is better: it has seen spring and summer. Open Compare and look for the segment \
                   in which it is worse than the model in production. Early flights are rarely late, and only a model \
                   that knows the hour can tell.",
            action: Some(NextAction::Compare),
            finding: blocked,
        },
        Step {
            title: "Give the column back and run again",
            text: "Remove hour from the excluded columns, save, and run. Only training and what follows runs: everything \
                   before is unchanged and comes from the metadata store.",
            action: Some(NextAction::EditPipeline),
            finding: promoted_after,
        },
    ],
};

fn first_promotion(records: &Records) -> Option<String> {
    let run = records.runs.iter().rev().find(|r| r.promoted.is_some())?;
    Some(format!(
        "Run {} put v{} into production",
        run.id, run.promoted?
    ))
}

/// The columns that a run kept from its candidates.
fn excluded(run: &RunRecord) -> Vec<&str> {
    run.step(StepKind::Train)
        .and_then(|s| s.params.pointer("/train/exclude"))
        .and_then(serde_json::Value::as_array)
        .map(|columns| {
            columns
                .iter()
                .filter_map(serde_json::Value::as_str)
                .collect()
        })
        .unwrap_or_default()
}

fn n_batches(run: &RunRecord) -> usize {
    run.step(StepKind::Ingest).map_or(0, |s| {
        s.outputs.iter().filter(|o| o.port == "examples").count()
    })
}

fn ran_without_hour(records: &Records) -> Option<String> {
    let run = records.runs.iter().rev().find(|r| {
        excluded(r).contains(&"hour") && n_batches(r) >= 3 && r.model_verdict.is_some()
    })?;
    Some(format!(
        "Run {} trained on {} batches without hour",
        run.id,
        n_batches(run)
    ))
}

fn blocking_run(records: &Records) -> Option<&RunRecord> {
    records.runs.iter().rev().find(|r| {
        r.model_verdict == Some(ModelVerdict::NotBlessed) && excluded(r).contains(&"hour")
    })
}

fn blocked(records: &Records) -> Option<String> {
    let run = blocking_run(records)?;
    let blessing = records.blessings.get(&run.id)?;
    let check = blessing
        .checks
        .iter()
        .find(|c| c.outcome == CheckOutcome::Failed && c.segment.is_some())?;
    Some(format!("Run {}: {}", run.id, check.sentence))
}

fn promoted_after(records: &Records) -> Option<String> {
    let blocked = blocking_run(records)?;
    let run =
        records.runs.iter().rev().find(|r| {
            r.id > blocked.id && r.promoted.is_some() && !excluded(r).contains(&"hour")
        })?;
    Some(format!(
        "Run {} put v{} into production",
        run.id, run.promoted?
    ))
}
