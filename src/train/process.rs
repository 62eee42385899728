//! A fit in a process of its own: what a library does not let us stop, is ended; what it takes or breaks is not ours.
//! The process is this program again, with the command `fit`; it gets a fit on stdin and writes the estimator to stdout.
//!
//! On stdin: the length of the header (little-endian u32), the header as JSON, then little-endian numbers: the features
//! row by row (f64), the targets (f64, or u32 for classes), the weights (f64) if there are any. The end of stdin means
//! that nobody waits any more. On stdout: an `Answer` as MessagePack.

use super::algorithm::{Algorithm, TrainingSet};
use super::algorithms::algorithm;
use super::error::TrainError;
use crate::domain::algorithm::Params;
use crate::domain::prediction::Targets;
use crate::domain::work::Monitor;
use crate::model::Estimator;
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

/// The command that makes this program fit.
pub const COMMAND: &str = "fit";

/// How often a stop is looked for.
const PATIENCE: Duration = Duration::from_millis(20);

/// What a process may have besides its features, in bytes.
const MEMORY_BESIDE: u64 = 2 << 30;

/// Bytes of a number.
const SIZE: usize = size_of::<f64>();

/// Numbers that are read at a time.
const CHUNK: usize = 1 << 14;

/// How often a process may have its features: libraries copy them, scale them and keep their products.
const COPIES: u64 = 8;

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Lets fits that cannot be stopped run in processes of this program, which must understand [`COMMAND`]. Without a
/// program they run in this process.
pub fn use_program(program: PathBuf) {
    // Said once, by the binary; the first word holds.
    let _already_said = PROGRAM.set(program);
}

/// What the features, targets and weights behind it are.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    algorithm: String,
    params: Params,
    seed: u64,
    n_rows: usize,
    feature_names: Vec<String>,
    /// `None` for numbers.
    n_classes: Option<usize>,
    has_weights: bool,
    /// The most memory of the process, in bytes.
    memory: u64,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    fitted: Result<Estimator, String>,
    warnings: Vec<String>,
}

/// Fits, in a process of its own where the algorithm cannot be stopped and the set is large.
pub(super) fn fit(
    algorithm: &dyn Algorithm,
    data: &TrainingSet,
    params: &Params,
    seed: u64,
    monitor: &dyn Monitor,
) -> Result<Estimator, TrainError> {
    let thinned = algorithm.thinned(data, params, seed, monitor);
    let data = thinned.as_ref().unwrap_or(data);
    let most = algorithm.cells_a_second(data.x.ncols());
    let is_long = most.is_some_and(|most| data.x.len() >= most);
    match PROGRAM.get() {
        Some(program) if is_long => fit_in(program, algorithm, data, params, seed, monitor),
        _ => algorithm.fit(data, params, seed, monitor),
    }
}

/// Fits in a process of this program. Answers what `algorithm.fit` would.
///
/// # Errors
/// As `algorithm.fit`; `Stopped` at once when the monitor says so; `NotFitted` if the process ends without an answer.
pub fn fit_in(
    program: &Path,
    algorithm: &dyn Algorithm,
    data: &TrainingSet,
    params: &Params,
    seed: u64,
    monitor: &dyn Monitor,
) -> Result<Estimator, TrainError> {
    let id = algorithm.info().id;
    let failed = |reason: String| TrainError::not_fitted(&id, reason);
    let header = Header {
        algorithm: id.clone(),
        params: params.clone(),
        seed,
        n_rows: data.x.nrows(),
        feature_names: data.feature_names.clone(),
        n_classes: match &data.targets {
            Targets::Classes { n_classes, .. } => Some(*n_classes),
            Targets::Values(_) => None,
        },
        has_weights: data.weights.is_some(),
        memory: MEMORY_BESIDE + COPIES * (data.x.len() * SIZE) as u64,
    };
    let child = Command::new(program)
        .arg(COMMAND)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| failed(format!("its process cannot be started: {e}")))?;
    let ended = talk(child, &header, data, monitor);
    let (status, out, err) = ended.map_err(|e| failed(format!("its process was lost: {e}")))?;
    let Some(status) = status else {
        return Err(TrainError::Stopped);
    };
    let answer: Answer = rmp_serde::from_slice(&out)
        .map_err(|_| failed(why_it_ended(status, &String::from_utf8_lossy(&err))))?;
    answer.warnings.iter().for_each(|w| monitor.warn(w));
    answer.fitted.map_err(failed)
}

type Ended = (Option<ExitStatus>, Vec<u8>, Vec<u8>);

/// Sends everything and waits for the end; no status where the monitor said stop and the process was ended.
fn talk(
    mut child: Child,
    header: &Header,
    data: &TrainingSet,
    monitor: &dyn Monitor,
) -> std::io::Result<Ended> {
    let (mut stdin, stdout, stderr) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        // It stays open until the process has ended: its end would mean that nobody waits.
        let writer = scope.spawn(move || {
            if let Some(stdin) = &mut stdin {
                // Where the process has ended before, its status says more.
                let _broken = send(stdin, header, data);
            }
            stdin
        });
        let reader = scope.spawn(|| read_all(stdout));
        let complaints = scope.spawn(|| read_all(stderr));
        let status = loop {
            if monitor.is_stopped() {
                child.kill()?;
                child.wait()?;
                break None;
            }
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            std::thread::sleep(PATIENCE);
        };
        drop(writer.join());
        let out = reader.join().unwrap_or_default();
        Ok((status, out, complaints.join().unwrap_or_default()))
    })
}

fn read_all(source: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut source) = source {
        // What could be read is judged as it is.
        let _cut_short = source.read_to_end(&mut bytes);
    }
    bytes
}

/// Why a process gave no answer, for people.
fn why_it_ended(status: ExitStatus, err: &str) -> String {
    let last = err.lines().rev().find(|line| !line.trim().is_empty());
    let last = last.unwrap_or("it said nothing");
    format!("its process ended without an answer ({status}): {last}")
}

fn send(to: &mut impl Write, header: &Header, data: &TrainingSet) -> std::io::Result<()> {
    let mut to = std::io::BufWriter::with_capacity(1 << 20, to);
    let header = serde_json::to_vec(header)?;
    to.write_all(&(header.len() as u32).to_le_bytes())?;
    to.write_all(&header)?;
    for value in &data.x {
        to.write_all(&value.to_le_bytes())?;
    }
    match &data.targets {
        Targets::Classes { codes, .. } => {
            codes
                .iter()
                .try_for_each(|c| to.write_all(&c.to_le_bytes()))?;
        }
        Targets::Values(values) => {
            values
                .iter()
                .try_for_each(|v| to.write_all(&v.to_le_bytes()))?;
        }
    }
    for weight in data.weights.iter().flatten() {
        to.write_all(&weight.to_le_bytes())?;
    }
    to.flush()
}

fn receive(from: &mut impl Read) -> std::io::Result<(Header, TrainingSet)> {
    let mut from = std::io::BufReader::with_capacity(1 << 20, from);
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut header = vec![0; u32::from_le_bytes(length) as usize];
    from.read_exact(&mut header)?;
    let header: Header = serde_json::from_slice(&header)?;
    limit_memory(header.memory);
    let (n, p) = (header.n_rows, header.feature_names.len());
    let x = Array2::from_shape_vec((n, p), numbers(&mut from, n * p)?);
    let x = x.map_err(std::io::Error::other)?;
    let targets = match header.n_classes {
        None => Targets::Values(numbers(&mut from, n)?),
        Some(n_classes) => {
            let mut codes = Vec::with_capacity(n);
            let mut code = [0; 4];
            for _ in 0..n {
                from.read_exact(&mut code)?;
                codes.push(u32::from_le_bytes(code));
            }
            Targets::Classes { n_classes, codes }
        }
    };
    let weights = header
        .has_weights
        .then(|| numbers(&mut from, n))
        .transpose()?;
    let set = TrainingSet {
        x,
        targets,
        weights,
        feature_names: header.feature_names.clone(),
    };
    Ok((header, set))
}

fn numbers(from: &mut impl Read, n: usize) -> std::io::Result<Vec<f64>> {
    let mut numbers = Vec::with_capacity(n);
    let mut bytes = vec![0; SIZE * CHUNK];
    while numbers.len() < n {
        let bytes = &mut bytes[..SIZE * CHUNK.min(n - numbers.len())];
        from.read_exact(bytes)?;
        let (chunks, _) = bytes.as_chunks::<SIZE>();
        numbers.extend(chunks.iter().map(|chunk| f64::from_le_bytes(*chunk)));
    }
    Ok(numbers)
}

#[cfg(unix)]
fn limit_memory(bytes: u64) {
    // Without the right to set it there is no limit, as without this call.
    let _no_limit = rlimit::setrlimit(rlimit::Resource::AS, bytes, bytes);
}

#[cfg(not(unix))]
fn limit_memory(_bytes: u64) {}

/// Collects warnings, and is never stopped: a process is ended instead.
#[derive(Default)]
struct Listener(Mutex<Vec<String>>);

impl Monitor for Listener {
    fn is_stopped(&self) -> bool {
        false
    }
    fn progress(&self, _done: u64, _total: u64, _what: &str) {}
    fn unit_begins(&self, _lane: &str, _name: &str) {}
    fn unit_ends(&self, _name: &str) {}
    fn warn(&self, message: &str) {
        if let Ok(mut warnings) = self.0.lock() {
            warnings.push(message.to_owned());
        }
    }
}

/// The other side: takes a fit from `from`, fits, and writes the answer to `to`. `gone` is called when `from` ends before
/// that: nobody waits any more.
///
/// # Errors
/// If what it is given cannot be read, or nobody takes the answer.
pub fn serve_fit(
    mut from: impl Read + Send + 'static,
    to: &mut impl Write,
    gone: impl FnOnce() + Send + 'static,
) -> std::io::Result<()> {
    let (header, data) = receive(&mut from)?;
    std::thread::spawn(move || {
        let mut rest = [0; 1];
        if !matches!(from.read(&mut rest), Ok(n) if n > 0) {
            gone();
        }
    });
    let listener = Listener::default();
    let fitted = match algorithm(&header.algorithm) {
        Some(algorithm) => algorithm
            .fit(&data, &header.params, header.seed, &listener)
            .map_err(|e| match e {
                TrainError::NotFitted { reason, .. } => reason,
                other => other.to_string(),
            }),
        None => Err(format!("{:?} is no algorithm", header.algorithm)),
    };
    let warnings = listener.0.into_inner().unwrap_or_default();
    let answer = rmp_serde::to_vec_named(&Answer { fitted, warnings });
    to.write_all(&answer.map_err(std::io::Error::other)?)?;
    to.flush()
}
