//! The matrix of the four systems by the three levels; in each cell its capabilities, one a row.

use super::capability::words;
use crate::domain::maturity::{Capability, CapabilityState, MaturityAssessment, System};
use crate::gui::theme::{Tokens, Tone, Type, size, space};
use crate::gui::widgets::paint;
use eframe::egui::{Align2, Rect, Sense, Stroke, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

const ROW: f32 = 40.0;
const SYSTEM: f32 = 116.0;
const GAP: f32 = 8.0;

/// What each level means, in a line.
const LEVELS: [&str; 3] = [
    "Manual steps",
    "Automated pipeline",
    "CI/CD of the pipeline",
];

/// Draws the matrix; returns the id of a capability that was clicked.
pub(super) fn ui(
    ui: &mut Ui,
    assessment: &MaturityAssessment,
    selected: Option<&str>,
) -> Option<String> {
    let tokens = Tokens::of(ui);
    let width = ((ui.available_width() - SYSTEM - 2.0 * GAP) / 3.0).max(160.0);
    let mut pressed = None;
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    for (level, meaning) in LEVELS.iter().enumerate() {
        let left = head.left() + SYSTEM + level as f32 * (width + GAP);
        let title = format!("Level {level}");
        let at = pos2(left + space::S, head.top() + 10.0);
        paint::text(
            ui.painter(),
            at,
            Align2::LEFT_CENTER,
            &title,
            Type::Strong,
            tokens.text_strong,
        );
        let at = pos2(left + space::S, head.top() + 26.0);
        paint::text_within(
            ui.painter(),
            at,
            Align2::LEFT_CENTER,
            meaning,
            (Type::Small, tokens.text_weak),
            width,
        );
    }
    for system in System::ALL {
        let cells: Vec<Vec<&Capability>> = (0..3)
            .map(|level| {
                let all = assessment.capabilities.iter();
                all.filter(|c| c.system == system && c.level == level)
                    .collect()
            })
            .collect();
        let n = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let height = n as f32 * ROW + 8.0;
        let (band, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let at = pos2(band.left(), band.top() + 6.0 + ROW / 2.0);
        paint::text_within(
            ui.painter(),
            at,
            Align2::LEFT_CENTER,
            system.title(),
            (Type::Strong, tokens.text_strong),
            SYSTEM - 6.0,
        );
        for (level, cell) in cells.iter().enumerate() {
            let left = band.left() + SYSTEM + level as f32 * (width + GAP);
            let place = Rect::from_min_size(pos2(left, band.top()), vec2(width, height));
            paint::surface(
                ui.painter(),
                place,
                size::RADIUS,
                tokens.raised,
                tokens.border,
            );
            if cell.is_empty() {
                let at = pos2(place.left() + space::S, place.top() + 4.0 + ROW / 2.0);
                let ink = (Type::Small, tokens.text_weak);
                paint::text_within(
                    ui.painter(),
                    at,
                    Align2::LEFT_CENTER,
                    "Nothing asked for",
                    ink,
                    width - 16.0,
                );
            }
            for (row, capability) in cell.iter().enumerate() {
                let at = pos2(place.left() + 3.0, place.top() + 4.0 + row as f32 * ROW);
                let line = Rect::from_min_size(at, vec2(width - 6.0, ROW));
                if one(
                    ui,
                    line,
                    capability,
                    selected == Some(capability.id.as_str()),
                    &tokens,
                ) {
                    pressed = Some(capability.id.clone());
                }
            }
        }
        ui.add_space(GAP - ui.spacing().item_spacing.y.min(GAP));
    }
    pressed
}

/// One capability in its cell: the shape of its state, its title, and under it what the records say.
fn one(
    ui: &mut Ui,
    rect: Rect,
    capability: &Capability,
    is_selected: bool,
    tokens: &Tokens,
) -> bool {
    let id = ui.scope_id().with(("capability", &capability.id));
    let response = ui.interact(rect, id, Sense::click());
    let (word, _) = words(capability.state);
    let need = if capability.required {
        "required"
    } else {
        "optional"
    };
    let label = format!("{}: {word}, {need}", capability.title);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &label));
    let painter = ui.painter();
    if is_selected {
        painter.rect_filled(rect, 4.0, tokens.selected);
    } else if response.hovered() {
        painter.rect_filled(rect, 4.0, tokens.hover);
    }
    if response.has_focus() {
        paint::focus_ring(painter, rect, 4, tokens);
    }
    let center = pos2(rect.left() + 14.0, rect.top() + 13.0);
    match capability.state {
        CapabilityState::Proven => paint::mark(painter, center, 15.0, Tone::Good, tokens),
        CapabilityState::Unproven => {
            painter.circle_stroke(center, 6.0, Stroke::new(1.5, tokens.text_weak));
        }
        CapabilityState::Unsupported => {
            let ends = [
                pos2(center.x - 5.0, center.y),
                pos2(center.x + 5.0, center.y),
            ];
            painter.line_segment(ends, Stroke::new(1.5, tokens.text_weak));
        }
    }
    let left = rect.left() + 28.0;
    let optional = if capability.required {
        0.0
    } else {
        let at = pos2(rect.right() - 6.0, rect.top() + 13.0);
        paint::text(
            painter,
            at,
            Align2::RIGHT_CENTER,
            "optional",
            Type::Small,
            tokens.text_weak,
        )
        .width()
            + 8.0
    };
    let ink = if capability.state == CapabilityState::Unsupported {
        tokens.text_weak
    } else {
        tokens.text_strong
    };
    let at = pos2(left, rect.top() + 13.0);
    let room = rect.right() - left - 4.0 - optional;
    let (_, title_cut) = paint::text_within(
        painter,
        at,
        Align2::LEFT_CENTER,
        &capability.title,
        (Type::Medium, ink),
        room,
    );
    let says = match (capability.state, capability.evidence.first()) {
        (CapabilityState::Proven, Some(evidence)) => evidence.text.as_str(),
        (CapabilityState::Proven, None) => "Proven",
        (CapabilityState::Unproven, _) => "Not yet",
        (CapabilityState::Unsupported, _) => "Not built in this version",
    };
    let at = pos2(left, rect.top() + 29.0);
    let ink = (Type::Small, tokens.text_weak);
    let room = rect.right() - left - 4.0;
    let mut shown = briefer(says);
    let shown = shown
        .find(|text| paint::width_of(painter, text, Type::Small) <= room)
        .unwrap_or(says);
    paint::text_within(painter, at, Align2::LEFT_CENTER, shown, ink, room);
    let clicked = response.clicked();
    if title_cut || shown != says {
        response.on_hover_text(format!("{}\n{says}", capability.title));
    }
    clicked
}

/// A piece of evidence from whole to brief: all of it, its first clause, and the record alone, which are its first two
/// words ("Run 1", "Schema v2").
fn briefer(text: &str) -> impl Iterator<Item = &str> {
    let clause = text.split([':', '.']).next();
    let record = text.match_indices(' ').nth(1).map(|(at, _)| &text[..at]);
    [Some(text), clause, record].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::briefer;

    #[test]
    fn evidence_is_cut_at_words_that_name_the_record() {
        let all = |text| briefer(text).collect::<Vec<_>>();
        assert_eq!(
            all("Run 1: the data gate said RETRAIN"),
            ["Run 1: the data gate said RETRAIN", "Run 1", "Run 1:"]
        );
        assert_eq!(
            all("Schema v1 by pipeline: inferred from the first batch")[1],
            "Schema v1 by pipeline"
        );
        assert_eq!(all("Run 12 compared its candidate")[2], "Run 12");
        assert_eq!(all("Proven"), ["Proven", "Proven"]);
    }
}
