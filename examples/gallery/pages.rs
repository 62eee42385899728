//! The pages of the gallery.

use eframe::egui::{self, Ui, vec2};
use lockkeeper::gui::{
    icons,
    theme::{Tokens, Tone, Type, space},
    widgets::{
        badge::badge,
        banner::Banner,
        breadcrumb::breadcrumb,
        button::Button,
        card::{card, overline, section},
        chart::ChartFrame,
        confirm::Confirm,
        line::{LineChart, Reference},
        matrix::ConfusionMatrix,
        nav::nav_item,
        number,
        pipeline::PipelineGraph,
        progress::{self, Job},
        search::search,
        segmented::segmented,
        shortcut::shortcut,
        slider::threshold,
        state::{self, Problem},
        table::{Column, Sort, Table},
        toast::{Toast, Toasts},
        whisker::Whisker,
    },
};

use crate::data;

type Page = (&'static str, fn(&mut Gallery, &mut Ui));

pub const PAGES: &[Page] = &[
    ("Compare", Gallery::compare),
    ("Pipeline", Gallery::pipeline),
    ("Charts", Gallery::charts),
    ("Points", Gallery::points),
    ("Forms", Gallery::forms),
    ("States", Gallery::states),
    ("Modal", Gallery::modal),
];

pub struct Gallery {
    pub page: usize,
    pub sort: Option<Sort>,
    pub selected: Option<usize>,
    pub node: Option<usize>,
    pub text: String,
    pub rate: f64,
    pub folds: u32,
    pub choice: usize,
    pub segment: usize,
    pub chosen: Vec<bool>,
    pub is_on: bool,
    pub threshold: f64,
    pub filter: String,
    pub toasts: Toasts,
    pub confirm: Option<Confirm>,
}

impl Gallery {
    pub fn new(page: usize) -> Self {
        let mut toasts = Toasts::default();
        toasts.push(Toast::new(Tone::Good, "Run 14 finished in 3 min 04 s").action("Open"));
        toasts.push(
            Toast::new(
                Tone::Bad,
                "flights_q3.csv could not be read: 12 rows have a field too many",
            )
            .details("Row 1 204: expected 19 fields, found 20"),
        );
        let confirm = Confirm::new(
            "Promote late-flights version 4?",
            "Version 4 answers every request from now on. Version 3 stays in the registry and can be rolled back to.",
            "Promote",
        )
        .with_required_reason("Reason");
        Self {
            page,
            sort: Some(Sort::descending(1)),
            selected: Some(1),
            node: Some(5),
            text: String::new(),
            rate: 0.05,
            folds: 5,
            choice: 1,
            segment: 1,
            chosen: vec![true, false, true, false, false],
            is_on: true,
            threshold: 0.42,
            filter: "carrier".to_owned(),
            toasts,
            confirm: Some(confirm),
        }
    }

    pub fn ui(&mut self, ui: &mut Ui) {
        let tokens = Tokens::of(ui);
        egui::Panel::top("bar").show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.set_min_height(36.0);
                icons::logo(ui, 22.0);
                ui.label(Type::Strong.rich("Lockkeeper", tokens.text_strong));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if Button::icon_only(icons::THEME, "Light or dark")
                        .show(ui)
                        .clicked()
                    {
                        let is_dark = ui.visuals().dark_mode;
                        ui.ctx().set_theme(if is_dark {
                            egui::Theme::Light
                        } else {
                            egui::Theme::Dark
                        });
                    }
                    shortcut(ui, "Ctrl+K");
                    Button::new("Run").icon(icons::RUN).primary().show(ui);
                });
            });
        });
        egui::Panel::bottom("status").show(ui, |ui| {
            ui.horizontal(|ui| {
                let job = Job {
                    text: "train 7/12 candidates".to_owned(),
                    share: Some(0.58),
                    seconds_left: Some(14.0),
                    is_stopping: false,
                };
                progress::job_chip(ui, &job);
                ui.separator();
                ui.label(Type::Small.rich("service off", tokens.text_weak));
                ui.separator();
                progress::counter(ui, 2, "findings");
                ui.label(Type::Small.rich("findings", tokens.text_weak));
            });
        });
        egui::Panel::left("side").exact_size(176.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(space::S);
            overline(ui, "Gallery");
            let marks = [
                icons::COMPARE,
                icons::PIPELINE,
                icons::MONITOR,
                icons::COMPARE,
                icons::EDIT,
                icons::INFO,
                icons::PROMOTE,
            ];
            for (position, ((name, _), icon)) in PAGES.iter().zip(marks).enumerate() {
                let count = if position == 5 { 2 } else { 0 };
                if nav_item(ui, icon, name, position == self.page, count).clicked() {
                    self.page = position;
                }
            }
        });
        let frame = egui::Frame::new()
            .fill(tokens.background)
            .inner_margin(space::L);
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            let (_, page) = PAGES[self.page.min(PAGES.len() - 1)];
            page(self, ui);
        });
    }

    fn compare(&mut self, ui: &mut Ui) {
        breadcrumb(ui, &["nyc-flights", "Pipeline", "Compare"]);
        let sentence = "The candidate is better overall (log loss 0.5123 → 0.4971) and worse in 1 of 41 segments; \
                        the gate says no because of carrier = EV.";
        Banner::new(Tone::Bad, "Not blessed", sentence).show_with(ui, |ui| {
            Button::new("Open the gate's checks").show(ui);
        });
        let right = (ui.available_width() * 0.36).round();
        let left = ui.available_width() - right - space::M;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            let height = ui.available_height();
            ui.allocate_ui_with_layout(
                vec2(left, height),
                egui::Layout::top_down(egui::Align::Min),
                |ui| {
                    self.segment_table(ui);
                },
            );
            ui.allocate_ui_with_layout(
                vec2(right, height),
                egui::Layout::top_down(egui::Align::Min),
                |ui| {
                    card(ui, |ui| {
                        section(ui, "carrier = EV", |ui| {
                            badge(ui, "worse", Tone::Bad);
                        });
                        threshold(
                            ui,
                            "Threshold",
                            &mut self.threshold,
                            0.0..=1.0,
                            Some((0.5, "In use: 0.5")),
                        );
                        let chart = LineChart::unit_square(
                            vec![
                                data::roc("production v3", Tone::Production, 0.34),
                                data::roc("candidate", Tone::Candidate, 0.42),
                            ],
                            "false positive rate",
                            "true positive rate",
                        )
                        .reference(Reference::Diagonal("chance"));
                        let height = (ui.available_height() - 250.0).clamp(160.0, 420.0);
                        ChartFrame::new("The candidate ranks these flights worse")
                            .height(height)
                            .show(ui, &chart);
                        ui.columns_const(|[one, two]| {
                            let matrix = |tone, a, b, c, d| ConfusionMatrix {
                                classes: vec!["late".to_owned(), "on time".to_owned()],
                                counts: vec![vec![a, b], vec![c, d]],
                                tone,
                                selected: None,
                            };
                            let frame = |title| ChartFrame::new(title).height(160.0).without_menu();
                            frame("Production")
                                .show(one, &matrix(Tone::Production, 402, 210, 188, 1_211));
                            frame("Candidate")
                                .show(two, &matrix(Tone::Candidate, 361, 251, 201, 1_198));
                        });
                    });
                },
            );
        });
    }

    fn segment_table(&mut self, ui: &mut Ui) {
        let segments = data::segments();
        ui.horizontal(|ui| {
            search(ui, "Find a segment", &mut self.filter, 260.0, Some((4, 41)));
            segmented(
                ui,
                "Metric",
                &mut self.segment,
                &["Accuracy", "Log loss", "AUC"],
            );
        });
        let columns = [
            Column::text("Segment").fill().width(150.0),
            Column::number("Rows").width(80.0),
            Column::number("Production").width(96.0),
            Column::number("Candidate").width(96.0),
            Column::picture("Difference")
                .width(150.0)
                .help("Candidate minus production, with its 95 % interval"),
            Column::text("Verdict").width(136.0),
        ];
        let order = self.sort.map_or_else(
            || (0..segments.len()).collect(),
            |sort| {
                sort.order(segments.len(), |a, b| match sort.column {
                    0 => segments[a].name.cmp(segments[b].name),
                    1 => segments[a].n_rows.cmp(&segments[b].n_rows),
                    2 => segments[a]
                        .production
                        .partial_cmp(&segments[b].production)
                        .unwrap_or(std::cmp::Ordering::Equal),
                    _ => segments[a]
                        .candidate
                        .partial_cmp(&segments[b].candidate)
                        .unwrap_or(std::cmp::Ordering::Equal),
                })
            },
        );
        let reach = Whisker::reach(
            segments
                .iter()
                .filter(|s| s.n_rows > 100)
                .filter_map(|s| s.whisker),
        );
        let table = Table::new("Segments", &columns, segments.len())
            .sort(self.sort)
            .selected(self.selected);
        let done = table.show(ui, |cell, row, column| {
            let segment = &segments[order[row]];
            match column {
                0 => cell.strong(segment.name),
                1 => cell.text(number::count(segment.n_rows)),
                2 => cell.toned(number::fixed(segment.production, 4), Tone::Production),
                3 => cell.toned(number::fixed(segment.candidate, 4), Tone::Candidate),
                4 => match segment.whisker {
                    Some(whisker) => cell.picture(&whisker.summary(4), |painter, rect, tokens| {
                        whisker.paint(painter, rect, reach, tokens);
                    }),
                    None => cell.weak(number::MISSING),
                },
                _ => cell.badge(segment.verdict.0, segment.verdict.1),
            }
        });
        self.selected = done.selected.or(self.selected);
        self.sort = done.sort.or(self.sort);
    }

    fn pipeline(&mut self, ui: &mut Ui) {
        egui::ScrollArea::vertical().show(ui, |ui| self.pipelines(ui));
    }

    fn pipelines(&mut self, ui: &mut Ui) {
        let (nodes, edges) = data::pipeline(false);
        card(ui, |ui| {
            section(ui, "late-flights, run 14", |ui| {
                badge(ui, "running", Tone::Accent);
            });
            let graph = PipelineGraph {
                nodes: &nodes,
                edges: &edges,
                selected: self.node,
            };
            self.node = graph.show(ui).selected.or(self.node);
        });
        let gantt = data::gantt();
        card(ui, |ui| {
            ChartFrame::new("Training takes most of the time")
                .height(gantt.wanted_height())
                .show(ui, &gantt);
        });
        let (nodes, edges) = data::pipeline(true);
        card(ui, |ui| {
            section(ui, "late-flights, run 13", |ui| {
                badge(ui, "STOP", Tone::Bad);
            });
            ui.push_id("stopped", |ui| {
                PipelineGraph {
                    nodes: &nodes,
                    edges: &edges,
                    selected: None,
                }
                .show(ui)
            });
        });
    }

    fn states(&mut self, ui: &mut Ui) {
        Banner::new(Tone::Good, "OK", "All 19 columns match schema version 2.").show(ui);
        Banner::new(
            Tone::Warn,
            "RETRAIN",
            "temp moved by 0.44 (KS distance, threshold 0.2); the schema still holds.",
        )
        .show_with(ui, |ui| {
            Button::new("Run").icon(icons::RUN).primary().show(ui);
            Button::new("Show the 3 findings").show(ui);
        });
        ui.columns(3, |columns| {
            card(&mut columns[0], |ui| {
                ui.set_min_height(260.0);
                let button = Button::new("Import dataset…").icon(icons::ADD).primary();
                let text = "A dataset is a CSV or Parquet file. Drop one here, or take a sample to begin with.";
                state::empty(ui, icons::DATASET, "No dataset yet", text, Some(button));
            });
            card(&mut columns[1], |ui| {
                ui.set_min_height(260.0);
                state::loading(ui, "Reading flights_2013.parquet", Some(0.42));
            });
            let problem = Problem {
                summary: "The file could not be read: 12 rows have one field more than the header".to_owned(),
                place: "flights_q3.csv, row 1 204, after column dep_delay".to_owned(),
                hints: vec![
                    "Check whether the separator also stands inside a field without quotes".to_owned(),
                    "Import with ragged rows set to \"drop\" to leave the 12 rows out".to_owned(),
                ],
                details: "row 1204: expected 19 fields, found 20\nrow 1377: expected 19 fields, found 20".to_owned(),
            };
            state::failed(&mut columns[2], &problem, true);
        });
        self.toasts.show(ui.ctx());
    }

    fn modal(&mut self, ui: &mut Ui) {
        self.compare(ui);
        if let Some(confirm) = &mut self.confirm
            && confirm.show(ui.ctx()).is_some()
        {
            self.confirm = None;
        }
    }
}
