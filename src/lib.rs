//! Lockkeeper, a desktop MLOps workbench: validate data, train candidates, compare them with production segment by
//! segment, promote, serve, and record every step in a local metadata database.
//!
//! The floors, from the ground up; a module imports downwards only, and the roofs name only `domain` and `workspace`:
//!
//! | floor | modules |
//! |---|---|
//! | 0 | [`domain`]: pure values |
//! | 1 | [`data`]: files and tables; [`store`]: metadata and artifacts |
//! | 2 | [`validate`]: schema, anomalies, the data verdict; [`feature`]: fitted transforms |
//! | 3 | [`model`]: a trained model |
//! | 4 | [`train`]: algorithms and selection; [`evaluate`]: metrics, segments, comparison, the model gate; [`explain`]: what a model goes by |
//! | 5 | [`pipeline`]: steps and runs; [`serve`]: the prediction service; [`maturity`]: evidence; [`interchange`]: other programs' formats |
//! | 6 | [`workspace`]: the one facade |
//! | 7 | [`cli`] and `gui`: the roofs |
//!
//! Reading order: `domain::pipeline`, `domain::run`, `pipeline::step`, `pipeline::machine`, `workspace`. ARCHITECTURE.md
//! says what is deliberately absent, and how to add a step, an algorithm, a metric or a panel.

pub mod cli;
pub mod data;
pub mod domain;
pub mod evaluate;
pub mod explain;
pub mod feature;
#[cfg(feature = "window")]
pub mod gui;
pub mod interchange;
pub mod maturity;
pub mod model;
pub mod pipeline;
pub mod serve;
pub mod store;
pub mod train;
pub mod validate;
pub mod workspace;
