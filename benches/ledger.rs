//! What the ledger costs: recording, opening, walking.
//!
//! - `cargo bench --bench ledger -- grow WORKSPACE RUNS`: adds as many runs of twenty executions to a workspace, made after its
//!   newest complete run with other definitions, metrics and times. Their models and evaluations have records and no files.
//! - `cargo bench --bench ledger -- record FOLDER EXECUTIONS`: records executions with five inputs, five outputs and twenty
//!   properties in a new store, one by one and all together. ledger.py runs ml-metadata beside it.
//! - `cargo bench --bench ledger -- walk FOLDER HOPS`: a chain of as many steps in a new store, walked up and down.
//! - `cargo bench --bench ledger -- open WORKSPACE`: until the workspace is open and its snapshot is there.
//! - `cargo bench --bench ledger -- hash FILE`: hashing a file.
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use lockkeeper::domain::ContentHash;
use lockkeeper::domain::ids::RunId;
use lockkeeper::domain::lineage::Direction;
use lockkeeper::domain::metric::{Metric, MetricValue};
use lockkeeper::domain::run::{ArtifactRef, RunRecord, RunState, StepKind, StepRecord, Usage};
use lockkeeper::store::{
    ArtifactFiles, Mode, NewArtifact, NewExecution, NewModel, Store, StoredFile, types,
};
use lockkeeper::workspace::{OpenMode, OpenOptions, Workspace};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

type Done = Result<(), Box<dyn Error>>;

/// Executions of a run that is made up.
const N_EXECUTIONS: usize = 20;
/// Different definitions among the runs that are made up.
const N_DEFINITIONS: u64 = 200;
/// Runs whose records become durable together.
const N_TOGETHER: usize = 50;
/// Milliseconds from one run to the next, about a quarter of an hour.
const STEP: i64 = 900_000;
const SPEC: &str = "the definition of a run";

/// A store whose clock goes on by a second with each look.
fn store_at(folder: &Path, start: i64) -> Result<Store, Box<dyn Error>> {
    let now = AtomicI64::new(start);
    let clock = Arc::new(move || now.fetch_add(1_000, Ordering::SeqCst));
    Ok(Store::open(folder, Mode::ReadWrite, clock)?)
}

/// Content that nobody has written.
fn made_up(name: &str, n_bytes: u64) -> StoredFile {
    let hash = ContentHash::of_bytes(name.as_bytes());
    StoredFile {
        uri: ArtifactFiles::uri(&hash),
        hash,
        n_bytes,
    }
}

/// Runs after the example of one.
struct Grower<'s> {
    store: &'s Store,
    example: RunRecord,
    spec: Value,
    metrics: Vec<MetricValue>,
    algorithms: Vec<&'static str>,
    random: Xoshiro256PlusPlus,
}

impl Grower<'_> {
    fn add(&mut self) -> Done {
        let definition = self.random.gen_range(0..N_DEFINITIONS);
        let mut spec = self.spec.clone();
        spec["seed"] = json!(definition);
        spec["steps"]["train"]["folds"] = json!(3 + definition % 4);
        spec["steps"]["transform"]["test_fraction"] = json!(0.15 + (definition % 5) as f64 / 20.0);
        let text = spec.to_string();
        let hash = ContentHash::of_bytes(text.as_bytes());
        let run = self
            .store
            .begin_run(&self.example.pipeline, &hash, &spec, "bench/1")?;
        let steps = self.example.steps.clone();
        for number in 0..N_EXECUTIONS {
            let is_last = number + steps.len() >= N_EXECUTIONS;
            let step = &steps[if is_last {
                number + steps.len() - N_EXECUTIONS
            } else {
                number % 3
            }];
            self.execution(run, step, number, is_last)?;
        }
        let state = match self.random.gen_range(0..20) {
            0 => RunState::Failed,
            1 => RunState::Stopped,
            2..6 => RunState::NotBlessed,
            _ => RunState::Complete,
        };
        let (data, model) = (self.example.data_verdict, self.example.model_verdict);
        let model = model.filter(|_| matches!(state, RunState::Complete | RunState::NotBlessed));
        self.store.finish_run(run, state, data, model, None)?;
        if self.random.gen_bool(0.05) {
            self.store.tag_run(
                run,
                "team",
                ["risk", "growth", "routes"][run.0 as usize % 3],
            )?;
        }
        Ok(())
    }

    /// One step; all but the last ones of a run are as if the data had come piece by piece.
    fn execution(&mut self, run: RunId, step: &StepRecord, number: usize, is_last: bool) -> Done {
        let new = NewExecution {
            run,
            kind: step.kind,
            version: step.version,
            params: &step.params,
            inputs: &step.inputs,
            executor: "bench/1, 2 threads, lockkeeper",
        };
        let is_own = matches!(
            step.kind,
            StepKind::Train | StepKind::Evaluate | StepKind::ValidateModel | StepKind::Push
        );
        if !is_own || !is_last {
            self.store
                .cached_execution(&new, &step.outputs, step.execution)?;
            return Ok(());
        }
        let id = self.store.begin_execution(&new)?;
        let output = |of: &ArtifactRef| NewArtifact {
            port: of.port.clone(),
            kind: of.kind.clone(),
            file: made_up(&format!("{run} {number} {}", of.port), of.n_bytes),
            name: of.port.clone(),
            properties: Vec::new(),
        };
        let outputs: Vec<NewArtifact> = step.outputs.iter().map(output).collect();
        let made = self
            .store
            .complete_execution(id, &outputs, None, &[], &[], None)?;
        if let Some(model) = made.iter().find(|a| a.kind == types::MODEL) {
            self.register(run, model)?;
        }
        Ok(())
    }

    fn register(&mut self, run: RunId, model: &ArtifactRef) -> Done {
        let random = &mut self.random;
        let metrics: Vec<MetricValue> = self
            .metrics
            .iter()
            .map(|m| MetricValue {
                metric: m.metric,
                value: m.value.map(|v| v * random.gen_range(0.9..1.1)),
            })
            .collect();
        let algorithm = self.algorithms[random.gen_range(0..self.algorithms.len())];
        let new = NewModel {
            name: &self.example.pipeline,
            algorithm,
            run,
            artifact: model.id,
            hash: &model.hash,
            metrics: &metrics,
        };
        self.store
            .register_model(&new, "pipeline", "the best candidate")?;
        Ok(())
    }
}

fn grow(workspace: &Path, n_runs: usize) -> Done {
    let store = store_at(workspace, 1_700_000_000_000)?;
    let runs = store.runs(1_000)?;
    let is_example = |run: &&RunRecord| run.state == RunState::Complete && run.steps.len() > 5;
    let example = runs
        .iter()
        .find(is_example)
        .ok_or("no complete run")?
        .clone();
    let spec = store
        .run_spec(example.id)
        .map_err(|e| format!("{SPEC}: {e}"))?;
    let metrics = store.models()?.last().map(|m| m.metrics.clone());
    let fallback = || {
        vec![MetricValue {
            metric: Metric::LogLoss,
            value: Some(0.5),
        }]
    };
    drop(store);
    let start = example.started - STEP * n_runs as i64;
    let store = store_at(workspace, start)?;
    let mut grower = Grower {
        store: &store,
        example,
        spec,
        metrics: metrics.unwrap_or_else(fallback),
        algorithms: vec![
            "forest",
            "boosting",
            "logistic",
            "naive_bayes",
            "tree",
            "blend",
        ],
        random: Xoshiro256PlusPlus::seed_from_u64(1),
    };
    let begun = Instant::now();
    for first in (0..n_runs).step_by(N_TOGETHER) {
        let n = N_TOGETHER.min(n_runs - first);
        store.together(|| (0..n).try_for_each(|_| grower.add().map_err(BenchError)))?;
    }
    println!("{n_runs} runs in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// An error of any kind inside [`Store::together`].
struct BenchError(Box<dyn Error>);

impl From<lockkeeper::store::StoreError> for BenchError {
    fn from(error: lockkeeper::store::StoreError) -> Self {
        Self(error.into())
    }
}

impl From<BenchError> for Box<dyn Error> {
    fn from(error: BenchError) -> Self {
        error.0
    }
}

/// Parameters of an execution with twenty properties: five are always declared, the others are these.
fn twenty() -> Value {
    let mut params = serde_json::Map::new();
    for number in 0..13 {
        params.insert(format!("parameter_{number}"), json!(number));
    }
    Value::Object(params)
}

fn record_one(store: &Store, run: RunId, inputs: &[ArtifactRef], number: usize) -> Done {
    let params = twenty();
    let id = store.begin_execution(&NewExecution {
        run,
        kind: StepKind::ALL[number % StepKind::ALL.len()],
        version: 1,
        params: &params,
        inputs,
        executor: "bench/1",
    })?;
    let output = |place: usize| NewArtifact {
        port: format!("output_{place}"),
        kind: types::MODEL.to_owned(),
        file: made_up(&format!("{run} {number} {place}"), 1_000),
        name: "made".to_owned(),
        properties: Vec::new(),
    };
    let outputs: Vec<NewArtifact> = (0..5).map(output).collect();
    let usage = Usage {
        seed: 7,
        cpu_seconds: Some(0.5),
        peak_memory: Some(1 << 28),
    };
    store.complete_execution(id, &outputs, None, &[], &[], Some(&usage))?;
    Ok(())
}

/// A run of nine executions.
fn record_run(store: &Store, inputs: &[ArtifactRef]) -> Done {
    let hash = ContentHash::of_bytes(b"p");
    let run = store.begin_run("bench", &hash, &json!({}), "bench/1")?;
    for number in 0..StepKind::ALL.len() {
        record_one(store, run, inputs, number)?;
    }
    Ok(())
}

fn record(folder: &Path, n: usize) -> Done {
    let store = store_at(folder, 1_700_000_000_000)?;
    let input = |place: usize| {
        store.put_artifact(&NewArtifact {
            port: format!("input_{place}"),
            kind: types::EXAMPLES.to_owned(),
            file: made_up(&format!("input {place}"), 1_000),
            name: "read".to_owned(),
            properties: Vec::new(),
        })
    };
    let inputs: Vec<ArtifactRef> = (0..5).map(input).collect::<Result<_, _>>()?;
    let n_runs = n / StepKind::ALL.len();
    let n = (n_runs * StepKind::ALL.len()) as f64;
    let begun = Instant::now();
    for _ in 0..n_runs {
        record_run(&store, &inputs)?;
    }
    let one_by_one = begun.elapsed().as_secs_f64() / n;
    let begun = Instant::now();
    for _ in 0..n_runs {
        store.together(|| record_run(&store, &inputs).map_err(BenchError))?;
    }
    let together = begun.elapsed().as_secs_f64() / n;
    let figures = json!({"one_by_one_ms": one_by_one * 1e3, "together_ms": together * 1e3});
    println!("{figures}");
    Ok(())
}

fn walk(folder: &Path, n_hops: usize) -> Done {
    let store = store_at(folder, 1_700_000_000_000)?;
    let run = store.begin_run("bench", &ContentHash::of_bytes(b"p"), &json!({}), "bench/1")?;
    let params = json!({});
    let mut chain: Vec<ArtifactRef> = Vec::new();
    store.together(|| {
        for hop in 0..=n_hops {
            let inputs = chain.last().map_or(&[][..], std::slice::from_ref);
            let id = store.begin_execution(&NewExecution {
                run,
                kind: StepKind::Transform,
                version: 1,
                params: &params,
                inputs,
                executor: "bench/1",
            })?;
            let output = NewArtifact {
                port: "out".to_owned(),
                kind: types::EXAMPLES.to_owned(),
                file: made_up(&format!("hop {hop}"), 1_000),
                name: "made".to_owned(),
                properties: Vec::new(),
            };
            chain.extend(store.complete_execution(id, &[output], None, &[], &[], None)?);
        }
        Ok::<_, BenchError>(())
    })?;
    let (first, last) = (chain[0].id, chain[n_hops].id);
    for (name, from, direction) in [
        ("up", last, Direction::Upstream),
        ("down", first, Direction::Downstream),
    ] {
        let begun = Instant::now();
        let nodes = store.lineage(from, direction, usize::MAX)?;
        println!(
            "{name}: {} artifacts in {:.1} ms",
            nodes.len(),
            begun.elapsed().as_secs_f64() * 1e3
        );
    }
    Ok(())
}

fn open(workspace: &Path) -> Done {
    for mode in [OpenMode::ReadWrite, OpenMode::ReadOnly] {
        let options = OpenOptions {
            mode,
            n_threads: None,
        };
        let begun = Instant::now();
        let opened = Workspace::open(workspace, options, Arc::new(|_| {}))?;
        let n_runs = opened.snapshot().ledger.lines.len();
        println!(
            "{mode:?}: {n_runs} runs in {:.0} ms",
            begun.elapsed().as_secs_f64() * 1e3
        );
    }
    Ok(())
}

fn hash(file: &Path) -> Done {
    let n_bytes = std::fs::metadata(file)?.len();
    let begun = Instant::now();
    let hash = lockkeeper::data::files::content_hash(file)?;
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{}: {:.2} GB/s",
        hash.short(),
        n_bytes as f64 / seconds / 1e9
    );
    Ok(())
}

fn main() -> Done {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|w| w != "--bench")
        .collect();
    let word = |at: usize| {
        words
            .get(at)
            .map(String::as_str)
            .ok_or("see the top of benches/ledger.rs")
    };
    let number = || Ok::<usize, Box<dyn Error>>(word(2)?.parse()?);
    let path = PathBuf::from(word(1).unwrap_or_default());
    match word(0)? {
        "grow" => grow(&path, number()?),
        "record" => record(&path, number()?),
        "walk" => walk(&path, number()?),
        "open" => open(&path),
        "hash" => hash(&path),
        other => Err(format!("{other} is not known here").into()),
    }
}
