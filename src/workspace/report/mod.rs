//! The report of a comparison: one HTML file that needs nothing beside itself and prints, or one JSON document; both carry a
//! model card. What was found is left to `comparing`.

mod card;
mod html;
mod plots;
mod style;

use super::comparing::{Compared, Pair};
use crate::domain::comparison::ComparisonDocument;
use crate::domain::slice::SliceReport;
use serde::Serialize;
use serde_json::Value;

/// What a report is made of.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The new model, and what it was held against.
    pub pair: &'a Pair,
    /// What was found.
    pub compared: &'a Compared,
    /// The day, as `2026-11-26`.
    pub day: &'a str,
}

#[derive(Serialize)]
struct Document<'a> {
    data: &'a super::comparing::TestData,
    #[serde(flatten)]
    comparison: ComparisonDocument<'a>,
    slices: Option<&'a SliceReport>,
    model_card: Value,
}

impl Report<'_> {
    /// As one HTML document.
    #[must_use]
    pub fn html(&self) -> String {
        html::document(self)
    }

    /// As one JSON document: the comparison's, with data, slices and model card.
    ///
    /// # Panics
    /// Never: everything in it serialises.
    #[must_use]
    pub fn json(&self) -> String {
        let Compared {
            data,
            comparison,
            blessing,
            slices,
        } = self.compared;
        let document = Document {
            data,
            comparison: ComparisonDocument::new(comparison, blessing),
            slices: slices.as_ref(),
            model_card: card::model_card(self),
        };
        let text = serde_json::to_string_pretty(&document);
        text.expect("everything in it serialises") + "\n"
    }
}
