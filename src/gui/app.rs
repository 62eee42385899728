//! The window's app: holds the open workspace, the panels and the little that is the window's own; draws the frame
//! around the rooms, and carries out what the person wants done. It does no business: that is the workspace's.

mod carry_out;
mod dialogs;
mod help;
mod interrupted;
mod palette;
mod pictures;
mod rail;
mod session;
mod status_bar;
mod top_bar;

use super::action::{Action, Purpose, plain_actions};
use super::memory::Memory;
use super::panel::{Panel, PanelContext, Recent, Room, Selection};
use super::theme::{self, Tokens, space};
use super::widgets::button::Button;
use super::widgets::toast::{Toast, Toasts};
use super::widgets::{state, toast};
use super::{icons, panels};
use crate::domain::Failure;
use crate::workspace::{Fetched, Query};
use eframe::egui::{self, Context, Ui};
use session::Session;
use std::path::PathBuf;
use std::time::Duration;

/// Where the window keeps its own things.
#[derive(Debug, Clone)]
pub struct Places {
    /// The file in which it remembers; `None` remembers nothing.
    pub memory: Option<PathBuf>,
    /// The folder in which sample workspaces are made.
    pub samples: PathBuf,
}

/// The app.
pub struct App {
    session: Session,
    panels: Vec<Box<dyn Panel>>,
    room: Room,
    selection: Selection,
    actions: Vec<Action>,
    picked: Vec<(Purpose, PathBuf)>,
    dialogs: dialogs::Dialogs,
    toasts: Toasts,
    palette: palette::Palette,
    has_help: bool,
    has_notices: bool,
    memory: Memory,
    places: Places,
    recent: Vec<Recent>,
    pretended: Option<Fetched>,
    pictures: pictures::Pictures,
    interrupted: interrupted::Question,
}

impl App {
    /// The app without a workspace.
    #[must_use]
    pub fn new(ctx: &Context, places: Places) -> Self {
        let memory = places
            .memory
            .as_deref()
            .map(Memory::read)
            .unwrap_or_default();
        theme::install(ctx);
        ctx.set_theme(if memory.is_dark {
            egui::Theme::Dark
        } else {
            egui::Theme::Light
        });
        let mut app = Self {
            session: Session::closed(),
            panels: panels::all(),
            room: Room::Start,
            selection: Selection::default(),
            actions: Vec::new(),
            picked: Vec::new(),
            dialogs: dialogs::Dialogs::default(),
            toasts: Toasts::default(),
            palette: palette::Palette::default(),
            has_help: false,
            has_notices: false,
            memory,
            places,
            recent: Vec::new(),
            pretended: None,
            pictures: pictures::Pictures::default(),
            interrupted: interrupted::Question::default(),
        };
        app.look_at_recent();
        app
    }

    /// Answers every question with this from now on: for pictures of rooms that are loading or have failed.
    pub(super) fn pretend(&mut self, answer: Option<Fetched>) {
        self.pretended = answer;
    }

    /// Queues an action, as a button would.
    pub fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// The room one is in.
    #[must_use]
    pub fn room(&self) -> Room {
        self.room
    }

    /// What is selected.
    pub fn selection(&mut self) -> &mut Selection {
        &mut self.selection
    }

    /// The open workspace's snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Option<std::sync::Arc<crate::workspace::Snapshot>> {
        self.session
            .workspace()
            .map(crate::workspace::Workspace::snapshot)
    }

    /// Draws a frame.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.listen(&ctx);
        self.shortcuts(&ctx);
        let snapshot = self.snapshot();
        top_bar::show(
            ui,
            snapshot.as_deref(),
            &mut self.actions,
            self.toasts.n_unread(),
        );
        if self.session.is_open() {
            status_bar::show(ui, snapshot.as_deref(), now(), &mut self.actions);
        }
        rail::show(ui, self.room, snapshot.as_deref(), &mut self.actions);
        if self.memory.has_inspector && self.has_facts(snapshot.as_deref()) {
            self.inspector(ui, snapshot.as_deref());
        }
        self.room_ui(ui, snapshot.as_deref());
        self.overlays(&ctx, snapshot.is_some());
        self.picked.clear();
        self.carry_out_all(&ctx);
        if snapshot.is_some_and(|s| s.live.is_some()) {
            ctx.request_repaint_after(Duration::from_millis(100));
        } else if self.session.is_open() {
            // Ages are written in minutes.
            ctx.request_repaint_after(Duration::from_secs(30));
        }
    }

    /// Whether the room has facts to show in the inspector.
    fn has_facts(&self, snapshot: Option<&crate::workspace::Snapshot>) -> bool {
        let panel = self.panels.iter().find(|p| p.room() == self.room);
        let has = |s| panel.is_some_and(|p| p.unavailable(s).is_none() && p.has_inspector(s));
        snapshot.is_some_and(has)
    }

    /// Takes in what happened outside: events, dialogs, dropped files.
    fn listen(&mut self, ctx: &Context) {
        for notice in self.session.listen() {
            self.toasts.push(notice);
        }
        if let Some(root) = self.session.just_opened() {
            let now = now();
            self.memory.opened(&root, now);
            self.look_at_recent();
            self.selection = Selection::default();
            // Filters, drafts and places of the workspace before mean nothing in this one.
            self.panels = panels::all();
            self.interrupted = interrupted::Question::default();
            self.save_memory();
        }
        for command in self.dialogs.commands() {
            self.submit(command);
        }
        for (purpose, path) in self.dialogs.poll() {
            self.actions.push(Action::Picked(purpose, path));
        }
        let dropped: Vec<PathBuf> = ctx.input(|i| {
            i.raw
                .dropped_files
                .iter()
                .map(|f| f.path().to_owned())
                .collect()
        });
        for path in dropped {
            let purpose = if path.join("lockkeeper.toml").exists() {
                Purpose::Workspace
            } else if self.session.is_open() && path.extension().is_some_and(|e| e == "onnx") {
                Purpose::Model
            } else {
                Purpose::NewData
            };
            self.actions.push(Action::Picked(purpose, path));
        }
        for notice in self
            .pictures
            .poll()
            .into_iter()
            .chain(self.dialogs.notices())
        {
            self.toasts.push(notice);
        }
    }

    fn shortcuts(&mut self, ctx: &Context) {
        let is_open = self.session.is_open();
        for plain in plain_actions() {
            let Some(shortcut) = plain.shortcut else {
                continue;
            };
            if (is_open || !plain.needs_workspace)
                && ctx.input_mut(|i| i.consume_shortcut(&shortcut))
            {
                self.actions.push(plain.action);
            }
        }
    }

    fn room_ui(&mut self, ui: &mut Ui, snapshot: Option<&crate::workspace::Snapshot>) {
        let tokens = Tokens::of(ui);
        let frame = egui::Frame::new()
            .fill(tokens.background)
            .inner_margin(space::L);
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            if let Some(opening) = self.session.opening() {
                state::loading(ui, &format!("Opening {}…", opening.display()), None);
                return;
            }
            if let Some((root, failure)) = self.session.failed() {
                let (root, problem) = (root.to_owned(), problem_of(failure));
                ui.horizontal(|ui| {
                    if Button::new("Back to Start")
                        .icon(icons::HOME)
                        .show(ui)
                        .clicked()
                    {
                        self.actions.push(Action::CloseWorkspace);
                    }
                });
                if let Some(state::FailedAction::Retry) = state::failed(ui, &problem, true) {
                    self.actions.push(Action::OpenWorkspace(root));
                }
                return;
            }
            let room = if snapshot.is_some() {
                self.room
            } else {
                Room::Start
            };
            if let Some(snapshot) = snapshot {
                self.interrupted
                    .show(ui, snapshot, now(), &mut self.actions);
            }
            self.with_panel(room, snapshot, |panel, context| {
                match snapshot.and_then(|s| panel.unavailable(s)) {
                    None => panel.ui(ui, context),
                    Some(why) => {
                        ui.label(theme::Type::Title.rich(room.title(), Tokens::of(ui).text_strong));
                        let button = why
                            .action
                            .as_ref()
                            .map(|(text, _)| Button::new(text.clone()).primary());
                        if state::empty(ui, room.icon(), why.title, &why.text, button)
                            && let Some((_, action)) = why.action
                        {
                            context.act(action);
                        }
                    }
                }
            });
        });
    }

    fn inspector(&mut self, ui: &mut Ui, snapshot: Option<&crate::workspace::Snapshot>) {
        let tokens = Tokens::of(ui);
        let frame = egui::Frame::new().fill(tokens.panel).inner_margin(space::M);
        let room = self.room;
        egui::Panel::right("inspector")
            .exact_size(300.0)
            .resizable(false)
            .frame(frame)
            .show(ui, |ui| {
                egui::ScrollArea::vertical()
                    .id_salt("inspector")
                    .auto_shrink(false)
                    .show(ui, |ui| {
                        self.with_panel(room, snapshot, |panel, context| {
                            let is_closed =
                                snapshot.is_some_and(|s| panel.unavailable(s).is_some());
                            if is_closed || !panel.inspector(ui, context) {
                                state::empty(
                                    ui,
                                    icons::INFO,
                                    "Nothing selected",
                                    "Select something in the room to see its facts here.",
                                    None,
                                );
                            }
                        });
                    });
            });
    }

    /// Lends a panel what it may see.
    fn with_panel(
        &mut self,
        room: Room,
        snapshot: Option<&crate::workspace::Snapshot>,
        work: impl FnOnce(&mut dyn Panel, &mut PanelContext<'_>),
    ) {
        let Some(panel) = self.panels.iter_mut().find(|p| p.room() == room) else {
            return;
        };
        let (session, pretended) = (&self.session, &self.pretended);
        let fetch = |query: &Query| pretended.clone().unwrap_or_else(|| session.fetch(query));
        work(
            panel.as_mut(),
            &mut PanelContext {
                snapshot,
                fetch: &fetch as &dyn Fn(&Query) -> Fetched,
                selection: &mut self.selection,
                actions: &mut self.actions,
                recent: &self.recent,
                now: now(),
                picked: &self.picked,
            },
        );
    }

    fn overlays(&mut self, ctx: &Context, is_open: bool) {
        if let Some(action) = self.palette.show(ctx, is_open) {
            self.actions.push(action);
        }
        if self.has_help {
            self.has_help = help::show(ctx);
        }
        if self.has_notices {
            self.has_notices = notices(ctx, &mut self.toasts);
        }
        if let Some((purpose, path)) = self.dialogs.show(ctx) {
            self.actions.push(Action::Picked(purpose, path));
        }
        let _no_actions_yet: Option<toast::Toast> = self.toasts.show(ctx);
    }

    fn look_at_recent(&mut self) {
        self.recent = self
            .memory
            .recent
            .iter()
            .map(|(root, opened)| Recent {
                root: root.clone(),
                opened: *opened,
                exists: root.join("lockkeeper.toml").exists(),
            })
            .collect();
    }

    fn save_memory(&self) {
        if let Some(path) = &self.places.memory {
            self.memory.write(path);
        }
    }

    fn notify(&mut self, toast: Toast) {
        self.toasts.push(toast);
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        Self::ui(self, ui);
    }

    /// A page that was scrolled down yesterday begins at its top today; the window's own place is kept all the same.
    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.memory.room = self.room.title().to_owned();
        self.save_memory();
    }
}

/// A failure as the house widget shows it.
#[must_use]
pub fn problem_of(failure: &Failure) -> state::Problem {
    state::Problem {
        summary: failure.summary.clone(),
        place: String::new(),
        hints: failure.hints.clone(),
        details: failure.details.join("\n"),
    }
}

fn notices(ctx: &Context, toasts: &mut Toasts) -> bool {
    let mut is_open = true;
    let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(space::XL);
    let modal = egui::Modal::new(egui::Id::unique("notices")).frame(frame);
    let response = modal.show(ctx, |ui| {
        ui.set_width(480.0);
        super::widgets::card::page_title(
            ui,
            "Notices",
            "What happened since the window was opened.",
        );
        egui::ScrollArea::vertical()
            .max_height(420.0)
            .show(ui, |ui| toasts.history(ui));
        ui.add_space(space::M);
        if Button::new("Close").show(ui).clicked() {
            is_open = false;
        }
    });
    is_open && !response.should_close()
}

/// Milliseconds since 1970.
fn now() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| d.as_millis() as i64)
}
