//! The titles of a table: what they mean on hover, and sorting by a click.

use eframe::egui::{Sense, Stroke, Ui, WidgetInfo, accesskit::Role, pos2};

use super::{PADDING, Sort, Table, TableResponse, cell::lean};
use crate::gui::{
    icons,
    theme::{Tokens, Type},
    widgets::paint,
};

impl Table<'_> {
    pub(super) fn header(&self, ui: &mut Ui, position: usize, done: &mut TableResponse) {
        let column = &self.columns[position];
        let tokens = Tokens::of(ui);
        let rect = ui.max_rect();
        let sense = if column.is_sortable {
            Sense::click()
        } else {
            Sense::hover()
        };
        let response = ui.interact(rect, ui.scope_id().with("title"), sense);
        let sorted = self.sort.filter(|sort| sort.column == position);
        let way = match sorted {
            Some(Sort {
                is_descending: true,
                ..
            }) => ", largest first",
            Some(_) => ", smallest first",
            None => "",
        };
        response.widget_info(|| {
            WidgetInfo::labeled(Role::ColumnHeader, true, format!("{}{way}", column.title))
        });
        let is_hot = column.is_sortable && response.hovered();
        let painter = ui.painter();
        painter.hline(
            rect.x_range(),
            rect.bottom() - 0.5,
            Stroke::new(1.0, tokens.border),
        );
        let ink = if is_hot || sorted.is_some() {
            tokens.text_strong
        } else {
            tokens.text_weak
        };
        let arrow = 15.0;
        let room = rect.width() - 2.0 * PADDING - if sorted.is_some() { arrow } else { 0.0 };
        let (at, anchor) = lean(
            rect,
            column.is_number,
            if sorted.is_some() { arrow } else { 0.0 },
        );
        let (used, is_cut) = paint::text_within(
            painter,
            at,
            anchor,
            &column.title,
            (Type::SmallMedium, ink),
            room,
        );
        if let Some(sort) = sorted {
            let icon = if sort.is_descending {
                icons::DESCENDING
            } else {
                icons::ASCENDING
            };
            icon.paint(
                painter,
                pos2(used.right() + 9.0, rect.center().y),
                13.0,
                tokens.accent,
            );
        }
        if response.has_focus() {
            paint::focus_ring(painter, rect.shrink(3.0), 3.0, &tokens);
        }
        if response.clicked() {
            // Numbers are looked at from the largest down, words from A on.
            let is_descending = sorted.map_or(column.is_number, |sort| !sort.is_descending);
            done.sort = Some(Sort {
                column: position,
                is_descending,
            });
        }
        match (&column.help, is_cut) {
            (Some(help), _) => _ = response.on_hover_text(format!("{}\n{help}", column.title)),
            (None, true) => _ = response.on_hover_text(&column.title),
            _ => (),
        }
    }
}
