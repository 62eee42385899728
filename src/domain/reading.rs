//! How a file is to be read: everything that a person may settle before an import. What is left open (`None`, empty) is
//! guessed by the reader, which says in its findings what it took. Part of `pipeline.toml`, so that a batch is read
//! tomorrow as it was read today. Reading itself is left to `data::reader`.

use super::schema::ColumnType;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is settled about reading a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadOptions {
    /// A label of the WHATWG Encoding Standard: `utf-8`, `windows-1252`, `utf-16le` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// What stands between fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// What encloses fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    /// What makes the character behind it an ordinary one, inside quotes and (without quotes) anywhere: `\\`. A doubled
    /// quote always stands for a quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escape: Option<char>,
    /// What begins a line that is not part of the table: `#`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<char>,
    /// Lines above the header that are not part of the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_lines: Option<u32>,
    /// Whether the first record names the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The words that mean "no value", besides the empty field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub null_tokens: Option<Vec<String>>,
    /// What stands before the decimals: `.` or `,`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<char>,
    /// What groups thousands: `,`, `.`, a blank, `'` or `_`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thousands: Option<char>,
    /// The order of day, month and year in dates such as 01/02/2013.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// What to do with rows that have too few or too many fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ragged: Option<Ragged>,
    /// The sheet of a workbook or the table of a database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Types of columns that are not to be guessed, by the column's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, ColumnType>,
}

impl ReadOptions {
    /// Whether nothing is settled.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// What is settled here, and what `others` settle where nothing is here.
    #[must_use]
    pub fn or(self, others: &Self) -> Self {
        let mut types = others.types.clone();
        types.extend(self.types);
        Self {
            encoding: self.encoding.or_else(|| others.encoding.clone()),
            delimiter: self.delimiter.or(others.delimiter),
            quote: self.quote.or(others.quote),
            escape: self.escape.or(others.escape),
            comment: self.comment.or(others.comment),
            skip_lines: self.skip_lines.or(others.skip_lines),
            header: self.header.or(others.header),
            null_tokens: self.null_tokens.or_else(|| others.null_tokens.clone()),
            decimal: self.decimal.or(others.decimal),
            thousands: self.thousands.or(others.thousands),
            date_order: self.date_order.or(others.date_order),
            ragged: self.ragged.or(others.ragged),
            table: self.table.or_else(|| others.table.clone()),
            types,
        }
    }
}

/// What encloses fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quote {
    /// Nothing: quotes are ordinary characters.
    None,
    /// `"`
    Double,
    /// `'`
    Single,
}

/// Whether the first record names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// It does.
    Present,
    /// It is a row like the others; columns are called `column_1`, `column_2` …
    Absent,
}

/// The order of day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 2013-01-31
    YearMonthDay,
    /// 31/01/2013
    DayMonthYear,
    /// 01/31/2013
    MonthDayYear,
}

/// What happens to rows that have too few or too many fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ragged {
    /// The file is refused, with the lines.
    Refuse,
    /// Missing fields at the end become missing values; columns are added for fields too many. Each is a finding.
    Pad,
}
