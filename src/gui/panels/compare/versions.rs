//! Every registered version on the same test rows, in one table; any two of them can be compared in all the room's pages.

use super::pair::{Chosen, View, answered};
use crate::domain::metric::{Direction, Metric};
use crate::domain::registry::ModelVersion;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::prose::{fine_print, prose};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{number, side};
use crate::workspace::comparing::{CompareAnswer, CompareAsk, VersionLine, VersionOfRun};
use crate::workspace::explain::ModelRows;
use eframe::egui::{Ui, vec2};

/// The newest versions that are asked.
const N_VERSIONS: usize = 30;

/// What the page remembers.
#[derive(Default)]
pub(super) struct Versions {
    /// The versions that stand as candidate and as production.
    pair: [Option<u32>; 2],
}

impl Versions {
    /// The pair that somebody wants to see.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        view: &View<'_>,
    ) -> Option<Chosen> {
        let snapshot = view.shown.snapshot;
        let mut models: Vec<&ModelVersion> = snapshot.models.iter().collect();
        models.sort_by_key(|m| std::cmp::Reverse(m.version));
        models.truncate(N_VERSIONS);
        if models.is_empty() {
            prose(
                ui,
                "No version is registered yet: a run registers its candidate when it has evaluated it.",
            );
            return None;
        }
        let chosen = self.pickers(ui, view, &models);
        ui.add_space(space::XS);
        let asked: Vec<VersionOfRun> = models
            .iter()
            .map(|m| VersionOfRun {
                hash: m.hash.clone(),
                rows: ModelRows::of(snapshot, &m.hash),
            })
            .collect();
        let query = view.ask(CompareAsk::Versions(asked));
        let found = answer::worked_out(ui, context, &query, "what every version answers")?;
        let Some(CompareAnswer::Versions(lines)) = answered(&found) else {
            return chosen;
        };
        let metrics = Metric::of_task(view.shown.comparison.task);
        table(ui, &models, lines, metrics);
        ui.add_space(space::XS);
        let known = lines.iter().any(|l| l.n_trained_on.is_some_and(|n| n > 0));
        let text = if known {
            "A version that was trained on some of these rows looks better here than it is."
        } else {
            "All on the test rows of this run; none of the versions whose run is known was trained on any of them. The best of each \
             metric is marked."
        };
        fine_print(ui, text);
        chosen
    }

    fn pickers(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        models: &[&ModelVersion],
    ) -> Option<Chosen> {
        let titles: Vec<String> = models.iter().map(|m| title(m)).collect();
        let at = |version: Option<u32>, usual: usize| {
            let found = version.and_then(|v| models.iter().position(|m| m.version == v));
            found.unwrap_or(usual)
        };
        let in_production = models.iter().position(|m| m.is_production());
        let usual = in_production
            .filter(|at| *at > 0)
            .unwrap_or(models.len() - 1);
        let mut pair = [at(self.pair[0], 0), at(self.pair[1], usual)];
        let mut chosen = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::XS);
            for (which, label) in ["As the candidate", "Against"].into_iter().enumerate() {
                let field = Field::new(label).width(220.0);
                if field.choice(ui, &mut pair[which], &titles).changed() {
                    self.pair[which] = Some(models[pair[which]].version);
                }
            }
            side::beside_fields(ui, |ui| {
                let same = (pair[0] == pair[1]).then(|| "Choose two different versions".to_owned());
                let button = Button::new("Compare them")
                    .icon(icons::COMPARE)
                    .unless(same);
                if button.show(ui).clicked() {
                    chosen = Some(Chosen {
                        run: view.shown.run.id,
                        candidate: models[pair[0]].hash.clone(),
                        other: models[pair[1]].hash.clone(),
                    });
                }
            });
        });
        chosen
    }
}

/// "v3 · forest · production"
fn title(model: &ModelVersion) -> String {
    let aliases = model.aliases.join(", ");
    let aliases = if aliases.is_empty() {
        aliases
    } else {
        format!(" · {aliases}")
    };
    format!("v{} · {}{aliases}", model.version, model.algorithm)
}

fn value(line: &VersionLine, metric: Metric) -> Option<f64> {
    let metrics = line.metrics.as_ref().ok()?;
    metrics.iter().find(|m| m.metric == metric)?.value
}

/// The best of a metric over all versions.
fn best(lines: &[VersionLine], metric: Metric) -> Option<f64> {
    let values = lines.iter().filter_map(|l| value(l, metric));
    match metric.direction() {
        Direction::Higher => values.max_by(f64::total_cmp),
        Direction::Lower => values.min_by(f64::total_cmp),
        Direction::NearZero => values.min_by(|a, b| a.abs().total_cmp(&b.abs())),
    }
}

fn table(ui: &mut Ui, models: &[&ModelVersion], lines: &[VersionLine], metrics: &[Metric]) {
    let mut columns = vec![
        Column::text("Version").width(170.0).fill().sortable(false),
        Column::text("Run").width(44.0).sortable(false),
        Column::number("Trained on")
            .width(82.0)
            .help("How many of these rows it was trained on")
            .sortable(false),
    ];
    columns.extend(metrics.iter().map(|m| {
        let title = if *m == Metric::CalibrationError {
            "Calibration"
        } else {
            m.title()
        };
        let width = if title.len() > 9 { 94.0 } else { 74.0 };
        Column::number(title).width(width).sortable(false)
    }));
    // Where all are alike, none is best.
    let bests: Vec<Option<f64>> = metrics
        .iter()
        .map(|m| best(lines, *m).filter(|b| lines.iter().any(|l| value(l, *m) != Some(*b))))
        .collect();
    let n = models.len().min(lines.len());
    Table::new("Versions", &columns, n)
        .max_height(420.0)
        .show(ui, |cell, row, column| {
            let (model, line) = (models[row], &lines[row]);
            match column {
                0 => cell.strong(title(model)),
                1 => cell.text(model.run.to_string()),
                2 => match line.n_trained_on {
                    Some(0) => cell.text("none"),
                    Some(n) => cell.toned(number::count(n), Tone::Warn),
                    None => cell.weak("unknown"),
                },
                column => match (&line.metrics, metrics[column - 3]) {
                    (Err(why), _) if column == 3 => cell.weak(why),
                    (Err(_), _) => cell.weak(number::MISSING),
                    (Ok(_), metric) => {
                        let found = value(line, metric);
                        let text = number::metric(found);
                        if found.is_some() && found == bests[column - 3] {
                            cell.toned(text, Tone::Good);
                        } else {
                            cell.text(text);
                        }
                    }
                },
            }
        });
}
