//! Floor 5: the prediction service, which is how level 0 deploys a model: HTTP on this machine, the Open Inference
//! Protocol v2, no log and no tracking of predictions. Predicting is left to the model behind `ServedModel`, choosing
//! the model to the registry.

mod columns;
pub mod http;
pub mod server;
pub mod service;
mod tensor;
pub mod wire;

pub use http::{Counters, router};
pub use server::{Counts, ServeError, Server};
pub use service::{ModelSlot, ServedModel};
