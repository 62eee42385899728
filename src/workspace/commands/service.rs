//! Starts and stops the prediction service.

use super::{Engine, Failure, Outcome, read_spec};
use crate::workspace::service::{Served, Service};

pub(super) fn start(engine: &mut Engine, port: u16) -> Result<Outcome, Failure> {
    if let Some(service) = &engine.service {
        return Ok(Outcome::Serving {
            address: service.address(),
        });
    }
    let name = read_spec(&engine.parts.root)?.name;
    let model = Served::production(&engine.parts.store, &name)?.ok_or_else(|| {
        Failure::not_found("No model is in production, so there is nothing to serve")
            .hint("Run the pipeline, or promote a version by hand.")
    })?;
    let version = model.version();
    let service = Service::start(port, model)?;
    let address = service.address();
    engine.parts.store.service_started(version, &address)?;
    engine.service = Some(service);
    Ok(Outcome::Serving { address })
}

pub(super) fn stop(engine: &mut Engine) -> Result<Outcome, Failure> {
    if engine.service.is_none() {
        return Err(Failure::conflict("The prediction service is not running"));
    }
    engine.stop_service();
    Ok(Outcome::Done {
        message: "The prediction service is stopped".to_owned(),
    })
}
