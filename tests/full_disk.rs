//! Writes that fail in the middle of a run: the disk is full, or a file may not grow. The run says so, nothing that was
//! finished is lost, and the next run ends like one that never failed.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};
use support::{Said, command, hashes, last_run, look, on, small, text};

/// Runs the binary with files limited to so many blocks of 512 bytes: the write that goes beyond fails.
fn with_file_limit(root: &Path, n_blocks: u32) -> Said {
    let script = format!("trap '' XFSZ; ulimit -f {n_blocks}; exec \"$0\" \"$@\"");
    let run = command(&["run", "--workspace", text(root)]);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]).arg(support::binary());
    shell.args(run.get_args());
    Said::of(shell.output().unwrap())
}

#[test]
fn a_write_that_fails_in_the_middle_of_a_run_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let reference = small(&made(folder.path(), "reference"));
    on(&reference, &["run"]).exits(0);
    let root = small(&made(folder.path(), "limited"));
    let mut n_failed = 0;
    for n_blocks in [1, 8, 24, 600, 700, 1000] {
        let said = with_file_limit(&root, n_blocks);
        assert!(!said.err.contains("panicked"), "{}", said.err);
        if said.code != Some(0) {
            n_failed += 1;
            assert_eq!(said.code, Some(70), "{}", said.err);
            assert!(said.err.contains("error"), "{}", said.err);
        }
    }
    assert!(n_failed > 0);
    on(&root, &["run"]).exits(0);
    assert_eq!(hashes(&last_run(&root)), hashes(&last_run(&reference)));
}

fn made(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir(&path).unwrap();
    path
}

/// A real full disk where this user may mount one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_the_next_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let disk = made(folder.path(), "disk");
    let mount = |args: &[&str]| {
        let done = std::process::Command::new("mount").args(args).output();
        done.is_ok_and(|o| o.status.success())
    };
    if !mount(&["-t", "tmpfs", "-o", "size=900k", "tmpfs", text(&disk)]) {
        println!("SKIPPED: no file system can be mounted here");
        return;
    }
    let outcome = std::panic::catch_unwind(|| {
        let root = small(&disk);
        let ballast = disk.join("ballast");
        let mut size = 512 * 1024;
        while size > 0 && std::fs::write(&ballast, vec![1; size]).is_err() {
            size -= 16 * 1024;
        }
        let said = on(&root, &["run"]).exits(70);
        assert!(said.err.contains("disk is full"), "{}", said.err);
        assert!(said.err.contains("Make room"), "{}", said.err);
        assert!(look(&root).production().is_none());
        std::fs::remove_file(&ballast).unwrap();
        assert!(mount(&["-o", "remount,size=20m", text(&disk)]));
        on(&root, &["run"]).exits(0);
    });
    let unmounted = std::process::Command::new("umount")
        .arg("-l")
        .arg(&disk)
        .status();
    assert!(unmounted.unwrap().success());
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}
