//! Floor 2: fitted transforms. A [`FeaturePlan`] is learned from training rows only and turns any table with the same
//! columns into a matrix of finite numbers. Which rows are training rows, and what is learned from the matrix, is left
//! to `train`; the fitted plan travels inside the `model`.
//!
//! Rules that hold for every plan:
//! - One fitted transform a column; a column never looks at another one, nor at the target, unless a person chose its means
//!   (`target_mean`), which training rows then get without their own target.
//! - All numbers have f32 precision, so that the same model evaluated in ONNX sees the same inputs.
//! - No NaN and no infinity comes out. Missing, NaN and infinite numbers are imputed.
//! - A day or moment is taken apart (month, day of the week, hour, and year when training saw more than one). Its
//!   place on the time line is never an input: a model would learn "later than everything I know" from it.

mod calendar;
mod column;
mod encode;
mod error;
mod meaning;
mod plan;
mod shape;
mod target_mean;
#[cfg(test)]
mod tests;

pub use calendar::{CalendarPart, FittedPart};
pub use column::{ColumnTransform, FittedColumn};
pub use error::FeatureError;
pub use meaning::{Feature, Meaning};
pub(crate) use plan::Form;
pub use plan::{Encoding, FeaturePlan};
pub use shape::Shape;
pub use target_mean::{KnownTargets, TargetMeans};
