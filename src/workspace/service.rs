//! The prediction service of an open workspace: the production model behind HTTP, swapped when another is promoted.
//! The protocol is in `serve`.

use super::engine::Engine;
use super::snapshot::ServiceState;
use crate::data::Table;
use crate::domain::Failure;
use crate::domain::prediction::Predictions;
use crate::domain::registry::ModelVersion;
use crate::domain::signature::ModelSignature;
use crate::model::Model;
use crate::serve::{ModelSlot, ServedModel, Server};
use crate::store::{ArtifactFiles, Store};
use std::sync::Arc;

/// A running service.
pub(super) struct Service {
    server: Server,
    slot: Arc<ModelSlot>,
}

impl Service {
    /// Starts it with a model.
    pub(super) fn start(port: u16, model: Arc<dyn ServedModel>) -> Result<Self, Failure> {
        let slot = Arc::new(ModelSlot::with(model));
        let server = Server::start(port, Arc::clone(&slot))?;
        Ok(Self { server, slot })
    }

    pub(super) fn swap(&self, model: Option<Arc<dyn ServedModel>>) {
        self.slot.put(model);
    }

    pub(super) fn address(&self) -> String {
        format!("http://{}", self.server.address())
    }

    pub(super) fn version(&self) -> Option<u32> {
        self.slot.model().map(|m| m.version())
    }

    pub(super) fn state(&self) -> ServiceState {
        let counts = self.server.counts();
        ServiceState {
            address: Some(self.address()),
            version: self.version(),
            n_requests: counts.requests,
            n_errors: counts.errors,
        }
    }

    pub(super) fn stop(self) {
        self.server.stop();
    }
}

/// A registered model as the service sees it.
pub(super) struct Served {
    name: String,
    version: u32,
    model: Model,
}

impl Served {
    /// Loads the model of a registered version.
    pub(super) fn load(
        version: &ModelVersion,
        files: &ArtifactFiles,
    ) -> Result<Arc<dyn ServedModel>, Failure> {
        Ok(Arc::new(Self {
            name: version.name.clone(),
            version: version.version,
            model: Model::from_bytes(&files.read(&version.hash)?)?,
        }))
    }

    /// The model in production, if there is one.
    pub(super) fn production(
        store: &Store,
        name: &str,
    ) -> Result<Option<Arc<dyn ServedModel>>, Failure> {
        store
            .production(name)?
            .map(|version| Self::load(&version, &store.files()))
            .transpose()
    }
}

impl ServedModel for Served {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn signature(&self) -> &ModelSignature {
        &self.model.signature
    }

    fn predict(&self, table: &Table) -> Result<Predictions, Failure> {
        Ok(self.model.predict(table)?)
    }
}

impl Engine {
    /// Puts the model that is in production now under the running service.
    pub(super) fn refresh_service(&mut self) {
        let Some(service) = &self.service else { return };
        let Some(production) = self
            .snapshot_name()
            .and_then(|n| self.parts.store.production(&n).ok().flatten())
        else {
            return;
        };
        if service.version() == Some(production.version) {
            return;
        }
        if let Ok(model) = Served::load(&production, &self.parts.store.files()) {
            service.swap(Some(model));
            // The record is a note of what happened; the swap holds even where the note cannot be written.
            let _unrecorded = self
                .parts
                .store
                .service_started(production.version, &service.address());
        }
    }

    /// Stops the service, if it runs.
    pub(super) fn stop_service(&mut self) {
        if let Some(service) = self.service.take() {
            service.stop();
            // As above.
            let _unrecorded = self.parts.store.service_stopped();
        }
    }

    fn snapshot_name(&self) -> Option<String> {
        super::commands::read_spec(&self.parts.root)
            .ok()
            .map(|s| s.name)
    }
}
