//! Floor 2: what data should look like, whether it does, and the verdict STOP, RETRAIN or OK.
//!
//! `infer` makes a first schema of a dataset's statistics, `target` decides the task and the classes, `check` compares
//! batches with the schema and with one another. Computing statistics is left to `data::profile`; storing the schema,
//! acting on the verdict and training to the floors above.

pub mod check;
mod drift;
pub mod error;
pub mod expectations;
pub mod infer;
mod presence;
pub mod target;
#[cfg(test)]
mod tests;
mod types;
mod values;
mod verdict;
mod wording;

pub use check::{Environment, Span, check};
pub use drift::{jensen_shannon, l_infinity};
pub use error::ValidateError;
pub use infer::{Guess, guess_role, infer_columns, infer_schema};
pub use target::{classes, task_of};
