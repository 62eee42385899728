//! The newest question of each kind. Such work can take long: a newer question gives up the one before, and a person can
//! stop it. What was read for a question, models and rows, is remembered for the next one.

use crate::domain::work::Monitor;
use crate::domain::{Failure, FailureKind};
use crate::store::ArtifactFiles;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

/// Subjects that are remembered.
const N_SUBJECTS: usize = 2;

/// A question that takes models and rows to answer.
pub(in crate::workspace) trait Asked: Clone + PartialEq + Send + Sync {
    /// Says what must be read.
    type Source: Clone + PartialEq + Send + Sync;
    /// What was read.
    type Subject: Send + Sync;
    /// The answer.
    type Answer;

    /// What it is asked of.
    fn source(&self) -> &Self::Source;

    /// Questions of one kind give each other up.
    fn kind(&self) -> u8;

    /// Reads what a question is asked of.
    fn read(source: &Self::Source, files: &ArtifactFiles) -> Result<Self::Subject, Failure>;

    /// Answers on this thread.
    fn answer(
        &self,
        subject: &Self::Subject,
        files: &ArtifactFiles,
        monitor: &dyn Monitor,
    ) -> Result<Self::Answer, Failure>;
}

type Read<S> = Arc<OnceLock<Result<Arc<S>, Failure>>>;

/// What was read of each source, the newest last.
type Known<Q> = Vec<(<Q as Asked>::Source, Read<<Q as Asked>::Subject>)>;

/// The subjects of the newest questions, and the newest question of each kind.
pub(in crate::workspace) struct Newest<Q: Asked> {
    read: Mutex<Known<Q>>,
    /// `None`: a person stopped it.
    wanted: Mutex<HashMap<u8, Option<Q>>>,
}

impl<Q: Asked> Default for Newest<Q> {
    fn default() -> Self {
        Self {
            read: Mutex::default(),
            wanted: Mutex::default(),
        }
    }
}

impl<Q: Asked> Newest<Q> {
    /// Notes that this is the newest question of its kind.
    pub(in crate::workspace) fn want(&self, query: &Q) {
        if let Ok(mut wanted) = self.wanted.lock() {
            wanted.insert(query.kind(), Some(query.clone()));
        }
    }

    /// Stops working on a question.
    pub(in crate::workspace) fn stop(&self, query: &Q) {
        if let Ok(mut wanted) = self.wanted.lock()
            && wanted
                .get(&query.kind())
                .is_some_and(|w| w.as_ref() == Some(query))
        {
            wanted.insert(query.kind(), None);
        }
    }

    /// Whether a failure says that a newer question took the place of this one.
    pub(in crate::workspace) fn is_given_up(&self, query: &Q, failure: &Failure) -> bool {
        let is_newer = |wanted: &Option<Q>| wanted.as_ref().is_some_and(|w| w != query);
        failure.kind == FailureKind::Interrupted
            && self
                .wanted
                .lock()
                .is_ok_and(|wanted| wanted.get(&query.kind()).is_some_and(is_newer))
    }

    /// Answers on this thread, until a newer question of the kind is asked.
    pub(in crate::workspace) fn answer(
        &self,
        query: &Q,
        files: &ArtifactFiles,
    ) -> Result<Q::Answer, Failure> {
        let subject = self.subject(query.source(), files)?;
        let watch = Watch {
            newest: self,
            query,
        };
        query.answer(&subject, files, &watch)
    }

    fn subject(
        &self,
        source: &Q::Source,
        files: &ArtifactFiles,
    ) -> Result<Arc<Q::Subject>, Failure> {
        let slot = {
            let mut read = locked(&self.read)?;
            let known = read.iter().position(|(known, _)| known == source);
            let entry = match known {
                Some(at) => read.remove(at),
                None => (source.clone(), Read::default()),
            };
            let slot = Arc::clone(&entry.1);
            read.push(entry);
            if read.len() > N_SUBJECTS {
                read.remove(0);
            }
            slot
        };
        let read = || Q::read(source, files).map(Arc::new);
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
        .map_err(|_| Failure::internal("what was read broke; open the workspace again"))
}

/// Stops work on a question that is not wanted any more.
struct Watch<'a, Q: Asked> {
    newest: &'a Newest<Q>,
    query: &'a Q,
}

impl<Q: Asked> Monitor for Watch<'_, Q> {
    fn is_stopped(&self) -> bool {
        let wanted = self.newest.wanted.lock();
        wanted.is_ok_and(|wanted| {
            let newest = wanted.get(&self.query.kind());
            newest.is_some_and(|newest| newest.as_ref() != Some(self.query))
        })
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, _message: &str) {}
}
