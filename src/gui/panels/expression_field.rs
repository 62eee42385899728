//! A field for a condition in SQL's syntax: what is wrong is said while it is typed, with its place, and what could come
//! next is offered below it. Parsing is left to the engine (`workspace::conditions`).

use crate::domain::expression::{Completion, ExpressionError};
use crate::domain::schema::{ColumnType, Domain, Schema};
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::field::Field;
use crate::workspace::conditions;
use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{self, Key, TextEdit, Ui, vec2};

/// Completions that are offered at a time.
const MAX_OFFERED: usize = 7;

/// What a condition may be over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Over {
    /// The columns of one row.
    #[default]
    Row,
    /// A row, or with aggregates the whole table.
    RowOrTable,
}

/// The field.
#[derive(Debug, Clone, Default)]
pub struct ExpressionField {
    /// What is typed.
    pub text: String,
    /// What it may be over.
    over: Over,
    /// Where the cursor was, in characters.
    cursor: usize,
}

/// What became of the field in this frame.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The text changed.
    pub has_changed: bool,
    /// Enter was pressed.
    pub is_entered: bool,
    /// What is wrong with it; nothing is where it is empty.
    pub error: Option<ExpressionError>,
}

/// The columns that a condition can speak of.
#[derive(Clone, Copy)]
pub struct Speaks<'a> {
    /// Names and types.
    pub columns: &'a [(String, ColumnType)],
    /// Known values of a column.
    pub values: &'a dyn Fn(&str) -> Vec<String>,
}

impl ExpressionField {
    /// An empty field for conditions over this.
    #[must_use]
    pub fn over(over: Over) -> Self {
        Self {
            over,
            ..Self::default()
        }
    }

    /// Draws the field, its error, and what could come next.
    pub fn ui(&mut self, ui: &mut Ui, (label, width): (&str, f32), speaks: Speaks<'_>) -> Typed {
        let mut typed = Typed {
            error: self.error(speaks.columns),
            ..Typed::default()
        };
        let hint = example(speaks.columns);
        let sentence = typed.error.as_ref().map(|e| e.sentence(&self.text));
        let id = ui.make_persistent_id(label);
        let field = Field::new(label).problem(sentence.as_deref());
        ui.vertical(|ui| {
            ui.set_max_width(width);
            field.control(ui, |ui| {
                let hint = Type::Number.rich(hint, Tokens::of(ui).text_faint);
                let edit = TextEdit::singleline(&mut self.text)
                    .id(id)
                    .hint_text(hint)
                    .font(Type::Number.font())
                    .desired_width(width);
                let response = ui.add(edit);
                typed.has_changed = response.changed();
                typed.is_entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
                response
            });
            let state = TextEdit::load_state(ui.ctx(), id);
            if let Some(range) = state.and_then(|s| s.cursor.char_range()) {
                self.cursor = range.primary.index.0;
            }
            typed.has_changed |= self.offer(ui, id, speaks);
        });
        // What was typed in this frame may be entered in it.
        if typed.has_changed {
            typed.error = self.error(speaks.columns);
        }
        typed
    }

    fn error(&self, columns: &[(String, ColumnType)]) -> Option<ExpressionError> {
        if self.text.trim().is_empty() {
            return None;
        }
        match self.over {
            Over::Row => conditions::check(&self.text, columns).err(),
            Over::RowOrTable => conditions::check_expectation(&self.text, columns).err(),
        }
    }

    /// Offers what could come next; true when something of it was taken.
    fn offer(&mut self, ui: &mut Ui, id: egui::Id, speaks: Speaks<'_>) -> bool {
        let at = byte_of(&self.text, self.cursor);
        let list = conditions::complete(&self.text, at, speaks.columns, speaks.values);
        let mut taken = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for completion in list.iter().take(MAX_OFFERED) {
                let button = Button::new(completion.label.as_str())
                    .quiet()
                    .tooltip(completion.detail.as_str());
                if button.show(ui).clicked() {
                    taken = Some(completion);
                }
            }
        });
        let Some(completion) = taken else {
            return false;
        };
        self.cursor = insert(&mut self.text, completion);
        let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
        let cursor = CCursor::new(self.cursor);
        state.cursor.set_char_range(Some(CCursorRange::one(cursor)));
        state.store(ui.ctx(), id);
        ui.memory_mut(|memory| memory.request_focus(id));
        true
    }
}

/// A condition that counts once Enter was pressed.
#[derive(Debug, Clone, Default)]
pub struct EnteredCondition {
    field: ExpressionField,
    entered: Option<String>,
}

impl EnteredCondition {
    /// Draws the field over the columns of a schema; the condition that was entered last, if any is.
    pub fn ui(&mut self, ui: &mut Ui, label: &str, schema: Option<&Schema>) -> Option<String> {
        let schema = schema.into_iter().flat_map(|schema| &schema.columns);
        let columns = schema.clone().map(|c| (c.name.clone(), c.kind));
        let columns: Vec<(String, ColumnType)> = columns.collect();
        let values = |name: &str| -> Vec<String> {
            let column = schema.clone().find(|c| c.name == name);
            match column.and_then(|c| c.domain.as_ref()) {
                Some(Domain::Values { values, .. }) => values.clone(),
                _ => Vec::new(),
            }
        };
        let speaks = Speaks {
            columns: &columns,
            values: &values,
        };
        let width = (ui.available_width() - 40.0).clamp(240.0, 620.0);
        let typed = self.field.ui(ui, (label, width), speaks);
        if typed.is_entered && typed.error.is_none() {
            let text = self.field.text.trim();
            self.entered = (!text.is_empty()).then(|| text.to_owned());
        }
        self.entered.clone()
    }
}

/// A condition over these columns, to show what one looks like.
fn example(columns: &[(String, ColumnType)]) -> String {
    let word = |name: &str| {
        let is_plain = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if is_plain {
            name.to_owned()
        } else {
            format!("\"{name}\"")
        }
    };
    let of = |wanted: fn(ColumnType) -> bool| columns.iter().find(|(_, kind)| wanted(*kind));
    let parts: Vec<String> = [
        of(ColumnType::is_numeric).map(|(name, _)| format!("{} > 10", word(name))),
        of(|kind| kind == ColumnType::Text).map(|(name, _)| format!("{} is not null", word(name))),
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.join(" and ")
}

/// Puts a completion into the text; returns where the cursor goes, in characters.
fn insert(text: &mut String, completion: &Completion) -> usize {
    let Completion {
        replace,
        insert,
        cursor,
        ..
    } = completion;
    let begin = replace.start.min(text.len());
    let end = replace.end.clamp(begin, text.len());
    text.replace_range(begin..end, insert);
    let at = begin + cursor.min(&insert.len());
    text.char_indices().take_while(|(i, _)| *i < at).count()
}

/// Where a character begins, in bytes.
fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices()
        .nth(character)
        .map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::expression::CompletionKind;

    #[test]
    fn a_completion_takes_the_place_of_the_word_and_says_where_the_cursor_goes() {
        let mut text = "größe > 1 and abs".to_owned();
        let completion = Completion {
            kind: CompletionKind::Function,
            label: "abs".to_owned(),
            detail: String::new(),
            insert: "abs()".to_owned(),
            replace: byte_of(&text, 14)..text.len(),
            cursor: 4,
        };
        let cursor = insert(&mut text, &completion);
        assert_eq!(text, "größe > 1 and abs()");
        assert_eq!(cursor, 18);
    }
}
