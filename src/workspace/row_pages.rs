//! Pages of rows in any order: the batches that are looked at stay open, and so do the orders made of them, both bounded.
//! Where somebody asks for another view of a batch, the work on the view before is given up: the latest request wins.
//! Which rows and in which order is left to `data::rows`.

use crate::data::rows::{self, RowsError};
use crate::data::{Table, ipc};
use crate::domain::row_view::{RowCondition, RowView};
use crate::domain::schema::ColumnType;
use crate::domain::{ContentHash, Failure};
use crate::store::ArtifactFiles;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

/// Some rows of a view, as text.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewPage {
    /// Column names and types.
    pub columns: Vec<(String, ColumnType)>,
    /// Rows in the whole batch.
    pub n_all: usize,
    /// Rows that the view shows.
    pub n_rows: usize,
    /// Place of the first row here in the view.
    pub offset: usize,
    /// Position of each row in the batch, counted from 0.
    pub positions: Vec<u32>,
    /// Cells; `None` is missing.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Batches that stay open: the last ones that were looked at.
const MAX_TABLES: usize = 2;

/// Orders that are kept; one takes four bytes a row.
const MAX_ORDERS: usize = 6;

type Opened = Arc<OnceLock<Result<Arc<Table>, Failure>>>;
type Order = Arc<OnceLock<Result<Arc<Vec<u32>>, Failure>>>;

/// The open batches and their orders.
#[derive(Default)]
pub(super) struct RowPages {
    tables: Mutex<Recent<ContentHash, Opened>>,
    orders: Mutex<Recent<(ContentHash, RowView), Order>>,
    wanted: Mutex<HashMap<ContentHash, RowView>>,
}

/// The last few of something, the newest last.
struct Recent<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

impl<K: PartialEq, V: Clone + Default> Recent<K, V> {
    /// The entry of this key, made where there is none; the oldest one beyond `capacity` goes.
    fn entry(&mut self, key: K, capacity: usize) -> V {
        let value = match self.entries.iter().position(|(k, _)| *k == key) {
            Some(position) => self.entries.remove(position).1,
            None => V::default(),
        };
        self.entries.push((key, value.clone()));
        if self.entries.len() > capacity {
            self.entries.remove(0);
        }
        value
    }

    fn remove(&mut self, key: &K) {
        self.entries.retain(|(k, _)| k != key);
    }
}

impl RowPages {
    /// Notes which view of a batch is wanted from now on; work on others is given up.
    pub(super) fn want(&self, hash: &ContentHash, view: &RowView) {
        if let Ok(mut wanted) = self.wanted.lock()
            && wanted.get(hash) != Some(view)
        {
            wanted.insert(hash.clone(), view.clone());
        }
    }

    /// A page of a view. Blocks: it is called on the threads that answer questions.
    ///
    /// # Errors
    /// If the batch is missing or damaged, the view names a column that it does not have, or another view was asked
    /// for meanwhile.
    pub(super) fn page(
        &self,
        files: &ArtifactFiles,
        (hash, view): (&ContentHash, &RowView),
        (offset, n_rows): (usize, usize),
    ) -> Result<ViewPage, Failure> {
        let table = self.table(files, hash)?;
        if view.is_plain() {
            let last = table.n_rows().min(offset.saturating_add(n_rows));
            let positions = (offset.min(last)..last).map(|row| row as u32).collect();
            return Ok(page_of(&table, table.n_rows(), offset, positions));
        }
        let order = self.order(&table, hash, view)?;
        let last = order.len().min(offset.saturating_add(n_rows));
        let positions = order[offset.min(last)..last].to_vec();
        Ok(page_of(&table, order.len(), offset, positions))
    }

    /// An open batch.
    ///
    /// # Errors
    /// If it is missing or damaged.
    pub(super) fn table(
        &self,
        files: &ArtifactFiles,
        hash: &ContentHash,
    ) -> Result<Arc<Table>, Failure> {
        let slot = locked(&self.tables)?.entry(hash.clone(), MAX_TABLES);
        let opened = slot.get_or_init(|| Ok(Arc::new(ipc::read(&files.read(hash)?)?)));
        if opened.is_err() {
            locked(&self.tables)?.remove(hash);
        }
        opened.clone()
    }

    fn order(
        &self,
        table: &Table,
        hash: &ContentHash,
        view: &RowView,
    ) -> Result<Arc<Vec<u32>>, Failure> {
        let key = (hash.clone(), view.clone());
        let slot = locked(&self.orders)?.entry(key.clone(), MAX_ORDERS);
        let order = slot.get_or_init(|| {
            let is_stopped = || {
                self.wanted
                    .lock()
                    .is_ok_and(|wanted| wanted.get(hash).is_some_and(|latest| latest != view))
            };
            let order: Result<Vec<u32>, RowsError> = rows::order(table, view, &is_stopped);
            order.map(Arc::new).map_err(Failure::from)
        });
        if order.is_err() {
            locked(&self.orders)?.remove(&key);
        }
        order.clone()
    }
}

/// Whether this says that the work was given up for a newer request.
pub(super) fn is_given_up(failure: &Failure) -> bool {
    *failure == Failure::from(RowsError::Stopped)
}

fn locked<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>, Failure> {
    mutex
        .lock()
        .map_err(|_| Failure::internal("the open batches broke; open the workspace again"))
}

fn page_of(table: &Table, n_rows: usize, offset: usize, positions: Vec<u32>) -> ViewPage {
    let columns = table
        .names()
        .into_iter()
        .enumerate()
        .map(|(i, name)| (name, table.column_type(i)))
        .collect();
    let data: Vec<_> = (0..table.n_columns()).map(|i| table.at(i)).collect();
    let rows = positions
        .iter()
        .map(|row| data.iter().map(|c| c.text(*row as usize)).collect())
        .collect();
    ViewPage {
        columns,
        n_all: table.n_rows(),
        n_rows,
        offset,
        positions,
        rows,
    }
}

/// A page of a view, without keeping anything open.
pub(super) fn once(
    files: &ArtifactFiles,
    asked: (&ContentHash, &RowView),
    page: (usize, usize),
) -> Result<ViewPage, Failure> {
    RowPages::default().page(files, asked, page)
}

/// How many rows meet all conditions of each set. A set that names a column which the batch lacks meets none: that
/// is an anomaly of its own.
pub(super) fn counts(table: &Table, sets: &[Vec<RowCondition>]) -> Result<Vec<u64>, Failure> {
    let count = |conditions: &Vec<RowCondition>| {
        let view = RowView {
            conditions: conditions.clone(),
            ..RowView::default()
        };
        match rows::count(table, &view, &|| false) {
            Err(RowsError::NoColumn { .. }) => Ok(0),
            counted => counted.map_err(Failure::from),
        }
    };
    sets.iter().map(count).collect()
}
