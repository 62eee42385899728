//! Copies of the database that are made by themselves: `backups/metadata-<milliseconds since 1970>.sqlite`. When one is made
//! is asked here; the newest few stay, and of each of the last days the newest one. Artifact files are not copied: they never
//! change, and one that is lost is made again.

use super::{DATABASE_FILE, Store, StoreError, database};
use crate::domain::ids::Millis;
use crate::domain::upkeep::Backup;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Name of the folder in the workspace.
const FOLDER: &str = "backups";
const PREFIX: &str = "metadata-";
const SUFFIX: &str = ".sqlite";
/// So long a copy is new enough.
const EVERY: Millis = 10 * 60 * 1_000;
/// The newest that stay.
const N_NEWEST: usize = 3;
/// Days of which the newest stays.
const N_DAYS: usize = 7;
const DAY: Millis = 24 * 60 * 60 * 1_000;

/// The copies in a workspace, the newest first.
pub(super) fn list(root: &Path) -> Vec<Backup> {
    let entries = std::fs::read_dir(root.join(FOLDER)).into_iter().flatten();
    let mut found: Vec<Backup> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let made = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
            Some(Backup {
                uri: format!("{FOLDER}/{name}"),
                made: made.parse().ok()?,
                n_bytes: entry.metadata().ok()?.len(),
            })
        })
        .collect();
    found.sort_by_key(|backup| std::cmp::Reverse(backup.made));
    found
}

/// Which of these moments' copies stay, given the newest first.
fn kept(made: &[Millis]) -> BTreeSet<Millis> {
    let mut kept: BTreeSet<Millis> = made.iter().take(N_NEWEST).copied().collect();
    let mut days = BTreeSet::new();
    for moment in made {
        if days.len() < N_DAYS && days.insert(moment.div_euclid(DAY)) {
            kept.insert(*moment);
        }
    }
    kept
}

impl Store {
    /// Copies the database unless there is a copy of the last ten minutes, and removes the oldest copies.
    ///
    /// # Errors
    /// `Corrupt` where the database is damaged, and as [`Store::backup`].
    pub fn keep_backup(&self) -> Result<(), StoreError> {
        let now = self.now();
        let newest = list(&self.root).first().map(|backup| backup.made);
        // A copy from the future was made before the clock was set back, and says nothing of its age.
        if newest.is_some_and(|made| (0..EVERY).contains(&(now - made))) {
            return Ok(());
        }
        let folder = self.root.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(|e| StoreError::io("Making", &folder, e))?;
        // What is damaged must not take the place of what is whole.
        database::check(&self.conn, &self.root.join(DATABASE_FILE))?;
        self.backup(&folder.join(format!("{PREFIX}{now}{SUFFIX}")))?;
        let all = list(&self.root);
        let made: Vec<Millis> = all.iter().map(|backup| backup.made).collect();
        let kept = kept(&made);
        for old in all.iter().filter(|backup| !kept.contains(&backup.made)) {
            // What stays takes room and nothing else.
            let _stays = std::fs::remove_file(self.root.join(&old.uri));
        }
        Ok(())
    }
}

/// Puts the newest copy that is whole in the place of a damaged database, which is kept beside it. To be called with the
/// lock held. The copy, and where the damaged file is now; `None` if no copy is whole.
///
/// # Errors
/// `Io`, `Unwritable`, `DiskFull`; then the damaged file is in its place.
pub(super) fn restore(root: &Path, now: Millis) -> Result<Option<(Backup, PathBuf)>, StoreError> {
    let whole = list(root).into_iter().find(|backup| {
        let path = root.join(&backup.uri);
        database::is_whole(&path)
    });
    let Some(backup) = whole else {
        return Ok(None);
    };
    let database = root.join(DATABASE_FILE);
    let part = root.join(format!("{DATABASE_FILE}.part"));
    std::fs::copy(root.join(&backup.uri), &part)
        .map_err(|e| StoreError::io("Writing", &part, e))?;
    std::fs::File::open(&part)
        .and_then(|file| file.sync_all())
        .map_err(|e| StoreError::io("Writing", &part, e))?;
    let aside = root.join(format!("{DATABASE_FILE}.damaged-{now}"));
    for suffix in ["-wal", "-shm", ""] {
        let from = root.join(format!("{DATABASE_FILE}{suffix}"));
        let to = root.join(format!("{DATABASE_FILE}.damaged-{now}{suffix}"));
        match std::fs::rename(&from, &to) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::io("Moving", &from, e));
            }
            _ => {}
        }
    }
    std::fs::rename(&part, &database).map_err(|e| StoreError::io("Writing", &database, e))?;
    Ok(Some((backup, aside)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_and_one_of_each_day() {
        let hour = DAY / 24;
        let made: Vec<Millis> = (0..400).rev().map(|i| i * hour).collect();
        let kept = kept(&made);
        assert!(kept.contains(&(399 * hour)) && kept.contains(&(397 * hour)));
        assert!(!kept.contains(&(396 * hour)));
        // Hours 384 to 399 are the last day; the newest of the six days before end at 383, 359 …
        for end in [383, 359, 335, 311, 287, 263] {
            assert!(kept.contains(&(end * hour)), "{end}");
        }
        assert_eq!(kept.len(), 3 + 6);
        assert!(super::kept(&[]).is_empty());
    }
}
