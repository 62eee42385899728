//! Rows that a person describes by a condition in SQL's syntax: both models there, by every metric.

use super::pair::{View, answered};
use super::segment::{self, Line};
use super::slice_use;
use crate::domain::comparison::SegmentComparison;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::panels::expression_field::EnteredCondition;
use crate::gui::theme::space;
use crate::gui::widgets::card::section;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::workspace::comparing::{CompareAnswer, CompareAsk};
use eframe::egui::Ui;

/// What is asked for.
#[derive(Default)]
pub(super) struct OwnRows {
    condition: EnteredCondition,
}

impl OwnRows {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        section(ui, "Rows of your own choice", |_| ());
        let schema = view.shown.snapshot.schema.as_ref().map(|s| &s.schema);
        let label = "A condition in SQL's syntax, then Enter";
        let Some(condition) = self.condition.ui(ui, label, schema) else {
            fine_print(ui, "Both models are compared where it is true.");
            return;
        };
        let query = view.ask(CompareAsk::Where {
            condition: condition.clone(),
        });
        let Some(found) = answer::worked_out(ui, context, &query, "these rows") else {
            return;
        };
        let Some(CompareAnswer::Segments(comparison)) = answered(&found) else {
            return;
        };
        let rows: Vec<&SegmentComparison> = comparison.segments.iter().collect();
        let Some(first) = rows.first() else {
            prose(ui, "The condition is true for none of the test rows.");
            return;
        };
        ui.add_space(space::XS);
        prose(ui, &segment::size_of(first, comparison));
        let lines: Vec<Line> = rows.iter().map(|s| Line::from(*s)).collect();
        segment::lines_table(
            ui,
            context,
            "Every metric of these rows",
            &lines,
            comparison,
        );
        ui.add_space(space::XS);
        let part = slice_use::Part {
            condition: &condition,
            name: &condition,
            n_rows: first.n_rows,
        };
        ui.push_id("own rows", |ui| {
            slice_use::buttons(ui, context, view.shown, part)
        });
    }
}
