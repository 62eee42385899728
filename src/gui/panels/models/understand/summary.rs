//! The contributions of every column over many rows: points, or the mean of their sizes.

use super::{View, explained};
use crate::domain::explanation::ContributionSummary;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::card::card;
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::number;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::segmented::segmented;
use crate::gui::widgets::spans::{Span, Spans};
use crate::gui::widgets::swarm::{Swarm, SwarmRow};
use crate::workspace::explain::{ExplainAnswer, ExplainAsk};
use eframe::egui::{ScrollArea, Ui};

/// What the page remembers.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// 0: every row a point; 1: means.
    picture: usize,
}

impl Summary {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        segmented(ui, "Picture", &mut self.picture, &["Every row", "Means"]);
        let query = view.ask(ExplainAsk::Summary {
            class: view.class(),
        });
        let Some(answer) =
            answer::worked_out(ui, context, &query, "what the columns add to many answers")
        else {
            return;
        };
        let Some(ExplainAnswer::Summary(found)) = explained(&answer) else {
            return;
        };
        prose(ui, &sentence(found));
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let hit = card(ui, |ui| {
                let words = found.explained.words();
                if self.picture == 0 {
                    let chart = swarm(found);
                    let title = format!("What each column adds to the {words}, a point a row");
                    let frame = ChartFrame::new(&title).height(chart.wanted_height());
                    answer::hit_of(context, frame.show(ui, &chart))
                } else {
                    let chart = means(found);
                    let title = format!("Mean size of what each column adds to the {words}");
                    let frame = ChartFrame::new(&title).height(chart.wanted_height());
                    answer::hit_of(context, frame.show(ui, &chart))
                }
            });
            if let Some(row) = hit.inner {
                context.selection.column = Some(found.columns[row].column.clone());
            }
            ui.add_space(space::S);
            fine_print(ui, &found.method.words());
        });
    }
}

fn sentence(found: &ContributionSummary) -> String {
    let rows = number::counted(found.rows.used, "row", "rows");
    let of = if found.rows.used < found.rows.all {
        format!(", drawn from {}", number::count(found.rows.all))
    } else {
        String::new()
    };
    let first = found.columns.first().map_or_else(String::new, |first| {
        format!(
            " {} moves it most, by {} on average.",
            first.column,
            number::metric(first.mean_absolute)
        )
    });
    format!(
        "On {rows}{of} that the model was not trained on, the {} begins at {}.{first}",
        found.explained.words(),
        number::metric(found.base)
    )
}

fn swarm(found: &ContributionSummary) -> Swarm {
    let row = |column: &crate::domain::explanation::ColumnContributions| SwarmRow {
        name: column.column.clone(),
        values: column.contributions.clone(),
        levels: column.levels.clone(),
    };
    Swarm {
        rows: found.columns.iter().map(row).collect(),
        label: format!("added to the {}", found.explained.words()),
    }
}

fn means(found: &ContributionSummary) -> Spans {
    let span = |column: &crate::domain::explanation::ColumnContributions| Span {
        name: column.column.clone(),
        from: 0.0,
        to: column.mean_absolute,
        interval: None,
        text: number::metric(column.mean_absolute),
        tone: Tone::Series(0),
    };
    Spans {
        spans: found.columns.iter().map(span).collect(),
        label: format!(
            "mean size of what is added to the {}",
            found.explained.words()
        ),
        from_zero: true,
        ..Spans::default()
    }
}
