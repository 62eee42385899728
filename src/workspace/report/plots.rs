//! Plots as SVG that take their colours from the page.

use super::html::escaped;
use std::fmt::Write as _;

/// A line of a plot: what it is of is the class of its colour.
pub(super) struct Line {
    pub(super) of: &'static str,
    pub(super) points: Vec<(f64, f64)>,
}

/// Room for the labels of the axes, and the side of a plot, in pixels.
const MARGIN: f64 = 40.0;
const SIDE: f64 = 260.0;

/// Lines over two axes of these ranges; with the diagonal, where that means something.
pub(super) fn lines(
    title: &str,
    [x_name, y_name]: [&str; 2],
    (x_range, y_range): ([f64; 2], [f64; 2]),
    has_diagonal: bool,
    lines: &[Line],
) -> String {
    let place = |[low, high]: [f64; 2], value: f64| {
        let span = if high > low { high - low } else { 1.0 };
        (value - low) / span * SIDE
    };
    let at = |x: f64, y: f64| (MARGIN + place(x_range, x), 8.0 + SIDE - place(y_range, y));
    let (width, height) = (MARGIN + SIDE + 12.0, SIDE + 44.0);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\">",
        escaped(&told(title, [x_name, y_name], lines))
    );
    let (left, bottom) = (MARGIN, 8.0 + SIDE);
    let _ = write!(
        svg,
        "<path class=\"axis\" d=\"M{left} 8V{bottom}H{}\"/>",
        left + SIDE
    );
    if has_diagonal {
        let _ = write!(
            svg,
            "<path class=\"zero\" d=\"M{left} {bottom}L{} 8\"/>",
            left + SIDE
        );
    }
    for (value, anchor) in [(x_range[0], "start"), (x_range[1], "end")] {
        let (x, _) = at(value, y_range[0]);
        let _ = write!(
            svg,
            "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            bottom + 14.0,
            tick(value)
        );
    }
    for value in y_range {
        let (_, y) = at(x_range[0], value);
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 5.0,
            y + 4.0,
            tick(value)
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\
         <text transform=\"translate(12 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        left + SIDE / 2.0,
        bottom + 30.0,
        escaped(x_name),
        8.0 + SIDE / 2.0,
        escaped(y_name)
    );
    for line in lines {
        let points: Vec<String> = line
            .points
            .iter()
            .map(|(x, y)| {
                let (x, y) = at(*x, *y);
                format!("{x:.1},{y:.1}")
            })
            .collect();
        let _ = write!(
            svg,
            "<polyline class=\"{}\" points=\"{}\"/>",
            line.of,
            points.join(" ")
        );
    }
    svg + "</svg>"
}

/// What a plot shows, in words: every line at five places.
fn told(title: &str, [x_name, y_name]: [&str; 2], lines: &[Line]) -> String {
    const PLACES: usize = 4;
    let of = |line: &Line| {
        let last = line.points.len().saturating_sub(1);
        let mut places: Vec<usize> = (0..=PLACES).map(|part| last * part / PLACES).collect();
        places.dedup();
        let points = places
            .into_iter()
            .filter_map(|place| line.points.get(place));
        let points: Vec<String> = points
            .map(|(x, y)| format!("{} at {}", tick(*y), tick(*x)))
            .collect();
        format!("{}: {}", line.of, points.join(", "))
    };
    let lines: Vec<String> = lines.iter().map(of).collect();
    format!("{title}, {y_name} over {x_name}. {}", lines.join("; "))
}

fn tick(value: f64) -> String {
    let text = if value.abs() >= 1000.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    };
    text.replace('-', "−")
}

/// A row of a forest plot.
pub(super) struct Whisker<'a> {
    pub(super) name: &'a str,
    pub(super) class: &'static str,
    pub(super) difference: f64,
    pub(super) interval: [f64; 2],
}

/// Differences with their intervals around zero, one a row.
pub(super) fn forest(title: &str, rows: &[Whisker<'_>]) -> String {
    const NAMES: f64 = 230.0;
    const WIDTH: f64 = 420.0;
    const ROW: f64 = 20.0;
    let ends = rows
        .iter()
        .flat_map(|r| [r.difference, r.interval[0], r.interval[1]]);
    let reach = ends.map(f64::abs).fold(1e-12, f64::max);
    let at = |value: f64| NAMES + WIDTH / 2.0 + value / reach * (WIDTH / 2.0 - 6.0);
    let height = ROW * rows.len() as f64 + 24.0;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {} {height}\" role=\"img\" aria-label=\"{}\"><path class=\"zero\" d=\"M{} 0V{}\"/>",
        NAMES + WIDTH,
        escaped(&told_whiskers(title, rows)),
        at(0.0),
        height - 18.0
    );
    for (i, row) in rows.iter().enumerate() {
        let y = ROW * (i as f64 + 0.5);
        let [low, high] = row.interval;
        let _ = write!(
            svg,
            "<text class=\"name\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <g class=\"{}\"><path d=\"M{:.1} {y}H{:.1}\"/><circle cx=\"{:.1}\" cy=\"{y}\" r=\"3.2\"/></g>",
            NAMES - 10.0,
            y + 4.0,
            escaped(&shortened(row.name)),
            row.class,
            at(low),
            at(high),
            at(row.difference)
        );
    }
    for (value, anchor) in [(-reach, "start"), (0.0, "middle"), (reach, "end")] {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            at(value),
            height - 4.0,
            format!("{value:+.3}").replace('-', "−")
        );
    }
    svg + "</svg>"
}

/// Every row in words.
fn told_whiskers(title: &str, rows: &[Whisker<'_>]) -> String {
    let signed = |value: f64| format!("{value:+.3}").replace('-', "−");
    let of = |row: &Whisker<'_>| {
        let [low, high] = row.interval.map(signed);
        let difference = signed(row.difference);
        format!("{}: {difference}, between {low} and {high}", row.name)
    };
    let rows: Vec<String> = rows.iter().map(of).collect();
    format!("{title}. {}", rows.join("; "))
}

/// As much of a name as there is room for.
fn shortened(name: &str) -> String {
    const MOST: usize = 34;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let start: String = name.chars().take(MOST - 1).collect();
    start + "…"
}
