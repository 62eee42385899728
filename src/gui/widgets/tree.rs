//! A decision tree as a drawing that can be moved and magnified: a card for each question and each answer, branches as
//! wide as the share of rows that take them.

use std::cell::Cell;

use eframe::egui::{
    Align, Align2, FontId, Key, Painter, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, accesskit::Role, pos2, text::LayoutJob, vec2,
};

use super::{
    chart::{Chart, csv_cell, readout},
    number, paint,
};
use crate::domain::explanation::{TreeDrawing, TreeNode};
use crate::gui::theme::{Tokens, Tone, Type};

/// The size of a card, and of the place it has.
const CARD: Vec2 = vec2(148.0, 64.0);
const PLACE: Vec2 = vec2(156.0, 116.0);
/// Texts below this magnification are left out; pointing shows them.
const LEGIBLE: f32 = 0.5;

/// How the drawing is looked at: its magnification, and how far it was moved. `zoom` 0 fits it into its place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TreeView {
    /// Points on the screen for one of the drawing; 0 fits.
    pub zoom: f32,
    /// How far it was moved, in points on the screen.
    pub moved: Vec2,
    /// The magnification that fits, as the drawing was last shown.
    pub fit: f32,
}

impl TreeView {
    /// The same, magnified by a factor.
    pub fn zoomed(self, factor: f32) -> Self {
        let zoom = self.shown_zoom();
        let next = (zoom * factor).clamp(0.05, 3.0);
        Self {
            zoom: next,
            moved: self.moved * (next / zoom),
            ..self
        }
    }

    fn shown_zoom(self) -> f32 {
        match (self.zoom > 0.0, self.fit > 0.0) {
            (true, _) => self.zoom,
            (false, true) => self.fit,
            (false, false) => 1.0,
        }
    }
}

/// A tree down to some level. A hit is a node.
pub struct Tree<'a> {
    /// The tree.
    pub drawing: &'a TreeDrawing,
    /// Questions below one another that are shown; what lies deeper is counted.
    pub n_levels: u32,
    /// How it is looked at; changed by dragging, scrolling and keys.
    pub view: &'a Cell<TreeView>,
}

/// Where the shown nodes lie, in units of the drawing; the root at the top.
struct Layout {
    /// For each node its centre, if it is shown.
    centres: Vec<Option<Pos2>>,
    size: Vec2,
}

impl Tree<'_> {
    fn layout(&self) -> Layout {
        let mut layout = Layout {
            centres: vec![None; self.drawing.nodes.len()],
            size: Vec2::ZERO,
        };
        let mut n_columns = 0;
        self.place(0, &mut n_columns, &mut layout);
        layout.size.x = n_columns as f32 * PLACE.x;
        layout
    }

    /// Places what lies below a node, then the node over the middle of it; answers its abscissa.
    fn place(&self, at: usize, n_columns: &mut usize, layout: &mut Layout) -> f32 {
        let Some(node) = self.drawing.nodes.get(at) else {
            return 0.0;
        };
        let x = match self.children(node) {
            Some([yes, no]) => {
                let left = self.place(yes, n_columns, layout);
                let right = self.place(no, n_columns, layout);
                f32::midpoint(left, right)
            }
            None => {
                *n_columns += 1;
                (*n_columns as f32 - 0.5) * PLACE.x
            }
        };
        let y = node.depth as f32 * PLACE.y + CARD.y / 2.0 + 4.0;
        layout.centres[at] = Some(pos2(x, y));
        layout.size.y = layout.size.y.max(y + CARD.y / 2.0 + 4.0);
        x
    }

    /// The children that are shown.
    fn children(&self, node: &TreeNode) -> Option<[usize; 2]> {
        let children = node.children.filter(|_| node.depth < self.n_levels)?;
        Some(children.map(|child| child as usize))
    }

    /// Questions at and below a node.
    fn n_below(&self, at: usize) -> usize {
        let Some(node) = self.drawing.nodes.get(at) else {
            return 0;
        };
        node.children.map_or(0, |[yes, no]| {
            1 + self.n_below(yes as usize) + self.n_below(no as usize)
        })
    }

    fn share(&self, node: &TreeNode) -> f64 {
        node.n_rows as f64 / self.drawing.n_rows.max(1) as f64
    }

    /// The lines of a node's card.
    fn lines(&self, at: usize) -> [String; 2] {
        let node = &self.drawing.nodes[at];
        let share = number::percent(self.share(node));
        let answer = number::metric(node.answer);
        let first = match (&node.question, self.children(node)) {
            (Some(question), Some(_)) => format!("{question}?"),
            (Some(_), None) => {
                let n = self.n_below(at) as u64;
                format!("{} more below", number::counted(n, "question", "questions"))
            }
            (None, _) => format!("answer {answer}"),
        };
        let second = match node.question {
            Some(_) => format!("{share} · {answer}"),
            None => share,
        };
        [first, second]
    }

    fn words(&self, at: usize) -> Vec<(String, Tone)> {
        let node = &self.drawing.nodes[at];
        let mut lines: Vec<(String, Tone)> = Vec::new();
        if let Some(question) = &node.question {
            lines.push((format!("{question}?"), Tone::Neutral));
        }
        let rows = number::counted(node.n_rows, "training row", "training rows");
        let share = number::percent(self.share(node));
        lines.push((format!("{rows} ({share})"), Tone::Neutral));
        let answer = number::metric(node.answer);
        let what = self.drawing.explained.words();
        lines.push((format!("{what} {answer}"), Tone::Neutral));
        lines
    }

    /// The answers' lowest and highest among the shown nodes, for their shades.
    fn span(&self, layout: &Layout) -> (f64, f64) {
        let shown = self.drawing.nodes.iter().zip(&layout.centres);
        let answers = shown.filter(|(_, c)| c.is_some()).map(|(n, _)| n.answer);
        answers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), a| {
            (low.min(a), high.max(a))
        })
    }

    fn paint(&self, painter: &Painter, layout: &Layout, see: &See, tokens: &Tokens) {
        for (at, centre) in layout.centres.iter().enumerate() {
            let (Some(centre), Some(children)) = (centre, self.children(&self.drawing.nodes[at]))
            else {
                continue;
            };
            for (child, word) in children.into_iter().zip(["yes", "no"]) {
                let Some(below) = layout.centres.get(child).copied().flatten() else {
                    continue;
                };
                let from = see.at(*centre + vec2(0.0, CARD.y / 2.0));
                let to = see.at(below - vec2(0.0, CARD.y / 2.0));
                let share = self.share(&self.drawing.nodes[child]) as f32;
                let wide = (1.0 + 9.0 * share) * see.zoom.clamp(0.3, 1.5);
                painter.line_segment([from, to], Stroke::new(wide, tokens.border_strong));
                if see.zoom >= LEGIBLE {
                    let font = see.font(Type::Small);
                    let words = painter.layout_no_wrap(word.to_owned(), font, tokens.text_weak);
                    let place = Align2::CENTER_CENTER.anchor_size(from.lerp(to, 0.5), words.size());
                    painter.rect_filled(place.expand2(vec2(3.0, 0.0)), 2.0, tokens.raised);
                    painter.galley(place.min, words, tokens.text_weak);
                }
            }
        }
        let (low, high) = self.span(layout);
        for (at, centre) in layout.centres.iter().enumerate() {
            let Some(centre) = centre else { continue };
            let card = Rect::from_center_size(see.at(*centre), CARD * see.zoom);
            if painter.clip_rect().intersects(card) {
                self.paint_card(painter, card, at, see, (low, high), tokens);
            }
        }
    }

    fn paint_card(
        &self,
        painter: &Painter,
        card: Rect,
        at: usize,
        see: &See,
        (low, high): (f64, f64),
        tokens: &Tokens,
    ) {
        let node = &self.drawing.nodes[at];
        let level = if high > low {
            (node.answer - low) / (high - low)
        } else {
            0.5
        };
        let fill = tokens.shade(Tone::Series(0), 0.05 + 0.4 * level as f32);
        let radius = 6.0 * see.zoom;
        painter.rect_filled(card, radius, fill);
        let is_leaf = node.question.is_none();
        let line = if is_leaf {
            tokens.mark(Tone::Series(0))
        } else {
            tokens.border_strong
        };
        painter.rect_stroke(card, radius, Stroke::new(1.0, line), StrokeKind::Inside);
        if see.zoom < LEGIBLE {
            return;
        }
        let ink = tokens.text_on(fill);
        let room = card.width() - 12.0 * see.zoom;
        let [first, second] = self.lines(at);
        let mut job = LayoutJob::simple(first, see.font(Type::SmallMedium), ink, room);
        job.wrap.max_rows = 2;
        job.halign = Align::Center;
        let words = painter.layout_job(job);
        let high = words.size().y;
        let top = card.top() + (card.height() * 0.7 - high) / 2.0;
        painter.galley(pos2(card.center().x, top), words, ink);
        let figures = paint::fitted(painter, &second, see.font(Type::NumberSmall), ink, room);
        let at = pos2(card.center().x, card.top() + card.height() * 0.8);
        let place = Align2::CENTER_CENTER.anchor_size(at, figures.size());
        painter.galley(place.min, figures, ink);
    }
}

/// From the drawing to the screen.
struct See {
    origin: Pos2,
    zoom: f32,
}

impl See {
    fn at(&self, place: Pos2) -> Pos2 {
        self.origin + place.to_vec2() * self.zoom
    }

    fn font(&self, kind: Type) -> FontId {
        let font = kind.font();
        FontId::new(font.size * self.zoom, font.family)
    }
}

/// The magnification at which a drawing fits into a place.
fn fitting(size: Vec2, rect: Rect) -> f32 {
    (rect.width() / size.x.max(1.0))
        .min(rect.height() / size.y.max(1.0))
        .clamp(0.05, 1.25)
}

impl Chart for Tree<'_> {
    type Hit = usize;

    fn summary(&self) -> String {
        let root = self.drawing.nodes.first();
        let first = root.and_then(|n| n.question.clone());
        let first = first.map_or_else(
            || "It asks nothing".to_owned(),
            |question| format!("It first asks: {question}?"),
        );
        let leaves = self.drawing.nodes.iter().filter(|n| n.question.is_none());
        format!(
            "Decision tree with {}. {first}",
            number::counted(leaves.count() as u64, "answer", "answers")
        )
    }

    fn csv(&self) -> String {
        let mut text = String::from("node,question,yes,no,rows,answer,depth\n");
        for (at, node) in self.drawing.nodes.iter().enumerate() {
            let question = csv_cell(node.question.as_deref().unwrap_or(""));
            let children = node.children.map(|c| c.map(|child| child.to_string()));
            let [yes, no] = children.unwrap_or_default();
            let (n, answer, depth) = (node.n_rows, node.answer, node.depth);
            text += &format!("{at},{question},{yes},{no},{n},{answer},{depth}\n");
        }
        text
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, _walked: Option<usize>) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let layout = self.layout();
        let id = ui.scope_id().with("tree");
        let response = ui.interact(rect, id, Sense::click_and_drag());
        response
            .widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Tree, moved by arrow keys"));
        let fit = fitting(layout.size, rect);
        let mut view = TreeView {
            fit,
            ..self.view.get()
        };
        view.moved += response.drag_delta();
        if response.has_focus() {
            let step =
                |key, by: Vec2| ui.input(|i| if i.key_pressed(key) { by } else { Vec2::ZERO });
            view.moved += step(Key::ArrowLeft, vec2(60.0, 0.0));
            view.moved += step(Key::ArrowRight, vec2(-60.0, 0.0));
            view.moved += step(Key::ArrowUp, vec2(0.0, 60.0));
            view.moved += step(Key::ArrowDown, vec2(0.0, -60.0));
        }
        if let Some(pointer) = response.hover_pos() {
            let factor = ui.input(|i| i.zoom_delta());
            if (factor - 1.0).abs() > 1e-4 {
                let before = view;
                view = view.zoomed(factor);
                // What is under the pointer stays there.
                let from_middle = pointer - pos2(rect.center().x, rect.top());
                let ratio = view.zoom / before.shown_zoom();
                view.moved = from_middle + (before.moved - from_middle) * ratio;
            }
        }
        self.view.set(view);
        let zoom = view.shown_zoom();
        let middle = layout.size.x / 2.0;
        let see = See {
            origin: pos2(rect.center().x - middle * zoom, rect.top()) + view.moved,
            zoom,
        };
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        self.paint(&painter, &layout, &see, &tokens);
        if response.has_focus() {
            paint::focus_ring(&painter, rect.shrink(1.0), 4, &tokens);
        }
        let at = response.hover_pos()?;
        let over = |centre: &Option<Pos2>| {
            centre.is_some_and(|c| Rect::from_center_size(see.at(c), CARD * zoom).contains(at))
        };
        let node = layout.centres.iter().position(over)?;
        readout(ui, at, rect, &self.words(node));
        response.clicked().then_some(node)
    }
}
