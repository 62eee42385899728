//! Box plots: quartiles and whiskers of a number for every category, side by side for groups.

use eframe::egui::{Align2, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, pos2};

use super::{
    axis::{Scale, Unit},
    chart::{Chart, KeyEntry, csv_cell, pointed, readout},
    number, paint,
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone, Type};

/// The figures of one box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoxMark {
    /// Values.
    pub n: u64,
    /// Lower whisker, first quartile, median, third quartile, upper whisker.
    pub five: [f64; 5],
    /// Arithmetic mean.
    pub mean: f64,
    /// Values beyond the whiskers.
    pub n_outside: u64,
}

/// Boxes of all categories and groups.
#[derive(Clone, Debug, Default)]
pub struct Boxes {
    /// The categories, from top to bottom.
    pub labels: Vec<String>,
    /// The groups and their colours.
    pub groups: Vec<(String, Tone)>,
    /// `boxes[category][group]`.
    pub boxes: Vec<Vec<Option<BoxMark>>>,
    /// What is measured, with its unit.
    pub label: String,
    /// What its values are.
    pub unit: Unit,
}

impl Boxes {
    /// The height that gives every box its room.
    pub fn wanted_height(&self) -> f32 {
        let group = self.groups.len().max(1) as f32 * 13.0 + 9.0;
        self.labels.len() as f32 * group + 48.0
    }

    fn marks(&self) -> impl Iterator<Item = (usize, usize, &BoxMark)> {
        self.boxes.iter().enumerate().flat_map(|(category, list)| {
            let there = list.iter().enumerate();
            there.filter_map(move |(group, mark)| Some((category, group, mark.as_ref()?)))
        })
    }

    fn name(&self, category: usize, group: usize) -> String {
        if self.groups.len() > 1 {
            format!("{}, {}", self.labels[category], self.groups[group].0)
        } else {
            self.labels[category].clone()
        }
    }

    fn readings(&self, (category, group, mark): (usize, usize, &BoxMark)) -> Vec<(String, Tone)> {
        let [low, q1, median, q3, high] = mark.five.map(|value| self.unit.written(value));
        let tone = self.groups.get(group).map_or(Tone::Neutral, |g| g.1);
        let rows = number::counted(mark.n, "row", "rows");
        vec![
            (format!("{}: {rows}", self.name(category, group)), tone),
            (
                format!("median {median}, quartiles {q1} and {q3}"),
                Tone::Neutral,
            ),
            (
                format!(
                    "whiskers {low} and {high}, mean {}",
                    self.unit.written(mark.mean)
                ),
                Tone::Neutral,
            ),
            (
                format!("{} beyond the whiskers", number::count(mark.n_outside)),
                Tone::Neutral,
            ),
        ]
    }
}

impl Chart for Boxes {
    type Hit = usize;

    fn keys(&self) -> Vec<KeyEntry> {
        let groups = self.groups.iter().filter(|_| self.groups.len() > 1);
        groups
            .map(|(name, tone)| KeyEntry::area(name, *tone))
            .collect()
    }

    fn summary(&self) -> String {
        let words = self.marks().take(24).map(|(category, group, mark)| {
            let median = number::metric(mark.five[2]);
            format!("{}: median {median}", self.name(category, group))
        });
        let words: Vec<String> = words.collect();
        format!(
            "Box plot of {} over {} categories. {}",
            self.label,
            self.labels.len(),
            words.join("; ")
        )
    }

    fn csv(&self) -> String {
        let mut text =
            "category,group,n,whisker_low,q1,median,q3,whisker_high,mean,n_outside\n".to_owned();
        for (category, group, mark) in self.marks() {
            let [low, q1, median, q3, high] = mark.five;
            let (label, name) = (
                csv_cell(&self.labels[category]),
                csv_cell(&self.groups[group].0),
            );
            let (n, mean, n_outside) = (mark.n, mark.mean, mark.n_outside);
            text +=
                &format!("{label},{name},{n},{low},{q1},{median},{q3},{high},{mean},{n_outside}\n");
        }
        text
    }

    fn step(&self, from: Option<usize>, way: Way) -> Option<usize> {
        walk::in_list(self.marks().count(), from, way)
    }

    fn told(&self, hit: usize) -> Vec<(String, Tone)> {
        self.marks()
            .nth(hit)
            .map_or_else(Vec::new, |mark| self.readings(mark))
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<usize>) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let painter = ui.painter().clone();
        let names = self
            .labels
            .iter()
            .map(|label| paint::width_of(&painter, label, Type::Small))
            .fold(0.0_f32, f32::max)
            .min(rect.width() * 0.25);
        let inner = Rect::from_min_max(
            pos2(rect.left() + names + 10.0, rect.top()),
            pos2(rect.right() - 16.0, rect.bottom() - 36.0),
        );
        if inner.width() < 20.0 || inner.height() < 8.0 || self.labels.is_empty() {
            return None;
        }
        let scale =
            Scale::around(self.marks().flat_map(|(_, _, mark)| mark.five), false).of(self.unit);
        let x = |value: f64| inner.left() + scale.share(value) * inner.width();
        for (value, text) in scale.ticks((inner.width() / 80.0).clamp(2.0, 10.0) as usize) {
            painter.vline(x(value), inner.y_range(), Stroke::new(1.0, tokens.grid));
            let (at, ink) = (pos2(x(value), inner.bottom() + 4.0), tokens.text_weak);
            paint::text(
                &painter,
                at,
                Align2::CENTER_TOP,
                &text,
                Type::NumberSmall,
                ink,
            );
        }
        let at = pos2(inner.center().x, rect.bottom());
        let weak = (Type::Small, tokens.text_weak);
        paint::text_within(
            &painter,
            at,
            Align2::CENTER_BOTTOM,
            &self.label,
            weak,
            inner.width(),
        );
        let high = (inner.height() / self.labels.len() as f32).min(130.0);
        let each = (high - 6.0) / self.groups.len().max(1) as f32;
        for (category, label) in self.labels.iter().enumerate() {
            let at = pos2(
                inner.left() - 8.0,
                inner.top() + (category as f32 + 0.5) * high,
            );
            let ink = (Type::Small, tokens.text);
            paint::text_within(&painter, at, Align2::RIGHT_CENTER, label, ink, names);
        }
        let middle = |category: usize, group: usize| {
            inner.top() + category as f32 * high + 3.0 + (group as f32 + 0.5) * each
        };
        let thick = (each - 2.0).clamp(1.5, 18.0);
        for (category, group, mark) in self.marks() {
            let tone = self.groups.get(group).map_or(Tone::Series(0), |g| g.1);
            let (ink, y) = (tokens.mark(tone), middle(category, group));
            let [low, q1, median, q3, top] = mark.five.map(x);
            let line = Stroke::new(1.25, ink);
            painter.hline(low..=q1, y, line);
            painter.hline(q3..=top, y, line);
            for end in [low, top] {
                painter.vline(end, y - thick / 4.0..=y + thick / 4.0, line);
            }
            let body = Rect::from_min_max(pos2(q1, y - thick / 2.0), pos2(q3, y + thick / 2.0));
            painter.rect(body, 1.0, tokens.shade(tone, 0.4), line, StrokeKind::Inside);
            painter.vline(median, body.y_range(), Stroke::new(2.0, tokens.text_strong));
        }
        let id = ui.scope_id().with("boxes");
        let response = ui.interact(inner, id, Sense::CLICK | Sense::HOVER);
        let places = || self.marks().map(|mark| middle(mark.0, mark.1));
        let under = |at: Pos2| {
            let far = places().map(|y| (y - at.y).abs()).enumerate();
            far.min_by(|a, b| a.1.total_cmp(&b.1)).map(|near| near.0)
        };
        let walked = walked.and_then(|hit| {
            let at = pos2(inner.center().x, places().nth(hit)?);
            Some((hit, at))
        });
        let (hit, at) = pointed(response.hover_pos(), under, walked)?;
        readout(ui, at, rect, &self.told(hit));
        response.clicked().then_some(hit)
    }
}
