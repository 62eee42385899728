//! The classes of a classifier.

use super::super::attributes::Attributes;
use super::super::value::{Data, Tensor};
use std::sync::Arc;

/// Class labels in the order of the scores.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::model) enum Labels {
    /// Whole numbers.
    Integers(Vec<i64>),
    /// Texts.
    Texts(Vec<Arc<str>>),
}

impl Labels {
    /// Of two attributes, exactly one of which names the classes.
    pub(in crate::model::onnx::interpreter) fn of(
        attributes: &Attributes<'_>,
        integers: &str,
        texts: &str,
    ) -> Result<Self, String> {
        let integers = attributes.some_ints(integers)?;
        let texts = attributes.texts(texts)?.filter(|t| !t.is_empty());
        match (integers, texts) {
            (Some(integers), None) => Ok(Self::Integers(integers.to_vec())),
            (None, Some(texts)) => Ok(Self::Texts(texts)),
            _ => Err("it must name its classes, as whole numbers or as texts".to_owned()),
        }
    }

    pub(in crate::model) fn len(&self) -> usize {
        match self {
            Self::Integers(v) => v.len(),
            Self::Texts(v) => v.len(),
        }
    }

    /// One label a row. The classes are inside.
    pub(super) fn chosen(&self, classes: &[usize]) -> Result<Tensor, String> {
        let data = match self {
            Self::Integers(v) => Data::Int64(classes.iter().map(|k| v[*k]).collect()),
            Self::Texts(v) => Data::Text(classes.iter().map(|k| Arc::clone(&v[*k])).collect()),
        };
        Tensor::new(vec![classes.len()], data)
    }

    /// As texts.
    pub(in crate::model) fn texts(&self) -> Vec<String> {
        match self {
            Self::Integers(v) => v.iter().map(i64::to_string).collect(),
            Self::Texts(v) => v.iter().map(ToString::to_string).collect(),
        }
    }
}
