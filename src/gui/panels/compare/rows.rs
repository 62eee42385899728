//! The rows about which the two models disagree, by who is right; each opens in the what-if editor.

use super::pair::{View, answered};
use super::what_if::WhatIf;
use super::words::{self, title_of};
use crate::domain::comparison::Place;
use crate::domain::disagreement::{DisagreementRow, Disagreements, RowAnswer, Side};
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::number;
use crate::gui::widgets::prose::prose;
use crate::gui::widgets::segmented::segmented;
use crate::gui::widgets::table::{Cell, Column, Table};
use crate::workspace::comparing::{CompareAnswer, CompareAsk};
use eframe::egui::Ui;

/// What the page remembers.
#[derive(Default)]
pub(super) struct Rows {
    side: usize,
    /// The row that is open, with the comparison that it belongs to.
    open: Option<(String, u64)>,
    editor: WhatIf,
    /// How many rows there are of each side, once known.
    counts: Option<[u64; 4]>,
}

impl Rows {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, view: &View<'_>) {
        let is_regression = view.shown.comparison.classes.is_empty();
        let titles: Vec<String> = Side::ALL
            .iter()
            .enumerate()
            .filter(|(_, side)| !is_regression || **side != Side::BothWrong)
            .map(|(at, side)| {
                let title = side_title(*side, is_regression, view.other());
                match self.counts {
                    Some(counts) => format!("{title} · {}", number::count(counts[at])),
                    None => title,
                }
            })
            .collect();
        let shown: Vec<usize> = (0..4)
            .filter(|at| !is_regression || Side::ALL[*at] != Side::BothWrong)
            .collect();
        let mut at = shown.iter().position(|s| *s == self.side).unwrap_or(0);
        segmented(ui, "Rows where", &mut at, &titles);
        self.side = shown[at];
        let side = Side::ALL[self.side];
        ui.add_space(space::XS);
        view.decided_at(ui, context);
        let query = view.ask(CompareAsk::Rows {
            side,
            threshold: view.threshold,
        });
        let Some(found) = answer::worked_out(ui, context, &query, "the rows") else {
            return;
        };
        let Some(CompareAnswer::Rows(found)) = answered(&found) else {
            return;
        };
        self.counts = Some(found.counts);
        prose(ui, &sentence(found, is_regression, view.other()));
        ui.add_space(space::XS);
        if found.rows.is_empty() {
            let text = "There are no such rows. Among those that both answer alike stand first the ones whose probabilities lie furthest \
                        apart.";
            prose(ui, text);
            return;
        }
        let key = &view.shown.key;
        let open = self
            .open
            .as_ref()
            .filter(|(of, _)| of == key)
            .map(|(_, row)| *row);
        let position = open.and_then(|row| found.rows.iter().position(|r| r.row == row));
        if let Some(row) = table(ui, view, found, position)
            && open != Some(found.rows[row].row)
        {
            self.open = Some((key.clone(), found.rows[row].row));
            self.editor = WhatIf::default();
        }
        ui.add_space(space::S);
        match self.open.as_ref().filter(|(of, _)| of == key) {
            Some((_, row)) => {
                let row = *row;
                ui.push_id(row, |ui| self.editor.ui(ui, context, view, row));
            }
            None => prose(
                ui,
                "Select a row to change its values and see what both models would answer.",
            ),
        }
    }
}

fn side_title(side: Side, is_regression: bool, other: &str) -> String {
    let word = if is_regression {
        "is nearer"
    } else {
        "alone is right"
    };
    match side {
        Side::OtherRight => format!("{} {word}", capital(other)),
        Side::CandidateRight => format!("Candidate {word}"),
        Side::BothWrong => "Both wrong, each otherwise".to_owned(),
        Side::Alike if is_regression => "Equally far".to_owned(),
        Side::Alike => "Both alike".to_owned(),
    }
}

fn capital(other: &str) -> &'static str {
    if other == "production" {
        title_of(Place::Production)
    } else {
        title_of(Place::Baseline)
    }
}

fn sentence(found: &Disagreements, is_regression: bool, other: &str) -> String {
    let [theirs, ours, both, alike] = found.counts;
    let listed = if (found.rows.len() as u64) < found.counts.iter().sum() {
        match found.side {
            Side::CandidateRight => ", first those where the candidate gains most",
            _ => ", first those where the candidate loses most",
        }
    } else {
        ""
    };
    let n = number::counted(found.rows.len() as u64, "row is listed", "rows are listed");
    if is_regression {
        return format!(
            "The candidate is nearer to the truth in {} of {} rows, {other} in {}. {n}{listed}.",
            number::count(ours),
            number::count(found.n_rows),
            number::count(theirs)
        );
    }
    format!(
        "The models answer {} of {} rows alike. Where they do not, the candidate alone is right in {}, {other} in {}, and both are wrong \
         in {}. {n}{listed}.",
        number::count(alike),
        number::count(found.n_rows),
        number::count(ours),
        number::count(theirs),
        number::count(both),
    )
}

fn table(
    ui: &mut Ui,
    view: &View<'_>,
    found: &Disagreements,
    position: Option<usize>,
) -> Option<usize> {
    let has_classes = !view.shown.comparison.classes.is_empty();
    let other = capital(view.other());
    let mut columns = vec![
        Column::number("Test row").width(84.0).sortable(false),
        Column::text(view.shown.comparison.target.as_str())
            .width(120.0)
            .fill()
            .help("What is true")
            .sortable(false),
        Column::text("Candidate").width(120.0).sortable(false),
        Column::text(other).width(120.0).sortable(false),
    ];
    if has_classes {
        let of = |name: &str| format!("{name}: P(true)");
        columns.push(Column::number(of("Candidate")).width(142.0).sortable(false));
        columns.push(Column::number(of(other)).width(146.0).sortable(false));
    }
    columns.push(
        Column::number("Loss")
            .width(84.0)
            .help("The candidate's loss less the other's: log loss, or squared error")
            .sortable(false),
    );
    let last = columns.len() - 1;
    let losses = found.rows.iter().map(|row| row.loss.abs());
    let decimals = words::decimals(losses.fold(0.0, f64::max));
    Table::new("Rows", &columns, found.rows.len())
        .selected(position)
        .max_height(260.0)
        .show(ui, |cell, row, column| {
            let row = &found.rows[row];
            if column == last {
                cell.text(number::difference(row.loss, decimals));
            } else {
                fill(cell, row, column);
            }
        })
        .selected
}

fn fill(cell: &mut Cell<'_>, row: &DisagreementRow, column: usize) {
    let answer = |cell: &mut Cell<'_>, found: &RowAnswer| {
        let text = number::said(&found.answer);
        match found.of_truth {
            Some(_) if found.answer == row.truth => cell.toned(text, Tone::Good),
            Some(_) => cell.toned(text, Tone::Bad),
            None => cell.text(text),
        }
    };
    match column {
        0 => cell.text(number::count(row.row + 1)),
        1 => cell.strong(number::said(&row.truth)),
        2 => answer(cell, &row.candidate),
        3 => answer(cell, &row.other),
        4 => cell.text(number::metric(row.candidate.of_truth)),
        _ => cell.text(number::metric(row.other.of_truth)),
    }
}
