//! What is known of a text: first by its beginning, then by every row that a scan has seen.

use super::block::Recipe;
use super::blocks::Blocks;
use super::column::Plan;
use super::dialect::NONE;
use super::evidence::Seen;
use super::filling::Filling;
use super::findings;
use super::layout::{self, Layout};
use super::pass::Totals;
use super::reading;
use super::row_findings;
use super::rows::{Nulls, Rows};
use super::split::{Field, split};
use super::text::{self, Coding, TextStream};
use super::{Opener, blocks};
use crate::data::reader::value::{NULL_TOKENS, NumberStyle};
use crate::data::reader::{Finding, ReadError};
use crate::data::source::ScanEnd;
use crate::domain::reading::{DateOrder, Header, Quote, Ragged, ReadOptions};
use crate::domain::schema::ColumnType;
use encoding_rs::Encoding;

/// Bytes by which the dialect and the first types are decided.
const SAMPLE_BYTES: usize = 1 << 20;

/// Bytes that are not UTF-8, seen further down.
pub(super) struct NotUtf8 {
    /// Their line, counted from 1.
    pub(super) line: u64,
    /// The first.
    pub(super) byte: u8,
    /// What stands around them.
    pub(super) text: Vec<u8>,
}

/// What is known.
#[derive(Clone)]
pub(super) struct State {
    coding: Coding,
    layout: Layout,
    plans: Vec<Plan>,
    nulls: Nulls,
    /// What was seen of each column: in all rows, where a scan was complete, else in the first ones.
    seen: Vec<Seen>,
    is_whole: bool,
    /// Findings about the file, by its beginning, and by the last scan.
    of_beginning: Vec<Finding>,
    of_rows: Vec<Finding>,
}

impl State {
    /// By the beginning of the text; `bad` where a scan has shown that it is not UTF-8.
    pub(super) fn of_beginning(
        file: &str,
        opener: &Opener,
        options: &ReadOptions,
        bad: Option<NotUtf8>,
    ) -> Result<Self, ReadError> {
        check(options)?;
        let mut findings = Vec::new();
        let coding = coding(file, opener, options, bad, &mut findings)?;
        let mut stream = TextStream::open(file, opener, coding)?;
        let mut bytes = Vec::new();
        stream.fill(&mut bytes, SAMPLE_BYTES)?;
        while bytes.len() < SAMPLE_BYTES && !stream.is_at_end {
            stream.fill(&mut bytes, SAMPLE_BYTES)?;
        }
        let sample = beginning(file, &bytes, stream.is_at_end)?;
        let layout = layout::find(file, sample, options, &mut findings)?;
        let nulls = Nulls::of(
            options
                .null_tokens
                .clone()
                .unwrap_or_else(|| NULL_TOKENS.iter().map(|t| (*t).to_owned()).collect()),
        );
        let plans = layout
            .names
            .iter()
            .map(|name| plan(name, options, layout.dialect.delimiter))
            .collect();
        let mut state = Self {
            coding,
            layout,
            plans,
            nulls,
            seen: Vec::new(),
            is_whole: false,
            of_beginning: findings,
            of_rows: Vec::new(),
        };
        state.infer(sample, stream.is_at_end);
        Ok(state)
    }

    /// Types by the rows of the sample that are as long as they should be.
    fn infer(&mut self, sample: &str, is_all: bool) {
        let text = &sample[self.layout.start.min(sample.len())..];
        let cut = split(text.as_bytes(), self.layout.dialect, usize::MAX);
        let n_columns = self.plans.len();
        let n_rows = cut.n_rows() - usize::from(!is_all && cut.n_rows() > 1);
        let mut fields: Vec<Field> = Vec::with_capacity(cut.fields.len());
        for row in (0..n_rows).map(|row| cut.row(row)) {
            let is_trailing = self.layout.has_trailing && row.len() == n_columns + 1;
            if row.len() == n_columns || is_trailing {
                fields.extend(&row[..n_columns]);
            }
        }
        let rows = Rows {
            text,
            fields: &fields,
            n_columns,
            dialect: self.layout.dialect,
            nulls: &self.nulls,
        };
        let seen = self.plans.iter_mut().enumerate().map(|(column, plan)| {
            plan.infer(&rows, column);
            Filling::of(plan, column, rows.n_rows()).of_all(&rows).1
        });
        self.seen = seen.collect();
    }

    pub(super) fn n_columns(&self) -> usize {
        self.plans.len()
    }

    pub(super) fn columns(&self) -> Vec<(String, ColumnType)> {
        let plans = self.plans.iter();
        plans
            .map(|plan| (plan.name.clone(), plan.reading().column_type()))
            .collect()
    }

    pub(super) fn recipe(&self, wanted: Vec<usize>, options: &ReadOptions) -> Recipe<'_> {
        Recipe {
            layout: &self.layout,
            plans: &self.plans,
            wanted,
            nulls: &self.nulls,
            ragged: options.ragged.unwrap_or(Ragged::Refuse),
        }
    }

    pub(super) fn blocks(&self, file: &str, opener: &Opener) -> Result<Blocks, ReadError> {
        let text = TextStream::open(file, opener, self.coding)?;
        blocks::Blocks::behind(text, self.layout.dialect, self.layout.start)
    }

    /// What is known after a scan of these columns, and whether it is what was taken for granted.
    pub(super) fn after(
        &self,
        file: &str,
        options: &ReadOptions,
        wanted: &[usize],
        totals: Totals,
    ) -> Result<(Self, ScanEnd), ReadError> {
        let n_stated = self
            .layout
            .header
            .as_ref()
            .map_or(self.plans.len(), Vec::len);
        let is_ragged = totals.n_short + totals.n_long > 0;
        if is_ragged && options.ragged != Some(Ragged::Pad) {
            return Err(totals.ragged_error(file, n_stated));
        }
        if totals.n_rows == 0 {
            return Err(ReadError::NoRows {
                file: file.to_owned(),
                n_columns: self.plans.len(),
            });
        }
        let mut next = self.clone();
        let mut has_changed = false;
        for n in self.plans.len()..totals.max_fields {
            next.add_column(n, options);
            has_changed = true;
        }
        next.of_rows = row_findings::of_rows(&self.layout, &totals, n_stated);
        for (column, seen) in wanted.iter().zip(totals.columns) {
            has_changed |= next.plans[*column].settle(&seen);
            next.seen[*column] = seen;
        }
        next.is_whole = !has_changed;
        let end = match has_changed {
            true => ScanEnd::TypesChanged,
            false => ScanEnd::Complete,
        };
        Ok((next, end))
    }

    /// One more column for fields beyond the header.
    fn add_column(&mut self, n: usize, options: &ReadOptions) {
        let mut name = format!("column_{}", n + 1);
        while self.layout.names.contains(&name) {
            name.push('_');
        }
        let plan = plan(&name, options, self.layout.dialect.delimiter);
        self.plans.push(plan);
        self.layout.names.push(name);
        self.seen.push(Seen::default());
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut all = self.of_beginning.clone();
        all.extend(self.of_rows.iter().cloned());
        for (plan, seen) in self.plans.iter().zip(&self.seen) {
            all.extend(findings::of_column(plan, seen, &self.nulls, self.is_whole));
        }
        all
    }

    /// What was taken, guessed or given.
    pub(super) fn understood(&self, given: &ReadOptions) -> ReadOptions {
        let dialect = self.layout.dialect;
        let one = |wanted: fn(NumberStyle) -> Option<char>| {
            let styles = self.plans.iter().filter_map(|p| p.reading().number_style());
            let mut marks: Vec<char> = styles.filter_map(wanted).collect();
            marks.dedup();
            (marks.len() == 1).then(|| marks[0])
        };
        let decimal = one(|style| match style {
            NumberStyle::DecimalComma => Some(','),
            _ => None,
        });
        let mut orders: Vec<DateOrder> = self
            .plans
            .iter()
            .filter_map(|p| p.reading().date_style())
            .filter(|style| style.twin().is_some())
            .map(|style| style.order())
            .collect();
        orders.dedup();
        ReadOptions {
            encoding: Some(self.coding.encoding.name().to_ascii_lowercase()),
            delimiter: match dialect.delimiter {
                NONE => given.delimiter,
                byte => Some(char::from(byte)),
            },
            quote: Some(match dialect.quote {
                None => Quote::None,
                Some(b'\'') => Quote::Single,
                Some(_) => Quote::Double,
            }),
            escape: dialect.escape.map(char::from),
            comment: dialect.comment.map(char::from),
            skip_lines: Some(self.layout.n_skipped),
            header: Some(match self.layout.header {
                Some(_) => Header::Present,
                None => Header::Absent,
            }),
            null_tokens: Some(self.nulls.tokens().to_vec()),
            decimal: given.decimal.or(decimal),
            thousands: given.thousands,
            date_order: given
                .date_order
                .or_else(|| (orders.len() == 1).then(|| orders[0])),
            ragged: Some(given.ragged.unwrap_or(Ragged::Refuse)),
            table: given.table.clone(),
            types: given.types.clone(),
        }
    }
}

fn plan(name: &str, options: &ReadOptions, delimiter: u8) -> Plan {
    let stated = options.types.get(name).copied();
    let order = reading::in_order(stated, options, delimiter);
    Plan::new(name.to_owned(), order, stated.is_some(), delimiter)
}

/// Options that cannot be followed.
fn check(options: &ReadOptions) -> Result<(), ReadError> {
    let characters = [
        ("delimiter", options.delimiter),
        ("escape", options.escape),
        ("comment", options.comment),
    ];
    for (option, character) in characters {
        if let Some(character) =
            character.filter(|c| !c.is_ascii() || matches!(c, '\n' | '\r' | '"'))
        {
            return Err(ReadError::Option {
                option,
                value: format!("{character:?}"),
                reason: "it must be an ASCII character, no line end and no quote".to_owned(),
            });
        }
    }
    if options.decimal.is_some() && options.decimal == options.thousands {
        return Err(ReadError::Option {
            option: "thousands",
            value: format!("{:?}", options.thousands.unwrap_or_default()),
            reason: "it stands before the decimals already".to_owned(),
        });
    }
    Ok(())
}

/// The coding, given or guessed, with a finding where it is not UTF-8.
fn coding(
    file: &str,
    opener: &Opener,
    options: &ReadOptions,
    bad: Option<NotUtf8>,
    findings: &mut Vec<Finding>,
) -> Result<Coding, ReadError> {
    if let Some(label) = &options.encoding {
        let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(|| ReadError::Option {
            option: "encoding",
            value: format!("{label:?}"),
            reason: "it is no label of the WHATWG Encoding Standard, such as utf-8 or windows-1252"
                .to_owned(),
        })?;
        let is_valid = encoding == encoding_rs::UTF_8 && bad.is_none();
        return Ok(if is_valid {
            Coding::UTF_8
        } else {
            Coding::from(encoding)
        });
    }
    let coding;
    let place;
    match bad {
        Some(bad) => {
            coding = text::guess(&bad.text);
            place = Some((bad.line, bad.byte));
        }
        None => {
            let mut first = Vec::new();
            let mut stream = opener().map_err(|error| ReadError::of_io(file, &error))?;
            let n = text::read_up_to(&mut stream, &mut first, SAMPLE_BYTES)
                .map_err(|error| ReadError::of_io(file, &error))?;
            coding = text::coding_of(&first, n < SAMPLE_BYTES);
            place = std::str::from_utf8(&first).err().map(|error| {
                let position = error.valid_up_to();
                (layout::count_lines(&first[..position]) + 1, first[position])
            });
        }
    }
    if coding.is_converted {
        let name = coding.encoding.name();
        let is_wide = name.starts_with("UTF-16");
        findings.push(Finding::of_file(match place {
            Some((line, byte)) if !is_wide => format!(
                "The text is not UTF-8 (byte {byte:#04x} on line {line}); it was read as {name}",
            ),
            _ => format!("The text is {name} and was read as such"),
        }));
    }
    Ok(coding)
}

/// The beginning as text, up to a line end.
fn beginning<'a>(file: &str, bytes: &'a [u8], is_all: bool) -> Result<&'a str, ReadError> {
    let mut bytes = bytes;
    if !is_all {
        let end = memchr::memrchr2(b'\n', b'\r', bytes).map_or(bytes.len(), |end| end + 1);
        bytes = &bytes[..end];
    }
    // What is not UTF-8 behind the sniffed part is found by the scan.
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    };
    if valid.trim().is_empty() {
        return Err(ReadError::Empty {
            file: file.to_owned(),
        });
    }
    if let Some(position) = memchr::memchr(0, valid.as_bytes()) {
        return Err(ReadError::NulBytes {
            file: file.to_owned(),
            count: memchr::memchr_iter(0, valid.as_bytes()).count(),
            position,
            line: layout::count_lines(&valid.as_bytes()[..position]) + 1,
            looks_like_utf16: false,
        });
    }
    Ok(valid)
}
