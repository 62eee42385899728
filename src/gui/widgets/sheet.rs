//! The sheet: cells of any number of rows, with columns that stay in sight on the left.
//!
//! It scrolls by rows and not by points, so that it is as steady at the two-millionth row as at the first (a scroll area
//! counts points in 32 bits, which are too coarse from some 700,000 rows on). It neither holds nor sorts rows: the
//! caller fills a cell when it comes into sight. One Tab stop: arrow keys move, with Shift they extend what is
//! selected, and the system's copy shortcut asks the caller to copy it.

mod bars;
mod keys;

use std::ops::RangeInclusive;

use eframe::egui::{
    self, Align2, CornerRadius, Id, Painter, Rect, Sense, Stroke, Ui, WidgetInfo, accesskit::Role,
    pos2, vec2,
};

use super::{number, paint};
use crate::gui::{
    icons,
    theme::{Tokens, Type, size},
};

const PADDING: f32 = 10.0;

/// Width of the column of row numbers.
const GUTTER: f32 = 84.0;

/// Columns that are spoken even while they are out of sight.
const MAX_SPOKEN: usize = 40;

/// A column of the sheet.
#[derive(Clone, Debug)]
pub struct SheetColumn {
    /// Its title.
    pub title: String,
    /// What it is, on hover.
    pub help: String,
    /// How wide, in points.
    pub width: f32,
    /// Numbers stand on the right.
    pub is_number: bool,
    /// The place among the columns to sort by, counted from 0, and whether the largest comes first.
    pub sort: Option<(usize, bool)>,
}

/// What a cell shows.
#[derive(Clone, Debug)]
pub enum SheetCell {
    /// A value.
    Text(String),
    /// There is none.
    Missing,
    /// It is on its way.
    Waiting,
}

/// Where the sheet stands and what is selected in it; the caller keeps it.
#[derive(Clone, Debug, Default)]
pub struct SheetState {
    /// The row at the top, with the share of it that is scrolled away.
    top: f64,
    /// Points by which the columns are shifted to the left.
    left: f32,
    /// Where the selection began, and where it ends.
    selected: Option<(usize, usize)>,
    /// The row to bring into sight.
    wanted: Option<usize>,
}

impl SheetState {
    /// Selects a row and brings it into sight.
    pub fn go_to(&mut self, row: usize) {
        self.selected = Some((row, row));
        self.wanted = Some(row);
    }

    /// Back to the first row, with nothing selected.
    pub fn reset(&mut self) {
        *self = Self {
            left: self.left,
            ..Self::default()
        };
    }

    /// The selected rows.
    #[must_use]
    pub fn selected(&self) -> Option<RangeInclusive<usize>> {
        self.selected.map(|(a, b)| a.min(b)..=a.max(b))
    }
}

/// What somebody did to the sheet in this frame.
#[derive(Clone, Debug, Default)]
pub struct SheetResponse {
    /// A title was clicked; with Shift or Ctrl the column joins those that it is sorted by already.
    pub sort: Option<(usize, bool)>,
    /// A cell was clicked: row and column; `None` is the column of row numbers.
    pub clicked: Option<(usize, Option<usize>)>,
    /// The selected rows are to be copied.
    pub copies: bool,
    /// A column was dragged to another width.
    pub resized: Option<(usize, f32)>,
}

/// A sheet before it is shown.
#[must_use = "a sheet is shown with `.show(ui, …)`"]
pub struct Sheet<'a> {
    name: &'a str,
    columns: &'a [SheetColumn],
    n_rows: usize,
    n_sticky: usize,
}

/// Everything that drawing a frame needs to know.
struct Frame<'a> {
    painter: &'a Painter,
    tokens: Tokens,
    /// Where rows stand, below the titles.
    body: Rect,
    /// Where sticky columns end and the others begin.
    edge: f32,
    /// The left edge of each column.
    lefts: Vec<f32>,
}

impl<'a> Sheet<'a> {
    /// A sheet; `name` is unique within its parent and what a screen reader calls it.
    pub fn new(name: &'a str, columns: &'a [SheetColumn], n_rows: usize) -> Self {
        Self {
            name,
            columns,
            n_rows,
            n_sticky: 0,
        }
    }

    /// So many columns stay in sight on the left.
    pub fn sticky(mut self, n_sticky: usize) -> Self {
        self.n_sticky = n_sticky.min(self.columns.len());
        self
    }

    /// Shows it in what is left of the place. `number` gives the number in front of a row, `fill` a cell.
    pub fn show(
        self,
        ui: &mut Ui,
        state: &mut SheetState,
        number: impl Fn(usize) -> Option<u64>,
        mut fill: impl FnMut(usize, usize) -> SheetCell,
    ) -> SheetResponse {
        let mut done = SheetResponse::default();
        let id = ui.make_persistent_id(self.name);
        let (outer, _) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
        let inner = Rect::from_min_max(
            pos2(outer.left(), outer.top() + size::HEADER),
            outer.max - vec2(bars::THICKNESS, bars::THICKNESS),
        );
        let whole = ui.interact(inner, id, Sense::click());
        let n_fit = (inner.height() / size::ROW).floor().max(1.0) as usize;
        if whole.has_focus() {
            keys::keys(ui, id, state, (self.n_rows, n_fit), &mut done);
        }
        let frame = self.frame(ui, inner, state);
        self.scroll(ui, outer, &frame, state, n_fit);
        let rows = first_row(state)..self.n_rows.min(first_row(state) + n_fit + 2);
        let shift = (state.top.fract() as f32) * size::ROW;
        for (place, row) in rows.clone().enumerate() {
            let top = inner.top() + place as f32 * size::ROW - shift;
            let rect = Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), size::ROW));
            let is_selected = state.selected().is_some_and(|s| s.contains(&row));
            self.row(ui, &frame, (row, rect, is_selected), &number, &mut fill);
        }
        self.pointer(ui, &whole, &frame, state, &mut done);
        for column in 0..self.columns.len() {
            self.title(ui, &frame, (id, outer.top(), column), &mut done);
        }
        let gutter = Rect::from_min_size(outer.min, vec2(GUTTER, size::HEADER));
        let at = pos2(gutter.right() - PADDING, gutter.center().y);
        let kind = (Type::SmallMedium, frame.tokens.text_weak);
        paint::text_within(frame.painter, at, Align2::RIGHT_CENTER, "Row", kind, GUTTER);
        let rule = Stroke::new(1.0, frame.tokens.border);
        frame
            .painter
            .hline(outer.x_range(), inner.top() - 0.5, rule);
        if state.left > 0.0 {
            frame
                .painter
                .vline(frame.edge, outer.top()..=inner.bottom(), rule);
        }
        let n = number::counted(self.n_rows as u64, "row", "rows");
        whole.widget_info(|| WidgetInfo::labeled(Role::Table, true, format!("{}, {n}", self.name)));
        if whole.has_focus() {
            paint::focus_ring(ui.painter(), outer.shrink(2.0), 4.0, &frame.tokens);
        }
        done
    }

    fn frame<'u>(&self, ui: &'u Ui, body: Rect, state: &SheetState) -> Frame<'u> {
        let mut lefts = Vec::with_capacity(self.columns.len());
        let mut x = body.left() + GUTTER;
        let mut edge = x;
        for (position, column) in self.columns.iter().enumerate() {
            if position == self.n_sticky {
                edge = x;
                x -= state.left;
            }
            lefts.push(x);
            x += column.width;
        }
        if self.n_sticky >= self.columns.len() {
            edge = x;
        }
        Frame {
            painter: ui.painter(),
            tokens: Tokens::of(ui),
            body,
            edge,
            lefts,
        }
    }

    /// Where a column is in sight between these heights; `None` if nothing of it is.
    fn place(
        &self,
        frame: &Frame<'_>,
        column: usize,
        (top, height): (f32, f32),
    ) -> Option<(Rect, Rect)> {
        let left = frame.lefts[column];
        let rect = Rect::from_min_size(pos2(left, top), vec2(self.columns[column].width, height));
        let begin = if column < self.n_sticky {
            frame.body.left() + GUTTER
        } else {
            frame.edge
        };
        let clip = Rect::from_min_max(
            pos2(begin, top.min(frame.body.top() - size::HEADER)),
            frame.body.max,
        );
        let seen = rect.intersect(clip);
        (seen.width() > 1.0 && seen.height() > 0.0).then_some((rect, seen))
    }

    fn row(
        &self,
        ui: &Ui,
        frame: &Frame<'_>,
        (row, rect, is_selected): (usize, Rect, bool),
        number: &impl Fn(usize) -> Option<u64>,
        fill: &mut impl FnMut(usize, usize) -> SheetCell,
    ) {
        let tokens = &frame.tokens;
        let painter = frame
            .painter
            .with_clip_rect(frame.painter.clip_rect().intersect(frame.body));
        if is_selected {
            painter.rect_filled(rect, 0.0, tokens.selected);
        } else if row % 2 == 1 {
            painter.rect_filled(rect, 0.0, tokens.stripe);
        }
        let mut spoken = Vec::new();
        let shown = number(row).map_or_else(|| "…".to_owned(), super::number::count);
        let at = pos2(rect.left() + GUTTER - PADDING, rect.center().y);
        let ink = (Type::NumberSmall, tokens.text_weak);
        paint::text_within(&painter, at, Align2::RIGHT_CENTER, &shown, ink, GUTTER);
        spoken.push(shown);
        for column in 0..self.columns.len() {
            let place = self.place(frame, column, (rect.top(), size::ROW));
            // A screen reader hears the columns beside the sight as well, but not hundreds of them.
            if place.is_none() && column >= MAX_SPOKEN {
                continue;
            }
            let content = fill(row, column);
            if let Some((cell, seen)) = place {
                let clipped = painter.with_clip_rect(painter.clip_rect().intersect(seen));
                self.cell(&clipped, cell, &content, (column, tokens));
            }
            spoken.push(match content {
                SheetCell::Text(text) => text,
                SheetCell::Missing => "missing".to_owned(),
                SheetCell::Waiting => "…".to_owned(),
            });
        }
        let seen = rect.intersect(frame.body);
        let response = ui.interact(seen, ui.scope_id().with((self.name, row)), Sense::hover());
        response
            .widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, spoken.join(", ")));
    }

    fn cell(
        &self,
        painter: &Painter,
        rect: Rect,
        content: &SheetCell,
        (column, tokens): (usize, &Tokens),
    ) {
        let is_number = self.columns[column].is_number;
        let (at, anchor) = if is_number {
            (
                pos2(rect.right() - PADDING, rect.center().y),
                Align2::RIGHT_CENTER,
            )
        } else {
            (
                pos2(rect.left() + PADDING, rect.center().y),
                Align2::LEFT_CENTER,
            )
        };
        let room = rect.width() - 2.0 * PADDING + 1.0;
        match content {
            SheetCell::Text(text) => {
                let kind = if is_number { Type::Number } else { Type::Body };
                paint::text_within(painter, at, anchor, text, (kind, tokens.text), room);
            }
            SheetCell::Missing => {
                let mark = Rect::from_center_size(rect.center(), vec2(rect.width() - 8.0, 18.0));
                painter.rect_filled(mark, CornerRadius::same(3), tokens.hover);
                let ink = (Type::Small, tokens.text_weak);
                paint::text_within(painter, at, anchor, "missing", ink, room);
            }
            SheetCell::Waiting => {
                paint::text_within(
                    painter,
                    at,
                    anchor,
                    "…",
                    (Type::Body, tokens.text_faint),
                    room,
                );
            }
        }
    }

    fn title(
        &self,
        ui: &Ui,
        frame: &Frame<'_>,
        (id, top, position): (Id, f32, usize),
        done: &mut SheetResponse,
    ) {
        let column = &self.columns[position];
        let Some((rect, seen)) = self.place(frame, position, (top, size::HEADER)) else {
            return;
        };
        let tokens = &frame.tokens;
        let response = ui.interact(seen, id.with(("title", position)), Sense::click());
        let way = match column.sort {
            Some((_, true)) => ", largest first",
            Some(_) => ", smallest first",
            None => "",
        };
        response.widget_info(|| {
            WidgetInfo::labeled(Role::ColumnHeader, true, format!("{}{way}", column.title))
        });
        let painter = frame
            .painter
            .with_clip_rect(frame.painter.clip_rect().intersect(seen));
        let ink = if response.hovered() || column.sort.is_some() {
            tokens.text_strong
        } else {
            tokens.text_weak
        };
        let mark = if column.sort.is_some() { 26.0 } else { 0.0 };
        let room = rect.width() - 2.0 * PADDING - mark;
        let (at, anchor) = if column.is_number {
            (
                pos2(rect.right() - PADDING - mark, rect.center().y),
                Align2::RIGHT_CENTER,
            )
        } else {
            (
                pos2(rect.left() + PADDING, rect.center().y),
                Align2::LEFT_CENTER,
            )
        };
        let kind = (Type::SmallMedium, ink);
        let (used, _) = paint::text_within(&painter, at, anchor, &column.title, kind, room);
        if let Some((place, is_descending)) = column.sort {
            let icon = if is_descending {
                icons::DESCENDING
            } else {
                icons::ASCENDING
            };
            icon.paint(
                &painter,
                pos2(used.right() + 9.0, rect.center().y),
                13.0,
                tokens.accent,
            );
            let at = pos2(used.right() + 17.0, rect.center().y);
            let kind = (Type::NumberSmall, tokens.accent);
            let place = (place + 1).to_string();
            paint::text_within(&painter, at, Align2::LEFT_CENTER, &place, kind, 12.0);
        }
        self.edge(ui, (id, position), (rect, seen), done);
        if response.has_focus() {
            paint::focus_ring(&painter, seen.shrink(3.0), 3.0, tokens);
        }
        if response.clicked() {
            let adds = ui.input(|i| i.modifiers.shift || i.modifiers.command);
            done.sort = Some((position, adds));
        }
        response.on_hover_text(&column.help);
    }

    /// The edge of a title, by which the column is dragged to another width.
    fn edge(
        &self,
        ui: &Ui,
        (id, position): (Id, usize),
        (rect, seen): (Rect, Rect),
        done: &mut SheetResponse,
    ) {
        if rect.right() > seen.right() + 0.5 {
            return;
        }
        let handle = Rect::from_center_size(rect.right_center(), vec2(8.0, rect.height()));
        let drag = ui.interact(handle, id.with(("edge", position)), Sense::DRAG);
        let title = &self.columns[position].title;
        drag.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, format!("Width of {title}")));
        if drag.hovered() || drag.dragged() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::ResizeColumn);
        }
        if drag.dragged() {
            let width = self.columns[position].width + drag.drag_delta().x;
            done.resized = Some((position, width.clamp(48.0, 900.0)));
        }
    }

    fn pointer(
        &self,
        ui: &Ui,
        whole: &egui::Response,
        frame: &Frame<'_>,
        state: &mut SheetState,
        done: &mut SheetResponse,
    ) {
        if !whole.clicked() {
            return;
        }
        let Some(at) = whole.interact_pointer_pos() else {
            return;
        };
        whole.request_focus();
        let row = first_row(state)
            + ((at.y - frame.body.top()) / size::ROW + state.top.fract() as f32).max(0.0) as usize;
        if row >= self.n_rows {
            return;
        }
        let column = (0..self.columns.len()).find(|c| {
            self.place(frame, *c, (frame.body.top(), frame.body.height()))
                .is_some_and(|(_, seen)| seen.x_range().contains(at.x))
        });
        let extends = ui.input(|i| i.modifiers.shift);
        let begun = state
            .selected
            .filter(|_| extends)
            .map_or(row, |(begun, _)| begun);
        state.selected = Some((begun, row));
        done.clicked = Some((row, column));
    }
}

/// Characters of the longest value of a column among some rows.
pub fn longest(rows: &[Vec<Option<String>>], column: usize) -> usize {
    let cells = rows.iter().filter_map(|row| row.get(column)?.as_ref());
    cells.map(|text| text.chars().count()).max().unwrap_or(0)
}

/// The row at the top.
fn first_row(state: &SheetState) -> usize {
    state.top.floor().max(0.0) as usize
}
