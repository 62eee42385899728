//! One step at work on another thread: runs it, catches its panics, writes its files, and reports back by message.
//! Records are left to the machine.

use super::step::{Effect, SourceFile, Step, StepContext, StepResult};
use super::usage::Since;
use crate::domain::Failure;
use crate::domain::ids::Millis;
use crate::domain::run::{ArtifactRef, StepKind, UnitRecord, Usage};
use crate::domain::work::Monitor;
use crate::store::{ArtifactFiles, NewArtifact};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Tells the time in milliseconds since 1970; injected, so that tests can set it.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

/// Takes a message to the engine's thread, from any thread.
pub type Post = Arc<dyn Fn(WorkerMessage) + Send + Sync>;

/// What a worker says.
#[derive(Debug)]
pub enum WorkerMessage {
    /// The step got further.
    Progress {
        /// The step.
        step: StepKind,
        /// Units done.
        done: u64,
        /// Units in all.
        total: u64,
        /// What it is at.
        what: String,
    },
    /// Other lanes are at work than before.
    Lanes {
        /// The step.
        step: StepKind,
        /// The lanes with an open unit, in order of their names.
        lanes: Vec<String>,
    },
    /// A unit of work ended.
    Unit {
        /// The step.
        step: StepKind,
        /// The unit.
        unit: UnitRecord,
    },
    /// Something a person should know.
    Warning {
        /// The step.
        step: StepKind,
        /// What.
        message: String,
    },
    /// The step ended.
    Ended(Box<StepReport>),
}

/// How a step ended.
#[derive(Debug)]
pub struct StepReport {
    /// The step.
    pub step: StepKind,
    /// What it gave, or why not.
    pub result: Result<Finished, Failure>,
    /// Its units of work, by start.
    pub units: Vec<UnitRecord>,
    /// Its warnings.
    pub warnings: Vec<String>,
}

/// What a step gave: its files are written and synced, and no record points to them yet.
#[derive(Debug)]
pub struct Finished {
    /// The artifacts.
    pub outputs: Vec<NewArtifact>,
    /// Changes outside the artifacts.
    pub effects: Vec<Effect>,
    /// One sentence.
    pub message: String,
    /// What it took.
    pub usage: Usage,
}

/// Everything that a worker needs to run one step.
pub(super) struct Assignment {
    pub(super) step: Arc<dyn Step>,
    pub(super) inputs: BTreeMap<String, Vec<ArtifactRef>>,
    pub(super) sources: Vec<SourceFile>,
    pub(super) files: ArtifactFiles,
    pub(super) seed: u64,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) clock: Clock,
    pub(super) post: Post,
}

impl Assignment {
    /// Does the work and posts the report.
    pub(super) fn perform(self) {
        let monitor = StepMonitor {
            step: self.step.kind(),
            stop: Arc::clone(&self.stop),
            clock: Arc::clone(&self.clock),
            post: Arc::clone(&self.post),
            units: Mutex::default(),
            warnings: Mutex::default(),
        };
        let result = catch_unwind(AssertUnwindSafe(|| self.run(&monitor)))
            .unwrap_or_else(|panic| Err(panic_failure(self.step.kind(), panic.as_ref())));
        let mut units = monitor.units.into_inner().unwrap_or_default().ended;
        units.sort_by(|a, b| (a.started, &a.name).cmp(&(b.started, &b.name)));
        let warnings = monitor.warnings.into_inner().unwrap_or_default();
        (self.post)(WorkerMessage::Ended(Box::new(StepReport {
            step: self.step.kind(),
            result,
            units,
            warnings,
        })));
    }

    fn run(&self, monitor: &StepMonitor) -> Result<Finished, Failure> {
        let since = Since::now();
        let StepResult {
            outputs,
            effects,
            message,
        } = self.step.run(&StepContext {
            inputs: &self.inputs,
            sources: &self.sources,
            files: &self.files,
            keep: &self.files,
            seed: self.seed,
            monitor,
        })?;
        let mut artifacts = Vec::new();
        for output in outputs {
            if monitor.is_stopped() {
                return Err(Failure::interrupted());
            }
            artifacts.push(NewArtifact {
                port: output.port.to_owned(),
                kind: output.kind.to_owned(),
                file: self.files.put_bytes(&output.bytes)?,
                name: output.name,
                properties: output.properties,
            });
        }
        Ok(Finished {
            outputs: artifacts,
            effects,
            message,
            usage: since.usage(self.seed),
        })
    }
}

/// Turns a caught panic into a failure.
fn panic_failure(step: StepKind, panic: &(dyn std::any::Any + Send)) -> Failure {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Failure::internal(format!("The step {} broke: {text}", step.name()))
        .hint("This is a bug in Lockkeeper or in a library it uses. Finished steps are kept; run again after a change.")
}

/// The monitor of one step: stamps the time on units, and posts what it hears.
struct StepMonitor {
    step: StepKind,
    stop: Arc<AtomicBool>,
    clock: Clock,
    post: Post,
    units: Mutex<Units>,
    warnings: Mutex<Vec<String>>,
}

#[derive(Default)]
struct Units {
    open: BTreeMap<String, (String, Millis)>,
    ended: Vec<UnitRecord>,
}

impl Units {
    fn lanes(&self) -> Vec<String> {
        let lanes: BTreeSet<&String> = self.open.values().map(|(lane, _)| lane).collect();
        lanes.into_iter().cloned().collect()
    }
}

impl Monitor for StepMonitor {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn progress(&self, done: u64, total: u64, what: &str) {
        (self.post)(WorkerMessage::Progress {
            step: self.step,
            done,
            total,
            what: what.to_owned(),
        });
    }

    fn unit_begins(&self, lane: &str, name: &str) {
        let now = (self.clock)();
        if let Ok(mut units) = self.units.lock() {
            units.open.insert(name.to_owned(), (lane.to_owned(), now));
            (self.post)(WorkerMessage::Lanes {
                step: self.step,
                lanes: units.lanes(),
            });
        }
    }

    fn unit_ends(&self, name: &str) {
        let now = (self.clock)();
        let Ok(mut units) = self.units.lock() else {
            return;
        };
        if let Some((lane, started)) = units.open.remove(name) {
            let unit = UnitRecord {
                name: name.to_owned(),
                lane,
                started,
                finished: now,
            };
            units.ended.push(unit.clone());
            (self.post)(WorkerMessage::Unit {
                step: self.step,
                unit,
            });
            (self.post)(WorkerMessage::Lanes {
                step: self.step,
                lanes: units.lanes(),
            });
        }
    }

    fn warn(&self, message: &str) {
        if let Ok(mut warnings) = self.warnings.lock()
            && !warnings.iter().any(|w| w == message)
        {
            warnings.push(message.to_owned());
            (self.post)(WorkerMessage::Warning {
                step: self.step,
                message: message.to_owned(),
            });
        }
    }
}
