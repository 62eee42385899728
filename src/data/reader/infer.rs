//! One column: its type, decided by all of its values, its values, and what was noticed. The order of trial is whole
//! number, real number, truth value, day, moment, text; a type holds only if every value that is not missing fits.

use super::records::Records;
use super::sniff::Dialect;
use super::value::{self, DateStyle, NumberStyle};
use super::{Finding, ReadError};
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringBuilder,
    TimestampMillisecondArray, new_null_array,
};
use arrow::datatypes::DataType;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Values that a finding shows.
const N_SHOWN: usize = 5;

/// Share of values from which on a column of texts counts as numbers with strays.
const MOSTLY: f64 = 0.95;

/// A column as it goes into the table.
#[derive(Debug)]
pub(super) struct TypedColumn {
    /// The values.
    pub(super) array: ArrayRef,
    /// What was noticed.
    pub(super) findings: Vec<Finding>,
}

/// What all values of a column have in common.
struct Survey<'a> {
    name: &'a str,
    /// Rows and texts of values that are not missing.
    values: Vec<(usize, &'a str)>,
    n_rows: usize,
    findings: Vec<Finding>,
}

/// Decides the type of a column and reads its values.
pub(super) fn column(
    file: &str,
    records: &Records,
    position: usize,
    name: &str,
    dialect: Dialect,
) -> Result<TypedColumn, ReadError> {
    let mut survey = Survey::new(records, position, name);
    if survey.values.is_empty() {
        survey.note(None, "All values are missing; the column is read as text");
        let array = new_null_array(&DataType::Utf8, survey.n_rows);
        return Ok(survey.finish(array));
    }
    let typed = survey
        .integers()
        .or_else(|| survey.numbers(dialect))
        .or_else(|| survey.booleans())
        .or_else(|| survey.dates())
        .or_else(|| survey.moments());
    let array = match typed {
        Some(array) => array,
        None => survey.texts(file, dialect)?,
    };
    Ok(survey.finish(array))
}

impl<'a> Survey<'a> {
    fn new(records: &'a Records, position: usize, name: &'a str) -> Self {
        let mut words: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut values = Vec::with_capacity(records.n_rows());
        for (row, text) in records.trimmed(position).enumerate() {
            if !value::is_null(text) {
                values.push((row, text));
            } else if !text.is_empty() {
                words.entry(text).or_insert((row, 0)).1 += 1;
            }
        }
        let findings = words
            .into_iter()
            .map(|(word, (row, n))| {
                let message = format!("{word:?} was read as missing in {}", rows(n));
                Finding::of_column(name, Some(row), message)
            })
            .collect();
        Self {
            name,
            values,
            n_rows: records.n_rows(),
            findings,
        }
    }

    fn note(&mut self, row: Option<usize>, message: impl Into<String>) {
        self.findings
            .push(Finding::of_column(self.name, row, message));
    }

    fn finish(self, array: ArrayRef) -> TypedColumn {
        TypedColumn {
            array,
            findings: self.findings,
        }
    }

    /// The values by a reading that all of them must pass.
    fn read<T: Copy>(&self, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
        let mut result = vec![None; self.n_rows];
        for (row, text) in &self.values {
            result[*row] = Some(parse(text)?);
        }
        Some(result)
    }

    fn integers(&mut self) -> Option<ArrayRef> {
        if !self.values.iter().all(|(_, text)| value::is_whole(text)) {
            return None;
        }
        if self
            .values
            .iter()
            .any(|(_, text)| value::has_leading_zero(text))
        {
            return None;
        }
        self.read(value::integer)
            .map(|v| Arc::new(Int64Array::from(v)) as ArrayRef)
    }

    fn numbers(&mut self, dialect: Dialect) -> Option<ArrayRef> {
        if self.values.iter().all(|(_, text)| value::is_whole(text)) {
            return None;
        }
        if let Some(v) = self.read(value::number) {
            return Some(Arc::new(Float64Array::from(v)));
        }
        let style = self.grouped_style(dialect)?;
        let row = self.values.first().map(|(row, _)| *row);
        let how = match style {
            NumberStyle::DecimalComma => "a decimal comma",
            NumberStyle::Plain | NumberStyle::CommaThousands => "commas between thousands",
        };
        self.note(row, format!("The numbers are written with {how}"));
        let whole = self.read(|text| value::integer(&style.plain(text)?));
        if let Some(v) = whole {
            return Some(Arc::new(Int64Array::from(v)));
        }
        self.read(|text| style.number(text))
            .map(|v| Arc::new(Float64Array::from(v)) as ArrayRef)
    }

    /// Which mark is the decimal one. Where both readings fit every value ("1,234"), a semicolon file is taken to
    /// have decimal commas and any other one commas between thousands, and a finding says so.
    fn grouped_style(&mut self, dialect: Dialect) -> Option<NumberStyle> {
        let fits = |style: NumberStyle| self.values.iter().all(|(_, t)| style.number(t).is_some());
        let thousands = fits(NumberStyle::CommaThousands);
        let decimal = dialect.delimiter != b',' && fits(NumberStyle::DecimalComma);
        match (thousands, decimal) {
            (false, false) => None,
            (true, false) => Some(NumberStyle::CommaThousands),
            (false, true) => Some(NumberStyle::DecimalComma),
            (true, true) => {
                let style = match dialect.delimiter {
                    b';' => NumberStyle::DecimalComma,
                    _ => NumberStyle::CommaThousands,
                };
                let shown = self.values.iter().find(|(_, text)| text.contains(','));
                if let Some((row, text)) = shown.copied() {
                    let plain = style.plain(text).unwrap_or_default();
                    self.note(
                        Some(row),
                        format!(
                            "It is not certain what the comma means: {text:?} was read as {plain}"
                        ),
                    );
                }
                Some(style)
            }
        }
    }

    fn booleans(&self) -> Option<ArrayRef> {
        self.read(value::boolean)
            .map(|v| Arc::new(BooleanArray::from(v)) as ArrayRef)
    }

    fn dates(&self) -> Option<ArrayRef> {
        let mut fitting = DateStyle::ALL
            .into_iter()
            .filter_map(|style| self.read(|text| style.date(text).map(value::days)));
        let first = fitting.next()?;
        match fitting.next() {
            // Day and month can be told apart, or it does not matter (01/01/2013).
            None => Some(Arc::new(Date32Array::from(first))),
            Some(second) if second == first => Some(Arc::new(Date32Array::from(first))),
            Some(_) => None,
        }
    }

    fn moments(&mut self) -> Option<ArrayRef> {
        let midnight = |text: &str| {
            value::date(text).map(|days| value::Moment {
                millis: i64::from(days) * 86_400_000,
                has_zone: false,
                is_cut: false,
            })
        };
        let moments = self.read(|text| value::moment(text).or_else(|| midnight(text)))?;
        let with_zone = |has_zone: bool| {
            moments
                .iter()
                .position(|m| m.is_some_and(|m| m.has_zone == has_zone))
        };
        if let (Some(row), Some(other)) = (with_zone(true), with_zone(false)) {
            self.note(
                Some(row.max(other)),
                "Some moments have a time zone and others have none; the column is read as text",
            );
            return None;
        }
        let shifted = self.values.iter().find(|(row, text)| {
            moments[*row].is_some_and(|m| m.has_zone) && !text.ends_with(['Z', 'z'])
        });
        if let Some((row, _)) = shifted.copied() {
            self.note(Some(row), "Moments with a time zone were converted to UTC");
        }
        if let Some(row) = moments.iter().position(|m| m.is_some_and(|m| m.is_cut)) {
            self.note(Some(row), "Fractions finer than a millisecond were cut");
        }
        let millis: TimestampMillisecondArray =
            moments.into_iter().map(|m| m.map(|m| m.millis)).collect();
        Some(Arc::new(millis))
    }

    fn texts(&mut self, file: &str, dialect: Dialect) -> Result<ArrayRef, ReadError> {
        self.explain_texts(dialect);
        let n_bytes: usize = self.values.iter().map(|(_, text)| text.len()).sum();
        if i32::try_from(n_bytes).is_err() {
            return Err(ReadError::TooLarge {
                file: file.to_owned(),
                what: format!("the text of column {:?}", self.name),
            });
        }
        let mut builder = StringBuilder::with_capacity(self.n_rows, n_bytes);
        let mut next = 0;
        for (row, text) in &self.values {
            builder.append_nulls(row - next);
            builder.append_value(text);
            next = row + 1;
        }
        builder.append_nulls(self.n_rows - next);
        Ok(Arc::new(builder.finish()))
    }

    /// Says why a column that looks like something else is text.
    fn explain_texts(&mut self, dialect: Dialect) {
        let first = |of: &dyn Fn(&str) -> bool| {
            let found = self.values.iter().find(|(_, text)| of(text));
            found.map(|(row, text)| (*row, (*text).to_owned()))
        };
        if self.values.iter().all(|(_, text)| value::is_whole(text)) {
            let message = match first(&value::has_leading_zero) {
                Some((row, text)) => (
                    row,
                    format!(
                        "{text:?} begins with a zero: the numbers are identifiers and kept as text"
                    ),
                ),
                None => {
                    let Some((row, text)) = first(&|text| value::integer(text).is_none()) else {
                        return;
                    };
                    let why = "has more digits than a whole number of 64 bits can hold";
                    (
                        row,
                        format!(
                            "{text:?} {why}; the column is kept as text so that no digit is lost"
                        ),
                    )
                }
            };
            return self.note(Some(message.0), message.1);
        }
        let slashes = [DateStyle::DaySlashes, DateStyle::MonthSlashes];
        if slashes
            .iter()
            .all(|s| self.values.iter().all(|(_, t)| s.date(t).is_some()))
        {
            let row = self.values.first().map(|(row, _)| *row);
            return self.note(
                row,
                "No value tells whether the day or the month comes first; the column is kept as text. Write the dates \
                 as 2013-01-31",
            );
        }
        self.explain_strays(dialect);
    }

    /// A column of numbers with a few texts in it.
    fn explain_strays(&mut self, dialect: Dialect) {
        let styles = match dialect.delimiter {
            b',' => &[NumberStyle::Plain, NumberStyle::CommaThousands][..],
            _ => &[
                NumberStyle::Plain,
                NumberStyle::CommaThousands,
                NumberStyle::DecimalComma,
            ][..],
        };
        let strays = styles
            .iter()
            .map(|style| {
                let mut strays = self.values.clone();
                strays.retain(|(_, text)| style.number(text).is_none());
                strays
            })
            .min_by_key(Vec::len)
            .unwrap_or_default();
        let n_fitting = self.values.len() - strays.len();
        if strays.is_empty() || (n_fitting as f64) < MOSTLY * self.values.len() as f64 {
            return;
        }
        let shown: Vec<String> = strays
            .iter()
            .take(N_SHOWN)
            .map(|(row, text)| format!("{:?} in row {}", shorten(text), row + 1))
            .collect();
        let rest = match strays.len().saturating_sub(N_SHOWN) {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let message = format!(
            "{n_fitting} of {} values are numbers, {} not: {}{rest}; the column is kept as text",
            self.values.len(),
            match strays.len() {
                1 => "1 is".to_owned(),
                n => format!("{n} are"),
            },
            shown.join(", "),
        );
        self.note(Some(strays[0].0), message);
    }
}

fn rows(n: usize) -> String {
    match n {
        1 => "1 row".to_owned(),
        n => format!("{n} rows"),
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
