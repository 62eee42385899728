//! The best slices of a table of codes: all conjunctions of a code a column, found exactly by pruning with upper bounds
//! (Sagadeeva and Boehm, "SliceLine: Fast, Linear-Algebra-based Slice Finding for ML Model Debugging", SIGMOD 2021). What
//! the codes mean is left to `mod`.
//!
//! Conditions join in the order of their columns. All slices that have one condition more than a slice are counted together:
//! its rows are read once, and each adds its error to the codes of the later columns. Most rows of most columns have the same
//! code, which is left out there: its sums are what is missing to those of the slice. In the same way the slice with a column's
//! most frequent code is never read: its counts are those of the slice without the column less those with its other codes.
//!
//! Sums are exact, and only what is surely no better than the best found is left out, so that the result depends on no number
//! of threads.

use super::best::{Best, Found};
use super::codes::Codes;
use super::score::{Errors, Scorer, Sums};
use crate::domain::work::Monitor;
use crate::evaluate::EvaluateError;
use hashbrown::HashMap;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the search came to.
pub(super) struct Searched {
    /// Best first.
    pub(super) found: Vec<Found>,
    /// Slices whose errors were summed up.
    pub(super) n_searched: u64,
}

/// The best slices of at most so many conditions.
///
/// # Errors
/// `Stopped` if the monitor says so.
pub(super) fn search(
    codes: &Codes,
    errors: &Errors,
    scorer: &Scorer,
    (n_best, max_conditions): (usize, usize),
    monitor: &dyn Monitor,
) -> Result<Searched, EvaluateError> {
    let search = Search {
        codes,
        errors,
        scorer,
        best: Best::new(n_best),
        max_conditions,
        n_searched: AtomicU64::new(0),
        monitor,
        ones: Vec::new(),
        pairs: HashMap::new(),
    };
    search.run()
}

/// A slice, and the sums of all slices that have one condition more, by its code.
struct Node {
    codes: Vec<u32>,
    sums: Vec<Sums>,
}

struct Search<'a> {
    codes: &'a Codes,
    errors: &'a Errors,
    scorer: &'a Scorer,
    best: Best,
    max_conditions: usize,
    n_searched: AtomicU64,
    monitor: &'a dyn Monitor,
    /// Of each code, the sums.
    ones: Vec<Sums>,
    /// Of pairs of codes that may grow, the sums.
    pairs: HashMap<(u32, u32), Sums>,
}

impl Search<'_> {
    fn run(mut self) -> Result<Searched, EvaluateError> {
        let root = Node {
            codes: Vec::new(),
            sums: self.counted(&[]),
        };
        self.ones.clone_from(&root.sums);
        self.offer(&root);
        if self.max_conditions > 1 {
            let pairs = self.of_columns(&root, |single| {
                self.offer(single);
                self.growing(single)
            })?;
            if self.max_conditions > 2 {
                self.pairs = pairs.into_iter().flatten().collect();
            }
            if !self.pairs.is_empty() {
                self.of_columns(&root, |single| self.deeper(single))?
                    .into_iter()
                    .collect::<Result<Vec<()>, EvaluateError>>()?;
            }
        }
        Ok(Searched {
            found: self.best.into_found(),
            n_searched: self.n_searched.into_inner(),
        })
    }

    /// Does something with every single condition that may grow, column by column beside each other.
    fn of_columns<R: Send>(
        &self,
        root: &Node,
        work: impl Fn(&Node) -> R + Sync,
    ) -> Result<Vec<R>, EvaluateError> {
        let of_column = |column: u32| {
            self.check_stop()?;
            Ok(self.family(root, column).iter().map(&work).collect())
        };
        let columns = 0..self.codes.n_columns();
        let done: Vec<Vec<R>> = columns
            .into_par_iter()
            .map(of_column)
            .collect::<Result<_, EvaluateError>>()?;
        Ok(done.into_iter().flatten().collect())
    }

    /// Follows a slice to all its depth.
    fn deeper(&self, node: &Node) -> Result<(), EvaluateError> {
        let last = node
            .codes
            .last()
            .map_or(0, |c| self.codes.columns[*c as usize] + 1);
        (last..self.codes.n_columns())
            .into_par_iter()
            .try_for_each(|column| {
                self.check_stop()?;
                for child in self.family(node, column) {
                    self.offer(&child);
                    if child.codes.len() + 1 < self.max_conditions {
                        self.deeper(&child)?;
                    }
                }
                Ok(())
            })
    }

    /// The slices with one condition on a column more that may grow.
    fn family(&self, node: &Node, column: u32) -> Vec<Node> {
        let may_grow = |code: &u32| {
            self.codes.is_condition[*code as usize]
                && self.may_grow(node.sums[*code as usize])
                && self.has_possible(node, *code)
        };
        let wanted: Vec<u32> = self.codes.of_column(column).filter(may_grow).collect();
        let with = |code: u32| {
            node.codes
                .iter()
                .copied()
                .chain([code])
                .collect::<Vec<u32>>()
        };
        let n_rows = |code: &u32| node.sums[*code as usize].n_rows;
        let all = || self.codes.of_column(column);
        let most = all().max_by_key(n_rows);
        let n_others: u32 = all().filter(|c| Some(*c) != most).map(|c| n_rows(&c)).sum();
        // The most frequent code is what the others leave, if that is less to read.
        let left = most.filter(|code| wanted.contains(code) && n_others < n_rows(code));
        let read = all().filter(|code| {
            Some(*code) != left && (wanted.contains(code) || (left.is_some() && n_rows(code) > 0))
        });
        let mut family: Vec<Node> = read
            .map(|code| {
                let codes = with(code);
                let sums = self.counted(&codes);
                Node { codes, sums }
            })
            .collect();
        if let Some(left) = left {
            let mut sums = node.sums.clone();
            for other in &family {
                for (own, part) in sums.iter_mut().zip(&other.sums) {
                    *own = own.without(*part);
                }
            }
            family.push(Node {
                codes: with(left),
                sums,
            });
        }
        family.retain(|node| node.codes.last().is_some_and(|code| wanted.contains(code)));
        family
    }

    /// The sums of all later codes over the rows that have these codes; those of other columns mean nothing.
    fn counted(&self, codes: &[u32]) -> Vec<Sums> {
        let from = codes.last().map_or(0, |code| {
            let column = self.codes.columns[*code as usize];
            self.codes.of_column(column).end
        });
        let mut sums = vec![Sums::default(); self.codes.n_codes()];
        let mut total = Sums::default();
        self.codes.each_row(codes, |row| {
            let error = self.errors.of_rows[row];
            total.add(error);
            for code in self
                .codes
                .others(row)
                .iter()
                .rev()
                .take_while(|c| **c >= from)
            {
                sums[*code as usize].add(error);
            }
        });
        let first = self.codes.columns.get(from as usize).copied();
        for column in first.unwrap_or(self.codes.n_columns())..self.codes.n_columns() {
            let majority = self.codes.majority(column);
            let others = self
                .codes
                .of_column(column)
                .filter(|code| *code != majority);
            let left = others.fold(total, |left, code| left.without(sums[code as usize]));
            sums[majority as usize] = left;
        }
        sums
    }

    /// Offers the slices that have one condition more.
    fn offer(&self, node: &Node) {
        let mut n_searched = 0;
        for (code, sums) in self.later(node) {
            n_searched += 1;
            if let Some(score) = self.scorer.score(sums) {
                let own = || node.codes.iter().copied().chain([code]).collect();
                self.best.offer(score, own, sums);
            }
        }
        self.n_searched.fetch_add(n_searched, Ordering::Relaxed);
    }

    /// Those of them that may grow further, when the slice is a single condition.
    fn growing(&self, node: &Node) -> Vec<((u32, u32), Sums)> {
        let Some(own) = node.codes.last().copied() else {
            return Vec::new();
        };
        let growing = self.later(node).filter(|(_, sums)| self.may_grow(*sums));
        growing.map(|(code, sums)| ((own, code), sums)).collect()
    }

    /// The slices that have one condition more and rows enough, by its code.
    fn later(&self, node: &Node) -> impl Iterator<Item = (u32, Sums)> {
        let from = node.codes.last().map_or(0, |code| {
            let column = self.codes.columns[*code as usize];
            self.codes.of_column(column).end
        });
        (from..self.codes.n_codes() as u32)
            .map(|code| (code, node.sums[code as usize]))
            .filter(|(code, sums)| {
                self.codes.is_condition[*code as usize]
                    && sums.n_rows as usize >= self.scorer.min_rows
            })
    }

    /// Whether a slice with this condition besides can grow by any further one, by what is known of pairs.
    fn has_possible(&self, node: &Node, code: u32) -> bool {
        if self.pairs.is_empty() || node.codes.is_empty() {
            return true;
        }
        let with = |own: u32, other: u32| self.pairs.get(&(own, other)).copied();
        let sums = node.sums[code as usize];
        let end = self.codes.of_column(self.codes.columns[code as usize]).end;
        (end..self.codes.n_codes() as u32).any(|later| {
            let mut least = sums.least(node.sums[later as usize]);
            for own in node.codes.iter().chain([&code]) {
                match with(*own, later) {
                    Some(pair) => least = least.least(pair),
                    // It could not grow when it was looked at, and the best have only become better.
                    None => return false,
                }
            }
            self.may_grow(least)
        })
    }

    /// Whether it, or what it grows to, could be among the best.
    fn may_grow(&self, sums: Sums) -> bool {
        sums.n_rows as usize >= self.scorer.min_rows && self.best.may_take(self.scorer.bound(sums))
    }

    fn check_stop(&self) -> Result<(), EvaluateError> {
        if self.monitor.is_stopped() {
            return Err(EvaluateError::Stopped);
        }
        Ok(())
    }
}
