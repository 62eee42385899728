//! From the bytes of a file to a program: names become places, attributes kernels. What is not among ours is listed, all
//! of it.

use super::OnnxError;
use super::attributes::{Attributes, tensor_of};
use super::ops::{Kernel, Maker};
use super::program::{Port, Program, Step};
use super::trace;
use super::value::{Kind, Tensor};
use super::{ml, ops};
use crate::model::onnx::graph::ML;
use crate::model::onnx::proto;
use hashbrown::{HashMap, HashSet};
use prost::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most outputs: each is traced back to its classes.
const MAX_OUTPUTS: usize = 64;

/// The longest file.
const MAX_BYTES: usize = 256 << 20;

/// Operator sets whose meaning is known: ONNX itself, and classical machine learning.
const OPSETS: (std::ops::RangeInclusive<i64>, std::ops::RangeInclusive<i64>) = (7..=28, 1..=5);

impl Program {
    /// Reads a model.
    ///
    /// # Errors
    /// If it is damaged, contradicts itself, or uses what is not among ours.
    pub(in crate::model) fn load(bytes: &[u8]) -> Result<Self, OnnxError> {
        let not_onnx = |reason: &str| OnnxError::NotOnnx {
            reason: reason.to_owned(),
        };
        if bytes.len() > MAX_BYTES {
            return Err(not_onnx(&format!(
                "it has more than {} MiB",
                MAX_BYTES >> 20
            )));
        }
        let model = proto::Model::decode(bytes).map_err(|e| not_onnx(&e.to_string()))?;
        let graph = model
            .graph
            .as_ref()
            .ok_or_else(|| not_onnx("it has no graph"))?;
        if graph.node.is_empty() || graph.output.is_empty() {
            return Err(not_onnx("it computes nothing"));
        }
        if graph.output.len() > MAX_OUTPUTS {
            return Err(not_onnx(&format!("it has more than {MAX_OUTPUTS} outputs")));
        }
        let makers = makers(&model, graph)?;
        let mut loader = Loader::default();
        for tensor in &graph.initializer {
            let name = tensor.name.clone().unwrap_or_default();
            let value =
                tensor_of(tensor).map_err(|reason| wrong(&format!("constant {name:?}"), reason))?;
            loader.constant(&name, value)?;
        }
        let mut inputs = Vec::new();
        for value in &graph.input {
            let name = value.name.clone().unwrap_or_default();
            // In old files constants are listed among the inputs.
            if loader.constants_by_name.contains_key(&name) {
                continue;
            }
            loader.define(&name)?;
            inputs.push(port(value)?);
        }
        for (node, maker) in graph.node.iter().zip(makers) {
            loader.node(node, maker)?;
        }
        let mut outputs = graph
            .output
            .iter()
            .map(port)
            .collect::<Result<Vec<_>, _>>()?;
        for output in &mut outputs {
            output.labels = trace::labels(graph, &loader.constants_by_name, &output.name);
        }
        let place = |port: &Port| {
            let place = loader.places.get(&port.name).copied();
            place.ok_or_else(|| wrong(&port.name, "nothing makes it".to_owned()))
        };
        let output_places = outputs.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let input_places = inputs.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let mut steps = needed(loader.steps, &output_places);
        note_last_uses(&mut steps, &loader.constants, &output_places);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Ok(Self {
            inputs,
            input_places,
            outputs,
            output_places,
            constants: loader.constants,
            steps,
            n_places: loader.places.len(),
            notes: model
                .metadata_props
                .iter()
                .map(|e| (text(&e.key), text(&e.value)))
                .collect(),
            producer: format!(
                "{} {}",
                text(&model.producer_name),
                text(&model.producer_version)
            )
            .trim()
            .to_owned(),
        })
    }
}

fn wrong(node: &str, reason: String) -> OnnxError {
    OnnxError::Node {
        node: node.to_owned(),
        reason,
    }
}

/// The domain of an operator set; ONNX itself has two names.
fn domain(name: Option<&String>) -> &str {
    match name.map_or("", String::as_str) {
        "ai.onnx" => "",
        other => other,
    }
}

/// How each node is made, with the version of its operator set; everything that is not among ours together.
fn makers(
    model: &proto::Model,
    graph: &proto::Graph,
) -> Result<Vec<(Option<Maker>, i64)>, OnnxError> {
    let versions: BTreeMap<&str, i64> = model
        .opset_import
        .iter()
        .map(|set| (domain(set.domain.as_ref()), set.version.unwrap_or_default()))
        .collect();
    let mut unread = BTreeSet::new();
    let mut makers = Vec::with_capacity(graph.node.len());
    for node in &graph.node {
        let (set, op) = (
            domain(node.domain.as_ref()),
            node.op_type.as_deref().unwrap_or_default(),
        );
        let version = versions.get(set).copied().unwrap_or_default();
        let known = match set {
            "" => OPSETS.0.contains(&version),
            ML => OPSETS.1.contains(&version),
            _ => false,
        };
        let maker = match set {
            "" => ops::maker(op),
            ML => ml::maker(op),
            _ => None,
        };
        let title = if set.is_empty() { "ai.onnx" } else { set };
        // A constant becomes no step.
        let is_constant = set.is_empty() && op == "Constant";
        if maker.is_none() && !is_constant {
            unread.insert(format!("operator {op} of {title} version {version}"));
        } else if !known {
            unread.insert(format!("version {version} of the operator set {title}"));
        }
        makers.push((maker, version));
    }
    if !graph.sparse_initializer.is_empty() {
        unread.insert("sparse constants".to_owned());
    }
    if unread.is_empty() {
        Ok(makers)
    } else {
        Err(OnnxError::Unsupported {
            what: unread.into_iter().collect(),
        })
    }
}

fn port(value: &proto::ValueInfo) -> Result<Port, OnnxError> {
    let name = value.name.clone().unwrap_or_default();
    let kind = value.kind.as_ref();
    let tensor = kind.and_then(|k| k.tensor.as_ref());
    let element = tensor.map(|t| t.element.unwrap_or_default());
    let kind = match element {
        None | Some(0) => None,
        Some(code) => {
            let unread = || OnnxError::Unsupported {
                what: vec![format!("{name:?} with the element type {code}")],
            };
            Some(Kind::of_code(code.into()).ok_or_else(unread)?)
        }
    };
    let shape = tensor.and_then(|t| t.shape.as_ref()).map(|shape| {
        let dims = shape.dim.iter().map(|d| d.value);
        // Some writers put 0 or −1 where anything may stand.
        dims.map(|d| d.and_then(|d| usize::try_from(d).ok()).filter(|d| *d > 0))
            .collect()
    });
    Ok(Port {
        name,
        kind,
        shape,
        labels: None,
    })
}

/// What has been read so far.
#[derive(Default)]
struct Loader {
    places: HashMap<String, usize>,
    constants: Vec<(usize, Arc<Tensor>)>,
    constants_by_name: HashMap<String, Arc<Tensor>>,
    steps: Vec<Step>,
}

impl Loader {
    /// A new name; each is given once.
    fn define(&mut self, name: &str) -> Result<usize, OnnxError> {
        let place = self.places.len();
        match self.places.insert(name.to_owned(), place) {
            None => Ok(place),
            Some(_) => Err(wrong(name, "two things have this name".to_owned())),
        }
    }

    fn constant(&mut self, name: &str, value: Tensor) -> Result<(), OnnxError> {
        let place = self.define(name)?;
        let value = Arc::new(value);
        self.constants.push((place, Arc::clone(&value)));
        self.constants_by_name.insert(name.to_owned(), value);
        Ok(())
    }

    fn node(
        &mut self,
        node: &proto::Node,
        (maker, version): (Option<Maker>, i64),
    ) -> Result<(), OnnxError> {
        let op = node.op_type.as_deref().unwrap_or_default();
        let name = match node.name.as_deref() {
            Some(name) if !name.is_empty() => format!("{name} ({op})"),
            _ => op.to_owned(),
        };
        let wrong_here = |reason: String| wrong(&name, reason);
        let attributes = Attributes::of(node, version).map_err(wrong_here)?;
        let Some(maker) = maker else {
            let value = constant(&attributes).map_err(wrong_here)?;
            let [output] = node.output.as_slice() else {
                return Err(wrong_here("a constant has one result".to_owned()));
            };
            return self.constant(output, value);
        };
        let kernel: Kernel = maker(&attributes).map_err(wrong_here)?;
        attributes.all_asked().map_err(wrong_here)?;
        let mut inputs = Vec::with_capacity(node.input.len());
        for input in &node.input {
            inputs.push(match self.places.get(input) {
                _ if input.is_empty() => None,
                Some(place) => Some(*place),
                None => return Err(wrong_here(format!("nothing before it makes {input:?}"))),
            });
        }
        let mut outputs = Vec::with_capacity(node.output.len());
        for output in &node.output {
            outputs.push(match output.is_empty() {
                true => None,
                false => Some(self.define(output)?),
            });
        }
        self.steps.push(Step {
            name,
            kernel,
            inputs,
            outputs,
            last_used: Vec::new(),
        });
        Ok(())
    }
}

/// The value of a `Constant`, in one of its forms.
fn constant(attributes: &Attributes<'_>) -> Result<Tensor, String> {
    use super::value::Data;
    let list = |data: Data| Tensor::new(vec![data.len()], data);
    let single = |data: Data| Tensor::new(Vec::new(), data);
    let value = if let Some(tensor) = attributes.tensor("value")? {
        tensor
    } else if let Some(v) = attributes.float("value_float")? {
        single(Data::Float(vec![v]))?
    } else if let Some(v) = attributes.int("value_int")? {
        single(Data::Int64(vec![v]))?
    } else if let Some(v) = attributes.text("value_string")? {
        single(Data::Text(vec![v.into()]))?
    } else if let Some(v) = attributes.floats("value_floats")? {
        list(Data::Float(v.to_vec()))?
    } else if let Some(v) = attributes.ints("value_ints")? {
        list(Data::Int64(v.to_vec()))?
    } else if let Some(v) = attributes.texts("value_strings")? {
        list(Data::Text(v))?
    } else {
        return Err("it has no value".to_owned());
    };
    attributes.all_asked()?;
    Ok(value)
}

/// The steps that the outputs need.
fn needed(steps: Vec<Step>, outputs: &[usize]) -> Vec<Step> {
    let mut wanted: HashSet<usize> = outputs.iter().copied().collect();
    let mut kept = Vec::with_capacity(steps.len());
    for step in steps.into_iter().rev() {
        if step
            .outputs
            .iter()
            .flatten()
            .any(|place| wanted.contains(place))
        {
            wanted.extend(step.inputs.iter().flatten());
            kept.push(step);
        }
    }
    kept.reverse();
    kept
}

/// Notes after which step a tensor is needed no more. What steps did not make is not counted among what is held.
fn note_last_uses(steps: &mut [Step], constants: &[(usize, Arc<Tensor>)], outputs: &[usize]) {
    let mut kept: HashSet<usize> = outputs.iter().copied().collect();
    kept.extend(constants.iter().map(|(place, _)| *place));
    let made = steps
        .iter()
        .flat_map(|s| s.outputs.iter().flatten().copied());
    let made: HashSet<usize> = made.collect();
    for step in steps.iter_mut().rev() {
        let places = step.inputs.iter().chain(&step.outputs).flatten();
        let last = places.filter(|place| made.contains(*place) && kept.insert(**place));
        step.last_used = last.copied().collect();
    }
}
