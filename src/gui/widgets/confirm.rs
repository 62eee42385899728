//! A question before something that cannot be undone, perhaps with the reason for the ledger.

use eframe::egui::{self, Id, Key, Modal, Ui};

use super::{button::Button, field::Field};
use crate::gui::theme::{Tokens, Type, size, space};

/// A question on its way; the panel keeps it in an `Option` and shows it while it is there.
#[derive(Clone, Debug)]
pub struct Confirm {
    title: String,
    text: String,
    verb: String,
    is_danger: bool,
    reason: Option<Reason>,
}

#[derive(Clone, Debug)]
struct Reason {
    label: String,
    text: String,
    is_required: bool,
    /// Not shown yet: its first frame takes the keyboard.
    is_new: bool,
}

/// What somebody answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Do it, for this reason (empty if none was asked for or given).
    Yes {
        /// What was typed, trimmed.
        reason: String,
    },
    /// Leave everything as it is.
    No,
}

impl Confirm {
    /// A question; `verb` is the word on the button that does it: `Promote`.
    pub fn new(title: impl Into<String>, text: impl Into<String>, verb: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
            verb: verb.into(),
            is_danger: false,
            reason: None,
        }
    }

    /// It destroys something.
    pub fn danger(mut self) -> Self {
        self.is_danger = true;
        self
    }

    /// Asks for a reason that may be left empty.
    pub fn with_reason(mut self, label: impl Into<String>) -> Self {
        self.reason = Some(Reason {
            label: label.into(),
            text: String::new(),
            is_required: false,
            is_new: true,
        });
        self
    }

    /// Asks for a reason that must be given.
    pub fn with_required_reason(mut self, label: impl Into<String>) -> Self {
        self.reason = Some(Reason {
            label: label.into(),
            text: String::new(),
            is_required: true,
            is_new: true,
        });
        self
    }

    /// Shows it over everything. `None` while there is no answer; Escape and a click outside mean no.
    pub fn show(&mut self, ctx: &egui::Context) -> Option<Answer> {
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(space::XL);
        let curtain = Tokens::of_ctx(ctx).curtain;
        let modal = Modal::new(Id::unique("confirm"))
            .frame(frame)
            .backdrop_color(curtain);
        let shown = modal.show(ctx, |ui| self.contents(ui));
        if shown.inner.is_none() && shown.should_close() {
            Some(Answer::No)
        } else {
            shown.inner
        }
    }

    fn contents(&mut self, ui: &mut Ui) -> Option<Answer> {
        let tokens = Tokens::of(ui);
        ui.set_width(size::PROSE * 0.8);
        ui.spacing_mut().item_spacing.y = space::S;
        ui.label(Type::Heading.rich(&self.title, tokens.text_strong));
        ui.add(egui::Label::new(Type::Body.rich(&self.text, tokens.text)).wrap());
        if let Some(Reason {
            label,
            text,
            is_new,
            ..
        }) = &mut self.reason
        {
            ui.add_space(space::XS);
            let width = ui.available_width();
            let field = Field::new(label)
                .hint("Written into the ledger")
                .width(width)
                .lines(ui, text, 2);
            if std::mem::take(is_new) {
                field.request_focus();
            }
        }
        ui.add_space(space::S);
        self.buttons(ui)
    }

    fn buttons(&self, ui: &mut Ui) -> Option<Answer> {
        let mut answer = None;
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let reason = self
                .reason
                .as_ref()
                .map(|reason| reason.text.trim().to_owned())
                .unwrap_or_default();
            let is_missing = reason.is_empty()
                && self
                    .reason
                    .as_ref()
                    .is_some_and(|reason| reason.is_required);
            let go = Button::new(&self.verb).unless(is_missing.then_some("Give a reason first"));
            let go = if self.is_danger {
                go.danger()
            } else {
                go.primary()
            };
            let is_sent =
                ui.input(|i| i.modifiers.command && i.key_pressed(Key::Enter)) && !is_missing;
            if go.show(ui).clicked() || is_sent {
                answer = Some(Answer::Yes { reason });
            }
            if Button::new("Cancel").show(ui).clicked() {
                answer = Some(Answer::No);
            }
        });
        answer
    }
}
