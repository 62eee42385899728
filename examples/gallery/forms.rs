//! The page of forms, lists and small things.

use eframe::egui::Ui;
use lockkeeper::gui::{
    icons,
    theme::{Tokens, Tone, space},
    widgets::{
        badge::badge,
        button::Button,
        card::{card, overline, page_title, section, titled_card},
        facts::{Fact, facts},
        field::Field,
        number,
        shortcut::shortcut,
        spark,
        table::{Column, Table},
    },
};

use crate::pages::Gallery;

impl Gallery {
    pub fn forms(&mut self, ui: &mut Ui) {
        page_title(
            ui,
            "Forms and lists",
            "Every control, with its states next to it.",
        );
        ui.columns(3, |columns| {
            card(&mut columns[0], |ui| self.fields(ui));
            card(&mut columns[1], Self::buttons);
            columns[1].add_space(space::S);
            titled_card(&mut columns[1], "Badges", Self::badges);
            columns[1].add_space(space::S);
            titled_card(&mut columns[1], "Columns", Self::profile);
            titled_card(&mut columns[2], "Inspector", Self::inspector);
            columns[2].add_space(space::S);
            titled_card(&mut columns[2], "Messages", |ui| self.toasts.history(ui));
            columns[2].add_space(space::S);
            titled_card(&mut columns[2], "Logo and pictograms", |ui| {
                Self::pictures(ui);
            });
        });
    }

    fn fields(&mut self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing.y = space::M;
        section(ui, "Pipeline parameters", |_| ());
        Field::new("Name")
            .hint("late-flights")
            .help("How the model is called in the registry")
            .text(ui, &mut self.text);
        Field::new("Learning rate")
            .help("How far each step goes")
            .problem(Some("Must be at most 0.01 with this algorithm"))
            .number(ui, &mut self.rate, 0.0..=1.0);
        Field::new("Folds")
            .unit("folds")
            .number(ui, &mut self.folds, 2..=20);
        Field::new("Target").choice(
            ui,
            &mut self.choice,
            &[
                "arr_delay",
                "is_late",
                "a_column_with_a_very_long_name_that_does_not_fit",
            ],
        );
        Field::new("Start training").segments(
            ui,
            &mut self.segment,
            &["With validation", "After validation"],
        );
        Field::new("Algorithms").width(300.0).chips(
            ui,
            &mut self.chosen,
            &[
                "logistic",
                "elastic net",
                "random forest",
                "gradient boosting",
                "naive Bayes",
            ],
        );
        Field::new("Stop at the first failed check")
            .help("Otherwise all checks are made")
            .toggle(ui, &mut self.is_on);
        ui.add_enabled_ui(false, |ui| {
            let mut text = "read-only workspace".to_owned();
            Field::new("Disabled").text(ui, &mut text);
        });
    }

    fn buttons(ui: &mut Ui) {
        section(ui, "Buttons", |_| ());
        ui.horizontal_wrapped(|ui| {
            Button::new("Run pipeline")
                .icon(icons::RUN)
                .primary()
                .shortcut("Ctrl+R")
                .show(ui);
            Button::new("Import…").icon(icons::OPEN).show(ui);
            Button::new("Cancel").quiet().show(ui);
            Button::new("Delete").icon(icons::DELETE).danger().show(ui);
            Button::new("Promote")
                .primary()
                .unless(Some("The gate said no"))
                .show(ui);
            Button::new("Compare")
                .unless(Some("Train a candidate first"))
                .show(ui);
            Button::new("On").pressed(true).show(ui);
            Button::icon_only(icons::SETTINGS, "Settings").show(ui);
            Button::icon_only(icons::COPY, "Copy").show(ui);
        });
        ui.horizontal(|ui| {
            shortcut(ui, "Ctrl+Shift+P");
            shortcut(ui, "F5");
        });
    }

    fn badges(ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            badge(ui, "OK", Tone::Good);
            badge(ui, "RETRAIN", Tone::Warn);
            badge(ui, "STOP", Tone::Bad);
            badge(ui, "production", Tone::Production);
            badge(ui, "candidate", Tone::Candidate);
            badge(ui, "baseline", Tone::Baseline);
            badge(ui, "archived", Tone::Neutral);
            badge(ui, "running", Tone::Accent);
            for series in 0..4 {
                badge(ui, &format!("series {series}"), Tone::Series(series));
            }
        });
    }

    fn profile(ui: &mut Ui) {
        let columns = [
            Column::text("Column").fill().width(90.0),
            Column::picture("Values").width(110.0),
            Column::number("Missing").width(90.0),
        ];
        let names = [
            "dep_time",
            "carrier",
            "temperature_outside_celsius",
            "visib",
            "seats",
        ];
        Table::new("Columns", &columns, names.len())
            .max_height(180.0)
            .show(ui, |cell, row, column| match column {
                0 => cell.strong(names[row]),
                1 => {
                    let counts: Vec<f64> = (0..20)
                        .map(|bin| {
                            (f64::from(bin * 7 % 11) + row as f64) * (1.0 + f64::from(bin) * 0.1)
                        })
                        .collect();
                    cell.picture("20 bins", |painter, rect, tokens| {
                        spark::histogram(painter, rect, &counts, Tone::Series(1), tokens);
                    });
                }
                _ => cell.text(number::percent(row as f64 * 0.043)),
            });
    }

    fn inspector(ui: &mut Ui) {
        overline(ui, "Model");
        facts(
            ui,
            &[
                Fact::text("Name", "late-flights"),
                Fact::text("Algorithm", "gradient boosting"),
                Fact::number("Version", "4"),
                Fact::text("Alias", "candidate").tone(Tone::Candidate),
                Fact::number("AUC", number::metric(0.7351)),
                Fact::number("Trained", number::ago(7_200.0)),
                Fact::number("Size", number::bytes(1_204_000)),
                Fact::number(
                    "Artifact",
                    "artifacts/3f/9ac1d2e07b5544aa91c2f0e1c7d8b6a5.model",
                ),
            ],
        );
    }

    fn pictures(ui: &mut Ui) {
        ui.horizontal(|ui| {
            icons::logo(ui, 20.0);
            icons::logo(ui, 32.0);
            icons::logo(ui, 96.0);
            ui.vertical(|ui| {
                let tokens = Tokens::of(ui);
                ui.horizontal_wrapped(|ui| {
                    for (name, icon) in icons::ALL {
                        ui.label(icon.rich(tokens.text)).on_hover_text(*name);
                    }
                });
            });
        });
    }
}
