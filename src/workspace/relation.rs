//! Questions of how columns relate, asked of a part of some batches or of a file. Tables that were read are remembered
//! for the next question. The figures are `data::relation`'s, the distances `validate`'s.

use crate::data::{Table, ipc, profile, reader, relation, union};
use crate::domain::dataset::SplitRecord;
use crate::domain::pipeline::StatisticsParams;
use crate::domain::reading::ReadOptions;
use crate::domain::relation::{
    Associations, ComparedColumn, ComparedDatasets, MissingMap, Part, SplitDistributions,
    TwoColumns,
};
use crate::domain::statistics::DatasetStatistics;
use crate::domain::work::{Monitor, Quiet};
use crate::domain::{ContentHash, Failure};
use crate::pipeline::step::parse_json;
use crate::store::ArtifactFiles;
use crate::validate::{chance_of_jensen_shannon, jensen_shannon, l_infinity};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Blocks of rows of a missing-value map.
const N_BLOCKS: usize = 200;
/// Tables that are remembered: both sides of a comparison, and one more.
const N_TABLES: usize = 3;
/// With fewer values on either side a distance says more about chance than about the data.
const MIN_VALUES: u64 = 30;

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DataRef {
    /// Batches below one another, by their hashes.
    Batches(Vec<ContentHash>),
    /// A file that need not be imported.
    File(PathBuf),
}

/// Some rows of some data.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rows {
    data: DataRef,
    /// The part as canonical JSON: real numbers in ranges have no equality of their own.
    part: String,
    split: Option<ContentHash>,
}

impl Rows {
    /// Every row.
    #[must_use]
    pub fn all(data: DataRef) -> Self {
        Self::part(data, &Part::All, None)
    }

    /// The rows of a part; a side of the split needs the hash of its record.
    #[must_use]
    pub fn part(data: DataRef, part: &Part, split: Option<ContentHash>) -> Self {
        let is_side = matches!(part, Part::Train | Part::Test);
        Self {
            data,
            part: serde_json::to_string(part).unwrap_or_default(),
            split: split.filter(|_| is_side),
        }
    }

    /// Where they come from.
    #[must_use]
    pub fn data(&self) -> &DataRef {
        &self.data
    }
}

/// A question of how columns relate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RelationQuery {
    /// Of these rows.
    pub rows: Rows,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Ask {
    /// The statistics of every column.
    Profile,
    /// Distributions of these columns (all, if none are named), split by another.
    Distributions {
        /// The column that splits.
        by: Option<String>,
        /// The columns.
        columns: Vec<String>,
        /// Bins of numbers.
        n_bins: u32,
        /// Values of texts.
        n_top: usize,
    },
    /// How strongly all pairs of columns go together.
    Associations,
    /// Two columns by a third.
    Two {
        /// Along the horizontal axis.
        x: String,
        /// Along the vertical axis.
        y: String,
        /// The column that splits.
        by: Option<String>,
    },
    /// Where values are missing.
    Missing,
    /// These rows and others column by column.
    Compare {
        /// The others.
        other: Rows,
    },
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub enum RelationAnswer {
    /// To [`Ask::Profile`].
    Profile(Box<DatasetStatistics>),
    /// To [`Ask::Distributions`].
    Distributions(SplitDistributions),
    /// To [`Ask::Associations`].
    Associations(Associations),
    /// To [`Ask::Two`].
    Two(Box<TwoColumns>),
    /// To [`Ask::Missing`].
    Missing(MissingMap),
    /// To [`Ask::Compare`].
    Compared(ComparedDatasets),
}

/// The tables of the newest questions.
#[derive(Default)]
pub struct TableCache {
    tables: Mutex<Vec<(Rows, Arc<Table>)>>,
}

impl TableCache {
    /// The rows, read now if they are not known. The lock is not held while reading: two questions at once may both read.
    fn get(&self, rows: &Rows, files: &ArtifactFiles) -> Result<Arc<Table>, Failure> {
        let broken = |_| Failure::internal("the cache of tables broke");
        let mut tables = self.tables.lock().map_err(broken)?;
        if let Some(at) = tables.iter().position(|(known, _)| known == rows) {
            let found = tables.remove(at);
            let table = Arc::clone(&found.1);
            tables.push(found);
            return Ok(table);
        }
        drop(tables);
        let table = Arc::new(read(rows, files)?);
        // A file can change between two questions; batches cannot.
        if matches!(rows.data, DataRef::Batches(_)) {
            let mut tables = self.tables.lock().map_err(broken)?;
            if tables.len() >= N_TABLES {
                tables.remove(0);
            }
            tables.push((rows.clone(), Arc::clone(&table)));
        }
        Ok(table)
    }
}

fn read(rows: &Rows, files: &ArtifactFiles) -> Result<Table, Failure> {
    let table = match &rows.data {
        DataRef::Batches(hashes) => {
            let mut tables = Vec::new();
            for hash in hashes {
                tables.push(ipc::read(&files.read(hash)?)?);
            }
            match tables.as_slice() {
                [only] => only.clone(),
                several => union::union(several),
            }
        }
        DataRef::File(path) => reader::read_file(path, &ReadOptions::default(), &Quiet)?.table,
    };
    let part: Part = parse_json(rows.part.as_bytes(), "part of the rows")?;
    let split: Option<SplitRecord> = match &rows.split {
        Some(hash) => Some(parse_json(&files.read(hash)?, "split")?),
        None => None,
    };
    let taken = relation::rows_of(&table, &part, split.as_ref()).map_err(|error| {
        Failure::bad_data(format!("These rows cannot be taken: {error}"))
            .hint("Choose all rows, or another part of them.")
    })?;
    Ok(taken.map_or(table.clone(), |rows| table.take(&rows)))
}

/// Answers on this thread.
///
/// # Errors
/// If the data cannot be read, or a part or column is not there.
pub fn answer(
    query: &RelationQuery,
    files: &ArtifactFiles,
    tables: &TableCache,
) -> Result<RelationAnswer, Failure> {
    let table = tables.get(&query.rows, files)?;
    match &query.ask {
        Ask::Compare { other } => {
            let other = tables.get(other, files)?;
            Ok(RelationAnswer::Compared(compare(&table, &other)))
        }
        ask => answer_of(&table, ask),
    }
}

/// The answer to what needs one table only.
///
/// # Errors
/// If a column is not there.
pub fn answer_of(table: &Table, ask: &Ask) -> Result<RelationAnswer, Failure> {
    Ok(match ask {
        Ask::Profile => RelationAnswer::Profile(Box::new(profile::profile(
            table,
            &StatisticsParams::default(),
        ))),
        Ask::Distributions {
            by,
            columns,
            n_bins,
            n_top,
        } => RelationAnswer::Distributions(relation::split_distributions(
            table,
            by.as_deref(),
            columns,
            (*n_bins, *n_top),
        )),
        Ask::Associations => RelationAnswer::Associations(relation::associations(table)),
        Ask::Two { x, y, by } => relation::two_columns(table, x, y, by.as_deref())
            .map(|two| RelationAnswer::Two(Box::new(two)))
            .ok_or_else(|| {
                Failure::not_found(format!("{x} and {y} are not two columns of this data"))
                    .hint("Choose two different columns.")
            })?,
        Ask::Missing => RelationAnswer::Missing(relation::missing_map(table, N_BLOCKS)),
        Ask::Compare { .. } => RelationAnswer::Compared(compare(table, table)),
    })
}

/// The associations of all columns of a file.
///
/// # Errors
/// If the file cannot be read.
pub fn associations_of_file(
    path: &Path,
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<Associations, Failure> {
    let read = reader::read_file(path, options, monitor)?;
    Ok(relation::associations(&read.table))
}

/// Two files column by column.
///
/// # Errors
/// If a file cannot be read.
pub fn compare_files(
    [before, now]: [&Path; 2],
    options: &ReadOptions,
    monitor: &dyn Monitor,
) -> Result<ComparedDatasets, Failure> {
    let before = reader::read_file(before, options, monitor)?;
    let now = reader::read_file(now, options, monitor)?;
    Ok(compare(&before.table, &now.table))
}

/// Two tables column by column, those first whose distance is farthest beyond chance; columns that only one has come
/// first of all.
#[must_use]
pub fn compare(a: &Table, b: &Table) -> ComparedDatasets {
    let mut columns: Vec<_> = relation::paired(a, b)
        .into_iter()
        .map(|pair| {
            let mut shown = pair.shown;
            let [before, now] = &pair.counts;
            let least = before.iter().sum::<u64>().min(now.iter().sum());
            if least >= MIN_VALUES {
                shown.jensen_shannon = Some(jensen_shannon(before, now));
                shown.by_chance = Some(chance_of_jensen_shannon(before, now).0.min(1.0));
                shown.l_infinity = Some(l_infinity(before, now));
            }
            shown
        })
        .collect();
    let key = |c: &ComparedColumn| {
        if c.kinds.iter().any(Option::is_none) {
            return 2.0;
        }
        c.jensen_shannon
            .map_or(-2.0, |js| js - c.by_chance.unwrap_or(0.0))
    };
    columns.sort_by(|a, b| key(b).total_cmp(&key(a)));
    ComparedDatasets {
        n_rows: [a.n_rows() as u64, b.n_rows() as u64],
        columns,
    }
}
