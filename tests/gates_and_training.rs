//! Validation and training beside one another, message by message: the run is driven by hand, and the data gate's answer
//! is held back until training has ended. Nothing of the training may be recorded before the gate has decided.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use lockkeeper::domain::pipeline::TrainStart;
use lockkeeper::domain::run::{RunState, StepKind, StepState};
use lockkeeper::pipeline::machine::Surroundings;
use lockkeeper::pipeline::worker::StepReport;
use lockkeeper::pipeline::{Machine, RunEnd, WorkerMessage, plan};
use lockkeeper::store::{Mode, Store, types};
use lockkeeper::workspace::create::read_pipeline;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use support::{edit, small, small_table, text};

/// A run whose messages wait in a channel.
struct ByHand {
    machine: Machine,
    store: Store,
    messages: Receiver<WorkerMessage>,
    gate: Option<StepReport>,
    end: Option<RunEnd>,
}

impl ByHand {
    fn begin(root: &Path) -> Self {
        let store = Store::open(root, Mode::ReadWrite, Arc::new(|| 1_700_000_000_000));
        let mut store = store.unwrap();
        let spec = read_pipeline(&root.join("pipeline.toml")).unwrap();
        let (sender, messages) = channel();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
        let around = Surroundings {
            root: root.to_owned(),
            pool: Arc::new(pool.unwrap()),
            clock: Arc::new(|| 1_700_000_000_000),
            post: Arc::new(move |message| drop(sender.send(message))),
            executor: "by hand".to_owned(),
        };
        let plan = plan::plan(&spec).unwrap();
        let machine = Machine::begin(plan, around, &mut store).unwrap();
        Self {
            machine,
            store,
            messages,
            gate: None,
            end: None,
        }
    }

    fn state(&self, kind: StepKind) -> StepState {
        self.machine.record().step(kind).unwrap().state
    }

    /// Goes on until this step has ended or the run has; the data gate's report is held back.
    fn until(&mut self, wanted: StepKind) {
        self.end = self.machine.advance(&mut self.store).unwrap();
        while self.end.is_none() {
            if let WorkerMessage::Ended(report) = self.messages.recv().unwrap() {
                let kind = report.step;
                if kind == StepKind::Validate {
                    self.gate = Some(*report);
                } else {
                    self.machine.on_report(*report, &mut self.store).unwrap();
                }
                self.end = self.machine.advance(&mut self.store).unwrap();
                if kind == wanted && (kind != StepKind::Validate || self.gate.is_some()) {
                    return;
                }
            }
        }
    }

    fn let_the_gate_decide(&mut self) {
        while self.gate.is_none() {
            if let WorkerMessage::Ended(report) = self.messages.recv().unwrap() {
                assert_eq!(report.step, StepKind::Validate);
                self.gate = Some(*report);
            }
        }
        let report = self.gate.take().unwrap();
        self.machine.on_report(report, &mut self.store).unwrap();
    }
}

#[test]
fn training_ends_before_the_gate_has_decided_and_is_recorded_only_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    let mut run = ByHand::begin(&root);
    run.until(StepKind::Train);
    assert_eq!(run.state(StepKind::Validate), StepState::Running);
    assert_eq!(run.state(StepKind::Train), StepState::Running, "held");
    assert_eq!(run.state(StepKind::Evaluate), StepState::New);
    assert!(
        run.store
            .artifacts_of_type(types::MODEL)
            .unwrap()
            .is_empty()
    );

    run.let_the_gate_decide();
    assert_eq!(run.state(StepKind::Train), StepState::Complete);
    run.until(StepKind::Push);
    let end = run.end.unwrap();
    assert_eq!(end.record.state, RunState::Complete);
    assert_eq!(end.record.promoted, Some(1));
}

#[test]
fn a_gate_that_says_stop_after_training_has_ended_leaves_no_model_behind() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    let csv = small_table(300, 2).replace("Kiel", "");
    let second = folder.path().join("second.csv");
    let text_of = csv.replace("speed,weight,city", "speed,weight,town");
    std::fs::write(&second, text_of).unwrap();
    edit(&root, |spec| {
        spec.steps.ingest.files.push(text(&second).to_owned());
    });
    let mut run = ByHand::begin(&root);
    run.until(StepKind::Train);
    run.let_the_gate_decide();
    run.until(StepKind::Push);
    let end = run.end.unwrap();
    assert_eq!(end.record.state, RunState::Stopped);
    for kind in [StepKind::Train, StepKind::Evaluate, StepKind::Push] {
        let step = end.record.step(kind).unwrap();
        assert_eq!(step.state, StepState::Canceled, "{}", kind.name());
        assert!(step.error.as_ref().unwrap().contains("STOP"));
        assert!(step.outputs.is_empty());
    }
    assert!(
        run.store
            .artifacts_of_type(types::MODEL)
            .unwrap()
            .is_empty()
    );
    assert!(run.store.models().unwrap().is_empty());
}

#[test]
fn training_after_validation_does_not_begin_before_the_gate_has_decided() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    edit(&root, |spec| {
        spec.steps.train.start = TrainStart::AfterValidation;
    });
    let mut run = ByHand::begin(&root);
    run.until(StepKind::Transform);
    assert_eq!(run.state(StepKind::Transform), StepState::Complete);
    assert_eq!(run.state(StepKind::Train), StepState::New);
    run.let_the_gate_decide();
    run.until(StepKind::Train);
    assert_eq!(run.state(StepKind::Train), StepState::Complete);
}

#[test]
fn a_stopped_run_keeps_what_was_finished_and_begins_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let root = small(folder.path());
    let mut run = ByHand::begin(&root);
    run.until(StepKind::Statistics);
    run.machine.cancel();
    run.until(StepKind::Push);
    let end = run.end.unwrap();
    assert_eq!(end.record.state, RunState::Canceled);
    assert_eq!(
        end.record.step(StepKind::Ingest).unwrap().state,
        StepState::Complete
    );
    assert_eq!(
        end.record.step(StepKind::Train).unwrap().state,
        StepState::Canceled
    );
}
