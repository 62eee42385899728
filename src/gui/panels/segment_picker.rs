//! The segment picker: a column and what must hold of it. Any room asks for part of the data with it; what becomes of the
//! condition (a filter of rows, a segment of a comparison) is left to the room.

use crate::domain::row_view::{Exact, RowCondition, RowTest};
use crate::domain::schema::ColumnType;
use crate::gui::icons;
use crate::gui::theme::space;
use crate::gui::widgets::{button::Button, field::Field};
use eframe::egui::{self, ComboBox, Ui};

/// A column that can be chosen.
#[derive(Debug, Clone)]
pub struct PickerColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: ColumnType,
    /// Its known values, the frequent ones first; empty where they are too many.
    pub values: Vec<String>,
}

/// What is chosen so far.
#[derive(Debug, Clone, Default)]
pub struct SegmentPicker {
    column: usize,
    how: How,
    value: String,
    low: String,
    high: String,
}

/// The kinds of conditions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum How {
    Is,
    IsNot,
    #[default]
    From,
    Missing,
    Present,
}

impl How {
    fn of(kind: ColumnType) -> &'static [Self] {
        if kind.is_numeric() {
            &[Self::From, Self::Is, Self::Missing, Self::Present]
        } else {
            &[Self::Is, Self::IsNot, Self::Missing, Self::Present]
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::From => "lies from",
            Self::Missing => "is missing",
            Self::Present => "has a value",
        }
    }
}

/// A number as a person types it; `None` where the field is empty.
fn typed(text: &str) -> Result<Option<f64>, &'static str> {
    let text = text.trim().replace('−', "-");
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse::<f64>().ok().filter(|v| v.is_finite());
    number.map(Some).ok_or("This is no number")
}

impl SegmentPicker {
    /// Draws the fields in a row; the condition comes back when it is added.
    pub fn ui(&mut self, ui: &mut Ui, columns: &[PickerColumn]) -> Option<RowCondition> {
        let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
        self.column = self.column.min(columns.len().saturating_sub(1));
        let mut added = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let field = Field::new("Column").width(150.0);
            if field.choice(ui, &mut self.column, &names).changed() {
                self.value.clear();
                self.how = How::default();
                (self.low, self.high) = (String::new(), String::new());
            }
            let Some(column) = columns.get(self.column) else {
                return;
            };
            let ways = How::of(column.kind);
            let mut way = ways.iter().position(|how| *how == self.how).unwrap_or(0);
            let titles: Vec<&str> = ways.iter().map(|how| how.title()).collect();
            Field::new("Condition")
                .width(110.0)
                .choice(ui, &mut way, &titles);
            self.how = ways[way];
            let test = self.test(ui, column);
            ui.vertical(|ui| {
                ui.add_space(20.0);
                let reason = test.as_ref().err().copied();
                let add = Button::new("Add the condition")
                    .icon(icons::ADD)
                    .unless(reason);
                if add.show(ui).clicked()
                    && let Ok(test) = test
                {
                    added = Some(RowCondition {
                        column: column.name.clone(),
                        test,
                    });
                }
            });
        });
        if added.is_some() {
            self.value.clear();
            (self.low, self.high) = (String::new(), String::new());
        }
        added
    }

    fn test(&mut self, ui: &mut Ui, column: &PickerColumn) -> Result<RowTest, &'static str> {
        match self.how {
            How::Is | How::IsNot => {
                self.value(ui, column);
                let value = self.value.trim().to_owned();
                if value.is_empty() {
                    return Err("Choose or type a value first");
                }
                Ok(if self.how == How::Is {
                    RowTest::Equals(value)
                } else {
                    RowTest::NoneOf(vec![value])
                })
            }
            How::From => {
                let (low, high) = (typed(&self.low), typed(&self.high));
                Field::new("Smallest")
                    .hint("no bound")
                    .help("This value belongs to it")
                    .width(90.0)
                    .problem(low.err())
                    .text(ui, &mut self.low);
                Field::new("Below")
                    .hint("no bound")
                    .help("This value does not belong to it any more")
                    .width(90.0)
                    .problem(high.err())
                    .text(ui, &mut self.high);
                let (low, high) = (low?, high?);
                if low.is_none() && high.is_none() {
                    return Err("Type a bound first");
                }
                Ok(RowTest::Within {
                    low: low.map(Exact),
                    high: high.map(Exact),
                })
            }
            How::Missing => Ok(RowTest::Missing),
            How::Present => Ok(RowTest::Present),
        }
    }

    fn value(&mut self, ui: &mut Ui, column: &PickerColumn) {
        if column.values.is_empty() {
            Field::new("Value").width(150.0).text(ui, &mut self.value);
            return;
        }
        Field::new("Value").control(ui, |ui| {
            let shown = if self.value.is_empty() {
                "choose"
            } else {
                self.value.as_str()
            };
            let shown = shown.to_owned();
            ComboBox::from_id_salt("segment value")
                .selected_text(shown)
                .width(150.0)
                .truncate()
                .show_ui(ui, |ui: &mut egui::Ui| {
                    for value in &column.values {
                        let is_here = &self.value == value;
                        if ui.selectable_label(is_here, value.as_str()).clicked() {
                            self.value.clone_from(value);
                        }
                    }
                })
                .response
        });
    }
}
