//! The table: sortable columns, right-aligned tabular numbers, one selected row, only the visible rows drawn.
//!
//! It neither holds nor sorts rows: the caller says how many there are and fills a [`Cell`] when asked; a changed
//! [`Sort`] comes back in the response and [`Sort::order`] makes the order of rows from it. One Tab stop for the
//! whole table: arrow keys move the selection, Enter opens.

mod cell;
mod header;

use std::cmp::Ordering;

use eframe::egui::{
    self, Key, Rect, Response, Sense, Stroke, Ui, WidgetInfo, accesskit::Role, vec2,
};
use egui_extras::{Column as Width, TableBuilder, TableRow};

use super::{number, paint};
use crate::gui::theme::{Tokens, size};

pub use cell::Cell;

const PADDING: f32 = 10.0;

/// A column: its title, how wide, which way its text leans.
#[derive(Clone, Debug)]
pub struct Column {
    title: String,
    help: Option<String>,
    width: f32,
    is_number: bool,
    is_sortable: bool,
    fills: bool,
}

impl Column {
    /// A column of words, on the left, 160 wide.
    pub fn text(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            help: None,
            width: 160.0,
            is_number: false,
            is_sortable: true,
            fills: false,
        }
    }

    /// A column of numbers, on the right, 96 wide.
    pub fn number(title: impl Into<String>) -> Self {
        Self {
            is_number: true,
            width: 96.0,
            ..Self::text(title)
        }
    }

    /// A column for a small picture, not sortable unless said so.
    pub fn picture(title: impl Into<String>) -> Self {
        Self {
            is_sortable: false,
            width: 140.0,
            ..Self::text(title)
        }
    }

    /// How wide at first.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Takes what the others leave, at least 72; one column of a table should.
    pub fn fill(mut self) -> Self {
        self.fills = true;
        self
    }

    /// Says on hover what it means.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Can it be sorted by?
    pub fn sortable(mut self, is_sortable: bool) -> Self {
        self.is_sortable = is_sortable;
        self
    }
}

/// By which column the rows stand, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The index of the column.
    pub column: usize,
    /// Largest first?
    pub is_descending: bool,
}

impl Sort {
    /// Smallest first.
    pub fn ascending(column: usize) -> Self {
        Self {
            column,
            is_descending: false,
        }
    }

    /// Largest first.
    pub fn descending(column: usize) -> Self {
        Self {
            column,
            is_descending: true,
        }
    }

    /// The order of `n_rows` rows under a comparison; rows that compare equal keep their order.
    pub fn order(self, n_rows: usize, compare: impl Fn(usize, usize) -> Ordering) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n_rows).collect();
        order.sort_by(|&a, &b| {
            if self.is_descending {
                compare(b, a)
            } else {
                compare(a, b)
            }
        });
        order
    }
}

/// What somebody did to the table in this frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableResponse {
    /// A row was clicked or reached with the arrow keys: select it.
    pub selected: Option<usize>,
    /// A row was double-clicked or Enter was pressed on it: open it.
    pub opened: Option<usize>,
    /// A title was clicked: sort like this.
    pub sort: Option<Sort>,
    /// The row under the pointer.
    pub hovered: Option<usize>,
}

/// A table before it is shown.
#[must_use = "a table is shown with `.show(ui, …)`"]
#[derive(Clone, Debug)]
pub struct Table<'a> {
    name: &'a str,
    columns: &'a [Column],
    n_rows: usize,
    sort: Option<Sort>,
    selected: Option<usize>,
    height: f32,
    row_height: f32,
    scroll_to: Option<usize>,
}

impl<'a> Table<'a> {
    /// A table; `name` is unique within its parent and what a screen reader calls it.
    pub fn new(name: &'a str, columns: &'a [Column], n_rows: usize) -> Self {
        let (height, row_height) = (f32::INFINITY, size::ROW);
        Self {
            name,
            columns,
            n_rows,
            sort: None,
            selected: None,
            height,
            row_height,
            scroll_to: None,
        }
    }

    /// How the caller sorted the rows; the title shows it.
    pub fn sort(mut self, sort: Option<Sort>) -> Self {
        self.sort = sort;
        self
    }

    /// The selected row.
    pub fn selected(mut self, row: Option<usize>) -> Self {
        self.selected = row;
        self
    }

    /// At most this high; otherwise as high as what is left.
    pub fn max_height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// Rows of another height than 28.
    pub fn row_height(mut self, height: f32) -> Self {
        self.row_height = height;
        self
    }

    /// Brings a row into sight, in this frame.
    pub fn scroll_to(mut self, row: Option<usize>) -> Self {
        self.scroll_to = row;
        self
    }

    /// Shows it; `fill` is asked for every cell in sight, row by row, left to right.
    pub fn show(
        self,
        ui: &mut Ui,
        mut fill: impl FnMut(&mut Cell<'_>, usize, usize),
    ) -> TableResponse {
        let mut done = TableResponse::default();
        ui.scope(|ui| {
            let tokens = Tokens::of(ui);
            let id = ui.make_persistent_id(self.name);
            let moved = self.keyboard(ui, id, &mut done);
            ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
            let visuals = ui.visuals_mut();
            visuals.selection.bg_fill = tokens.selected;
            visuals.widgets.hovered.bg_fill = tokens.hover;
            visuals.widgets.noninteractive.bg_stroke = Stroke::NONE;
            // Too many columns for the place scroll sideways instead of pushing the neighbours away.
            let sideways = egui::ScrollArea::horizontal()
                .id_salt(self.name)
                .auto_shrink([false, true]);
            sideways.show(ui, |ui| {
                let shown = self.builder(ui, moved).header(size::HEADER, |mut row| {
                    for position in 0..self.columns.len() {
                        row.col(|ui| self.header(ui, position, &mut done));
                    }
                });
                shown.body(|body| {
                    body.rows(self.row_height, self.n_rows, |row| {
                        self.row(row, &tokens, &mut done, &mut fill);
                    });
                });
            });
            // The arrow keys go on from where one clicked.
            let is_clicked = done.selected.is_some() && moved.is_none();
            self.frame(ui, (id, is_clicked), &tokens);
        });
        done
    }

    fn builder<'u>(&self, ui: &'u mut Ui, moved: Option<usize>) -> TableBuilder<'u> {
        // In a page that scrolls there may be no height left, and still a table is to be read.
        let least = size::HEADER + 6.0 * self.row_height;
        let height = self.height.min(ui.available_height().max(least));
        let body = (height - size::HEADER).max(self.row_height);
        let mut builder = TableBuilder::new(ui)
            .id_salt(self.name)
            .striped(true)
            .sense(Sense::CLICK)
            .auto_shrink([false, true])
            .min_scrolled_height(body)
            .max_scroll_height(body);
        for column in self.columns {
            let width = if column.fills {
                Width::remainder().at_least(column.width.min(72.0))
            } else {
                Width::initial(column.width).at_least(48.0).resizable(true)
            };
            builder = builder.column(width.clip(true));
        }
        match moved.or(self.scroll_to) {
            Some(row) => builder.scroll_to_row(row, None).animate_scrolling(false),
            None => builder,
        }
    }

    /// Arrow keys, Home, End and Enter while the table has the focus; returns the row to bring into sight.
    fn keyboard(&self, ui: &Ui, id: egui::Id, done: &mut TableResponse) -> Option<usize> {
        if !ui.memory(|memory| memory.has_focus(id)) || self.n_rows == 0 {
            return None;
        }
        let filter = egui::EventFilter {
            vertical_arrows: true,
            ..Default::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let last = self.n_rows - 1;
        let target = ui.input(|i| {
            let from = self.selected;
            let steps = [
                (Key::ArrowDown, from.map_or(0, |row| (row + 1).min(last))),
                (Key::ArrowUp, from.map_or(last, |row| row.saturating_sub(1))),
                (Key::PageDown, from.map_or(0, |row| (row + 10).min(last))),
                (Key::PageUp, from.map_or(0, |row| row.saturating_sub(10))),
                (Key::Home, 0),
                (Key::End, last),
            ];
            steps
                .into_iter()
                .find(|(key, _)| i.key_pressed(*key))
                .map(|(_, row)| row)
        });
        if ui.input(|i| i.key_pressed(Key::Enter)) {
            done.opened = self.selected;
        }
        done.selected = target;
        target
    }

    /// The Tab stop of the whole table, and the ring around it.
    fn frame(&self, ui: &Ui, (id, is_clicked): (egui::Id, bool), tokens: &Tokens) {
        let rect = ui.min_rect();
        let response = ui.interact(rect, id, Sense::focusable_noninteractive());
        let rows = number::counted(self.n_rows as u64, "row", "rows");
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Table, true, format!("{}, {rows}", self.name))
        });
        if is_clicked {
            response.request_focus();
        }
        if response.has_focus() {
            paint::focus_ring(ui.painter(), rect.shrink(2.0), 4.0, tokens);
        }
    }

    fn row(
        &self,
        mut row: TableRow<'_, '_>,
        tokens: &Tokens,
        done: &mut TableResponse,
        fill: &mut impl FnMut(&mut Cell<'_>, usize, usize),
    ) {
        let index = row.index();
        let is_selected = self.selected == Some(index);
        row.set_selected(is_selected);
        let mut spoken = Vec::with_capacity(self.columns.len());
        for (position, column) in self.columns.iter().enumerate() {
            row.col(|ui| {
                let mut cell = Cell {
                    rect: ui.max_rect(),
                    ui,
                    tokens,
                    is_number: column.is_number,
                    spoken: &mut spoken,
                };
                if is_selected && position == 0 {
                    let edge = Rect::from_min_size(cell.rect.min, vec2(3.0, cell.rect.height()));
                    cell.ui.painter().rect_filled(edge, 0.0, tokens.accent);
                }
                fill(&mut cell, index, position);
            });
        }
        let response: Response = row.response();
        response
            .widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, spoken.join(", ")));
        if response.hovered() {
            done.hovered = Some(index);
        }
        if response.clicked() {
            done.selected = Some(index);
        }
        if response.double_clicked() {
            done.opened = Some(index);
        }
    }
}
