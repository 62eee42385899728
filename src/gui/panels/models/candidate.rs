//! One candidate of the leaderboard: its parameters, its scores fold by fold, or why it could not be fitted.

use crate::domain::ContentHash;
use crate::domain::metric::Metric;
use crate::domain::run::RunRecord;
use crate::domain::training::{CandidateResult, PairedDifference, TrainingReport, value_of};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::banner::Banner;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::facts::{Fact, facts};
use crate::gui::widgets::line::{LineChart, Reference, Series};
use crate::gui::widgets::number;
use crate::gui::widgets::table::{Column, Table};
use crate::workspace::Snapshot;
use eframe::egui::{self, Ui};

/// The algorithm's id of models of other programs.
const IMPORTED: &str = "onnx";

/// "Random forest", or the id where it is not known.
pub(in crate::gui) fn algorithm_title(snapshot: &Snapshot, id: &str) -> String {
    snapshot
        .algorithms
        .iter()
        .find(|a| a.id == id)
        .map_or_else(|| id.to_owned(), |a| a.title.clone())
}

/// The card of the selected candidate.
pub(super) fn ui(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    snapshot: &Snapshot,
    report: &TrainingReport,
    candidate: &CandidateResult,
) {
    if let Some(error) = &candidate.error {
        Banner::new(
            Tone::Bad,
            "Failed",
            format!("{} could not be fitted: {error}", candidate.name),
        )
        .show(ui);
        ui.add_space(space::S);
    }
    if candidate.algorithm == IMPORTED && candidate.error.is_none() {
        let text = "Another program fitted it, perhaps on these very rows: then its scores are better than it is.";
        Banner::new(Tone::Warn, "Imported", text).show(ui);
        ui.add_space(space::S);
    }
    let is_wide = ui.available_width() > 900.0;
    if is_wide && !candidate.folds.is_empty() {
        ui.columns(2, |columns| {
            parameters(&mut columns[0], context, snapshot, candidate);
            folds(&mut columns[1], context, report, candidate);
        });
    } else {
        if !candidate.folds.is_empty() {
            folds(ui, context, report, candidate);
            ui.add_space(space::M);
        }
        parameters(ui, context, snapshot, candidate);
    }
}

/// Writes a model as ONNX, where the person chooses.
pub(super) fn export_button(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    model: &ContentHash,
    name: &str,
) {
    let button = Button::new("Export as ONNX…")
        .icon(icons::EXPORT)
        .quiet()
        .tooltip("From the columns to the answers, for any program with an ONNX runtime");
    if button.show(ui).clicked() {
        context.act(Action::ExportModel {
            model: model.clone(),
            name: format!("{name}.onnx"),
        });
    }
}

fn parameters(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    snapshot: &Snapshot,
    candidate: &CandidateResult,
) {
    card(ui, |ui| {
        section(ui, &format!("Parameters of {}", candidate.name), |ui| {
            if let Some(model) = &candidate.model {
                export_button(ui, context, model, &candidate.name);
            }
        });
        let tokens = Tokens::of(ui);
        let info = snapshot
            .algorithms
            .iter()
            .find(|a| a.id == candidate.algorithm);
        if let Some(info) = info {
            ui.label(Type::Body.rich(&info.help, tokens.text_weak));
            ui.add_space(space::XS);
        }
        if candidate.params.is_empty() {
            ui.label(Type::Body.rich("This algorithm has no parameters.", tokens.text));
        }
        let title = |name: &str| {
            let known = info.and_then(|i| i.params.iter().find(|p| p.name == name));
            known.map_or_else(|| name.to_owned(), |p| p.title.clone())
        };
        let mut list: Vec<Fact> = candidate
            .params
            .iter()
            .map(|(name, value)| Fact::number(title(name), value.to_string()))
            .collect();
        if !candidate.exclude.is_empty() {
            list.push(Fact::text(
                "Columns kept from it",
                candidate.exclude.join(", "),
            ));
        }
        facts(ui, &list);
    });
}

fn folds(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    report: &TrainingReport,
    candidate: &CandidateResult,
) {
    card(ui, |ui| {
        let points: Vec<[f64; 2]> = candidate
            .folds
            .iter()
            .filter_map(|f| Some([f64::from(f.fold) + 1.0, value_of(&f.scores, report.metric)?]))
            .collect();
        let mut chart = LineChart {
            series: vec![Series {
                name: candidate.name.clone(),
                tone: if candidate.name == report.chosen {
                    Tone::Candidate
                } else {
                    Tone::Series(0)
                },
                points,
                has_dots: true,
                ..Series::default()
            }],
            x_label: "fold".to_owned(),
            y_label: report.metric.title().to_owned(),
            ..LineChart::default()
        };
        if let Some(mean) = candidate.mean_of(report.metric) {
            chart = chart.reference(Reference::Level(mean, "mean"));
        }
        let title = format!("{} of {} by fold", report.metric.title(), candidate.name);
        let shown = ChartFrame::new(&title).height(170.0).show(ui, &chart);
        if let Some(request) = shown.request {
            context.act(Action::Chart(request));
        }
        table(ui, report, candidate);
    });
}

fn table(ui: &mut Ui, report: &TrainingReport, candidate: &CandidateResult) {
    let metrics: Vec<Metric> = std::iter::once(report.metric)
        .chain(
            Metric::of_task(report.task)
                .iter()
                .copied()
                .filter(|m| *m != report.metric),
        )
        .collect();
    let mut columns = vec![
        Column::number("Fold").width(56.0).sortable(false),
        Column::number("Rows").width(72.0).sortable(false),
    ];
    columns.extend(
        metrics
            .iter()
            .map(|m| Column::number(m.title()).width(92.0).sortable(false)),
    );
    let n = candidate.folds.len();
    Table::new("Scores by fold", &columns, n)
        .max_height(200.0)
        .show(ui, |cell, row, column| {
            let fold = &candidate.folds[row];
            match column {
                0 => cell.text((fold.fold + 1).to_string()),
                1 => cell.text(number::count(fold.n_rows)),
                _ => cell.text(number::metric(
                    metrics
                        .get(column - 2)
                        .and_then(|m| value_of(&fold.scores, *m)),
                )),
            }
        });
}

/// How surely the chosen candidate is another: "Its log loss minus that of blend is +0.0042 (95 % interval −0.0148 to +0.0232)…".
fn against_chosen(report: &TrainingReport, behind: &PairedDifference) -> String {
    let verdict = if behind.p_value < 0.05 {
        "these folds tell the two apart"
    } else {
        "these folds do not tell the two apart"
    };
    format!(
        "Its {} minus that of {} is {} (95% interval {} to {}): {verdict}.",
        report.metric.word(),
        report.chosen,
        number::difference(behind.mean, 4),
        number::difference(behind.low, 4),
        number::difference(behind.high, 4)
    )
}

/// The facts of the selected candidate in the inspector.
pub(super) fn facts_of(
    ui: &mut Ui,
    snapshot: &Snapshot,
    run: &RunRecord,
    report: &TrainingReport,
    candidate: &CandidateResult,
    seconds: Option<f64>,
) {
    let tokens = Tokens::of(ui);
    ui.label(Type::Heading.rich(&candidate.name, tokens.text_strong));
    let mut list = vec![
        Fact::text("Algorithm", algorithm_title(snapshot, &candidate.algorithm)),
        Fact::number("Run", run.id.to_string()),
        Fact::number("Inputs", number::count(candidate.n_inputs)),
        Fact::number("Fit time", number::duration(seconds)),
    ];
    if let Some(size) = candidate.n_bytes {
        list.push(Fact::number("Size", number::bytes(size)));
    }
    if candidate.name == report.chosen {
        list.push(Fact::text("Chosen", "yes").tone(Tone::Candidate));
    }
    for value in &candidate.mean {
        list.push(Fact::number(
            value.metric.title(),
            number::metric(value.value),
        ));
    }
    if !candidate.members.is_empty() {
        let n = candidate.members.len() as u64;
        list.push(Fact::text(
            "Made of",
            number::counted(n, "candidate", "candidates"),
        ));
    }
    for member in &candidate.members {
        let share = number::percent(member.weight);
        list.push(Fact::number(format!("· {}", member.name), share));
    }
    if let Some(hash) = &candidate.model {
        list.push(Fact::number("Model hash", hash.short()).copies(hash.as_str()));
    }
    facts(ui, &list);
    if let Some(behind) = &candidate.behind_chosen {
        ui.add_space(space::S);
        let text = against_chosen(report, behind);
        ui.add(egui::Label::new(Type::Body.rich(text, tokens.text)).wrap());
    }
    if let Some(info) = snapshot
        .algorithms
        .iter()
        .find(|a| a.id == candidate.algorithm)
    {
        ui.add_space(space::S);
        ui.label(Type::Body.rich(
            format!("{} Made of {}.", info.help, info.made_of),
            tokens.text_weak,
        ));
    }
    if let Some(error) = &candidate.error {
        ui.add_space(space::S);
        ui.label(Type::Body.rich(error, tokens.bad));
    }
}
