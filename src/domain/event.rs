//! What the engine says while it works. Events say that something happened; the snapshot says what is true: a lost
//! event can never corrupt anything. As JSON: one object a line with the tag `event`.

use super::Failure;
use super::anomaly::DataVerdict;
use super::gate::ModelVerdict;
use super::ids::{JobId, Millis, RunId};
use super::run::{RunState, StepKind, StepState, UnitRecord};
use serde::{Deserialize, Serialize};

/// Something happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A run began.
    Started {
        /// Its id.
        run: RunId,
        /// The pipeline's name.
        pipeline: String,
        /// Its steps in order.
        steps: Vec<StepKind>,
        /// When.
        at: Millis,
    },
    /// A step changed its state.
    Step {
        /// The run.
        run: RunId,
        /// The step.
        step: StepKind,
        /// Its new state.
        state: StepState,
        /// One sentence on the result, or why it failed or was canceled.
        message: String,
        /// When.
        at: Millis,
    },
    /// A step got further.
    Progress {
        /// The run.
        run: RunId,
        /// The step.
        step: StepKind,
        /// Units of work done.
        done: u64,
        /// Units of work in all.
        total: u64,
        /// What it is at: "forest · fold 2".
        what: String,
    },
    /// A unit of work inside a step ended.
    Unit {
        /// The run.
        run: RunId,
        /// The step.
        step: StepKind,
        /// The unit.
        unit: UnitRecord,
    },
    /// A step has something to say.
    Warning {
        /// The run.
        run: RunId,
        /// The step.
        step: StepKind,
        /// What.
        message: String,
    },
    /// A run ended. Always the last event of a run.
    Finished {
        /// The run.
        run: RunId,
        /// How it ended.
        state: RunState,
        /// The gate's word: STOP, RETRAIN, OK, or with a model gate BLESSED, NOT_BLESSED.
        verdict: Option<String>,
        /// What the data gate said.
        data_verdict: Option<DataVerdict>,
        /// What the model gate said.
        model_verdict: Option<ModelVerdict>,
        /// The version that went into production.
        promoted: Option<u32>,
        /// One sentence: what happened and why.
        message: String,
        /// When.
        at: Millis,
    },
    /// Something that was asked for can be looked at now (an answer, a counter). Not for machines.
    Fetched,
    /// A job of the engine began.
    JobStarted {
        /// The job.
        job: JobId,
        /// For people: "Profiling flights.csv".
        title: String,
    },
    /// A job of the engine ended.
    JobFinished {
        /// The job.
        job: JobId,
        /// For people.
        title: String,
        /// Why it failed, if it did.
        failure: Option<Failure>,
        /// One sentence on the result.
        message: String,
    },
}
