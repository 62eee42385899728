//! Models of other programs on our tables: columns, classes, answers, saving, and what is refused. The files and what
//! onnxruntime answers are in tests/oracles/onnx.

use super::*;
use crate::domain::Task;
use crate::domain::pipeline::TransformParams;
use crate::domain::prediction::Predictions;
use crate::domain::schema::{ColumnSpec, ColumnType, Role, Schema};
use crate::domain::signature::ModelSignature;
use crate::feature::{Encoding, FeaturePlan};
use crate::model::{Estimator, Model, ModelError};
use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/onnx/");

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}pipelines/{name}.onnx")).unwrap()
}

fn case(name: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(format!("{FOLDER}pipelines.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    cases.into_iter().find(|c| c["name"] == name).unwrap()
}

/// The rows of the oracles, as a table; the last rows of `size` and `age` have gaps.
fn table() -> Table {
    let case = case("logistic_two");
    let program = Program::load(&file("logistic_two")).unwrap();
    let inputs = program
        .inputs()
        .iter()
        .zip(case["inputs"].as_array().unwrap());
    let columns = inputs.map(|(port, input)| {
        let values = input["values"].as_array().unwrap();
        let array: ArrayRef = if input["type"] == "string" {
            Arc::new(values.iter().map(|v| v.as_str()).collect::<StringArray>())
        } else {
            Arc::new(
                values
                    .iter()
                    .map(serde_json::Value::as_f64)
                    .collect::<Float64Array>(),
            )
        };
        (port.name.clone(), array)
    });
    Table::from_columns(columns.collect()).unwrap()
}

fn features(table: &Table) -> Vec<(String, ColumnType)> {
    let names = table.names().into_iter().enumerate();
    names
        .map(|(i, name)| (name, table.column_type(i)))
        .collect()
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|t| (*t).to_owned()).collect()
}

fn take_over(
    name: &str,
    task: Task,
    classes: &[&str],
    (columns, class_order): (&[&str], &[&str]),
) -> Result<Imported, ImportError> {
    let features = features(&table());
    let classes = texts(classes);
    let question = Question {
        task,
        classes: &classes,
        features: &features,
        columns: &texts(columns),
        class_order: &texts(class_order),
    };
    Imported::of(file(name), &question)
}

/// What onnxruntime answers, row-major.
fn expected(name: &str, output: usize) -> Vec<f64> {
    let case = case(name);
    let values = case["outputs"][output]["values"].as_array().unwrap();
    values.iter().map(|v| v.as_f64().unwrap()).collect()
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!(
            (a - b).abs() <= 1e-5 * b.abs().max(1.0),
            "{found:?}\n{expected:?}"
        );
    }
}

#[test]
fn classes_are_matched_by_value_in_whatever_order() {
    let straight = take_over(
        "logistic_three",
        Task::Multiclass,
        &["1", "6", "11"],
        (&[], &[]),
    )
    .unwrap();
    let answers = straight.predict(&table()).unwrap();
    assert_close(&answers, &expected("logistic_three", 1));
    let turned = take_over(
        "logistic_three",
        Task::Multiclass,
        &["11", "1", "6"],
        (&[], &[]),
    )
    .unwrap();
    let turned = turned.predict(&table()).unwrap();
    for (a, b) in answers.chunks(3).zip(turned.chunks(3)) {
        assert_eq!(b, [a[2], a[0], a[1]]);
    }
    straight.try_out(&table()).unwrap();
}

#[test]
fn classes_are_those_of_the_labels_where_a_part_of_the_model_knows_codes_only() {
    let model = take_over("stacking_two", Task::Binary, &["no", "yes"], (&[], &[])).unwrap();
    assert_close(
        &model.predict(&table()).unwrap(),
        &expected("stacking_two", 1),
    );
}

#[test]
fn other_classes_are_refused_with_both_lists() {
    let error = take_over(
        "logistic_three",
        Task::Multiclass,
        &["1", "6", "12"],
        (&[], &[]),
    )
    .unwrap_err();
    assert_eq!(
        error,
        ImportError::Classes {
            model: texts(&["1", "6", "11"]),
            data: texts(&["1", "6", "12"]),
        }
    );
    let text = error.to_string();
    assert!(
        text.contains("1, 6, 11") && text.contains("1, 6, 12"),
        "{text}"
    );
    // A booster that knows only codes says nothing of yes and no, until somebody does.
    assert!(take_over("xgboost_two", Task::Binary, &["no", "yes"], (&[], &[])).is_err());
    let order: &[&str] = &["no", "yes"];
    let columns: &[&str] = &["size", "age", "price"];
    let told = take_over(
        "xgboost_two",
        Task::Binary,
        &["yes", "no"],
        (columns, order),
    );
    let answers = told.unwrap().predict(&table()).unwrap();
    let expected: Vec<f64> = expected("xgboost_two", 1)
        .chunks(2)
        .flat_map(|p| [p[1], p[0]])
        .collect();
    assert_close(&answers, &expected);
}

#[test]
fn one_tensor_takes_the_named_columns_or_says_how_many_it_needs() {
    let error = take_over("lightgbm_regressor", Task::Regression, &[], (&[], &[])).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("takes 3 columns, and there are 5"),
        "{error}"
    );
    let columns: &[&str] = &["size", "age", "price"];
    let model = take_over("lightgbm_regressor", Task::Regression, &[], (columns, &[]));
    let model = model.unwrap();
    assert_eq!(model.columns(), ["size", "age", "price"]);
    assert_close(
        &model.predict(&table()).unwrap(),
        &expected("lightgbm_regressor", 0),
    );
    let columns: &[&str] = &["size", "city", "volume"];
    let error = take_over("lightgbm_regressor", Task::Regression, &[], (columns, &[]));
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("takes float, and column city is text"),
        "{error}"
    );
    assert!(error.contains("volume is not among the columns"), "{error}");
}

#[test]
fn a_classifier_is_no_regressor_and_the_other_way_round() {
    let error = take_over("logistic_two", Task::Regression, &[], (&[], &[])).unwrap_err();
    assert!(
        error.to_string().contains("the target is a number"),
        "{error}"
    );
    let model = take_over("ridge", Task::Binary, &["no", "yes"], (&[], &[])).unwrap();
    let error = model.try_out(&table()).unwrap_err();
    assert!(
        error.to_string().contains("1 numbers a row")
            || error.to_string().contains("no probabilities"),
        "{error}"
    );
}

#[test]
fn an_order_of_classes_that_contradicts_the_file_is_refused() {
    let order: &[&str] = &["yes", "no"];
    let wrong = take_over("forest_two", Task::Binary, &["no", "yes"], (&[], order));
    let error = wrong.unwrap_err().to_string();
    assert!(
        error.contains("another order than the file, which has no, yes"),
        "{error}"
    );
}

#[test]
fn codes_in_the_wrong_order_are_noticed_by_the_labels() {
    let columns: &[&str] = &["size", "age", "price"];
    let rows: Vec<usize> = (0..9).cycle().take(30).collect();
    let table = table().take(&rows);
    let model = take_over("xgboost_two", Task::Binary, &["0", "1"], (columns, &[]));
    let model = model.unwrap();
    model.try_out(&table).unwrap();
    // As if the file named its classes the other way round.
    let mut turned = model.saved.answer.clone();
    if let Answer::Probabilities {
        labels: Some((_, own)),
        ..
    } = &mut turned
    {
        own.reverse();
    }
    let feeds = feeding::tensors(&model.program, &model.saved.feeds, &table, 0).unwrap();
    let outputs = model.program.run(feeds).unwrap();
    let error = turned
        .check_labels(&outputs, &model.predict(&table).unwrap())
        .unwrap_err();
    assert!(error.to_string().contains("mostly not those"), "{error}");
}

fn model(estimator: Imported) -> Model {
    let table = table();
    let spec = |(name, kind): (String, ColumnType)| ColumnSpec {
        name,
        kind,
        role: Role::Feature,
        required: true,
        min_fraction: 0.0,
        domain: None,
        drift: None,
        constraints: Default::default(),
    };
    let schema = Schema {
        columns: features(&table).into_iter().map(spec).collect(),
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        ignored: Vec::new(),
        expectations: Vec::new(),
    };
    let rows: Vec<usize> = (0..table.n_rows()).collect();
    let plan = FeaturePlan::fit(
        &table,
        &schema,
        &rows,
        &TransformParams::default(),
        &[],
        None,
    )
    .unwrap();
    Model {
        name: "imported".to_owned(),
        algorithm: "onnx".to_owned(),
        params: Default::default(),
        signature: ModelSignature {
            inputs: plan.inputs(),
            task: Task::Multiclass,
            target: "three".to_owned(),
            classes: texts(&["1", "6", "11"]),
        },
        plan,
        encoding: Encoding::Ordinal,
        estimator: Estimator::Imported(estimator),
    }
}

#[test]
fn a_saved_model_holds_the_file_and_needs_nothing_else() {
    let imported = take_over(
        "forest_three",
        Task::Multiclass,
        &["1", "6", "11"],
        (&[], &[]),
    )
    .unwrap();
    let model = model(imported);
    let bytes = model.to_bytes();
    let loaded = Model::from_bytes(&bytes).unwrap();
    assert_eq!(loaded, model);
    assert_eq!(loaded.to_bytes(), bytes);
    assert_eq!(
        loaded.to_onnx(),
        file("forest_three"),
        "the file goes out as it came in"
    );
    let table = table();
    let whole = loaded.predict(&table).unwrap();
    assert_eq!(whole, model.predict(&table).unwrap());
    let Predictions::Probabilities { values, .. } = &whole else {
        panic!("classes")
    };
    assert_close(values, &expected("forest_three", 1));
    let missing = table.select(&["size", "age", "price", "kind"]);
    assert!(matches!(
        model.predict(&missing),
        Err(ModelError::Features(_))
    ));
}

#[test]
fn a_saved_model_that_is_damaged_is_refused() {
    let imported = take_over(
        "tree_three",
        Task::Multiclass,
        &["1", "6", "11"],
        (&[], &[]),
    )
    .unwrap();
    let good = model(imported);
    let mut narrow = good.clone();
    narrow.plan.columns.retain(|c| c.name != "city");
    assert!(
        Model::from_bytes(&narrow.to_bytes()).is_err(),
        "a column is gone"
    );
    let mut fewer = good.clone();
    fewer.signature.classes.pop();
    assert!(
        Model::from_bytes(&fewer.to_bytes()).is_err(),
        "a class is gone"
    );
    let bytes = good.to_bytes();
    let mut n_refused = 0;
    for at in (12..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        match Model::from_bytes(&damaged) {
            // What is still a model must be able to answer, or to say why not.
            Ok(model) => drop(model.predict(&table())),
            Err(_) => n_refused += 1,
        }
    }
    assert!(n_refused > 100, "{n_refused}");
}

/// A model that scales by the largest value of all rows answers differently in company.
#[test]
fn a_model_that_looks_at_other_rows_is_refused() {
    use crate::model::onnx::test_models::scaled_by_the_largest;
    let features = [("x".to_owned(), ColumnType::Integer)];
    let question = Question {
        task: Task::Regression,
        classes: &[],
        features: &features,
        columns: &[],
        class_order: &[],
    };
    let model = Imported::of(scaled_by_the_largest(), &question).unwrap();
    let x = Int64Array::from(vec![1, 2, 4]);
    let table = Table::from_columns(vec![("x".to_owned(), Arc::new(x) as ArrayRef)]).unwrap();
    assert_eq!(
        model.try_out(&table).unwrap_err(),
        ImportError::Mixes { row: 0 }
    );
}
