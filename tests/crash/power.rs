//! A power cut: of what the program wrote, the disk keeps what was synced. The rest is undone: bytes behind the synced end
//! are gone, bytes before it are zeros, names that their folder was not synced for are gone.

use super::point::Call;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// What of a file has not reached the disk.
#[derive(Default)]
struct File {
    /// Its length on the disk.
    safe: u64,
    /// Offsets and lengths.
    unsafe_writes: Vec<(u64, u64)>,
}

/// Undoes what was not synced. `calls` are those that were done; `sizes` the files that were there before, all of which
/// are on the disk.
pub fn cut(calls: &[Call], sizes: &BTreeMap<PathBuf, u64>) {
    let file = |safe: &u64| File {
        safe: *safe,
        unsafe_writes: Vec::new(),
    };
    let mut files: BTreeMap<PathBuf, File> =
        sizes.iter().map(|(p, n)| (p.clone(), file(n))).collect();
    let mut unsafe_names: Vec<PathBuf> = Vec::new();
    for call in calls {
        match call {
            Call::Write {
                path,
                offset,
                length,
            } => files
                .entry(path.clone())
                .or_default()
                .unsafe_writes
                .push((*offset, *length)),
            Call::Sync { path, size } => {
                unsafe_names.retain(|name| name.parent() != Some(path));
                if let Some(file) = files.get_mut(path) {
                    file.unsafe_writes.clear();
                    file.safe = *size;
                }
            }
            Call::Rename { from, to } => {
                if let Some(file) = files.remove(from) {
                    files.insert(to.clone(), file);
                }
                unsafe_names.push(to.clone());
            }
            Call::Remove { path } => _ = files.remove(path),
            Call::Cut { path, length } => {
                if let Some(file) = files.get_mut(path) {
                    file.safe = file.safe.min(*length);
                    file.unsafe_writes.retain(|(offset, _)| offset < length);
                }
            }
        }
    }
    for (path, file) in files {
        if is_volatile(&path) {
            let _gone_already = std::fs::remove_file(&path);
        } else if !file.unsafe_writes.is_empty() {
            forget(&path, &file);
        }
    }
    for name in unsafe_names {
        let _gone_already = std::fs::remove_file(name);
    }
}

/// What SQLite makes anew from the log.
fn is_volatile(path: &Path) -> bool {
    path.to_string_lossy().ends_with("-shm")
}

fn forget(path: &Path, file: &File) {
    let Ok(mut on_disk) = OpenOptions::new().write(true).open(path) else {
        return;
    };
    for (offset, length) in &file.unsafe_writes {
        let within = file.safe.saturating_sub(*offset).min(*length);
        on_disk.seek(SeekFrom::Start(*offset)).expect("it seeks");
        on_disk
            .write_all(&vec![0; within as usize])
            .expect("it can be overwritten");
    }
    let length = on_disk.metadata().expect("it is there").len();
    on_disk
        .set_len(length.min(file.safe))
        .expect("it can be cut");
}
