//! The expectations of a schema: conditions in SQL's syntax over rows or over the table. Written, taken away and listed
//! here; they become a part of the draft, and their effect is counted with the others'.

use super::detail::severity;
use crate::domain::anomaly::Severity;
use crate::domain::expectation::Expectation;
use crate::domain::schema::{ColumnType, Schema};
use crate::gui::icons;
use crate::gui::panels::expression_field::{ExpressionField, Over, Speaks};
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::field::Field;
use crate::gui::widgets::{badge::badge, button::Button, number};
use eframe::egui::{self, ScrollArea, Ui};

/// What is typed of a new one.
#[derive(Debug)]
pub(super) struct Expectations {
    condition: ExpressionField,
    name: String,
    severity: usize,
    /// Share of the rows that must meet it, in percent.
    share: f64,
}

impl Default for Expectations {
    fn default() -> Self {
        Self {
            condition: ExpressionField::over(Over::RowOrTable),
            name: String::new(),
            severity: 0,
            share: 100.0,
        }
    }
}

/// The severities in the order of the choice.
const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];
const WORDS: [&str; 3] = ["stops the run", "trains again", "is worth knowing"];

/// What somebody wants of the list.
#[derive(Debug)]
pub(super) enum Wish {
    /// One more.
    Add(Expectation),
    /// One fewer, by its position.
    Remove(usize),
}

impl Expectations {
    /// Draws the list and the form.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        schema: &Schema,
        values: &dyn Fn(&str) -> Vec<String>,
        read_only: Option<String>,
    ) -> Option<Wish> {
        let mut wish = None;
        let scroll = ScrollArea::vertical().id_salt("expectations");
        scroll.auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            for (position, expectation) in schema.expectations.iter().enumerate() {
                if line(ui, expectation, read_only.is_some()) {
                    wish = Some(Wish::Remove(position));
                }
            }
            if schema.expectations.is_empty() {
                let text = "Conditions over several columns or over the whole table, such as \
                            arr_time >= dep_time or avg(delay) between -20 and 60.";
                let weak = Tokens::of(ui).text_weak;
                ui.add(egui::Label::new(Type::Body.rich(text, weak)).wrap());
            }
            if let Some(added) = self.form(ui, schema, values, read_only) {
                wish = Some(Wish::Add(added));
            }
        });
        wish
    }

    fn form(
        &mut self,
        ui: &mut Ui,
        schema: &Schema,
        values: &dyn Fn(&str) -> Vec<String>,
        read_only: Option<String>,
    ) -> Option<Expectation> {
        let columns: Vec<(String, ColumnType)> = schema
            .columns
            .iter()
            .map(|c| (c.name.clone(), c.kind))
            .collect();
        let speaks = Speaks {
            columns: &columns,
            values,
        };
        let width = (ui.available_width() - space::L).min(620.0);
        let typed = self
            .condition
            .ui(ui, ("New expectation, in SQL's syntax", width), speaks);
        let mut is_added = typed.is_entered;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            Field::new("Its name")
                .hint("arrives after it departs")
                .width(200.0)
                .text(ui, &mut self.name);
            Field::new("A breach")
                .width(140.0)
                .choice(ui, &mut self.severity, &WORDS);
            Field::new("Rows that must meet it")
                .help("Of no consequence for a condition over the whole table")
                .unit("%")
                .width(100.0)
                .number(ui, &mut self.share, 0.0..=100.0);
            ui.vertical(|ui| {
                ui.add_space(20.0);
                let text = self.condition.text.trim();
                let missing = text
                    .is_empty()
                    .then(|| "Write the condition first".to_owned());
                let wrong = typed.error.as_ref().map(|e| e.sentence(text));
                let taken = self.taken(schema);
                let reason = read_only.or(missing).or(wrong).or(taken);
                let is_open = reason.is_none();
                let add = Button::new("Add").icon(icons::ADD).unless(reason);
                is_added = (is_added || add.show(ui).clicked()) && is_open;
            });
        });
        is_added.then(|| self.take())
    }

    /// Why the name cannot be used; without one the condition is the name.
    fn taken(&self, schema: &Schema) -> Option<String> {
        let name = self.given_name();
        let is_taken = schema.expectations.iter().any(|e| e.name == name);
        is_taken.then(|| format!("There is an expectation {name} already"))
    }

    fn given_name(&self) -> String {
        match self.name.trim() {
            "" => self.condition.text.trim().to_owned(),
            name => name.to_owned(),
        }
    }

    fn take(&mut self) -> Expectation {
        let taken = Expectation {
            name: self.given_name(),
            expression: self.condition.text.trim().to_owned(),
            min_fraction: self.share / 100.0,
            severity: SEVERITIES[self.severity.min(2)],
            description: String::new(),
        };
        *self = Self::default();
        taken
    }
}

/// One expectation; true if it is to be taken away.
fn line(ui: &mut Ui, expectation: &Expectation, is_read_only: bool) -> bool {
    let tokens = Tokens::of(ui);
    let mut is_removed = false;
    ui.horizontal(|ui| {
        let (word, tone) = severity(expectation.severity);
        badge(ui, word, tone);
        ui.label(Type::Medium.rich(&expectation.name, tokens.text_strong));
        let remove = format!("Take {} away", expectation.name);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if !is_read_only {
                is_removed = Button::icon_only(icons::CLOSE, remove).show(ui).clicked();
            }
            if expectation.min_fraction < 1.0 {
                let share = number::percent(expectation.min_fraction);
                let text = format!("in {share} of the rows");
                ui.label(Type::Small.rich(text, tokens.text_weak));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                if expectation.name != expectation.expression {
                    let text = Type::Number.rich(&expectation.expression, tokens.text_weak);
                    ui.add(egui::Label::new(text).truncate());
                }
            });
        });
    });
    is_removed
}
