//! What a newcomer sees: what Lockkeeper does in one sentence, and three ways in as cards.

use super::create::Create;
use super::recent;
use crate::gui::action::{Action, Purpose};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Type, size, space};
use crate::gui::widgets::{button::Button, card, field::Field};
use crate::workspace::samples::SAMPLES;
use eframe::egui::{self, Key, Sense, Ui, vec2};
use std::path::PathBuf;

/// The word on the button of a sample.
fn button_of(id: &str) -> &'static str {
    match id {
        "nyc-flights" => "Open sample",
        "nyc-flights-delay" => "Open delays",
        "penguins" => "Open penguins",
        _ => "Open",
    }
}

/// Draws the page. A file that is typed goes to the form, a folder to the app.
pub(super) fn welcome(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    create: &mut Create,
    open: &mut String,
) {
    header(ui);
    let width = ui.available_width();
    if width >= 880.0 {
        let side = ((width - 2.0 * space::L) / 3.0).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            let column = |ui: &mut Ui, add: &mut dyn FnMut(&mut Ui)| {
                let layout = egui::Layout::top_down(egui::Align::Min);
                ui.allocate_ui_with_layout(vec2(side, 0.0), layout, |ui| {
                    ui.set_width(side);
                    ui.spacing_mut().item_spacing.x = space::S;
                    add(ui);
                });
            };
            let height = 400.0;
            column(ui, &mut |ui| samples(ui, context, height));
            column(ui, &mut |ui| own_data(ui, context, create, height));
            column(ui, &mut |ui| existing(ui, context, open, height));
        });
    } else {
        samples(ui, context, 0.0);
        own_data(ui, context, create, 0.0);
        existing(ui, context, open, 0.0);
    }
}

fn header(ui: &mut Ui) {
    let tokens = Tokens::of(ui);
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        icons::logo(ui, 56.0);
        let sentence = "Train a model, see whether it is better than the one in production for everybody, put it to work, \
                        and have every step on record. On this machine, offline.";
        card::page_title(ui, "Lockkeeper", sentence);
    });
    ui.add_space(space::XS);
    ui.label(Type::Heading.rich("Three ways in", tokens.text_strong));
}

/// A card of at least this height, with an icon beside its title and a line of explanation.
fn way(
    ui: &mut Ui,
    icon: icons::Icon,
    (title, text): (&str, &str),
    height: f32,
    contents: impl FnOnce(&mut Ui),
) {
    let tokens = Tokens::of(ui);
    card::card(ui, |ui| {
        ui.set_min_height(height);
        ui.spacing_mut().item_spacing.y = space::S;
        ui.horizontal(|ui| {
            let (place, _) = ui.allocate_exact_size(vec2(22.0, size::CONTROL), Sense::hover());
            icon.paint(ui.painter(), place.center(), 20.0, tokens.accent);
            ui.label(Type::Heading.rich(title, tokens.text_strong));
        });
        ui.add(egui::Label::new(Type::Body.rich(text, tokens.text_weak)).wrap());
        ui.add_space(space::XS);
        contents(ui);
    });
}

fn samples(ui: &mut Ui, context: &mut PanelContext<'_>, height: f32) {
    let tokens = Tokens::of(ui);
    let words = (
        "Open the sample",
        "Data, pipeline and lessons are ready: the quickest way to see everything.",
    );
    way(ui, icons::LESSON, words, height, |ui| {
        for (position, sample) in SAMPLES.iter().enumerate() {
            if position > 0 {
                ui.separator();
            }
            ui.label(Type::Strong.rich(sample.title, tokens.text_strong));
            ui.add(egui::Label::new(Type::Body.rich(sample.summary, tokens.text)).wrap());
            let button = Button::new(button_of(sample.id));
            let button = if position == 0 {
                button.primary().icon(icons::RUN)
            } else {
                button
            };
            if button.show(ui).clicked() {
                context.act(Action::OpenSample(sample.id.to_owned()));
            }
        }
    });
}

fn own_data(ui: &mut Ui, context: &mut PanelContext<'_>, create: &mut Create, height: f32) {
    let tokens = Tokens::of(ui);
    let words = (
        "Start from your data",
        "A table with a column to predict: CSV, Parquet, Arrow, JSON lines, SQLite or Excel, also gzipped, or a folder of such files.",
    );
    way(ui, icons::DATASET, words, height, |ui| {
        let width = ui.available_width();
        let field = Field::new("File")
            .hint("/home/ada/customers.csv")
            .width(width);
        let typed = field.text(ui, &mut create.typed);
        let enter = typed.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        let reason = create
            .typed
            .trim()
            .is_empty()
            .then_some("Type the path of a file first");
        ui.horizontal(|ui| {
            if Button::new("Browse…")
                .icon(icons::OPEN)
                .tooltip("Choose a file")
                .show(ui)
                .clicked()
            {
                context.act(Action::Pick(Purpose::NewData));
            }
            let look = Button::new("Look at it").unless(reason).show(ui).clicked();
            if (look || enter) && reason.is_none() {
                create.look_at(path_of(&create.typed));
            }
        });
        drop_place(ui, &tokens);
        let text = "You see what is in it and choose the target column before anything is made.";
        ui.add(egui::Label::new(Type::Small.rich(text, tokens.text_weak)).wrap());
    });
}

/// Where a file can be dropped; the whole window takes it, this says so.
fn drop_place(ui: &mut Ui, tokens: &Tokens) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 72.0), Sense::hover());
    let is_over = ui.input(|i| !i.raw.hovered_files.is_empty());
    let (fill, edge) = if is_over {
        (tokens.selected, tokens.accent)
    } else {
        (tokens.field, tokens.border_strong)
    };
    ui.painter().rect_filled(rect, size::RADIUS, fill);
    let stroke = egui::Stroke::new(1.0, edge);
    crate::gui::widgets::paint::dashed_rect(ui.painter(), rect.shrink(0.5), stroke);
    let inner = rect.shrink2(vec2(space::M, 0.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(inner), |ui| {
        ui.centered_and_justified(|ui| {
            ui.add(
                egui::Label::new(
                    Type::Body.rich("or drop a file anywhere in the window", tokens.text_weak),
                )
                .wrap(),
            );
        });
    });
}

fn existing(ui: &mut Ui, context: &mut PanelContext<'_>, open: &mut String, height: f32) {
    let words = (
        "Open a workspace",
        "A folder with data, pipeline, models and all records.",
    );
    way(ui, icons::OPEN, words, height, |ui| {
        let width = ui.available_width();
        let field = Field::new("Folder")
            .hint("/home/ada/lockkeeper/nyc-flights")
            .width(width);
        let typed = field.text(ui, open);
        let enter = typed.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        let reason = open
            .trim()
            .is_empty()
            .then_some("Type the path of a folder first");
        let mut chosen = None;
        ui.horizontal(|ui| {
            if Button::new("Browse…")
                .icon(icons::OPEN)
                .tooltip("Choose a folder")
                .show(ui)
                .clicked()
            {
                chosen = Some(Action::Pick(Purpose::Workspace));
            }
            let opens = Button::new("Open").unless(reason).show(ui).clicked();
            if (opens || enter) && reason.is_none() {
                chosen = Some(Action::OpenWorkspace(path_of(open)));
            }
        });
        if let Some(action) = chosen {
            context.act(action);
        }
        ui.add_space(space::XS);
        card::overline(ui, "Recent");
        recent::list(ui, context, 6);
    });
}

/// A typed path; `~/` is the person's folder.
pub(in crate::gui) fn path_of(typed: &str) -> PathBuf {
    let typed = typed.trim();
    match (typed.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(typed),
    }
}
