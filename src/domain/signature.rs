//! The signature of a model: names, types and domains of its inputs, and what it answers.

use super::Task;
use super::schema::{ColumnType, Domain};
use serde::{Deserialize, Serialize};

/// What a model takes and gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelSignature {
    /// The columns it reads, in order.
    pub inputs: Vec<InputColumn>,
    /// The task.
    pub task: Task,
    /// Name of the target column.
    pub target: String,
    /// Class names in the order of the probabilities; empty for regression. Of two classes the second is positive.
    pub classes: Vec<String>,
}

impl ModelSignature {
    /// The names of the columns it reads, in order.
    #[must_use]
    pub fn input_names(&self) -> Vec<String> {
        self.inputs.iter().map(|input| input.name.clone()).collect()
    }
}

/// One input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputColumn {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Whether rows without a value were seen in training (they are imputed in any case).
    pub had_missing: bool,
    /// Values or bounds seen in training.
    pub domain: Option<Domain>,
}
