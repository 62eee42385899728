//! A CPU rasteriser: turns what egui wants painted into pixels, without a display, a GPU or a driver.
//!
//! It follows egui's own shader: bilinear texture times vertex colour, premultiplied alpha, blending in gamma
//! space, eight bits a channel, edges by the top-left rule so that a shared edge is painted once. Contact
//! sheets, tests and `Save PNG…` use it. Paint callbacks (custom GPU code) are left out: the house has none.

use std::collections::HashMap;

use eframe::egui::{self, Color32, FullOutput, ImageData, TextureFilter, TextureId, TexturesDelta};
use egui::epaint::{Mesh, Primitive, Vertex};

struct Texture {
    width: usize,
    height: usize,
    pixels: Vec<Color32>,
    nearest: bool,
}

/// Keeps the textures between frames, as a GPU would.
#[derive(Default)]
pub struct Raster {
    textures: HashMap<TextureId, Texture>,
}

impl Raster {
    /// An empty rasteriser; the first frame brings the fonts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a frame's textures and paints it. `None` if the frame has no area.
    ///
    /// Textures arrive as differences: give it every frame of a context, in order, or the fonts are missing.
    pub fn frame(
        &mut self,
        ctx: &egui::Context,
        mut output: FullOutput,
    ) -> Option<image::RgbaImage> {
        let free = std::mem::take(&mut output.textures_delta.free);
        self.apply(&mut output.textures_delta);
        let image = self.paint(ctx, &output);
        for id in free {
            self.textures.remove(&id);
        }
        image
    }

    /// Takes a frame's textures without painting it.
    pub fn skip(&mut self, mut output: FullOutput) {
        self.apply(&mut output.textures_delta);
    }

    /// Applies and empties a texture difference; `egui_kittest`'s `handle_delta`.
    pub fn apply(&mut self, delta: &mut TexturesDelta) {
        for (id, images) in delta.set.drain() {
            for part in images {
                let ImageData::Color(image) = &part.image;
                let [width, height] = image.size;
                let Some([left, top]) = part.pos else {
                    let nearest = part.options.magnification == TextureFilter::Nearest;
                    self.textures.insert(
                        id,
                        Texture {
                            width,
                            height,
                            pixels: image.pixels.clone(),
                            nearest,
                        },
                    );
                    continue;
                };
                let Some(texture) = self.textures.get_mut(&id) else {
                    continue;
                };
                for (row, source) in image.pixels.chunks_exact(width.max(1)).enumerate() {
                    let start = (top + row) * texture.width + left;
                    texture.pixels[start..start + width].copy_from_slice(source);
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    /// Paints a frame whose textures were applied; `egui_kittest`'s `render`.
    pub fn paint(&self, ctx: &egui::Context, output: &FullOutput) -> Option<image::RgbaImage> {
        let scale = output.pixels_per_point;
        let size = ctx.content_rect().size() * scale;
        let (width, height) = (size.x.round() as usize, size.y.round() as usize);
        let mut canvas = Canvas {
            width,
            height,
            pixels: vec![[0, 0, 0, 255]; width * height],
        };
        for piece in ctx.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = piece.primitive else {
                continue;
            };
            let Some(texture) = self.textures.get(&mesh.texture_id) else {
                continue;
            };
            let clip = Clip::new(piece.clip_rect, scale, width, height);
            canvas.mesh(&mesh, texture, &clip, scale);
        }
        let bytes = canvas.pixels.into_iter().flatten().collect();
        image::RgbaImage::from_raw(width as u32, height as u32, bytes)
            .filter(|image| !image.is_empty())
    }
}

/// The pixels that a primitive may touch, ends exclusive.
struct Clip {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Clip {
    fn new(rect: egui::Rect, scale: f32, width: usize, height: usize) -> Self {
        Self {
            left: ((rect.min.x * scale).round() as i32).clamp(0, width as i32),
            top: ((rect.min.y * scale).round() as i32).clamp(0, height as i32),
            right: ((rect.max.x * scale).round() as i32).clamp(0, width as i32),
            bottom: ((rect.max.y * scale).round() as i32).clamp(0, height as i32),
        }
    }
}

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
}

impl Canvas {
    fn mesh(&mut self, mesh: &Mesh, texture: &Texture, clip: &Clip, scale: f32) {
        debug_assert!(
            clip.bottom as usize <= self.height,
            "a clip never exceeds the canvas"
        );
        for corners in mesh.indices.as_chunks::<3>().0 {
            let corners = corners.map(|index| mesh.vertices[index as usize]);
            if let Some(triangle) = Triangle::new(corners, texture, scale) {
                self.triangle(&triangle, clip);
            }
        }
    }

    fn triangle(&mut self, triangle: &Triangle<'_>, clip: &Clip) {
        let bounds = triangle.bounds();
        let top = (bounds.min.y.floor() as i32).max(clip.top);
        let bottom = (bounds.max.y.ceil() as i32).min(clip.bottom);
        let left = (bounds.min.x.floor() as i32).max(clip.left);
        let right = (bounds.max.x.ceil() as i32).min(clip.right);
        for y in top..bottom {
            let Some((first, last)) = triangle.span(y, left, right) else {
                continue;
            };
            let row = y as usize * self.width;
            let span = &mut self.pixels[row + first as usize..row + last as usize];
            match triangle.flat {
                Some(color) => span.iter_mut().for_each(|pixel| blend(pixel, color)),
                None => {
                    for (pixel, x) in span.iter_mut().zip(first..last) {
                        blend(pixel, triangle.color_at(x, y));
                    }
                }
            }
        }
    }
}

/// Premultiplied source over an opaque destination, rounded as an eight-bit frame buffer does.
fn blend(pixel: &mut [u8; 4], source: [u8; 4]) {
    if source[3] == 255 {
        *pixel = source;
        return;
    }
    let keep = 255 - u32::from(source[3]);
    for (into, from) in pixel.iter_mut().zip(source) {
        *into = (u32::from(from) + (u32::from(*into) * keep + 127) / 255).min(255) as u8;
    }
}

/// One side of a triangle: inside where `a * x + b * y + c` is positive.
#[derive(Clone, Copy)]
struct Edge {
    a: f64,
    b: f64,
    c: f64,
    owns_its_pixels: bool,
}

impl Edge {
    fn new(from: (f64, f64), to: (f64, f64)) -> Self {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let owns_its_pixels = (dy == 0.0 && dx > 0.0) || dy < 0.0;
        Self {
            a: -dy,
            b: dx,
            c: dy * from.0 - dx * from.1,
            owns_its_pixels,
        }
    }

    fn at(&self, x: f64, y: f64) -> f64 {
        self.a * x + self.b * y + self.c
    }

    fn contains(&self, x: f64, y: f64) -> bool {
        let value = self.at(x, y);
        value > 0.0 || (value == 0.0 && self.owns_its_pixels)
    }
}

struct Triangle<'a> {
    corners: [Vertex; 3],
    points: [(f64, f64); 3],
    edges: [Edge; 3],
    area: f64,
    texture: &'a Texture,
    flat: Option<[u8; 4]>,
}

impl<'a> Triangle<'a> {
    fn new(mut corners: [Vertex; 3], texture: &'a Texture, scale: f32) -> Option<Self> {
        let place = |vertex: &Vertex| {
            (
                f64::from(vertex.pos.x * scale),
                f64::from(vertex.pos.y * scale),
            )
        };
        let doubled = |p: &[(f64, f64); 3]| Edge::new(p[0], p[1]).at(p[2].0, p[2].1);
        let mut points = [place(&corners[0]), place(&corners[1]), place(&corners[2])];
        let mut area = doubled(&points);
        if area == 0.0 || !area.is_finite() {
            return None;
        }
        if area < 0.0 {
            corners.swap(1, 2);
            points.swap(1, 2);
            area = -area;
        }
        let edges = [
            Edge::new(points[1], points[2]),
            Edge::new(points[2], points[0]),
            Edge::new(points[0], points[1]),
        ];
        let mut triangle = Self {
            corners,
            points,
            edges,
            area,
            texture,
            flat: None,
        };
        let [one, two, three] = &triangle.corners;
        let even = one.uv == two.uv
            && two.uv == three.uv
            && one.color == two.color
            && two.color == three.color;
        if even {
            triangle.flat = Some(triangle.mix([1.0, 0.0, 0.0]));
        }
        Some(triangle)
    }

    fn bounds(&self) -> egui::Rect {
        let points = self.points.map(|(x, y)| egui::pos2(x as f32, y as f32));
        egui::Rect::from_points(&points)
    }

    /// The first pixel and the one after the last in row `y`, between two limits.
    fn span(&self, y: i32, left: i32, right: i32) -> Option<(i32, i32)> {
        let row = f64::from(y) + 0.5;
        let inside = |x: i32| {
            self.edges
                .iter()
                .all(|edge| edge.contains(f64::from(x) + 0.5, row))
        };
        let (mut low, mut high) = (f64::from(left), f64::from(right));
        for edge in &self.edges {
            let rest = edge.b * row + edge.c;
            if edge.a > 0.0 {
                low = low.max(-rest / edge.a - 1.5);
            } else if edge.a < 0.0 {
                high = high.min(-rest / edge.a + 1.5);
            }
        }
        let (mut first, mut last) = (
            low.floor().max(f64::from(left)) as i32,
            high.ceil().min(f64::from(right)) as i32,
        );
        // The division above may be a pixel off: the exact test decides at both ends.
        while first < last && !inside(first) {
            first += 1;
        }
        while last > first && !inside(last - 1) {
            last -= 1;
        }
        (first < last).then_some((first, last))
    }

    fn color_at(&self, x: i32, y: i32) -> [u8; 4] {
        let (x, y) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
        self.mix(self.edges.map(|edge| (edge.at(x, y) / self.area) as f32))
    }

    /// Texture times vertex colour at barycentric weights.
    fn mix(&self, weights: [f32; 3]) -> [u8; 4] {
        let [one, two, three] = &self.corners;
        let weigh = |a: f32, b: f32, c: f32| weights[0] * a + weights[1] * b + weights[2] * c;
        let u = weigh(one.uv.x, two.uv.x, three.uv.x);
        let v = weigh(one.uv.y, two.uv.y, three.uv.y);
        let texel = self.texture.sample(u, v);
        if one.color == two.color && two.color == three.color {
            let color = one.color.to_array();
            return std::array::from_fn(|k| (texel[k] * f32::from(color[k]) / 255.0 + 0.5) as u8);
        }
        let colors = [
            one.color.to_array(),
            two.color.to_array(),
            three.color.to_array(),
        ];
        std::array::from_fn(|k| {
            let color = weigh(
                f32::from(colors[0][k]),
                f32::from(colors[1][k]),
                f32::from(colors[2][k]),
            );
            (texel[k] * color / 255.0 + 0.5).clamp(0.0, 255.0) as u8
        })
    }
}

impl Texture {
    fn texel(&self, x: i32, y: i32) -> [f32; 4] {
        let column = x.clamp(0, self.width as i32 - 1) as usize;
        let row = y.clamp(0, self.height as i32 - 1) as usize;
        self.pixels[row * self.width + column]
            .to_array()
            .map(f32::from)
    }

    /// The colour at texture coordinates from 0 to 1, each channel from 0 to 255.
    fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let (x, y) = (u * self.width as f32, v * self.height as f32);
        if self.nearest {
            return self.texel(x.floor() as i32, y.floor() as i32);
        }
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor() as i32, y.floor() as i32);
        let (fx, fy) = (x - x.floor(), y - y.floor());
        let near = self.texel(left, top);
        if fx < 0.004 && fy < 0.004 {
            return near;
        }
        let (right, below) = (self.texel(left + 1, top), self.texel(left, top + 1));
        let across = self.texel(left + 1, top + 1);
        std::array::from_fn(|k| {
            let upper = near[k] + (right[k] - near[k]) * fx;
            let lower = below[k] + (across[k] - below[k]) * fx;
            upper + (lower - upper) * fy
        })
    }
}
