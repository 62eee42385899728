//! Identities. Each is a type of its own, so that a run cannot be passed where an execution is meant.

use serde::{Deserialize, Serialize};

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

numeric_id!(
    /// An artifact: the row id in MLMD's table `Artifact`.
    ArtifactId
);
numeric_id!(
    /// An execution: the row id in MLMD's table `Execution`.
    ExecutionId
);
numeric_id!(
    /// A run of the pipeline: its own number in the workspace, counted from 1 and never given twice. MLMD's row of its
    /// context is another number, which stays inside the store.
    RunId
);
numeric_id!(
    /// A job of the engine, counted from 1 since the program started.
    JobId
);

/// Milliseconds since 1970-01-01 UTC, as MLMD counts.
pub type Millis = i64;
