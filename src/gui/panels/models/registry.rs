//! The registry: all versions, which of them is in production, and the questions before promoting and rolling back.

use super::candidate::algorithm_title;
use super::version;
use crate::domain::metric::{Metric, MetricValue};
use crate::domain::registry::{ModelVersion, PRODUCTION};
use crate::domain::training::value_of;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::badge;
use crate::gui::widgets::confirm::{Answer, Confirm};
use crate::gui::widgets::number;
use crate::gui::widgets::paint;
use crate::gui::widgets::state;
use crate::gui::widgets::table::{Cell, Column, Table};
use crate::workspace::{Command, Snapshot};
use eframe::egui::{Rect, ScrollArea, Ui, pos2, vec2};

/// Who changes the registry by hand in the window.
pub(super) const WHO: &str = "a person";

/// What the tab remembers.
#[derive(Default)]
pub(super) struct Registry {
    /// The version that other rooms had selected when it was last looked at.
    seen: Option<u32>,
    question: Option<(Change, Confirm)>,
}

/// A change that waits for its reason.
#[derive(Clone, Copy)]
pub(super) enum Change {
    Promote(u32),
    Rollback,
}

/// The tone of an alias: production blue, candidate amber.
pub(super) fn tone_of(alias: &str) -> Tone {
    match alias {
        PRODUCTION => Tone::Production,
        "candidate" => Tone::Candidate,
        _ => Tone::Neutral,
    }
}

impl Registry {
    /// Whether another room has just selected a version.
    pub(super) fn was_pointed_to(&mut self, version: Option<u32>) -> bool {
        let is_new = version.is_some() && version != self.seen;
        self.seen = version;
        is_new
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, snapshot: &Snapshot) {
        if snapshot.models.is_empty() {
            let text = "The best candidate of a run is registered here once it has been compared on the test rows.";
            state::empty(ui, icons::MODEL, "No version registered yet", text, None);
            return;
        }
        ScrollArea::vertical()
            .id_salt("registry room")
            .auto_shrink(false)
            .show(ui, |ui| {
                self.table(ui, context, snapshot);
                ui.add_space(space::M);
                if let Some(model) = selected(context, snapshot)
                    && let Some((change, confirm)) = version::ui(ui, context, snapshot, model)
                {
                    self.question = Some((change, confirm));
                }
            });
    }

    pub(super) fn inspector(
        &self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        snapshot: &Snapshot,
    ) -> bool {
        let Some(model) = selected(context, snapshot) else {
            return false;
        };
        version::inspector(ui, context, snapshot, model);
        true
    }

    /// Shows the open question and queues what was answered.
    pub(super) fn answer(&mut self, ui: &Ui, context: &mut PanelContext<'_>) {
        let Some((change, confirm)) = &mut self.question else {
            return;
        };
        let Some(answer) = confirm.show(ui.ctx()) else {
            return;
        };
        if let Answer::Yes { reason } = answer {
            let who = WHO.to_owned();
            context.act(Action::Submit(match *change {
                Change::Promote(version) => Command::Promote {
                    version,
                    reason,
                    who,
                },
                Change::Rollback => Command::Rollback { reason, who },
            }));
        }
        self.question = None;
    }

    fn table(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, snapshot: &Snapshot) {
        let models = &snapshot.models;
        let metrics = main_metrics(&models[0].metrics);
        let mut columns = vec![
            Column::text("Version").width(72.0).sortable(false),
            Column::text("Aliases").width(212.0).sortable(false),
            Column::text("Algorithm").width(140.0).sortable(false),
            Column::text("Registered").width(96.0).sortable(false),
            Column::number("Run").width(52.0).sortable(false),
        ];
        columns.extend(metrics.iter().map(|m| {
            Column::number(m.title())
                .width(88.0)
                .sortable(false)
                .help("On the test rows of its run; different runs may have different test rows")
        }));
        columns.push(Column::text("Hash").width(120.0).sortable(false));
        let shown = selected(context, snapshot).map(|m| m.version);
        let position = models.iter().position(|m| Some(m.version) == shown);
        let now = context.now;
        let done = Table::new("Versions", &columns, models.len())
            .selected(position)
            .max_height(300.0)
            .show(ui, |cell, row, column| {
                let model = &models[row];
                match column {
                    0 => cell.strong(format!("v{}", model.version)),
                    1 => aliases(cell, model),
                    2 => cell.text(algorithm_title(snapshot, &model.algorithm)),
                    3 => cell.text(number::ago((now - model.created).max(0) as f64 / 1_000.0)),
                    4 => cell.text(model.run.to_string()),
                    _ => match metrics.get(column - 5) {
                        Some(metric) => {
                            cell.text(number::metric(value_of(&model.metrics, *metric)));
                        }
                        None => cell.weak(model.hash.short()),
                    },
                }
            });
        if let Some(row) = done.selected {
            context.selection.version = Some(models[row].version);
            self.seen = context.selection.version;
        }
    }
}

/// The selected version, or else the newest.
fn selected<'a>(context: &PanelContext<'_>, snapshot: &'a Snapshot) -> Option<&'a ModelVersion> {
    let chosen = context.selection.version;
    snapshot
        .models
        .iter()
        .find(|m| Some(m.version) == chosen)
        .or_else(|| snapshot.models.first())
}

/// The first three metrics that the newest version has.
fn main_metrics(values: &[MetricValue]) -> Vec<Metric> {
    values.iter().take(3).map(|v| v.metric).collect()
}

/// All aliases of a version, production first, as badges beside one another.
fn aliases(cell: &mut Cell<'_>, model: &ModelVersion) {
    let mut names: Vec<&str> = model.aliases.iter().map(String::as_str).collect();
    names.sort_by_key(|name| *name != PRODUCTION);
    if names.is_empty() {
        return;
    }
    cell.picture(&names.join(", "), |painter, rect, tokens| {
        let mut left = rect.left();
        for name in names {
            let tone = tone_of(name);
            let mark = if tone == Tone::Neutral { 0.0 } else { 17.0 };
            let wide =
                paint::width_of(painter, name, crate::gui::theme::Type::SmallMedium) + mark + 15.0;
            let high = crate::gui::theme::size::BADGE;
            let place =
                Rect::from_min_size(pos2(left, rect.center().y - high / 2.0), vec2(wide, high));
            badge::draw(painter, place, name, tone, tokens);
            left += wide + space::XS;
        }
    });
}
