//! One segment: every metric of the candidate, of production and of the baseline, and what the gate said of it.

use super::Shown;
use super::words::{self, of_check, reference, title_of, tone_of, tone_of_place};
use crate::domain::comparison::{
    Comparison, MetricComparison, Outcome, Place, SegmentComparison, Significance,
};
use crate::domain::metric::Metric;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::banner::Banner;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::number;
use crate::gui::widgets::table::{Cell, Column, Table};
use crate::gui::widgets::whisker::Whisker;
use eframe::egui::Ui;

/// One metric in one place, of a segment or of everything.
#[derive(Clone, Copy)]
pub(super) struct Line {
    metric: Metric,
    candidate: Option<f64>,
    production: Option<f64>,
    baseline: Option<f64>,
    difference: Option<f64>,
    interval: Option<[f64; 2]>,
    significance: Option<Significance>,
    outcome: Outcome,
}

impl From<&SegmentComparison> for Line {
    fn from(s: &SegmentComparison) -> Self {
        Self {
            metric: s.metric,
            candidate: s.candidate,
            production: s.production,
            baseline: s.baseline,
            difference: s.difference,
            interval: s.interval,
            significance: s.significance,
            outcome: s.outcome,
        }
    }
}

impl From<&MetricComparison> for Line {
    fn from(m: &MetricComparison) -> Self {
        Self {
            metric: m.metric,
            candidate: m.candidate,
            production: m.production,
            baseline: m.baseline,
            difference: m.difference,
            interval: m.interval,
            significance: m.significance,
            outcome: m.outcome,
        }
    }
}

/// Everything about the selected segment.
pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>, shown: &Shown<'_>, name: &str) {
    let rows: Vec<&SegmentComparison> = shown
        .comparison
        .segments
        .iter()
        .filter(|s| s.segment == name)
        .collect();
    let Some(first) = rows.first() else { return };
    section(ui, name, |ui| {
        let back = Button::new("Overall")
            .quiet()
            .icon(icons::CLOSE)
            .tooltip("Back to all test rows together");
        if back.show(ui).clicked() {
            context.selection.segment = None;
        }
    });
    let tokens = Tokens::of(ui);
    ui.label(Type::Body.rich(size_of(first, shown.comparison), tokens.text_weak));
    if let Some(blessing) = shown.blessing {
        for check in blessing
            .checks
            .iter()
            .filter(|c| c.segment.as_deref() == Some(name))
        {
            let (word, tone) = of_check(check.outcome);
            if tone != Tone::Good {
                Banner::new(tone, format!("Check {word}"), &check.sentence).show(ui);
            }
        }
    }
    ui.add_space(space::S);
    let lines: Vec<Line> = rows.iter().map(|s| Line::from(*s)).collect();
    let title = "Every metric of this segment";
    card(ui, |ui| {
        lines_table(ui, context, title, &lines, shown.comparison);
    });
}

/// "382 test rows, 16.1% of all; 91 of them yes".
pub(super) fn size_of(segment: &SegmentComparison, comparison: &Comparison) -> String {
    let share = segment.n_rows as f64 / comparison.n_rows.max(1) as f64;
    let rows = number::counted(segment.n_rows, "test row", "test rows");
    let positive = match (segment.n_positive, comparison.classes.get(1)) {
        (Some(n), Some(class)) => format!(
            "; {} of them {} = {class}",
            number::count(n),
            comparison.target
        ),
        _ => String::new(),
    };
    format!(
        "{rows}, {} of all{positive}. Segments by {}.",
        number::percent(share),
        segment.set
    )
}

/// A table of metrics: candidate, production, baseline, difference with its interval. Selecting one makes it the
/// metric looked at everywhere.
pub(super) fn lines_table(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    name: &str,
    lines: &[Line],
    comparison: &Comparison,
) {
    let has_production = reference(comparison) == Place::Production;
    let has_baseline = comparison.model(Place::Baseline).is_some();
    section(ui, name, |_| ());
    let mut places = vec![Place::Candidate];
    if has_production {
        places.insert(0, Place::Production);
    }
    if has_baseline {
        places.push(Place::Baseline);
    }
    // Beside the list of segments there is little room, under it much.
    let (figure, interval) = if ui.available_width() >= 760.0 {
        (94.0, 140.0)
    } else {
        (76.0, 76.0)
    };
    let number = |title: &str| Column::number(title).width(figure).sortable(false);
    let mut columns = vec![Column::text("Metric").width(116.0).fill().sortable(false)];
    columns.extend(places.iter().map(|place| number(title_of(*place))));
    columns.push(number("Difference"));
    columns.push(
        Column::picture("Interval")
            .width(interval)
            .help("Each metric on a scale of its own, around zero"),
    );
    columns.push(words::p_column().sortable(false));
    columns.push(Column::text("Verdict").width(124.0).sortable(false));
    let position = lines
        .iter()
        .position(|l| Some(l.metric) == context.selection.metric);
    let done = Table::new(name, &columns, lines.len())
        .selected(position)
        .max_height(320.0)
        .show(ui, |cell, row, column| {
            fill(cell, column, &lines[row], &places);
        });
    if let Some(row) = done.selected {
        context.selection.metric = Some(lines[row].metric);
    }
}

fn fill(cell: &mut Cell<'_>, column: usize, line: &Line, places: &[Place]) {
    let tone = tone_of(line.outcome);
    let whisker = line
        .interval
        .zip(line.difference)
        .map(|([low, high], difference)| Whisker {
            difference,
            interval: (low, high),
            tone,
        });
    let reach = Whisker::reach(whisker);
    let decimals = words::decimals(reach);
    if column == 0 {
        cell.strong(line.metric.title());
        return;
    }
    if let Some(place) = places.get(column - 1) {
        let value = match place {
            Place::Candidate => line.candidate,
            Place::Production => line.production,
            Place::Baseline => line.baseline,
        };
        cell.toned(number::metric(value), tone_of_place(*place));
        return;
    }
    match column - 1 - places.len() {
        0 => cell.text(number::difference(line.difference, decimals)),
        1 => match whisker {
            Some(whisker) => cell.picture(&whisker.summary(decimals), |painter, rect, tokens| {
                whisker.paint(painter, rect, reach, tokens);
            }),
            None => cell.weak(number::MISSING),
        },
        2 => words::p_cell(cell, line.significance),
        _ if line.outcome == Outcome::NotEnoughRows => cell.weak(line.outcome.word()),
        _ => cell.badge(line.outcome.word(), tone),
    }
}
