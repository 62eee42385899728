//! One row in the hands of a person: change a value, and see both models answer anew; the nearest row that gets another answer;
//! and how the answers go as one column takes other values.

use super::pair::{View, answered};
use super::words::{title_of, tone_of_place};
use crate::domain::comparison::Place;
use crate::domain::schema::ColumnType;
use crate::domain::what_if::{NearestOther, RowCurve, WhatIfAnswer, WhatIfColumn};
use crate::gui::icons;
use crate::gui::panel::{Load, PanelContext};
use crate::gui::panels::{answer, moments};
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::banner::Banner;
use crate::gui::widgets::bars::{BarSeries, Bars};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::line::{LineChart, Series};
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{number, state};
use crate::workspace::Answer;
use crate::workspace::comparing::{CompareAnswer, CompareAsk};
use eframe::egui::{Ui, vec2};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a missing value is called in a list of values.
const MISSING: &str = "(missing)";

/// The editor of one row.
#[derive(Default)]
pub(super) struct WhatIf {
    /// Values that were changed; `None` is missing.
    changes: BTreeMap<String, Option<String>>,
    /// What is typed, by column.
    typed: BTreeMap<String, String>,
    /// The model that is asked for the nearest other row.
    nearest: Option<usize>,
    /// The column of the curve.
    column: usize,
    /// What was answered before the newest change: shown until the new answer is there.
    last: Option<Arc<Answer>>,
}

impl WhatIf {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        view: &View<'_>,
        row: u64,
    ) {
        let changes = self.changes.iter().map(|(c, v)| (c.clone(), v.clone()));
        let changes: Vec<(String, Option<String>)> = changes.collect();
        let query = view.ask(CompareAsk::WhatIf {
            row,
            changes: changes.clone(),
        });
        match context.load(Some(&query)) {
            Load::Ready(answer) => self.last = Some(answer),
            Load::Failed(failure) => answer::failed(ui, context, &failure),
            Load::Loading | Load::Empty => {}
        }
        let Some(last) = self.last.clone() else {
            state::loading(ui, "Asking both models", None);
            return;
        };
        let Some(CompareAnswer::WhatIf(found)) = answered(&last) else {
            return;
        };
        let comparison = view.shown.comparison;
        let places: Vec<Place> = std::iter::once(Place::Candidate)
            .chain(comparison.reference().map(|m| m.place))
            .collect();
        card(ui, |ui| {
            let title = format!(
                "Row {}: {} is {}",
                number::count(row + 1),
                comparison.target,
                number::said(&found.truth)
            );
            section(ui, &title, |ui| {
                let unchanged = self
                    .changes
                    .is_empty()
                    .then(|| "Nothing is changed".to_owned());
                let button = Button::new("As it was")
                    .quiet()
                    .icon(icons::ROLLBACK)
                    .unless(unchanged);
                if button.show(ui).clicked() {
                    self.changes.clear();
                    self.typed.clear();
                }
            });
            answers(
                ui,
                &places,
                (&found.before, &found.after),
                &comparison.classes,
            );
            for problem in &found.problems {
                Banner::new(Tone::Warn, "Taken as missing", problem).show(ui);
            }
            ui.add_space(space::S);
            self.fields(ui, &found.columns);
            if !self.changes.is_empty() {
                prose(ui, &told(&found.columns, &self.changes));
            }
        });
        ui.add_space(space::S);
        card(ui, |ui| self.nearest(ui, context, view, (row, &places)));
        ui.add_space(space::S);
        card(ui, |ui| {
            let columns = &found.columns;
            self.curve(ui, context, (view, &places), (row, &changes), columns);
        });
    }

    fn fields(&mut self, ui: &mut Ui, columns: &[WhatIfColumn]) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::S);
            for column in columns {
                ui.allocate_ui(vec2(168.0, 52.0), |ui| self.field(ui, column));
            }
        });
    }

    fn field(&mut self, ui: &mut Ui, column: &WhatIfColumn) {
        let now = self
            .changes
            .get(&column.name)
            .unwrap_or(&column.value)
            .clone();
        let range = column.range.map(|[low, high]| {
            format!(
                "from {} to {} in the test rows",
                number::plain(low),
                number::plain(high)
            )
        });
        let field = Field::new(&column.name).width(160.0);
        let field = match &range {
            Some(range) => field.help(range),
            None => field,
        };
        if column.choices.is_empty() {
            let typed = self.typed.entry(column.name.clone());
            let typed = typed.or_insert_with(|| now.clone().unwrap_or_default());
            if field.hint("missing").text(ui, typed).changed() {
                let value = typed.trim();
                let value = (!value.is_empty()).then(|| value.to_owned());
                self.set(column, value);
            }
            return;
        }
        let mut options: Vec<String> = column.choices.clone();
        options.extend(now.clone().filter(|v| !column.choices.contains(v)));
        options.push(MISSING.to_owned());
        let mut at = match &now {
            Some(value) => options.iter().position(|o| o == value).unwrap_or(0),
            None => options.len() - 1,
        };
        if field.choice(ui, &mut at, &options).changed() {
            let value = (at + 1 < options.len()).then(|| options[at].clone());
            self.set(column, value);
        }
    }

    fn set(&mut self, column: &WhatIfColumn, value: Option<String>) {
        if value == column.value {
            self.changes.remove(&column.name);
        } else {
            self.changes.insert(column.name.clone(), value);
        }
    }

    fn nearest(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        view: &View<'_>,
        (row, places): (u64, &[Place]),
    ) {
        section(ui, "The nearest row with another answer", |ui| {
            // A section lays its buttons from the right.
            for (model, place) in places.iter().enumerate().rev() {
                let button = Button::new(format!("For {}", place.title()))
                    .pressed(self.nearest == Some(model))
                    .tooltip("Looks through all test rows");
                if button.show(ui).clicked() {
                    self.nearest = Some(model);
                }
            }
        });
        let Some(model) = self.nearest else {
            fine_print(
                ui,
                "A row like this one that the model answers otherwise shows what the answer hangs on.",
            );
            return;
        };
        let query = view.ask(CompareAsk::Nearest { row, model });
        let Some(found) = answer::worked_out(ui, context, &query, "the nearest row") else {
            return;
        };
        match answered(&found) {
            Some(CompareAnswer::Nearest(Some(found))) => {
                prose(ui, &nearest_in_words(found));
                let take = Button::new("Take its values").tooltip("Changes this row into that one");
                if take.show(ui).clicked() {
                    self.changes = found.differs.iter().cloned().collect();
                    self.typed.clear();
                }
            }
            _ => prose(ui, "The model answers every test row alike."),
        }
    }

    fn curve(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (view, places): (&View<'_>, &[Place]),
        (row, changes): (u64, &[(String, Option<String>)]),
        columns: &[WhatIfColumn],
    ) {
        section(ui, "As one column takes other values", |_| ());
        let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
        self.column = self.column.min(names.len().saturating_sub(1));
        Field::new("Column")
            .width(200.0)
            .choice(ui, &mut self.column, &names);
        let Some(column) = columns.get(self.column) else {
            return;
        };
        let classes = &view.shown.comparison.classes;
        let query = view.ask(CompareAsk::Curve {
            row,
            changes: changes.to_vec(),
            column: column.name.clone(),
            class: class_of(classes),
        });
        let Some(found) = answer::worked_out(ui, context, &query, "the curve") else {
            return;
        };
        if let Some(CompareAnswer::Curve(curve)) = answered(&found) {
            let what = match classes.get(class_of(classes)) {
                Some(class) => format!("probability of {class}"),
                None => format!("predicted {}", view.shown.comparison.target),
            };
            picture(ui, context, (curve, column.kind), places, &what);
        }
    }
}

/// The class whose probability is told: the second of two, the first of several.
fn class_of(classes: &[String]) -> usize {
    usize::from(classes.len() == 2)
}

/// What a column of the answers tells.
#[derive(Clone, Copy)]
enum Told {
    Model,
    AnswerBefore,
    Before,
    AnswerAfter,
    After,
    Move,
}

/// What the models answer before and after.
fn answers(
    ui: &mut Ui,
    places: &[Place],
    (before, after): (&[WhatIfAnswer], &[WhatIfAnswer]),
    classes: &[String],
) {
    let class = class_of(classes);
    let value = |a: &WhatIfAnswer| a.value.or_else(|| a.probabilities.get(class).copied());
    let text = |title: &str| Column::text(title).width(120.0).sortable(false);
    let figure = |title: &str| Column::number(title).width(96.0).sortable(false);
    let mut shown = vec![(Told::Model, text("Model").fill())];
    match classes.get(class) {
        // A number is its own answer.
        None => shown.extend([
            (Told::Before, figure("As it is")),
            (Told::After, figure("Changed")),
        ]),
        Some(class) => {
            let probability = format!("P({class})");
            shown.extend([
                (Told::AnswerBefore, text("As it is")),
                (Told::Before, figure(&probability)),
                (Told::AnswerAfter, text("Changed")),
                (Told::After, figure(&probability)),
            ]);
        }
    }
    shown.push((Told::Move, figure("Moves by")));
    let columns: Vec<Column> = shown.iter().map(|(_, column)| column.clone()).collect();
    let n = places.len().min(before.len()).min(after.len());
    Table::new("Answers to the row", &columns, n)
        .max_height(120.0)
        .show(ui, |cell, row, column| {
            let (a, b) = (&before[row], &after[row]);
            match shown[column].0 {
                Told::Model => cell.toned(title_of(places[row]), tone_of_place(places[row])),
                Told::AnswerBefore => cell.text(number::said(&a.answer)),
                Told::Before => cell.text(number::metric(value(a))),
                Told::AnswerAfter if a.answer == b.answer => cell.text(number::said(&b.answer)),
                Told::AnswerAfter => cell.strong(number::said(&b.answer)),
                Told::After => cell.text(number::metric(value(b))),
                Told::Move => {
                    let moved = value(a).zip(value(b)).map(|(a, b)| b - a);
                    cell.text(number::difference(moved, 4));
                }
            }
        });
}

/// "hour 17 → 9, carrier B6 → missing"
fn told(columns: &[WhatIfColumn], changes: &BTreeMap<String, Option<String>>) -> String {
    let word = |value: &Option<String>| match value {
        Some(value) => number::said(value),
        None => "missing".to_owned(),
    };
    let parts = changes.iter().map(|(name, value)| {
        let was = columns
            .iter()
            .find(|c| c.name == *name)
            .map(|c| word(&c.value));
        format!("{name} {} → {}", was.unwrap_or_default(), word(value))
    });
    format!("Changed: {}.", parts.collect::<Vec<_>>().join(", "))
}

fn nearest_in_words(found: &NearestOther) -> String {
    let differs: Vec<String> = found
        .differs
        .iter()
        .take(6)
        .map(|(name, value)| match value {
            Some(value) => format!("{name} is {}", number::said(value)),
            None => format!("{name} is missing"),
        })
        .collect();
    let more = match found.differs.len().saturating_sub(6) {
        0 => String::new(),
        n => format!(" and {n} more differ"),
    };
    let what = if differs.is_empty() {
        "with the very same values in what the model reads".to_owned()
    } else {
        format!("where {}{more}", differs.join(", "))
    };
    format!(
        "Row {} is answered with {}: the nearest of {}, {} away, {what}.",
        number::count(found.row + 1),
        number::said(&found.answer),
        number::counted(found.n_searched, "such row", "such rows"),
        number::significant(found.distance, 3),
    )
}

fn picture(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    (curve, kind): (&RowCurve, ColumnType),
    places: &[Place],
    what: &str,
) {
    let title = format!("This row's {what} by {}", curve.column);
    let numbers: Option<Vec<f64>> = curve.grid.iter().map(|(_, at)| *at).collect();
    let Some(numbers) = numbers.filter(|n| n.len() > 1) else {
        let bars = Bars {
            groups: curve.grid.iter().map(|(label, _)| label.clone()).collect(),
            series: places
                .iter()
                .zip(&curve.answers)
                .map(|(place, answers)| BarSeries {
                    name: title_of(*place).to_owned(),
                    tone: tone_of_place(*place),
                    values: answers.iter().map(|v| Some(*v)).collect(),
                })
                .collect(),
            label: what.to_owned(),
            ..Bars::default()
        };
        let frame = ChartFrame::new(&title).height(bars.wanted_height());
        answer::hit_of(context, frame.show(ui, &bars));
        return;
    };
    let (x_unit, each) = moments::axis(Some(kind));
    let chart = LineChart {
        series: places
            .iter()
            .zip(&curve.answers)
            .map(|(place, answers)| Series {
                name: title_of(*place).to_owned(),
                tone: tone_of_place(*place),
                points: numbers
                    .iter()
                    .zip(answers)
                    .map(|(x, y)| [*x / each, *y])
                    .collect(),
                has_dots: true,
                ..Series::default()
            })
            .collect(),
        x_label: curve.column.clone(),
        y_label: what.to_owned(),
        x_unit,
        ..LineChart::default()
    };
    let frame = ChartFrame::new(&title).height(220.0);
    answer::hit_of(context, frame.show(ui, &chart));
}
