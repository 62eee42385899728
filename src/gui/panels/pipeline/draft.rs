//! The pipeline while a person changes it: what pipeline.toml says, what it would say, and what is wrong with that.
//! The problems are the planner's own, so that the form refuses what the engine would refuse, in the same words.

use crate::domain::algorithm::Problem;
use crate::domain::pipeline::PipelineSpec;
use crate::workspace::draft;

/// A changed pipeline that is not saved yet.
pub(super) struct Draft {
    saved: PipelineSpec,
    /// What the form shows and changes.
    pub(super) spec: PipelineSpec,
    checked: PipelineSpec,
    problems: Problems,
    /// Whether pipeline.toml became another one while there were changes here.
    pub(super) has_moved: bool,
}

impl Draft {
    /// A draft without changes.
    pub(super) fn of(saved: &PipelineSpec) -> Self {
        Self {
            saved: saved.clone(),
            spec: saved.clone(),
            checked: saved.clone(),
            problems: Problems::of(saved),
            has_moved: false,
        }
    }

    /// Follows pipeline.toml, and keeps changes that are not saved.
    pub(super) fn follow(&mut self, saved: &PipelineSpec) {
        if *saved == self.saved {
            return;
        }
        if self.has_changed() && self.spec != *saved {
            self.saved = saved.clone();
            self.has_moved = true;
        } else {
            *self = Self::of(saved);
        }
    }

    /// Whether there is something to save.
    pub(super) fn has_changed(&self) -> bool {
        self.spec != self.saved
    }

    /// Back to pipeline.toml.
    pub(super) fn discard(&mut self) {
        *self = Self::of(&self.saved.clone());
    }

    /// Looks for problems again if anything changed since the last time.
    pub(super) fn check(&mut self) {
        if self.spec != self.checked {
            self.problems = Problems::of(&self.spec);
            self.checked = self.spec.clone();
        }
    }

    /// What is wrong with it.
    pub(super) fn problems(&self) -> &Problems {
        &self.problems
    }

    /// What is changed, and what is wrong with it.
    pub(super) fn parts(&mut self) -> (&mut PipelineSpec, &Problems) {
        (&mut self.spec, &self.problems)
    }
}

/// Problems by field.
#[derive(Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    fn of(spec: &PipelineSpec) -> Self {
        Self(draft::problems(spec))
    }

    /// What is wrong with one field.
    pub(super) fn at(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|p| p.field == field)
            .map(|p| p.message.as_str())
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Problem] {
        &self.0
    }
}
