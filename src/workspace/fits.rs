//! Fits in processes of their own: the two ends, for the binary.

pub use crate::train::process::{serve_fit, use_program};
