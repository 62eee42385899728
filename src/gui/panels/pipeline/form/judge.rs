//! The forms of the steps that judge and promote: segments, checks of the model gate, push.

use super::super::draft::Problems;
use super::data::complaint;
use super::{Known, cell, choose, explain, flow, optional, pick};
use crate::domain::Task;
use crate::domain::gate::{Against, Change, DecideBy, GateCheck, Scope};
use crate::domain::pipeline::{EvaluateParams, PushParams, Resampling, ValidateModelParams};
use crate::domain::segment::{Bins, SegmentSet};
use crate::gui::icons;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::{button::Button, card::card, field::Field, number};
use crate::workspace::draft;
use eframe::egui::{Align, Id, Layout, Ui};

pub(super) fn evaluate(
    ui: &mut Ui,
    params: &mut EvaluateParams,
    problems: &Problems,
    known: &Known<'_>,
) {
    flow(ui, |ui| {
        cell(ui, 160.0, |ui| {
            Field::new("Fewest rows")
                .help("Segments with fewer rows say “not enough rows”")
                .problem(problems.at("steps.evaluate.min_rows"))
                .number(ui, &mut params.min_rows, 1..=1_000_000);
        });
        cell(ui, 160.0, |ui| {
            Field::new("Resamples")
                .help("Of the bootstrap that gives the intervals: more are steadier and slower")
                .problem(problems.at("steps.evaluate.n_resamples"))
                .number(ui, &mut params.n_resamples, 50..=100_000);
        });
        cell(ui, 160.0, |ui| {
            Field::new("Confidence level")
                .help("Of the intervals: 0.95 misses the truth in one of twenty")
                .problem(problems.at("steps.evaluate.level"))
                .number(ui, &mut params.level, 0.51..=0.999);
        });
        resampling(ui, &mut params.resampling, problems, known);
    });
    ui.add_space(space::M);
    let tokens = Tokens::of(ui);
    ui.label(Type::Strong.rich("Segments", tokens.text_strong));
    complaint(ui, problems.at("steps.evaluate.segments"));
    if params.segments.is_empty() {
        explain(
            ui,
            "None are named: they are chosen from the schema (texts with few values, numbers in quarters).",
        );
    }
    let mut removed = None;
    for (position, set) in params.segments.iter_mut().enumerate() {
        ui.push_id(("segment", position), |ui| {
            if segment(ui, set, (position, problems), known) {
                removed = Some(position);
            }
        });
    }
    if let Some(position) = removed {
        params.segments.remove(position);
    }
    let first = known
        .columns()
        .iter()
        .find(|c| c.role.is_input())
        .map(|c| c.name.clone());
    if Button::new("Add segments")
        .icon(icons::ADD)
        .show(ui)
        .clicked()
    {
        params.segments.push(SegmentSet {
            columns: vec![first.unwrap_or_default()],
            ..SegmentSet::default()
        });
    }
    if Button::new("Add a condition")
        .icon(icons::ADD)
        .show(ui)
        .clicked()
    {
        params.segments.push(SegmentSet {
            condition: Some(String::new()),
            ..SegmentSet::default()
        });
    }
}

/// What the bootstrap draws, and with blocks their column.
fn resampling(ui: &mut Ui, resampling: &mut Resampling, problems: &Problems, known: &Known<'_>) {
    let mut kind = match resampling {
        Resampling::Automatic => 0,
        Resampling::Rows => 1,
        Resampling::Stratified => 2,
        Resampling::Blocks(_) => 3,
    };
    cell(ui, 200.0, |ui| {
        let kinds = [
            "By the schema",
            "Single rows",
            "Rows by class",
            "Blocks of rows",
        ];
        let field = Field::new("Resamples draw").help(
            "By the schema: blocks where a column has the role “group”, else single rows. Rows by class: as many of each as there \
             are. Blocks: rows that belong together stay together, and intervals get as wide as they should",
        );
        if field.width(188.0).choice(ui, &mut kind, &kinds).changed() {
            *resampling = match kind {
                0 => Resampling::Automatic,
                1 => Resampling::Rows,
                2 => Resampling::Stratified,
                _ => Resampling::Blocks(String::new()),
            };
        }
    });
    if let Resampling::Blocks(name) = resampling {
        cell(ui, 150.0, |ui| {
            let field = Field::new("Blocks of")
                .problem(problems.at("steps.evaluate.resampling.blocks"))
                .help("Rows with one value of it are a block; of moments, one day");
            column(ui, field, name, known, false);
        });
    }
}

fn segment(
    ui: &mut Ui,
    set: &mut SegmentSet,
    (position, problems): (usize, &Problems),
    known: &Known<'_>,
) -> bool {
    let path = format!("steps.evaluate.segments[{position}]");
    let mut is_removed = false;
    ui.horizontal_top(|ui| {
        if let Some(condition) = &mut set.condition {
            cell(ui, 420.0, |ui| {
                _ = Field::new("Condition in SQL's syntax")
                    .problem(problems.at(&format!("{path}.where")))
                    .hint("hour between 17 and 20")
                    .text(ui, condition);
            });
            cell(ui, 200.0, |ui| {
                let mut name = set.name.clone().unwrap_or_default();
                _ = Field::new("Name").hint("the condition").text(ui, &mut name);
                set.name = Some(name).filter(|name| !name.is_empty());
            });
        } else {
            by_columns(ui, set, &path, problems, known);
        }
        ui.with_layout(Layout::right_to_left(Align::TOP), |ui| {
            is_removed =
                Button::icon_only(icons::DELETE, format!("Remove segments {}", position + 1))
                    .show(ui)
                    .clicked();
        });
    });
    is_removed
}

fn by_columns(
    ui: &mut Ui,
    set: &mut SegmentSet,
    path: &str,
    problems: &Problems,
    known: &Known<'_>,
) {
    cell(ui, 150.0, |ui| {
        let mut name = set.columns.first().cloned().unwrap_or_default();
        column(
            ui,
            Field::new("Column").problem(problems.at(&format!("{path}.columns"))),
            &mut name,
            known,
            false,
        );
        match set.columns.first_mut() {
            Some(first) => *first = name,
            None if !name.is_empty() => set.columns.push(name),
            None => (),
        }
    });
    cell(ui, 150.0, |ui| {
        let mut name = set.columns.get(1).cloned().unwrap_or_default();
        column(ui, Field::new("Crossed with"), &mut name, known, true);
        set_other(&mut set.columns, 1, name);
    });
    if set.columns.len() > 1 {
        cell(ui, 150.0, |ui| {
            let mut name = set.columns.get(2).cloned().unwrap_or_default();
            column(ui, Field::new("And with"), &mut name, known, true);
            set_other(&mut set.columns, 2, name);
        });
    }
    cell(ui, 250.0, |ui| {
        bins(ui, &mut set.bins, problems.at(&format!("{path}.bins")))
    });
    cell(ui, 100.0, |ui| match &mut set.bins {
        Bins::Quantile(n) | Bins::Width(n) => {
            _ = Field::new("Bins").width(72.0).number(ui, n, 2..=100)
        }
        Bins::Edges(edges) => numbers(ui, "Inner edges", edges),
    });
}

/// Sets the column at a place behind the first one; without a name, all from there on are taken out.
fn set_other(columns: &mut Vec<String>, place: usize, name: String) {
    if columns.get(place) != Some(&name) && columns.len() >= place {
        columns.truncate(place);
        columns.extend((!name.is_empty()).then_some(name));
    }
}

fn column(ui: &mut Ui, field: Field<'_>, name: &mut String, known: &Known<'_>, can_be_none: bool) {
    let field = field.width(138.0);
    if known.columns().is_empty() {
        field.text(ui, name);
        return;
    }
    let columns = known
        .columns()
        .iter()
        .filter(|c| c.role.exists_when_serving());
    let mut options: Vec<(String, String)> =
        columns.map(|c| (c.name.clone(), c.name.clone())).collect();
    if can_be_none {
        options.insert(0, (String::new(), "nothing".to_owned()));
    }
    if options.iter().all(|(option, _)| option != name) {
        options.insert(0, (name.clone(), name.clone()));
    }
    choose(ui, field, name, &options);
}

fn bins(ui: &mut Ui, bins: &mut Bins, problem: Option<&str>) {
    let mut kind = match bins {
        Bins::Quantile(_) => 0,
        Bins::Width(_) => 1,
        Bins::Edges(_) => 2,
    };
    let n = match bins {
        Bins::Quantile(n) | Bins::Width(n) => *n,
        Bins::Edges(edges) => edges.len() as u32 + 1,
    };
    let field = Field::new("Numbers are cut")
        .problem(problem)
        .help("Into bins of equally many rows, of equal width, or at edges");
    if field
        .segments(ui, &mut kind, &["Equal rows", "Equal width", "Edges"])
        .changed()
    {
        *bins = match kind {
            0 => Bins::Quantile(n.max(2)),
            1 => Bins::Width(n.max(2)),
            _ => Bins::Edges(Vec::new()),
        };
    }
}

/// Several numbers in one line. What is typed is kept as it is until it means other numbers.
fn numbers(ui: &mut Ui, label: &str, values: &mut Vec<f64>) {
    let id: Id = ui.scope_id().with(label);
    let parse = |text: &str| -> Option<Vec<f64>> {
        let words = text.split([',', ' ', ';']).filter(|w| !w.is_empty());
        words
            .map(|w| w.parse::<f64>().ok().filter(|x| x.is_finite()))
            .collect()
    };
    let kept = ui.data(|data| data.get_temp::<String>(id));
    let mut text = kept
        .filter(|t| parse(t).is_none_or(|typed| typed == *values))
        .unwrap_or_else(|| {
            let words: Vec<String> = values.iter().map(f64::to_string).collect();
            words.join(", ")
        });
    let typed = parse(&text);
    let problem = typed.is_none().then_some("numbers with commas between");
    if Field::new(label)
        .hint("10, 20, 30")
        .problem(problem)
        .width(92.0)
        .text(ui, &mut text)
        .changed()
    {
        if let Some(typed) = parse(&text) {
            *values = typed;
        }
        ui.data_mut(|data| data.insert_temp(id, text));
    }
}

pub(super) fn validate_model(
    ui: &mut Ui,
    params: &mut Option<ValidateModelParams>,
    problems: &Problems,
    known: &Known<'_>,
) {
    optional(
        ui,
        "Model gate",
        "Without it, every candidate is promoted",
        params,
    );
    let Some(params) = params else {
        explain(
            ui,
            "The pipeline has no model gate: every candidate goes on.",
        );
        return;
    };
    let task = known.task.unwrap_or(Task::Binary);
    complaint(ui, problems.at("steps.validate-model.checks"));
    if params.checks.is_empty() {
        let tokens = Tokens::of(ui);
        ui.label(Type::Strong.rich("Default checks", tokens.text_strong));
        for check in draft::default_checks(task) {
            explain(ui, &format!("· {}", sentence(&check)));
        }
    }
    let mut removed = None;
    for (position, one) in params.checks.iter_mut().enumerate() {
        ui.push_id(("check", position), |ui| {
            card(ui, |ui| {
                if check(ui, one, (position, problems), known) {
                    removed = Some(position);
                }
            });
        });
        ui.add_space(space::S);
    }
    if let Some(position) = removed {
        params.checks.remove(position);
    }
    ui.horizontal(|ui| {
        let defaults = draft::default_checks(task);
        if params.checks.is_empty()
            && Button::new("Write the default checks out")
                .icon(icons::EDIT)
                .show(ui)
                .clicked()
        {
            params.checks = defaults;
        } else if Button::new("Add a check")
            .icon(icons::ADD)
            .show(ui)
            .clicked()
        {
            params.checks.extend(defaults.into_iter().nth(1));
        }
    });
}

/// A check in words.
fn sentence(check: &GateCheck) -> String {
    let metric = check.scope.titled(check.metric);
    let place = match check.scope {
        Scope::Overall => "overall",
        Scope::Segments => "in each segment",
        Scope::Spread | Scope::Deviation => "between segments",
    };
    let place = match &check.only {
        Some(only) if check.scope == Scope::Segments => &format!("in {only}"),
        Some(only) => &format!("between segments of {only}"),
        None => place,
    };
    let size = match check.change {
        Change::Absolute => check.threshold.abs().to_string(),
        Change::Relative => number::percent(check.threshold.abs()),
    };
    let other = match check.against {
        Against::Value => return format!("{metric} {place} reaches {size}"),
        Against::Production => "production",
        Against::Baseline => "the baseline",
    };
    let doubt = match check.decide_by {
        DecideBy::Point => "",
        DecideBy::Interval => " beyond doubt",
    };
    if check.threshold < 0.0 {
        format!("{metric} {place} is better than {other} by at least {size}")
    } else if check.threshold == 0.0 {
        format!("{metric} {place} is not worse than {other}{doubt}")
    } else {
        format!("{metric} {place} is not worse than {other} by more than {size}{doubt}")
    }
}

fn check(
    ui: &mut Ui,
    check: &mut GateCheck,
    (position, problems): (usize, &Problems),
    known: &Known<'_>,
) -> bool {
    let path = format!("steps.validate-model.checks[{position}]");
    let at = |field: &str| problems.at(&format!("{path}.{field}"));
    let mut is_removed = false;
    ui.horizontal(|ui| {
        let ink = Tokens::of(ui).text_strong;
        ui.label(Type::Medium.rich(sentence(check), ink));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            is_removed = Button::icon_only(icons::DELETE, format!("Remove check {}", position + 1))
                .show(ui)
                .clicked();
        });
    });
    flow(ui, |ui| {
        cell(ui, 160.0, |ui| {
            let mut options: Vec<_> = known
                .metrics()
                .into_iter()
                .map(|m| (m, m.title().to_owned()))
                .collect();
            if options.iter().all(|(m, _)| *m != check.metric) {
                options.insert(0, (check.metric, check.metric.title().to_owned()));
            }
            choose(
                ui,
                Field::new("Metric").problem(at("metric")).width(148.0),
                &mut check.metric,
                &options,
            );
        });
        cell(ui, 320.0, |ui| {
            let options = [
                (Scope::Overall, "Overall"),
                (Scope::Segments, "Segments"),
                (Scope::Spread, "Spread"),
                (Scope::Deviation, "Deviation"),
            ];
            let field = Field::new("Where").problem(at("scope")).help(
                "Spread and deviation: how far the segments of a set lie apart, by the largest less the smallest or the standard \
                 deviation",
            );
            pick(ui, field, &mut check.scope, &options);
        });
        if check.scope != Scope::Overall {
            cell(ui, 160.0, |ui| {
                let mut name = check.only.clone().unwrap_or_default();
                _ = Field::new("Only")
                    .hint("all segments")
                    .help("The name of a segment or of a set: carrier = B6, or carrier")
                    .problem(at("only"))
                    .width(148.0)
                    .text(ui, &mut name);
                check.only = Some(name).filter(|name| !name.is_empty());
            });
        }
        cell(ui, 250.0, |ui| {
            let options = [
                (Against::Production, "Production"),
                (Against::Baseline, "Baseline"),
                (Against::Value, "Value"),
            ];
            pick(
                ui,
                Field::new("Against").problem(at("against")),
                &mut check.against,
                &options,
            );
        });
        cell(ui, 140.0, |ui| {
            Field::new("Threshold")
                .help("Against a model: how much worse is allowed; negative asks for an improvement. Against a value: the bound")
                .problem(at("threshold"))
                .number(ui, &mut check.threshold, -1e6..=1e6);
        });
        cell(ui, 190.0, |ui| {
            let options = [
                (Change::Absolute, "In its units"),
                (Change::Relative, "As a share"),
            ];
            let field = Field::new("Threshold is").problem(at("change")).help(
                "As a share: (candidate − other) ÷ |other|. Where the other is nearer to zero than 1e-12 there is no share, and any \
                 change counts as without bound",
            );
            pick(ui, field, &mut check.change, &options);
        });
        cell(ui, 170.0, |ui| {
            let options = [(DecideBy::Point, "Value"), (DecideBy::Interval, "Interval")];
            let field = Field::new("Decided by")
                .help("Interval: fails only beyond doubt")
                .problem(at("decide_by"));
            pick(ui, field, &mut check.decide_by, &options);
        });
        cell(ui, 120.0, |ui| {
            Field::new("Fewest rows")
                .problem(at("min_rows"))
                .width(108.0)
                .number(ui, &mut check.min_rows, 1..=1_000_000);
        });
    });
    is_removed
}

pub(super) fn push(ui: &mut Ui, params: &mut Option<PushParams>, problems: &Problems) {
    optional(
        ui,
        "Push",
        "Without it, the pipeline ends with the comparison",
        params,
    );
    if let Some(params) = params {
        Field::new("Automatic")
            .help("Otherwise a blessed model is registered and waits for a person")
            .problem(problems.at("steps.push.automatic"))
            .toggle(ui, &mut params.automatic);
    } else {
        explain(ui, "The pipeline promotes nothing.");
    }
}
