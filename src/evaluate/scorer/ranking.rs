//! Rows by descending score, and what depends on their order alone.

use super::{Lanes, ROWS_A_BLOCK, Weights, by_lane, flush};

/// Rows by descending score.
pub(super) struct Ranking {
    entries: Vec<RankedRow>,
}

/// One row of a ranking: its number, whether it is positive, and whether the next row has a smaller score. In one number, as
/// reading them is what a ranking costs.
#[derive(Clone, Copy)]
struct RankedRow(u32);

impl RankedRow {
    const ENDS_TIE: u32 = 1;
    const POSITIVE: u32 = 2;
    const SHIFT: u32 = 2;

    fn new(row: u32, is_positive: bool, ends_tie: bool) -> Self {
        let positive = if is_positive { Self::POSITIVE } else { 0 };
        let end = if ends_tie { Self::ENDS_TIE } else { 0 };
        Self(row << Self::SHIFT | positive | end)
    }

    fn row(self) -> u32 {
        self.0 >> Self::SHIFT
    }

    fn is_positive(self) -> bool {
        self.0 & Self::POSITIVE != 0
    }

    fn ends_tie(self) -> bool {
        self.0 & Self::ENDS_TIE != 0
    }
}

impl Ranking {
    /// Of these rows; `place_of` gives the place of a row among all rows, equal scores have equal places.
    pub(super) fn new(rows: &[u32], place_of: &[u32], is_positive: impl Fn(usize) -> bool) -> Self {
        let place = |row: u32| place_of[row as usize];
        let mut order = rows.to_vec();
        order.sort_unstable_by_key(|row| (place(*row), *row));
        let entries = order
            .iter()
            .enumerate()
            .map(|(i, &row)| {
                let next = order.get(i + 1);
                let ends_tie = next.is_none_or(|&next| place(next) != place(row));
                RankedRow::new(row, is_positive(row as usize), ends_tie)
            })
            .collect();
        Self { entries }
    }

    /// Area under the ROC curve (ties count half: midranks) and average precision (sum over thresholds of the gain in
    /// recall times the precision there); NaN where they are not defined.
    pub(super) fn areas<V: Lanes<L>, const L: usize>(
        &self,
        weights: &impl Weights<V>,
    ) -> [[f64; L]; 2] {
        let mut totals = Totals::new();
        let mut rest = self.entries.as_slice();
        while !rest.is_empty() {
            let is_end = |entry: &RankedRow| entry.ends_tie();
            let least = ROWS_A_BLOCK.min(rest.len()) - 1;
            let more = rest[least..].iter().position(is_end);
            let (block, behind) = rest.split_at(least + 1 + more.unwrap_or(0));
            totals.take(Block::of(block, &totals, weights));
            rest = behind;
        }
        totals.areas()
    }

    /// See `Scorer::placements`.
    pub(super) fn placements(&self) -> [Vec<(u32, f64)>; 2] {
        let count = |positive: bool| {
            self.entries
                .iter()
                .filter(|e| e.is_positive() == positive)
                .count()
        };
        let (n_positive, n_negative) = (count(true) as f64, count(false) as f64);
        let mut placements = [
            Vec::with_capacity(n_positive as usize),
            Vec::with_capacity(n_negative as usize),
        ];
        let (mut positives, mut negatives) = (0.0, 0.0);
        for tie in self.entries.chunk_by(|a, _| !a.ends_tie()) {
            let of_tie = tie.iter().filter(|e| e.is_positive()).count() as f64;
            let others = tie.len() as f64 - of_tie;
            for entry in tie {
                let (side, share) = if entry.is_positive() {
                    (0, (n_negative - negatives - 0.5 * others) / n_negative)
                } else {
                    (1, (positives + 0.5 * of_tie) / n_positive)
                };
                placements[side].push((entry.row(), share));
            }
            positives += of_tie;
            negatives += others;
        }
        placements
    }
}

/// Weights of the rows so far, highest scores first.
struct Totals<const L: usize> {
    positives: [f64; L],
    negatives: [f64; L],
    /// Pairs of a positive row above a negative one.
    pairs: [f64; L],
    /// Gains of recall times precision, not yet divided by the positives.
    steps: [f64; L],
}

/// The same of a few rows behind them; pairs are those inside of the block.
struct Block<V> {
    positives: V,
    negatives: V,
    pairs: V,
    steps: V,
}

impl<const L: usize> Totals<L> {
    fn new() -> Self {
        Self {
            positives: [0.0; L],
            negatives: [0.0; L],
            pairs: [0.0; L],
            steps: [0.0; L],
        }
    }

    fn take<V: Lanes<L>>(&mut self, block: Block<V>) {
        let negatives = block.negatives.lanes().into_iter();
        for (pairs, (below, above)) in self.pairs.iter_mut().zip(negatives.zip(self.positives)) {
            *pairs += below * above;
        }
        flush(&mut self.pairs, block.pairs);
        flush(&mut self.positives, block.positives);
        flush(&mut self.negatives, block.negatives);
        flush(&mut self.steps, block.steps);
    }

    /// Without a row on a side this is 0 / 0.
    fn areas(&self) -> [[f64; L]; 2] {
        let roc = |l: usize| self.pairs[l] / (self.positives[l] * self.negatives[l]);
        let precision = |l: usize| self.steps[l] / self.positives[l];
        [by_lane(roc), by_lane(precision)]
    }
}

impl<V> Block<V> {
    /// Of rows that end with a tie, behind all that was counted before.
    fn of<const L: usize>(
        entries: &[RankedRow],
        before: &Totals<L>,
        weights: &impl Weights<V>,
    ) -> Self
    where
        V: Lanes<L>,
    {
        let rows = before.positives.iter().zip(before.negatives);
        let mut rows = rows.map(|(positives, negatives)| positives + negatives);
        let before = Before {
            positives: V::from_lanes(before.positives),
            rows: V::from_lanes(by_lane(|_| rows.next().unwrap_or_default())),
        };
        if entries.iter().all(|e| e.ends_tie()) {
            Self::without_ties(entries, &before, weights)
        } else {
            Self::with_ties(entries, &before, weights)
        }
    }

    // Alone, so that the sums stay in registers.
    #[inline(never)]
    fn without_ties<const L: usize>(
        entries: &[RankedRow],
        before: &Before<V>,
        weights: &impl Weights<V>,
    ) -> Self
    where
        V: Lanes<L>,
    {
        let zero = V::of(0.0);
        let (mut positives, mut negatives) = (zero, zero);
        let (mut pairs, mut steps) = (zero, zero);
        for entry in entries {
            let w = weights.of(entry.row());
            if entry.is_positive() {
                positives += w;
                steps += before.step(w, positives, negatives);
            } else {
                pairs += w * positives;
                negatives += w;
            }
        }
        Self {
            positives,
            negatives,
            pairs,
            steps,
        }
    }

    // Alone, so that the sums stay in registers.
    #[inline(never)]
    fn with_ties<const L: usize>(
        entries: &[RankedRow],
        before: &Before<V>,
        weights: &impl Weights<V>,
    ) -> Self
    where
        V: Lanes<L>,
    {
        let (zero, half) = (V::of(0.0), V::of(0.5));
        let (mut positives, mut negatives) = (zero, zero);
        let (mut pairs, mut steps) = (zero, zero);
        let (mut tie_positives, mut tie_negatives) = (zero, zero);
        for entry in entries {
            let w = weights.of(entry.row());
            if entry.is_positive() {
                tie_positives += w;
            } else {
                tie_negatives += w;
            }
            if entry.ends_tie() {
                pairs += tie_negatives * (positives + half * tie_positives);
                positives += tie_positives;
                negatives += tie_negatives;
                steps += before.step(tie_positives, positives, negatives);
                (tie_positives, tie_negatives) = (zero, zero);
            }
        }
        Self {
            positives,
            negatives,
            pairs,
            steps,
        }
    }
}

/// Weights of the positive and of all rows before a block.
struct Before<V> {
    positives: V,
    rows: V,
}

impl<V> Before<V> {
    /// The gain in recall, not yet divided by the positives, times the precision behind it. Where nothing was drawn yet,
    /// nothing is gained either: the least number keeps 0 / 0 away.
    fn step<const L: usize>(&self, gain: V, positives: V, negatives: V) -> V
    where
        V: Lanes<L>,
    {
        let rows = self.rows + positives + negatives;
        let least = V::of(f64::from(f32::MIN_POSITIVE));
        gain * (self.positives + positives) / rows.larger(least)
    }
}
