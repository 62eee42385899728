//! What another view of the same data is: a tab of the Data room in a file of its own. It is hung in by one line in
//! [`all`]; the room lends it what it has read already.

use super::source::Source;
use crate::domain::anomaly::ValidationReport;
use crate::domain::dataset::{Batch, StatisticsReport};
use crate::gui::panel::PanelContext;
use eframe::egui::Ui;

/// What the room has read of the run that it shows.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    /// The run and its artifacts.
    pub(super) source: &'a Source,
    /// Its batches, oldest first; empty while their list is read.
    pub(super) batches: &'a [Batch],
    /// Their statistics, once they are read.
    pub(super) statistics: Option<&'a StatisticsReport>,
    /// What validation found, once it is read.
    pub(super) judged: Option<&'a ValidationReport>,
}

/// A tab of the room.
pub(super) trait View: std::fmt::Debug {
    /// The word on the tab.
    fn title(&self) -> &'static str;

    /// Draws the tab in all four states; the room draws the header and the tabs above it.
    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, shown: &Shown<'_>);
}

/// The further views, in the order of their tabs.
pub(super) fn all() -> Vec<Box<dyn View>> {
    Vec::new()
}
