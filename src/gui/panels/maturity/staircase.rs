//! The picture of the level: a staircase of three lock chambers, and the boat on the water of the proven one. A chamber
//! is filled as far as its required capabilities are proven.

use crate::domain::maturity::{CapabilityState, MaturityAssessment};
use crate::gui::theme::{Tokens, Type};
use crate::gui::widgets::paint;
use eframe::egui::{
    Align2, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

const HEIGHT: f32 = 168.0;
/// How much higher each chamber's full water stands than the one before.
const RISE: f32 = 32.0;

/// Required capabilities of a level: proven, and all.
fn progress(assessment: &MaturityAssessment, level: u8) -> (usize, usize) {
    let required = || {
        assessment
            .capabilities
            .iter()
            .filter(|c| c.level == level && c.required)
    };
    (
        required()
            .filter(|c| c.state == CapabilityState::Proven)
            .count(),
        required().count(),
    )
}

/// Draws the staircase, as wide as there is room.
pub(super) fn show(ui: &mut Ui, assessment: &MaturityAssessment) {
    let tokens = Tokens::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let words: Vec<String> = (0..3)
        .map(|level| {
            let (proven, all) = progress(assessment, level);
            format!("level {level}: {proven} of {all} required capabilities proven")
        })
        .collect();
    let place = assessment
        .level
        .map_or_else(|| "below level 0".to_owned(), |l| format!("on level {l}"));
    let label = format!("Lock staircase, the boat is {place}. {}", words.join("; "));
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &label));
    if ui.is_rect_visible(rect) {
        draw(ui.painter(), rect, assessment, &tokens);
    }
}

/// The ground: lower water before the first gate, three chambers, then the bank.
fn draw(painter: &Painter, rect: Rect, assessment: &MaturityAssessment, tokens: &Tokens) {
    let before = rect.width() * 0.16;
    let chamber = (rect.width() - before) / 3.0;
    let floor = rect.bottom() - 8.0;
    let low_water = floor - 16.0;
    // The surface of a chamber when it is full; chamber 0 lifts the boat one rise above the lower water.
    let full = |level: u8| low_water - f32::from(level + 1) * RISE;
    let lower = Rect::from_min_max(
        pos2(rect.left(), low_water),
        pos2(rect.left() + before, floor),
    );
    water(painter, lower, tokens);
    for level in 0..3_u8 {
        let left = rect.left() + before + f32::from(level) * chamber;
        let basin = Rect::from_min_max(
            pos2(left, full(level)),
            pos2(left + chamber, floor - f32::from(level) * RISE),
        );
        let (proven, all) = progress(assessment, level);
        let is_reached = assessment.level.is_some_and(|l| l >= level);
        let share = if all == 0 {
            0.0
        } else {
            proven as f32 / all as f32
        };
        let share = if is_reached { 1.0 } else { share.min(0.92) };
        // The label of level 0 lies in its water.
        let least = if level == 0 { 19.0 } else { 10.0 };
        let surface = basin.bottom() - least - (basin.height() - least) * share;
        painter.rect_filled(basin, 0.0, tokens.field);
        water(
            painter,
            Rect::from_min_max(pos2(basin.left(), surface), basin.max),
            tokens,
        );
        ground(painter, basin, rect.bottom(), tokens);
        let gate_bottom = basin.bottom();
        gate(
            painter,
            pos2(left, full(level) - 14.0),
            gate_bottom,
            is_reached,
            tokens,
        );
        let middle = basin.center().x;
        let at = pos2(
            middle,
            basin.bottom() + 1.0 + (rect.bottom() - basin.bottom()).min(20.0) / 2.0,
        );
        let title = if level == 0 {
            basin.bottom() - 9.0
        } else {
            at.y
        };
        let ink = tokens.text_strong;
        let text = format!("Level {level}");
        paint::text(
            painter,
            pos2(middle, title),
            Align2::CENTER_CENTER,
            &text,
            Type::SmallMedium,
            ink,
        );
        let tally = format!("{proven} of {all} required");
        let over = pos2(
            middle,
            full(level) - 24.0 - boat_room(assessment.level, level),
        );
        paint::text_within(
            painter,
            over,
            Align2::CENTER_CENTER,
            &tally,
            (Type::Small, tokens.text_weak),
            chamber,
        );
    }
    let berth = match assessment.level {
        None => pos2(lower.center().x, low_water),
        Some(level) => {
            let left = rect.left() + before + f32::from(level.min(2)) * chamber;
            pos2(left + chamber / 2.0, full(level.min(2)))
        }
    };
    boat(painter, berth, tokens);
}

/// Room over a chamber's water for the boat, where it lies there.
fn boat_room(at: Option<u8>, level: u8) -> f32 {
    if at == Some(level) { 18.0 } else { 0.0 }
}

fn water(painter: &Painter, rect: Rect, tokens: &Tokens) {
    painter.rect_filled(rect, 0.0, tokens.brand_water.gamma_multiply(0.55));
    painter.hline(
        rect.x_range(),
        rect.top(),
        Stroke::new(2.0, tokens.brand_water),
    );
}

/// The masonry under a chamber.
fn ground(painter: &Painter, basin: Rect, bottom: f32, tokens: &Tokens) {
    let block = Rect::from_min_max(basin.left_bottom(), pos2(basin.right(), bottom));
    painter.rect_filled(block, 0.0, tokens.active);
    painter.hline(
        block.x_range(),
        block.top(),
        Stroke::new(1.0, tokens.border_strong),
    );
}

/// A gate between two chambers: two leaves drawn apart when it was passed, one beam across when it is shut.
fn gate(painter: &Painter, top: Pos2, bottom: f32, is_open: bool, tokens: &Tokens) {
    let ink = tokens.border_strong;
    if is_open {
        for side in [-4.0, 4.0] {
            let x = top.x + side;
            painter.line_segment(
                [pos2(x, top.y), pos2(x, top.y + 14.0)],
                Stroke::new(2.5, ink),
            );
        }
        painter.line_segment(
            [pos2(top.x, top.y + 14.0), pos2(top.x, bottom)],
            Stroke::new(1.0, ink),
        );
    } else {
        painter.line_segment(
            [top, pos2(top.x, bottom)],
            Stroke::new(4.0, tokens.text_weak),
        );
        let beam = [pos2(top.x - 8.0, top.y), pos2(top.x + 8.0, top.y)];
        painter.line_segment(beam, Stroke::new(3.0, tokens.text_weak));
    }
}

/// The boat of the logo: a hull, a mast, a sail.
fn boat(painter: &Painter, waterline: Pos2, tokens: &Tokens) {
    let at = |x: f32, y: f32| waterline + vec2(x, y);
    let hull = vec![
        at(-17.0, -6.0),
        at(17.0, -6.0),
        at(11.0, 4.0),
        at(-11.0, 4.0),
    ];
    let edge = Stroke::new(1.0, tokens.border_strong);
    painter.add(Shape::convex_polygon(hull, tokens.brand_boat, edge));
    painter.line_segment(
        [at(-1.0, -6.0), at(-1.0, -28.0)],
        Stroke::new(1.5, tokens.text),
    );
    let sail = vec![at(1.0, -27.0), at(13.0, -9.0), at(1.0, -9.0)];
    painter.add(Shape::convex_polygon(sail, tokens.brand_boat, Stroke::NONE));
}
