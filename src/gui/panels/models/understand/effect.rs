//! The effect of one column on the answer: the mean and single rows.

use super::{View, explained};
use crate::domain::explanation::{PartialDependence, Scale};
use crate::domain::schema::ColumnType;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::panels::moments;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::card::card;
use crate::gui::widgets::chart::{ChartFrame, KeyEntry};
use crate::gui::widgets::effect::Effect as Curves;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::number;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::segmented::segmented;
use crate::gui::widgets::side;
use crate::gui::widgets::spans::{Span, Spans};
use crate::workspace::explain::{ExplainAnswer, ExplainAsk};
use eframe::egui::{ScrollArea, Ui, vec2};

/// What the page remembers.
#[derive(Debug, Default)]
pub(super) struct Effect {
    /// 0: answers; 1: differences from the first value.
    centred: usize,
}

impl Effect {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let inputs = view.inputs();
        let here = context.selection.column.as_ref();
        let mut at = here
            .and_then(|name| inputs.iter().position(|n| n == name))
            .unwrap_or(0);
        let Some(column) = inputs.get(at).cloned() else {
            return;
        };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::XS);
            if Field::new("Column")
                .width(220.0)
                .choice(ui, &mut at, &inputs)
                .changed()
            {
                context.selection.column = Some(inputs[at].clone());
            }
            side::beside_fields(ui, |ui| {
                let options = ["Answers", "Change from the first value"];
                segmented(ui, "What is drawn", &mut self.centred, &options);
            });
        });
        let query = view.ask(ExplainAsk::Dependence {
            column: column.clone(),
            class: view.class(),
        });
        let Some(answer) =
            answer::worked_out(ui, context, &query, &format!("the effect of {column}"))
        else {
            return;
        };
        let Some(ExplainAnswer::Dependence(found)) = explained(&answer) else {
            return;
        };
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            prose(ui, &sentence(found));
            ui.add_space(space::S);
            let drawn = if self.centred == 1 {
                found.centred()
            } else {
                found.clone()
            };
            card(ui, |ui| self.picture(ui, context, &drawn));
            ui.add_space(space::S);
            fine_print(ui, &method(found));
        });
    }

    fn picture(&self, ui: &mut Ui, context: &mut PanelContext<'_>, found: &PartialDependence) {
        let title = format!(
            "Effect of {} on the {}",
            found.column,
            found.explained.words()
        );
        let is_numeric = found.grid.iter().any(|p| p.at.is_some());
        if is_numeric {
            let chart = self.curves(found);
            let height = (ui.available_height() - 110.0).clamp(220.0, 520.0);
            answer::hit_of(
                context,
                ChartFrame::new(&title).height(height).show(ui, &chart),
            );
            return;
        }
        let chart = self.values(found);
        let frame = ChartFrame::new(&title).height(chart.wanted_height());
        answer::hit_of(context, frame.show(ui, &chart));
    }

    fn label(&self, found: &PartialDependence) -> String {
        let words = found.explained.words();
        if self.centred == 1 {
            format!("change of the {words}")
        } else {
            words
        }
    }

    fn curves(&self, found: &PartialDependence) -> Curves {
        let (unit, each) = moments::axis(Some(found.kind));
        let there: Vec<usize> = (0..found.grid.len())
            .filter(|i| found.grid[*i].at.is_some())
            .collect();
        let pick = |values: &Vec<f64>| -> Vec<f64> { there.iter().map(|i| values[*i]).collect() };
        let at = |i: &usize| found.grid[*i].at.unwrap_or_default() / each;
        Curves {
            x: there.iter().map(at).collect(),
            mean: pick(&found.mean),
            curves: found.curves.iter().map(pick).collect(),
            marks: found.deciles.iter().map(|d| d / each).collect(),
            unit,
            x_label: found.column.clone(),
            y_label: self.label(found),
            y_range: None,
        }
    }

    /// A bar a value, with the span of the middle 80 % of the single rows.
    fn values(&self, found: &PartialDependence) -> Spans {
        let span = |(i, point): (usize, &crate::domain::explanation::GridPoint)| {
            let mut rows: Vec<f64> = found.curves.iter().map(|c| c[i]).collect();
            rows.sort_by(f64::total_cmp);
            let at = |p: f64| {
                let last = rows.len().checked_sub(1)?;
                rows.get((p * last as f64).round() as usize).copied()
            };
            Span {
                name: point.label.clone(),
                from: 0.0,
                to: found.mean[i],
                interval: at(0.1).zip(at(0.9)).map(|(low, high)| [low, high]),
                text: format!(
                    "{} · {}",
                    number::metric(found.mean[i]),
                    number::counted(point.n_rows, "row", "rows")
                ),
                tone: Tone::Series(0),
            }
        };
        Spans {
            spans: found.grid.iter().enumerate().map(span).collect(),
            label: self.label(found),
            from_zero: true,
            is_joined: false,
            keys: vec![KeyEntry::area(
                "mean of all rows; the line spans the middle 80% of rows",
                Tone::Series(0),
            )],
        }
    }
}

/// "From value to value the mean probability of late = yes moves between 0.12 (hour 6) and 0.41 (hour 20)."
fn sentence(found: &PartialDependence) -> String {
    let by = |a: &usize, b: &usize| found.mean[*a].total_cmp(&found.mean[*b]);
    let all = || 0..found.mean.len();
    let (Some(low), Some(high)) = (all().min_by(by), all().max_by(by)) else {
        return format!("Column {} has no values in these rows.", found.column);
    };
    let at = |i: usize| {
        let value = number::metric(found.mean[i]);
        format!(
            "{value} ({} = {})",
            found.column,
            number::said(&found.grid[i].label)
        )
    };
    let missing = found
        .grid
        .iter()
        .position(|p| p.label == "missing" && p.at.is_none());
    let is_numeric = !matches!(found.kind, ColumnType::Text | ColumnType::Boolean);
    let missing = missing
        .filter(|_| is_numeric)
        .map_or_else(String::new, |i| {
            format!(" Without a value it is {}.", number::metric(found.mean[i]))
        });
    let mean = if found.explained.scale == Scale::Value {
        "mean answer"
    } else {
        "mean"
    };
    format!(
        "The {mean} {} lies between {} and {}.{missing}",
        found.explained.words(),
        at(low),
        at(high)
    )
}

fn method(found: &PartialDependence) -> String {
    let rows = number::counted(found.rows.used, "row", "rows");
    let of = if found.rows.used < found.rows.all {
        format!(" of {}", number::count(found.rows.all))
    } else {
        String::new()
    };
    let ticks = if found.deciles.is_empty() {
        ""
    } else {
        " Ticks at the foot cut the rows into tenths."
    };
    let single = if found.grid.iter().any(|p| p.at.is_some()) {
        "; weak lines are single rows (individual conditional expectation)"
    } else {
        ""
    };
    format!(
        "Partial dependence: the value is put into {rows}{of} that the model was not trained on, and the answers are \
         averaged{single}.{ticks} Where columns go together, some of these \
         rows could not occur."
    )
}
