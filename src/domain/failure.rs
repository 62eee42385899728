//! The one shape in which an error leaves the engine: what happened, where, and what to do now.
//! Floors below the workspace keep their own error enums and turn them into a `Failure` once.

use serde::{Deserialize, Serialize};

/// What sort of failure it is; decides the exit code and the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The request itself makes no sense (wrong argument, invalid parameter).
    Usage,
    /// A file or its content cannot be used.
    BadData,
    /// Something that was named does not exist.
    NotFound,
    /// Something is in the way: a lock, a newer format, a taken name.
    Conflict,
    /// The person stopped it.
    Interrupted,
    /// Everything that should not happen: disk full, a panic inside a library, a bug of ours.
    Internal,
}

/// A failure as it is shown by the window, printed by the command line and answered by HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Decides exit code and HTTP status.
    pub kind: FailureKind,
    /// One sentence: what happened, and where.
    pub summary: String,
    /// All findings, not only the first (file, line, column, step).
    pub details: Vec<String>,
    /// What to do now.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure with only its summary.
    #[must_use]
    pub fn new(kind: FailureKind, summary: impl Into<String>) -> Self {
        Self {
            kind,
            summary: summary.into(),
            details: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// A `Usage` failure.
    #[must_use]
    pub fn usage(summary: impl Into<String>) -> Self {
        Self::new(FailureKind::Usage, summary)
    }

    /// A `BadData` failure.
    #[must_use]
    pub fn bad_data(summary: impl Into<String>) -> Self {
        Self::new(FailureKind::BadData, summary)
    }

    /// A `NotFound` failure.
    #[must_use]
    pub fn not_found(summary: impl Into<String>) -> Self {
        Self::new(FailureKind::NotFound, summary)
    }

    /// A `Conflict` failure.
    #[must_use]
    pub fn conflict(summary: impl Into<String>) -> Self {
        Self::new(FailureKind::Conflict, summary)
    }

    /// An `Internal` failure.
    #[must_use]
    pub fn internal(summary: impl Into<String>) -> Self {
        Self::new(FailureKind::Internal, summary)
    }

    /// An `Interrupted` failure.
    #[must_use]
    pub fn interrupted() -> Self {
        Self::new(FailureKind::Interrupted, "Stopped on request")
    }

    /// Adds one finding.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// Adds one thing to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit code of the command line (DESIGN, section 4).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            FailureKind::Usage => 2,
            FailureKind::BadData => 3,
            FailureKind::NotFound | FailureKind::Conflict => 4,
            FailureKind::Interrupted => 130,
            FailureKind::Internal => 70,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.summary)
    }
}

impl std::error::Error for Failure {}
