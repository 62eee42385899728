//! One cell of a table while it is filled, and how a text leans in it.

use eframe::egui::{self, Align2, Rect, Sense, Ui, accesskit::Role, pos2, vec2};

use super::PADDING;
use crate::gui::{
    icons::Icon,
    theme::{Tokens, Tone, Type, size, space},
    widgets::{badge, paint},
};

/// Where a text of a cell is anchored, given room for something after it.
pub(super) fn lean(rect: Rect, is_right: bool, after: f32) -> (egui::Pos2, Align2) {
    if is_right {
        (
            pos2(rect.right() - PADDING - after, rect.center().y),
            Align2::RIGHT_CENTER,
        )
    } else {
        (
            pos2(rect.left() + PADDING, rect.center().y),
            Align2::LEFT_CENTER,
        )
    }
}

/// One cell while it is filled. Its text becomes part of what a screen reader says of the row.
pub struct Cell<'a> {
    /// For anything that the methods below do not draw.
    pub ui: &'a mut Ui,
    pub(super) rect: Rect,
    pub(super) tokens: &'a Tokens,
    pub(super) is_number: bool,
    pub(super) spoken: &'a mut Vec<String>,
}

impl Cell<'_> {
    /// Words, or a number that is already formatted, as the column leans; cut with the whole text on hover.
    pub fn text(&mut self, text: impl AsRef<str>) {
        self.write(text.as_ref(), self.tokens.text);
    }

    /// The same in strong ink: the name of the row.
    pub fn strong(&mut self, text: impl AsRef<str>) {
        self.write(text.as_ref(), self.tokens.text_strong);
    }

    /// The same in weak ink: something by the way.
    pub fn weak(&mut self, text: impl AsRef<str>) {
        self.write(text.as_ref(), self.tokens.text_weak);
    }

    /// The same in the ink of a tone: production, candidate, a verdict.
    pub fn toned(&mut self, text: impl AsRef<str>, tone: Tone) {
        self.write(text.as_ref(), self.tokens.ink(tone));
    }

    /// A word with the shape of its tone.
    pub fn badge(&mut self, text: &str, tone: Tone) {
        self.say(text);
        let words = paint::width_of(self.ui.painter(), text, Type::SmallMedium);
        let mark = if tone == Tone::Neutral { 0.0 } else { 17.0 };
        let width = (words + mark + 14.0).min(self.rect.width() - space::S);
        let at = pos2(
            self.rect.left() + space::S,
            self.rect.center().y - size::BADGE / 2.0,
        );
        let place = Rect::from_min_size(at, vec2(width, size::BADGE));
        badge::draw(self.ui.painter(), place, text, tone, self.tokens);
    }

    /// Space for a picture, and the words that say the same.
    pub fn picture(&mut self, summary: &str, draw: impl FnOnce(&egui::Painter, Rect, &Tokens)) {
        self.say(summary);
        let place = self.rect.shrink2(vec2(PADDING, 5.0));
        draw(self.ui.painter(), place, self.tokens);
    }

    /// A box to tick, on the left; true when it was. `name` is what a screen reader calls it.
    pub fn tick(&mut self, name: &str, is_ticked: &mut bool, is_enabled: bool) -> bool {
        let middle = pos2(self.rect.left() + 16.0, self.rect.center().y);
        let place = Rect::from_center_size(middle, egui::Vec2::splat(18.0));
        let put = |ui: &mut Ui| {
            // A box is as high as what can be clicked, and would hang below the middle of the row.
            ui.spacing_mut().interact_size.y = place.height();
            ui.put(place, egui::Checkbox::without_text(is_ticked))
        };
        let response = self.ui.add_enabled_ui(is_enabled, put).inner;
        let is_ticked = *is_ticked;
        response.widget_info(|| {
            egui::WidgetInfo::selected(Role::CheckBox, is_enabled, is_ticked, name)
        });
        response.changed()
    }

    /// A small picture behind the box to tick, and its word.
    pub fn mark(&mut self, icon: Icon, word: &str) {
        self.say(word);
        let at = pos2(self.rect.left() + 36.0, self.rect.center().y);
        icon.paint(self.ui.painter(), at, 14.0, self.tokens.accent);
    }

    /// Adds to what a screen reader says of the row, without showing it.
    pub fn say(&mut self, text: &str) {
        if !text.is_empty() {
            self.spoken.push(text.to_owned());
        }
    }

    fn write(&mut self, text: &str, ink: egui::Color32) {
        self.say(text);
        let (at, anchor) = lean(self.rect, self.is_number, 0.0);
        let kind = if self.is_number {
            Type::Number
        } else {
            Type::Body
        };
        let room = self.rect.width() - 2.0 * PADDING + 1.0;
        let (_, is_cut) =
            paint::text_within(self.ui.painter(), at, anchor, text, (kind, ink), room);
        if is_cut {
            self.ui
                .interact(self.rect, self.ui.scope_id().with("cut"), Sense::hover())
                .on_hover_text(text);
        }
    }
}
