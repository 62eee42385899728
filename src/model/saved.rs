//! A model as bytes: 8 bytes of magic, the format's version as a little-endian u32, then the model as MessagePack with
//! field names. The bytes depend on the model alone (no maps in hash order, no clock), so that their hash identifies
//! it. A format is never edited: a change is a new version, and a newer one than ours is refused.

use super::error::ModelError;
use super::estimator::Estimator;
use super::trained::Model;
use crate::domain::ContentHash;
use crate::feature::{ColumnTransform, FittedColumn};

/// First bytes of every saved model.
const MAGIC: &[u8; 8] = b"LKMODEL\0";

/// The newest version that this program reads: 2 knows imported models, 3 shaped numbers and means of the target.
pub const FORMAT_VERSION: u32 = 3;

/// The version of imported models.
const IMPORTED_VERSION: u32 = 2;

/// The version of everything else, which older programs read.
const FIRST_VERSION: u32 = 1;

impl Model {
    /// The model as bytes.
    ///
    /// # Panics
    /// Never: every field of a model can be written as MessagePack.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let is_newer = |column: &FittedColumn| match &column.transform {
            ColumnTransform::Number { shape, .. } => !shape.is_linear(),
            ColumnTransform::Target(_) => true,
            _ => false,
        };
        let version = match self.estimator {
            _ if self.plan.columns.iter().any(is_newer) => FORMAT_VERSION,
            Estimator::Imported(_) => IMPORTED_VERSION,
            _ => FIRST_VERSION,
        };
        bytes.extend(version.to_le_bytes());
        rmp_serde::encode::write_named(&mut bytes, self)
            .expect("a model is plain numbers and texts, and memory takes all bytes");
        bytes
    }

    /// The model in these bytes.
    ///
    /// # Errors
    /// If they are not a model, are damaged, or of a newer format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let not_a_model = |reason: &str| ModelError::NotAModel {
            reason: reason.to_owned(),
        };
        let rest = bytes
            .strip_prefix(MAGIC)
            .ok_or_else(|| not_a_model("it does not begin like one"))?;
        let (version, body) = rest
            .split_first_chunk::<4>()
            .ok_or_else(|| not_a_model("it ends after its first bytes"))?;
        let found = u32::from_le_bytes(*version);
        if found > FORMAT_VERSION {
            return Err(ModelError::NewerFormat {
                found,
                known: FORMAT_VERSION,
            });
        }
        let model: Self = rmp_serde::from_slice(body)
            .map_err(|e| not_a_model(&format!("it is damaged ({e})")))?;
        model.check().map_err(|reason| not_a_model(&reason))?;
        Ok(model)
    }

    /// The hash of its bytes.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        ContentHash::of_bytes(&self.to_bytes())
    }
}
