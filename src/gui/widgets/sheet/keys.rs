//! The keyboard of a sheet.

use eframe::egui::{self, Event, Key, Ui};

use super::{SheetResponse, SheetState};

/// Moves, extends and copies while the sheet has the focus.
pub(super) fn keys(
    ui: &Ui,
    id: egui::Id,
    state: &mut SheetState,
    (n_rows, n_fit): (usize, usize),
    done: &mut SheetResponse,
) {
    if n_rows == 0 {
        return;
    }
    let filter = egui::EventFilter {
        vertical_arrows: true,
        horizontal_arrows: true,
        ..Default::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let last = n_rows - 1;
    let at = state.selected.map(|(_, end)| end);
    let page = n_fit.saturating_sub(1).max(1);
    let (target, extends, all, copies, sideways) = ui.input(|i| {
        let steps = [
            (Key::ArrowDown, at.map_or(0, |row| (row + 1).min(last))),
            (Key::ArrowUp, at.map_or(last, |row| row.saturating_sub(1))),
            (Key::PageDown, at.map_or(0, |row| (row + page).min(last))),
            (Key::PageUp, at.map_or(0, |row| row.saturating_sub(page))),
            (Key::Home, 0),
            (Key::End, last),
        ];
        let target = steps
            .into_iter()
            .find(|(key, _)| i.key_pressed(*key))
            .map(|(_, row)| row);
        let right = i.num_presses(Key::ArrowRight) as f32 - i.num_presses(Key::ArrowLeft) as f32;
        (
            target,
            i.modifiers.shift,
            i.modifiers.command && i.key_pressed(Key::A),
            i.events.iter().any(|e| matches!(e, Event::Copy)),
            right,
        )
    });
    state.left = (state.left + sideways * 80.0).max(0.0);
    if let Some(row) = target {
        let begun = state
            .selected
            .filter(|_| extends)
            .map_or(row, |(begun, _)| begun);
        state.selected = Some((begun, row));
        state.wanted = Some(row);
    }
    if all {
        state.selected = Some((0, last));
    }
    done.copies = copies && state.selected.is_some();
}
