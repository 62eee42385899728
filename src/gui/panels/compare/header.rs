//! The head of the room: which run, the gate's verdict in one sentence, and the promotion.

use super::{Shown, evaluated};
use crate::domain::comparison::Place;
use crate::domain::gate::ModelVerdict;
use crate::domain::registry::{ModelVersion, RegistryEntry};
use crate::domain::run::{RunRecord, StepKind};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Tone, Type};
use crate::gui::widgets::badge::badge;
use crate::gui::widgets::banner::Banner;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::page_title;
use crate::gui::widgets::confirm::{Answer, Confirm};
use crate::gui::widgets::field::Field;
use crate::gui::widgets::number;
use crate::workspace::{Command, Snapshot};
use eframe::egui::{Align, Layout, Ui, vec2};

/// Width of the choice of a run.
const CHOICE: f32 = 190.0;

/// What the head remembers: the question before a promotion.
#[derive(Default)]
pub(super) struct Header {
    question: Option<Question>,
}

struct Question {
    version: u32,
    /// What is recorded when no reason is given: the gate's own sentence, if it blessed the model.
    default_reason: String,
    confirm: Confirm,
}

/// The title, and the choice among runs that have an evaluation.
pub(super) fn title(ui: &mut Ui, context: &mut PanelContext<'_>, run: &RunRecord) {
    let Some(snapshot) = context.snapshot else {
        return;
    };
    let runs: Vec<&RunRecord> = evaluated(snapshot).map(|(run, _)| run).collect();
    let names: Vec<String> = runs
        .iter()
        .map(|r| {
            format!(
                "Run {} · {}",
                r.id,
                number::ago((context.now - r.started).max(0) as f64 / 1_000.0)
            )
        })
        .collect();
    let mut position = runs.iter().position(|r| r.id == run.id).unwrap_or(0);
    ui.horizontal_top(|ui| {
        let left = (ui.available_width() - CHOICE - ui.spacing().item_spacing.x).max(200.0);
        ui.allocate_ui_with_layout(vec2(left, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_min_width(left);
            let explanation = "Is the new model better than the one in production, and for everybody? Both answered \
                               the same test rows.";
            page_title(ui, "Compare", explanation);
        });
        let choice = Field::new("Run").width(CHOICE).choice(ui, &mut position, &names);
        if choice.changed()
            && let Some(run) = runs.get(position)
        {
            context.selection.run = Some(run.id);
            context.selection.segment = None;
        }
    });
}

/// The registered version that is the candidate of a comparison.
fn candidate<'a>(snapshot: &'a Snapshot, shown: &Shown<'_>) -> Option<&'a ModelVersion> {
    let hash = &shown.comparison.model(Place::Candidate)?.hash;
    snapshot.models.iter().find(|m| m.hash == *hash)
}

/// The promotion by which a person put a version into production.
fn overridden<'a>(snapshot: &'a Snapshot, model: &ModelVersion) -> Option<&'a RegistryEntry> {
    let of_it = |e: &&RegistryEntry| {
        e.version == model.version && e.action == "promote" && e.who != "pipeline"
    };
    snapshot.registry_log.iter().find(of_it)
}

impl Header {
    /// The banner with the verdict and the button that promotes.
    pub(super) fn verdict(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        shown: &Shown<'_>,
    ) {
        let has_gate = shown.run.step(StepKind::ValidateModel).is_some();
        let (tone, word, sentence) = match shown.blessing {
            Some(blessing) => {
                let (tone, word) = match (blessing.verdict, shown.is_own) {
                    (ModelVerdict::Blessed, true) => (Tone::Good, "BLESSED"),
                    (ModelVerdict::NotBlessed, true) => (Tone::Bad, "NOT BLESSED"),
                    (ModelVerdict::Blessed, false) => (Tone::Good, "WOULD BE BLESSED"),
                    (ModelVerdict::NotBlessed, false) => (Tone::Bad, "WOULD NOT BE BLESSED"),
                };
                (tone, word, blessing.reason.clone())
            }
            None if has_gate => (
                Tone::Neutral,
                "NOT DECIDED",
                "The model gate has not decided yet.".to_owned(),
            ),
            None => {
                let sentence = "This pipeline has no model gate: a person decides.";
                (Tone::Warn, "NO GATE", sentence.to_owned())
            }
        };
        let model = candidate(shown.snapshot, shown);
        let is_promotable = shown.is_own && model.is_none_or(|m| !m.is_production());
        let read_only = shown
            .snapshot
            .read_only
            .as_ref()
            .map(|who| format!("Read-only: {who}"));
        let why_not = read_only.or_else(|| {
            let missing = "The candidate is not in the registry: it is registered when its run has evaluated it";
            model.is_none().then(|| missing.to_owned())
        });
        let pressed = Banner::new(tone, word, sentence)
            .show_with(ui, |ui| {
                if !is_promotable {
                    return false;
                }
                let button = Button::new("Promote…").icon(icons::PROMOTE).unless(why_not);
                let button = if tone == Tone::Good {
                    button.primary()
                } else {
                    button
                };
                button.show(ui).clicked()
            })
            .inner;
        if pressed && let Some(model) = model {
            self.question = Some(ask(shown, model));
        }
        line(ui, context, shown, model);
        let is_refused = shown
            .blessing
            .is_some_and(|b| b.verdict == ModelVerdict::NotBlessed);
        if let Some(entry) = model
            .and_then(|m| overridden(shown.snapshot, m))
            .filter(|_| is_refused)
        {
            let text = format!("{} promoted it all the same: {}", entry.who, entry.reason);
            let tokens = Tokens::of(ui);
            ui.label(Type::Body.rich(text, tokens.text));
        }
    }

    /// Shows the open question and queues what was answered.
    pub(super) fn answer(&mut self, ui: &Ui, context: &mut PanelContext<'_>) {
        let Some(question) = &mut self.question else {
            return;
        };
        let Some(answer) = question.confirm.show(ui.ctx()) else {
            return;
        };
        if let Answer::Yes { reason } = answer {
            let reason = if reason.is_empty() {
                question.default_reason.clone()
            } else {
                reason
            };
            context.act(Action::Submit(Command::Promote {
                version: question.version,
                reason,
                who: "a person".to_owned(),
            }));
        }
        self.question = None;
    }
}

/// Who is compared with whom.
fn line(ui: &mut Ui, context: &PanelContext<'_>, shown: &Shown<'_>, model: Option<&ModelVersion>) {
    let tokens = Tokens::of(ui);
    let comparison = shown.comparison;
    let name = |place| comparison.model(place).map(|m| m.title.clone());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let candidate = name(Place::Candidate).unwrap_or_else(|| "the candidate".to_owned());
        let version = model.map_or_else(String::new, |m| format!(" (v{})", m.version));
        ui.label(Type::Strong.rich(format!("{candidate}{version}"), tokens.candidate));
        match name(Place::Production) {
            Some(production) => {
                ui.label(Type::Body.rich("against", tokens.text_weak));
                let hash = comparison.model(Place::Production).map(|m| &m.hash);
                let known = shown.snapshot.models.iter().find(|m| Some(&m.hash) == hash);
                let version = known.map_or_else(String::new, |m| format!(" (v{})", m.version));
                ui.label(Type::Strong.rich(format!("{production}{version}"), tokens.production));
            }
            None => {
                let text = "is the first model: it is compared with the baseline";
                ui.label(Type::Body.rich(text, tokens.text_weak));
            }
        }
        let rows = number::counted(comparison.n_rows, "test row", "test rows");
        let age = number::ago((context.now - shown.run.started).max(0) as f64 / 1_000.0);
        ui.label(Type::Body.rich(
            format!("on {rows} · {} · {age}", comparison.task.title()),
            tokens.text_weak,
        ));
        if model.is_some_and(ModelVersion::is_production) {
            badge(ui, "in production", Tone::Production);
        }
        if let Some(words) = comparison.unshared_words() {
            let text = format!("· {words}");
            ui.label(Type::Body.rich(text, tokens.text_weak));
        }
    });
}

fn ask(shown: &Shown<'_>, model: &ModelVersion) -> Question {
    let is_blessed = shown
        .blessing
        .is_some_and(|b| b.verdict == ModelVerdict::Blessed);
    let place = match shown.snapshot.production() {
        Some(current) => format!(
            "v{} takes the place of v{}.",
            model.version, current.version
        ),
        None => format!("v{} becomes the first model in production.", model.version),
    };
    let title = format!("Promote v{} to production?", model.version);
    let confirm = if is_blessed {
        Confirm::new(
            title,
            format!("{place} The model gate blessed it."),
            "Promote",
        )
        .with_reason("Reason")
    } else {
        let text = format!(
            "{place} The model gate did not bless it, so the ledger keeps why you did it all the same."
        );
        Confirm::new(title, text, "Promote anyway")
            .danger()
            .with_required_reason("Reason")
    };
    let default_reason = shown.blessing.map(|b| b.reason.clone()).unwrap_or_default();
    Question {
        version: model.version,
        default_reason,
        confirm,
    }
}
