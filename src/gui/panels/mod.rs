//! The rooms, one file or folder each.

mod answer;
pub mod compare;
pub mod data;
pub mod explore;
pub mod expression_field;
mod file_look;
pub mod maturity;
pub mod models;
mod moments;
pub mod pipeline;
pub mod runs;
pub mod segment_picker;
pub mod service;
pub mod start;

use super::panel::Panel;

/// All panels, in the order of the rail.
#[must_use]
pub fn all() -> Vec<Box<dyn Panel>> {
    vec![
        Box::new(start::Start::default()),
        Box::new(data::Data::default()),
        Box::new(explore::Explore::default()),
        Box::new(pipeline::Pipeline::default()),
        Box::new(models::Models::default()),
        Box::new(compare::Compare::default()),
        Box::new(service::Service::default()),
        Box::new(runs::Runs::default()),
        Box::new(maturity::Maturity::default()),
    ]
}
