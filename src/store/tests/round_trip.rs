//! What is written is read back, whatever it is; random runs with fixed seeds.

use super::{artifact, hash, new_run};
use crate::domain::anomaly::DataVerdict;
use crate::domain::gate::ModelVerdict;
use crate::domain::ids::{ExecutionId, RunId};
use crate::domain::run::{
    ArtifactRef, RunRecord, RunState, StepKind, StepRecord, StepState, UnitRecord, Usage,
};
use crate::store::{Clock, Mode, NewArtifact, NewExecution, Store, types};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

fn random_params(rng: &mut Xoshiro256PlusPlus) -> Value {
    let number = f64::from_bits(rng.next_u64());
    json!({
        "folds": rng.next_u32(), "big": rng.next_u64(), "rate": if number.is_finite() { number } else { 0.5 },
        "name": "ä \" \\ '; DROP TABLE Event; --", "deep": {"list": [1, 2.5, null, true]}, "on": rng.next_u32().is_multiple_of(2),
    })
}

/// Writes a random step and returns what must be read back.
fn random_step(
    store: &Store,
    rng: &mut Xoshiro256PlusPlus,
    run: RunId,
    kind: StepKind,
    pool: &mut Vec<ArtifactRef>,
    now: &AtomicI64,
) -> StepRecord {
    let pick = |rng: &mut Xoshiro256PlusPlus, n: usize| rng.next_u64() as usize % n;
    let ports = ["examples", "model", "examples", "baseline"];
    let inputs: Vec<ArtifactRef> = (0..if pool.is_empty() { 0 } else { pick(rng, 5) })
        .map(|_| ArtifactRef {
            port: ports[pick(rng, 4)].to_owned(),
            ..pool[pick(rng, pool.len())].clone()
        })
        .collect();
    let params = random_params(rng);
    let version = rng.next_u32();
    let new = NewExecution {
        run,
        kind,
        version,
        params: &params,
        inputs: &inputs,
        executor: "here/1, 2 threads",
    };
    let units: Vec<UnitRecord> = (0..pick(rng, 4))
        .map(|i| UnitRecord {
            name: format!("forest · fold {i}"),
            lane: "forest".into(),
            started: 5,
            finished: 9,
        })
        .collect();
    let warnings: Vec<String> = (0..pick(rng, 3))
        .map(|i| format!("warning \"{i}\"\n"))
        .collect();
    let mut record = StepRecord {
        execution: None,
        kind,
        state: StepState::Running,
        started: Some(now.load(Ordering::SeqCst)),
        finished: None,
        version,
        params: params.clone(),
        inputs: inputs.clone(),
        outputs: Vec::new(),
        cached_from: None,
        units: Vec::new(),
        warnings: Vec::new(),
        error: None,
        executor: "here/1, 2 threads".into(),
        usage: None,
    };
    let way = pick(rng, 6);
    if way == 0 {
        record.execution = Some(store.skip(&new, "the data gate said STOP").unwrap());
        return StepRecord {
            state: StepState::Canceled,
            started: None,
            error: Some("the data gate said STOP".into()),
            ..record
        };
    }
    if way == 1 && !pool.is_empty() {
        record.outputs = vec![
            pool[pick(rng, pool.len())].clone(),
            pool[pick(rng, pool.len())].clone(),
        ];
        record.execution = Some(
            store
                .cached_execution(&new, &record.outputs, Some(ExecutionId(1)))
                .unwrap(),
        );
        let (state, finished) = (StepState::Cached, record.started);
        return StepRecord {
            state,
            finished,
            cached_from: Some(ExecutionId(1)),
            ..record
        };
    }
    let id = store.begin_execution(&new).unwrap();
    record.execution = Some(id);
    if way == 2 {
        return record;
    }
    record.finished = Some(now.load(Ordering::SeqCst));
    record.units.clone_from(&units);
    record.warnings.clone_from(&warnings);
    match way {
        3 => {
            store
                .fail_execution(id, "it broke", &units, &warnings)
                .unwrap();
            StepRecord {
                state: StepState::Failed,
                error: Some("it broke".into()),
                ..record
            }
        }
        4 => {
            store
                .cancel_execution(id, "stopped by hand", &units, &warnings)
                .unwrap();
            StepRecord {
                state: StepState::Canceled,
                error: Some("stopped by hand".into()),
                ..record
            }
        }
        _ => {
            let outputs: Vec<NewArtifact> = (0..pick(rng, 4))
                .map(|_| {
                    artifact(
                        store,
                        ports[pick(rng, 4)],
                        types::MODEL,
                        &format!("{}", pick(rng, 12)),
                    )
                })
                .collect();
            record.finished = Some(now.load(Ordering::SeqCst));
            let key = hash(&format!("{}", rng.next_u64()));
            let usage = Usage {
                seed: rng.next_u64(),
                cpu_seconds: Some(0.25),
                peak_memory: (pick(rng, 2) == 0).then_some(1 << 30),
            };
            record.outputs = store
                .complete_execution(id, &outputs, Some(&key), &units, &warnings, Some(&usage))
                .unwrap();
            assert_eq!(
                store.lookup(&key).unwrap(),
                Some((id, record.outputs.clone()))
            );
            pool.extend(record.outputs.iter().cloned());
            StepRecord {
                state: StepState::Complete,
                usage: Some(usage),
                ..record
            }
        }
    }
}

#[test]
fn a_run_read_back_equals_what_was_written() {
    for seed in 0..25 {
        let folder = tempfile::tempdir().unwrap();
        let now = Arc::new(AtomicI64::new(1_000));
        let shared = now.clone();
        let clock: Clock = Arc::new(move || shared.fetch_add(1, Ordering::SeqCst));
        let store = Store::open(folder.path(), Mode::ReadWrite, clock).unwrap();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut pool = Vec::new();
        let mut expected = Vec::new();
        for i in 0..3 {
            let started = now.load(Ordering::SeqCst);
            let id = new_run(&store);
            let steps: Vec<StepRecord> = StepKind::ALL
                .map(|kind| random_step(&store, &mut rng, id, kind, &mut pool, &now))
                .to_vec();
            let verdicts = (
                Some(DataVerdict::Retrain),
                Some(ModelVerdict::NotBlessed),
                Some(i),
            );
            let finished = now.load(Ordering::SeqCst);
            store
                .finish_run(id, RunState::NotBlessed, verdicts.0, verdicts.1, verdicts.2)
                .unwrap();
            let record = RunRecord {
                id,
                pipeline: "flights".into(),
                pipeline_hash: hash("pipeline"),
                started,
                finished: Some(finished),
                state: RunState::NotBlessed,
                data_verdict: verdicts.0,
                model_verdict: verdicts.1,
                promoted: verdicts.2,
                steps,
            };
            assert_eq!(
                store.run(id).unwrap().as_ref(),
                Some(&record),
                "seed {seed}"
            );
            for step in &record.steps {
                let execution = step.execution.unwrap();
                assert_eq!(
                    store.execution(execution).unwrap(),
                    Some((id, step.clone()))
                );
            }
            expected.insert(0, record);
        }
        assert_eq!(store.runs(10).unwrap(), expected, "seed {seed}");
        assert_eq!(store.runs(1).unwrap(), expected[..1]);
        drop(store);
        let reader = Store::open(folder.path(), Mode::ReadOnly, super::clock()).unwrap();
        assert_eq!(reader.runs(10).unwrap(), expected, "read-only, seed {seed}");
    }
}
