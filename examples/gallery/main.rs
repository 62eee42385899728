//! Every house widget in every state, in a window; with `--png DIR` as pictures, without a display.

mod charts;
mod data;
mod forms;
mod pages;

use std::{path::Path, process::ExitCode};

use eframe::egui;
use lockkeeper::gui::{icons, raster::Raster, theme};
use pages::{Gallery, PAGES};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [] => window(0),
        [flag, page] if flag == "--page" => window(page.parse().unwrap_or(0)),
        [flag, folder] if flag == "--png" => pictures(Path::new(folder)),
        _ => Err("usage: gallery [--page N | --png DIR]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            use std::io::Write as _;
            _ = writeln!(std::io::stderr(), "{problem}");
            ExitCode::FAILURE
        }
    }
}

struct Window(Gallery);

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.0.ui(ui);
    }
}

fn window(page: usize) -> Result<(), String> {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_inner_size([1280.0, 800.0]),
        ..Default::default()
    };
    eframe::run_native(
        "Lockkeeper gallery",
        options,
        Box::new(move |creation| {
            theme::install(&creation.egui_ctx);
            Ok(Box::new(Window(Gallery::new(page))))
        }),
    )
    .map_err(|problem| problem.to_string())
}

fn pictures(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|problem| problem.to_string())?;
    icon(folder)?;
    for (page, (name, _)) in PAGES.iter().enumerate() {
        for theme in [egui::Theme::Dark, egui::Theme::Light] {
            for (width, height) in [(1280.0, 800.0), (1920.0, 1080.0)] {
                let mut gallery = Gallery::new(page);
                let image = render(theme, egui::vec2(width, height), |ui| gallery.ui(ui))
                    .ok_or("an empty picture")?;
                let theme = if theme == egui::Theme::Dark {
                    "dark"
                } else {
                    "light"
                };
                let file = folder.join(format!("{}-{theme}-{width}.png", name.to_lowercase()));
                image.save(file).map_err(|problem| problem.to_string())?;
            }
        }
    }
    Ok(())
}

fn render(
    theme: egui::Theme,
    size: egui::Vec2,
    mut show: impl FnMut(&mut egui::Ui),
) -> Option<image::RgbaImage> {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    ctx.set_theme(theme);
    let mut raster = Raster::new();
    let mut image = None;
    for frame in 0..6 {
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
            time: Some(f64::from(frame) * 0.3),
            ..Default::default()
        };
        let output = ctx.run_ui(input, &mut show);
        if frame < 5 {
            raster.skip(output);
        } else {
            let start = std::time::Instant::now();
            image = raster.frame(&ctx, output);
            use std::io::Write as _;
            _ = writeln!(
                std::io::stderr(),
                "{size:?} painted in {:?}",
                start.elapsed()
            );
        }
    }
    image
}

/// The icon of the program, from the same shapes as the logo.
fn icon(folder: &Path) -> Result<(), String> {
    let image = render(egui::Theme::Dark, egui::Vec2::splat(256.0), |ui| {
        icons::paint_app_icon(ui.painter(), ui.ctx().content_rect());
    });
    let mut image = image.ok_or("an empty picture")?;
    icons::round_off(&mut image);
    image
        .save(folder.join("icon.png"))
        .map_err(|problem| problem.to_string())
}
