//! The list of all runs: found by words and by a condition, sorted, with the columns that one chooses, and the runs that are to
//! be compared.

use super::columns::Key;
use super::listing::{Listing, Wanted};
use super::room_for;
use crate::domain::ids::RunId;
use crate::domain::ledger::Ledger;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::expression_field::{ExpressionField, Speaks};
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::number;
use crate::gui::widgets::search::search;
use crate::gui::widgets::state;
use crate::gui::widgets::table::{Cell, Column, Sort, Table};
use eframe::egui::{Checkbox, Popup, PopupCloseBehavior, Response, ScrollArea, Ui, vec2};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Runs that can be compared side by side.
pub(super) const MAX_COMPARED: usize = 12;
/// Height of the list above the details of a run.
const HEIGHT: f32 = 300.0;

/// What somebody has set up in the list.
#[derive(Debug)]
pub(super) struct List {
    wanted: Wanted,
    listing: Listing,
    keys: Vec<Key>,
    condition: Option<ExpressionField>,
    /// What is typed to find a column.
    column: String,
    /// The runs that are to be compared.
    pub(super) compared: BTreeSet<RunId>,
}

impl Default for List {
    fn default() -> Self {
        Self {
            wanted: Wanted::default(),
            listing: Listing::default(),
            keys: Key::usual(),
            condition: None,
            column: String::new(),
            compared: BTreeSet::new(),
        }
    }
}

impl List {
    /// The listed runs by their positions in the ledger, in their order.
    pub(super) fn order(&mut self, ledger: &Arc<Ledger>, now: i64) -> &[usize] {
        self.listing.update(ledger, &self.wanted, now);
        self.listing.order()
    }

    /// Shows the list; a row selects its run for all rooms. True when the compared runs are to be seen.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        ledger: &Arc<Ledger>,
        shown: Option<RunId>,
        context: &mut PanelContext<'_>,
    ) -> bool {
        self.listing.update(ledger, &self.wanted, context.now);
        let compares = self.tools(ui, ledger);
        self.condition(ui, ledger, context.now);
        self.listing.update(ledger, &self.wanted, context.now);
        ui.add_space(space::S);
        if self.listing.order().is_empty() {
            let text = "Take a word or the condition away to see more.";
            let all = Button::new("Show all runs").primary();
            if state::empty(ui, icons::SEARCH, "No such runs", text, Some(all)) {
                self.wanted = Wanted::default();
                self.condition = None;
            }
            return compares;
        }
        self.table(ui, ledger, shown, context);
        compares
    }

    /// Find, condition, columns, compare.
    fn tools(&mut self, ui: &mut Ui, ledger: &Arc<Ledger>) -> bool {
        let found = (self.listing.order().len(), ledger.lines.len());
        let mut compares = false;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::S, space::S);
            let is_narrowed = !self.wanted.find.is_empty();
            let found = is_narrowed.then_some(found);
            search(
                ui,
                "Find among the runs",
                &mut self.wanted.find,
                240.0,
                found,
            );
            let filter = Button::new("Condition…")
                .icon(icons::FILTER)
                .tooltip("Show only runs of which something holds, in SQL's syntax")
                .pressed(self.condition.is_some());
            if filter.show(ui).clicked() {
                self.condition = match self.condition {
                    Some(_) => None,
                    None => Some(ExpressionField::default()),
                };
                self.wanted.condition.clear();
            }
            let columns = Button::new("Columns…")
                .icon(icons::SETTINGS)
                .tooltip("Choose columns: metrics, tags, parameters");
            let button = columns.show(ui);
            self.choose_columns(&button, ledger);
            let n = self.compared.len();
            let against = (n < 2).then_some("Tick at least two runs first");
            let text = match n {
                0 => "Compare".to_owned(),
                n => format!("Compare {n} runs"),
            };
            let compare = Button::new(text).icon(icons::COMPARE).unless(against);
            compares = compare.show(ui).clicked();
            if n > 0 && Button::new("Untick all").quiet().show(ui).clicked() {
                self.compared.clear();
            }
        });
        compares
    }

    fn condition(&mut self, ui: &mut Ui, ledger: &Arc<Ledger>, now: i64) {
        let Some(field) = &mut self.condition else {
            return;
        };
        let columns = self.listing.table(ledger, now).columns().to_vec();
        let values = |name: &str| values_of(ledger, name);
        let speaks = Speaks {
            columns: &columns,
            values: &values,
        };
        let width = (ui.available_width() - 40.0).clamp(240.0, 620.0);
        ui.add_space(space::XS);
        let typed = field.ui(ui, ("Runs of which this holds", width), speaks);
        if typed.has_changed && typed.error.is_none() {
            self.wanted.condition = field.text.trim().to_owned();
        }
        let tokens = Tokens::of(ui);
        let text = format!(
            "{} of {}",
            number::count(self.listing.order().len() as u64),
            number::counted(ledger.lines.len() as u64, "run", "runs")
        );
        ui.label(Type::Small.rich(text, tokens.text_weak));
    }

    fn choose_columns(&mut self, button: &Response, ledger: &Ledger) {
        let popup = Popup::from_toggle_button_response(button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        popup.show(|ui| {
            ui.set_width(340.0);
            if Button::new("The usual ones").quiet().show(ui).clicked() {
                self.keys = Key::usual();
            }
            search(ui, "Find among the columns", &mut self.column, 300.0, None);
            let wanted = self.column.trim().to_lowercase();
            ScrollArea::vertical().max_height(380.0).show(ui, |ui| {
                let mut group = "";
                for key in Key::all(ledger) {
                    if !key.title().to_lowercase().contains(&wanted) {
                        continue;
                    }
                    if group != key.group() {
                        group = key.group();
                        let weak = Tokens::of(ui).text_weak;
                        ui.add_space(space::XS);
                        ui.label(Type::SmallMedium.rich(group, weak));
                    }
                    self.choice(ui, key);
                }
            });
        });
    }

    fn choice(&mut self, ui: &mut Ui, key: Key) {
        let place = self.keys.iter().position(|k| *k == key);
        let mut is_shown = place.is_some();
        // Without its number nobody can say which run it is.
        let can_hide = key != Key::Run;
        let box_ = Checkbox::new(&mut is_shown, key.title());
        if ui.add_enabled(can_hide, box_).changed() {
            match place {
                Some(place) => _ = self.keys.remove(place),
                None => self.keys.push(key),
            }
        }
    }

    fn table(
        &mut self,
        ui: &mut Ui,
        ledger: &Arc<Ledger>,
        shown: Option<RunId>,
        context: &mut PanelContext<'_>,
    ) {
        let now = context.now;
        let is_narrow = ui.available_width() < 900.0;
        let mut columns = vec![Column::text("").width(48.0).sortable(false).help("Compare")];
        columns.extend(self.keys.iter().map(Key::column));
        let sort = self.keys.iter().position(|k| *k == self.wanted.by);
        let sort = sort.map(|at| Sort {
            column: at + 1,
            is_descending: self.wanted.is_descending,
        });
        let selected = shown.and_then(|id| self.listing.row_of(ledger, id));
        let order = self.listing.order();
        let (keys, compared) = (&self.keys, &mut self.compared);
        let table = Table::new("Runs of the pipeline", &columns, order.len());
        let table = table.sort(sort).selected(selected);
        let done = room_for(ui, order.len(), HEIGHT, |ui| {
            table.show(ui, |cell, row, column| {
                let line = &ledger.lines[order[row]];
                match column.checked_sub(1) {
                    None => tick(cell, line.id, line.is_pinned, compared),
                    Some(at) => keys[at].fill(cell, line, (now, is_narrow)),
                }
            })
        });
        if let Some(row) = done.selected {
            context.selection.run = Some(ledger.lines[order[row]].id);
            context.selection.step = None;
        }
        if let Some(sort) = done.sort
            && let Some(key) = sort.column.checked_sub(1).and_then(|at| self.keys.get(at))
        {
            self.wanted.by = key.clone();
            self.wanted.is_descending = sort.is_descending;
        }
    }
}

/// Whether a run is to be compared, and whether it is pinned.
fn tick(cell: &mut Cell<'_>, id: RunId, is_pinned: bool, compared: &mut BTreeSet<RunId>) {
    let mut is_chosen = compared.contains(&id);
    let has_room = is_chosen || compared.len() < MAX_COMPARED;
    if cell.tick(&format!("Compare run {id}"), &mut is_chosen, has_room) {
        if is_chosen {
            compared.insert(id);
        } else {
            compared.remove(&id);
        }
    }
    if is_pinned {
        cell.mark(icons::PIN, "pinned");
    }
}

/// Known values of a column of texts, at most so many.
fn values_of(ledger: &Ledger, name: &str) -> Vec<String> {
    const MOST: usize = 40;
    let key = match name {
        "state" => Key::State,
        "data_gate" => Key::DataGate,
        "algorithm" => Key::Algorithm,
        "model_gate" => return vec!["BLESSED".to_owned(), "NOT_BLESSED".to_owned()],
        tag => match tag.strip_prefix("tag.") {
            Some(tag) => Key::Tag(tag.to_owned()),
            None => Key::Parameter(tag.to_owned()),
        },
    };
    let mut found = BTreeSet::new();
    for line in &ledger.lines {
        if let super::columns::Value::Text(text) = key.value(line, 0) {
            found.insert(text);
        }
        if found.len() >= MOST {
            break;
        }
    }
    found.into_iter().collect()
}
