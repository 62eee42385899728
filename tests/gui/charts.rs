//! The charts, driven by their labels and by the pointer, without a display: what they say, what they hand out, and what
//! they do in small places.

use eframe::egui;
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use lockkeeper::gui::{
    theme::{self, Tone},
    widgets::{
        bars::{BarSeries, Bars},
        chart::{Chart, ChartFrame, ChartRequest},
        gantt::{Gantt, GanttRow},
        heat::HeatMap,
        histogram::{Counts, Histogram},
        line::{LineChart, Reference, Series},
        matrix::ConfusionMatrix,
        scatter::{Scatter, ScatterSeries},
    },
};

fn harness<'a, S: 'a>(state: S, show: impl FnMut(&mut egui::Ui, &mut S) + 'a) -> Harness<'a, S> {
    let mut harness = Harness::builder()
        .with_size([900.0, 600.0])
        .with_context_setup(theme::install)
        .build_ui_state(show, state);
    harness.run_ok();
    harness
}

#[test]
fn a_chart_speaks_and_hands_out_its_data() {
    let chart = line_chart();
    let mut harness = harness(None, move |ui, request| {
        *request = ChartFrame::new("Ranks better")
            .show(ui, &chart)
            .request
            .or(request.take());
    });
    assert!(
        harness
            .query_by_label_contains("Ranks better. Line chart of y over x")
            .is_some()
    );
    harness.get_by_label("Menu of Ranks better").click();
    harness.run_ok();
    harness.get_by_label("Save CSV…").click();
    harness.run_ok();
    let csv = "series,x,y\nproduction,0,0\nproduction,1,1\n".to_owned();
    assert_eq!(
        *harness.state(),
        Some(ChartRequest::SaveCsv {
            name: "ranks-better".to_owned(),
            csv
        })
    );
}

#[test]
fn a_chart_is_saved_as_a_vector_picture_with_its_texts() {
    let chart = line_chart();
    let mut harness = harness(None, move |ui, request| {
        *request = ChartFrame::new("Ranks <better>")
            .show(ui, &chart)
            .request
            .or(request.take());
    });
    harness.get_by_label("Menu of Ranks <better>").click();
    harness.run_ok();
    harness.get_by_label("Save SVG…").click();
    harness.run_ok();
    let Some(ChartRequest::SaveSvg { name, svg }) = harness.state() else {
        panic!("{:?}", harness.state());
    };
    assert_eq!(name, "ranks-better");
    assert!(
        svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n")
    );
    for text in ["Ranks &lt;better&gt;", "production", "chance", "0.5"] {
        assert!(
            svg.contains(&format!(">{text}</text>")),
            "{text} is not in {svg}"
        );
    }
    // The line of the series is there as a shape, and every group that was opened is closed.
    assert!(svg.contains("<polyline") || svg.contains("<polygon"));
    assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

fn line_chart() -> LineChart {
    let series = Series {
        name: "production".to_owned(),
        tone: Tone::Production,
        points: vec![[0.0, 0.0], [1.0, 1.0]],
        ..Series::default()
    };
    LineChart::unit_square(vec![series], "x", "y").reference(Reference::Diagonal("chance"))
}

#[test]
fn no_chart_minds_a_small_place_or_no_data() {
    fn everywhere(chart: &impl Chart) {
        let mut harness = harness((), |ui, ()| {
            for (position, (width, height)) in [(8.0, 8.0), (60.0, 40.0), (400.0, 200.0)]
                .into_iter()
                .enumerate()
            {
                ui.push_id(position, |ui| {
                    ChartFrame::new("t")
                        .width(width)
                        .height(height)
                        .show(ui, chart)
                });
            }
        });
        harness.hover_at(egui::pos2(150.0, 200.0));
        harness.run_ok();
        assert!(!chart.summary().is_empty() && chart.csv().ends_with('\n'));
    }
    let counts = |counts| Counts {
        name: "n".to_owned(),
        tone: Tone::Candidate,
        counts,
    };
    let bars = BarSeries {
        name: "n".to_owned(),
        tone: Tone::Baseline,
        values: vec![Some(-0.3), None],
    };
    let edges = vec![0.0, 1.0, 2.0];
    let rows = vec![GanttRow {
        name: "Train".to_owned(),
        start: Some(0.0),
        ..GanttRow::default()
    }];
    everywhere(&line_chart());
    everywhere(&LineChart::default());
    everywhere(&Histogram {
        edges,
        layers: vec![counts(vec![1.0, 0.0]), counts(vec![0.0, 0.0])],
        ..Histogram::default()
    });
    everywhere(&Histogram::default());
    everywhere(&scatter());
    everywhere(&Scatter::default());
    everywhere(&Bars {
        groups: vec!["a".to_owned(), "b".to_owned()],
        series: vec![bars],
        label: "m".to_owned(),
        is_share: false,
    });
    everywhere(&Bars::default());
    everywhere(&ConfusionMatrix {
        classes: vec!["a".to_owned()],
        ..ConfusionMatrix::default()
    });
    everywhere(&ConfusionMatrix::default());
    everywhere(&Gantt {
        rows,
        now: 3.0,
        selected: None,
    });
    everywhere(&Gantt::default());
}

fn bars() -> Bars {
    Bars {
        groups: ["a", "b"].map(str::to_owned).into(),
        series: vec![BarSeries {
            name: "m".to_owned(),
            tone: Tone::Baseline,
            values: vec![Some(1.0), Some(2.0)],
        }],
        label: "m".to_owned(),
        is_share: false,
    }
}

fn scatter() -> Scatter {
    let series = ScatterSeries {
        name: "segments".to_owned(),
        tone: Tone::Candidate,
        points: vec![[0.0, 0.0], [f64::NAN, 1.0], [1.0, 1.0], [0.5, 0.5]],
        sizes: vec![1.0, 2.0, 3.0, 9.0],
        names: ["a", "b", "c", "d"].map(str::to_owned).into(),
    };
    Scatter::truth_against_prediction(vec![series], "truth", "prediction")
}

#[test]
fn a_click_on_a_chart_says_what_was_hit() {
    let histogram = Histogram {
        edges: vec![0.0, 1.0, 2.0, 3.0],
        layers: vec![Counts {
            name: "rows".to_owned(),
            tone: Tone::Production,
            counts: vec![4.0, 5.0, 6.0],
        }],
        ..Histogram::default()
    };
    fn hit<C: Chart<Hit: Clone> + 'static>(chart: C, share: egui::Vec2) -> Option<C::Hit> {
        let mut harness = harness((None, egui::Rect::NOTHING), move |ui, (hit, rect)| {
            let shown = ChartFrame::new("t").without_menu().show(ui, &chart);
            *rect = shown.rect;
            *hit = shown.hit.or(hit.take());
        });
        let rect = harness.state().1;
        harness.hover_at(rect.lerp_inside(share));
        harness.run_ok();
        let button = egui::PointerButton::Primary;
        for pressed in [true, false] {
            harness.event(egui::Event::PointerButton {
                pos: rect.lerp_inside(share),
                button,
                pressed,
                modifiers: egui::Modifiers::NONE,
            });
            harness.run_ok();
        }
        harness.state().0
    }
    assert_eq!(hit(histogram.clone(), egui::vec2(0.1, 0.5)), Some(0));
    assert_eq!(hit(histogram, egui::vec2(0.9, 0.5)), Some(2));
    assert_eq!(hit(bars(), egui::vec2(0.5, 0.9)), Some(1));
    let x = hit(line_chart(), egui::vec2(0.5, 0.5));
    assert!(x.is_some_and(|x| (x - 0.5).abs() < 0.05), "{x:?}");
    assert_eq!(hit(scatter(), egui::vec2(0.515, 0.565)), Some((0, 3)));
    assert_eq!(hit(scatter(), egui::vec2(0.3, 0.2)), None);
}

/// Focuses a chart, presses keys, and returns what the mark says that was reached, and what Enter chose.
fn walked<C: Chart<Hit: PartialEq> + 'static>(
    chart: C,
    keys: &[egui::Key],
) -> (Option<String>, Option<C::Hit>) {
    let mut harness = harness(None, move |ui, hit| {
        let shown = ChartFrame::new("t").without_menu().show(ui, &chart);
        *hit = shown.hit.or(hit.take());
    });
    harness.get_by_label_contains("t. ").focus();
    harness.run_ok();
    for key in keys.iter().chain(&[egui::Key::Enter]) {
        harness.key_press(*key);
        harness.run_ok();
    }
    let told = harness
        .get_by_label_contains("t. ")
        .accesskit_node()
        .value();
    (told, *harness.state())
}

#[test]
fn every_mark_of_a_chart_is_reached_and_chosen_by_keys() {
    use egui::Key::{ArrowDown, ArrowLeft, ArrowRight, ArrowUp, End, Home};
    let heat = || HeatMap {
        rows: ["a", "b"].map(str::to_owned).into(),
        columns: ["x", "y", "z"].map(str::to_owned).into(),
        values: vec![
            vec![Some(0.1), Some(0.2), None],
            vec![Some(0.4), Some(-0.5), Some(0.6)],
        ],
        what: "difference".to_owned(),
        ..HeatMap::default()
    };
    let told = |text: &str| Some(text.to_owned());
    assert_eq!(walked(heat(), &[]), (None, None));
    assert_eq!(
        walked(heat(), &[ArrowRight]),
        (told("a · x, difference 0.10"), Some((0, 0)))
    );
    assert_eq!(
        walked(heat(), &[Home, ArrowDown, ArrowRight]),
        (told("b · y, difference −0.50"), Some((1, 1)))
    );
    assert_eq!(
        walked(heat(), &[End, ArrowDown, ArrowRight]).1,
        Some((1, 2))
    );
    // From the left end over the abscissa; the point without a place is passed over.
    assert_eq!(walked(scatter(), &[Home]).1, Some((0, 0)));
    assert_eq!(
        walked(scatter(), &[Home, ArrowRight]),
        (told("d, truth 0.5000, prediction 0.5000"), Some((0, 3)))
    );
    assert_eq!(
        walked(scatter(), &[End, ArrowDown, ArrowUp]).1,
        Some((0, 2))
    );
    assert_eq!(walked(line_chart(), &[Home, ArrowRight]).1, Some(1.0));
    assert_eq!(walked(line_chart(), &[End, ArrowLeft]).1, Some(0.0));
    assert_eq!(
        walked(bars(), &[Home, ArrowDown]),
        (told("b, m 2.000"), Some(1))
    );
    let (text, hit) = walked(Scatter::default(), &[Home]);
    assert_eq!((text, hit), (None, None));
}

#[test]
fn a_page_scrolls_over_a_chart() {
    let chart = line_chart();
    let mut harness = harness(0.0, move |ui, offset| {
        let page = egui::ScrollArea::vertical().show(ui, |ui| {
            ChartFrame::new("t").height(400.0).show(ui, &chart);
            ui.add_space(2_000.0);
        });
        *offset = page.state.clamped_offset().y;
    });
    harness.hover_at(egui::pos2(450.0, 250.0));
    harness.run_ok();
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -120.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: egui::Modifiers::NONE,
    });
    for _ in 0..60 {
        harness.step();
    }
    assert!(*harness.state() > 100.0, "{} points", harness.state());
}
