//! Dresses egui's own widgets in the tokens. House widgets paint themselves.

use eframe::egui::{
    self, Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle,
    Theme, Visuals, vec2,
};

use super::{Tokens, Type, size, space};

pub(super) fn apply(style: &mut Style, theme: Theme, tokens: &Tokens) {
    style.text_styles = [
        (TextStyle::Heading, Type::Heading.font()),
        (TextStyle::Body, Type::Body.font()),
        (TextStyle::Button, Type::Medium.font()),
        (TextStyle::Small, Type::Small.font()),
        (
            TextStyle::Monospace,
            FontId::new(12.5, FontFamily::Monospace),
        ),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(space::S, space::S);
    spacing.button_padding = vec2(space::M, space::XS);
    spacing.interact_size = vec2(40.0, size::CONTROL);
    spacing.window_margin = Margin::same(space::M as i8);
    spacing.menu_margin = Margin::same(space::XS as i8);
    spacing.icon_spacing = 6.0;
    spacing.combo_width = 120.0;
    spacing.slider_width = 160.0;
    spacing.tooltip_width = 360.0;
    // The handle in the ink of text: buttons are as light as the surface they stand on.
    spacing.scroll = egui::style::ScrollStyle {
        foreground_color: true,
        dormant_handle_opacity: 0.35,
        active_handle_opacity: 0.5,
        interact_handle_opacity: 0.7,
        dormant_background_opacity: 0.0,
        active_background_opacity: 0.0,
        ..egui::style::ScrollStyle::thin()
    };
    style.interaction.tooltip_delay = 0.25;
    style.interaction.selectable_labels = false;
    style.visuals = visuals(theme, tokens);
}

fn visuals(theme: Theme, tokens: &Tokens) -> Visuals {
    let mut visuals = match theme {
        Theme::Dark => Visuals::dark(),
        Theme::Light => Visuals::light(),
    };
    visuals.panel_fill = tokens.panel;
    visuals.window_fill = tokens.raised;
    visuals.extreme_bg_color = tokens.field;
    visuals.text_edit_bg_color = Some(tokens.field);
    visuals.faint_bg_color = tokens.stripe;
    visuals.code_bg_color = tokens.control;
    visuals.window_stroke = Stroke::new(1.0, tokens.border_strong);
    visuals.window_corner_radius = CornerRadius::same(size::RADIUS_CARD);
    visuals.menu_corner_radius = CornerRadius::same(6);
    visuals.window_shadow = shadow(24, 8, tokens);
    visuals.popup_shadow = shadow(12, 4, tokens);
    visuals.hyperlink_color = tokens.accent;
    visuals.warn_fg_color = tokens.warn;
    visuals.error_fg_color = tokens.bad;
    visuals.weak_text_color = Some(tokens.text_weak);
    visuals.selection.bg_fill = tokens.selected;
    visuals.selection.stroke = Stroke::new(1.0, tokens.text_strong);
    visuals.striped = false;
    visuals.slider_trailing_fill = true;
    visuals.indent_has_left_vline = false;
    dress(&mut visuals, tokens);
    visuals
}

fn dress(visuals: &mut Visuals, tokens: &Tokens) {
    let widgets = &mut visuals.widgets;
    let states: [(&mut egui::style::WidgetVisuals, Color32, Color32, Color32); 5] = [
        (
            &mut widgets.noninteractive,
            tokens.panel,
            tokens.border,
            tokens.text,
        ),
        (
            &mut widgets.inactive,
            tokens.control,
            tokens.border_strong,
            tokens.text,
        ),
        (
            &mut widgets.hovered,
            tokens.hover,
            tokens.border_strong,
            tokens.text_strong,
        ),
        (
            &mut widgets.active,
            tokens.active,
            tokens.accent,
            tokens.text_strong,
        ),
        (
            &mut widgets.open,
            tokens.hover,
            tokens.border_strong,
            tokens.text_strong,
        ),
    ];
    for (state, fill, border, text) in states {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, border);
        state.fg_stroke = Stroke::new(1.0, text);
        state.corner_radius = CornerRadius::same(size::RADIUS);
        state.expansion = 0.0;
    }
}

fn shadow(blur: u8, offset: i8, tokens: &Tokens) -> Shadow {
    let strength = if tokens.dark { 0.8 } else { 0.35 };
    Shadow {
        offset: [0, offset],
        blur,
        spread: 0,
        color: tokens.curtain.gamma_multiply(strength),
    }
}
