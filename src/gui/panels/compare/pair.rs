//! The pair that is asked: the candidate of a run and what it was held against, or two versions that a person chose.

use super::Shown;
use crate::domain::ContentHash;
use crate::domain::comparison::Place;
use crate::domain::ids::RunId;
use crate::domain::run::RunRecord;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{PanelContext, Room};
use crate::gui::theme::Tone;
use crate::gui::widgets::banner::Banner;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::prose::prose;
use crate::workspace::comparing::{CompareAnswer, CompareAsk, CompareQuery, PairRows};
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::Ui;

/// The threshold that models decide with.
pub(super) const USUAL: f64 = 0.5;

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
    /// Where decisions are made between two classes, in thousandths; `None` is the most probable class.
    pub(super) threshold: Option<u32>,
}

impl<'a> View<'a> {
    /// `None` where the run's rows are not known.
    pub(super) fn of(shown: &'a Shown<'a>, threshold: f64) -> Option<Self> {
        let candidate = shown.comparison.model(Place::Candidate)?;
        let other = shown.comparison.reference();
        let other = other.map(|m| (m.place, &m.hash));
        Some(Self {
            shown,
            source: PairRows::of(shown.snapshot, shown.run, &candidate.hash, other)?,
            threshold: (shown.comparison.classes.len() == 2 && threshold != USUAL)
                .then(|| (threshold * 1_000.0).round() as u32),
        })
    }

    pub(super) fn ask(&self, what: CompareAsk) -> Query {
        ask(&self.source, what)
    }

    /// Says where decisions are made, with the way to change it.
    pub(super) fn decided_at(&self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        if self.shown.comparison.classes.len() != 2 {
            return;
        }
        let at = self.threshold.map_or(USUAL, |t| f64::from(t) / 1_000.0);
        ui.horizontal_wrapped(|ui| {
            prose(ui, &format!("Decided at a threshold of {at:.3}."));
            let change = Button::new("Change it").quiet();
            if change.tooltip("To the page Threshold").show(ui).clicked() {
                context.act(Action::GoPage(Room::Compare, 4));
            }
        });
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
