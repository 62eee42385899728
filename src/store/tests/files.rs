//! Artifact files: written once, checked when read, healed by their own content.

use crate::domain::ContentHash;
use crate::store::files::{ARTIFACTS_FOLDER, ArtifactFiles};
use crate::store::{Damage, StoreError};

fn files() -> (tempfile::TempDir, ArtifactFiles) {
    let folder = tempfile::tempdir().unwrap();
    let files = ArtifactFiles::open(folder.path()).unwrap();
    (folder, files)
}

#[test]
fn the_same_content_is_the_same_file_and_is_not_written_again() {
    let (_folder, files) = files();
    let first = files.put_bytes(b"lock").unwrap();
    let modified = std::fs::metadata(files.path(&first.hash))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(files.put_bytes(b"lock").unwrap(), first);
    let path = files.path(&first.hash);
    assert_eq!(
        std::fs::metadata(&path).unwrap().modified().unwrap(),
        modified
    );
    assert_eq!(files.put_file(&path).unwrap(), first);
    assert_eq!(files.read_uri(&first.uri).unwrap(), b"lock");
    assert_eq!(first.n_bytes, 4);
    assert_eq!(first.uri.len(), "artifacts/".len() + 65);
}

#[test]
fn an_altered_and_a_missing_file_are_found_and_healed_by_the_same_content() {
    let (_folder, files) = files();
    let stored = files.put_bytes(b"good").unwrap();
    std::fs::write(files.path(&stored.hash), b"evil").unwrap();
    let altered = files.read(&stored.hash).unwrap_err();
    assert!(matches!(
        altered,
        StoreError::ArtifactDamaged {
            damage: Damage::Altered { .. },
            ..
        }
    ));
    files.put_bytes(b"good").unwrap();
    assert_eq!(files.read(&stored.hash).unwrap(), b"good");
    std::fs::remove_file(files.path(&stored.hash)).unwrap();
    assert!(!files.contains(&stored.hash));
    let missing = files.read(&stored.hash).unwrap_err();
    assert!(matches!(
        missing,
        StoreError::ArtifactDamaged {
            damage: Damage::Missing,
            ..
        }
    ));
}

#[test]
fn addresses_cannot_leave_the_folder() {
    let (_folder, files) = files();
    for uri in [
        "/etc/passwd",
        "artifacts/../../etc/passwd",
        "artifacts/aa/../x",
        "artifacts",
        "",
        "artifacts/é/x",
    ] {
        let error = files.read_uri(uri).unwrap_err();
        assert!(
            matches!(
                error,
                StoreError::ArtifactDamaged {
                    damage: Damage::NotAnAddress,
                    ..
                }
            ),
            "{uri}"
        );
    }
}

#[test]
fn what_an_interrupted_write_left_is_removed_and_nothing_else() {
    let (folder, files) = files();
    let stored = files.put_bytes(b"kept").unwrap();
    let left = folder.path().join(ARTIFACTS_FOLDER).join(".tmp-1-1");
    std::fs::write(&left, b"half").unwrap();
    let again = ArtifactFiles::open(folder.path()).unwrap();
    assert!(!left.exists());
    assert_eq!(again.read(&stored.hash).unwrap(), b"kept");
}

#[test]
fn many_threads_may_store_the_same_content_at_once() {
    let (folder, files) = files();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let files = files.clone();
            scope.spawn(move || {
                for i in 0..20u8 {
                    files.put_bytes(&[i; 1000]).unwrap();
                }
            });
        }
    });
    let n_folders_and_files = std::fs::read_dir(folder.path().join(ARTIFACTS_FOLDER))
        .unwrap()
        .count();
    assert!(
        n_folders_and_files <= 20,
        "temporary files are left: {n_folders_and_files}"
    );
    for i in 0..20u8 {
        assert_eq!(
            files.read(&ContentHash::of_bytes(&[i; 1000])).unwrap(),
            [i; 1000]
        );
    }
}

#[test]
fn read_only_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = ArtifactFiles::read_only(folder.path());
    assert!(matches!(files.put_bytes(b"x"), Err(StoreError::ReadOnly)));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
