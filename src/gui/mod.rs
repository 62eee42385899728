//! The window: how Lockkeeper looks. `theme` and `widgets` are the house style and know nothing of the engine;
//! `panels` are the rooms, which read a snapshot and queue actions; `app` is the frame around them.
//!
//! Deliberately absent: business. Whatever is computed is computed by the engine; a panel draws it.

pub mod action;
pub mod app;
mod contact_sheet;
pub mod icons;
mod memory;
pub mod panel;
pub mod panels;
pub mod raster;
mod start;
pub mod svg;
pub mod theme;
pub mod widgets;

pub use contact_sheet::write_contact_sheet;
pub use start::{NoDisplay, open_sample_or_last, open_workspace};
