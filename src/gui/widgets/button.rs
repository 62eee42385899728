//! Buttons: one primary a screen, secondary for the rest, quiet in bars, danger for what cannot be undone.

use eframe::egui::{
    self, Align2, Response, Sense, Ui, Widget, WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::paint;
use crate::gui::{
    icons::Icon,
    theme::{Tokens, Type, size, space},
};

/// How loud a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    Primary,
    #[default]
    Secondary,
    Quiet,
    Danger,
}

/// A button with a word, perhaps an icon, perhaps the reason why it cannot be pressed.
#[must_use = "a button is shown with `.show(ui)`"]
#[derive(Clone, Debug)]
pub struct Button {
    text: String,
    icon: Option<Icon>,
    kind: Kind,
    reason_against: Option<String>,
    tooltip: Option<String>,
    is_pressed: bool,
    has_text: bool,
    shortcut: Option<String>,
}

impl Button {
    /// A secondary button. End the text with `…` when more input follows.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            icon: None,
            kind: Kind::default(),
            reason_against: None,
            tooltip: None,
            is_pressed: false,
            has_text: true,
            shortcut: None,
        }
    }

    /// A quiet square button with an icon only; the name is its tooltip and what a screen reader says.
    pub fn icon_only(icon: Icon, name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            icon: Some(icon),
            kind: Kind::Quiet,
            has_text: false,
            tooltip: Some(name.clone()),
            ..Self::new(name)
        }
    }

    /// The one thing to do here.
    pub fn primary(mut self) -> Self {
        self.kind = Kind::Primary;
        self
    }

    /// Without a frame until pointed at.
    pub fn quiet(mut self) -> Self {
        self.kind = Kind::Quiet;
        self
    }

    /// Cannot be undone.
    pub fn danger(mut self) -> Self {
        self.kind = Kind::Danger;
        self
    }

    /// An icon before the word.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// What it does, on hover.
    pub fn tooltip(mut self, text: impl Into<String>) -> Self {
        self.tooltip = Some(text.into());
        self
    }

    /// The keys that do the same, shown after the word: `Ctrl+R`.
    pub fn shortcut(mut self, keys: impl Into<String>) -> Self {
        self.shortcut = Some(keys.into());
        self
    }

    /// Disabled, with the reason on hover, when there is a reason.
    pub fn unless(mut self, reason_against: Option<impl Into<String>>) -> Self {
        self.reason_against = reason_against.map(Into::into);
        self
    }

    /// Shown as pressed in: a toggle that is on.
    pub fn pressed(mut self, is_pressed: bool) -> Self {
        self.is_pressed = is_pressed;
        self
    }

    /// Shows it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let is_enabled = self.reason_against.is_none();
        let response = ui.add_enabled(is_enabled, Painted(&self));
        let response = match (&self.tooltip, is_enabled) {
            (Some(tooltip), true) => response.on_hover_text(tooltip),
            _ => response,
        };
        match self.reason_against {
            Some(reason) => response.on_disabled_hover_text(reason),
            None => response,
        }
    }

    fn width(&self, ui: &Ui) -> f32 {
        if !self.has_text {
            return size::CONTROL;
        }
        let icon = if self.icon.is_some() {
            size::ICON + 6.0
        } else {
            0.0
        };
        let keys = self.shortcut.as_ref().map_or(0.0, |keys| {
            paint::width_of(ui.painter(), keys, Type::Small) + space::M
        });
        paint::width_of(ui.painter(), &self.text, Type::Medium) + icon + keys + 2.0 * space::M
    }
}

struct Painted<'a>(&'a Button);

impl Widget for Painted<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let button = self.0;
        let wanted = vec2(
            button
                .width(ui)
                .min(ui.available_width().max(size::CONTROL)),
            size::CONTROL,
        );
        let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, is_enabled, &button.text);
            info.selected = button.is_pressed.then_some(true);
            info
        });
        if ui.is_rect_visible(rect) {
            draw(ui, button, rect, &response);
        }
        response
    }
}

fn draw(ui: &Ui, button: &Button, rect: egui::Rect, response: &Response) {
    let tokens = Tokens::of(ui);
    let (fill, border, ink) = colors(button, response, &tokens);
    let painter = ui.painter();
    paint::surface(painter, rect, size::RADIUS, fill, border);
    if response.has_focus() {
        paint::focus_ring(painter, rect, size::RADIUS, &tokens);
    }
    if !button.has_text {
        if let Some(icon) = button.icon {
            icon.paint(painter, rect.center(), size::ICON, ink);
        }
        return;
    }
    let mut left = rect.left() + space::M;
    if let Some(icon) = button.icon {
        icon.paint(
            painter,
            pos2(left + size::ICON / 2.0, rect.center().y),
            size::ICON,
            ink,
        );
        left += size::ICON + 6.0;
    }
    let mut right = rect.right() - space::M;
    if let Some(keys) = &button.shortcut {
        let faded = if matches!(button.kind, Kind::Primary | Kind::Danger) {
            ink
        } else {
            tokens.text_weak
        };
        let used = paint::text(
            painter,
            pos2(right, rect.center().y),
            Align2::RIGHT_CENTER,
            keys,
            Type::Small,
            faded,
        );
        right -= used.width() + space::M;
    }
    let at = pos2(left, rect.center().y);
    paint::text_within(
        painter,
        at,
        Align2::LEFT_CENTER,
        &button.text,
        (Type::Medium, ink),
        right - left + 1.0,
    );
}

/// Its surface, its outline and its ink.
fn colors(
    button: &Button,
    response: &Response,
    tokens: &Tokens,
) -> (egui::Color32, egui::Color32, egui::Color32) {
    let is_down = response.is_pointer_button_down_on() || button.is_pressed;
    let is_hot = response.hovered();
    match button.kind {
        Kind::Primary | Kind::Danger => {
            let base = if button.kind == Kind::Primary {
                tokens.accent_fill
            } else {
                tokens.bad_fill
            };
            let fill = if is_hot || is_down {
                base.lerp_to_gamma(tokens.text_strong, 0.10)
            } else {
                base
            };
            (fill, fill, tokens.on_accent)
        }
        Kind::Secondary | Kind::Quiet => {
            let is_quiet = button.kind == Kind::Quiet && !is_hot && !is_down;
            let fill = match (is_down, is_hot) {
                (true, _) => tokens.active,
                (_, true) => tokens.hover,
                _ => tokens.control,
            };
            let border = if button.kind == Kind::Quiet {
                Tokens::CLEAR
            } else {
                tokens.border_strong
            };
            let ink = if is_hot || is_down {
                tokens.text_strong
            } else {
                tokens.text
            };
            (if is_quiet { Tokens::CLEAR } else { fill }, border, ink)
        }
    }
}
