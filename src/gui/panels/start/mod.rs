//! Start: the first thing a newcomer sees, and with an open workspace its home page. Three ways in (a sample, a file
//! of one's own, a workspace that exists); making and opening them is left to the app and the engine.

mod create;
mod home;
mod next;
mod reading_form;
mod recent;
mod target;
mod welcome;

use crate::gui::action::Purpose;
use crate::gui::panel::{Panel, PanelContext, Room};
use crate::gui::widgets::button::Button;
use crate::gui::{icons, theme::space};
use create::Create;
use eframe::egui::{ScrollArea, Ui};
pub(in crate::gui) use welcome::path_of;

/// The room.
#[derive(Debug, Default)]
pub struct Start {
    /// The form for a new workspace.
    create: Create,
    /// The path that is typed to open a workspace.
    open: String,
    /// Whether the ways in are shown although a workspace is open.
    shows_ways: bool,
}

impl Panel for Start {
    fn room(&self) -> Room {
        Room::Start
    }

    fn has_inspector(&self, _snapshot: &crate::workspace::Snapshot) -> bool {
        false
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        for (purpose, path) in context.picked {
            match purpose {
                Purpose::NewData => {
                    self.create.look_at(path.clone());
                    self.shows_ways = true;
                }
                Purpose::NewFolder => self.create.put_into(path),
                Purpose::Workspace => self.open = path.display().to_string(),
                Purpose::Batch | Purpose::Schema | Purpose::Model => {}
            }
        }
        ScrollArea::vertical()
            .id_salt("start")
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = space::M;
                let open = context.snapshot.map(|s| s.name.clone());
                if let Some(name) = open.as_ref().filter(|_| self.shows_ways) {
                    let back = Button::new(format!("Back to {name}"))
                        .icon(icons::HOME)
                        .quiet();
                    if back.show(ui).clicked() {
                        self.shows_ways = false;
                        self.create = Create::default();
                        return;
                    }
                }
                if self.create.is_open() {
                    self.create.ui(ui, context);
                } else if open.is_some() && !self.shows_ways {
                    home::home(ui, context, &mut self.shows_ways);
                } else {
                    welcome::welcome(ui, context, &mut self.create, &mut self.open);
                }
            });
    }
}
