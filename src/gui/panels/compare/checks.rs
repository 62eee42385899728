//! The checks of the gate, failed ones first; a check of a segment leads to that segment.

use super::words;
use super::{Shown, words::of_check};
use crate::domain::gate::{Against, Blessing, Change, CheckOutcome, CheckResult, DecideBy, Scope};
use crate::domain::metric::Direction;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{PanelContext, Room};
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::number;
use crate::gui::widgets::state;
use crate::gui::widgets::table::{Cell, Column, Table};
use eframe::egui::{Label, Ui};

/// How many checks failed.
pub(super) fn n_failed(blessing: &Blessing) -> usize {
    blessing
        .checks
        .iter()
        .filter(|c| c.outcome == CheckOutcome::Failed)
        .count()
}

fn rank_of(outcome: CheckOutcome) -> u8 {
    match outcome {
        CheckOutcome::Failed => 0,
        CheckOutcome::Passed => 1,
        CheckOutcome::NotEnoughRows => 2,
        CheckOutcome::NotApplicable => 3,
    }
}

/// The list. Selecting a row selects its segment and its metric.
pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>, shown: &Shown<'_>, max_height: f32) {
    let Some(blessing) = shown.blessing.filter(|b| !b.checks.is_empty()) else {
        let button = Button::new("Edit the pipeline");
        let text = "The model gate holds the candidate against production, the baseline and fixed bounds, overall and \
                    in every segment. Add its checks to the pipeline.";
        if state::empty(ui, icons::COMPARE, "No gate checks", text, Some(button)) {
            context.act(Action::Go(Room::Pipeline));
        }
        return;
    };
    // A sort of a few hundred small numbers: cheaper than keeping the order.
    let mut order: Vec<&CheckResult> = blessing.checks.iter().collect();
    order.sort_by_key(|c| (rank_of(c.outcome), c.segment.is_some()));
    let tokens = Tokens::of(ui);
    let n = |outcome| order.iter().filter(|c| c.outcome == outcome).count();
    let text = format!(
        "{} failed, {} passed, {} with not enough rows, {} not applicable. Failed checks shut the gate; choose one to \
         see its segment.",
        n(CheckOutcome::Failed),
        n(CheckOutcome::Passed),
        n(CheckOutcome::NotEnoughRows),
        n(CheckOutcome::NotApplicable),
    );
    ui.add(Label::new(Type::Body.rich(text, tokens.text_weak)).wrap());
    let selection = &context.selection;
    let is_selected = |c: &&CheckResult| {
        c.segment == selection.segment && selection.metric.is_none_or(|m| m == c.check.metric)
    };
    // Where nobody chose, the check that shut the gate is the one to read about.
    let is_open = selection.segment.is_none() && selection.metric.is_none();
    let failed = order
        .first()
        .is_some_and(|c| c.outcome == CheckOutcome::Failed);
    let position = if is_open && failed {
        Some(0)
    } else {
        order.iter().position(is_selected)
    };
    let columns = columns(ui.available_width());
    let room = (ui.available_height() - 72.0).max(160.0).min(max_height);
    let done = Table::new("Gate checks", &columns, order.len())
        .selected(position)
        .max_height(room)
        .show(ui, |cell, row, column| fill(cell, column, order[row]));
    if let Some(row) = done.selected {
        let check = order[row];
        context.selection.segment.clone_from(&check.segment);
        context.selection.metric = Some(check.check.metric);
    }
    if let Some(check) = done.selected.or(position).map(|row| order[row]) {
        ui.add_space(space::XS);
        ui.add(Label::new(Type::Body.rich(&check.sentence, tokens.text)).wrap());
        ui.label(Type::Small.rich(rule(check), tokens.text_weak));
    }
}

/// The last one, the sentence, stands below the table too: narrow rooms leave it out.
fn columns(width: f32) -> Vec<Column> {
    let mut columns = vec![
        Column::text("Outcome").width(140.0).sortable(false),
        Column::text("Metric").width(84.0).sortable(false),
        Column::text("Where").width(150.0).fill().sortable(false),
        Column::text("Against").width(86.0).sortable(false),
        Column::number("Candidate").width(82.0).sortable(false),
        Column::number("Reference").width(82.0).sortable(false),
        Column::number("Difference").width(86.0).sortable(false),
    ];
    if width > 1060.0 {
        columns.push(Column::text("Sentence").width(320.0).sortable(false));
    }
    columns
}

fn fill(cell: &mut Cell<'_>, column: usize, check: &CheckResult) {
    let decimals = words::decimals(check.difference.map_or(0.0, f64::abs).max(0.01));
    match column {
        0 => {
            let (word, tone) = of_check(check.outcome);
            cell.badge(word, tone);
        }
        1 => cell.text(check.check.scope.titled(check.check.metric)),
        2 => match &check.segment {
            Some(segment) => cell.strong(segment),
            None if check.check.scope == Scope::Segments => cell.text("Every segment"),
            None => cell.text("Overall"),
        },
        3 => match check.check.against {
            Against::Value => cell.text("a bound"),
            Against::Production => cell.toned("production", Tone::Production),
            Against::Baseline => cell.toned("baseline", Tone::Baseline),
        },
        4 => cell.toned(number::metric(check.candidate), Tone::Candidate),
        5 => cell.text(number::metric(check.reference)),
        6 => cell.text(number::difference(check.difference, decimals)),
        _ => cell.text(&check.sentence),
    }
}

/// What the check asks for.
fn rule(result: &CheckResult) -> String {
    let check = &result.check;
    let title = check.scope.titled(check.metric);
    let amount = match check.change {
        Change::Absolute => number::metric(check.threshold.abs()),
        Change::Relative => number::percent(check.threshold.abs()),
    };
    let asked = match check.against {
        Against::Value => match check.direction() {
            Direction::Higher => format!(
                "{title} must be at least {}",
                number::metric(check.threshold)
            ),
            Direction::Lower => format!(
                "{title} must be at most {}",
                number::metric(check.threshold)
            ),
            Direction::NearZero => format!(
                "{title} must be within {} of zero",
                number::metric(check.threshold)
            ),
        },
        Against::Production | Against::Baseline => {
            let other = if check.against == Against::Production {
                "production"
            } else {
                "the baseline"
            };
            if check.threshold > 0.0 {
                format!("{title} may be at most {amount} worse than {other}")
            } else if check.threshold < 0.0 {
                format!("{title} must be better than {other} by {amount}")
            } else {
                format!("{title} must not be worse than {other}")
            }
        }
    };
    let decides = match check.decide_by {
        DecideBy::Point => "the measured value decides",
        DecideBy::Interval => "fails only when the whole interval is on the wrong side",
    };
    let rows = number::counted(check.min_rows, "row", "rows");
    format!(
        "{asked}; {decides}; needs {rows}, has {}.",
        number::count(result.n_rows)
    )
}
