//! The Models room: the leaderboard of a run's candidates, and the registry of versions. Who is better on the test rows,
//! segment by segment, is left to Compare.

pub(in crate::gui) mod candidate;
mod dots;
mod leaderboard;
mod registry;
mod version;

use crate::gui::action::Action;
use crate::gui::panel::{Panel, PanelContext, Room, Unavailable};
use crate::gui::widgets::card::page_title;
use crate::gui::widgets::segmented::segmented;
use crate::workspace::Snapshot;
use eframe::egui::{Align, Layout, Ui};
use leaderboard::Leaderboard;
use registry::Registry;

/// The room.
#[derive(Default)]
pub struct Models {
    tab: usize,
    leaderboard: Leaderboard,
    registry: Registry,
}

const REGISTRY: usize = 1;

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
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                segmented(ui, "View", &mut self.tab, Room::Models.pages());
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    let explanation = if self.tab == REGISTRY {
                        "Every model that was registered; exactly one of them can be in production."
                    } else {
                        "What a run trained, best first; scores are means over folds that the model did not see."
                    };
                    page_title(ui, "Models", explanation);
                });
            });
        });
        if self.tab == REGISTRY {
            self.registry.ui(ui, context, snapshot);
        } else {
            self.leaderboard.ui(ui, context, snapshot);
        }
        self.registry.answer(ui, context);
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
