//! How data files are to be read, as it is typed: one set of options for every command that reads some. What is left
//! out is taken from the workspace's pipeline, where there is one, and guessed otherwise.

use crate::domain::reading::{DateOrder, Header, Quote, Ragged, ReadOptions};
use crate::domain::schema::ColumnType;
use crate::workspace::Workspace;
use clap::{Args, ValueEnum};

/// Options of reading.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Reading (what is left out is guessed)")]
pub struct Reading {
    /// Character between fields; `tab` or `\t` for a tab
    #[arg(long, value_name = "CHAR", value_parser = character)]
    delimiter: Option<char>,
    /// Label of the text's encoding: utf-8, windows-1252, utf-16le …
    #[arg(long, value_name = "LABEL")]
    encoding: Option<String>,
    /// What encloses fields
    #[arg(long, value_name = "WHICH")]
    quote: Option<QuoteWord>,
    /// Character that makes a quote inside quotes an ordinary one, beside doubling it
    #[arg(long, value_name = "CHAR", value_parser = character)]
    escape: Option<char>,
    /// Character that begins lines which are not part of the table
    #[arg(long, value_name = "CHAR", value_parser = character)]
    comment: Option<char>,
    /// Lines above the header that are not part of the table
    #[arg(long, value_name = "N")]
    skip_lines: Option<u32>,
    /// The first record names the columns
    #[arg(long, conflicts_with = "no_header")]
    header: bool,
    /// The first record is a row; columns are called column_1, column_2 …
    #[arg(long)]
    no_header: bool,
    /// A word that means "no value"; give it once for each word
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    null: Vec<String>,
    /// Character before the decimals
    #[arg(long, value_name = "CHAR", value_parser = character)]
    decimal: Option<char>,
    /// Character between thousands
    #[arg(long, value_name = "CHAR", value_parser = character)]
    thousands: Option<char>,
    /// Order of day, month and year in dates such as 01/02/2013
    #[arg(long, value_name = "ORDER")]
    date_order: Option<DateOrderWord>,
    /// What to do with rows that have too few or too many fields
    #[arg(long, value_name = "HOW")]
    ragged: Option<RaggedWord>,
    /// Sheet of a workbook, or table of a database
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
    /// Type of a column, `COLUMN=TYPE`; types are integer, number, boolean, text, date and timestamp
    #[arg(long = "type", value_name = "COLUMN=TYPE", value_parser = column_type)]
    types: Vec<(String, ColumnType)>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum QuoteWord {
    None,
    Double,
    Single,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DateOrderWord {
    Ymd,
    Dmy,
    Mdy,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RaggedWord {
    Refuse,
    Pad,
}

impl Reading {
    /// What was typed, and for the rest what the pipeline of the workspace settles.
    pub(super) fn options(&self, workspace: Option<&Workspace>) -> ReadOptions {
        let typed = self.typed();
        match workspace.and_then(|w| w.snapshot().pipeline.clone().ok()) {
            Some(pipeline) => typed.or(&pipeline.steps.ingest.read),
            None => typed,
        }
    }

    /// What was typed.
    pub(super) fn typed(&self) -> ReadOptions {
        let header = match (self.header, self.no_header) {
            (true, _) => Some(Header::Present),
            (false, true) => Some(Header::Absent),
            (false, false) => None,
        };
        ReadOptions {
            encoding: self.encoding.clone(),
            delimiter: self.delimiter,
            quote: self.quote.map(|quote| match quote {
                QuoteWord::None => Quote::None,
                QuoteWord::Double => Quote::Double,
                QuoteWord::Single => Quote::Single,
            }),
            escape: self.escape,
            comment: self.comment,
            skip_lines: self.skip_lines,
            header,
            null_tokens: (!self.null.is_empty()).then(|| self.null.clone()),
            decimal: self.decimal,
            thousands: self.thousands,
            date_order: self.date_order.map(|order| match order {
                DateOrderWord::Ymd => DateOrder::YearMonthDay,
                DateOrderWord::Dmy => DateOrder::DayMonthYear,
                DateOrderWord::Mdy => DateOrder::MonthDayYear,
            }),
            ragged: self.ragged.map(|ragged| match ragged {
                RaggedWord::Refuse => Ragged::Refuse,
                RaggedWord::Pad => Ragged::Pad,
            }),
            table: self.table.clone(),
            types: self.types.iter().cloned().collect(),
        }
    }
}

fn character(text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (text, characters.next(), characters.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        ("space" | "blank", ..) => Ok(' '),
        (_, Some(only), None) => Ok(only),
        _ => Err("give one character, or `tab`".to_owned()),
    }
}

fn column_type(text: &str) -> Result<(String, ColumnType), String> {
    let (column, word) = text
        .rsplit_once('=')
        .ok_or("write COLUMN=TYPE, for example zip=text")?;
    let kind = serde_json::from_value(serde_json::Value::from(word))
        .map_err(|_| "the types are integer, number, boolean, text, date and timestamp")?;
    Ok((column.to_owned(), kind))
}
