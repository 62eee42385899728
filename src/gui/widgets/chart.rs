//! The frame around every chart: a title that says what one sees, the keys of its colours, a menu to take the
//! numbers or the picture along, and a summary in words for screen readers.
//!
//! A chart implements [`Chart`] and draws into a rectangle. Files are written by the app, which receives a
//! [`ChartRequest`]; only the clipboard is filled here.

use eframe::egui::{self, Align2, Popup, Rect, Sense, Ui, pos2, vec2};

use super::{
    button::Button,
    paint,
    walk::{Walk, Way},
};
use crate::gui::svg;
use crate::gui::{
    icons,
    theme::{Tokens, Tone, Type, space},
};

/// A colour of the chart and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyEntry {
    /// The words.
    pub text: String,
    /// The colour, by meaning.
    pub tone: Tone,
    /// How the mark looks.
    pub mark: KeyMark,
}

/// How a key's mark looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyMark {
    /// A filled square.
    Area,
    /// A line.
    Line,
    /// A hatched square.
    Hatched,
}

impl KeyEntry {
    /// A filled area.
    pub fn area(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: text.into(),
            tone,
            mark: KeyMark::Area,
        }
    }

    /// A line.
    pub fn line(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: text.into(),
            tone,
            mark: KeyMark::Line,
        }
    }
}

/// Something that draws data into a rectangle and can say in words what it drew.
pub trait Chart {
    /// What a click can hit: a bin, a cell, a bar.
    type Hit: Copy + Send + Sync + 'static;

    /// The keys of its colours; none for a chart of one colour.
    fn keys(&self) -> Vec<KeyEntry> {
        Vec::new()
    }

    /// What one sees, in words and figures.
    fn summary(&self) -> String;

    /// The data behind the picture as CSV with a header.
    fn csv(&self) -> String;

    /// Where a key leads from a mark, or from outside; `None` if there is nothing to walk over by keys.
    fn step(&self, _from: Option<Self::Hit>, _way: Way) -> Option<Self::Hit> {
        None
    }

    /// What a mark says, with the colours of its lines.
    fn told(&self, _hit: Self::Hit) -> Vec<(String, Tone)> {
        Vec::new()
    }

    /// Draws it and says what was clicked. The rectangle is already allocated; `walked` is the mark that the keys walked to, to
    /// be shown like one under the pointer.
    fn draw(&self, ui: &mut Ui, rect: Rect, walked: Option<Self::Hit>) -> Option<Self::Hit>;
}

/// What somebody asked for in a chart's menu; the app does it.
#[derive(Clone, Debug, PartialEq)]
pub enum ChartRequest {
    /// The data is on the clipboard; say so.
    Copied,
    /// Ask for a file and write this text.
    SaveCsv {
        /// A proposal for the file's name, without its ending.
        name: String,
        /// The text.
        csv: String,
    },
    /// Ask for a file and write this vector picture.
    SaveSvg {
        /// A proposal for the file's name, without its ending.
        name: String,
        /// The text of the file.
        svg: String,
    },
    /// Ask for a file and write this part of the window as a picture.
    SavePng {
        /// A proposal for the file's name, without its ending.
        name: String,
        /// The part of the window, in points.
        rect: Rect,
    },
}

/// What came back from a shown chart.
#[derive(Clone, Debug)]
pub struct ChartResponse<H> {
    /// What was clicked.
    pub hit: Option<H>,
    /// What was asked for in the menu.
    pub request: Option<ChartRequest>,
    /// Where the whole frame is.
    pub rect: Rect,
}

/// The frame before its chart is shown.
#[must_use = "a chart is shown with `.show(ui, &chart)`"]
#[derive(Clone, Debug)]
pub struct ChartFrame<'a> {
    title: &'a str,
    height: f32,
    width: Option<f32>,
    has_menu: bool,
}

impl<'a> ChartFrame<'a> {
    /// A frame with a title that says what one sees; unique within its parent.
    pub fn new(title: &'a str) -> Self {
        Self {
            title,
            height: 220.0,
            width: None,
            has_menu: true,
        }
    }

    /// The height of the picture, without title and keys.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// A width; otherwise all there is.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Without the menu, for a picture that is only an ornament of something else.
    pub fn without_menu(mut self) -> Self {
        self.has_menu = false;
        self
    }

    /// Shows the chart in its frame.
    pub fn show<C: Chart>(self, ui: &mut Ui, chart: &C) -> ChartResponse<C::Hit> {
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let keys = chart.keys();
        let mut hit = None;
        let mut request = None;
        let shown = ui.push_id(self.title, |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = space::XS;
            let wants = self.title_line(ui, width);
            let key_rows = paint_keys(ui, &keys, width);
            let size = vec2(width, (self.height - key_rows).max(40.0));
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            let words = || format!("{}. {}", self.title, chart.summary());
            let walk = Walk::over(ui, rect, chart, words);
            if ui.is_rect_visible(rect) {
                hit = chart.draw(ui, rect, walk.at);
                walk.paint(ui);
            }
            if walk.is_chosen {
                hit = walk.at;
            }
            wants
        });
        let name = file_name(self.title);
        match shown.inner {
            Some(Want::Copy) => {
                ui.ctx().copy_text(chart.csv());
                request = Some(ChartRequest::Copied);
            }
            Some(Want::Csv) => {
                request = Some(ChartRequest::SaveCsv {
                    name,
                    csv: chart.csv(),
                });
            }
            Some(Want::Svg) => {
                let area = shown.response.rect;
                let menu = menu_place(area.top(), area.left() + width);
                let ground = Tokens::of(ui).panel;
                let svg = svg::of_layer(ui.ctx(), ui.layer_id(), area, menu, ground);
                request = Some(ChartRequest::SaveSvg { name, svg });
            }
            Some(Want::Png) => {
                request = Some(ChartRequest::SavePng {
                    name,
                    rect: shown.response.rect,
                });
            }
            None => (),
        }
        ChartResponse {
            hit,
            request,
            rect: shown.response.rect,
        }
    }

    fn title_line(&self, ui: &mut Ui, width: f32) -> Option<Want> {
        let tokens = Tokens::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::hover());
        let at = rect.left_center();
        let ink = (Type::Strong, tokens.text_strong);
        let (_, is_cut) = paint::text_within(
            ui.painter(),
            at,
            Align2::LEFT_CENTER,
            self.title,
            ink,
            width - 32.0,
        );
        if is_cut {
            response.on_hover_text(self.title);
        }
        if !self.has_menu {
            return None;
        }
        let place = menu_place(rect.top(), rect.right());
        let more = ui
            .scope_builder(egui::UiBuilder::new().max_rect(place), |ui| {
                Button::icon_only(icons::MORE, format!("Menu of {}", self.title)).show(ui)
            })
            .inner;
        let mut want = None;
        Popup::menu(&more).show(|ui| {
            ui.set_min_width(160.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            for (text, what) in [
                ("Copy data as CSV", Want::Copy),
                ("Save CSV…", Want::Csv),
                ("Save PNG…", Want::Png),
                ("Save SVG…", Want::Svg),
            ] {
                if ui.button(text).clicked() {
                    want = Some(what);
                }
            }
        });
        want
    }
}

#[derive(Clone, Copy)]
enum Want {
    Copy,
    Csv,
    Png,
    Svg,
}

/// Where the button of the menu is.
fn menu_place(top: f32, right: f32) -> Rect {
    Rect::from_min_size(pos2(right - 28.0, top - 2.0), vec2(28.0, 28.0))
}

/// The keys in as many lines as they need; returns their height.
fn paint_keys(ui: &mut Ui, keys: &[KeyEntry], width: f32) -> f32 {
    if keys.is_empty() {
        return 0.0;
    }
    let tokens = Tokens::of(ui);
    let widths: Vec<f32> = keys
        .iter()
        .map(|key| paint::width_of(ui.painter(), &key.text, Type::Small) + 18.0 + space::M)
        .collect();
    let mut places = Vec::new();
    let (mut x, mut y) = (0.0, 0.0);
    for wide in &widths {
        if x > 0.0 && x + wide > width {
            (x, y) = (0.0, y + 18.0);
        }
        places.push(vec2(x, y));
        x += wide;
    }
    let height = y + 18.0;
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    for (key, place) in keys.iter().zip(places) {
        let ink = tokens.mark(key.tone);
        let mark = Rect::from_center_size(rect.min + place + vec2(6.0, 9.0), vec2(11.0, 11.0));
        let line = [mark.left_center(), mark.right_center()];
        let stroke = egui::Stroke::new(2.0, ink);
        match key.mark {
            KeyMark::Area => _ = ui.painter().rect_filled(mark, 2.0, ink),
            KeyMark::Line => _ = ui.painter().line_segment(line, stroke),
            KeyMark::Hatched => {
                ui.painter().rect_stroke(
                    mark,
                    2.0,
                    egui::Stroke::new(1.0, ink),
                    egui::StrokeKind::Inside,
                );
                paint::hatch(ui.painter(), mark, ink);
            }
        }
        let at = rect.min + place + vec2(18.0, 9.0);
        let room = width - place.x - 18.0;
        paint::text_within(
            ui.painter(),
            at,
            Align2::LEFT_CENTER,
            &key.text,
            (Type::Small, tokens.text),
            room,
        );
    }
    height + space::XS
}

/// A title as a file's name: lower case, words joined by hyphens.
fn file_name(title: &str) -> String {
    let words: Vec<String> = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .take(8)
        .collect();
    words.join("-")
}

/// A value for a CSV cell, quoted when it must be.
pub fn csv_cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// What is pointed at, and where: what is under the pointer, otherwise what the keys walked to.
pub fn pointed<H>(
    pointer: Option<egui::Pos2>,
    under: impl FnOnce(egui::Pos2) -> Option<H>,
    walked: Option<(H, egui::Pos2)>,
) -> Option<(H, egui::Pos2)> {
    match pointer {
        Some(at) => under(at).map(|hit| (hit, at)),
        None => walked,
    }
}

/// A small box of lines next to the pointer, while it is over a chart; over everything else and never cut.
pub fn readout(ui: &Ui, at: egui::Pos2, within: Rect, lines: &[(String, Tone)]) {
    let tokens = Tokens::of(ui);
    let layer = egui::LayerId::new(egui::Order::Tooltip, ui.scope_id().with("readout"));
    let painter = &ui.ctx().layer_painter(layer);
    let galleys: Vec<_> = lines
        .iter()
        .map(|(text, tone)| {
            let ink = if *tone == Tone::Neutral {
                tokens.text
            } else {
                tokens.ink(*tone)
            };
            painter.layout_no_wrap(text.clone(), Type::NumberSmall.font(), ink)
        })
        .collect();
    let wide = galleys
        .iter()
        .map(|galley| galley.size().x)
        .fold(0.0_f32, f32::max)
        + 16.0;
    let high = galleys.len() as f32 * 16.0 + 10.0;
    let (right, left) = (at.x + 12.0, at.x - 12.0 - wide);
    let x = if right + wide > within.right() && left >= within.left() {
        left
    } else {
        right
    };
    let screen = ui.ctx().content_rect();
    let corner = pos2(
        x.min(screen.right() - wide).max(screen.left()),
        (at.y - high - 6.0).max(within.top()),
    );
    let place = Rect::from_min_size(corner, vec2(wide, high));
    paint::surface(painter, place, 5, tokens.raised, tokens.border_strong);
    for (row, galley) in galleys.into_iter().enumerate() {
        painter.galley(
            corner + vec2(8.0, 6.0 + row as f32 * 16.0),
            galley,
            tokens.text,
        );
    }
}
