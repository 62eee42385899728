//! Floor 4: algorithms (one file each), cross-validation and the choice among candidates. What a fitted model *is* is
//! left to `model`, which rows are training rows to the pipeline, and metrics to `evaluate` (same floor, passed in as a
//! function).
//!
//! A new algorithm is one new file in `algorithms/` and one word in the list there.
//!
//! Results depend on the data, the parameters and the seed alone. Every unit of work (a candidate on a fold) has a
//! seed of its own, made of the candidate's name and the fold; results are collected in the order of the candidates.

mod algorithm;
pub mod algorithms;
pub mod boosting;
mod calibration;
mod candidates;
mod cross_validation;
pub mod curves;
mod error;
mod imports;
mod leaderboard;
pub mod leakage;
mod pairwise;
pub mod process;
pub mod row_weights;
mod search;
mod stacking;
#[cfg(test)]
mod tests;
pub mod trees;
mod trial;
mod units;

pub use algorithm::{Algorithm, TrainingSet};
pub use algorithms::{IMPORTED, algorithm, algorithms, imported};
pub use candidates::{check, default_candidates};
pub use cross_validation::{Score, TrainJob, TrainOutcome, train};
pub use error::TrainError;
pub use imports::Files;
