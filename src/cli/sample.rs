//! What happens without a subcommand and without a display: the sample runs to its end, here in the terminal.

use super::output::Output;
use super::run::{run_to_the_end, sink};
use crate::domain::Failure;
use crate::workspace::{OpenOptions, Workspace, create};
use std::path::Path;
use std::process::ExitCode;

/// Makes or reopens the sample workspace in `root` and runs it to the end.
#[must_use]
pub fn headless_sample(root: &Path, why: &str) -> ExitCode {
    let out = Output::of_process();
    out.talk(why);
    let result = run(root, &out);
    ExitCode::from(result.unwrap_or_else(|failure| {
        out.failure(&failure);
        failure.exit_code()
    }))
}

fn run(root: &Path, out: &Output) -> Result<u8, Failure> {
    create::sample_if_missing(root, "nyc-flights")?;
    out.talk(&format!("Workspace {}", root.display()));
    let workspace = Workspace::open(root, OpenOptions::default(), sink(*out))?;
    let code = run_to_the_end(&workspace, true, out)?;
    let root = root.display();
    out.talk(&format!(
        "Results: {root}/artifacts and {root}/metadata.sqlite; parameters: {root}/pipeline.toml"
    ));
    out.talk(&format!(
        "Next: lockkeeper models --workspace {root}; lockkeeper serve --workspace {root}"
    ));
    Ok(code)
}
