//! Environments of columns: here a column's role says whether it exists when serving, in TensorFlow Data Validation (TFDV)
//! the lists `default_environment`, `in_environment` and `not_in_environment` do, by names with their capitals.

use super::InterchangeError;
use super::text_format::Writer;
use super::tree::Message;
use crate::domain::schema::{ColumnSpec, Schema};

/// Usual names.
const TRAINING: &str = "TRAINING";
pub(super) const SERVING: &str = "SERVING";

/// A name as TFDV's users write it.
fn canonical(name: &str) -> String {
    match name {
        _ if name.eq_ignore_ascii_case(TRAINING) => TRAINING.to_owned(),
        _ if name.eq_ignore_ascii_case(SERVING) => SERVING.to_owned(),
        _ => name.to_ascii_uppercase(),
    }
}

/// Every environment that is known, each once: training and serving, and those that columns name.
pub(super) fn defaults(schema: &Schema) -> Vec<String> {
    let mut all = vec![TRAINING.to_owned(), SERVING.to_owned()];
    for column in &schema.columns {
        add(&mut all, &column.constraints.in_environment);
        add(&mut all, &column.constraints.not_in_environment);
    }
    all
}

fn add(all: &mut Vec<String>, names: &[String]) {
    for name in names.iter().map(|n| canonical(n)) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
}

/// Writes where the column is and is not, beside the default.
pub(super) fn export(w: &mut Writer, column: &ColumnSpec) {
    let mut absent = Vec::new();
    add(&mut absent, &column.constraints.not_in_environment);
    if !column.is_in(SERVING) {
        add(&mut absent, &[SERVING.to_owned()]);
    }
    let mut present = Vec::new();
    add(&mut present, &column.constraints.in_environment);
    present.retain(|name| !absent.contains(name));
    for name in &absent {
        w.text("not_in_environment", name);
    }
    for name in &present {
        w.text("in_environment", name);
    }
}

/// All environments of a file, and those in which columns are by default.
#[derive(Debug, Default)]
pub(super) struct Environments {
    all: Vec<String>,
    default: Vec<String>,
}

impl Environments {
    /// Reads them.
    pub(super) fn of(schema: &Message) -> Result<Self, InterchangeError> {
        let default = schema.texts("default_environment")?;
        let mut all = default.clone();
        for feature in schema.all("feature") {
            let feature = feature.message()?;
            for name in ["in_environment", "not_in_environment"] {
                for text in feature.texts(name)? {
                    if !all.contains(&text) {
                        all.push(text);
                    }
                }
            }
        }
        Ok(Self { all, default })
    }

    /// Sets where a column is not, and where it is against its role. TFDV's rule: it is where `in_environment` says, not
    /// where `not_in_environment` says, else where the default says; without a default it is anywhere else.
    pub(super) fn apply(
        &self,
        feature: &Message,
        column: &mut ColumnSpec,
    ) -> Result<(), InterchangeError> {
        let within = feature.texts("in_environment")?;
        let without = feature.texts("not_in_environment")?;
        for name in &self.all {
            let is_in = within.contains(name)
                || (!without.contains(name)
                    && (self.default.is_empty() || self.default.contains(name)));
            if is_in == column.is_in(name) {
                continue;
            }
            let constraints = &mut column.constraints;
            if is_in {
                constraints.in_environment.push(name.clone());
            } else {
                constraints.not_in_environment.push(name.clone());
            }
        }
        Ok(())
    }
}
