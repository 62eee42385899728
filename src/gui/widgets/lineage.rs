//! A graph of what was made from what: boxes in columns from left to right, lines from each to what came of it. Tab goes from
//! box to box; Enter or Space goes there.

use eframe::egui::{
    self, Align2, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, accesskit::Role,
    epaint::CubicBezierShape, pos2, vec2,
};

use super::paint;
use crate::gui::theme::{Tokens, Tone, Type};

/// The narrowest and the widest box, in points.
const WIDTHS: [f32; 2] = [136.0, 200.0];
const HEIGHT: f32 = 46.0;
const GAP_X: f32 = 26.0;
const GAP_Y: f32 = 12.0;

/// A box.
#[derive(Clone, Debug, PartialEq)]
pub struct LineageBox {
    /// What it is, such as `Model`.
    pub title: String,
    /// Which one, such as a name or a hash.
    pub text: String,
    /// Its colour, by meaning.
    pub tone: Tone,
    /// Which column it stands in, from the left.
    pub column: usize,
    /// Whether it is the one that is looked at.
    pub is_here: bool,
}

/// The boxes, and as pairs of positions what came of what.
#[derive(Clone, Copy, Debug)]
pub struct LineageGraph<'a> {
    /// The boxes, in the order of Tab.
    pub boxes: &'a [LineageBox],
    /// From and to.
    pub edges: &'a [(usize, usize)],
}

impl LineageGraph<'_> {
    /// Shows it, as wide and as high as it needs to be within an area that scrolls; answers the box that was chosen.
    pub fn show(&self, ui: &mut Ui, max_height: f32) -> Option<usize> {
        let places = places(self.boxes, ui.available_width() - 16.0);
        let all = places
            .iter()
            .fold(Rect::NOTHING, |all, place| all.union(*place));
        if self.boxes.is_empty() {
            return None;
        }
        let mut chosen = None;
        egui::ScrollArea::both()
            .id_salt("lineage")
            .max_height(max_height)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                let wanted = all.size() + vec2(16.0, 16.0);
                let (rect, _) = ui.allocate_exact_size(wanted, Sense::hover());
                let by = rect.min.to_vec2() + vec2(8.0, 8.0);
                let places: Vec<Rect> = places.iter().map(|place| place.translate(by)).collect();
                let tokens = Tokens::of(ui);
                for (from, to) in self.edges {
                    edge(ui, places[*from], places[*to], &tokens);
                }
                for (number, (place, one)) in places.iter().zip(self.boxes).enumerate() {
                    let response = draw(ui, *place, one, number, &tokens);
                    if response.clicked() {
                        chosen = Some(number);
                    }
                }
            });
        chosen
    }
}

/// Where the boxes stand: the columns beside each other, each in the middle of the highest.
fn places(boxes: &[LineageBox], room: f32) -> Vec<Rect> {
    let n_columns = boxes.iter().map(|b| b.column + 1).max().unwrap_or(0);
    // As wide as all columns fit side by side, and readable where they do not.
    let n = n_columns.max(1) as f32;
    let width = ((room - (n - 1.0) * GAP_X) / n).clamp(WIDTHS[0], WIDTHS[1]);
    let mut n_in = vec![0_usize; n_columns];
    for one in boxes {
        n_in[one.column] += 1;
    }
    let highest = n_in.iter().copied().max().unwrap_or(0);
    let mut placed = vec![0_usize; n_columns];
    boxes
        .iter()
        .map(|one| {
            let above = (highest - n_in[one.column]) as f32 / 2.0;
            let row = placed[one.column] as f32 + above;
            placed[one.column] += 1;
            let corner = pos2(one.column as f32 * (width + GAP_X), row * (HEIGHT + GAP_Y));
            Rect::from_min_size(corner, vec2(width, HEIGHT))
        })
        .collect()
}

fn edge(ui: &Ui, from: Rect, to: Rect, tokens: &Tokens) {
    let (a, b) = (from.right_center(), to.left_center());
    let bend = vec2((b.x - a.x).abs().max(GAP_X) / 2.0, 0.0);
    let points: [Pos2; 4] = [a, a + bend, b - bend, b];
    let stroke = Stroke::new(1.2, tokens.border_strong);
    ui.painter().add(CubicBezierShape::from_points_stroke(
        points,
        false,
        Tokens::CLEAR,
        stroke,
    ));
}

fn draw(ui: &Ui, place: Rect, one: &LineageBox, number: usize, tokens: &Tokens) -> Response {
    let id = ui.scope_id().with(("lineage box", number));
    let response = ui.interact(place, id, Sense::click());
    response.widget_info(|| {
        let name = format!("{}, {}", one.title, one.text);
        WidgetInfo::selected(Role::Button, true, one.is_here, name)
    });
    let painter = ui.painter();
    let fill = match (one.is_here, response.hovered()) {
        (true, _) => tokens.selected,
        (false, true) => tokens.hover,
        (false, false) => tokens.raised,
    };
    let border = if one.is_here {
        tokens.accent
    } else {
        tokens.border
    };
    paint::surface(painter, place, 6, fill, border);
    let edge = Rect::from_min_size(place.min + vec2(0.0, 6.0), vec2(3.0, place.height() - 12.0));
    painter.rect_filled(edge, 1.5, tokens.ink(one.tone));
    let room = place.width() - 22.0;
    let at = place.left_top() + vec2(12.0, 14.0);
    let strong = (Type::SmallMedium, tokens.text_strong);
    let (_, title_cut) =
        paint::text_within(painter, at, Align2::LEFT_CENTER, &one.title, strong, room);
    let at = place.left_top() + vec2(12.0, 32.0);
    let weak = (Type::Small, tokens.text_weak);
    let (_, is_cut) = paint::text_within(painter, at, Align2::LEFT_CENTER, &one.text, weak, room);
    if response.has_focus() {
        paint::focus_ring(painter, place.expand(2.0), 7.0, tokens);
    }
    if is_cut || title_cut {
        response.on_hover_text(format!("{}\n{}", one.title, one.text))
    } else {
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_the_middle_of_the_highest() {
        let at = |column: usize| LineageBox {
            title: String::new(),
            text: String::new(),
            tone: Tone::Neutral,
            column,
            is_here: false,
        };
        let places = places(&[at(0), at(0), at(0), at(1), at(2), at(2)], 600.0);
        let middle = places[1].center().y;
        assert_eq!(places[3].center().y, middle);
        assert_eq!((places[4].center().y + places[5].center().y) / 2.0, middle);
        assert!(
            (places[4].right() - 600.0).abs() < 0.01,
            "three columns share the room"
        );
        let overlap = |a: usize, b: usize| places[a].intersects(places[b]);
        assert!((0..6).all(|a| (0..a).all(|b| !overlap(a, b))));
    }
}
