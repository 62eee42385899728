//! Opening the window itself: its size, icon and title, and what it shows first.

use super::action::Action;
use super::app::{App, Places};
use super::memory::Memory;
use crate::workspace::create;
use eframe::egui;
use std::path::{Path, PathBuf};

/// Why there is no window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoDisplay(pub String);

/// Opens the window on the workspace that was open last, or else on the sample.
///
/// # Errors
/// If there is no display.
pub fn open_sample_or_last() -> Result<(), NoDisplay> {
    let memory = memory_path()
        .as_deref()
        .map(Memory::read)
        .unwrap_or_default();
    let last = memory
        .recent
        .iter()
        .map(|(root, _)| root)
        .find(|r| r.join("lockkeeper.toml").exists());
    let first = match last {
        Some(root) => Action::OpenWorkspace(root.clone()),
        None => Action::OpenSample("nyc-flights".to_owned()),
    };
    open(first)
}

/// Opens the window on a workspace.
///
/// # Errors
/// If there is no display.
pub fn open_workspace(root: &Path) -> Result<(), NoDisplay> {
    let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
    open(Action::OpenWorkspace(root))
}

fn open(first: Action) -> Result<(), NoDisplay> {
    if cfg!(all(unix, not(target_os = "macos"))) {
        let has = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        if !has("DISPLAY") && !has("WAYLAND_DISPLAY") {
            return Err(NoDisplay(
                "neither DISPLAY nor WAYLAND_DISPLAY is set".to_owned(),
            ));
        }
    }
    let memory_path = memory_path();
    let memory = memory_path.as_deref().map(Memory::read).unwrap_or_default();
    let mut viewport = egui::ViewportBuilder::default()
        .with_inner_size([memory.size.0, memory.size.1])
        .with_min_inner_size([960.0, 600.0])
        .with_app_id("lockkeeper")
        .with_title("Lockkeeper");
    if let Ok(icon) = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon.png")) {
        viewport = viewport.with_icon(icon);
    }
    let options = eframe::NativeOptions {
        viewport,
        persistence_path: memory_path
            .as_deref()
            .map(|p| p.with_file_name("window.ron")),
        ..Default::default()
    };
    eframe::run_native(
        "lockkeeper",
        options,
        Box::new(move |creation| {
            let places = Places {
                memory: memory_path,
                samples: create::samples_folder(),
            };
            let mut app = App::new(&creation.egui_ctx, places);
            app.act(first);
            Ok(Box::new(app))
        }),
    )
    .map_err(|e| NoDisplay(e.to_string()))
}

/// Where the window remembers.
fn memory_path() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "lockkeeper")
        .map(|dirs| dirs.config_dir().join("memory.json"))
}
