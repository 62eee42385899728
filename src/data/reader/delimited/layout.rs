//! Where the table is in a text: lines above it, the header or none, the number of columns, where the rows begin. Decided
//! by the beginning of the text.

use super::block::Places;
use super::dialect::Dialect;
use super::sniff;
use super::split::{Field, Split, split, unquoted};
use crate::data::reader::notes::counted;
use crate::data::reader::{Finding, ReadError, dates, header, value};
use crate::domain::reading::{Header, Ragged, ReadOptions};

/// Records that are looked at.
const N_LOOKED_AT: usize = 2000;

/// Where the table is.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// How the text is cut.
    pub(super) dialect: Dialect,
    /// Lines above the header.
    pub(super) n_skipped: u32,
    /// The header's fields as they stand in the file; none if there is no header.
    pub(super) header: Option<Vec<String>>,
    /// Names of the columns.
    pub(super) names: Vec<String>,
    /// Bytes of text above the first row.
    pub(super) start: usize,
    /// Lines above the first row.
    pub(super) n_lines_above: u64,
    /// Comments above the first row.
    pub(super) comments_above: Places,
    /// Whether every row has an empty field behind the last column.
    pub(super) has_trailing: bool,
}

/// Finds the table in the beginning of a text.
pub(super) fn find(
    file: &str,
    text: &str,
    options: &ReadOptions,
    findings: &mut Vec<Finding>,
) -> Result<Layout, ReadError> {
    let (separator, mut start) = separator_line(text, findings);
    let mut options = options.clone();
    options.delimiter = options.delimiter.or(separator);
    if let Some(n_lines) = options.skip_lines {
        start = after_lines(text, n_lines);
    }
    let dialect = sniff::sniff(&text.as_bytes()[start..], &options, findings);
    let looked_at = &text[start..];
    let cut = split(looked_at.as_bytes(), dialect, N_LOOKED_AT);
    if cut.n_rows() == 0 {
        return Err(ReadError::Empty {
            file: file.to_owned(),
        });
    }
    let first = match options.skip_lines {
        Some(_) => 0,
        None => first_record(looked_at, &cut, dialect),
    };
    let mut layout = Layout {
        dialect,
        n_skipped: 0,
        header: None,
        names: Vec::new(),
        start,
        n_lines_above: 0,
        comments_above: Places::default(),
        has_trailing: false,
    };
    for _ in 0..first {
        layout.start += split(&text.as_bytes()[layout.start..], dialect, 1).end;
    }
    layout.n_skipped = count_lines(&text.as_bytes()[..layout.start]) as u32;
    if first > 0 {
        findings.push(above(&text[start..layout.start]));
    }
    let sample = Sample {
        text: looked_at,
        cut: &cut,
        first,
        dialect,
    };
    layout.columns(text, &sample, &options, findings);
    layout.n_lines_above = count_lines(&text.as_bytes()[..layout.start]);
    if dialect.comment.is_some() {
        let above = &text.as_bytes()[start..layout.start];
        let cut = split(above, dialect, usize::MAX);
        let comments = Places::of_lines(cut.n_comments, &cut.comments, above);
        let n_lines = count_lines(&text.as_bytes()[..start]);
        layout.comments_above.merge(comments, n_lines);
    }
    Ok(layout)
}

/// `sep=;`, which Excel writes and understands.
fn separator_line(text: &str, findings: &mut Vec<Finding>) -> (Option<char>, usize) {
    let line_end = text.find(['\n', '\r']).unwrap_or(text.len());
    let line = text[..line_end].trim_matches('"');
    let Some(rest) = line.strip_prefix("sep=") else {
        return (None, 0);
    };
    let mut characters = rest.chars();
    let (Some(separator), None) = (characters.next(), characters.next()) else {
        return (None, 0);
    };
    findings.push(Finding::of_file(format!(
        "The first line says that fields stand between {separator:?}"
    )));
    (Some(separator), after_lines(text, 1))
}

/// Where the line behind so many lines begins.
fn after_lines(text: &str, n_lines: u32) -> usize {
    let bytes = text.as_bytes();
    let mut position = 0;
    for _ in 0..n_lines {
        let Some(end) = memchr::memchr2(b'\n', b'\r', &bytes[position..]) else {
            return bytes.len();
        };
        position += end + 1;
        if bytes[position - 1] == b'\r' && bytes.get(position) == Some(&b'\n') {
            position += 1;
        }
    }
    position
}

/// The first record of the table: the first that is cut as the others are, below titles that fill one field or none of
/// several, and below a title that has other fields than all records under it, the first of which names columns.
fn first_record(text: &str, cut: &Split, dialect: Dialect) -> usize {
    let counts: Vec<usize> = cut.counts().collect();
    let n_columns = sniff::n_columns(text.as_bytes(), cut);
    let first = counts.iter().position(|n| *n == n_columns).unwrap_or(0);
    let n_filled = |row: usize| {
        let is_filled = |field: &&Field| !text[field.start()..field.end()].trim().is_empty();
        cut.row(row).iter().filter(is_filled).count()
    };
    if n_columns >= 3 && first < counts.len() {
        let is_title = |row: &usize| {
            n_filled(*row) == 0 || (n_filled(*row) == 1 && !cut.row(*row)[0].is_empty())
        };
        let n_titles = (first..counts.len()).take_while(is_title).count();
        let below = first + n_titles;
        // A table whose first column alone is filled has no titles.
        if n_titles > 0 && below + 1 < counts.len() && n_filled(below) * 2 > counts[below] {
            return below;
        }
    }
    let others = counts.get(1).copied().unwrap_or(0);
    let is_alone = first == 0
        && counts.len() >= 10
        && others >= 2
        && counts[0] != others
        && counts[1..].iter().all(|n| *n == others);
    let sample = Sample {
        text,
        cut,
        first: 1,
        dialect,
    };
    if is_alone && sample.names_columns() {
        1
    } else {
        first
    }
}

fn above(lines: &str) -> Finding {
    let first = lines.trim().lines().next().unwrap_or_default();
    let n = lines.trim_end().lines().count() as u64;
    Finding::of_file(format!(
        "{} above the header {} left out, beginning with {:?}",
        counted(n, "line", "lines"),
        if n == 1 { "was" } else { "were" },
        super::evidence::shorten(first)
    ))
}

/// What is said of a header with text behind a closing quote.
fn odd_names(header: &Split, fields: &[String]) -> Option<Finding> {
    let odd = header
        .fields
        .iter()
        .zip(fields)
        .find(|(field, _)| field.is_raw());
    let (_, name) = odd.filter(|_| header.n_stray > 0)?;
    Some(Finding::of_file(format!(
        "{} in the header {} text behind the closing quote; quotes and text were joined, as in {name:?}",
        counted(header.n_stray as u64, "quoted name", "quoted names"),
        if header.n_stray == 1 { "has" } else { "have" },
    )))
}

/// What was looked at.
struct Sample<'a> {
    text: &'a str,
    cut: &'a Split,
    /// The first record of the table.
    first: usize,
    dialect: Dialect,
}

impl Layout {
    /// Columns by the header, or the first row; `text` begins with the stream.
    fn columns(
        &mut self,
        text: &str,
        sample: &Sample<'_>,
        options: &ReadOptions,
        findings: &mut Vec<Finding>,
    ) {
        let (cut, first) = (sample.cut, sample.first);
        let fields = sample.fields(first);
        let has_header = match options.header {
            Some(header) => header == Header::Present,
            None => {
                let is_header = sample.begins_with_header(&fields);
                if !is_header {
                    findings.push(Finding::of_file(
                        "The first line holds values and no names; the columns are called column_1, column_2 …",
                    ));
                }
                is_header
            }
        };
        let rows_from = first + usize::from(has_header);
        let counts: Vec<usize> = cut.counts().skip(rows_from).collect();
        let n_named = fields.len();
        let mut n_columns = n_named;
        if options.ragged == Some(Ragged::Pad) {
            n_columns = counts.iter().copied().fold(n_named, usize::max);
        }
        let ends_empty = |row: usize| {
            let last = cut.row(row).last();
            last.is_some_and(|field| is_blank(sample.text, *field, self.dialect))
        };
        self.has_trailing = n_named > 1
            && !counts.is_empty()
            && (rows_from..cut.n_rows()).all(|r| cut.row(r).len() == n_named + 1 && ends_empty(r));
        if self.has_trailing {
            n_columns = n_named;
            findings.push(Finding::of_file(
                "Every row ends with a delimiter; the empty field behind it was left out",
            ));
        }
        if has_header {
            let header = split(&text.as_bytes()[self.start..], self.dialect, 1);
            findings.extend(odd_names(&header, &fields));
            self.start += header.end;
            let mut names = fields.clone();
            if let Some(joined) = sample.joined_names() {
                self.start += split(&text.as_bytes()[self.start..], self.dialect, 1).end;
                findings.push(Finding::of_file(format!(
                    "The header has two lines; their names were joined, as in {:?}",
                    joined.last().map_or("", String::as_str)
                )));
                names = joined;
            }
            names.resize(n_columns, String::new());
            self.names = header::names(&names, findings);
            self.header = Some(fields);
        } else {
            self.names = (1..=n_columns).map(|n| format!("column_{n}")).collect();
        }
    }
}

/// The text of a field.
pub(super) fn field_text(text: &str, field: Field, dialect: Dialect) -> std::borrow::Cow<'_, str> {
    let inside = &text[field.start()..field.end()];
    if field.is_raw() {
        unquoted(inside, dialect).into()
    } else {
        inside.into()
    }
}

/// Whether a field holds nothing but blanks, in quotes or without.
pub(super) fn is_blank(text: &str, field: Field, dialect: Dialect) -> bool {
    field.is_empty() || field_text(text, field, dialect).trim().is_empty()
}

impl Sample<'_> {
    fn fields(&self, row: usize) -> Vec<String> {
        let text = |field: &Field| field_text(self.text, *field, self.dialect).into_owned();
        self.cut.row(row).iter().map(text).collect()
    }

    /// Whether the first record is words above numbers.
    fn names_columns(&self) -> bool {
        let fields = self.fields(self.first);
        let below = self.fields(self.first + 1);
        let is_typed =
            |text: &String| value::number(text.trim()).is_some() || dates::is_dated(text.trim());
        !fields.iter().any(is_typed) && below.iter().any(is_typed)
    }

    /// The names where the header has two lines: words over most columns, each of which has numbers or days below. A
    /// name over several columns stands over the first of them only.
    fn joined_names(&self) -> Option<Vec<String>> {
        if self.first + 4 > self.cut.n_rows() {
            return None;
        }
        let (upper, lower) = (self.fields(self.first), self.fields(self.first + 1));
        let n_columns = upper.len();
        if lower.len() != n_columns || n_columns < 2 || upper == lower {
            return None;
        }
        let is_typed = |text: &str| value::number(text).is_some() || dates::is_dated(text);
        // Numbers in any style begin with a digit, a sign or a currency, and no word of a header does.
        let is_word = |text: &str| {
            let begins = text.starts_with(|c: char| c.is_alphabetic() || "([{%°µ#".contains(c));
            begins && !value::is_null(text) && !is_typed(text)
        };
        let is_cut_short = upper[1..].iter().any(|name| name.trim().is_empty());
        let mut n_typed = 0;
        for (column, name) in lower.iter().enumerate() {
            let (n, n_fitting) = self.typed_below(self.first + 2, column);
            if n > 0 && n_fitting * 10 >= n * 9 {
                n_typed += 1;
                if !is_word(name.trim()) {
                    return None;
                }
            } else if !is_cut_short {
                return None;
            }
        }
        if n_typed * 2 < n_columns || upper.iter().any(|name| is_typed(name.trim())) {
            return None;
        }
        let mut above = "";
        let names = upper.iter().zip(&lower).map(|(upper, lower)| {
            if !upper.trim().is_empty() {
                above = upper.trim();
            }
            format!("{above} {}", lower.trim()).trim().to_owned()
        });
        Some(names.collect())
    }

    /// Values of a column from a record on, and how many of them are numbers or days.
    fn typed_below(&self, from: usize, column: usize) -> (usize, usize) {
        let (mut n_values, mut n_typed) = (0, 0);
        for row in from..self.cut.n_rows() {
            let Some(field) = self.cut.row(row).get(column) else {
                continue;
            };
            let cell = field_text(self.text, *field, self.dialect);
            let cell = cell.trim();
            if !value::is_null(cell) {
                n_values += 1;
                n_typed += usize::from(value::number(cell).is_some() || dates::is_dated(cell));
            }
        }
        (n_values, n_typed)
    }

    /// Whether the first record names the columns: not if it has numbers or days where the rows below have some too.
    /// Whole numbers in equal steps (years, say) may be names, and so may numbers in quotes above numbers without.
    fn begins_with_header(&self, fields: &[String]) -> bool {
        let is_typed = |text: &str| value::number(text).is_some() || dates::is_dated(text);
        let names: Vec<&str> = fields.iter().map(|f| f.trim()).collect();
        let typed: Vec<usize> = (0..names.len()).filter(|c| is_typed(names[*c])).collect();
        if typed.is_empty() || are_steps(&typed.iter().map(|c| names[*c]).collect::<Vec<_>>()) {
            return true;
        }
        let below = self.first + 1..self.cut.n_rows();
        if below.is_empty() {
            return typed.len() < names.len();
        }
        let column_is_typed = |column: usize| {
            let (n_values, n_typed) = self.typed_below(below.start, column);
            n_values > 0 && n_typed * 10 >= n_values * 9
        };
        // A word above numbers is a name, and then the others are names too.
        let names_one = (0..names.len()).any(|c| {
            !names[c].is_empty()
                && !value::is_null(names[c])
                && !is_typed(names[c])
                && column_is_typed(c)
        });
        names_one || self.quotes_only_names(&typed) || !typed.iter().any(|c| column_is_typed(*c))
    }

    /// Whether the first record has quotes around its fields in these columns, and no record below has: an export that
    /// quotes texts wrote the numbers of the first record as texts.
    fn quotes_only_names(&self, columns: &[usize]) -> bool {
        let is_quoted = |row: usize, column: usize| {
            let field = self.cut.row(row).get(column);
            field.is_some_and(|field| {
                let before = field.start().checked_sub(1);
                before.is_some_and(|at| Some(self.text.as_bytes()[at]) == self.dialect.quote)
            })
        };
        let mut below = self.first + 1..self.cut.n_rows();
        columns.iter().all(|c| is_quoted(self.first, *c))
            && !below.any(|row| columns.iter().any(|c| is_quoted(row, *c)))
    }
}

/// Three or more whole numbers, each as much larger than the one before.
fn are_steps(names: &[&str]) -> bool {
    let numbers: Option<Vec<i64>> = names.iter().map(|n| value::integer(n)).collect();
    let Some(numbers) = numbers.filter(|n| n.len() >= 3) else {
        return false;
    };
    let step = numbers[1].saturating_sub(numbers[0]);
    step > 0
        && numbers
            .windows(2)
            .all(|w| w[1].saturating_sub(w[0]) == step)
}

/// Line ends in a text; a carriage return and a line feed together are one.
pub(super) fn count_lines(text: &[u8]) -> u64 {
    let n_feeds = memchr::memchr_iter(b'\n', text).count();
    let alone = |position: &usize| text.get(position + 1) != Some(&b'\n');
    let n_returns = memchr::memchr_iter(b'\r', text).filter(alone).count();
    (n_feeds + n_returns) as u64
}
