//! Parallel coordinates: every row a line over upright axes, one for each quantity (Inselberg, "The plane with parallel
//! coordinates", 1985). Of many rows the axes are cut into bins, and what is drawn between two axes is how many go from bin to
//! bin, the more the stronger.

use std::collections::BTreeMap;

use eframe::egui::{Align2, Color32, Mesh, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2};

use super::{
    chart::{Chart, KeyEntry, csv_cell, pointed, readout},
    number, paint,
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone, Type};

/// An axis: a quantity, or the words that it can be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelAxis {
    /// What it is.
    pub name: String,
    /// The words from bottom to top where it is no quantity: a value is then a position among them.
    pub words: Vec<String>,
}

/// Rows over axes. A hit is a row.
#[derive(Clone, Debug, Default)]
pub struct Parallel {
    /// The axes from left to right.
    pub axes: Vec<ParallelAxis>,
    /// Names of the rows.
    pub names: Vec<String>,
    /// `values[row][axis]`; a line is broken where there is none.
    pub values: Vec<Vec<Option<f64>>>,
    /// Rows that stand out, with their colours.
    pub marked: BTreeMap<usize, Tone>,
}

/// With more rows than this, they are drawn by bins.
const MANY: usize = 300;
/// Bins of an axis.
const N_BINS: usize = 32;
/// How near the pointer must be to a line to mean it, in points.
const NEAR: f32 = 8.0;
const TOP: f32 = 26.0;
const BOTTOM: f32 = 20.0;
const SIDE: f32 = 56.0;

/// Where the axes stand.
struct Layout {
    rect: Rect,
    ends: Vec<(f64, f64)>,
}

impl Layout {
    fn x(&self, axis: usize) -> f32 {
        let n = self.ends.len().saturating_sub(1).max(1);
        self.rect.left() + self.rect.width() * axis as f32 / n as f32
    }

    fn share(&self, axis: usize, value: f64) -> f64 {
        let (low, high) = self.ends[axis];
        if high > low {
            (value - low) / (high - low)
        } else {
            0.5
        }
    }

    fn at(&self, axis: usize, value: f64) -> Pos2 {
        let share = self.share(axis, value) as f32;
        pos2(
            self.x(axis),
            self.rect.bottom() - share * self.rect.height(),
        )
    }
}

impl Parallel {
    fn layout(&self, rect: Rect) -> Layout {
        let ends = (0..self.axes.len()).map(|axis| self.ends(axis)).collect();
        let inside = Rect::from_min_max(
            pos2(rect.left() + SIDE, rect.top() + TOP),
            pos2(rect.right() - SIDE, rect.bottom() - BOTTOM),
        );
        Layout { rect: inside, ends }
    }

    fn ends(&self, axis: usize) -> (f64, f64) {
        let words = self.axes[axis].words.len();
        if words > 0 {
            return (0.0, words.saturating_sub(1) as f64);
        }
        let values = self.values.iter().filter_map(|row| row[axis]);
        let finite = values.filter(|v| v.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
            (low.min(v), high.max(v))
        });
        if low > high { (0.0, 0.0) } else { (low, high) }
    }

    fn said(&self, axis: usize, value: f64) -> String {
        let words = &self.axes[axis].words;
        match words.get(value as usize) {
            Some(word) => word.clone(),
            None => number::significant(value, 4),
        }
    }

    /// The pieces of a row's line.
    fn segments<'a>(
        &'a self,
        layout: &'a Layout,
        row: usize,
    ) -> impl Iterator<Item = [Pos2; 2]> + 'a {
        let values = &self.values[row];
        (1..self.axes.len()).filter_map(move |axis| {
            let (from, to) = (values[axis - 1]?, values[axis]?);
            Some([layout.at(axis - 1, from), layout.at(axis, to)])
        })
    }

    fn paint_rows(&self, ui: &Ui, layout: &Layout, tokens: &Tokens) {
        if self.values.len() > MANY {
            self.paint_bins(ui, layout, tokens);
            return;
        }
        let faint = tokens.ink(Tone::Accent).gamma_multiply(0.45);
        for row in 0..self.values.len() {
            if !self.marked.contains_key(&row) {
                for segment in self.segments(layout, row) {
                    ui.painter().line_segment(segment, Stroke::new(1.0, faint));
                }
            }
        }
    }

    /// How many rows go from bin to bin, between every two axes.
    fn paint_bins(&self, ui: &Ui, layout: &Layout, tokens: &Tokens) {
        let ink = tokens.ink(Tone::Accent);
        let bin = |axis: usize, value: f64| {
            let share = layout.share(axis, value).clamp(0.0, 1.0);
            (share * (N_BINS - 1) as f64).round() as usize
        };
        let mut mesh = Mesh::default();
        for axis in 1..self.axes.len() {
            let mut counts = vec![0_u32; N_BINS * N_BINS];
            for row in &self.values {
                if let (Some(from), Some(to)) = (row[axis - 1], row[axis]) {
                    counts[bin(axis - 1, from) * N_BINS + bin(axis, to)] += 1;
                }
            }
            let most = counts.iter().copied().max().unwrap_or(0).max(1);
            // The more ways there are, the fainter each: a picture that is full everywhere says nothing.
            let n_ways = counts.iter().filter(|n| **n > 0).count();
            let fullest = (50.0 / n_ways.max(1) as f32).clamp(0.05, 0.7);
            let y = |bin: usize| {
                let share = bin as f32 / (N_BINS - 1) as f32;
                layout.rect.bottom() - share * layout.rect.height()
            };
            for (place, n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
                let from = pos2(layout.x(axis - 1), y(place / N_BINS));
                let to = pos2(layout.x(axis), y(place % N_BINS));
                let strength = (f64::from(*n) / f64::from(most)) as f32;
                band(
                    &mut mesh,
                    [from, to],
                    ink.gamma_multiply(0.01 + strength * fullest),
                );
            }
        }
        ui.painter().add(Shape::mesh(mesh));
    }

    fn paint_axes(&self, ui: &Ui, layout: &Layout, tokens: &Tokens) {
        let painter = ui.painter();
        let step = layout.rect.width() / self.axes.len().saturating_sub(1).max(1) as f32;
        for (axis, named) in self.axes.iter().enumerate() {
            let x = layout.x(axis);
            let line = [pos2(x, layout.rect.top()), pos2(x, layout.rect.bottom())];
            painter.line_segment(line, Stroke::new(1.0, tokens.border_strong));
            let (low, high) = layout.ends[axis];
            let room = step.clamp(40.0, 2.0 * SIDE) - 8.0;
            let strong = (Type::SmallMedium, tokens.text);
            let at = pos2(x, layout.rect.top() - 16.0);
            paint::text_within(
                painter,
                at,
                Align2::CENTER_BOTTOM,
                &named.name,
                strong,
                room,
            );
            let weak = (Type::NumberSmall, tokens.text_weak);
            let at = pos2(x, layout.rect.top() - 3.0);
            paint::text_within(
                painter,
                at,
                Align2::CENTER_BOTTOM,
                &self.said(axis, high),
                weak,
                room,
            );
            let at = pos2(x, layout.rect.bottom() + 3.0);
            paint::text_within(
                painter,
                at,
                Align2::CENTER_TOP,
                &self.said(axis, low),
                weak,
                room,
            );
        }
    }

    fn paint_marked(&self, ui: &Ui, layout: &Layout, row: usize, tone: Tone, tokens: &Tokens) {
        let stroke = Stroke::new(2.5, tokens.ink(tone));
        for segment in self.segments(layout, row) {
            ui.painter().line_segment(segment, stroke);
        }
        for (axis, value) in self.values[row].iter().enumerate() {
            if let Some(value) = value {
                let at = layout.at(axis, *value);
                ui.painter().circle_filled(at, 3.5, tokens.ink(tone));
            }
        }
    }

    fn under(&self, layout: &Layout, at: Pos2) -> Option<usize> {
        let distance = |row: usize| {
            self.segments(layout, row)
                .map(|[a, b]| distance_to(at, a, b))
                .fold(f32::INFINITY, f32::min)
        };
        let rows = (0..self.values.len()).map(|row| (row, distance(row)));
        let nearest = rows.min_by(|a, b| a.1.total_cmp(&b.1))?;
        (nearest.1 <= NEAR).then_some(nearest.0)
    }
}

/// A thin band from one axis to the next.
fn band(mesh: &mut Mesh, [from, to]: [Pos2; 2], ink: Color32) {
    const HALF: f32 = 0.8;
    let first = mesh.vertices.len() as u32;
    for (at, by) in [(from, -HALF), (from, HALF), (to, HALF), (to, -HALF)] {
        mesh.colored_vertex(pos2(at.x, at.y + by), ink);
    }
    mesh.add_triangle(first, first + 1, first + 2);
    mesh.add_triangle(first, first + 2, first + 3);
}

fn distance_to(at: Pos2, a: Pos2, b: Pos2) -> f32 {
    let along = b - a;
    let share = ((at - a).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
    at.distance(a + along * share)
}

impl Chart for Parallel {
    type Hit = usize;

    fn keys(&self) -> Vec<KeyEntry> {
        self.marked
            .iter()
            .map(|(row, tone)| KeyEntry::line(&self.names[*row], *tone))
            .collect()
    }

    fn summary(&self) -> String {
        let axes: Vec<&str> = self.axes.iter().map(|a| a.name.as_str()).collect();
        let rows = number::counted(self.values.len() as u64, "line", "lines");
        let how = if self.values.len() > MANY {
            ", many of them drawn together"
        } else {
            ""
        };
        format!("{rows}{how} over the axes {}", axes.join(", "))
    }

    fn csv(&self) -> String {
        let mut text = "row".to_owned();
        for axis in &self.axes {
            text.push(',');
            text.push_str(&csv_cell(&axis.name));
        }
        for (name, values) in self.names.iter().zip(&self.values) {
            text.push('\n');
            text.push_str(&csv_cell(name));
            for (axis, value) in values.iter().enumerate() {
                text.push(',');
                match value {
                    Some(value) if self.axes[axis].words.is_empty() => {
                        text.push_str(&number::said(&value.to_string()));
                    }
                    Some(value) => text.push_str(&csv_cell(&self.said(axis, *value))),
                    None => {}
                }
            }
        }
        text.push('\n');
        text
    }

    fn step(&self, from: Option<usize>, way: Way) -> Option<usize> {
        walk::in_list(self.values.len(), from, way)
    }

    fn told(&self, row: usize) -> Vec<(String, Tone)> {
        let mut lines = vec![(self.names[row].clone(), Tone::Accent)];
        for (axis, value) in self.values[row].iter().enumerate() {
            let said = value.map_or_else(|| number::MISSING.to_owned(), |v| self.said(axis, v));
            lines.push((format!("{}  {said}", self.axes[axis].name), Tone::Neutral));
        }
        lines
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<usize>) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let response = ui.interact(rect, ui.scope_id().with("parallel"), Sense::click());
        let layout = self.layout(rect);
        self.paint_rows(ui, &layout, &tokens);
        self.paint_axes(ui, &layout, &tokens);
        for (row, tone) in &self.marked {
            self.paint_marked(ui, &layout, *row, *tone, &tokens);
        }
        let middle = |row: usize| {
            let value = self.values[row].first().copied().flatten();
            (row, layout.at(0, value.unwrap_or(layout.ends[0].0)))
        };
        let walked = walked.filter(|row| *row < self.values.len()).map(middle);
        let pointed = pointed(response.hover_pos(), |at| self.under(&layout, at), walked);
        if let Some((row, at)) = pointed {
            self.paint_marked(ui, &layout, row, Tone::Accent, &tokens);
            readout(ui, at, rect, &self.told(row));
        }
        response.clicked().then(|| pointed.map(|(row, _)| row))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Parallel {
        Parallel {
            axes: vec![
                ParallelAxis {
                    name: "folds".to_owned(),
                    words: Vec::new(),
                },
                ParallelAxis {
                    name: "algorithm".to_owned(),
                    words: vec!["forest".to_owned(), "tree".to_owned()],
                },
            ],
            names: vec!["run 1".to_owned(), "run 2".to_owned(), "run 3".to_owned()],
            values: vec![
                vec![Some(3.0), Some(1.0)],
                vec![Some(5.0), Some(0.0)],
                vec![None, Some(0.0)],
            ],
            marked: BTreeMap::new(),
        }
    }

    #[test]
    fn a_line_is_found_near_it_and_broken_where_a_value_is_missing() {
        let chart = three();
        let layout = chart.layout(Rect::from_min_max(pos2(0.0, 0.0), pos2(312.0, 146.0)));
        assert_eq!(
            layout.rect,
            Rect::from_min_max(pos2(56.0, 26.0), pos2(256.0, 126.0))
        );
        // Run 1 goes from the bottom left to the top right, run 2 the other way.
        assert_eq!(chart.under(&layout, pos2(60.0, 122.0)), Some(0));
        assert_eq!(chart.under(&layout, pos2(60.0, 30.0)), Some(1));
        assert_eq!(chart.under(&layout, pos2(156.0, 40.0)), None);
        assert_eq!(chart.segments(&layout, 2).count(), 0);
    }

    #[test]
    fn the_table_behind_it_has_words_and_gaps() {
        let expected = "row,folds,algorithm\nrun 1,3,tree\nrun 2,5,forest\nrun 3,,forest\n";
        assert_eq!(three().csv(), expected);
    }
}
