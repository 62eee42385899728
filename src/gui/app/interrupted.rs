//! The question what becomes of a run that the end of the program cut off: asked when its workspace is opened again, above
//! every room, until somebody answers.

use crate::domain::ids::RunId;
use crate::domain::run::Interruption;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::banner::Banner;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::number;
use crate::workspace::{Command, Snapshot};
use eframe::egui::Ui;

/// Which run nobody wants to be asked about now.
#[derive(Debug, Default)]
pub(super) struct Question {
    put_off: Option<RunId>,
}

impl Question {
    /// Asks, where there is something to ask.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        now: i64,
        actions: &mut Vec<Action>,
    ) {
        let Some(interrupted) = &snapshot.interrupted else {
            return;
        };
        let is_open = snapshot.live.is_none() && snapshot.read_only.is_none();
        if !is_open || self.put_off == Some(interrupted.run) {
            return;
        }
        let banner = Banner::new(
            Tone::Warn,
            "A run was interrupted",
            sentence(interrupted, now),
        );
        let pressed = banner.show_with(ui, |ui| {
            let later = Button::new("Later").quiet().show(ui).clicked();
            let discard = Button::new("Discard")
                .tooltip(
                    "What was kept of it is thrown away; steps that are done stay in the cache",
                )
                .show(ui)
                .clicked();
            let resume = Button::new("Resume").icon(icons::RUN).primary();
            (resume.show(ui).clicked(), discard, later)
        });
        match pressed.inner {
            (true, ..) => actions.push(Action::Run),
            (_, true, _) => actions.push(Action::Submit(Command::DiscardRun(interrupted.run))),
            (.., true) => self.put_off = Some(interrupted.run),
            _ => {}
        }
        ui.add_space(space::M);
    }
}

/// `Run 7, 3 min ago at Train: 4 steps are done, and 35 finished fits are kept. Resume goes on behind them.`
fn sentence(interrupted: &Interruption, now: i64) -> String {
    let ago = number::ago((now - interrupted.noticed) as f64 / 1_000.0);
    let at = interrupted
        .at
        .map_or_else(String::new, |step| format!(" at {}", step.title()));
    let done = match interrupted.n_done {
        0 => "No step is done".to_owned(),
        1 => "1 step is done".to_owned(),
        n => format!("{n} steps are done"),
    };
    let kept = match interrupted.n_kept {
        0 => String::new(),
        1 => ", and 1 finished fit is kept".to_owned(),
        n => format!(", and {} finished fits are kept", number::count(n as u64)),
    };
    format!(
        "Run {}, {ago}{at}. {done}{kept}. Resume goes on behind that.",
        interrupted.run
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run::StepKind;

    #[test]
    fn the_question_says_where_it_was_and_what_is_kept() {
        let interrupted = |at, n_done, n_kept| Interruption {
            run: RunId(7),
            at,
            noticed: 0,
            n_done,
            n_kept,
        };
        assert_eq!(
            sentence(&interrupted(Some(StepKind::Train), 4, 35), 180_000),
            "Run 7, 3 min ago at Train. 4 steps are done, and 35 finished fits are kept. Resume goes on behind that."
        );
        assert_eq!(
            sentence(&interrupted(None, 0, 0), 180_000),
            "Run 7, 3 min ago. No step is done. Resume goes on behind that."
        );
    }
}
