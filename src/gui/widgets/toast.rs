//! Messages that come and go, and the history of all of them.
//!
//! Good news leaves after five seconds, bad news stays until it is closed, unless the room shows it anyhow
//! ([`Toast::passing`]); nothing is lost, because every message also stays in the history with its details.

use eframe::egui::{
    self, Align2, Area, Frame, Id, Order, Sense, Ui, WidgetInfo, accesskit::Role, vec2,
};

use super::{button::Button, number, paint};
use crate::gui::{
    icons,
    theme::{Tokens, Tone, Type, size, space},
};

const SECONDS: f64 = 5.0;
const SECONDS_OF_BAD_NEWS: f64 = 12.0;
const N_SHOWN: usize = 4;
const N_KEPT: usize = 200;
const WIDTH: f32 = 360.0;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    tone: Tone,
    text: String,
    details: String,
    action: Option<String>,
    is_passing: bool,
}

impl Toast {
    /// A message in a tone: [`Tone::Good`], [`Tone::Warn`], [`Tone::Bad`] or [`Tone::Accent`] for news.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self {
            tone,
            text: text.into(),
            details: String::new(),
            action: None,
            is_passing: !matches!(tone, Tone::Bad | Tone::Warn),
        }
    }

    /// Leaves by itself although it is bad news, because what it tells of also stands elsewhere.
    pub fn passing(mut self) -> Self {
        self.is_passing = true;
        self
    }

    /// How long it stays; `None` until it is closed.
    fn seconds(&self) -> Option<f64> {
        let is_bad = matches!(self.tone, Tone::Bad | Tone::Warn);
        let seconds = if is_bad { SECONDS_OF_BAD_NEWS } else { SECONDS };
        self.is_passing.then_some(seconds)
    }

    /// What else is known, shown in the history and on hover.
    pub fn details(mut self, text: impl Into<String>) -> Self {
        self.details = text.into();
        self
    }

    /// A button on the message; [`Toasts::show`] returns the message whose button was pressed.
    pub fn action(mut self, verb: impl Into<String>) -> Self {
        self.action = Some(verb.into());
        self
    }

    /// The sentence of the message.
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[derive(Clone, Debug)]
struct Entry {
    toast: Toast,
    number: u64,
    born: Option<f64>,
    is_live: bool,
    is_read: bool,
}

/// The stack in the corner and the history behind it.
#[derive(Clone, Debug, Default)]
pub struct Toasts {
    entries: Vec<Entry>,
    n_ever: u64,
}

impl Toasts {
    /// Adds a message; it appears with the next frame.
    pub fn push(&mut self, toast: Toast) {
        self.n_ever += 1;
        // The same message again takes the place of the one before; the history keeps both.
        for earlier in self
            .entries
            .iter_mut()
            .filter(|e| e.toast.text == toast.text)
        {
            earlier.is_live = false;
        }
        self.entries.push(Entry {
            toast,
            number: self.n_ever,
            born: None,
            is_live: true,
            is_read: false,
        });
        if self.entries.len() > N_KEPT {
            self.entries.remove(0);
        }
    }

    /// How many messages nobody has looked at in the history.
    pub fn n_unread(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.is_read).count()
    }

    /// Shows the live messages in the lower right corner; returns one whose button was pressed.
    pub fn show(&mut self, ctx: &egui::Context) -> Option<Toast> {
        self.retire(ctx);
        let live: Vec<Entry> = self
            .entries
            .iter()
            .rev()
            .filter(|entry| entry.is_live)
            .take(N_SHOWN)
            .cloned()
            .collect();
        if live.is_empty() {
            return None;
        }
        let mut closed = None;
        let mut pressed = None;
        let corner = vec2(-space::L, -40.0);
        let area = Area::new(Id::unique("toasts"))
            .order(Order::Foreground)
            .anchor(Align2::RIGHT_BOTTOM, corner);
        let shown = area.show(ctx, |ui| {
            ui.set_width(WIDTH);
            for entry in live.iter().rev() {
                let (is_closed, is_pressed) = one(ui, entry);
                if is_closed || is_pressed {
                    closed = Some(entry.number);
                }
                if is_pressed {
                    pressed = Some(entry.toast.clone());
                }
            }
        });
        if shown.response.contains_pointer() {
            self.hold(ctx);
        }
        for entry in &mut self.entries {
            entry.is_live &= closed != Some(entry.number);
        }
        pressed
    }

    /// The history, newest first, for a drawer or a popup. Marks everything as read.
    pub fn history(&mut self, ui: &mut Ui) {
        let tokens = Tokens::of(ui);
        if self.entries.is_empty() {
            ui.label(Type::Body.rich("No messages yet", tokens.text_weak));
        }
        let now = ui.input(|i| i.time);
        for entry in self.entries.iter_mut().rev() {
            entry.is_read = true;
            let Toast {
                tone,
                text,
                details,
                ..
            } = &entry.toast;
            let age = number::ago(now - entry.born.unwrap_or(now));
            ui.horizontal(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(16.0, 20.0), Sense::hover());
                paint::mark(ui.painter(), rect.center(), 15.0, *tone, &tokens);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.label(Type::Small.rich(age, tokens.text_weak));
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        ui.add(egui::Label::new(Type::Body.rich(text, tokens.text)).truncate());
                    });
                });
            });
            if !details.is_empty() {
                ui.indent(entry.number, |ui| {
                    ui.add(egui::Label::new(Type::Small.rich(details, tokens.text_weak)).wrap());
                });
            }
        }
    }

    /// Forgets the time that went by while somebody points at the stack.
    fn hold(&mut self, ctx: &egui::Context) {
        let now = ctx.input(|i| i.time);
        for entry in self.entries.iter_mut().filter(|entry| entry.is_live) {
            entry.born = Some(entry.born.map_or(now, |born| born.max(now - SECONDS * 0.5)));
        }
    }

    fn retire(&mut self, ctx: &egui::Context) {
        let now = ctx.input(|i| i.time);
        let mut next = f64::INFINITY;
        for entry in self.entries.iter_mut().filter(|entry| entry.is_live) {
            let born = *entry.born.get_or_insert(now);
            let Some(seconds) = entry.toast.seconds() else {
                continue;
            };
            let left = born + seconds - now;
            entry.is_live = left > 0.0;
            next = next.min(left.max(0.05));
        }
        if next.is_finite() {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64(next));
        }
    }
}

/// One message of the stack; whether it was closed and whether its button was pressed.
fn one(ui: &mut Ui, entry: &Entry) -> (bool, bool) {
    let tokens = Tokens::of(ui);
    let Toast {
        tone,
        text,
        details,
        action,
        ..
    } = &entry.toast;
    let mut is_closed = false;
    let mut is_pressed = false;
    let shown = Frame::popup(ui.style())
        .fill(tokens.raised)
        .corner_radius(size::RADIUS_CARD)
        .inner_margin(egui::Margin {
            left: 12,
            right: 6,
            top: 6,
            bottom: 6,
        })
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                ui.set_min_height(size::CONTROL);
                let (rect, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
                paint::mark(ui.painter(), rect.center(), 18.0, *tone, &tokens);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    is_closed = Button::icon_only(icons::CLOSE, format!("Close: {text}"))
                        .show(ui)
                        .clicked();
                    if let Some(verb) = action {
                        is_pressed = Button::new(verb).quiet().show(ui).clicked();
                    }
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        ui.add(egui::Label::new(Type::Body.rich(text, tokens.text_strong)).wrap());
                    });
                });
            });
        });
    shown
        .response
        .widget_info(|| WidgetInfo::labeled(Role::Alert, true, text));
    if !details.is_empty() {
        shown.response.on_hover_text(details);
    }
    (is_closed, is_pressed)
}
