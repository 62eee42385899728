//! Where the nodes of the pipeline stand: a column right of everything they need, in the lane they ask for.
//!
//! Nodes shrink to the width there is, within limits; below those the graph scrolls.

use eframe::egui::{Rect, Vec2, pos2, vec2};

use super::{LANE, NODE_HEIGHT, Node, PART};

const GATE_HEIGHT: f32 = 112.0;
/// Widths of a step, a gate and the gap between columns, at the narrowest and at the widest.
const NARROW: [f32; 3] = [106.0, 102.0, 14.0];
const WIDE: [f32; 3] = [148.0, 108.0, 34.0];

/// The rectangle of every node, for a width in points; the first column begins at 0.
pub(super) fn places(nodes: &[Node], edges: &[(usize, usize)], width: f32) -> Vec<Rect> {
    let mut columns = columns(nodes, edges);
    for (column, node) in columns.iter_mut().zip(nodes) {
        *column = node.column.unwrap_or(*column);
    }
    let n_columns = columns.iter().max().map_or(0, |last| last + 1);
    let total = |widths: [f32; 3]| {
        lefts(nodes, &columns, n_columns, widths)
            .last()
            .copied()
            .unwrap_or(0.0)
    };
    let (narrow, wide) = (total(NARROW), total(WIDE));
    let share = if wide > narrow {
        ((width - narrow) / (wide - narrow)).clamp(0.0, 1.0)
    } else {
        1.0
    };
    let widths: [f32; 3] =
        std::array::from_fn(|k| (NARROW[k] + (WIDE[k] - NARROW[k]) * share).floor());
    let lefts = lefts(nodes, &columns, n_columns, widths);
    let place = |(node, column): (&Node, &usize)| {
        let size = size_of(node, widths);
        let room = lefts[column + 1] - lefts[*column] - widths[2];
        let left = lefts[*column] + ((room - size.x) / 2.0).floor();
        let middle = node.lane as f32 * LANE + NODE_HEIGHT / 2.0;
        // Steps hang from their title line, so that lists under them grow downwards; gates are centred on it.
        let above = if node.is_gate() {
            size.y / 2.0
        } else {
            NODE_HEIGHT / 2.0
        };
        Rect::from_min_size(pos2(left, middle - above), size)
    };
    nodes.iter().zip(&columns).map(place).collect()
}

/// The column of each node: one more than the rightmost thing it needs.
fn columns(nodes: &[Node], edges: &[(usize, usize)]) -> Vec<usize> {
    let n_nodes = nodes.len();
    let mut columns = vec![0; n_nodes];
    // As many rounds as there are nodes settle every acyclic graph, and end on a cyclic one.
    for _ in 0..n_nodes {
        for &(from, to) in edges.iter().filter(|(from, to)| *from.max(to) < n_nodes) {
            columns[to] = columns[to].max((columns[from] + 1).min(n_nodes));
        }
    }
    columns
}

/// Where each column begins, and where the one after the last would.
fn lefts(nodes: &[Node], columns: &[usize], n_columns: usize, widths: [f32; 3]) -> Vec<f32> {
    let mut lefts = vec![0.0_f32; n_columns + 1];
    for column in 0..n_columns {
        let inside = nodes.iter().zip(columns).filter(|(_, at)| **at == column);
        let wide = inside
            .map(|(node, _)| size_of(node, widths).x)
            .fold(0.0_f32, f32::max);
        lefts[column + 1] = lefts[column] + wide + if wide > 0.0 { widths[2] } else { 0.0 };
    }
    lefts
}

fn size_of(node: &Node, widths: [f32; 3]) -> Vec2 {
    if node.is_gate() {
        return vec2(widths[1], GATE_HEIGHT);
    }
    let list = if node.n_lines() == 0 {
        0.0
    } else {
        node.n_lines() as f32 * PART + 8.0
    };
    vec2(widths[0], NODE_HEIGHT + list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::widgets::{gate::GateState, step::StepState};

    fn chain() -> (Vec<Node>, Vec<(usize, usize)>) {
        let step = |title: &str| Node::step(title, "", StepState::Waiting);
        let nodes = vec![
            step("a"),
            step("b").lane(1),
            Node::gate("g", "", GateState::Waiting),
            step("c"),
        ];
        (nodes, vec![(0, 1), (0, 2), (1, 3), (2, 3)])
    }

    #[test]
    fn nodes_stand_right_of_what_they_need_and_never_overlap() {
        let (nodes, edges) = chain();
        for width in [200.0, 500.0, 2_000.0] {
            let places = places(&nodes, &edges, width);
            assert!(
                edges
                    .iter()
                    .all(|&(from, to)| places[from].right() < places[to].left())
            );
            for (position, place) in places.iter().enumerate() {
                assert!(
                    places[..position]
                        .iter()
                        .all(|other| !other.intersects(*place))
                );
            }
        }
    }

    #[test]
    fn a_cycle_ends() {
        let (nodes, _) = chain();
        assert_eq!(places(&nodes, &[(0, 1), (1, 0), (7, 9)], 800.0).len(), 4);
    }
}
