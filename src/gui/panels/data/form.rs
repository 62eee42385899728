//! The form of one column of the schema: role, required, smallest share, bounds or values, bound of drift.

use crate::domain::schema::{ColumnSpec, Domain, DriftMeasure, DriftThreshold, Role};
use crate::gui::theme::space;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::number;
use eframe::egui::{self, Ui, vec2};

/// Texts that are typed, until they are numbers or lists.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// The column that they belong to.
    column: String,
    min: String,
    max: String,
    values: String,
}

impl Typed {
    /// Takes the texts of another column.
    fn of(column: &ColumnSpec) -> Self {
        let text = |v: &Option<f64>| v.map_or_else(String::new, |v| v.to_string());
        let mut typed = Self {
            column: column.name.clone(),
            ..Self::default()
        };
        match &column.domain {
            Some(Domain::Range { min, max }) => (typed.min, typed.max) = (text(min), text(max)),
            Some(Domain::Values { values, .. }) => typed.values = values.join("\n"),
            None => {}
        }
        typed
    }

    /// Forgets everything, so that it is taken anew.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Draws the form; changes go into `column` at once. True when something that is typed cannot be used.
pub(super) fn form(ui: &mut Ui, column: &mut ColumnSpec, typed: &mut Typed) -> bool {
    if typed.column != column.name {
        *typed = Typed::of(column);
    }
    let mut is_wrong = false;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::M;
            ui.horizontal_top(|ui| {
                cell(ui, 136.0, |ui| role(ui, column));
                cell(ui, 176.0, |ui| fraction(ui, column));
                cell(ui, 116.0, |ui| {
                    ui.add_space(20.0);
                    let help = "A batch without the column is an anomaly";
                    Field::new("Required")
                        .help(help)
                        .toggle(ui, &mut column.required);
                });
            });
            ui.horizontal_top(|ui| {
                drift(ui, column);
                is_wrong = bounds(ui, column, typed);
            });
        });
        if let Some(Domain::Values { values, .. }) = &mut column.domain {
            cell(ui, 220.0, |ui| allowed(ui, values, typed));
        }
    });
    is_wrong
}

/// A place of a fixed width, so that the fields of both lines stand below one another.
fn cell(ui: &mut Ui, width: f32, contents: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(
        vec2(width, 0.0),
        egui::Layout::top_down(egui::Align::Min),
        |ui| {
            ui.set_width(width);
            contents(ui);
        },
    );
}

fn role(ui: &mut Ui, column: &mut ColumnSpec) {
    let mut role = Role::ALL
        .iter()
        .position(|r| *r == column.role)
        .unwrap_or(0);
    let roles: Vec<&str> = Role::ALL.iter().map(|r| r.title()).collect();
    let field = Field::new("Role").width(130.0).help(role_help(column.role));
    if field.choice(ui, &mut role, &roles).changed() {
        column.role = Role::ALL[role];
    }
}

fn fraction(ui: &mut Ui, column: &mut ColumnSpec) {
    let mut share = column.min_fraction * 100.0;
    let help = "Fewer rows with a value than this are an anomaly";
    let field = Field::new("Rows with a value, at least")
        .unit("%")
        .help(help);
    if field.number(ui, &mut share, 0.0..=100.0).changed() {
        column.min_fraction = (share / 100.0).clamp(0.0, 1.0);
    }
}

fn role_help(role: Role) -> &'static str {
    match role {
        Role::Feature => "An input of the models",
        Role::Target => "What is predicted; absent when serving",
        Role::Time => "Orders the rows; its parts may be features too",
        Role::Key => "Identifies the row; never an input",
        Role::Group => "Rows with the same value belong together; never an input",
        Role::Weight => "How much a row counts in a fit; never an input, absent when serving",
        Role::Sensitive => "A trait by which a model must not judge; for segments, never an input",
        Role::Leaks => "Known only after the fact; never an input, absent when serving",
        Role::Ignored => "Kept, and not used",
    }
}

fn drift(ui: &mut Ui, column: &mut ColumnSpec) {
    let measure = column.drift.map(|d| d.measure);
    let measure = measure.unwrap_or(match column.domain {
        Some(Domain::Values { .. }) => DriftMeasure::LInfinity,
        _ => DriftMeasure::JensenShannon,
    });
    let mut is_watched = column.drift.is_some();
    cell(ui, 136.0, |ui| {
        ui.add_space(20.0);
        let help = "Compares the newest batch with the earlier ones";
        if Field::new("Watch drift")
            .help(help)
            .toggle(ui, &mut is_watched)
            .changed()
        {
            column.drift = is_watched.then_some(DriftThreshold {
                measure,
                threshold: 0.1,
            });
        }
    });
    if let Some(drift) = &mut column.drift {
        cell(ui, 150.0, |ui| {
            let help = format!(
                "A larger {} distance, from 0 to 1, counts as drift and leads to retraining",
                measure.title()
            );
            Field::new("Bound of drift")
                .help(&help)
                .number(ui, &mut drift.threshold, 0.0..=1.0);
        });
    }
}

/// Smallest and largest value, or the share of rows that must be in the list.
fn bounds(ui: &mut Ui, column: &mut ColumnSpec, typed: &mut Typed) -> bool {
    let mut is_wrong = false;
    match &mut column.domain {
        Some(Domain::Values {
            min_domain_mass, ..
        }) => cell(ui, 150.0, |ui| {
            let mut share = *min_domain_mass * 100.0;
            let field = Field::new("Rows in the list")
                .unit("%")
                .help("At least this share; the rest may be other values");
            if field.number(ui, &mut share, 0.0..=100.0).changed() {
                *min_domain_mass = (share / 100.0).clamp(0.0, 1.0);
            }
        }),
        Some(Domain::Range { min, max }) => {
            cell(ui, 110.0, |ui| {
                is_wrong |= bound(ui, "Smallest", &mut typed.min, min);
            });
            cell(ui, 110.0, |ui| {
                is_wrong |= bound(ui, "Largest", &mut typed.max, max);
            });
        }
        None if column.kind.is_numeric() => {
            let (mut min, mut max) = (None, None);
            cell(ui, 110.0, |ui| {
                is_wrong |= bound(ui, "Smallest", &mut typed.min, &mut min);
            });
            cell(ui, 110.0, |ui| {
                is_wrong |= bound(ui, "Largest", &mut typed.max, &mut max);
            });
            if min.is_some() || max.is_some() {
                column.domain = Some(Domain::Range { min, max });
            }
        }
        None => {}
    }
    is_wrong
}

fn allowed(ui: &mut Ui, values: &mut Vec<String>, typed: &mut Typed) {
    let help = format!(
        "{} now; any other is an anomaly",
        number::counted(
            values.len() as u64,
            "value is allowed",
            "values are allowed"
        )
    );
    let changed = Field::new("Allowed, one a line")
        .help(&help)
        .control(ui, |ui| {
            let edit = egui::TextEdit::multiline(&mut typed.values)
                .desired_rows(5)
                .desired_width(200.0);
            let scroll = egui::ScrollArea::vertical()
                .id_salt("values")
                .max_height(104.0)
                .min_scrolled_height(104.0);
            scroll.show(ui, |ui| ui.add(edit)).inner
        })
        .changed();
    if changed {
        let lines = typed
            .values
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty());
        *values = lines.map(str::to_owned).collect();
        values.sort();
        values.dedup();
    }
}

/// A bound that may be empty; true when the text is no number.
fn bound(ui: &mut Ui, label: &str, text: &mut String, value: &mut Option<f64>) -> bool {
    let parsed = text.trim().replace('−', "-").parse::<f64>();
    let is_wrong = !text.trim().is_empty() && !parsed.is_ok_and(f64::is_finite);
    let problem = is_wrong.then_some("This is no number");
    let field = Field::new(label)
        .width(104.0)
        .hint("no bound")
        .help("Leave it empty for no bound")
        .problem(problem);
    if field.text(ui, text).changed() {
        let parsed = text
            .trim()
            .replace('−', "-")
            .parse::<f64>()
            .ok()
            .filter(|v| v.is_finite());
        if parsed.is_some() || text.trim().is_empty() {
            *value = parsed;
        }
    }
    is_wrong
}
