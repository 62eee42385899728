//! The two colour tables, light and dark, and what a colour means.
//!
//! One accent. Production is blue and the candidate amber everywhere, the baseline grey. Good, warn and bad
//! are for verdicts and never stand without a shape or a word. Every text token has at least 4.5:1 on every
//! surface it may stand on; `tests/gui/widgets.rs` measures it.

use eframe::egui::{self, Color32};

/// What a coloured thing means; a chart, a badge and a table cell choose by it and never by colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// No meaning.
    #[default]
    Neutral,
    /// What the person is doing or pointing at.
    Accent,
    /// A verdict: passed.
    Good,
    /// A verdict: look at it.
    Warn,
    /// A verdict: no.
    Bad,
    /// The production model or the reference data.
    Production,
    /// The candidate model or the new data.
    Candidate,
    /// The baseline.
    Baseline,
    /// The n-th of several equal things.
    Series(usize),
}

/// Every colour of one theme, by meaning.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    /// Is this the dark table?
    pub dark: bool,
    /// Behind everything.
    pub background: Color32,
    /// Side bars, bars, the inspector.
    pub panel: Color32,
    /// Cards, and windows over the rest.
    pub raised: Color32,
    /// Buttons and other things to press.
    pub control: Color32,
    /// Fields to write in.
    pub field: Color32,
    /// Something under the pointer.
    pub hover: Color32,
    /// Something pressed.
    pub active: Color32,
    /// Every second row of a table.
    pub stripe: Color32,
    /// A selected row or item.
    pub selected: Color32,
    /// Hair lines between surfaces.
    pub border: Color32,
    /// Outlines of fields and things that can be acted upon.
    pub border_strong: Color32,
    /// Grid lines in charts.
    pub grid: Color32,
    /// Titles and the thing looked for.
    pub text_strong: Color32,
    /// Text.
    pub text: Color32,
    /// Labels, captions, axes.
    pub text_weak: Color32,
    /// Placeholders and disabled things: decoration, not information.
    pub text_faint: Color32,
    /// The accent as ink: links, focus, the selected tab.
    pub accent: Color32,
    /// The accent as a surface: the primary button.
    pub accent_fill: Color32,
    /// Text on the accent as a surface.
    pub on_accent: Color32,
    /// Verdict: passed.
    pub good: Color32,
    /// Verdict: look at it.
    pub warn: Color32,
    /// Verdict: no.
    pub bad: Color32,
    /// The danger button.
    pub bad_fill: Color32,
    /// The production model.
    pub production: Color32,
    /// The candidate model.
    pub candidate: Color32,
    /// The candidate as a mark in a chart: amber where its ink must be brown to be read on white.
    pub candidate_mark: Color32,
    /// The baseline.
    pub baseline: Color32,
    /// Equal series, none of them blue or amber.
    pub series: [Color32; 8],
    /// The water of the logo, in both themes.
    pub brand_water: Color32,
    /// The boat of the logo, in both themes.
    pub brand_boat: Color32,
    /// Shadow and the curtain behind a modal.
    pub curtain: Color32,
}

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

const DARK: Tokens = Tokens {
    dark: true,
    background: hex(0x0e1115),
    panel: hex(0x14181d),
    raised: hex(0x191e24),
    control: hex(0x232931),
    field: hex(0x101419),
    hover: hex(0x2a313a),
    active: hex(0x343c47),
    stripe: Color32::from_rgba_premultiplied(7, 7, 8, 8),
    selected: hex(0x2b2b4d),
    border: hex(0x272d35),
    border_strong: hex(0x3b434e),
    grid: hex(0x262c34),
    text_strong: hex(0xf3f5f8),
    text: hex(0xd3d9e1),
    text_weak: hex(0x9ba6b4),
    text_faint: hex(0x66707d),
    accent: hex(0xa29bff),
    accent_fill: hex(0x6257e0),
    on_accent: hex(0xffffff),
    good: hex(0x4ec48c),
    warn: hex(0xe6cb4f),
    bad: hex(0xf67f79),
    bad_fill: hex(0xc93a3a),
    production: hex(0x5aa9ff),
    candidate: hex(0xf2a43a),
    candidate_mark: hex(0xf2a43a),
    baseline: hex(0x97a1ae),
    series: [
        hex(0xa29bff),
        hex(0x3fbfb0),
        hex(0xe57fc0),
        hex(0xa9bd52),
        hex(0x7fc8e8),
        hex(0xcf9a7a),
        hex(0xc9a4ff),
        hex(0x8fb59a),
    ],
    brand_water: hex(0x3b8df0),
    brand_boat: hex(0xf2a43a),
    curtain: Color32::from_black_alpha(150),
};

const LIGHT: Tokens = Tokens {
    dark: false,
    background: hex(0xf2f4f7),
    panel: hex(0xf8f9fb),
    raised: hex(0xffffff),
    control: hex(0xffffff),
    field: hex(0xffffff),
    hover: hex(0xedf0f4),
    active: hex(0xe0e5eb),
    stripe: Color32::from_rgba_premultiplied(0, 0, 0, 5),
    selected: hex(0xe6e4fd),
    border: hex(0xdfe3e9),
    border_strong: hex(0xc3cad3),
    grid: hex(0xe8ebf0),
    text_strong: hex(0x0f151c),
    text: hex(0x2a333e),
    text_weak: hex(0x596472),
    text_faint: hex(0x8d97a3),
    accent: hex(0x5145cd),
    accent_fill: hex(0x5a4fd8),
    on_accent: hex(0xffffff),
    good: hex(0x146c43),
    warn: hex(0x755700),
    bad: hex(0xb42525),
    bad_fill: hex(0xc43131),
    production: hex(0x1561c9),
    candidate: hex(0x9f5306),
    candidate_mark: hex(0xcf7c0c),
    baseline: hex(0x626c79),
    series: [
        hex(0x5a4fd8),
        hex(0x0b756b),
        hex(0xae3a86),
        hex(0x66741a),
        hex(0x26769a),
        hex(0x935432),
        hex(0x8a4fc4),
        hex(0x4a7357),
    ],
    brand_water: hex(0x3b8df0),
    brand_boat: hex(0xf2a43a),
    curtain: Color32::from_black_alpha(90),
};

impl Tokens {
    /// The colours of the theme that this `Ui` is drawn in.
    pub fn of(ui: &egui::Ui) -> Self {
        if ui.visuals().dark_mode { DARK } else { LIGHT }
    }

    /// The colours of the theme that this context is in, for things drawn over everything.
    pub fn of_ctx(ctx: &egui::Context) -> Self {
        Self::for_theme(ctx.theme())
    }

    /// The colours of a named theme.
    pub fn for_theme(theme: egui::Theme) -> Self {
        match theme {
            egui::Theme::Dark => DARK,
            egui::Theme::Light => LIGHT,
        }
    }

    /// The colour of a mark in a chart: a line, a bar, an area. At least 3:1 on what it stands on.
    pub fn mark(&self, tone: Tone) -> Color32 {
        if tone == Tone::Candidate {
            self.candidate_mark
        } else {
            self.ink(tone)
        }
    }

    /// The ink of a tone: text and pictograms.
    pub fn ink(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Neutral => self.text_weak,
            Tone::Accent => self.accent,
            Tone::Good => self.good,
            Tone::Warn => self.warn,
            Tone::Bad => self.bad,
            Tone::Production => self.production,
            Tone::Candidate => self.candidate,
            Tone::Baseline => self.baseline,
            Tone::Series(nth) => self.series[nth % self.series.len()],
        }
    }

    /// The quiet surface of a tone, on which its ink is still readable.
    pub fn tint(&self, tone: Tone) -> Color32 {
        self.raised
            .lerp_to_gamma(self.ink(tone), if self.dark { 0.14 } else { 0.09 })
    }

    /// A surface with more of the tone in it, from 0 (none) to 1 (all): heat in a matrix, fill of a bar.
    pub fn shade(&self, tone: Tone, amount: f32) -> Color32 {
        self.raised
            .lerp_to_gamma(self.mark(tone), amount.clamp(0.0, 1.0))
    }

    /// The text colour that reads best on a surface made with [`Tokens::shade`].
    pub fn text_on(&self, surface: Color32) -> Color32 {
        // The better of black and white has at least 4.58:1 on any colour; softer inks would not.
        let (dark, light) = (hex(0x000000), hex(0xffffff));
        if contrast(dark, surface) >= contrast(light, surface) {
            dark
        } else {
            light
        }
    }

    /// Nothing at all.
    pub const CLEAR: Color32 = Color32::TRANSPARENT;
}

/// The contrast ratio of two opaque colours by WCAG 2: 1 is none, 21 is black on white, 4.5 is what text needs.
pub fn contrast(one: Color32, other: Color32) -> f32 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(color: Color32) -> f32 {
    let linear = |byte: u8| {
        let part = f32::from(byte) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}
