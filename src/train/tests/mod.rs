//! Tests of all algorithms against scikit-learn, and of cross-validation.

mod boosting;
mod cross_validation;
mod curves;
mod data;
mod keeping;
mod newer;
mod on_tables;
mod oracles;
mod row_weights;
mod trees;
