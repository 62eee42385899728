//! The records of a block with as many fields each as there are columns, and their values: without blanks around them,
//! unquoted, and missing where they are empty or a word that means so.

use super::dialect::Dialect;
use super::evidence::Word;
use super::split::{Field, unquoted};

/// The words that mean "no value".
#[derive(Debug, Clone)]
pub(super) struct Nulls {
    tokens: Vec<String>,
    /// First bytes of the words.
    begins: [bool; 256],
    longest: usize,
}

impl Nulls {
    /// These words, besides the empty text.
    pub(super) fn of(tokens: Vec<String>) -> Self {
        let mut begins = [false; 256];
        for byte in tokens.iter().filter_map(|t| t.bytes().next()) {
            begins[usize::from(byte)] = true;
        }
        Self {
            longest: tokens.iter().map(String::len).max().unwrap_or(0),
            tokens,
            begins,
        }
    }

    /// The words.
    pub(super) fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// Which of the words a text is.
    #[inline(always)]
    fn position(&self, text: &str) -> Option<usize> {
        let first = text.as_bytes()[0];
        if !self.begins[usize::from(first)] || text.len() > self.longest {
            return None;
        }
        self.tokens.iter().position(|token| token == text)
    }
}

/// Records of equal length.
pub(super) struct Rows<'a> {
    /// The text that the fields are cut out of.
    pub(super) text: &'a str,
    /// The fields, record by record.
    pub(super) fields: &'a [Field],
    /// Fields of a record.
    pub(super) n_columns: usize,
    /// How they were cut.
    pub(super) dialect: Dialect,
    /// What means "no value".
    pub(super) nulls: &'a Nulls,
}

impl Rows<'_> {
    /// Number of records.
    pub(super) fn n_rows(&self) -> usize {
        self.fields.len() / self.n_columns
    }

    /// Hands over the values of a column from top to bottom, `None` where they are missing, and counts the words that
    /// mean so.
    #[inline(always)]
    pub(super) fn each(
        &self,
        column: usize,
        words: &mut Vec<Word>,
        mut take: impl FnMut(usize, Option<&str>),
    ) {
        let mut owned;
        let below = self.fields.get(column..).unwrap_or_default();
        for (row, field) in below.iter().step_by(self.n_columns).enumerate() {
            let text = if field.is_raw() {
                owned = unquoted(&self.text[field.start()..field.end()], self.dialect);
                owned.trim()
            } else {
                trimmed(self.text, *field)
            };
            if text.is_empty() {
                take(row, None);
            } else if let Some(token) = self.nulls.position(text) {
                Word::count(words, token, row);
                take(row, None);
            } else {
                take(row, Some(text));
            }
        }
    }

    /// Whether all values of a column fit.
    pub(super) fn all(&self, column: usize, fits: impl Fn(&str) -> bool) -> bool {
        let mut all = true;
        let mut words = Vec::new();
        self.each(column, &mut words, |_, value| {
            all = all && value.is_none_or(&fits);
        });
        all
    }

    /// Values of a column, and how many of them fit.
    pub(super) fn count(&self, column: usize, fits: impl Fn(&str) -> bool) -> (usize, usize) {
        let (mut n_values, mut n_fitting) = (0, 0);
        let mut words = Vec::new();
        self.each(column, &mut words, |_, value| {
            n_values += usize::from(value.is_some());
            n_fitting += usize::from(value.is_some_and(&fits));
        });
        (n_values, n_fitting)
    }
}

/// A field without blanks around it.
#[inline(always)]
fn trimmed(text: &str, field: Field) -> &str {
    let bytes = text.as_bytes();
    let (mut start, mut end) = (field.start(), field.end());
    while start < end && bytes[start] <= b' ' {
        start += 1;
    }
    while end > start && bytes[end - 1] <= b' ' {
        end -= 1;
    }
    let inside = &text[start..end];
    let has_other_blanks = start < end && (bytes[start] >= 0x80 || bytes[end - 1] >= 0x80);
    if has_other_blanks {
        inside.trim()
    } else {
        inside
    }
}
