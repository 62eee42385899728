//! The records of a block with as many fields each as there are columns, and their values: without blanks around them,
//! unquoted, and missing where they are empty or a word that means so.

use super::dialect::Dialect;
use super::evidence::{Seen, Word};
use super::split::{Field, unquoted};
use crate::data::reader::value;
use std::ops::Range;

/// The words that mean "no value".
#[derive(Debug, Clone)]
pub(super) struct Nulls {
    tokens: Vec<String>,
    /// First bytes of the words.
    begins: [bool; 256],
    longest: usize,
    /// Whether one of them is a number.
    has_number: bool,
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
            has_number: tokens.iter().any(|t| value::number(t).is_some()),
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

/// What was found in a column.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What was seen.
    pub(super) seen: Seen,
    /// Rows without a value.
    pub(super) missing: Vec<usize>,
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

    /// The fields of a column in some rows, with their rows.
    #[inline(always)]
    pub(super) fn fields(
        &self,
        column: usize,
        rows: Range<usize>,
    ) -> impl Iterator<Item = (usize, Field)> + use<'_> {
        let n_columns = self.n_columns;
        let part = self
            .fields
            .get(rows.start * n_columns..rows.end * n_columns);
        let below = part.and_then(|part| part.get(column..)).unwrap_or_default();
        (rows.start..).zip(below.iter().step_by(n_columns).copied())
    }

    /// The value of a field, nothing where it is missing; counts the words that mean so.
    #[inline(always)]
    fn value<'v>(
        &'v self,
        row: usize,
        field: Field,
        owned: &'v mut String,
        words: &mut Vec<Word>,
    ) -> Option<&'v str> {
        let text = if field.is_raw() {
            *owned = unquoted(&self.text[field.start()..field.end()], self.dialect);
            owned.trim()
        } else {
            trimmed(self.text, field)
        };
        if text.is_empty() {
            return None;
        }
        if let Some(token) = self.nulls.position(text) {
            Word::count(words, token, row);
            return None;
        }
        Some(text)
    }

    /// Whether a field is surely its own value: without quotes to be taken away, without blanks around it, and no word that
    /// means "no value".
    #[inline(always)]
    fn is_plain(&self, field: Field) -> bool {
        let bytes = self.text.as_bytes();
        let is_visible = |byte: u8| (b'!'..0x80).contains(&byte);
        if field.is_empty() || field.is_raw() {
            return false;
        }
        let (first, last) = (bytes[field.start()], bytes[field.end() - 1]);
        let may_be_word = self.nulls.begins[usize::from(first)]
            && field.end() - field.start() <= self.nulls.longest;
        is_visible(first) && is_visible(last) && !may_be_word
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
        let mut owned = String::new();
        for (row, field) in self.fields(column, 0..self.n_rows()) {
            take(row, self.value(row, field, &mut owned, words));
        }
    }

    /// The values of fields. `quick` reads a field, the bytes `from..to` of the text, in its plainest form; what it cannot
    /// read is handed to `read` without blanks and quotes around it. Both may note something.
    #[inline(always)]
    pub(super) fn parse<T: Copy + Default>(
        &self,
        fields: impl Iterator<Item = (usize, Field)>,
        values: &mut Vec<T>,
        found: &mut Found,
        quick: impl Fn(&[u8], usize, usize, usize, &mut Seen) -> Option<T>,
        read: impl Fn(usize, &str, &mut Seen) -> Option<T>,
    ) {
        let bytes = self.text.as_bytes();
        let mut owned = String::new();
        for (row, field) in fields {
            if !field.is_raw()
                && !self.nulls.has_number
                && let Some(value) = quick(bytes, field.start(), field.end(), row, &mut found.seen)
            {
                values.push(value);
                continue;
            }
            let value = self
                .value(row, field, &mut owned, &mut found.seen.words)
                .and_then(|text| {
                    let value = read(row, text, &mut found.seen);
                    if value.is_none() {
                        found.seen.misfits.add(row, text);
                    }
                    value
                });
            if value.is_none() {
                found.missing.push(row);
            }
            values.push(value.unwrap_or_default());
        }
    }

    /// The texts of fields, appended to `all`, and where each ends.
    #[inline(always)]
    pub(super) fn texts(
        &self,
        fields: impl Iterator<Item = (usize, Field)>,
        ends: &mut Vec<i32>,
        all: &mut Vec<u8>,
        found: &mut Found,
        note: Option<impl Fn(usize, &str, &mut Seen)>,
    ) {
        let bytes = self.text.as_bytes();
        let mut owned = String::new();
        for (row, field) in fields {
            if note.is_none() && self.is_plain(field) {
                append(all, bytes, field);
                // A block is shorter than 2 GB.
                ends.push(all.len() as i32);
                continue;
            }
            match self.value(row, field, &mut owned, &mut found.seen.words) {
                None => found.missing.push(row),
                Some(text) => {
                    if let Some(note) = &note {
                        note(row, text, &mut found.seen);
                    }
                    all.extend_from_slice(text.as_bytes());
                }
            }
            ends.push(all.len() as i32);
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
        self.count_each(column, 1, fits)
    }

    /// Whether a value fits among some that are spread over all rows.
    pub(super) fn any_of_some(&self, column: usize, fits: impl Fn(&str) -> bool) -> bool {
        let step = (self.n_rows() / N_SPREAD).max(1);
        self.count_each(column, step, fits).1 > 0
    }

    fn count_each(
        &self,
        column: usize,
        step: usize,
        fits: impl Fn(&str) -> bool,
    ) -> (usize, usize) {
        let (mut n_values, mut n_fitting) = (0, 0);
        let (mut words, mut owned) = (Vec::new(), String::new());
        for (row, field) in self.fields(column, 0..self.n_rows()).step_by(step) {
            let value = self.value(row, field, &mut owned, &mut words);
            n_values += usize::from(value.is_some());
            n_fitting += usize::from(value.is_some_and(&fits));
        }
        (n_values, n_fitting)
    }
}

/// Rows that are looked at first, about.
const N_SPREAD: usize = 256;

/// Bytes that are copied at once.
const AT_ONCE: usize = 16;

/// Appends a field as it stands. A short one is copied by a fixed number of bytes, which is quicker than by its own.
#[inline(always)]
fn append(all: &mut Vec<u8>, bytes: &[u8], field: Field) {
    let n = field.end() - field.start();
    match bytes.get(field.start()..field.start() + AT_ONCE) {
        Some(chunk) if n <= AT_ONCE => {
            all.extend_from_slice(chunk);
            all.truncate(all.len() - (AT_ONCE - n));
        }
        _ => all.extend_from_slice(&bytes[field.start()..field.end()]),
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
