//! Part of the window as a vector picture (SVG 1.1): what egui painted, shape by shape, with texts as texts. Nothing outside of
//! the file is needed but the typefaces, for which any sans-serif and monospaced one stand in.

use crate::gui::theme::is_placeholder;
use eframe::egui::epaint::text::{ByteIndex, Glyph, LayoutSection};
use eframe::egui::epaint::{
    BandShape, CircleShape, ColorMode, PathShape, RectShape, StrokeKind, TextShape,
};
use eframe::egui::{
    Color32, Context, FontFamily, LayerId, Mesh, Pos2, Rect, Shape, Stroke, emath::Rot2, vec2,
};
use std::fmt::Write as _;

/// Ground around the picture, in points.
const MARGIN: f32 = 12.0;

/// What has been painted into a layer so far in this frame, where it lies in `area` and not in `without`, as the text of an
/// SVG file with that ground.
pub fn of_layer(
    ctx: &Context,
    layer: LayerId,
    area: Rect,
    without: Rect,
    ground: Color32,
) -> String {
    let mut picture = Picture::new(area.expand(MARGIN), ground);
    ctx.graphics(|lists| {
        let Some(list) = lists.get(layer) else {
            return;
        };
        for entry in list.all_entries() {
            let bounds = entry
                .shape
                .visual_bounding_rect()
                .intersect(entry.clip_rect);
            let is_here = bounds.is_finite() && area.expand(1.0).contains_rect(bounds);
            if is_here && !without.contains_rect(bounds) {
                picture.clipped(entry.clip_rect, &entry.shape);
            }
        }
    });
    picture.finish()
}

struct Picture {
    area: Rect,
    body: String,
    clip: Rect,
    n_clips: usize,
}

impl Picture {
    fn new(area: Rect, ground: Color32) -> Self {
        let mut picture = Self {
            area,
            body: String::new(),
            clip: area,
            n_clips: 0,
        };
        picture.add(&format!(
            "<rect width=\"{}\" height=\"{}\" {}/>",
            number(area.width()),
            number(area.height()),
            fill(ground)
        ));
        picture
    }

    fn add(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    /// A shape that may reach beyond its clip.
    fn clipped(&mut self, clip: Rect, shape: &Shape) {
        let is_cut = !clip.contains_rect(shape.visual_bounding_rect());
        if is_cut {
            self.n_clips += 1;
            let (at, n) = (self.place(clip.min), self.n_clips);
            self.add(&format!(
                "<clipPath id=\"c{n}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath><g clip-path=\"url(#c{n})\">",
                number(at.x),
                number(at.y),
                number(clip.width()),
                number(clip.height())
            ));
        }
        self.clip = clip;
        self.shape(shape);
        if is_cut {
            self.add("</g>");
        }
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Noop | Shape::Callback(_) => (),
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| self.shape(shape)),
            Shape::Circle(circle) => self.circle(circle),
            Shape::Ellipse(ellipse) => {
                let at = self.place(ellipse.center);
                self.add(&format!(
                    "<ellipse cx=\"{}\" cy=\"{}\" rx=\"{}\" ry=\"{}\" {} {}/>",
                    number(at.x),
                    number(at.y),
                    number(ellipse.radius.x),
                    number(ellipse.radius.y),
                    fill(ellipse.fill),
                    stroke(ellipse.stroke)
                ));
            }
            Shape::LineSegment { points, stroke } => self.polyline(points, *stroke),
            Shape::Path(path) => self.path(path),
            Shape::Band(band) => self.band(band),
            Shape::Rect(rect) => self.rect(rect),
            Shape::Text(text) => self.text(text),
            Shape::Mesh(mesh) => self.mesh(mesh),
            Shape::QuadraticBezier(curve) => {
                self.curve(
                    &curve.flatten(Some(0.1)),
                    curve.fill,
                    &curve.stroke.color,
                    curve.stroke.width,
                );
            }
            Shape::CubicBezier(curve) => {
                self.curve(
                    &curve.flatten(Some(0.1)),
                    curve.fill,
                    &curve.stroke.color,
                    curve.stroke.width,
                );
            }
        }
    }

    fn place(&self, at: Pos2) -> Pos2 {
        at - self.area.min.to_vec2()
    }

    fn points(&self, points: impl IntoIterator<Item = Pos2>) -> String {
        let mut text = String::new();
        for point in points {
            let at = self.place(point);
            let _ = write!(text, "{},{} ", number(at.x), number(at.y));
        }
        text.trim_end().to_owned()
    }

    fn circle(&mut self, circle: &CircleShape) {
        let at = self.place(circle.center);
        self.add(&format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {} {}/>",
            number(at.x),
            number(at.y),
            number(circle.radius),
            fill(circle.fill),
            stroke(circle.stroke)
        ));
    }

    fn polyline(&mut self, points: &[Pos2], line: Stroke) {
        let points = self.points(points.iter().copied());
        self.add(&format!(
            "<polyline points=\"{points}\" fill=\"none\" {}/>",
            stroke(line)
        ));
    }

    fn curve(&mut self, points: &[Pos2], inside: Color32, color: &ColorMode, width: f32) {
        let points = self.points(points.iter().copied());
        let line = Stroke::new(width, solid(color));
        self.add(&format!(
            "<polyline points=\"{points}\" {} {}/>",
            fill(inside),
            stroke(line)
        ));
    }

    fn path(&mut self, path: &PathShape) {
        let points = self.points(path.points.iter().copied());
        let line = Stroke::new(path.stroke.width, solid(&path.stroke.color));
        let element = if path.closed { "polygon" } else { "polyline" };
        self.add(&format!(
            "<{element} points=\"{points}\" {} {}/>",
            fill(path.fill),
            stroke(line)
        ));
    }

    /// Between a lower and an upper line.
    fn band(&mut self, band: &BandShape) {
        let turned = Rot2::from_angle(band.angle);
        let at = |x: f32, y: f32| (turned * vec2(x, y)).to_pos2();
        let there = band.points.iter().map(|p| at(p.x, p.y.min));
        let back = band.points.iter().rev().map(|p| at(p.x, p.y.max));
        let points = self.points(there.chain(back));
        self.add(&format!(
            "<polygon points=\"{points}\" {} {}/>",
            fill(band.fill),
            stroke(band.stroke)
        ));
    }

    fn rect(&mut self, shape: &RectShape) {
        let grown = match shape.stroke_kind {
            StrokeKind::Inside => -shape.stroke.width / 2.0,
            StrokeKind::Middle => 0.0,
            StrokeKind::Outside => shape.stroke.width / 2.0,
        };
        let rect = shape.rect.expand(grown);
        let at = self.place(rect.min);
        self.add(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\" {} {}/>",
            number(at.x),
            number(at.y),
            number(rect.width().max(0.0)),
            number(rect.height().max(0.0)),
            shape.corner_radius.nw,
            fill(shape.fill),
            stroke(shape.stroke)
        ));
    }

    /// A row of a text is an element of its own; a row of several formats is one for each.
    fn text(&mut self, text: &TextShape) {
        let origin = self.place(text.pos);
        let sections = &text.galley.job.sections;
        // Glyphs stand in the order of the text, so that counting its bytes tells the section of each.
        let mut byte = 0;
        for placed in &text.galley.rows {
            let mut rest = placed.row.glyphs.as_slice();
            while !rest.is_empty() {
                let is_here = |s: &&LayoutSection| s.byte_range.contains(&ByteIndex(byte));
                let Some(section) = sections.iter().find(is_here).or(sections.last()) else {
                    break;
                };
                let mut end = byte;
                let n = rest
                    .iter()
                    .take_while(|g| {
                        let is_inside = end == byte || ByteIndex(end) < section.byte_range.end;
                        end += g.chr.len_utf8();
                        is_inside
                    })
                    .count();
                let (run, behind) = rest.split_at(n);
                rest = behind;
                byte += run.iter().map(|g| g.chr.len_utf8()).sum::<usize>();
                self.run(text, section, run, origin + placed.pos.to_vec2());
            }
            byte += usize::from(placed.ends_with_newline);
        }
    }

    /// Glyphs of one format, in a row at `row`.
    fn run(&mut self, text: &TextShape, section: &LayoutSection, run: &[Glyph], row: Pos2) {
        let said: String = run.iter().map(|g| g.chr).collect();
        let Some(first) = run.first().filter(|_| !said.trim().is_empty()) else {
            return;
        };
        let color = match (text.override_text_color, section.format.color) {
            (Some(color), _) => color,
            (None, own) if is_placeholder(own) => text.fallback_color,
            (None, own) => own,
        };
        let font = &section.format.font_id;
        let family = match font.family {
            FontFamily::Monospace => "JetBrains Mono, monospace",
            _ => "Inter, sans-serif",
        };
        let at = row + first.pos.to_vec2();
        let turn = if text.angle == 0.0 {
            String::new()
        } else {
            let around = self.place(text.pos);
            format!(
                " transform=\"rotate({} {} {})\"",
                number(text.angle.to_degrees()),
                number(around.x),
                number(around.y)
            )
        };
        self.add(&format!(
            "<text x=\"{}\" y=\"{}\" font-family=\"{family}\" font-size=\"{}\" {}{turn}>{}</text>",
            number(at.x),
            number(at.y),
            number(font.size),
            fill(color.gamma_multiply(text.opacity_factor)),
            escaped(&said)
        ));
    }

    /// Triangles in the mean colour of their corners.
    fn mesh(&mut self, mesh: &Mesh) {
        for corners in mesh.indices.chunks_exact(3) {
            let vertices: Vec<_> = corners
                .iter()
                .filter_map(|i| mesh.vertices.get(*i as usize))
                .collect();
            let [a, b, c] = vertices[..] else {
                continue;
            };
            let points = self.points([a.pos, b.pos, c.pos]);
            let color = a
                .color
                .lerp_to_gamma(b.color, 0.5)
                .lerp_to_gamma(c.color, 1.0 / 3.0);
            self.add(&format!("<polygon points=\"{points}\" {}/>", fill(color)));
        }
    }

    fn finish(self) -> String {
        let (width, height) = (number(self.area.width()), number(self.area.height()));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n{}</svg>\n",
            self.body
        )
    }
}

/// Two decimals are finer than any screen.
fn number(value: f32) -> String {
    let rounded = (f64::from(value) * 100.0).round() / 100.0;
    // No minus before a zero.
    (rounded + 0.0).to_string()
}

fn solid(color: &ColorMode) -> Color32 {
    match color {
        ColorMode::Solid(color) => *color,
        ColorMode::UV(of) => of(Rect::NOTHING, Pos2::ZERO),
    }
}

fn paint(name: &str, color: Color32) -> String {
    let [r, g, b, alpha] = color.to_srgba_unmultiplied();
    match alpha {
        0 => format!("{name}=\"none\""),
        255 => format!("{name}=\"#{r:02x}{g:02x}{b:02x}\""),
        _ => format!(
            "{name}=\"#{r:02x}{g:02x}{b:02x}\" {name}-opacity=\"{:.3}\"",
            f32::from(alpha) / 255.0
        ),
    }
}

fn fill(color: Color32) -> String {
    paint("fill", color)
}

fn stroke(stroke: Stroke) -> String {
    if stroke.width <= 0.0 || stroke.color.a() == 0 {
        return String::new();
    }
    format!(
        "{} stroke-width=\"{}\"",
        paint("stroke", stroke.color),
        number(stroke.width)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
