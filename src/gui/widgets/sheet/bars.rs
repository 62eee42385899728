//! Scrolling a sheet: the wheel, and two bars of which the upright one counts rows.

use eframe::egui::{Id, Rect, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use super::{Frame, GUTTER, Sheet, SheetState};
use crate::gui::theme::size;

/// Room for a bar.
pub(super) const THICKNESS: f32 = 12.0;

/// A handle is at least this long.
const MIN_HANDLE: f32 = 28.0;

impl Sheet<'_> {
    /// Takes in the wheel and the bars, and keeps the place within what there is.
    pub(super) fn scroll(
        &self,
        ui: &Ui,
        outer: Rect,
        frame: &Frame<'_>,
        state: &mut SheetState,
        n_fit: usize,
    ) {
        let exact_fit = f64::from(frame.body.height() / size::ROW);
        let max_top = (self.n_rows as f64 - exact_fit).max(0.0);
        let sticky: f32 = self.columns[..self.n_sticky].iter().map(|c| c.width).sum();
        let moving: f32 = self.columns[self.n_sticky..].iter().map(|c| c.width).sum();
        let room = (frame.body.width() - GUTTER - sticky).max(40.0);
        let max_left = (moving - room).max(0.0);
        if ui.rect_contains_pointer(outer) {
            let delta = ui.input(|i| i.smooth_scroll_delta());
            if delta.y != 0.0 && max_top > 0.0 {
                state.top -= f64::from(delta.y / size::ROW);
            }
            state.left -= delta.x;
        }
        if let Some(row) = state.wanted.take() {
            let row = row as f64;
            if row < state.top || row > state.top + exact_fit - 1.0 {
                let lead = if row < state.top {
                    0.0
                } else {
                    exact_fit - 1.0
                };
                let is_far = (row - state.top).abs() > 2.0 * n_fit as f64;
                state.top = row - if is_far { exact_fit / 2.0 } else { lead };
            }
        }
        state.top = state.top.clamp(0.0, max_top);
        state.left = state.left.clamp(0.0, max_left);
        if max_top > 0.0 {
            let track = Rect::from_min_max(
                pos2(frame.body.right(), frame.body.top()),
                pos2(outer.right(), frame.body.bottom()),
            );
            let share = (exact_fit / self.n_rows as f64) as f32;
            let at = (state.top / max_top) as f32;
            let id = ui.scope_id().with((self.name, "rows bar"));
            if let Some(at) = bar(ui, (id, "Scroll rows"), track, (share, at), frame) {
                state.top = f64::from(at) * max_top;
            }
        }
        if max_left > 0.0 {
            let track = Rect::from_min_max(
                pos2(frame.edge.max(frame.body.left()), frame.body.bottom()),
                pos2(frame.body.right(), outer.bottom()),
            );
            let at = state.left / max_left;
            let id = ui.scope_id().with((self.name, "columns bar"));
            let asked = bar(
                ui,
                (id, "Scroll columns"),
                track,
                (room / moving, at),
                frame,
            );
            if let Some(at) = asked {
                state.left = at * max_left;
            }
        }
    }
}

/// A bar; upright where it is higher than wide. Returns where it was dragged to, in [0, 1].
fn bar(
    ui: &Ui,
    (id, name): (Id, &str),
    track: Rect,
    (share, at): (f32, f32),
    frame: &Frame<'_>,
) -> Option<f32> {
    let is_upright = track.height() > track.width();
    let length = if is_upright {
        track.height()
    } else {
        track.width()
    };
    let handle_length = (length * share).clamp(MIN_HANDLE.min(length), length);
    let travel = (length - handle_length).max(1.0);
    let begin = at * travel;
    let handle = if is_upright {
        let min = pos2(track.left() + 3.0, track.top() + begin);
        Rect::from_min_size(min, vec2(track.width() - 5.0, handle_length))
    } else {
        let min = pos2(track.left() + begin, track.top() + 3.0);
        Rect::from_min_size(min, vec2(handle_length, track.height() - 5.0))
    };
    let response = ui.interact(track, id, Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, name));
    let tokens = &frame.tokens;
    let fill = if response.dragged() {
        tokens.text_weak
    } else if response.hovered() {
        tokens.text_faint
    } else {
        tokens.border_strong
    };
    frame.painter.rect_filled(handle, 3.0, fill);
    let pointer = response.interact_pointer_pos()?;
    if !(response.dragged() || response.clicked()) {
        return None;
    }
    // A drag moves by what the pointer moved; a click on the track brings its middle there.
    let target = if response.dragged() && !response.drag_started() {
        let delta = response.drag_delta();
        begin + if is_upright { delta.y } else { delta.x }
    } else if handle.contains(pointer) {
        begin
    } else {
        let along = if is_upright {
            pointer.y - track.top()
        } else {
            pointer.x - track.left()
        };
        along - handle_length / 2.0
    };
    Some((target / travel).clamp(0.0, 1.0))
}
