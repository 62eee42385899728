//! Which columns of the rows are shown, in which order, how wide, and how many stay in sight: kept by name, so that it
//! holds for the next batch too.

use crate::domain::schema::ColumnType;
use crate::gui::icons;
use crate::gui::theme::{Tokens, Type};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::search::search;
use eframe::egui::{self, Popup, PopupCloseBehavior, Response, ScrollArea, Ui};
use std::collections::{BTreeMap, BTreeSet};

/// The arrangement.
#[derive(Debug, Default)]
pub(super) struct Arrangement {
    /// Names in the order in which they are shown; columns that are not named follow as they stand.
    order: Vec<String>,
    hidden: BTreeSet<String>,
    widths: BTreeMap<String, f32>,
    /// Columns that stay in sight.
    pub(super) n_sticky: usize,
    /// What is typed to find a column in the list.
    wanted: String,
}

impl Arrangement {
    /// The positions of the columns that are shown, in their order.
    pub(super) fn shown(&self, columns: &[(String, ColumnType)]) -> Vec<usize> {
        let all = self.all(columns);
        all.into_iter()
            .filter(|position| !self.hidden.contains(&columns[*position].0))
            .collect()
    }

    /// The positions of all columns, in their order.
    fn all(&self, columns: &[(String, ColumnType)]) -> Vec<usize> {
        let mut places: Vec<usize> = (0..columns.len()).collect();
        let known: BTreeMap<&str, usize> = self
            .order
            .iter()
            .enumerate()
            .map(|(place, name)| (name.as_str(), place))
            .collect();
        places.sort_by_key(|position| {
            let named = known.get(columns[*position].0.as_str());
            named.copied().unwrap_or(usize::MAX)
        });
        places
    }

    /// How wide a column is, whose longest value has so many characters.
    pub(super) fn width(&self, (name, kind): &(String, ColumnType), longest: usize) -> f32 {
        if let Some(width) = self.widths.get(name) {
            return *width;
        }
        let title = (name.chars().count() as f32 * 8.0 + 48.0).clamp(84.0, 190.0);
        let width = title.max((longest as f32 * 8.0 + 24.0).min(280.0));
        if kind.is_temporal() {
            width.max(164.0)
        } else {
            width
        }
    }

    /// Makes a column so wide.
    pub(super) fn resize(&mut self, name: &str, width: f32) {
        self.widths.insert(name.to_owned(), width);
    }

    fn shift(&mut self, columns: &[(String, ColumnType)], name: &str, is_up: bool) {
        let mut order: Vec<String> = self
            .all(columns)
            .into_iter()
            .map(|position| columns[position].0.clone())
            .collect();
        let Some(at) = order.iter().position(|n| n == name) else {
            return;
        };
        let to = if is_up {
            at.saturating_sub(1)
        } else {
            (at + 1).min(order.len() - 1)
        };
        order.swap(at, to);
        self.order = order;
    }

    /// The list that opens under a button: what is shown, in which order, and what stays in sight.
    pub(super) fn popup(&mut self, button: &Response, columns: &[(String, ColumnType)]) {
        let popup = Popup::from_toggle_button_response(button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        popup.show(|ui| {
            ui.set_width(320.0);
            let tokens = Tokens::of(ui);
            ui.horizontal(|ui| {
                if Button::new("Show all").quiet().show(ui).clicked() {
                    self.hidden.clear();
                }
                if Button::new("Hide all").quiet().show(ui).clicked() {
                    self.hidden = columns.iter().map(|(name, _)| name.clone()).collect();
                }
                if Button::new("As in the file").quiet().show(ui).clicked() {
                    *self = Self::default();
                }
            });
            let n_max = columns.len().min(6);
            ui.horizontal(|ui| {
                let text = "Columns that stay on the left";
                let name = ui.label(Type::Small.rich(text, tokens.text_weak)).id;
                let field = egui::DragValue::new(&mut self.n_sticky).range(0..=n_max);
                ui.add(field).labelled_by(name);
            });
            search(ui, "Find among the columns", &mut self.wanted, 280.0, None);
            let wanted = self.wanted.trim().to_lowercase();
            ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
                for position in self.all(columns) {
                    let (name, kind) = &columns[position];
                    if wanted.is_empty() || name.to_lowercase().contains(&wanted) {
                        self.line(ui, columns, (name, *kind));
                    }
                }
            });
        });
    }

    fn line(
        &mut self,
        ui: &mut Ui,
        columns: &[(String, ColumnType)],
        (name, kind): (&str, ColumnType),
    ) {
        ui.horizontal(|ui| {
            if Button::icon_only(icons::ASCENDING, format!("{name} further left"))
                .show(ui)
                .clicked()
            {
                self.shift(columns, name, true);
            }
            if Button::icon_only(icons::DESCENDING, format!("{name} further right"))
                .show(ui)
                .clicked()
            {
                self.shift(columns, name, false);
            }
            let mut is_shown = !self.hidden.contains(name);
            let text = format!("{name}, {}", kind.title());
            if ui.checkbox(&mut is_shown, text).changed() {
                if is_shown {
                    self.hidden.remove(name);
                } else {
                    self.hidden.insert(name.to_owned());
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_moved_and_hidden_by_name_and_new_ones_follow() {
        let columns = |names: &[&str]| -> Vec<(String, ColumnType)> {
            names
                .iter()
                .map(|n| ((*n).to_owned(), ColumnType::Text))
                .collect()
        };
        let three = columns(&["a", "b", "c"]);
        let mut arrangement = Arrangement::default();
        arrangement.shift(&three, "c", true);
        assert_eq!(arrangement.shown(&three), [0, 2, 1]);
        arrangement.hidden.insert("a".to_owned());
        assert_eq!(
            arrangement.shown(&columns(&["a", "b", "c", "d"])),
            [2, 1, 3]
        );
    }
}
