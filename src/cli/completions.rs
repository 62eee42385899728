//! `lockkeeper completions SHELL`: prints a completion script.

use super::Cli;
use super::output::Output;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print shell completions
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn carry_out(self, out: &Output) {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "lockkeeper", &mut text);
        out.raw(&String::from_utf8_lossy(&text));
    }
}
