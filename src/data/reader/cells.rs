//! Values of formats in which each value has a type of its own (JSON, SQLite, workbooks): which type a column of them has,
//! decided by all of them, and what is said about it. A column of several types is text, and says so.

use super::Finding;
use super::notes::{ChunkRows, Place, Tally, values};
use super::value;
use crate::data::table::{date_text, timestamp_text};
use crate::domain::schema::ColumnType;
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringBuilder,
    TimestampMillisecondArray,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

const MILLIS_A_DAY: i64 = 86_400_000;
/// Different words that are listed one by one.
const N_WORDS: usize = 20;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    /// None.
    Missing,
    /// A truth value.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A whole number of more than 64 bits, as it is written.
    Big(&'a str),
    /// A real number, and how it is written if it is.
    Number(f64, Option<&'a str>),
    /// A day, since 1970.
    Day(i32),
    /// A moment, in milliseconds since 1970.
    Moment(i64),
    /// A text.
    Text(Cow<'a, str>),
    /// A list or an object, as JSON.
    Nested(&'a str),
    /// Bytes that are no text, in hexadecimal.
    Bytes(String),
    /// What stands for a value that could not be computed: `#DIV/0!`.
    Error(&'static str),
}

/// How texts of a format are taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Policy {
    /// Words that mean "missing" in every column. Otherwise the usual ones do, but only among numbers, days and the like.
    pub(super) null_tokens: Option<Vec<String>>,
    /// Whether a number in a text counts as a number where other values are numbers.
    pub(super) reads_numbers_in_texts: bool,
    /// Whether a column of nothing but 0 and 1 holds truth values.
    pub(super) bits_are_booleans: bool,
}

/// What a text reads as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Word,
    Whole(i64),
    Real,
    Day(i32),
    Moment(value::Moment),
    Text,
}

/// What was seen in one column.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    booleans: Tally,
    integers: Tally,
    inexact: Tally,
    big: Tally,
    numbers: Tally,
    days: Tally,
    zoned: Tally,
    unzoned: Tally,
    shifted: Tally,
    cut: Tally,
    whole_texts: Tally,
    real_texts: Tally,
    texts: Tally,
    nested: Tally,
    bytes: Tally,
    /// Words that may mean "missing", and errors that do.
    words: BTreeMap<String, Tally>,
    has_beyond_bits: bool,
}

impl Seen {
    /// Takes a value in.
    pub(super) fn note(&mut self, cell: &Cell<'_>, place: Place, policy: &Policy) {
        match cell {
            Cell::Missing => {}
            Cell::Boolean(v) => self.booleans.count(place, || v.to_string()),
            Cell::Integer(v) => {
                self.integers.count(place, || v.to_string());
                self.has_beyond_bits |= !matches!(v, 0 | 1);
                if v.unsigned_abs() > 1 << 53 && (*v as f64) as i128 != i128::from(*v) {
                    self.inexact.count(place, || v.to_string());
                }
            }
            Cell::Big(v) => self.big.count(place, || (*v).to_owned()),
            Cell::Number(v, _) => self.numbers.count(place, || v.to_string()),
            Cell::Day(v) => self.days.count(place, || date_text(*v)),
            Cell::Moment(v) => self.unzoned.count(place, || timestamp_text(*v)),
            Cell::Nested(v) => self.nested.count(place, || (*v).to_owned()),
            Cell::Bytes(v) => self.bytes.count(place, || v.clone()),
            Cell::Error(v) => self.word(v, place),
            Cell::Text(text) => self.note_text(text, place, policy),
        }
    }

    fn note_text(&mut self, text: &str, place: Place, policy: &Policy) {
        let own = || text.to_owned();
        match reading(text, policy) {
            Reading::Word => self.word(text.trim(), place),
            Reading::Whole(_) => self.whole_texts.count(place, own),
            Reading::Real => self.real_texts.count(place, own),
            Reading::Day(_) => self.days.count(place, own),
            Reading::Moment(moment) => {
                match moment.has_zone {
                    true => self.zoned.count(place, own),
                    false => self.unzoned.count(place, own),
                }
                if moment.has_zone && !text.ends_with(['Z', 'z']) {
                    self.shifted.count(place, own);
                }
                if moment.is_cut {
                    self.cut.count(place, own);
                }
            }
            Reading::Text => self.texts.count(place, own),
        }
    }

    fn word(&mut self, word: &str, place: Place) {
        if let Some(tally) = self.words.get_mut(word) {
            tally.count(place, String::new);
        } else if self.words.len() < N_WORDS {
            self.words
                .entry(word.to_owned())
                .or_default()
                .count(place, String::new);
        }
    }

    /// Adds what was seen elsewhere.
    pub(super) fn merge(&mut self, other: Self) {
        let pairs = [
            (&mut self.booleans, other.booleans),
            (&mut self.integers, other.integers),
            (&mut self.inexact, other.inexact),
            (&mut self.big, other.big),
            (&mut self.numbers, other.numbers),
            (&mut self.days, other.days),
            (&mut self.zoned, other.zoned),
            (&mut self.unzoned, other.unzoned),
            (&mut self.shifted, other.shifted),
            (&mut self.cut, other.cut),
            (&mut self.whole_texts, other.whole_texts),
            (&mut self.real_texts, other.real_texts),
            (&mut self.texts, other.texts),
            (&mut self.nested, other.nested),
            (&mut self.bytes, other.bytes),
        ];
        for (mine, theirs) in pairs {
            mine.merge(theirs);
        }
        for (word, tally) in other.words {
            self.words.entry(word).or_default().merge(tally);
        }
        self.has_beyond_bits |= other.has_beyond_bits;
    }

    /// The narrowest type that holds every value.
    pub(super) fn kind(&self, policy: &Policy) -> ColumnType {
        let n_number_texts = self.whole_texts.n + self.real_texts.n;
        if self.texts.n + self.nested.n + self.bytes.n > 0 {
            return ColumnType::Text;
        }
        let has_numbers = self.integers.n + self.big.n + self.numbers.n > 0;
        let has_moments = self.zoned.n + self.unzoned.n > 0;
        let has_times = self.days.n > 0 || has_moments;
        match (has_numbers, has_times, self.booleans.n > 0) {
            (true, false, false) if n_number_texts > 0 && !policy.reads_numbers_in_texts => {
                ColumnType::Text
            }
            (true, false, false) if self.numbers.n + self.real_texts.n > 0 => ColumnType::Number,
            (true, false, false) if self.big.n > 0 => ColumnType::Text,
            (true, false, false)
                if policy.bits_are_booleans && !self.has_beyond_bits && n_number_texts == 0 =>
            {
                ColumnType::Boolean
            }
            (true, false, false) => ColumnType::Integer,
            _ if n_number_texts > 0 => ColumnType::Text,
            (false, false, true) => ColumnType::Boolean,
            (false, true, false) if self.zoned.n > 0 && self.unzoned.n + self.days.n > 0 => {
                ColumnType::Text
            }
            (false, true, false) if has_moments => ColumnType::Timestamp,
            (false, true, false) => ColumnType::Date,
            _ => ColumnType::Text,
        }
    }

    /// What is to be said about the column.
    pub(super) fn findings(&self, name: &str, policy: &Policy, rows: &ChunkRows) -> Vec<Finding> {
        let kind = self.kind(policy);
        let mut findings = Vec::new();
        let mut say = |tally: &Tally, message: String| {
            let row = tally.first.as_ref().map(|(place, _)| rows.position(*place));
            findings.push(Finding::of_column(name, row, message));
        };
        for (word, tally) in &self.words {
            let is_missing =
                kind != ColumnType::Text || policy.null_tokens.is_some() || word.starts_with('#');
            if is_missing && !word.is_empty() {
                say(
                    tally,
                    format!("{word:?} was read as missing in {}", values(tally.n)),
                );
            }
        }
        let n_words = self.words.values().map(|t| t.n).sum::<u64>();
        if self.parts().iter().all(|(_, t)| t.n == 0)
            && (n_words == 0 || policy.null_tokens.is_some())
        {
            say(
                &Tally::default(),
                "All values are missing; the column is read as text".to_owned(),
            );
        }
        if kind == ColumnType::Text {
            self.explain_text(&mut say);
        }
        if kind == ColumnType::Number {
            let mut rounded = self.big.clone();
            rounded.merge(self.inexact.clone());
            if rounded.n > 0 {
                say(
                    &rounded,
                    format!(
                        "Rounded, because a real number holds fewer digits: {}, first {}",
                        values(rounded.n),
                        rounded.example()
                    ),
                );
            }
        }
        let mut number_texts = self.whole_texts.clone();
        number_texts.merge(self.real_texts.clone());
        if kind.is_numeric() && number_texts.n > 0 {
            let n = values(number_texts.n);
            say(
                &number_texts,
                format!("Numbers stored as text, and read as numbers: {n}"),
            );
        }
        if kind == ColumnType::Boolean && self.integers.n > 0 {
            say(
                &self.integers,
                "0 and 1 were read as truth values".to_owned(),
            );
        }
        if kind == ColumnType::Timestamp && self.shifted.n > 0 {
            say(
                &self.shifted,
                "Moments with a time zone were converted to UTC".to_owned(),
            );
        }
        if kind == ColumnType::Timestamp && self.cut.n > 0 {
            let n = values(self.cut.n);
            say(
                &self.cut,
                format!("Fractions finer than a millisecond were cut in {n}"),
            );
        }
        findings
    }

    /// The kinds of values that stand side by side, for a person.
    fn parts(&self) -> [(&'static str, Tally); 8] {
        let sum = |a: &Tally, b: &Tally| {
            let mut both = a.clone();
            both.merge(b.clone());
            both
        };
        let texts = sum(&self.texts, &sum(&self.whole_texts, &self.real_texts));
        [
            ("truth values", self.booleans.clone()),
            (
                "numbers",
                sum(&self.integers, &sum(&self.big, &self.numbers)),
            ),
            ("days", self.days.clone()),
            ("moments without a time zone", self.unzoned.clone()),
            ("moments with a time zone", self.zoned.clone()),
            ("texts", texts),
            ("nested", self.nested.clone()),
            ("bytes", self.bytes.clone()),
        ]
    }

    fn explain_text(&self, say: &mut dyn FnMut(&Tally, String)) {
        if self.nested.n > 0 {
            say(
                &self.nested,
                format!(
                    "Nested, and written as JSON text: {}",
                    values(self.nested.n)
                ),
            );
        }
        if self.bytes.n > 0 {
            let n = values(self.bytes.n);
            say(
                &self.bytes,
                format!("Bytes that are no text, and written in hexadecimal: {n}"),
            );
        }
        let mut parts = self.parts().to_vec();
        parts.retain(|(_, tally)| tally.n > 0);
        let is_all_written = parts
            .iter()
            .all(|(what, _)| !matches!(*what, "numbers" | "truth values"));
        let has_texts = parts.iter().any(|(what, _)| *what == "texts");
        if parts.len() > 1 && !(is_all_written && has_texts) {
            let counts: Vec<String> = parts
                .iter()
                .map(|(what, t)| format!("{} {what}", t.n))
                .collect();
            let rarest = parts.iter().min_by_key(|(_, t)| t.n);
            if let Some((_, rarest)) = rarest {
                let message = format!(
                    "The values are of several types ({}), the rarest first as {}; the column is kept as text",
                    counts.join(", "),
                    rarest.example()
                );
                say(rarest, message);
            }
        } else if self.big.n > 0 {
            let message = format!(
                "{} has more digits than a whole number of 64 bits can hold; the column is kept as text so that no \
                 digit is lost",
                self.big.example()
            );
            say(&self.big, message);
        }
    }
}

fn reading(text: &str, policy: &Policy) -> Reading {
    let text = text.trim();
    let is_word = match &policy.null_tokens {
        Some(tokens) => text.is_empty() || tokens.iter().any(|t| t == text),
        None => value::is_null(text),
    };
    if is_word {
        return Reading::Word;
    }
    let first = text.as_bytes()[0];
    if !first.is_ascii_digit() && !matches!(first, b'+' | b'-' | b'.') {
        return Reading::Text;
    }
    if value::is_whole(text) {
        return match value::integer(text) {
            Some(number) if !value::has_leading_zero(text) => Reading::Whole(number),
            _ => Reading::Text,
        };
    }
    if let Some(day) = value::date(text) {
        return Reading::Day(day);
    }
    if let Some(moment) = value::moment(text) {
        return Reading::Moment(moment);
    }
    match value::number(text) {
        Some(_) => Reading::Real,
        None => Reading::Text,
    }
}

/// The values as a column of this type; `None` if one of them does not fit.
pub(super) fn array(cells: &[Cell<'_>], kind: ColumnType, policy: &Policy) -> Option<ArrayRef> {
    Some(match kind {
        ColumnType::Integer => Arc::new(collect::<_, Int64Array>(cells, |c| integer(c, policy))?),
        ColumnType::Number => Arc::new(collect::<_, Float64Array>(cells, |c| number(c, policy))?),
        ColumnType::Boolean => Arc::new(collect::<_, BooleanArray>(cells, |c| boolean(c, policy))?),
        ColumnType::Date => Arc::new(collect::<_, Date32Array>(cells, |c| day(c, policy))?),
        ColumnType::Timestamp => Arc::new(collect::<_, TimestampMillisecondArray>(cells, |c| {
            moment(c, policy)
        })?),
        ColumnType::Text => texts(cells, policy),
    })
}

/// Each value by a reading: the inner `None` is a missing value, the outer one a value that does not fit.
fn collect<T, A: FromIterator<Option<T>>>(
    cells: &[Cell<'_>],
    read: impl Fn(&Cell<'_>) -> Option<Option<T>>,
) -> Option<A> {
    cells.iter().map(read).collect()
}

fn absent<T>(cell: &Cell<'_>, policy: &Policy) -> Option<Option<T>> {
    match cell {
        Cell::Missing | Cell::Error(_) => Some(None),
        Cell::Text(text) if reading(text, policy) == Reading::Word => Some(None),
        _ => None,
    }
}

fn integer(cell: &Cell<'_>, policy: &Policy) -> Option<Option<i64>> {
    match cell {
        Cell::Integer(v) => Some(Some(*v)),
        Cell::Text(text) => match reading(text, policy) {
            Reading::Whole(v) if policy.reads_numbers_in_texts => Some(Some(v)),
            _ => absent(cell, policy),
        },
        _ => absent(cell, policy),
    }
}

fn number(cell: &Cell<'_>, policy: &Policy) -> Option<Option<f64>> {
    match cell {
        Cell::Integer(v) => Some(Some(*v as f64)),
        Cell::Number(v, _) => Some(Some(*v)),
        Cell::Big(text) => text.parse().ok().map(Some),
        Cell::Text(text) => match reading(text, policy) {
            Reading::Whole(_) | Reading::Real if policy.reads_numbers_in_texts => {
                value::number(text.trim()).map(Some)
            }
            _ => absent(cell, policy),
        },
        _ => absent(cell, policy),
    }
}

fn boolean(cell: &Cell<'_>, policy: &Policy) -> Option<Option<bool>> {
    match cell {
        Cell::Boolean(v) => Some(Some(*v)),
        Cell::Integer(v @ (0 | 1)) if policy.bits_are_booleans => Some(Some(*v == 1)),
        _ => absent(cell, policy),
    }
}

fn day(cell: &Cell<'_>, policy: &Policy) -> Option<Option<i32>> {
    match cell {
        Cell::Day(v) => Some(Some(*v)),
        Cell::Text(text) => match reading(text, policy) {
            Reading::Day(v) => Some(Some(v)),
            _ => absent(cell, policy),
        },
        _ => absent(cell, policy),
    }
}

fn moment(cell: &Cell<'_>, policy: &Policy) -> Option<Option<i64>> {
    match cell {
        Cell::Day(v) => Some(Some(i64::from(*v) * MILLIS_A_DAY)),
        Cell::Moment(v) => Some(Some(*v)),
        Cell::Text(text) => match reading(text, policy) {
            Reading::Day(v) => Some(Some(i64::from(v) * MILLIS_A_DAY)),
            Reading::Moment(v) => Some(Some(v.millis)),
            _ => absent(cell, policy),
        },
        _ => absent(cell, policy),
    }
}

fn texts(cells: &[Cell<'_>], policy: &Policy) -> ArrayRef {
    let mut builder = StringBuilder::new();
    for cell in cells {
        match cell {
            Cell::Missing | Cell::Error(_) => builder.append_null(),
            Cell::Text(text) => {
                let is_missing =
                    policy.null_tokens.is_some() && reading(text, policy) == Reading::Word;
                builder.append_option((!is_missing).then_some(text));
            }
            Cell::Big(text) | Cell::Nested(text) | Cell::Number(_, Some(text)) => {
                builder.append_value(text)
            }
            Cell::Bytes(text) => builder.append_value(text),
            Cell::Boolean(v) => builder.append_value(v.to_string()),
            Cell::Integer(v) => builder.append_value(v.to_string()),
            Cell::Number(v, None) => builder.append_value(v.to_string()),
            Cell::Day(v) => builder.append_value(date_text(*v)),
            Cell::Moment(v) => builder.append_value(timestamp_text(*v)),
        }
    }
    Arc::new(builder.finish())
}
