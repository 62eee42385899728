//! `lockkeeper lineage ARTIFACT`: where an artifact comes from, or what was made from it.

use super::Place;
use super::output::Output;
use crate::domain::Failure;
use crate::domain::lineage::{Direction, LineageNode};
use crate::workspace::records;
use clap::Args;

/// Where an artifact comes from, or what became of it
///
/// Lines begin with how many steps away something is.
#[derive(Debug, Args)]
pub struct Lineage {
    /// The first digits of a hash, a part of a name, a version such as v3, or words: "model run 12"; the newest of several
    artifact: Vec<String>,
    /// What was made from it, instead of what it was made from
    #[arg(long)]
    down: bool,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

impl Lineage {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let direction = if self.down {
            Direction::Downstream
        } else {
            Direction::Upstream
        };
        let wanted = self.artifact.join(" ");
        let nodes = records::lineage(&self.place.workspace, &wanted, direction)?;
        if self.json {
            out.json(&nodes);
            return Ok(0);
        }
        let rows: Vec<Vec<String>> = nodes.iter().map(row).collect();
        let header = ["steps", "type", "name", "made by", "run", "hash"];
        out.table(&header, &[true, false, false, false, true, false], &rows);
        Ok(0)
    }
}

fn row(node: &LineageNode) -> Vec<String> {
    let kind = node.artifact.kind.as_str();
    let step = node.producer;
    vec![
        node.distance.to_string(),
        kind.strip_prefix("lockkeeper.").unwrap_or(kind).to_owned(),
        node.name.clone(),
        step.map_or_else(String::new, |s| s.kind.name().to_owned()),
        step.map_or_else(String::new, |s| s.run.to_string()),
        node.artifact.hash.short().to_owned(),
    ]
}
