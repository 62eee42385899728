//! The pipeline drawn: steps from left to right, the two gates as lock gates, what flows between them.
//!
//! Places come from the edges (a step stands right of everything it needs) and from the lane a node asks for.
//! Tab goes from node to node; Enter or Space selects.

mod layout;
mod node;

use eframe::egui::{
    self, Align2, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, accesskit::Role,
    epaint::CubicBezierShape, pos2, vec2,
};

use super::{gate::paint_gate, paint, step::StepState};
use crate::gui::theme::{Tokens, Type, size};

pub use node::{Node, NodeKind, Part};

const NODE_HEIGHT: f32 = 56.0;
const LANE: f32 = 92.0;
const PART: f32 = 18.0;
const N_PARTS: usize = 5;

/// A pipeline: its nodes and, as pairs of indices, what needs what.
#[derive(Clone, Copy, Debug)]
pub struct PipelineGraph<'a> {
    /// The nodes, in the order of Tab.
    pub nodes: &'a [Node],
    /// From and to.
    pub edges: &'a [(usize, usize)],
    /// The selected node.
    pub selected: Option<usize>,
}

/// What somebody did to the graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PipelineResponse {
    /// A node was clicked: select it.
    pub selected: Option<usize>,
    /// A node was double-clicked: open it.
    pub opened: Option<usize>,
}

impl PipelineGraph<'_> {
    /// Shows it, as wide as it needs to be within a horizontal scroll area.
    pub fn show(&self, ui: &mut Ui) -> PipelineResponse {
        let width = ui.available_width() - 8.0;
        let places = layout::places(self.nodes, self.edges, width);
        let extent = places
            .iter()
            .fold(Rect::NOTHING, |all, place| all.union(*place));
        let mut done = PipelineResponse::default();
        if self.nodes.is_empty() {
            return done;
        }
        egui::ScrollArea::horizontal()
            .id_salt("pipeline")
            .auto_shrink([false, true])
            .show(ui, |ui| {
                let wanted = vec2(extent.right() + 8.0, extent.bottom() - extent.top() + 16.0);
                let spare = ((ui.available_width() - wanted.x) / 2.0).max(0.0).floor();
                let (rect, _) = ui.allocate_exact_size(
                    vec2(wanted.x.max(ui.available_width()), wanted.y),
                    Sense::hover(),
                );
                let shift = rect.min.to_vec2() + vec2(spare + 4.0, 8.0 - extent.top());
                let places: Vec<Rect> = places.iter().map(|place| place.translate(shift)).collect();
                for &(from, to) in self.edges {
                    self.paint_edge(ui, &places, from, to);
                }
                for (position, place) in places.iter().enumerate() {
                    let response = self.node(ui, position, *place);
                    if response.clicked() {
                        done.selected = Some(position);
                    }
                    if response.double_clicked() {
                        done.opened = Some(position);
                    }
                }
            });
        done
    }

    fn paint_edge(&self, ui: &Ui, places: &[Rect], from: usize, to: usize) {
        let (Some(start), Some(end)) = (places.get(from), places.get(to)) else {
            return;
        };
        let tokens = Tokens::of(ui);
        let port = |node: usize, place: &Rect| match self.nodes[node].kind {
            NodeKind::Gate { .. } => place.center().y,
            NodeKind::Step { .. } => place.top() + NODE_HEIGHT / 2.0,
        };
        let a = pos2(start.right(), port(from, start));
        let b = pos2(end.left() - 3.0, port(to, end));
        let is_lit = self.nodes[from].has_passed();
        let ink = if is_lit {
            tokens.text_weak
        } else {
            tokens.border_strong
        };
        let stroke = Stroke::new(1.5, ink);
        if end.left() < start.right() {
            return paint_edge_down(
                ui.painter(),
                start.center_bottom(),
                end.center_top(),
                stroke,
            );
        }
        let bend = ((b.x - a.x) * 0.5).max(12.0);
        let points: [Pos2; 4] = [a, a + vec2(bend, 0.0), b - vec2(bend, 0.0), b];
        ui.painter().add(CubicBezierShape::from_points_stroke(
            points,
            false,
            Tokens::CLEAR,
            stroke,
        ));
        let head = vec![
            b + vec2(3.0, 0.0),
            b + vec2(-4.0, -4.0),
            b + vec2(-4.0, 4.0),
        ];
        ui.painter()
            .add(egui::Shape::convex_polygon(head, ink, Stroke::NONE));
    }

    fn node(&self, ui: &Ui, position: usize, place: Rect) -> Response {
        let node = &self.nodes[position];
        let id = ui.scope_id().with(("node", position));
        let response = ui.interact(place, id, Sense::click());
        let is_selected = self.selected == Some(position);
        response
            .widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, node.summary()));
        let tokens = Tokens::of(ui);
        let painter = ui.painter();
        let look = (response.hovered(), is_selected);
        match &node.kind {
            NodeKind::Gate { state, verdict } => {
                let seconds = 0.6;
                let openness =
                    ui.ctx()
                        .animate_value_with_time(id.with("leaves"), state.openness(), seconds);
                paint_gate_surface(painter, place, look, &tokens);
                let words = (node.title.as_str(), verdict.as_str());
                paint_gate(
                    painter,
                    place.shrink(2.0),
                    words,
                    (*state, openness),
                    &tokens,
                );
            }
            NodeKind::Step {
                state,
                share,
                parts,
            } => {
                paint_step_surface(painter, place, *state, look, &tokens);
                paint_step(painter, place, node, (*state, *share), &tokens);
                paint_parts(painter, place, parts, &tokens);
            }
        }
        if response.has_focus() {
            paint::focus_ring(painter, place, size::RADIUS_CARD, &tokens);
        }
        response.on_hover_text(node.summary())
    }
}

/// An edge between two nodes of one column.
fn paint_edge_down(painter: &egui::Painter, from: Pos2, to: Pos2, stroke: Stroke) {
    painter.line_segment([from, to - vec2(0.0, 3.0)], stroke);
    let head = vec![to, to + vec2(4.0, -7.0), to + vec2(-4.0, -7.0)];
    painter.add(egui::Shape::convex_polygon(
        head,
        stroke.color,
        Stroke::NONE,
    ));
}

fn paint_gate_surface(
    painter: &egui::Painter,
    place: Rect,
    (is_hot, is_selected): (bool, bool),
    tokens: &Tokens,
) {
    if is_hot {
        painter.rect_filled(place, size::RADIUS_CARD, tokens.hover);
    }
    if is_selected {
        let stroke = Stroke::new(2.0, tokens.accent);
        painter.rect_stroke(place, size::RADIUS_CARD, stroke, egui::StrokeKind::Inside);
    }
}

fn paint_step_surface(
    painter: &egui::Painter,
    place: Rect,
    state: StepState,
    (is_hot, is_selected): (bool, bool),
    tokens: &Tokens,
) {
    let border = match (is_selected, state) {
        (true, _) => tokens.accent,
        (_, StepState::Failed) => tokens.bad,
        (_, StepState::Running) => tokens.accent.gamma_multiply(0.6),
        _ => tokens.border_strong,
    };
    let stroke = Stroke::new(if is_selected { 2.0 } else { 1.0 }, border);
    let fill = if is_hot { tokens.hover } else { tokens.raised };
    painter.rect(
        place,
        size::RADIUS_CARD,
        fill,
        stroke,
        egui::StrokeKind::Inside,
    );
    if state.is_idle() {
        let dim = tokens.background.gamma_multiply(0.35);
        painter.rect_filled(place.shrink(1.0), size::RADIUS_CARD, dim);
    }
}

fn paint_step(
    painter: &egui::Painter,
    place: Rect,
    node: &Node,
    (state, share): (StepState, Option<f32>),
    tokens: &Tokens,
) {
    let title_y = place.top() + 19.0;
    let is_dim = state.is_idle();
    let ink = if is_dim {
        tokens.text_weak
    } else {
        tokens.text_strong
    };
    state.paint(
        painter,
        pos2(place.left() + 17.0, title_y),
        16.0,
        share,
        tokens,
    );
    let at = pos2(place.left() + 30.0, title_y);
    let room = place.right() - 8.0 - at.x;
    paint::text_within(
        painter,
        at,
        Align2::LEFT_CENTER,
        &node.title,
        (Type::Medium, ink),
        room,
    );
    let under = pos2(place.left() + 30.0, place.top() + 38.0);
    if let Some(share) = share.filter(|_| state == StepState::Running) {
        let track = Rect::from_min_size(
            pos2(place.left() + 10.0, place.top() + NODE_HEIGHT - 7.0),
            vec2(place.width() - 20.0, 3.0),
        );
        paint::bar(painter, track, share, tokens.accent, tokens);
    }
    let detail = if node.detail.is_empty() {
        state.word()
    } else {
        node.detail.as_str()
    };
    let weak = (
        Type::Small,
        if state == StepState::Failed {
            tokens.bad
        } else {
            tokens.text_weak
        },
    );
    paint::text_within(painter, under, Align2::LEFT_CENTER, detail, weak, room);
}

fn paint_parts(painter: &egui::Painter, place: Rect, parts: &[Part], tokens: &Tokens) {
    if parts.is_empty() {
        return;
    }
    let top = place.top() + NODE_HEIGHT;
    painter.hline(
        place.x_range().shrink(10.0),
        top,
        Stroke::new(1.0, tokens.border),
    );
    for (position, part) in parts.iter().take(N_PARTS).enumerate() {
        let y = top + 4.0 + (position as f32 + 0.5) * PART;
        part.state.paint(
            painter,
            pos2(place.left() + 13.0, y),
            12.0,
            part.share,
            tokens,
        );
        let right = pos2(place.right() - 4.0, y);
        let result = paint::text(
            painter,
            right,
            Align2::RIGHT_CENTER,
            &part.result,
            Type::NumberSmall,
            tokens.text,
        );
        let at = pos2(place.left() + 22.0, y);
        let gap = if part.result.is_empty() { 0.0 } else { 5.0 };
        let room = result.left() - gap - at.x;
        paint::text_within(
            painter,
            at,
            Align2::LEFT_CENTER,
            &part.name,
            (Type::Small, tokens.text),
            room,
        );
    }
    if parts.len() > N_PARTS {
        let y = top + 4.0 + (N_PARTS as f32 + 0.5) * PART;
        let text = format!("{} more", parts.len() - N_PARTS);
        let at = pos2(place.left() + 22.0, y);
        paint::text(
            painter,
            at,
            Align2::LEFT_CENTER,
            &text,
            Type::Small,
            tokens.text_weak,
        );
    }
}
