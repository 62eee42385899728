//! Charts without a mouse: one Tab stop for the whole chart, arrow keys walk over its marks, Enter or Space clicks the mark.
//!
//! What is walked over and in which order is the chart's: [`Chart::step`]. What a mark says is heard by a screen reader too.

use eframe::egui::{
    EventFilter, Id, Key, Rect, Response, Sense, Ui, WidgetInfo, accesskit, accesskit::Role,
};

use super::{chart::Chart, paint};
use crate::gui::theme::Tokens;

/// Which way a key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Nowhere: the mark that is nearest to where one stands, in a chart whose marks may have changed.
    Stay,
    /// The arrow to the left.
    Left,
    /// The arrow to the right.
    Right,
    /// The arrow upwards.
    Up,
    /// The arrow downwards.
    Down,
    /// Home.
    First,
    /// End.
    Last,
}

const KEYS: [(Key, Way); 6] = [
    (Key::ArrowLeft, Way::Left),
    (Key::ArrowRight, Way::Right),
    (Key::ArrowUp, Way::Up),
    (Key::ArrowDown, Way::Down),
    (Key::Home, Way::First),
    (Key::End, Way::Last),
];

/// A step in a list of `n` marks; the first one from outside. `None` if there are none.
pub fn in_list(n: usize, from: Option<usize>, way: Way) -> Option<usize> {
    let last = n.checked_sub(1)?;
    let Some(from) = from.map(|at| at.min(last)) else {
        return Some(if way == Way::Last { last } else { 0 });
    };
    Some(match way {
        Way::Stay => from,
        Way::First => 0,
        Way::Last => last,
        Way::Right | Way::Down => (from + 1).min(last),
        Way::Left | Way::Up => from.saturating_sub(1),
    })
}

/// A step in a grid of rows and columns, as a row and a column.
pub fn in_grid(
    [n_rows, n_columns]: [usize; 2],
    from: Option<(usize, usize)>,
    way: Way,
) -> Option<(usize, usize)> {
    let (row, column) = (from.map(|at| at.0), from.map(|at| at.1));
    let (of_row, of_column) = match way {
        Way::Left | Way::Right => (Way::Stay, way),
        Way::Up | Way::Down => (way, Way::Stay),
        Way::Stay | Way::First | Way::Last => (way, way),
    };
    Some((
        in_list(n_rows, row, of_row)?,
        in_list(n_columns, column, of_column)?,
    ))
}

/// Steps from one end of a line to the other, at most.
const N_STEPS: f64 = 64.0;

/// A step over values in any order: to the next one that is not all too near.
pub fn in_values(
    values: impl Iterator<Item = f64> + Clone,
    from: Option<f64>,
    way: Way,
) -> Option<f64> {
    let values = values.filter(|value| value.is_finite());
    let first = values.clone().min_by(f64::total_cmp)?;
    let last = values.clone().max_by(f64::total_cmp)?;
    let Some(from) = from else {
        return Some(if way == Way::Last { last } else { first });
    };
    let least = (last - first) / N_STEPS;
    let from = from.clamp(first, last);
    Some(match way {
        Way::Stay => from,
        Way::First => first,
        Way::Last => last,
        Way::Right | Way::Up => {
            let after = values.filter(|value| *value > from && *value >= from + least);
            after.min_by(f64::total_cmp).unwrap_or(last)
        }
        Way::Left | Way::Down => {
            let before = values.filter(|value| *value < from && *value <= from - least);
            before.max_by(f64::total_cmp).unwrap_or(first)
        }
    })
}

/// A chart's Tab stop.
pub(super) struct Walk<H> {
    /// The mark that the keys walked to, while the chart has the focus.
    pub at: Option<H>,
    /// Whether it was chosen by Enter or Space.
    pub is_chosen: bool,
    response: Response,
}

impl<H: Copy + Send + Sync + 'static> Walk<H> {
    /// Takes the place of a chart as a figure with these words, and the keys if the chart has the focus.
    pub fn over(
        ui: &Ui,
        rect: Rect,
        chart: &impl Chart<Hit = H>,
        words: impl Fn() -> String,
    ) -> Self {
        let id = ui.scope_id().with("figure");
        let sense = if chart.step(None, Way::First).is_some() {
            Sense::focusable_noninteractive()
        } else {
            Sense::hover()
        };
        let response = ui.interact(rect, id, sense);
        response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, words()));
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        let mut walk = Self {
            at: None,
            is_chosen: false,
            response,
        };
        if walk.response.has_focus() {
            walk.take_keys(ui, id, chart);
        }
        walk
    }

    fn take_keys(&mut self, ui: &Ui, id: Id, chart: &impl Chart<Hit = H>) {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let (ways, is_chosen) = ui.input(|input| {
            let pressed = KEYS.iter().filter(|(key, _)| input.key_pressed(*key));
            let ways: Vec<Way> = pressed.map(|(_, way)| *way).collect();
            let is_chosen = input.key_pressed(Key::Enter) || input.key_pressed(Key::Space);
            (ways, is_chosen)
        });
        let known = ui.data(|data| data.get_temp::<H>(id));
        let mut at = known.and_then(|at| chart.step(Some(at), Way::Stay));
        for way in ways {
            at = chart.step(at, way);
        }
        if let Some(at) = at {
            ui.data_mut(|data| data.insert_temp(id, at));
            let lines: Vec<String> = chart.told(at).into_iter().map(|line| line.0).collect();
            let told = |node: &mut accesskit::Node| node.set_value(lines.join(", "));
            ui.ctx().accesskit_node_builder(id, told);
        }
        (self.at, self.is_chosen) = (at, is_chosen && at.is_some());
    }

    /// The ring around the chart that has the focus.
    pub fn paint(&self, ui: &Ui) {
        if self.response.has_focus() {
            let around = self.response.rect.expand(3.0);
            paint::focus_ring(ui.painter(), around, 4.0, &Tokens::of(ui));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_inside_lists_and_grids_that_shrank() {
        assert_eq!(in_list(0, None, Way::Right), None);
        assert_eq!(in_list(3, None, Way::Right), Some(0));
        assert_eq!(in_list(3, Some(2), Way::Down), Some(2));
        assert_eq!(in_list(2, Some(7), Way::Stay), Some(1));
        assert_eq!(in_grid([2, 3], None, Way::Down), Some((0, 0)));
        assert_eq!(in_grid([2, 3], Some((0, 2)), Way::Down), Some((1, 2)));
        assert_eq!(in_grid([2, 3], Some((1, 1)), Way::Left), Some((1, 0)));
        assert_eq!(in_grid([2, 3], Some((9, 9)), Way::Stay), Some((1, 2)));
        assert_eq!(in_grid([2, 3], Some((0, 0)), Way::Last), Some((1, 2)));
        assert_eq!(in_grid([0, 3], Some((0, 0)), Way::Last), None);
    }

    #[test]
    fn keys_reach_every_value_of_a_short_line_and_cross_a_long_one_in_few_steps() {
        let short = [3.0, 1.0, f64::NAN, 2.0];
        let values = || short.iter().copied();
        assert_eq!(in_values(values(), None, Way::Left), Some(1.0));
        assert_eq!(in_values(values(), Some(1.0), Way::Right), Some(2.0));
        assert_eq!(in_values(values(), Some(2.0), Way::Left), Some(1.0));
        assert_eq!(in_values(values(), Some(3.0), Way::Right), Some(3.0));
        assert_eq!(in_values(values(), Some(9.0), Way::Stay), Some(3.0));
        assert_eq!(in_values(std::iter::empty(), None, Way::First), None);
        let long = || (0..10_000).map(f64::from);
        let mut at = in_values(long(), None, Way::First);
        let mut n = 0;
        while at != Some(9_999.0) && n < 100 {
            at = in_values(long(), at, Way::Right);
            n += 1;
        }
        assert!((60..=65).contains(&n), "{n}");
    }
}
