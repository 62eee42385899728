//! What frames of the window cost in a large workspace, in CPU seconds of this thread, without a display: everything from input to
//! the triangles that the graphics card would get.
//!
//! `cargo bench --bench frames -- WORKSPACE`: opens the workspace and, in the room of runs, scrolls, sorts, filters by words and
//! by a condition, compares, and walks the lineage; prints frames, median, 99th percentile and the longest for each.
//! `cargo bench --bench ledger -- grow` makes a workspace of ten thousand runs.
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use eframe::egui::{Event, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use lockkeeper::gui::action::Action;
use lockkeeper::gui::app::{App, Places};
use lockkeeper::gui::panel::Room;
use lockkeeper::gui::theme;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

type Window = Harness<'static, Option<App>>;

/// Frames of one thing that is done, at least.
const N_FRAMES: usize = 300;

fn window() -> Window {
    let places = Places {
        memory: None,
        samples: PathBuf::from("."),
    };
    Harness::builder()
        .with_size([1920.0, 1080.0])
        .with_context_setup(theme::install)
        .build_ui_state(
            move |ui, app: &mut Option<App>| {
                let ctx = ui.ctx().clone();
                app.get_or_insert_with(|| App::new(&ctx, places.clone()))
                    .ui(ui);
            },
            None,
        )
}

/// One frame with its triangles; its CPU seconds, which on this thread are all there are.
fn frame(window: &mut Window) -> f64 {
    let begun = Instant::now();
    window.step();
    let output = window.output();
    let triangles = window
        .ctx
        .tessellate(output.shapes.clone(), output.pixels_per_point);
    std::hint::black_box(triangles);
    begun.elapsed().as_secs_f64()
}

fn report(name: &str, mut seconds: Vec<f64>) {
    seconds.sort_by(f64::total_cmp);
    let at = |share: f64| seconds[((seconds.len() - 1) as f64 * share) as usize] * 1e3;
    println!(
        "{name:24} {:4} frames  median {:6.2} ms  p99 {:6.2} ms  longest {:6.2} ms",
        seconds.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn act(window: &mut Window, action: Action) {
    if let Some(app) = window.state_mut().as_mut() {
        app.act(action);
    }
}

/// Frames until something holds, not counted.
fn until(window: &mut Window, holds: impl Fn(&Window) -> bool) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    while !holds(window) {
        window.step();
        std::thread::sleep(Duration::from_millis(5));
        if begun.elapsed() > Duration::from_secs(60) {
            return Err("the window did not get there".into());
        }
    }
    window.step();
    window.step();
    Ok(())
}

fn wheel(window: &mut Window, at: [f32; 2], lines: f32) {
    window.event(Event::PointerMoved(pos2(at[0], at[1])));
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, lines),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
}

fn typed(window: &mut Window, field: &str, text: &str) -> Vec<f64> {
    window.get_by_label(field).focus();
    window.step();
    text.chars()
        .flat_map(|letter| {
            window.event(Event::Text(letter.to_string()));
            [frame(window), frame(window)]
        })
        .collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|w| w != "--bench")
        .collect();
    let workspace = Path::new(words.first().ok_or("name a workspace")?);
    let mut window = window();
    window.step();
    act(&mut window, Action::OpenWorkspace(workspace.to_owned()));
    let is_open = |w: &Window| {
        w.state()
            .as_ref()
            .is_some_and(|app| app.snapshot().is_some())
    };
    until(&mut window, is_open)?;
    act(&mut window, Action::GoPage(Room::Runs, 0));
    until(&mut window, |w| {
        w.query_by_label("Find among the runs").is_some()
    })?;

    let list = [900.0, 320.0];
    let scrolled = (0..N_FRAMES).map(|i| {
        wheel(&mut window, list, if i % 100 < 60 { -40.0 } else { 55.0 });
        frame(&mut window)
    });
    report("scroll the runs", scrolled.collect());

    let mut sorted = Vec::new();
    for title in ["Duration", "State", "Cached", "Started"] {
        for _ in 0..2 {
            if let Some(button) = window.query_all_by_label_contains(title).next() {
                button.click();
            }
            sorted.extend((0..10).map(|_| frame(&mut window)));
        }
    }
    report("sort", sorted);

    let mut found = typed(&mut window, "Find among the runs", "complete forest");
    found.extend((0..60).map(|_| frame(&mut window)));
    report("find by words", found);
    window.get_by_label("Condition…").click();
    window.step();
    window.step();
    let condition = "roc_auc > 0.7 and \"train.folds\" = 5";
    let mut filtered = typed(&mut window, "Runs of which this holds", condition);
    filtered.extend((0..60).map(|_| frame(&mut window)));
    report("filter by a condition", filtered);
    window.get_by_label("Condition…").click();
    window.step();
    window.get_by_label("Clear find among the runs").click();
    window.step();

    for _ in 0..4 {
        let boxes: Vec<_> = window
            .query_all_by_label_contains("Compare run ")
            .take(4)
            .collect();
        for one in boxes {
            one.click();
        }
        window.step();
    }
    act(&mut window, Action::GoPage(Room::Runs, 1));
    let mut compared: Vec<f64> = (0..20).map(|_| frame(&mut window)).collect();
    compared.extend((0..N_FRAMES).map(|i| {
        wheel(
            &mut window,
            [900.0, 700.0],
            if i % 80 < 40 { -2.0 } else { 2.0 },
        );
        frame(&mut window)
    }));
    compared.extend((0..N_FRAMES).map(|i| {
        let x = 300.0 + (i * 5) as f32;
        window.event(Event::PointerMoved(pos2(x, 500.0)));
        frame(&mut window)
    }));
    report("compare", compared);

    act(&mut window, Action::GoPage(Room::Runs, 2));
    until(&mut window, |w| w.query_by_label("Read by").is_some())?;
    let mut walked = Vec::new();
    for title in [
        "Examples ·",
        "Statistics ·",
        "Schema ·",
        "Batches ·",
        "Model ·",
        "Split ·",
    ] {
        let target = window.query_all_by_label_contains(title).next();
        if let Some(target) = target {
            target.click();
        }
        walked.extend((0..20).map(|_| frame(&mut window)));
        until(&mut window, |w| w.query_by_label("Read by").is_some())?;
        walked.extend((0..40).map(|_| frame(&mut window)));
    }
    report("walk the lineage", walked);
    Ok(())
}
