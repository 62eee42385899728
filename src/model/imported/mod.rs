//! A model of another program: the bytes of its ONNX file, which of our columns its inputs take, and which of its outputs
//! answers. It reads columns, not features, and was fitted elsewhere. How it fits to columns and classes is decided in
//! `fitting`, tables become tensors in `feeding`; evaluating is left to `onnx::interpreter`.

mod answering;
mod error;
mod feeding;
mod fitting;
#[cfg(test)]
mod tests;

pub use error::ImportError;
pub use fitting::Question;

use super::onnx::interpreter::Program;
use crate::data::Table;
use answering::Answer;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Rows that are evaluated at a time: some operators make a matrix of them.
const ROWS_A_CHUNK: usize = 1024;

/// A model of another program.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Imported {
    saved: Arc<Saved>,
    program: Arc<Program>,
}

/// What is written down of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Saved {
    /// The file, byte for byte.
    #[serde(with = "whole_bytes")]
    file: Vec<u8>,
    /// The columns of each input, in the order of the file's inputs.
    feeds: Vec<Vec<String>>,
    answer: Answer,
}

impl Imported {
    /// Reads a file and finds out how it fits to a question.
    ///
    /// # Errors
    /// If the file cannot be read, or its inputs, outputs or classes do not fit; all of them are listed.
    pub fn of(file: Vec<u8>, question: &Question<'_>) -> Result<Self, ImportError> {
        let program = Program::load(&file)?;
        let feeds = fitting::feeds(&program, question)?;
        let answer = Answer::of(&program, question)?;
        Ok(Self {
            saved: Arc::new(Saved {
                file,
                feeds,
                answer,
            }),
            program: Arc::new(program),
        })
    }

    /// The bytes of the file.
    #[must_use]
    pub fn file(&self) -> &[u8] {
        &self.saved.file
    }

    /// The program that wrote the file, for example `skl2onnx 1.20.0`; may be empty.
    #[must_use]
    pub fn producer(&self) -> &str {
        self.program.producer()
    }

    /// Number of classes; `None` for regression.
    #[must_use]
    pub fn n_classes(&self) -> Option<usize> {
        self.saved.answer.n_classes()
    }

    /// What should be told whoever imports it: what was taken for granted.
    #[must_use]
    pub fn assumption(&self) -> Option<&str> {
        self.saved.answer.assumption()
    }

    /// Whether it reads a column.
    #[must_use]
    pub fn reads(&self, column: &str) -> bool {
        self.saved.feeds.iter().flatten().any(|c| c == column)
    }

    /// The columns it reads, in the order of the file's inputs.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.saved
            .feeds
            .iter()
            .flatten()
            .map(String::as_str)
            .collect()
    }

    /// Answers for all rows of a table, row-major: a probability a class, or one number. The table has the columns.
    ///
    /// # Errors
    /// If a row has a value that an input cannot take, the file's nodes give up, or an answer is none.
    pub(super) fn predict(&self, table: &Table) -> Result<Vec<f64>, ImportError> {
        let n_rows = table.n_rows();
        let starts: Vec<usize> = (0..n_rows).step_by(ROWS_A_CHUNK).collect();
        let parts: Vec<Result<Vec<f64>, ImportError>> = starts
            .into_par_iter()
            .map(|start| {
                let part = table.slice(start, ROWS_A_CHUNK.min(n_rows - start));
                let feeds = feeding::tensors(&self.program, &self.saved.feeds, &part, start)?;
                let outputs = self.program.run(feeds)?;
                self.saved.answer.read(&outputs, part.n_rows(), start)
            })
            .collect();
        let mut values = Vec::new();
        for part in parts {
            values.extend(part?);
        }
        Ok(values)
    }

    /// Tries it on some rows: whether it answers at all, whether a row's answer depends on that row alone, and whether its
    /// own labels are those of the largest probabilities.
    ///
    /// # Errors
    /// If one of these does not hold.
    pub fn try_out(&self, table: &Table) -> Result<(), ImportError> {
        let whole = self.predict(table)?;
        let n_rows = table.n_rows();
        let width = whole.len() / n_rows.max(1);
        for row in 0..n_rows {
            let alone = self.predict(&table.slice(row, 1))?;
            let together = &whole[row * width..(row + 1) * width];
            let is_same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits();
            if alone.len() != width || !alone.iter().zip(together).all(is_same) {
                return Err(ImportError::Mixes { row });
            }
        }
        let feeds = feeding::tensors(&self.program, &self.saved.feeds, table, 0)?;
        self.saved
            .answer
            .check_labels(&self.program.run(feeds)?, &whole)
    }
}

impl PartialEq for Imported {
    fn eq(&self, other: &Self) -> bool {
        self.saved == other.saved
    }
}

impl std::fmt::Debug for Imported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Imported")
            .field("n_bytes", &self.saved.file.len())
            .field("feeds", &self.saved.feeds)
            .field("answer", &self.saved.answer)
            .finish()
    }
}

impl From<Imported> for Saved {
    fn from(imported: Imported) -> Self {
        Self::clone(&imported.saved)
    }
}

impl TryFrom<Saved> for Imported {
    type Error = ImportError;

    /// Reads the file again, and checks that what was written down belongs to it.
    fn try_from(saved: Saved) -> Result<Self, ImportError> {
        let program = Program::load(&saved.file)?;
        let widths = program.inputs().iter().map(fitting::width);
        let fits = |(width, columns): (Option<usize>, &Vec<String>)| {
            !columns.is_empty() && width.is_none_or(|w| w == columns.len())
        };
        let is_sound = program.inputs().len() == saved.feeds.len()
            && widths.zip(&saved.feeds).all(fits)
            && saved.answer.is_sound(program.outputs().len());
        if !is_sound {
            return Err(ImportError::Answer {
                reason: "what was noted about it contradicts it".to_owned(),
            });
        }
        Ok(Self {
            saved: Arc::new(saved),
            program: Arc::new(program),
        })
    }
}

/// Bytes as bytes, and not as a list of numbers.
mod whole_bytes {
    use serde::de::{Error, SeqAccess, Visitor};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    struct Bytes;

    impl<'de> Visitor<'de> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("the bytes of a file")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }

        fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
            Ok(bytes)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<u8>, A::Error> {
            let mut bytes = Vec::new();
            while let Some(byte) = list.next_element()? {
                bytes.push(byte);
            }
            Ok(bytes)
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        from.deserialize_byte_buf(Bytes)
    }
}
