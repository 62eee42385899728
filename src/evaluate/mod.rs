//! Floor 4: how good models are and whether one may replace another: metrics, curves, segments, the paired comparison
//! with its intervals, and the model gate. Fitting models is left to `train`, asking them to `model`, recording the
//! results to `pipeline`.

mod binning;
mod bootstrap;
mod column_cut;
pub mod compare;
mod condition;
pub mod curves;
mod differences;
pub mod disagreement;
mod error;
pub mod fairness;
pub mod gate;
mod losses;
pub mod metrics;
mod multinomial;
mod proposal;
mod resampling;
mod scorer;
pub mod segments;
mod sentences;
mod significance;
pub mod slices;
pub mod thresholds;

pub use compare::{ComparedModel, TestSet, compare};
pub use error::EvaluateError;
pub use gate::{default_checks, judge, validate_checks};
pub use metrics::{metric, score};
pub use resampling::resolved;
pub use segments::{default_segments, validate_segments};
