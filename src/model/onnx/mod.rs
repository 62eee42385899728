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
mod proto;

use super::trained::Model;
use graph::{Builder, ML, int, ints, text, texts};
use prost::Message;
use proto::{Entry, OperatorSet, element};

/// Version of the file format; what opset 15 came with.
const IR_VERSION: i64 = 8;

impl Model {
    /// The model as the bytes of an ONNX file. The same model gives the same bytes.
    #[must_use]
    pub fn to_onnx(&self) -> Vec<u8> {
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
