//! One capability: what it means, whether it is proven and by which records, and what would prove it.

use super::next;
use crate::domain::maturity::{Capability, CapabilityState, Evidence};
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::badge::badge;
use crate::gui::widgets::card::overline;
use crate::gui::widgets::facts::{Fact, facts};
use crate::gui::widgets::paint;
use eframe::egui::{Align2, Label, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

/// Word and tone of a state.
pub(super) fn words(state: CapabilityState) -> (&'static str, Tone) {
    match state {
        CapabilityState::Proven => ("proven", Tone::Good),
        CapabilityState::Unproven => ("not yet", Tone::Warn),
        CapabilityState::Unsupported => ("not built", Tone::Neutral),
    }
}

/// "Required for level 1" or "Optional at level 1".
fn need(capability: &Capability) -> String {
    if capability.required {
        format!("Required for level {}", capability.level)
    } else {
        format!("Optional at level {}", capability.level)
    }
}

/// The card of the selected capability.
pub(super) fn ui(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    capability: &Capability,
    is_next: bool,
) {
    let tokens = Tokens::of(ui);
    let (word, tone) = words(capability.state);
    overline(
        ui,
        if is_next {
            "Next to prove"
        } else {
            capability.system.title()
        },
    );
    ui.add(Label::new(Type::Heading.rich(&capability.title, tokens.text_strong)).wrap());
    ui.horizontal_wrapped(|ui| {
        badge(ui, word, tone);
        ui.label(Type::Small.rich(need(capability), tokens.text_weak));
    });
    ui.add(Label::new(Type::Body.rich(&capability.help, tokens.text)).wrap());
    ui.add_space(space::XS);
    match capability.state {
        CapabilityState::Proven => {
            let Some(snapshot) = context.snapshot else {
                return;
            };
            ui.label(Type::SmallMedium.rich("Proven by, newest first", tokens.text_weak));
            for evidence in &capability.evidence {
                if link(ui, evidence) {
                    next::go_to(context, snapshot, &evidence.record);
                }
            }
        }
        CapabilityState::Unproven => {
            let text = "It can be done here and there is no record of it yet.";
            ui.label(Type::Body.rich(text, tokens.text_weak));
            if let Some(action) = capability.next {
                ui.add_space(space::XS);
                next::button(ui, context, action);
            }
        }
        CapabilityState::Unsupported => {
            let text = "This version of Lockkeeper cannot do it, so it cannot be proven here.";
            ui.label(Type::Body.rich(text, tokens.text_weak));
        }
    }
}

/// A sentence that leads to its record; true when it was clicked.
fn link(ui: &mut Ui, evidence: &Evidence) -> bool {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &evidence.text));
    if response.hovered() {
        ui.painter()
            .rect_filled(rect.expand2(vec2(space::XS, 0.0)), 4.0, tokens.hover);
    }
    if response.has_focus() {
        paint::focus_ring(ui.painter(), rect, 4, &tokens);
    }
    let mark = pos2(rect.left() + 7.0, rect.center().y);
    paint::mark(ui.painter(), mark, 12.0, Tone::Good, &tokens);
    let at = pos2(rect.left() + 20.0, rect.center().y);
    let ink = (Type::Body, tokens.accent);
    paint::text_within(
        ui.painter(),
        at,
        Align2::LEFT_CENTER,
        &evidence.text,
        ink,
        rect.width() - 20.0,
    );
    response
        .on_hover_text(format!("{}\n\nClick to see the record", evidence.text))
        .clicked()
}

/// The explanation in the inspector.
pub(super) fn explanation(ui: &mut Ui, capability: &Capability) {
    let tokens = Tokens::of(ui);
    let (word, tone) = words(capability.state);
    ui.add(Label::new(Type::Heading.rich(&capability.title, tokens.text_strong)).wrap());
    ui.add(Label::new(Type::Body.rich(&capability.help, tokens.text)).wrap());
    ui.add_space(space::S);
    facts(
        ui,
        &[
            Fact::text("System", capability.system.title()),
            Fact::number("Level", capability.level.to_string()),
            Fact::text(
                "Counts",
                if capability.required {
                    "required"
                } else {
                    "optional"
                },
            ),
            Fact::text("State", word).tone(tone),
            Fact::number("Records shown", capability.evidence.len().to_string()),
        ],
    );
    ui.add_space(space::S);
    for evidence in &capability.evidence {
        ui.add(Label::new(Type::Small.rich(&evidence.text, tokens.text_weak)).wrap());
    }
}
