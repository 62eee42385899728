//! Finished pieces of work that is not finished itself: of a training that is cut off, the candidates and folds that
//! were ready. `artifacts/units/ab/cdef…` stands for the key `abcdef…` and holds the hash of the piece and the piece;
//! what is damaged is as good as not there. Nothing is proved by these files, so no record points to them, and they may
//! be deleted at any time.

use super::files::{ARTIFACTS_FOLDER, ArtifactFiles, Temporary};
use crate::domain::ContentHash;
use crate::domain::work::Keep;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Name of the folder beside the artifact files.
const FOLDER: &str = "units";

/// Digits of a hash.
const N_DIGITS: usize = 64;

impl ArtifactFiles {
    fn path_of_unit(&self, key: &ContentHash) -> PathBuf {
        let (head, tail) = key.as_str().split_at(2);
        let folder = self.root().join(ARTIFACTS_FOLDER).join(FOLDER);
        folder.join(head).join(tail)
    }
}

impl ArtifactFiles {
    /// How many pieces are kept.
    #[must_use]
    pub fn n_kept(&self) -> usize {
        let folder = self.root().join(ARTIFACTS_FOLDER).join(FOLDER);
        let heads = std::fs::read_dir(folder).into_iter().flatten().flatten();
        heads
            .map(|head| std::fs::read_dir(head.path()).into_iter().flatten().count())
            .sum()
    }
}

impl Keep for ArtifactFiles {
    fn find(&self, key: &ContentHash) -> Option<Vec<u8>> {
        let bytes = std::fs::read(self.path_of_unit(key)).ok()?;
        let (hash, piece) = bytes.split_at_checked(N_DIGITS)?;
        (ContentHash::of_bytes(piece).as_str().as_bytes() == hash).then(|| piece.to_vec())
    }

    /// Does nothing where it cannot write: the piece is then made again, which costs time and nothing else.
    fn keep(&self, key: &ContentHash, piece: &[u8]) {
        if !self.is_writable() {
            return;
        }
        let Ok(mut temporary) = Temporary::create(self.root()) else {
            return;
        };
        let hash = ContentHash::of_bytes(piece);
        let written = temporary.file.write_all(hash.as_str().as_bytes());
        if written
            .and_then(|()| temporary.file.write_all(piece))
            .is_ok()
        {
            let _made_again_otherwise = temporary.publish(&self.path_of_unit(key));
        }
    }

    fn keep_only(&self, keys: &BTreeSet<ContentHash>) {
        if !self.is_writable() {
            return;
        }
        let kept: BTreeSet<PathBuf> = keys.iter().map(|key| self.path_of_unit(key)).collect();
        let folder = self.root().join(ARTIFACTS_FOLDER).join(FOLDER);
        let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
        for head in entries(&folder) {
            for unit in entries(&head.path()) {
                if !kept.contains(&unit.path()) {
                    // What stays takes room and nothing else.
                    let _stays = std::fs::remove_file(unit.path());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_comes_back_and_a_damaged_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = ArtifactFiles::open(folder.path()).unwrap();
        let key = ContentHash::of_bytes(b"forest, fold 2");
        assert_eq!((files.find(&key), files.n_kept()), (None, 0));
        files.keep(&key, b"a score");
        assert_eq!(files.n_kept(), 1);
        assert_eq!(files.find(&key).as_deref(), Some(b"a score".as_slice()));
        files.keep(&key, b"another");
        assert_eq!(files.find(&key).as_deref(), Some(b"another".as_slice()));
        let other = ContentHash::of_bytes(b"forest, fold 3");
        files.keep(&other, b"third");
        files.keep_only(&BTreeSet::from([key.clone()]));
        assert_eq!(
            (files.find(&key).is_some(), files.find(&other)),
            (true, None)
        );
        let path = files.path_of_unit(&key);
        let whole = std::fs::read(&path).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[..10], b""] {
            std::fs::write(&path, damaged).unwrap();
            assert_eq!(files.find(&key), None);
        }
    }

    #[test]
    fn without_the_right_to_write_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let files = ArtifactFiles::read_only(folder.path());
        let key = ContentHash::of_bytes(b"key");
        files.keep(&key, b"piece");
        assert_eq!(files.find(&key), None);
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
    }
}
