//! Quantiles of more values than can be kept: levels of sorted samples, each value of a level standing for twice as many
//! as one of the level below (Manku, Rajagopalan and Lindsay 1998; Karnin, Lang and Liberty 2016). Half of a full level
//! goes up, beginning with the first or the second value by a coin that is thrown from a count and not from a clock. How far
//! ranks may be off is added up as it happens, so the stated error is certain, not only likely.

use super::hash_of_key;

/// Values of a level that are too many.
const FULL: usize = 8192;
/// About so many values of a chunk are taken over.
const FROM_A_CHUNK: u64 = 4096;

/// Sorted samples of the keys of a column.
#[derive(Debug, Clone)]
pub(in crate::data::profile) struct QuantileSketch {
    levels: Vec<Vec<i64>>,
    n: u64,
    n_compactions: u64,
    /// Largest possible distance between a true rank and a rank among the samples.
    rank_error: u64,
}

/// Samples of one chunk.
#[derive(Debug, Clone)]
pub(in crate::data::profile) struct ChunkSample {
    n: u64,
    level: u32,
    /// Each stands for 2^level values.
    samples: Vec<i64>,
    /// Each stands for itself.
    rest: Vec<i64>,
}

impl ChunkSample {
    /// Takes the middle one of each 2^level successive values of runs in ascending order.
    pub(in crate::data::profile) fn of(
        n: u64,
        runs: impl FnOnce(&mut dyn FnMut(i64, u64)),
    ) -> Self {
        let level = (n / FROM_A_CHUNK).max(1).ilog2();
        let step = 1_u64 << level;
        let end = n - n % step;
        let mut sample = Self {
            n,
            level,
            samples: Vec::with_capacity((n / step) as usize),
            rest: Vec::new(),
        };
        let (mut seen, mut next) = (0, step / 2);
        runs(&mut |key, count| {
            let upto = seen + count;
            while next < upto.min(end) {
                sample.samples.push(key);
                next += step;
            }
            for _ in seen.max(end)..upto {
                sample.rest.push(key);
            }
            seen = upto;
        });
        sample
    }
}

impl QuantileSketch {
    pub(in crate::data::profile) fn new() -> Self {
        Self {
            levels: Vec::new(),
            n: 0,
            n_compactions: 0,
            rank_error: 0,
        }
    }

    /// Adds the samples of the next chunk.
    pub(in crate::data::profile) fn merge(&mut self, chunk: ChunkSample) {
        self.n += chunk.n;
        if chunk.level > 0 {
            self.rank_error += 1 << (chunk.level - 1);
        }
        self.add(chunk.level as usize, chunk.samples);
        self.add(0, chunk.rest);
    }

    fn add(&mut self, level: usize, keys: Vec<i64>) {
        while self.levels.len() <= level {
            self.levels.push(Vec::new());
        }
        self.levels[level].extend(keys);
        let mut level = level;
        while self.levels[level].len() >= FULL {
            self.compact(level);
            level += 1;
        }
    }

    /// Moves half of an even number of the level's values up.
    fn compact(&mut self, level: usize) {
        let mut keys = std::mem::take(&mut self.levels[level]);
        // Several sorted runs, which a stable sort finds.
        keys.sort();
        let last = if keys.len() % 2 == 1 {
            keys.pop()
        } else {
            None
        };
        let coin = hash_of_key(self.n_compactions as i64) & 1;
        self.n_compactions += 1;
        self.rank_error += 1 << level;
        let half: Vec<i64> = keys.into_iter().skip(coin as usize).step_by(2).collect();
        self.levels[level].extend(last);
        if self.levels.len() == level + 1 {
            self.levels.push(Vec::new());
        }
        self.levels[level + 1].extend(half);
    }

    /// The values at these probabilities (ascending), each at the rank p·(n − 1) among the samples.
    pub(in crate::data::profile) fn quantiles(&self, probabilities: &[f64]) -> Vec<i64> {
        let mut weighted: Vec<(i64, u64)> = Vec::new();
        for (level, keys) in self.levels.iter().enumerate() {
            weighted.extend(keys.iter().map(|key| (*key, 1_u64 << level)));
        }
        weighted.sort_unstable();
        let mut values = Vec::with_capacity(probabilities.len());
        let (mut below, mut at) = (0, 0);
        for p in probabilities {
            let rank = (p * self.n.saturating_sub(1) as f64) as u64;
            while at + 1 < weighted.len() && below + weighted[at].1 <= rank {
                below += weighted[at].1;
                at += 1;
            }
            values.extend(weighted.get(at).map(|w| w.0));
        }
        values
    }

    /// By how much the rank of a quantile may be off, as a fraction of the number of values.
    pub(in crate::data::profile) fn rank_error(&self) -> f64 {
        // One more, because a quantile is the value at a whole rank here.
        (self.rank_error + 1) as f64 / self.n.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROBABILITIES: [f64; 9] = [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0];

    /// Sketches chunks of these values and holds every quantile against the true ranks.
    fn check(name: &str, values: &[i64], chunk: usize) {
        let mut sketch = QuantileSketch::new();
        for part in values.chunks(chunk) {
            let mut part = part.to_vec();
            part.sort_unstable();
            sketch.merge(ChunkSample::of(part.len() as u64, |each| {
                part.chunk_by(|a, b| a == b)
                    .for_each(|run| each(run[0], run.len() as u64));
            }));
        }
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        let n = sorted.len() as f64;
        let error = sketch.rank_error();
        assert!(error < 0.004, "{name}: {error}");
        for (p, value) in PROBABILITIES.iter().zip(sketch.quantiles(&PROBABILITIES)) {
            let from = sorted.partition_point(|v| *v < value) as f64 / n;
            let to = sorted.partition_point(|v| *v <= value) as f64 / n;
            assert!(
                from - error <= *p && *p <= to + error,
                "{name}: {p} is not in {from}..{to} ± {error}"
            );
        }
    }

    #[test]
    fn ranks_stay_within_the_stated_error_in_any_order() {
        let n = 700_001_i64;
        type Value = Box<dyn Fn(i64) -> i64>;
        let kinds: [(&str, Value); 6] = [
            ("sorted", Box::new(|k| k)),
            ("reversed", Box::new(|k| -k)),
            ("zigzag", Box::new(|k| if k % 2 == 0 { k } else { -k })),
            ("few values", Box::new(|k| k * k % 7)),
            (
                "heavy tail",
                Box::new(|k| (1e9 / (hash_of_key(k) as f64 / 2e19 + 1e-9)) as i64),
            ),
            ("random", Box::new(|k| hash_of_key(k) as i64)),
        ];
        for (name, of) in kinds {
            let values: Vec<i64> = (0..n).map(of).collect();
            check(name, &values, 65_536);
            check(name, &values, 3_001);
        }
    }
}
