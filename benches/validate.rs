//! What it costs to hold a batch against a schema with many expectations. `cargo bench --bench validate -- DATA
//! EXPECTATIONS.json` reads a file, infers a schema of its profile, adds the expectations (a JSON array as in a schema file)
//! and prints CPU seconds as JSON: of the check of the bare rows, of the expectations alone, and of the profile and the check of rows with a profile. The
//! comparison with other validators is in validate.py.
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use lockkeeper::data::{profile, reader};
use lockkeeper::domain::expectation::Expectation;
use lockkeeper::domain::pipeline::{StatisticsParams, ValidateParams};
use lockkeeper::domain::reading::ReadOptions;
use lockkeeper::domain::schema::{Constraints, Schema};
use lockkeeper::domain::work::Quiet;
use lockkeeper::validate::{Environment, Span, check, infer_reference};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

/// Repetitions; the best counts.
const N_TIMES: usize = 5;

/// CPU seconds of all threads of this process so far.
fn cpu_seconds() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let nanoseconds = threads.flatten().filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e9
}

/// The smallest CPU and wall seconds of some repetitions.
fn measured<T>(mut work: impl FnMut() -> T) -> (T, f64, f64) {
    let mut best = (f64::INFINITY, f64::INFINITY);
    let mut result = None;
    for _ in 0..N_TIMES {
        let (cpu, wall) = (cpu_seconds(), Instant::now());
        result = Some(work());
        best.0 = best.0.min(cpu_seconds() - cpu);
        best.1 = best.1.min(wall.elapsed().as_secs_f64());
    }
    (result.expect("there are repetitions"), best.0, best.1)
}

/// The expectations, and of the columns only what they are called and what type they have: what other validators are given.
fn names_and_types(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    for column in &mut schema.columns {
        column.min_fraction = 0.0;
        column.domain = None;
        column.drift = None;
        column.constraints = Constraints::default();
    }
    schema
}

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let [data, expectations] = paths.as_slice() else {
        println!("usage: cargo bench --bench validate -- DATA EXPECTATIONS.json");
        return Ok(());
    };
    let expectations: Vec<Expectation> =
        serde_json::from_str(&std::fs::read_to_string(expectations)?)?;
    let table = reader::read_file(Path::new(data), &ReadOptions::default(), &Quiet)?.table;
    let (statistics, profile_cpu, profile_wall) =
        measured(|| profile::profile(&table, &StatisticsParams::default()));
    let plain = infer_reference(&statistics);
    let mut schema = plain.clone();
    schema.expectations = expectations;
    let params = ValidateParams::default();
    let run = |schema, statistics| {
        let span = Span {
            name: "batch",
            statistics,
            table: &table,
        };
        measured(|| check(schema, &[span], &params, Environment::Training))
    };
    let (report, check_cpu, check_wall) = run(&schema, None);
    let (profiled, profiled_cpu, profiled_wall) = run(&schema, Some(&statistics));
    assert_eq!(report, profiled, "a profile changes no finding");
    let (_, without_cpu, without_wall) = run(&plain, None);
    let (_, alone_cpu, alone_wall) = run(&names_and_types(&schema), None);
    println!(
        "{}",
        serde_json::json!({
            "n_rows": table.n_rows(),
            "n_expectations": schema.expectations.len(),
            "profile": {"cpu_s": profile_cpu, "wall_s": profile_wall},
            "check": {"cpu_s": check_cpu, "wall_s": check_wall},
            "check_with_profile": {"cpu_s": profiled_cpu, "wall_s": profiled_wall},
            "check_without_expectations": {"cpu_s": without_cpu, "wall_s": without_wall},
            "expectations_alone": {"cpu_s": alone_cpu, "wall_s": alone_wall},
            "anomalies": report.anomalies.iter().map(|a| &a.description).collect::<Vec<_>>(),
        })
    );
    Ok(())
}
