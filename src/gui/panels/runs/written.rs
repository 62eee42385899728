//! What people write to a run: a pin, tags, a note. Each change is a command; what is typed waits here for it.

use crate::domain::ids::RunId;
use crate::domain::ledger::RunLine;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::field::Field;
use crate::workspace::{Command, RunWriting, Snapshot};
use eframe::egui::{Ui, vec2};

/// What is typed.
#[derive(Debug, Default)]
pub(super) struct Draft {
    of: Option<RunId>,
    name: String,
    value: String,
    note: String,
}

impl Draft {
    /// Shows what is written to a run, and the fields to write more.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        line: &RunLine,
        snapshot: &Snapshot,
        context: &mut PanelContext<'_>,
    ) {
        if self.of != Some(line.id) {
            *self = Self {
                of: Some(line.id),
                note: line.note.clone(),
                ..Self::default()
            };
        }
        let against = snapshot
            .read_only
            .as_ref()
            .map(|who| format!("{who} holds the workspace"));
        let mut writes: Vec<RunWriting> = Vec::new();
        card(ui, |ui| {
            section(ui, "Tags and note", |ui| {
                let text = if line.is_pinned { "Unpin" } else { "Pin" };
                let pin = Button::new(text)
                    .icon(icons::PIN)
                    .tooltip("Pinned runs stand above the others")
                    .unless(against.clone());
                if pin.show(ui).clicked() {
                    writes.push(RunWriting::Pin(!line.is_pinned));
                }
            });
            tags(ui, line, &mut writes);
            ui.add_space(space::S);
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(space::M, space::S);
                ui.vertical(|ui| Field::new("Tag").width(140.0).text(ui, &mut self.name));
                ui.vertical(|ui| Field::new("Value").width(180.0).text(ui, &mut self.value));
                let is_empty = self.name.trim().is_empty() || self.value.trim().is_empty();
                let reason = against
                    .clone()
                    .or_else(|| is_empty.then(|| "A tag has a name and a value".to_owned()));
                ui.vertical(|ui| {
                    ui.add_space(20.0);
                    let add = Button::new("Add").icon(icons::ADD).unless(reason);
                    if add.show(ui).clicked() {
                        let (name, value) = (&mut self.name, &mut self.value);
                        writes.push(RunWriting::Tag {
                            name: std::mem::take(name),
                            value: std::mem::take(value),
                        });
                    }
                });
            });
            ui.add_space(space::S);
            Field::new("Note").lines(ui, &mut self.note, 2);
            let is_same = self.note.trim() == line.note;
            let reason = against.or_else(|| is_same.then(|| "Nothing has changed".to_owned()));
            ui.add_space(space::XS);
            if Button::new("Save the note")
                .unless(reason)
                .show(ui)
                .clicked()
            {
                writes.push(RunWriting::Note(self.note.clone()));
            }
        });
        for written in writes {
            let run = line.id;
            context.act(Action::Submit(Command::WriteToRun { run, written }));
        }
    }
}

fn tags(ui: &mut Ui, line: &RunLine, writes: &mut Vec<RunWriting>) {
    if line.tags.is_empty() {
        let weak = Tokens::of(ui).text_weak;
        ui.label(Type::Body.rich("It has no tags.", weak));
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, space::S);
        for (name, value) in &line.tags {
            let close = Button::new(format!("{name}: {value}")).icon(icons::CLOSE);
            if close.tooltip("Take the tag away").show(ui).clicked() {
                writes.push(RunWriting::Tag {
                    name: name.clone(),
                    value: String::new(),
                });
            }
        }
    });
}
