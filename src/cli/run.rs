//! `lockkeeper run`: runs the pipeline and tells how it goes, for people or, with `--json`, an event a line.

use super::output::{Colour, Output};
use super::reading::Reading;
use super::{EXIT_GATE, Place};
use crate::domain::Failure;
use crate::domain::event::Event;
use crate::domain::run::{RunRecord, RunState, StepState};
use crate::workspace::{Command, EventSink, OpenOptions, Outcome, Workspace};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// Run the pipeline; running it again resumes
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    place: Place,
    /// Add this file as the newest batch first
    #[arg(long, value_name = "FILE")]
    add: Option<PathBuf>,
    /// Replace pipeline.toml by this file first
    #[arg(long, value_name = "FILE")]
    pipeline: Option<PathBuf>,
    /// One event a line on stdout
    #[arg(long)]
    json: bool,
    /// Threads to work on; the results are the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    #[command(flatten)]
    reading: Reading,
}

impl Run {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let last = LastEvent::default();
        let sink = if self.json {
            json_sink(*out, Arc::clone(&last))
        } else {
            sink(*out)
        };
        let result = self.run(sink, out);
        if self.json {
            if let Err(failure) = &result {
                out.json_line(&serde_json::json!({ "event": "failed", "failure": failure }));
            }
            if let Some(event) = last.lock().ok().and_then(|mut last| last.take()) {
                out.json_line(&event);
            }
        }
        result
    }

    fn run(&self, sink: EventSink, out: &Output) -> Result<u8, Failure> {
        let options = OpenOptions {
            n_threads: self.threads.map(usize::from),
            ..OpenOptions::default()
        };
        let workspace = Workspace::open(&self.place.workspace, options, sink)?;
        if let Some(path) = &self.pipeline {
            let spec = crate::workspace::create::read_pipeline(path)?;
            workspace.run(Command::SavePipeline {
                spec: Box::new(spec),
            })?;
        }
        self.settle_reading(&workspace)?;
        if let Some(file) = &self.add {
            workspace.run(Command::AddData {
                file: file.clone(),
                read: None,
            })?;
        }
        run_to_the_end(&workspace, !self.json, out)
    }

    /// What was typed about reading becomes part of the pipeline, so that tomorrow's run reads the same.
    fn settle_reading(&self, workspace: &Workspace) -> Result<(), Failure> {
        let typed = self.reading.typed();
        if typed.is_open() {
            return Ok(());
        }
        let mut spec = workspace.snapshot().pipeline.clone()?;
        spec.steps.ingest.read = typed.or(&spec.steps.ingest.read);
        workspace.run(Command::SavePipeline {
            spec: Box::new(spec),
        })?;
        Ok(())
    }
}

/// Runs the pipeline and says with which code to exit.
pub(super) fn run_to_the_end(
    workspace: &Workspace,
    talks: bool,
    out: &Output,
) -> Result<u8, Failure> {
    let job = workspace.new_job();
    let result = std::thread::scope(|scope| {
        let (interrupt, interrupted) = crossbeam_channel::bounded::<()>(1);
        // Where a handler cannot be set, Ctrl+C ends the program at once, and the next run resumes.
        let ctrl_c = interrupt.clone();
        let was_asked = std::sync::atomic::AtomicBool::new(false);
        let _unset = ctrlc::set_handler(move || {
            // The second time at once: the next run resumes.
            if was_asked.swap(true, std::sync::atomic::Ordering::Relaxed) {
                std::process::exit(130);
            }
            let _full = ctrl_c.try_send(());
        });
        let (done, finished) = crossbeam_channel::bounded::<()>(0);
        scope.spawn(move || {
            crossbeam_channel::select! {
                recv(interrupted) -> _ => workspace.cancel(job),
                recv(finished) -> _ => {}
            }
        });
        let result = workspace.run_job(job, Command::Run);
        drop(done);
        result
    })?;
    let Outcome::Run { record, message } = result else {
        return Err(Failure::internal("a run gave something else"));
    };
    if talks {
        let word = record.state.word().replace('_', " ");
        out.talk(&format!(
            "{} {message}",
            out.paint(&word, colour(record.state))
        ));
    }
    Ok(exit_code(&record))
}

fn exit_code(record: &RunRecord) -> u8 {
    match record.state {
        RunState::Stopped | RunState::NotBlessed => EXIT_GATE,
        RunState::Canceled | RunState::Interrupted => 130,
        RunState::Failed => 70,
        RunState::Complete | RunState::Running => 0,
    }
}

pub(super) fn colour(state: RunState) -> Colour {
    match state {
        RunState::Complete => Colour::Green,
        RunState::Stopped | RunState::NotBlessed | RunState::Failed => Colour::Red,
        RunState::Canceled | RunState::Interrupted | RunState::Running => Colour::Yellow,
    }
}

/// How the run ended: held back until all is said, so that it is the last line even where a failure is told before.
type LastEvent = Arc<Mutex<Option<Event>>>;

/// Tells events as JSON, one a line.
fn json_sink(out: Output, last: LastEvent) -> EventSink {
    Arc::new(move |event| match event {
        Event::JobStarted { .. } | Event::JobFinished { .. } | Event::Fetched => {}
        Event::Finished { .. } => {
            if let Ok(mut last) = last.lock() {
                *last = Some(event.clone());
            }
        }
        event => out.json_line(event),
    })
}

/// Tells events as lines for people with one progress bar below.
pub(super) fn sink(out: Output) -> EventSink {
    let target = if out.is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(None, target);
    bar.set_style(
        ProgressStyle::with_template("  {bar:24} {pos}/{len} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    Arc::new(move |event| match event {
        Event::Progress {
            done, total, what, ..
        } => {
            bar.set_length(*total);
            bar.set_position(*done);
            bar.set_message(what.clone());
        }
        Event::Warning { step, message, .. } => {
            bar.suspend(|| {
                out.talk(&format!(
                    "{} {}: {message}",
                    out.paint("warning", Colour::Yellow),
                    step.name()
                ));
            });
        }
        Event::Step {
            step,
            state,
            message,
            ..
        } if *state != StepState::Running => {
            let colour = match state {
                StepState::Complete => Colour::Green,
                StepState::Failed => Colour::Red,
                StepState::Canceled => Colour::Yellow,
                _ => Colour::Grey,
            };
            let word = out.paint(&format!("{:<9}", state.word()), colour);
            bar.suspend(|| out.talk(&format!("{word} {:<14} {message}", step.name())));
        }
        Event::Finished { .. } => bar.finish_and_clear(),
        _ => {}
    })
}
