//! The effect of a number: the mean answer over its values as a strong line, single rows as weak ones, and where the data
//! lie as ticks at the foot.

use eframe::egui::{Rect, Sense, Stroke, Ui};
use egui_plot::{Line, Points};

use super::{
    axis::{Scale, Unit},
    chart::{Chart, KeyEntry, csv_cell, pointed, readout},
    number,
    plot::{self, Stage},
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone};

/// The mean and single rows over the values of a number or time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effect {
    /// The values, ascending.
    pub x: Vec<f64>,
    /// The mean answer at each.
    pub mean: Vec<f64>,
    /// Answers for single rows, a row each.
    pub curves: Vec<Vec<f64>>,
    /// Where the data lie.
    pub marks: Vec<f64>,
    /// What the values are.
    pub unit: Unit,
    /// Under the plot.
    pub x_label: String,
    /// Over the plot.
    pub y_label: String,
    /// The ends of the vertical axis; by the data where there are none.
    pub y_range: Option<(f64, f64)>,
}

impl Effect {
    fn scales(&self) -> (Scale, Scale) {
        let (low, high) = (self.x.first(), self.x.last());
        let x = Scale::new(low.copied().unwrap_or(0.0), high.copied().unwrap_or(1.0));
        let values = self
            .mean
            .iter()
            .chain(self.curves.iter().flatten())
            .copied();
        let y = self.y_range.map_or_else(
            || Scale::around(values, false),
            |(low, high)| Scale::new(low, high),
        );
        (x.of(self.unit), y)
    }

    fn nearest(&self, at: f64) -> Option<usize> {
        let distance = |i: &usize| (self.x[*i] - at).abs();
        (0..self.x.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

const MEAN: Tone = Tone::Series(0);
const ROWS: Tone = Tone::Neutral;

impl Chart for Effect {
    type Hit = f64;

    fn keys(&self) -> Vec<KeyEntry> {
        let mut keys = vec![KeyEntry::line("mean of all rows", MEAN)];
        if !self.curves.is_empty() {
            let n = number::counted(self.curves.len() as u64, "single row", "single rows");
            keys.push(KeyEntry::line(n, ROWS));
        }
        keys
    }

    fn summary(&self) -> String {
        let at = |i: Option<usize>| {
            i.map_or_else(String::new, |i| {
                let x = self.unit.written(self.x[i]);
                format!("{} at {x}", number::metric(self.mean[i]))
            })
        };
        let by = |a: &usize, b: &usize| self.mean[*a].total_cmp(&self.mean[*b]);
        let all = || 0..self.mean.len();
        format!(
            "Line chart of {} over {}. The mean is lowest with {}, highest with {}",
            self.y_label,
            self.x_label,
            at(all().min_by(by)),
            at(all().max_by(by))
        )
    }

    fn csv(&self) -> String {
        let (x, y) = (csv_cell(&self.x_label), csv_cell(&self.y_label));
        let mut text = format!("series,{x},{y}\n");
        let mut add = |name: &str, values: &[f64]| {
            for (x, y) in self.x.iter().zip(values) {
                text += &format!("{name},{x},{y}\n");
            }
        };
        add("mean", &self.mean);
        for (i, curve) in self.curves.iter().enumerate() {
            add(&format!("row {}", i + 1), curve);
        }
        text
    }

    fn step(&self, from: Option<f64>, way: Way) -> Option<f64> {
        walk::in_values(self.x.iter().copied(), from, way)
    }

    fn told(&self, x: f64) -> Vec<(String, Tone)> {
        let Some(i) = self.nearest(x) else {
            return Vec::new();
        };
        let x = format!("{} {}", self.x_label, self.unit.written(self.x[i]));
        let mean = format!("mean {}", number::metric(self.mean[i]));
        vec![(x, Tone::Neutral), (mean, MEAN)]
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<f64>) -> Option<f64> {
        let tokens = Tokens::of(ui);
        let (x, y) = self.scales();
        let stage = Stage::new(ui, rect, (x, y), (&self.x_label, &self.y_label))?;
        let per_point = stage.per_point();
        let line = |values: &[f64]| -> Vec<[f64; 2]> {
            self.x.iter().zip(values).map(|(x, y)| [*x, *y]).collect()
        };
        let shown = stage.show(ui, Sense::CLICK | Sense::HOVER, |plot| {
            let weak = tokens.mark(ROWS).gamma_multiply(0.28);
            for curve in &self.curves {
                let curve = Line::new("", line(curve)).stroke(Stroke::new(1.0, weak));
                plot.line(curve.allow_band(false));
            }
            for mark in &self.marks {
                let ends = vec![[*mark, y.low], [*mark, y.low + 7.0 * per_point[1]]];
                plot.line(Line::new("", ends).stroke(Stroke::new(1.5, tokens.text_weak)));
            }
            let mean = line(&self.mean);
            let dots = Points::new("", mean.clone()).radius(2.5);
            plot.points(dots.color(tokens.mark(MEAN)));
            let stroke = Stroke::new(2.5, tokens.mark(MEAN));
            plot.line(Line::new("", mean).stroke(stroke).allow_band(false));
            let pointed = plot::pointer(plot).map(|at| at.x).or(walked);
            if let Some(i) = pointed.and_then(|x| self.nearest(x)) {
                plot::ringed(plot, [self.x[i], self.mean[i]], 4.0, MEAN, &tokens);
            }
        });
        let walked = walked.map(|x| (x, shown.at(x)));
        let under = |at| Some(shown.under(at).x);
        if let Some((x, at)) = pointed(shown.response.hover_pos(), under, walked) {
            readout(ui, at, shown.rect(), &self.told(x));
        }
        let clicked = shown.response.clicked();
        let at = shown.response.interact_pointer_pos().filter(|_| clicked)?;
        Some(shown.under(at).x)
    }
}
