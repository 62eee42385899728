//! The open workspace as the window holds it: opened on a thread of its own, listened to without waiting.

use crate::domain::Failure;
use crate::domain::event::Event;
use crate::domain::run::RunState;
use crate::gui::theme::Tone;
use crate::gui::widgets::toast::Toast;
use crate::workspace::looks;
use crate::workspace::{Fetched, OpenMode, OpenOptions, Query, Workspace};
use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A workspace, open, opening, failed or none.
pub(super) struct Session {
    state: State,
    events: Receiver<Event>,
    sender: Sender<Event>,
    opened: Option<PathBuf>,
}

enum State {
    Closed,
    Opening {
        root: PathBuf,
        result: Receiver<Result<Workspace, Failure>>,
    },
    Failed {
        root: PathBuf,
        failure: Failure,
    },
    Open(Box<Workspace>),
}

impl Session {
    pub(super) fn closed() -> Self {
        let (sender, events) = unbounded();
        Self {
            state: State::Closed,
            events,
            sender,
            opened: None,
        }
    }

    /// Opens a workspace, after `prepare` has made it where that is needed, both off this thread. The workspace that
    /// is open is closed there as well: it may have to wait for a step that is at work.
    pub(super) fn open(
        &mut self,
        root: PathBuf,
        ctx: &Context,
        prepare: impl FnOnce() -> Result<(), Failure> + Send + 'static,
    ) {
        let (answer, result) = crossbeam_channel::bounded(1);
        let (events, wake) = (self.sender.clone(), ctx.clone());
        let before = std::mem::replace(
            &mut self.state,
            State::Opening {
                root: root.clone(),
                result,
            },
        );
        std::thread::spawn(move || {
            drop(before);
            let repaint = wake.clone();
            let sink = Arc::new(move |event: &Event| {
                // The window may be closing.
                let _closed = events.send(event.clone());
                repaint.request_repaint();
            });
            let options = OpenOptions {
                mode: OpenMode::ReadWriteIfFree,
                n_threads: None,
            };
            let workspace = prepare().and_then(|()| Workspace::open(&root, options, sink));
            // As above.
            let _closed = answer.send(workspace);
            wake.request_repaint();
        });
    }

    /// Closes the workspace, off this thread.
    pub(super) fn close(&mut self) {
        let before = std::mem::replace(&mut self.state, State::Closed);
        std::thread::spawn(move || drop(before));
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    pub(super) fn workspace(&self) -> Option<&Workspace> {
        match &self.state {
            State::Open(workspace) => Some(workspace),
            _ => None,
        }
    }

    pub(super) fn opening(&self) -> Option<&Path> {
        match &self.state {
            State::Opening { root, .. } => Some(root),
            _ => None,
        }
    }

    pub(super) fn failed(&self) -> Option<(&Path, &Failure)> {
        match &self.state {
            State::Failed { root, failure } => Some((root, failure)),
            _ => None,
        }
    }

    pub(super) fn fetch(&self, query: &Query) -> Fetched {
        if let Some(fetched) = looks::fetch(query) {
            return fetched;
        }
        self.workspace().map_or_else(
            || Fetched::Failed(Failure::not_found("No workspace is open")),
            |workspace| workspace.fetch(query),
        )
    }

    /// The workspace that was opened since the last call.
    pub(super) fn just_opened(&mut self) -> Option<PathBuf> {
        self.opened.take()
    }

    /// Takes in what happened, and says what a person should be told.
    pub(super) fn listen(&mut self) -> Vec<Toast> {
        if let State::Opening { root, result } = &self.state
            && let Ok(result) = result.try_recv()
        {
            let root = root.clone();
            self.state = match result {
                Ok(workspace) => {
                    self.opened = Some(root);
                    State::Open(Box::new(workspace))
                }
                Err(failure) => State::Failed { root, failure },
            };
        }
        self.events
            .try_iter()
            .filter_map(|event| notice(&event))
            .collect()
    }
}

/// What a person is told of an event, if anything.
fn notice(event: &Event) -> Option<Toast> {
    match event {
        Event::Finished {
            run,
            state,
            message,
            ..
        } => {
            let (tone, word) = match state {
                RunState::Complete => (Tone::Good, "complete"),
                RunState::Stopped => (Tone::Bad, "stopped at the data gate"),
                RunState::NotBlessed => (Tone::Bad, "not blessed"),
                RunState::Canceled => (Tone::Warn, "stopped by hand"),
                // The failed job says it, with its details.
                RunState::Failed | RunState::Interrupted | RunState::Running => return None,
            };
            let toast = Toast::new(tone, format!("Run {run} {word}"));
            Some(toast.details(message.clone()).passing())
        }
        Event::JobFinished {
            title,
            failure: Some(failure),
            ..
        } => {
            let text = match title.as_str() {
                "Run the pipeline" => format!("The run failed: {}", failure.summary),
                title => format!("{title}: {}", failure.summary),
            };
            let lines: Vec<&str> = std::iter::once(failure.summary.as_str())
                .chain(failure.details.iter().map(String::as_str))
                .chain(failure.hints.iter().map(String::as_str))
                .collect();
            Some(Toast::new(Tone::Bad, text).details(lines.join("\n")))
        }
        Event::JobFinished { title, message, .. } if title != "Run the pipeline" => {
            Some(Toast::new(Tone::Good, message.clone()))
        }
        _ => None,
    }
}
