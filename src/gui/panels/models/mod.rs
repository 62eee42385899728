//! The Models room: the leaderboard of a run's candidates, the registry of versions, and what a candidate goes by. Who is better on the test rows,
//! segment by segment, is left to Compare.

pub(in crate::gui) mod candidate;
mod dots;
mod leaderboard;
mod order;
mod registry;
mod understand;
mod version;

use crate::gui::action::Action;
use crate::gui::panel::{Panel, PanelContext, Room, Unavailable};
use crate::gui::widgets::card::page_title;
use crate::gui::widgets::segmented::segmented;
use crate::workspace::Snapshot;
use eframe::egui::Ui;
use leaderboard::Leaderboard;
use registry::Registry;
use understand::{Page, Understand};

/// The room.
#[derive(Default)]
pub struct Models {
    tab: usize,
    leaderboard: Leaderboard,
    registry: Registry,
    understand: Understand,
}

const REGISTRY: usize = 1;

/// Pages before the first one that explains a model.
const N_BEFORE: usize = 2;

impl Panel for Models {
    fn room(&self) -> Room {
        Room::Models
    }

    fn turn_to(&mut self, page: usize) {
        self.tab = page;
    }

    fn unavailable(&self, snapshot: &Snapshot) -> Option<Unavailable> {
        (snapshot.runs.is_empty() && snapshot.live.is_none() && snapshot.models.is_empty()).then(|| Unavailable {
            title: "No models yet",
            text: "Run the pipeline: it trains every candidate, scores each by cross-validation and registers the best."
                .to_owned(),
            action: Some(("Run the pipeline".to_owned(), Action::Run)),
        })
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(snapshot) = context.snapshot else {
            return;
        };
        // Evidence and other rooms point to a version: show it.
        if self.registry.was_pointed_to(context.selection.version) {
            self.tab = REGISTRY;
        }
        let page = self.page();
        let explanation = match page {
            Some(page) => page.explanation(),
            None if self.tab == REGISTRY => {
                "Every model that was registered; exactly one of them can be in production."
            }
            None => {
                "What a run trained, best first; scores are means over folds that the model did not see."
            }
        };
        page_title(ui, "Models", explanation);
        segmented(ui, "View", &mut self.tab, Room::Models.pages());
        match self.page() {
            Some(page) => self.understand.ui(ui, context, snapshot, page),
            None if self.tab == REGISTRY => self.registry.ui(ui, context, snapshot),
            None => self.leaderboard.ui(ui, context, snapshot),
        }
        self.registry.answer(ui, context);
    }

    fn has_inspector(&self, _snapshot: &Snapshot) -> bool {
        self.page().is_none()
    }

    fn inspector(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) -> bool {
        let Some(snapshot) = context.snapshot else {
            return false;
        };
        if self.tab == REGISTRY {
            self.registry.inspector(ui, context, snapshot)
        } else {
            self.leaderboard.inspector(ui, context, snapshot)
        }
    }
}

impl Models {
    /// The page that explains a model, if it is one.
    fn page(&self) -> Option<Page> {
        Page::ALL.get(self.tab.checked_sub(N_BEFORE)?).copied()
    }
}
