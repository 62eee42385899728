//! The form of training: what chooses, and the candidates with the parameters of their algorithms.

use super::super::draft::Problems;
use super::data::complaint;
use super::{Known, cell, choose, explain, flow, pick};
use crate::domain::Scalar;
use crate::domain::algorithm::{AlgorithmInfo, ParamInfo, ParamRange, Params};
use crate::domain::pipeline::{Candidate, SearchMethod, SearchParams, TrainParams, TrainStart};
use crate::gui::action::{Action, Purpose};
use crate::gui::icons;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::{button::Button, card::card, field::Field};
use eframe::egui::{self, Align, Layout, Ui};

pub(super) fn train(
    ui: &mut Ui,
    params: &mut TrainParams,
    problems: &Problems,
    known: &Known<'_>,
    actions: &mut Vec<Action>,
) {
    flow(ui, |ui| {
        cell(ui, 260.0, |ui| {
            let field = Field::new("Training starts")
                .help("With validation: both at the same time, and training is canceled when the gate says STOP")
                .problem(problems.at("steps.train.start"));
            let options = [
                (TrainStart::WithValidation, "With validation"),
                (TrainStart::AfterValidation, "After it"),
            ];
            pick(ui, field, &mut params.start, &options);
        });
        cell(ui, 120.0, |ui| {
            Field::new("Folds")
                .help("Parts of the cross-validation: each is held out once")
                .problem(problems.at("steps.train.folds"))
                .number(ui, &mut params.folds, 2..=50);
        });
        cell(ui, 240.0, |ui| {
            let mut options = vec![(None, "Usual (log loss or RMSE)".to_owned())];
            options.extend(
                known
                    .metrics()
                    .into_iter()
                    .map(|m| (Some(m), m.title().to_owned())),
            );
            let field = Field::new("Metric that chooses")
                .problem(problems.at("steps.train.metric"))
                .width(220.0);
            choose(ui, field, &mut params.metric, &options);
        });
    });
    ui.add_space(space::M);
    exclude(ui, params, problems, known);
    ui.add_space(space::M);
    candidates(ui, params, problems, known);
    ui.add_space(space::S);
    import(ui, known, actions);
    ui.add_space(space::M);
    search(ui, params, problems, known);
}

/// The way in for models that another program fitted. The engine writes pipeline.toml, so that changes here must be saved first.
fn import(ui: &mut Ui, known: &Known<'_>, actions: &mut Vec<Action>) {
    let against = known
        .has_changed
        .then_some("Save or discard the changes first");
    let button = Button::new("Import a model (ONNX)…")
        .icon(icons::OPEN)
        .tooltip(
            "A model that another program fitted, for example scikit-learn; it becomes a candidate",
        )
        .unless(against);
    if button.show(ui).clicked() {
        actions.push(Action::Pick(Purpose::Model));
    }
}

fn exclude(ui: &mut Ui, params: &mut TrainParams, problems: &Problems, known: &Known<'_>) {
    let mut names: Vec<String> = known
        .columns()
        .iter()
        .filter(|c| c.role.is_input())
        .map(|c| c.name.clone())
        .collect();
    names.extend(
        params
            .exclude
            .iter()
            .filter(|n| !names.contains(n))
            .cloned()
            .collect::<Vec<_>>(),
    );
    if names.is_empty() {
        return;
    }
    let mut chosen: Vec<bool> = names.iter().map(|n| params.exclude.contains(n)).collect();
    let field =
        Field::new("Columns that no candidate may see").problem(problems.at("steps.train.exclude"));
    if field.chips(ui, &mut chosen, &names).changed() {
        params.exclude = names
            .into_iter()
            .zip(chosen)
            .filter_map(|(name, is_on)| is_on.then_some(name))
            .collect();
    }
}

fn candidates(ui: &mut Ui, params: &mut TrainParams, problems: &Problems, known: &Known<'_>) {
    let tokens = Tokens::of(ui);
    ui.label(Type::Strong.rich("Candidates", tokens.text_strong));
    complaint(ui, problems.at("steps.train.candidates"));
    if params.candidates.is_empty() {
        explain(ui, "No candidate yet: only the baseline would be trained.");
    }
    let mut removed = None;
    for (position, candidate) in params.candidates.iter_mut().enumerate() {
        ui.push_id(("candidate", position), |ui| {
            card(ui, |ui| {
                if one(ui, candidate, (position, problems), known) {
                    removed = Some(position);
                }
            });
        });
        ui.add_space(space::S);
    }
    if let Some(position) = removed {
        params.candidates.remove(position);
    }
    let suitable = known
        .algorithms
        .iter()
        .find(|a| known.task.is_none_or(|t| a.tasks.contains(&t)));
    let against = suitable
        .is_none()
        .then_some("No algorithm can do this task");
    if Button::new("Add a candidate")
        .icon(icons::ADD)
        .unless(against)
        .show(ui)
        .clicked()
        && let Some(algorithm) = suitable
    {
        params.candidates.push(Candidate {
            name: unused(&algorithm.id, &params.candidates),
            ..Candidate::of(&algorithm.id)
        });
    }
}

/// The search for better parameters.
fn search(ui: &mut Ui, params: &mut TrainParams, problems: &Problems, known: &Known<'_>) {
    let mut is_on = params.search.is_some();
    let field = Field::new("Search for better parameters")
        .help("Tries settings of some algorithms; what it finds joins the candidates");
    if field.toggle(ui, &mut is_on).changed() {
        params.search = is_on.then(SearchParams::default);
    }
    let Some(search) = &mut params.search else {
        return;
    };
    ui.add_space(space::XS);
    flow(ui, |ui| {
        cell(ui, 300.0, |ui| {
            let field = Field::new("Settings are tried")
                .help("Halving: on a ninth of the rows first; the best third goes on to a third of them, and of these to all");
            let options = [
                (SearchMethod::Random, "At random"),
                (SearchMethod::Grid, "On a grid"),
                (SearchMethod::Halving, "By halving"),
            ];
            pick(ui, field, &mut search.method, &options);
        });
        cell(ui, 160.0, |ui| {
            Field::new("Settings of each algorithm")
                .problem(problems.at("steps.train.search.settings"))
                .number(ui, &mut search.settings, 1..=1000);
        });
        cell(ui, 160.0, |ui| {
            let mut seconds = search.seconds.unwrap_or(0);
            let field = Field::new("Seconds at most")
                .help("When they have passed, no further setting begins; 0 tries all of them")
                .problem(problems.at("steps.train.search.seconds"));
            if field.number(ui, &mut seconds, 0..=1_000_000).changed() {
                search.seconds = (seconds > 0).then_some(seconds);
            }
        });
    });
    let can_be_searched = |a: &&AlgorithmInfo| {
        known.task.is_none_or(|t| a.tasks.contains(&t))
            && a.params.iter().any(|p| p.tuning.is_some())
    };
    let suitable: Vec<&AlgorithmInfo> = known.algorithms.iter().filter(can_be_searched).collect();
    let titles: Vec<String> = suitable.iter().map(|a| a.title.clone()).collect();
    let is_chosen = |a: &&AlgorithmInfo| search.algorithms.contains(&a.id);
    let mut chosen: Vec<bool> = suitable.iter().map(is_chosen).collect();
    let field = Field::new("Algorithms (none chosen: boosting and the linear one)")
        .problem(problems.at("steps.train.search.algorithms"));
    if field.chips(ui, &mut chosen, &titles).changed() {
        let ids = suitable.iter().zip(chosen).filter(|(_, is_on)| *is_on);
        search.algorithms = ids.map(|(a, _)| a.id.clone()).collect();
    }
}

/// A name that no candidate has.
fn unused(wanted: &str, candidates: &[Candidate]) -> String {
    let is_free = |name: &String| candidates.iter().all(|c| c.name != *name);
    std::iter::once(wanted.to_owned())
        .chain((2..).map(|n| format!("{wanted}-{n}")))
        .find(is_free)
        .unwrap_or_default()
}

/// The form of one candidate; true when it is to be removed.
fn one(
    ui: &mut Ui,
    candidate: &mut Candidate,
    (position, problems): (usize, &Problems),
    known: &Known<'_>,
) -> bool {
    let path = format!("steps.train.candidates[{position}]");
    let at = |field: &str| problems.at(&format!("{path}.{field}"));
    let info = known
        .algorithms
        .iter()
        .find(|a| a.id == candidate.algorithm);
    let mut is_removed = false;
    ui.horizontal_top(|ui| {
        cell(ui, 200.0, |ui| {
            Field::new("Name")
                .problem(at("name"))
                .width(184.0)
                .text(ui, &mut candidate.name)
        });
        cell(ui, 240.0, |ui| {
            algorithm(ui, candidate, at("algorithm"), known)
        });
        ui.with_layout(Layout::right_to_left(Align::TOP), |ui| {
            is_removed = Button::icon_only(icons::DELETE, format!("Remove {}", candidate.name))
                .show(ui)
                .clicked();
        });
    });
    let Some(info) = info else { return is_removed };
    let weak = Tokens::of(ui).text_weak;
    let about = format!("{} ({})", info.help, info.made_of);
    ui.add(egui::Label::new(Type::Small.rich(about, weak)).wrap());
    complaint(ui, unknown(&candidate.params, info).as_deref());
    if info.params.is_empty() {
        return is_removed;
    }
    ui.add_space(space::XS);
    flow(ui, |ui| {
        for param in &info.params {
            let problem = problems.at(&format!("{path}.params.{}", param.name));
            let is_text = param.range == ParamRange::Text;
            let width = if is_text { 340.0 } else { 160.0 };
            cell(ui, width, |ui| {
                value(ui, &mut candidate.params, param, problem)
            });
        }
    });
    is_removed
}

/// Parameters of the file that the algorithm does not have: no field can show them.
fn unknown(params: &Params, info: &AlgorithmInfo) -> Option<String> {
    let names: Vec<&str> = params
        .keys()
        .filter(|name| info.params.iter().all(|p| p.name != **name))
        .map(String::as_str)
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "{} has no parameter {}; choose it again to drop it",
            info.title,
            names.join(", ")
        )
    })
}

fn algorithm(ui: &mut Ui, candidate: &mut Candidate, problem: Option<&str>, known: &Known<'_>) {
    let suits = |a: &&AlgorithmInfo| {
        a.id == candidate.algorithm || known.task.is_none_or(|t| a.tasks.contains(&t))
    };
    let mut options: Vec<(String, String)> = known
        .algorithms
        .iter()
        .filter(suits)
        .map(|a| (a.id.clone(), a.title.clone()))
        .collect();
    if options.iter().all(|(id, _)| *id != candidate.algorithm) {
        options.insert(
            0,
            (candidate.algorithm.clone(), candidate.algorithm.clone()),
        );
    }
    let before = candidate.algorithm.clone();
    choose(
        ui,
        Field::new("Algorithm").problem(problem).width(224.0),
        &mut candidate.algorithm,
        &options,
    );
    if candidate.algorithm != before {
        // What another algorithm calls the same may mean something else.
        candidate.params.clear();
        if candidate.name == before {
            candidate.name.clone_from(&candidate.algorithm);
        }
    }
}

/// One parameter; a value that is the default is not written down.
fn value(ui: &mut Ui, params: &mut Params, info: &ParamInfo, problem: Option<&str>) {
    let current = params.get(&info.name).unwrap_or(&info.default).clone();
    let is_text = info.range == ParamRange::Text;
    let field = Field::new(&info.title)
        .help(&info.help)
        .problem(problem)
        .width(if is_text { 328.0 } else { 148.0 });
    let changed = match &info.range {
        ParamRange::Int { min, max } => {
            let mut number = current.as_i64().unwrap_or(*min);
            field
                .number(ui, &mut number, *min..=*max)
                .changed()
                .then_some(Scalar::Int(number))
        }
        ParamRange::Float { min, max } => {
            let mut number = current.as_f64().unwrap_or(*min);
            field
                .number(ui, &mut number, *min..=*max)
                .changed()
                .then_some(Scalar::Float(number))
        }
        ParamRange::Bool => {
            let mut is_on = current.as_bool().unwrap_or_default();
            field
                .toggle(ui, &mut is_on)
                .changed()
                .then_some(Scalar::Bool(is_on))
        }
        ParamRange::Text => {
            let mut text = current.as_str().unwrap_or_default().to_owned();
            field
                .text(ui, &mut text)
                .changed()
                .then_some(Scalar::Text(text))
        }
        ParamRange::Choice(options) => {
            let mut at = options
                .iter()
                .position(|o| Some(o.as_str()) == current.as_str())
                .unwrap_or(usize::MAX);
            let has_changed = field.choice(ui, &mut at, options).changed();
            options
                .get(at)
                .filter(|_| has_changed)
                .map(|o| Scalar::Text(o.clone()))
        }
    };
    match changed {
        Some(value) if value == info.default => _ = params.remove(&info.name),
        Some(value) => _ = params.insert(info.name.clone(), value),
        None => (),
    }
}
