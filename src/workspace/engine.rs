//! The engine's thread: takes messages one by one, owns the store, drives the run at work, and publishes the snapshot.

use super::command::{Command, Outcome};
use super::commands;
use super::open::EventSink;
use super::service::Service;
use super::settings::Settings;
use super::snapshot::{JobState, LiveRun, Snapshot, StepProgress};
use crate::domain::Failure;
use crate::domain::event::Event;
use crate::domain::ids::JobId;
use crate::domain::run::StepKind;
use crate::pipeline::machine::Surroundings;
use crate::pipeline::worker::Clock;
use crate::pipeline::{Machine, RunEnd, WorkerMessage};
use crate::store::{KnownLedger, Store};
use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A message to the engine.
pub(super) enum Message {
    Submit {
        job: JobId,
        command: Command,
        reply: Option<Sender<Result<Outcome, Failure>>>,
    },
    Worker(JobId, WorkerMessage),
    Cancel(JobId),
    Shutdown,
}

/// What an engine is made of.
pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) root: PathBuf,
    pub(super) settings: Settings,
    pub(super) read_only: Option<String>,
    pub(super) pool: Arc<rayon::ThreadPool>,
    pub(super) sink: EventSink,
    pub(super) sender: Sender<Message>,
    pub(super) clock: Clock,
}

/// The engine.
pub(super) struct Engine {
    pub(super) parts: Parts,
    pub(super) service: Option<Service>,
    pub(super) ledger: KnownLedger,
    run: Option<RunAtWork>,
    snapshot: Arc<ArcSwap<Snapshot>>,
    published: Instant,
    is_stale: bool,
    is_closing: bool,
}

struct RunAtWork {
    job: JobId,
    machine: Machine,
    reply: Option<Sender<Result<Outcome, Failure>>>,
    progress: BTreeMap<StepKind, StepProgress>,
    is_stopping: bool,
}

/// Progress is shown at most this often.
const FRAME: Duration = Duration::from_millis(50);
/// How often the counters of a running service are looked at.
const TICK: Duration = Duration::from_secs(1);

impl Engine {
    pub(super) fn new(parts: Parts) -> Result<Self, Failure> {
        let mut ledger = KnownLedger::default();
        let first = super::snapshot::read(&parts, &mut ledger, None)?;
        Ok(Self {
            parts,
            service: None,
            ledger,
            run: None,
            snapshot: Arc::new(ArcSwap::from_pointee(first)),
            published: Instant::now(),
            is_stale: false,
            is_closing: false,
        })
    }

    pub(super) fn snapshot(&self) -> Arc<ArcSwap<Snapshot>> {
        Arc::clone(&self.snapshot)
    }

    /// Works until the workspace is closed.
    pub(super) fn run(mut self, receiver: &Receiver<Message>) {
        loop {
            let wait = if self.is_stale { FRAME } else { TICK };
            match receiver.recv_timeout(wait) {
                Ok(Message::Shutdown) => {
                    self.is_closing = true;
                    if let Some(run) = &mut self.run {
                        run.machine.cancel();
                    }
                }
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => self.tick(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.is_stale && self.published.elapsed() >= FRAME {
                self.publish_live();
            }
            if self.is_closing && self.run.is_none() {
                break;
            }
        }
        self.stop_service();
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Submit {
                job,
                command,
                reply,
            } => self.submit(job, command, reply),
            Message::Worker(job, message) => self.hear(job, message),
            Message::Cancel(job) => {
                if let Some(run) = self.run.as_mut().filter(|r| r.job == job) {
                    run.is_stopping = true;
                    run.machine.cancel();
                    self.advance();
                }
            }
            Message::Shutdown => {}
        }
    }

    fn submit(
        &mut self,
        job: JobId,
        command: Command,
        reply: Option<Sender<Result<Outcome, Failure>>>,
    ) {
        let title = command.title();
        self.tell(&Event::JobStarted {
            job,
            title: title.clone(),
        });
        let result = if let Some(holder) = &self.parts.read_only {
            Err(Failure::conflict(format!(
                "This workspace can only be looked at here: {holder}"
            ))
            .hint("Close the other Lockkeeper, then open the workspace again."))
        } else if command == Command::Run {
            match self.begin_run(job, reply.clone()) {
                Ok(()) => {
                    self.advance();
                    return;
                }
                Err(failure) => Err(failure),
            }
        } else {
            commands::carry_out(self, command)
        };
        self.finish(job, title, result, reply);
    }

    fn finish(
        &mut self,
        job: JobId,
        title: String,
        result: Result<Outcome, Failure>,
        reply: Option<Sender<Result<Outcome, Failure>>>,
    ) {
        self.publish();
        self.tell(&Event::JobFinished {
            job,
            title,
            failure: result.as_ref().err().cloned(),
            message: result
                .as_ref()
                .map_or_else(|f| f.summary.clone(), Outcome::message),
        });
        if let Some(reply) = reply {
            // Whoever waited may have gone.
            let _gone = reply.send(result);
        }
    }

    fn begin_run(
        &mut self,
        job: JobId,
        reply: Option<Sender<Result<Outcome, Failure>>>,
    ) -> Result<(), Failure> {
        if self.run.is_some() {
            return Err(
                Failure::conflict("A run is at work already").hint("Wait for it, or stop it.")
            );
        }
        let plan = commands::read_plan(&self.parts.root)?;
        let sender = self.parts.sender.clone();
        let around = Surroundings {
            root: self.parts.root.clone(),
            pool: Arc::clone(&self.parts.pool),
            clock: Arc::clone(&self.parts.clock),
            post: Arc::new(move |message| {
                // The engine is gone only after every step has ended.
                let _closed = sender.send(Message::Worker(job, message));
            }),
            executor: executor(&self.parts.pool),
        };
        let machine = Machine::begin(plan, around, &mut self.parts.store)?;
        self.run = Some(RunAtWork {
            job,
            machine,
            reply,
            progress: BTreeMap::new(),
            is_stopping: false,
        });
        Ok(())
    }

    /// Takes in what a worker says.
    fn hear(&mut self, job: JobId, message: WorkerMessage) {
        // What a run that broke has left behind is nobody's any more.
        let Some(run) = self.run.as_mut().filter(|r| r.job == job) else {
            return;
        };
        let id = run.machine.record().id;
        match message {
            WorkerMessage::Progress {
                step,
                done,
                total,
                what,
            } => {
                let progress = run.progress.entry(step).or_default();
                (progress.done, progress.total) = (done, total);
                progress.what.clone_from(&what);
                self.is_stale = true;
                self.tell(&Event::Progress {
                    run: id,
                    step,
                    done,
                    total,
                    what,
                });
            }
            WorkerMessage::Lanes { step, lanes } => {
                run.progress.entry(step).or_default().lanes = lanes;
                self.is_stale = true;
            }
            WorkerMessage::Unit { step, unit } => {
                run.machine.note_unit(step, unit.clone());
                self.is_stale = true;
                self.tell(&Event::Unit {
                    run: id,
                    step,
                    unit,
                });
            }
            WorkerMessage::Warning { step, message } => {
                self.tell(&Event::Warning {
                    run: id,
                    step,
                    message,
                });
            }
            WorkerMessage::Ended(report) => {
                run.progress.remove(&report.step);
                if let Err(failure) = run.machine.on_report(*report, &mut self.parts.store) {
                    self.break_run(failure);
                } else {
                    self.advance();
                }
            }
        }
    }

    /// Begins what can begin, tells what happened, and ends the run when nothing is left.
    fn advance(&mut self) {
        let Some(run) = &mut self.run else { return };
        let result = run.machine.advance(&mut self.parts.store);
        let events = run.machine.take_events();
        match result {
            Err(failure) => {
                self.tell_all(&events);
                self.break_run(failure);
            }
            Ok(None) => {
                self.tell_all(&events);
                self.publish_live();
            }
            Ok(Some(end)) => {
                let run = self.run.take();
                self.refresh_service();
                self.publish();
                self.tell_all(&events);
                if let Some(run) = run {
                    self.end_run(run, end);
                }
            }
        }
    }

    fn end_run(&mut self, run: RunAtWork, end: RunEnd) {
        let result = match end.failure {
            Some(failure) => Err(failure),
            None => Ok(Outcome::Run {
                record: Box::new(end.record),
                message: end.message,
            }),
        };
        let job = run.job;
        self.finish(job, Command::Run.title(), result, run.reply);
        if let Err(error) = self.parts.store.keep_backup() {
            let failure = Failure::from(error);
            self.tell(&Event::JobFinished {
                job,
                title: "Copying the database".to_owned(),
                message: failure.summary.clone(),
                failure: Some(failure),
            });
        }
    }

    /// The records cannot be written any more: the run is lost, what is finished is kept.
    fn break_run(&mut self, failure: Failure) {
        if let Some(mut run) = self.run.take() {
            run.machine.cancel();
            run.machine.abandon(&failure, &mut self.parts.store);
            let events = run.machine.take_events();
            self.tell_all(&events);
            self.finish(run.job, Command::Run.title(), Err(failure), run.reply);
        }
    }

    fn tick(&mut self) {
        if self.is_stale {
            self.publish_live();
        }
        let Some(service) = &self.service else { return };
        let state = service.state();
        let current = self.snapshot.load();
        if current.service.n_requests != state.n_requests
            || current.service.n_errors != state.n_errors
        {
            let mut next = (**current).clone();
            next.service = state;
            self.snapshot.store(Arc::new(next));
            self.tell(&Event::Fetched);
        }
    }

    /// Publishes how the run at work stands, without reading the store.
    fn publish_live(&mut self) {
        let mut next = (**self.snapshot.load()).clone();
        next.live = self.live();
        next.jobs = self.jobs();
        next.taken = (self.parts.clock)();
        self.snapshot.store(Arc::new(next));
        self.published = Instant::now();
        self.is_stale = false;
    }

    /// Publishes everything, read anew from the store.
    pub(super) fn publish(&mut self) {
        let service = self.service.as_ref().map(Service::state);
        match super::snapshot::read(&self.parts, &mut self.ledger, service) {
            Ok(mut next) => {
                next.live = self.live();
                next.jobs = self.jobs();
                self.snapshot.store(Arc::new(next));
                self.published = Instant::now();
                self.is_stale = false;
            }
            Err(failure) => self.tell(&Event::JobFinished {
                job: JobId(0),
                title: "Read the records".to_owned(),
                message: failure.summary.clone(),
                failure: Some(failure),
            }),
        }
    }

    fn live(&self) -> Option<LiveRun> {
        self.run.as_ref().map(|run| LiveRun {
            job: run.job,
            record: run.machine.record().clone(),
            progress: run.progress.clone(),
            is_stopping: run.is_stopping,
        })
    }

    fn jobs(&self) -> Vec<JobState> {
        self.run
            .iter()
            .map(|run| JobState {
                id: run.job,
                title: Command::Run.title(),
            })
            .collect()
    }

    fn tell(&self, event: &Event) {
        (self.parts.sink)(event);
    }

    fn tell_all(&self, events: &[Event]) {
        for event in events {
            self.tell(event);
        }
    }
}

/// Who runs it: host, process, threads, version of the engine.
fn executor(pool: &rayon::ThreadPool) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .map(|h| h.trim().to_owned())
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .unwrap_or_else(|| "localhost".to_owned());
    format!(
        "{host}/{}, {} threads, lockkeeper {}",
        std::process::id(),
        pool.current_num_threads(),
        env!("CARGO_PKG_VERSION")
    )
}
