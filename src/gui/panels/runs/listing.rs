//! Which runs are listed and in which order: found by free text, by a condition, the pinned ones first. Made anew only when
//! something of it has changed, so that ten thousand runs cost a frame nothing.

use super::columns::{Key, Value};
use crate::domain::ids::{Millis, RunId};
use crate::domain::ledger::{Ledger, RunLine};
use crate::workspace::ledger::RunTable;
use crate::workspace::snapshot::LiveRun;
use std::sync::Arc;

/// What somebody wants to see.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    /// Words that a run must have.
    pub(super) find: String,
    /// A condition in SQL's syntax.
    pub(super) condition: String,
    /// By which column.
    pub(super) by: Key,
    /// Largest first?
    pub(super) is_descending: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            find: String::new(),
            condition: String::new(),
            by: Key::Run,
            is_descending: true,
        }
    }
}

/// The runs, as they are listed.
#[derive(Debug, Default)]
pub(super) struct Listing {
    of: Option<Arc<Ledger>>,
    table: Option<RunTable>,
    wanted: Wanted,
    order: Vec<usize>,
}

impl Listing {
    /// Brings it up to date.
    pub(super) fn update(&mut self, ledger: &Arc<Ledger>, wanted: &Wanted, now: Millis) {
        let is_same = self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, ledger));
        if is_same && self.wanted == *wanted {
            return;
        }
        if !is_same {
            self.of = Some(Arc::clone(ledger));
            self.table = None;
        }
        self.wanted = wanted.clone();
        let mut order: Vec<usize> = match self.wanted.condition.trim() {
            "" => (0..ledger.lines.len()).collect(),
            condition => {
                let table = self.table.get_or_insert_with(|| RunTable::of(ledger, now));
                // One that is wrong is said at its field and hides nothing.
                let all = || (0..ledger.lines.len()).collect();
                table.matching(condition).unwrap_or_else(|_| all())
            }
        };
        let words: Vec<String> = self
            .wanted
            .find
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        if !words.is_empty() {
            order.retain(|at| has_all(&ledger.lines[*at], &words));
        }
        self.order = sorted(ledger, order, &self.wanted, now);
    }

    /// The positions of the listed runs in the ledger.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// The runs with the columns that a condition can speak of.
    pub(super) fn table(&mut self, ledger: &Ledger, now: Millis) -> &RunTable {
        self.table.get_or_insert_with(|| RunTable::of(ledger, now))
    }

    /// Where a run stands.
    pub(super) fn row_of(&self, ledger: &Ledger, id: RunId) -> Option<usize> {
        let at = ledger.lines.iter().position(|line| line.id == id)?;
        self.order.iter().position(|listed| *listed == at)
    }
}

fn sorted(ledger: &Ledger, order: Vec<usize>, wanted: &Wanted, now: Millis) -> Vec<usize> {
    let mut keyed: Vec<(bool, Value, usize)> = order
        .into_iter()
        .map(|at| {
            let line = &ledger.lines[at];
            (!line.is_pinned, wanted.by.value(line, now), at)
        })
        .collect();
    keyed.sort_by(|(a_unpinned, a, _), (b_unpinned, b, _)| {
        let by_value = if wanted.is_descending {
            b.compare(a)
        } else {
            a.compare(b)
        };
        a_unpinned.cmp(b_unpinned).then(by_value)
    });
    keyed.into_iter().map(|(_, _, at)| at).collect()
}

/// Whether each word is somewhere in what a run is called by.
fn has_all(line: &RunLine, words: &[String]) -> bool {
    words.iter().all(|word| {
        let has = |text: &str| text.to_lowercase().contains(word.as_str());
        let is_version = || {
            let version = word.strip_prefix('v').and_then(|v| v.parse().ok());
            version.is_some() && version == line.promoted
        };
        word.parse() == Ok(line.id.0)
            || is_version()
            || has(&line.pipeline)
            || has(line.state.word())
            || line.data_verdict.is_some_and(|v| has(v.word()))
            || line.model_verdict.is_some_and(|v| has(v.word()))
            || line.algorithm.as_deref().is_some_and(has)
            || has(&line.note)
            || line
                .tags
                .iter()
                .any(|(name, value)| has(name) || has(value))
    })
}

/// The ledger with the run at work as it stands now, made anew when one of both has changed.
#[derive(Debug, Default)]
pub(super) struct Current {
    of: Option<(Arc<Ledger>, RunLine)>,
    merged: Arc<Ledger>,
}

impl Current {
    /// The ledger as it stands; the recorded one where no run is at work.
    pub(super) fn ledger(&mut self, ledger: &Arc<Ledger>, live: Option<&LiveRun>) -> Arc<Ledger> {
        let Some(live) = live else {
            self.of = None;
            return Arc::clone(ledger);
        };
        let line = RunLine::from(&live.record);
        let is_same =
            |(of, known): &(Arc<Ledger>, RunLine)| Arc::ptr_eq(of, ledger) && *known == line;
        if !self.of.as_ref().is_some_and(is_same) {
            self.merged = Arc::new(merged(ledger, line.clone()));
            self.of = Some((Arc::clone(ledger), line));
        }
        Arc::clone(&self.merged)
    }
}

fn merged(ledger: &Ledger, mut line: RunLine) -> Ledger {
    let mut all = ledger.clone();
    match all.lines.first_mut().filter(|first| first.id == line.id) {
        Some(first) => {
            line.parameters = Arc::clone(&first.parameters);
            *first = line;
        }
        None => all.lines.insert(0, line),
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::metric::Metric;
    use crate::domain::run::RunState;
    use std::collections::BTreeMap;

    fn ledger() -> Arc<Ledger> {
        let line = |id: i64, auc: Option<f64>, note: &str| RunLine {
            id: RunId(id),
            pipeline: "flights".to_owned(),
            started: id,
            finished: Some(id + 1),
            state: RunState::Complete,
            data_verdict: None,
            model_verdict: None,
            promoted: (id == 2).then_some(7),
            n_steps: 9,
            n_cached: 0,
            algorithm: None,
            metrics: auc.map(|auc| (Metric::RocAuc, auc)).into_iter().collect(),
            parameters: Arc::default(),
            tags: BTreeMap::new(),
            note: note.to_owned(),
            is_pinned: id == 1,
        };
        Arc::new(Ledger::of(vec![
            line(4, Some(0.7), "first try"),
            line(3, None, ""),
            line(2, Some(0.9), "Try again"),
            line(1, Some(0.8), ""),
        ]))
    }

    fn ids(ledger: &Arc<Ledger>, wanted: &Wanted) -> Vec<i64> {
        let mut listing = Listing::default();
        listing.update(ledger, wanted, 10);
        listing
            .order()
            .iter()
            .map(|at| ledger.lines[*at].id.0)
            .collect()
    }

    #[test]
    fn pinned_runs_stand_first_and_missing_values_are_smallest() {
        let ledger = ledger();
        let mut wanted = Wanted::default();
        assert_eq!(ids(&ledger, &wanted), [1, 4, 3, 2]);
        wanted.by = Key::Metric(Metric::RocAuc);
        assert_eq!(ids(&ledger, &wanted), [1, 2, 4, 3]);
        wanted.is_descending = false;
        assert_eq!(ids(&ledger, &wanted), [1, 3, 4, 2]);
    }

    #[test]
    fn words_and_conditions_narrow_the_list_together() {
        let ledger = ledger();
        let wanted = |find: &str, condition: &str| Wanted {
            find: find.to_owned(),
            condition: condition.to_owned(),
            ..Wanted::default()
        };
        assert_eq!(ids(&ledger, &wanted("try", "")), [4, 2]);
        assert_eq!(ids(&ledger, &wanted("try", "roc_auc > 0.8")), [2]);
        assert_eq!(ids(&ledger, &wanted("v7", "")), [2]);
        assert_eq!(ids(&ledger, &wanted("complete 3", "")), [3]);
        let mut listing = Listing::default();
        listing.update(&ledger, &wanted("", "roc_auc >"), 10);
        assert_eq!(
            listing.order().len(),
            4,
            "a condition half typed hides nothing"
        );
    }
}
