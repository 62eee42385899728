//! What a person may choose column by column: the role, and how its values become inputs.

use super::super::draft::Problems;
use super::{Known, cell, choose, explain, flow};
use crate::domain::pipeline::{SchemaParams, TransformParams};
use crate::domain::preparation::Preparation;
use crate::domain::schema::Role;
use crate::gui::theme::{Tokens, Type};
use crate::gui::widgets::field::Field;
use eframe::egui::{self, Ui};
use std::collections::BTreeMap;

const AFTER_A_RUN: &str =
    "The columns are known after the first run; then a choice can be made for each of them here.";

pub(super) fn roles(
    ui: &mut Ui,
    params: &mut SchemaParams,
    problems: &Problems,
    known: &Known<'_>,
) {
    heading(ui, "Roles of columns");
    let mut columns: Vec<String> = known.columns().iter().map(|c| c.name.clone()).collect();
    add_unknown(&mut columns, &params.roles, known);
    if columns.is_empty() {
        explain(ui, AFTER_A_RUN);
        return;
    }
    explain(
        ui,
        "Give a role only where it is not to be guessed. A column that leaks is known only after the fact.",
    );
    columns.retain(|name| *name != params.target);
    let options = |name: &str| {
        let inferred = known.schema.and_then(|s| s.column(name)).map(|c| c.role);
        let guess = inferred.map_or_else(
            || "as inferred".to_owned(),
            |r| format!("as inferred ({})", r.title()),
        );
        let roles = Role::ALL.into_iter().filter(|r| *r != Role::Target);
        let roles = roles.map(|r| (Some(r), r.title().to_owned()));
        [(None, guess)].into_iter().chain(roles).collect()
    };
    let problem_at = |name: &str| problems.at(&format!("steps.schema.roles.{name}"));
    choices(
        ui,
        "roles",
        &columns,
        &mut params.roles,
        options,
        problem_at,
    );
}

pub(super) fn preparations(
    ui: &mut Ui,
    params: &mut TransformParams,
    problems: &Problems,
    known: &Known<'_>,
) {
    heading(ui, "How columns become inputs");
    if known.columns().is_empty() && params.columns.is_empty() {
        explain(ui, AFTER_A_RUN);
        return;
    }
    explain(
        ui,
        "Numbers are scaled for linear models, and may go through a logarithm or become quantiles first: for a few that are \
         very large. Texts become categories, or the mean of the target: for many different ones. Missing numbers are replaced \
         by the median and marked, days and moments are taken apart, and categories that training did not see are “other”.",
    );
    let kinds = known.columns().iter();
    let offered = kinds.filter(|c| c.role.is_input() && !Preparation::of(c.kind).is_empty());
    let mut columns: Vec<String> = offered.map(|c| c.name.clone()).collect();
    add_unknown(&mut columns, &params.columns, known);
    let chosen = params.columns.clone();
    let options = |name: &str| {
        let spec = known.schema.and_then(|s| s.column(name));
        let possible = spec.map_or(&[][..], |c| Preparation::of(c.kind));
        let wanted = chosen.get(name);
        if let (true, Some(wanted)) = (possible.is_empty(), wanted) {
            let nothing = (None, "nothing: no such column".to_owned());
            return vec![nothing, (Some(*wanted), wanted.title().to_owned())];
        }
        let option = |(i, p): (usize, &Preparation)| {
            // What is done anyway is not written down, unless somebody wrote it.
            let is_silent = i == 0 && wanted != Some(p);
            ((!is_silent).then_some(*p), p.title().to_owned())
        };
        possible.iter().enumerate().map(option).collect()
    };
    let problem_at = |name: &str| problems.at(&format!("steps.transform.columns.{name}"));
    choices(
        ui,
        "preparations",
        &columns,
        &mut params.columns,
        options,
        problem_at,
    );
}

fn heading(ui: &mut Ui, text: &str) {
    let ink = Tokens::of(ui).text_strong;
    ui.label(Type::Strong.rich(text, ink));
}

/// Columns that something was chosen for and that the schema does not know.
fn add_unknown<T>(columns: &mut Vec<String>, chosen: &BTreeMap<String, T>, known: &Known<'_>) {
    let is_unknown = |name: &&String| known.schema.is_none_or(|s| s.column(name).is_none());
    columns.extend(chosen.keys().filter(is_unknown).cloned());
}

/// A field for each column; the first option chooses nothing.
fn choices<'p, T: Copy + PartialEq>(
    ui: &mut Ui,
    salt: &str,
    columns: &[String],
    chosen: &mut BTreeMap<String, T>,
    options: impl Fn(&str) -> Vec<(Option<T>, String)>,
    problem_at: impl Fn(&str) -> Option<&'p str>,
) {
    let scroll = egui::ScrollArea::vertical()
        .id_salt(salt)
        .max_height(300.0)
        .min_scrolled_height(300.0);
    scroll.auto_shrink([false, true]).show(ui, |ui| {
        flow(ui, |ui| {
            for name in columns {
                cell(ui, 196.0, |ui| {
                    let mut value = chosen.get(name).copied();
                    let before = value;
                    let field = Field::new(name).problem(problem_at(name)).width(180.0);
                    choose(ui, field, &mut value, &options(name));
                    match value {
                        Some(value) if before != Some(value) => {
                            _ = chosen.insert(name.clone(), value);
                        }
                        None if before.is_some() => _ = chosen.remove(name),
                        _ => (),
                    }
                });
            }
        });
    });
}
