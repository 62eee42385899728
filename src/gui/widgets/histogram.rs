//! Histograms: one or two distributions over the same bins, or counts of categories.

use eframe::egui::{Rect, Sense, Stroke, Ui};
use egui_plot::{Bar, BarChart, Line, PlotUi};

use super::{
    axis::{Scale, Unit},
    chart::{Chart, KeyEntry, csv_cell, pointed, readout},
    number,
    plot::{self, Stage},
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone};

/// How often values fell into each bin.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// What it is: `reference`, `new data`.
    pub name: String,
    /// Its colour, by meaning.
    pub tone: Tone,
    /// One count a bin.
    pub counts: Vec<f64>,
}

/// One or two distributions over the same bins. Two are drawn as shares, so that sizes do not matter.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    /// One more than there are bins, ascending.
    pub edges: Vec<f64>,
    /// The distributions; the second is drawn as an outline over the first.
    pub layers: Vec<Counts>,
    /// Under the plot, with its unit.
    pub x_label: String,
    /// What the edges are.
    pub unit: Unit,
    /// A value that counts, such as a threshold, drawn as a line.
    pub marked: Option<f64>,
}

impl Histogram {
    fn is_shares(&self) -> bool {
        self.layers.len() > 1
    }

    /// What is drawn for a bin of a layer: a count, or a share if there are several layers.
    fn height(&self, layer: &Counts, bin: usize) -> f64 {
        let count = layer.counts.get(bin).copied().unwrap_or(0.0);
        let total: f64 = layer.counts.iter().sum();
        if self.is_shares() && total > 0.0 {
            count / total
        } else {
            count
        }
    }

    fn n_bins(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    fn bin_text(&self, bin: usize) -> String {
        format!(
            "{} to {}",
            self.unit.written(self.edges[bin]),
            self.unit.written(self.edges[bin + 1])
        )
    }
}

impl Chart for Histogram {
    type Hit = usize;

    fn keys(&self) -> Vec<KeyEntry> {
        if !self.is_shares() {
            return Vec::new();
        }
        let key = |(position, layer): (usize, &Counts)| {
            if position == 0 {
                KeyEntry::area(&layer.name, layer.tone)
            } else {
                KeyEntry::line(&layer.name, layer.tone)
            }
        };
        self.layers.iter().enumerate().map(key).collect()
    }

    fn summary(&self) -> String {
        let layers: Vec<String> = self
            .layers
            .iter()
            .map(|layer| {
                let total: f64 = layer.counts.iter().sum();
                let top = (0..self.n_bins())
                    .max_by(|a, b| self.height(layer, *a).total_cmp(&self.height(layer, *b)));
                let mode = top.map_or_else(String::new, |bin| {
                    format!(", most in {}", self.bin_text(bin))
                });
                format!(
                    "{}: {} values{mode}",
                    layer.name,
                    number::count(total as u64)
                )
            })
            .collect();
        format!(
            "Histogram of {} in {} bins. {}",
            self.x_label,
            self.n_bins(),
            layers.join("; ")
        )
    }

    fn csv(&self) -> String {
        let names: Vec<String> = self
            .layers
            .iter()
            .map(|layer| csv_cell(&layer.name))
            .collect();
        let mut text = format!("low,high,{}\n", names.join(","));
        for bin in 0..self.n_bins() {
            let counts: Vec<String> = self
                .layers
                .iter()
                .map(|layer| layer.counts.get(bin).copied().unwrap_or(0.0).to_string())
                .collect();
            text += &format!(
                "{},{},{}\n",
                self.edges[bin],
                self.edges[bin + 1],
                counts.join(",")
            );
        }
        text
    }

    fn step(&self, from: Option<usize>, way: Way) -> Option<usize> {
        walk::in_list(self.n_bins(), from, way)
    }

    fn told(&self, bin: usize) -> Vec<(String, Tone)> {
        let mut lines = vec![(self.bin_text(bin), Tone::Neutral)];
        for layer in &self.layers {
            let height = self.height(layer, bin);
            let text = if self.is_shares() {
                number::percent(height)
            } else {
                number::metric(height)
            };
            lines.push((format!("{} {text}", layer.name), layer.tone));
        }
        lines
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<usize>) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let (&low, &high) = (self.edges.first()?, self.edges.last()?);
        let heights = self
            .layers
            .iter()
            .flat_map(|layer| (0..self.n_bins()).map(|bin| self.height(layer, bin)));
        let y = Scale::around(heights, true);
        let y_label = if self.is_shares() {
            "share of rows"
        } else {
            "rows"
        };
        let scales = (Scale::new(low, high).of(self.unit), y);
        let stage = Stage::new(ui, rect, scales, (&self.x_label, y_label))?;
        let per_point = stage.per_point()[0];
        let shown = stage.show(ui, Sense::CLICK | Sense::HOVER, |plot| {
            let under = plot::pointer(plot).and_then(|at| self.bin_at(at.x));
            let pointed = under.or(walked);
            for (position, layer) in self.layers.iter().enumerate() {
                if position == 0 {
                    self.add_bars(plot, layer, pointed, per_point, &tokens);
                } else {
                    self.add_outline(plot, layer, &tokens);
                }
            }
            if let Some(at) = self.marked {
                let ends = vec![[at, y.low], [at, y.high]];
                let stroke = Stroke::new(1.5, tokens.text_strong);
                plot.line(Line::new("", ends).stroke(stroke));
            }
        });
        let walked = walked.map(|bin| {
            let middle = (self.edges[bin] + self.edges[bin + 1]) / 2.0;
            (bin, shown.at(middle))
        });
        let under = |at| self.bin_at(shown.under(at).x);
        let (bin, at) = pointed(shown.response.hover_pos(), under, walked)?;
        readout(ui, at, shown.rect(), &self.told(bin));
        shown.response.clicked().then_some(bin)
    }
}

impl Histogram {
    fn bin_at(&self, value: f64) -> Option<usize> {
        (0..self.n_bins()).find(|&bin| (self.edges[bin]..self.edges[bin + 1]).contains(&value))
    }

    /// Bars with a gap of one point, where they are wide enough for one.
    fn add_bars(
        &self,
        plot: &mut PlotUi<'_>,
        layer: &Counts,
        pointed: Option<usize>,
        per_point: f64,
        tokens: &Tokens,
    ) {
        let ink = tokens.mark(layer.tone);
        let fill = tokens.shade(layer.tone, if self.is_shares() { 0.6 } else { 0.75 });
        let bar = |bin: usize| {
            let (low, high) = (self.edges[bin], self.edges[bin + 1]);
            let gap = if high - low > 4.0 * per_point {
                per_point
            } else {
                0.0
            };
            Bar::new((low + high - gap) / 2.0, self.height(layer, bin))
                .width(high - low - gap)
                .stroke(Stroke::NONE)
                .fill(if pointed == Some(bin) { ink } else { fill })
        };
        let bars = (0..self.n_bins()).map(bar).collect();
        plot.bar_chart(BarChart::new(&layer.name, bars).color(ink));
    }

    fn add_outline(&self, plot: &mut PlotUi<'_>, layer: &Counts, tokens: &Tokens) {
        let mut outline = Vec::with_capacity(2 * self.n_bins() + 2);
        outline.extend(self.edges.first().map(|&edge| [edge, 0.0]));
        for bin in 0..self.n_bins() {
            let height = self.height(layer, bin);
            outline.extend([[self.edges[bin], height], [self.edges[bin + 1], height]]);
        }
        outline.extend(self.edges.last().map(|&edge| [edge, 0.0]));
        let stroke = Stroke::new(1.75, tokens.mark(layer.tone));
        plot.line(
            Line::new(&layer.name, outline)
                .stroke(stroke)
                .allow_band(false),
        );
    }
}
