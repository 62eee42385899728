//! What it costs to find the worst slices. `cargo bench --bench slices -- FILE.csv [TOP [PREDICATES]]` reads a table whose column
//! `error` is the error of each row, and prints seconds and the slices as JSON. The comparison with the package sliceline is in
//! slices.py.
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use lockkeeper::data::{ColumnData, reader};
use lockkeeper::domain::prediction::{Predictions, Targets};
use lockkeeper::domain::reading::ReadOptions;
use lockkeeper::domain::slice::{Loss, SliceParams};
use lockkeeper::domain::work::Quiet;
use lockkeeper::evaluate::slices::{SliceJob, slices};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

/// Repetitions; the best counts.
const N_TIMES: usize = 3;

/// A figure of this process, in the units of /proc.
fn status(name: &str) -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let Some(path) = given.first() else {
        println!("usage: cargo bench --bench slices -- FILE.csv [TOP [PREDICATES]]");
        return Ok(());
    };
    let number = |i: usize, usual: u32| given.get(i).and_then(|n| n.parse().ok()).unwrap_or(usual);
    let table = reader::read_file(Path::new(path), &ReadOptions::default(), &Quiet)?.table;
    let Some(ColumnData::Number(errors)) = table.column("error") else {
        return Err("there is no column `error` of numbers".into());
    };
    let errors: Vec<f64> = errors.iter().flatten().collect();
    let answers = Predictions::Values(vec![0.0; errors.len()]);
    let columns: Vec<String> = table.names().into_iter().filter(|n| n != "error").collect();
    let params = SliceParams {
        loss: Some(Loss::Absolute),
        n_slices: number(1, 10),
        max_predicates: number(2, 3),
        holdout: 0.0,
        ..SliceParams::default()
    };
    let job = SliceJob {
        table: &table,
        targets: &Targets::Values(errors),
        model: ("bench", &answers),
        baseline: None,
        columns: &columns,
        params: &params,
        seed: 0,
    };
    let before = status("VmRSS:").unwrap_or(0.0);
    let mut best = f64::INFINITY;
    let mut found = None;
    for _ in 0..N_TIMES {
        let begun = Instant::now();
        found = Some(slices(&job, &Quiet)?);
        best = best.min(begun.elapsed().as_secs_f64());
    }
    let report = found.ok_or("there are repetitions")?;
    let more = (status("VmHWM:").unwrap_or(0.0) - before).max(0.0) / 1024.0;
    println!(
        "{}",
        serde_json::json!({"wall_s": best, "mib_above_the_table": more, "n_rows": table.n_rows(),
            "n_columns": columns.len(), "n_searched": report.n_searched, "slices": report.slices})
    );
    Ok(())
}
