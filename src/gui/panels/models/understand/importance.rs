//! The importance of every column, with its interval.

use super::{View, explained};
use crate::domain::explanation::PermutationImportance;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::panels::expression_field::EnteredCondition;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::card::card;
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::number;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::spans::{Span, Spans};
use crate::workspace::explain::{ExplainAnswer, ExplainAsk};
use eframe::egui::{ScrollArea, Ui};

/// What the page remembers.
#[derive(Default)]
pub(super) struct Importance {
    within: EnteredCondition,
}

impl Importance {
    /// Draws the page; a click on a column selects it for the page of effects.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let schema = context.snapshot.and_then(|s| s.schema.as_ref());
        let label = "Only on rows that meet a condition in SQL's syntax, then Enter";
        let within = self.within.ui(ui, label, schema.map(|s| &s.schema));
        ui.add_space(space::XS);
        importance(ui, context, view, within);
    }
}

fn importance(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    view: &View<'_>,
    within: Option<String>,
) {
    let metric = view.report.metric;
    let query = view.ask(ExplainAsk::Importance {
        metric,
        within: within.clone(),
    });
    let Some(answer) = answer::worked_out(ui, context, &query, "the importance of every column")
    else {
        return;
    };
    let Some(ExplainAnswer::Importance(found)) = explained(&answer) else {
        return;
    };
    let condition = within.map(|within| format!(" where {within}"));
    prose(ui, &sentence(found, &condition.unwrap_or_default()));
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        card(ui, |ui| {
            let chart = chart(found);
            let title = format!(
                "How much worse the {} of {} gets when a column is shuffled",
                found.metric.word(),
                view.candidate.name
            );
            let frame = ChartFrame::new(&title).height(chart.wanted_height());
            if let Some(row) = answer::hit_of(context, frame.show(ui, &chart)) {
                context.selection.column = Some(found.columns[row].column.clone());
            }
        });
        ui.add_space(space::S);
        fine_print(ui, &found.interval_words());
        let text = "Columns that say the same share their importance: shuffling one of them changes little, because the other \
                    is still there.";
        fine_print(ui, text);
    });
}

/// "On 2,370 rows … Without hour the log loss would be worse by 0.0312; 5 of 14 columns clearly help."
fn sentence(found: &PermutationImportance, condition: &str) -> String {
    let n_clear = found.columns.iter().filter(|c| c.is_clear()).count();
    let rows = number::counted(found.rows.used, "row", "rows");
    let of = if found.rows.used < found.rows.all {
        format!(", drawn from {}", number::count(found.rows.all))
    } else {
        String::new()
    };
    let metric = found.metric.word();
    let first = found.columns.first().map_or_else(String::new, |first| {
        format!(
            " Column {} counts most: shuffled, it makes the {metric} worse by {}.",
            first.column,
            number::metric(first.mean)
        )
    });
    format!(
        "On {rows}{of}{condition} that the model was not trained on, its {metric} is {}.{first} {n_clear} of {} clearly help.",
        number::metric(found.baseline),
        number::counted(found.columns.len() as u64, "column", "columns")
    )
}

fn chart(found: &PermutationImportance) -> Spans {
    let span = |column: &crate::domain::explanation::ColumnImportance| Span {
        name: column.column.clone(),
        from: 0.0,
        to: column.mean,
        interval: column.interval,
        text: number::metric(column.mean),
        tone: if column.is_clear() {
            Tone::Series(0)
        } else {
            Tone::Baseline
        },
    };
    let key = crate::gui::widgets::chart::KeyEntry::area;
    Spans {
        spans: found.columns.iter().map(span).collect(),
        label: format!(
            "{} worse by, mean of {} shuffles",
            found.metric.title(),
            found.n_repeats
        ),
        from_zero: true,
        is_joined: false,
        keys: vec![
            key("clearly helps", Tone::Series(0)),
            key("the interval reaches zero", Tone::Baseline),
        ],
    }
}
