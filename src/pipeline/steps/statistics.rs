//! Profiles every batch, and all of them together.

use super::{batches, json_of};
use crate::data::{profile, union};
use crate::domain::Failure;
use crate::domain::algorithm::Problem;
use crate::domain::dataset::{BatchStatistics, StatisticsReport};
use crate::domain::pipeline::StatisticsParams;
use crate::domain::run::StepKind;
use crate::pipeline::step::{InPort, Step, StepContext, StepOutput, StepResult};

pub(super) struct Statistics(pub(super) StatisticsParams);

impl Step for Statistics {
    fn kind(&self) -> StepKind {
        StepKind::Statistics
    }

    fn version(&self) -> u32 {
        2
    }

    fn inputs(&self) -> &'static [InPort] {
        const { &[InPort::of("examples"), InPort::of("batches")] }
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["statistics"]
    }

    fn params(&self) -> serde_json::Value {
        json_of(&self.0)
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=1000).contains(&self.0.n_bins) {
            problems.push(Problem::new(
                "steps.statistics.n_bins",
                "must be from 1 to 1000",
            ));
        }
        if !(1..=1000).contains(&self.0.n_top) {
            problems.push(Problem::new(
                "steps.statistics.n_top",
                "must be from 1 to 1000",
            ));
        }
        if !(16..=1_048_576).contains(&self.0.memory_mib) {
            problems.push(Problem::new(
                "steps.statistics.memory_mib",
                "must be from 16 to 1048576",
            ));
        }
        problems
    }

    fn run(&self, context: &StepContext<'_>) -> Result<StepResult, Failure> {
        let tables = batches(context)?;
        let n_parts = tables.len() as u64 + 1;
        let mut parts = Vec::new();
        for (i, (name, table)) in tables.iter().enumerate() {
            context.check_stop()?;
            context.monitor.progress(i as u64, n_parts, name);
            context.monitor.unit_begins(name, name);
            parts.push(BatchStatistics {
                name: name.clone(),
                statistics: profile::profile(table, &self.0),
            });
            context.monitor.unit_ends(name);
        }
        context.check_stop()?;
        let total = if let [only] = parts.as_slice() {
            only.statistics.clone()
        } else {
            context
                .monitor
                .progress(n_parts - 1, n_parts, "all batches");
            context.monitor.unit_begins("all batches", "all batches");
            let tables: Vec<_> = tables.into_iter().map(|(_, table)| table).collect();
            let total = profile::profile(&union::union(&tables), &self.0);
            context.monitor.unit_ends("all batches");
            total
        };
        let message = format!("{} columns of {} rows", total.columns.len(), total.n_rows);
        let report = StatisticsReport {
            batches: parts,
            total,
        };
        Ok(StepResult {
            outputs: vec![StepOutput::json(
                "statistics",
                "lockkeeper.Statistics",
                "statistics",
                &report,
            )],
            effects: Vec::new(),
            message,
        })
    }
}
