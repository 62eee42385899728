//! The attributes of a node by name and type, and tensors that stand in the file. An attribute that nobody asked for is
//! an error: it could change what the node means.

use super::value::{Data, Kind, Tensor, n_elements};
use crate::model::onnx::proto::{self, attribute};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The attributes of one node, and what else its meaning depends on.
pub(super) struct Attributes<'a> {
    by_name: BTreeMap<&'a str, &'a proto::Attribute>,
    asked: RefCell<BTreeSet<&'a str>>,
    /// Version of the operator set that the node belongs to.
    pub(super) version: i64,
    /// Number of results that are wanted.
    pub(super) n_outputs: usize,
}

impl<'a> Attributes<'a> {
    pub(super) fn of(node: &'a proto::Node, version: i64) -> Result<Self, String> {
        let mut by_name = BTreeMap::new();
        for attribute in &node.attribute {
            let name = attribute.name.as_deref().unwrap_or_default();
            if by_name.insert(name, attribute).is_some() {
                return Err(format!("the attribute {name} is given twice"));
            }
        }
        Ok(Self {
            by_name,
            asked: RefCell::default(),
            version,
            n_outputs: node.output.len(),
        })
    }

    fn find(&self, name: &str) -> Option<&'a proto::Attribute> {
        let (name, attribute) = self.by_name.get_key_value(name)?;
        self.asked.borrow_mut().insert(name);
        Some(attribute)
    }

    /// Takes note of attributes that change no result.
    pub(super) fn ignore(&self, names: &[&str]) {
        for name in names {
            self.find(name);
        }
    }

    pub(super) fn int(&self, name: &str) -> Result<Option<i64>, String> {
        self.typed(name, attribute::INT, |a| a.i.unwrap_or_default())
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, String> {
        Ok(self.int(name)?.map_or(default, |v| v != 0))
    }

    pub(super) fn float(&self, name: &str) -> Result<Option<f32>, String> {
        self.typed(name, attribute::FLOAT, |a| a.f.unwrap_or_default())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, String> {
        let bytes = self.typed(name, attribute::STRING, |a| a.s.clone().unwrap_or_default())?;
        bytes.map(|bytes| utf8(bytes, name)).transpose()
    }

    pub(super) fn ints(&self, name: &str) -> Result<Option<&'a [i64]>, String> {
        self.typed(name, attribute::INTS, |a| a.ints.as_slice())
    }

    pub(super) fn floats(&self, name: &str) -> Result<Option<&'a [f32]>, String> {
        self.typed(name, attribute::FLOATS, |a| a.floats.as_slice())
    }

    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<Arc<str>>>, String> {
        let strings = self.typed(name, attribute::STRINGS, |a| a.strings.as_slice())?;
        let read = |bytes: &Vec<u8>| Ok(Arc::from(utf8(bytes.clone(), name)?));
        strings.map(|s| s.iter().map(read).collect()).transpose()
    }

    pub(super) fn tensor(&self, name: &str) -> Result<Option<Tensor>, String> {
        let found = self.typed(name, attribute::TENSOR, |a| a.t.as_ref())?;
        let Some(found) = found else { return Ok(None) };
        let tensor = found.ok_or_else(|| format!("the attribute {name} holds no tensor"))?;
        tensor_of(tensor).map(Some)
    }

    /// An empty list counts as absent: writers differ in that.
    pub(super) fn some_ints(&self, name: &str) -> Result<Option<&'a [i64]>, String> {
        Ok(self.ints(name)?.filter(|v| !v.is_empty()))
    }

    fn typed<T>(
        &self,
        name: &str,
        kind: i32,
        of: impl Fn(&'a proto::Attribute) -> T,
    ) -> Result<Option<T>, String> {
        let Some(found) = self.find(name) else {
            return Ok(None);
        };
        if found.refers.as_deref().is_some_and(|r| !r.is_empty()) {
            return Err(format!("the attribute {name} refers to a function's"));
        }
        // Files of the first version of the format do not say the type.
        match found.kind {
            None | Some(0) => Ok(Some(of(found))),
            Some(k) if k == kind => Ok(Some(of(found))),
            Some(_) => Err(format!("the attribute {name} has an unexpected type")),
        }
    }

    /// Whether every attribute has been asked for.
    pub(super) fn all_asked(&self) -> Result<(), String> {
        let asked = self.asked.borrow();
        let unknown = self.by_name.keys().filter(|name| !asked.contains(*name));
        let unknown: Vec<&str> = unknown.copied().collect();
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(format!("unknown attributes: {}", unknown.join(", ")))
        }
    }
}

fn utf8(bytes: Vec<u8>, name: &str) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|_| format!("a text in {name} is not UTF-8"))
}

/// Takes `N` bytes at a time.
fn numbers<const N: usize, T>(raw: &[u8], of: impl Fn([u8; N]) -> T) -> Result<Vec<T>, String> {
    let (chunks, rest) = raw.as_chunks::<N>();
    if !rest.is_empty() {
        return Err("a tensor's bytes are cut off".to_owned());
    }
    Ok(chunks.iter().map(|c| of(*c)).collect())
}

/// A tensor of the file.
///
/// # Errors
/// If its type is not among ours, its data are elsewhere, or they do not fit its shape.
pub(super) fn tensor_of(tensor: &proto::Tensor) -> Result<Tensor, String> {
    if tensor.data_location.unwrap_or_default() != 0 || !tensor.external_data.is_empty() {
        return Err("a tensor's data are in another file".to_owned());
    }
    let code = tensor.data_type.unwrap_or_default();
    let kind = Kind::of_code(code.into());
    let shape = tensor.dims.iter().map(|d| usize::try_from(*d));
    let shape: Vec<usize> = shape
        .collect::<Result<_, _>>()
        .map_err(|_| "a tensor has a negative dimension".to_owned())?;
    n_elements(&shape)?;
    let raw = tensor.raw_data.as_deref();
    let data = match (kind, raw) {
        (Some(Kind::Float), None) => Data::Float(tensor.float_data.clone()),
        (Some(Kind::Float), Some(raw)) => Data::Float(numbers(raw, f32::from_le_bytes)?),
        (Some(Kind::Double), None) => Data::Double(tensor.double_data.clone()),
        (Some(Kind::Double), Some(raw)) => Data::Double(numbers(raw, f64::from_le_bytes)?),
        (Some(Kind::Int64), None) => Data::Int64(tensor.int64_data.clone()),
        (Some(Kind::Int64), Some(raw)) => Data::Int64(numbers(raw, i64::from_le_bytes)?),
        (Some(Kind::Int32), None) => Data::Int32(tensor.int32_data.clone()),
        (Some(Kind::Int32), Some(raw)) => Data::Int32(numbers(raw, i32::from_le_bytes)?),
        (Some(Kind::Bool), None) => Data::Bool(tensor.int32_data.iter().map(|v| *v != 0).collect()),
        (Some(Kind::Bool), Some(raw)) => Data::Bool(raw.iter().map(|b| *b != 0).collect()),
        (Some(Kind::Text), _) => {
            let texts = tensor.string_data.iter();
            let texts = texts.map(|b| Ok(Arc::from(utf8(b.clone(), "a tensor")?)));
            Data::Text(texts.collect::<Result<_, String>>()?)
        }
        // Small whole numbers, for the modes of tree nodes.
        (None, None) if code == 2 || code == 3 => Data::Int32(tensor.int32_data.clone()),
        (None, Some(raw)) if code == 2 => Data::Int32(raw.iter().map(|b| i32::from(*b)).collect()),
        _ => return Err(format!("a tensor has the element type {code}")),
    };
    Tensor::new(shape, data)
}
