//! The next thing to do, derived from what is true of the workspace: one sentence and one button.

use crate::domain::maturity::CapabilityState;
use crate::domain::run::RunState;
use crate::gui::action::{Action, Purpose};
use crate::gui::icons::{self, Icon};
use crate::gui::panel::Room;
use crate::gui::panels::maturity::next::of as action_of;
use crate::gui::theme::Tone;
use crate::workspace::Snapshot;

/// One thing to do.
pub(super) struct Next {
    /// How it looks: a stop is red, waiting is amber.
    pub(super) tone: Tone,
    /// Why.
    pub(super) sentence: String,
    /// The button.
    pub(super) button: &'static str,
    /// Its icon.
    pub(super) icon: Icon,
    /// What it does.
    pub(super) action: Action,
}

impl Next {
    fn new(
        tone: Tone,
        sentence: impl Into<String>,
        (button, icon, action): (&'static str, Icon, Action),
    ) -> Self {
        Self {
            tone,
            sentence: sentence.into(),
            button,
            icon,
            action,
        }
    }
}

/// What to do next.
pub(super) fn next(snapshot: &Snapshot) -> Next {
    let go = |button, room: Room| (button, room.icon(), Action::Go(room));
    if snapshot.live.is_some() {
        return Next::new(
            Tone::Accent,
            "The pipeline is at work.",
            go("Watch the run", Room::Pipeline),
        );
    }
    if let Err(failure) = &snapshot.pipeline {
        let sentence = format!("pipeline.toml cannot be used. {}", failure.summary);
        return Next::new(Tone::Bad, sentence, go("Open the pipeline", Room::Pipeline));
    }
    let Some(run) = snapshot.runs.first() else {
        let sentence = "The pipeline has never run. It reads the data, checks it, trains the candidates and compares them.";
        return Next::new(
            Tone::Accent,
            sentence,
            ("Run the pipeline", icons::RUN, Action::Run),
        );
    };
    let id = run.id;
    match run.state {
        RunState::Interrupted => {
            let sentence =
                format!("Run {id} was interrupted. Resuming keeps every step that was finished.");
            return Next::new(Tone::Warn, sentence, ("Resume", icons::RUN, Action::Run));
        }
        RunState::Canceled => {
            let sentence = format!(
                "Run {id} was stopped by hand. Running again keeps every step that was finished."
            );
            return Next::new(Tone::Warn, sentence, ("Resume", icons::RUN, Action::Run));
        }
        RunState::Failed => {
            let why = run.steps.iter().find_map(|s| {
                s.error
                    .as_deref()
                    .map(|e| format!("{}: {e}", s.kind.title()))
            });
            let sentence = format!("Run {id} failed. {}", why.unwrap_or_default());
            return Next::new(Tone::Bad, sentence, go("Open the pipeline", Room::Pipeline));
        }
        RunState::Stopped => {
            let sentence = format!(
                "The data gate stopped run {id}: the newest batch does not fit the schema."
            );
            return Next::new(Tone::Bad, sentence, go("Look at the anomalies", Room::Data));
        }
        RunState::NotBlessed => {
            let sentence = format!(
                "The model gate did not bless the candidate of run {id}. See where it is worse."
            );
            return Next::new(Tone::Warn, sentence, go("Compare", Room::Compare));
        }
        RunState::Running | RunState::Complete => {}
    }
    let Some(production) = snapshot.production() else {
        let sentence = "A model is trained, and none is in production yet.";
        return Next::new(Tone::Accent, sentence, go("Open the models", Room::Models));
    };
    if snapshot.service.address.is_none() {
        let sentence = format!(
            "v{} is in production, and nobody can ask it yet.",
            production.version
        );
        return Next::new(
            Tone::Accent,
            sentence,
            ("Start the service", icons::SERVICE, Action::StartService),
        );
    }
    learning(snapshot).unwrap_or_else(|| {
        let sentence =
            "Everything is done. The next batch of data shows whether the model still holds.";
        Next::new(
            Tone::Good,
            sentence,
            ("Add a batch…", icons::ADD, Action::Pick(Purpose::Batch)),
        )
    })
}

/// The next step of the lesson that was begun, or else what would prove the next capability.
fn learning(snapshot: &Snapshot) -> Option<Next> {
    let begun = snapshot
        .lessons
        .iter()
        .find(|l| l.steps.iter().any(|s| s.done) && l.steps.iter().any(|s| !s.done));
    let lesson = begun.or_else(|| {
        snapshot
            .lessons
            .iter()
            .find(|l| l.steps.iter().any(|s| !s.done))
    });
    if let Some((lesson, step)) = lesson.and_then(|l| Some((l, l.steps.iter().find(|s| !s.done)?)))
    {
        let sentence = format!("Lesson “{}”: {}.", lesson.title, step.title);
        let act = step.action.map_or(
            ("Open the lesson", icons::LESSON, Action::Go(Room::Maturity)),
            action_of,
        );
        return Some(Next::new(Tone::Accent, sentence, act));
    }
    let missing = snapshot.maturity.capabilities.iter();
    let missing = missing
        .filter(|c| c.state == CapabilityState::Unproven && c.required)
        .min_by_key(|c| c.level)?;
    let sentence = format!(
        "Not yet proven for level {}: {}.",
        missing.level,
        missing.title.to_lowercase()
    );
    let act = missing.next.map_or(
        ("Open maturity", icons::MATURITY, Action::Go(Room::Maturity)),
        action_of,
    );
    Some(Next::new(Tone::Accent, sentence, act))
}
