//! The one place that names colours, sizes and typefaces.
//!
//! Panels and widgets ask [`Tokens::of`] for a colour by its meaning, [`Type`] for a font and [`space`]
//! for a distance; a test forbids naming a colour anywhere else. How egui's own widgets are dressed is in
//! `theme/style.rs`, the two colour tables are in `theme/tokens.rs`.

mod style;
mod tokens;

use std::sync::Arc;

use eframe::egui::{self, Color32, FontData, FontDefinitions, FontFamily, FontId};

pub use tokens::{Tokens, Tone, contrast};

/// Distances, all on a grid of 4 points.
pub mod space {
    /// Between an icon and its word.
    pub const XS: f32 = 4.0;
    /// Between things that belong together.
    pub const S: f32 = 8.0;
    /// Inside a card.
    pub const M: f32 = 12.0;
    /// Between groups.
    pub const L: f32 = 16.0;
    /// Between sections.
    pub const XL: f32 = 24.0;
}

/// Heights, widths and radii that widgets share.
pub mod size {
    /// Height of a button, a field, a segmented control.
    pub const CONTROL: f32 = 28.0;
    /// Height of a table row.
    pub const ROW: f32 = 28.0;
    /// Height of a table header.
    pub const HEADER: f32 = 28.0;
    /// Height of a badge, a chip, a key cap.
    pub const BADGE: f32 = 20.0;
    /// Corner radius of controls.
    pub const RADIUS: u8 = 5;
    /// Corner radius of cards, windows, banners.
    pub const RADIUS_CARD: u8 = 8;
    /// Side of an icon within text.
    pub const ICON: f32 = 16.0;
    /// A comfortable width for a line of prose.
    pub const PROSE: f32 = 480.0;
}

/// The type scale. Text is Inter; everything that counts is JetBrains Mono, whose figures are tabular.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A page's title.
    Title,
    /// A card's or a section's title.
    Heading,
    /// Words that carry the sentence.
    Strong,
    /// Buttons, tabs and column titles.
    Medium,
    /// Everything else.
    Body,
    /// Captions, axes, hints.
    Small,
    /// Small words that must be found: badges, column titles.
    SmallMedium,
    /// Numbers in tables, code, identifiers.
    Number,
    /// Numbers on axes and in charts.
    NumberSmall,
    /// The one number of a tile.
    NumberLarge,
    /// Pictograms of the icon font.
    Icon,
    /// Pictograms of an empty state.
    IconLarge,
}

impl Type {
    /// The font to lay this text out with.
    pub fn font(self) -> FontId {
        let medium = || FontFamily::Name("medium".into());
        let strong = || FontFamily::Name("strong".into());
        let icon = || FontFamily::Name(egui_material_icons::FONT_FAMILY.into());
        match self {
            Self::Title => FontId::new(20.0, strong()),
            Self::Heading => FontId::new(14.0, strong()),
            Self::Strong => FontId::new(13.0, strong()),
            Self::Medium => FontId::new(13.0, medium()),
            Self::Body => FontId::proportional(13.0),
            Self::Small => FontId::proportional(11.5),
            Self::SmallMedium => FontId::new(11.5, medium()),
            Self::Number => FontId::monospace(12.5),
            Self::NumberSmall => FontId::monospace(11.0),
            Self::NumberLarge => FontId::monospace(22.0),
            Self::Icon => FontId::new(size::ICON, icon()),
            Self::IconLarge => FontId::new(32.0, icon()),
        }
    }

    /// A [`egui::RichText`] in this type and colour.
    pub fn rich(self, text: impl Into<String>, color: Color32) -> egui::RichText {
        egui::RichText::new(text).font(self.font()).color(color)
    }
}

/// Puts fonts, colours and spacing into an egui context, once, before the first frame.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    ctx.add_font(egui_material_icons::font_insert());
    for theme in [egui::Theme::Dark, egui::Theme::Light] {
        let tokens = Tokens::for_theme(theme);
        ctx.style_mut_of(theme, |style| style::apply(style, theme, &tokens));
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let mut add = |name: &str, bytes: &'static [u8]| {
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    };
    add(
        "inter",
        include_bytes!("../../assets/fonts/Inter-Regular.otf"),
    );
    add(
        "inter-medium",
        include_bytes!("../../assets/fonts/Inter-Medium.otf"),
    );
    add(
        "inter-semibold",
        include_bytes!("../../assets/fonts/Inter-SemiBold.otf"),
    );
    add(
        "jetbrains-mono",
        include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
    );

    let fallback = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    let with_fallback = |first: &[&str]| -> Vec<String> {
        first
            .iter()
            .map(|name| (*name).to_owned())
            .chain(fallback.iter().cloned())
            .collect()
    };
    fonts.families.insert(
        FontFamily::Proportional,
        with_fallback(&["inter", "jetbrains-mono"]),
    );
    fonts.families.insert(
        FontFamily::Monospace,
        with_fallback(&["jetbrains-mono", "inter"]),
    );
    fonts.families.insert(
        FontFamily::Name("medium".into()),
        with_fallback(&["inter-medium", "jetbrains-mono"]),
    );
    fonts.families.insert(
        FontFamily::Name("strong".into()),
        with_fallback(&["inter-semibold", "jetbrains-mono"]),
    );
    fonts
}

/// Whether this stands for the colour that whoever paints a text gives it.
pub fn is_placeholder(color: eframe::egui::Color32) -> bool {
    color == eframe::egui::Color32::PLACEHOLDER
}
