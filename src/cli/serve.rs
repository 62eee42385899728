//! `lockkeeper serve`: the prediction service, until Ctrl+C.

use super::Place;
use super::output::Output;
use crate::domain::Failure;
use crate::workspace::standalone::{self, ServeEvent};
use clap::Args;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Serve the production model on this machine
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// The port; 0 takes a free one [default: as in lockkeeper.toml, 8080]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
}

impl Serve {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let stop = Arc::new(AtomicBool::new(false));
        let on_signal = Arc::clone(&stop);
        ctrlc::set_handler(move || on_signal.store(true, Ordering::Relaxed))
            .map_err(|e| Failure::internal(format!("Ctrl+C cannot be caught: {e}")))?;
        let out = *out;
        standalone::serve(
            &self.place.workspace,
            self.port,
            &stop,
            &move |event| match event {
                ServeEvent::Started {
                    address,
                    model,
                    version,
                } => {
                    out.talk(&format!(
                        "{model} v{version} is served at {address} (Open Inference Protocol v2)"
                    ));
                    out.talk(&format!("  {address}/v2/models/{model}"));
                    out.talk("No predictions are logged: that is what level 0 is. Ctrl+C stops.");
                }
                ServeEvent::Swapped { version } => out.talk(&format!(
                    "v{version} came into production and is served now"
                )),
                ServeEvent::Stopped { n_requests } => {
                    out.talk(&format!("Stopped after {n_requests} requests"));
                }
            },
        )?;
        Ok(0)
    }
}
