//! Trees as flat arrays, and adding up their answers. Reading them from a node's attributes is left to `trees`.

use super::post::Post;

/// How a feature is compared with a node's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    LessOrEqual,
    Less,
    GreaterOrEqual,
    Greater,
    Equal,
    NotEqual,
    /// Whether it is one of several values.
    Member,
}

impl Mode {
    pub(super) fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "BRANCH_LEQ" => Self::LessOrEqual,
            "BRANCH_LT" => Self::Less,
            "BRANCH_GTE" => Self::GreaterOrEqual,
            "BRANCH_GT" => Self::Greater,
            "BRANCH_EQ" => Self::Equal,
            "BRANCH_NEQ" => Self::NotEqual,
            _ => return None,
        })
    }

    /// By its number in `TreeEnsemble`.
    pub(super) fn of_number(number: i32) -> Option<Self> {
        Some(match number {
            0 => Self::LessOrEqual,
            1 => Self::Less,
            2 => Self::GreaterOrEqual,
            3 => Self::Greater,
            4 => Self::Equal,
            5 => Self::NotEqual,
            6 => Self::Member,
            _ => return None,
        })
    }
}

/// Where a branch leads: a node's place, or with this bit set a leaf's.
pub(super) const LEAF: u32 = 1 << 31;

/// A branching.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    /// The value, exact in 64 bits; for `Member` the place of its set.
    pub(super) value: f64,
    pub(super) feature: u32,
    pub(super) yes: u32,
    pub(super) no: u32,
    pub(super) mode: Mode,
    /// Whether a missing value (NaN) counts as yes.
    pub(super) missing_is_yes: bool,
}

/// How the trees' answers become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    Sum,
    Average,
    Min,
    Max,
}

/// Trees.
pub(super) struct Ensemble {
    /// Where each tree begins: a node or a leaf.
    pub(super) roots: Vec<u32>,
    pub(super) splits: Vec<Split>,
    /// First and last weight (left out) of each leaf.
    pub(super) leaves: Vec<(u32, u32)>,
    /// What leaves give: an output and a number.
    pub(super) weights: Vec<(u32, f64)>,
    /// Sets of values for `Member`.
    pub(super) sets: Vec<Vec<f64>>,
    pub(super) n_outputs: usize,
    pub(super) aggregate: Aggregate,
    /// One number an output, or none.
    pub(super) base: Vec<f64>,
    pub(super) post: Post,
}

/// Sums of a row, and which outputs any leaf spoke of.
pub(super) struct Sums {
    pub(super) values: Vec<f64>,
    pub(super) is_given: Vec<bool>,
}

impl Ensemble {
    /// Whether every branch leads to something that is there, never in a circle, and every output exists.
    pub(super) fn check(&self) -> Result<(), String> {
        let (n_splits, n_leaves) = (self.splits.len(), self.leaves.len());
        let exists = |to: u32| match to & LEAF {
            0 => (to as usize) < n_splits,
            _ => ((to & !LEAF) as usize) < n_leaves,
        };
        let branches = self.splits.iter().flat_map(|s| [s.yes, s.no]);
        if !self.roots.iter().copied().chain(branches).all(exists) {
            return Err("a branch of a tree leads nowhere".to_owned());
        }
        if self
            .weights
            .iter()
            .any(|(output, _)| *output as usize >= self.n_outputs)
        {
            return Err("a leaf gives an output that is not there".to_owned());
        }
        let no_set = |s: &Split| s.mode == Mode::Member && s.value as usize >= self.sets.len();
        if self.splits.iter().any(no_set) {
            return Err("a node's set of values is missing".to_owned());
        }
        self.check_circles()
    }

    /// Walks from the roots with a stack of its own, because trees may be deep: a node that is met again below itself
    /// makes a circle.
    fn check_circles(&self) -> Result<(), String> {
        const NEW: u8 = 0;
        const OPEN: u8 = 1;
        const DONE: u8 = 2;
        let mut states = vec![NEW; self.splits.len()];
        let mut stack: Vec<u32> = self.roots.clone();
        while let Some(at) = stack.last().copied() {
            if at & LEAF != 0 || states[at as usize] == DONE {
                stack.pop();
            } else if states[at as usize] == OPEN {
                states[at as usize] = DONE;
                stack.pop();
            } else {
                states[at as usize] = OPEN;
                let split = &self.splits[at as usize];
                for next in [split.yes, split.no] {
                    if next & LEAF == 0 {
                        if states[next as usize] == OPEN {
                            return Err("a tree goes back to an earlier node".to_owned());
                        }
                        stack.push(next);
                    }
                }
            }
        }
        Ok(())
    }

    /// The highest feature that is asked, and one more.
    pub(super) fn n_features(&self) -> usize {
        let features = self.splits.iter().map(|s| s.feature as usize + 1);
        features.max().unwrap_or(0)
    }

    fn leaf(&self, root: u32, row: &[f64]) -> (u32, u32) {
        let mut at = root;
        while at & LEAF == 0 {
            let split = &self.splits[at as usize];
            let x = row[split.feature as usize];
            let is_yes = match split.mode {
                Mode::LessOrEqual => x <= split.value,
                Mode::Less => x < split.value,
                Mode::GreaterOrEqual => x >= split.value,
                Mode::Greater => x > split.value,
                Mode::Equal => x == split.value,
                Mode::NotEqual => x != split.value,
                Mode::Member => self.sets[split.value as usize].contains(&x),
            };
            let is_yes = is_yes || (split.missing_is_yes && x.is_nan());
            at = if is_yes { split.yes } else { split.no };
        }
        self.leaves[(at & !LEAF) as usize]
    }

    /// What the trees say of rows of `n_features` numbers, before base values and transforms. Trees are the outer loop,
    /// so that a tree stays in the cache; each row adds them up in their order.
    pub(super) fn sums(&self, x: &[f64], n_features: usize, n_rows: usize) -> Sums {
        let k = self.n_outputs;
        let mut values = vec![0.0; n_rows * k];
        let mut is_given = vec![false; n_rows * k];
        for root in &self.roots {
            for i in 0..n_rows {
                let (start, end) = self.leaf(*root, &x[i * n_features..(i + 1) * n_features]);
                for (output, weight) in &self.weights[start as usize..end as usize] {
                    let at = i * k + *output as usize;
                    let (value, given) = (&mut values[at], &mut is_given[at]);
                    match self.aggregate {
                        Aggregate::Sum | Aggregate::Average => *value += weight,
                        Aggregate::Min if *given => *value = value.min(*weight),
                        Aggregate::Max if *given => *value = value.max(*weight),
                        Aggregate::Min | Aggregate::Max => *value = *weight,
                    }
                    *given = true;
                }
            }
        }
        Sums { values, is_given }
    }

    /// Answers of a regressor, row by row.
    pub(super) fn answers(&self, x: &[f64], n_features: usize, n_rows: usize) -> Vec<f64> {
        let k = self.n_outputs;
        let mut values = self.sums(x, n_features, n_rows).values;
        let n_trees = self.roots.len().max(1) as f64;
        for row in values.chunks_mut(k) {
            for (i, value) in row.iter_mut().enumerate() {
                if self.aggregate == Aggregate::Average {
                    *value /= n_trees;
                }
                *value += self.base.get(i).copied().unwrap_or(0.0);
            }
            // One number alone knows no shares; onnxruntime leaves it alone but for PROBIT.
            if k > 1 || self.post == Post::Probit {
                self.post.apply(row);
            }
        }
        values
    }
}
