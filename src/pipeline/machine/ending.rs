//! How a run ends: its state, its verdict, and one sentence for a person.

use super::{Machine, RunEnd};
use crate::domain::Failure;
use crate::domain::anomaly::DataVerdict;
use crate::domain::event::Event;
use crate::domain::gate::ModelVerdict;
use crate::domain::run::{RunState, StepKind, StepState};
use crate::store::Store;

impl Machine {
    pub(super) fn end(&mut self, store: &mut Store) -> Result<RunEnd, Failure> {
        let blessed = self.blessing.as_ref().map(|b| b.verdict);
        let (state, message) = if self.canceled {
            (
                RunState::Canceled,
                "Stopped by a person; finished steps are kept.".to_owned(),
            )
        } else if let Some(failure) = &self.failure {
            (RunState::Failed, failure.summary.clone())
        } else if let Some(report) = self
            .validation
            .as_ref()
            .filter(|r| r.verdict == DataVerdict::Stop)
        {
            (
                RunState::Stopped,
                format!("The data gate said STOP: {}", report.reason),
            )
        } else if blessed == Some(ModelVerdict::NotBlessed) {
            let reason = self.blessing.as_ref().map_or("", |b| b.reason.as_str());
            (RunState::NotBlessed, reason.to_owned())
        } else {
            (RunState::Complete, self.success_message(store)?)
        };
        self.record.state = state;
        self.record.finished = Some((self.around.clock)());
        store.finish_run(
            self.record.id,
            state,
            self.record.data_verdict,
            self.record.model_verdict,
            self.record.promoted,
        )?;
        let verdict = match (self.record.model_verdict, self.record.data_verdict) {
            (Some(model), _) => Some(model.word()),
            (None, Some(data)) => Some(data.word()),
            (None, None) => None,
        };
        self.events.push(Event::Finished {
            run: self.record.id,
            state,
            verdict: verdict.map(str::to_owned),
            data_verdict: self.record.data_verdict,
            model_verdict: self.record.model_verdict,
            promoted: self.record.promoted,
            message: message.clone(),
            at: (self.around.clock)(),
        });
        Ok(RunEnd {
            record: self.record.clone(),
            message,
            failure: self.failure.take().filter(|_| !self.canceled),
        })
    }

    pub(super) fn success_message(&self, store: &Store) -> Result<String, Failure> {
        if self
            .record
            .steps
            .iter()
            .all(|s| s.state == StepState::Cached)
        {
            return Ok("Nothing changed: every step is cached.".to_owned());
        }
        let reason = self.blessing.as_ref().map_or("", |b| b.reason.as_str());
        if let Some(version) = self.record.promoted {
            return Ok(format!("v{version} is in production. {reason}"));
        }
        let push = self.record.step(StepKind::Push);
        if let Some(why) = push.and_then(|p| p.error.as_deref()) {
            return Ok(format!("Nothing was promoted: {why}. {reason}"));
        }
        let production = store.production(&self.plan.spec.name)?;
        Ok(production.map_or_else(
            || format!("Done. {reason}"),
            |p| format!("v{} stays in production. {reason}", p.version),
        ))
    }
}
