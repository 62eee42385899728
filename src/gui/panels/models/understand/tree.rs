//! One tree of the model, drawn.

use super::{View, explained};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::space;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::card;
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::prose::fine_print;
use crate::gui::widgets::side;
use crate::gui::widgets::state;
use crate::gui::widgets::tree::{Tree as Picture, TreeView};
use crate::workspace::explain::{ExplainAnswer, ExplainAsk};
use eframe::egui::{Ui, vec2};
use std::cell::Cell;

/// What the page remembers.
pub(super) struct Tree {
    tree: u64,
    n_levels: u32,
    look: Cell<TreeView>,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            tree: 0,
            n_levels: 3,
            look: Cell::default(),
        }
    }
}

impl Tree {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let n_trees = view.outline.n_trees;
        if n_trees == 0 {
            let text =
                "Trees, forests and boosted trees can be drawn. Choose such a candidate above.";
            state::empty(ui, icons::PIPELINE, "This model has no trees", text, None);
            return;
        }
        self.tree = self.tree.min(n_trees - 1);
        self.pickers(ui, n_trees);
        let query = view.ask(ExplainAsk::Tree {
            tree: self.tree as usize,
            class: view.class(),
        });
        let Some(answer) = answer::worked_out(ui, context, &query, "the tree") else {
            return;
        };
        let Some(ExplainAnswer::Tree(found)) = explained(&answer) else {
            return;
        };
        let height = (ui.available_height() - 92.0).max(220.0);
        card(ui, |ui| {
            let title = format!(
                "Tree {} of {}, {}: the {} at each node",
                found.tree + 1,
                found.n_trees,
                view.candidate.name,
                found.explained.words()
            );
            let chart = Picture {
                drawing: found,
                n_levels: self.n_levels,
                view: &self.look,
            };
            answer::hit_of(
                context,
                ChartFrame::new(&title).height(height).show(ui, &chart),
            );
        });
        ui.add_space(space::XS);
        let text = format!(
            "{} At each node stand the share of {} training rows and the answer: the stronger the colour, the larger. Drag to move, Ctrl and the wheel to \
             magnify.",
            found.part, found.n_rows
        );
        fine_print(ui, &text);
    }

    fn pickers(&mut self, ui: &mut Ui, n_trees: u64) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::XS);
            let mut number = self.tree + 1;
            let field = Field::new("Tree").width(90.0);
            if n_trees > 1 && field.number(ui, &mut number, 1..=n_trees).changed() {
                self.tree = number.clamp(1, n_trees) - 1;
                self.look.set(TreeView::default());
            }
            let field = Field::new("Questions below one another").width(90.0);
            if field.number(ui, &mut self.n_levels, 1..=64).changed() {
                self.look.set(TreeView::default());
            }
            side::beside_fields(ui, |ui| {
                let zoom = |factor| self.look.set(self.look.get().zoomed(factor));
                if Button::new("Larger").show(ui).clicked() {
                    zoom(1.25);
                }
                if Button::new("Smaller").show(ui).clicked() {
                    zoom(0.8);
                }
                if Button::new("Fit").show(ui).clicked() {
                    self.look.set(TreeView::default());
                }
            });
        });
    }
}
