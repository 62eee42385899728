//! Everything that can be done in the window, as one enum: menus, buttons, the command palette, keyboard shortcuts
//! and the help page all speak in it. Panels queue actions; carrying them out is left to the app.

use super::icons::Icon;
use super::panel::Room;
use super::widgets::chart::ChartRequest;
use crate::domain::ContentHash;
use crate::domain::reading::ReadOptions;
use crate::gui::icons;
use crate::workspace::{Command, Query};
use eframe::egui::{Key, KeyboardShortcut, Modifiers};
use std::path::PathBuf;

/// Something to do.
#[derive(Debug, Clone)]
pub enum Action {
    /// Goes to a room.
    Go(Room),
    /// Goes to a page of a room, by its position in `Room::pages`.
    GoPage(Room, usize),
    /// Gives a command to the engine.
    Submit(Command),
    /// Runs the pipeline.
    Run,
    /// Stops the run at work.
    StopRun,
    /// Opens a workspace.
    OpenWorkspace(PathBuf),
    /// Makes a workspace from a shipped sample and opens it.
    OpenSample(String),
    /// Makes a workspace from a file and opens it.
    CreateWorkspace {
        /// The new folder.
        root: PathBuf,
        /// The data.
        data: PathBuf,
        /// The target column.
        target: String,
        /// How the data are to be read.
        read: Box<ReadOptions>,
    },
    /// Stops the look at a file that is being taken.
    StopLook(PathBuf),
    /// Stops working out an answer.
    StopAnswer(Box<Query>),
    /// Closes the workspace and goes to Start.
    CloseWorkspace,
    /// Asks for a file or folder with a native dialog.
    Pick(Purpose),
    /// A file or folder was picked, typed or dropped.
    Picked(Purpose, PathBuf),
    /// Forgets one of the recent workspaces.
    ForgetRecent(PathBuf),
    /// Starts the prediction service on the workspace's port.
    StartService,
    /// Stops it.
    StopService,
    /// Asks again for what could not be read.
    Retry,
    /// Light or dark.
    ToggleTheme,
    /// Opens the command palette.
    Palette,
    /// Opens the page of keyboard shortcuts.
    Help,
    /// Shows or hides the inspector.
    ToggleInspector,
    /// Opens the history of notices.
    Notices,
    /// What a chart's menu asked for.
    Chart(ChartRequest),
    /// Saves a text to a file that the person chooses.
    SaveText {
        /// Suggested file name.
        name: String,
        /// The text.
        text: String,
    },
    /// Writes a model as ONNX to a file that the person chooses.
    ExportModel {
        /// The model's artifact.
        model: ContentHash,
        /// Suggested file name.
        name: String,
    },
    /// Copies a text.
    Copy(String),
    /// Shows a folder or file in the system's file manager.
    Reveal(PathBuf),
    /// Says something in a toast.
    Notify(String),
    /// Closes the window.
    Quit,
}

/// What a picked file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A workspace to open.
    Workspace,
    /// Data to make a workspace of.
    NewData,
    /// The folder in which a new workspace is made.
    NewFolder,
    /// A batch to add.
    Batch,
    /// A schema of another program.
    Schema,
    /// A model of another program.
    Model,
}

/// An action that needs nothing more to be known: it can stand in the palette and have a shortcut.
pub struct PlainAction {
    /// What it does.
    pub action: Action,
    /// For people: "Run the pipeline".
    pub title: String,
    /// Its picture.
    pub icon: Icon,
    /// Its shortcut.
    pub shortcut: Option<KeyboardShortcut>,
    /// Whether it makes sense only with an open workspace.
    pub needs_workspace: bool,
}

/// All plain actions, in the order of the palette and the help page.
#[must_use]
pub fn plain_actions() -> Vec<PlainAction> {
    let key = |modifiers: Modifiers, key: Key| Some(KeyboardShortcut::new(modifiers, key));
    let ctrl = Modifiers::COMMAND;
    let shift = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    let plain = |action, title: &str, icon, shortcut, needs_workspace| PlainAction {
        action,
        title: title.to_owned(),
        icon,
        shortcut,
        needs_workspace,
    };
    let mut all = vec![
        plain(
            Action::Run,
            "Run the pipeline",
            icons::RUN,
            key(ctrl, Key::R),
            true,
        ),
        plain(
            Action::StopRun,
            "Stop the run",
            icons::STOP,
            key(ctrl, Key::Period),
            true,
        ),
    ];
    let digits = [
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
    ];
    for (room, digit) in Room::ALL.into_iter().zip(digits) {
        let title = format!("Go to {}", room.title());
        all.push(plain(
            Action::Go(room),
            &title,
            room.icon(),
            key(ctrl, digit),
            room != Room::Start,
        ));
    }
    for room in Room::ALL {
        for (page, name) in room.pages().iter().enumerate() {
            let title = format!("{}: {name}", room.title());
            all.push(plain(
                Action::GoPage(room, page),
                &title,
                room.icon(),
                None,
                true,
            ));
        }
    }
    all.extend([
        plain(
            Action::StartService,
            "Start the prediction service",
            icons::SERVICE,
            None,
            true,
        ),
        plain(
            Action::StopService,
            "Stop the prediction service",
            icons::STOP,
            None,
            true,
        ),
        plain(
            Action::Pick(Purpose::Batch),
            "Add a batch of data…",
            icons::ADD,
            None,
            true,
        ),
        plain(
            Action::Pick(Purpose::Workspace),
            "Open a workspace…",
            icons::OPEN,
            key(ctrl, Key::O),
            false,
        ),
        plain(
            Action::Pick(Purpose::NewData),
            "New workspace from data…",
            icons::DATASET,
            key(ctrl, Key::N),
            false,
        ),
        plain(
            Action::CloseWorkspace,
            "Close the workspace",
            icons::CLOSE,
            key(ctrl, Key::W),
            true,
        ),
        plain(
            Action::ToggleTheme,
            "Switch between light and dark",
            icons::THEME,
            key(shift, Key::L),
            false,
        ),
        plain(
            Action::ToggleInspector,
            "Show or hide the inspector",
            icons::INFO,
            key(ctrl, Key::I),
            true,
        ),
        plain(
            Action::Notices,
            "Show the history of notices",
            icons::NOTICES,
            None,
            false,
        ),
        plain(
            Action::Help,
            "Keyboard shortcuts",
            icons::HELP,
            key(Modifiers::NONE, Key::F1),
            false,
        ),
        plain(
            Action::Palette,
            "Command palette",
            icons::COMMANDS,
            key(ctrl, Key::K),
            false,
        ),
        plain(Action::Quit, "Quit", icons::CLOSE, key(ctrl, Key::Q), false),
    ]);
    all
}
