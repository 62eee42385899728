//! The window by its labels, room by room, in one program: one link instead of ten, and shared fixtures.
#![cfg(feature = "window")]

mod charts;
mod compare;
mod conditions;
mod data;
mod decisions;
mod exchange;
mod explore;
mod fixtures;
mod journey;
mod maturity;
mod models;
mod pipeline;
mod runs;
mod service;
mod start;
mod understand;
mod widgets;
