//! A model ready to be evaluated: nodes in order, names as places. Reading it from a file is left to `load`.

use super::OnnxError;
use super::ml::Labels;
use super::ops::{Inputs, Kernel};
use super::value::{Kind, MAX_ELEMENTS, Tensor};
use std::sync::Arc;

/// The most elements that one evaluation holds at once.
const MAX_HELD: usize = 4 * MAX_ELEMENTS;

/// The most elements that one evaluation makes: without loops in the file, no honest model comes near.
const MAX_MADE: usize = 256 * MAX_ELEMENTS;

/// An input or output of the model.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::model) struct Port {
    /// Its name.
    pub(in crate::model) name: String,
    /// Type of its elements; `None` where the file does not say, or for maps.
    pub(in crate::model) kind: Option<Kind>,
    /// Its dimensions, `None` for any; no shape at all where the file does not say.
    pub(in crate::model) shape: Option<Vec<Option<usize>>>,
    /// The classes that it speaks of, where that can be told.
    pub(in crate::model) labels: Option<Labels>,
}

/// A node ready to be run.
pub(super) struct Step {
    pub(super) name: String,
    pub(super) kernel: Kernel,
    pub(super) inputs: Vec<Option<usize>>,
    pub(super) outputs: Vec<Option<usize>>,
    /// Places whose tensors nobody needs after this step.
    pub(super) last_used: Vec<usize>,
}

/// A model ready to be evaluated.
pub(in crate::model) struct Program {
    pub(super) inputs: Vec<Port>,
    pub(super) input_places: Vec<usize>,
    pub(super) outputs: Vec<Port>,
    pub(super) output_places: Vec<usize>,
    /// Numbers of the file, with their places.
    pub(super) constants: Vec<(usize, Arc<Tensor>)>,
    pub(super) steps: Vec<Step>,
    pub(super) n_places: usize,
    /// Notes of the writer.
    pub(super) notes: Vec<(String, String)>,
    pub(super) producer: String,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program")
            .field("inputs", &self.inputs)
            .field("outputs", &self.outputs)
            .field("n_steps", &self.steps.len())
            .finish()
    }
}

impl Program {
    pub(in crate::model) fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    pub(in crate::model) fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// A note of the writer (`metadata_props`).
    pub(in crate::model) fn note(&self, key: &str) -> Option<&str> {
        let found = self.notes.iter().find(|(k, _)| k == key)?;
        Some(&found.1)
    }

    /// The program that wrote the file, with its version; may be empty.
    pub(in crate::model) fn producer(&self) -> &str {
        &self.producer
    }

    /// Evaluates the model: one tensor an input, in order; answers one an output.
    ///
    /// # Errors
    /// If a node cannot be evaluated, or asks for too much memory.
    pub(in crate::model) fn run(&self, feeds: Vec<Tensor>) -> Result<Vec<Arc<Tensor>>, OnnxError> {
        let failed = |node: &str, reason: String| OnnxError::Failed {
            node: node.to_owned(),
            reason,
        };
        if feeds.len() != self.inputs.len() {
            let n = self.inputs.len();
            return Err(failed("inputs", format!("there must be {n} inputs")));
        }
        let mut held: Vec<Option<Arc<Tensor>>> = vec![None; self.n_places];
        for (place, constant) in &self.constants {
            held[*place] = Some(Arc::clone(constant));
        }
        for (place, feed) in self.input_places.iter().zip(feeds) {
            held[*place] = Some(Arc::new(feed));
        }
        let (mut n_held, mut n_made) = (0, 0);
        for step in &self.steps {
            let inputs: Vec<Option<&Tensor>> = step
                .inputs
                .iter()
                .map(|place| place.and_then(|p| held[p].as_deref()))
                .collect();
            let results = (step.kernel)(&Inputs(&inputs)).map_err(|e| failed(&step.name, e))?;
            if results.len() < step.outputs.len() {
                let n = results.len();
                return Err(failed(&step.name, format!("it has only {n} results")));
            }
            for (place, result) in step.outputs.iter().zip(results) {
                if let Some(place) = place {
                    n_held += result.len();
                    n_made += result.len();
                    held[*place] = Some(Arc::new(result));
                }
            }
            if n_held > MAX_HELD || n_made > MAX_MADE {
                return Err(failed(&step.name, "it needs too much memory".to_owned()));
            }
            for place in &step.last_used {
                n_held -= held[*place].take().map_or(0, |t| t.len());
            }
        }
        let result = |(place, port): (&usize, &Port)| {
            let found = held[*place].clone();
            found.ok_or_else(|| failed(&port.name, "it was not made".to_owned()))
        };
        self.output_places
            .iter()
            .zip(&self.outputs)
            .map(result)
            .collect()
    }
}
