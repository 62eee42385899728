//! The binary: no subcommand opens the window, one works headless.

use clap::Parser;
#[cfg(feature = "window")]
use lockkeeper::cli::Command;
use lockkeeper::cli::{Cli, carry_out, headless_sample};
use lockkeeper::workspace::create::sample_root;
use lockkeeper::workspace::fits;
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Ok(program) = std::env::current_exe() {
        fits::use_program(program);
    }
    match Cli::parse().command {
        None => window_or_headless(),
        #[cfg(feature = "window")]
        Some(Command::Open(place)) => match lockkeeper::gui::open_workspace(&place.workspace) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => lockkeeper::cli::refuse(&format!("No display, so no window: {}", why.0)),
        },
        #[cfg(feature = "window")]
        Some(Command::ContactSheet { dir }) => {
            lockkeeper::cli::report(lockkeeper::gui::write_contact_sheet(&dir))
        }
        Some(command) => carry_out(command),
    }
}

#[cfg(feature = "window")]
fn window_or_headless() -> ExitCode {
    match lockkeeper::gui::open_sample_or_last() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => headless_sample(
            &sample_root(),
            &format!(
                "No display ({}): the sample runs here, in the terminal.",
                why.0
            ),
        ),
    }
}

#[cfg(not(feature = "window"))]
fn window_or_headless() -> ExitCode {
    headless_sample(
        &sample_root(),
        "This Lockkeeper was built without the window: the sample runs here, in the terminal.",
    )
}
