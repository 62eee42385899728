//! Floor 2: what data should look like, whether it does, and the verdict STOP, RETRAIN or OK.
//!
//! `infer` makes a first schema of a dataset's statistics, `target` decides the task and the classes, `check` compares
//! batches with the schema and with one another. Computing statistics is left to `data::profile`; storing the schema,
//! acting on the verdict and training to the floors above.

pub mod check;
mod counts;
mod distance;
mod drift;
pub mod error;
pub mod expectations;
mod facts;
pub mod infer;
pub mod interchange;
mod presence;
mod specification;
pub mod target;
#[cfg(test)]
mod tests;
mod types;
mod unique;
mod values;
mod verdict;
mod wording;

pub use check::{Environment, Span, check, check_newest};
pub use distance::{
    chance_of_jensen_shannon, chi_squared, jensen_shannon, kolmogorov_smirnov, l_infinity,
    normalized_absolute_difference, population_stability,
};
pub use error::ValidateError;
pub use infer::{Guess, guess_role, infer_columns, infer_reference, infer_schema};
pub use target::{classes, task_of};
