//! The rail on the left: the rooms by the four systems, the ledger and maturity.

use crate::gui::action::Action;
use crate::gui::panel::{Group, Room};
use crate::gui::theme::{Tokens, space};
use crate::gui::widgets::card::overline;
use crate::gui::widgets::nav::nav_item;
use crate::workspace::Snapshot;
use eframe::egui::{self, Ui};

pub(super) fn show(
    ui: &mut Ui,
    here: Room,
    snapshot: Option<&Snapshot>,
    actions: &mut Vec<Action>,
) {
    let tokens = Tokens::of(ui);
    let frame = egui::Frame::new()
        .fill(tokens.panel)
        .inner_margin(egui::Margin::symmetric(space::S as i8, space::M as i8));
    egui::Panel::left("rail")
        .exact_size(200.0)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let mut group = Group::Top;
            for room in Room::ALL {
                if snapshot.is_none() && room != Room::Start {
                    continue;
                }
                if room.group() != group {
                    group = room.group();
                    if let Some(title) = group.title() {
                        ui.add_space(space::M);
                        ui.horizontal(|ui| {
                            ui.add_space(space::S);
                            overline(ui, title);
                        });
                    }
                }
                let count = snapshot.map_or(0, |s| count(room, s));
                if nav_item(ui, room.icon(), room.title(), here == room, count).clicked() {
                    actions.push(Action::Go(room));
                }
            }
        });
}

/// A number beside the room: what one would find in it.
fn count(room: Room, snapshot: &Snapshot) -> u64 {
    match room {
        Room::Models => snapshot.models.len() as u64,
        Room::Runs => snapshot.ledger.lines.len() as u64,
        _ => 0,
    }
}
