//! Runs, the ledger: every run with its steps, parameters and artifacts as the metadata database has them, and every
//! change of the registry. Drawing a run as it happens is left to the pipeline's room.

mod beside;
mod columns;
mod console;
mod details;
mod lineage;
mod listing;
pub(super) mod record;
mod registry;
mod table;
mod written;

use super::answer;
use crate::domain::ids::RunId;
use crate::domain::run::{RunRecord, RunState};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{Panel, PanelContext, Room};
use crate::gui::theme::{Tone, size, space};
use crate::gui::widgets::{
    banner::Banner, button::Button, card::page_title, segmented::segmented, state,
};
use crate::workspace::records::{RecordAnswer, RecordQuery, RecordQuestion};
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::{self, Ui, vec2};

/// The room.
#[derive(Default)]
pub struct Runs {
    tab: usize,
    list: table::List,
    current: listing::Current,
    beside: beside::Beside,
    written: written::Draft,
    walk: lineage::Walk,
    console: console::Console,
    details: details::View,
}

/// The pages, by their positions in `Room::pages`.
const BESIDE: usize = 1;
const LINEAGE: usize = 2;
const CONSOLE: usize = 3;
const REGISTRY: usize = 4;

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
        if self.tab == REGISTRY {
            registry::show(ui, snapshot, context.now);
        } else if snapshot.runs.is_empty() && snapshot.live.is_none() {
            empty(ui, snapshot, context);
        } else {
            let scroll = egui::ScrollArea::vertical()
                .id_salt(("runs room", self.tab))
                .auto_shrink([false, false]);
            scroll.show(ui, |ui| match self.tab {
                BESIDE => self.compared(ui, snapshot, context),
                LINEAGE => self.walk.show(ui, snapshot, context),
                CONSOLE => self.console.show(ui, snapshot, context),
                _ => self.ledger(ui, snapshot, context),
            });
        }
    }
}

impl Runs {
    fn ledger(&mut self, ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
        let ledger = self
            .current
            .ledger(&snapshot.ledger, snapshot.live.as_ref());
        let newest = record::shown(snapshot, context.selection).map(|(run, _)| run.id);
        // The other rooms know the newest runs only; here any run can be selected.
        let wanted = context
            .selection
            .run
            .filter(|id| ledger.line(*id).is_some());
        let Some(id) = wanted.or(newest) else { return };
        if self.list.show(ui, &ledger, Some(id), context) {
            self.tab = BESIDE;
        }
        ui.add_space(space::M);
        let known = record::shown(snapshot, context.selection).filter(|(run, _)| run.id == id);
        match known {
            Some((run, live)) => {
                // The newest one is asked about above all rooms.
                if snapshot.interrupted.as_ref().is_none_or(|i| i.run != id) {
                    interrupted(ui, run.state, snapshot, context);
                }
                self.details_of((run, live.is_some()), ui, snapshot, context);
            }
            None => self.older(ui, id, snapshot, context),
        }
        if let Some(line) = ledger.line(id) {
            ui.add_space(space::M);
            self.written.show(ui, line, snapshot, context);
        }
    }

    /// A run that is not among the newest ones: its record is fetched.
    fn older(
        &mut self,
        ui: &mut Ui,
        id: RunId,
        snapshot: &Snapshot,
        context: &mut PanelContext<'_>,
    ) {
        let query = Query::Records(RecordQuery {
            question: RecordQuestion::Run(id),
            change: lineage::change(snapshot),
        });
        let Some(answer) = answer::ready(ui, context, &query, "the run") else {
            return;
        };
        if let Answer::Records(answer) = &*answer
            && let RecordAnswer::Run(run) = &**answer
        {
            self.details_of((run, false), ui, snapshot, context);
        }
    }

    /// A run's steps; the lineage of an artifact of theirs is on a page of its own.
    fn details_of(
        &mut self,
        run: (&RunRecord, bool),
        ui: &mut Ui,
        snapshot: &Snapshot,
        context: &mut PanelContext<'_>,
    ) {
        if let Some(artifact) = self.details.show(ui, run, snapshot, context) {
            self.walk.go_to(&artifact);
            self.tab = LINEAGE;
        }
    }

    fn compared(&mut self, ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
        let ledger = self
            .current
            .ledger(&snapshot.ledger, snapshot.live.as_ref());
        let compared = self.list.compared.clone();
        let order = self.list.order(&ledger, context.now);
        self.beside.show(ui, (&ledger, order), &compared, context);
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
