//! Fairness: whether both models decide alike about groups, and whether the candidate drives groups further apart.

use super::pair::{View, answered};
use super::words::{self, title_of, tone_of, tone_of_place};
use crate::domain::comparison::Outcome;
use crate::domain::fairness::{FairnessGroup, FairnessReport, GroupRates};
use crate::domain::schema::{ColumnSpec, ColumnType, Role};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{PanelContext, Room};
use crate::gui::panels::answer;
use crate::gui::theme::space;
use crate::gui::widgets::bars::{BarSeries, Bars};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::number;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::table::{Column, Table};
use crate::workspace::comparing::{CompareAnswer, CompareAsk};
use eframe::egui::{Ui, vec2};

/// What the page remembers.
#[derive(Default)]
pub(super) struct Fairness {
    /// What the groups are by; `None`: the first column of the list.
    by: Option<String>,
    /// A second column that crosses it.
    and: Option<String>,
    class: Option<usize>,
    rate: usize,
}

/// A rate, its title and how to get it.
type Rate = (&'static str, fn(&GroupRates) -> Option<f64>);

const RATES: [Rate; 5] = [
    ("Called", |r| r.selection_rate),
    ("Found", |r| r.true_positive_rate),
    ("False alarms", |r| r.false_positive_rate),
    ("Missed", |r| r.false_negative_rate),
    ("Right", |r| r.accuracy),
];

impl Fairness {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let comparison = view.shown.comparison;
        if comparison.classes.is_empty() {
            let text = "The models answer with numbers: nobody is decided about. How far off they are in each group is on the page \
                        Segments.";
            prose(ui, text);
            return;
        }
        let (columns, n_sensitive) = columns(view);
        if columns.is_empty() {
            prose(ui, "There is no column to make groups by.");
            return;
        }
        let class = self
            .class
            .unwrap_or(usize::from(comparison.classes.len() == 2));
        let class = class.min(comparison.classes.len() - 1);
        let by = self
            .by
            .as_ref()
            .and_then(|name| columns.iter().position(|c| c == name));
        let mut by = by.unwrap_or(0);
        self.controls(ui, view, (&columns, &mut by, class));
        ui.add_space(space::XS);
        if n_sensitive == 0 {
            ui.horizontal_wrapped(|ui| {
                prose(
                    ui,
                    "No column is marked as sensitive in the schema; any column can be looked at.",
                );
                if Button::new("To the schema")
                    .quiet()
                    .icon(icons::SCHEMA)
                    .show(ui)
                    .clicked()
                {
                    context.act(Action::GoPage(Room::Data, 2));
                }
            });
        }
        let and = self
            .and
            .iter()
            .filter(|name| **name != columns[by])
            .cloned();
        let query = view.ask(CompareAsk::Fairness {
            columns: std::iter::once(columns[by].clone()).chain(and).collect(),
            positive: class,
            threshold: view.threshold.filter(|_| class == 1),
        });
        let Some(found) = answer::worked_out(ui, context, &query, "the groups") else {
            return;
        };
        view.decided_at(ui, context);
        if let Some(CompareAnswer::Fairness(Some(report))) = answered(&found) {
            self.report(ui, context, report, view.other());
        }
    }

    fn controls(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        (columns, by, class): (&[String], &mut usize, usize),
    ) {
        let comparison = view.shown.comparison;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::XS);
            if Field::new("Groups by")
                .width(180.0)
                .choice(ui, by, columns)
                .changed()
            {
                self.by = Some(columns[*by].clone());
            }
            let none = "nothing else".to_owned();
            let others: Vec<String> = std::iter::once(none)
                .chain(columns.iter().filter(|c| **c != columns[*by]).cloned())
                .collect();
            let and = self
                .and
                .as_ref()
                .and_then(|name| others.iter().position(|c| c == name));
            let mut and = and.unwrap_or(0);
            if Field::new("crossed with")
                .width(180.0)
                .choice(ui, &mut and, &others)
                .changed()
            {
                self.and = (and > 0).then(|| others[and].clone());
            }
            let options: Vec<String> = comparison
                .classes
                .iter()
                .map(|c| format!("{} = {c}", comparison.target))
                .collect();
            let mut at = class;
            if Field::new("A decision for")
                .width(180.0)
                .choice(ui, &mut at, &options)
                .changed()
            {
                self.class = Some(at);
            }
        });
    }

    fn report(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        report: &FairnessReport,
        other: &str,
    ) {
        prose(ui, &sentence(report, other));
        ui.add_space(space::XS);
        if report.groups.iter().filter(|g| g.is_counted).count() > 1 {
            card(ui, |ui| {
                section(ui, "Gaps between the groups", |_| ());
                measures(ui, report);
            });
            ui.add_space(space::S);
        }
        card(ui, |ui| {
            section(ui, "Every group", |_| ());
            groups(ui, report);
            ui.add_space(space::XS);
            let titles = RATES.map(|(title, _)| title);
            Field::new("Drawn").segments(ui, &mut self.rate, &titles);
            let (title, rate) = RATES[self.rate];
            let bars = Bars {
                groups: report.groups.iter().map(|g| g.group.clone()).collect(),
                series: report
                    .models
                    .iter()
                    .enumerate()
                    .map(|(m, model)| BarSeries {
                        name: title_of(model.place).to_owned(),
                        tone: tone_of_place(model.place),
                        values: report.groups.iter().map(|g| rate(&g.rates[m])).collect(),
                    })
                    .collect(),
                label: title.to_owned(),
                is_share: true,
            };
            let title = format!("{title}, by {}", report.set);
            let frame = ChartFrame::new(&title).height(bars.wanted_height());
            answer::hit_of(context, frame.show(ui, &bars));
        });
        ui.add_space(space::XS);
        fine_print(ui, &method(report));
    }
}

/// Columns to make groups by, the sensitive ones first, and how many these are.
fn columns(view: &View<'_>) -> (Vec<String>, usize) {
    let schema = view
        .shown
        .snapshot
        .schema
        .iter()
        .flat_map(|s| &s.schema.columns);
    let of = |wanted: &dyn Fn(Role) -> bool| -> Vec<String> {
        let found = schema.clone().filter(|c| wanted(c.role));
        found.map(|c| c.name.clone()).collect()
    };
    let mut columns = of(&|role| role == Role::Sensitive);
    let n_sensitive = columns.len();
    // People come in groups by words rather than by numbers.
    let is_word = |c: &&ColumnSpec| matches!(c.kind, ColumnType::Text | ColumnType::Boolean);
    let inputs = schema.filter(|c| c.role.is_input() && c.role != Role::Sensitive);
    let (words, others): (Vec<&ColumnSpec>, Vec<&ColumnSpec>) = inputs.partition(is_word);
    columns.extend(words.into_iter().chain(others).map(|c| c.name.clone()));
    (columns, n_sensitive)
}

fn sentence(report: &FairnessReport, other: &str) -> String {
    let wider: Vec<String> = report
        .measures
        .iter()
        .filter(|m| m.outcome == Some(Outcome::Worse))
        .map(|m| m.measure.title().to_lowercase())
        .collect();
    let closer = report
        .measures
        .iter()
        .filter(|m| m.outcome == Some(Outcome::Better));
    let closer: Vec<String> = closer.map(|m| m.measure.title().to_lowercase()).collect();
    let counted = report.groups.iter().filter(|g| g.is_counted).count() as u64;
    let n = format!(
        "{} with at least {}",
        number::counted(counted, "group", "groups"),
        number::counted(report.min_rows, "row", "rows")
    );
    if counted < 2 {
        return format!("{n}: too few to compare groups.");
    }
    if report.models.len() < 2 {
        return format!("{n}.");
    }
    match (wider.is_empty(), closer.is_empty()) {
        (true, true) => format!(
            "{n}. The candidate leaves the groups as far apart as {other} does, within chance."
        ),
        (false, true) => format!(
            "{n}. Beside {other}, the candidate drives the groups further apart in {}.",
            wider.join(", ")
        ),
        (true, false) => format!(
            "{n}. Beside {other}, the candidate brings the groups closer in {}.",
            closer.join(", ")
        ),
        (false, false) => format!(
            "{n}. Beside {other}, the candidate drives the groups further apart in {}, and brings them closer in {}.",
            wider.join(", "),
            closer.join(", ")
        ),
    }
}

fn measures(ui: &mut Ui, report: &FairnessReport) {
    let n = report.models.len();
    let mut columns = vec![
        Column::text("Should be alike")
            .width(150.0)
            .fill()
            .sortable(false),
    ];
    for model in &report.models {
        let title = title_of(model.place);
        columns.push(
            Column::number(title)
                .width(88.0)
                .help("Largest less smallest rate")
                .sortable(false),
        );
        columns.push(
            Column::number("Ratio")
                .width(66.0)
                .help("Smallest by largest rate; below 0.8 it is often called unfair")
                .sortable(false),
        );
    }
    columns.push(
        Column::text("Lowest and highest")
            .width(180.0)
            .help("Of the candidate")
            .sortable(false),
    );
    if n == 2 {
        columns.push(Column::number("Change").width(76.0).sortable(false));
        columns.push(Column::number("Interval").width(150.0).sortable(false));
        columns.push(Column::text("The gap is").width(100.0).sortable(false));
    }
    Table::new("Gaps", &columns, report.measures.len())
        .max_height(280.0)
        .show(ui, |cell, row, column| {
            let line = &report.measures[row];
            if column == 0 {
                cell.strong(line.measure.title());
                return;
            }
            let place = column - 1;
            if let Some(gap) = line.gaps.get(place / 2).filter(|_| place < 2 * n) {
                let tone = tone_of_place(report.models[place / 2].place);
                match place % 2 {
                    0 => cell.toned(number::fixed(gap.difference, 3), tone),
                    _ => cell.text(number::fixed(gap.ratio, 2)),
                }
                return;
            }
            match place - 2 * n {
                0 => match line
                    .gaps
                    .first()
                    .and_then(|g| g.lowest.as_ref().zip(g.highest.as_ref()))
                {
                    Some((low, high)) => {
                        if line.gaps[0].difference == Some(0.0) {
                            cell.weak("all alike");
                            return;
                        }
                        let short = |name: &str| short(name, &report.set);
                        cell.text(format!("{} … {}", short(low), short(high)));
                    }
                    None => cell.weak(number::MISSING),
                },
                1 => cell.text(number::difference(line.change, 3)),
                2 => match line.change_interval {
                    Some([low, high]) => cell.text(format!(
                        "{} to {}",
                        number::difference(low, 3),
                        number::difference(high, 3)
                    )),
                    None => cell.weak(number::MISSING),
                },
                _ => match line.outcome {
                    Some(outcome @ (Outcome::Better | Outcome::Worse)) => {
                        let word = if outcome == Outcome::Worse {
                            "wider"
                        } else {
                            "smaller"
                        };
                        cell.badge(word, tone_of(outcome));
                    }
                    Some(Outcome::Same) => cell.text("the same"),
                    _ => cell.weak(number::MISSING),
                },
            }
        });
}

/// A group without the name of its column.
fn short(group: &str, set: &str) -> String {
    let rest = group.strip_prefix(set).unwrap_or(group).trim_start();
    let value = rest.strip_prefix("= ").or_else(|| rest.strip_prefix("in "));
    value.unwrap_or(rest).to_owned()
}

fn groups(ui: &mut Ui, report: &FairnessReport) {
    let lines: Vec<(&FairnessGroup, usize)> = report
        .groups
        .iter()
        .flat_map(|group| (0..report.models.len()).map(move |m| (group, m)))
        .collect();
    let mut columns = vec![
        Column::text("Group").width(150.0).fill().sortable(false),
        Column::text("Model").width(96.0).sortable(false),
        Column::number("Rows").width(70.0).sortable(false),
    ];
    let help = [
        "Share of all rows that are called positive",
        "Share of true positives that are found",
        "Share of true negatives that are called positive",
        "Share of true positives that are missed",
        "Share of rows that are decided right",
    ];
    columns.extend(RATES.iter().zip(help).map(|((title, _), help)| {
        Column::number(*title)
            .width(92.0)
            .help(help)
            .sortable(false)
    }));
    Table::new("Groups", &columns, lines.len())
        .max_height(300.0)
        .show(ui, |cell, row, column| {
            let (group, m) = lines[row];
            match column {
                0 if m > 0 => cell.say(&group.group),
                0 if group.is_counted => cell.strong(&group.group),
                0 => cell.weak(format!("{} (not enough rows)", group.group)),
                1 => {
                    let place = report.models[m].place;
                    cell.toned(title_of(place), tone_of_place(place));
                }
                2 => cell.text(number::count(group.n_rows)),
                column => cell.text(number::percent(RATES[column - 3].1(&group.rates[m]))),
            }
        });
}

fn method(report: &FairnessReport) -> String {
    let measures: Vec<String> = report
        .measures
        .iter()
        .map(|m| format!("{}: {}", m.measure.title(), m.measure.explanation()))
        .collect();
    format!(
        "{}. Measures as Fairlearn defines them; a rate that has no rows is left out. {} intervals of the change from {} drawn within each \
         group, both models on the same rows. Which of the measures should hold is a question to people, not to figures: they cannot \
         all hold at once.",
        measures.join("; "),
        words::percent(report.level),
        number::counted(u64::from(report.n_resamples), "resample", "resamples"),
    )
}
