//! The versions of the schema: who changed it when and why, what a version says otherwise than the one before, and the
//! way back to it.

use super::difference::differences;
use crate::domain::schema::Schema;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::table::{Column, Table};
use crate::gui::widgets::{button::Button, card, number};
use crate::workspace::snapshot::{SchemaInForce, SchemaVersion};
use crate::workspace::{Answer, Query};
use eframe::egui::{self, ScrollArea, Ui, vec2};

/// The list, and which of it is looked at.
#[derive(Debug, Default)]
pub(super) struct Versions {
    selected: Option<u32>,
}

impl Versions {
    /// Draws the list; a version that is to be brought back comes out.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &PanelContext<'_>,
        in_force: &SchemaInForce,
    ) -> Option<(u32, Schema)> {
        card::section(ui, "Versions", |_| ());
        let versions = &in_force.history;
        let here = versions
            .iter()
            .position(|v| Some(v.version) == self.selected)
            .or_else(|| (!versions.is_empty()).then_some(0));
        let (width, height) = (ui.available_width(), ui.available_height());
        let left = (width * 0.54).max(300.0);
        let mut restored = None;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            let layout = egui::Layout::top_down(egui::Align::Min);
            ui.allocate_ui_with_layout(vec2(left, height), layout, |ui| {
                ui.set_width(left);
                self.list(ui, context, (versions, here), height);
            });
            let right = ui.available_width();
            ui.allocate_ui_with_layout(vec2(right, height), layout, |ui| {
                ui.set_width(right);
                if let Some(position) = here {
                    restored = changes(ui, context, in_force, position);
                }
            });
        });
        restored
    }

    fn list(
        &mut self,
        ui: &mut Ui,
        context: &PanelContext<'_>,
        (versions, here): (&[SchemaVersion], Option<usize>),
        height: f32,
    ) {
        let list = [
            Column::number("Version").width(72.0).sortable(false),
            Column::text("When").width(100.0).sortable(false),
            Column::text("Who").width(90.0).sortable(false),
            Column::text("Why").fill().width(140.0).sortable(false),
        ];
        let table = Table::new("Versions of the schema", &list, versions.len())
            .selected(here)
            .max_height(height);
        let done = table.show(ui, |cell, row, column| {
            let version = &versions[row];
            match column {
                0 => cell.text(format!("v{}", version.version)),
                1 => cell.weak(number::ago(
                    (context.now - version.created) as f64 / 1_000.0,
                )),
                2 => cell.text(&version.author),
                _ => cell.text(&version.note),
            }
        });
        if let Some(row) = done.selected {
            self.selected = versions.get(row).map(|v| v.version);
        }
    }
}

/// What the version at this place of the history changed, and the button that brings it back.
fn changes(
    ui: &mut Ui,
    context: &PanelContext<'_>,
    in_force: &SchemaInForce,
    position: usize,
) -> Option<(u32, Schema)> {
    let tokens = Tokens::of(ui);
    let version = &in_force.history[position];
    let of = |v: &SchemaVersion| v.artifact.as_ref().map(Query::artifact);
    let this = answer::known(context, of(version).as_ref());
    let earlier = in_force.history.get(position + 1);
    let before = earlier.and_then(|v| answer::known(context, of(v).as_ref()));
    let mut restored = None;
    ui.horizontal(|ui| {
        let text = format!("What v{} changed", version.version);
        ui.label(Type::Strong.rich(text, tokens.text_strong));
        if let Some(Answer::Schema(schema)) = this.as_deref()
            && version.version != in_force.version
        {
            let read_only = context.snapshot.and_then(|s| s.read_only.clone());
            let button = Button::new("Bring it back…")
                .tooltip("Prepares this version as a new one; look at it, then save it")
                .unless(read_only);
            if button.show(ui).clicked() {
                restored = Some((version.version, schema.clone()));
            }
        }
    });
    let weak = |ui: &mut Ui, text: &str| {
        ui.add(egui::Label::new(Type::Small.rich(text, tokens.text_weak)).wrap());
    };
    match (this.as_deref(), before.as_deref(), earlier) {
        (_, _, None) => weak(ui, "It is the first version: the first run inferred it."),
        (Some(Answer::Schema(this)), Some(Answer::Schema(before)), Some(_)) => {
            let list = differences(before, this);
            if list.is_empty() {
                weak(ui, "Nothing: it says the same as the version before.");
            }
            ScrollArea::vertical().id_salt("changes").show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                for (column, change) in &list {
                    let text = format!("{column}: {change}");
                    ui.add(egui::Label::new(Type::Body.rich(text, tokens.text)).wrap());
                }
            });
        }
        _ => weak(ui, "Reading both versions…"),
    }
    restored
}
