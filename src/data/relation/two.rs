//! Two columns by a third: points and density of two numbers, box figures of a number over categories, counts of two
//! categories.

use super::association::Columns;
use super::codes::{self, Codes};
use super::distribution::{bounds, edges_of, groups, quantile, selected};
use super::sample;
use crate::data::profile::equal_width_edges;
use crate::data::{ColumnData, Table};
use crate::domain::relation::{Association, BoxFigures, Density, PairView, RowsUsed, TwoColumns};
use rayon::prelude::*;

/// Most points that are drawn; the density counts all rows.
const MAX_POINTS: usize = 4_000;
/// Cells of the density along x and y.
const CELLS: (u32, u32) = (64, 40);
/// Categories of a box plot or a table of shares; one more place stands for all others.
const MAX_CATEGORIES: usize = 12;
/// Rows that an association is measured on before a sample is drawn.
const MAX_ROWS: usize = 5_000_000;

/// Two columns by the groups of a third; `None` if there is no such column or the two are the same.
#[must_use]
pub fn two_columns(table: &Table, x: &str, y: &str, by: Option<&str>) -> Option<TwoColumns> {
    let (data_x, data_y) = (table.column(x)?, table.column(y)?);
    if x == y {
        return None;
    }
    let (groups, group_of) = groups(table, by);
    let n_groups = groups.labels.len();
    let view = match (codes::is_categorical(data_x), codes::is_categorical(data_y)) {
        (false, false) => scatter((data_x, data_y), &group_of, n_groups),
        (true, false) => boxes((x, data_x), (y, data_y), &group_of, n_groups),
        (false, true) => boxes((y, data_y), (x, data_x), &group_of, n_groups),
        (true, true) => shares(data_x, data_y, &group_of, n_groups),
    };
    Some(TwoColumns {
        x: x.to_owned(),
        y: y.to_owned(),
        groups,
        association: association(&table.select(&[x, y])),
        view,
        rows: RowsUsed {
            used: table.n_rows() as u64,
            all: table.n_rows() as u64,
        },
    })
}

fn association(pair: &Table) -> Association {
    let drawn = sample::sample(pair.n_rows(), MAX_ROWS).map(|rows| pair.take(&rows));
    Columns::new(drawn.as_ref().unwrap_or(pair)).associate(0, 1)
}

fn scatter(
    (data_x, data_y): (ColumnData<'_>, ColumnData<'_>),
    group_of: &[u16],
    n_groups: usize,
) -> PairView {
    let (x, y) = (codes::numbers(data_x), codes::numbers(data_y));
    let rows: Vec<usize> = (0..x.len())
        .filter(|row| !x[*row].is_nan() && !y[*row].is_nan())
        .collect();
    let chosen = sample::sample(rows.len(), MAX_POINTS);
    let mut points = vec![Vec::new(); n_groups];
    let mut add = |row: usize| {
        if let Some(list) = points.get_mut(usize::from(group_of[row])) {
            list.push([x[row], y[row]]);
        }
    };
    match &chosen {
        Some(places) => places.iter().for_each(|at| add(rows[*at])),
        None => rows.iter().for_each(|row| add(*row)),
    }
    let drawn = RowsUsed {
        used: chosen.map_or(rows.len(), |c| c.len()) as u64,
        all: rows.len() as u64,
    };
    let (whole_x, whole_y) = (
        matches!(data_x, ColumnData::Integer(_)),
        matches!(data_y, ColumnData::Integer(_)),
    );
    let edges = |values: &[f64], is_whole, n| {
        let there: Vec<f64> = rows.iter().map(|row| values[*row]).collect();
        edges_of(&there, is_whole, n)
    };
    let density = density(
        &x,
        &y,
        edges(&x, whole_x, CELLS.0),
        edges(&y, whole_y, CELLS.1),
    );
    PairView::Scatter {
        points,
        drawn,
        density,
    }
}

fn density(x: &[f64], y: &[f64], x_edges: Vec<f64>, y_edges: Vec<f64>) -> Density {
    let n_y = y_edges.len().saturating_sub(1);
    let mut counts = vec![vec![0_u64; n_y]; x_edges.len().saturating_sub(1)];
    for (x, y) in x.iter().zip(y).filter(|(x, y)| !x.is_nan() && !y.is_nan()) {
        let (i, j) = (codes::even_bin(*x, &x_edges), codes::even_bin(*y, &y_edges));
        if let Some(count) = counts
            .get_mut(usize::from(i))
            .and_then(|row| row.get_mut(usize::from(j)))
        {
            *count += 1;
        }
    }
    Density {
        x_edges,
        y_edges,
        counts,
    }
}

fn boxes(
    (category, data_c): (&str, ColumnData<'_>),
    (number, data_n): (&str, ColumnData<'_>),
    group_of: &[u16],
    n_groups: usize,
) -> PairView {
    let Codes { codes, labels } = codes::values(data_c, MAX_CATEGORIES + 1);
    let values = codes::numbers(data_n);
    let mut lists = vec![Vec::new(); labels.len() * n_groups];
    for ((code, group), value) in codes.iter().zip(group_of).zip(&values) {
        let (code, group) = (usize::from(*code), usize::from(*group));
        if code < labels.len() && group < n_groups && !value.is_nan() {
            lists[code * n_groups + group].push(*value);
        }
    }
    let figures: Vec<Option<BoxFigures>> = lists.into_par_iter().map(box_figures).collect();
    PairView::Boxes {
        category: category.to_owned(),
        number: number.to_owned(),
        labels,
        boxes: figures.chunks(n_groups).map(<[_]>::to_vec).collect(),
    }
}

/// The figures of some finite values; `None` if there are none.
pub(super) fn box_figures(mut values: Vec<f64>) -> Option<BoxFigures> {
    values.sort_unstable_by(f64::total_cmp);
    let (q1, median, q3) = (
        quantile(&values, 0.25)?,
        quantile(&values, 0.5)?,
        quantile(&values, 0.75)?,
    );
    let reach = 1.5 * (q3 - q1);
    let from = values.partition_point(|v| *v < q1 - reach);
    let to = values.partition_point(|v| *v <= q3 + reach);
    let n = values.len();
    let middle = median;
    let mean = middle + values.iter().map(|v| v - middle).sum::<f64>() / n as f64;
    Some(BoxFigures {
        n: n as u64,
        low: values[from],
        q1,
        median,
        q3,
        high: values[to - 1],
        mean,
        min: values[0],
        max: values[n - 1],
        n_outside: (n - (to - from)) as u64,
    })
}

fn shares(
    data_x: ColumnData<'_>,
    data_y: ColumnData<'_>,
    group_of: &[u16],
    n_groups: usize,
) -> PairView {
    let (x, y) = (
        codes::values(data_x, MAX_CATEGORIES + 1),
        codes::values(data_y, 8),
    );
    let mut counts = vec![vec![vec![0_u64; y.labels.len()]; x.labels.len()]; n_groups];
    for ((x, y), group) in x.codes.iter().zip(&y.codes).zip(group_of) {
        let cell = counts
            .get_mut(usize::from(*group))
            .and_then(|of| of.get_mut(usize::from(*x)))
            .and_then(|of| of.get_mut(usize::from(*y)));
        if let Some(count) = cell {
            *count += 1;
        }
    }
    PairView::Shares {
        x_labels: x.labels,
        y_labels: y.labels,
        counts,
    }
}

/// Bins of equal width between two quantiles of both datasets, with the tails in outer bins of their own.
pub(super) fn common_edges(a: &[f64], b: &[f64], n_bins: u32) -> Vec<f64> {
    let body = |values: &[f64]| {
        let mut finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        Some((selected(&mut finite, 0.01)?, selected(&mut finite, 0.99)?))
    };
    let (Some(of_a), Some(of_b)) = (body(a), body(b)) else {
        let (low, high) = bounds(if a.iter().any(|v| v.is_finite()) {
            a
        } else {
            b
        });
        return if low > high {
            Vec::new()
        } else {
            equal_width_edges(low, high, n_bins)
        };
    };
    let (low, high) = (of_a.0.min(of_b.0), of_a.1.max(of_b.1));
    let ((min_a, max_a), (min_b, max_b)) = (bounds(a), bounds(b));
    let (min, max) = (min_a.min(min_b), max_a.max(max_b));
    let mut edges = equal_width_edges(low, high, n_bins);
    if min < edges[0] {
        edges.insert(0, min);
    }
    if edges.last().is_some_and(|last| max > *last) {
        edges.push(max);
    }
    edges
}
