//! How columns relate: distributions split by a third column, association of all pairs, two columns' picture, where
//! values are missing, two datasets side by side, and the rows of a part. Every figure is the same for any number of
//! threads; where a sample is drawn, the answer says of how many rows. Distances between distributions are left to
//! `validate`, asking and remembering to `workspace`.

mod association;
mod cluster;
mod codes;
mod compare;
mod distribution;
mod missing;
mod pairwise;
mod part;
mod sample;
#[cfg(test)]
mod tests;
mod two;

pub use association::Columns;
pub use compare::{PairedColumn, paired};
pub use distribution::{groups, split_distributions};
pub use missing::missing_map;
pub use pairwise::associations;
pub use part::{PartError, rows_of};
pub use two::two_columns;
