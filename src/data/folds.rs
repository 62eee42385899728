//! The folds of a cross-validation. Positions only: what the rows hold is left to the caller. Training and test parts
//! are in `split`.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeMap;

/// Positions of the rows to learn from, and of those to validate on; both ascend.
pub type Fold = (Vec<usize>, Vec<usize>);

/// What a cross-validation goes over. Folds hold positions among these rows, from 0.
#[derive(Debug, Clone, Copy)]
pub enum FoldRows<'a> {
    /// So many rows, shuffled.
    Shuffled {
        /// Number of rows.
        n_rows: usize,
    },
    /// Rows with classes, whose shares every fold keeps.
    Stratified {
        /// The class of each row.
        strata: &'a [u32],
    },
    /// Rows that belong together: those of a group are held out together.
    Grouped {
        /// The group of each row.
        groups: &'a [u64],
    },
    /// Rows in time: a fold learns from what came before the rows it validates on.
    Time {
        /// Number of rows.
        n_rows: usize,
        /// The time of each row; `None` where they are in order already. Equal times keep their order.
        time: Option<&'a [i64]>,
        /// The class of each row, where there are classes.
        strata: Option<&'a [u32]>,
    },
}

/// The folds of a cross-validation: of each the rows to learn from and the rows to validate on, both ascending.
///
/// `k` is at least 2 and at most the number of rows; with fewer than two rows there is no fold. Shuffled and
/// stratified: validation parts are disjoint, and sizes differ by at most one, over all rows and in each class. They
/// cover all rows but one kind: the only row of a class is in every training part, for no model learns a class it
/// has not seen. By time: windows of equal size at the end, each with all earlier rows before it (as scikit-learn's
/// `TimeSeriesSplit`); the first begins after every class has appeared, if that leaves a row for each fold.
#[must_use]
pub fn folds(rows: FoldRows<'_>, k: usize, seed: u64) -> Vec<Fold> {
    match rows {
        FoldRows::Shuffled { n_rows } => {
            shuffled_folds(vec![(0..n_rows).collect()], n_rows, k, seed)
        }
        FoldRows::Stratified { strata } => {
            let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            for (row, stratum) in strata.iter().enumerate() {
                groups.entry(*stratum).or_default().push(row);
            }
            let groups = groups.into_values().filter(|rows| rows.len() > 1).collect();
            shuffled_folds(groups, strata.len(), k, seed)
        }
        FoldRows::Grouped { groups } => grouped_folds(groups, k),
        FoldRows::Time {
            n_rows,
            time,
            strata,
        } => {
            let mut order: Vec<usize> = (0..n_rows).collect();
            if let Some(time) = time {
                order.sort_by_key(|row| time[*row]);
            }
            time_folds(&order, strata, k)
        }
    }
}

/// Deals the shuffled rows of one group after another out to the folds, like cards.
fn shuffled_folds(groups: Vec<Vec<usize>>, n_rows: usize, k: usize, seed: u64) -> Vec<Fold> {
    let n_dealt: usize = groups.iter().map(Vec::len).sum();
    if n_dealt < 2 {
        return Vec::new();
    }
    let k = k.clamp(2, n_dealt);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut fold_of = vec![usize::MAX; n_rows];
    let mut n_so_far = 0;
    for mut group in groups {
        group.shuffle(&mut random);
        for row in group {
            fold_of[row] = n_so_far % k;
            n_so_far += 1;
        }
    }
    (0..k)
        .map(|fold| (0..n_rows).partition(|row| fold_of[*row] != fold))
        .collect()
}

/// The largest group to the fold that has the fewest rows, and so on (scikit-learn's `GroupKFold`). With a single group there
/// is no fold.
fn grouped_folds(groups: &[u64], k: usize) -> Vec<Fold> {
    let mut rows_of: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        rows_of.entry(*group).or_default().push(row);
    }
    let k = k.clamp(2, rows_of.len().max(2));
    let mut by_size: Vec<Vec<usize>> = rows_of.into_values().collect();
    if by_size.len() < 2 {
        return Vec::new();
    }
    by_size.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
    let mut held_out: Vec<Vec<usize>> = vec![Vec::new(); k];
    for rows in by_size {
        if let Some(lightest) = held_out.iter_mut().min_by_key(|fold| fold.len()) {
            lightest.extend(rows);
        }
    }
    let fold = |mut held_out: Vec<usize>| {
        held_out.sort_unstable();
        let is_held_out = |row: &usize| held_out.binary_search(row).is_ok();
        let training = (0..groups.len()).filter(|row| !is_held_out(row)).collect();
        (training, held_out)
    };
    held_out.into_iter().map(fold).collect()
}

fn time_folds(order: &[usize], strata: Option<&[u32]>, k: usize) -> Vec<Fold> {
    let n_rows = order.len();
    if n_rows < 2 {
        return Vec::new();
    }
    let k = k.clamp(2, n_rows.max(3) - 1).min(n_rows - 1);
    let usual = n_rows - k * (n_rows / (k + 1));
    let complete = strata.map_or(0, |strata| first_complete(order, strata));
    let begin = if complete > usual && n_rows - complete >= k {
        complete
    } else {
        usual
    };
    let bound = |i: usize| begin + (n_rows - begin) * i / k;
    let ascending = |rows: &[usize]| {
        let mut rows = rows.to_vec();
        rows.sort_unstable();
        rows
    };
    (0..k)
        .map(|i| {
            let (from, to) = (bound(i), bound(i + 1));
            (ascending(&order[..from]), ascending(&order[from..to]))
        })
        .collect()
}

/// How many of the first rows it takes until every class has appeared.
fn first_complete(order: &[usize], strata: &[u32]) -> usize {
    let mut first: BTreeMap<u32, usize> = BTreeMap::new();
    for (position, row) in order.iter().enumerate() {
        first.entry(strata[*row]).or_insert(position);
    }
    first.into_values().max().map_or(0, |position| position + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Classes of unequal size, each about half as frequent as the one before.
    fn classes(n_rows: usize, n_classes: u32) -> Vec<u32> {
        let class = |row: usize| ((row * 2_654_435_761) as u32).leading_zeros();
        (0..n_rows)
            .map(|row| class(row).min(n_classes - 1))
            .collect()
    }

    fn sorted_union(a: &[usize], b: &[usize]) -> Vec<usize> {
        let mut all = [a, b].concat();
        all.sort_unstable();
        all
    }

    #[test]
    fn folds_deal_every_class_evenly() {
        let strata = classes(503, 5);
        for k in [2, 3, 5, 10] {
            let folds = folds(FoldRows::Stratified { strata: &strata }, k, 8);
            assert_eq!(folds.len(), k);
            let mut validated: Vec<usize> = Vec::new();
            for (train, valid) in &folds {
                assert_eq!(sorted_union(train, valid), (0..503).collect::<Vec<_>>());
                assert!(valid.len().abs_diff(503 / k) <= 1);
                for class in 0..5 {
                    let size =
                        |rows: &[usize]| rows.iter().filter(|r| strata[**r] == class).count();
                    let share = (size(train) + size(valid)) as f64 / k as f64;
                    assert!((size(valid) as f64 - share).abs() < 1.0);
                    assert!(size(train) > 0);
                }
                validated.extend(valid);
            }
            validated.sort_unstable();
            assert_eq!(validated, (0..503).collect::<Vec<_>>());
        }
    }

    #[test]
    fn small_and_odd_folds_are_sound() {
        let rare = [0, 0, 0, 0, 1, 2, 2];
        let dealt = folds(FoldRows::Stratified { strata: &rare }, 5, 1);
        for (train, valid) in &dealt {
            assert!(
                [0, 1, 2]
                    .iter()
                    .all(|c| train.iter().any(|r| rare[*r] == *c))
            );
            assert!(!valid.is_empty() && !valid.contains(&4));
        }
        assert_eq!(folds(FoldRows::Shuffled { n_rows: 3 }, 10, 1).len(), 3);
        assert!(folds(FoldRows::Shuffled { n_rows: 1 }, 5, 1).is_empty());
        assert!(folds(FoldRows::Stratified { strata: &[0, 1] }, 5, 1).is_empty());
    }

    /// scikit-learn: `TimeSeriesSplit(3).split(range(10))` validates on [4, 5], [6, 7], [8, 9].
    #[test]
    fn a_group_is_held_out_as_a_whole() {
        let groups: Vec<u64> = [7, 7, 7, 7, 3, 3, 9, 9, 1, 1, 5].to_vec();
        let folds = folds(FoldRows::Grouped { groups: &groups }, 3, 1);
        assert_eq!(folds.len(), 3);
        let mut all: Vec<usize> = Vec::new();
        for (training, held_out) in &folds {
            assert!((3..=4).contains(&held_out.len()), "{held_out:?}");
            let groups_of =
                |rows: &[usize]| rows.iter().map(|r| groups[*r]).collect::<BTreeSet<_>>();
            assert!(groups_of(training).is_disjoint(&groups_of(held_out)));
            assert_eq!(training.len() + held_out.len(), groups.len());
            all.extend(held_out);
        }
        all.sort_unstable();
        assert_eq!(all, (0..groups.len()).collect::<Vec<_>>());
        assert!(super::folds(FoldRows::Grouped { groups: &[4; 9] }, 3, 1).is_empty());
    }

    #[test]
    fn folds_in_time_learn_from_the_past_only() {
        let ordered = |n_rows| FoldRows::Time {
            n_rows,
            time: None,
            strata: None,
        };
        let valid: Vec<_> = folds(ordered(10), 3, 0).into_iter().map(|f| f.1).collect();
        assert_eq!(valid, [[4, 5], [6, 7], [8, 9]]);
        let time: Vec<i64> = (0..10).map(|i| 100 - i).collect();
        let mut strata = [0; 10];
        strata[3] = 1;
        let rows = FoldRows::Time {
            n_rows: 10,
            time: Some(&time),
            strata: Some(&strata),
        };
        let folds_back = folds(rows, 3, 0);
        assert_eq!(folds_back[0], (vec![3, 4, 5, 6, 7, 8, 9], vec![2]));
        assert_eq!(folds_back[2], (vec![1, 2, 3, 4, 5, 6, 7, 8, 9], vec![0]));
        for n in [0, 1, 2, 3, 4, 11] {
            for (train, valid) in folds(ordered(n), 5, 0) {
                assert!(!train.is_empty() && !valid.is_empty(), "{n}");
                assert!(train.last() < valid.first());
            }
        }
    }
}
