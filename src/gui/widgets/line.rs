//! Lines over two axes: ROC, precision and recall, calibration, a metric over time.

use eframe::egui::{Rect, Sense, Stroke, Ui};
use egui_plot::{Line, PlotUi, Points};

use super::{
    axis::{Scale, Unit},
    chart::{Chart, KeyEntry, csv_cell, pointed, readout},
    number,
    plot::{self, MANY, Stage},
    reference::References,
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone};

pub use super::reference::Reference;

/// One line.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// What it is.
    pub name: String,
    /// Its colour, by meaning.
    pub tone: Tone,
    /// From left to right; a value that is not finite breaks the line.
    pub points: Vec<[f64; 2]>,
    /// A point on it that counts now: the threshold.
    pub marked: Option<[f64; 2]>,
    /// Show every point as a dot: few bins, few days.
    pub has_dots: bool,
}

/// Several lines over the same axes.
#[derive(Clone, Debug, Default)]
pub struct LineChart {
    /// The lines, the first at the bottom.
    pub series: Vec<Series>,
    /// Under the plot, with its unit.
    pub x_label: String,
    /// Over the plot, with its unit.
    pub y_label: String,
    /// The references.
    pub references: Vec<Reference>,
    /// What the values of the horizontal axis are.
    pub x_unit: Unit,
    /// Fixed ends of the horizontal axis.
    pub x_range: Option<(f64, f64)>,
    /// Fixed ends of the vertical axis.
    pub y_range: Option<(f64, f64)>,
}

impl LineChart {
    /// Lines between 0 and 1 on both axes.
    pub fn unit_square(
        series: Vec<Series>,
        x_label: impl Into<String>,
        y_label: impl Into<String>,
    ) -> Self {
        Self {
            series,
            x_label: x_label.into(),
            y_label: y_label.into(),
            x_range: Some((0.0, 1.0)),
            y_range: Some((0.0, 1.0)),
            ..Self::default()
        }
    }

    /// The same with one more reference.
    pub fn reference(mut self, reference: Reference) -> Self {
        self.references.push(reference);
        self
    }

    fn scales(&self) -> (Scale, Scale) {
        let of = |axis: usize| {
            self.series
                .iter()
                .flat_map(move |line| line.points.iter().map(move |point| point[axis]))
        };
        let x = self.x_range.map_or_else(
            || {
                let (low, high) = of(0)
                    .filter(|x| x.is_finite())
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| {
                        (l.min(x), h.max(x))
                    });
                Scale::new(low, high)
            },
            |(low, high)| Scale::new(low, high),
        );
        let levels = self
            .references
            .iter()
            .filter_map(|reference| match reference {
                Reference::Level(at, _) => Some(*at),
                _ => None,
            });
        let y = self.y_range.map_or_else(
            || Scale::around(of(1).chain(levels), false),
            |(l, h)| Scale::new(l, h),
        );
        (x.of(self.x_unit), y)
    }
}

impl Series {
    /// The point whose place on the horizontal axis is nearest.
    fn nearest(&self, x: f64) -> Option<[f64; 2]> {
        let distance = |point: &[f64; 2]| (point[0] - x).abs();
        self.points
            .iter()
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
            .copied()
    }
}

impl Chart for LineChart {
    type Hit = f64;

    fn keys(&self) -> Vec<KeyEntry> {
        self.series
            .iter()
            .map(|line| KeyEntry::line(&line.name, line.tone))
            .collect()
    }

    fn summary(&self) -> String {
        let mut lines: Vec<String> = self
            .series
            .iter()
            .map(|line| {
                let (first, last) = (line.points.first(), line.points.last());
                let text = |point: Option<&[f64; 2]>| number::metric(point.map(|point| point[1]));
                let ends = format!(
                    "{} points, from {} to {}",
                    line.points.len(),
                    text(first),
                    text(last)
                );
                let mark = line.marked.map_or_else(String::new, |[x, y]| {
                    format!(
                        ", marked at {} {}, {}",
                        self.x_label,
                        self.x_unit.written(x),
                        number::metric(y)
                    )
                });
                format!("{}: {ends}{mark}", line.name)
            })
            .collect();
        lines.extend(self.references.iter().map(Reference::words));
        format!(
            "Line chart of {} over {}. {}",
            self.y_label,
            self.x_label,
            lines.join("; ")
        )
    }

    fn csv(&self) -> String {
        let header = format!(
            "series,{},{}\n",
            csv_cell(&self.x_label),
            csv_cell(&self.y_label)
        );
        let rows = self.series.iter().flat_map(|line| {
            let name = csv_cell(&line.name);
            line.points
                .iter()
                .map(move |[x, y]| format!("{name},{x},{y}\n"))
        });
        header + &rows.collect::<String>()
    }

    fn step(&self, from: Option<f64>, way: Way) -> Option<f64> {
        let points = self.series.iter().flat_map(|series| &series.points);
        walk::in_values(points.map(|point| point[0]), from, way)
    }

    fn told(&self, x: f64) -> Vec<(String, Tone)> {
        let first = format!("{} {}", self.x_label, self.x_unit.written(x));
        let of = |series: &Series| {
            let [_, y] = series.nearest(x)?;
            Some((
                format!("{} {}", series.name, number::metric(y)),
                series.tone,
            ))
        };
        std::iter::once((first, Tone::Neutral))
            .chain(self.series.iter().filter_map(of))
            .collect()
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<f64>) -> Option<f64> {
        let tokens = Tokens::of(ui);
        let (x, y) = self.scales();
        let mut stage = Stage::new(ui, rect, (x, y), (&self.x_label, &self.y_label))?;
        let mut points = self.series.iter().flat_map(|s| &s.points);
        if x.high - x.low >= 2.0 && points.all(|p| p[0].fract() == 0.0) {
            stage = stage.with_whole_x();
        }
        let per_point = stage.per_point();
        let references = References::new(ui, &self.references, (x, y), per_point);
        let shown = stage.show(ui, Sense::CLICK | Sense::HOVER, |plot| {
            let lines: Vec<&[[f64; 2]]> = self
                .series
                .iter()
                .map(|series| series.points.as_slice())
                .collect();
            references.add(plot, &lines);
            for series in &self.series {
                add_line(plot, series, per_point[0], &tokens);
            }
            for series in &self.series {
                if let Some(at) = series.marked {
                    plot::ringed(plot, at, 4.5, series.tone, &tokens);
                }
            }
            if let Some(at) = plot::pointer(plot).map(|at| at.x).or(walked) {
                let ends = vec![[at, y.low], [at, y.high]];
                let stroke = Stroke::new(1.0, tokens.border_strong);
                plot.line(Line::new("", ends).stroke(stroke));
                for series in &self.series {
                    if let Some(nearest) = series.nearest(at) {
                        plot::ringed(plot, nearest, 3.5, series.tone, &tokens);
                    }
                }
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

fn add_line(plot: &mut PlotUi<'_>, series: &Series, per_point: f64, tokens: &Tokens) {
    let ink = tokens.mark(series.tone);
    let is_there = |[x, y]: &[f64; 2]| x.is_finite() && y.is_finite();
    for run in series.points.split(|point| !is_there(point)) {
        let points = if series.points.len() > MANY {
            thinned(run, per_point)
        } else {
            run.to_vec()
        };
        if series.has_dots {
            plot.points(Points::new("", points.clone()).radius(2.5).color(ink));
        }
        plot.line(
            Line::new("", points)
                .stroke(Stroke::new(1.75, ink))
                .allow_band(false),
        );
    }
}

/// The first, lowest, highest and last point of every column as wide as `per_point`; needs points from left to
/// right.
fn thinned(points: &[[f64; 2]], per_point: f64) -> Vec<[f64; 2]> {
    let column = |point: &[f64; 2]| (point[0] / per_point).floor();
    let mut out = Vec::new();
    for run in points.chunk_by(|a, b| column(a) == column(b)) {
        let by_height = |a: &&[f64; 2], b: &&[f64; 2]| a[1].total_cmp(&b[1]);
        let (low, high) = (run.iter().min_by(by_height), run.iter().max_by(by_height));
        let mut four = [run.first(), low, high, run.last()].map(|point| point.copied());
        if four[1].map(|p| p[0]) > four[2].map(|p| p[0]) {
            four.swap(1, 2);
        }
        out.extend(four.into_iter().flatten());
    }
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_extremes_of_every_column_in_order() {
        let points: Vec<[f64; 2]> = (0..10_000)
            .map(f64::from)
            .map(|x| [x, if x == 4_321.0 { 50.0 } else { (x * 0.7).sin() }])
            .collect();
        let thin = thinned(&points, 100.0);
        assert!(thin.len() <= 400 && thin.len() >= 200, "{}", thin.len());
        assert!(thin.contains(&[4_321.0, 50.0]));
        assert!(thin.is_sorted_by(|a, b| a[0] <= b[0]));
        assert_eq!((thin[0], thin[thin.len() - 1]), (points[0], points[9_999]));
    }
}
