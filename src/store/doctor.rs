//! Is the ledger whole? Looks at the database, at every artifact's file and at every file among them, and mends what can be
//! mended: a damaged database by its newest copy, the record of a lost artifact by saying so (then the step that made it
//! runs again). Nothing that a person may want is deleted.

use super::files::{ARTIFACTS_FOLDER, ArtifactFiles, temporaries};
use super::states::LIVE;
use super::{Clock, DATABASE_FILE, Damage, Mode, Store, StoreError, backups, lock};
use crate::domain::ContentHash;
use crate::domain::ids::ArtifactId;
use crate::domain::upkeep::{Inspection, Trouble, TroubleKind};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;

/// Of files that nobody knows, this many are named.
const MAX_NAMED: usize = 5;

/// Inspects the ledger of the workspace in `root` and changes nothing.
///
/// # Errors
/// `NoDatabase`, `Io`, and what else keeps the files from being read; damage is no error but what is looked for.
pub fn inspect(root: &Path, clock: Clock) -> Result<Inspection, StoreError> {
    let store = match Store::open(root, Mode::ReadOnly, clock) {
        Ok(store) => store,
        Err(StoreError::Corrupt { detail, .. }) => return Ok(unreadable(root, &detail)),
        Err(error) => return Err(error),
    };
    store.inspection().map(|(inspection, _)| inspection)
}

/// Inspects the ledger and mends what can be mended. Takes the lock.
///
/// # Errors
/// `Locked`, and as [`inspect`].
pub fn repair(root: &Path, clock: Clock) -> Result<Inspection, StoreError> {
    let mut first = None;
    if let Err(StoreError::Corrupt { detail, .. }) =
        Store::open(root, Mode::ReadOnly, clock.clone())
    {
        let held = lock::WorkspaceLock::acquire(root)?;
        let mut found = unreadable(root, &detail);
        let Some((backup, aside)) = backups::restore(root, clock())? else {
            return Ok(found);
        };
        drop(held);
        let aside = aside
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        found.troubles[0].mended = Some(format!(
            "{} was put in its place; the damaged file is {aside} now. What was recorded after the copy is not known any more: \
             run the pipeline again, and what is missing is made anew",
            backup.uri
        ));
        first = found.troubles.pop();
    }
    let n_left_over = temporaries(root)?.len();
    // Opening removes what interrupted writes left, and ends what was running.
    let store = Store::open(root, Mode::ReadWrite, clock)?;
    let (mut inspection, lost) = store.inspection()?;
    for (artifact, trouble) in lost {
        store.mark_deleted(artifact)?;
        inspection.troubles[trouble].mended =
            Some("The next run makes it anew: its record says now that it is gone".to_owned());
    }
    if n_left_over > 0 {
        inspection.troubles.push(Trouble {
            kind: TroubleKind::LeftOver,
            what: format!("{n_left_over} files were left by writes that were interrupted"),
            mended: Some("They were removed".to_owned()),
        });
    }
    inspection.troubles.extend(first);
    inspection.troubles.sort_by_key(|trouble| trouble.kind);
    Ok(inspection)
}

/// A database that nothing can be asked of.
fn unreadable(root: &Path, detail: &str) -> Inspection {
    Inspection {
        backups: backups::list(root),
        troubles: vec![Trouble {
            kind: TroubleKind::DatabaseDamaged,
            what: format!("{DATABASE_FILE} is damaged: {detail}"),
            mended: None,
        }],
        ..Inspection::default()
    }
}

/// Artifacts that are lost, with the place of their trouble.
type Lost = Vec<(ArtifactId, usize)>;

impl Store {
    fn inspection(&self) -> Result<(Inspection, Lost), StoreError> {
        let mut inspection = Inspection {
            backups: backups::list(&self.root),
            ..Inspection::default()
        };
        inspection.troubles.extend(self.database_troubles()?);
        let live: Vec<(i64, String)> = self
            .conn
            .prepare(
                "SELECT id, uri FROM Artifact WHERE state = ?1 AND uri LIKE 'artifacts/%' ORDER BY id",
            )?
            .query_map([LIVE], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        inspection.n_artifacts = live.len() as u64;
        let files = self.files();
        let looked_at: Vec<Result<u64, StoreError>> = live
            .par_iter()
            .map(|(_, uri)| {
                let hash = ArtifactFiles::hash_of_uri(uri)?;
                files.verify(&hash)?;
                let path = files.path(&hash);
                let metadata = std::fs::metadata(&path);
                metadata
                    .map(|m| m.len())
                    .map_err(|e| StoreError::io("Reading", &path, e))
            })
            .collect();
        let mut lost = Lost::new();
        for ((id, _), found) in live.iter().zip(looked_at) {
            match found {
                Ok(n_bytes) => inspection.n_bytes += n_bytes,
                Err(StoreError::ArtifactDamaged { uri, damage }) => {
                    let kind = match damage {
                        Damage::Missing => TroubleKind::ArtifactMissing,
                        _ => TroubleKind::ArtifactAltered,
                    };
                    lost.push((ArtifactId(*id), inspection.troubles.len()));
                    let what = StoreError::ArtifactDamaged { uri, damage }.to_string();
                    inspection.troubles.push(Trouble {
                        kind,
                        what,
                        mended: None,
                    });
                }
                Err(other) => return Err(other),
            }
        }
        inspection.troubles.extend(self.file_troubles()?);
        Ok((inspection, lost))
    }

    fn database_troubles(&self) -> Result<Vec<Trouble>, StoreError> {
        let trouble = |kind, what| Trouble {
            kind,
            what,
            mended: None,
        };
        let mut troubles: Vec<Trouble> = self
            .conn
            .prepare("PRAGMA integrity_check(20)")?
            .query_map([], |row| row.get::<_, String>(0))?
            .filter(|said| !said.as_ref().is_ok_and(|text| text == "ok"))
            .map(|said| said.map(|text| trouble(TroubleKind::DatabaseDamaged, text)))
            .collect::<Result<_, _>>()?;
        let broken: Vec<String> = self
            .conn
            .prepare("PRAGMA foreign_key_check")?
            .query_map([], |row| {
                let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
                Ok(format!(
                    "a record in {table} points to one in {parent} that is not there"
                ))
            })?
            .collect::<Result<_, _>>()?;
        troubles.extend(
            broken
                .into_iter()
                .map(|what| trouble(TroubleKind::ReferenceBroken, what)),
        );
        Ok(troubles)
    }

    /// Files among the artifacts that no record points to.
    fn file_troubles(&self) -> Result<Vec<Trouble>, StoreError> {
        let mut troubles = Vec::new();
        let unknown = self.unknown_files()?;
        if !unknown.is_empty() {
            let named: Vec<&str> = unknown
                .iter()
                .take(MAX_NAMED)
                .map(|(uri, _)| uri.as_str())
                .collect();
            let n_bytes: u64 = unknown.iter().map(|(_, n)| n).sum();
            troubles.push(Trouble {
                kind: TroubleKind::FileUnknown,
                what: format!(
                    "{} files among the artifacts, {n_bytes} bytes, belong to no record: {}{}",
                    unknown.len(),
                    named.join(", "),
                    if unknown.len() > MAX_NAMED {
                        " …"
                    } else {
                        ""
                    }
                ),
                mended: None,
            });
        }
        let left = temporaries(&self.root)?;
        if !left.is_empty() {
            troubles.push(Trouble {
                kind: TroubleKind::LeftOver,
                what: format!(
                    "{} files were left by writes that were interrupted",
                    left.len()
                ),
                mended: None,
            });
        }
        Ok(troubles)
    }

    /// Address and size of every file that has the name of an artifact's content and no record.
    pub(super) fn unknown_files(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let known: BTreeSet<String> = self
            .conn
            .prepare(
                "SELECT DISTINCT uri FROM Artifact WHERE uri LIKE 'artifacts/%' AND state = ?1",
            )?
            .query_map([LIVE], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut unknown = Vec::new();
        let folder = self.root.join(ARTIFACTS_FOLDER);
        for head in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = head.file_name().to_string_lossy().into_owned();
            if name.len() != 2 {
                continue;
            }
            for file in std::fs::read_dir(head.path())
                .into_iter()
                .flatten()
                .flatten()
            {
                let hash = format!("{name}{}", file.file_name().to_string_lossy());
                let Ok(hash) = ContentHash::try_from(hash) else {
                    continue;
                };
                let uri = ArtifactFiles::uri(&hash);
                if !known.contains(&uri) {
                    let n_bytes = file.metadata().map_or(0, |m| m.len());
                    unknown.push((uri, n_bytes));
                }
            }
        }
        unknown.sort();
        Ok(unknown)
    }
}
