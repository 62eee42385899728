//! Gradient boosting (Friedman 2001) with second derivatives (Chen and Guestrin 2016). The trees are forust-ml's, grown
//! level by level on histograms (its other way, leaf by leaf, takes the leaf of the largest own gain first and not that of
//! the best split); the rounds are ours, because forust's own cannot be stopped, know no softmax and say
//! nothing while they run. Features are binned once by `trees::bins`, as for every tree here: thresholds lie half way
//! between two values and are f32. What a fitted booster is and how it predicts is left to `model::boosted`.

mod ground;
mod loss;
mod rounds;

pub use rounds::{BoostingParams, fit_boosting};
