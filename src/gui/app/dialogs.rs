//! Native file dialogs, off the window's thread: a portal that hangs must not stop the window. Every dialog has a path
//! field or drag and drop beside it, so nothing depends on a portal.

use crate::gui::action::Purpose;
use crate::gui::theme::Tone;
use crate::gui::widgets::toast::Toast;
use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui::Context;
use std::path::PathBuf;

/// Dialogs that are open, and what they have answered.
pub(super) struct Dialogs {
    sender: Sender<(Purpose, PathBuf)>,
    answers: Receiver<(Purpose, PathBuf)>,
    teller: Sender<Toast>,
    told: Receiver<Toast>,
}

impl Default for Dialogs {
    fn default() -> Self {
        let (sender, answers) = unbounded();
        let (teller, told) = unbounded();
        Self {
            sender,
            answers,
            teller,
            told,
        }
    }
}

impl Dialogs {
    /// Asks for a file or folder.
    pub(super) fn ask(&self, purpose: Purpose, ctx: &Context) {
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        std::thread::spawn(move || {
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
            };
            if let Some(path) = picked {
                // The window may be closing.
                let _closed = sender.send((purpose, path));
                ctx.request_repaint();
            }
        });
    }

    /// Saves bytes where the person chooses.
    pub(super) fn save(&self, name: &str, bytes: Vec<u8>, ctx: &Context) {
        let (name, ctx, teller) = (name.to_owned(), ctx.clone(), self.teller.clone());
        std::thread::spawn(move || {
            let folder = super::pictures::download_folder();
            let dialog = rfd::FileDialog::new()
                .set_file_name(&name)
                .set_directory(&folder);
            // Without a portal the dialog answers at once with nothing: then the file goes to the downloads.
            let started = std::time::Instant::now();
            let path = dialog.save_file().or_else(|| {
                let had_no_portal = started.elapsed() < std::time::Duration::from_millis(300);
                had_no_portal.then(|| folder.join(&name))
            });
            if let Some(path) = path {
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

    /// What became of files that were to be saved.
    pub(super) fn notices(&self) -> Vec<Toast> {
        self.told.try_iter().collect()
    }

    /// What was answered since the last call.
    pub(super) fn poll(&self) -> Vec<(Purpose, PathBuf)> {
        self.answers.try_iter().collect()
    }
}
