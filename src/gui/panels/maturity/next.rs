//! What the window does for each next step that capabilities and lessons name, and where each record is found.

use crate::domain::maturity::{NextAction, RecordRef};
use crate::gui::action::{Action, Purpose};
use crate::gui::icons::{self, Icon};
use crate::gui::panel::{PanelContext, Room};
use crate::gui::widgets::button::Button;
use crate::workspace::Snapshot;
use eframe::egui::Ui;

/// The words on the button, its picture, and the action.
pub(in crate::gui) fn of(next: NextAction) -> (&'static str, Icon, Action) {
    match next {
        NextAction::Run => ("Run the pipeline", icons::RUN, Action::Run),
        NextAction::Serve => ("Start the service", icons::SERVICE, Action::StartService),
        NextAction::AddData => ("Add a batch…", icons::ADD, Action::Pick(Purpose::Batch)),
        NextAction::EditPipeline => (
            "Edit the pipeline",
            icons::PIPELINE,
            Action::Go(Room::Pipeline),
        ),
        NextAction::EditSchema => ("Edit the schema", icons::SCHEMA, Action::Go(Room::Data)),
        NextAction::Data => ("Open Data", icons::DATASET, Action::Go(Room::Data)),
        NextAction::Compare => ("Compare", icons::COMPARE, Action::Go(Room::Compare)),
        NextAction::Models => ("Open Models", icons::MODEL, Action::Go(Room::Models)),
    }
}

/// Shows the button and queues its action when it is pressed.
pub(super) fn button(ui: &mut Ui, context: &mut PanelContext<'_>, next: NextAction) {
    let (text, icon, action) = of(next);
    let changes = matches!(
        next,
        NextAction::Run | NextAction::Serve | NextAction::AddData
    );
    let reason = context
        .snapshot
        .filter(|_| changes)
        .and_then(|s| s.read_only.as_ref())
        .map(|who| format!("Read-only: {who}"));
    if Button::new(text)
        .primary()
        .icon(icon)
        .unless(reason)
        .show(ui)
        .clicked()
    {
        context.act(action);
    }
}

/// Goes to a record: selects it and changes the room.
pub(super) fn go_to(context: &mut PanelContext<'_>, snapshot: &Snapshot, record: &RecordRef) {
    let steps = || {
        snapshot
            .runs
            .iter()
            .flat_map(|run| run.steps.iter().map(move |step| (run, step)))
    };
    let found = match record {
        RecordRef::Model { version } => {
            context.selection.version = Some(*version);
            context.act(Action::Go(Room::Models));
            return;
        }
        RecordRef::Run { id } => {
            context.selection.run = Some(*id);
            context.selection.step = None;
            None
        }
        RecordRef::Execution { id } => steps().find(|(_, step)| step.execution == Some(*id)),
        RecordRef::Artifact { id } => {
            steps().find(|(_, step)| step.outputs.iter().any(|o| o.id == *id))
        }
    };
    if let Some((run, step)) = found {
        context.selection.run = Some(run.id);
        context.selection.step = Some(step.kind);
    }
    context.act(Action::Go(Room::Runs));
}
