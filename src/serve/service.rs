//! What is served: a model behind a trait, in a slot that can be changed while requests are in flight. No HTTP in here;
//! loading models is left to the floors above.

use crate::data::Table;
use crate::domain::Failure;
use crate::domain::prediction::Predictions;
use crate::domain::signature::ModelSignature;
use arc_swap::ArcSwapOption;
use std::sync::Arc;

/// A model that can be served.
pub trait ServedModel: Send + Sync {
    /// Name in the registry; part of the service's addresses.
    fn name(&self) -> &str;

    /// Version in the registry.
    fn version(&self) -> u32;

    /// What it takes and gives.
    fn signature(&self) -> &ModelSignature;

    /// Predicts for rows that have the signature's input columns, by name and type, in its order.
    ///
    /// # Errors
    /// Whatever keeps the model from answering; its kind decides the HTTP status.
    fn predict(&self, table: &Table) -> Result<Predictions, Failure>;
}

/// The place of the model that is served. A promotion puts another model in; requests that have begun keep theirs.
#[derive(Default)]
pub struct ModelSlot {
    model: ArcSwapOption<Held>,
}

/// A sized box around the trait object, which is what can be swapped atomically.
struct Held(Arc<dyn ServedModel>);

impl ModelSlot {
    /// A slot without a model.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// A slot with a model.
    #[must_use]
    pub fn with(model: Arc<dyn ServedModel>) -> Self {
        let slot = Self::empty();
        slot.put(Some(model));
        slot
    }

    /// Puts another model (or none) in place.
    pub fn put(&self, model: Option<Arc<dyn ServedModel>>) {
        self.model.store(model.map(|m| Arc::new(Held(m))));
    }

    /// The model in place now.
    #[must_use]
    pub fn model(&self) -> Option<Arc<dyn ServedModel>> {
        self.model.load_full().map(|held| Arc::clone(&held.0))
    }
}

impl std::fmt::Debug for ModelSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let model = self.model();
        f.debug_struct("ModelSlot")
            .field("name", &model.as_ref().map(|m| m.name().to_owned()))
            .field("version", &model.as_ref().map(|m| m.version()))
            .finish()
    }
}
