//! Words, colours and pickers that the views of the room share.

use crate::domain::relation::{Axis, Groups};
use crate::domain::schema::ColumnType;
use crate::gui::icons;
use crate::gui::panels::moments;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::chart::KeyEntry;
use crate::gui::widgets::histogram::Counts;
use crate::gui::widgets::stacked::{Places, Stacked};
use eframe::egui::{self, ComboBox, Sense, Ui, vec2};

/// The colour of a group: the n-th of the series; rows without a value are grey.
pub(super) fn tone(groups: &Groups, at: usize) -> Tone {
    match groups.labels.get(at) {
        Some(label) if label == "missing" && groups.column.is_some() => Tone::Neutral,
        _ => Tone::Series(at),
    }
}

/// The words of a group: with its column where the value alone says little.
pub(super) fn name(groups: &Groups, at: usize) -> String {
    let label = groups.labels.get(at).map_or("", String::as_str);
    match &groups.column {
        Some(column) => format!("{column} {label}"),
        None => label.to_owned(),
    }
}

/// What groups look like, in a line over several charts.
pub(super) fn legend(ui: &mut Ui, groups: &Groups) {
    if groups.column.is_none() {
        return;
    }
    let tokens = Tokens::of(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for at in 0..groups.labels.len() {
            let key = KeyEntry::area(name(groups, at), tone(groups, at));
            let (rect, _) = ui.allocate_exact_size(vec2(11.0, 16.0), Sense::hover());
            let mark = egui::Rect::from_center_size(rect.center(), vec2(11.0, 11.0));
            ui.painter()
                .rect_filled(mark, 2.0, tokens.shade(key.tone, 0.8));
            ui.label(Type::Small.rich(key.text, tokens.text));
            ui.add_space(space::S);
        }
    });
}

/// A picker with its name before it.
pub(super) fn pick(
    ui: &mut Ui,
    label: &str,
    chosen: &mut usize,
    options: &[String],
    width: f32,
) -> bool {
    let tokens = Tokens::of(ui);
    let name = ui.label(Type::Medium.rich(label, tokens.text_weak)).id;
    let before = *chosen;
    let shown = ComboBox::from_id_salt(("pick", label))
        .selected_text(options.get(*chosen).map_or("", String::as_str))
        .width(width)
        .height(420.0)
        .truncate()
        .icon(|ui, rect, _, _| {
            icons::DOWN.paint(ui.painter(), rect.center(), 16.0, Tokens::of(ui).text_weak);
        })
        .show_ui(ui, |ui| {
            for (at, option) in options.iter().enumerate() {
                ui.selectable_value(chosen, at, option.as_str());
            }
        });
    shown.response.labelled_by(name);
    *chosen != before
}

/// A distribution as a chart; `counts[group][place]`.
pub(super) fn stacked(
    column: (&str, ColumnType),
    axis_of: &Axis,
    groups: &Groups,
    counts: &[Vec<u64>],
) -> Stacked {
    let (unit, each) = moments::axis(Some(column.1));
    let places = match axis_of {
        Axis::Values(values) => Places::Values(values.clone()),
        Axis::Edges(edges) => Places::Edges(edges.iter().map(|edge| edge / each).collect()),
    };
    let layers = counts.iter().enumerate().map(|(at, counts)| Counts {
        name: name(groups, at),
        tone: tone(groups, at),
        counts: counts.iter().map(|n| *n as f64).collect(),
    });
    Stacked {
        places,
        layers: layers.collect(),
        label: column.0.to_owned(),
        unit,
        has_rest: axis_of.has_rest(),
        is_share: false,
        is_log: false,
        without_keys: false,
    }
}
