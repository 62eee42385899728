//! Points over two axes: the truth against the prediction, segments by their size.

use std::collections::{BTreeMap, BTreeSet};

use eframe::egui::{Pos2, Rect, Sense, Stroke, Ui};
use egui_plot::{PlotPoint, PlotUi, Points};

use super::{
    axis::{Scale, Unit},
    chart::{Chart, KeyEntry, csv_cell, pointed, readout},
    number,
    plot::{MANY, Shown, Stage},
    reference::{Reference, References},
    walk::Way,
};
use crate::gui::theme::{Tokens, Tone};

/// How near the pointer must be to a point to mean it.
const NEAR: f32 = 12.0;

/// Some points of one kind.
#[derive(Clone, Debug, Default)]
pub struct ScatterSeries {
    /// What they are.
    pub name: String,
    /// Their colour, by meaning.
    pub tone: Tone,
    /// Where they lie; one that is not finite is left out.
    pub points: Vec<[f64; 2]>,
    /// How much each counts, such as its rows: the area of its mark. Empty if all are equal.
    pub sizes: Vec<f64>,
    /// What each is, such as a segment. Empty if they have no names.
    pub names: Vec<String>,
}

/// Points over two axes. A hit is a series and a point of it.
#[derive(Clone, Debug, Default)]
pub struct Scatter {
    /// The points, the first at the bottom.
    pub series: Vec<ScatterSeries>,
    /// Under the plot, with its unit.
    pub x_label: String,
    /// Over the plot, with its unit.
    pub y_label: String,
    /// What the values of both axes are.
    pub units: [Unit; 2],
    /// What the sizes are, such as `rows`; empty if they are told otherwise.
    pub size_label: String,
    /// The references.
    pub references: Vec<Reference>,
    /// Both axes have the same ends, so that the diagonal is where both values agree.
    pub is_square: bool,
}

impl Scatter {
    /// What was predicted over what was true, in one unit, with the diagonal where both agree.
    pub fn truth_against_prediction(
        series: Vec<ScatterSeries>,
        x_label: impl Into<String>,
        y_label: impl Into<String>,
    ) -> Self {
        Self {
            series,
            x_label: x_label.into(),
            y_label: y_label.into(),
            references: vec![Reference::Diagonal("exact")],
            is_square: true,
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
                .flat_map(move |series| series.points.iter().map(move |point| point[axis]))
        };
        let at = |reference: &Reference, is_x: bool| match *reference {
            Reference::Level(at, _) if !is_x => Some(at),
            Reference::Moment(at, _) if is_x => Some(at),
            _ => None,
        };
        let more = |is_x| self.references.iter().filter_map(move |one| at(one, is_x));
        if self.is_square {
            let all = of(0).chain(of(1)).chain(more(true)).chain(more(false));
            let both = Scale::around(all, false);
            return (both, both);
        }
        (
            Scale::around(of(0).chain(more(true)), false).of(self.units[0]),
            Scale::around(of(1).chain(more(false)), false).of(self.units[1]),
        )
    }

    fn largest(&self) -> f64 {
        let sizes = self.series.iter().flat_map(|series| series.sizes.iter());
        sizes.copied().filter(|s| s.is_finite()).fold(0.0, f64::max)
    }

    /// The radius of a mark in points: its area says the size.
    fn radius(&self, series: &ScatterSeries, position: usize, largest: f64) -> f32 {
        match series.sizes.get(position) {
            Some(size) if largest > 0.0 => {
                (12.0 * (size / largest).max(0.0).sqrt() as f32).max(2.0)
            }
            _ => 2.5,
        }
    }

    /// The nearest point to a place, of those on top; a mark counts as near anywhere on it.
    fn nearest(&self, shown: &Shown, at: Pos2) -> Option<(usize, usize)> {
        let largest = self.largest();
        let mut best = None;
        for (number, series) in self.series.iter().enumerate() {
            for (position, [x, y]) in series.points.iter().enumerate() {
                let place = shown.transform.position_from_point(&PlotPoint::new(*x, *y));
                let far = place.distance(at);
                let reach = self.radius(series, position, largest).max(NEAR);
                if far <= reach && best.is_none_or(|(least, _)| far <= least) {
                    best = Some((far, (number, position)));
                }
            }
        }
        best.map(|(_, hit)| hit)
    }

    /// The marks of one series, the large ones under the small ones.
    fn add(
        &self,
        plot: &mut PlotUi<'_>,
        series: &ScatterSeries,
        per_point: [f64; 2],
        tokens: &Tokens,
    ) {
        let ink = tokens.mark(series.tone).gamma_multiply(0.6);
        let largest = self.largest();
        let mut by_radius: BTreeMap<u32, Vec<[f64; 2]>> = BTreeMap::new();
        let mut taken = BTreeSet::new();
        let is_many = series.points.len() > MANY;
        for (position, &[x, y]) in series.points.iter().enumerate() {
            if !(x.is_finite() && y.is_finite()) {
                continue;
            }
            let quarters = (self.radius(series, position, largest) * 4.0).round() as u32;
            let cell = [x / per_point[0], y / per_point[1]].map(|at| at.floor() as i64);
            if !is_many || taken.insert((quarters, cell)) {
                by_radius.entry(quarters).or_default().push([x, y]);
            }
        }
        for (quarters, points) in by_radius.into_iter().rev() {
            let radius = quarters as f32 / 4.0;
            plot.points(Points::new(&series.name, points).radius(radius).color(ink));
        }
    }
}

impl Chart for Scatter {
    type Hit = (usize, usize);

    fn keys(&self) -> Vec<KeyEntry> {
        self.series
            .iter()
            .filter(|_| self.series.len() > 1)
            .map(|series| KeyEntry::area(&series.name, series.tone))
            .collect()
    }

    fn summary(&self) -> String {
        let of = |series: &ScatterSeries| {
            let n = number::counted(series.points.len() as u64, "point", "points");
            let top = (0..series.sizes.len().min(series.names.len()))
                .max_by(|a, b| series.sizes[*a].total_cmp(&series.sizes[*b]));
            let largest =
                top.map_or_else(String::new, |at| format!(", largest {}", series.names[at]));
            format!("{}: {n}{largest}", series.name)
        };
        let mut parts: Vec<String> = self.series.iter().map(of).collect();
        parts.extend(self.references.iter().map(Reference::words));
        format!(
            "Scatter chart of {} over {}. {}",
            self.y_label,
            self.x_label,
            parts.join("; ")
        )
    }

    fn csv(&self) -> String {
        let mut text = format!(
            "series,name,{},{},size\n",
            csv_cell(&self.x_label),
            csv_cell(&self.y_label)
        );
        for series in &self.series {
            for (position, [x, y]) in series.points.iter().enumerate() {
                let name = series.names.get(position).map_or("", String::as_str);
                let size = series
                    .sizes
                    .get(position)
                    .map_or_else(String::new, f64::to_string);
                let (kind, name) = (csv_cell(&series.name), csv_cell(name));
                text += &format!("{kind},{name},{x},{y},{size}\n");
            }
        }
        text
    }

    /// To the left and right by the abscissa, up and down by the ordinate; equal ones in the order of the series.
    fn step(&self, from: Option<(usize, usize)>, way: Way) -> Option<(usize, usize)> {
        let all = || {
            self.series.iter().enumerate().flat_map(|(number, series)| {
                let there = |at: &usize| series.points[*at].iter().all(|v| v.is_finite());
                let places = (0..series.points.len()).filter(there);
                places.map(move |position| (number, position))
            })
        };
        let axis = usize::from(matches!(way, Way::Up | Way::Down));
        let value = |(number, position): (usize, usize)| self.series[number].points[position][axis];
        let by =
            |a: &(usize, usize), b: &(usize, usize)| value(*a).total_cmp(&value(*b)).then(a.cmp(b));
        let is_there = |(number, position): &(usize, usize)| {
            self.series
                .get(*number)
                .is_some_and(|s| *position < s.points.len())
        };
        let from = from.filter(is_there);
        match (way, from) {
            (Way::Last, _) => all().max_by(by),
            (Way::First, _) | (_, None) => all().min_by(by),
            (Way::Stay, from) => from,
            (Way::Right | Way::Up, Some(from)) => {
                let after = all().filter(|at| by(at, &from).is_gt()).min_by(by);
                after.or(Some(from))
            }
            (Way::Left | Way::Down, Some(from)) => {
                let before = all().filter(|at| by(at, &from).is_lt()).max_by(by);
                before.or(Some(from))
            }
        }
    }

    fn told(&self, (number, position): (usize, usize)) -> Vec<(String, Tone)> {
        let series = &self.series[number];
        let [x, y] = series.points[position];
        let name = series.names.get(position).unwrap_or(&series.name);
        let mut lines = vec![
            (name.clone(), series.tone),
            (
                format!("{} {}", self.x_label, self.units[0].written(x)),
                Tone::Neutral,
            ),
            (
                format!("{} {}", self.y_label, self.units[1].written(y)),
                Tone::Neutral,
            ),
        ];
        if let Some(size) = series.sizes.get(position)
            && !self.size_label.is_empty()
        {
            let text = format!("{} {}", self.size_label, number::plain(*size));
            lines.push((text, Tone::Neutral));
        }
        lines
    }

    fn draw(
        &self,
        ui: &mut Ui,
        rect: Rect,
        walked: Option<(usize, usize)>,
    ) -> Option<(usize, usize)> {
        let tokens = Tokens::of(ui);
        let scales = self.scales();
        let stage = Stage::new(ui, rect, scales, (&self.x_label, &self.y_label))?;
        let per_point = stage.per_point();
        let references = References::new(ui, &self.references, scales, per_point);
        let shown = stage.show(ui, Sense::CLICK | Sense::HOVER, |plot| {
            references.add(plot, &[]);
            for series in &self.series {
                self.add(plot, series, per_point, &tokens);
            }
        });
        let place = |(number, position): (usize, usize)| {
            let [x, y] = self.series[number].points[position];
            let point = PlotPoint::new(x, y);
            shown.transform.position_from_point(&point)
        };
        let walked = walked.map(|hit| (hit, place(hit)));
        let under = |at| self.nearest(&shown, at);
        let (hit, at) = pointed(shown.response.hover_pos(), under, walked)?;
        let radius = self.radius(&self.series[hit.0], hit.1, self.largest()) + 1.5;
        let ring = Stroke::new(2.0, tokens.text_strong);
        ui.painter().circle_stroke(place(hit), radius, ring);
        readout(ui, at, shown.rect(), &self.told(hit));
        shown.response.clicked().then_some(hit)
    }
}
