//! Sheets of a workbook (xlsx, xlsm, xlsb, xls, ods), read whole: a sheet has at most about a million rows. Where the table
//! begins, what its header is, and what was left out is said in findings. Types are left to `cells`.

use super::cells::{self, Cell, Policy, Seen};
use super::input::Input;
use super::notes::{ChunkRows, guarded, table};
use super::{Finding, ReadError, ReadOutcome, WholeTable, header};
use crate::domain::reading::{Header, ReadOptions};
use calamine::{
    CellErrorType, Data, DataRef, Range, Reader, Sheets, XlsxError, open_workbook_auto_from_rs,
};
use std::io::{Cursor, Read};
use std::sync::Arc;

/// What messages call such a file.
const WHAT: &str = "workbook";
/// Rows at the top among which the header is looked for.
const N_TOP: usize = 30;
/// More cells are refused; a damaged file can claim any number.
const MOST_CELLS: u64 = 60_000_000;

/// A larger file is refused.
const MOST_BYTES: u64 = 2 << 30;

/// The content of a workbook, shared because each format is tried on it.
type Bytes = Cursor<Arc<[u8]>>;

/// Whether the content of a ZIP archive or of an OLE file may be a workbook: calamine knows more, this keeps others away.
pub(super) fn is_workbook(bytes: &[u8], file: &str) -> bool {
    const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    let names: [&[u8]; 5] = [
        b"xl/",
        b"docProps/",
        b"[Content_Types].xml",
        b"mimetypeapplication/vnd.oasis",
        b"_rels/.rels",
    ];
    let is_named = std::path::Path::new(file)
        .extension()
        .and_then(|e| e.to_str())
        .is_some_and(|e| EXTENSIONS.contains(&e.to_ascii_lowercase().as_str()));
    let is_zip = bytes.starts_with(b"PK\x03\x04");
    let holds = |name: &[u8]| memchr::memmem::find(bytes, name).is_some();
    bytes.starts_with(OLE) || (is_zip && (is_named || names.iter().any(|name| holds(name))))
}

/// Their extensions.
pub(super) const EXTENSIONS: [&str; 5] = ["xlsx", "xlsm", "xlsb", "xls", "ods"];

/// Reads a sheet: the one of `options.table`, or the first with data.
pub(super) fn open(
    file: &str,
    input: &Input,
    options: &ReadOptions,
) -> Result<WholeTable, ReadError> {
    let read = guarded(file, WHAT, || read(file, input, options))?;
    Ok(WholeTable::new(read, input.n_bytes()))
}

fn damaged(file: &str, error: &calamine::Error) -> ReadError {
    let reason = error.to_string();
    let reason = match reason.to_lowercase().contains("password") {
        true => "it is protected by a password: save it without one".to_owned(),
        false => reason,
    };
    ReadError::Damaged {
        file: file.to_owned(),
        what: WHAT,
        reason,
    }
}

fn read(file: &str, input: &Input, options: &ReadOptions) -> Result<ReadOutcome, ReadError> {
    let failed = |error: calamine::Error| damaged(file, &error);
    if input.n_bytes() > MOST_BYTES {
        return Err(ReadError::TooLarge {
            file: file.to_owned(),
            what: "a workbook, which is read whole,".to_owned(),
        });
    }
    let mut bytes = Vec::new();
    input
        .open(file)?
        .read_to_end(&mut bytes)
        .map_err(|error| ReadError::of_io(file, &error))?;
    let content: Bytes = Cursor::new(bytes.into());
    let mut workbook = open_workbook_auto_from_rs(content).map_err(failed)?;
    let names = workbook.sheet_names();
    let mut findings = Vec::new();
    let (name, range) = sheet(file, &mut workbook, &names, options, &mut findings)?;
    let merged = match &mut workbook {
        Sheets::Xlsx(xlsx) => xlsx
            .merge_cells_by_sheet_name(&name)
            .map(|m| m.len())
            .unwrap_or_default(),
        _ => 0,
    };
    drop(workbook);
    if merged > 0 {
        findings.push(Finding::of_file(format!(
            "The sheet has {merged} merged ranges of cells: only the first cell of each has the value, the others are missing"
        )));
    }
    let layout = layout(&range, options, &mut findings);
    let outcome = outcome(file, &range, &layout, options, findings)?;
    Ok(ReadOutcome {
        understood: ReadOptions {
            table: Some(name),
            header: Some(match layout.header {
                Some(_) => Header::Present,
                None => Header::Absent,
            }),
            skip_lines: u32::try_from(layout.first_row).ok(),
            null_tokens: options.null_tokens.clone(),
            ..ReadOptions::default()
        },
        ..outcome
    })
}

/// The sheet to read, and its cells from the first used one on.
fn sheet(
    file: &str,
    workbook: &mut Sheets<Bytes>,
    names: &[String],
    options: &ReadOptions,
    findings: &mut Vec<Finding>,
) -> Result<(String, Range<Data>), ReadError> {
    if let Some(wanted) = &options.table {
        let exact = names.iter().find(|n| *n == wanted);
        let Some(name) = exact.or_else(|| names.iter().find(|n| n.eq_ignore_ascii_case(wanted)))
        else {
            return Err(ReadError::ChooseTable {
                file: file.to_owned(),
                what: "sheets",
                reason: format!("none of them is called {wanted:?}"),
                names: names.to_vec(),
            });
        };
        let range = cells_of(file, workbook, name)?;
        return Ok((name.clone(), range));
    }
    let mut with_data = Vec::new();
    let mut first_error = None;
    let mut taken = None;
    for name in names {
        match cells_of(file, workbook, name) {
            Ok(range) if range.is_empty() || range.used_cells().next().is_none() => {}
            Ok(range) => {
                with_data.push(name.clone());
                if taken.is_none() {
                    taken = Some((name.clone(), range));
                }
            }
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    let Some((name, range)) = taken else {
        return Err(match first_error {
            Some(error) => error,
            None => ReadError::Empty {
                file: file.to_owned(),
            },
        });
    };
    if with_data.len() > 1 {
        findings.push(Finding::of_file(format!(
            "The sheet {name:?} was read; {} others have data too: {}",
            with_data.len() - 1,
            with_data[1..].join(", ")
        )));
    }
    Ok((name, range))
}

/// The cells of a sheet. A library would make room for all cells between the first and the last one: where a stray value
/// stands at the far end of the sheet, that would be more than any memory has.
fn cells_of(
    file: &str,
    workbook: &mut Sheets<Bytes>,
    name: &str,
) -> Result<Range<Data>, ReadError> {
    let failed = |error: XlsxError| damaged(file, &calamine::Error::Xlsx(error));
    let xlsx = match workbook {
        Sheets::Xlsx(xlsx) => xlsx,
        other => {
            return other
                .worksheet_range(name)
                .map_err(|error| damaged(file, &error));
        }
    };
    let mut reader = match xlsx.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Range::empty()),
        Err(error) => return Err(failed(error)),
    };
    let mut cells = Vec::new();
    let (mut first, mut last) = ((u32::MAX, u32::MAX), (0, 0));
    while let Some(cell) = reader.next_cell().map_err(failed)? {
        if matches!(cell.get_value(), DataRef::Empty) {
            continue;
        }
        let (row, column) = cell.get_position();
        first = (first.0.min(row), first.1.min(column));
        last = (last.0.max(row), last.1.max(column));
        cells.push(calamine::Cell::new(
            (row, column),
            Data::from(cell.get_value().clone()),
        ));
    }
    if !cells.is_empty() {
        let n_rows = u64::from(last.0 - first.0) + 1;
        let n_columns = u64::from(last.1 - first.1) + 1;
        if n_rows.saturating_mul(n_columns) > MOST_CELLS {
            return Err(ReadError::TooLarge {
                file: file.to_owned(),
                what: format!("the sheet {name:?} ({n_rows} rows by {n_columns} columns)"),
            });
        }
    }
    Ok(Range::from_sparse(cells))
}

/// Where in the used range the table is. Rows and columns are counted in the range.
struct Layout {
    /// The first row of the table, with its header if it has one.
    first_row: usize,
    header: Option<usize>,
    /// The columns that hold anything.
    columns: Vec<usize>,
}

fn is_filled(cell: Option<&Data>) -> bool {
    match cell {
        None | Some(Data::Empty) => false,
        Some(Data::String(text)) => !text.trim().is_empty(),
        Some(_) => true,
    }
}

fn layout(range: &Range<Data>, options: &ReadOptions, findings: &mut Vec<Finding>) -> Layout {
    let (height, width) = range.get_size();
    let filled: Vec<usize> = range
        .rows()
        .map(|row| row.iter().filter(|c| is_filled(Some(c))).count())
        .collect();
    let first_row = match options.skip_lines {
        Some(n) => (n as usize).min(height),
        None => first_row(&filled),
    };
    if options.skip_lines.is_none() {
        let titles: Vec<String> = (0..first_row)
            .filter(|row| filled[*row] > 0)
            .filter_map(|row| range.rows().nth(row)?.iter().find(|c| is_filled(Some(c))))
            .map(|cell| format!("{:?}", super::notes::shortened(&cell.to_string())))
            .collect();
        if !titles.is_empty() {
            findings.push(Finding::of_file(format!(
                "{} rows above the table were left out: {}",
                titles.len(),
                titles.join(", ")
            )));
        }
    }
    let (top, left) = range.start().unwrap_or_default();
    if top > 0 || left > 0 {
        findings.push(Finding::of_file(format!(
            "The table begins below {top} empty rows and right of {left} empty columns"
        )));
    }
    let mut columns: Vec<usize> = (0..width)
        .filter(|column| (first_row..height).any(|row| is_filled(range.get((row, *column)))))
        .collect();
    if columns.is_empty() {
        columns = (0..width).collect();
    }
    if columns.len() < width {
        findings.push(Finding::of_file(format!(
            "{} empty columns were left out",
            width - columns.len()
        )));
    }
    let header = header_row(range, first_row, &columns, options, findings);
    Layout {
        first_row,
        header,
        columns,
    }
}

/// The first row that is about as wide as the table; narrower ones above it are titles.
fn first_row(filled: &[usize]) -> usize {
    let mut widths: Vec<usize> = filled.iter().copied().filter(|n| *n > 0).collect();
    widths.sort_unstable();
    let usual = widths.get(widths.len() / 2).copied().unwrap_or(1);
    let needed = match usual {
        0..=2 => usual,
        n => n.div_ceil(2).max(2),
    };
    let top = filled.iter().take(N_TOP).position(|n| *n >= needed);
    top.unwrap_or(0)
}

fn header_row(
    range: &Range<Data>,
    first_row: usize,
    columns: &[usize],
    options: &ReadOptions,
    findings: &mut Vec<Finding>,
) -> Option<usize> {
    match options.header {
        Some(Header::Present) => return Some(first_row),
        Some(Header::Absent) => return None,
        None => {}
    }
    let has_text = |row: usize| {
        let mut cells = columns.iter().filter_map(|c| range.get((row, *c)));
        cells.any(|c| matches!(c, Data::String(text) if !text.trim().is_empty()))
    };
    if has_text(first_row) {
        return Some(first_row);
    }
    findings.push(Finding::of_file(
        "The first row has no text, so it was taken as data and the columns are numbered",
    ));
    None
}

fn outcome(
    file: &str,
    range: &Range<Data>,
    layout: &Layout,
    options: &ReadOptions,
    mut findings: Vec<Finding>,
) -> Result<ReadOutcome, ReadError> {
    let raw: Vec<String> = layout
        .columns
        .iter()
        .map(|column| match layout.header {
            Some(row) => range
                .get((row, *column))
                .map(header_text)
                .unwrap_or_default(),
            None => format!("column_{}", column + 1),
        })
        .collect();
    let names = header::names(&raw, &mut findings);
    let first = layout.header.map_or(layout.first_row, |row| row + 1);
    let rows: Vec<&[Data]> = range
        .rows()
        .skip(first)
        .filter(|row| layout.columns.iter().any(|c| is_filled(row.get(*c))))
        .collect();
    if rows.is_empty() {
        return Err(ReadError::NoRows {
            file: file.to_owned(),
            n_columns: names.len(),
        });
    }
    let n_blank = range.height().saturating_sub(first) - rows.len();
    if n_blank > 0 {
        findings.push(Finding::of_file(format!(
            "{n_blank} empty rows were left out"
        )));
    }
    let policy = Policy {
        null_tokens: Some(options.null_tokens.clone().unwrap_or_else(|| {
            super::value::NULL_TOKENS
                .iter()
                .map(|t| (*t).to_owned())
                .collect()
        })),
        reads_numbers_in_texts: true,
        bits_are_booleans: false,
    };
    let mut chunk = ChunkRows::default();
    chunk.set(0, rows.len());
    let mut columns = Vec::with_capacity(names.len());
    for (name, column) in names.into_iter().zip(&layout.columns) {
        let cells: Vec<Cell<'_>> = rows.iter().map(|row| cell(row.get(*column))).collect();
        let mut seen = Seen::default();
        for (row, cell) in cells.iter().enumerate() {
            seen.note(cell, (0, row), &policy);
        }
        let array = cells::array(&cells, seen.kind(&policy), &policy).ok_or_else(|| {
            ReadError::Damaged {
                file: file.to_owned(),
                what: WHAT,
                reason: format!("column {name:?} cannot be read as one type"),
            }
        })?;
        findings.extend(seen.findings(&name, &policy, &chunk));
        columns.push((name, array));
    }
    Ok(ReadOutcome {
        table: table(columns, rows.len()),
        findings,
        understood: ReadOptions::default(),
    })
}

fn header_text(cell: &Data) -> String {
    match self::cell(Some(cell)) {
        Cell::Day(days) => crate::data::table::date_text(days),
        Cell::Moment(millis) => crate::data::table::timestamp_text(millis),
        _ => cell.to_string(),
    }
}

/// A cell. Excel has no whole numbers: a real one without a fraction is taken as one.
fn cell(data: Option<&Data>) -> Cell<'_> {
    match data {
        None | Some(Data::Empty) => Cell::Missing,
        Some(Data::Int(v)) => Cell::Integer(*v),
        Some(Data::Float(v)) if v.fract() == 0.0 && v.abs() <= 9_007_199_254_740_992.0 => {
            Cell::Integer(*v as i64)
        }
        Some(Data::Float(v)) => Cell::Number(*v, None),
        Some(Data::Bool(v)) => Cell::Boolean(*v),
        Some(Data::String(text)) => Cell::Text(text.trim().into()),
        Some(Data::DateTime(v)) if v.is_duration() => Cell::Text(duration_text(v.as_f64()).into()),
        Some(Data::DateTime(v)) => match v.as_datetime() {
            Some(moment) if v.as_f64() < 1.0 && v.as_f64() >= 0.0 => {
                Cell::Text(moment.format("%H:%M:%S").to_string().into())
            }
            Some(moment) => moment_cell(moment),
            None => Cell::Number(v.as_f64(), None),
        },
        Some(Data::DateTimeIso(text) | Data::DurationIso(text)) => Cell::Text(text.trim().into()),
        Some(Data::Error(error)) => Cell::Error(match error {
            CellErrorType::Div0 => "#DIV/0!",
            CellErrorType::NA => "#N/A",
            CellErrorType::Name => "#NAME?",
            CellErrorType::Null => "#NULL!",
            CellErrorType::Num => "#NUM!",
            CellErrorType::Ref => "#REF!",
            CellErrorType::Value => "#VALUE!",
            CellErrorType::GettingData => "#DATA!",
        }),
    }
}

fn moment_cell(moment: chrono::NaiveDateTime) -> Cell<'static> {
    const MILLIS_A_DAY: i64 = 86_400_000;
    let millis = moment.and_utc().timestamp_millis();
    match (
        millis.rem_euclid(MILLIS_A_DAY),
        i32::try_from(millis.div_euclid(MILLIS_A_DAY)),
    ) {
        (0, Ok(days)) => Cell::Day(days),
        _ => Cell::Moment(millis),
    }
}

/// A length of time, in days, as hours, minutes and seconds.
fn duration_text(days: f64) -> String {
    let seconds = (days * 86_400.0).round() as i64;
    let (sign, seconds) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    format!(
        "{sign}{}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}
