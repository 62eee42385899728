//! Operators that look values up: labels, categories, columns.

use super::super::attributes::Attributes;
use super::super::ops::{Kernel, joined, one, taken};
use super::super::value::{Data, Kind, Tensor};
use super::labels::Labels;
use hashbrown::HashMap;
use std::sync::Arc;

/// A value that can be looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Whole(i64),
    /// The bits of a real number; NaN is one value, and so is zero.
    Real(u64),
    Text(Arc<str>),
}

fn real_key(x: f64) -> Key {
    Key::Real(if x.is_nan() {
        f64::NAN.to_bits()
    } else {
        (x + 0.0).to_bits()
    })
}

fn keys(data: &Data) -> Vec<Key> {
    match data {
        Data::Float(v) => v.iter().map(|x| real_key((*x).into())).collect(),
        Data::Double(v) => v.iter().map(|x| real_key(*x)).collect(),
        Data::Int64(v) => v.iter().map(|x| Key::Whole(*x)).collect(),
        Data::Int32(v) => v.iter().map(|x| Key::Whole((*x).into())).collect(),
        Data::Bool(v) => v.iter().map(|x| Key::Whole((*x).into())).collect(),
        Data::Text(v) => v.iter().map(|x| Key::Text(Arc::clone(x))).collect(),
    }
}

/// The place of each key; of equal ones the first.
fn places(data: &Data) -> HashMap<Key, usize> {
    let mut places = HashMap::new();
    for (i, key) in keys(data).into_iter().enumerate() {
        places.entry(key).or_insert(i);
    }
    places
}

fn list(values: Data) -> Result<Tensor, String> {
    Tensor::new(vec![values.len()], values)
}

/// A kernel that looks each element up among the keys and answers with the value at the same place, or the default.
fn lookup(known: &Data, values: &Data, default: &Data) -> Result<Kernel, String> {
    lookup_but(&[], known, values, default)
}

/// The same without some keys.
fn lookup_but(
    without: &[Key],
    known: &Data,
    values: &Data,
    default: &Data,
) -> Result<Kernel, String> {
    if known.len() != values.len() || default.len() != 1 {
        return Err("keys and values differ in number".to_owned());
    }
    let mut found = places(known);
    found.retain(|key, _| !without.contains(key));
    let kind = known.kind();
    let unknown = values.len();
    let all = joined(&[&list(values.clone())?, &list(default.clone())?], 0)?;
    one(move |inputs| {
        let input = inputs.get(0)?;
        if input.kind() != kind {
            let (a, b) = (input.kind().title(), kind.title());
            return Err(format!("{a} is looked up among {b}"));
        }
        let places = keys(input.data());
        let places = places
            .iter()
            .map(|k| found.get(k).copied().unwrap_or(unknown));
        all.picked(input.shape().to_vec(), &places.collect::<Vec<_>>())
    })
}

pub(super) fn label_encoder(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let text = attributes
        .text("default_string")?
        .unwrap_or_else(|| "_Unused".to_owned());
    let text = Data::Text(vec![text.into()]);
    let whole = Data::Int64(vec![attributes.int("default_int64")?.unwrap_or(-1)]);
    let real = Data::Float(vec![attributes.float("default_float")?.unwrap_or(-0.0)]);
    if attributes.version < 2 {
        let classes = attributes
            .texts("classes_strings")?
            .ok_or("it names no classes")?;
        let codes = Data::Int64((0..classes.len() as i64).collect());
        let classes = Data::Text(classes);
        let forth = lookup(&classes, &codes, &whole)?;
        let back = lookup(&codes, &classes, &text)?;
        return Ok(Box::new(move |inputs| match inputs.get(0)?.kind() {
            Kind::Text => forth(inputs),
            _ => back(inputs),
        }));
    }
    let of = |stem: &str| -> Result<Data, String> {
        let name = |tail: &str| format!("{stem}_{tail}");
        let mut found = Vec::new();
        if let Some(v) = attributes.texts(&name("strings"))? {
            found.push(Data::Text(v));
        }
        if let Some(v) = attributes.ints(&name("int64s"))? {
            found.push(Data::Int64(v.to_vec()));
        }
        if let Some(v) = attributes.floats(&name("floats"))? {
            found.push(Data::Float(v.to_vec()));
        }
        if let Some(v) = attributes.tensor(&name("tensor"))? {
            found.push(v.data().clone());
        }
        found.retain(|data| data.len() > 0);
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => Err(format!("it must have one list of {stem}")),
        }
    };
    let (known, values) = (of("keys")?, of("values")?);
    let default = match (attributes.tensor("default_tensor")?, &values) {
        (Some(tensor), _) => tensor.data().clone(),
        (None, Data::Text(_)) => text,
        (None, Data::Int64(_)) => whole,
        (None, Data::Float(_)) => real,
        (None, Data::Double(_)) => Data::Double(vec![-0.0]),
        (None, Data::Int32(_)) => Data::Int32(vec![-1]),
        (None, Data::Bool(_)) => Data::Bool(vec![false]),
    };
    if default.kind() != values.kind() {
        return Err("its default has another type than its values".to_owned());
    }
    // Only from version 4 on is a missing number a key.
    let nan = [real_key(f64::NAN)];
    let missing = if attributes.version < 4 {
        &nan[..]
    } else {
        &[]
    };
    lookup_but(missing, &known, &values, &default)
}

pub(super) fn category_mapper(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let texts = attributes
        .texts("cats_strings")?
        .ok_or("it names no texts")?;
    let numbers = attributes
        .ints("cats_int64s")?
        .ok_or("it names no numbers")?;
    let (texts, numbers) = (Data::Text(texts), Data::Int64(numbers.to_vec()));
    let default = attributes
        .text("default_string")?
        .unwrap_or_else(|| "_Unused".to_owned());
    let default_number = attributes.int("default_int64")?.unwrap_or(-1);
    let forth = lookup(&texts, &numbers, &Data::Int64(vec![default_number]))?;
    let back = lookup(&numbers, &texts, &Data::Text(vec![default.into()]))?;
    Ok(Box::new(move |inputs| match inputs.get(0)?.kind() {
        Kind::Text => forth(inputs),
        _ => back(inputs),
    }))
}

/// A new last dimension with a 1 at the category's place.
pub(super) fn one_hot_encoder(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let zeros = attributes.flag("zeros", true)?;
    let categories = Labels::of(attributes, "cats_int64s", "cats_strings")?;
    let width = categories.len();
    let (found, is_text) = match categories {
        Labels::Integers(v) => (places(&Data::Int64(v)), false),
        Labels::Texts(v) => (places(&Data::Text(v)), true),
    };
    one(move |inputs| {
        let input = inputs.get(0)?;
        let wanted = if is_text {
            keys(input.data())
        } else {
            // Real numbers lose their fraction.
            let numbers = input.doubles()?;
            numbers.iter().map(|x| Key::Whole(*x as i64)).collect()
        };
        let mut shape = input.shape().to_vec();
        shape.push(width);
        let mut out = vec![0.0; super::super::value::n_elements(&shape)?];
        for (i, key) in wanted.iter().enumerate() {
            match found.get(key) {
                Some(place) => out[i * width + place] = 1.0,
                None if zeros => {}
                None => return Err(format!("{key:?} is none of the categories")),
            }
        }
        Tensor::new(shape, Data::Float(out))
    })
}

/// Columns of the last dimension.
pub(super) fn array_feature_extractor(_attributes: &Attributes<'_>) -> Result<Kernel, String> {
    one(|inputs| {
        let (input, indices) = (inputs.get(0)?, inputs.get(1)?);
        let columns = indices.integers()?;
        if columns.iter().any(|c| *c < 0) {
            return Err("a column is negative".to_owned());
        }
        // One dimension alone counts as one row.
        let wide = match input.shape() {
            [] => return Err("a single number has no columns".to_owned()),
            [n] => input.reshaped(vec![1, *n])?,
            _ => input.clone(),
        };
        taken(&wide, wide.rank() - 1, &columns, &[columns.len()])
    })
}

/// All inputs beside one another as 32-bit numbers.
pub(super) fn feature_vectorizer(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    attributes.ignore(&["inputdimensions"]);
    one(|inputs| {
        let flat = inputs.all()?.into_iter().map(|tensor| {
            let values = Data::Float(tensor.floats()?.into_owned());
            match tensor.shape() {
                [n] => Tensor::new(vec![*n, 1], values),
                [n, p] => Tensor::new(vec![*n, *p], values),
                other => Err(format!(
                    "a matrix was expected, and found is shape {other:?}"
                )),
            }
        });
        let flat = flat.collect::<Result<Vec<_>, String>>()?;
        joined(&flat.iter().collect::<Vec<_>>(), 1)
    })
}

/// A map a row from class to score. Here the scores stay a matrix, and the classes are known beside it.
pub(super) fn zip_map(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let classes = Labels::of(attributes, "classlabels_int64s", "classlabels_strings")?;
    one(move |inputs| {
        let input = inputs.get(0)?;
        let (_, p) = input.rows_and_columns()?;
        if p != classes.len() {
            return Err(format!(
                "there are {p} scores for {} classes",
                classes.len()
            ));
        }
        Ok(input.clone())
    })
}
