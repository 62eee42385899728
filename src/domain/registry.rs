//! The model registry: versions, aliases, and every change with who, when and why.

use super::ContentHash;
use super::ids::{ArtifactId, Millis, RunId};
use super::metric::MetricValue;
use serde::{Deserialize, Serialize};

/// The alias of the model that is served.
pub const PRODUCTION: &str = "production";

/// A registered version of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelVersion {
    /// Name of the model: the pipeline's.
    pub name: String,
    /// Counted from 1.
    pub version: u32,
    /// Aliases that point to it.
    pub aliases: Vec<String>,
    /// The algorithm's id.
    pub algorithm: String,
    /// When it was registered.
    pub created: Millis,
    /// The run that made it.
    pub run: RunId,
    /// Metrics on the test rows of that run.
    pub metrics: Vec<MetricValue>,
    /// The model.
    pub artifact: ArtifactId,
    /// Its content hash.
    pub hash: ContentHash,
    /// The model that was in production when it was registered.
    pub replaced: Option<u32>,
}

impl ModelVersion {
    /// Whether it is the one in production.
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.aliases.iter().any(|a| a == PRODUCTION)
    }
}

/// One change of the registry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegistryEntry {
    /// When.
    pub at: Millis,
    /// `register`, `promote`, `rollback`.
    pub action: String,
    /// The version concerned.
    pub version: u32,
    /// The version that had the alias before.
    pub previous: Option<u32>,
    /// Who: `pipeline` or the name of a person.
    pub who: String,
    /// Why.
    pub reason: String,
}
