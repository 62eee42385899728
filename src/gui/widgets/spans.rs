//! Named bars from one value to another, one below the other: importances with their intervals, weights to both sides of
//! zero, contributions that add up from a first value to a last.

use eframe::egui::{Align2, Painter, Rect, Sense, Stroke, Ui, pos2};

use super::{
    axis::Scale,
    chart::{Chart, KeyEntry, csv_cell, readout},
    number, paint,
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone, Type};

/// The height of one row.
const ROW: f32 = 24.0;
/// Room for the axis under the rows.
const AXIS: f32 = 36.0;

/// One bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// What it is.
    pub name: String,
    /// Where it begins.
    pub from: f64,
    /// Where it ends; equal to `from` for a mark alone.
    pub to: f64,
    /// An interval around the end.
    pub interval: Option<[f64; 2]>,
    /// What is written at the right.
    pub text: String,
    /// Its colour, by meaning.
    pub tone: Tone,
}

/// Bars over one axis. A hit is a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spans {
    /// The bars, from top to bottom.
    pub spans: Vec<Span>,
    /// What the values are, with their unit.
    pub label: String,
    /// Whether zero is on the axis in any case.
    pub from_zero: bool,
    /// Whether each bar goes on where the one before ended, and is joined to it by a line.
    pub is_joined: bool,
    /// The keys of its colours.
    pub keys: Vec<KeyEntry>,
}

/// Where everything lies.
struct Layout {
    names: Rect,
    bars: Rect,
    figures: Rect,
    row: f32,
    scale: Scale,
}

impl Layout {
    fn x(&self, value: f64) -> f32 {
        let share = self.scale.share(value).clamp(0.0, 1.0);
        self.bars.left() + share * self.bars.width()
    }

    fn y(&self, row: usize) -> f32 {
        (self.bars.top() + (row as f32 + 0.5) * self.row).round()
    }
}

impl Spans {
    /// How high the picture should be for every name to be readable; give it to the frame.
    pub fn wanted_height(&self) -> f32 {
        let keys = if self.keys.is_empty() { 0.0 } else { 22.0 };
        self.spans.len() as f32 * ROW + AXIS + keys
    }

    fn layout(&self, painter: &Painter, rect: Rect) -> Layout {
        let width = |text: &str, kind| paint::width_of(painter, text, kind);
        let widest = |of: &dyn Fn(&Span) -> f32| self.spans.iter().map(of).fold(0.0, f32::max);
        let names = widest(&|s| width(&s.name, Type::Small)).min(rect.width() * 0.36) + 10.0;
        let figures = widest(&|s| width(&s.text, Type::NumberSmall)).min(rect.width() * 0.3) + 10.0;
        let bottom = rect.bottom() - AXIS;
        let part = |left: f32, right: f32| {
            Rect::from_min_max(pos2(left, rect.top()), pos2(right.max(left + 8.0), bottom))
        };
        let values = self.spans.iter().flat_map(|s| {
            let [low, high] = s.interval.unwrap_or([s.to, s.to]);
            [s.from, s.to, low, high]
        });
        Layout {
            names: part(rect.left(), rect.left() + names),
            bars: part(rect.left() + names, rect.right() - figures),
            figures: part(rect.right() - figures, rect.right()),
            row: ((bottom - rect.top()) / self.spans.len().max(1) as f32).min(ROW * 1.5),
            scale: Scale::around(values, self.from_zero),
        }
    }

    fn paint_axis(&self, painter: &Painter, layout: &Layout, tokens: &Tokens) {
        let bars = layout.bars;
        let foot = layout.bars.top() + layout.row * self.spans.len() as f32;
        let n_ticks = ((bars.width() / 70.0) as usize).clamp(2, 8);
        for (value, text) in layout.scale.ticks(n_ticks) {
            let x = layout.x(value).round();
            let ink = if value == 0.0 {
                tokens.border_strong
            } else {
                tokens.grid
            };
            painter.vline(x, bars.top()..=foot, Stroke::new(1.0, ink));
            let at = pos2(x, foot + 3.0);
            paint::text(
                painter,
                at,
                Align2::CENTER_TOP,
                &text,
                Type::NumberSmall,
                tokens.text_weak,
            );
        }
        let at = pos2(bars.center().x, foot + 18.0);
        let ink = (Type::Small, tokens.text_weak);
        let room = layout.figures.right() - layout.names.left();
        paint::text_within(painter, at, Align2::CENTER_TOP, &self.label, ink, room);
    }

    fn paint_row(&self, painter: &Painter, layout: &Layout, row: usize, tokens: &Tokens) {
        let span = &self.spans[row];
        let y = layout.y(row);
        let ink = tokens.mark(span.tone);
        let (from, to) = (layout.x(span.from), layout.x(span.to));
        let half = (layout.row * 0.5 - 4.0).clamp(2.0, 8.0);
        if span.from == span.to {
            painter.circle_filled(pos2(to, y), 4.0, tokens.text_strong);
        } else {
            let bar = Rect::from_two_pos(pos2(from, y - half), pos2(to, y + half));
            // A contribution too small to see still has a place.
            let bar = bar.expand2(eframe::egui::vec2((0.75 - bar.width() / 2.0).max(0.0), 0.0));
            painter.rect_filled(bar, 2.0, ink);
        }
        if let Some([low, high]) = span.interval {
            let (low, high) = (layout.x(low), layout.x(high));
            let stroke = Stroke::new(1.5, tokens.text_strong);
            painter.hline(low..=high, y, stroke);
            for end in [low, high] {
                painter.vline(end, (y - 3.5)..=(y + 3.5), stroke);
            }
        }
        if self.is_joined && row + 1 < self.spans.len() {
            let below = layout.y(row + 1);
            painter.vline(to, y..=below, Stroke::new(1.0, tokens.border_strong));
        }
        let at = pos2(layout.figures.right(), y);
        let room = layout.figures.width() - 4.0;
        let figures = (Type::NumberSmall, tokens.text);
        paint::text_within(painter, at, Align2::RIGHT_CENTER, &span.text, figures, room);
        let at = pos2(layout.names.right() - 8.0, y);
        let room = layout.names.width() - 8.0;
        let name = cut(painter, &span.name, room);
        paint::text(
            painter,
            at,
            Align2::RIGHT_CENTER,
            &name,
            Type::Small,
            tokens.text,
        );
    }
}

/// A name that is too long, cut in its middle: of names that begin alike the ends tell them apart.
fn cut(painter: &Painter, name: &str, room: f32) -> String {
    if paint::width_of(painter, name, Type::Small) <= room {
        return name.to_owned();
    }
    let letters: Vec<char> = name.chars().collect();
    let (head, tail) = letters.split_at(letters.len() - letters.len().min(18));
    let (head, tail): (String, String) = (head.iter().collect(), tail.iter().collect());
    let left = room - paint::width_of(painter, &tail, Type::Small);
    paint::shortened(painter, &head, Type::Small, left) + &tail
}

impl Chart for Spans {
    type Hit = usize;

    fn keys(&self) -> Vec<KeyEntry> {
        self.keys.clone()
    }

    fn summary(&self) -> String {
        let of = |span: &Span| {
            let interval = span.interval.map_or_else(String::new, |[low, high]| {
                format!(
                    ", between {} and {}",
                    number::metric(low),
                    number::metric(high)
                )
            });
            format!("{}: {}{interval}", span.name, span.text)
        };
        let rows: Vec<String> = self.spans.iter().take(20).map(of).collect();
        format!("Bar chart of {}. {}", self.label, rows.join("; "))
    }

    fn csv(&self) -> String {
        let mut text = String::from("name,from,to,low,high\n");
        for span in &self.spans {
            let [low, high] = span
                .interval
                .map_or_else(Default::default, |ends| ends.map(|end| end.to_string()));
            let name = csv_cell(&span.name);
            text += &format!("{name},{},{},{low},{high}\n", span.from, span.to);
        }
        text
    }

    fn step(&self, from: Option<usize>, way: Way) -> Option<usize> {
        walk::in_list(self.spans.len(), from, way)
    }

    fn told(&self, row: usize) -> Vec<(String, Tone)> {
        let span = &self.spans[row];
        let ends = span
            .interval
            .map(|[low, high]| format!("{} to {}", number::metric(low), number::metric(high)));
        let lines = [Some(span.name.clone()), Some(span.text.clone()), ends];
        let lines = lines.into_iter().flatten();
        lines.map(|line| (line, Tone::Neutral)).collect()
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<usize>) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let painter = ui.painter().clone();
        let layout = self.layout(&painter, rect);
        let mut clicked = None;
        let mut pointed = None;
        for row in 0..self.spans.len() {
            let top = layout.bars.top() + row as f32 * layout.row;
            let place =
                Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + layout.row));
            let id = ui.scope_id().with(("span", row));
            let response = ui.interact(place, id, Sense::CLICK | Sense::HOVER);
            let is_walked = walked == Some(row);
            if response.hovered() || is_walked {
                painter.rect_filled(place, 3.0, tokens.hover);
                let at = is_walked.then(|| place.center());
                pointed = response.hover_pos().or(at).map(|at| (row, at)).or(pointed);
            }
            if response.clicked() {
                clicked = Some(row);
            }
        }
        self.paint_axis(&painter, &layout, &tokens);
        for row in 0..self.spans.len() {
            self.paint_row(&painter, &layout, row, &tokens);
        }
        if let Some((row, at)) = pointed {
            readout(ui, at, rect, &self.told(row));
        }
        clicked
    }
}
