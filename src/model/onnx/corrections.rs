//! Probabilities that are put right: calibration maps, and rows that are divided by their sums.

use super::estimators::columns;
use super::graph::{Builder, int};
use super::proto::element;
use crate::model::CalibrationMap;
use crate::model::calibrated::SMALLEST;

/// Probabilities behind their maps: one map of the second class, or one a class and the rows divided by their sums.
pub(super) fn calibrated(graph: &mut Builder, answers: &str, maps: &[CalibrationMap]) -> String {
    if let [map] = maps {
        let second = columns(graph, answers, 1, 2);
        let second = mapped(graph, &second, map);
        let one = graph.doubles(vec![1.0], &[1, 1]);
        let first = graph.op("Sub", &[&one, &second], Vec::new());
        return graph.op("Concat", &[&first, &second], vec![int("axis", 1)]);
    }
    let mut each = Vec::new();
    for (class, map) in maps.iter().enumerate() {
        let before = columns(graph, answers, class, class + 1);
        each.push(mapped(graph, &before, map));
    }
    let each: Vec<&str> = each.iter().map(String::as_str).collect();
    let each = graph.op("Concat", &each, vec![int("axis", 1)]);
    shares(graph, &each, maps.len())
}

/// `n × n_classes` divided by the sums of the rows; equal shares where a sum is 0.
pub(super) fn shares(graph: &mut Builder, each: &str, n_classes: usize) -> String {
    let axes = graph.integers(vec![1], &[1]);
    let sums = graph.op("ReduceSum", &[each, &axes], vec![int("keepdims", 1)]);
    let zero = graph.doubles(vec![0.0], &[1, 1]);
    let one = graph.doubles(vec![1.0], &[1, 1]);
    let has_sum = graph.op("Greater", &[&sums, &zero], Vec::new());
    let divisor = graph.op("Where", &[&has_sum, &sums, &one], Vec::new());
    let divided = graph.op("Div", &[each, &divisor], Vec::new());
    let equal = graph.doubles(vec![1.0 / n_classes as f64], &[1, 1]);
    graph.op("Where", &[&has_sum, &divided, &equal], Vec::new())
}

/// `n × 1` probabilities behind a map.
fn mapped(graph: &mut Builder, p: &str, map: &CalibrationMap) -> String {
    match map {
        CalibrationMap::Sigmoid { slope, intercept } => {
            let smallest = graph.doubles(vec![SMALLEST], &[1, 1]);
            let largest = graph.doubles(vec![1.0 - SMALLEST], &[1, 1]);
            let p = graph.op("Max", &[p, &smallest], Vec::new());
            let p = graph.op("Min", &[&p, &largest], Vec::new());
            let one = graph.doubles(vec![1.0], &[1, 1]);
            let rest = graph.op("Sub", &[&one, &p], Vec::new());
            let odds = graph.op("Div", &[&p, &rest], Vec::new());
            let odds = graph.op("Log", &[&odds], Vec::new());
            let slope = graph.doubles(vec![*slope], &[1, 1]);
            let intercept = graph.doubles(vec![*intercept], &[1, 1]);
            let score = graph.op("Mul", &[&odds, &slope], Vec::new());
            let score = graph.op("Add", &[&score, &intercept], Vec::new());
            graph.op("Sigmoid", &[&score], Vec::new())
        }
        CalibrationMap::Isotonic { from, to } => isotonic(graph, p, from, to),
    }
}

/// Between the points around `p`: how many points lie below is its place in the list.
fn isotonic(graph: &mut Builder, p: &str, from: &[f64], to: &[f64]) -> String {
    let n = from.len();
    let all = graph.doubles(from.to_vec(), &[1, n]);
    let below = graph.op("Greater", &[p, &all], Vec::new());
    let below = graph.cast(&below, element::INT64);
    let axes = graph.integers(vec![1], &[1]);
    let place = graph.op("ReduceSum", &[&below, &axes], vec![int("keepdims", 1)]);
    let one = graph.integers(vec![1], &[1, 1]);
    let zero = graph.integers(vec![0], &[1, 1]);
    let last = graph.integers(vec![n as i64 - 1], &[1, 1]);
    let before = graph.op("Sub", &[&place, &one], Vec::new());
    let before = graph.op("Max", &[&before, &zero], Vec::new());
    let after = graph.op("Min", &[&place, &last], Vec::new());
    let from = graph.doubles(from.to_vec(), &[n]);
    let to = graph.doubles(to.to_vec(), &[n]);
    let mut at = |list: &str, place: &str| graph.op("Gather", &[list, place], Vec::new());
    let (from_before, from_after) = (at(&from, &before), at(&from, &after));
    let (to_before, to_after) = (at(&to, &before), at(&to, &after));
    // Before the first and behind the last point both are the same one: the smallest width keeps 0 / 0 away.
    let smallest = graph.doubles(vec![f64::MIN_POSITIVE], &[1, 1]);
    let width = graph.op("Sub", &[&from_after, &from_before], Vec::new());
    let width = graph.op("Max", &[&width, &smallest], Vec::new());
    let way = graph.op("Sub", &[p, &from_before], Vec::new());
    let share = graph.op("Div", &[&way, &width], Vec::new());
    let rise = graph.op("Sub", &[&to_after, &to_before], Vec::new());
    let risen = graph.op("Mul", &[&share, &rise], Vec::new());
    graph.op("Add", &[&to_before, &risen], Vec::new())
}
