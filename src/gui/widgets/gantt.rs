//! A run over time: one bar a step and one a candidate, cached ones hatched, running ones still growing.

use eframe::egui::{
    Align2, Painter, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::{
    axis::Scale,
    chart::{Chart, KeyEntry, KeyMark, csv_cell},
    number, paint,
    step::StepState,
    walk::{self, Way},
};
use crate::gui::theme::{Tokens, Tone, Type};

/// The height of a line.
pub const LINE: f32 = 22.0;

/// One line: a step, or a candidate under its step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GanttRow {
    /// What it is.
    pub name: String,
    /// Is it a part of the step above it?
    pub is_part: bool,
    /// Where it stands.
    pub state: StepState,
    /// Seconds after the run began, if it began.
    pub start: Option<f64>,
    /// Seconds after the run began, if it ended.
    pub end: Option<f64>,
    /// A word after the bar: a score, a reason.
    pub note: String,
}

/// All lines of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gantt {
    /// From top to bottom.
    pub rows: Vec<GanttRow>,
    /// Seconds after the run began, now; where running bars end.
    pub now: f64,
    /// The selected line.
    pub selected: Option<usize>,
}

impl Gantt {
    /// How high the picture should be for every line to be readable; give it to the frame.
    pub fn wanted_height(&self) -> f32 {
        self.rows.len() as f32 * LINE + 24.0 + 22.0
    }

    fn end_of(&self, row: &GanttRow) -> f64 {
        row.end.unwrap_or(self.now)
    }

    fn row_text(&self, row: &GanttRow) -> String {
        let time = row.start.map_or_else(String::new, |start| {
            format!(
                " for {} from {}",
                number::duration(self.end_of(row) - start),
                number::duration(start)
            )
        });
        let note = if row.note.is_empty() {
            String::new()
        } else {
            format!(", {}", row.note)
        };
        format!("{}: {}{time}{note}", row.name, row.state.word())
    }

    fn paint_time(
        &self,
        painter: &Painter,
        rect: Rect,
        x: &impl Fn(f64) -> f32,
        scale: Scale,
        tokens: &Tokens,
    ) {
        for seconds in clock_ticks(scale.high, (rect.width() / 80.0).floor().max(2.0) as usize) {
            let at = x(seconds).round() + 0.5;
            painter.vline(
                at,
                rect.top()..=rect.bottom() - 20.0,
                Stroke::new(1.0, tokens.grid),
            );
            let is_whole = seconds < 60.0 && seconds.fract() == 0.0;
            let text = if is_whole {
                format!("{seconds} s")
            } else {
                number::duration(seconds)
            };
            let under = pos2(at, rect.bottom() - 16.0);
            paint::text(
                painter,
                under,
                Align2::CENTER_TOP,
                &text,
                Type::NumberSmall,
                tokens.text_weak,
            );
        }
    }

    fn paint_row(
        &self,
        painter: &Painter,
        row: &GanttRow,
        line: Rect,
        x: &impl Fn(f64) -> f32,
        tokens: &Tokens,
    ) {
        let Some(start) = row.start else { return };
        let (from, to) = (x(start), x(self.end_of(row)));
        let high = if row.is_part { 8.0 } else { 13.0 };
        let size = vec2((to - from).max(3.0), high);
        let bar = Rect::from_min_size(pos2(from, line.center().y - high / 2.0), size);
        let ink = row.state.ink(tokens);
        match row.state {
            StepState::Cached => {
                painter.rect(
                    bar,
                    2.0,
                    tokens.raised,
                    Stroke::new(1.0, ink),
                    StrokeKind::Inside,
                );
                paint::hatch(painter, bar.shrink(1.0), ink);
            }
            StepState::Running => {
                painter.rect_filled(bar, 2.0, tokens.accent);
                painter.vline(bar.right(), line.y_range(), Stroke::new(1.0, tokens.accent));
            }
            StepState::Canceled => {
                painter.rect_filled(bar, 2.0, tokens.active);
                paint::dashed_rect(painter, bar, Stroke::new(1.0, ink));
            }
            _ => _ = painter.rect_filled(bar, 2.0, ink),
        }
        let text = self.label(row).unwrap_or_default();
        let at = pos2(bar.right() + 6.0, line.center().y);
        let weak = (Type::NumberSmall, tokens.text_weak);
        let room = line.right() - at.x;
        paint::text_within(painter, at, Align2::LEFT_CENTER, &text, weak, room);
    }

    /// What is written behind the bar of a row; none for a row without a bar.
    fn label(&self, row: &GanttRow) -> Option<String> {
        let words = [
            number::duration(self.end_of(row) - row.start?),
            row.note.clone(),
        ];
        let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
        Some(words.join("  "))
    }
}

/// Moments that are round on a clock, from zero to the end, at most `n` steps.
fn clock_ticks(end: f64, n: usize) -> Vec<f64> {
    const STEPS: [f64; 20] = [
        0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0,
        1_800.0, 3_600.0, 7_200.0, 21_600.0, 86_400.0,
    ];
    let fits = |step: &f64| end / step <= n as f64;
    let step = STEPS.into_iter().find(fits).unwrap_or(end / n as f64);
    (0..=(end / step) as usize)
        .map(|position| position as f64 * step)
        .collect()
}

impl Chart for Gantt {
    type Hit = usize;

    fn keys(&self) -> Vec<KeyEntry> {
        let key = |state: StepState, tone: Tone, mark: KeyMark| {
            let text = state.word().to_owned();
            self.rows
                .iter()
                .any(|row| row.state == state)
                .then_some(KeyEntry { text, tone, mark })
        };
        [
            key(StepState::Done, Tone::Neutral, KeyMark::Area),
            key(StepState::Cached, Tone::Neutral, KeyMark::Hatched),
            key(StepState::Running, Tone::Accent, KeyMark::Area),
            key(StepState::Failed, Tone::Bad, KeyMark::Area),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn summary(&self) -> String {
        let rows: Vec<String> = self
            .rows
            .iter()
            .take(30)
            .map(|row| self.row_text(row))
            .collect();
        format!(
            "Time line of {} lines. {}",
            self.rows.len(),
            rows.join("; ")
        )
    }

    fn csv(&self) -> String {
        let cell = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let row = |row: &GanttRow| {
            let (start, end) = (cell(row.start), cell(row.end));
            format!(
                "{},{},{start},{end},{}\n",
                csv_cell(&row.name),
                row.state.word(),
                csv_cell(&row.note)
            )
        };
        "name,state,start_seconds,end_seconds,note\n".to_owned()
            + &self.rows.iter().map(row).collect::<String>()
    }

    fn step(&self, from: Option<usize>, way: Way) -> Option<usize> {
        walk::in_list(self.rows.len(), from, way)
    }

    fn told(&self, position: usize) -> Vec<(String, Tone)> {
        vec![(self.row_text(&self.rows[position]), Tone::Neutral)]
    }

    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<usize>) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let painter = ui
            .painter()
            .with_clip_rect(ui.clip_rect().intersect(rect.expand(4.0)));
        let name_width = |row: &GanttRow| {
            paint::width_of(&painter, &row.name, Type::Small) + if row.is_part { 16.0 } else { 4.0 }
        };
        let names = self
            .rows
            .iter()
            .map(name_width)
            .fold(0.0_f32, f32::max)
            .min(rect.width() * 0.3);
        // Behind every bar there is room for its label.
        let labels = self
            .rows
            .iter()
            .filter_map(|row| self.label(row))
            .map(|text| paint::width_of(&painter, &text, Type::NumberSmall))
            .fold(0.0_f32, f32::max)
            .min(rect.width() * 0.35);
        let plot = Rect::from_min_max(
            pos2(rect.left() + names + 10.0, rect.top()),
            rect.max - vec2(labels + 14.0, 0.0),
        );
        let last = self
            .rows
            .iter()
            .filter(|row| row.start.is_some())
            .map(|row| self.end_of(row))
            .fold(0.1, f64::max);
        let scale = Scale::new(0.0, last * 1.04);
        let x = |seconds: f64| plot.left() + scale.share(seconds) * plot.width();
        self.paint_time(&painter, plot, &x, scale, &tokens);
        let mut clicked = None;
        for (position, row) in self.rows.iter().enumerate() {
            let top = rect.top() + position as f32 * LINE;
            let line = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + LINE));
            let response = ui.interact(line, ui.scope_id().with(("line", position)), Sense::CLICK);
            let text = self.row_text(row);
            response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &text));
            let is_selected = self.selected == Some(position);
            let is_walked = walked == Some(position);
            if is_selected || is_walked || response.hovered() {
                let fill = if is_selected {
                    tokens.selected
                } else {
                    tokens.hover
                };
                painter.rect_filled(line, 3.0, fill.gamma_multiply(0.7));
            }
            if response.clicked() {
                clicked = Some(position);
            }
            let indent = if row.is_part { 16.0 } else { 4.0 };
            let at = pos2(rect.left() + indent, line.center().y);
            let ink = if row.is_part {
                tokens.text_weak
            } else {
                tokens.text
            };
            paint::text_within(
                &painter,
                at,
                Align2::LEFT_CENTER,
                &row.name,
                (Type::Small, ink),
                names + 1.0 - indent + 4.0,
            );
            self.paint_row(&painter, row, line, &x, &tokens);
            response.on_hover_text(text);
        }
        clicked
    }
}
