//! The tab of the schema: what is expected of each column, edited here and saved as a new version with a note.

use super::columns::plain;
use super::draft::Draft;
use super::effect;
use super::exchange::Exchange;
use super::expectations::{self, Expectations};
use super::form::{self, Typed};
use super::versions::Versions;
use crate::domain::anomaly::ValidationReport;
use crate::domain::dataset::{Batch, StatisticsReport};
use crate::domain::run::ArtifactRef;
use crate::domain::schema::{ColumnSpec, Domain, Schema};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::field::Field;
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{
    badge::badge, button::Button, card, number, segmented::segmented, state,
};
use crate::workspace::Command;
use crate::workspace::snapshot::SchemaInForce;
use eframe::egui::{self, ScrollArea, Ui};

/// The tab.
#[derive(Debug, Default)]
pub(super) struct SchemaTab {
    draft: Option<Draft>,
    typed: Typed,
    note: String,
    versions: Versions,
    expectations: Expectations,
    exchange: Exchange,
    /// Which of both is shown below the columns.
    below: usize,
    /// Whether something typed cannot be used.
    is_wrong: bool,
}

/// What an edit is measured by.
#[derive(Clone, Copy)]
pub(super) struct Evidence<'a> {
    /// Statistics of all batches.
    pub(super) profile: Option<&'a StatisticsReport>,
    /// What validation found.
    pub(super) judged: Option<&'a ValidationReport>,
    /// The newest batch, in which rows are counted.
    pub(super) newest: Option<(&'a Batch, &'a ArtifactRef)>,
}

impl SchemaTab {
    /// Takes over an edit that was prepared elsewhere; it is looked at here, and saved or discarded.
    pub(super) fn prepare(&mut self, version: u32, schema: Schema, note: String) {
        self.forget();
        self.replace(version, schema, note);
    }

    fn replace(&mut self, version: u32, schema: Schema, note: String) {
        self.draft = Some(Draft { version, schema });
        self.typed.clear();
        self.is_wrong = false;
        self.note = note;
    }

    /// The schema as it is being edited, if it is.
    pub(super) fn draft(&self) -> Option<&Schema> {
        self.draft.as_ref().map(|d| &d.schema)
    }

    /// Draws the tab.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        evidence: Evidence<'_>,
    ) {
        let Some(in_force) = context.snapshot.and_then(|s| s.schema.as_ref()) else {
            let text =
                "The first run infers a schema from the oldest batch; then it can be edited here.";
            let button = Button::new("Run the pipeline").icon(icons::RUN).primary();
            if state::empty(ui, icons::SCHEMA, "No schema yet", text, Some(button)) {
                context.act(Action::Run);
            }
            return;
        };
        if let Some((schema, note)) = self.exchange.receive(context, in_force) {
            context.selection.column = None;
            self.replace(in_force.version, schema, note);
        }
        let base = &in_force.schema;
        let changed: Vec<String> = match &self.draft {
            Some(draft) => draft.changes(base),
            None => Vec::new(),
        };
        if changed.is_empty()
            && self
                .draft
                .as_ref()
                .is_some_and(|d| d.version != in_force.version)
        {
            self.forget();
        }
        title(ui, context, (in_force, changed.len()), &mut self.exchange);
        let shown = self.draft.as_ref().map_or(base, |d| &d.schema);
        self.exchange.ui(ui, base, shown);
        let selected = context
            .selection
            .column
            .clone()
            .filter(|name| base.column(name).is_some());
        let height = ui.available_height();
        let save = if changed.is_empty() { 0.0 } else { 124.0 };
        let below = if selected.is_some() { 196.0 } else { 210.0 };
        let shown = self.draft.as_ref().map_or(base, |d| &d.schema);
        table(
            ui,
            context,
            shown,
            &changed,
            (height - save - below - 2.0 * space::M).max(120.0),
        );
        if !changed.is_empty() {
            self.save(ui, context, (in_force, evidence), save);
        }
        match selected {
            Some(name) => self.edit(ui, context, in_force, &name),
            None => self.below(ui, context, (in_force, evidence)),
        }
    }

    /// What stands below the columns while none is selected: expectations, or the versions.
    fn below(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (in_force, evidence): (&SchemaInForce, Evidence<'_>),
    ) {
        let schema = self.draft.as_ref().map_or(&in_force.schema, |d| &d.schema);
        let n = schema.expectations.len();
        let titles = [format!("Expectations ({n})"), "Versions".to_owned()];
        segmented(ui, "Below the columns", &mut self.below, &titles);
        if self.below == 1 {
            if let Some((version, schema)) = self.versions.ui(ui, context, in_force) {
                let note = format!("Brings back version {version}");
                self.prepare(in_force.version, schema, note);
            }
            return;
        }
        let values = |name: &str| -> Vec<String> {
            let column = evidence.profile.and_then(|p| p.total.column(name));
            column.map_or_else(Vec::new, |c| c.values.clone())
        };
        let read_only = context.snapshot.and_then(|s| s.read_only.clone());
        let Some(wish) = self.expectations.ui(ui, schema, &values, read_only) else {
            return;
        };
        let fresh = || Draft {
            version: in_force.version,
            schema: in_force.schema.clone(),
        };
        let list = &mut self.draft.get_or_insert_with(fresh).schema.expectations;
        match wish {
            expectations::Wish::Add(new) => list.push(new),
            expectations::Wish::Remove(position) => _ = list.remove(position),
        }
    }

    fn forget(&mut self) {
        self.exchange.forget();
        self.draft = None;
        self.typed.clear();
        self.note.clear();
        self.is_wrong = false;
    }

    fn edit(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        in_force: &SchemaInForce,
        name: &str,
    ) {
        let version = in_force.version;
        let height = ui.available_height();
        card::card(ui, |ui| {
            ui.set_min_height(height - 2.0 * space::M - 2.0);
            let closes = card::section(ui, name, |ui| {
                Button::icon_only(icons::CLOSE, "Back to the versions")
                    .show(ui)
                    .clicked()
            });
            if closes {
                context.selection.column = None;
            }
            ScrollArea::vertical()
                .id_salt("column form")
                .show(ui, |ui| {
                    let reason = context.snapshot.and_then(|s| s.read_only.as_ref());
                    if let Some(holder) = reason {
                        ui.label(
                            Type::Small
                                .rich(format!("Read only: {holder}"), Tokens::of(ui).text_weak),
                        );
                    }
                    let fresh = || Draft {
                        version,
                        schema: in_force.schema.clone(),
                    };
                    let draft = self.draft.get_or_insert_with(fresh);
                    let column = draft.schema.columns.iter_mut().find(|c| c.name == name);
                    if let Some(column) = column {
                        ui.add_enabled_ui(reason.is_none(), |ui| {
                            self.is_wrong = form::form(ui, column, &mut self.typed);
                        });
                    }
                });
        });
    }

    fn save(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (in_force, evidence): (&SchemaInForce, Evidence<'_>),
        height: f32,
    ) {
        let tokens = Tokens::of(ui);
        let Some(draft) = &self.draft else { return };
        let problems = draft.problems();
        let mut effects = effect::counted(context, &in_force.schema, &draft.schema, evidence);
        effects.extend(draft.effects(&in_force.schema, evidence.judged, evidence.profile));
        let is_stale = draft.version != in_force.version;
        let (mut saves, mut discards) = (false, false);
        card::card(ui, |ui| {
            ui.set_min_height(height - 2.0 * space::M - 2.0);
            ui.spacing_mut().item_spacing.y = space::XS;
            let lines = ScrollArea::vertical()
                .id_salt("effects")
                .max_height(height - 84.0)
                .auto_shrink([false, true]);
            lines.show(ui, |ui| {
                if is_stale {
                    let text = format!(
                        "Version {} came into force while you were editing; saving replaces it.",
                        in_force.version
                    );
                    ui.add(egui::Label::new(Type::Body.rich(text, tokens.warn)).wrap());
                }
                for problem in &problems {
                    ui.add(egui::Label::new(Type::Body.rich(problem, tokens.bad)).wrap());
                }
                for effect in &effects {
                    ui.add(egui::Label::new(Type::Body.rich(effect, tokens.text)).wrap());
                }
            });
            ui.horizontal(|ui| {
                let width = (ui.available_width() - 300.0).max(160.0);
                Field::new("Why")
                    .hint("dep_delay is known only after take-off")
                    .width(width)
                    .text(ui, &mut self.note);
                ui.vertical(|ui| {
                    ui.add_space(20.0);
                    ui.horizontal(|ui| {
                        let read_only = context.snapshot.and_then(|s| s.read_only.clone());
                        let wrong = self
                            .is_wrong
                            .then(|| "Something that is typed is no number".to_owned());
                        let silent = self
                            .note
                            .trim()
                            .is_empty()
                            .then(|| "Say why, for whoever reads the history".to_owned());
                        let busy = is_saving(context).then(|| "It is being saved".to_owned());
                        let reason = read_only
                            .or(busy)
                            .or(problems.first().cloned())
                            .or(wrong)
                            .or(silent);
                        let save = Button::new("Save as new version").primary().unless(reason);
                        saves = save.show(ui).clicked();
                        discards = Button::new("Discard").show(ui).clicked();
                    });
                });
            });
        });
        if saves {
            // The draft stays until its schema is in force: nothing is lost when saving fails.
            let note = self.note.trim().to_owned();
            let mut schema = Box::new(draft.schema.clone());
            // The reason of what is to be ignored is why the version is saved.
            for new in schema.ignored.iter_mut().filter(|i| i.reason.is_empty()) {
                new.reason.clone_from(&note);
            }
            context.actions.push(Action::Submit(Command::SaveSchema {
                schema,
                note,
                who: person(),
            }));
        }
        if discards {
            self.forget();
        }
    }
}

/// Whether a schema is on its way into force.
fn is_saving(context: &PanelContext<'_>) -> bool {
    context
        .snapshot
        .is_some_and(|s| s.jobs.iter().any(|job| job.title == "Save the schema"))
}

/// Whoever sits here, for the history.
fn person() -> String {
    ["USER", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        .unwrap_or_else(|| "somebody at the window".to_owned())
}

fn title(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    (in_force, n_changed): (&SchemaInForce, usize),
    exchange: &mut Exchange,
) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.label(Type::Heading.rich(
            format!("Schema version {}", in_force.version),
            tokens.text_strong,
        ));
        if n_changed > 0 {
            let text = number::counted(n_changed as u64, "change", "changes");
            badge(ui, &text, Tone::Accent);
        }
        exchange.buttons(ui, context, in_force);
        if context.selection.column.is_none() {
            let text = "Select a column to edit it.";
            ui.add(egui::Label::new(Type::Body.rich(text, tokens.text_weak)).truncate());
        }
    });
}

fn table(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    schema: &Schema,
    changed: &[String],
    height: f32,
) {
    let list = [
        Column::text("Column").fill().width(110.0).sortable(false),
        Column::text("Type").width(84.0).sortable(false),
        Column::text("Role").width(78.0).sortable(false),
        Column::text("Required")
            .width(82.0)
            .sortable(false)
            .help("A batch without the column is an anomaly"),
        Column::number("At least")
            .width(78.0)
            .sortable(false)
            .help("Smallest share of rows that must have a value"),
        Column::text("Allowed")
            .width(200.0)
            .sortable(false)
            .help("Values or bounds"),
        Column::number("Drift bound")
            .width(92.0)
            .sortable(false)
            .help("A larger distance to earlier batches is drift"),
    ];
    let columns = &schema.columns;
    let here = columns
        .iter()
        .position(|c| Some(&c.name) == context.selection.column.as_ref());
    let table = Table::new("Schema", &list, columns.len())
        .selected(here)
        .max_height(height);
    let done = table.show(ui, |cell, row, position| {
        let column = &columns[row];
        match position {
            0 if changed.contains(&column.name) => {
                cell.toned(format!("{} •", column.name), Tone::Accent);
            }
            0 => cell.strong(&column.name),
            1 => cell.weak(column.kind.title()),
            2 => cell.text(column.role.title()),
            3 => cell.weak(if column.required { "yes" } else { "no" }),
            4 => cell.text(number::percent(column.min_fraction)),
            5 => cell.text(allowed(column)),
            _ => match column.drift {
                Some(drift) => cell.text(plain(drift.threshold)),
                None => cell.weak(number::MISSING),
            },
        }
    });
    if let Some(row) = done.selected {
        context.selection.column = Some(columns[row].name.clone());
    }
}

/// "EWR, JFK, LGA" or "5 to 23"
pub(super) fn allowed(column: &ColumnSpec) -> String {
    match &column.domain {
        None => "anything".to_owned(),
        Some(Domain::Values {
            values,
            min_domain_mass,
        }) => {
            let list = values.join(", ");
            if *min_domain_mass < 1.0 {
                format!("{} in: {list}", number::percent(*min_domain_mass))
            } else {
                list
            }
        }
        Some(Domain::Range { min, max }) => match (min, max) {
            (Some(min), Some(max)) => format!("{} to {}", plain(*min), plain(*max)),
            (Some(min), None) => format!("at least {}", plain(*min)),
            (None, Some(max)) => format!("at most {}", plain(*max)),
            (None, None) => "any number".to_owned(),
        },
    }
}
