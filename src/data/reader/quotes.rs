//! Quotes: a small machine that reads them exactly as the `csv` crate does and, unlike it, knows where a quote opened
//! and what followed it. It counts fields for sniffing and finds quotes that would swallow rows. Fields themselves
//! are taken by `records`.

use super::records::Source;
use super::{Finding, ReadError, sniff};

/// What the machine saw.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    /// Fields of each record that is not blank.
    pub(super) n_fields: Vec<u32>,
    /// Quoted fields with text between the closing quote and the delimiter.
    pub(super) n_stray: usize,
    /// The first of them: byte positions of its opening and its closing quote.
    pub(super) first_stray: Option<(usize, usize)>,
    /// The first of them that has a line end inside.
    pub(super) first_stray_over_lines: Option<(usize, usize)>,
    /// Position of the opening quote of a field that never ends.
    pub(super) unclosed: Option<usize>,
    /// Blank lines between records.
    pub(super) n_blank: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    RecordStart,
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

/// Runs the machine over a text, for at most so many records.
pub(super) fn scan(text: &[u8], delimiter: u8, max_records: usize) -> Quotes {
    let mut seen = Quotes::default();
    let mut state = State::RecordStart;
    let mut n_fields = 0u32;
    let mut opened = 0usize;
    let mut over_lines = false;
    let mut n_blank = 0;
    for (position, &byte) in text.iter().enumerate() {
        let ends_line = byte == b'\n' || byte == b'\r';
        if state == State::RecordStart && !ends_line {
            seen.n_blank += n_blank;
            n_blank = 0;
        }
        match state {
            State::RecordStart if ends_line => {
                let ends_crlf = byte == b'\n' && position > 0 && text[position - 1] == b'\r';
                n_blank += usize::from(!ends_crlf);
                continue;
            }
            State::RecordStart | State::FieldStart if byte == b'"' => {
                (state, opened, over_lines) = (State::Quoted, position, false);
                continue;
            }
            State::Quoted => {
                if byte == b'"' {
                    state = State::QuoteInQuoted;
                } else if ends_line {
                    over_lines = true;
                }
                continue;
            }
            State::QuoteInQuoted if byte == b'"' => {
                state = State::Quoted;
                continue;
            }
            State::QuoteInQuoted if byte != delimiter && !ends_line => {
                seen.n_stray += 1;
                seen.first_stray.get_or_insert((opened, position - 1));
                if over_lines {
                    seen.first_stray_over_lines
                        .get_or_insert((opened, position - 1));
                }
                state = State::Plain;
                continue;
            }
            State::RecordStart | State::FieldStart | State::Plain | State::QuoteInQuoted => {}
        }
        if ends_line {
            seen.n_fields.push(n_fields + 1);
            (state, n_fields) = (State::RecordStart, 0);
            if seen.n_fields.len() >= max_records {
                return seen;
            }
        } else if byte == delimiter {
            (state, n_fields) = (State::FieldStart, n_fields + 1);
        } else {
            state = State::Plain;
        }
    }
    if state == State::Quoted {
        seen.unclosed = Some(opened);
    }
    if state != State::RecordStart {
        seen.n_fields.push(n_fields + 1);
    }
    seen
}

/// Refuses a text in which a quote swallows rows; reports quotes that are merely odd.
pub(super) fn check(source: &Source<'_>, findings: &mut Vec<Finding>) -> Result<(), ReadError> {
    let bytes = source.text.as_bytes();
    let is_single_column = source.delimiter == sniff::NONE;
    if !is_single_column && !bytes.contains(&b'"') {
        return Ok(());
    }
    let seen = scan(bytes, source.delimiter, usize::MAX);
    if is_single_column && seen.n_blank > 0 {
        findings.push(Finding::of_file(format!(
            "{} blank lines between the rows were left out; where a value is missing, write NA",
            seen.n_blank
        )));
    }
    if let Some((opened, closed)) = seen.first_stray_over_lines {
        return Err(ReadError::StrayQuote {
            file: source.file.to_owned(),
            opened: source.line_at(opened),
            closed: source.line_at(closed),
        });
    }
    if let Some(opened) = seen.unclosed {
        return Err(ReadError::UnclosedQuote {
            file: source.file.to_owned(),
            line: source.line_at(opened),
        });
    }
    if let Some((opened, _)) = seen.first_stray {
        findings.push(Finding::of_file(format!(
            "{} quoted values have text behind the closing quote, first on line {}; quotes and text were joined",
            seen.n_stray,
            source.line_at(opened)
        )));
    }
    Ok(())
}
