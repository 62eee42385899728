//! Explore: how columns relate to the target, to each other and to another dataset, over all rows or a part of them. The
//! figures are the engine's; single rows, the schema and anomalies are left to the Data room.

mod cards;
mod column;
mod compare;
mod correlation;
mod missing;
mod part;
mod source;
mod two;
mod words;

use super::answer;
use crate::domain::dataset::{BatchList, StatisticsReport};
use crate::domain::schema::ColumnType;
use crate::domain::statistics::DatasetStatistics;
use crate::gui::action::Action;
use crate::gui::panel::{Panel, PanelContext, Room, Selection, Unavailable};
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::segmented::segmented;
use crate::workspace::relation::{Ask, RelationAnswer, RelationQuery, Rows};
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::{self, Ui};
use source::Source;
use std::sync::Arc;

/// The views.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Cards,
    Column,
    Two,
    Missing,
    Correlation,
    Compare,
}

impl Tab {
    const ALL: [Self; 6] = [
        Self::Cards,
        Self::Column,
        Self::Two,
        Self::Missing,
        Self::Correlation,
        Self::Compare,
    ];

    /// Whether its pictures are coloured by a column.
    fn is_coloured(self) -> bool {
        matches!(self, Self::Cards | Self::Column | Self::Two)
    }
}

/// The room.
#[derive(Debug, Default)]
pub struct Explore {
    tab: Tab,
    part: part::PartPicker,
    by: By,
    cards: cards::Cards,
    column: column::Column,
    two: two::Two,
    missing: missing::Missing,
    correlation: correlation::Correlation,
    compare: compare::Compare,
}

/// By which column others are coloured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum By {
    #[default]
    Target,
    Nothing,
    Column(String),
}

/// What every view looks at.
struct View<'a> {
    source: &'a Source,
    /// Names of the batches.
    batches: Vec<String>,
    /// The rows in question.
    rows: Rows,
    /// Their words: `all rows of all batches`.
    words: String,
    /// Statistics of all rows of the batch, or of all.
    statistics: &'a DatasetStatistics,
    /// Statistics of every batch.
    report: &'a StatisticsReport,
    /// By which column others are coloured.
    by: Option<String>,
}

impl View<'_> {
    fn names(&self) -> Vec<String> {
        self.statistics
            .columns
            .iter()
            .map(|c| c.name.clone())
            .collect()
    }

    /// Whether the values of a column fall into bins: numbers and times do.
    fn has_bins(&self, name: &str) -> bool {
        let column = self.statistics.column(name);
        column.is_some_and(|c| !matches!(c.kind, ColumnType::Text | ColumnType::Boolean))
    }

    fn ask(&self, ask: Ask) -> Query {
        Query::Relation(RelationQuery {
            rows: self.rows.clone(),
            ask,
        })
    }
}

/// The answer when it is there; otherwise draws why not.
fn asked(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    query: &Query,
    what: &str,
) -> Option<Arc<Answer>> {
    answer::ready(ui, context, query, what)
}

/// What is inside an answer about relations.
fn relation(answer: &Answer) -> Option<&RelationAnswer> {
    match answer {
        Answer::Relation(answer) => Some(answer),
        _ => None,
    }
}

impl Panel for Explore {
    fn room(&self) -> Room {
        Room::Explore
    }

    fn has_inspector(&self, _snapshot: &Snapshot) -> bool {
        false
    }

    fn turn_to(&mut self, page: usize) {
        self.tab = Tab::ALL.get(page).copied().unwrap_or_default();
    }

    fn unavailable(&self, snapshot: &Snapshot) -> Option<Unavailable> {
        let source = source::source(snapshot, &Selection::default());
        if source.is_some_and(|s| s.statistics.is_some()) {
            return None;
        }
        let is_live = snapshot.live.is_some();
        let text = if is_live {
            "As soon as the data is read and profiled, its columns can be looked at here."
        } else {
            "Run the pipeline: its first steps read and profile the data; then its columns can be looked at here."
        };
        let action = if is_live {
            ("Watch the run".to_owned(), Action::Go(Room::Pipeline))
        } else {
            ("Run the pipeline".to_owned(), Action::Run)
        };
        Some(Unavailable {
            title: "No data profiled yet",
            text: text.to_owned(),
            action: Some(action),
        })
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(snapshot) = context.snapshot else {
            return;
        };
        let newest = || source::source(snapshot, &Selection::default());
        let source = source::source(snapshot, context.selection).filter(|s| s.statistics.is_some());
        let Some(source) = source.or_else(newest) else {
            return;
        };
        ui.spacing_mut().item_spacing.y = space::S;
        let list = answer::known(context, Some(&Query::artifact(&source.batches)));
        let names: Vec<String> = match list.as_deref() {
            Some(Answer::Batches(BatchList { batches })) => {
                batches.iter().map(|b| b.name.clone()).collect()
            }
            _ => Vec::new(),
        };
        let Some(artifact) = &source.statistics else {
            return;
        };
        let query = Query::artifact(artifact);
        let Some(report) = answer::ready(ui, context, &query, "the statistics") else {
            return;
        };
        let Answer::Statistics(report) = &*report else {
            return;
        };
        let tokens = Tokens::of(ui);
        ui.label(Type::Title.rich("Explore", tokens.text_strong));
        let mut tab = Tab::ALL.iter().position(|t| *t == self.tab).unwrap_or(0);
        if segmented(ui, "What to look at", &mut tab, Room::Explore.pages()).changed() {
            self.tab = Tab::ALL[tab];
        }
        let batch = self.pickers(ui, context, (&source, report), &names);
        let place = batch.map_or("all batches", |at| names[at].as_str());
        let view = View {
            rows: source.rows(batch, self.part.part()),
            words: format!("{} of {place}", self.part.part()),
            statistics: batch
                .and_then(|at| report.batches.get(at))
                .map_or(&report.total, |b| &b.statistics),
            report,
            by: self.by_column(&source),
            batches: names,
            source: &source,
        };
        ui.push_id(tab, |ui| self.view(ui, context, &view));
    }
}

impl Explore {
    fn view(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        match self.tab {
            Tab::Cards => {
                if self.cards.ui(ui, context, view) {
                    self.tab = Tab::Column;
                }
            }
            Tab::Column => self.column.ui(ui, context, view),
            Tab::Two => self.two.ui(ui, context, view),
            Tab::Missing => self.missing.ui(ui, context, view),
            Tab::Correlation => {
                if let Some((x, y)) = self.correlation.ui(ui, context, view) {
                    self.two.show(x, y);
                    self.tab = Tab::Two;
                }
            }
            Tab::Compare => self.compare.ui(ui, context, view),
        }
    }

    fn by_column(&self, source: &Source) -> Option<String> {
        match &self.by {
            By::Target => source.target.clone(),
            By::Nothing => None,
            By::Column(name) => Some(name.clone()),
        }
    }

    /// Batch, part of its rows, and the column that colours; the position of the batch.
    fn pickers(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (source, report): (&Source, &StatisticsReport),
        names: &[String],
    ) -> Option<usize> {
        let here = context.selection.batch.as_ref();
        let here = here.and_then(|name| names.iter().position(|n| n == name));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(space::S, space::XS);
            let mut options = vec!["All batches".to_owned()];
            options.extend(names.iter().cloned());
            let mut batch = here.map_or(0, |at| at + 1);
            if words::pick(ui, "Batch", &mut batch, &options, 190.0) {
                context.selection.batch = batch.checked_sub(1).map(|at| names[at].clone());
            }
            let can_split = here.is_none() && source.split.is_some();
            self.part.ui(ui, &report.total, can_split);
            if !self.tab.is_coloured() {
                return;
            }
            let mut options = vec![
                source.target.as_ref().map_or_else(
                    || "the target (none yet)".to_owned(),
                    |t| format!("target {t}"),
                ),
                "nothing".to_owned(),
            ];
            let columns = report.total.columns.iter().map(|c| c.name.clone());
            options.extend(columns);
            let mut by = match &self.by {
                By::Target => 0,
                By::Nothing => 1,
                By::Column(name) => options
                    .iter()
                    .skip(2)
                    .position(|o| o == name)
                    .map_or(0, |at| at + 2),
            };
            if words::pick(ui, "Colour by", &mut by, &options, 150.0) {
                self.by = match by {
                    0 => By::Target,
                    1 => By::Nothing,
                    at => By::Column(options[at].clone()),
                };
            }
        });
        let batch = context.selection.batch.as_ref();
        batch.and_then(|name| names.iter().position(|n| n == name))
    }
}
