//! Memory that this process may still take. Rust ends the whole program where memory runs out in the middle of something, so
//! what is large is asked for here before it is begun.

use crate::domain::Failure;
use thiserror::Error;

/// What is left for everything that is not asked for.
const RESERVE: u64 = 96 << 20;

/// Something does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{} of memory are needed and {} are left", in_words(*needed), in_words(*left))]
pub struct Shortage {
    /// Bytes, about.
    pub needed: u64,
    /// Bytes.
    pub left: u64,
}

/// Whether so many bytes more can be had. Where the system does not say, they can.
///
/// # Errors
/// With what is left, if that is less.
pub fn ensure(needed: u64) -> Result<(), Shortage> {
    let needed = needed.saturating_add(RESERVE);
    match left() {
        Some(left) if left < needed => Err(Shortage { needed, left }),
        _ => Ok(()),
    }
}

/// The smallest of what the limit of this process, its control group and the machine leave.
fn left() -> Option<u64> {
    [of_process(), of_group(), of_machine()]
        .into_iter()
        .flatten()
        .min()
}

/// What the limit on the address space leaves (`ulimit -v`).
#[cfg(unix)]
fn of_process() -> Option<u64> {
    let (limit, _) = rlimit::getrlimit(rlimit::Resource::AS).ok()?;
    if limit == rlimit::INFINITY {
        return None;
    }
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(limit.saturating_sub(kib_behind(&status, "VmSize:")?))
}

#[cfg(not(unix))]
fn of_process() -> Option<u64> {
    None
}

/// What the control group leaves (version 2, the own group alone), where files that are only kept at hand count as free.
fn of_group() -> Option<u64> {
    let own = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    let folder = format!("/sys/fs/cgroup{path}");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).ok();
    let limit: u64 = read("memory.max")?.trim().parse().ok()?;
    let used: u64 = read("memory.current")?.trim().parse().ok()?;
    let files = read("memory.stat").and_then(|stat| {
        let line = stat
            .lines()
            .find(|line| line.starts_with("inactive_file "))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    });
    Some(limit.saturating_sub(used.saturating_sub(files.unwrap_or(0))))
}

fn of_machine() -> Option<u64> {
    kib_behind(
        &std::fs::read_to_string("/proc/meminfo").ok()?,
        "MemAvailable:",
    )
}

/// Bytes from a line like `VmSize:   1234 kB`.
fn kib_behind(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib << 10)
}

fn in_words(bytes: u64) -> String {
    let mib = bytes as f64 / f64::from(1 << 20);
    if mib < 1000.0 {
        format!("{mib:.0} MiB")
    } else {
        format!("{:.1} GiB", mib / 1024.0)
    }
}

impl From<Shortage> for Failure {
    fn from(shortage: Shortage) -> Self {
        Self::internal(format!("There is not enough memory: {shortage}"))
            .hint("Give the program more memory, or end others.")
            .hint("Or take fewer rows, fewer columns, or candidates that are quicker to fit.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_machine_has_is_refused_and_a_little_is_not() {
        assert_eq!(ensure(1 << 10), Ok(()));
        if cfg!(target_os = "linux") {
            let shortage = ensure(1 << 60).unwrap_err();
            assert!(shortage.left < 1 << 50);
            assert!(
                shortage
                    .to_string()
                    .starts_with("1073741824.1 GiB of memory are needed and ")
            );
        }
    }

    #[test]
    fn figures_of_the_system_are_read() {
        let text = "Name:\tx\nVmPeak:\t  99 kB\nVmSize:\t  2048 kB\n";
        assert_eq!(kib_behind(text, "VmSize:"), Some(2 << 20));
        assert_eq!(kib_behind(text, "VmRSS:"), None);
    }
}
