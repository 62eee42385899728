//! Splits the rows into training and test, and fits the transforms on the training part. A row keeps its side when
//! batches are added, so that the model in production is never tested on rows it was trained on.

use super::{all_rows, json_of};
use crate::data::copies;
use crate::data::split::{self, SpanRows, Split};
use crate::data::{ColumnData, Table};
use crate::domain::algorithm::Problem;
use crate::domain::dataset::{BatchList, SplitRecord, StatisticsReport};
use crate::domain::pipeline::{SchemaParams, SplitKind, TransformParams};
use crate::domain::prediction::Targets;
use crate::domain::run::StepKind;
use crate::domain::schema::{ColumnSpec, ColumnType, Role, Schema};
use crate::domain::{ContentHash, Failure};
use crate::feature::{FeaturePlan, KnownTargets};
use crate::model::{EncodedTargets, encode_targets};
use crate::pipeline::step::{InPort, Step, StepContext, StepOutput, StepResult};
use crate::train::leakage::{Suspect, suspects};
use crate::validate;
use arrow::array::ArrayRef;

/// Sums of squares of larger numbers are not finite.
const LARGEST_TARGET: f64 = 1e140;

pub(super) struct Transform {
    pub(super) params: TransformParams,
    pub(super) schema: SchemaParams,
}

impl Step for Transform {
    fn kind(&self) -> StepKind {
        StepKind::Transform
    }

    fn version(&self) -> u32 {
        1
    }

    fn inputs(&self) -> &'static [InPort] {
        const {
            &[
                InPort::of("examples"),
                InPort::of("batches"),
                InPort::of("statistics"),
                InPort::of("schema"),
            ]
        }
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["split", "transform_graph"]
    }

    fn params(&self) -> serde_json::Value {
        serde_json::json!({
            "transform": json_of(&self.params),
            "task": json_of(&self.schema.task),
            "positive": json_of(&self.schema.positive),
        })
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let fraction = self.params.test_fraction;
        if !(fraction > 0.0 && fraction < 1.0) {
            problems.push(Problem::new(
                "steps.transform.test_fraction",
                format!("must be between 0 and 1, not {fraction}"),
            ));
        }
        if !(2..=1000).contains(&self.params.max_categories) {
            problems.push(Problem::new(
                "steps.transform.max_categories",
                "must be from 2 to 1000",
            ));
        }
        problems
    }

    fn run(&self, context: &StepContext<'_>) -> Result<StepResult, Failure> {
        let schema: Schema = context.json("schema")?;
        let statistics: StatisticsReport = context.json("statistics")?;
        let list: BatchList = context.json("batches")?;
        let table = all_rows(context)?;
        let target = schema.target().ok_or_else(|| {
            Failure::bad_data("The schema names no target column").hint("Edit the schema.")
        })?;
        let params = SchemaParams {
            target: target.name.clone(),
            ..self.schema.clone()
        };
        let task = validate::task_of(&statistics.total, &params)?;
        let classes = validate::classes(&table, &params, task)?;
        let encoded = encode_targets(&table, &target.name, task, &classes)?;
        let n_usable = encoded.rows.len();
        if n_usable < 10 {
            return Err(Failure::bad_data(format!(
                "Only {n_usable} rows have a value of {}; at least 10 are needed",
                target.name
            )));
        }
        if let Targets::Values(values) = &encoded.targets
            && values.iter().any(|v| v.abs() > LARGEST_TARGET)
        {
            return Err(Failure::bad_data(format!(
                "{} has values beyond {LARGEST_TARGET:e}, whose squares no number can hold",
                target.name
            ))
            .hint("Give it in a larger unit."));
        }
        let mut usable = vec![false; table.n_rows()];
        for row in &encoded.rows {
            usable[*row] = true;
        }
        let time = time_of(&table, &schema);
        let groups = match self.params.split {
            SplitKind::Group => Some(groups_of(&table, &schema)?),
            _ => None,
        };
        let mut spans = Vec::new();
        let mut first = 0;
        for batch in &list.batches {
            let rows = first..first + batch.n_rows as usize;
            first = rows.end;
            let stratified = self.params.split == SplitKind::Stratified;
            spans.push(SpanRows {
                seed_hash: batch.hash.seed(),
                strata: stratified.then(|| strata(&encoded, rows.clone())),
                time: time.as_ref().map(|t| t[rows.clone()].to_vec()),
                groups: groups.as_ref().map(|g| g[rows.clone()].to_vec()),
                rows,
            });
        }
        let split = split::split(
            &spans,
            &usable,
            self.params.split,
            self.params.test_fraction,
            context.seed,
        );
        if split.train.is_empty() || split.test.is_empty() {
            return Err(Failure::bad_data(
                "There are too few rows to split into training and test",
            )
            .hint("Add data, or change steps.transform.test_fraction."));
        }
        context.check_stop()?;
        // Both lists ascend, and every row of the split has a target.
        let targets_of = |rows: &[usize]| {
            let places = rows
                .iter()
                .map(|row| encoded.rows.partition_point(|r| r < row));
            encoded.targets.take(&places.collect::<Vec<_>>())
        };
        let (training, test) = (targets_of(&split.train), targets_of(&split.test));
        let known = KnownTargets {
            targets: &training,
            classes: &classes,
        };
        self.warn_of_unknown(context, &table);
        let is_stopped = || context.check_stop().is_err();
        let graph = FeaturePlan::fit_unless(
            &table,
            &schema,
            &split.train,
            &self.params,
            &[],
            Some(known),
            &is_stopped,
        )?
        .ok_or_else(Failure::interrupted)?;
        let message = format!(
            "{} rows to train, {} to test",
            split.train.len(),
            split.test.len()
        );
        let n_without_target = (table.n_rows() - n_usable) as u64;
        warn_of_rows(context, &table, &schema, &split, n_without_target)?;
        context.check_stop()?;
        let (training, test) = ((&*split.train, &training), (&*split.test, &test));
        warn_of_columns(context, &suspects(&graph, &table, training, test)?);
        let record = SplitRecord {
            task,
            target: target.name.clone(),
            classes,
            train: split.train.iter().map(|r| *r as u64).collect(),
            test: split.test.iter().map(|r| *r as u64).collect(),
            n_without_target,
        };
        Ok(StepResult {
            outputs: vec![
                StepOutput::json("split", "lockkeeper.Split", "split", &record),
                StepOutput::json(
                    "transform_graph",
                    "lockkeeper.TransformGraph",
                    "transform graph",
                    &graph,
                ),
            ],
            effects: Vec::new(),
            message,
        })
    }
}

impl Transform {
    /// Says which columns are to be prepared and are not there.
    fn warn_of_unknown(&self, context: &StepContext<'_>, table: &Table) {
        let names = self.params.columns.keys();
        let unknown: Vec<&str> = names
            .filter(|name| table.position(name).is_none())
            .map(String::as_str)
            .collect();
        if !unknown.is_empty() {
            context.monitor.warn(&format!(
                "steps.transform.columns says how to prepare {}, and the data have no such column",
                unknown.join(", ")
            ));
        }
    }
}

/// Says which rows are of no use, and which make the scores look better than they are.
fn warn_of_rows(
    context: &StepContext<'_>,
    table: &Table,
    schema: &Schema,
    split: &Split,
    n_without_target: u64,
) -> Result<(), Failure> {
    if n_without_target > 0 {
        context.monitor.warn(&format!(
            "{n_without_target} rows have no value of {} and are used neither to train nor to test",
            schema.target().map_or("the target", |c| c.name.as_str())
        ));
    }
    let n_repeated = n_repeated(context, table, schema, split)?;
    if n_repeated * 20 > split.test.len() {
        context.monitor.warn(&format!(
            "{n_repeated} of {} test rows are also among the training rows, value for value: scores on them speak of \
             memory, not of skill; take copies out of the data",
            split.test.len()
        ));
    }
    Ok(())
}

/// Says which columns tell the target almost perfectly.
fn warn_of_columns(context: &StepContext<'_>, found: &[Suspect]) {
    for suspect in found {
        context.monitor.warn(&format!(
            "{} alone tells {:.1} % of the target. If it is known only after the target is, or is made of it, give it the role \
             \"leaks\" in the schema, or all scores are too good",
            suspect.column,
            100.0 * suspect.share
        ));
    }
}

/// Test rows whose inputs and target are those of a training row too. Only asked where an input has real numbers or
/// moments: of categories and whole numbers alone, many rows are alike without being copies.
fn n_repeated(
    context: &StepContext<'_>,
    table: &Table,
    schema: &Schema,
    split: &Split,
) -> Result<usize, Failure> {
    let tells_apart = |c: &ColumnSpec| matches!(c.kind, ColumnType::Number | ColumnType::Timestamp);
    if !schema.inputs().any(tells_apart) {
        return Ok(0);
    }
    let batch = table.batch();
    let columns: Vec<ArrayRef> = schema
        .inputs()
        .chain(schema.target())
        .filter_map(|c| batch.column_by_name(&c.name).cloned())
        .collect();
    // Every type of a table can be told apart by its rows; without that there is nothing to warn of.
    copies::n_copies(&columns, &split.train, &split.test, &|| {
        context.check_stop().is_err()
    })
    .unwrap_or(Some(0))
    .ok_or_else(Failure::interrupted)
}

/// The stratum of each row of one batch: its class, or the quarter of the batch's targets it is in. Rows without a
/// target are in stratum 0. Quarters are taken batch by batch, so that a row keeps its side when batches are added.
fn strata(encoded: &EncodedTargets, batch: std::ops::Range<usize>) -> Vec<u32> {
    let inside = encoded.rows.partition_point(|r| *r < batch.start)
        ..encoded.rows.partition_point(|r| *r < batch.end);
    match &encoded.targets {
        Targets::Classes { codes, .. } => {
            let mut strata = vec![0; batch.len()];
            for i in inside {
                strata[encoded.rows[i] - batch.start] = codes[i];
            }
            strata
        }
        Targets::Values(values) => {
            let mut targets = vec![None; batch.len()];
            for i in inside {
                targets[encoded.rows[i] - batch.start] = Some(values[i]);
            }
            split::quarters(&targets)
        }
    }
}

/// A number for the group of each row: equal texts are equal groups, in every batch. Rows without one are a group each.
///
/// # Errors
/// If no column has the role of a group.
pub(super) fn groups_of(table: &Table, schema: &Schema) -> Result<Vec<u64>, Failure> {
    let column = schema.columns.iter().find(|c| c.role == Role::Group);
    let values = column.and_then(|c| table.column(&c.name));
    let Some(values) = values else {
        return Err(Failure::bad_data(
            "The rows are to be split by group, and no column has the role \"group\"",
        )
        .hint("Give a column that role in the schema, or choose another split."));
    };
    let group = |row: usize| {
        let text = values.text(row).unwrap_or_else(|| format!("\0{row}"));
        ContentHash::of_bytes(text.as_bytes()).seed()
    };
    Ok((0..table.n_rows()).map(group).collect())
}

/// The time of each row, in the units of the time column; rows without one come first.
pub(super) fn time_of(table: &Table, schema: &Schema) -> Option<Vec<i64>> {
    let column = schema.columns.iter().find(|c| c.role == Role::Time)?;
    let values: ColumnData<'_> = table.column(&column.name)?;
    Some(
        (0..table.n_rows())
            .map(|r| values.number(r).map_or(i64::MIN, |v| v as i64))
            .collect(),
    )
}
