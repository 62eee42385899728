//! Rows that a person describes by a condition in SQL's syntax: both models there, by every metric.

use super::pair::{View, answered};
use super::segment::{self, Line};
use super::slice_use;
use crate::domain::comparison::SegmentComparison;
use crate::domain::schema::{ColumnType, Domain};
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::panels::expression_field::{ExpressionField, Speaks};
use crate::gui::theme::space;
use crate::gui::widgets::card::section;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::workspace::comparing::{CompareAnswer, CompareAsk};
use eframe::egui::Ui;

/// What is typed, and what was entered.
#[derive(Default)]
pub(super) struct OwnRows {
    field: ExpressionField,
    entered: Option<String>,
}

impl OwnRows {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        section(ui, "Rows of your own choice", |_| ());
        let schema = view
            .shown
            .snapshot
            .schema
            .iter()
            .flat_map(|s| &s.schema.columns);
        let columns: Vec<(String, ColumnType)> =
            schema.clone().map(|c| (c.name.clone(), c.kind)).collect();
        let values = |name: &str| -> Vec<String> {
            match schema
                .clone()
                .find(|c| c.name == name)
                .and_then(|c| c.domain.as_ref())
            {
                Some(Domain::Values { values, .. }) => values.clone(),
                _ => Vec::new(),
            }
        };
        let speaks = Speaks {
            columns: &columns,
            values: &values,
        };
        let label = "A condition in SQL's syntax, then Enter";
        let typed = self.field.ui(ui, (label, 620.0), speaks);
        let text = self.field.text.trim();
        if typed.is_entered && typed.error.is_none() {
            self.entered = (!text.is_empty()).then(|| text.to_owned());
        }
        let Some(condition) = self.entered.clone() else {
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
