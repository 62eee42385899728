//! The list of recent workspaces: a row opens one; one that is no longer there can be forgotten.

use crate::gui::action::Action;
use crate::gui::panel::{PanelContext, Recent};
use crate::gui::theme::{Tokens, Type, size, space};
use crate::gui::widgets::{button::Button, number, paint};
use eframe::egui::{Align2, Rect, Sense, Ui, UiBuilder, WidgetInfo, accesskit::Role, pos2, vec2};

const ROW: f32 = 44.0;

/// Shows at most `most` rows, newest first, without the workspace that is open.
pub(super) fn list(ui: &mut Ui, context: &mut PanelContext<'_>, most: usize) {
    let here = context.snapshot.map(|s| s.root.clone());
    let shown: Vec<&Recent> = context
        .recent
        .iter()
        .filter(|r| Some(&r.root) != here.as_ref())
        .collect();
    if shown.is_empty() {
        let ink = Tokens::of(ui).text_weak;
        ui.label(Type::Body.rich("Workspaces that you open are remembered here.", ink));
        return;
    }
    ui.spacing_mut().item_spacing.y = 2.0;
    let mut chosen = None;
    for recent in shown.iter().take(most) {
        if let Some(action) = row(ui, recent, context.now) {
            chosen = Some(action);
        }
    }
    if shown.len() > most {
        let rest = format!(
            "and {} more, by their folder above",
            number::count((shown.len() - most) as u64)
        );
        ui.label(Type::Small.rich(rest, Tokens::of(ui).text_weak));
    }
    if let Some(action) = chosen {
        context.act(action);
    }
}

/// The last part of a path.
pub(super) fn name_of(path: &std::path::Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    )
}

fn row(ui: &mut Ui, recent: &Recent, now: i64) -> Option<Action> {
    let tokens = Tokens::of(ui);
    let (name, folder) = (name_of(&recent.root), recent.root.display().to_string());
    let sense = if recent.exists {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), sense);
    let ago = if recent.exists {
        number::ago((now - recent.opened) as f64 / 1_000.0)
    } else {
        "not there".to_owned()
    };
    let (role, label) = if recent.exists {
        (Role::Button, format!("Open {name}, {folder}, {ago}"))
    } else {
        (Role::Label, format!("{name}, {folder}, {ago}"))
    };
    response.widget_info(|| WidgetInfo::labeled(role, recent.exists, &label));
    if recent.exists && response.hovered() {
        ui.painter().rect_filled(rect, size::RADIUS, tokens.hover);
    }
    if response.has_focus() {
        paint::focus_ring(ui.painter(), rect, size::RADIUS, &tokens);
    }
    let inner = rect.shrink2(vec2(space::S, 0.0));
    let mut right = inner.right();
    let mut action = None;
    if !recent.exists {
        let place = Rect::from_min_max(
            pos2(right - 72.0, rect.center().y - 14.0),
            pos2(right, rect.center().y + 14.0),
        );
        let button = Button::new("Forget")
            .quiet()
            .tooltip(format!("Take {name} off this list; no file is touched"));
        let forget = ui
            .scope_builder(UiBuilder::new().max_rect(place), |ui| button.show(ui))
            .inner;
        if forget.clicked() {
            action = Some(Action::ForgetRecent(recent.root.clone()));
        }
        right = place.left() - space::S;
    }
    let weak = (Type::Small, tokens.text_weak);
    let (said, _) = paint::text_within(
        ui.painter(),
        pos2(right, rect.top() + 14.0),
        Align2::RIGHT_CENTER,
        &ago,
        weak,
        96.0,
    );
    let ink = if recent.exists {
        tokens.text_strong
    } else {
        tokens.text_weak
    };
    let room = said.left() - space::S - inner.left();
    let at = pos2(inner.left(), rect.top() + 14.0);
    paint::text_within(
        ui.painter(),
        at,
        Align2::LEFT_CENTER,
        &name,
        (Type::Medium, ink),
        room,
    );
    let at = pos2(inner.left(), rect.top() + 31.0);
    let (_, is_cut) = paint::text_within(
        ui.painter(),
        at,
        Align2::LEFT_CENTER,
        &folder,
        weak,
        right - inner.left(),
    );
    let response = if is_cut {
        response.on_hover_text(&folder)
    } else {
        response
    };
    if response.clicked() {
        action = Some(Action::OpenWorkspace(recent.root.clone()));
    }
    action
}
