//! The crash program: ends the real program with SIGKILL at random moments and at every point at which it changes a file,
//! lets the disk forget what was not synced, and wants that nothing that was reported as finished is lost and that the run
//! that follows ends like one that nobody ended.
//!
//! ```sh
//! cargo test --release --test crash -- --kills 500 --seed 1
//! ```
//!
//! Without arguments it is a short test among the others. `LOCKKEEPER_BINARY` names another program to be tried.

#![expect(clippy::print_stdout, reason = "it is a program that reports")]

#[cfg(target_os = "linux")]
mod check;
#[cfg(target_os = "linux")]
mod point;
#[cfg(target_os = "linux")]
mod power;
#[cfg(target_os = "linux")]
mod trial;

#[cfg(target_os = "linux")]
#[path = "../support/mod.rs"]
mod support;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let (n_kills, seed) = arguments();
    let report = trial::Trials::new(seed, trial::Disk::Honest).run(n_kills);
    println!("{report}");
    // What finds nothing on a disk that forgets what it promised to keep would find nothing at all.
    let lied_to = trial::Trials::new(seed, trial::Disk::Lying).run(LIED_TO);
    println!(
        "on a disk that says to have synced and did not: {} losses",
        lied_to.n_losses()
    );
    std::process::ExitCode::from(u8::from(report.n_losses() > 0 || lied_to.n_losses() == 0))
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("SKIPPED: the shim that ends the program is for Linux");
}

/// Kills on a disk that lies.
#[cfg(target_os = "linux")]
const LIED_TO: usize = 24;

/// How many kills, and the seed of the moments. What the test runner passes on besides (a filter, `--nocapture`) is nothing
/// to this program.
#[cfg(target_os = "linux")]
fn arguments() -> (usize, u64) {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = given.iter().position(|argument| argument == name)?;
        let number = given.get(at + 1).and_then(|text| text.parse::<u64>().ok());
        Some(number.unwrap_or_else(|| panic!("{name} takes a whole number")))
    };
    let n_kills = value("--kills").unwrap_or(24);
    (n_kills as usize, value("--seed").unwrap_or(1))
}
