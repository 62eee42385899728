//! The page of charts and tiles.

use eframe::egui::Ui;
use lockkeeper::gui::{
    theme::Tone,
    widgets::{
        bars::{BarSeries, Bars},
        card::card,
        chart::ChartFrame,
        histogram::{Counts, Histogram},
        line::{LineChart, Reference, Series},
        matrix::ConfusionMatrix,
        number,
        scatter::{Scatter, ScatterSeries},
        tile::{Delta, Tile},
    },
};

use crate::pages::Gallery;

impl Gallery {
    pub fn charts(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            Tile::new("Log loss", number::metric(0.4971))
                .delta(Delta::new("−0.0152", "vs production", Tone::Good))
                .show(ui);
            Tile::new("Rows served", number::count(1_204_331))
                .unit("today")
                .note("12 rejected")
                .show(ui);
            Tile::new("95th percentile", "4.2")
                .unit("ms")
                .delta(Delta::new("+1.1 ms", "since Monday", Tone::Bad))
                .show(ui);
            Tile::new("Drift", number::metric(None))
                .note("Nothing served yet")
                .show(ui);
            Tile::new("Size of the artifact folder", number::bytes(17_200_000))
                .note("41 artifacts")
                .show(ui);
        });
        let height = ((ui.available_height() - 150.0) / 2.0).max(180.0);
        Self::all_charts(ui, height);
    }

    /// The page of points, and of charts in narrow and odd places.
    pub fn points(&mut self, ui: &mut Ui) {
        let height = ((ui.available_height() - 112.0) / 2.0).max(180.0);
        ui.columns(3, |columns| {
            columns[0].push_id("a", |ui| card(ui, |ui| Self::truth(ui, height)));
            columns[1].push_id("b", |ui| card(ui, |ui| Self::segments(ui, height)));
            columns[2].push_id("c", |ui| card(ui, |ui| Self::learning(ui, height)));
        });
        ui.columns(4, |columns| {
            columns[0].push_id("d", |ui| card(ui, |ui| Self::importances(ui, height)));
            columns[1].push_id("e", |ui| card(ui, |ui| Self::large(ui, height)));
            columns[2].push_id("f", |ui| card(ui, |ui| Self::over_time(ui, height)));
            columns[3].push_id("g", |ui| card(ui, |ui| Self::drift(ui, height)));
        });
    }

    fn all_charts(ui: &mut Ui, height: f32) {
        ui.columns(3, |columns| {
            columns[0].push_id("a", |ui| card(ui, |ui| Self::calibration(ui, height)));
            columns[1].push_id("b", |ui| card(ui, |ui| Self::drift(ui, height)));
            columns[2].push_id("c", |ui| card(ui, |ui| Self::matrix(ui, height)));
        });
        ui.columns(3, |columns| {
            columns[0].push_id("d", |ui| card(ui, |ui| Self::over_time(ui, height)));
            columns[1].push_id("e", |ui| card(ui, |ui| Self::scores(ui, height)));
            columns[2].push_id("f", |ui| card(ui, |ui| Self::metrics(ui, height)));
        });
    }

    fn calibration(ui: &mut Ui, height: f32) {
        let line = |name: &str, tone, bend: f64| Series {
            name: name.to_owned(),
            tone,
            points: (0..10)
                .map(|bin| (f64::from(bin) + 0.5) / 10.0)
                .map(|x| [x, x.powf(bend)])
                .collect(),
            marked: None,
            has_dots: true,
        };
        let lines = vec![
            line("production v3", Tone::Production, 1.35),
            line("candidate", Tone::Candidate, 1.08),
        ];
        let chart = LineChart::unit_square(lines, "predicted probability", "share that was late")
            .reference(Reference::Diagonal("perfect"));
        ChartFrame::new("The candidate's probabilities can be believed")
            .height(height)
            .show(ui, &chart);
    }

    fn drift(ui: &mut Ui, height: f32) {
        let bump = |center: f64, scale: f64| {
            (0..24)
                .map(|bin| (scale * (-(f64::from(bin) - center).powi(2) / 22.0).exp()).round())
                .collect::<Vec<_>>()
        };
        let chart = Histogram {
            unit: lockkeeper::gui::widgets::axis::Unit::Number,
            edges: (0..=24).map(|edge| -10.0 + f64::from(edge) * 2.0).collect(),
            layers: vec![
                Counts {
                    name: "January to March".to_owned(),
                    tone: Tone::Production,
                    counts: bump(8.0, 900.0),
                },
                Counts {
                    name: "April to June".to_owned(),
                    tone: Tone::Candidate,
                    counts: bump(15.0, 400.0),
                },
            ],
            x_label: "temperature, °C".to_owned(),
            marked: None,
        };
        ChartFrame::new("Spring is warmer than the reference")
            .height(height)
            .show(ui, &chart);
    }

    fn matrix(ui: &mut Ui, height: f32) {
        let classes: Vec<String> = ["Adelie", "Chinstrap", "Gentoo"].map(str::to_owned).into();
        let counts = vec![vec![148, 3, 1], vec![5, 62, 1], vec![0, 2, 122]];
        let chart = ConfusionMatrix {
            classes,
            counts,
            tone: Tone::Candidate,
            selected: Some((1, 0)),
        };
        ChartFrame::new("Chinstraps are taken for Adelies now and then")
            .height(height)
            .show(ui, &chart);
    }

    fn over_time(ui: &mut Ui, height: f32) {
        let points = |shift: f64| {
            (0..90)
                .map(f64::from)
                .map(|x| [x, 0.68 + shift + 0.02 * (x / 7.0).sin() - x * 0.0004])
                .collect()
        };
        let series = |name: &str, tone, shift| Series {
            name: name.to_owned(),
            tone,
            points: points(shift),
            marked: None,
            has_dots: false,
        };
        let chart = LineChart {
            series: vec![
                series("AUC of production v3", Tone::Production, 0.0),
                series("AUC of the baseline", Tone::Baseline, -0.05),
            ],
            x_label: "days since promotion".to_owned(),
            y_label: "AUC".to_owned(),
            references: vec![
                Reference::Level(0.65, "threshold"),
                Reference::Moment(60.0, "new data"),
            ],
            ..LineChart::default()
        };
        ChartFrame::new("The model ages")
            .height(height)
            .show(ui, &chart);
    }

    fn scores(ui: &mut Ui, height: f32) {
        let counts = (0..40)
            .map(|bin| (4_000.0 * (-(f64::from(bin) - 9.0).powi(2) / 60.0).exp()).round())
            .collect();
        let chart = Histogram {
            unit: lockkeeper::gui::widgets::axis::Unit::Number,
            edges: (0..=40).map(|edge| f64::from(edge) / 40.0).collect(),
            layers: vec![Counts {
                name: "rows".to_owned(),
                tone: Tone::Series(0),
                counts,
            }],
            x_label: "predicted probability".to_owned(),
            marked: Some(0.42),
        };
        ChartFrame::new("Most flights are predicted to be on time")
            .height(height)
            .show(ui, &chart);
    }

    fn metrics(ui: &mut Ui, height: f32) {
        let series = |name: &str, tone, values: [f64; 5]| BarSeries {
            name: name.to_owned(),
            tone,
            values: values.into_iter().map(Some).collect(),
        };
        let chart = Bars {
            is_share: false,
            groups: ["Accuracy", "Precision", "Recall", "F1", "AUC"]
                .map(str::to_owned)
                .into(),
            series: vec![
                series(
                    "production v3",
                    Tone::Production,
                    [0.78, 0.61, 0.52, 0.561, 0.684],
                ),
                series(
                    "candidate",
                    Tone::Candidate,
                    [0.80, 0.66, 0.58, 0.617, 0.735],
                ),
                series("baseline", Tone::Baseline, [0.74, 0.0, 0.0, 0.0, 0.5]),
            ],
            label: "metrics on the test set".to_owned(),
        };
        ChartFrame::new("The candidate wins every metric")
            .height(height)
            .show(ui, &chart);
    }

    fn truth(ui: &mut Ui, height: f32) {
        let points = (0..1_500)
            .map(f64::from)
            .map(|n| {
                let truth = 60.0 + 40.0 * (n * 0.61).sin() + 20.0 * (n * 0.173).cos();
                let error = 9.0 * (n * 1.7).sin() * (n * 0.37).cos();
                [truth, 0.85 * truth + 12.0 + error]
            })
            .collect();
        let flights = ScatterSeries {
            name: "flights".to_owned(),
            tone: Tone::Candidate,
            points,
            ..ScatterSeries::default()
        };
        let chart = Scatter::truth_against_prediction(
            vec![flights],
            "delay, minutes",
            "predicted delay, minutes",
        );
        ChartFrame::new("Long delays are predicted too short")
            .height(height)
            .show(ui, &chart);
    }

    fn segments(ui: &mut Ui, height: f32) {
        let rows = [
            4_604.0, 3_998.0, 2_011.0, 1_840.0, 1_702.0, 1_203.0, 604.0, 41.0,
        ];
        let name = [
            "EWR",
            "LGA",
            "EV",
            "UA",
            "B6",
            "JFK",
            "visib below 3",
            "HNL",
        ];
        let production = [0.53, 0.50, 0.55, 0.50, 0.52, 0.59, 0.65, 0.44];
        let candidate = [0.51, 0.50, 0.58, 0.48, 0.50, 0.57, 0.66, 0.41];
        let part = |label: &str, tone, is_in: fn(f64, f64) -> bool| {
            let of: Vec<usize> = (0..8)
                .filter(|&n| is_in(production[n], candidate[n]))
                .collect();
            ScatterSeries {
                name: label.to_owned(),
                tone,
                points: of.iter().map(|&n| [production[n], candidate[n]]).collect(),
                sizes: of.iter().map(|&n| rows[n]).collect(),
                names: of.iter().map(|&n| name[n].to_owned()).collect(),
            }
        };
        let chart = Scatter {
            series: vec![
                part("better or same", Tone::Good, |old, new| new <= old),
                part("worse", Tone::Bad, |old, new| new > old),
            ],
            x_label: "log loss of production".to_owned(),
            y_label: "log loss of the candidate".to_owned(),
            size_label: "rows".to_owned(),
            is_square: true,
            ..Scatter::default()
        };
        ChartFrame::new("Two segments got worse, one of them large")
            .height(height)
            .show(ui, &chart.reference(Reference::Diagonal("same")));
    }

    fn learning(ui: &mut Ui, height: f32) {
        let series = |name: &str, tone, ends: (f64, f64)| Series {
            name: name.to_owned(),
            tone,
            points: (1..=40)
                .map(f64::from)
                .map(|n| [n * 50_000.0, ends.0 + (ends.1 - ends.0) * (-n / 9.0).exp()])
                .collect(),
            marked: None,
            has_dots: false,
        };
        let chart = LineChart {
            series: vec![
                series("training", Tone::Series(0), (0.482, 0.41)),
                series("validation", Tone::Series(1), (0.497, 0.62)),
            ],
            x_label: "rows".to_owned(),
            y_label: "log loss".to_owned(),
            ..LineChart::default()
        };
        ChartFrame::new("More rows would not help much")
            .height(height)
            .show(ui, &chart);
    }

    fn importances(ui: &mut Ui, height: f32) {
        let names = [
            "departure_hour_of_the_scheduled_local_time",
            "visib",
            "wind_gust",
            "plane_year_missing",
            "carrier",
            "distance",
            "seats",
        ];
        let chart = Bars {
            is_share: false,
            groups: names.map(str::to_owned).into(),
            series: vec![BarSeries {
                name: "loss".to_owned(),
                tone: Tone::Series(0),
                values: [0.041, 0.022, 0.0131, 0.0094, 0.0071, -0.0012, -0.0044]
                    .map(Some)
                    .into(),
            }],
            label: "log loss added when shuffled".to_owned(),
        };
        ChartFrame::new("The hour matters most")
            .height(height)
            .show(ui, &chart);
    }

    fn large(ui: &mut Ui, height: f32) {
        let counts = (0..12)
            .map(|bin| (1_400_000.0 * (-f64::from(bin) / 3.0).exp()).round())
            .collect();
        let chart = Histogram {
            unit: lockkeeper::gui::widgets::axis::Unit::Number,
            edges: (0..=12).map(|edge| f64::from(edge) * 100_000.0).collect(),
            layers: vec![Counts {
                name: "rows".to_owned(),
                tone: Tone::Production,
                counts,
            }],
            x_label: "distance, metres".to_owned(),
            marked: None,
        };
        ChartFrame::new("Most flights are short")
            .height(height)
            .show(ui, &chart);
    }
}
