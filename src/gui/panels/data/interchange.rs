//! Schemas in the files of others: one is taken out, or brought in as an edit that is looked at before it is saved.

use crate::domain::schema::Schema;
use crate::gui::action::{Action, Purpose};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::widgets::button::Button;
use crate::workspace::schemas::{self, SchemaFormat};
use crate::workspace::snapshot::SchemaInForce;
use eframe::egui::Ui;

/// A schema that was brought in.
pub(super) struct Imported {
    pub(super) schema: Schema,
    /// Suggested reason of the new version.
    pub(super) note: String,
    /// What did not come over.
    pub(super) lost: Vec<String>,
}

/// The buttons.
pub(super) fn buttons(ui: &mut Ui, context: &mut PanelContext<'_>, in_force: &SchemaInForce) {
    let read_only = context.snapshot.and_then(|s| s.read_only.clone());
    let import = Button::new("Import…").icon(icons::OPEN);
    let help = "TensorFlow Data Validation's schema.pbtxt, or a Frictionless Table Schema";
    if import
        .unless(read_only)
        .show(ui)
        .on_hover_text(help)
        .clicked()
    {
        context.act(Action::Pick(Purpose::Schema));
    }
    ui.menu_button("Export ▾", |ui| {
        for (title, format, name) in [
            (
                "For TensorFlow Data Validation (schema.pbtxt)…",
                SchemaFormat::Tfdv,
                "schema.pbtxt",
            ),
            (
                "As a Frictionless Table Schema (JSON)…",
                SchemaFormat::Frictionless,
                "tableschema.json",
            ),
        ] {
            if !ui.button(title).clicked() {
                continue;
            }
            ui.close();
            let carried = format.write(&in_force.schema);
            context.act(Action::SaveText {
                name: name.to_owned(),
                text: carried.value,
            });
            if !carried.notes.is_empty() {
                let lost = carried.notes.join("\n");
                context.act(Action::Notify(format!(
                    "This format has no word for some of it:\n{lost}"
                )));
            }
        }
    });
}

/// A schema whose file was picked in this frame.
pub(super) fn picked(context: &mut PanelContext<'_>, in_force: &SchemaInForce) -> Option<Imported> {
    let mut files = context.picked.iter();
    let (_, path) = files.find(|(purpose, _)| *purpose == Purpose::Schema)?;
    match schemas::import(path, Some(&in_force.schema)) {
        Ok(carried) => Some(Imported {
            schema: carried.value,
            note: format!("Imported from {}", path.display()),
            lost: carried.notes,
        }),
        Err(failure) => {
            context.act(Action::Notify(failure.to_string()));
            None
        }
    }
}
