//! From one type to another.

use super::{Attributes, Kernel, one};
use crate::model::onnx::interpreter::value::{Data, Kind, Tensor};
use std::sync::Arc;

pub(super) fn cast(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let to = attributes
        .int("to")?
        .ok_or("it does not say to which type")?;
    attributes.ignore(&["saturate", "round_mode"]);
    let to = Kind::of_code(to).ok_or_else(|| format!("it converts to the element type {to}"))?;
    one(move |inputs| {
        let input = inputs.get(0)?;
        Tensor::new(input.shape().to_vec(), converted(input.data(), to)?)
    })
}

/// Real numbers lose their fraction, texts are read as numbers, zero and no other number is false.
fn converted(data: &Data, to: Kind) -> Result<Data, String> {
    if data.kind() == to {
        return Ok(data.clone());
    }
    if let Data::Text(texts) = data {
        return of_texts(texts, to);
    }
    // Whole numbers go past the real ones, in which they would lose digits.
    if let (Data::Int64(v), Kind::Int32) = (data, to) {
        return Ok(Data::Int32(v.iter().map(|x| *x as i32).collect()));
    }
    if let (Data::Int64(v), Kind::Text) = (data, to) {
        return Ok(Data::Text(
            v.iter().map(|x| Arc::from(x.to_string())).collect(),
        ));
    }
    if let (Data::Int64(v), Kind::Bool) = (data, to) {
        return Ok(Data::Bool(v.iter().map(|x| *x != 0).collect()));
    }
    if let (Data::Int64(v), Kind::Float) = (data, to) {
        return Ok(Data::Float(v.iter().map(|x| *x as f32).collect()));
    }
    let numbers = Tensor::new(vec![data.len()], data.clone())?;
    let numbers = numbers.doubles()?;
    Ok(match to {
        Kind::Float => Data::Float(numbers.iter().map(|x| *x as f32).collect()),
        Kind::Double => Data::Double(numbers.to_vec()),
        Kind::Int64 => Data::Int64(numbers.iter().map(|x| *x as i64).collect()),
        Kind::Int32 => Data::Int32(numbers.iter().map(|x| *x as i32).collect()),
        Kind::Bool => Data::Bool(numbers.iter().map(|x| *x != 0.0).collect()),
        Kind::Text => Data::Text(match data {
            Data::Float(v) => v.iter().map(|x| Arc::from(x.to_string())).collect(),
            Data::Bool(_) => return Err("truth values have no one text".to_owned()),
            _ => numbers.iter().map(|x| Arc::from(x.to_string())).collect(),
        }),
    })
}

fn of_texts(texts: &[Arc<str>], to: Kind) -> Result<Data, String> {
    fn all<T: std::str::FromStr>(texts: &[Arc<str>]) -> Result<Vec<T>, String> {
        let read = |t: &Arc<str>| t.trim().parse().map_err(|_| format!("{t:?} is no number"));
        texts.iter().map(read).collect()
    }
    Ok(match to {
        Kind::Float => Data::Float(all(texts)?),
        Kind::Double => Data::Double(all(texts)?),
        Kind::Int64 => Data::Int64(all(texts)?),
        Kind::Int32 => Data::Int32(all(texts)?),
        Kind::Bool | Kind::Text => return Err("texts are no truth values".to_owned()),
    })
}
