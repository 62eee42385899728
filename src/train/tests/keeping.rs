//! Units that are kept once they are finished: a training that was cut off goes on behind them, with the same result.

use super::cross_validation::Recorder;
use super::data::{mixed_table, score, train_keeping, train_on, train_params};
use crate::domain::pipeline::Candidate;
use crate::domain::work::{Keep, Quiet};
use crate::domain::{ContentHash, Task};
use crate::train::{TrainError, TrainOutcome};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// Keeps in memory.
#[derive(Default)]
struct Memory(Mutex<BTreeMap<ContentHash, Vec<u8>>>);

impl Keep for Memory {
    fn find(&self, key: &ContentHash) -> Option<Vec<u8>> {
        self.0.lock().unwrap().get(key).cloned()
    }
    fn keep(&self, key: &ContentHash, piece: &[u8]) {
        self.0.lock().unwrap().insert(key.clone(), piece.to_vec());
    }
    fn keep_only(&self, keys: &BTreeSet<ContentHash>) {
        self.0.lock().unwrap().retain(|key, _| keys.contains(key));
    }
}

fn candidates() -> Vec<Candidate> {
    ["tree", "logistic", "boosting"].map(Candidate::of).to_vec()
}

/// Trains and answers with the outcome and the number of units that were at work.
fn train(
    candidates: Vec<Candidate>,
    keep: &Memory,
    stops_after: Option<u64>,
) -> (Result<TrainOutcome, TrainError>, usize) {
    let recorder = Recorder {
        stops_after,
        ..Recorder::default()
    };
    let params = train_params(candidates);
    let around = (&recorder as _, keep as _);
    let outcome = train_keeping(&mixed_table(), Task::Binary, &params, &score, around);
    let n_begun = recorder.begun.lock().unwrap().len();
    (outcome, n_begun)
}

#[test]
fn a_stopped_training_goes_on_behind_its_finished_units() {
    let params = train_params(candidates());
    let whole = train_on(&mixed_table(), Task::Binary, &params, &score, &Quiet).unwrap();
    for stops_after in [3, 40, 200] {
        let keep = Memory::default();
        let (stopped, _) = train(candidates(), &keep, Some(stops_after));
        assert!(matches!(stopped, Err(TrainError::Stopped)));
        let n_kept = keep.0.lock().unwrap().len();
        let (outcome, n_begun) = train(candidates(), &keep, None);
        let outcome = outcome.unwrap();
        assert_eq!((outcome.n_kept as usize, n_begun), (n_kept, 16 - n_kept));
        assert_eq!(outcome.report, whole.report);
        assert_eq!(outcome.models, whole.models);
    }
}

#[test]
fn another_candidate_leaves_the_others_as_they_are() {
    let keep = Memory::default();
    let (_, n_first) = train(candidates(), &keep, None);
    let mut more = candidates();
    more[0] = more[0].clone().with("max_depth", 3_i64);
    more.push(Candidate::of("naive_bayes"));
    let (outcome, n_begun) = train(more, &keep, None);
    // Three folds and all rows, for the changed one and for the new one.
    assert_eq!((n_first, n_begun), (16, 8));
    assert_eq!(outcome.unwrap().n_kept, 12);
    // What the changed one was before is let go of.
    assert_eq!(keep.0.lock().unwrap().len(), 20);
}

#[test]
fn what_cannot_be_read_is_made_again() {
    let keep = Memory::default();
    let (whole, _) = train(candidates(), &keep, None);
    for piece in keep.0.lock().unwrap().values_mut() {
        piece.truncate(piece.len() / 2);
    }
    let (outcome, n_begun) = train(candidates(), &keep, None);
    assert_eq!(n_begun, 16);
    assert_eq!(outcome.unwrap().report, whole.unwrap().report);
}
