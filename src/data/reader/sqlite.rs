//! A table or view of a SQLite database as a source. Any cell of SQLite may hold any type, so the type of a column is that
//! of all its values. The database is only read, and nothing is written beside it. Our own records are such a database too;
//! they are left to `store`.

use super::cells::{self, Cell, Policy, Seen};
use super::input::Input;
use super::notes::{ChunkRows, table};
use super::pump::pump;
use super::{Finding, ReadError, arrow_types};
use crate::data::source::{Chunk, ScanEnd, Source};
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Rows of a chunk.
const CHUNK_ROWS: usize = 16_384;

/// A table or view.
pub(super) struct SqliteSource {
    file: String,
    database: Database,
    n_bytes: u64,
    table: String,
    names: Vec<String>,
    policies: Vec<Policy>,
    understood: ReadOptions,
    naming: Vec<Finding>,
    state: Mutex<State>,
}

/// What is known of the columns.
#[derive(Debug, Clone)]
struct State {
    kinds: Vec<ColumnType>,
    known: Vec<Seen>,
    complete: Vec<Option<Seen>>,
    rows: ChunkRows,
}

/// The file that is opened. A database with changes in a journal beside it is read from a copy, because reading it where it
/// stands would write there.
struct Database {
    path: PathBuf,
    _keep: Input,
    _copy: Option<tempfile::TempDir>,
}

/// Values of some rows, column by column.
type Block = Vec<Vec<Value>>;

/// Opens a table of a database: the one of `options.table`, or the only one.
pub(super) fn open(
    file: &str,
    input: Input,
    options: &ReadOptions,
) -> Result<SqliteSource, ReadError> {
    let n_bytes = input.n_bytes();
    let database = Database::of(file, input)?;
    let connection = database.connect(file)?;
    let names = tables(&connection).map_err(|error| damaged(file, &error))?;
    let table = choose(file, &names, options.table.as_deref())?;
    let (raw, policies) =
        columns(&connection, &table, options).map_err(|error| damaged(file, &error))?;
    let mut naming = Vec::new();
    let columns = super::header::names(&raw, &mut naming);
    naming.retain(|finding| finding.column.is_some());
    let n_columns = columns.len();
    let source = SqliteSource {
        file: file.to_owned(),
        database,
        n_bytes,
        understood: ReadOptions {
            table: Some(table.clone()),
            null_tokens: options.null_tokens.clone(),
            ..ReadOptions::default()
        },
        table,
        names: columns,
        policies,
        naming,
        state: Mutex::new(State {
            kinds: vec![ColumnType::Text; n_columns],
            known: vec![Seen::default(); n_columns],
            complete: vec![None; n_columns],
            rows: ChunkRows::default(),
        }),
    };
    source.look()?;
    Ok(source)
}

fn damaged(file: &str, error: &rusqlite::Error) -> ReadError {
    ReadError::Damaged {
        file: file.to_owned(),
        what: "SQLite database",
        reason: error.to_string(),
    }
}

impl Database {
    fn of(file: &str, input: Input) -> Result<Self, ReadError> {
        let path = input.path().to_owned();
        let beside = |suffix: &str| {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            PathBuf::from(name)
        };
        let open: Vec<&str> = ["-wal", "-journal"]
            .into_iter()
            .filter(|suffix| std::fs::metadata(beside(suffix)).is_ok_and(|m| m.len() > 0))
            .collect();
        if open.is_empty() {
            return Ok(Self {
                path,
                _keep: input,
                _copy: None,
            });
        }
        let copied = tempfile::tempdir().and_then(|folder| {
            let copy = folder.path().join("copy.sqlite");
            std::fs::copy(&path, &copy)?;
            for suffix in open {
                std::fs::copy(
                    beside(suffix),
                    folder.path().join(format!("copy.sqlite{suffix}")),
                )?;
            }
            Ok((folder, copy))
        });
        let (folder, copy) = copied.map_err(|error| ReadError::of_io(file, &error))?;
        Ok(Self {
            path: copy,
            _keep: input,
            _copy: Some(folder),
        })
    }

    fn connect(&self, file: &str) -> Result<Connection, ReadError> {
        let flags = match self._copy {
            Some(_) => OpenFlags::SQLITE_OPEN_READ_WRITE,
            None => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let name = match self._copy {
            Some(_) => self.path.display().to_string(),
            None => format!("file:{}?mode=ro&immutable=1", escaped(&self.path)),
        };
        let connection = Connection::open_with_flags(name, flags | OpenFlags::SQLITE_OPEN_URI);
        connection.map_err(|error| damaged(file, &error))
    }
}

/// The path as a part of a URI.
fn escaped(path: &Path) -> String {
    let mut uri = String::new();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b':' => {
                uri.push(char::from(byte))
            }
            b'\\' => uri.push('/'),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

/// Tables and views, by name.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
               ORDER BY name";
    let mut statement = connection.prepare(sql)?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.collect()
}

fn choose(file: &str, names: &[String], wanted: Option<&str>) -> Result<String, ReadError> {
    let reason = match (names, wanted) {
        ([], _) => {
            return Err(ReadError::Empty {
                file: file.to_owned(),
            });
        }
        ([only], None) => return Ok(only.clone()),
        (_, None) => "one of them must be chosen".to_owned(),
        (_, Some(wanted)) => {
            let exact = names.iter().find(|n| *n == wanted);
            match exact.or_else(|| names.iter().find(|n| n.eq_ignore_ascii_case(wanted))) {
                Some(name) => return Ok(name.clone()),
                None => format!("none of them is called {wanted:?}"),
            }
        }
    };
    Err(ReadError::ChooseTable {
        file: file.to_owned(),
        what: "tables",
        reason,
        names: names.to_vec(),
    })
}

/// Names of the columns, and how their values are taken, by their declared types.
fn columns(
    connection: &Connection,
    table: &str,
    options: &ReadOptions,
) -> rusqlite::Result<(Vec<String>, Vec<Policy>)> {
    let statement = connection.prepare(&format!("SELECT * FROM {}", quoted(table)))?;
    let mut about = connection.prepare("SELECT name, type FROM pragma_table_xinfo(?1)")?;
    let declared = about.query_map([table], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
    })?;
    let booleans: BTreeSet<String> = declared
        .filter_map(Result::ok)
        .filter(|(_, declared)| {
            let declared = declared.as_deref().unwrap_or_default();
            declared.to_ascii_uppercase().contains("BOOL")
        })
        .map(|(name, _)| name)
        .collect();
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let policies = names.iter().map(|name| Policy {
        null_tokens: options.null_tokens.clone(),
        reads_numbers_in_texts: false,
        bits_are_booleans: booleans.contains(name),
    });
    let policies = policies.collect();
    Ok((names, policies))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl SqliteSource {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the first types from the first rows.
    fn look(&self) -> Result<(), ReadError> {
        let n_columns = self.names.len();
        let connection = self.database.connect(&self.file)?;
        let failed = |error: rusqlite::Error| damaged(&self.file, &error);
        let mut statement = connection.prepare(&self.sql()).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let block = block(&mut rows, n_columns, 1024).map_err(failed)?;
        let Some(block) = block else {
            return Err(ReadError::NoRows {
                file: format!("The table {:?} of {}", self.table, self.file),
                n_columns,
            });
        };
        let seen = self.see(&self.cells(&block, &vec![true; n_columns]), 0);
        self.lock().widen(seen, &self.policies);
        Ok(())
    }

    /// Sends all rows in blocks, until the end, an error, or nobody listens any more.
    fn send_blocks(&self, sender: &crossbeam_channel::Sender<Result<Block, ReadError>>) {
        let send_all = || -> Result<(), ReadError> {
            let failed = |error: rusqlite::Error| damaged(&self.file, &error);
            let connection = self.database.connect(&self.file)?;
            let mut statement = connection.prepare(&self.sql()).map_err(failed)?;
            let mut rows = statement.query([]).map_err(failed)?;
            while let Some(block) =
                block(&mut rows, self.names.len(), CHUNK_ROWS).map_err(failed)?
            {
                if sender.send(Ok(block)).is_err() {
                    return Ok(());
                }
            }
            Ok(())
        };
        if let Err(error) = send_all() {
            // Where nobody listens any more, nobody waits for the error either.
            let _ = sender.send(Err(error));
        }
    }

    fn sql(&self) -> String {
        format!("SELECT * FROM {}", quoted(&self.table))
    }

    fn cells<'a>(&self, block: &'a Block, is_wanted: &[bool]) -> Vec<Vec<Cell<'a>>> {
        let columns = block.iter().zip(is_wanted);
        columns
            .map(|(values, is_wanted)| match is_wanted {
                true => values.iter().map(cell).collect(),
                false => Vec::new(),
            })
            .collect()
    }

    fn see(&self, columns: &[Vec<Cell<'_>>], chunk: usize) -> Vec<Seen> {
        let mut all = Vec::with_capacity(columns.len());
        for (cells, policy) in columns.iter().zip(&self.policies) {
            let mut seen = Seen::default();
            for (row, cell) in cells.iter().enumerate() {
                seen.note(cell, (chunk, row), policy);
            }
            all.push(seen);
        }
        all
    }
}

impl State {
    fn widen(&mut self, seen: Vec<Seen>, policies: &[Policy]) {
        for (column, seen) in seen.into_iter().enumerate() {
            self.known[column].merge(seen);
            self.kinds[column] = self.known[column].kind(&policies[column]);
        }
    }
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Null => Cell::Missing,
        Value::Integer(v) => Cell::Integer(*v),
        Value::Real(v) => Cell::Number(*v, None),
        Value::Text(v) => Cell::Text(v.into()),
        Value::Blob(v) => match std::str::from_utf8(v) {
            Ok(text) if !text.contains('\0') => Cell::Text(text.into()),
            _ => Cell::Bytes(arrow_types::hexadecimal(v, false)),
        },
    }
}

/// Some rows; `None` at the end. Texts that are not UTF-8 are taken as bytes.
fn block(
    rows: &mut rusqlite::Rows<'_>,
    n_columns: usize,
    most: usize,
) -> rusqlite::Result<Option<Block>> {
    let mut columns = vec![Vec::new(); n_columns];
    for _ in 0..most {
        let Some(row) = rows.next()? else { break };
        for (position, values) in columns.iter_mut().enumerate() {
            values.push(match row.get_ref(position)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(v) => Value::Integer(v),
                ValueRef::Real(v) => Value::Real(v),
                ValueRef::Text(v) => match std::str::from_utf8(v) {
                    Ok(text) => Value::Text(text.to_owned()),
                    Err(_) => Value::Blob(v.to_vec()),
                },
                ValueRef::Blob(v) => Value::Blob(v.to_vec()),
            });
        }
    }
    let is_empty = columns.first().is_none_or(Vec::is_empty);
    Ok((!is_empty).then_some(columns))
}

impl Source for SqliteSource {
    fn columns(&self) -> Vec<(String, ColumnType)> {
        let kinds = self.lock().kinds.clone();
        self.names.iter().cloned().zip(kinds).collect()
    }

    fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    fn findings(&self) -> Vec<Finding> {
        let state = self.lock().clone();
        let mut findings = self.naming.clone();
        for (column, name) in self.names.iter().enumerate() {
            if let Some(seen) = &state.complete[column] {
                findings.extend(seen.findings(name, &self.policies[column], &state.rows));
            }
        }
        findings
    }

    fn understood(&self) -> ReadOptions {
        self.understood.clone()
    }

    fn scan(
        &self,
        columns: Option<&[usize]>,
        consume: &(dyn Fn(Chunk) + Sync),
        monitor: &dyn Monitor,
    ) -> Result<ScanEnd, ReadError> {
        let n_columns = self.names.len();
        let state = self.lock().clone();
        let wanted: Vec<usize> = match columns {
            Some(columns) => columns.to_vec(),
            None => (0..n_columns).collect(),
        };
        let mut is_wanted = vec![false; n_columns];
        wanted.iter().for_each(|c| is_wanted[*c] = true);
        let noted = Mutex::new((vec![Seen::default(); n_columns], ChunkRows::default()));
        // Once a value did not fit, the pass is void. It goes on for as long again as it took, to learn of further ones.
        let last_block = AtomicUsize::new(usize::MAX);
        let n_rows_done = AtomicU64::new(0);
        let work = |index: usize, block: Block| -> Result<(), ReadError> {
            let n_rows = block.first().map_or(0, Vec::len);
            let cells = self.cells(&block, &is_wanted);
            let seen = self.see(&cells, index);
            let fits = (0..n_columns).filter(|c| is_wanted[*c]).all(|c| {
                let mut all = state.known[c].clone();
                all.merge(seen[c].clone());
                all.kind(&self.policies[c]) == state.kinds[c]
            });
            {
                let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
                noted.1.set(index, n_rows);
                for (mine, theirs) in noted.0.iter_mut().zip(seen) {
                    mine.merge(theirs);
                }
            }
            if !fits {
                last_block.fetch_min(2 * index + 2, Ordering::Relaxed);
            }
            if last_block.load(Ordering::Relaxed) == usize::MAX {
                let arrays = wanted.iter().map(|c| {
                    let array = cells::array(&cells[*c], state.kinds[*c], &self.policies[*c])?;
                    Some((self.names[*c].clone(), array))
                });
                if let Some(arrays) = arrays.collect::<Option<Vec<_>>>() {
                    let table = table(arrays, n_rows);
                    consume(Chunk { index, table });
                }
            }
            let done = n_rows_done.fetch_add(n_rows as u64, Ordering::Relaxed) + n_rows as u64;
            monitor.progress(done, done, "rows read");
            Ok(())
        };
        std::thread::scope(|scope| {
            // A cursor of SQLite stays on its thread; blocks of rows go out from there.
            let (sender, receiver) = crossbeam_channel::bounded(2);
            scope.spawn(move || self.send_blocks(&sender));
            let produce = |index: usize| match receiver.recv() {
                _ if index > last_block.load(Ordering::Relaxed) => Ok(None),
                Ok(block) => block.map(Some),
                Err(_) => Ok(None),
            };
            let ended = pump(produce, work, monitor);
            drop(receiver);
            ended
        })?;
        let (seen, rows) = noted.into_inner().unwrap_or_else(PoisonError::into_inner);
        if last_block.load(Ordering::Relaxed) != usize::MAX {
            self.lock().widen(seen, &self.policies);
            return Ok(ScanEnd::TypesChanged);
        }
        let mut state = self.lock();
        state.rows = rows;
        for (column, seen) in seen.into_iter().enumerate().filter(|(c, _)| is_wanted[*c]) {
            state.complete[column] = Some(seen);
        }
        Ok(ScanEnd::Complete)
    }
}
