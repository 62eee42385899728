//! The stage of every chart with axes: [`egui_plot`] in the house's colours, with round ticks and calm lines.
//!
//! A stage has no gestures: nothing zooms, pans or takes the wheel, so a page scrolls under the pointer. All of
//! its measures are known before it is shown, so the first frame is like every other. Which scale ends and which
//! ticks are round is decided in [`axis`](super::axis); what is drawn belongs to the charts.

use std::sync::Arc;

use eframe::egui::{
    Align2, Galley, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, UiBuilder, pos2, vec2,
};
use egui_plot::{
    AxisHints, GridMark, Line, LineStyle, Plot, PlotBounds, PlotGeometry, PlotItem, PlotItemBase,
    PlotPoint, PlotTransform, PlotUi, Points,
};

use super::{axis::Scale, paint};
use crate::gui::theme::{Tokens, Tone, Type};

/// Between the data and the end of its frame, so that a mark on the edge is whole.
const PAD: f32 = 6.0;
/// Room that egui_plot leaves beside the labels of a vertical axis, on both sides together.
const BESIDE: f32 = 8.0;
/// More points than this are thinned before they are drawn.
pub const MANY: usize = 4_000;
/// How a reference is dashed.
pub const DASHED: LineStyle = LineStyle::Dashed { length: 4.5 };

/// Where a chart is drawn, between which values and with which ticks.
pub struct Stage {
    place: Rect,
    low: [f64; 2],
    high: [f64; 2],
    ticks: [Vec<(f64, String)>; 2],
    thick: [f32; 2],
    caption: Option<Arc<Galley>>,
    y_type: Type,
    foot: Option<(Scale, f64)>,
}

/// A stage after it was shown.
pub struct Shown {
    /// The inside: what points there, what was clicked.
    pub response: Response,
    /// Between values and places.
    pub transform: PlotTransform,
}

impl Shown {
    /// The inside.
    pub fn rect(&self) -> Rect {
        *self.transform.frame()
    }

    /// A place at a value of the abscissa, halfway up.
    pub fn at(&self, x: f64) -> Pos2 {
        let frame = self.rect();
        pos2(self.transform.position_from_point_x(x), frame.center().y)
    }

    /// The values under a place.
    pub fn under(&self, at: Pos2) -> PlotPoint {
        self.transform.value_from_position(at)
    }
}

impl Stage {
    /// Two scales with a horizontal grid, the vertical axis's words over it and the horizontal one's under it.
    /// None where there is no room for a picture.
    pub fn new(ui: &Ui, outer: Rect, (x, y): (Scale, Scale), labels: (&str, &str)) -> Option<Self> {
        let painter = ui.painter();
        let tokens = Tokens::of(ui);
        let weak = (Type::Small, tokens.text_weak);
        let line = painter
            .layout_no_wrap("0".to_owned(), Type::NumberSmall.font(), tokens.text_weak)
            .size()
            .y;
        let mut place = outer;
        if !labels.1.is_empty() && outer.height() > 80.0 {
            let at = outer.left_top();
            paint::text_within(painter, at, Align2::LEFT_TOP, labels.1, weak, outer.width());
            place.min.y += 18.0;
        }
        let room = place.width() - 8.0;
        let caption = (!labels.0.is_empty() && outer.height() > 80.0).then(|| {
            paint::fitted(
                painter,
                labels.0,
                Type::Small.font(),
                tokens.text_weak,
                room,
            )
        });
        let under = line
            + caption
                .as_ref()
                .map_or(1.0, |words| words.size().y * 1.25 + 3.0);
        let high = place.height() - under - 2.0 * PAD;
        // One tick alone says nothing of the scale.
        let n_ticks = (high / 36.0).floor().clamp(2.0, 8.0) as usize;
        let y_ticks = (n_ticks..=8)
            .map(|n| y.ticks(n))
            .find(|ticks| ticks.len() >= 2)
            .unwrap_or_else(|| y.ticks(n_ticks));
        let beside = widest(painter, &y_ticks, Type::NumberSmall) + BESIDE;
        let mut thick = [under, beside];
        if place.width() - beside < 48.0 || high < 16.0 {
            thick = [0.0, 0.0];
        }
        let like = if x == y { y_ticks.as_slice() } else { &[] };
        let (x_ticks, over) = x_ticks(painter, x, like, place.width() - thick[1] - 2.0 * PAD);
        place.max.x -= over;
        let inner = place.size() - vec2(thick[1], thick[0]);
        if inner.x < 2.0 * PAD + 4.0 || inner.y < 2.0 * PAD + 4.0 {
            return None;
        }
        let padded = |scale: Scale, length: f32| {
            let pad = (scale.high - scale.low) * f64::from(PAD / (length - 2.0 * PAD));
            (scale.low - pad, scale.high + pad)
        };
        let ((left, right), (bottom, top)) = (padded(x, inner.x), padded(y, inner.y));
        Some(Self {
            place,
            low: [left, bottom],
            high: [right, top],
            ticks: [x_ticks, y_ticks],
            thick,
            caption,
            y_type: Type::NumberSmall,
            foot: Some((x, y.low)),
        })
    }

    /// Keeps the ticks of the abscissa that are whole numbers: folds and trees come whole.
    pub fn with_whole_x(mut self) -> Self {
        self.ticks[0].retain(|(value, _)| (value - value.round()).abs() < 1e-9);
        for (value, text) in &mut self.ticks[0] {
            *text = super::number::fixed(*value, 0);
        }
        self
    }

    /// Rows with a name each from top to bottom, over a scale without ticks. Row `n` lies around `-n`; `figures`
    /// is room in points for what is written after the bars.
    pub fn rows(
        outer: Rect,
        names: Vec<String>,
        beside: f32,
        x: Scale,
        figures: f32,
    ) -> Option<Self> {
        let n = names.len().max(1) as f64;
        let across = outer.width() - beside;
        if across - figures < 8.0 || outer.height() < 8.0 {
            return None;
        }
        let after = (x.high - x.low) * f64::from(figures / (across - figures));
        let every = (13.0 * n / f64::from(outer.height())).ceil().max(1.0) as usize;
        let ticks = names.into_iter().enumerate().step_by(every);
        Some(Self {
            place: outer,
            low: [
                x.low - (x.high - x.low) / f64::from(across - figures),
                0.5 - n,
            ],
            high: [x.high + after, 0.5],
            ticks: [
                Vec::new(),
                ticks.map(|(n, name)| (-(n as f64), name)).collect(),
            ],
            thick: [0.0, beside],
            caption: None,
            y_type: Type::Small,
            foot: None,
        })
    }

    /// How much one point on the screen is worth, in values of both axes.
    pub fn per_point(&self) -> [f64; 2] {
        let length = |axis: usize, points: f32| {
            (self.high[axis] - self.low[axis]) / f64::from(points.max(1.0))
        };
        [
            length(0, self.place.width() - self.thick[1]),
            length(1, self.place.height() - self.thick[0]),
        ]
    }

    /// Shows what a chart adds to it.
    pub fn show<'a>(
        &self,
        ui: &mut Ui,
        sense: Sense,
        add: impl FnOnce(&mut PlotUi<'a>) + 'a,
    ) -> Shown {
        let tokens = Tokens::of(ui);
        let mut ui = ui.new_child(UiBuilder::new().max_rect(self.place).id_salt("plot"));
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let [x_marks, y_marks] = [0, 1].map(|axis| self.marks(axis));
        let [mut x_hints, mut y_hints] = [0, 1].map(|axis| self.hints(axis, &tokens));
        if let Some(caption) = &self.caption {
            x_hints = x_hints.label(Arc::clone(caption));
        }
        y_hints = y_hints.tick_label_font(self.y_type.font());
        if self.y_type == Type::Small {
            y_hints = y_hints.tick_label_color(tokens.text);
        }
        let ((x_low, y_low), (x_high, y_high)) = (self.low.into(), self.high.into());
        let foot = self.foot.map(|(x, y)| Foot::new(self, x, y, &tokens));
        let shown = Plot::new("stage")
            .width(self.place.width())
            .height(self.place.height())
            .show_x(false)
            .show_y(false)
            .show_background(false)
            .allow_drag(false)
            .allow_zoom(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_axis_zoom_drag(false)
            .allow_double_click_reset(false)
            .sense(sense)
            .show_axes([self.thick[0] > 0.0, self.thick[1] > 0.0])
            .show_grid([false, self.foot.is_some()])
            .grid_color(tokens.grid)
            .grid_fade(0.0)
            .grid_spacing(0.5..=1.0)
            .x_grid_spacer(move |_| x_marks.clone())
            .y_grid_spacer(move |_| y_marks.clone())
            .custom_x_axes(vec![x_hints])
            .custom_y_axes(vec![y_hints])
            .show(&mut ui, move |plot| {
                plot.set_plot_bounds_x(x_low..=x_high);
                plot.set_plot_bounds_y(y_low..=y_high);
                if let Some(foot) = foot {
                    plot.add(foot);
                }
                add(plot);
            });
        Shown {
            response: shown.response,
            transform: shown.transform,
        }
    }

    /// A step as long as the axis: egui_plot leaves no label out, they were chosen to fit.
    fn marks(&self, axis: usize) -> Vec<GridMark> {
        let step_size = self.high[axis] - self.low[axis];
        let mark = |(value, _): &(f64, String)| GridMark {
            value: *value,
            step_size,
        };
        self.ticks[axis].iter().map(mark).collect()
    }

    fn hints(&self, axis: usize, tokens: &Tokens) -> AxisHints<'static> {
        let ticks = self.ticks[axis].clone();
        let hints = if axis == 0 {
            AxisHints::new_x()
        } else {
            AxisHints::new_y()
        };
        hints
            .min_thickness(self.thick[axis])
            .label_spacing(0.5..=1.0)
            .tick_label_font(Type::NumberSmall.font())
            .tick_label_color(tokens.text_weak)
            .formatter(move |mark, _| {
                let found = ticks.iter().find(|(value, _)| *value == mark.value);
                found.map_or_else(String::new, |(_, text)| text.clone())
            })
    }
}

/// As many ticks as have room for their labels, and how far the last label sticks out beyond the stage. Axes with
/// the same ends are given the same ticks where there are enough of them.
fn x_ticks(
    painter: &Painter,
    x: Scale,
    like: &[(f64, String)],
    length: f32,
) -> (Vec<(f64, String)>, f32) {
    let fits = |ticks: &Vec<(f64, String)>| {
        let n_steps = ticks.len().saturating_sub(1).max(1) as f32;
        let span = ticks.last().map_or(0.0, |last| x.share(last.0))
            - ticks.first().map_or(0.0, |first| x.share(first.0));
        widest(painter, ticks, Type::NumberSmall) + 12.0 <= span * length / n_steps
    };
    let most = (length / 44.0).floor().clamp(2.0, 8.0) as usize;
    let same = (like.len() > 3).then(|| like.to_vec()).into_iter();
    let ticks = same.chain((1..=most).rev().map(|n| x.ticks(n))).find(fits);
    let ticks = ticks.unwrap_or_else(|| x.ticks(1));
    let over = ticks.last().map_or(0.0, |(value, text)| {
        let half = paint::width_of(painter, text, Type::NumberSmall) / 2.0;
        half - PAD - (1.0 - x.share(*value)) * length
    });
    (ticks, over.max(2.0).ceil())
}

fn widest(painter: &Painter, ticks: &[(f64, String)], kind: Type) -> f32 {
    ticks
        .iter()
        .map(|(_, text)| paint::width_of(painter, text, kind))
        .fold(0.0_f32, f32::max)
        .ceil()
}

/// Where the pointer is, in values, while it is over the plot.
pub fn pointer(plot: &PlotUi<'_>) -> Option<PlotPoint> {
    plot.response()
        .hover_pos()
        .map(|at| plot.plot_from_screen(at))
}

/// A point with a ring that sets it off from the lines under it.
pub fn ringed(plot: &mut PlotUi<'_>, at: [f64; 2], radius: f32, tone: Tone, tokens: &Tokens) {
    if at.iter().all(|value| value.is_finite()) {
        plot.points(
            Points::new("", at)
                .radius(radius + 1.5)
                .color(tokens.raised),
        );
        plot.points(Points::new("", at).radius(radius).color(tokens.mark(tone)));
    }
}

/// A dashed line between two pairs of values.
pub fn reference(plot: &mut PlotUi<'_>, ends: [[f64; 2]; 2], tokens: &Tokens) {
    let line = Line::new("", ends.to_vec())
        .style(DASHED)
        .stroke(Stroke::new(1.25, tokens.baseline));
    plot.line(line);
}

/// The line at the foot of a plot, with its ticks.
struct Foot {
    base: PlotItemBase,
    y: f64,
    ticks: Vec<f64>,
    stroke: Stroke,
}

impl Foot {
    fn new(stage: &Stage, x: Scale, y: f64, tokens: &Tokens) -> Self {
        let inside = |value: &f64| (x.low..=x.high).contains(value);
        let ticks = stage.ticks[0].iter().map(|(value, _)| *value);
        Self {
            base: PlotItemBase::new("foot".to_owned()),
            y,
            ticks: ticks.filter(inside).collect(),
            stroke: Stroke::new(1.0, tokens.border_strong),
        }
    }
}

impl PlotItem for Foot {
    fn shapes(&self, _ui: &Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let y = transform.position_from_point_y(self.y);
        let across = transform.frame().x_range();
        let ends = [pos2(across.min, y), pos2(across.max, y)];
        shapes.push(Shape::line_segment(ends, self.stroke));
        for value in &self.ticks {
            let x = transform.position_from_point_x(*value);
            let ends = [pos2(x, y), pos2(x, y + 4.0)];
            shapes.push(Shape::line_segment(ends, self.stroke));
        }
    }

    fn initialize(&mut self, _x_range: std::ops::RangeInclusive<f64>) {}

    fn color(&self) -> eframe::egui::Color32 {
        self.stroke.color
    }

    fn geometry(&self) -> PlotGeometry<'_> {
        PlotGeometry::None
    }

    fn bounds(&self) -> PlotBounds {
        PlotBounds::NOTHING
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}
