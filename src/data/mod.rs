//! Floor 1: tables in memory and how they come out of files. Reading, sniffing, columns on arrow, profile kernels,
//! splits. What a column *should* look like is left to `validate`, what a model makes of it to `feature`.

pub(crate) mod copies;
pub mod expression;
pub mod files;
pub mod folds;
pub mod ipc;
pub mod memory;
pub mod profile;
pub mod reader;
pub mod relation;
pub mod rows;
pub mod source;
pub mod split;
pub mod table;
pub mod union;

pub use table::{ColumnData, Table};
