//! The newest question of each kind. Such work can take long: a newer question gives up the one before, and a person can
//! stop it. The models with their rows are remembered for the next question.

use super::{ExplainAnswer, ExplainQuery, ModelRows, Subject};
use crate::domain::work::Monitor;
use crate::domain::{Failure, FailureKind};
use crate::store::ArtifactFiles;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

/// Models that are remembered with their rows.
const N_MODELS: usize = 2;

type Read = Arc<OnceLock<Result<Arc<Subject>, Failure>>>;

/// The models of the newest questions, and the newest question of each kind.
#[derive(Default)]
pub(in crate::workspace) struct Subjects {
    read: Mutex<Vec<(ModelRows, Read)>>,
    /// `None`: a person stopped it.
    wanted: Mutex<HashMap<u8, Option<ExplainQuery>>>,
}

impl Subjects {
    /// Notes that this is the newest question of its kind.
    pub(in crate::workspace) fn want(&self, query: &ExplainQuery) {
        if let Ok(mut wanted) = self.wanted.lock() {
            wanted.insert(query.ask.kind(), Some(query.clone()));
        }
    }

    /// Stops working on a question.
    pub(in crate::workspace) fn stop(&self, query: &ExplainQuery) {
        if let Ok(mut wanted) = self.wanted.lock()
            && wanted
                .get(&query.ask.kind())
                .is_some_and(|w| w.as_ref() == Some(query))
        {
            wanted.insert(query.ask.kind(), None);
        }
    }

    /// Whether a failure says that a newer question took the place of this one.
    pub(in crate::workspace) fn is_given_up(
        &self,
        query: &ExplainQuery,
        failure: &Failure,
    ) -> bool {
        let is_newer = |wanted: &Option<ExplainQuery>| wanted.as_ref().is_some_and(|w| w != query);
        failure.kind == FailureKind::Interrupted
            && self
                .wanted
                .lock()
                .is_ok_and(|wanted| wanted.get(&query.ask.kind()).is_some_and(is_newer))
    }

    /// Answers on this thread, until a newer question of the kind is asked.
    pub(in crate::workspace) fn answer(
        &self,
        query: &ExplainQuery,
        files: &ArtifactFiles,
    ) -> Result<ExplainAnswer, Failure> {
        let subject = self.subject(&query.source, files)?;
        let watch = Watch {
            subjects: self,
            query,
        };
        subject.answer(&query.ask, &watch)
    }

    fn subject(&self, source: &ModelRows, files: &ArtifactFiles) -> Result<Arc<Subject>, Failure> {
        let slot = {
            let mut read = locked(&self.read)?;
            let known = read.iter().position(|(known, _)| known == source);
            let entry = match known {
                Some(at) => read.remove(at),
                None => (source.clone(), Read::default()),
            };
            let slot = Arc::clone(&entry.1);
            read.push(entry);
            if read.len() > N_MODELS {
                read.remove(0);
            }
            slot
        };
        let read = || Subject::read(source, files).map(Arc::new);
        let subject = slot.get_or_init(read).clone();
        if subject.is_err() {
            locked(&self.read)?.retain(|(known, _)| known != source);
        }
        subject
    }
}

fn locked<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>, Failure> {
    mutex
        .lock()
        .map_err(|_| Failure::internal("the models that were read broke; open the workspace again"))
}

/// Stops work on a question that is not wanted any more.
struct Watch<'a> {
    subjects: &'a Subjects,
    query: &'a ExplainQuery,
}

impl Monitor for Watch<'_> {
    fn is_stopped(&self) -> bool {
        let wanted = self.subjects.wanted.lock();
        wanted.is_ok_and(|wanted| {
            let newest = wanted.get(&self.query.ask.kind());
            newest.is_some_and(|newest| newest.as_ref() != Some(self.query))
        })
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, _message: &str) {}
}
