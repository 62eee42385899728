//! The decision threshold that one can drag, and what both models decide at it, overall and in every segment, with what wrong
//! decisions cost. The engine counts once for all thresholds; it changes nothing of the models.

use super::curves::share;
use super::overall::{chart, gallery};
use super::pair::{USUAL, View, answered};
use super::words::{title_of, tone_of_place};
use crate::domain::comparison::{Place, ThresholdCounts};
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
use crate::gui::widgets::table::{Cell, Column, Table};
use crate::gui::widgets::{number, side, slider};
use crate::workspace::comparing::{CompareAnswer, CompareAsk};
use eframe::egui::{Ui, vec2};

/// What the page remembers.
pub(super) struct Threshold {
    pub(super) value: f64,
    costs: Costs,
}

impl Default for Threshold {
    fn default() -> Self {
        Self {
            value: USUAL,
            costs: Costs {
                false_positive: 1.0,
                false_negative: 1.0,
            },
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
            let text = "A threshold decides between two classes; this comparison has none or more.";
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
        let columns = [
            Column::text("Model").width(100.0).fill().sortable(false),
            Column::number("Precision").width(82.0).sortable(false),
            Column::number("Recall").width(76.0).sortable(false),
            Column::number("F1").width(70.0).sortable(false),
            Column::number("Accuracy").width(82.0).sortable(false),
            Column::number("Called").width(76.0).sortable(false),
            Column::number("Cost").width(84.0).sortable(false),
            Column::number("Cheapest at").width(96.0).sortable(false),
        ];
        let models = &all.models;
        Table::new("At the threshold", &columns, models.len())
            .max_height(120.0)
            .show(ui, |cell, row, column| {
                let (place, sweep) = &models[row];
                let c = sweep.at(self.value);
                match column {
                    0 => cell.toned(title_of(*place), tone_of_place(*place)),
                    7 => {
                        let best = sweep.cheapest(self.costs);
                        cell.text(number::fixed(best.map(|c| c.threshold), 3));
                    }
                    column => self.fill(cell, &c, column),
                }
            });
    }

    fn fill(&self, cell: &mut Cell<'_>, c: &ThresholdCounts, column: usize) {
        let all = c.tp + c.fp + c.tn + c.r#fn;
        let text = match column {
            1 => number::metric(share(c.tp, c.tp + c.fp)),
            2 => number::metric(share(c.tp, c.tp + c.r#fn)),
            3 => number::metric(share(2 * c.tp, 2 * c.tp + c.fp + c.r#fn)),
            4 => number::metric(share(c.tp + c.tn, all)),
            5 => number::percent(share(c.tp + c.fp, all)),
            _ => number::metric(self.costs.of(c)),
        };
        cell.text(text);
    }

    /// What decisions cost by threshold, and both confusion matrices.
    fn pictures(
        &self,
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
        let columns = [
            Column::text("Segment").width(150.0).fill().sortable(false),
            Column::text("Model").width(92.0).sortable(false),
            Column::number("Rows").width(64.0).sortable(false),
            Column::number("Precision").width(78.0).sortable(false),
            Column::number("Recall").width(70.0).sortable(false),
            Column::number("Called").width(68.0).sortable(false),
            Column::number("Cost").width(74.0).sortable(false),
            Column::number("A row")
                .width(68.0)
                .help("Cost by rows of the segment")
                .sortable(false),
            Column::number("Cheapest at").width(92.0).sortable(false),
        ];
        Table::new("Segments at the threshold", &columns, lines.len())
            .max_height(360.0)
            .show(ui, |cell, row, column| {
                let (part, model) = lines[row];
                let (place, sweep) = &part.models[model];
                let c = sweep.at(self.value);
                let n_rows = c.tp + c.fp + c.tn + c.r#fn;
                match column {
                    0 if model == 0 => cell.strong(part.segment.as_deref().unwrap_or_default()),
                    0 => cell.say(part.segment.as_deref().unwrap_or_default()),
                    1 => cell.toned(title_of(*place), tone_of_place(*place)),
                    2 => cell.text(number::count(n_rows)),
                    3 => self.fill(cell, &c, 1),
                    4 => self.fill(cell, &c, 2),
                    5 => self.fill(cell, &c, 5),
                    6 => self.fill(cell, &c, 6),
                    7 => cell.text(number::metric(self.costs.of(&c) / n_rows.max(1) as f64)),
                    _ => {
                        let best = sweep.cheapest(self.costs);
                        cell.text(number::fixed(best.map(|c| c.threshold), 3));
                    }
                }
            });
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
