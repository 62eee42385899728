//! What the window remembers between two starts: recent workspaces, theme, room, inspector. A file of its own in the
//! user's configuration folder; losing it costs nothing.

use super::panel::Room;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Recent workspaces, newest first, with when they were last open (milliseconds since 1970).
    pub recent: Vec<(PathBuf, i64)>,
    /// Whether the theme is dark.
    pub is_dark: bool,
    /// Whether the inspector is shown.
    pub has_inspector: bool,
    /// The room one was in, by its title.
    pub room: String,
    /// Width and height of the window.
    pub size: (f32, f32),
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            recent: Vec::new(),
            is_dark: true,
            has_inspector: true,
            room: Room::Start.title().to_owned(),
            size: (1280.0, 800.0),
        }
    }
}

/// Recent workspaces that are kept.
const N_RECENT: usize = 12;

impl Memory {
    /// Reads what is remembered; what cannot be read is forgotten.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        std::fs::read(path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Writes it; a folder that cannot be written costs nothing but the memory.
    pub fn write(&self, path: &Path) {
        let Ok(bytes) = serde_json::to_vec_pretty(self) else {
            return;
        };
        if let Some(folder) = path.parent() {
            let _unwritable = std::fs::create_dir_all(folder);
        }
        let _unwritable = std::fs::write(path, bytes);
    }

    /// Notes that a workspace was opened.
    pub fn opened(&mut self, root: &Path, now: i64) {
        self.forget(root);
        self.recent.insert(0, (root.to_owned(), now));
        self.recent.truncate(N_RECENT);
    }

    /// Forgets a workspace.
    pub fn forget(&mut self, root: &Path) {
        self.recent.retain(|(known, _)| known != root);
    }

    /// The room one was in.
    #[must_use]
    pub fn room(&self) -> Room {
        Room::ALL
            .into_iter()
            .find(|r| r.title() == self.room)
            .unwrap_or(Room::Start)
    }
}
