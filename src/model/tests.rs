//! Tests of models as values: saving, loading, damaged bytes, batches. Models that algorithms fitted are tested in
//! `train`.

use super::*;
use crate::data::Table;
use crate::domain::Task;
use crate::domain::pipeline::TransformParams;
use crate::domain::prediction::Predictions;
use crate::domain::schema::{ColumnSpec, ColumnType, Role, Schema};
use crate::domain::signature::ModelSignature;
use crate::feature::{Encoding, FeaturePlan};
use arrow::array::{ArrayRef, Float64Array};
use ndarray::{Array2, array};
use std::sync::Arc;

fn table(n: usize) -> Table {
    let values = Float64Array::from_iter_values((0..n).map(|i| (i as f64 * 0.7).sin() * 5.0));
    Table::from_columns(vec![("x".into(), Arc::new(values) as ArrayRef)]).unwrap()
}

fn model(estimator: Estimator) -> Model {
    let schema = Schema {
        columns: vec![ColumnSpec {
            name: "x".into(),
            kind: ColumnType::Number,
            role: Role::Feature,
            required: true,
            min_fraction: 0.0,
            domain: None,
            drift: None,
            constraints: Default::default(),
        }],
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations: Vec::new(),
    };
    let rows: Vec<usize> = (0..50).collect();
    let plan = FeaturePlan::fit(
        &table(50),
        &schema,
        &rows,
        &TransformParams::default(),
        &[],
        None,
    )
    .unwrap();
    Model {
        name: "test".into(),
        algorithm: "logistic".into(),
        params: [("alpha".to_owned(), 1.0.into())].into(),
        signature: ModelSignature {
            inputs: plan.inputs(),
            task: Task::Binary,
            target: "y".into(),
            classes: vec!["no".into(), "yes".into()],
        },
        plan,
        encoding: Encoding::OneHot,
        estimator,
    }
}

fn logistic() -> Estimator {
    Estimator::Linear(Linear {
        coefficients: vec![vec![0.1 + 0.2]],
        intercepts: vec![-1.0 / 3.0],
        link: Link::Logistic,
    })
}

fn stump() -> Estimator {
    let split = Node {
        feature: 0,
        threshold: 0.5,
        left: 1,
        right: 2,
    };
    let leaf = |right| Node {
        feature: 0,
        threshold: 0.0,
        left: 0,
        right,
    };
    Estimator::Forest(Forest {
        trees: vec![Tree {
            nodes: vec![split, leaf(0), leaf(1)],
            answers: vec![0.75, 0.25, 0.0, 1.0],
        }],
        n_classes: Some(2),
        n_features: 1,
    })
}

#[test]
fn a_model_survives_saving_bit_by_bit() {
    for estimator in [logistic(), stump()] {
        let model = model(estimator);
        let bytes = model.to_bytes();
        let loaded = Model::from_bytes(&bytes).unwrap();
        assert_eq!(loaded, model);
        assert_eq!(loaded.to_bytes(), bytes);
        assert_eq!(loaded.hash(), model.hash());
        assert_eq!(
            loaded.predict(&table(100)).unwrap(),
            model.predict(&table(100)).unwrap()
        );
    }
}

#[test]
fn foreign_newer_and_damaged_bytes_are_refused() {
    let bytes = model(logistic()).to_bytes();
    assert!(matches!(
        Model::from_bytes(b"PK\x03\x04"),
        Err(ModelError::NotAModel { .. })
    ));
    assert!(matches!(
        Model::from_bytes(&bytes[..10]),
        Err(ModelError::NotAModel { .. })
    ));
    assert!(matches!(
        Model::from_bytes(&bytes[..bytes.len() / 2]),
        Err(ModelError::NotAModel { .. })
    ));
    let mut newer = bytes;
    newer[8] = 99;
    assert_eq!(
        Model::from_bytes(&newer).unwrap_err(),
        ModelError::NewerFormat {
            found: 99,
            known: FORMAT_VERSION
        }
    );
}

#[test]
fn a_model_whose_parts_contradict_each_other_is_refused() {
    let mut looped = model(stump());
    if let Estimator::Forest(forest) = &mut looped.estimator {
        forest.trees[0].nodes[2] = Node {
            feature: 0,
            threshold: 0.0,
            left: 1,
            right: 1,
        };
    }
    assert!(
        Model::from_bytes(&looped.to_bytes()).is_err(),
        "a tree that goes back to an earlier node"
    );
    let mut narrow = model(logistic());
    narrow.signature.classes.push("perhaps".into());
    assert!(
        Model::from_bytes(&narrow.to_bytes()).is_err(),
        "three classes, two probabilities"
    );
}

#[test]
fn predictions_do_not_depend_on_the_batch() {
    let table = table(10_000);
    for estimator in [logistic(), stump()] {
        let model = model(estimator);
        let whole = model.predict(&table).unwrap();
        assert_eq!(whole.n_rows(), 10_000);
        for row in [0, 1, 4095, 4096, 9999] {
            assert_eq!(
                model.predict(&table.slice(row, 1)).unwrap(),
                whole.take(&[row])
            );
        }
        assert_eq!(model.predict(&table.slice(0, 0)).unwrap().n_rows(), 0);
    }
}

#[test]
fn probabilities_stay_finite_where_exponentials_would_not() {
    let x: Array2<f64> = array![[f64::from(f32::MAX)], [f64::from(f32::MIN)], [0.0]];
    let nb_class = |class, mean| NbClass {
        class,
        prior: 0.5,
        means: vec![mean],
        variances: vec![1e-12],
    };
    let estimators = [
        logistic(),
        stump(),
        Estimator::GaussianNb(GaussianNb {
            classes: vec![nb_class(0, 0.0), nb_class(1, 1.0)],
            n_classes: 2,
        }),
        Estimator::Linear(Linear {
            coefficients: vec![vec![1e6], vec![-1e6]],
            intercepts: vec![0.0, 0.0],
            link: Link::Softmax {
                classes: vec![0, 2],
                n_classes: 3,
            },
        }),
    ];
    for estimator in estimators {
        let Predictions::Probabilities { n_classes, values } = estimator.predict(x.view()) else {
            panic!("classes")
        };
        for row in values.chunks(n_classes) {
            assert!(
                row.iter().all(|p| (0.0..=1.0).contains(p)),
                "{estimator:?}: {row:?}"
            );
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn a_tree_sends_missing_values_left() {
    let Predictions::Probabilities { values, .. } =
        stump().predict(array![[f64::NAN], [0.5], [0.6]].view())
    else {
        panic!("classes")
    };
    assert_eq!(values, [0.75, 0.25, 0.75, 0.25, 0.0, 1.0]);
    assert_eq!(
        model(stump()).labels_of(&stump().predict(array![[0.0], [1.0]].view())),
        ["no", "yes"]
    );
}
