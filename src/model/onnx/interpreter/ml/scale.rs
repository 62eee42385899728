//! Operators on numbers, feature by feature: missing ones replaced, scaled, normalised, compared with a threshold.

use super::super::attributes::Attributes;
use super::super::ops::{Kernel, one};
use super::super::value::{Data, Tensor};

/// How many numbers there are for the features: one for all, or one each.
fn each<T: Copy>(values: &[T], n_features: usize) -> Result<Vec<T>, String> {
    match values {
        [all] => Ok(vec![*all; n_features]),
        _ if values.len() == n_features => Ok(values.to_vec()),
        _ => Err(format!(
            "there are {} numbers for {n_features} features",
            values.len()
        )),
    }
}

/// Features are along the last dimension.
fn n_features(input: &Tensor) -> usize {
    input.shape().last().copied().unwrap_or(1)
}

pub(super) fn imputer(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let floats = attributes
        .floats("imputed_value_floats")?
        .unwrap_or_default()
        .to_vec();
    let ints = attributes
        .ints("imputed_value_int64s")?
        .unwrap_or_default()
        .to_vec();
    let missing = attributes.float("replaced_value_float")?.unwrap_or(0.0);
    let missing_int = attributes.int("replaced_value_int64")?.unwrap_or(0);
    if floats.is_empty() == ints.is_empty() {
        return Err("it must name replacements of one type".to_owned());
    }
    one(move |inputs| {
        let input = inputs.get(0)?;
        let p = n_features(input);
        let is_missing = |x: f64| x == f64::from(missing) || (missing.is_nan() && x.is_nan());
        let data = match input.data() {
            Data::Float(v) => {
                let stand_in = each(&floats, p)?;
                let value = |(i, x): (usize, &f32)| {
                    if is_missing((*x).into()) {
                        stand_in[i % p]
                    } else {
                        *x
                    }
                };
                Data::Float(v.iter().enumerate().map(value).collect())
            }
            Data::Double(v) => {
                let stand_in = each(&floats, p)?;
                let value = |(i, x): (usize, &f64)| {
                    if is_missing(*x) {
                        stand_in[i % p].into()
                    } else {
                        *x
                    }
                };
                Data::Double(v.iter().enumerate().map(value).collect())
            }
            Data::Int64(v) => {
                let stand_in = each(&ints, p)?;
                let value = |(i, x): (usize, &i64)| {
                    if *x == missing_int {
                        stand_in[i % p]
                    } else {
                        *x
                    }
                };
                Data::Int64(v.iter().enumerate().map(value).collect())
            }
            other => return Err(format!("{} cannot be imputed", other.kind().title())),
        };
        Tensor::new(input.shape().to_vec(), data)
    })
}

/// `(x − offset) · scale` in 32 bits.
pub(super) fn scaler(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let offset = attributes.floats("offset")?.unwrap_or(&[0.0]).to_vec();
    let scale = attributes.floats("scale")?.unwrap_or(&[1.0]).to_vec();
    one(move |inputs| {
        let input = inputs.get(0)?;
        let p = n_features(input);
        let (offset, scale) = (each(&offset, p)?, each(&scale, p)?);
        let values = input.floats()?;
        let scaled = |(i, x): (usize, &f32)| (x - offset[i % p]) * scale[i % p];
        let values = values.iter().enumerate().map(scaled).collect();
        Tensor::new(input.shape().to_vec(), Data::Float(values))
    })
}

/// Each row divided by its largest number, the sum of its sizes, or its length.
pub(super) fn normalizer(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let norm = attributes.text("norm")?;
    let size: fn(&[f64]) -> f64 = match norm.as_deref() {
        None | Some("MAX") => |row| row.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Some("L1") => |row| row.iter().map(|x| x.abs()).sum(),
        Some("L2") => |row| row.iter().map(|x| x * x).sum::<f64>().sqrt(),
        Some(other) => return Err(format!("there is no norm {other}")),
    };
    one(move |inputs| {
        let input = inputs.get(0)?;
        let (_, p) = input.rows_and_columns()?;
        let values = input.doubles()?;
        let mut out = Vec::with_capacity(values.len());
        for row in values.chunks(p.max(1)) {
            let size = size(row);
            // A row of zeros stays as it is.
            let divisor = if size == 0.0 { 1.0 } else { size };
            out.extend(row.iter().map(|x| (x / divisor) as f32));
        }
        Tensor::new(input.shape().to_vec(), Data::Float(out))
    })
}

/// 1 above the threshold, else 0.
pub(super) fn binarizer(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let threshold = f64::from(attributes.float("threshold")?.unwrap_or(0.0));
    one(move |inputs| {
        let input = inputs.get(0)?;
        let above = |x: f64| u8::from(x > threshold);
        let numbers = input.doubles()?;
        let bits = numbers.iter().map(|x| above(*x));
        let data = match input.data() {
            Data::Float(_) => Data::Float(bits.map(f32::from).collect()),
            Data::Double(_) => Data::Double(bits.map(f64::from).collect()),
            Data::Int64(_) => Data::Int64(bits.map(i64::from).collect()),
            Data::Int32(_) => Data::Int32(bits.map(i32::from).collect()),
            other => return Err(format!("{} has no threshold", other.kind().title())),
        };
        Tensor::new(input.shape().to_vec(), data)
    })
}
