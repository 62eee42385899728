//! Form fields: a label, perhaps what it means, the control, and under it what is wrong with the value.
//!
//! The label names the control for screen readers. Checking values is left to whoever owns them: a problem
//! comes in as text, from a check that returns all problems with the name of their field.

use std::ops::RangeInclusive;

use eframe::egui::{
    self, ComboBox, DragValue, Id, Response, Sense, TextEdit, Ui, WidgetInfo, accesskit::Role, vec2,
};

use super::{chips, segmented};
use crate::gui::{
    icons,
    theme::{Tokens, Type, size, space},
};

/// A labelled place for one value.
#[must_use = "a field is shown with `.text(ui, …)`, `.number(ui, …)`, `.choice(ui, …)` and so on"]
#[derive(Clone, Debug)]
pub struct Field<'a> {
    label: &'a str,
    help: Option<&'a str>,
    problem: Option<&'a str>,
    hint: &'a str,
    unit: &'a str,
    width: f32,
}

impl<'a> Field<'a> {
    /// A field with its label, without a colon. The field is known by it: one that changes with what is typed, such as a
    /// count, takes the focus away.
    pub fn new(label: &'a str) -> Self {
        Self {
            label,
            help: None,
            problem: None,
            hint: "",
            unit: "",
            width: 240.0,
        }
    }

    /// What it means, behind a question mark after the label.
    pub fn help(mut self, text: &'a str) -> Self {
        self.help = Some(text);
        self
    }

    /// What is wrong with the value, if something is.
    pub fn problem(mut self, text: Option<&'a str>) -> Self {
        self.problem = text;
        self
    }

    /// An example, shown while a text field is empty.
    pub fn hint(mut self, text: &'a str) -> Self {
        self.hint = text;
        self
    }

    /// The unit after a number.
    pub fn unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    /// Another width than 240.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// One line of text.
    pub fn text(self, ui: &mut Ui, value: &mut String) -> Response {
        let (hint, width) = (self.hint, self.width);
        let hint = Type::Body.rich(hint, Tokens::of(ui).text_faint);
        self.control(ui, |ui| {
            ui.add(line(value).hint_text(hint).desired_width(width))
        })
    }

    /// Several lines of text.
    pub fn lines(self, ui: &mut Ui, value: &mut String, n_rows: usize) -> Response {
        let (hint, width) = (self.hint, self.width);
        let hint = Type::Body.rich(hint, Tokens::of(ui).text_faint);
        self.control(ui, |ui| {
            ui.add(
                TextEdit::multiline(value)
                    .hint_text(hint)
                    .desired_rows(n_rows)
                    .desired_width(width),
            )
        })
    }

    /// A number to type, to drag, or to step with the arrow keys.
    pub fn number<N: egui::emath::Numeric>(
        self,
        ui: &mut Ui,
        value: &mut N,
        range: RangeInclusive<N>,
    ) -> Response {
        let (unit, width) = (self.unit, self.width.min(140.0));
        let span = range.end().to_f64() - range.start().to_f64();
        let speed = if N::INTEGRAL {
            0.25
        } else {
            (span / 400.0).clamp(1e-4, 10.0)
        };
        self.control(ui, |ui| {
            let suffix = if unit.is_empty() {
                String::new()
            } else {
                format!(" {unit}")
            };
            ui.style_mut().drag_value_text_style = egui::TextStyle::Monospace;
            let field = DragValue::new(value)
                .range(range)
                .speed(speed)
                .suffix(suffix);
            ui.add_sized(vec2(width, size::CONTROL), field)
        })
    }

    /// One of several, in a list that opens. For two to four short ones see [`Field::segments`].
    pub fn choice<S: AsRef<str>>(self, ui: &mut Ui, chosen: &mut usize, options: &[S]) -> Response {
        let (label, width) = (self.label, self.width);
        self.control(ui, |ui| {
            // A long word is cut at what is available, not at the width of the box.
            ui.set_max_width(width);
            let current = options.get(*chosen).map_or("", AsRef::as_ref);
            let mut has_changed = false;
            let mut response = ComboBox::from_id_salt(label)
                .selected_text(current)
                .width(width)
                .truncate()
                .icon(|ui, rect, _, _| {
                    let ink = Tokens::of(ui).text_weak;
                    icons::DOWN.paint(ui.painter(), rect.center(), size::ICON, ink);
                })
                .show_ui(ui, |ui| {
                    for (position, option) in options.iter().enumerate() {
                        has_changed |= ui
                            .selectable_value(chosen, position, option.as_ref())
                            .changed();
                    }
                })
                .response;
            if has_changed {
                response.mark_changed();
            }
            response
        })
    }

    /// One of a few, all in sight.
    pub fn segments<S: AsRef<str>>(
        self,
        ui: &mut Ui,
        chosen: &mut usize,
        options: &[S],
    ) -> Response {
        let label = self.label;
        self.control(ui, |ui| segmented::segmented(ui, label, chosen, options))
    }

    /// Any number of several.
    pub fn chips<S: AsRef<str>>(self, ui: &mut Ui, chosen: &mut [bool], options: &[S]) -> Response {
        let label = self.label;
        self.control(ui, |ui| chips::chips(ui, label, chosen, options))
    }

    /// Yes or no.
    pub fn toggle(self, ui: &mut Ui, value: &mut bool) -> Response {
        let Self {
            label,
            help,
            problem,
            ..
        } = self;
        let response = ui.horizontal(|ui| {
            let response = ui.checkbox(value, label);
            question(ui, label, help);
            response
        });
        complaint(ui, problem);
        response.inner
    }

    /// Any other control under the label; its response is named after the label.
    pub fn control(self, ui: &mut Ui, add: impl FnOnce(&mut Ui) -> Response) -> Response {
        let Self {
            label,
            help,
            problem,
            ..
        } = self;
        let tokens = Tokens::of(ui);
        let id = stable_id(ui, label);
        let layout = egui::Layout::top_down(egui::Align::LEFT);
        let place = egui::UiBuilder::new().scope_id(id).layout(layout);
        ui.scope_builder(place, |ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            // A row of this `Ui` is as high as a control, which is too much for a label.
            let control = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 16.0);
            let name = ui.horizontal(|ui| {
                let name = ui.label(Type::SmallMedium.rich(label, tokens.text_weak)).id;
                question(ui, label, help);
                name
            });
            ui.spacing_mut().interact_size.y = control;
            let response = ui.scope(|ui| {
                if problem.is_some() {
                    let widgets = &mut ui.visuals_mut().widgets;
                    widgets.inactive.bg_stroke.color = tokens.bad;
                    widgets.hovered.bg_stroke.color = tokens.bad;
                }
                add(ui)
            });
            complaint(ui, problem);
            response.inner.labelled_by(name.inner)
        })
        .inner
    }
}

/// An id that does not depend on what stands above: a banner that appears while somebody types must not take the field
/// away from under the fingers. Fields of one name in one place are told apart by their order.
fn stable_id(ui: &Ui, label: &str) -> Id {
    let id = ui.scope_id().with(("field", label));
    let now = ui.ctx().cumulative_pass_nr();
    let nth = ui.data_mut(|data| {
        let seen: &mut (u64, u32) = data.get_temp_mut_or_default(id.with("seen"));
        *seen = if seen.0 == now {
            (now, seen.1 + 1)
        } else {
            (now, 0)
        };
        seen.1
    });
    id.with(nth)
}

/// A single line of the house: centred in the height of a control.
pub(super) fn line(value: &mut String) -> TextEdit<'_> {
    TextEdit::singleline(value)
        .margin(egui::Margin::symmetric(8, 0))
        .min_size(vec2(0.0, size::CONTROL))
        .align(egui::Align2::LEFT_CENTER)
}

fn question(ui: &mut Ui, label: &str, help: Option<&str>) {
    let Some(help) = help else { return };
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("About {label}: {help}")));
    let ink = if response.hovered() {
        tokens.text
    } else {
        tokens.text_faint
    };
    icons::HELP.paint(ui.painter(), rect.center(), 14.0, ink);
    response.on_hover_text(help);
}

fn complaint(ui: &mut Ui, problem: Option<&str>) -> Option<Id> {
    let problem = problem?;
    let tokens = Tokens::of(ui);
    Some(ui.label(Type::Small.rich(problem, tokens.bad)).id)
}
