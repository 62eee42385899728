//! The form for a workspace of one's own data: what is in the file, which column is the target, where the workspace
//! goes. Reading the file is left to a query, making the workspace to the app.

use super::reading_form::ReadingForm;
use super::recent::name_of;
use super::target::{guess_target, target_problem, task_sentence};
use super::welcome::path_of;
use crate::domain::reading::ReadOptions;
use crate::gui::action::{Action, Purpose};
use crate::gui::icons;
use crate::gui::panel::{Load, PanelContext, Room};
use crate::gui::panels::answer;
use crate::gui::panels::file_look::{self, Seen};
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::{button::Button, card, field::Field, state};
use crate::workspace::query::FileHead;
use crate::workspace::{Answer, Command, Query, looks};
use eframe::egui::{self, Ui, vec2};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    /// How the file is to be read, as far as that is settled.
    options: Arc<ReadOptions>,
    reading: ReadingForm,
    /// What is shown of the file: its columns, first rows or findings.
    tab: usize,
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
        self.folder = data
            .parent()
            .map_or_else(String::new, |p| p.display().to_string());
        self.target = None;
        self.options = Arc::default();
        self.reading = ReadingForm::default();
        self.tab = 0;
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
        let head = Query::Head {
            path: data.clone(),
            options: Arc::clone(&self.options),
        };
        let file = looks::of_file(data.clone(), &self.options);
        match context.load(Some(&head)) {
            Load::Ready(answer) => {
                let whole = context.load(Some(&file));
                if let Answer::Head(head) = &*answer {
                    self.page(ui, context, (&data, &file), (head, &whole));
                }
            }
            Load::Loading | Load::Empty => {
                let text = format!("Reading the beginning of {}", name_of(&data));
                state::loading(ui, &text, None);
            }
            Load::Failed(failure) => {
                answer::failed(ui, context, &failure);
                // Perhaps it can be read another way.
                card::titled_card(ui, "How it is read", |ui| {
                    ui.set_max_width(420.0);
                    let mut options = (*self.options).clone();
                    if self.reading.ui(ui, &mut options, None, &[]) {
                        self.options = Arc::new(options);
                    }
                });
            }
        }
    }

    /// The beginning of the file is there, the rest perhaps not yet.
    fn page(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (data, file): (&Path, &Query),
        (head, whole): (&FileHead, &Load<Arc<Answer>>),
    ) {
        file_look::behind(ui, context, (data, file), whole);
        let seen = Seen::of(head, whole);
        let target = self
            .target
            .get_or_insert_with(|| guess_target(seen.statistics))
            .clone();
        file_look::tiles(ui, &seen);
        let width = ui.available_width();
        let form = 352.0_f32.min(width);
        if width < 700.0 {
            self.form(ui, context, (data, &target), &seen);
            self.pages(ui, &seen, 420.0);
            return;
        }
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            let layout = egui::Layout::top_down(egui::Align::Min);
            let left = width - form - space::M;
            let height = (ui.available_height() - space::S).max(460.0);
            ui.allocate_ui_with_layout(vec2(left, height), layout, |ui| {
                ui.set_width(left);
                self.pages(ui, &seen, height);
            });
            ui.allocate_ui_with_layout(vec2(form, height), layout, |ui| {
                ui.set_width(form);
                self.side(ui, context, (data, &target), &seen);
            });
        });
    }

    /// The form and how the file was read, one above the other; they scroll beside what is shown of the file.
    fn side(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (data, target): (&Path, &str),
        seen: &Seen<'_>,
    ) {
        egui::ScrollArea::vertical()
            .id_salt("form of the new workspace")
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.set_width(ui.available_width() - space::M);
                self.form(ui, context, (data, target), seen);
                ui.add_space(space::M);
                card::titled_card(ui, "How it was read", |ui| {
                    let mut options = (*self.options).clone();
                    let columns = &seen.head.columns;
                    if self
                        .reading
                        .ui(ui, &mut options, Some(seen.understood), columns)
                    {
                        self.options = Arc::new(options);
                    }
                });
            });
    }

    fn pages(&mut self, ui: &mut Ui, seen: &Seen<'_>, height: f32) {
        let chosen = (&mut self.tab, &mut self.target);
        if let Some(strays) = file_look::pages(ui, seen, chosen, height) {
            let mut options = (*self.options).clone();
            let known = options
                .null_tokens
                .or_else(|| seen.understood.null_tokens.clone());
            let mut known = known.unwrap_or_default();
            known.extend(strays);
            self.reading.show_tokens(&known);
            options.null_tokens = Some(known);
            self.options = Arc::new(options);
        }
    }

    fn form(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (data, target): (&Path, &str),
        look: &Seen<'_>,
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
                    read: Box::new((*self.options).clone()),
                });
            }
            self.as_batch(ui, context, data);
        });
    }

    /// The other way to use the file, where a workspace is open.
    fn as_batch(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, data: &Path) {
        let Some(snapshot) = context.snapshot else {
            return;
        };
        let name = &snapshot.name;
        let add = Button::new(format!("Add as a batch of {name}"))
            .icon(icons::ADD)
            .tooltip("The next run reads it as the newest batch")
            .unless(snapshot.read_only.clone());
        if add.show(ui).clicked() {
            let read = (!self.options.is_open()).then(|| Box::new((*self.options).clone()));
            context.act(Action::Submit(Command::AddData {
                file: data.to_owned(),
                read,
            }));
            context.act(Action::Go(Room::Data));
            self.data = None;
        }
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
