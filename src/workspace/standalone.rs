//! The prediction service as a process of its own (`lockkeeper serve`). It records its beginning and end, and in
//! between holds no lock, so that runs and promotions go on beside it: it looks at the registry once a second and
//! swaps the model when another one is in production.

use super::commands::read_spec;
use super::open::now;
use super::service::{Served, Service};
use super::settings::Settings;
use crate::domain::Failure;
use crate::store::{Mode, Store};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What the service tells while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServeEvent {
    /// It answers at this address.
    Started {
        /// `http://127.0.0.1:8080`.
        address: String,
        /// Name of the model.
        model: String,
        /// Version that it serves.
        version: u32,
    },
    /// Another version came into production and is served from now on.
    Swapped {
        /// The version.
        version: u32,
    },
    /// It stopped.
    Stopped {
        /// Requests it answered.
        n_requests: u64,
    },
}

/// Serves the production model until `stop` is set.
///
/// # Errors
/// If there is no workspace, no model in production, the port is taken, or the beginning cannot be recorded.
pub fn serve(
    root: &Path,
    port: Option<u16>,
    stop: &AtomicBool,
    tell: &dyn Fn(&ServeEvent),
) -> Result<(), Failure> {
    let settings = Settings::read(root)?;
    let name = read_spec(root)?.name;
    let store = Store::open(root, Mode::ReadWrite, Arc::new(now))?;
    let model = Served::production(&store, &name)?.ok_or_else(|| {
        Failure::not_found("No model is in production, so there is nothing to serve")
            .hint("Run the pipeline with `lockkeeper run`, or promote a version with `lockkeeper promote`.")
    })?;
    let mut version = model.version();
    let service = Service::start(port.unwrap_or(settings.port), model)?;
    store.service_started(version, &service.address())?;
    drop(store);
    tell(&ServeEvent::Started {
        address: service.address(),
        model: name.clone(),
        version,
    });
    while !stop.load(Ordering::Relaxed) {
        for _ in 0..10 {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        // While another process is in the middle of something, the next look will do.
        let Ok(store) = Store::open(root, Mode::ReadOnly, Arc::new(now)) else {
            continue;
        };
        let Ok(Some(production)) = store.production(&name) else {
            continue;
        };
        if production.version != version
            && let Ok(model) = Served::load(&production, &store.files())
        {
            service.swap(Some(model));
            version = production.version;
            tell(&ServeEvent::Swapped { version });
        }
    }
    let n_requests = service.state().n_requests;
    service.stop();
    // While another process holds the workspace the end stays unrecorded: the next one that opens it notes that.
    if let Ok(store) = Store::open(root, Mode::ReadWrite, Arc::new(now)) {
        store.service_stopped()?;
    }
    tell(&ServeEvent::Stopped { n_requests });
    Ok(())
}
