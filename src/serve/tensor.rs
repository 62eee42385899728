//! One tensor of the protocol: its elements out of JSON or bytes, and back. Which column it is for is left to
//! `columns`.

use serde_json::Value;

/// A tensor as it came.
pub(super) struct RawTensor<'a> {
    pub(super) name: String,
    pub(super) shape: Vec<u64>,
    pub(super) datatype: String,
    /// `data`, nested or flat.
    pub(super) json: Option<Value>,
    /// Its part of the bytes after the JSON.
    pub(super) bytes: Option<&'a [u8]>,
}

/// Elements; `None` is a missing value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Elements {
    Numbers(Vec<Option<f64>>),
    Integers(Vec<Option<i64>>),
    Booleans(Vec<Option<bool>>),
    Texts(Vec<Option<String>>),
}

impl Elements {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Numbers(v) => v.len(),
            Self::Integers(v) => v.len(),
            Self::Booleans(v) => v.len(),
            Self::Texts(v) => v.len(),
        }
    }

    /// The protocol's datatype for elements that are sent.
    pub(super) fn datatype(&self) -> &'static str {
        match self {
            Self::Numbers(_) => "FP64",
            Self::Integers(_) => "INT64",
            Self::Booleans(_) => "BOOL",
            Self::Texts(_) => "BYTES",
        }
    }
}

/// The elements of a tensor whose shape is `[n]` or `[n, 1]`; what is wrong otherwise.
pub(super) fn elements(tensor: &RawTensor<'_>) -> Result<Elements, String> {
    let n = match tensor.shape.as_slice() {
        [n] | [n, 1] => *n,
        shape => return Err(format!("the shape {shape:?} is neither [n] nor [n, 1]")),
    };
    let elements = match (tensor.bytes, &tensor.json) {
        (Some(_), Some(_)) => return Err("there is both data and binary_data_size".to_owned()),
        (None, None) => return Err("there is neither data nor binary_data_size".to_owned()),
        (Some(bytes), None) => from_bytes(&tensor.datatype, bytes)?,
        (None, Some(json)) => from_json(&tensor.datatype, json)?,
    };
    if elements.len() as u64 == n {
        Ok(elements)
    } else {
        Err(format!(
            "the shape says {n} elements and there are {}",
            elements.len()
        ))
    }
}

fn from_json(datatype: &str, json: &Value) -> Result<Elements, String> {
    let Value::Array(items) = json else {
        return Err("data is not an array".to_owned());
    };
    // The protocol allows nested arrays: [[1], [2]] for the shape [2, 1].
    let mut flat = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Value::Array(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match datatype {
        "FP64" => Ok(Elements::Numbers(each(&flat, datatype, Value::as_f64)?)),
        // As if the 32 bits themselves had been sent, so that both encodings predict the same.
        "FP32" => Ok(Elements::Numbers(each(&flat, datatype, |v| {
            v.as_f64().map(|x| f64::from(x as f32))
        })?)),
        "BOOL" => Ok(Elements::Booleans(each(&flat, datatype, Value::as_bool)?)),
        "BYTES" => {
            let texts = each(&flat, datatype, |v| v.as_str().map(str::to_owned))?;
            Ok(Elements::Texts(without_empty(texts)))
        }
        _ => {
            let (low, high) = whole_range(datatype)?;
            let inside = |v: &Value| v.as_i64().filter(|x| (low..=high).contains(x));
            Ok(Elements::Integers(each(&flat, datatype, inside)?))
        }
    }
}

fn each<T>(
    items: &[&Value],
    datatype: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<Option<T>>, String> {
    items
        .iter()
        .enumerate()
        .map(|(i, item)| {
            if item.is_null() {
                return Ok(None);
            }
            let value = read(item).ok_or_else(|| {
                let mut text = item.to_string();
                if text.chars().count() > 40 {
                    text = text.chars().take(40).chain(['…']).collect();
                }
                format!("element {i} is {text}, which is no {datatype}")
            })?;
            Ok(Some(value))
        })
        .collect()
}

/// Bounds of a whole-number datatype, as far as 64 signed bits hold them.
fn whole_range(datatype: &str) -> Result<(i64, i64), String> {
    Ok(match datatype {
        "INT8" => (i64::from(i8::MIN), i64::from(i8::MAX)),
        "INT16" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "INT32" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        "INT64" => (i64::MIN, i64::MAX),
        "UINT8" => (0, i64::from(u8::MAX)),
        "UINT16" => (0, i64::from(u16::MAX)),
        "UINT32" => (0, i64::from(u32::MAX)),
        "UINT64" => (0, i64::MAX),
        other => {
            return Err(format!(
                "the datatype {other:?} is not supported; use FP64, FP32, INT8 to INT64, UINT8 to UINT64, BOOL or BYTES"
            ));
        }
    })
}

fn from_bytes(datatype: &str, bytes: &[u8]) -> Result<Elements, String> {
    let whole = |values: Vec<i64>| Elements::Integers(values.into_iter().map(Some).collect());
    Ok(match datatype {
        "FP64" => numbers(fixed(bytes, f64::from_le_bytes)?),
        "FP32" => numbers(fixed(bytes, |b| f64::from(f32::from_le_bytes(b)))?),
        "INT8" => whole(fixed(bytes, |b| i64::from(i8::from_le_bytes(b)))?),
        "INT16" => whole(fixed(bytes, |b| i64::from(i16::from_le_bytes(b)))?),
        "INT32" => whole(fixed(bytes, |b| i64::from(i32::from_le_bytes(b)))?),
        "INT64" => whole(fixed(bytes, i64::from_le_bytes)?),
        "UINT8" => whole(fixed(bytes, |b| i64::from(u8::from_le_bytes(b)))?),
        "UINT16" => whole(fixed(bytes, |b| i64::from(u16::from_le_bytes(b)))?),
        "UINT32" => whole(fixed(bytes, |b| i64::from(u32::from_le_bytes(b)))?),
        "UINT64" => {
            let values: Option<Vec<i64>> = fixed(bytes, u64::from_le_bytes)?
                .into_iter()
                .map(|v| i64::try_from(v).ok())
                .collect();
            whole(values.ok_or("a UINT64 element is larger than 9223372036854775807")?)
        }
        "BOOL" => Elements::Booleans(
            bytes
                .iter()
                .map(|b| match b {
                    0 => Ok(Some(false)),
                    1 => Ok(Some(true)),
                    other => Err(format!("a BOOL element is the byte {other} and not 0 or 1")),
                })
                .collect::<Result<_, _>>()?,
        ),
        "BYTES" => Elements::Texts(without_empty(prefixed(bytes)?)),
        other => return Err(whole_range(other).err().unwrap_or_default()),
    })
}

/// NaN is how a floating tensor says that there is no value.
fn numbers(values: Vec<f64>) -> Elements {
    Elements::Numbers(
        values
            .into_iter()
            .map(|v| (!v.is_nan()).then_some(v))
            .collect(),
    )
}

fn fixed<const N: usize, T>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Result<Vec<T>, String> {
    let (chunks, rest) = bytes.as_chunks::<N>();
    if rest.is_empty() {
        Ok(chunks.iter().map(|chunk| read(*chunk)).collect())
    } else {
        Err(format!(
            "{} bytes are not a whole number of {N}-byte elements",
            bytes.len()
        ))
    }
}

/// Elements with a length of four bytes before each.
fn prefixed(mut bytes: &[u8]) -> Result<Vec<Option<String>>, String> {
    let mut texts = Vec::new();
    while !bytes.is_empty() {
        let element = bytes
            .split_first_chunk::<4>()
            .and_then(|(length, rest)| rest.split_at_checked(u32::from_le_bytes(*length) as usize));
        let Some((text, rest)) = element else {
            return Err(format!("BYTES element {} is cut off", texts.len()));
        };
        let text = std::str::from_utf8(text)
            .map_err(|_| format!("BYTES element {} is not UTF-8", texts.len()))?;
        texts.push(Some(text.to_owned()));
        bytes = rest;
    }
    Ok(texts)
}

fn without_empty(texts: Vec<Option<String>>) -> Vec<Option<String>> {
    texts
        .into_iter()
        .map(|text| text.filter(|t| !t.is_empty()))
        .collect()
}

/// The elements as a flat JSON array.
pub(super) fn to_json(elements: Elements) -> Value {
    match elements {
        Elements::Numbers(v) => v
            .into_iter()
            .map(|x| x.map_or(Value::Null, Value::from))
            .collect(),
        Elements::Integers(v) => v
            .into_iter()
            .map(|x| x.map_or(Value::Null, Value::from))
            .collect(),
        Elements::Booleans(v) => v
            .into_iter()
            .map(|x| x.map_or(Value::Null, Value::from))
            .collect(),
        Elements::Texts(v) => v
            .into_iter()
            .map(|x| x.map_or(Value::Null, Value::from))
            .collect(),
    }
}

/// The elements as the extension's bytes: little-endian, texts with their length in four bytes before them.
pub(super) fn to_bytes(elements: &Elements) -> Vec<u8> {
    match elements {
        Elements::Numbers(v) => v
            .iter()
            .flat_map(|x| x.unwrap_or(f64::NAN).to_le_bytes())
            .collect(),
        Elements::Integers(v) => v
            .iter()
            .flat_map(|x| x.unwrap_or_default().to_le_bytes())
            .collect(),
        Elements::Booleans(v) => v.iter().map(|x| u8::from(*x == Some(true))).collect(),
        Elements::Texts(v) => v
            .iter()
            .map(|x| x.as_deref().unwrap_or_default())
            .flat_map(|text| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat())
            .collect(),
    }
}
