//! The pair that is asked: the candidate of a run and what it was held against, or two versions that a person chose.

use super::Shown;
use crate::domain::ContentHash;
use crate::domain::comparison::Place;
use crate::domain::ids::RunId;
use crate::domain::run::RunRecord;
use crate::gui::icons;
use crate::gui::theme::Tone;
use crate::gui::widgets::banner::Banner;
use crate::gui::widgets::button::Button;
use crate::workspace::comparing::{CompareAnswer, CompareAsk, CompareQuery, PairRows};
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::Ui;

/// Two versions that a person wants to see beside each other, on the test rows of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) run: RunId,
    pub(super) candidate: ContentHash,
    pub(super) other: ContentHash,
}

impl Chosen {
    pub(super) fn query(&self, snapshot: &Snapshot, run: &RunRecord) -> Option<Query> {
        let other = Some((Place::Production, &self.other));
        let source = PairRows::of(snapshot, run, &self.candidate, other)?;
        Some(ask(&source, CompareAsk::Whole))
    }
}

/// Says that it is not the run's own pair; true when somebody wants to go back to that.
pub(super) fn banner(ui: &mut Ui, snapshot: &Snapshot, chosen: &Chosen) -> bool {
    let name = |hash: &ContentHash| {
        let known = snapshot.models.iter().find(|m| m.hash == *hash);
        known.map_or_else(
            || hash.short().to_owned(),
            |m| format!("v{} ({})", m.version, m.algorithm),
        )
    };
    let text = format!(
        "{} stands as the candidate and {} as production, on the test rows of run {}.",
        name(&chosen.candidate),
        name(&chosen.other),
        chosen.run
    );
    Banner::new(Tone::Neutral, "CHOSEN BY YOU", text)
        .show_with(ui, |ui| {
            let back = Button::new("Back to the run's own").icon(icons::CLOSE);
            back.show(ui).clicked()
        })
        .inner
}

/// What every page looks at.
pub(super) struct View<'a> {
    pub(super) shown: &'a Shown<'a>,
    source: PairRows,
}

impl<'a> View<'a> {
    /// `None` where the run's rows are not known.
    pub(super) fn of(shown: &'a Shown<'a>) -> Option<Self> {
        let candidate = shown.comparison.model(Place::Candidate)?;
        let other = shown.comparison.reference();
        let other = other.map(|m| (m.place, &m.hash));
        Some(Self {
            shown,
            source: PairRows::of(shown.snapshot, shown.run, &candidate.hash, other)?,
        })
    }

    pub(super) fn ask(&self, what: CompareAsk) -> Query {
        ask(&self.source, what)
    }

    /// "production", "baseline".
    pub(super) fn other(&self) -> &'static str {
        super::words::reference(self.shown.comparison).title()
    }
}

fn ask(source: &PairRows, ask: CompareAsk) -> Query {
    Query::Compare(CompareQuery {
        source: source.clone(),
        ask,
    })
}

/// What is inside an answer about a pair.
pub(super) fn answered(answer: &Answer) -> Option<&CompareAnswer> {
    match answer {
        Answer::Compared(answer) => Some(answer),
        _ => None,
    }
}
