//! Floor 5: the pipeline. A step is code (`steps/`, one file each), a pipeline is data (`spec_file`). `plan` and
//! `decide` are pure; `machine` drives a run: it alone writes records, while the steps work on other threads and
//! report back. Who may start a run, and what a window shows of it, is left to `workspace`.

pub mod decide;
pub mod defaults;
pub mod machine;
pub mod plan;
pub mod reproduce;
pub mod spec_file;
pub mod step;
pub mod steps;
mod usage;
pub mod worker;

pub use machine::{Machine, RunEnd};
pub use step::{Effect, Step};
pub use worker::WorkerMessage;
