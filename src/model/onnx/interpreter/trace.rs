//! Which classes an output speaks of: a walk from the output back to where the file names them.

use super::attributes::Attributes;
use super::ml::Labels;
use super::value::{Data, Tensor};
use crate::model::onnx::proto;
use hashbrown::HashMap;
use std::sync::Arc;

/// More labels than this are no classes.
const MAX_LABELS: usize = 10_000;

/// The classes behind an output, in the order of their codes; `None` where the walk comes to an end without any.
pub(super) fn labels(
    graph: &proto::Graph,
    constants: &HashMap<String, Arc<Tensor>>,
    output: &str,
) -> Option<Labels> {
    let makers: HashMap<&str, &proto::Node> = graph
        .node
        .iter()
        .flat_map(|node| node.output.iter().map(move |o| (o.as_str(), node)))
        .collect();
    let mut translations = Vec::new();
    let mut name = output;
    let mut found = None;
    // A circle cannot be: names are made before they are used.
    for _ in 0..=graph.node.len() {
        let node = makers.get(name)?;
        let attributes = Attributes::of(node, 0).ok()?;
        let first = node.input.first().map(String::as_str);
        let of = |ints: &str, texts: &str| Labels::of(&attributes, ints, texts).ok();
        match node.op_type.as_deref()? {
            "ZipMap" | "TreeEnsembleClassifier" => {
                found = of("classlabels_int64s", "classlabels_strings");
            }
            "LinearClassifier" | "SVMClassifier" => {
                found = of("classlabels_ints", "classlabels_strings");
            }
            "ArrayFeatureExtractor" | "Gather" => {
                found = constants.get(first?).and_then(|tensor| named(tensor));
            }
            "LabelEncoder" => {
                translations.push(translation(&attributes)?);
                name = first?;
                if makers.contains_key(name) {
                    continue;
                }
            }
            // A label encoder behind a place says what each place means.
            "ArgMax" | "TopK" if !translations.is_empty() => {}
            "Identity" | "Cast" | "Reshape" | "Squeeze" | "Unsqueeze" | "Flatten" | "Concat"
            | "Normalizer" => {
                name = first?;
                continue;
            }
            _ => return None,
        }
        break;
    }
    translated(found, translations)
}

/// A list of labels that stands in the file.
fn named(tensor: &Tensor) -> Option<Labels> {
    match tensor.data() {
        Data::Int64(v) => Some(Labels::Integers(v.clone())),
        Data::Int32(v) => Some(Labels::Integers(v.iter().map(|k| (*k).into()).collect())),
        Data::Text(v) => Some(Labels::Texts(v.clone())),
        Data::Bool(v) => Some(Labels::Integers(v.iter().map(|k| (*k).into()).collect())),
        Data::Float(_) | Data::Double(_) => {
            let numbers = tensor.doubles().ok()?;
            let whole = numbers.iter().all(|x| x.fract() == 0.0 && x.abs() < 9e15);
            whole.then(|| Labels::Integers(numbers.iter().map(|x| *x as i64).collect()))
        }
    }
}

/// Keys and values of a label encoder with whole keys.
fn translation(attributes: &Attributes<'_>) -> Option<(Vec<i64>, Labels)> {
    let tensor = |name: &str| attributes.tensor(name).ok().flatten();
    let keys = match attributes.ints("keys_int64s").ok()? {
        Some(keys) => keys.to_vec(),
        None => tensor("keys_tensor")?.integers().ok()?.into_owned(),
    };
    let values = match Labels::of(attributes, "values_int64s", "values_strings") {
        Ok(values) => values,
        Err(_) => named(&tensor("values_tensor")?)?,
    };
    let is_sound = keys.len() == values.len() && keys.len() <= MAX_LABELS;
    is_sound.then_some((keys, values))
}

/// The labels after the translations that were met on the way, the last of which comes first.
fn translated(found: Option<Labels>, translations: Vec<(Vec<i64>, Labels)>) -> Option<Labels> {
    let mut labels = found;
    for (keys, values) in translations.into_iter().rev() {
        let codes = match labels {
            None => (0..keys.len() as i64).collect(),
            Some(Labels::Integers(codes)) => codes,
            Some(Labels::Texts(_)) => return None,
        };
        let places = codes.iter().map(|code| keys.iter().position(|k| k == code));
        let places: Vec<usize> = places.collect::<Option<_>>()?;
        labels = Some(match values {
            Labels::Integers(v) => Labels::Integers(places.iter().map(|p| v[*p]).collect()),
            Labels::Texts(v) => Labels::Texts(places.iter().map(|p| Arc::clone(&v[*p])).collect()),
        });
    }
    labels
}
