//! What a comparison costs, and whether its intervals and outcomes keep what they promise. All data is generated: a true
//! logit, answers that see it through noise, five columns of ten segments.
//!
//! - `cargo bench --bench compare -- FILE.csv [RESAMPLES]`: the models of the columns `candidate` and `production` (probabilities
//!   of `truth`) in the segments of all other columns; seconds, and the comparison as JSON. compare.py makes the file.
//! - `cargo bench --bench compare -- null [SEEDS [ROWS]]`: two equally good models; how many comparisons find anything worse.
//! - `cargo bench --bench compare -- coverage [SEEDS [ROWS]]`: how many intervals of 95 % hold the true difference.
//! - `cargo bench --bench compare -- threshold [ROWS]`: what dragging a threshold takes: counting once, and looking up all that a
//!   frame of the window shows, in 50 segments.
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use arrow::array::{ArrayRef, StringArray};
use lockkeeper::data::{ColumnData, Table, reader};
use lockkeeper::domain::comparison::{Comparison, Outcome, Place};
use lockkeeper::domain::metric::Metric;
use lockkeeper::domain::pipeline::EvaluateParams;
use lockkeeper::domain::prediction::{Predictions, Targets};
use lockkeeper::domain::reading::ReadOptions;
use lockkeeper::domain::segment::SegmentSet;
use lockkeeper::domain::threshold::Costs;
use lockkeeper::domain::work::Quiet;
use lockkeeper::domain::{ContentHash, Task};
use lockkeeper::evaluate::thresholds::thresholds;
use lockkeeper::evaluate::{ComparedModel, TestSet, compare};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Repetitions; the best counts.
const N_TIMES: usize = 3;

/// Rows with two models' answers.
struct Rows {
    targets: Targets,
    table: Table,
    models: Vec<ComparedModel>,
}

fn model(place: Place, of_yes: impl Iterator<Item = f64>) -> ComparedModel {
    ComparedModel {
        place,
        title: place.title().to_owned(),
        hash: ContentHash::of_bytes(place.title().as_bytes()),
        inputs: Vec::new(),
        predictions: Predictions::Probabilities {
            n_classes: 2,
            values: of_yes.flat_map(|p| [1.0 - p, p]).collect(),
        },
    }
}

impl Rows {
    /// Models that see the true logit through noise of these standard deviations, about.
    fn generated(n_rows: usize, seed: u64, noise: [f64; 2]) -> Result<Self, Box<dyn Error>> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let normal =
            |rng: &mut Xoshiro256PlusPlus| (0..12).map(|_| rng.r#gen::<f64>()).sum::<f64>() - 6.0;
        let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
        let logits: Vec<f64> = (0..n_rows).map(|_| 1.3 * normal(&mut rng) - 0.8).collect();
        let codes = logits
            .iter()
            .map(|x| u32::from(rng.r#gen::<f64>() < logistic(*x)));
        let targets = Targets::Classes {
            n_classes: 2,
            codes: codes.collect(),
        };
        let columns = (0..5).map(|column| {
            let texts = (0..n_rows).map(|_| Some(format!("v{}", rng.gen_range(0..10))));
            let array: ArrayRef = Arc::new(texts.collect::<StringArray>());
            (format!("s{column}"), array)
        });
        let columns: Vec<(String, ArrayRef)> = columns.collect();
        let models = [Place::Candidate, Place::Production].into_iter().zip(noise);
        let models = models.map(|(place, size)| {
            let seen = logits.iter().map(|x| logistic(x + size * normal(&mut rng)));
            model(place, seen)
        });
        let models = models.collect();
        Ok(Self {
            targets,
            table: Table::from_columns(columns).ok_or("columns of one length")?,
            models,
        })
    }

    fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let table = reader::read_file(path, &ReadOptions::default(), &Quiet)?.table;
        let numbers = |name: &str| match table.column(name) {
            Some(ColumnData::Number(values)) => Ok(values.iter().flatten().collect::<Vec<f64>>()),
            Some(ColumnData::Integer(values)) => {
                Ok(values.iter().flatten().map(|v| v as f64).collect())
            }
            _ => Err(format!("there is no column {name} of numbers")),
        };
        let codes = numbers("truth")?.into_iter().map(|y| y as u32).collect();
        let models = vec![
            model(Place::Candidate, numbers("candidate")?.into_iter()),
            model(Place::Production, numbers("production")?.into_iter()),
        ];
        let names = table.names();
        let segments: Vec<&str> = names.iter().map(String::as_str).collect();
        let segments = segments
            .into_iter()
            .filter(|n| !["truth", "candidate", "production"].contains(n));
        Ok(Self {
            targets: Targets::Classes {
                n_classes: 2,
                codes,
            },
            table: table.select(&segments.collect::<Vec<_>>()),
            models,
        })
    }

    /// Asks something of the rows and the segments of each column.
    fn asked<T>(
        &self,
        ask: impl FnOnce(&TestSet<'_>, &[SegmentSet]) -> Result<T, Box<dyn Error>>,
    ) -> Result<T, Box<dyn Error>> {
        let classes = ["no".to_owned(), "yes".to_owned()];
        let test = TestSet {
            task: Task::Binary,
            target: "truth",
            classes: &classes,
            targets: &self.targets,
            table: &self.table,
        };
        let sets = self.table.names().into_iter().map(|name| SegmentSet {
            columns: vec![name],
            ..SegmentSet::default()
        });
        ask(&test, &sets.collect::<Vec<_>>())
    }

    fn compared(&self, n_resamples: u32, seed: u64) -> Result<Comparison, Box<dyn Error>> {
        let params = EvaluateParams {
            n_resamples,
            ..EvaluateParams::default()
        };
        self.asked(|test, sets| Ok(compare(test, &self.models, &params, sets, seed, &Quiet)?))
    }
}

fn speed(path: &Path, n_resamples: u32) -> Result<(), Box<dyn Error>> {
    let rows = Rows::read(path)?;
    let mut best = f64::INFINITY;
    let mut found = None;
    for _ in 0..N_TIMES {
        let begun = Instant::now();
        found = Some(rows.compared(n_resamples, 1)?);
        best = best.min(begun.elapsed().as_secs_f64());
    }
    let found = found.ok_or("nothing was compared")?;
    println!(
        "{}",
        serde_json::json!({ "seconds": best, "metrics": found.metrics, "segments": found.segments })
    );
    Ok(())
}

fn threshold(n_rows: usize) -> Result<(), Box<dyn Error>> {
    let rows = Rows::generated(n_rows, 1, [0.4, 0.6])?;
    let models: Vec<(Place, &Predictions)> = rows
        .models
        .iter()
        .map(|m| (m.place, &m.predictions))
        .collect();
    let begun = Instant::now();
    let found = rows.asked(|test, sets| Ok(thresholds(test, &models, sets)?))?;
    let counted = begun.elapsed().as_secs_f64();
    let found = found.ok_or("there are two classes")?;
    let costs = Costs {
        false_positive: 1.0,
        false_negative: 3.0,
    };
    const N_FRAMES: u32 = 1_000;
    let begun = Instant::now();
    let mut sum = 0.0;
    for frame in 0..N_FRAMES {
        let at = f64::from(frame) / f64::from(N_FRAMES);
        for (_, sweep) in found.parts.iter().flat_map(|part| &part.models) {
            let cheapest = sweep.cheapest(costs).map_or(0.0, |c| c.threshold);
            sum += costs.of(&sweep.at(at)) + cheapest;
        }
    }
    let frame = begun.elapsed().as_secs_f64() / f64::from(N_FRAMES);
    println!(
        "{n_rows} rows, {} parts, two models: counted in {counted:.3} s; a frame looks up all of it in {:.3} ms ({sum:.0})",
        found.parts.len(),
        frame * 1e3
    );
    Ok(())
}

fn null(n_seeds: u64, n_rows: usize) -> Result<(), Box<dyn Error>> {
    let (mut worse, mut worse_overall, mut below) = (0, 0, 0);
    let mut n_tests = 0;
    for seed in 0..n_seeds {
        let found = Rows::generated(n_rows, seed, [0.4, 0.4])?.compared(2_000, seed)?;
        let is_worse = |outcome: Outcome| outcome == Outcome::Worse;
        let overall = found.metrics.iter().any(|m| is_worse(m.outcome));
        let segments = found
            .segments
            .iter()
            .filter(|s| is_worse(s.outcome))
            .count();
        worse_overall += u64::from(overall);
        worse += u64::from(overall || segments > 0);
        let tested = found.segments.iter().filter_map(|s| s.significance);
        let p_values: Vec<f64> = tested.map(|s| s.p_value).collect();
        n_tests += p_values.len();
        below += p_values.iter().filter(|p| **p < 0.05).count();
    }
    println!(
        "{n_seeds} comparisons of two equally good models, {n_rows} rows, 50 segments, 9 metrics: {worse} find anything worse \
         ({worse_overall} over all rows); of {n_tests} p-values in segments, {:.2} % are below 5 %",
        100.0 * below as f64 / n_tests as f64
    );
    Ok(())
}

fn coverage(n_seeds: u64, n_rows: usize) -> Result<(), Box<dyn Error>> {
    let noise = [0.4, 0.6];
    // The true differences, from many rows.
    let all = Rows::generated(4_000_000, 1_000_003, noise)?;
    let classes = Metric::of_task(Task::Binary);
    let of =
        |place: usize| lockkeeper::evaluate::score(&all.targets, &all.models[place].predictions);
    let (candidate, production) = (of(0), of(1));
    let truth: Vec<f64> = (0..classes.len())
        .map(|i| candidate[i].value.unwrap_or(f64::NAN) - production[i].value.unwrap_or(f64::NAN))
        .collect();
    let mut held = vec![0; classes.len()];
    for seed in 0..n_seeds {
        let found = Rows::generated(n_rows, seed, noise)?.compared(2_000, seed)?;
        for (i, row) in found.metrics.iter().enumerate() {
            let holds = row
                .interval
                .is_some_and(|[low, high]| low <= truth[i] && truth[i] <= high);
            held[i] += u64::from(holds);
        }
    }
    for (i, metric) in classes.iter().enumerate() {
        println!(
            "{}: {:.1} % of {n_seeds} intervals on {n_rows} rows hold {:.5}",
            metric.name(),
            100.0 * held[i] as f64 / n_seeds as f64,
            truth[i]
        );
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args().skip(1).filter(|a| a != "--bench");
    let given: Vec<String> = given.collect();
    let number = |i: usize, usual: u64| given.get(i).and_then(|n| n.parse().ok()).unwrap_or(usual);
    match given.first().map(String::as_str) {
        Some("null") => null(number(1, 100), number(2, 10_000) as usize),
        Some("threshold") => threshold(number(1, 1_000_000) as usize),
        Some("coverage") => coverage(number(1, 400), number(2, 1_000) as usize),
        Some(path) => speed(Path::new(path), number(1, 2_000) as u32),
        None => {
            println!(
                "usage: cargo bench --bench compare -- FILE.csv [RESAMPLES] | null [SEEDS [ROWS]] | coverage [SEEDS [ROWS]] | \
                 threshold [ROWS]"
            );
            Ok(())
        }
    }
}
