//! Distributions split by groups: bars of bins that stand on one another, or rows of values cut into shares.

use eframe::egui::{Align2, Pos2, Rect, Sense, Stroke, Ui, pos2, vec2};
use egui_plot::{Bar, BarChart};

use super::{
    axis::{Scale, Unit},
    chart::{Chart, KeyEntry, csv_cell, pointed, readout},
    histogram::Counts,
    number, paint,
    plot::Stage,
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone, Type};

/// What the counts are of.
#[derive(Clone, Debug)]
pub enum Places {
    /// Bins between ascending edges.
    Edges(Vec<f64>),
    /// Values.
    Values(Vec<String>),
}

/// Counts of every group over the same bins or values.
#[derive(Clone, Debug)]
pub struct Stacked {
    /// Bins or values.
    pub places: Places,
    /// The groups, the first at the foot.
    pub layers: Vec<Counts>,
    /// What is counted, with its unit.
    pub label: String,
    /// What the edges are.
    pub unit: Unit,
    /// Whether the last value stands for all others: it is said and not drawn, for it would make the rest small.
    pub has_rest: bool,
    /// Every value is as long as the others and only the shares of the groups differ.
    pub is_share: bool,
    /// Bars grow with the logarithm of the rows.
    pub is_log: bool,
    /// The keys are shown somewhere else.
    pub without_keys: bool,
}

/// The least height of a value's line.
const LINE: f32 = 13.0;

impl Stacked {
    /// What is not drawn: the values from `n` on.
    fn rest(&self, n: usize, named: usize) -> String {
        let rows: f64 = (n..self.n()).map(|place| self.total(place)).sum();
        let rows = number::counted(rows as u64, "row", "rows");
        if self.has_rest && n == named {
            format!("{}: {rows}", self.name(named))
        } else {
            format!("all other values: {rows}")
        }
    }

    fn n(&self) -> usize {
        match &self.places {
            Places::Edges(edges) => edges.len().saturating_sub(1),
            Places::Values(values) => values.len(),
        }
    }

    fn name(&self, place: usize) -> String {
        match &self.places {
            Places::Edges(edges) => format!(
                "{} to {}",
                self.unit.written(edges[place]),
                self.unit.written(edges[place + 1])
            ),
            Places::Values(values) => values[place].clone(),
        }
    }

    fn count(&self, layer: usize, place: usize) -> f64 {
        self.layers[layer].counts.get(place).copied().unwrap_or(0.0)
    }

    fn total(&self, place: usize) -> f64 {
        (0..self.layers.len())
            .map(|layer| self.count(layer, place))
            .sum()
    }

    fn height(&self, place: usize) -> f64 {
        let total = self.total(place);
        match (self.is_share, self.is_log) {
            (true, _) => f64::from(u8::from(total > 0.0)),
            (false, true) => (1.0 + total).log10(),
            (false, false) => total,
        }
    }

    /// Where each layer begins and ends on the bar of a place.
    fn cuts(&self, place: usize) -> Vec<(f64, f64)> {
        let (total, height) = (self.total(place).max(1.0), self.height(place));
        let mut below = 0.0;
        (0..self.layers.len())
            .map(|layer| {
                let part = self.count(layer, place) / total * height;
                below += part;
                (below - part, below)
            })
            .collect()
    }

    fn words_of(&self, place: usize) -> Vec<(String, Tone)> {
        let total = self.total(place);
        let mut lines = vec![(
            format!(
                "{}: {}",
                self.name(place),
                number::counted(total as u64, "row", "rows")
            ),
            Tone::Neutral,
        )];
        if self.layers.len() > 1 {
            lines.extend(self.layers.iter().enumerate().map(|(i, layer)| {
                let count = self.count(i, place);
                let share = number::percent((total > 0.0).then(|| count / total));
                (
                    format!("{} {} ({share})", layer.name, number::count(count as u64)),
                    layer.tone,
                )
            }));
        }
        lines
    }

    fn draw_bins(
        &self,
        ui: &mut Ui,
        rect: Rect,
        edges: &[f64],
        walked: Option<usize>,
    ) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let (&low, &high) = (edges.first()?, edges.last()?);
        let y = Scale::around((0..self.n()).map(|place| self.height(place)), true);
        let words = match (self.is_share, self.is_log) {
            (true, _) => "share of the bin's rows",
            (false, true) => "log₁₀(1 + rows)",
            (false, false) => "rows",
        };
        let stage = Stage::new(
            ui,
            rect,
            (Scale::new(low, high).of(self.unit), y),
            (&self.label, words),
        )?;
        let per_point = stage.per_point()[0];
        let shown = stage.show(ui, Sense::CLICK | Sense::HOVER, |plot| {
            let cuts: Vec<Vec<(f64, f64)>> = (0..self.n()).map(|place| self.cuts(place)).collect();
            for (at, layer) in self.layers.iter().enumerate() {
                let fill = tokens.shade(layer.tone, 0.8);
                let bars = (0..self.n()).filter(|place| cuts[*place][at].1 > cuts[*place][at].0);
                let bar = |place: usize| {
                    let (left, right) = (edges[place], edges[place + 1]);
                    let gap = if right - left > 4.0 * per_point {
                        per_point
                    } else {
                        0.0
                    };
                    let (from, to) = cuts[place][at];
                    Bar::new((left + right - gap) / 2.0, to - from)
                        .base_offset(from)
                        .width(right - left - gap)
                        .stroke(Stroke::NONE)
                        .fill(fill)
                };
                let bars = bars.map(bar).collect();
                plot.bar_chart(BarChart::new(&layer.name, bars).color(fill));
            }
        });
        let under = |at| {
            let value = shown.under(at).x;
            (0..self.n()).find(|&p| (edges[p]..edges[p + 1]).contains(&value))
        };
        let walked = walked.map(|p| (p, shown.at((edges[p] + edges[p + 1]) / 2.0)));
        let (place, at) = pointed(shown.response.hover_pos(), under, walked)?;
        readout(ui, at, shown.rect(), &self.words_of(place));
        shown.response.clicked().then_some(place)
    }

    fn draw_values(
        &self,
        ui: &mut Ui,
        rect: Rect,
        values: &[String],
        walked: Option<usize>,
    ) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let painter = ui.painter().clone();
        let n_lines = (rect.height() / LINE).floor() as usize;
        if n_lines < 2 {
            return None;
        }
        let named = values.len() - usize::from(self.has_rest);
        let n = if values.len() > named || values.len() > n_lines {
            named.min(n_lines - 1)
        } else {
            values.len()
        };
        let is_rest = n < values.len();
        let values = &values[..n];
        let high = (rect.height() / (n + usize::from(is_rest)).max(1) as f32).min(26.0);
        let widest = |kind, texts: &mut dyn Iterator<Item = String>| {
            texts
                .map(|text| paint::width_of(&painter, &text, kind))
                .fold(0.0_f32, f32::max)
        };
        let names = widest(Type::Small, &mut values.iter().cloned()).min(rect.width() * 0.34);
        let figure = |place: usize| number::count(self.total(place) as u64);
        let figures = widest(Type::NumberSmall, &mut (0..n).map(figure)) + 10.0;
        let left = rect.left() + names + 8.0;
        let across = (rect.right() - figures - left).max(4.0);
        let most = (0..n).map(|p| self.height(p)).fold(0.0, f64::max).max(1e-9);
        for (place, name) in values.iter().enumerate() {
            let middle = rect.top() + (place as f32 + 0.5) * high;
            let ink = (Type::Small, tokens.text);
            let at = pos2(left - 6.0, middle);
            paint::text_within(&painter, at, Align2::RIGHT_CENTER, name, ink, names);
            let (at, text, ink) = (pos2(rect.right(), middle), figure(place), tokens.text_weak);
            let kind = Type::NumberSmall;
            paint::text(&painter, at, Align2::RIGHT_CENTER, &text, kind, ink);
            let thick = (high - 4.0).clamp(1.5, 15.0);
            for (layer, (from, to)) in self.layers.iter().zip(self.cuts(place)) {
                let x = |at: f64| left + (at / most) as f32 * across;
                let corner = pos2(x(from), middle - thick / 2.0);
                let bar = Rect::from_min_size(corner, vec2(x(to) - x(from), thick));
                painter.rect_filled(bar, 0.0, tokens.shade(layer.tone, 0.8));
            }
        }
        if is_rest {
            let at = pos2(left, rect.top() + (n as f32 + 0.5) * high);
            let weak = (Type::Small, tokens.text_weak);
            let text = self.rest(n, named);
            paint::text_within(
                &painter,
                at,
                Align2::LEFT_CENTER,
                &text,
                weak,
                rect.right() - left,
            );
        }
        let id = ui.scope_id().with("values");
        let response = ui.interact(rect, id, Sense::CLICK | Sense::HOVER);
        let under = |at: Pos2| Some(((at.y - rect.top()) / high).max(0.0) as usize);
        let walked = walked.map(|place| {
            let middle = rect.top() + (place as f32 + 0.5) * high;
            (place, pos2(left + across / 2.0, middle))
        });
        let (place, at) = pointed(response.hover_pos(), under, walked)?;
        if place >= n {
            return None;
        }
        readout(ui, at, rect, &self.words_of(place));
        response.clicked().then_some(place)
    }
}

impl Chart for Stacked {
    type Hit = usize;

    fn keys(&self) -> Vec<KeyEntry> {
        let layers = self.layers.iter();
        if self.layers.len() < 2 || self.without_keys {
            return Vec::new();
        }
        layers.map(|l| KeyEntry::area(&l.name, l.tone)).collect()
    }

    fn summary(&self) -> String {
        let of = |layer: usize| {
            let total: f64 = (0..self.n()).map(|place| self.count(layer, place)).sum();
            let most = (0..self.n()).max_by(|a, b| {
                self.count(layer, *a)
                    .total_cmp(&self.count(layer, *b))
                    .then(b.cmp(a))
            });
            let most = most.map_or_else(String::new, |p| format!(", most in {}", self.name(p)));
            let rows = number::counted(total as u64, "row", "rows");
            format!("{}: {rows}{most}", self.layers[layer].name)
        };
        let layers: Vec<String> = (0..self.layers.len()).map(of).collect();
        let kind = match self.places {
            Places::Edges(_) => "bins",
            Places::Values(_) => "values",
        };
        format!(
            "Bar chart of {} in {} {kind}. {}",
            self.label,
            self.n(),
            layers.join("; ")
        )
    }

    fn csv(&self) -> String {
        let names: Vec<String> = self.layers.iter().map(|l| csv_cell(&l.name)).collect();
        let mut text = match &self.places {
            Places::Edges(_) => format!("low,high,{}\n", names.join(",")),
            Places::Values(_) => format!("value,{}\n", names.join(",")),
        };
        for place in 0..self.n() {
            let counts: Vec<String> = (0..self.layers.len())
                .map(|layer| self.count(layer, place).to_string())
                .collect();
            let first = match &self.places {
                Places::Edges(edges) => format!("{},{}", edges[place], edges[place + 1]),
                Places::Values(values) => csv_cell(&values[place]),
            };
            text += &format!("{first},{}\n", counts.join(","));
        }
        text
    }

    fn step(&self, from: Option<usize>, way: Way) -> Option<usize> {
        walk::in_list(self.n(), from, way)
    }

    fn told(&self, place: usize) -> Vec<(String, Tone)> {
        self.words_of(place)
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<usize>) -> Option<usize> {
        match &self.places {
            Places::Edges(edges) => self.draw_bins(ui, rect, edges, walked),
            Places::Values(values) => self.draw_values(ui, rect, values, walked),
        }
    }
}
