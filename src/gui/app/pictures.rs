//! Saving parts of the window as pictures: the screenshot arrives after the frame, and is cut and written off the
//! window's thread.

use crate::gui::theme::Tone;
use crate::gui::widgets::toast::Toast;
use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui::{ColorImage, Context, Rect};
use std::path::{Path, PathBuf};

/// Pictures on their way.
pub(super) struct Pictures {
    sender: Sender<Toast>,
    results: Receiver<Toast>,
}

impl Default for Pictures {
    fn default() -> Self {
        let (sender, results) = unbounded();
        Self { sender, results }
    }
}

impl Pictures {
    /// Saves this part of the window under this name in the downloads.
    pub(super) fn save(&self, name: &str, rect: Rect, ctx: &Context) {
        let path = download_folder().join(name);
        let (sender, wake) = (self.sender.clone(), ctx.clone());
        let scale = ctx.pixels_per_point();
        ctx.request_screenshot(move |screenshot| {
            std::thread::spawn(move || {
                let toast = match write(&screenshot.region(&rect, Some(scale)), &path) {
                    Ok(()) => {
                        Toast::new(Tone::Good, "Picture saved").details(path.display().to_string())
                    }
                    Err(why) => Toast::new(Tone::Bad, "The picture could not be saved")
                        .details(format!("{}: {why}", path.display())),
                };
                // The window may be closing.
                let _closed = sender.send(toast);
                wake.request_repaint();
            });
        });
    }

    /// What became of pictures since the last call.
    pub(super) fn poll(&self) -> Vec<Toast> {
        self.results.try_iter().collect()
    }
}

fn write(picture: &ColorImage, path: &Path) -> Result<(), String> {
    let [width, height] = picture.size;
    let bytes: Vec<u8> = picture
        .pixels
        .iter()
        .flat_map(|p| p.to_srgba_unmultiplied())
        .collect();
    image::RgbaImage::from_raw(width as u32, height as u32, bytes)
        .ok_or_else(|| "the picture is empty".to_owned())?
        .save(path)
        .map_err(|e| e.to_string())
}

/// Where pictures are saved.
pub(super) fn download_folder() -> PathBuf {
    directories::UserDirs::new()
        .and_then(|dirs| {
            let downloads = dirs
                .download_dir()
                .map(Path::to_owned)
                .filter(|d| d.is_dir());
            downloads.or_else(|| Some(dirs.home_dir().to_owned()))
        })
        .unwrap_or_else(|| PathBuf::from("."))
}
