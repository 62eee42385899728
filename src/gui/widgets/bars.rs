//! Grouped horizontal bars: metrics of two models, importances, counts of categories.

use eframe::egui::{Align2, Rect, Sense, Shape, Stroke, Ui, pos2};
use egui_plot::{Bar, BarChart, PlotPoint, PlotUi, Text, VLine};

use super::{
    axis::Scale,
    chart::{Chart, KeyEntry, csv_cell},
    number, paint,
    plot::Stage,
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone, Type};

/// One value for each group.
#[derive(Clone, Debug, Default)]
pub struct BarSeries {
    /// What it is.
    pub name: String,
    /// Its colour, by meaning.
    pub tone: Tone,
    /// One for each group; none where there is nothing.
    pub values: Vec<Option<f64>>,
}

/// Groups from top to bottom, in each the bars of all series; the value is written after its bar.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    /// The names of the groups.
    pub groups: Vec<String>,
    /// The series.
    pub series: Vec<BarSeries>,
    /// What the values are, with their unit.
    pub label: String,
    /// Whether values are shares, from 0 to 1, written in percent.
    pub is_share: bool,
}

impl Bars {
    fn written(&self, value: Option<f64>) -> String {
        if self.is_share {
            number::percent(value)
        } else {
            number::metric(value)
        }
    }

    /// How high the picture should be for every bar to be readable; give it to the frame.
    pub fn wanted_height(&self) -> f32 {
        let group = self.series.len().max(1) as f32 * 13.0 + 9.0;
        let keys = if self.series.len() > 1 { 22.0 } else { 0.0 };
        self.groups.len() as f32 * group + keys + 4.0
    }

    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.series
            .iter()
            .flat_map(|series| series.values.iter().flatten().copied())
    }
}

impl Chart for Bars {
    type Hit = usize;

    fn keys(&self) -> Vec<KeyEntry> {
        if self.series.len() < 2 {
            return Vec::new();
        }
        self.series
            .iter()
            .map(|series| KeyEntry::area(&series.name, series.tone))
            .collect()
    }

    fn summary(&self) -> String {
        let groups: Vec<String> = self
            .groups
            .iter()
            .enumerate()
            .take(20)
            .map(|(position, group)| {
                let values: Vec<String> = self.of_group(position).map(|line| line.0).collect();
                format!("{group}: {}", values.join(", "))
            })
            .collect();
        format!("Bar chart of {}. {}", self.label, groups.join("; "))
    }

    fn csv(&self) -> String {
        let names: Vec<String> = self
            .series
            .iter()
            .map(|series| csv_cell(&series.name))
            .collect();
        let mut text = format!("group,{}\n", names.join(","));
        for (position, group) in self.groups.iter().enumerate() {
            let values: Vec<String> = self
                .series
                .iter()
                .map(|series| {
                    series
                        .values
                        .get(position)
                        .copied()
                        .flatten()
                        .map_or_else(String::new, |v| v.to_string())
                })
                .collect();
            text += &format!("{},{}\n", csv_cell(group), values.join(","));
        }
        text
    }

    fn step(&self, from: Option<usize>, way: Way) -> Option<usize> {
        walk::in_list(self.groups.len(), from, way)
    }

    fn told(&self, position: usize) -> Vec<(String, Tone)> {
        let name = (self.groups[position].clone(), Tone::Neutral);
        std::iter::once(name)
            .chain(self.of_group(position))
            .collect()
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<usize>) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let painter = ui.painter().clone();
        let width = |text: &str, kind: Type| paint::width_of(&painter, text, kind);
        let figures = self
            .values()
            .map(|value| width(&self.written(Some(value)), Type::NumberSmall))
            .fold(0.0_f32, f32::max)
            + 8.0;
        let room = rect.width() * 0.36;
        let names: Vec<String> = self
            .groups
            .iter()
            .map(|group| paint::shortened(&painter, group, Type::Small, room))
            .collect();
        let beside = names
            .iter()
            .map(|name| width(name, Type::Small))
            .fold(0.0_f32, f32::max)
            .ceil()
            + 8.0;
        let n = self.groups.len();
        let high = rect.height() / n.max(1) as f32;
        let row = |position: usize| {
            let top = rect.top() + position as f32 * high;
            Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + high))
        };
        let is_cut = |position: usize| names.get(position) != self.groups.get(position);
        let cut: Vec<bool> = (0..n).map(is_cut).collect();
        let under = painter.add(Shape::Noop);
        let scale = Scale::around(self.values(), true);
        if let Some(stage) = Stage::rows(rect, names, beside, scale, figures) {
            let bar = ((high - 7.0) / self.series.len().max(1) as f32).clamp(3.0, 13.0);
            let per_point = stage.per_point();
            stage.show(ui, Sense::hover(), |plot| {
                self.add(plot, bar, per_point, &tokens);
            });
        }
        let mut clicked = None;
        for (position, group) in self.groups.iter().enumerate() {
            let id = ui.scope_id().with(("group", position));
            let response = ui.interact(row(position), id, Sense::CLICK | Sense::HOVER);
            if response.hovered() || walked == Some(position) {
                painter.set(under, Shape::rect_filled(row(position), 3.0, tokens.hover));
            }
            if response.clicked() {
                clicked = Some(position);
            }
            if cut[position] {
                response.on_hover_text(group);
            }
        }
        clicked
    }
}

impl Bars {
    /// What every series says of a group.
    fn of_group(&self, position: usize) -> impl Iterator<Item = (String, Tone)> {
        self.series.iter().map(move |series| {
            let value = self.written(series.values.get(position).copied().flatten());
            (format!("{} {value}", series.name), series.tone)
        })
    }

    /// Every bar of `bar` points with its value behind it, and the line they all start from.
    fn add(&self, plot: &mut PlotUi<'_>, bar: f32, per_point: [f64; 2], tokens: &Tokens) {
        let bar = f64::from(bar) * per_point[1];
        for (place, series) in self.series.iter().enumerate() {
            let ink = tokens.mark(series.tone);
            let off = (self.series.len() as f64 / 2.0 - place as f64 - 0.5) * bar;
            let values = series.values.iter().take(self.groups.len()).enumerate();
            let places: Vec<(f64, f64)> = values
                .filter_map(|(group, value)| Some((off - group as f64, (*value)?)))
                .filter(|(_, value)| value.is_finite())
                .collect();
            let one = |&(y, value): &(f64, f64)| {
                Bar::new(y, value)
                    .width(bar - per_point[1])
                    .horizontal()
                    .stroke(Stroke::NONE)
                    .fill(ink)
            };
            let bars = places.iter().map(one).collect();
            plot.bar_chart(BarChart::new(&series.name, bars).color(ink));
            for (y, value) in places {
                let text = Type::NumberSmall.rich(self.written(Some(value)), tokens.text);
                let at = PlotPoint::new(value.max(0.0) + 5.0 * per_point[0], y);
                plot.text(Text::new("", at, text).anchor(Align2::LEFT_CENTER));
            }
        }
        plot.vline(VLine::new("", 0.0).stroke(Stroke::new(1.0, tokens.border_strong)));
    }
}
