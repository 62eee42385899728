//! The form for a workspace of one's own data: what is in the file, which column is the target, where the workspace
//! goes. Reading the file is left to a query, making the workspace to the app.

use super::recent::name_of;
use super::target::{guess_target, target_problem, task_sentence};
use super::welcome::path_of;
use crate::domain::dataset::Finding;
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};
use crate::gui::action::{Action, Purpose};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{button::Button, card, field::Field, number, paint, spark, tile::Tile};
use crate::workspace::query::FileLook;
use crate::workspace::{Answer, Query};
use eframe::egui::{self, Ui, vec2};
use std::path::{Path, PathBuf};

/// The form.
#[derive(Debug, Default)]
pub(super) struct Create {
    /// The path that is typed on the first page.
    pub(super) typed: String,
    /// The file that is looked at.
    data: Option<PathBuf>,
    /// The chosen target; `None` before the file was read.
    target: Option<String>,
    /// Name of the new workspace.
    name: String,
    /// The folder in which it is made.
    folder: String,
}

impl Create {
    /// Whether a file is being looked at.
    pub(super) fn is_open(&self) -> bool {
        self.data.is_some()
    }

    /// Looks at a file.
    pub(super) fn look_at(&mut self, data: PathBuf) {
        self.typed = data.display().to_string();
        self.name = data
            .file_stem()
            .map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        if self.folder.is_empty() {
            self.folder = data
                .parent()
                .map_or_else(String::new, |p| p.display().to_string());
        }
        self.target = None;
        self.data = Some(data);
    }

    /// Makes the workspace inside this folder.
    pub(super) fn put_into(&mut self, folder: &Path) {
        self.folder = folder.display().to_string();
    }

    /// Draws the page.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(data) = self.data.clone() else {
            return;
        };
        let tokens = Tokens::of(ui);
        ui.horizontal(|ui| {
            if Button::icon_only(icons::CLOSE, "Another file")
                .show(ui)
                .clicked()
            {
                self.data = None;
            }
            ui.label(Type::Title.rich(
                format!("New workspace from {}", name_of(&data)),
                tokens.text_strong,
            ));
        });
        let query = Query::File { path: data.clone() };
        let Some(answer) = answer::ready(ui, context, &query, &name_of(&data)) else {
            return;
        };
        let Answer::File(look) = &*answer else { return };
        let target = self
            .target
            .get_or_insert_with(|| guess_target(&look.statistics))
            .clone();
        overview(ui, look);
        let width = ui.available_width();
        let form = 320.0_f32.min(width);
        if width < 700.0 {
            self.form(ui, context, (&data, &target), look);
            columns(ui, &look.statistics, &mut self.target, 420.0);
            return;
        }
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            let layout = egui::Layout::top_down(egui::Align::Min);
            let left = width - form - space::M;
            let height = (ui.available_height() - space::S).max(396.0);
            ui.allocate_ui_with_layout(vec2(left, height), layout, |ui| {
                ui.set_width(left);
                columns(ui, &look.statistics, &mut self.target, height);
            });
            ui.allocate_ui_with_layout(vec2(form, 0.0), layout, |ui| {
                ui.set_width(form);
                self.form(ui, context, (&data, &target), look);
            });
        });
    }

    fn form(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (data, target): (&Path, &str),
        look: &FileLook,
    ) {
        let tokens = Tokens::of(ui);
        card::titled_card(ui, "The new workspace", |ui| {
            ui.spacing_mut().item_spacing.y = space::M;
            let width = ui.available_width();
            let names: Vec<&str> = look
                .statistics
                .columns
                .iter()
                .map(|c| c.name.as_str())
                .collect();
            let mut chosen = names.iter().position(|n| *n == target).unwrap_or(0);
            let column = look.statistics.columns.get(chosen);
            let problem = column.and_then(|c| target_problem(c, look.statistics.n_rows));
            let field = Field::new("Target column")
                .help("What the model learns to predict. Rows without a target are left out of training.")
                .problem(problem.as_deref())
                .width(width);
            if field.choice(ui, &mut chosen, &names).changed() {
                self.target = names.get(chosen).map(|n| (*n).to_owned());
            }
            if let Some(column) = column.filter(|_| problem.is_none()) {
                ui.add(
                    egui::Label::new(Type::Small.rich(task_sentence(column), tokens.text)).wrap(),
                );
            }
            let root = self.root();
            let name_problem = name_problem(&self.name, &root, context);
            Field::new("Name")
                .problem(name_problem.as_deref())
                .width(width)
                .text(ui, &mut self.name);
            let folder_problem = self
                .folder
                .trim()
                .is_empty()
                .then_some("Choose the folder in which it is made");
            Field::new("Inside the folder")
                .problem(folder_problem)
                .width(width)
                .text(ui, &mut self.folder);
            if Button::new("Browse…")
                .icon(icons::OPEN)
                .tooltip("Choose the folder")
                .show(ui)
                .clicked()
            {
                context.act(Action::Pick(Purpose::NewFolder));
            }
            let text = format!("Makes {}. The data stay where they are.", root.display());
            ui.add(egui::Label::new(Type::Small.rich(text, tokens.text_weak)).wrap());
            let reason = problem
                .or(name_problem)
                .or(folder_problem.map(str::to_owned));
            let button = Button::new("Create workspace")
                .icon(icons::ADD)
                .primary()
                .unless(reason);
            if button.show(ui).clicked() {
                context.act(Action::CreateWorkspace {
                    root,
                    data: data.to_owned(),
                    target: target.to_owned(),
                });
            }
        });
    }

    fn root(&self) -> PathBuf {
        path_of(&self.folder).join(self.name.trim())
    }
}

/// What is wrong with the name of the new workspace.
fn name_problem(name: &str, root: &Path, context: &PanelContext<'_>) -> Option<String> {
    let name = name.trim();
    if name.is_empty() {
        return Some("Give it a name".to_owned());
    }
    if name == "." || name == ".." || name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|'])
    {
        return Some("A folder cannot be called so: leave out / \\ : * ? \" < > |".to_owned());
    }
    let is_taken = context.recent.iter().any(|r| r.exists && r.root == root);
    is_taken.then(|| "There is a workspace of this name already; choose another".to_owned())
}

fn overview(ui: &mut Ui, look: &FileLook) {
    let FileLook {
        statistics,
        findings,
        ..
    } = look;
    let missing: u64 = statistics.columns.iter().map(|c| c.n_missing).sum();
    let cells = statistics.n_rows * statistics.columns.len() as u64;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, space::S);
        let width = ((ui.available_width() - 3.0 * space::S) / 4.0).clamp(120.0, 176.0);
        Tile::new("Rows", number::count(statistics.n_rows))
            .width(width)
            .show(ui);
        Tile::new("Columns", number::count(statistics.columns.len() as u64))
            .width(width)
            .show(ui);
        let share = (cells > 0).then(|| missing as f64 / cells as f64);
        Tile::new("Missing cells", number::percent(share))
            .note(number::count(missing))
            .width(width)
            .show(ui);
        let note = if findings.is_empty() {
            "read as it is"
        } else {
            "guessed or repaired"
        };
        Tile::new("Findings", number::count(findings.len() as u64))
            .note(note)
            .width(width)
            .show(ui);
    });
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        list_findings(ui, findings);
    });
}

fn list_findings(ui: &mut Ui, findings: &[Finding]) {
    let tokens = Tokens::of(ui);
    for finding in findings.iter().take(3) {
        let place = match (&finding.column, finding.row) {
            (Some(column), Some(row)) => format!("{column}, row {}: ", number::count(row)),
            (Some(column), None) => format!("{column}: "),
            (None, Some(row)) => format!("Row {}: ", number::count(row)),
            (None, None) => String::new(),
        };
        ui.add(
            egui::Label::new(
                Type::Small.rich(format!("• {place}{}", finding.message), tokens.text),
            )
            .wrap(),
        );
    }
    if findings.len() > 3 {
        let rest = format!(
            "and {} more, listed in the Data room after the first run",
            findings.len() - 3
        );
        ui.label(Type::Small.rich(rest, tokens.text_weak));
    }
}

/// The columns of the file; a click chooses the target.
fn columns(ui: &mut Ui, statistics: &DatasetStatistics, target: &mut Option<String>, height: f32) {
    let list = [
        Column::text("Column").fill().width(110.0).sortable(false),
        Column::text("Type").width(84.0).sortable(false),
        Column::number("Missing").width(78.0).sortable(false),
        Column::number("Distinct").width(78.0).sortable(false),
        Column::picture("Distribution").width(110.0),
    ];
    let here = statistics
        .columns
        .iter()
        .position(|c| Some(&c.name) == target.as_ref());
    let table = Table::new("Columns of the file", &list, statistics.columns.len())
        .selected(here)
        .max_height(height);
    let done = table.show(ui, |cell, row, position| {
        let column = &statistics.columns[row];
        match position {
            0 => cell.strong(&column.name),
            1 => cell.weak(column.kind.title()),
            2 if column.n_missing == 0 => cell.weak("0%"),
            2 => cell.text(number::percent(
                column.n_missing as f64 / statistics.n_rows.max(1) as f64,
            )),
            3 => cell.text(number::count(column.n_distinct)),
            _ => {
                let counts = counts_of(column);
                cell.picture("", |painter, rect, tokens| {
                    if counts.is_empty() {
                        let at = rect.left_center();
                        let weak = (Type::Small, tokens.text_weak);
                        paint::text_within(
                            painter,
                            at,
                            egui::Align2::LEFT_CENTER,
                            number::MISSING,
                            weak,
                            rect.width(),
                        );
                    }
                    spark::histogram(painter, rect, &counts, Tone::Series(0), tokens);
                });
            }
        }
    });
    if let Some(row) = done.selected {
        *target = statistics.columns.get(row).map(|c| c.name.clone());
    }
}

fn counts_of(column: &ColumnStatistics) -> Vec<f64> {
    if column.histogram.is_empty() {
        column.top.iter().take(20).map(|t| t.count as f64).collect()
    } else {
        column.histogram.iter().map(|b| b.count as f64).collect()
    }
}
