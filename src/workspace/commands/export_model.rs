//! Writes a model of the workspace as ONNX.

use super::{Engine, Failure, Outcome};
use crate::domain::ContentHash;
use crate::model::Model;
use crate::workspace::tools::{onnx_summary, write_whole};
use std::path::Path;

pub(super) fn export_model(
    engine: &Engine,
    hash: &ContentHash,
    file: &Path,
) -> Result<Outcome, Failure> {
    let model = Model::from_bytes(&engine.parts.store.files().read(hash)?)?;
    let bytes = model.to_onnx();
    write_whole(file, &bytes)?;
    Ok(Outcome::Done {
        message: format!(
            "{} is in {} as ONNX: {}",
            model.name,
            file.display(),
            onnx_summary(&bytes)?
        ),
    })
}
