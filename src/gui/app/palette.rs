//! The command palette: every plain action, found by typing a few of its letters.

use crate::gui::action::{Action, plain_actions};
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::paint;
use crate::gui::widgets::shortcut::shortcut;
use eframe::egui::{self, Align2, Context, Key, Sense, vec2};

/// The palette.
#[derive(Default)]
pub(super) struct Palette {
    is_open: bool,
    query: String,
    chosen: usize,
}

impl Palette {
    pub(super) fn open(&mut self) {
        self.is_open = true;
        self.query.clear();
        self.chosen = 0;
    }

    /// Draws it; what was chosen.
    pub(super) fn show(&mut self, ctx: &Context, is_workspace_open: bool) -> Option<Action> {
        if !self.is_open {
            return None;
        }
        let mut found: Vec<_> = plain_actions()
            .into_iter()
            .filter(|p| is_workspace_open || !p.needs_workspace)
            .filter(|p| !matches!(p.action, Action::Palette))
            .filter_map(|p| fuzzy(&self.query, &p.title).map(|rank| (rank, p)))
            .collect();
        found.sort_by_key(|(rank, _)| *rank);
        let mut action = None;
        let response = egui::Modal::new(egui::Id::unique("palette")).show(ctx, |ui| {
            ui.set_width(480.0);
            let field = ui.add(
                egui::TextEdit::singleline(&mut self.query)
                    .hint_text("Type a command")
                    .desired_width(f32::INFINITY)
                    .font(Type::Body.font()),
            );
            field.widget_info(|| {
                egui::WidgetInfo::labeled(egui::accesskit::Role::TextInput, true, "Search commands")
            });
            field.request_focus();
            if field.changed() {
                self.chosen = 0;
            }
            let n = found.len();
            if n > 0 {
                if ui.input(|i| i.key_pressed(Key::ArrowDown)) {
                    self.chosen = (self.chosen + 1) % n;
                }
                if ui.input(|i| i.key_pressed(Key::ArrowUp)) {
                    self.chosen = (self.chosen + n - 1) % n;
                }
            }
            let enter = ui.input(|i| i.key_pressed(Key::Enter));
            ui.add_space(space::S);
            egui::ScrollArea::vertical()
                .max_height(420.0)
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for (i, (_, plain)) in found.into_iter().enumerate() {
                        let is_chosen = i == self.chosen;
                        if line(ui, &plain, is_chosen) || (is_chosen && enter) {
                            action = Some(plain.action);
                        }
                    }
                    if n == 0 {
                        ui.label(
                            Type::Body
                                .rich("No command has these letters.", Tokens::of(ui).text_weak),
                        );
                    }
                });
        });
        if action.is_some() || response.should_close() {
            self.is_open = false;
        }
        action
    }
}

fn line(ui: &mut egui::Ui, plain: &crate::gui::action::PlainAction, is_chosen: bool) -> bool {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::CLICK);
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &plain.title)
    });
    if is_chosen || response.hovered() {
        let fill = if is_chosen {
            tokens.selected
        } else {
            tokens.hover
        };
        ui.painter().rect_filled(rect, 4.0, fill);
    }
    if is_chosen {
        response.scroll_to_me(None);
    }
    let icon = egui::pos2(rect.left() + 18.0, rect.center().y);
    plain.icon.paint(ui.painter(), icon, 16.0, tokens.text_weak);
    paint::text(
        ui.painter(),
        egui::pos2(rect.left() + 38.0, rect.center().y),
        Align2::LEFT_CENTER,
        &plain.title,
        Type::Body,
        tokens.text,
    );
    if let Some(keys) = &plain.shortcut {
        let text = ui.ctx().format_shortcut(keys);
        let place = egui::Rect::from_min_max(
            egui::pos2(rect.right() - 140.0, rect.top()),
            rect.max - vec2(8.0, 0.0),
        );
        ui.scope_builder(
            egui::UiBuilder::new()
                .max_rect(place)
                .layout(egui::Layout::right_to_left(egui::Align::Center)),
            |ui| shortcut(ui, &text),
        );
    }
    response.clicked()
}

/// How well letters match a text: in order, the fewer between them the better; `None` if one is missing.
fn fuzzy(letters: &str, text: &str) -> Option<usize> {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let mut at = 0;
    let mut rank = 0;
    for letter in letters
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
    {
        let gap = text[at..].iter().position(|c| *c == letter)?;
        rank += gap;
        at += gap + 1;
    }
    Some(rank)
}

#[cfg(test)]
mod tests {
    use super::fuzzy;

    #[test]
    fn letters_match_in_order_and_the_closer_the_better() {
        assert_eq!(fuzzy("run", "Run the pipeline"), Some(0));
        assert!(fuzzy("gocom", "Go to Compare").is_some());
        assert_eq!(fuzzy("xyz", "Go to Compare"), None);
        assert!(fuzzy("go", "Go to Data") < fuzzy("da", "Go to Data"));
    }
}
