//! Native file dialogs, off the window's thread: a portal that hangs must not stop the window. Where there is no portal
//! the window asks for the path itself.

use crate::gui::action::Purpose;
use crate::gui::panels::start::path_of;
use crate::gui::theme::Tone;
use crate::gui::theme::{Tokens, Type, size, space};
use crate::gui::widgets::toast::Toast;
use crate::gui::widgets::{button::Button, field::Field};
use crate::workspace::Command;
use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui::{self, Context, Key, Ui};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Dialogs that are open, and what they have answered.
pub(super) struct Dialogs {
    sender: Sender<(Purpose, PathBuf)>,
    answers: Receiver<(Purpose, PathBuf)>,
    teller: Sender<Toast>,
    told: Receiver<Toast>,
    refuser: Sender<Purpose>,
    refused: Receiver<Purpose>,
    commander: Sender<Command>,
    commands: Receiver<Command>,
    /// What is asked for by its path.
    typed: Option<(Purpose, String)>,
}

/// A dialog that ends sooner than this was not seen by anybody: there is no portal behind the session bus.
const UNSEEN: Duration = Duration::from_millis(700);

/// Whether there may be file dialogs at all. On Linux they need a session bus, over which the portal is asked, or zenity.
fn may_have_dialogs() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let is_in = |folders: Option<OsString>, name: &str| {
        folders.is_some_and(|f| std::env::split_paths(&f).any(|folder| folder.join(name).exists()))
    };
    std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || is_in(std::env::var_os("XDG_RUNTIME_DIR"), "bus")
        || is_in(std::env::var_os("PATH"), "zenity")
}

impl Default for Dialogs {
    fn default() -> Self {
        let (sender, answers) = unbounded();
        let (teller, told) = unbounded();
        let (refuser, refused) = unbounded();
        let (commander, commands) = unbounded();
        Self {
            sender,
            answers,
            teller,
            told,
            refuser,
            refused,
            commander,
            commands,
            typed: None,
        }
    }
}

impl Dialogs {
    /// Asks for a file or folder.
    pub(super) fn ask(&self, purpose: Purpose, ctx: &Context) {
        let (sender, refuser, ctx) = (self.sender.clone(), self.refuser.clone(), ctx.clone());
        if !may_have_dialogs() {
            // The window may be closing.
            let _closed = refuser.send(purpose);
            return ctx.request_repaint();
        }
        std::thread::spawn(move || {
            let begun = Instant::now();
            let dialog = rfd::FileDialog::new();
            let data = [
                "csv", "tsv", "tab", "psv", "txt", "gz", "zst", "json", "jsonl", "ndjson",
                "parquet", "pq", "arrow", "arrows", "feather", "ipc", "sqlite", "sqlite3", "db",
                "xlsx", "xlsm", "xlsb", "xls", "ods",
            ];
            let picked = match purpose {
                Purpose::Workspace => dialog.set_title("Open a workspace").pick_folder(),
                Purpose::NewFolder => dialog
                    .set_title("Folder for the new workspace")
                    .pick_folder(),
                Purpose::NewData => dialog
                    .set_title("Data")
                    .add_filter("Data", &data)
                    .pick_file(),
                Purpose::Batch => dialog
                    .set_title("The newest batch")
                    .add_filter("Data", &data)
                    .pick_file(),
                Purpose::Schema => dialog
                    .set_title("Import a schema")
                    .add_filter(
                        "Schemas",
                        &["pbtxt", "textproto", "prototxt", "json", "txt"],
                    )
                    .pick_file(),
                Purpose::Model => dialog
                    .set_title("Import a model")
                    .add_filter("ONNX models", &["onnx"])
                    .pick_file(),
            };
            // The window may be closing.
            match picked {
                Some(path) => _ = sender.send((purpose, path)),
                None if begun.elapsed() < UNSEEN => _ = refuser.send(purpose),
                None => (),
            }
            ctx.request_repaint();
        });
    }

    /// Saves bytes where the person chooses.
    pub(super) fn save(&self, name: &str, bytes: Vec<u8>, ctx: &Context) {
        let (name, ctx, teller) = (name.to_owned(), ctx.clone(), self.teller.clone());
        std::thread::spawn(move || {
            if let Some(path) = place_for(&name) {
                let toast = match std::fs::write(&path, bytes) {
                    Ok(()) => Toast::new(Tone::Good, "Saved").details(path.display().to_string()),
                    Err(e) => Toast::new(Tone::Bad, "The file could not be saved")
                        .details(format!("{}: {e}", path.display())),
                };
                // The window may be closing.
                let _closed = teller.send(toast);
            }
            ctx.request_repaint();
        });
    }

    /// Asks where to, and makes a command of the answer.
    pub(super) fn command(
        &self,
        name: &str,
        make: impl FnOnce(PathBuf) -> Command + Send + 'static,
        ctx: &Context,
    ) {
        let (name, ctx, commander) = (name.to_owned(), ctx.clone(), self.commander.clone());
        std::thread::spawn(move || {
            if let Some(path) = place_for(&name) {
                // The window may be closing.
                let _closed = commander.send(make(path));
            }
            ctx.request_repaint();
        });
    }

    /// Commands whose place is chosen by now.
    pub(super) fn commands(&self) -> Vec<Command> {
        self.commands.try_iter().collect()
    }

    /// Asks for the path of what no dialog could ask for; what was answered.
    pub(super) fn show(&mut self, ctx: &Context) -> Option<(Purpose, PathBuf)> {
        if let Some(purpose) = self.refused.try_iter().last() {
            self.typed = Some((purpose, String::new()));
        }
        let (purpose, typed) = self.typed.as_mut()?;
        let purpose = *purpose;
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(space::XL);
        let modal = egui::Modal::new(egui::Id::unique("path")).frame(frame);
        let shown = modal.show(ctx, |ui| ask_for_path(ui, purpose, typed));
        let is_closed = shown.should_close();
        match shown.inner {
            Some(true) => {
                let path = path_of(typed);
                self.typed = None;
                Some((purpose, path))
            }
            Some(false) => {
                self.typed = None;
                None
            }
            None => {
                if is_closed {
                    self.typed = None;
                }
                None
            }
        }
    }

    /// What became of files that were to be saved.
    pub(super) fn notices(&self) -> Vec<Toast> {
        self.told.try_iter().collect()
    }

    /// What was answered since the last call.
    pub(super) fn poll(&self) -> Vec<(Purpose, PathBuf)> {
        self.answers.try_iter().collect()
    }
}

/// Where a file of this name is to go; `None` where the person chose nothing.
fn place_for(name: &str) -> Option<PathBuf> {
    let folder = super::pictures::download_folder();
    if !may_have_dialogs() {
        return Some(folder.join(name));
    }
    let dialog = rfd::FileDialog::new()
        .set_file_name(name)
        .set_directory(&folder);
    // Without a portal the dialog answers at once with nothing: then the file goes to the downloads.
    let started = Instant::now();
    dialog.save_file().or_else(|| {
        let had_no_portal = started.elapsed() < UNSEEN;
        had_no_portal.then(|| folder.join(name))
    })
}

/// The contents of the question: `true` to take what is typed, `false` to leave it.
fn ask_for_path(ui: &mut Ui, purpose: Purpose, typed: &mut String) -> Option<bool> {
    let tokens = Tokens::of(ui);
    let (title, label) = match purpose {
        Purpose::Workspace => ("Open a workspace", "Its folder"),
        Purpose::NewFolder => ("Folder for the new workspace", "Folder"),
        Purpose::NewData => ("New workspace from data", "File or folder"),
        Purpose::Batch => ("Add the newest batch", "File"),
        Purpose::Schema => ("Import a schema", "File"),
        Purpose::Model => ("Import a model (ONNX)", "ONNX file"),
    };
    ui.set_width(size::PROSE * 0.8);
    ui.spacing_mut().item_spacing.y = space::S;
    ui.label(Type::Heading.rich(title, tokens.text_strong));
    let text = "This desktop has no file dialog; write the path.";
    ui.label(Type::Small.rich(text, tokens.text_weak));
    let exists = path_of(typed).exists();
    let is_wrong = !typed.trim().is_empty() && !exists;
    let field = Field::new(label)
        .hint("/home/ada/data/2026-11.csv")
        .problem(is_wrong.then_some("There is nothing at this path"))
        .width(ui.available_width())
        .text(ui, typed);
    if !field.has_focus() && typed.is_empty() {
        field.request_focus();
    }
    let is_entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) && exists;
    let mut answer = is_entered.then_some(true);
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let go = Button::new("Take it").primary();
        if go
            .unless((!exists).then_some("Write the path of something that exists"))
            .show(ui)
            .clicked()
        {
            answer = Some(true);
        }
        if Button::new("Cancel").show(ui).clicked() {
            answer = Some(false);
        }
    });
    answer
}
