//! The decision threshold that one can drag, and what both models decide at it, overall and in every segment, with what wrong
//! decisions cost. The engine counts once for all thresholds; it changes nothing of the models.

use super::curves::Curves;
use super::overall::{chart, gallery};
use super::pair::{USUAL, View, answered};
use super::words::{title_of, tone_of_place};
use crate::domain::comparison::Place;
use crate::domain::threshold::{
    Costs, N_STEPS, ThresholdPart, ThresholdReport, ThresholdSweep, threshold,
};
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::space;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::line::Reference;
use crate::gui::widgets::line::{LineChart, Series};
use crate::gui::widgets::matrix::ConfusionMatrix;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{number, side, slider};
use crate::workspace::comparing::{CompareAnswer, CompareAsk};
use eframe::egui::{Ui, vec2};

/// What the page remembers.
pub(super) struct Threshold {
    pub(super) value: f64,
    costs: Costs,
    /// The curves of the evaluation with this key.
    curves: Option<(String, Curves)>,
}

impl Default for Threshold {
    fn default() -> Self {
        Self {
            value: USUAL,
            costs: Costs {
                false_positive: 1.0,
                false_negative: 1.0,
            },
            curves: None,
        }
    }
}

impl Threshold {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let query = view.ask(CompareAsk::Thresholds);
        let Some(found) = answer::worked_out(ui, context, &query, "what the models decide") else {
            return;
        };
        let Some(CompareAnswer::Thresholds(report)) = answered(&found) else {
            return;
        };
        let Some(report) = report else {
            let text =
                "A threshold decides between two classes, and these models do not answer with two.";
            prose(ui, text);
            return;
        };
        let Some(all) = report.parts.first() else {
            return;
        };
        prose(
            ui,
            &format!(
                "A row is called {} when its probability is at least the threshold. Move it to see what each model would \
                 decide, and what that costs; nothing is changed by it.",
                report.positive
            ),
        );
        ui.add_space(space::XS);
        self.controls(ui, all);
        ui.add_space(space::S);
        card(ui, |ui| {
            section(ui, "All test rows", |_| ());
            self.overall(ui, all);
        });
        ui.add_space(space::S);
        self.pictures(ui, context, view, all);
        card(ui, |ui| {
            section(ui, "In every segment", |_| ());
            self.segments(ui, report);
        });
        ui.add_space(space::XS);
        fine_print(
            ui,
            "Costs are of one wrong decision, in any unit. Thresholds in steps of 0.001; a threshold that is cheapest on the test rows is \
             a little too good there.",
        );
    }

    fn controls(&mut self, ui: &mut Ui, all: &ThresholdPart) {
        let mark = Some((USUAL, "0.5, which the models decide with"));
        slider::threshold(ui, "Threshold", &mut self.value, 0.0..=1.0, mark);
        self.value = (self.value * 1_000.0).round() / 1_000.0;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::XS);
            let Costs {
                false_positive,
                false_negative,
            } = &mut self.costs;
            let range = 0.0..=1e9;
            let field = Field::new("A false alarm costs").width(120.0);
            field.number(ui, false_positive, range.clone());
            let field = Field::new("A missed one costs").width(120.0);
            field.number(ui, false_negative, range);
            side::beside_fields(ui, |ui| {
                for (place, sweep) in &all.models {
                    let text = format!("Cheapest for {}", place.title());
                    let best = sweep.cheapest(self.costs);
                    let button = Button::new(text);
                    if button.show(ui).clicked()
                        && let Some(best) = best
                    {
                        self.value = best.threshold;
                    }
                }
            });
        });
    }

    fn overall(&self, ui: &mut Ui, all: &ThresholdPart) {
        use Figure::{Accuracy, Called, Cheapest, Cost, F1, Precision, Recall};
        let figures = [Precision, Recall, F1, Accuracy, Called, Cost, Cheapest];
        let columns = [Column::text("Model").width(100.0).fill().sortable(false)];
        let columns: Vec<Column> = columns
            .into_iter()
            .chain(figures.map(Figure::column))
            .collect();
        Table::new("At the threshold", &columns, all.models.len())
            .max_height(120.0)
            .show(ui, |cell, row, column| {
                let (place, sweep) = &all.models[row];
                match column {
                    0 => cell.toned(title_of(*place), tone_of_place(*place)),
                    column => cell.text(figures[column - 1].written(self, sweep)),
                }
            });
    }

    /// What decisions cost by threshold, the curves along which they move, and what becomes of both classes.
    fn pictures(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        view: &View<'_>,
        all: &ThresholdPart,
    ) {
        let steps = |place: &Place, sweep: &ThresholdSweep| Series {
            name: title_of(*place).to_owned(),
            tone: tone_of_place(*place),
            points: (0..sweep.called.len())
                .step_by(5)
                .map(|step| {
                    let counts = sweep.at(threshold(step));
                    [counts.threshold, self.costs.of(&counts)]
                })
                .collect(),
            marked: {
                let counts = sweep.at(self.value);
                Some([counts.threshold, self.costs.of(&counts)])
            },
            ..Series::default()
        };
        let costs = LineChart {
            series: all
                .models
                .iter()
                .map(|(place, sweep)| steps(place, sweep))
                .collect(),
            x_label: "threshold".to_owned(),
            y_label: "cost of all wrong decisions".to_owned(),
            ..LineChart::default()
        }
        .reference(Reference::Moment(self.value, "threshold"));
        card(ui, |ui| {
            let frame = ChartFrame::new("What wrong decisions cost").height(200.0);
            chart(ui, context, frame, &costs);
        });
        ui.add_space(space::S);
        let shown = &view.shown;
        if self
            .curves
            .as_ref()
            .is_none_or(|(key, _)| *key != shown.key)
        {
            self.curves = Some((shown.key.clone(), Curves::new(shown.comparison)));
        }
        if let Some((_, curves)) = &mut self.curves {
            let sweep = |place: Place| all.models.iter().find(|model| model.0 == place);
            curves.mark(|place| Some(sweep(place)?.1.at(self.value)));
            curves.ui_of_decisions(ui, context);
        }
        let classes = &view.shown.comparison.classes;
        let target = &view.shown.comparison.target;
        gallery(ui, 2, |ui, i| {
            // Positives first: they are what is looked for.
            let class = classes.get(1 - i).map_or("", String::as_str);
            let chart_of = scores(all, i, self.value);
            let title = format!("Probabilities of rows where {target} is {class}");
            card(ui, |ui| {
                let frame = ChartFrame::new(&title).height(170.0);
                chart(ui, context, frame, &chart_of);
            });
        });
        gallery(ui, all.models.len(), |ui, i| {
            let (place, sweep) = &all.models[i];
            let counts = sweep.at(self.value);
            let matrix = ConfusionMatrix {
                classes: classes.clone(),
                counts: vec![vec![counts.tn, counts.fp], vec![counts.r#fn, counts.tp]],
                tone: tone_of_place(*place),
                selected: None,
            };
            let title = format!("Confusion of {}", title_of(*place).to_lowercase());
            card(ui, |ui| {
                chart(ui, context, ChartFrame::new(&title).height(160.0), &matrix);
            });
        });
    }

    /// A row a segment and model, both models of a segment together.
    fn segments(&self, ui: &mut Ui, report: &ThresholdReport) {
        let lines: Vec<(&ThresholdPart, usize)> = report
            .parts
            .iter()
            .skip(1)
            .flat_map(|part| (0..part.models.len()).map(move |model| (part, model)))
            .collect();
        use Figure::{Called, Cheapest, Cost, CostOfRow, Precision, Recall, Rows};
        let figures = [Rows, Precision, Recall, Called, Cost, CostOfRow, Cheapest];
        let columns = [
            Column::text("Segment").width(150.0).fill().sortable(false),
            Column::text("Model").width(92.0).sortable(false),
        ];
        let columns: Vec<Column> = columns
            .into_iter()
            .chain(figures.map(Figure::column))
            .collect();
        Table::new("Segments at the threshold", &columns, lines.len())
            .max_height(360.0)
            .show(ui, |cell, row, column| {
                let (part, model) = lines[row];
                let (place, sweep) = &part.models[model];
                let name = part.segment.as_deref().unwrap_or_default();
                match column {
                    0 if model == 0 => cell.strong(name),
                    0 => cell.say(name),
                    1 => cell.toned(title_of(*place), tone_of_place(*place)),
                    column => cell.text(figures[column - 2].written(self, sweep)),
                }
            });
    }
}

/// What is said of a model's decisions at the threshold.
#[derive(Clone, Copy)]
enum Figure {
    Rows,
    Precision,
    Recall,
    F1,
    Accuracy,
    Called,
    Cost,
    CostOfRow,
    Cheapest,
}

impl Figure {
    fn column(self) -> Column {
        let (title, width) = match self {
            Self::Rows => ("Rows", 64.0),
            Self::Precision => ("Precision", 80.0),
            Self::Recall => ("Recall", 72.0),
            Self::F1 => ("F1", 70.0),
            Self::Accuracy => ("Accuracy", 82.0),
            Self::Called => ("Called", 72.0),
            Self::Cost => ("Cost", 78.0),
            Self::CostOfRow => ("A row", 68.0),
            Self::Cheapest => ("Cheapest at", 94.0),
        };
        let column = Column::number(title).width(width).sortable(false);
        match self {
            Self::CostOfRow => column.help("Cost by rows of the segment"),
            _ => column,
        }
    }

    fn written(self, of: &Threshold, sweep: &ThresholdSweep) -> String {
        let counts = sweep.at(of.value);
        let cost = of.costs.of(&counts);
        match self {
            Self::Rows => number::count(counts.n_rows()),
            Self::Precision => number::metric(counts.precision()),
            Self::Recall => number::metric(counts.recall()),
            Self::F1 => number::metric(counts.f1()),
            Self::Accuracy => number::metric(counts.accuracy()),
            Self::Called => number::percent(counts.called()),
            Self::Cost => number::metric(cost),
            Self::CostOfRow => number::metric(cost / counts.n_rows().max(1) as f64),
            Self::Cheapest => number::fixed(sweep.cheapest(of.costs).map(|c| c.threshold), 3),
        }
    }
}

/// Steps of the threshold in a bin of a distribution.
const BIN: usize = N_STEPS / 20;

/// How both models' probabilities are spread over the rows of one class: 0 is the positive one.
fn scores(all: &ThresholdPart, class: usize, value: f64) -> LineChart {
    let outline = |sweep: &ThresholdSweep| {
        let total = f64::from(sweep.called.first().map_or(0, |c| c[class])).max(1.0);
        let called = |step: usize| match sweep.called.get(step) {
            Some(counts) if step < N_STEPS => f64::from(counts[class]),
            _ => 0.0,
        };
        let bins = (0..N_STEPS).step_by(BIN);
        bins.flat_map(|step| {
            let share = (called(step) - called(step + BIN)) / total;
            [[threshold(step), share], [threshold(step + BIN), share]]
        })
        .collect()
    };
    let series = all.models.iter().map(|(place, sweep)| Series {
        name: title_of(*place).to_owned(),
        tone: tone_of_place(*place),
        points: outline(sweep),
        ..Series::default()
    });
    LineChart {
        series: series.collect(),
        x_label: "probability".to_owned(),
        y_label: "share of these rows".to_owned(),
        x_range: Some((0.0, 1.0)),
        ..LineChart::default()
    }
    .reference(Reference::Moment(value, "threshold"))
}
