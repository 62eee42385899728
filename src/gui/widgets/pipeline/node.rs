//! What the pipeline is drawn from: steps, gates and the parts of a step. Plain values, no drawing.

use super::N_PARTS;
use crate::gui::widgets::{gate::GateState, number, step::StepState};

/// One of several that a step works on at once: a candidate of a training step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub state: StepState,
    /// From 0 to 1 while it runs, if known.
    pub share: Option<f32>,
    /// Its result, already formatted: a score.
    pub result: String,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// A unit of work.
    Step {
        /// Where it stands.
        state: StepState,
        /// From 0 to 1 while it runs, if known.
        share: Option<f32>,
        /// What it works on at once, listed under it.
        parts: Vec<Part>,
    },
    /// A decision.
    Gate {
        /// What it said.
        state: GateState,
        /// The same in the field's word: `OK`, `STOP`, `blessed`.
        verdict: String,
    },
}

/// One node of the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its name.
    pub title: String,
    /// A line under it: `4 200 rows`.
    pub detail: String,
    /// What it is.
    pub kind: NodeKind,
    /// Which lane from the top it stands in; the first is 0.
    pub lane: usize,
    /// Which column it stands in, where that is not to follow from the edges.
    pub column: Option<usize>,
}

impl Node {
    /// A step in the first lane.
    pub fn step(title: impl Into<String>, detail: impl Into<String>, state: StepState) -> Self {
        let kind = NodeKind::Step {
            state,
            share: None,
            parts: Vec::new(),
        };
        Self {
            title: title.into(),
            detail: detail.into(),
            kind,
            lane: 0,
            column: None,
        }
    }

    /// A gate in the first lane.
    pub fn gate(title: impl Into<String>, verdict: impl Into<String>, state: GateState) -> Self {
        let kind = NodeKind::Gate {
            state,
            verdict: verdict.into(),
        };
        Self {
            title: title.into(),
            detail: String::new(),
            kind,
            lane: 0,
            column: None,
        }
    }

    /// The same in another lane.
    pub fn lane(mut self, lane: usize) -> Self {
        self.lane = lane;
        self
    }

    /// The same in this column, counted from 0, wherever the edges would put it: to fold a long graph. An edge
    /// within a column is drawn downwards.
    pub fn column(mut self, column: usize) -> Self {
        self.column = Some(column);
        self
    }

    /// The same with its progress; nothing happens to a gate.
    pub fn share(mut self, value: f32) -> Self {
        if let NodeKind::Step { share, .. } = &mut self.kind {
            *share = Some(value);
        }
        self
    }

    /// The same with what it works on at once; nothing happens to a gate.
    pub fn parts(mut self, list: Vec<Part>) -> Self {
        if let NodeKind::Step { parts, .. } = &mut self.kind {
            *parts = list;
        }
        self
    }

    /// How many lines are listed under a step, the one that counts the rest included.
    pub(super) fn n_lines(&self) -> usize {
        match &self.kind {
            NodeKind::Step { parts, .. } => {
                parts.len().min(N_PARTS) + usize::from(parts.len() > N_PARTS)
            }
            NodeKind::Gate { .. } => 0,
        }
    }

    pub(super) fn is_gate(&self) -> bool {
        matches!(self.kind, NodeKind::Gate { .. })
    }

    /// Does what comes after it have what it needs?
    pub(super) fn has_passed(&self) -> bool {
        match &self.kind {
            NodeKind::Step { state, .. } => state.has_result(),
            NodeKind::Gate { state, .. } => matches!(state, GateState::Open | GateState::Warning),
        }
    }

    pub(super) fn summary(&self) -> String {
        match &self.kind {
            NodeKind::Gate { state, verdict } => {
                format!("{}: {}, {verdict}", self.title, state.word())
            }
            NodeKind::Step {
                state,
                share,
                parts,
            } => {
                let mut text = format!("{}: {}", self.title, state.word());
                if let Some(share) = share.filter(|_| *state == StepState::Running) {
                    text += &format!(" {}", number::percent(f64::from(share)));
                }
                if !self.detail.is_empty() {
                    text += &format!(", {}", self.detail);
                }
                for part in parts {
                    let result = if part.result.is_empty() {
                        String::new()
                    } else {
                        format!(" {}", part.result)
                    };
                    text += &format!("; {} {}{result}", part.name, part.state.word());
                }
                text
            }
        }
    }
}
