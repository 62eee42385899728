//! A confusion matrix: counts and the share of each row, for any number of classes.

use eframe::egui::{Align2, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::{
    chart::{Chart, csv_cell},
    number, paint,
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone, Type};

/// How often each actual class was predicted as each class.
#[derive(Clone, Debug, Default)]
pub struct ConfusionMatrix {
    /// The names of the classes.
    pub classes: Vec<String>,
    /// `counts[actual][predicted]`.
    pub counts: Vec<Vec<u64>>,
    /// Whose predictions these are: production blue or candidate amber.
    pub tone: Tone,
    /// A cell to frame, as (actual, predicted).
    pub selected: Option<(usize, usize)>,
}

impl ConfusionMatrix {
    fn count(&self, actual: usize, predicted: usize) -> u64 {
        self.counts
            .get(actual)
            .and_then(|row| row.get(predicted))
            .copied()
            .unwrap_or(0)
    }

    fn total(&self, actual: usize) -> u64 {
        self.counts.get(actual).map_or(0, |row| row.iter().sum())
    }

    fn share(&self, actual: usize, predicted: usize) -> Option<f64> {
        let total = self.total(actual);
        (total > 0).then(|| self.count(actual, predicted) as f64 / total as f64)
    }

    fn cell_text(&self, actual: usize, predicted: usize) -> String {
        let (is, said) = (&self.classes[actual], &self.classes[predicted]);
        let count = number::count(self.count(actual, predicted));
        format!(
            "{is} predicted as {said}: {count} rows, {} of {is}",
            number::percent(self.share(actual, predicted))
        )
    }
}

impl Chart for ConfusionMatrix {
    type Hit = (usize, usize);

    fn summary(&self) -> String {
        let n_right: u64 = (0..self.classes.len())
            .map(|class| self.count(class, class))
            .sum();
        let n_all: u64 = (0..self.classes.len()).map(|class| self.total(class)).sum();
        let rows: Vec<String> = (0..self.classes.len().min(12))
            .map(|class| {
                let share = number::percent(self.share(class, class));
                format!(
                    "{} right for {share} of {}",
                    self.classes[class],
                    number::count(self.total(class))
                )
            })
            .collect();
        let (right, all) = (number::count(n_right), number::count(n_all));
        format!(
            "Confusion matrix of {} classes, {right} of {all} rows right. {}",
            self.classes.len(),
            rows.join("; ")
        )
    }

    fn csv(&self) -> String {
        let mut text = "actual,predicted,rows\n".to_owned();
        for (actual, is) in self.classes.iter().enumerate() {
            for (predicted, said) in self.classes.iter().enumerate() {
                let count = self.count(actual, predicted);
                text += &format!("{},{},{count}\n", csv_cell(is), csv_cell(said));
            }
        }
        text
    }

    fn step(&self, from: Option<(usize, usize)>, way: Way) -> Option<(usize, usize)> {
        walk::in_grid([self.classes.len(); 2], from, way)
    }

    fn told(&self, (actual, predicted): (usize, usize)) -> Vec<(String, Tone)> {
        vec![(self.cell_text(actual, predicted), Tone::Neutral)]
    }

    fn draw(
        &self,
        ui: &mut Ui,
        rect: Rect,
        walked: Option<(usize, usize)>,
    ) -> Option<(usize, usize)> {
        let tokens = Tokens::of(ui);
        let painter = ui.painter().clone();
        let n = self.classes.len();
        if n == 0 {
            return None;
        }
        let widest = self
            .classes
            .iter()
            .map(|class| paint::width_of(&painter, class, Type::Small));
        let names = widest
            .fold(0.0_f32, f32::max)
            .min(rect.width() * 0.25)
            .max(44.0);
        let origin = rect.min + vec2(names + 10.0, 38.0);
        let room = rect.max - origin;
        let side = vec2(
            (room.x / n as f32).min(120.0),
            (room.y / n as f32).min(72.0),
        );
        self.paint_names(&painter, rect, (origin, side, names), &tokens);
        let mut clicked = None;
        for actual in 0..n {
            for predicted in 0..n {
                let at = origin + vec2(side.x * predicted as f32, side.y * actual as f32);
                let place = Rect::from_min_size(at, side).shrink(1.0);
                let response = ui.interact(
                    place,
                    ui.scope_id().with((actual, predicted)),
                    Sense::CLICK | Sense::HOVER,
                );
                if response.clicked() {
                    clicked = Some((actual, predicted));
                }
                let is_pointed = response.hovered() || walked == Some((actual, predicted));
                let is_framed = is_pointed || self.selected == Some((actual, predicted));
                self.paint_cell(&painter, place, (actual, predicted), is_framed, &tokens);
                response.on_hover_text(self.cell_text(actual, predicted));
            }
        }
        clicked
    }
}

impl ConfusionMatrix {
    /// The names of the classes over and beside the cells.
    fn paint_names(
        &self,
        painter: &eframe::egui::Painter,
        rect: Rect,
        (origin, side, names): (eframe::egui::Pos2, eframe::egui::Vec2, f32),
        tokens: &Tokens,
    ) {
        let n = self.classes.len();
        let weak = (Type::Small, tokens.text_weak);
        let middle = origin.x + side.x * n as f32 / 2.0;
        paint::text(
            painter,
            pos2(middle, rect.top()),
            Align2::CENTER_TOP,
            "predicted",
            weak.0,
            weak.1,
        );
        paint::text(
            painter,
            pos2(rect.left(), origin.y - 18.0),
            Align2::LEFT_TOP,
            "actual",
            weak.0,
            weak.1,
        );
        for (position, class) in self.classes.iter().enumerate() {
            let ink = (Type::Small, tokens.text);
            let over = origin + vec2(side.x * (position as f32 + 0.5), -11.0);
            paint::text_within(
                painter,
                over,
                Align2::CENTER_CENTER,
                class,
                ink,
                side.x - 4.0,
            );
            let before = origin + vec2(-8.0, side.y * (position as f32 + 0.5));
            paint::text_within(
                painter,
                before,
                Align2::RIGHT_CENTER,
                class,
                ink,
                names + 2.0,
            );
        }
    }

    fn paint_cell(
        &self,
        painter: &eframe::egui::Painter,
        place: Rect,
        (actual, predicted): (usize, usize),
        is_framed: bool,
        tokens: &Tokens,
    ) {
        let share = self.share(actual, predicted).unwrap_or(0.0) as f32;
        let fill = tokens.shade(self.tone, 0.04 + 0.76 * share);
        painter.rect_filled(place, 3.0, fill);
        if is_framed {
            painter.rect_stroke(
                place,
                3.0,
                Stroke::new(2.0, tokens.text_strong),
                eframe::egui::StrokeKind::Inside,
            );
        }
        let ink = tokens.text_on(fill);
        let count = number::count(self.count(actual, predicted));
        let percent = number::percent(self.share(actual, predicted));
        let center = place.center();
        let wide = place.width();
        if place.height() >= 38.0 && wide >= 56.0 {
            paint::text(
                painter,
                center - vec2(0.0, 8.0),
                Align2::CENTER_CENTER,
                &count,
                Type::Number,
                ink,
            );
            paint::text(
                painter,
                center + vec2(0.0, 9.0),
                Align2::CENTER_CENTER,
                &percent,
                Type::NumberSmall,
                ink,
            );
        } else if place.height() >= 16.0 && wide >= 26.0 {
            let text = format!("{:.0}", share * 100.0);
            paint::text(
                painter,
                center,
                Align2::CENTER_CENTER,
                &text,
                Type::NumberSmall,
                ink,
            );
        }
    }
}
