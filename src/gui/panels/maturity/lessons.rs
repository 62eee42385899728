//! The lessons: a list, and the steps of the chosen one, each checked from records.

use super::next;
use crate::domain::maturity::{LessonProgress, LessonStep};
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::theme::{Tokens, Tone, Type, size, space};
use crate::gui::widgets::card::card;
use crate::gui::widgets::paint;
use crate::gui::widgets::state;
use crate::workspace::Snapshot;
use eframe::egui::{
    Align, Align2, Label, Layout, Rect, ScrollArea, Sense, Stroke, Ui, WidgetInfo, accesskit::Role,
    pos2, vec2,
};

/// What the tab remembers.
#[derive(Default)]
pub(super) struct Lessons {
    /// The chosen lesson's id; `None` is the first that is not finished.
    chosen: Option<String>,
}

fn n_done(lesson: &LessonProgress) -> usize {
    lesson.steps.iter().filter(|s| s.done).count()
}

impl Lessons {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, snapshot: &Snapshot) {
        let lessons = &snapshot.lessons;
        let by_id = lessons.iter().find(|l| Some(&l.id) == self.chosen.as_ref());
        let unfinished = || lessons.iter().find(|l| n_done(l) < l.steps.len());
        let Some(lesson) = by_id.or_else(unfinished).or(lessons.first()) else {
            let text = "Lessons belong to the shipped samples. Open the sample nyc-flights from Start to see one.";
            state::empty(
                ui,
                icons::LESSON,
                "No lesson for this workspace",
                text,
                None,
            );
            return;
        };
        let width = ui.available_width();
        let left = (width * 0.3).clamp(210.0, 320.0);
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            ui.allocate_ui_with_layout(vec2(left, height), Layout::top_down(Align::Min), |ui| {
                ui.set_width(left);
                ScrollArea::vertical().id_salt("lessons").show(ui, |ui| {
                    for one in lessons {
                        if item(ui, one, one.id == lesson.id) {
                            self.chosen = Some(one.id.clone());
                        }
                    }
                });
            });
            let rest = vec2(width - left - space::L, height);
            ui.allocate_ui_with_layout(rest, Layout::top_down(Align::Min), |ui| {
                ScrollArea::vertical()
                    .id_salt(("lesson", &lesson.id))
                    .auto_shrink(false)
                    .show(ui, |ui| steps(ui, context, lesson));
            });
        });
    }
}

/// One lesson in the list; true when it was chosen.
fn item(ui: &mut Ui, lesson: &LessonProgress, is_chosen: bool) -> bool {
    let tokens = Tokens::of(ui);
    let (n, all) = (n_done(lesson), lesson.steps.len());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 50.0), Sense::click());
    let tally = format!("{n} of {all} steps");
    response.widget_info(|| {
        WidgetInfo::selected(
            Role::Button,
            true,
            is_chosen,
            format!("{}, {tally}", lesson.title),
        )
    });
    let painter = ui.painter();
    if is_chosen {
        paint::surface(painter, rect, size::RADIUS, tokens.selected, tokens.border);
    } else if response.hovered() {
        painter.rect_filled(rect, size::RADIUS, tokens.hover);
    }
    if response.has_focus() {
        paint::focus_ring(painter, rect, size::RADIUS, &tokens);
    }
    let room = rect.width() - 2.0 * space::S;
    let at = pos2(rect.left() + space::S, rect.top() + 15.0);
    let ink = (Type::Medium, tokens.text_strong);
    let (_, is_cut) =
        paint::text_within(painter, at, Align2::LEFT_CENTER, &lesson.title, ink, room);
    let at = pos2(rect.left() + space::S, rect.top() + 32.0);
    paint::text(
        painter,
        at,
        Align2::LEFT_CENTER,
        &tally,
        Type::Small,
        tokens.text_weak,
    );
    let bar = Rect::from_min_size(
        pos2(rect.left() + space::S, rect.bottom() - 7.0),
        vec2(room, 3.0),
    );
    paint::bar(
        painter,
        bar,
        n as f32 / all.max(1) as f32,
        tokens.mark(Tone::Good),
        &tokens,
    );
    let clicked = response.clicked();
    if is_cut {
        response.on_hover_text(&lesson.title);
    }
    clicked
}

fn steps(ui: &mut Ui, context: &mut PanelContext<'_>, lesson: &LessonProgress) {
    let tokens = Tokens::of(ui);
    ui.add(Label::new(Type::Heading.rich(&lesson.title, tokens.text_strong)).wrap());
    ui.add(Label::new(Type::Body.rich(&lesson.summary, tokens.text_weak)).wrap());
    ui.add_space(space::S);
    let next = lesson.steps.iter().position(|s| !s.done);
    for (position, step) in lesson.steps.iter().enumerate() {
        card(ui, |ui| {
            ui.horizontal_top(|ui| {
                number(ui, position + 1, step, next == Some(position));
                ui.vertical(|ui| {
                    ui.add(Label::new(Type::Strong.rich(&step.title, tokens.text_strong)).wrap());
                    ui.add(Label::new(Type::Body.rich(&step.text, tokens.text)).wrap());
                    if let Some(finding) = &step.finding {
                        ui.add(
                            Label::new(Type::Body.rich(format!("Found: {finding}"), tokens.good))
                                .wrap(),
                        );
                    }
                    if next == Some(position)
                        && let Some(action) = step.action
                    {
                        ui.add_space(space::XS);
                        next::button(ui, context, action);
                    }
                });
            });
        });
        ui.add_space(space::S);
    }
    if next.is_none() {
        ui.label(Type::Strong.rich(
            "Lesson finished. Every step is in the records.",
            tokens.good,
        ));
    }
}

/// The number of a step, or the check once the records show it done.
fn number(ui: &mut Ui, number: usize, step: &LessonStep, is_next: bool) {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::hover());
    let state = match () {
        () if step.done => "done",
        () if is_next => "next",
        () => "open",
    };
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::Label,
            true,
            format!("Step {number} {state}: {}", step.title),
        )
    });
    let center = rect.center();
    if step.done {
        paint::mark(ui.painter(), center, 22.0, Tone::Good, &tokens);
        return;
    }
    let ink = if is_next {
        tokens.accent
    } else {
        tokens.text_weak
    };
    ui.painter()
        .circle_stroke(center, 11.0, Stroke::new(1.5, ink));
    paint::text(
        ui.painter(),
        center,
        Align2::CENTER_CENTER,
        &number.to_string(),
        Type::SmallMedium,
        ink,
    );
}
