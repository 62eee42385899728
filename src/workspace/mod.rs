//! Floor 6: the one way in. A `Workspace` takes commands, says what happened (events) and what is true (the snapshot),
//! and answers bigger questions off the caller's thread (`fetch`). One engine thread owns the only connection that
//! writes; long work runs on a pool and reports back by message. The command line, the window and HTTP have no other
//! way in, so a run by click and the same run by command give the same artifacts.

pub mod command;
mod commands;
pub mod comparing;
pub mod conditions;
pub mod create;
pub mod draft;
mod engine;
pub mod explain;
pub mod exports;
pub mod fits;
pub mod interchange;
pub mod ledger;
pub mod looks;
mod newest;
mod open;
pub mod query;
pub mod records;
pub mod relation;
pub mod report;
pub mod row_pages;
pub mod samples;
mod service;
pub mod settings;
pub mod snapshot;
pub mod standalone;
pub mod tools;
pub mod upkeep;

pub use command::{Command, ModelFile, Outcome, RunWriting};
pub use open::{EventSink, OpenMode, OpenOptions, Workspace};
pub use query::{Answer, Fetched, Query};
pub use snapshot::Snapshot;
