//! `lockkeeper export statistics FILE --out FILE.pb`: statistics that TensorFlow Data Validation reads.

use crate::cli::output::Output;
use crate::cli::reading::Reading;
use crate::domain::Failure;
use crate::domain::work::Quiet;
use crate::workspace::tools;
use clap::Args;
use std::path::PathBuf;

/// Statistics of one data file as TensorFlow Data Validation reads them
#[derive(Debug, Args)]
pub struct Statistics {
    /// The data file
    file: PathBuf,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    reading: Reading,
}

impl Statistics {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let bytes = tools::tfdv_statistics(&self.file, &self.reading.typed(), &Quiet)?;
        tools::write_whole(&self.out, &bytes)?;
        out.talk(&format!("wrote {}", self.out.display()));
        Ok(0)
    }
}
