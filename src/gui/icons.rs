//! Pictograms by what they mean here, and the logo: a canal lock, a boat lifted between two gates.
//!
//! The pictograms are Material Symbols from a font; a panel names [`RUN`] and never a glyph. The logo is
//! painted with shapes, in the same geometry as `assets/logo.svg`, so that no SVG is parsed at run time.

use eframe::egui::{
    self, Align2, Color32, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, Vec2, vec2,
};
use egui_material_icons::icons as material;

use super::theme::{Tokens, Type};

/// A pictogram of the icon font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icon(&'static str);

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $glyph:ident;)*) => {
        $($(#[$doc])* pub const $name: Icon = Icon(material::$glyph.codepoint);)*
        /// Every pictogram with its name, for the gallery.
        pub const ALL: &[(&str, Icon)] = &[$((stringify!($name), $name)),*];
    };
}

icons! {
    /// Run, start, play.
    RUN = ICON_PLAY_ARROW;
    /// Stop a job.
    STOP = ICON_STOP;
    /// Add, new, import.
    ADD = ICON_ADD;
    /// Close, remove, clear.
    CLOSE = ICON_CLOSE;
    /// Done.
    CHECK = ICON_CHECK;
    /// A verdict: passed.
    PASSED = ICON_CHECK_CIRCLE;
    /// A verdict: look at it.
    WARNING = ICON_WARNING;
    /// A verdict: no; a failure.
    REFUSED = ICON_CANCEL;
    /// Something to know.
    INFO = ICON_INFO;
    /// What a field means.
    HELP = ICON_HELP;
    /// Not yet.
    WAITING = ICON_SCHEDULE;
    /// Taken from the cache.
    CACHED = ICON_BOLT;
    /// Stopped before its end.
    CANCELED = ICON_BLOCK;
    /// Look for.
    SEARCH = ICON_SEARCH;
    /// Narrow down.
    FILTER = ICON_FILTER_LIST;
    /// More commands.
    MORE = ICON_MORE_HORIZ;
    /// Opens downwards.
    DOWN = ICON_KEYBOARD_ARROW_DOWN;
    /// Opens sideways, leads on.
    RIGHT = ICON_CHEVRON_RIGHT;
    /// Sorted upwards.
    ASCENDING = ICON_ARROW_UPWARD;
    /// Sorted downwards.
    DESCENDING = ICON_ARROW_DOWNWARD;
    /// Put on the clipboard.
    COPY = ICON_CONTENT_COPY;
    /// Write to a file.
    SAVE = ICON_DOWNLOAD;
    /// Read from a file.
    OPEN = ICON_FOLDER_OPEN;
    /// Do it again.
    RETRY = ICON_REFRESH;
    /// Settings.
    SETTINGS = ICON_SETTINGS;
    /// The command palette.
    COMMANDS = ICON_KEYBOARD_COMMAND_KEY;
    /// Light and dark.
    THEME = ICON_CONTRAST;
    /// The first page.
    HOME = ICON_HOME;
    /// Datasets.
    DATASET = ICON_TABLE;
    /// The schema.
    SCHEMA = ICON_SCHEMA;
    /// The pipeline.
    PIPELINE = ICON_ACCOUNT_TREE;
    /// Models.
    MODEL = ICON_DEPLOYED_CODE;
    /// Comparing.
    COMPARE = ICON_COMPARE_ARROWS;
    /// Serving.
    SERVICE = ICON_DNS;
    /// Monitoring.
    MONITOR = ICON_MONITORING;
    /// Triggers.
    TRIGGER = ICON_ALARM;
    /// Runs and records.
    LEDGER = ICON_RECEIPT_LONG;
    /// Kept above the others.
    PIN = ICON_KEEP;
    /// Where something comes from.
    LINEAGE = ICON_HUB;
    /// The maturity level.
    MATURITY = ICON_STAIRS;
    /// Lessons.
    LESSON = ICON_SCHOOL;
    /// Slices of the data.
    SLICE = ICON_PIE_CHART;
    /// Feature store.
    FEATURE = ICON_DATASET;
    /// Promote, publish.
    PROMOTE = ICON_UPGRADE;
    /// Go back to what was.
    ROLLBACK = ICON_UNDO;
    /// Delete.
    DELETE = ICON_DELETE;
    /// Change.
    EDIT = ICON_EDIT;
    /// Messages.
    NOTICES = ICON_NOTIFICATIONS;
    /// Export, interchange.
    EXPORT = ICON_IOS_SHARE;
    /// A file.
    FILE = ICON_DESCRIPTION;
    /// Opens outside.
    EXTERNAL = ICON_OPEN_IN_NEW;
}

impl Icon {
    /// The text that the icon font turns into the picture.
    pub fn glyph(self) -> &'static str {
        self.0
    }

    /// As rich text at the size of an icon within text.
    pub fn rich(self, color: Color32) -> egui::RichText {
        Type::Icon.rich(self.0, color)
    }

    /// Paints it centred on a point; `side` is its height in points.
    pub fn paint(self, painter: &egui::Painter, center: Pos2, side: f32, color: Color32) {
        let font = egui::FontId::new(side, Type::Icon.font().family);
        // The icon font hangs a little low beside Inter.
        let center = center - vec2(0.0, side * 0.04);
        painter.text(center, Align2::CENTER_CENTER, self.0, font, color);
    }
}

/// Allocates a square and paints the logo into it.
pub fn logo(ui: &mut Ui, side: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::Image, true, "Lockkeeper")
    });
    paint_logo(ui.painter(), rect, &Tokens::of(ui));
    response
}

/// Paints the logo into a square: high water on the left of an open gate, a boat in the full chamber, low water
/// on the right of a shut gate. Same geometry as `assets/logo.svg`, which is 96 units wide.
pub fn paint_logo(painter: &egui::Painter, rect: Rect, tokens: &Tokens) {
    let unit = rect.width() / 96.0;
    let at = |x: f32, y: f32| rect.min + vec2(x, y) * unit;
    let block = |x: f32, y: f32, w: f32, h: f32, radius: f32, color: Color32| {
        let place = Rect::from_min_size(at(x, y), vec2(w, h) * unit);
        painter.rect_filled(place, radius * unit, color);
    };
    let (water, stone) = (tokens.brand_water, tokens.text_strong);
    block(2.0, 54.0, 14.0, 36.0, 2.0, water.gamma_multiply(0.6));
    block(24.0, 54.0, 48.0, 36.0, 0.0, water);
    block(80.0, 74.0, 14.0, 16.0, 2.0, water.gamma_multiply(0.6));
    block(15.0, 66.0, 10.0, 26.0, 3.0, stone);
    block(71.0, 14.0, 10.0, 78.0, 3.0, stone);
    let polygon = |points: &[(f32, f32)], color: Color32| {
        let points = points.iter().map(|&(x, y)| at(x, y)).collect();
        painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    };
    polygon(
        &[(28.0, 44.0), (68.0, 44.0), (61.0, 62.0), (35.0, 62.0)],
        tokens.brand_boat,
    );
    polygon(
        &[(47.0, 4.0), (65.0, 39.0), (47.0, 39.0)],
        tokens.brand_boat,
    );
    polygon(
        &[(43.0, 14.0), (43.0, 39.0), (30.0, 39.0)],
        tokens.brand_boat.gamma_multiply(0.8),
    );
}

/// Paints the icon of the program into a square: the logo on a dark tile, as in `assets/icon.svg`.
pub fn paint_app_icon(painter: &egui::Painter, rect: Rect) {
    let tokens = Tokens::for_theme(egui::Theme::Dark);
    painter.rect_filled(rect, rect.width() * 0.22, tokens.selected);
    paint_logo(painter, rect.shrink(rect.width() / 8.0), &tokens);
}

/// Makes the corners of a rasterised icon transparent, because a raster is opaque.
pub fn round_off(image: &mut image::RgbaImage) {
    let fill = Tokens::for_theme(egui::Theme::Dark).selected;
    let side = image.width() as f32;
    let radius = side * 0.22;
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let inset = |at: u32| {
            (radius - (at as f32 + 0.5))
                .max(at as f32 + 0.5 - (side - radius))
                .max(0.0)
        };
        let distance = inset(x).hypot(inset(y));
        let cover = (radius - distance + 0.5).clamp(0.0, 1.0);
        if cover < 1.0 {
            // What the raster blended with black at the edge is given its full colour back.
            pixel.0 = [fill.r(), fill.g(), fill.b(), (cover * 255.0).round() as u8];
        }
    }
}
