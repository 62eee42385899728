//! Carries out actions: commands go to the workspace, the rest is the window's own.

use super::{App, Purpose, Room};
use crate::gui::action::Action;
use crate::gui::theme::Tone;
use crate::gui::widgets::chart::ChartRequest;
use crate::gui::widgets::toast::Toast;
use crate::workspace::{Command, ModelFile, create, looks};
use eframe::egui::{self, Context};
use std::path::{Path, PathBuf};

impl App {
    /// Carries out everything that was queued.
    pub(super) fn carry_out_all(&mut self, ctx: &Context) {
        for action in std::mem::take(&mut self.actions) {
            self.carry_out(action, ctx);
        }
    }

    fn carry_out(&mut self, action: Action, ctx: &Context) {
        match action {
            Action::Go(room) => self.go(room),
            Action::GoPage(room, page) => {
                self.go(room);
                if let Some(panel) = self.panels.iter_mut().find(|p| p.room() == room) {
                    panel.turn_to(page);
                }
            }
            Action::Submit(command) => self.submit(command),
            Action::Run => {
                if self.snapshot().is_some_and(|s| s.live.is_none()) {
                    self.submit(Command::Run);
                    if self.room == Room::Start {
                        self.go(Room::Pipeline);
                    }
                }
            }
            Action::StopRun => {
                if let (Some(workspace), Some(live)) = (
                    self.session.workspace(),
                    self.snapshot().and_then(|s| s.live.clone()),
                ) {
                    workspace.cancel(live.job);
                }
            }
            Action::StartService => {
                let port = self.snapshot().map_or(0, |s| s.port);
                self.submit(Command::StartService { port });
            }
            Action::StopService => self.submit(Command::StopService),
            Action::StopLook(path) => looks::stop(&path),
            Action::StopAnswer(query) => {
                if let Some(workspace) = self.session.workspace() {
                    workspace.stop(&query);
                }
            }
            Action::Retry => {
                looks::forget_failures();
                if let Some(workspace) = self.session.workspace() {
                    workspace.retry();
                }
            }
            Action::OpenWorkspace(root) => {
                self.room = self.memory.room();
                self.session.open(root, ctx, || Ok(()));
            }
            Action::OpenSample(id) => self.open_sample(&id, ctx),
            made @ Action::CreateWorkspace { .. } => self.create(made, ctx),
            Action::CloseWorkspace => {
                self.session.close();
                self.go(Room::Start);
            }
            Action::Pick(purpose) => self.dialogs.ask(purpose, ctx),
            Action::Picked(purpose, path) => self.picked_file(purpose, path),
            Action::ForgetRecent(root) => {
                self.memory.forget(&root);
                self.look_at_recent();
                self.save_memory();
            }
            Action::ToggleTheme => {
                self.memory.is_dark = !ctx.theme().eq(&egui::Theme::Dark);
                ctx.set_theme(if self.memory.is_dark {
                    egui::Theme::Dark
                } else {
                    egui::Theme::Light
                });
                self.save_memory();
            }
            Action::ToggleInspector => {
                self.memory.has_inspector = !self.memory.has_inspector;
                self.save_memory();
            }
            Action::Palette => self.palette.open(),
            Action::Help => self.has_help = !self.has_help,
            Action::Notices => self.has_notices = !self.has_notices,
            Action::Chart(request) => self.chart_request(request, ctx),
            Action::SaveText { name, text } => self.dialogs.save(&name, text.into_bytes(), ctx),
            Action::ExportModel { model, name } => {
                let make = |file| Command::ExportModel { model, file };
                self.dialogs.command(&name, make, ctx);
            }
            Action::Copy(text) => ctx.copy_text(text),
            Action::Reveal(path) => reveal(&path, ctx),
            Action::Notify(text) => self.notify(Toast::new(Tone::Neutral, text)),
            Action::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
        }
    }

    fn go(&mut self, room: Room) {
        self.room = room;
        self.memory.room = room.title().to_owned();
    }

    pub(super) fn submit(&mut self, command: Command) {
        match self.session.workspace() {
            Some(workspace) => {
                workspace.submit(command);
            }
            None => self.notify(Toast::new(Tone::Warn, "Open a workspace first")),
        }
    }

    /// Makes a workspace of a person's data and opens it.
    fn create(&mut self, action: Action, ctx: &Context) {
        let Action::CreateWorkspace {
            root,
            data,
            target,
            read,
        } = action
        else {
            return;
        };
        self.room = Room::Pipeline;
        let folder = root.clone();
        self.session.open(root, ctx, move || {
            create::from_data(&folder, &data, &target, &read).map(drop)
        });
    }

    fn open_sample(&mut self, id: &str, ctx: &Context) {
        let root = self.places.samples.join(id);
        self.go(Room::Start);
        let (folder, id) = (root.clone(), id.to_owned());
        self.session
            .open(root, ctx, move || create::sample_if_missing(&folder, &id));
    }

    fn picked_file(&mut self, purpose: Purpose, path: PathBuf) {
        match purpose {
            Purpose::Workspace => self.actions.push(Action::OpenWorkspace(path)),
            Purpose::Batch => self.submit(Command::AddData {
                file: path,
                read: None,
            }),
            Purpose::Model => self.submit(Command::ImportModel(ModelFile {
                file: path,
                ..ModelFile::default()
            })),
            Purpose::Schema => {
                self.go(Room::Data);
                self.picked.push((purpose, path));
            }
            Purpose::NewData | Purpose::NewFolder => {
                if purpose == Purpose::NewData {
                    self.go(Room::Start);
                }
                self.picked.push((purpose, path));
            }
        }
    }

    fn chart_request(&mut self, request: ChartRequest, ctx: &Context) {
        match request {
            ChartRequest::Copied => self.notify(Toast::new(Tone::Neutral, "Copied as CSV")),
            ChartRequest::SaveCsv { name, csv } => {
                let name = format!("{name}.csv");
                self.dialogs.save(&name, csv.into_bytes(), ctx);
            }
            ChartRequest::SaveSvg { name, svg } => {
                let name = format!("{name}.svg");
                self.dialogs.save(&name, svg.into_bytes(), ctx);
            }
            ChartRequest::SavePng { name, rect } => {
                self.pictures.save(&format!("{name}.png"), rect, ctx);
            }
        }
    }
}

/// Shows a file or folder in the system's file manager.
fn reveal(path: &Path, ctx: &Context) {
    let folder = if path.is_dir() {
        path
    } else {
        path.parent().unwrap_or(path)
    };
    ctx.open_url(egui::OpenUrl::new_tab(format!(
        "file://{}",
        folder.display()
    )));
}
