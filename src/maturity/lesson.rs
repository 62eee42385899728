//! What a lesson is made of: steps checked from records. One file a lesson is in `lessons/`.

use super::{Records, lessons as all};
use crate::domain::maturity::{LessonProgress, LessonStep, NextAction};
use crate::domain::pipeline::PipelineSpec;

/// The definition of a lesson.
pub(super) struct Lesson {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) summary: &'static str,
    /// Whether the lesson makes sense for a pipeline.
    pub(super) suits: fn(&PipelineSpec) -> bool,
    pub(super) steps: &'static [Step],
}

/// One step of a lesson.
pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) action: Option<NextAction>,
    /// What the records show once it is done; `None` before.
    pub(super) finding: fn(&Records) -> Option<String>,
}

/// The lessons that suit a pipeline, with their progress.
#[must_use]
pub fn lessons(records: &Records, pipeline: Option<&PipelineSpec>) -> Vec<LessonProgress> {
    all::ALL
        .iter()
        .filter(|lesson| pipeline.is_some_and(lesson.suits))
        .map(|lesson| LessonProgress {
            id: lesson.id.to_owned(),
            title: lesson.title.to_owned(),
            summary: lesson.summary.to_owned(),
            steps: lesson
                .steps
                .iter()
                .map(|step| {
                    let finding = (step.finding)(records);
                    LessonStep {
                        title: step.title.to_owned(),
                        text: step.text.to_owned(),
                        action: step.action,
                        done: finding.is_some(),
                        finding,
                    }
                })
                .collect(),
        })
        .collect()
}
