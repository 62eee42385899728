//! The report: one HTML file with everything of the comparison, made when somebody wants it.

use super::Shown;
use super::pair::{USUAL, View, answered};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{Load, PanelContext};
use crate::gui::widgets::button::Button;
use crate::workspace::comparing::{CompareAnswer, CompareAsk};
use chrono::DateTime;
use eframe::egui::Ui;

/// Which comparison somebody wants a report of.
#[derive(Default)]
pub(super) struct Report {
    wanted: Option<String>,
}

impl Report {
    /// The button; when the report is made, its file is asked for.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, shown: &Shown<'_>) {
        let Some(view) = View::of(shown, USUAL) else {
            return;
        };
        if self.wanted.as_ref() != Some(&shown.key) {
            let button = Button::new("Report…")
                .icon(icons::EXPORT)
                .tooltip("One HTML file with segments, slices, curves and a model card");
            if button.show(ui).clicked() {
                self.wanted = Some(shown.key.clone());
            }
            return;
        }
        let day = DateTime::from_timestamp_millis(context.now)
            .map_or_else(String::new, |day| day.format("%Y-%m-%d").to_string());
        let query = view.ask(CompareAsk::Report { day });
        match context.load(Some(&query)) {
            Load::Ready(found) => {
                self.wanted = None;
                if let Some(CompareAnswer::Report(text)) = answered(&found) {
                    context.act(Action::SaveText {
                        name: format!("comparison of run {}.html", shown.run.id),
                        text: text.clone(),
                    });
                }
            }
            Load::Failed(failure) => {
                self.wanted = None;
                context.act(Action::Notify(failure.summary));
            }
            Load::Loading | Load::Empty => {
                let waiting = Some("It is being made");
                Button::new("Making it…").unless(waiting).show(ui);
            }
        }
    }
}
