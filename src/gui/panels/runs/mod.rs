//! Runs, the ledger: every run with its steps, parameters and artifacts as the metadata database has them, and every
//! change of the registry. Drawing a run as it happens is left to the pipeline's room.

mod details;
pub(super) mod record;
mod registry;
mod table;

use crate::domain::run::RunState;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{Panel, PanelContext, Room};
use crate::gui::theme::{Tone, size, space};
use crate::gui::widgets::{
    banner::Banner, button::Button, card::page_title, segmented::segmented, state, table::Sort,
};
use crate::workspace::Snapshot;
use eframe::egui::{self, Ui, vec2};

/// The room.
pub struct Runs {
    tab: usize,
    sort: Sort,
    details: details::View,
}

impl Default for Runs {
    fn default() -> Self {
        Self {
            tab: 0,
            sort: Sort::descending(0),
            details: details::View::default(),
        }
    }
}

impl Panel for Runs {
    fn room(&self) -> Room {
        Room::Runs
    }

    fn has_inspector(&self, _snapshot: &Snapshot) -> bool {
        false
    }

    fn turn_to(&mut self, page: usize) {
        self.tab = page;
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(snapshot) = context.snapshot else {
            return;
        };
        page_title(
            ui,
            "Runs",
            "The ledger: what was run when, on what, with which parameters, and what came of it.",
        );
        ui.add_space(space::S);
        segmented(ui, "Part of the ledger", &mut self.tab, Room::Runs.pages());
        ui.add_space(space::S);
        if self.tab == 1 {
            registry::show(ui, snapshot, context.now);
        } else if snapshot.runs.is_empty() && snapshot.live.is_none() {
            empty(ui, snapshot, context);
        } else {
            let scroll = egui::ScrollArea::vertical()
                .id_salt("runs room")
                .auto_shrink([false, false]);
            scroll.show(ui, |ui| self.ledger(ui, snapshot, context));
        }
    }
}

impl Runs {
    fn ledger(&mut self, ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
        table::show(ui, &mut self.sort, snapshot, context);
        ui.add_space(space::M);
        let Some((run, live)) = record::shown(snapshot, context.selection) else {
            return;
        };
        interrupted(ui, run.state, snapshot, context);
        self.details
            .show(ui, (run, live.is_some()), snapshot, context);
    }
}

/// Room for a table of so many rows, at most `height`, however far down the page it stands.
fn room_for<R>(ui: &mut Ui, n_rows: usize, height: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    let wanted = size::HEADER + n_rows as f32 * size::ROW + space::M;
    ui.allocate_ui(vec2(ui.available_width(), wanted.min(height)), add)
        .inner
}

fn empty(ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
    let against = snapshot
        .read_only
        .as_ref()
        .map(|who| format!("{who} holds the workspace"));
    let button = Button::new("Run the pipeline")
        .icon(icons::RUN)
        .primary()
        .unless(against);
    let text = "Each run is recorded here with its steps, their parameters, and everything they read and wrote.";
    if state::empty(ui, icons::LEDGER, "No runs yet", text, Some(button)) {
        context.act(Action::Run);
    }
}

fn interrupted(ui: &mut Ui, state: RunState, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
    if state != RunState::Interrupted {
        return;
    }
    let against = match (&snapshot.read_only, &snapshot.live) {
        (Some(who), _) => Some(format!("{who} holds the workspace")),
        (None, Some(_)) => Some("A run is at work".to_owned()),
        (None, None) => None,
    };
    let text = "The program ended in the middle of this run. Running the pipeline again resumes: steps that are done \
                are taken from the records.";
    let pressed = Banner::new(Tone::Warn, "Interrupted", text).show_with(ui, |ui| {
        Button::new("Resume")
            .icon(icons::RUN)
            .unless(against)
            .show(ui)
            .clicked()
    });
    if pressed.inner {
        context.selection.run = None;
        context.act(Action::Run);
    }
    ui.add_space(space::S);
}
