//! The room before the first run: a look at the files that the pipeline will read.

use crate::domain::Failure;
use crate::domain::pipeline::{IngestParams, PipelineSpec};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{Load, PanelContext};
use crate::gui::panels::answer;
use crate::gui::panels::file_look::{self, Seen};
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::{button::Button, field::Field, state};
use crate::workspace::{Answer, Command, Query, Snapshot, looks};
use eframe::egui::{Align, Label, Layout, Ui};
use std::path::PathBuf;
use std::sync::Arc;

/// The look.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// The files, found again when the pipeline names others.
    files: Option<(IngestParams, Result<Vec<PathBuf>, Failure>)>,
    /// The one that is looked at.
    at: usize,
    page: usize,
    column: Option<String>,
}

impl Before {
    /// Draws it.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, snapshot: &Snapshot) {
        let Ok(spec) = &snapshot.pipeline else {
            return;
        };
        let ingest = &spec.steps.ingest;
        if self.files.as_ref().is_none_or(|(of, _)| of != ingest) {
            let found = looks::files_of(ingest, &snapshot.root);
            self.files = Some((ingest.clone(), found));
        }
        let found = self.files.as_ref().map(|(_, found)| found.clone());
        let (files, failure) = match found {
            Some(Err(failure)) => (Vec::new(), Some(failure)),
            found => (found.and_then(Result::ok).unwrap_or_default(), None),
        };
        self.header(ui, context, &files);
        if let Some(failure) = failure {
            answer::failed(ui, context, &failure);
        }
        self.at = self.at.min(files.len().saturating_sub(1));
        let Some(path) = files.get(self.at).cloned() else {
            return;
        };
        let options = Arc::new(ingest.read.clone());
        let head = Query::Head {
            path: path.clone(),
            options: Arc::clone(&options),
        };
        match context.load(Some(&head)) {
            Load::Ready(answer) => {
                if let Answer::Head(head) = &*answer {
                    let file = looks::of_file(path.clone(), &options);
                    let whole = context.load(Some(&file));
                    file_look::behind(ui, context, (&path, &file), &whole);
                    let seen = Seen::of(head, &whole);
                    file_look::tiles(ui, &seen);
                    let height = ui.available_height() - space::S;
                    let chosen = (&mut self.page, &mut self.column);
                    if let Some(strays) = file_look::pages(ui, &seen, chosen, height) {
                        read_as_none(context, spec, &seen, strays);
                    }
                }
            }
            Load::Loading | Load::Empty => state::loading(ui, "Reading the beginning", None),
            Load::Failed(failure) => answer::failed(ui, context, &failure),
        }
    }

    fn header(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, files: &[PathBuf]) {
        let tokens = Tokens::of(ui);
        ui.horizontal(|ui| {
            ui.label(Type::Title.rich("Data", tokens.text_strong));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let run = Button::new("Run the pipeline").icon(icons::RUN).primary();
                if run.show(ui).clicked() {
                    context.act(Action::Run);
                }
                let text = "As the file is. A run reads it, writes down what is expected of it, and judges it.";
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(Type::Body.rich(text, tokens.text_weak)).truncate());
                });
            });
        });
        if files.len() > 1 {
            let names: Vec<String> = files
                .iter()
                .map(|f| {
                    f.file_name()
                        .map_or_else(String::new, |n| n.to_string_lossy().into())
                })
                .collect();
            Field::new("File")
                .width(320.0)
                .choice(ui, &mut self.at, &names);
        }
    }
}

/// Has the pipeline read these words as no value from now on.
fn read_as_none(
    context: &mut PanelContext<'_>,
    spec: &PipelineSpec,
    seen: &Seen<'_>,
    strays: Vec<String>,
) {
    let mut spec = spec.clone();
    let read = &mut spec.steps.ingest.read;
    let known = read.null_tokens.take();
    let mut known = known
        .or_else(|| seen.understood.null_tokens.clone())
        .unwrap_or_default();
    known.extend(strays);
    read.null_tokens = Some(known);
    context.act(Action::Submit(Command::SavePipeline {
        spec: Box::new(spec),
    }));
}
