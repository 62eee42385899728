//! Several files as one dataset, the rows of the first file first. Columns are joined by name, under the rules of
//! `data::union`; a file that lacks or adds columns is a finding. Which files belong together is left to the caller.

use super::{Finding, ReadError};
use crate::data::source::{Chunk, ScanEnd, Source};
use crate::data::union;
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;
use crate::domain::work::Monitor;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Files up to this size are read whole, several side by side; larger ones one after the other, each by all threads.
const SMALL: u64 = 4 << 20;
/// Files that a finding names.
const N_NAMED: usize = 5;

/// A finding without its row: column and message.
type Said = (Option<String>, String);

/// One of the files.
pub(super) struct Part {
    /// What findings call it.
    pub(super) name: String,
    /// Its rows.
    pub(super) source: Box<dyn Source>,
}

/// Several files.
pub(super) struct Many {
    parts: Vec<Part>,
    given: ReadOptions,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Columns that hold texts in a file in which they are texts. Before a value was seen there, a column of texts may be
    /// one without values, whose type does not count.
    with_texts: BTreeSet<String>,
    /// Rows of each file, once they are known.
    n_rows: Vec<u64>,
}

/// One pass over all files.
struct Pass<'a> {
    many: &'a Many,
    /// Names and types of the columns that were asked for.
    wanted: Vec<(String, ColumnType)>,
    consume: &'a (dyn Fn(Chunk) + Sync),
    monitor: &'a dyn Monitor,
    is_void: AtomicBool,
}

/// What reading a file gave.
struct PartEnd {
    n_chunks: usize,
    n_rows: u64,
}

impl Many {
    /// Joins files; there is at least one.
    pub(super) fn new(parts: Vec<Part>, given: &ReadOptions) -> Self {
        Self {
            parts,
            given: given.clone(),
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which files have which columns that the first one lacks, or the other way round.
    fn differences(&self) -> Vec<Finding> {
        let names = |part: &Part| -> Vec<String> {
            let columns = part.source.columns();
            columns.into_iter().map(|(name, _)| name).collect()
        };
        let first = names(&self.parts[0]);
        let mut lacking: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let mut adding: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for part in &self.parts[1..] {
            let here = names(part);
            for name in first.iter().filter(|n| !here.contains(n)) {
                lacking.entry(name.clone()).or_default().push(&part.name);
            }
            for name in here.into_iter().filter(|n| !first.contains(n)) {
                adding.entry(name).or_default().push(&part.name);
            }
        }
        let lacks = lacking.into_iter().map(|(column, files)| {
            let message = format!(
                "{} the column; its values are missing there",
                who(&files, "lacks", "lack")
            );
            Finding::of_column(&column, None, message)
        });
        let first_name = &self.parts[0].name;
        let adds = adding.into_iter().map(|(column, files)| {
            let who = who(&files, "adds", "add");
            let message = format!(
                "{who} the column, which {first_name} does not have; other values are missing"
            );
            Finding::of_column(&column, None, message)
        });
        lacks.chain(adds).collect()
    }

    /// Columns whose type is not the same in all files.
    fn joined_types(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (name, kind) in self.columns() {
            let mut found: BTreeMap<&str, &str> = BTreeMap::new();
            for part in &self.parts {
                let here = part.source.columns().into_iter().find(|(n, _)| *n == name);
                if let Some((_, here)) = here {
                    found.entry(here.title()).or_insert(&part.name);
                }
            }
            if found.len() > 1 {
                let list: Vec<String> = found
                    .iter()
                    .map(|(kind, file)| format!("{kind} in {file}"))
                    .collect();
                let message = format!(
                    "The column is {}; as one it is {}",
                    list.join(", "),
                    kind.title()
                );
                findings.push(Finding::of_column(&name, None, message));
            }
        }
        findings
    }
}

fn who(files: &[&str], one: &str, several: &str) -> String {
    match files {
        [only] => format!("{only} {one}"),
        _ => {
            let rest = match files.len().saturating_sub(N_NAMED) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            let named = &files[..files.len().min(N_NAMED)];
            format!("{}{rest} {several}", named.join(", "))
        }
    }
}

impl Source for Many {
    fn columns(&self) -> Vec<(String, ColumnType)> {
        let state = self.lock();
        let mut order: Vec<String> = Vec::new();
        let mut kinds: BTreeMap<String, Vec<ColumnType>> = BTreeMap::new();
        for (name, kind) in self.parts.iter().flat_map(|p| p.source.columns()) {
            if !kinds.contains_key(&name) {
                order.push(name.clone());
            }
            kinds.entry(name).or_default().push(kind);
        }
        let joined = order.into_iter().map(|name| {
            let mut all = kinds.remove(&name).unwrap_or_default();
            if !state.with_texts.contains(&name) && all.iter().any(|k| *k != ColumnType::Text) {
                all.retain(|k| *k != ColumnType::Text);
            }
            let kind = all.into_iter().reduce(union::unify_two);
            (name, kind.unwrap_or(ColumnType::Text))
        });
        joined.collect()
    }

    fn n_bytes(&self) -> u64 {
        self.parts.iter().map(|p| p.source.n_bytes()).sum()
    }

    fn findings(&self) -> Vec<Finding> {
        let n_rows = self.lock().n_rows.clone();
        let mut findings = self.differences();
        findings.extend(self.joined_types());
        // What is said of several files is said once.
        let mut order = Vec::new();
        let mut said: BTreeMap<Said, (Finding, Vec<&str>)> = BTreeMap::new();
        let mut above = 0;
        for (position, part) in self.parts.iter().enumerate() {
            for mut finding in part.source.findings() {
                let key = (finding.column.clone(), finding.message.clone());
                finding.row = finding.row.map(|row| row + above);
                let (_, files) = said.entry(key.clone()).or_insert_with(|| {
                    order.push(key);
                    (finding, Vec::new())
                });
                files.push(&part.name);
            }
            above += n_rows.get(position).copied().unwrap_or(0);
        }
        for key in order {
            let Some((mut finding, files)) = said.remove(&key) else {
                continue;
            };
            let message = &finding.message;
            finding.message = match files.as_slice() {
                files if files.len() == self.parts.len() && files.len() > 1 => {
                    format!("In all files: {message}")
                }
                files => {
                    let who = who(files, "", "");
                    format!("{}: {message}", who.trim_end())
                }
            };
            findings.push(finding);
        }
        findings
    }

    fn understood(&self) -> ReadOptions {
        let mut all = self.parts.iter().map(|p| p.source.understood());
        match all.next() {
            Some(first) if all.all(|other| other == first) => first,
            _ => self.given.clone(),
        }
    }

    fn scan(
        &self,
        columns: Option<&[usize]>,
        consume: &(dyn Fn(Chunk) + Sync),
        monitor: &dyn Monitor,
    ) -> Result<ScanEnd, ReadError> {
        let before = self.columns();
        let wanted = match columns {
            None => before.clone(),
            Some(columns) => columns
                .iter()
                .filter_map(|c| before.get(*c).cloned())
                .collect(),
        };
        let pass = Pass {
            many: self,
            wanted,
            consume,
            monitor,
            is_void: AtomicBool::new(false),
        };
        let n_rows = pass.all_parts()?;
        self.lock().n_rows = n_rows;
        let has_changed = pass.is_void.load(Ordering::Relaxed) || self.columns() != before;
        Ok(match has_changed {
            true => ScanEnd::TypesChanged,
            false => ScanEnd::Complete,
        })
    }
}

impl Pass<'_> {
    /// Reads the files in order, runs of small ones side by side; answers with the rows of each.
    fn all_parts(&self) -> Result<Vec<u64>, ReadError> {
        let parts = &self.many.parts;
        let mut n_rows = Vec::with_capacity(parts.len());
        let (mut first_chunk, mut n_bytes, mut at) = (0, 0, 0);
        // Once a type changed, the pass is void. It goes on for as long again as it took, to learn of further changes.
        let mut last = usize::MAX;
        while at < parts.len() && at <= last {
            if last == usize::MAX && self.is_void.load(Ordering::Relaxed) {
                last = 2 * at;
            }
            let most = 4 * rayon::current_num_threads();
            let run = parts[at..].iter().take(most);
            let run = run.take_while(|p| p.source.n_bytes() <= SMALL).count();
            if run < 2 {
                let emit = |chunk: Chunk| {
                    (self.consume)(Chunk {
                        index: first_chunk + chunk.index,
                        table: chunk.table,
                    });
                };
                let end = self.part(&parts[at], &emit, n_bytes)?;
                first_chunk += end.n_chunks;
                n_rows.push(end.n_rows);
                n_bytes += parts[at].source.n_bytes();
                at += 1;
                continue;
            }
            let ends: Vec<(PartEnd, Vec<Chunk>)> = parts[at..at + run]
                .par_iter()
                .map(|part| {
                    let chunks = Mutex::new(Vec::new());
                    let keep = |chunk: Chunk| {
                        chunks
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(chunk)
                    };
                    let end = self.part(part, &keep, n_bytes)?;
                    Ok((
                        end,
                        chunks.into_inner().unwrap_or_else(PoisonError::into_inner),
                    ))
                })
                .collect::<Result<Vec<_>, ReadError>>()?;
            let mut ready = Vec::new();
            for (end, mut chunks) in ends {
                chunks.sort_by_key(|c| c.index);
                for chunk in &mut chunks {
                    chunk.index += first_chunk;
                }
                first_chunk += end.n_chunks;
                n_rows.push(end.n_rows);
                ready.extend(chunks);
            }
            if !self.is_void.load(Ordering::Relaxed) {
                ready
                    .into_par_iter()
                    .for_each(|chunk| (self.consume)(chunk));
            }
            n_bytes += parts[at..at + run]
                .iter()
                .map(|p| p.source.n_bytes())
                .sum::<u64>();
            at += run;
        }
        Ok(n_rows)
    }

    /// Reads one file. Where its types change, the pass is void, and the file is read on until its types are settled.
    fn part(
        &self,
        part: &Part,
        emit: &(dyn Fn(Chunk) + Sync),
        bytes_above: u64,
    ) -> Result<PartEnd, ReadError> {
        let below = Below {
            monitor: self.monitor,
            bytes_above,
            n_bytes: self.many.n_bytes(),
        };
        loop {
            let columns = part.source.columns();
            let here: Vec<usize> = self
                .wanted
                .iter()
                .filter_map(|(name, _)| columns.iter().position(|(n, _)| n == name))
                .collect();
            // A file without any of the columns still has rows.
            let asked = if here.is_empty() { vec![0] } else { here };
            let n_rows = AtomicUsize::new(0);
            let n_chunks = AtomicUsize::new(0);
            let take = |chunk: Chunk| {
                n_rows.fetch_add(chunk.table.n_rows(), Ordering::Relaxed);
                n_chunks.fetch_max(chunk.index + 1, Ordering::Relaxed);
                if self.is_void.load(Ordering::Relaxed) || !self.fits(&chunk) {
                    return;
                }
                emit(Chunk {
                    index: chunk.index,
                    table: union::align(&chunk.table, &self.wanted),
                });
            };
            match part.source.scan(Some(&asked), &take, &below)? {
                ScanEnd::TypesChanged => self.is_void.store(true, Ordering::Relaxed),
                ScanEnd::Complete => {
                    return Ok(PartEnd {
                        n_chunks: n_chunks.into_inner(),
                        n_rows: n_rows.into_inner() as u64,
                    });
                }
            }
        }
    }

    /// Whether no column has texts where the joined column is of another type.
    fn fits(&self, chunk: &Chunk) -> bool {
        let table = &chunk.table;
        let texts = self.wanted.iter().filter(|(name, kind)| {
            let column = table.column(name);
            *kind != ColumnType::Text
                && column
                    .is_some_and(|c| c.column_type() == ColumnType::Text && c.n_missing() < c.len())
        });
        let texts: Vec<String> = texts.map(|(name, _)| name.clone()).collect();
        if !texts.is_empty() {
            self.many.lock().with_texts.extend(texts.iter().cloned());
            self.is_void.store(true, Ordering::Relaxed);
        }
        texts.is_empty()
    }
}

/// The progress of one file as a part of all.
struct Below<'a> {
    monitor: &'a dyn Monitor,
    bytes_above: u64,
    n_bytes: u64,
}

impl Monitor for Below<'_> {
    fn is_stopped(&self) -> bool {
        self.monitor.is_stopped()
    }
    fn progress(&self, done: u64, _total: u64, what: &str) {
        self.monitor.progress(
            (self.bytes_above + done).min(self.n_bytes),
            self.n_bytes,
            what,
        );
    }
    fn unit_begins(&self, lane: &str, name: &str) {
        self.monitor.unit_begins(lane, name);
    }
    fn unit_ends(&self, name: &str) {
        self.monitor.unit_ends(name);
    }
    fn warn(&self, message: &str) {
        self.monitor.warn(message);
    }
}
