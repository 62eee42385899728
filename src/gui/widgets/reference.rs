//! What a chart is read against: the diagonal, a level, a moment, dashed and named where there is room.

use eframe::egui::{Align2, Ui};
use egui_plot::{PlotPoint, PlotUi, Text};

use super::{axis::Scale, number, paint, plot};
use crate::gui::theme::{Tokens, Type};

/// A reference that the lines are read against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reference {
    /// From the lower left to the upper right: chance, or perfect calibration.
    Diagonal(&'static str),
    /// A level that counts.
    Level(f64, &'static str),
    /// A moment that counts.
    Moment(f64, &'static str),
}

impl Reference {
    /// What it is called beside its line.
    fn name(&self) -> &'static str {
        match self {
            Self::Diagonal(name) | Self::Level(_, name) | Self::Moment(_, name) => name,
        }
    }

    /// What it is, in words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Diagonal(name) => format!("{name} on the diagonal"),
            Self::Level(at, name) | Self::Moment(at, name) => {
                format!("{name} at {}", number::metric(*at))
            }
        }
    }
}

/// The references of one chart on its stage.
pub(super) struct References<'a> {
    all: &'a [Reference],
    x: Scale,
    y: Scale,
    per_point: [f64; 2],
    widths: Vec<f64>,
    tokens: Tokens,
}

/// Where a name could stand: its corner at the line and the values it would cover.
struct Place {
    at: [f64; 2],
    anchor: Align2,
    low: [f64; 2],
    high: [f64; 2],
}

impl<'a> References<'a> {
    /// Measures the names.
    pub(super) fn new(
        ui: &Ui,
        all: &'a [Reference],
        (x, y): (Scale, Scale),
        per_point: [f64; 2],
    ) -> Self {
        let width = |reference: &Reference| {
            f64::from(paint::width_of(ui.painter(), reference.name(), Type::Small))
        };
        Self {
            all,
            x,
            y,
            per_point,
            widths: all.iter().map(width).collect(),
            tokens: Tokens::of(ui),
        }
    }

    /// The dashed lines, and the names where they cover least of the data.
    pub(super) fn add(&self, plot: &mut PlotUi<'_>, lines: &[&[[f64; 2]]]) {
        let (x, y) = (self.x, self.y);
        for (reference, width) in self.all.iter().zip(&self.widths) {
            let ends = match *reference {
                Reference::Diagonal(_) => [[x.low, y.low], [x.high, y.high]],
                Reference::Level(at, _) => [[x.low, at], [x.high, at]],
                Reference::Moment(at, _) => [[at, y.low], [at, y.high]],
            };
            plot::reference(plot, ends, &self.tokens);
            let places = self.places(reference, *width);
            let best = places
                .into_iter()
                .min_by_key(|place| self.covered(reference, place, lines));
            if let Some(place) = best {
                let words = Type::Small.rich(reference.name(), self.tokens.text_weak);
                let at = PlotPoint::new(place.at[0], place.at[1]);
                plot.text(Text::new("", at, words).anchor(place.anchor));
            }
        }
    }

    /// The places beside a line, the best first.
    fn places(&self, reference: &Reference, width: f64) -> Vec<Place> {
        let [wide, high] = [width * self.per_point[0], 14.0 * self.per_point[1]];
        let [aside, above] = [4.0 * self.per_point[0], 2.0 * self.per_point[1]];
        let mut places = Vec::new();
        let mut put = |left: f64, bottom: f64| {
            let place = Place {
                at: [left, bottom],
                anchor: Align2::LEFT_BOTTOM,
                low: [left, bottom],
                high: [left + wide, bottom + high],
            };
            let is_inside = place.low[0] >= self.x.low - aside
                && place.high[0] <= self.x.high + aside
                && place.low[1] >= self.y.low - above
                && place.high[1] <= self.y.high + above;
            if is_inside {
                places.push(place);
            }
        };
        let (left, right) = (self.x.low, self.x.high - wide);
        match *reference {
            // Below the line its left upper corner touches it, above the line its right lower one.
            Reference::Diagonal(_) => {
                let height = |x: f64| {
                    let share = (x - self.x.low) / (self.x.high - self.x.low);
                    self.y.low + share * (self.y.high - self.y.low)
                };
                for share in [0.75, 0.5, 0.25, 0.9, 0.6, 0.4, 0.1] {
                    let at = self.x.low + share * (self.x.high - self.x.low);
                    put(at + aside, height(at) - above - high);
                    put(at - aside - wide, height(at) + above);
                }
            }
            Reference::Level(at, _) => {
                for share in [1.0, 0.0, 0.75, 0.5, 0.25, 0.875, 0.625, 0.375, 0.125] {
                    put(left + share * (right - left), at + above);
                    put(left + share * (right - left), at - above - high);
                }
            }
            Reference::Moment(at, _) => {
                for down in [0.0, 0.25, 0.5, 0.75, 1.0] {
                    let bottom = self.y.high - high - down * (self.y.high - self.y.low - high);
                    put(at + aside, bottom);
                    put(at - aside - wide, bottom);
                }
            }
        }
        places
    }

    /// How much of the data and of the other references a name would cover.
    fn covered(&self, own: &Reference, place: &Place, lines: &[&[[f64; 2]]]) -> usize {
        let within =
            |axis: usize, value: f64| (place.low[axis]..=place.high[axis]).contains(&value);
        let crossed = self.all.iter().filter(|other| *other != own);
        let n_crossed = crossed
            .filter(|other| match **other {
                Reference::Diagonal(_) => false,
                Reference::Level(at, _) => within(1, at),
                Reference::Moment(at, _) => within(0, at),
            })
            .count();
        let samples =
            (0..=24).map(|n| place.low[0] + f64::from(n) / 24.0 * (place.high[0] - place.low[0]));
        let n_covered = samples
            .flat_map(|x| lines.iter().map(move |line| at(line, x)))
            .filter(|y| y.is_some_and(|y| within(1, y)))
            .count();
        4 * n_crossed + n_covered
    }
}

/// The height of a line at a value of the horizontal axis.
fn at(line: &[[f64; 2]], x: f64) -> Option<f64> {
    let next = line.partition_point(|point| point[0] < x);
    let (a, b) = (line.get(next.checked_sub(1)?)?, line.get(next)?);
    Some(a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_where_no_line_passes() {
        let all = [Reference::Level(0.5, "threshold")];
        let unit = Scale::new(0.0, 1.0);
        let references = References {
            all: &all,
            x: unit,
            y: unit,
            per_point: [0.004, 0.005],
            widths: vec![50.0],
            tokens: Tokens::for_theme(eframe::egui::Theme::Light),
        };
        let best = |line: &[[f64; 2]]| {
            references
                .places(&all[0], 50.0)
                .into_iter()
                .min_by_key(|place| references.covered(&all[0], place, &[line]))
                .map(|place| place.low)
        };
        let [x, y] = best(&[[0.0, 0.0], [1.0, 0.0]]).expect("there is room");
        assert!(
            (x - 0.8).abs() < 1e-9 && y > 0.5,
            "on the right, above: {x} {y}"
        );
        let [x, y] =
            best(&[[0.0, 0.9], [0.7, 0.9], [0.9, 0.53], [1.0, 0.53]]).expect("there is room");
        assert!(x > 0.79 && y < 0.5, "on the right, below: {x} {y}");
        let all_places = |reference: &Reference| references.places(reference, 50.0);
        let touches = |place: &Place| {
            (place.low[0]..=place.high[0]).contains(&place.low[1])
                || (place.low[1]..=place.high[1]).contains(&place.low[0])
        };
        let beside = all_places(&Reference::Diagonal("chance"));
        assert!(
            beside.len() > 6 && !beside.iter().any(touches),
            "beside the diagonal"
        );
        let [x, _] = best(&[[0.0, 0.1], [0.7, 0.1], [0.75, 0.9], [0.8, 0.1], [1.0, 0.9]])
            .expect("there is room");
        assert!(x < 0.6, "away from the crossings: {x}");
        assert_eq!(at(&[[0.0, 1.0], [2.0, 3.0]], 1.0), Some(2.0));
        assert_eq!(at(&[[0.0, 1.0]], 1.0), None);
    }
}
