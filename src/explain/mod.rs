//! Floor 4: what a model goes by. Importance of columns by shuffling, the effect of one column, contributions to single
//! answers, trees in words, weights. Everything speaks of the columns of the table, not of the features made of them. What
//! a metric is comes in as a function, because `evaluate` is on the same floor; which rows, and where they lie, is the
//! workspace's.
//!
//! A kind of estimator that nothing here knows is explained through `Model::predict` alone: importance, effects and
//! sampled contributions need no more.
//!
//! Results depend on the model, the rows and the seed: not on threads, because every unit of work has a seed of its own
//! and sums are made in a fixed order.

mod coefficients;
mod contributions;
mod counterfactual;
mod dependence;
mod draw;
mod drawing;
mod error;
mod importance;
mod outline;
mod output;
mod sampled;
mod summary;
#[cfg(test)]
mod tests;
mod tree_shap;
mod trees;

pub use coefficients::coefficients;
pub use contributions::{
    Contributions, Effort, Ground, MAX_TRAINING_ROWS, contributions, explain_row, explain_rows,
    method,
};
pub use counterfactual::{Nearest, nearest_other};
pub use dependence::{DependenceJob, partial_dependence, row_curve};
pub use draw::drawn;
pub use drawing::draw_tree;
pub use error::ExplainError;
pub use importance::{ImportanceJob, Score, permutation_importance};
pub use outline::outline;
pub use summary::summarise;
