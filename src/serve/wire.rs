//! The Open Inference Protocol v2 (KServe, `predict-api/v2/required_api.md`) with its binary tensor data extension: the
//! documents, and requests and responses as bytes. One tensor an input column, of shape `[n]` or `[n, 1]`.
//!
//! A missing value is `null` (or the word NaN) in JSON, NaN in a floating tensor and an empty element in a BYTES tensor (an empty text in
//! JSON too, so that both encodings say the same). Whole numbers and truth values may therefore also come as floating
//! tensors of whole values and NaN. Days and moments are BYTES in ISO 8601.
//!
//! Answers are `label` (BYTES) and `probabilities` (FP64, `[n, n_classes]`, `parameters.classes` names the columns), or
//! `value` (FP64). JSON numbers are the shortest texts that read back to the same bits. HTTP is left to `http`.

use super::columns;
use super::service::ServedModel;
use super::tensor::{self, Elements, RawTensor};
use crate::data::Table;
use crate::domain::prediction::Predictions;
use crate::domain::schema::ColumnType;
use crate::domain::signature::ModelSignature;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Header with the length of the JSON part where binary tensors follow it.
pub const HEADER_LENGTH: &str = "Inference-Header-Content-Length";

/// Name of the tensor with the most probable class.
pub const LABEL: &str = "label";
/// Name of the tensor with a probability a class.
pub const PROBABILITIES: &str = "probabilities";
/// Name of the tensor with the predicted number.
pub const VALUE: &str = "value";

/// Why a request cannot be answered: everything that is wrong with it, in sentences.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", findings.join("; "))]
pub struct BadRequest {
    /// All findings.
    pub findings: Vec<String>,
}

impl BadRequest {
    pub(super) fn one(finding: impl Into<String>) -> Self {
        Self {
            findings: vec![finding.into()],
        }
    }
}

/// What was asked for, understood.
#[derive(Debug, Clone)]
pub struct InferRequest {
    /// The caller's id, given back with the response.
    pub id: Option<String>,
    /// The rows, with the signature's columns.
    pub table: Table,
    /// The wanted outputs and whether each is wanted in binary, in the caller's order.
    outputs: Vec<(String, bool)>,
}

/// A response, as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferResponse {
    /// JSON, followed by the binary tensors.
    pub body: Vec<u8>,
    /// Length of the JSON part where binary tensors follow.
    pub header_length: Option<usize>,
}

#[derive(Deserialize)]
struct RequestDocument {
    id: Option<String>,
    #[serde(default)]
    parameters: Map<String, Value>,
    inputs: Vec<RequestInput>,
    outputs: Option<Vec<RequestOutput>>,
}

#[derive(Deserialize)]
struct RequestInput {
    name: String,
    shape: Vec<u64>,
    datatype: String,
    #[serde(default)]
    parameters: Map<String, Value>,
    data: Option<Value>,
}

#[derive(Deserialize)]
struct RequestOutput {
    name: String,
    #[serde(default)]
    parameters: Map<String, Value>,
}

/// The document of `GET /v2`.
#[must_use]
pub fn server_metadata() -> Value {
    json!({
        "name": "lockkeeper",
        "version": env!("CARGO_PKG_VERSION"),
        "extensions": ["binary_tensor_data", "no_prediction_log"],
    })
}

/// The document of `GET /v2/models/{name}`.
#[must_use]
pub fn model_metadata(model: &dyn ServedModel) -> Value {
    let signature = model.signature();
    let inputs: Vec<Value> = signature
        .inputs
        .iter()
        .map(|input| json!({"name": input.name, "datatype": datatype(input.kind), "shape": [-1]}))
        .collect();
    let outputs = if signature.task.is_classification() {
        json!([
            {"name": LABEL, "datatype": "BYTES", "shape": [-1]},
            {
                "name": PROBABILITIES,
                "datatype": "FP64",
                "shape": [-1, signature.classes.len()],
                "parameters": {"classes": signature.classes},
            },
        ])
    } else {
        json!([{"name": VALUE, "datatype": "FP64", "shape": [-1]}])
    };
    json!({
        "name": model.name(),
        "versions": [model.version().to_string()],
        "platform": "lockkeeper",
        "inputs": inputs,
        "outputs": outputs,
    })
}

/// The protocol's datatype of a column.
#[must_use]
pub fn datatype(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Number => "FP64",
        ColumnType::Integer => "INT64",
        ColumnType::Boolean => "BOOL",
        ColumnType::Text | ColumnType::Date | ColumnType::Timestamp => "BYTES",
    }
}

/// Reads a request. `header_length` is the length of the JSON part where the header says so.
///
/// # Errors
/// Everything that is wrong with the tensors, each with its name.
pub fn read_request(
    body: &[u8],
    header_length: Option<usize>,
    signature: &ModelSignature,
) -> Result<InferRequest, BadRequest> {
    let length = header_length.unwrap_or(body.len());
    if length > body.len() {
        return Err(BadRequest::one(format!(
            "{HEADER_LENGTH} is {length} and the body has {} bytes",
            body.len()
        )));
    }
    let (json, binary) = body.split_at(length);
    let document = read_document(json)?;
    let outputs = wanted_outputs(&document, signature)?;
    let tensors = with_binary(document.inputs, binary)?;
    let table = columns::table(tensors, signature)?;
    Ok(InferRequest {
        id: document.id,
        table,
        outputs,
    })
}

/// The document of a request. Python's `json`, and so `tritonclient`, writes a missing number as `NaN`, which JSON does
/// not have: where the text is no JSON, it is read again with `null` in the place of every such word.
fn read_document(json: &[u8]) -> Result<RequestDocument, BadRequest> {
    let bad = |why: String| {
        BadRequest::one(format!(
            "the request is not an inference request in JSON: {why}"
        ))
    };
    // An array would be taken for the document's fields in their order.
    if json.trim_ascii_start().first().is_some_and(|b| *b != b'{') {
        return Err(bad("it does not begin with {".to_owned()));
    }
    serde_json::from_slice(json).or_else(|error| {
        let mended = if error.is_syntax() {
            without_nan(json)
        } else {
            None
        };
        let document = mended.and_then(|text| serde_json::from_slice(&text).ok());
        document.ok_or_else(|| bad(error.to_string()))
    })
}

/// The text with `null` for every `NaN` outside of strings; `None` where there is no such word.
fn without_nan(json: &[u8]) -> Option<Vec<u8>> {
    const WORD: &[u8] = b"NaN";
    let mut mended = Vec::with_capacity(json.len() + 16);
    let (mut rest, mut in_string, mut n_found) = (json, false, 0);
    while let [first, after @ ..] = rest {
        if !in_string && let Some(behind) = rest.strip_prefix(WORD) {
            mended.extend(b"null");
            n_found += 1;
            rest = behind;
            continue;
        }
        mended.push(*first);
        rest = after;
        if in_string && *first == b'\\' {
            if let [escaped, behind @ ..] = rest {
                mended.push(*escaped);
                rest = behind;
            }
        } else if *first == b'"' {
            in_string = !in_string;
        }
    }
    (n_found > 0).then_some(mended)
}

/// Gives each tensor its part of the bytes after the JSON, in the order of the inputs.
fn with_binary(inputs: Vec<RequestInput>, binary: &[u8]) -> Result<Vec<RawTensor<'_>>, BadRequest> {
    let mut rest = binary;
    let mut tensors = Vec::with_capacity(inputs.len());
    for input in inputs {
        let bytes = match input.parameters.get("binary_data_size") {
            None => None,
            Some(size) => {
                let size = size.as_u64().and_then(|n| usize::try_from(n).ok());
                let Some((bytes, after)) = size.and_then(|n| rest.split_at_checked(n)) else {
                    return Err(BadRequest::one(format!(
                        "{}: binary_data_size does not fit: {} bytes are left after the JSON (is the header \
                         {HEADER_LENGTH} there?)",
                        input.name,
                        rest.len()
                    )));
                };
                rest = after;
                Some(bytes)
            }
        };
        tensors.push(RawTensor {
            name: input.name,
            shape: input.shape,
            datatype: input.datatype,
            json: input.data,
            bytes,
        });
    }
    if rest.is_empty() {
        Ok(tensors)
    } else {
        Err(BadRequest::one(format!(
            "{} bytes after the JSON belong to no input (binary_data_size)",
            rest.len()
        )))
    }
}

fn wanted_outputs(
    document: &RequestDocument,
    signature: &ModelSignature,
) -> Result<Vec<(String, bool)>, BadRequest> {
    let there: &[&str] = if signature.task.is_classification() {
        &[LABEL, PROBABILITIES]
    } else {
        &[VALUE]
    };
    let flag =
        |parameters: &Map<String, Value>, name: &str| parameters.get(name).and_then(Value::as_bool);
    let by_default = flag(&document.parameters, "binary_data_output").unwrap_or(false);
    let wanted = document.outputs.as_deref().unwrap_or_default();
    if wanted.is_empty() {
        return Ok(there
            .iter()
            .map(|n| ((*n).to_owned(), by_default))
            .collect());
    }
    let unknown: Vec<String> = wanted
        .iter()
        .filter(|output| !there.contains(&output.name.as_str()))
        .map(|output| {
            format!(
                "there is no output {:?}; there is {}",
                output.name,
                there.join(" and ")
            )
        })
        .collect();
    if !unknown.is_empty() {
        return Err(BadRequest { findings: unknown });
    }
    Ok(wanted
        .iter()
        .map(|output| {
            let binary = flag(&output.parameters, "binary_data").unwrap_or(by_default);
            (output.name.clone(), binary)
        })
        .collect())
}

/// Writes the response to a request. `None` if the predictions do not fit the model's signature, which is a bug of the
/// model and not of the caller.
#[must_use]
pub fn write_response(
    request: &InferRequest,
    model: &dyn ServedModel,
    predictions: &Predictions,
) -> Option<InferResponse> {
    let signature = model.signature();
    if predictions.n_rows() != request.table.n_rows() {
        return None;
    }
    let mut binary = Vec::new();
    let mut outputs = Vec::with_capacity(request.outputs.len());
    for (name, is_binary) in &request.outputs {
        let (shape, elements) = output(name, signature, predictions)?;
        let mut parameters = Map::new();
        if name == PROBABILITIES {
            parameters.insert("classes".to_owned(), json!(signature.classes));
        }
        let mut document = json!({"name": name, "datatype": elements.datatype(), "shape": shape});
        if *is_binary {
            let bytes = tensor::to_bytes(&elements);
            parameters.insert("binary_data_size".to_owned(), bytes.len().into());
            binary.extend(bytes);
        } else {
            document["data"] = tensor::to_json(elements);
        }
        if !parameters.is_empty() {
            document["parameters"] = Value::Object(parameters);
        }
        outputs.push(document);
    }
    let mut document = json!({
        "model_name": model.name(),
        "model_version": model.version().to_string(),
    });
    if let Some(id) = &request.id {
        document["id"] = id.as_str().into();
    }
    document["outputs"] = outputs.into();
    let mut body = document.to_string().into_bytes();
    let is_binary = request.outputs.iter().any(|(_, is_binary)| *is_binary);
    let header_length = is_binary.then_some(body.len());
    body.extend(binary);
    Some(InferResponse {
        body,
        header_length,
    })
}

/// One output tensor: shape and elements.
fn output(
    name: &str,
    signature: &ModelSignature,
    predictions: &Predictions,
) -> Option<(Vec<usize>, Elements)> {
    let n_rows = predictions.n_rows();
    match (name, predictions) {
        (VALUE, Predictions::Values(values)) => Some((
            vec![n_rows],
            Elements::Numbers(values.iter().copied().map(Some).collect()),
        )),
        (PROBABILITIES, Predictions::Probabilities { n_classes, values })
            if *n_classes == signature.classes.len() =>
        {
            let elements = Elements::Numbers(values.iter().copied().map(Some).collect());
            Some((vec![n_rows, *n_classes], elements))
        }
        (LABEL, Predictions::Probabilities { .. }) => {
            let labels: Option<Vec<Option<String>>> = predictions
                .labels()
                .into_iter()
                .map(|code| signature.classes.get(code as usize).cloned().map(Some))
                .collect();
            Some((vec![n_rows], Elements::Texts(labels?)))
        }
        _ => None,
    }
}
