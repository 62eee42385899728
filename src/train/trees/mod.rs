//! Decision trees and random forests of our own (Breiman 2001): linfa-trees gives wrong trees on tied values, no
//! probabilities and no regression. Features are put into at most 255 bins (and one for missing values), a node's best
//! split is found on histograms, rows of a node are partitioned in place.
//!
//! [`ForestParams`] stands behind linfa's traits, so that `params.fit(&dataset)` and `forest.predict(&x)` work as for
//! linfa's own models. What a fitted tree is and how it predicts is left to `model::forest`.

pub(super) mod bins;
mod ensemble;
mod grow;
mod linfa_traits;
mod split;

pub use ensemble::{ForestParams, MaxFeatures, fit_forest};
