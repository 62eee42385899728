//! States as the database has them: MLMD's integers for executions, artifacts and events, words for runs and verdicts.
//! The one mapping in each direction; what a state means is left to `domain::run`.

use crate::domain::anomaly::DataVerdict;
use crate::domain::gate::ModelVerdict;
use crate::domain::run::StepState;

/// `Artifact.State.LIVE`.
pub(super) const LIVE: i64 = 2;
/// `Artifact.State.DELETED`.
pub(super) const DELETED: i64 = 4;
/// `Event.Type.INPUT`.
pub(super) const INPUT: i64 = 3;
/// `Event.Type.OUTPUT`.
pub(super) const OUTPUT: i64 = 4;

/// `Execution.State` of a step.
pub(super) fn to_mlmd(state: StepState) -> i64 {
    match state {
        StepState::New => 1,
        StepState::Running => 2,
        StepState::Complete => 3,
        StepState::Failed => 4,
        StepState::Cached => 5,
        StepState::Canceled => 6,
    }
}

/// The step's state for an `Execution.State`; UNKNOWN counts as not begun.
pub(super) fn from_mlmd(state: Option<i64>) -> Option<StepState> {
    match state.unwrap_or_default() {
        0 | 1 => Some(StepState::New),
        2 => Some(StepState::Running),
        3 => Some(StepState::Complete),
        4 => Some(StepState::Failed),
        5 => Some(StepState::Cached),
        6 => Some(StepState::Canceled),
        _ => None,
    }
}

pub(super) fn data_verdict(word: &str) -> Option<DataVerdict> {
    [DataVerdict::Stop, DataVerdict::Retrain, DataVerdict::Ok]
        .into_iter()
        .find(|v| v.word() == word)
}

pub(super) fn model_verdict(word: &str) -> Option<ModelVerdict> {
    [ModelVerdict::Blessed, ModelVerdict::NotBlessed]
        .into_iter()
        .find(|v| v.word() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn execution_states_are_mlmds_integers() {
        let all = [
            (StepState::New, 1),
            (StepState::Running, 2),
            (StepState::Complete, 3),
            (StepState::Failed, 4),
            (StepState::Cached, 5),
            (StepState::Canceled, 6),
        ];
        for (state, number) in all {
            assert_eq!(to_mlmd(state), number);
            assert_eq!(from_mlmd(Some(number)), Some(state));
        }
        assert_eq!(from_mlmd(Some(7)), None);
    }
}
