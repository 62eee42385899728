//! Finding a text in the cells of rows, whatever the case of its letters.

use crate::data::{ColumnData, Table};
use arrow::array::Array;

/// The text that is looked for.
pub(super) struct Needle {
    /// In lower case.
    lower: String,
    /// Whether it is ASCII: then cells are compared byte by byte.
    is_ascii: bool,
    /// Whether a number, date or truth value could contain it.
    fits_values: bool,
}

impl Needle {
    /// `None` if there is nothing to look for.
    pub(super) fn new(text: &str) -> Option<Self> {
        let lower = text.trim().to_lowercase();
        if lower.is_empty() {
            return None;
        }
        let is_of_value = |c: char| c.is_ascii_digit() || "+-.:einftaruls".contains(c);
        Some(Self {
            is_ascii: lower.is_ascii(),
            fits_values: lower.chars().all(is_of_value),
            lower,
        })
    }

    /// Leaves the rows of which a cell contains the text.
    pub(super) fn keep(&self, table: &Table, rows: &mut Vec<u32>) {
        let columns: Vec<ColumnData<'_>> = (0..table.n_columns()).map(|i| table.at(i)).collect();
        rows.retain(|row| columns.iter().any(|c| self.is_in(*c, *row as usize)));
    }

    fn is_in(&self, column: ColumnData<'_>, row: usize) -> bool {
        match column {
            ColumnData::Text(a) => a.is_valid(row) && self.is_in_text(a.value(row)),
            _ if !self.fits_values => false,
            _ => column.text(row).is_some_and(|text| self.is_in_text(&text)),
        }
    }

    fn is_in_text(&self, text: &str) -> bool {
        if !self.is_ascii {
            return text.to_lowercase().contains(&self.lower);
        }
        let (needle, text) = (self.lower.as_bytes(), text.as_bytes());
        if needle.len() > text.len() {
            return false;
        }
        let first = needle[0];
        let places = &text[..=text.len() - needle.len()];
        memchr::memchr2_iter(first, first.to_ascii_uppercase(), places)
            .any(|at| text[at..at + needle.len()].eq_ignore_ascii_case(needle))
    }
}
