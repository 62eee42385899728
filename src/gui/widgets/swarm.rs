//! Rows of points along one axis, side by side where they are dense: what a column adds to each of many answers, coloured by
//! whether its value is low or high.

use eframe::egui::{Align2, Color32, Painter, Rect, Sense, Stroke, Ui, pos2};

use super::{
    axis::Scale,
    chart::{Chart, KeyEntry, csv_cell, readout},
    number, paint,
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone, Type};

/// The height of one row.
const ROW: f32 = 30.0;
/// Room for the axis under the rows.
const AXIS: f32 = 36.0;
/// The radius of a point.
const RADIUS: f32 = 1.8;

/// The points of one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SwarmRow {
    /// What it is.
    pub name: String,
    /// Where the points lie.
    pub values: Vec<f64>,
    /// How high what they stand for is, from 0 to 1; none where that has no order.
    pub levels: Vec<Option<f64>>,
}

/// Several rows over one axis. A hit is a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Swarm {
    /// The rows, from top to bottom.
    pub rows: Vec<SwarmRow>,
    /// What the values are, with their unit.
    pub label: String,
}

/// The colours of the lowest, the middle and the highest level.
const LOW: Tone = Tone::Series(1);
const MIDDLE: Tone = Tone::Series(0);
const HIGH: Tone = Tone::Series(2);

impl Swarm {
    /// How high the picture should be for every row to be readable; give it to the frame.
    pub fn wanted_height(&self) -> f32 {
        self.rows.len() as f32 * ROW + AXIS + 22.0
    }

    fn ink(level: Option<f64>, tokens: &Tokens) -> Color32 {
        match level {
            None => tokens.text_weak.gamma_multiply(0.7),
            // Over a third colour, because the mean of the two is nearly grey.
            Some(level) => {
                let level = level.clamp(0.0, 1.0) as f32;
                let (low, high) = if level < 0.5 {
                    (LOW, MIDDLE)
                } else {
                    (MIDDLE, HIGH)
                };
                let share = (2.0 * level) - if level < 0.5 { 0.0 } else { 1.0 };
                tokens.mark(low).lerp_to_gamma(tokens.mark(high), share)
            }
        }
    }

    /// The points of a row: the more there are at a place, the farther from the middle, up and down in turn.
    fn paint_row(
        painter: &Painter,
        row: &SwarmRow,
        (middle, high): (f32, f32),
        x: &dyn Fn(f64) -> f32,
        tokens: &Tokens,
    ) {
        let most = (high / 2.0 - RADIUS - 1.0).max(1.0);
        let mut order: Vec<usize> = (0..row.values.len()).collect();
        order.sort_by(|a, b| row.values[*a].total_cmp(&row.values[*b]));
        let bin = |i: usize| (x(row.values[i]) / (RADIUS * 1.6)).floor() as i64;
        for run in order.chunk_by(|a, b| bin(*a) == bin(*b)) {
            let step = (most / (run.len() as f32 / 2.0).max(1.0)).min(RADIUS * 1.7);
            for (nth, i) in run.iter().enumerate() {
                let side = if nth % 2 == 0 { 1.0 } else { -1.0 };
                let off = side * nth.div_ceil(2) as f32 * step;
                let at = pos2(x(row.values[*i]), middle + off);
                let level = row.levels.get(*i).copied().flatten();
                painter.circle_filled(at, RADIUS, Self::ink(level, tokens));
            }
        }
    }

    fn paint_axis(&self, painter: &Painter, bars: Rect, scale: Scale, tokens: &Tokens) {
        let x = |value: f64| (bars.left() + scale.share(value) * bars.width()).round();
        let n_ticks = ((bars.width() / 70.0) as usize).clamp(2, 8);
        for (value, text) in scale.ticks(n_ticks) {
            let ink = if value == 0.0 {
                tokens.border_strong
            } else {
                tokens.grid
            };
            painter.vline(x(value), bars.y_range(), Stroke::new(1.0, ink));
            let at = pos2(x(value), bars.bottom() + 3.0);
            paint::text(
                painter,
                at,
                Align2::CENTER_TOP,
                &text,
                Type::NumberSmall,
                tokens.text_weak,
            );
        }
        let at = pos2(bars.center().x, bars.bottom() + 18.0);
        let ink = (Type::Small, tokens.text_weak);
        paint::text_within(
            painter,
            at,
            Align2::CENTER_TOP,
            &self.label,
            ink,
            bars.width(),
        );
    }
}

impl Chart for Swarm {
    type Hit = usize;

    fn keys(&self) -> Vec<KeyEntry> {
        vec![
            KeyEntry::area("low values", LOW),
            KeyEntry::area("high values", HIGH),
            KeyEntry::area("texts and missing values", Tone::Neutral),
        ]
    }

    fn summary(&self) -> String {
        let of = |row: &SwarmRow| {
            let (low, high) = row
                .values
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
                    (l.min(*v), h.max(*v))
                });
            format!(
                "{}: {} to {}",
                row.name,
                number::metric(low),
                number::metric(high)
            )
        };
        let rows: Vec<String> = self.rows.iter().take(20).map(of).collect();
        format!("Points of {}. {}", self.label, rows.join("; "))
    }

    fn csv(&self) -> String {
        let mut text = String::from("name,value,level\n");
        for row in &self.rows {
            let name = csv_cell(&row.name);
            for (i, value) in row.values.iter().enumerate() {
                let level = row.levels.get(i).copied().flatten();
                let level = level.map_or_else(String::new, |l| l.to_string());
                text += &format!("{name},{value},{level}\n");
            }
        }
        text
    }

    fn step(&self, from: Option<usize>, way: Way) -> Option<usize> {
        walk::in_list(self.rows.len(), from, way)
    }

    fn told(&self, number: usize) -> Vec<(String, Tone)> {
        let row = &self.rows[number];
        let n = number::counted(row.values.len() as u64, "row", "rows");
        vec![(row.name.clone(), Tone::Neutral), (n, Tone::Neutral)]
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<usize>) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let painter = ui.painter().clone();
        let widest = self
            .rows
            .iter()
            .map(|row| paint::width_of(&painter, &row.name, Type::Small));
        let beside = widest.fold(0.0_f32, f32::max).min(rect.width() * 0.3) + 12.0;
        let bars = Rect::from_min_max(
            pos2(rect.left() + beside, rect.top()),
            pos2(rect.right() - 16.0, rect.bottom() - AXIS),
        );
        let scale = Scale::around(
            self.rows.iter().flat_map(|r| r.values.iter().copied()),
            true,
        );
        let high = bars.height() / self.rows.len().max(1) as f32;
        let x = |value: f64| bars.left() + scale.share(value) * bars.width();
        let mut clicked = None;
        self.paint_axis(&painter, bars, scale, &tokens);
        for (number, row) in self.rows.iter().enumerate() {
            let top = bars.top() + number as f32 * high;
            let place = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + high));
            let id = ui.scope_id().with(("row", number));
            let response = ui.interact(place, id, Sense::CLICK | Sense::HOVER);
            let is_walked = walked == Some(number);
            if response.hovered() || is_walked {
                painter.rect_filled(place, 3.0, tokens.hover.gamma_multiply(0.6));
            }
            if response.clicked() {
                clicked = Some(number);
            }
            let middle = top + high / 2.0;
            painter.hline(bars.x_range(), middle, Stroke::new(1.0, tokens.grid));
            Self::paint_row(&painter, row, (middle, high), &x, &tokens);
            let at = pos2(bars.left() - 8.0, middle);
            let ink = (Type::Small, tokens.text);
            paint::text_within(
                &painter,
                at,
                Align2::RIGHT_CENTER,
                &row.name,
                ink,
                beside - 10.0,
            );
            let at = is_walked.then(|| place.center());
            if let Some(at) = response.hover_pos().or(at) {
                readout(ui, at, rect, &self.told(number));
            }
        }
        clicked
    }
}
