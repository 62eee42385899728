//! Opening `metadata.sqlite`: looking at a file before touching it, making a new one, bringing an older one up to date.
//! What the tables mean is left to the other files of this module.
//!
//! # Compatibility
//! The file is ML Metadata's, schema version 10, so `ml-metadata` opens it as it is; our own tables begin with `lk_` and
//! have a version of their own in `lk_env`. Another MLMD version or a newer `lk_env` is refused, and the file is left
//! untouched: it is looked at through a read-only connection first. Migrations are only ever appended.
//!
//! # Locking
//! One process writes (see `lock`); WAL lets any number read meanwhile, `ml-metadata` among them.

use super::write::{Right, Write};
use super::{DATABASE_FILE, MLMD_VERSION, StoreError, types};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

const MLMD_SCHEMA: &str = include_str!("mlmd_v10.sql");
/// Entry `i` brings our own tables from version `i` to `i + 1`. Append only.
const MIGRATIONS: [&str; 1] = [include_str!("lk_v1.sql")];
const MLMD_TABLES: [&str; 15] = [
    "Artifact",
    "ArtifactProperty",
    "Association",
    "Attribution",
    "Context",
    "ContextProperty",
    "Event",
    "EventPath",
    "Execution",
    "ExecutionProperty",
    "MLMDEnv",
    "ParentContext",
    "ParentType",
    "Type",
    "TypeProperty",
];

/// The newest version of our own tables that this program knows.
pub(super) const LK_VERSION: i64 = MIGRATIONS.len() as i64;

/// What a look at the file has found.
enum Found {
    Nothing,
    Metadata { lk_version: i64 },
}

/// Memory for pages: SQLite takes a negative number for KiB.
const CACHE_KIB: i64 = -32_768;
/// Pages of the write-ahead log after which they are moved to the file.
const CHECKPOINT_PAGES: i64 = 4_000;

pub(super) fn open_read_write(root: &Path) -> Result<Connection, StoreError> {
    let path = root.join(DATABASE_FILE);
    let found = look_at(&path)?;
    let at = |e| StoreError::sqlite_at(&path, e);
    let conn = Connection::open(&path).map_err(at)?;
    conn.busy_timeout(Duration::from_secs(10)).map_err(at)?;
    conn.pragma_update(None, "journal_mode", "wal")
        .map_err(|e| not_writable(&path, e))?;
    conn.pragma_update(None, "synchronous", "full")
        .map_err(at)?;
    conn.pragma_update(None, "foreign_keys", "on").map_err(at)?;
    // A run's records touch the same pages again and again: they stay in memory, and go to the file less often.
    conn.pragma_update(None, "cache_size", CACHE_KIB)
        .map_err(at)?;
    conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)
        .map_err(at)?;
    conn.set_prepared_statement_cache_capacity(256);
    bring_up_to_date(&conn, &found).map_err(|e| match e {
        StoreError::ReadOnly => unwritable(&path),
        other => other,
    })?;
    Ok(conn)
}

pub(super) fn open_read_only(root: &Path) -> Result<Connection, StoreError> {
    let path = root.join(DATABASE_FILE);
    match look_at(&path)? {
        Found::Nothing | Found::Metadata { lk_version: 0 } => {
            return Err(StoreError::NoDatabase { path });
        }
        Found::Metadata { .. } => {}
    }
    let conn = connect_read_only(&path)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(conn)
}

/// Whether a file is a database of ours from its first page to its last.
pub(super) fn is_whole(path: &Path) -> bool {
    let check = |conn: &Connection| {
        conn.query_row("PRAGMA integrity_check(1)", [], |row| {
            row.get::<_, String>(0)
        })
    };
    matches!(look_at(path), Ok(Found::Metadata { .. }))
        && connect_read_only(path).is_ok_and(|conn| check(&conn).is_ok_and(|said| said == "ok"))
}

fn not_writable(path: &Path, error: rusqlite::Error) -> StoreError {
    match StoreError::sqlite_at(path, error) {
        StoreError::ReadOnly => unwritable(path),
        other => other,
    }
}

fn unwritable(path: &Path) -> StoreError {
    StoreError::Unwritable {
        path: path.to_owned(),
        detail: "no right to write to it".to_owned(),
    }
}

/// Looks at the file through a connection that cannot change it.
fn look_at(path: &Path) -> Result<Found, StoreError> {
    match std::fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(e) => return Err(StoreError::io("Reading", path, e)),
        Ok(metadata) if metadata.len() == 0 => return Ok(Found::Nothing),
        Ok(_) => {}
    }
    let conn = connect_read_only(path)?;
    look_inside(&conn, path)
}

/// Bytes of a file that is checked from its first page to its last each time that it is opened.
const CHECKED_AT_OPENING: u64 = 64 << 20;

/// Whether every page is what it should be.
pub(super) fn check(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let verdict: String = conn
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|e| StoreError::sqlite_at(path, e))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(StoreError::Corrupt {
        path: path.to_owned(),
        detail: verdict,
    })
}

fn look_inside(conn: &Connection, path: &Path) -> Result<Found, StoreError> {
    let at = |e| StoreError::sqlite_at(path, e);
    // Of a large file that takes seconds: it is checked whole when it is copied and by the doctor, and a damaged page of it is
    // an error when it is read.
    if std::fs::metadata(path).is_ok_and(|file| file.len() <= CHECKED_AT_OPENING) {
        check(conn, path)?;
    }
    let names: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .map_err(at)?;
    let has = |name: &str| names.iter().any(|n| n == name);
    if names.is_empty() {
        return Ok(Found::Nothing);
    }
    if !has("MLMDEnv") {
        return Err(StoreError::NotMetadata {
            path: path.to_owned(),
        });
    }
    let mlmd: Option<i64> = conn
        .query_row("SELECT max(schema_version) FROM MLMDEnv", [], |row| {
            row.get(0)
        })
        .map_err(at)?;
    if mlmd != Some(MLMD_VERSION) {
        return Err(StoreError::MlmdVersion {
            path: path.to_owned(),
            found: mlmd.unwrap_or_default(),
        });
    }
    let missing: Vec<&str> = MLMD_TABLES.into_iter().filter(|name| !has(name)).collect();
    if !missing.is_empty() {
        let detail = format!("it lacks the tables {}", missing.join(", "));
        return Err(StoreError::Corrupt {
            path: path.to_owned(),
            detail,
        });
    }
    if !has("lk_env") {
        return Ok(Found::Metadata { lk_version: 0 });
    }
    let lk_version: Option<i64> = conn
        .query_row("SELECT max(version) FROM lk_env", [], |row| row.get(0))
        .map_err(at)?;
    let lk_version = lk_version.unwrap_or_default();
    if lk_version > LK_VERSION {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found: lk_version,
            supported: LK_VERSION,
        });
    }
    Ok(Found::Metadata { lk_version })
}

/// A read-only connection. A file in WAL mode in a folder that cannot be written needs SQLite to be told that nobody
/// changes it, which holds only where no write-ahead log is waiting.
pub(super) fn connect_read_only(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn =
        Connection::open_with_flags(path, flags).map_err(|e| StoreError::sqlite_at(path, e))?;
    conn.busy_timeout(Duration::from_secs(10))?;
    let first_read = conn.query_row("SELECT count(*) FROM sqlite_master", [], |row| {
        row.get::<_, i64>(0)
    });
    let code = first_read
        .as_ref()
        .err()
        .and_then(rusqlite::Error::sqlite_error_code);
    match code {
        None => first_read
            .map(|_| conn)
            .map_err(|e| StoreError::sqlite_at(path, e)),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) if !has_log(path) => {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(immutable_uri(path), flags)
                .map_err(|e| StoreError::sqlite_at(path, e))
        }
        Some(_) => first_read
            .map(|_| conn)
            .map_err(|e| StoreError::sqlite_at(path, e)),
    }
}

fn has_log(path: &Path) -> bool {
    ["-wal", "-journal"].into_iter().any(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        std::fs::metadata(PathBuf::from(name)).is_ok_and(|m| m.len() > 0)
    })
}

fn immutable_uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-:\\".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// All in one transaction: after a crash the file is either as before or complete.
fn bring_up_to_date(conn: &Connection, found: &Found) -> Result<(), StoreError> {
    let tx = Write::begin(conn, Right::Write)?;
    let lk_version = match found {
        Found::Nothing => {
            tx.execute_batch(MLMD_SCHEMA)?;
            0
        }
        Found::Metadata { lk_version } => *lk_version,
    };
    for (migration, version) in MIGRATIONS
        .iter()
        .zip(1..)
        .filter(|(_, version)| *version > lk_version)
    {
        tx.execute_batch(migration)?;
        tx.execute("DELETE FROM lk_env", [])?;
        tx.execute("INSERT INTO lk_env (version) VALUES (?1)", [version])?;
    }
    types::ensure(&tx)?;
    tx.commit()?;
    Ok(())
}
