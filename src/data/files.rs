//! From what a person names (files, folders, wildcards) to the files to read, in order. Reading them is left to
//! `data::reader`.

use super::reader::{ReadError, is_readable};
use crate::domain::ContentHash;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The files that these names stand for, in the order of the names and inside a folder or wildcard by file name.
///
/// A name is a file, a folder (all data files directly inside it, hidden ones left out), or a path with `*` in its
/// last part, where `*` stands for any characters. Relative names begin at `base`.
///
/// # Errors
/// If nothing is named, a name does not exist or has no files, or a file comes twice.
pub fn expand(patterns: &[String], base: &Path) -> Result<Vec<PathBuf>, ReadError> {
    if patterns.is_empty() {
        return Err(ReadError::NoPatterns);
    }
    let mut files = Vec::new();
    for pattern in patterns {
        files.extend(expand_one(pattern, base)?);
    }
    let mut seen = BTreeSet::new();
    let again: Vec<String> = files
        .iter()
        .filter(|file| {
            let canonical = file.canonicalize().unwrap_or_else(|_| (*file).clone());
            !seen.insert(canonical)
        })
        .map(|file| file.display().to_string())
        .collect();
    if again.is_empty() {
        Ok(files)
    } else {
        Err(ReadError::Duplicates { files: again })
    }
}

/// Bytes that are hashed at once, by all cores.
const HASHED_AT_ONCE: usize = 4 << 20;

/// The hash of a file's bytes.
///
/// # Errors
/// If it cannot be read.
pub fn content_hash(file: &Path) -> std::io::Result<ContentHash> {
    let mut file = std::fs::File::open(file)?;
    let n_bytes = file.metadata()?.len();
    let room = usize::try_from(n_bytes).map_or(HASHED_AT_ONCE, |n| n.clamp(1, HASHED_AT_ONCE));
    let mut buffer = vec![0; room];
    let mut hasher = blake3::Hasher::new();
    loop {
        let mut n_read = 0;
        while n_read < room {
            match file.read(&mut buffer[n_read..]) {
                Ok(0) => break,
                Ok(n) => n_read += n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        if n_read == 0 {
            return Ok(ContentHash::from_hasher(&hasher));
        }
        hasher.update_rayon(&buffer[..n_read]);
    }
}

fn expand_one(pattern: &str, base: &Path) -> Result<Vec<PathBuf>, ReadError> {
    if pattern.trim().is_empty() {
        return Err(ReadError::NoPatterns);
    }
    let path = base.join(pattern);
    if path.is_dir() {
        let found = list(&path, |name| is_readable(Path::new(name)))?;
        return non_empty(found, pattern);
    }
    if path.exists() {
        return Ok(vec![path]);
    }
    let name = Path::new(pattern).file_name().and_then(|n| n.to_str());
    match name {
        Some(name) if name.contains('*') => {
            let folder = path.parent().unwrap_or(base);
            if folder.to_string_lossy().contains('*') && !folder.exists() {
                return Err(ReadError::WildcardInFolder {
                    pattern: pattern.to_owned(),
                });
            }
            non_empty(list(folder, |candidate| matches(name, candidate))?, pattern)
        }
        _ if pattern.contains('*') => Err(ReadError::WildcardInFolder {
            pattern: pattern.to_owned(),
        }),
        _ => Err(ReadError::Missing {
            file: path.display().to_string(),
        }),
    }
}

fn non_empty(found: Vec<PathBuf>, pattern: &str) -> Result<Vec<PathBuf>, ReadError> {
    if found.is_empty() {
        return Err(ReadError::NothingFound {
            pattern: pattern.to_owned(),
        });
    }
    Ok(found)
}

/// The files of a folder whose names are wanted, by name. Hidden files are left out.
fn list(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, ReadError> {
    if !folder.exists() {
        return Err(ReadError::Missing {
            file: folder.display().to_string(),
        });
    }
    let unreadable = |source: std::io::Error| ReadError::Unreadable {
        file: folder.display().to_string(),
        reason: source.to_string(),
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let file_name = entry.file_name();
        let Some(name) = file_name.to_str() else {
            continue;
        };
        let path = entry.path();
        if !name.starts_with('.') && is_wanted(name) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a name fits a pattern in which `*` stands for any characters, also none.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = name.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    let Some(mut middle) = rest.strip_suffix(last) else {
        return false;
    };
    for part in parts {
        let Some(at) = middle.find(part) else {
            return false;
        };
        middle = &middle[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Failure, FailureKind};

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in names {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folder made");
            std::fs::write(path, "a\n1\n").expect("file written");
        }
        folder
    }

    fn expanded(base: &Path, patterns: &[&str]) -> Result<Vec<String>, ReadError> {
        let patterns: Vec<String> = patterns.iter().map(|p| (*p).to_owned()).collect();
        let files = expand(&patterns, base)?;
        Ok(files
            .iter()
            .map(|f| f.strip_prefix(base).expect("inside the base"))
            .map(|f| f.display().to_string())
            .collect())
    }

    #[test]
    fn folders_wildcards_and_files_keep_the_order_of_their_names() {
        let folder = folder(&[
            "in/b.csv",
            "in/a.CSV",
            "in/c.tsv",
            "in/.d.csv",
            "in/e.md",
            "z.csv",
            "in/sub/f.csv",
        ]);
        let base = folder.path();
        assert_eq!(
            expanded(base, &["z.csv", "in"]).expect("found"),
            ["z.csv", "in/a.CSV", "in/b.csv", "in/c.tsv"]
        );
        assert_eq!(expanded(base, &["in/*.csv"]).expect("found"), ["in/b.csv"]);
        assert_eq!(
            expanded(base, &["in/*.*s*v"]).expect("found"),
            ["in/b.csv", "in/c.tsv"]
        );
        assert_eq!(expanded(base, &["in/e.md"]).expect("found"), ["in/e.md"]);
    }

    #[test]
    fn what_is_missing_empty_or_double_is_an_error_of_its_own() {
        let folder = folder(&["in/a.csv", "none/readme.md"]);
        let base = folder.path();
        let kind = |patterns: &[&str]| {
            let error = expanded(base, patterns).expect_err("refused");
            Failure::from(error).kind
        };
        assert_eq!(kind(&["in/b.csv"]), FailureKind::NotFound);
        assert_eq!(kind(&["gone/*.csv"]), FailureKind::NotFound);
        assert_eq!(kind(&["none"]), FailureKind::NotFound);
        assert_eq!(kind(&["in/*.tsv"]), FailureKind::NotFound);
        assert_eq!(kind(&[]), FailureKind::Usage);
        assert_eq!(kind(&["i*/a.csv"]), FailureKind::Usage);
        assert_eq!(kind(&["in/a.csv", "in"]), FailureKind::Usage);
        assert_eq!(kind(&["in/a.csv", "none/../in/a.csv"]), FailureKind::Usage);
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name, expected) in [
            ("*", "x", true),
            ("a*", "a", true),
            ("a*a", "a", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxc", false),
            ("*.csv", "x.csv.bak", false),
            ("ab", "ab", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
