//! One crash after another, and the count of what came of them.

use super::check::{self, Finished};
use super::point::Call;
use super::power;
use super::support::{Dice, command, copy, last_run, small, text};
use lockkeeper::domain::run::RunRecord;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// When the program ends.
#[derive(Debug, Clone)]
enum Moment {
    /// At this call, numbered from 1, of a run like the reference.
    Call { number: usize, how: &'static str },
    /// After so much time.
    Time(Duration),
}

/// What the disk does when it is told to sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// It syncs.
    Honest,
    /// It says that it did.
    Lying,
}

/// What is needed for any number of trials.
pub struct Trials {
    folder: tempfile::TempDir,
    shim: PathBuf,
    template: PathBuf,
    reference: Option<RunRecord>,
    length: Duration,
    /// The numbers of the calls of a run, by what they do.
    points: BTreeMap<String, Vec<usize>>,
    dice: Dice,
    disk: Disk,
}

/// What came of them.
pub struct Report {
    seed: u64,
    n_kills: usize,
    n_at_random: usize,
    n_power_cuts: usize,
    n_again: usize,
    by_point: BTreeMap<String, usize>,
    n_finished: usize,
    losses: Vec<String>,
}

impl Report {
    pub fn n_losses(&self) -> usize {
        self.losses.len()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for loss in &self.losses {
            writeln!(f, "LOSS {loss}")?;
        }
        for (point, n) in &self.by_point {
            writeln!(f, "{n:6} at {point}")?;
        }
        writeln!(
            f,
            "{:6} at random moments; {} followed by a power cut, {} while a run went on after a crash",
            self.n_at_random, self.n_power_cuts, self.n_again
        )?;
        write!(
            f,
            "{} kills, {} finished steps, {} losses (seed {})",
            self.n_kills,
            self.n_finished,
            self.losses.len(),
            self.seed
        )
    }
}

/// How one run of the program ended.
struct Ended {
    was_killed: bool,
    finished: Finished,
    calls: Vec<Call>,
}

impl Trials {
    /// Builds the shim, and runs once without a crash.
    pub fn new(seed: u64, disk: Disk) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let shim = folder.path().join("shim.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/crash/shim.c");
        let built = std::process::Command::new("cc")
            .args(["-O1", "-shared", "-fPIC", "-o", text(&shim), source, "-ldl"])
            .status();
        assert!(built.is_ok_and(|s| s.success()), "cc compiles the shim");
        let template = small(folder.path());
        let mut trials = Self {
            reference: None,
            folder,
            shim,
            template,
            length: Duration::ZERO,
            points: BTreeMap::new(),
            dice: Dice(seed),
            disk,
        };
        let whole = trials.fresh("whole");
        let begun = Instant::now();
        let ended = trials.run_until(&whole, &Moment::Time(Duration::from_secs(600)));
        trials.length = begun.elapsed();
        assert!(!ended.was_killed, "a run takes less than ten minutes");
        trials.reference = Some(last_run(&whole));
        for (at, call) in ended.calls.iter().enumerate() {
            trials.points.entry(call.name()).or_default().push(at + 1);
        }
        trials
    }

    fn fresh(&self, name: &str) -> PathBuf {
        let root = self.folder.path().join(name);
        copy(&self.template, &root);
        root
    }

    /// As many kills as asked for; half of them at random moments, the others at each point in turn.
    pub fn run(mut self, n_kills: usize) -> Report {
        let mut report = Report {
            seed: self.dice.0,
            n_kills: 0,
            n_at_random: 0,
            n_power_cuts: 0,
            n_again: 0,
            by_point: BTreeMap::new(),
            n_finished: 0,
            losses: Vec::new(),
        };
        let mut n_workspaces = 0;
        while report.n_kills < n_kills && n_workspaces < 4 * n_kills {
            let root = self.fresh(&format!("crashed {n_workspaces}"));
            n_workspaces += 1;
            let mut story = Vec::new();
            let mut finished = Finished::new();
            // One workspace in three is killed again while it recovers.
            let n_times = 1 + self.dice.below(3) / 2;
            for time in 0..n_times {
                if report.n_kills < n_kills {
                    self.crash(&root, time > 0, &mut report, (&mut story, &mut finished));
                }
            }
            if !story.is_empty() {
                report.n_finished += finished.len();
                let reference = self.reference.as_ref().expect("there was a whole run");
                let problems = check::problems(&root, reference, &finished);
                let what = |problem| format!("{}: {problem}", story.join(", then "));
                report.losses.extend(problems.into_iter().map(what));
            }
            std::fs::remove_dir_all(&root).expect("it can be removed");
        }
        assert_eq!(
            report.n_kills, n_kills,
            "most runs were over before they could be killed"
        );
        report
    }

    /// Kills a run once; nothing is counted if it was over before.
    fn crash(
        &mut self,
        root: &Path,
        is_again: bool,
        report: &mut Report,
        (story, finished): (&mut Vec<String>, &mut Finished),
    ) {
        let names: Vec<String> = self.points.keys().cloned().collect();
        let is_random = self.dice.chance(0.5);
        let point = (!is_random).then(|| names[report.n_kills % names.len()].clone());
        let moment = match &point {
            None => Moment::Time(self.length.mul_f64(self.dice.unit())),
            Some(name) => {
                let numbers = &self.points[name];
                let number = numbers[self.dice.below(numbers.len())];
                let ways: &[&str] = if name.starts_with("write") {
                    &["before", "after", "torn"]
                } else {
                    &["before", "after"]
                };
                let how = ways[self.dice.below(ways.len())];
                Moment::Call { number, how }
            }
        };
        let sizes = sizes(root);
        let ended = self.run_until(root, &moment);
        finished.extend(ended.finished);
        if !ended.was_killed {
            return;
        }
        report.n_kills += 1;
        report.n_again += usize::from(is_again);
        let what = match (&moment, ended.calls.last()) {
            (Moment::Call { number, how }, Some(call)) => {
                // Threads make the calls of two runs come in another order.
                *report.by_point.entry(call.name()).or_default() += 1;
                format!("{how} call {number}, {}", call.name())
            }
            (moment, _) => {
                report.n_at_random += 1;
                format!("{moment:?}")
            }
        };
        if self.dice.chance(0.4) {
            report.n_power_cuts += 1;
            power::cut(&done(&ended.calls, &moment), &sizes);
            story.push(format!("{what} with a power cut"));
        } else {
            story.push(what);
        }
    }

    /// Runs the pipeline under the shim until the moment comes, or to its end.
    fn run_until(&self, root: &Path, moment: &Moment) -> Ended {
        let log = self.folder.path().join("calls");
        let _none_yet = std::fs::remove_file(&log);
        let events = self.folder.path().join("events");
        let out = std::fs::File::create(&events).expect("it can be made");
        let mut program = command(&["run", "--json", "--threads", "2", "--workspace", text(root)]);
        program
            .env("LD_PRELOAD", &self.shim)
            .env("CRASH_ROOT", root)
            .env("CRASH_LOG", &log)
            .stdout(out)
            .stderr(Stdio::null());
        if self.disk == Disk::Lying {
            program.env("CRASH_LIES", "1");
        }
        let limit = match moment {
            Moment::Call { number, how } => {
                program
                    .env("CRASH_AT", number.to_string())
                    .env("CRASH_HOW", how);
                Duration::from_secs(600)
            }
            Moment::Time(after) => *after,
        };
        let mut child = program.spawn().expect("the program starts");
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("it can be waited for") {
                break status;
            }
            if begun.elapsed() >= limit {
                child.kill().expect("it can be killed");
                break child.wait().expect("it can be waited for");
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let events = std::fs::read_to_string(&events).unwrap_or_default();
        Ended {
            was_killed: status.signal() == Some(9),
            finished: check::finished(&events),
            calls: Call::log(&log),
        }
    }
}

/// The calls that were done: the last one that was noted may not have been.
fn done(calls: &[Call], moment: &Moment) -> Vec<Call> {
    let n = match moment {
        Moment::Call { how: "before", .. } | Moment::Time(_) => calls.len().saturating_sub(1),
        Moment::Call { .. } => calls.len(),
    };
    let mut done = calls[..n].to_vec();
    // A write that was at work may have been done in part, and was surely not synced.
    if let Some(Call::Write { .. }) = calls.get(n) {
        done.extend(calls.get(n).cloned());
    }
    done
}

/// Every file below a folder, and its size.
fn sizes(root: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    let mut folders = BTreeSet::from([root.to_owned()]);
    while let Some(folder) = folders.pop_first() {
        for entry in std::fs::read_dir(&folder).expect("it can be listed") {
            let entry = entry.expect("it can be read");
            let metadata = entry.metadata().expect("it can be looked at");
            if metadata.is_dir() {
                folders.insert(entry.path());
            } else {
                found.insert(entry.path(), metadata.len());
            }
        }
    }
    found
}
