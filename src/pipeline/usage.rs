//! What the process has used of the machine. Steps run beside each other in one process: what is used while a step runs is its
//! own only where nothing ran beside it, and the records say so by their name.

use crate::domain::run::Usage;

/// Clock ticks of the kernel in a second, as `/proc` counts: 100 on every Linux that user programs see.
const TICKS: f64 = 100.0;

/// A moment at which a step began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Since {
    cpu_seconds: Option<f64>,
}

impl Since {
    pub(super) fn now() -> Self {
        Self {
            cpu_seconds: cpu_seconds(),
        }
    }

    /// What was used since then; none where the system does not tell.
    pub(super) fn usage(self, seed: u64) -> Usage {
        let used = cpu_seconds().zip(self.cpu_seconds);
        Usage {
            seed,
            cpu_seconds: used.map(|(now, then)| now - then),
            peak_memory: peak_memory(),
        }
    }
}

/// CPU seconds of the process, in user and kernel mode.
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in parentheses and may have blanks.
    let behind = text.rsplit_once(')')?.1;
    let mut fields = behind.split_ascii_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let kernel: f64 = fields.next()?.parse().ok()?;
    Some((user + kernel) / TICKS)
}

/// The most memory that the process has had, in bytes.
fn peak_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn work_and_memory_are_seen() {
        let since = Since::now();
        let mut memory = vec![1_u8; 40 << 20];
        let begun = std::time::Instant::now();
        while begun.elapsed().as_millis() < 120 {
            for byte in memory.iter_mut().step_by(4096) {
                *byte = std::hint::black_box(byte.wrapping_add(1));
            }
        }
        let usage = since.usage(7);
        assert!(usage.cpu_seconds > Some(0.02), "{usage:?}");
        assert!(usage.peak_memory > Some(40 << 20), "{usage:?}");
    }
}
