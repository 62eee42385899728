//! Floor 7: the command line. Data on stdout, talk on stderr; `--json` for machines; exit codes as in the README. One
//! file a command; each turns what was typed into calls of the workspace and its answer into text.

mod compare;
mod completions;
mod explain;
mod export;
mod fairness;
mod fit;
mod import;
mod init;
mod lesson;
mod lineage;
mod maturity;
mod models;
mod output;
mod pair;
mod predict;
mod profile;
mod reading;
mod relate;
mod run;
mod runs;
mod sample;
mod serve;
mod slices;
mod upkeep;
mod validate;

use crate::domain::Failure;
use crate::workspace::{OpenMode, OpenOptions, Workspace};
use clap::{Args, Parser, Subcommand};
use output::Output;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

pub use sample::headless_sample;

/// A gate said no.
const EXIT_GATE: u8 = 5;

/// What was typed.
#[derive(Debug, Parser)]
#[command(name = "lockkeeper", version, about, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to do; without it the window opens
    #[command(subcommand)]
    pub command: Option<Command>,
}

const AFTER_HELP: &str = "Exit codes: 0 done; 2 usage; 3 bad data or file; 4 not found or conflict; 5 a gate said no; \
                          70 internal; 130 interrupted.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a workspace
    Init(init::Init),
    /// Run the pipeline; running it again resumes
    Run(run::Run),
    /// Statistics of one data file
    Profile(profile::Profile),
    /// How the columns of a data file go together, or differ from another's
    Relate(relate::Relate),
    /// Anomalies of a data file and the verdict STOP, RETRAIN or OK
    Validate(validate::Validate),
    /// Compare two models on a data file, by segment
    Compare(compare::Compare),
    /// Find where a model errs most, or has become worse than another
    Slices(slices::Slices),
    /// Measure whether a model decides alike about groups
    Fairness(fairness::Fairness),
    /// What a model goes by: importance of columns, the effect of one, why a row got its answer
    Explain(explain::Explain),
    /// List the registered models
    Models(models::Models),
    /// Put a version into production by hand
    Promote(models::Promote),
    /// Bring back the version that was in production before
    Rollback(models::Rollback),
    /// List the runs
    Runs(runs::Runs),
    /// Where an artifact comes from, or what became of it
    Lineage(lineage::Lineage),
    /// Predict a data file
    Predict(predict::Predict),
    /// Serve the production model on this machine
    Serve(serve::Serve),
    /// Check the database, every artifact and every file, and mend what can be mended
    Doctor(upkeep::Doctor),
    /// Remove artifact files that nothing needs
    Gc(upkeep::Gc),
    /// Run a recorded run again from what it read, and compare hash by hash
    Reproduce(upkeep::Reproduce),
    /// The maturity level, capability by capability, with the evidence
    Maturity(maturity::Maturity),
    /// The lessons and how far one is
    #[command(subcommand)]
    Lesson(lesson::Lesson),
    /// Write what other programs read
    #[command(subcommand)]
    Export(export::Export),
    /// Take over what other programs wrote
    #[command(subcommand)]
    Import(import::Import),
    /// Open the window on a workspace
    #[cfg(feature = "window")]
    Open(Place),
    /// Write pictures of every room in every state
    #[cfg(feature = "window")]
    #[command(hide = true)]
    ContactSheet {
        /// The folder to write into
        dir: PathBuf,
    },
    /// Fit what stands on stdin; the program calls itself so
    #[command(hide = true)]
    Fit,
    /// Print shell completions
    Completions(completions::Completions),
}

/// Where the workspace is.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The workspace [default: the current folder]
    #[arg(
        long,
        short,
        value_name = "DIR",
        default_value = ".",
        hide_default_value = true
    )]
    pub workspace: PathBuf,
}

impl Place {
    /// Opens it to work in.
    fn open(&self) -> Result<Workspace, Failure> {
        self.open_with(OpenOptions::default())
    }

    /// Opens it to look at, beside whoever works in it.
    fn look(&self) -> Result<Workspace, Failure> {
        self.open_with(OpenOptions {
            mode: OpenMode::ReadOnly,
            n_threads: None,
        })
    }

    fn open_with(&self, options: OpenOptions) -> Result<Workspace, Failure> {
        Workspace::open(&self.workspace, options, Arc::new(|_| {}))
    }
}

/// Who sits at the keyboard, as far as the system says.
fn person() -> String {
    ["USER", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        .unwrap_or_else(|| "a person".to_owned())
}

/// Says that something cannot be done here.
#[must_use]
pub fn refuse(why: &str) -> ExitCode {
    report(Err(Failure::conflict(why)))
}

/// Says how something ended, and with which code to exit.
#[must_use]
pub fn report(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            Output::of_process().failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Carries out a command and says with which code to exit.
#[must_use]
pub fn carry_out(command: Command) -> ExitCode {
    let out = Output::of_process();
    let result = match command {
        Command::Init(c) => c.carry_out(&out),
        Command::Run(c) => c.carry_out(&out),
        Command::Profile(c) => c.carry_out(&out),
        Command::Relate(c) => c.carry_out(&out),
        Command::Validate(c) => c.carry_out(&out),
        Command::Compare(c) => c.carry_out(&out),
        Command::Slices(s) => s.carry_out(&out),
        Command::Fairness(f) => f.carry_out(&out),
        Command::Explain(c) => c.carry_out(&out),
        Command::Models(c) => c.carry_out(&out),
        Command::Promote(c) => c.carry_out(&out),
        Command::Rollback(c) => c.carry_out(&out),
        Command::Runs(c) => c.carry_out(&out),
        Command::Lineage(c) => c.carry_out(&out),
        Command::Predict(c) => c.carry_out(&out),
        Command::Serve(c) => c.carry_out(&out),
        Command::Doctor(c) => c.carry_out(&out),
        Command::Gc(c) => c.carry_out(&out),
        Command::Reproduce(c) => c.carry_out(&out),
        Command::Maturity(c) => c.carry_out(&out),
        Command::Lesson(c) => c.carry_out(&out),
        Command::Export(c) => c.carry_out(&out),
        Command::Import(c) => c.carry_out(&out),
        #[cfg(feature = "window")]
        Command::Open(_) | Command::ContactSheet { .. } => Err(Failure::internal(
            "the window's commands are carried out by main",
        )),
        Command::Fit => fit::carry_out(),
        Command::Completions(c) => {
            c.carry_out(&out);
            Ok(0)
        }
    };
    ExitCode::from(result.unwrap_or_else(|failure| {
        out.failure(&failure);
        failure.exit_code()
    }))
}
