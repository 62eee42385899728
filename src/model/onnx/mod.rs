//! A model as ONNX (opset 15 and ai.onnx.ml 3): from the columns to the answers in one graph, so that any runtime
//! answers like we do. Numbers stay in 64 bits up to the answers, which ONNX's tree operators and most programs want
//! in 32: the difference is about 1e-7.
//!
//! Inputs are one tensor a column (see `inputs`). Outputs: for classes `label` (n texts) and `probabilities`
//! (`n × n_classes`, in the order of the metadata's `classes`); for numbers `prediction` (`n × 1`).

mod corrections;
mod estimators;
mod graph;
mod inputs;
pub(in crate::model) mod interpreter;
mod proto;

pub use interpreter::OnnxError;

use super::estimator::Estimator;
use super::trained::Model;
use graph::{Builder, ML, int, ints, text, texts};
use prost::Message;
use proto::{Entry, OperatorSet, element};

/// Version of the file format; what opset 15 came with.
const IR_VERSION: i64 = 8;

impl Model {
    /// The model as the bytes of an ONNX file. The same model gives the same bytes; an imported model gives its own file.
    #[must_use]
    pub fn to_onnx(&self) -> Vec<u8> {
        if let Estimator::Imported(imported) = &self.estimator {
            return imported.file().to_vec();
        }
        let mut graph = Builder::default();
        let features = inputs::features(&mut graph, &self.plan, self.encoding);
        let answers = estimators::answers(&mut graph, &self.estimator, &features);
        let classes = &self.signature.classes;
        if self.signature.task.is_classification() {
            let best = vec![int("axis", 1), int("keepdims", 0)];
            let best = graph.op("ArgMax", &[&answers], best);
            let names = vec![
                ints("keys_int64s", (0..classes.len() as i64).collect()),
                texts("values_strings", classes.iter().map(String::as_str)),
                text("default_string", ""),
            ];
            let label = graph.ml("LabelEncoder", &best, names);
            graph.output(&label, "label", element::STRING, None);
            graph.output(
                &answers,
                "probabilities",
                element::FLOAT,
                Some(classes.len()),
            );
        } else {
            graph.output(&answers, "prediction", element::FLOAT, Some(1));
        }
        let entry = |key: &str, value: String| Entry {
            key: Some(key.to_owned()),
            value: Some(value),
        };
        let set = |domain: &str, version| OperatorSet {
            domain: Some(domain.to_owned()),
            version: Some(version),
        };
        proto::Model {
            ir_version: Some(IR_VERSION),
            producer_name: Some("lockkeeper".to_owned()),
            producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            doc_string: Some(format!("{} for {}", self.algorithm, self.signature.target)),
            graph: Some(graph.finish(&self.name)),
            opset_import: vec![set("", 15), set(ML, 3)],
            metadata_props: vec![
                entry("algorithm", self.algorithm.clone()),
                entry("target", self.signature.target.clone()),
                entry("classes", serde_json::json!(classes).to_string()),
                entry("model_hash", self.hash().to_string()),
            ],
        }
        .encode_to_vec()
    }
}

/// What an ONNX file takes and gives, for people.
///
/// # Errors
/// If it cannot be read.
pub fn onnx_summary(bytes: &[u8]) -> Result<String, OnnxError> {
    let program = interpreter::Program::load(bytes)?;
    let names = |ports: &[interpreter::Port]| {
        let names: Vec<&str> = ports.iter().map(|p| p.name.as_str()).collect();
        match names.len() {
            0..=8 => names.join(", "),
            n => format!("{}, … ({n} in all)", names[..8].join(", ")),
        }
    };
    let by = match program.producer() {
        "" => String::new(),
        producer => format!("; by {producer}"),
    };
    let (inputs, outputs) = (names(program.inputs()), names(program.outputs()));
    Ok(format!("inputs: {inputs}; outputs: {outputs}{by}"))
}

/// Models that no converter would write.
#[cfg(test)]
pub(in crate::model) mod test_models {
    use super::graph::{Builder, int};
    use super::proto::{self, OperatorSet, element};
    use prost::Message;

    fn file(graph: Builder) -> Vec<u8> {
        proto::Model {
            graph: Some(graph.finish("test")),
            opset_import: vec![OperatorSet {
                domain: None,
                version: Some(15),
            }],
            ..proto::Model::default()
        }
        .encode_to_vec()
    }

    /// `x` divided by the largest `x` of all rows.
    pub(in crate::model) fn scaled_by_the_largest() -> Vec<u8> {
        let mut graph = Builder::default();
        graph.input("x", element::FLOAT, "");
        let largest = graph.op("ReduceMax", &["x"], vec![int("keepdims", 1)]);
        let scaled = graph.op("Div", &["x", &largest], Vec::new());
        graph.output(&scaled, "y", element::FLOAT, Some(1));
        file(graph)
    }

    /// `x` beside itself, again and again.
    pub(in crate::model) fn swelling(n_doublings: usize) -> Vec<u8> {
        let mut graph = Builder::default();
        graph.input("x", element::FLOAT, "");
        let mut name = "x".to_owned();
        for _ in 0..n_doublings {
            name = graph.op("Concat", &[&name, &name], vec![int("axis", 1)]);
        }
        graph.output(&name, "y", element::FLOAT, None);
        file(graph)
    }
}
