//! A heat map: a value for every pair of a row and a column, as colour, and as a figure where there is room for one.

use eframe::egui::{
    Align2, Mesh, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, epaint::TextShape, pos2, vec2,
};

use super::{
    chart::{Chart, KeyEntry, csv_cell, pointed, readout},
    number, paint,
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone, Type};

/// Values from −1 to 1 (or 0 to 1) over rows and columns. A hit is a row and a column.
#[derive(Clone, Debug, Default)]
pub struct HeatMap {
    /// Names of the rows, from top to bottom.
    pub rows: Vec<String>,
    /// Names of the columns, from left to right.
    pub columns: Vec<String>,
    /// Whether the columns' names stand over them; otherwise only the first and the last one stand under the picture.
    pub names_over: bool,
    /// `values[row][column]`; none where there is nothing to measure.
    pub values: Vec<Vec<Option<f64>>>,
    /// What the values are: `Cramér's V`.
    pub what: String,
    /// Whether values are shares, written in percent.
    pub is_share: bool,
    /// What a cell says instead of its value; empty if they say their values.
    pub words: Vec<Vec<String>>,
    /// What else is to be known of a cell; empty if nothing.
    pub notes: Vec<Vec<String>>,
    /// What values above and below zero mean, with their colours; `None`: columns that rise or fall together.
    pub poles: Option<[(&'static str, Tone); 2]>,
    /// A row and a column to frame.
    pub selected: Option<(usize, usize)>,
}

/// Where a heat map's cells lie.
struct Layout {
    cells: Rect,
    side: [f32; 2],
}

/// Values nearer to zero are not written into their cells.
const WORTH_SAYING: f64 = 0.05;
/// The longest name that stands over a column, in points.
const MAX_UPRIGHT: f32 = 96.0;

impl HeatMap {
    /// The height that gives every row a legible name.
    pub fn wanted_height(&self) -> f32 {
        self.rows.len() as f32 * 20.0 + 24.0
    }

    /// The colours of values above and below zero.
    fn tones(&self) -> [Tone; 2] {
        self.poles
            .map_or([Tone::Series(0), Tone::Series(2)], |poles| {
                poles.map(|(_, tone)| tone)
            })
    }

    fn value(&self, row: usize, column: usize) -> Option<f64> {
        *self.values.get(row)?.get(column)?
    }

    fn said(&self, row: usize, column: usize) -> String {
        let own = self.words.get(row).and_then(|words| words.get(column));
        own.cloned()
            .unwrap_or_else(|| self.written(self.value(row, column)))
    }

    fn written(&self, value: Option<f64>) -> String {
        match value {
            None => "nothing to measure".to_owned(),
            Some(v) if self.is_share => number::percent(v),
            Some(v) => number::fixed(v, 2),
        }
    }

    fn widest_name(&self, ui: &Ui) -> f32 {
        let width = |name: &String| paint::width_of(ui.painter(), name, Type::Small);
        self.columns.iter().map(width).fold(0.0_f32, f32::max)
    }

    /// Whether the columns' names fit side by side; otherwise they stand upright.
    fn lies_flat(&self, ui: &Ui, side: f32) -> bool {
        self.widest_name(ui) + 8.0 <= side
    }

    fn layout(&self, ui: &Ui, rect: Rect) -> Layout {
        let widest = self
            .rows
            .iter()
            .map(|name| paint::width_of(ui.painter(), name, Type::Small))
            .fold(0.0_f32, f32::max)
            .min(rect.width() * 0.22)
            + 10.0;
        let side = (rect.width() - widest) / self.columns.len().max(1) as f32;
        let (top, bottom) = match (self.names_over, self.lies_flat(ui, side)) {
            (true, true) => (20.0, 0.0),
            (true, false) => (self.widest_name(ui).min(MAX_UPRIGHT) + 8.0, 0.0),
            (false, _) => (0.0, 20.0),
        };
        let cells = Rect::from_min_max(
            pos2(rect.left() + widest, rect.top() + top),
            pos2(rect.right(), rect.bottom() - bottom),
        );
        let side = [
            cells.width() / self.columns.len().max(1) as f32,
            (cells.height() / self.rows.len().max(1) as f32).min(44.0),
        ];
        Layout { cells, side }
    }

    fn paint_names(&self, ui: &Ui, rect: Rect, layout: &Layout, tokens: &Tokens) {
        let painter = ui.painter();
        let ink = (Type::Small, tokens.text);
        let cells = layout.cells;
        let every = (13.0 / layout.side[1]).ceil().max(1.0) as usize;
        for (row, name) in self.rows.iter().enumerate().step_by(every) {
            let y = cells.top() + (row as f32 + 0.5) * layout.side[1];
            let at = pos2(cells.left() - 6.0, y);
            let room = cells.left() - rect.left() - 8.0;
            paint::text_within(painter, at, Align2::RIGHT_CENTER, name, ink, room);
        }
        if self.names_over {
            let every = (14.0 / layout.side[0]).ceil().max(1.0) as usize;
            let is_flat = self.lies_flat(ui, layout.side[0]);
            for (column, name) in self.columns.iter().enumerate().step_by(every) {
                let x = cells.left() + (column as f32 + 0.5) * layout.side[0];
                let at = pos2(x, cells.top() - 6.0);
                if is_flat {
                    let room = layout.side[0];
                    paint::text_within(painter, at, Align2::CENTER_BOTTOM, name, ink, room);
                    continue;
                }
                let name = paint::shortened(painter, name, Type::Small, MAX_UPRIGHT);
                let font = Type::Small.font();
                let galley = painter.layout_no_wrap(name, font, tokens.text);
                // Turned to the left, the text rises from its place; half its height puts it over the middle.
                let corner = at - vec2(galley.size().y / 2.0, 0.0);
                let shape = TextShape::new(corner, galley, tokens.text);
                painter.add(shape.with_angle(-std::f32::consts::FRAC_PI_2));
            }
            return;
        }
        let weak = (Type::Small, tokens.text_weak);
        let y = cells.top() + self.rows.len() as f32 * layout.side[1] + 10.0;
        let half = cells.width() / 2.0 - 4.0;
        if let (Some(first), Some(last)) = (self.columns.first(), self.columns.last()) {
            let at = pos2(cells.left(), y);
            paint::text_within(painter, at, Align2::LEFT_CENTER, first, weak, half);
            let at = pos2(cells.right(), y);
            paint::text_within(painter, at, Align2::RIGHT_CENTER, last, weak, half);
        }
    }

    fn paint_cells(&self, ui: &Ui, layout: &Layout, tokens: &Tokens) {
        let mut mesh = Mesh::default();
        let [above, below] = self.tones();
        let [wide, high] = layout.side;
        let gap = if wide > 6.0 && high > 6.0 { 0.5 } else { 0.0 };
        let mut figures = Vec::new();
        for row in 0..self.rows.len() {
            for column in 0..self.columns.len() {
                let corner = layout.cells.min + vec2(column as f32 * wide, row as f32 * high);
                let place = Rect::from_min_size(corner, vec2(wide, high)).shrink(gap);
                let value = self.value(row, column);
                let fill = match value {
                    None => tokens.panel,
                    Some(v) if v < 0.0 => tokens.shade(below, 0.03 + 0.87 * -v as f32),
                    // A small share must be told from none.
                    Some(v) if self.is_share => {
                        tokens.shade(above, 0.03 + 0.87 * v.max(0.0).sqrt() as f32)
                    }
                    Some(v) => tokens.shade(above, 0.03 + 0.87 * v as f32),
                };
                mesh.add_colored_rect(place, fill);
                if wide < 32.0 || high < 16.0 {
                    continue;
                }
                let is_told =
                    self.poles.is_some() || value.is_some_and(|v| v.abs() >= WORTH_SAYING);
                let ink = match value {
                    None => tokens.text_faint,
                    Some(_) => tokens.text_on(fill),
                };
                if is_told {
                    let said = self.said(row, column);
                    let said = paint::shortened(ui.painter(), &said, Type::NumberSmall, wide - 4.0);
                    figures.push((place.center(), said, ink));
                }
            }
        }
        ui.painter().add(Shape::mesh(mesh));
        for (at, text, ink) in figures {
            paint::text(
                ui.painter(),
                at,
                Align2::CENTER_CENTER,
                &text,
                Type::NumberSmall,
                ink,
            );
        }
    }
}

impl Chart for HeatMap {
    type Hit = (usize, usize);

    fn keys(&self) -> Vec<KeyEntry> {
        let key = |text: &str, tone| KeyEntry::area(text, tone);
        let all = || self.values.iter().flatten().flatten();
        if let Some(poles) = self.poles {
            poles.map(|(text, tone)| key(text, tone)).to_vec()
        } else if self.is_share {
            vec![key("the darker, the more", Tone::Series(0))]
        } else if all().any(|v| *v < 0.0) {
            let falls = key(
                "one falls as the other rises, the stronger the darker",
                Tone::Series(2),
            );
            vec![key("both rise together", Tone::Series(0)), falls]
        } else {
            vec![key("the darker, the stronger", Tone::Series(0))]
        }
    }

    fn summary(&self) -> String {
        let mut strongest: Vec<(f64, usize, usize)> = Vec::new();
        for row in 0..self.rows.len() {
            for column in 0..self.columns.len() {
                // A square map has every pair twice, and each with itself.
                let is_twice = self.rows == self.columns && column <= row;
                if let Some(value) = self.value(row, column).filter(|_| !is_twice) {
                    strongest.push((value, row, column));
                }
            }
        }
        strongest.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
        let words = strongest.iter().take(5).map(|(_, row, column)| {
            let said = self.said(*row, *column);
            format!("{} and {} {said}", self.rows[*row], self.columns[*column])
        });
        format!(
            "Heat map of {}, {} by {}. Strongest: {}",
            self.what,
            self.rows.len(),
            self.columns.len(),
            words.collect::<Vec<_>>().join("; ")
        )
    }

    fn csv(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|c| csv_cell(c)).collect();
        let mut text = format!(",{}\n", names.join(","));
        for (row, name) in self.rows.iter().enumerate() {
            let cell = |column| {
                self.value(row, column)
                    .map_or(String::new(), |v| v.to_string())
            };
            let values: Vec<String> = (0..self.columns.len()).map(cell).collect();
            text += &format!("{},{}\n", csv_cell(name), values.join(","));
        }
        text
    }

    fn step(&self, from: Option<(usize, usize)>, way: Way) -> Option<(usize, usize)> {
        walk::in_grid([self.rows.len(), self.columns.len()], from, way)
    }

    fn told(&self, (row, column): (usize, usize)) -> Vec<(String, Tone)> {
        let names = format!("{} · {}", self.rows[row], self.columns[column]);
        let said = format!("{} {}", self.what, self.said(row, column));
        let note = self.notes.get(row).and_then(|notes| notes.get(column));
        let lines = [Some(names), Some(said), note.cloned()];
        let lines = lines.into_iter().flatten();
        lines.map(|line| (line, Tone::Neutral)).collect()
    }

    fn draw(
        &self,
        ui: &mut Ui,
        rect: Rect,
        walked: Option<(usize, usize)>,
    ) -> Option<(usize, usize)> {
        let tokens = Tokens::of(ui);
        let layout = self.layout(ui, rect);
        let [wide, high] = layout.side;
        if self.rows.is_empty() || self.columns.is_empty() || wide <= 0.0 || high <= 0.0 {
            return None;
        }
        self.paint_names(ui, rect, &layout, &tokens);
        self.paint_cells(ui, &layout, &tokens);
        let size = vec2(layout.cells.width(), high * self.rows.len() as f32);
        let all = Rect::from_min_size(layout.cells.min, size);
        let response = ui.interact(
            all,
            ui.scope_id().with("cells"),
            Sense::CLICK | Sense::HOVER,
        );
        let place = |(row, column): (usize, usize)| {
            let corner = layout.cells.min + vec2(column as f32 * wide, row as f32 * high);
            Rect::from_min_size(corner, vec2(wide, high))
        };
        let frame = |cell: (usize, usize)| {
            let stroke = Stroke::new(2.0, tokens.text_strong);
            ui.painter()
                .rect_stroke(place(cell), 2.0, stroke, StrokeKind::Inside);
        };
        if let Some(selected) = self.selected {
            frame(selected);
        }
        let under = |at: Pos2| {
            let column = ((at.x - all.left()) / wide).max(0.0) as usize;
            let row = ((at.y - all.top()) / high).max(0.0) as usize;
            Some((
                row.min(self.rows.len() - 1),
                column.min(self.columns.len() - 1),
            ))
        };
        let walked = walked.map(|cell| (cell, place(cell).center()));
        let (cell, at) = pointed(response.hover_pos(), under, walked)?;
        frame(cell);
        readout(ui, at, rect, &self.told(cell));
        response.clicked().then_some(cell)
    }
}
