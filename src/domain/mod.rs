//! Floor 0: pure values that every other floor speaks in. No I/O, no clock, no randomness, no library of the field:
//! what a file, a table or a model *is* lives here; reading, fitting and storing them is left to the floors above.

pub mod algorithm;
pub mod anomaly;
pub mod comparison;
pub mod curve;
pub mod dataset;
pub mod disagreement;
pub mod event;
pub mod expectation;
pub mod explanation;
pub mod expression;
pub mod failure;
pub mod fairness;
pub mod gate;
pub mod hash;
pub mod ids;
pub mod interchange;
pub mod ledger;
pub mod lineage;
pub mod maturity;
pub mod metric;
pub mod near;
pub mod pipeline;
pub mod prediction;
pub mod preparation;
pub mod reading;
pub mod registry;
pub mod relation;
pub mod row_view;
pub mod run;
pub mod scalar;
pub mod schema;
pub mod segment;
pub mod signature;
pub mod slice;
pub mod statistics;
pub mod task;
pub mod threshold;
pub mod training;
pub mod upkeep;
pub mod what_if;
pub mod work;

pub use failure::{Failure, FailureKind};
pub use hash::ContentHash;
pub use scalar::Scalar;
pub use task::Task;
