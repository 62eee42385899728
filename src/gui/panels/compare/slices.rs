//! Slices: the parts of the test rows, found by search, in which the candidate is worse than what it is held against, or errs
//! most. A click makes one a segment of the pipeline, or a check of its gate.

use super::own_rows::OwnRows;
use super::pair::{View, answered};
use super::{slice_use, words};
use crate::domain::slice::{Loss, Slice, SliceReport};
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::field::Field;
use crate::gui::widgets::number;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::table::{Cell, Column, Table};
use crate::gui::widgets::whisker::Whisker;
use crate::workspace::comparing::{CompareAnswer, CompareAsk, SliceAsk};
use eframe::egui::{Ui, vec2};

/// What the page remembers.
pub(super) struct Slices {
    ask: SliceAsk,
    /// Whether slices of much the same rows as a worse one are listed too.
    with_alike: bool,
    selected: usize,
    own: OwnRows,
}

impl Default for Slices {
    fn default() -> Self {
        Self {
            ask: SliceAsk {
                is_beside: true,
                loss: None,
                alpha_percent: 95,
                max_predicates: 3,
                min_rows: None,
            },
            with_alike: false,
            selected: 0,
            own: OwnRows::default(),
        }
    }
}

impl Slices {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        self.controls(ui, view);
        ui.add_space(space::XS);
        self.found(ui, context, view);
        ui.add_space(space::M);
        card(ui, |ui| self.own.ui(ui, context, view));
    }

    fn found(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let query = view.ask(CompareAsk::Slices(self.ask.clone()));
        let Some(found) = answer::worked_out(ui, context, &query, "the worst slices") else {
            return;
        };
        let Some(CompareAnswer::Slices(report)) = answered(&found) else {
            return;
        };
        prose(ui, &sentence(report, view.other()));
        ui.add_space(space::XS);
        let listed: Vec<&Slice> = report
            .slices
            .iter()
            .filter(|s| self.with_alike || s.overlaps.is_none())
            .collect();
        if listed.is_empty() {
            fine_print(ui, &method(report));
            return;
        }
        self.selected = self.selected.min(listed.len() - 1);
        self.table(ui, report, &listed);
        ui.add_space(space::S);
        let slice = listed[self.selected];
        card(ui, |ui| {
            section(ui, &slice.text, |_| ());
            prose(ui, &in_words(slice, report, view.other()));
            ui.add_space(space::XS);
            let part = slice_use::Part {
                condition: &slice.condition,
                name: &slice.text,
                n_rows: slice.n_rows,
            };
            slice_use::buttons(ui, context, view.shown, part);
        });
        ui.add_space(space::S);
        fine_print(ui, &method(report));
    }

    fn controls(&mut self, ui: &mut Ui, view: &View<'_>) {
        let beside = format!("Where the candidate is worse than {}", view.other());
        let is_of_classes = !view.shown.comparison.classes.is_empty();
        let losses: Vec<Loss> = Loss::ALL
            .into_iter()
            .filter(|loss| loss.is_of_classes() == is_of_classes)
            .collect();
        let usual = if is_of_classes {
            Loss::LogLoss
        } else {
            Loss::Squared
        };
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::XS);
            let mut at = usize::from(!self.ask.is_beside);
            let kinds = [beside.as_str(), "Where the candidate errs most"];
            if Field::new("Look for")
                .width(340.0)
                .choice(ui, &mut at, &kinds)
                .changed()
            {
                self.ask.is_beside = at == 0;
                self.selected = 0;
            }
            let titles: Vec<&str> = losses.iter().map(|l| l.title()).collect();
            let loss = self.ask.loss.unwrap_or(usual);
            let mut at = losses.iter().position(|l| *l == loss).unwrap_or(0);
            if Field::new("Measured by")
                .width(132.0)
                .choice(ui, &mut at, &titles)
                .changed()
            {
                self.ask.loss = Some(losses[at]);
                self.selected = 0;
            }
            let mut at = self.ask.max_predicates.saturating_sub(1) as usize;
            let numbers = ["one", "two", "three", "four"];
            if Field::new("Conditions, up to")
                .width(104.0)
                .choice(ui, &mut at, &numbers)
                .changed()
            {
                self.ask.max_predicates = at as u32 + 1;
                self.selected = 0;
            }
            let weights = [50, 70, 95, 99];
            let words = ["large slices", "both", "bad slices", "the very worst"];
            let mut at = weights
                .iter()
                .position(|w| *w == self.ask.alpha_percent)
                .unwrap_or(2);
            let field = Field::new("Prefer").width(124.0);
            if field.choice(ui, &mut at, &words).changed() {
                self.ask.alpha_percent = weights[at];
                self.selected = 0;
            }
            Field::new("Slices of much the same rows").toggle(ui, &mut self.with_alike);
        });
    }

    fn table(&mut self, ui: &mut Ui, report: &SliceReport, listed: &[&Slice]) {
        let columns = [
            Column::text("Slice").width(200.0).fill().sortable(false),
            Column::number("Rows").width(64.0).sortable(false),
            Column::number(if report.baseline.is_some() {
                "Rise"
            } else {
                "Mean"
            })
            .width(78.0)
            .help(what(report))
            .sortable(false),
            Column::number("Elsewhere")
                .width(84.0)
                .help("The same over all other rows")
                .sortable(false),
            Column::number("Score")
                .width(66.0)
                .help("Badness and size together (SliceLine); the search goes by it")
                .sortable(false),
            Column::picture("On rows not searched").width(140.0).help(
                "How much worse, with its 95% interval, on the rows that the search did not see",
            ),
            Column::number("p")
                .width(70.0)
                .help("Corrected for all slices that are tested")
                .sortable(false),
            Column::text("").width(112.0).sortable(false),
        ];
        let reach = Whisker::reach(listed.iter().filter_map(|s| whisker(s)));
        let decimals = words::decimals(reach);
        let height = 34.0 * listed.len() as f32 + 40.0;
        let done = Table::new("Slices", &columns, listed.len())
            .selected(Some(self.selected))
            .max_height(height.clamp(120.0, 420.0))
            .show(ui, |cell, row, column| {
                fill(cell, column, (listed[row], report), (reach, decimals));
            });
        if let Some(row) = done.selected {
            self.selected = row;
        }
    }
}

fn fill(
    cell: &mut Cell<'_>,
    column: usize,
    (slice, report): (&Slice, &SliceReport),
    (reach, decimals): (f64, usize),
) {
    match column {
        0 => cell.strong(&slice.text),
        1 => cell.text(number::count(slice.n_rows)),
        2 if report.baseline.is_some() => {
            cell.text(number::difference(slice.mean_error, 4));
        }
        2 => cell.text(number::metric(slice.mean_error)),
        3 if report.baseline.is_some() => cell.weak(number::difference(slice.rest_error, 4)),
        3 => cell.weak(number::metric(slice.rest_error)),
        4 => cell.text(number::fixed(slice.score, 2)),
        5 => match whisker(slice) {
            Some(whisker) => cell.picture(&whisker.summary(decimals), |painter, rect, tokens| {
                whisker.paint(painter, rect, reach, tokens);
            }),
            None => cell.weak(number::MISSING),
        },
        6 => match slice.test.and_then(|t| t.p_adjusted) {
            Some(p) => cell.text(words::probability(p)),
            None => cell.weak(number::MISSING),
        },
        _ => match (slice.overlaps, slice.test) {
            (Some(other), _) => cell.weak(format!("much like {other}")),
            (None, Some(test)) if test.is_confirmed => cell.badge("confirmed", Tone::Bad),
            (None, Some(_)) => cell.weak("may be chance"),
            (None, None) => cell.weak("not tested"),
        },
    }
}

fn whisker(slice: &Slice) -> Option<Whisker> {
    let test = slice.test?;
    let (difference, [low, high]) = (test.excess?, test.interval?);
    Some(Whisker {
        difference,
        interval: (low, high),
        tone: if test.is_confirmed {
            Tone::Bad
        } else {
            Tone::Neutral
        },
    })
}

fn what(report: &SliceReport) -> String {
    match &report.baseline {
        Some(_) => format!(
            "Mean rise of the {} over the rows of the slice",
            report.loss.title()
        ),
        None => format!("Mean {} over the rows of the slice", report.loss.title()),
    }
}

/// What was found, in one sentence.
fn sentence(report: &SliceReport, other: &str) -> String {
    let rows = number::counted(report.n_rows, "test row", "test rows");
    let mean = match &report.baseline {
        Some(_) => {
            let way = if report.mean_error > 0.0 {
                "above"
            } else {
                "below"
            };
            format!(
                "Over all {rows} the candidate's {} is {} {way} that of {other}.",
                report.loss.title(),
                number::metric(report.mean_error.abs()),
            )
        }
        None => format!(
            "Over all {rows} the candidate's {} is {}.",
            report.loss.title(),
            number::metric(report.mean_error)
        ),
    };
    let told = report.slices.iter().filter(|s| s.overlaps.is_none());
    let confirmed = told
        .clone()
        .filter(|s| s.test.is_some_and(|t| t.is_confirmed));
    let found = match (told.count(), confirmed.count()) {
        (0, _) => "No part of the data stands out.".to_owned(),
        (_, 0) => "What the search found may all be chance: the rows that it did not see do not confirm it.".to_owned(),
        (n, confirmed) => format!(
            "{} found; {} confirmed by the rows that the search did not see.",
            number::counted(n as u64, "slice was", "slices were"),
            number::counted(confirmed as u64, "is", "are"),
        ),
    };
    format!("{mean} {found}")
}

/// One slice, for somebody who has never heard of one.
fn in_words(slice: &Slice, report: &SliceReport, other: &str) -> String {
    let share = slice.n_rows as f64 / report.n_rows.max(1) as f64;
    let (loss, here, elsewhere) = (report.loss.title(), slice.mean_error, slice.rest_error);
    let far = match &report.baseline {
        Some(_) => {
            let way = |v: f64| if v > 0.0 { "worse" } else { "better" };
            format!(
                "the candidate's {loss} is {} {} than that of {other}, elsewhere {} {}",
                number::metric(here.abs()),
                way(here),
                number::metric(elsewhere.abs()),
                way(elsewhere)
            )
        }
        None => format!(
            "the candidate's {loss} is {}, elsewhere {}",
            number::metric(here),
            number::metric(elsewhere)
        ),
    };
    let test = match slice.test {
        Some(test) if test.is_confirmed => format!(
            " {} of its rows were not searched, and they confirm it.",
            number::count(test.n_rows)
        ),
        Some(test) => format!(
            " The {} of its rows that were not searched do not confirm it: it may be chance.",
            number::count(test.n_rows)
        ),
        None => String::new(),
    };
    format!(
        "In {} ({} of all) {far}.{test}",
        number::counted(slice.n_rows, "row", "rows"),
        number::percent(share)
    )
}

fn method(report: &SliceReport) -> String {
    format!(
        "The exact best by the score of SliceLine (Sagadeeva and Boehm 2021) among all conjunctions over {} with at least {}; {} were \
         counted, all others cannot be better. {} were searched and {} test what was found; p corrected by {}.",
        number::counted(report.columns.len() as u64, "column", "columns"),
        number::counted(report.min_rows, "row", "rows"),
        number::count(report.n_searched),
        number::counted(report.n_searched_rows, "row", "rows"),
        number::count(report.n_tested_rows),
        report.correction
    )
}
