//! `lockkeeper fit`: a fit in a process of its own, for the program itself (see `train::process`).

use crate::domain::Failure;
use crate::workspace::fits;

/// Fits what stands on stdin and writes the estimator to stdout.
pub(super) fn carry_out() -> Result<u8, Failure> {
    // Ctrl+C reaches the whole group of processes; whoever waits for this one decides what it means.
    let _without = ctrlc::set_handler(|| {});
    let gone = || std::process::exit(1);
    let served = fits::serve_fit(std::io::stdin(), &mut std::io::stdout().lock(), gone);
    served.map_err(|e| Failure::usage(format!("This is no fit: {e}")))?;
    Ok(0)
}
