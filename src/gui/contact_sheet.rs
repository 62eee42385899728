//! The contact sheet: every room as a picture, light and dark, at two sizes, in its states. For looking at the window
//! without opening it.

use super::action::{Action, Purpose};
use super::app::{App, Places};
use super::panel::Room;
use super::raster::Raster;
use crate::domain::Failure;
use crate::workspace::{Command, Fetched};
use eframe::egui::{self, Context, Theme, Vec2, vec2};
use std::path::Path;
use std::time::{Duration, Instant};

const SIZES: [Vec2; 2] = [vec2(1280.0, 800.0), vec2(1920.0, 1080.0)];

/// Writes the pictures into a folder: `<state>-<room>-<page>-<theme>-<width>.png`, without the page for rooms of one.
///
/// # Errors
/// If the sample cannot be run, or the folder cannot be written.
pub fn write_contact_sheet(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|e| Failure::bad_data(format!("{} cannot be written: {e}", folder.display())))?;
    let scratch = tempfile::tempdir().map_err(|e| Failure::internal(e.to_string()))?;
    let mut stage = Stage::new(scratch.path());
    stage.pictures(folder, "closed", &[Room::Start])?;
    let root = scratch.path().join("nyc-flights");
    crate::workspace::create::from_sample(&root, "nyc-flights")?;
    stage.app.act(Action::OpenWorkspace(root.clone()));
    stage.until(|app| app.snapshot().is_some())?;
    stage.pictures(folder, "new", &Room::ALL)?;
    stage.app.act(Action::Run);
    stage.until(|app| app.snapshot().is_some_and(|s| s.live.is_some()))?;
    stage.until(|app| {
        app.snapshot().is_some_and(|s| {
            s.live.is_none() || s.live.as_ref().is_some_and(|l| !l.progress.is_empty())
        })
    })?;
    stage.app.act(Action::Go(Room::Pipeline));
    stage.picture(folder, "running-pipeline", Theme::Dark, SIZES[0])?;
    stage.until(|app| {
        app.snapshot()
            .is_some_and(|s| s.live.is_none() && !s.runs.is_empty())
    })?;
    stage.pictures(folder, "ready", &Room::ALL)?;
    stage.refused(folder)?;
    let asked = [Room::Data, Room::Models, Room::Compare];
    stage.app.pretend(Some(Fetched::Loading));
    stage.pictures(folder, "loading", &asked)?;
    let failure = Failure::bad_data("The artifact artifacts/3f/a1b2c3 is missing")
        .detail("flights_2013_01_03.csv, read by run 1")
        .hint("Run the pipeline again: the step that made it runs once more.");
    stage.app.pretend(Some(Fetched::Failed(failure)));
    stage.pictures(folder, "failed", &asked)?;
    stage.app.pretend(None);
    let file = root.join("data/flights_2013_04_05.csv");
    stage.app.act(Action::Picked(Purpose::NewData, file));
    stage.pictures(folder, "looking", &[Room::Start])
}

/// A page of a room as a part of a file's name.
fn place(room: Room, page: usize) -> String {
    let words = match room.pages().get(page) {
        Some(page) => format!("{} {page}", room.title()),
        None => room.title().to_owned(),
    };
    words.to_lowercase().replace(' ', "-")
}

/// The app on a stage of a given size, without a display.
struct Stage {
    ctx: Context,
    raster: Raster,
    app: App,
    time: f64,
    size: Vec2,
}

impl Stage {
    fn new(scratch: &Path) -> Self {
        let ctx = Context::default();
        let app = App::new(
            &ctx,
            Places {
                memory: None,
                samples: scratch.to_owned(),
            },
        );
        Self {
            ctx,
            raster: Raster::new(),
            app,
            time: 0.0,
            size: SIZES[0],
        }
    }

    fn frame(&mut self, wanted: bool) -> Option<image::RgbaImage> {
        self.time += 0.2;
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, self.size)),
            time: Some(self.time),
            ..Default::default()
        };
        let app = &mut self.app;
        let output = self.ctx.run_ui(input, |ui| app.ui(ui));
        if wanted {
            self.raster.frame(&self.ctx, output)
        } else {
            self.raster.skip(output);
            None
        }
    }

    fn until(&mut self, condition: impl Fn(&App) -> bool) -> Result<(), Failure> {
        let begun = Instant::now();
        while !condition(&self.app) {
            if begun.elapsed() > Duration::from_secs(180) {
                return Err(Failure::internal("the sample did not come to its end"));
            }
            self.frame(false);
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// The lesson's second run: more data, a column less, and a gate that says no.
    fn refused(&mut self, folder: &Path) -> Result<(), Failure> {
        let snapshot = self
            .app
            .snapshot()
            .ok_or_else(|| Failure::internal("no workspace"))?;
        let mut spec = snapshot.pipeline.clone()?;
        for batch in ["04_05", "06_07"] {
            spec.steps
                .ingest
                .files
                .push(format!("data/flights_2013_{batch}.csv"));
        }
        spec.steps.train.exclude.push("hour".to_owned());
        let n_runs = snapshot.runs.len();
        self.app.act(Action::Submit(Command::SavePipeline {
            spec: Box::new(spec),
        }));
        self.app.act(Action::Run);
        self.until(|app| {
            app.snapshot()
                .is_some_and(|s| s.live.is_none() && s.runs.len() > n_runs)
        })?;
        self.app.act(Action::StartService);
        self.until(|app| app.snapshot().is_some_and(|s| s.service.address.is_some()))?;
        self.pictures(folder, "refused", &Room::ALL)
    }

    fn pictures(&mut self, folder: &Path, state: &str, rooms: &[Room]) -> Result<(), Failure> {
        for room in rooms {
            for page in 0..room.pages().len().max(1) {
                self.app.act(Action::GoPage(*room, page));
                let place = place(*room, page);
                for theme in [Theme::Dark, Theme::Light] {
                    for size in SIZES {
                        self.picture(folder, &format!("{state}-{place}"), theme, size)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn picture(
        &mut self,
        folder: &Path,
        what: &str,
        theme: Theme,
        size: Vec2,
    ) -> Result<(), Failure> {
        self.ctx.set_theme(theme);
        self.size = size;
        // Answers are fetched on other threads, and one leads to the next: a few frames, and a little time between them.
        for _ in 0..16 {
            self.frame(false);
            std::thread::sleep(Duration::from_millis(10));
        }
        let image = self
            .frame(true)
            .ok_or_else(|| Failure::internal("an empty picture"))?;
        let theme = if theme == Theme::Dark {
            "dark"
        } else {
            "light"
        };
        let name = format!("{what}-{theme}-{}.png", size.x);
        let path = folder.join(name);
        image
            .save(&path)
            .map_err(|e| Failure::bad_data(format!("{} cannot be written: {e}", path.display())))
    }
}
