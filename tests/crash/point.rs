//! The points at which the program changes files: what the shim wrote down of them, and their names.

use std::path::{Path, PathBuf};

/// One call that changed a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Bytes from an offset on.
    Write {
        path: PathBuf,
        offset: u64,
        length: u64,
    },
    /// The file, or the names of a folder, with its size.
    Sync { path: PathBuf, size: u64 },
    /// From one name to another.
    Rename { from: PathBuf, to: PathBuf },
    /// A name went.
    Remove { path: PathBuf },
    /// The file's length was set.
    Cut { path: PathBuf, length: u64 },
}

impl Call {
    /// The calls of a log; a last line that is not whole is left out.
    pub fn log(path: &Path) -> Vec<Self> {
        let text = std::fs::read(path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().filter_map(Self::parse).collect()
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (kind, path) = (fields.next()?, PathBuf::from(fields.next()?));
        let mut number = || fields.next()?.parse().ok();
        Some(match kind {
            "write" => Self::Write {
                path,
                offset: number()?,
                length: number()?,
            },
            "sync" => Self::Sync {
                path,
                size: number()?,
            },
            "cut" => Self::Cut {
                path,
                length: number()?,
            },
            "rename" => Self::Rename {
                from: path,
                to: fields.next()?.into(),
            },
            "remove" => Self::Remove { path },
            _ => return None,
        })
    }

    /// What it does, to what kind of file.
    pub fn name(&self) -> String {
        match self {
            Self::Write { path, .. } => format!("write {}", kind_of(path)),
            Self::Sync { path, .. } if kind_of(path) == "log" => "commit".to_owned(),
            Self::Sync { path, .. } => format!("sync {}", kind_of(path)),
            Self::Rename { to, .. } => format!("rename {}", kind_of(to)),
            Self::Remove { path } => format!("remove {}", kind_of(path)),
            Self::Cut { path, .. } => format!("cut {}", kind_of(path)),
        }
    }
}

fn kind_of(path: &Path) -> &'static str {
    let text = path.to_string_lossy();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match &*name {
        "metadata.sqlite-wal" => "log",
        "metadata.sqlite-shm" => "index",
        "metadata.sqlite" => "database",
        ".lock" => "lock",
        _ if name.starts_with(".tmp-") => "artifact",
        _ if text.contains("/artifacts/") && name.len() > 2 => "artifact",
        _ if path.is_dir() => "folder",
        _ => "settings",
    }
}
