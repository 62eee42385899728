//! How long work talks to whoever asked for it: progress, units, warnings, and whether to stop. The one trait that
//! lets the floors below the pipeline report without knowing of runs, clocks or windows.

use super::ContentHash;
use std::collections::BTreeSet;

/// Receives what long work has to say, from any thread.
pub trait Monitor: Sync {
    /// Whether the person asked to stop. Work looks at it between units and inside long ones.
    fn is_stopped(&self) -> bool;

    /// So much of the work is done.
    fn progress(&self, done: u64, total: u64, what: &str);

    /// A unit of work begins. `lane` groups units in the Gantt ("forest"), `name` is unique ("forest · fold 2").
    fn unit_begins(&self, lane: &str, name: &str);

    /// The unit of this name ended.
    fn unit_ends(&self, name: &str);

    /// Something a person should know, which does not stop the work.
    fn warn(&self, message: &str);
}

/// Keeps finished pieces of long work, so that work which was cut off goes on behind them.
pub trait Keep: Sync {
    /// The piece that was kept under a key: a hash of everything that it depends on.
    fn find(&self, key: &ContentHash) -> Option<Vec<u8>>;

    /// Keeps a piece; whether that succeeds changes no result.
    fn keep(&self, key: &ContentHash, piece: &[u8]);

    /// Lets go of all pieces but those under these keys, so that they do not pile up.
    fn keep_only(&self, keys: &BTreeSet<ContentHash>);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forgetful;

impl Keep for Forgetful {
    fn find(&self, _key: &ContentHash) -> Option<Vec<u8>> {
        None
    }
    fn keep(&self, _key: &ContentHash, _piece: &[u8]) {}
    fn keep_only(&self, _keys: &BTreeSet<ContentHash>) {}
}

/// A monitor for tests and one-off work: never stops, says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Monitor for Quiet {
    fn is_stopped(&self) -> bool {
        false
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, _message: &str) {}
}

/// A monitor for tests: asks to stop from the beginning.
#[cfg(test)]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stopping;

#[cfg(test)]
impl Monitor for Stopping {
    fn is_stopped(&self) -> bool {
        true
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, _message: &str) {}
}
