//! The house widgets: one file each, plain values in, what somebody did out.
//!
//! A widget knows nothing of the engine, does no I/O and keeps no state but egui's own. Every one that can be
//! acted upon has a name for screen readers, every picture a summary in words. Words on the screen begin with a
//! capital and are otherwise lower case, end in `…` when more input follows, and labels have no colon.

pub mod axis;
pub mod badge;
pub mod banner;
pub mod bars;
pub mod boxes;
pub mod breadcrumb;
pub mod button;
pub mod calendar;
pub mod card;
pub mod chart;
pub mod chips;
pub mod confirm;
pub mod effect;
pub mod facts;
pub mod field;
pub mod gantt;
pub mod gate;
pub mod heat;
pub mod histogram;
pub mod line;
pub mod lineage;
pub mod matrix;
pub mod nav;
pub mod number;
pub mod paint;
pub mod parallel;
pub mod pipeline;
pub mod plot;
pub mod progress;
pub mod prose;
mod reference;
pub mod scatter;
pub mod search;
pub mod segmented;
pub mod sheet;
pub mod shortcut;
pub mod side;
pub mod slider;
pub mod spans;
pub mod spark;
pub mod stacked;
pub mod state;
pub mod step;
pub mod swarm;
pub mod table;
pub mod tile;
pub mod toast;
pub mod tree;
pub mod walk;
pub mod whisker;
