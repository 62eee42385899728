//! The interpreter against onnxruntime (tests/oracles/onnx), and against damaged files.

use super::ml::Labels;
use super::*;
use serde_json::Value;
use std::sync::Arc;

fn oracles(file: &str) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/onnx/");
    let text = std::fs::read_to_string(format!("{folder}{file}")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("nan") => f64::NAN,
        Some("inf") => f64::INFINITY,
        Some(_) => f64::NEG_INFINITY,
        None => value.as_f64().unwrap(),
    }
}

fn tensor(value: &Value) -> Tensor {
    let all = value["values"].as_array().unwrap();
    let data = match value["type"].as_str().unwrap() {
        "float" => Data::Float(all.iter().map(|v| number(v) as f32).collect()),
        "double" => Data::Double(all.iter().map(number).collect()),
        "int64" => Data::Int64(all.iter().map(|v| v.as_i64().unwrap()).collect()),
        "int32" => Data::Int32(all.iter().map(|v| v.as_i64().unwrap() as i32).collect()),
        "bool" => Data::Bool(all.iter().map(|v| v.as_bool().unwrap()).collect()),
        _ => Data::Text(all.iter().map(|v| Arc::from(v.as_str().unwrap())).collect()),
    };
    let shape = value["shape"].as_array().unwrap().iter();
    Tensor::new(shape.map(|d| d.as_u64().unwrap() as usize).collect(), data).unwrap()
}

/// Texts, whole numbers and truth values must be equal, real ones close.
fn differ(found: &Tensor, expected: &Tensor, tolerance: f64) -> Option<String> {
    if found.shape() != expected.shape() || found.kind() != expected.kind() {
        return Some(format!("{found:?} instead of {expected:?}"));
    }
    if !matches!(expected.kind(), Kind::Float | Kind::Double) {
        return (found != expected).then(|| format!("{found:?} instead of {expected:?}"));
    }
    let (found, expected) = (found.doubles().unwrap(), expected.doubles().unwrap());
    let apart = |(a, b): (&f64, &f64)| {
        let is_same = a == b || (a.is_nan() && b.is_nan());
        !is_same && ((a - b).abs() / b.abs().max(1.0) > tolerance || a.is_nan() != b.is_nan())
    };
    let i = found.iter().zip(expected.iter()).position(apart)?;
    Some(format!("{} instead of {} at {i}", found[i], expected[i]))
}

/// The model stands in the case in hexadecimal digits, or in a file of the case's name.
fn model_of(case: &Value) -> Vec<u8> {
    if let Some(text) = case["model"].as_str() {
        let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        return (0..text.len()).step_by(2).map(digit).collect();
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/onnx/pipelines/");
    let name = case["name"].as_str().unwrap();
    std::fs::read(format!("{folder}{name}.onnx")).unwrap()
}

fn inputs_of(case: &Value) -> Vec<Tensor> {
    case["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(tensor)
        .collect()
}

#[test]
fn single_operators_answer_like_onnxruntime() {
    let cases = oracles("ops.json");
    let mut problems = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let found = Program::load(&model_of(case)).and_then(|p| p.run(inputs_of(case)));
        let expected = case["outputs"].as_array().unwrap().iter().map(tensor);
        match found {
            Err(error) => problems.push(format!("{name}: {error}")),
            Ok(found) => {
                let pairs = found.iter().zip(expected);
                // onnxruntime computes this one in 32 bits.
                let tolerance = if name.contains("probit") { 1e-5 } else { 2e-6 };
                let wrong = pairs.filter_map(|(a, b)| differ(a, &b, tolerance));
                problems.extend(wrong.map(|w| format!("{name}: {w}")));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(cases.len() > 250, "{}", cases.len());
}

#[test]
fn whole_pipelines_answer_like_onnxruntime() {
    let mut problems = Vec::new();
    let cases = oracles("pipelines.json");
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let program = match Program::load(&model_of(case)) {
            Ok(program) => program,
            Err(error) => {
                if case["unread"].as_str() != Some(&error.to_string()) {
                    problems.push(format!("{name}: {error}"));
                }
                continue;
            }
        };
        if let Some(unread) = case["unread"].as_str() {
            problems.push(format!("{name} is read, and was not before: {unread}"));
        }
        let found = match program.run(inputs_of(case)) {
            Ok(found) => found,
            Err(error) => {
                problems.push(format!("{name}: {error}"));
                continue;
            }
        };
        for (a, b) in found.iter().zip(case["outputs"].as_array().unwrap()) {
            let wrong = differ(a, &tensor(b), 1e-5);
            problems.extend(wrong.map(|w| format!("{name}: {w}")));
        }
        let labels: Vec<_> = program
            .outputs()
            .iter()
            .filter_map(|o| o.labels.clone())
            .collect();
        let expected: Vec<String> = case["classes"]
            .as_array()
            .map(|c| c.iter().map(|v| v.as_str().unwrap().to_owned()).collect())
            .unwrap_or_default();
        if !expected.is_empty() && labels.first().map(Labels::texts) != Some(expected) {
            problems.push(format!("{name}: classes {labels:?}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(cases.len() > 40, "{}", cases.len());
}

/// A generator of its own, so that the test is the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

#[test]
fn damaged_models_give_errors_and_never_panic() {
    let mut dice = Dice(7);
    let mut cases = oracles("pipelines.json");
    cases.extend(oracles("ops.json"));
    let (mut n_refused, mut n_run) = (0, 0);
    for case in &cases {
        let bytes = model_of(case);
        let inputs = inputs_of(case);
        for turn in 0..60 {
            let mut damaged = bytes.clone();
            if turn % 6 == 0 {
                damaged.truncate(dice.below(bytes.len()));
            }
            for _ in 0..1 + turn % 3 {
                if !damaged.is_empty() {
                    let at = dice.below(damaged.len());
                    damaged[at] = match turn % 4 {
                        0 => 0xff,
                        1 => 0x7f,
                        2 => damaged[at] ^ (1 << dice.below(8)),
                        _ => dice.below(256) as u8,
                    };
                }
            }
            match Program::load(&damaged).map(|p| p.run(inputs.clone())) {
                Ok(Ok(_)) => n_run += 1,
                _ => n_refused += 1,
            }
        }
    }
    // Many bytes are numbers, which may be any.
    assert!(n_refused > 1000 && n_run > 300, "{n_refused} {n_run}");
}

#[test]
fn everything_that_is_not_read_is_named_at_once() {
    use crate::model::onnx::proto;
    use prost::Message;
    let case = &oracles("ops.json")[0];
    let mut model = proto::Model::decode(model_of(case).as_slice()).unwrap();
    let graph = model.graph.as_mut().unwrap();
    for (domain, op) in [
        ("", "Loop"),
        ("ai.onnx.ml", "DictVectorizer"),
        ("com.example", "Magic"),
    ] {
        graph.node.push(proto::Node {
            op_type: Some(op.to_owned()),
            domain: Some(domain.to_owned()),
            ..proto::Node::default()
        });
    }
    let error = Program::load(&model.encode_to_vec()).unwrap_err();
    let OnnxError::Unsupported { what } = error else {
        panic!("{error}")
    };
    assert_eq!(
        what,
        [
            "operator DictVectorizer of ai.onnx.ml version 3",
            "operator Loop of ai.onnx version 18",
            "operator Magic of com.example version 0",
        ]
    );
}

/// A graph that doubles a tensor again and again must not take all memory.
#[test]
fn a_model_that_swells_is_stopped() {
    let file = crate::model::onnx::test_models::swelling(60);
    let program = Program::load(&file).unwrap();
    let one = Tensor::new(vec![1, 1], Data::Float(vec![1.0])).unwrap();
    let error = program.run(vec![one]).unwrap_err();
    assert!(error.to_string().contains("elements"), "{error}");
}
