//! Models made by hand, so that what is explained is known. Models that were trained are explained in `tests/explain.rs`.

mod exactness;
mod oracles;
mod words;

use crate::data::Table;
use crate::domain::Task;
use crate::domain::algorithm::Params;
use crate::domain::schema::ColumnType;
use crate::domain::signature::ModelSignature;
use crate::feature::{ColumnTransform, Encoding, FeaturePlan, FittedColumn};
use crate::model::{Estimator, Model};
use arrow::array::{ArrayRef, Float64Array};
use std::sync::Arc;

/// A column of numbers that is taken as it is.
fn number(name: &str) -> FittedColumn {
    FittedColumn {
        name: name.to_owned(),
        kind: ColumnType::Number,
        had_missing: false,
        transform: ColumnTransform::Number {
            median: 0.0,
            mean: 0.0,
            sd: 1.0,
            min: -10.0,
            max: 10.0,
            shape: Default::default(),
        },
    }
}

/// A model over these columns.
fn model(columns: Vec<FittedColumn>, encoding: Encoding, estimator: Estimator) -> Model {
    let n_classes = estimator.n_classes();
    let plan = FeaturePlan {
        columns,
        n_rows: 100,
    };
    Model {
        name: "by hand".to_owned(),
        algorithm: "by-hand".to_owned(),
        params: Params::new(),
        signature: ModelSignature {
            inputs: plan.inputs(),
            task: match n_classes {
                None => Task::Regression,
                Some(2) => Task::Binary,
                Some(_) => Task::Multiclass,
            },
            target: "y".to_owned(),
            classes: (0..n_classes.unwrap_or(0))
                .map(|k| format!("c{k}"))
                .collect(),
        },
        plan,
        encoding,
        estimator,
    }
}

/// The columns x0, x1, …, as numbers.
fn numbers(n: usize) -> Vec<FittedColumn> {
    (0..n).map(|j| number(&format!("x{j}"))).collect()
}

/// A table of the columns x0, x1, …
fn table(rows: &[Vec<f64>]) -> Table {
    let n = rows.first().map_or(0, Vec::len);
    let column = |j: usize| Arc::new(rows.iter().map(|r| Some(r[j])).collect::<Float64Array>());
    let columns = (0..n).map(|j| (format!("x{j}"), column(j) as ArrayRef));
    Table::from_columns(columns.collect()).unwrap()
}
