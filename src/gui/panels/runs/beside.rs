//! Runs beside each other: what they have in common and where they differ, as a table, as parallel coordinates over all listed
//! runs, and as a scatter of any two quantities.

use super::columns::{Key, Value};
use crate::domain::ids::{Millis, RunId};
use crate::domain::ledger::{Ledger, RunLine};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::chart::ChartFrame;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::number;
use crate::gui::widgets::parallel::{Parallel, ParallelAxis};
use crate::gui::widgets::scatter::{Scatter, ScatterSeries};
use crate::gui::widgets::state;
use crate::gui::widgets::table::{Column, Table};
use eframe::egui::Ui;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Axes of the parallel coordinates, at most.
const MAX_AXES: usize = 8;
/// Words that an axis can have.
const MAX_WORDS: usize = 12;
/// Runs that the charts show, the first of those that are listed.
const MAX_DRAWN: usize = 10_000;

/// What is chosen on the page.
#[derive(Debug)]
pub(super) struct Beside {
    only_differences: bool,
    scatter: [Option<Key>; 2],
    drawn: Option<Drawn>,
}

impl Default for Beside {
    fn default() -> Self {
        Self {
            only_differences: true,
            scatter: [None, None],
            drawn: None,
        }
    }
}

/// The charts, until the runs change.
#[derive(Debug)]
struct Drawn {
    of: Arc<Ledger>,
    order: Vec<usize>,
    compared: BTreeSet<RunId>,
    /// Quantities that differ from run to run.
    quantities: Vec<Key>,
    parallel: Parallel,
    chosen: [Option<Key>; 2],
    /// The points, and the row of each in each series.
    scatter: Option<(Scatter, Vec<Vec<usize>>)>,
}

impl Beside {
    /// Shows the page.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        (ledger, order): (&Arc<Ledger>, &[usize]),
        compared: &BTreeSet<RunId>,
        context: &mut PanelContext<'_>,
    ) {
        let lines: Vec<&RunLine> = compared
            .iter()
            .rev()
            .filter_map(|id| ledger.line(*id))
            .collect();
        if lines.len() < 2 {
            let text = "Tick runs in the list; here they stand beside each other, with what differs marked.";
            state::empty(
                ui,
                icons::COMPARE,
                "Fewer than two runs are ticked",
                text,
                None,
            );
        } else {
            self.table(ui, ledger, &lines, context.now);
        }
        ui.add_space(space::M);
        self.charts(ui, (ledger, order), compared, context);
    }

    fn table(&mut self, ui: &mut Ui, ledger: &Ledger, lines: &[&RunLine], now: Millis) {
        let title = format!("{} runs beside each other", lines.len());
        card(ui, |ui| {
            section(ui, &title, |ui| {
                ui.checkbox(&mut self.only_differences, "Only what differs");
            });
            let rows: Vec<(Key, Vec<String>, bool)> = Key::all(ledger)
                .into_iter()
                .filter(|key| *key != Key::Run)
                .map(|key| {
                    let words: Vec<String> = lines.iter().map(|l| key.words(l, now)).collect();
                    let differs = words.windows(2).any(|pair| pair[0] != pair[1]);
                    (key, words, differs)
                })
                .filter(|(_, words, differs)| {
                    let is_known = words.iter().any(|w| w != number::MISSING);
                    is_known && (*differs || !self.only_differences)
                })
                .collect();
            let n_differing = rows.iter().filter(|(.., differs)| *differs).count();
            let text = match n_differing {
                0 => "They differ in nothing that is recorded.".to_owned(),
                n => format!("{} differ.", number::counted(n as u64, "line", "lines")),
            };
            ui.label(Type::Small.rich(text, Tokens::of(ui).text_weak));
            let mut columns = vec![Column::text("").width(220.0).sortable(false)];
            columns.extend(lines.iter().map(|line| {
                let title = format!("Run {}", line.id);
                Column::number(title).width(176.0).sortable(false)
            }));
            let table =
                Table::new("Runs beside each other", &columns, rows.len()).max_height(420.0);
            table.show(ui, |cell, row, column| {
                let (key, words, differs) = &rows[row];
                match column.checked_sub(1) {
                    None => cell.weak(key.title()),
                    Some(at) if *differs && words[at] != words[0] => {
                        cell.toned(&words[at], Tone::Accent);
                    }
                    Some(at) => cell.text(&words[at]),
                }
            });
        });
    }

    fn charts(
        &mut self,
        ui: &mut Ui,
        (ledger, order): (&Arc<Ledger>, &[usize]),
        compared: &BTreeSet<RunId>,
        context: &mut PanelContext<'_>,
    ) {
        let order = &order[..order.len().min(MAX_DRAWN)];
        let is_same = |drawn: &Drawn| {
            Arc::ptr_eq(&drawn.of, ledger) && drawn.order == order && drawn.compared == *compared
        };
        if !self.drawn.as_ref().is_some_and(is_same) {
            self.drawn = Some(Drawn::of(ledger, order, compared, context.now));
        }
        let Some(drawn) = &mut self.drawn else { return };
        if drawn.parallel.axes.len() < 2 {
            let weak = Tokens::of(ui).text_weak;
            let text =
                "The listed runs differ in fewer than two quantities, so there is nothing to draw.";
            ui.label(Type::Body.rich(text, weak));
            return;
        }
        let title = format!(
            "{} as listed: parameters and metrics",
            number::counted(order.len() as u64, "run", "runs")
        );
        let shown = ChartFrame::new(&title)
            .height(260.0)
            .show(ui, &drawn.parallel);
        let mut hit = answer::hit_of(context, shown);
        ui.add_space(space::M);
        drawn.choose(ui, &mut self.scatter);
        if let Some((scatter, rows)) = drawn.scatter(&self.scatter, context.now) {
            let shown = ChartFrame::new("Runs by two quantities")
                .height(280.0)
                .show(ui, scatter);
            let point = answer::hit_of(context, shown);
            hit = hit.or(point.and_then(|(series, point)| rows.get(series)?.get(point).copied()));
        }
        if let Some(at) = hit.and_then(|row| order.get(row)) {
            context.selection.run = Some(ledger.lines[*at].id);
            context.selection.step = None;
        }
    }
}

impl Drawn {
    fn of(ledger: &Arc<Ledger>, order: &[usize], compared: &BTreeSet<RunId>, now: Millis) -> Self {
        let lines: Vec<&RunLine> = order.iter().map(|at| &ledger.lines[*at]).collect();
        let keys: Vec<Key> = Key::all(ledger)
            .into_iter()
            .filter(|key| is_drawable(key, &lines, now))
            .collect();
        let is_quantity = |key: &&Key| axis(key, &lines, now).words.is_empty();
        let mut quantities: Vec<Key> = keys.iter().filter(is_quantity).cloned().collect();
        // What came out says more than what went in.
        quantities.sort_by_key(|key| !matches!(key, Key::Metric(_)));
        let axes = keys.iter().take(MAX_AXES);
        let axes: Vec<(&Key, ParallelAxis)> =
            axes.map(|key| (key, axis(key, &lines, now))).collect();
        let values = lines
            .iter()
            .map(|line| {
                axes.iter()
                    .map(|(key, axis)| place_on(key, line, axis, now))
                    .collect()
            })
            .collect();
        let marked = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| compared.contains(&line.id))
            .enumerate()
            .map(|(number, (row, _))| (row, Tone::Series(number + 1)))
            .collect();
        let parallel = Parallel {
            names: lines
                .iter()
                .map(|line| format!("Run {}", line.id))
                .collect(),
            axes: axes.into_iter().map(|(_, axis)| axis).collect(),
            values,
            marked,
        };
        Self {
            of: Arc::clone(ledger),
            order: order.to_vec(),
            compared: compared.clone(),
            quantities,
            parallel,
            chosen: [None, None],
            scatter: None,
        }
    }

    /// The fields for the two quantities; the first two that there are where nobody has chosen.
    fn choose(&self, ui: &mut Ui, chosen: &mut [Option<Key>; 2]) {
        let names: Vec<&str> = self.quantities.iter().map(Key::title).collect();
        let place = |key: &Option<Key>, otherwise: usize| {
            let known = key
                .as_ref()
                .and_then(|k| self.quantities.iter().position(|one| one == k));
            known.unwrap_or(otherwise.min(self.quantities.len().saturating_sub(1)))
        };
        ui.horizontal(|ui| {
            for (label, axis) in [("Across", 0), ("Up", 1)] {
                let mut at = place(&chosen[axis], axis);
                ui.vertical(|ui| Field::new(label).width(220.0).choice(ui, &mut at, &names));
                chosen[axis] = self.quantities.get(at).cloned();
                ui.add_space(space::M);
            }
        });
    }

    fn scatter(
        &mut self,
        chosen: &[Option<Key>; 2],
        now: Millis,
    ) -> Option<&(Scatter, Vec<Vec<usize>>)> {
        if self.chosen != *chosen || self.scatter.is_none() {
            self.chosen = chosen.clone();
            self.scatter = self.make_scatter(chosen, now);
        }
        self.scatter.as_ref()
    }

    fn make_scatter(
        &self,
        chosen: &[Option<Key>; 2],
        now: Millis,
    ) -> Option<(Scatter, Vec<Vec<usize>>)> {
        let [Some(x), Some(y)] = chosen else {
            return None;
        };
        let lines: Vec<&RunLine> = self.order.iter().map(|at| &self.of.lines[*at]).collect();
        let axes = [axis(x, &lines, now), axis(y, &lines, now)];
        let mut parts =
            [("listed", Tone::Accent), ("ticked", Tone::Candidate)].map(|(name, tone)| {
                let series = ScatterSeries {
                    name: name.to_owned(),
                    tone,
                    ..ScatterSeries::default()
                };
                (series, Vec::new())
            });
        for (row, line) in lines.iter().enumerate() {
            let across = place_on(x, line, &axes[0], now);
            let (Some(across), Some(up)) = (across, place_on(y, line, &axes[1], now)) else {
                continue;
            };
            let (series, rows) = &mut parts[usize::from(self.compared.contains(&line.id))];
            series.points.push([across, up]);
            series.names.push(format!("Run {}", line.id));
            rows.push(row);
        }
        let parts = parts.into_iter().filter(|(_, rows)| !rows.is_empty());
        let (series, rows) = parts.unzip();
        let scatter = Scatter {
            series,
            x_label: x.title().to_owned(),
            y_label: y.title().to_owned(),
            ..Scatter::default()
        };
        Some((scatter, rows))
    }
}

/// Where a run stands on an axis: its number, or the place of its word.
fn place_on(key: &Key, line: &RunLine, axis: &ParallelAxis, now: Millis) -> Option<f64> {
    match key.value(line, now) {
        Value::Missing => None,
        Value::Number(value) => Some(value),
        Value::Text(text) => axis
            .words
            .iter()
            .position(|w| *w == text)
            .map(|at| at as f64),
    }
}

/// Whether a column tells runs apart in a picture: quantities that differ, or a few words.
fn is_drawable(key: &Key, lines: &[&RunLine], now: Millis) -> bool {
    if matches!(
        key,
        Key::Run | Key::Note | Key::Started | Key::Cached | Key::Promoted
    ) {
        return false;
    }
    let mut first: Option<Value> = None;
    let mut differs = false;
    let mut words = BTreeSet::new();
    for line in lines {
        let value = key.value(line, now);
        match &value {
            Value::Missing => continue,
            Value::Text(text) => _ = words.insert(text.clone()),
            Value::Number(_) => {}
        }
        if words.len() > MAX_WORDS {
            return false;
        }
        differs |= first.get_or_insert_with(|| value.clone()) != &value;
    }
    differs
}

fn axis(key: &Key, lines: &[&RunLine], now: Millis) -> ParallelAxis {
    let word = |line: &&RunLine| match key.value(line, now) {
        Value::Text(text) => Some(text),
        Value::Missing | Value::Number(_) => None,
    };
    let words: BTreeSet<String> = lines.iter().filter_map(word).collect();
    ParallelAxis {
        name: key.title().to_owned(),
        words: words.into_iter().collect(),
    }
}
