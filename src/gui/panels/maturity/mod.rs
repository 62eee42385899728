//! The Maturity room: which level the records prove, capability by capability, and the lessons. What proves what is
//! left to `maturity`; here it is only drawn.

mod capability;
mod lessons;
mod matrix;
pub(in crate::gui) mod next;
mod staircase;

use crate::domain::maturity::{Capability, CapabilityState, MaturityAssessment};
use crate::gui::panel::{Panel, PanelContext, Room};
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::card::{EqualHeights, card, page_title};
use crate::gui::widgets::segmented::segmented;
use eframe::egui::{Align, Layout, ScrollArea, Ui, vec2};
use lessons::Lessons;

/// The room.
#[derive(Default)]
pub struct Maturity {
    tab: usize,
    /// The selected capability's id; `None` is the next one to prove.
    selected: Option<String>,
    lessons: Lessons,
}

/// "Level 1 · 9 of 14 proven", or "Not yet level 0 · …".
pub(super) fn headline(assessment: &MaturityAssessment) -> String {
    let level = assessment.level.map_or_else(
        || "Not yet level 0".to_owned(),
        |level| format!("Level {level}"),
    );
    let (proven, all) = tally(assessment);
    format!("{level} · {proven} of {all} required capabilities proven")
}

/// How many of the required capabilities are proven, and how many there are.
pub(crate) fn tally(assessment: &MaturityAssessment) -> (usize, usize) {
    let required = assessment.capabilities.iter().filter(|c| c.required);
    let proven = required
        .clone()
        .filter(|c| c.state == CapabilityState::Proven);
    (proven.count(), required.count())
}

/// The first required capability that keeps the next level away: one that can be proven before one that cannot.
fn next_to_prove(assessment: &MaturityAssessment) -> Option<&Capability> {
    let missing = || {
        assessment
            .capabilities
            .iter()
            .filter(|c| c.required && c.state != CapabilityState::Proven)
    };
    let level = missing().map(|c| c.level).min()?;
    missing()
        .filter(|c| c.level == level)
        .min_by_key(|c| c.state == CapabilityState::Unsupported)
}

impl Maturity {
    fn selected<'a>(&self, assessment: &'a MaturityAssessment) -> Option<&'a Capability> {
        let chosen = self.selected.as_deref();
        let by_id = assessment
            .capabilities
            .iter()
            .find(|c| Some(c.id.as_str()) == chosen);
        by_id
            .or_else(|| next_to_prove(assessment))
            .or_else(|| assessment.capabilities.first())
    }
}

impl Panel for Maturity {
    fn room(&self) -> Room {
        Room::Maturity
    }

    fn turn_to(&mut self, page: usize) {
        self.tab = page;
    }

    fn has_inspector(&self, _snapshot: &crate::workspace::Snapshot) -> bool {
        self.tab == 0
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(snapshot) = context.snapshot else {
            return;
        };
        let assessment = &snapshot.maturity;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                segmented(ui, "View", &mut self.tab, Room::Maturity.pages());
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    let explanation = "How much of the way from data to a good model in production runs by itself. A \
                                       capability is proven by records of its having happened, and by nothing else.";
                    page_title(ui, "Maturity", explanation);
                });
            });
        });
        ui.add_space(space::S);
        if self.tab == 1 {
            self.lessons.ui(ui, context, snapshot);
            return;
        }
        ScrollArea::vertical()
            .id_salt("maturity room")
            .auto_shrink(false)
            .show(ui, |ui| {
                self.head(ui, context, assessment);
                ui.add_space(space::L);
                let shown = self.selected(assessment).map(|c| c.id.clone());
                if let Some(pressed) = matrix::ui(ui, assessment, shown.as_deref()) {
                    self.selected = Some(pressed);
                }
            });
    }

    fn inspector(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) -> bool {
        let Some(snapshot) = context.snapshot.filter(|_| self.tab == 0) else {
            return false;
        };
        let Some(selected) = self.selected(&snapshot.maturity) else {
            return false;
        };
        capability::explanation(ui, selected);
        true
    }
}

impl Maturity {
    /// The staircase with the level, and beside it the selected capability.
    fn head(&self, ui: &mut Ui, context: &mut PanelContext<'_>, assessment: &MaturityAssessment) {
        let tokens = Tokens::of(ui);
        let width = ui.available_width();
        let left = (width * 0.56).clamp(320.0, 620.0);
        let mut heights = EqualHeights::of(ui, "maturity head");
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            ui.allocate_ui_with_layout(vec2(left, 0.0), Layout::top_down(Align::Min), |ui| {
                card(ui, |ui| {
                    ui.label(Type::Title.rich(headline(assessment), tokens.text_strong));
                    staircase::show(ui, assessment);
                    heights.fill(ui);
                });
            });
            let rest = (width - left - space::M).max(200.0);
            ui.allocate_ui_with_layout(vec2(rest, 0.0), Layout::top_down(Align::Min), |ui| {
                if let Some(selected) = self.selected(assessment) {
                    let is_next =
                        self.selected.is_none() && selected.state != CapabilityState::Proven;
                    card(ui, |ui| {
                        capability::ui(ui, context, selected, is_next);
                        heights.fill(ui);
                    });
                }
            });
        });
        heights.remember(ui);
    }
}
