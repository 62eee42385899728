//! A model as MLflow keeps it: a folder with `MLmodel`, the ONNX file and what it needs, so that `mlflow.pyfunc.load_model` answers
//! with it.

use crate::domain::Task;
use crate::domain::ids::Millis;
use crate::domain::schema::ColumnType;
use crate::domain::signature::ModelSignature;
use crate::model::Model;
use serde_json::{Value, json};

/// What answers in Python: MLflow's own wrapper gives each column as a tensor of one dimension and cannot hand back a matrix.
const LOADER: &str = include_str!("../../../assets/mlflow/lockkeeper_onnx.py");

const PYTHON: &str = "python: 3.11.0\ndependencies:\n- -r requirements.txt\n";
const REQUIREMENTS: &str = "mlflow\nnumpy\nonnxruntime\npandas\n";

/// The files of the folder: names and contents.
pub(super) fn folder(model: &Model, at: Millis) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("MLmodel", descriptor(model, at).into_bytes()),
        ("model.onnx", model.to_onnx()),
        (
            "classes.json",
            json!(model.signature.classes).to_string().into_bytes(),
        ),
        ("code/lockkeeper_onnx.py", LOADER.as_bytes().to_vec()),
        ("python_env.yaml", PYTHON.as_bytes().to_vec()),
        ("requirements.txt", REQUIREMENTS.as_bytes().to_vec()),
    ]
}

/// `MLmodel`: YAML, of which JSON is a part.
fn descriptor(model: &Model, at: Millis) -> String {
    let time = chrono::DateTime::from_timestamp_millis(at).unwrap_or_default();
    let (inputs, outputs) = signature(&model.signature);
    let value = json!({
        "artifact_path": "model",
        "flavors": {
            "onnx": {"code": null, "data": "model.onnx", "onnx_version": "1.16.0", "providers": ["CPUExecutionProvider"]},
            "python_function": {
                "code": "code",
                "data": "model.onnx",
                "env": {"virtualenv": "python_env.yaml"},
                "loader_module": "lockkeeper_onnx",
                "python_version": "3.11.0",
            },
        },
        "metadata": {"lockkeeper_algorithm": model.algorithm, "lockkeeper_target": model.signature.target},
        "model_uuid": &model.hash().as_str()[..32],
        "signature": {"inputs": inputs.to_string(), "outputs": outputs.to_string(), "params": null},
        "utc_time_created": time.format("%Y-%m-%d %H:%M:%S%.6f").to_string(),
    });
    format!("{value:#}\n")
}

/// Inputs and outputs as columns of a data frame.
fn signature(signature: &ModelSignature) -> (Value, Value) {
    let column = |name: &str, kind: &str| json!({"name": name, "type": kind, "required": false});
    let inputs = signature.inputs.iter().map(|input| {
        let kind = match input.kind {
            ColumnType::Integer | ColumnType::Number => "double",
            ColumnType::Boolean => "boolean",
            ColumnType::Text => "string",
            ColumnType::Date | ColumnType::Timestamp => "datetime",
        };
        column(&input.name, kind)
    });
    let outputs = match signature.task {
        Task::Regression => vec![column("prediction", "float")],
        _ => {
            let of_class = |name: &String| column(&format!("probability_{name}"), "float");
            let label = std::iter::once(column("prediction", "string"));
            label
                .chain(signature.classes.iter().map(of_class))
                .collect()
        }
    };
    (inputs.collect(), json!(outputs))
}
