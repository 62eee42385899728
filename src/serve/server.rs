//! The service on a port of this machine, in a thread and runtime of its own. It listens on the loopback address alone;
//! whoever needs it on a network puts a proxy before it. Routes are left to `http`.

use super::http::{Counters, counting_router};
use super::service::ModelSlot;
use crate::domain::Failure;
use std::future::IntoFuture;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long requests in flight may take to end after `stop`.
const GRACE: Duration = Duration::from_secs(5);

/// Threads that serve connections; predictions run on threads of their own.
const N_THREADS: usize = 2;

/// Why the service could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Another program listens there.
    #[error("port {port} is already in use on this machine")]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// Anything else that the system says about the port.
    #[error("the service cannot listen on port {port}: {source}")]
    Listen {
        /// The port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// No thread or runtime could be made.
    #[error("the service's threads cannot be started: {source}")]
    Threads {
        /// What the system said.
        source: io::Error,
    },
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        let summary = error.to_string();
        match error {
            ServeError::PortTaken { .. } => Self::conflict(summary)
                .hint("Stop the program that uses it, choose another port, or use port 0 for any free one."),
            ServeError::Listen { .. } => {
                Self::conflict(summary).hint("Choose another port, or use port 0 for any free one.")
            }
            ServeError::Threads { .. } => Self::internal(summary),
        }
    }
}

/// How much was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Requests for predictions.
    pub requests: u64,
    /// Those answered with an error.
    pub errors: u64,
}

/// A running service. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    counters: Arc<Counters>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts on this port of the loopback address; 0 takes any free one.
    ///
    /// # Errors
    /// `PortTaken`, `Listen` or `Threads`. When it returns `Ok`, connections are accepted.
    pub fn start(port: u16, slot: Arc<ModelSlot>) -> Result<Self, ServeError> {
        let listen = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => ServeError::PortTaken { port },
            _ => ServeError::Listen { port, source },
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(N_THREADS)
            .thread_name("service")
            .enable_all()
            .build()
            .map_err(|source| ServeError::Threads { source })?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(listen)?
        };
        let counters = Arc::new(Counters::default());
        let routes = counting_router(slot, Arc::clone(&counters));
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("service".to_owned())
            .spawn(move || {
                runtime.block_on(serve(listener, routes, stopped));
                // A prediction that outlives the grace period is left behind rather than waited for.
                runtime.shutdown_background();
            })
            .map_err(|source| ServeError::Threads { source })?;
        Ok(Self {
            address,
            counters,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How much was asked for so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            requests: self.counters.requests(),
            errors: self.counters.errors(),
        }
    }

    /// Whether it still serves.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
    }

    /// Takes no more connections, lets requests in flight end (5 seconds at most) and returns when the port is free.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The receiver is gone only if the thread has ended by itself.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has nobody left to tell.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

async fn serve(
    listener: tokio::net::TcpListener,
    routes: axum::Router,
    stopped: oneshot::Receiver<()>,
) {
    let (begin, begun) = oneshot::channel::<()>();
    let graceful = axum::serve(listener, routes).with_graceful_shutdown(async {
        let _ = begun.await;
    });
    let mut serving = std::pin::pin!(graceful.into_future());
    tokio::select! {
        _ = &mut serving => return,
        _ = stopped => {}
    }
    let _ = begin.send(());
    // An idle client must not keep the service from ending.
    let _ = tokio::time::timeout(GRACE, serving).await;
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
