//! The schema's way to and from other programs: both buttons, reading the file, and the list of what is not carried.

use super::difference::differences;
use crate::domain::Failure;
use crate::domain::interchange::{self, SchemaFormat};
use crate::domain::schema::Schema;
use crate::gui::action::{Action, Purpose};
use crate::gui::icons;
use crate::gui::panel::{Load, PanelContext};
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::{button::Button, card, number};
use crate::workspace::snapshot::SchemaInForce;
use crate::workspace::{Answer, Query, interchange as files};
use eframe::egui::{self, ScrollArea, Ui};
use std::path::PathBuf;

/// Tallest list of notes, in points.
const HEIGHT: f32 = 116.0;

/// What is on its way.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// The file that is being read.
    asked: Option<(PathBuf, u64)>,
    /// How many times files were asked for.
    time: u64,
    said: Option<Said>,
}

/// What is said of an exchange that ended.
#[derive(Debug)]
enum Said {
    /// The schema is in another format.
    Exported(String, Vec<String>),
    /// A file is a draft now; its notes.
    Imported(String, Vec<String>),
    /// The file cannot be read.
    Failed(Failure),
}

impl Exchange {
    /// Both buttons, for the title's line.
    pub(super) fn buttons(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        in_force: &SchemaInForce,
    ) {
        let button = Button::new("Export schema…").icon(icons::EXPORT).quiet();
        let response = button.show(ui);
        egui::Popup::menu(&response).show(|ui| {
            for format in [SchemaFormat::Tfdv, SchemaFormat::Frictionless] {
                let text = format!("{} ({})", format.title(), format.file_name());
                if Button::new(text).quiet().show(ui).clicked() {
                    self.export(context, in_force, format);
                }
            }
        });
        let read_only = context.snapshot.and_then(|s| s.read_only.clone());
        let button = Button::new("Import schema…").icon(icons::ADD).quiet();
        let tip = "A schema.pbtxt of TensorFlow Data Validation, or a Frictionless Table Schema";
        if button.tooltip(tip).unless(read_only).show(ui).clicked() {
            context.act(Action::Pick(Purpose::Schema));
        }
    }

    fn export(
        &mut self,
        context: &mut PanelContext<'_>,
        in_force: &SchemaInForce,
        format: SchemaFormat,
    ) {
        let exported = files::export(&in_force.schema, format);
        let notes = interchange::lines(&exported.not_carried);
        let title = format!("Version {} for {}", in_force.version, format.title());
        self.said = Some(Said::Exported(title, notes));
        context.act(Action::SaveText {
            name: format.file_name().to_owned(),
            text: exported.text,
        });
    }

    /// Takes files that were picked, and gives the schema of one that is read by now, with the reason for its version.
    pub(super) fn receive(
        &mut self,
        context: &PanelContext<'_>,
        in_force: &SchemaInForce,
    ) -> Option<(Schema, String)> {
        let mut schemas = context.picked.iter().filter(|(p, _)| *p == Purpose::Schema);
        if let Some((_, path)) = schemas.next_back() {
            self.time += 1;
            self.asked = Some((path.clone(), self.time));
        }
        let (path, time) = self.asked.clone()?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        let name = name.to_string_lossy().into_owned();
        match context.load(Some(&Query::SchemaFile { path, time })) {
            Load::Loading | Load::Empty => return None,
            Load::Failed(failure) => self.said = Some(Said::Failed(failure)),
            Load::Ready(answer) => {
                self.asked = None;
                let Answer::Imported(imported) = &*answer else {
                    return None;
                };
                let mut imported = (**imported).clone();
                files::keep_unsaid(&mut imported, &in_force.schema);
                let notes = interchange::lines(&imported.not_carried);
                self.said = Some(Said::Imported(name.clone(), notes));
                return Some((imported.schema, format!("Imported from {name}")));
            }
        }
        self.asked = None;
        None
    }

    /// What is said of the last exchange, until it is closed.
    pub(super) fn ui(&mut self, ui: &mut Ui, base: &Schema, shown: &Schema) {
        let Some(said) = &self.said else {
            if self.asked.is_some() {
                let tokens = Tokens::of(ui);
                ui.label(Type::Body.rich("Reading the schema…", tokens.text_weak));
            }
            return;
        };
        let (title, lines) = match said {
            Said::Exported(title, notes) => (title.clone(), notes.clone()),
            Said::Imported(name, notes) => (format!("Imported from {name}"), {
                let changes = differences(base, shown);
                let changes = changes
                    .iter()
                    .map(|(column, what)| format!("{column}: {what}"));
                changes.chain(notes.iter().cloned()).collect()
            }),
            Said::Failed(failure) => (failure.summary.clone(), failure.hints.clone()),
        };
        let is_failed = matches!(said, Said::Failed(_));
        let mut closes = false;
        card::card(ui, |ui| {
            let tokens = Tokens::of(ui);
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.horizontal(|ui| {
                closes = Button::icon_only(icons::CLOSE, "Close the notes")
                    .show(ui)
                    .clicked();
                let colour = if is_failed {
                    tokens.bad
                } else {
                    tokens.text_strong
                };
                ui.add(egui::Label::new(Type::Strong.rich(&title, colour)).wrap());
                if !is_failed {
                    let text = number::counted(lines.len() as u64, "note", "notes");
                    ui.label(Type::Small.rich(text, tokens.text_weak));
                }
            });
            let list = ScrollArea::vertical().id_salt("notes").max_height(HEIGHT);
            list.show(ui, |ui| {
                for line in &lines {
                    ui.add(egui::Label::new(Type::Body.rich(line, tokens.text)).wrap());
                }
                if lines.is_empty() && !is_failed {
                    ui.label(Type::Body.rich("Everything was carried.", tokens.text));
                }
            });
        });
        if closes {
            self.said = None;
        }
    }

    /// Forgets what was said, as the draft that it was about is gone.
    pub(super) fn forget(&mut self) {
        if matches!(self.said, Some(Said::Imported(..))) {
            self.said = None;
        }
    }
}
