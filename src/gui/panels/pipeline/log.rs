//! What the steps of a run have to say: warnings, why something failed or was canceled, what was taken from before.

use super::super::runs::record;
use crate::domain::anomaly::DataVerdict;
use crate::domain::gate::ModelVerdict;
use crate::domain::run::{RunRecord, StepKind, StepRecord, StepState};
use crate::gui::theme::{Tokens, Tone, Type, size, space};
use crate::gui::widgets::{number, paint};
use eframe::egui::{self, Sense, Ui, vec2};

/// One line of the log.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// The step that says it.
    pub(super) kind: StepKind,
    /// How grave it is.
    pub(super) tone: Tone,
    /// What it says.
    pub(super) text: String,
}

/// All lines of a run, in the order of the pipeline.
pub(super) fn lines(run: &RunRecord, is_live: bool, now: i64) -> Vec<Line> {
    run.steps
        .iter()
        .flat_map(|step| lines_of(step, verdict_of(run, step.kind), is_live, now))
        .collect()
}

/// What a gate said: its word and tone.
fn verdict_of(run: &RunRecord, kind: StepKind) -> Option<(&'static str, Tone)> {
    match kind {
        StepKind::Validate => run.data_verdict.map(|v| {
            let tone = match v {
                DataVerdict::Ok => Tone::Good,
                DataVerdict::Retrain => Tone::Warn,
                DataVerdict::Stop => Tone::Bad,
            };
            (v.word(), tone)
        }),
        StepKind::ValidateModel => run.model_verdict.map(|v| {
            let tone = match v {
                ModelVerdict::Blessed => Tone::Good,
                ModelVerdict::NotBlessed => Tone::Bad,
            };
            (record::model_word(v), tone)
        }),
        _ => None,
    }
}

fn lines_of(
    step: &StepRecord,
    verdict: Option<(&'static str, Tone)>,
    is_live: bool,
    now: i64,
) -> Vec<Line> {
    let line = |tone, text: String| Line {
        kind: step.kind,
        tone,
        text,
    };
    let took = || number::duration(record::step_duration(step, now));
    let mut lines = Vec::new();
    let why = step.error.as_deref();
    match step.state {
        StepState::New => (),
        StepState::Running if is_live => {
            lines.push(line(Tone::Accent, format!("at work for {}", took())))
        }
        StepState::Running => {
            lines.push(line(
                Tone::Bad,
                "was interrupted: the program ended while it was at work".to_owned(),
            ));
        }
        StepState::Complete => lines.push(match verdict {
            Some((word, tone)) => line(tone, format!("{word}, decided in {}", took())),
            None => line(Tone::Good, format!("done in {}", took())),
        }),
        StepState::Cached => {
            let from = step
                .cached_from
                .map_or_else(String::new, |id| format!(" by execution {id}"));
            let text =
                format!("cached: the same inputs and parameters were worked on before{from}");
            lines.push(line(Tone::Neutral, text));
        }
        StepState::Failed => lines.push(line(
            Tone::Bad,
            format!("failed: {}", why.unwrap_or("no reason was recorded")),
        )),
        StepState::Canceled => {
            let (word, _) = record::step_badge(step);
            let text = why.map_or_else(|| word.to_owned(), |why| format!("{word}: {why}"));
            lines.push(line(Tone::Neutral, text));
        }
    }
    lines.extend(step.warnings.iter().map(|w| line(Tone::Warn, w.clone())));
    lines
}

/// Shows the log.
pub(super) fn show(ui: &mut Ui, lines: &[Line]) {
    let tokens = Tokens::of(ui);
    if lines.is_empty() {
        ui.label(Type::Body.rich("Nothing has been said yet.", tokens.text_weak));
        return;
    }
    let scroll = egui::ScrollArea::vertical()
        .id_salt("log")
        .max_height(260.0)
        .min_scrolled_height(260.0);
    scroll.auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for line in lines {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                let (at, _) = ui.allocate_exact_size(vec2(size::ICON, 18.0), Sense::hover());
                if line.tone != Tone::Neutral {
                    paint::mark(ui.painter(), at.center(), 13.0, line.tone, &tokens);
                }
                let (place, _) = ui.allocate_exact_size(vec2(84.0, 18.0), Sense::hover());
                let weak = (Type::Body, tokens.text_weak);
                let title = line.kind.title();
                let left = egui::Align2::LEFT_CENTER;
                paint::text_within(
                    ui.painter(),
                    place.left_center(),
                    left,
                    title,
                    weak,
                    place.width(),
                );
                ui.add(egui::Label::new(Type::Body.rich(&line.text, tokens.text)).wrap());
            });
        }
    });
}
