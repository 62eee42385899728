//! `lockkeeper maturity`: level, capability by capability, with the evidence.

use super::Place;
use super::output::{Colour, Output};
use crate::domain::Failure;
use crate::domain::maturity::CapabilityState;
use clap::Args;

/// The maturity level, capability by capability, with the evidence
#[derive(Debug, Args)]
pub struct Maturity {
    #[command(flatten)]
    place: Place,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

impl Maturity {
    pub(super) fn carry_out(self, out: &Output) -> Result<u8, Failure> {
        let snapshot = self.place.look()?.snapshot();
        let assessment = &snapshot.maturity;
        if self.json {
            out.json(assessment);
            return Ok(0);
        }
        for level in 0..=2 {
            out.data(&format!("Level {level}"));
            for capability in assessment.capabilities.iter().filter(|c| c.level == level) {
                let (word, colour) = match capability.state {
                    CapabilityState::Proven => ("proven   ", Colour::Green),
                    CapabilityState::Unproven => ("not yet  ", Colour::Yellow),
                    CapabilityState::Unsupported => ("not built", Colour::Grey),
                };
                let evidence = capability.evidence.first().map_or("", |e| e.text.as_str());
                let optional = if capability.required {
                    ""
                } else {
                    " (optional)"
                };
                out.data(&format!(
                    "  {}  {:<16} {}{optional}{}{evidence}",
                    out.paint(word, colour),
                    capability.system.title(),
                    capability.title,
                    if evidence.is_empty() { "" } else { " · " },
                ));
            }
        }
        out.talk(&match assessment.level {
            Some(level) => format!("Level {level}, as the records prove"),
            None => "Not yet level 0: a model must have been trained and served".to_owned(),
        });
        Ok(0)
    }
}
