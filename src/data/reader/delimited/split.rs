//! Cutting a text into records and fields by a dialect. Nothing is judged here: records may have any number of fields,
//! and odd quotes are only reported.
//!
//! Line feeds, carriage returns and both together end a record; blank lines are no records. A quote opens at the
//! beginning of a field only (blanks in front of it do not count); text behind a closing quote belongs to the value.

use super::dialect::Dialect;
use super::specials::Specials;

/// Set in [`Field::end`] where the field must be unquoted, byte by byte.
const RAW: u32 = 1 << 31;

/// Lines that a finding names.
pub(super) const N_NAMED: usize = 20;

/// Largest text that can be cut in one piece, in bytes.
pub(super) const MAX_BYTES: usize = (RAW - 1) as usize;

/// A field: its bytes, without the quotes around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    start: u32,
    end: u32,
}

impl Field {
    /// A field with nothing in it.
    pub(super) const EMPTY: Self = Self { start: 0, end: 0 };

    const fn new(start: usize, end: usize, is_raw: bool) -> Self {
        let raw = if is_raw { RAW } else { 0 };
        Self {
            start: start as u32,
            end: end as u32 | raw,
        }
    }

    /// Where it begins.
    pub(super) const fn start(self) -> usize {
        self.start as usize
    }

    /// Where it ends.
    pub(super) const fn end(self) -> usize {
        (self.end & !RAW) as usize
    }

    /// Whether it has escaped or doubled quotes in it, or text behind its quotes.
    pub(super) const fn is_raw(self) -> bool {
        self.end & RAW != 0
    }

    /// Whether there is nothing in it.
    pub(super) const fn is_empty(self) -> bool {
        self.start() == self.end()
    }
}

/// A quoted field with text between the closing quote and the delimiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stray {
    /// Position of its opening quote.
    pub(super) opened: usize,
    /// Position of its closing quote.
    pub(super) closed: usize,
}

/// A text, cut.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// The fields of all records, one record behind the other.
    pub(super) fields: Vec<Field>,
    /// For each record, how many fields there are up to its end.
    pub(super) row_ends: Vec<u32>,
    /// Quoted fields with text behind the closing quote.
    pub(super) n_stray: usize,
    /// The first of them.
    pub(super) first_stray: Option<Stray>,
    /// The first of them with a line end inside.
    pub(super) first_stray_over_lines: Option<Stray>,
    /// Position of the opening quote of a field that never ends.
    pub(super) unclosed: Option<usize>,
    /// Blank lines between records.
    pub(super) n_blank: usize,
    /// Positions of the first of them.
    pub(super) blanks: Vec<u32>,
    /// Lines that are comments.
    pub(super) n_comments: usize,
    /// Positions of the first of them.
    pub(super) comments: Vec<u32>,
    /// Fields in quotes.
    pub(super) n_quoted: usize,
    /// Where the text behind the last complete record begins.
    pub(super) end: usize,
}

impl Split {
    /// Number of records.
    pub(super) fn n_rows(&self) -> usize {
        self.row_ends.len()
    }

    /// The fields of a record.
    pub(super) fn row(&self, row: usize) -> &[Field] {
        let first = match row {
            0 => 0,
            _ => self.row_ends[row - 1] as usize,
        };
        &self.fields[first..self.row_ends[row] as usize]
    }

    /// Number of fields of each record.
    pub(super) fn counts(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.n_rows()).map(|row| self.row(row).len())
    }
}

/// Cuts a text, at most so many records of it.
pub(super) fn split(text: &[u8], dialect: Dialect, max_rows: usize) -> Split {
    debug_assert!(text.len() <= MAX_BYTES, "positions are 31 bits");
    let quote = dialect.quote.unwrap_or(dialect.delimiter);
    match dialect.escape {
        None => Cutter::new(text, dialect, [dialect.delimiter, b'\n', b'\r', quote]).run(max_rows),
        Some(escape) => {
            let special = [dialect.delimiter, b'\n', b'\r', quote, escape];
            Cutter::new(text, dialect, special).run(max_rows)
        }
    }
}

struct Cutter<'a, const N: usize> {
    text: &'a [u8],
    dialect: Dialect,
    specials: Specials<'a, N>,
    split: Split,
    /// Where the present record's fields begin in `split.fields`.
    row_start: usize,
    field_start: usize,
    present: Present,
    pending_blank: usize,
}

/// What is known of the present field before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Present {
    /// Nothing out of the ordinary.
    Plain,
    /// It has to be unquoted byte by byte.
    Raw,
    /// It was in quotes and they are closed.
    Quoted(Field),
}

impl<'a, const N: usize> Cutter<'a, N> {
    fn new(text: &'a [u8], dialect: Dialect, special: [u8; N]) -> Self {
        Self {
            text,
            dialect,
            specials: Specials::new(text, special),
            split: Split {
                fields: Vec::with_capacity(text.len() / 6),
                ..Split::default()
            },
            row_start: 0,
            field_start: 0,
            present: Present::Plain,
            pending_blank: 0,
        }
    }

    fn run(mut self, max_rows: usize) -> Split {
        self.skip_comments();
        while let Some(position) = self.specials.next() {
            let byte = self.text[position];
            if byte == self.dialect.delimiter {
                self.end_field(position);
                self.field_start = position + 1;
            } else if byte == b'\n' || byte == b'\r' {
                self.end_line(position);
                if self.split.n_rows() >= max_rows {
                    return self.split;
                }
            } else if Some(byte) == self.dialect.quote {
                if self.opens(position) {
                    self.quoted(position);
                }
            } else if self.dialect.quote.is_none() {
                self.present = Present::Raw;
                self.specials.skip_to(position + 2);
            }
        }
        self.end_line(self.text.len());
        self.split.blanks.truncate(self.split.n_blank);
        self.split.end = self.text.len();
        self.split
    }

    #[inline(always)]
    fn end_field(&mut self, end: usize) {
        if self.present == Present::Plain {
            if !self.dialect.collapses || self.field_start != end {
                let field = Field::new(self.field_start, end, false);
                self.split.fields.push(field);
            }
            return;
        }
        let field = match std::mem::replace(&mut self.present, Present::Plain) {
            Present::Quoted(field) => field,
            Present::Plain | Present::Raw => Field::new(self.field_start, end, true),
        };
        self.split.fields.push(field);
    }

    /// At a line end, or at the end of the text.
    #[inline(always)]
    fn end_line(&mut self, position: usize) {
        let is_quoted = matches!(self.present, Present::Quoted(_));
        let is_first = self.split.fields.len() == self.row_start && !is_quoted;
        if is_first && self.is_blank(position) {
            if position < self.text.len() {
                self.pending_blank += 1;
                if self.split.blanks.len() < N_NAMED {
                    self.split.blanks.push(position as u32);
                }
            }
        } else {
            self.end_field(position);
            if self.split.fields.len() > self.row_start {
                self.split.n_blank += std::mem::take(&mut self.pending_blank);
                self.row_start = self.split.fields.len();
                self.split.row_ends.push(self.row_start as u32);
            }
        }
        self.field_start = (position + 1).min(self.text.len());
        if self.text.get(position) == Some(&b'\r') && self.text.get(position + 1) == Some(&b'\n') {
            self.specials.skip_to(position + 2);
            self.field_start = position + 2;
        }
        self.split.end = self.field_start;
        self.skip_comments();
    }

    /// Whether the line up to this position has nothing but blanks.
    fn is_blank(&self, position: usize) -> bool {
        let line = &self.text[self.field_start.min(position)..position];
        line.iter().all(|b| *b == b' ')
    }

    fn skip_comments(&mut self) {
        let Some(comment) = self.dialect.comment else {
            return;
        };
        while self.text.get(self.field_start) == Some(&comment) {
            self.split.n_comments += 1;
            if self.split.comments.len() < N_NAMED {
                self.split.comments.push(self.field_start as u32);
            }
            let rest = &self.text[self.field_start..];
            let length = memchr::memchr2(b'\n', b'\r', rest).map_or(rest.len(), |end| end + 1);
            self.field_start += length;
            if rest[length - 1] == b'\r' && rest.get(length) == Some(&b'\n') {
                self.field_start += 1;
            }
            self.specials.skip_to(self.field_start);
            self.split.end = self.field_start;
        }
    }

    /// Whether a quote at this position opens a field.
    #[inline(always)]
    fn opens(&self, position: usize) -> bool {
        self.present == Present::Plain
            && (position == self.field_start
                || self.text[self.field_start..position]
                    .iter()
                    .all(|b| *b == b' '))
    }

    /// Reads a quoted field up to its closing quote.
    fn quoted(&mut self, opened: usize) {
        let quote = self.text[opened];
        self.split.n_quoted += 1;
        let mut is_raw = false;
        let closed = loop {
            let Some(position) = self.specials.next() else {
                self.split.unclosed = Some(opened);
                self.present = Present::Raw;
                return;
            };
            let byte = self.text[position];
            if byte == quote {
                if self.text.get(position + 1) != Some(&quote) {
                    break position;
                }
                is_raw = true;
                self.specials.skip_to(position + 2);
            } else if Some(byte) == self.dialect.escape {
                is_raw = true;
                self.specials.skip_to(position + 2);
            }
        };
        let mut behind = closed + 1;
        if self.text.get(behind) == Some(&self.dialect.delimiter) {
            self.split
                .fields
                .push(Field::new(opened + 1, closed, is_raw));
            self.field_start = behind + 1;
            self.specials.skip_to(behind + 1);
            return;
        }
        while self.text.get(behind) == Some(&b' ') && self.dialect.delimiter != b' ' {
            behind += 1;
        }
        match self.text.get(behind) {
            Some(byte) if *byte != self.dialect.delimiter && *byte != b'\n' && *byte != b'\r' => {
                self.field_start = opened;
                self.present = Present::Raw;
                self.stray(Stray { opened, closed });
            }
            _ => self.present = Present::Quoted(Field::new(opened + 1, closed, is_raw)),
        }
    }

    #[cold]
    fn stray(&mut self, stray: Stray) {
        self.split.n_stray += 1;
        self.split.first_stray.get_or_insert(stray);
        let inside = &self.text[stray.opened..stray.closed];
        if memchr::memchr2(b'\n', b'\r', inside).is_some() {
            self.split.first_stray_over_lines.get_or_insert(stray);
        }
    }
}

/// A raw field as it was meant: quotes around it taken away, doubled and escaped characters single.
pub(super) fn unquoted(raw: &str, dialect: Dialect) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    let quote = dialect.quote.map(char::from);
    let escape = dialect.escape.map(char::from);
    let opens = quote.is_some_and(|q| raw.starts_with(q));
    if opens {
        rest = &raw[1..];
    }
    if let Some(quote) = quote.filter(|q| opens && has_one_too_many(rest, *q)) {
        return format!("{quote}{}", &rest[1..rest.len() - 1]);
    }
    // What is inside the quotes only is unescaped to its end; what stands behind them is as it is.
    let mut is_inside = true;
    let mut characters = rest.chars().peekable();
    while let Some(character) = characters.next() {
        if is_inside && Some(character) == escape && Some(character) != quote {
            match characters.next() {
                Some(next) if Some(next) == quote || Some(next) == escape => text.push(next),
                Some(next) if quote.is_none() => text.push(next),
                Some(next) => text.extend([character, next]),
                None => text.push(character),
            }
        } else if is_inside && Some(character) == quote {
            if characters.peek() == quote.as_ref() {
                characters.next();
                text.push(character);
            } else {
                is_inside = false;
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// Whether what stands behind an opening quote is `"text"`: one quote too many in front, which belongs to the text.
fn has_one_too_many(rest: &str, quote: char) -> bool {
    let text = rest.strip_prefix(quote).and_then(|t| t.strip_suffix(quote));
    text.is_some_and(|text| !text.is_empty() && !text.contains(quote))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// An independent reader, the `csv` crate, counts the same fields in every text.
    #[test]
    fn fields_are_those_that_the_csv_crate_counts() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
        for _ in 0..20_000 {
            let n = random.gen_range(1..40);
            let text: Vec<u8> = (0..n)
                .map(|_| b"a,\"\n\r"[random.gen_range(0..5)])
                .collect();
            let counts: Vec<usize> = split(&text, Dialect::of(b','), usize::MAX)
                .counts()
                .collect();
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(&text[..]);
            let expected: Vec<usize> = reader
                .byte_records()
                .map(|record| record.expect("flexible").len())
                .collect();
            assert_eq!(counts, expected, "{:?}", String::from_utf8_lossy(&text));
        }
    }
}
