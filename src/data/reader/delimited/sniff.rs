//! The dialect, decided by how consistently it cuts the first records: the delimiter, what encloses fields, what escapes
//! a quote. Every candidate cuts the same sample, and the best cut wins.

use super::dialect::{Dialect, NONE};
use super::split::{Split, split};
use crate::data::reader::{Finding, dates, value};
use crate::domain::reading::{Quote, ReadOptions};

const SAMPLE_BYTES: usize = 1 << 17;
const SAMPLE_RECORDS: usize = 500;

/// Delimiters that a file may have without further evidence.
const USUAL: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Delimiters that must cut every record into as many fields.
const UNUSUAL: [u8; 6] = [1, b'^', b'~', b':', b'#', b' '];

/// Share of the records from which on a line that is not cut as they are stands above the header.
const MOSTLY: f64 = 0.7;

/// A dialect and how well it cuts.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    dialect: Dialect,
    n_columns: usize,
    /// Share of the records with that many fields, less what is odd.
    score: f64,
    /// Share of the records with that many fields.
    consistency: f64,
    /// Share of the records that have the delimiter at all.
    presence: f64,
    /// Share of the fields below the first record that are numbers, days or empty.
    typed: f64,
    n_records: usize,
}

/// Decides the dialect from the beginning of the text, as far as the options leave it open.
pub(super) fn sniff(text: &[u8], options: &ReadOptions, findings: &mut Vec<Finding>) -> Dialect {
    let dialect = sniff_all(text, options, findings);
    match dialect.comment {
        Some(mark) if options.comment.is_none() && marks_header(sample(text), dialect, mark) => {
            Dialect {
                comment: None,
                ..dialect
            }
        }
        _ => dialect,
    }
}

/// Whether the only line that begins with the mark is the first, with as many fields as every record below: it names
/// the columns and is no comment.
fn marks_header(sample: &[u8], dialect: Dialect, mark: u8) -> bool {
    let whole = Dialect {
        comment: None,
        ..dialect
    };
    let cut = split(sample, whole, SAMPLE_RECORDS);
    let begins = |row: usize| sample.get(cut.row(row)[0].start()) == Some(&mark);
    let mut counts = cut.counts();
    let first = counts.next().unwrap_or(0);
    first >= 2
        && cut.n_rows() >= 2
        && begins(0)
        && !(1..cut.n_rows()).any(begins)
        && counts.all(|n| n == first)
}

fn sniff_all(text: &[u8], options: &ReadOptions, findings: &mut Vec<Finding>) -> Dialect {
    let sample = sample(text);
    let given = options.delimiter.and_then(|d| u8::try_from(d).ok());
    if let Some(delimiter) = given {
        return best(sample, &[delimiter], options)
            .map_or_else(|| bare(delimiter, options), |candidate| candidate.dialect);
    }
    let usual = best(sample, &USUAL, options);
    if let Some(best) = usual.filter(|c| c.n_columns >= 2) {
        let unusual = best_unusual(sample, options)
            .filter(|c| best.consistency < 0.5 && c.n_columns >= 3 && c.n_records >= 3);
        return unusual.unwrap_or(best).dialect;
    }
    if let Some(best) = best_unusual(sample, options) {
        findings.push(Finding::of_file(format!(
            "The fields were taken to stand between each {}",
            best.dialect.delimiter_title()
        )));
        return best.dialect;
    }
    if let Some(dialect) = by_quotes(sample, options) {
        findings.push(Finding::of_file(format!(
            "The fields were taken to stand between each {}, because quoted values do",
            dialect.delimiter_title()
        )));
        return dialect;
    }
    for delimiter in USUAL {
        let candidate = judge(sample, bare(delimiter, options));
        if candidate.presence >= 0.5 {
            findings.push(Finding::of_file(format!(
                "The file was read as a single column although {:.0} % of its first lines contain a {}; if that \
                 separates columns, the header line needs it too",
                candidate.presence * 100.0,
                candidate.dialect.delimiter_title()
            )));
        }
    }
    bare(NONE, options)
}

/// Quoted values that nearly every record has, none with text behind its quotes, show what stands between fields
/// although the records differ in length.
fn by_quotes(sample: &[u8], options: &ReadOptions) -> Option<Dialect> {
    let shows = |dialect: &Dialect| {
        let cut = split(sample, *dialect, SAMPLE_RECORDS);
        let n = cut.n_rows();
        let n_cut = cut.counts().filter(|fields| *fields >= 3).count();
        n >= 5 && n_cut * 10 >= n * 9 && cut.n_quoted >= n && cut.n_stray * 20 <= cut.n_quoted
    };
    let candidates = UNUSUAL.iter().chain(&USUAL);
    candidates
        .map(|delimiter| bare(*delimiter, options))
        .find(shows)
}

/// A delimiter with what is settled, and double quotes where nothing is.
fn bare(delimiter: u8, options: &ReadOptions) -> Dialect {
    let byte = |character: Option<char>| character.and_then(|c| u8::try_from(c).ok());
    Dialect {
        quote: match options.quote {
            None | Some(Quote::Double) => Some(b'"'),
            Some(Quote::Single) => Some(b'\''),
            Some(Quote::None) => None,
        },
        escape: byte(options.escape),
        comment: byte(options.comment),
        ..Dialect::of(delimiter)
    }
}

/// The best of the unusual delimiters for which there is strong evidence.
fn best_unusual(sample: &[u8], options: &ReadOptions) -> Option<Candidate> {
    let convinces = |c: &Candidate| {
        let is_whole = c.consistency >= 1.0 && c.score >= 0.9 && c.n_records >= 2;
        // Words and times of day have these marks too.
        let is_common = matches!(c.dialect.delimiter, b' ' | b':' | b'#');
        let is_table = c.typed >= 0.3 && c.n_columns >= 2 && c.n_records >= 3;
        is_whole && c.n_columns >= 2 && (!is_common || is_table)
    };
    UNUSUAL
        .iter()
        .filter_map(|delimiter| best(sample, &[*delimiter], options))
        .filter(convinces)
        .reduce(|best, c| {
            if c.n_columns > best.n_columns {
                c
            } else {
                best
            }
        })
}

/// The best of all ways to write with one of these delimiters. Of equals the first.
fn best(sample: &[u8], delimiters: &[u8], options: &ReadOptions) -> Option<Candidate> {
    let has_escapes = memchr::memmem::find(sample, b"\\\"").is_some()
        || memchr::memmem::find(sample, b"\\'").is_some();
    let begins = |line: &[u8]| line.first() == Some(&b'#');
    let has_comments = sample.split(|b| *b == b'\n' || *b == b'\r').any(begins);
    let has_single = options.quote.is_none() && memchr::memchr(b'\'', sample).is_some();
    let mut best: Option<Candidate> = None;
    for delimiter in delimiters {
        let mut dialects = vec![bare(*delimiter, options)];
        if has_single {
            dialects.push(Dialect {
                quote: Some(b'\''),
                ..dialects[0]
            });
        }
        if has_escapes && options.escape.is_none() {
            let escaped = dialects.iter().map(|dialect| Dialect {
                escape: Some(b'\\'),
                ..*dialect
            });
            dialects.extend(escaped.collect::<Vec<_>>());
        }
        if has_comments && options.comment.is_none() {
            let commented = dialects.iter().map(|dialect| Dialect {
                comment: Some(b'#'),
                ..*dialect
            });
            dialects.extend(commented.collect::<Vec<_>>());
        }
        if *delimiter == b' ' {
            let collapsing = dialects.iter().map(|dialect| Dialect {
                collapses: true,
                ..*dialect
            });
            dialects = collapsing.chain(dialects.clone()).collect();
        }
        for dialect in dialects {
            let candidate = judge(sample, dialect);
            let is_better = best.is_none_or(|best| {
                (
                    candidate.n_columns >= 2,
                    candidate.score,
                    candidate.n_columns,
                ) > (best.n_columns >= 2, best.score + 1e-9, best.n_columns)
            });
            if is_better {
                best = Some(candidate);
            }
        }
    }
    best
}

/// The beginning of the text up to a line end.
fn sample(text: &[u8]) -> &[u8] {
    if text.len() <= SAMPLE_BYTES {
        return text;
    }
    let head = &text[..SAMPLE_BYTES];
    memchr::memrchr2(b'\n', b'\r', head).map_or(head, |end| &head[..=end])
}

/// The header says how many columns a delimiter makes, except where most records agree on another number and the
/// first ones have fewer fields: then these lines stand above the header.
pub(super) fn n_columns(text: &[u8], cut: &Split) -> usize {
    let counts: Vec<usize> = cut.counts().collect();
    let first = counts.first().copied().unwrap_or(0);
    let (most, n_most) = most_frequent(&counts);
    let share = n_most as f64 / counts.len().max(1) as f64;
    // A line of several words above two columns is a title, one word may be the header of a single column.
    let is_sentence = || {
        let field = cut.row(0)[0];
        text[field.start()..field.end()].contains(&b' ')
    };
    let ends_even = || {
        let above = counts.iter().take_while(|n| **n < most).count();
        counts[above..].iter().all(|n| *n == most)
    };
    let is_title = first == 1
        && ((most >= 3 && share >= MOSTLY)
            || (most == 2 && n_most >= 4 && share >= MOSTLY)
            || (most >= 2 && n_most >= 2 && share >= 0.5 && ends_even() && is_sentence()));
    if is_title { most } else { first }
}

/// The most frequent count, of equals the larger.
fn most_frequent(counts: &[usize]) -> (usize, usize) {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let runs = sorted
        .chunk_by(|a, b| a == b)
        .map(|run| (run[0], run.len()));
    runs.max_by_key(|(count, n)| (*n, *count)).unwrap_or((0, 0))
}

fn judge(sample: &[u8], dialect: Dialect) -> Candidate {
    let cut = split(sample, dialect, SAMPLE_RECORDS);
    let n_records = cut.n_rows();
    let n = n_records.max(1) as f64;
    let n_columns = n_columns(sample, &cut);
    let share = |wanted: usize| cut.counts().filter(|c| *c == wanted).count() as f64 / n;
    let consistency = share(n_columns);
    let (mut n_odd, mut n_typed, mut n_fields) = (0usize, 0usize, 0usize);
    for row in 0..n_records {
        for field in cut.row(row) {
            let bytes = &sample[field.start()..field.end()];
            let is_quoted = field.start() > 0 && Some(sample[field.start() - 1]) == dialect.quote;
            n_odd += usize::from(!is_quoted && is_odd(bytes, dialect));
            if row > 0 {
                n_fields += 1;
                n_typed += usize::from(is_typed(bytes));
            }
        }
    }
    let odd = n_odd as f64 / n_fields.max(n_records).max(1) as f64;
    let mut stray = cut.n_stray as f64 / n;
    if cut.unclosed.is_some() {
        stray += 0.5;
    }
    // Single quotes and escapes must be worth it: an apostrophe is no quote.
    let unusual = match dialect.quote {
        Some(b'\'') if (cut.n_quoted as f64) < n => 0.2,
        Some(b'\'') => 0.001,
        _ => 0.0,
    } + if dialect.escape.is_some() { 0.001 } else { 0.0 }
        + if dialect.comment.is_some() {
            0.002
        } else {
            0.0
        };
    Candidate {
        dialect,
        n_columns,
        score: consistency - stray - 0.5 * odd - unusual,
        consistency,
        presence: 1.0 - share(1),
        typed: n_typed as f64 / n_fields.max(1) as f64,
        n_records,
    }
}

/// A field that another way of cutting would take apart, or with quotes left on it.
fn is_odd(field: &[u8], dialect: Dialect) -> bool {
    let is_enclosed =
        |quote: u8| field.len() >= 2 && field[0] == quote && field[field.len() - 1] == quote;
    let has_quotes = (dialect.quote != Some(b'"') && is_enclosed(b'"'))
        || (dialect.quote != Some(b'\'') && is_enclosed(b'\''));
    has_quotes
        || field
            .iter()
            .any(|b| *b == b'\t' || *b == b';' || *b == b'|')
}

fn is_typed(field: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(field) else {
        return false;
    };
    let text = text.trim();
    value::is_null(text)
        || value::number(text).is_some()
        || value::boolean(text).is_some()
        || dates::is_dated(text)
}
