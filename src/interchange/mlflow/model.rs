//! A model as MLflow keeps it: a folder with `MLmodel`, the ONNX file and what it needs, so that `mlflow.pyfunc.load_model` answers
//! with it.

use crate::domain::Task;
use crate::domain::ids::Millis;
use crate::domain::schema::ColumnType;
use crate::domain::signature::ModelSignature;
use crate::model::Model;
use serde_json::{Value, json};

/// The files of the folder: names and contents.
pub(super) fn folder(model: &Model, at: Millis) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("MLmodel", descriptor(model, at).into_bytes()),
        ("model.onnx", model.to_onnx()),
        (
            "requirements.txt",
            b"mlflow\nonnx\nonnxruntime\npandas\n".to_vec(),
        ),
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
                "data": "model.onnx",
                "env": {"virtualenv": "python_env.yaml"},
                "loader_module": "mlflow.onnx",
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

/// Inputs and outputs as MLflow's tensors: the graph takes one column a tensor.
fn signature(signature: &ModelSignature) -> (Value, Value) {
    let inputs = signature.inputs.iter().map(|input| {
        let kind = match input.kind {
            ColumnType::Integer | ColumnType::Number | ColumnType::Boolean => "float",
            ColumnType::Text => "string",
            ColumnType::Date | ColumnType::Timestamp => "long",
        };
        json!({"name": input.name, "type": kind, "required": false})
    });
    let answer = |name: &str, kind: &str, wide: i64| {
        let shape = if wide > 1 {
            json!([-1, wide])
        } else {
            json!([-1])
        };
        json!({"name": name, "type": "tensor", "tensor-spec": {"dtype": kind, "shape": shape}})
    };
    let outputs = match signature.task {
        Task::Regression => json!([answer("prediction", "float32", 1)]),
        _ => json!([
            answer("label", "object", 1),
            answer("probabilities", "float32", signature.classes.len() as i64),
        ]),
    };
    (inputs.collect(), outputs)
}
