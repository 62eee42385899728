//! The lock of a workspace: one process writes. A second one is told who that is. Whether it then reads only is left to
//! the caller.
//!
//! The lock is the operating system's lock on `<root>/.lock`, so it goes with the process, however that ends; the text
//! inside is only for people and may be out of date when nobody holds the lock.

use super::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

/// Name of the lock file in the workspace.
pub const LOCK_FILE: &str = ".lock";

/// Who holds a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its process number; `None` where it could not be read.
    pub pid: Option<u32>,
    /// The computer it runs on; empty where that is not known.
    pub host: String,
    /// The name of the program; empty where that is not known.
    pub program: String,
}

impl Holder {
    fn this_process() -> Self {
        let program = std::env::current_exe()
            .ok()
            .and_then(|path| path.file_stem().map(|s| s.to_string_lossy().into_owned()))
            .unwrap_or_default();
        Self {
            pid: Some(std::process::id()),
            host: host_name(),
            program,
        }
    }

    fn parse(text: &str) -> Self {
        let field = |name: &str| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(key, _)| *key == name)
                .map_or("", |(_, value)| value)
        };
        Self {
            pid: field("pid").parse().ok(),
            host: field("host").to_owned(),
            program: field("program").to_owned(),
        }
    }

    fn to_text(&self) -> String {
        let pid = self.pid.unwrap_or_default();
        format!("pid={pid}\nhost={}\nprogram={}\n", self.host, self.program)
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { pid, host, program } = self;
        f.write_str(if program.is_empty() {
            "another process"
        } else {
            program
        })?;
        match (pid, host.is_empty()) {
            (Some(pid), false) => write!(f, " (process {pid} on {host})"),
            (Some(pid), true) => write!(f, " (process {pid})"),
            (None, false) => write!(f, " (on {host})"),
            (None, true) => Ok(()),
        }
    }
}

/// The name of this computer, for the record only.
fn host_name() -> String {
    let from_kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    from_kernel
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|name| name.trim().to_owned())
        .unwrap_or_default()
}

/// Held as long as the value lives.
#[derive(Debug)]
pub(super) struct WorkspaceLock {
    file: File,
}

impl WorkspaceLock {
    pub(super) fn acquire(root: &Path) -> Result<Self, StoreError> {
        let path = root.join(LOCK_FILE);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| StoreError::io("Opening", &path, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                // Where locks are mandatory (Windows) the text cannot be read: then the holder has no name.
                let mut text = String::new();
                let _unreadable_means_unknown = file.read_to_string(&mut text);
                return Err(StoreError::Locked {
                    root: root.to_owned(),
                    holder: Holder::parse(&text),
                });
            }
            Err(TryLockError::Error(e)) => return Err(StoreError::io("Locking", &path, e)),
        }
        let write = |file: &mut File| -> std::io::Result<()> {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(Holder::this_process().to_text().as_bytes())?;
            file.flush()
        };
        write(&mut file).map_err(|e| StoreError::io("Writing", &path, e))?;
        Ok(Self { file })
    }
}

impl Drop for WorkspaceLock {
    fn drop(&mut self) {
        // Only for people who look into the file; the lock itself goes with the handle.
        let _best_effort = self.file.set_len(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_is_named_and_the_lock_goes_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let lock = WorkspaceLock::acquire(folder.path()).unwrap();
        match WorkspaceLock::acquire(folder.path()) {
            Err(StoreError::Locked { holder, .. }) => {
                assert_eq!(holder.pid, Some(std::process::id()));
                assert!(!holder.program.is_empty());
                assert!(holder.to_string().contains(&std::process::id().to_string()));
            }
            other => panic!("{other:?}"),
        }
        drop(lock);
        WorkspaceLock::acquire(folder.path()).unwrap();
    }

    #[test]
    fn a_lock_file_without_text_still_has_a_name_for_people() {
        assert_eq!(Holder::parse("").to_string(), "another process");
        let holder = Holder {
            pid: Some(7),
            host: "mill".into(),
            program: "lockkeeper".into(),
        };
        assert_eq!(Holder::parse(&holder.to_text()), holder);
        assert_eq!(holder.to_string(), "lockkeeper (process 7 on mill)");
    }
}
